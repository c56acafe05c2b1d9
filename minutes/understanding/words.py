"""The words by which directives are understood, folded. One list for each question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from minutes.understanding.tokens import Token


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(",") if phrase.strip())


class Phrases:
    """Phrases that are looked for at a place of a sentence, or just before it; the longest wins."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        self._by_last: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted((tuple(p.split()) for p in phrases), key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append(phrase)
            self._by_last.setdefault(phrase[-1], []).append(phrase)

    def at(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens the phrase that begins at a token takes up; 0 for none."""
        first = tokens[at].word if at < len(tokens) else ""
        return self._length(tokens, self._by_first.get(first, ()), lambda _phrase: at)

    def before(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens the phrase that ends before a token takes up; 0 for none."""
        last = tokens[at - 1].word if at else ""
        return self._length(tokens, self._by_last.get(last, ()), lambda phrase: at - len(phrase))

    @staticmethod
    def _length(
        tokens: Sequence[Token],
        phrases: Iterable[tuple[str, ...]],
        start_of: Callable[[tuple[str, ...]], int],
    ) -> int:
        for phrase in phrases:
            start = start_of(phrase)
            written = tuple(token.word for token in tokens[max(0, start) : start + len(phrase)])
            if written == phrase:
                return len(phrase)
        return 0


# What units are told to do: the verbs that begin a task.
VERBS: Final = _phrases(
    """
    chu tri, phoi hop, phoi ket hop, lam dau moi, dau moi, to chuc, xay dung, ra soat, bao cao,
    tham muu, trien khai, thuc hien, khan truong, tiep tuc, chu dong, chiu trach nhiem, co trach
    nhiem, huong dan, kiem tra, don doc, theo doi, tang cuong, day manh, day nhanh, tap trung,
    nghiem tuc, kip thoi, phai, can, som, lap, hoan thanh, hoan thien, cung cap, bo tri, tham
    dinh, tong hop, gui, dang ky, cu, chuan bi, tuyen truyen, van dong, xu ly, giai quyet, khac
    phuc, chi dao, thong bao, cap nhat, cong khai, niem yet, trinh, tiep nhan, quan ly, giam
    sat, danh gia, de xuat, nghien cuu, ban hanh, thong ke, ban giao, giai ngan, thanh toan,
    quyet toan, phan bo, phe duyet, tham gia, dam bao, bao dam, nang cao, phat huy, quan triet,
    truc tiep, truc, thanh tra, dieu tra, xac minh, nam, phan cong, phan dau, quyet liet, chan
    chinh, thuong xuyen, dinh ky, ra quan, tiep thu, giai trinh, tra loi, cho, tao dieu kien,
    thanh lap, kien toan, luu y, ho tro, cham soc, phong ngua, ngan chan, can doi, duy tri, dieu
    chinh, sua doi, bo sung, co van ban, co ke hoach, co giai phap, co bien phap, co y kien, co
    phuong an, phat dong, huy dong, khao sat, kiem ke, kiem soat, thu, chi tra, chi, mo, dieu
    hanh, cai tao, sua chua, thi cong, dau tu, mua sam, in, cap, nhan, lam, dua, giao, du, nop,
    xem xet, tinh toan, tap huan, dao tao, boi duong, thao go, tham van, lay y kien, cam ket,
    ung pho, truy quet, lap ke hoach, soan thao, gop y, tich cuc, tu kiem tra, chap hanh, quan
    tam, ket noi, chuyen, dung
    """
)
_LONGEST_VERB: Final = max(verb.count(" ") for verb in VERBS) + 1


def starts_with_verb(words: list[str], at: int = 0, shortest: int = 1) -> bool:
    """Whether a task begins at `words[at]`, with a verb of at least `shortest` words."""
    return any(
        " ".join(words[at : at + count]) in VERBS
        for count in range(shortest, min(_LONGEST_VERB, len(words) - at) + 1)
    )


# Words that end a name that nobody bears.
STOPS: Final = _phrases(
    """
    va, trong, truoc, den, tu, theo, tai, ve, cua, de, voi, cung, ngay, tren, do, la, khi, sau,
    cho, tiep, thuoc, bang, qua, vao, nham, nhu, giao, yeu, trinh, gui, phai, can, lap, cu, som,
    thang, quy, duoc, da, khong, nao, neu
    """
)
# Small words between a cue and the unit, or between units of a list: titles, and how people are
# addressed; they change nothing.
TITLES: Final = Phrases(
    _phrases(
        """
        chu tich, pho chu tich, giam doc, pho giam doc, tong giam doc, tong bien tap, truong,
        pho truong, pho, chanh, pho chanh, thu truong, bo truong, thu truong bo, thong doc, chu
        nhiem, pho chu nhiem, bi thu, pho bi thu, chi huy truong, chinh tri vien, nguoi dung
        dau, lanh dao, vien truong, hat truong, cuc truong, chi cuc truong, tu lenh, tong cuc
        truong, vu truong, pho vu truong, pho cuc truong, to truong, pho truong ban, truong ban,
        phu trach, quyen, doi truong, hieu truong, dong chi, cac dong chi, cac, tat ca, toan
        the, toan bo, rieng, tap the, thuong truc, ong, ba, d / c, cac d / c, can bo, cong chuc,
        nhu, gom, bao gom, ca, dai dien, tung, cap uy, bi thu dang uy, bi thu chi bo, nguoi dung
        dau cap uy, chinh quyen
        """
    )
)
# After a unit, still belonging to it.
BELONGING: Final = Phrases(
    _phrases(
        """
        co lien quan, lien quan, khac, cac cap, noi tren, neu tren, truc thuoc, chuyen mon, chuc
        nang, tren dia ban, tren dia ban huyen, tren dia ban tinh, tren dia ban xa, tren dia ban
        thanh pho, tren dia ban phuong, cua huyen, cua tinh, cua xa, cua thanh pho, cua phuong,
        cap huyen, cap xa, cap tinh, thuoc huyen, thuoc tinh, huyen, tinh, thanh pho, thi xa,
        quan, o dia phuong, cung cap
        """
    )
)
# What a clause may begin with before it comes to its point: "Trong tháng 11, …".
OPENINGS: Final = _phrases(
    """
    trong, truoc, den, tu, ke, de, can, tren, sau, khi, doi, ngay, ve, theo, dinh, hang, nham,
    voi, truong, qua, nhan, cham, muon, cuoi, dau, vao, tai, thong, dong, nhat, xet, do, ngoai,
    truc, hien, tiep, song, cung, ben, tinh, thoi
    """
)
# Between clauses, without a meaning of their own here.
LINKS: Final = Phrases(
    _phrases(
        """
        dong thoi, trong do, ngoai ra, ben canh do, truoc mat, theo do, cu the, con, rieng, mat
        khac, doi voi, rieng doi voi, ve phia
        """
    )
)
