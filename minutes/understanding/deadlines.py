"""By when: the deadline of a directive and the words that say it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from core import workdays
from core.times import VIETNAM  # noqa: F401
from minutes.due import ONGOING
from minutes.understanding.tokens import Sentence

_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        ("", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")
    )
    for word in words.split()
}
_WEEKDAYS: Final = {
    "hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4,
    "bay": 5, "7": 5,
}  # fmt: skip
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_S = r"\s*"
_YEAR = rf"(?:{_S}/{_S}|{_S}-{_S}|\s+nam\s+)(?P<{{0}}>\d{{{{4}}}})"


def _year(name: str) -> str:
    return rf"(?:(?:\s*[/-]\s*|\s+nam\s+)(?P<{name}>20\d\d))"


_HOUR = (
    r"(?P<hour>[01]?\d|2[0-4])\s*(?:h|gio|g|:)(?!\w*%)\s*(?:(?P<minute>[0-5]\d)(?:\s*phut|')?)?"
    r"(?:\s+(?P<half>sang|trua|chieu|toi)(?!\s+(?:nay|mai)))?"
)
_DAY = (
    r"(?:(?P<d>[0-3]?\d)\s*(?:(?P<sep>[/.-])\s*(?P<m>[01]?\d)(?:\s*(?P=sep)\s*(?P<y>\d{4}|\d\d))?(?![\d/]|[.-]\d)"
    r"|\s+thang\s+(?:(?P<m2>[01]?\d)(?!\d)(?:(?:\s*/\s*|\s*-\s*|\s+nam\s+)(?P<y2>20\d\d))?|(?P<m3>nay|toi|sau|tiep theo)))"
    r"|(?P<today>hom nay|(?:sang|chieu|toi) nay)|(?P<tomorrow>(?:ngay |sang |chieu |toi )mai)"
    r"|(?:thu\s+(?P<wd>hai|ba|tu|nam|sau|bay|[2-7])|(?P<sunday>chu nhat))"
    r"(?:\s+(?:cua\s+)?(?:tuan\s+)?(?P<wk>nay|sau|toi|toi day|ke tiep))?(?:\s*[,(]?\s*(?:ngay\s+)?(?P<wdd>[0-3]?\d)/(?P<wdm>[01]?\d)(?:/(?P<wdy>20\d\d))?\)?)?)"
)
_PART = r"(?:(?:cuoi|dau|giua|het|thuong tuan|trung tuan|ha tuan)\s+)?"
_PERIOD = (
    rf"(?:(?P<part>cuoi|dau|giua|het|thuong tuan|trung tuan|ha tuan)\s+)?(?:thang\s+(?:(?P<month>1[0-2]|0?[1-9])(?![\d/]*\d*\s*(?:dau|cuoi))(?!\d){_year('month_year')}?|(?P<month_word>nay|toi|sau))"
    rf"|quy\s+(?:(?P<quarter>iv|i{{1,3}}|[1-4])(?!\w){_year('quarter_year')}?|(?P<quarter_word>nay|toi|sau)))"
    r"|(?P<end>cuoi|het|trong)\s+(?:(?:nam\s+(?P<end_year>20\d\d)|(?P<end_what>nam|quy|thang|tuan|ngay))(?:\s+(?P<end_word>nay|toi|sau))?)"
    r"|(?P<week>tuan)\s+(?P<week_word>nay|toi|sau)"
)
_COUNT = (
    r"(?P<count>\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)(?:\s*\([a-z ]{2,12}\))?\s*"
    r"(?P<what>ngay lam viec|ngay|tuan|thang|gio)(?P<what2>\s+lam viec)?(?:\s+(?:toi|tiep theo))?"
    r"(?P<since>,?\s+(?:ke |tinh )?(?:tu|sau)(?:\s+(?:khi|ngay|thoi diem|hom))?\s+(?P<start>[^,;.\n]{1,80}))?"
)
_STARTS = (
    r"(?:cham nhat|muon nhat|tre nhat|han cuoi(?: cung)?|han chot|khong qua|khong muon hon|khong cham hon)"
    r"(?:\s*:|\s+(?:la|den|vao|truoc|trong|het|ngay))*"
    r"|(?:truoc|den|toi)(?:\s+(?:het|truoc|thoi diem|han))*|trong(?:\s+(?:vong|thoi han|thoi gian|khoang))?|vao(?:\s+luc)?|ngay trong"
)
_BARE = r"(?:hoan thanh|xong|ket thuc|thoi han|thoi gian|tien do|han|hoan thanh xong)(?:\s+(?:hoan thanh|thuc hien|xong|la))*\s*:?"
_OPEN: Final = re.compile(
    rf"(?<!\w)(?:(?P<open>{_STARTS})|(?P<bare>{_BARE})|(?P<own>(?=(?:cuoi|het)\s)|(?=thu\s+\w+\s+tuan)))\s*"
    rf"(?:(?:{_HOUR})[\s,]*(?:cua\s+)?)?(?:cuoi\s+|het\s+)?(?:ngay\s+)?(?:(?P<day>{_DAY})|(?P<period>{_PERIOD})|(?P<span>{_COUNT}))?(?!\w)"
)
_LONE_DAY: Final = r"(?P<lone>[0-3]?\d)"
_REPEAT: Final = re.compile(
    rf"(?<!\w)(?:(?:dinh ky)[\s,]*)?(?:(?:{_STARTS})\s+)?(?:(?:[01]?\d|2[0-4])\s*(?:h|gio)\s*(?:\d\d)?(?:\s*phut)?[\s,]*)?"
    r"(?:(?:cac |moi )?ngay\s+(?:[0-3]?\d(?:\s*(?:,|va)\s*[0-3]?\d)*\s+)?(?:lam viec\s+)?)?"
    r"(?:(?:chieu |sang |ngay )?(?:thu\s+(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)\s+)?(?:(?:cuoi|dau)\s+(?:thang|quy|tuan)\s+)?(?:thang cuoi (?:cua )?quy\s+)?(?:cua\s+)?"
    r"(?:hang|moi)\s+(?:ngay|tuan|thang|quy|nam|6 thang)(?!\w)"
    r"|(?<!\w)dinh ky(?:\s+(?:\d{1,2}\s+(?:thang|tuan|ngay)(?:/lan|\s+mot lan)?|nam|(?:theo\s+)?(?:thang|quy|tuan)))?(?!\w)"
    r"|(?<!\w)thuong xuyen(?!\w)"
)
# Words before "hằng năm", "thường xuyên", "định kỳ" of which they are a part.
_TERM: Final = re.compile(
    r"(?:\bchi|kinh phi|ngan sach|von|nguon|khong|giao duc|bao duong|ngan|ban|mat|khach|cua|don|kho|nha|xuat|nhap"
    r"|su dung dat|cay|cay trong|ke hoach|du toan|nghi phep|nghi|chi tieu|chuong trinh|suc khoe|bao cao tai chinh|phi|dinh muc|hoat dong)\s+$"
)
_DATA: Final = re.compile(
    r"(?:so lieu|tinh|luy ke|phat sinh|tiep nhan|phe duyet|hieu luc|giai doan|ky bao cao|sinh|xay ra"
    r"|ton dong|thoi ky|ban hanh tu|tinh hinh|quy hoach|tam nhin|dip|le|ky niem|chao mung|cong tac|ky hop)"
    r"(?:\s+(?:duoc|co|tu|ke|la|thoi diem|den|truoc|trong|ngay|\S*\d\S*)){0,4}\s*$"
)
_PLANNED: Final = re.compile(r"(?:chi tieu|ke hoach|du toan|nhiem vu|ket qua|tinh hinh|cong tac|muc tieu|danh muc|ton tai|han che|thang|von|tong ket|trong tam)\s+$")
_EVENT: Final = re.compile(r"(?:hop|hoi nghi|phien|le|dien ra|khai mac|bau cu|to chuc|lam viec|doan)\b[^,;]{0,60}$")
_REPORTS: Final = re.compile(r"(?<!\w)(?:bao cao|gui|trinh|nop|thong bao)(?!\w)")
_COMPLETES: Final = re.compile(r"(?<!\w)(?:hoan thanh|xong|ket thuc|hoan tat|thoi han|dut diem)(?!\w)")
_KNOWN_START: Final = re.compile(
    r"(?:ngay\s+|khi\s+)?(?:ket luan|hop|hom nay|cuoc hop|hoi nghi|giao ban|nay|co ket luan|(?:ra|ban hanh|ky)\s+(?:van ban|thong bao|ket luan))"
)
_COUNTED: Final = re.compile(r"\s*(?:%|tieu chi|xa\b|thon\b|chi tieu|ho\b|truong\b|don vi|du an|dieu\b|can bo|phuong\b|nhiem vu|co so|gio\b|ty\b|trieu)")
_ACCENTED: Final = {
    "truoc": ("trước",), "den": ("đến",), "trong": ("trong",), "vao": ("vào",), "han": ("hạn",),
    "xong": ("xong",), "toi": ("tới",), "het": ("hết",), "cuoi": ("cuối",),
}  # fmt: skip


@dataclass(frozen=True)
class Deadline:
    """A deadline: `due` in the forms of `minutes.due`, and where it is said."""

    due: str
    start: int
    end: int
    rank: int  # the lower, the more it is the task's own


def find(sentence: Sentence, given: date, taken: list[tuple[int, int]]) -> Deadline | None:
    """The deadline of a directive.

    Args:
        given: the day on which it was given.
        taken: where names stand; their words say no deadline.
    """
    found = [*_dates(sentence, given), *_repeats(sentence, taken)]
    return min(found, key=lambda one: (one.rank, one.start), default=None)


def _clause(sentence: Sentence, at: int, marks: str) -> str:
    """What stands before a place, back to the last of the marks."""
    before = sentence.folded[max(0, at - 160) : at]
    return re.split(f"[{marks}]", before)[-1]


def _repeats(sentence: Sentence, taken: list[tuple[int, int]]) -> Iterator[Deadline]:
    for match in _REPEAT.finditer(sentence.folded):
        if any(start <= match.start() < end for start, end in taken):
            continue
        before = sentence.folded[max(0, match.start() - 30) : match.start()]
        if _TERM.search(before) and not sentence.text[match.start() : match.end()].startswith("hằng ngày"):
            continue
        yield Deadline(ONGOING, match.start(), match.end(), 2)


def _dates(sentence: Sentence, given: date) -> Iterator[Deadline]:
    folded = sentence.folded
    at = 0
    while match := _OPEN.search(folded, at):
        at = max(match.end(), match.start() + 1)
        start = match.start() if not match["bare"] else match.end("bare")
        due = _due(match, given) if _is_spelled(sentence, match) else None
        if due is None:
            at = match.start() + len(match["open"] or match["bare"] or " ") or at
            continue
        start += len(folded[start : match.end()]) - len(folded[start : match.end()].lstrip())
        if folded[match.end() : match.end() + 12].lstrip().startswith(("hang ", "moi ")):
            continue
        if _is_no_deadline(sentence, match, due, given):
            continue
        yield Deadline(due, start, match.end(), _rank(sentence, match))


def _is_spelled(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether the marks of the first word, if it has any, are those of the word that is meant."""
    word = re.match(r"\w+", sentence.text[match.start() :])
    written = word[0].lower() if word else ""
    return written.isascii() or written in _ACCENTED.get(match.string[match.start() : match.start() + len(written)], (written,))


def _rank(sentence: Sentence, match: re.Match[str]) -> int:
    near = _clause(sentence, match.start(), ",;.\n")
    if match["bare"] or _COMPLETES.search(near):
        return 0
    wide = _clause(sentence, match.start(), ";\n")
    after = re.split(r"[;.,\n]", sentence.folded[match.end() : match.end() + 60])[0]
    if _COMPLETES.search(after):
        return 0
    reports = _REPORTS.search(near) or (not near.strip() and _REPORTS.search(after))
    if reports or (match["open"] or "").startswith("vao"):
        return 3
    return 1 if wide else 1


def _is_no_deadline(sentence: Sentence, match: re.Match[str], due: str, given: date) -> bool:
    before = _clause(sentence, match.start(), ";\n")
    after = sentence.folded[match.end() :][:20]
    opener = match["open"] or ""
    if _DATA.search(before):
        return True
    if match["day"] and match["d"] and match["sep"] and not match["y"] and _COUNTED.match(after):
        if " ngay" not in match[0]:
            return True
    if opener.startswith("vao") and _EVENT.search(before):
        return True
    if match["period"]:
        if after.lstrip().startswith(("hoc ", "ngan sach", "dau nam", "cuoi nam")) and not match["month"]:
            return True
        weak = opener == "trong" or match["own"] is not None or match["end"] == "trong"
        if weak and _PLANNED.search(before) and not _COMPLETES.search(before):
            return True
        if due < given.isoformat()[: len(due)] and "Q" not in due:
            return True
    return False


def _due(match: re.Match[str], given: date) -> str | None:
    if match["day"]:
        day = _day(match, given)
    elif match["period"]:
        return _period(match, given)
    elif match["span"]:
        return _span(match, given)
    elif match["hour"] and match["open"]:
        day = given
    else:
        return None
    if day is None:
        return None
    clock = _clock(match)
    return f"{day.isoformat()}T{clock:%H:%M}" if clock else day.isoformat()


def _clock(match: re.Match[str]) -> time | None:
    if not match["hour"]:
        return None
    hour = int(match["hour"])
    if match["half"] in ("chieu", "toi") and hour < 12:
        hour += 12
    return time(hour, int(match["minute"] or 0)) if hour < 24 else time(23, 59)


def _day(match: re.Match[str], given: date) -> date | None:
    if match["today"]:
        return given
    if match["tomorrow"]:
        return given + timedelta(days=1)
    if match["wd"] or match["sunday"]:
        if match["wdd"]:
            return _dated(match["wdd"], match["wdm"], match["wdy"], given)
        weekday = 6 if match["sunday"] else _WEEKDAYS[match["wd"]]
        monday = given - timedelta(days=given.weekday())
        day = monday + timedelta(days=weekday)
        if match["wk"] in ("sau", "toi", "ke tiep"):
            return day + timedelta(days=7)
        return day if match["wk"] or day >= given else day + timedelta(days=7)
    if match["m3"]:
        first = given.replace(day=1)
        if match["m3"] != "nay":
            first = _months_on(first, 1)
        return _made(first.year, first.month, int(match["d"]))
    return _dated(match["d"], match["m"] or match["m2"], match["y"] or match["y2"], given)


def _dated(day: str, month: str, year: str | None, given: date) -> date | None:
    if year:
        return _made(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    # 29 February comes again within eight years.
    for later in range(9):
        found = _made(given.year + later, int(month), int(day))
        if found and found >= given:
            return found
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1990 <= year <= 2200 else None
    except ValueError:
        return None


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _period(match: re.Match[str], given: date) -> str | None:
    quarter = (given.month + 2) // 3
    if match["month"]:
        month = int(match["month"])
        year = int(match["month_year"] or given.year + (month < given.month))
        return f"{year}-{month:02}"
    if match["quarter"]:
        number = _ROMAN[match["quarter"]]
        year = int(match["quarter_year"] or given.year + (number < quarter))
        return f"{year}-Q{number}"
    later = (match["month_word"] or match["quarter_word"] or match["end_word"] or "nay") != "nay"
    if match["end_year"]:
        return f"{match['end_year']}-12-31"
    what = match["end_what"] or ("thang" if match["month_word"] else "quy")
    if match["week"] or what == "tuan":
        later = later or match["week_word"] in ("toi", "sau")
        friday = given - timedelta(days=given.weekday()) + timedelta(days=4 + 7 * later)
        return friday.isoformat()
    if what == "ngay":
        return given.isoformat()
    if what == "nam":
        return f"{given.year + later}-12-31"
    if what == "thang":
        return _months_on(given.replace(day=1), int(later)).isoformat()[:7]
    first = _months_on(given.replace(day=1), 3 * later)
    return f"{first.year}-Q{(first.month + 2) // 3}"


def _span(match: re.Match[str], given: date) -> str | None:
    count = _NUMBERS.get(match["count"]) or int(match["count"])
    if not (match["open"] or match["bare"]) or not 1 <= count <= 400:
        return None
    if (match["open"] or "").startswith(("den", "toi", "vao", "truoc")):
        return None
    start: date | None = given
    if match["since"]:
        named = re.match(rf"(?:ngay\s+)?(?:{_DAY})", match["start"])
        if named:
            start = _dated(named["d"], named["m"] or named["m2"], named["y"] or named["y2"], given) if named["d"] else given
        elif not _KNOWN_START.match(match["start"]):
            return None
    if start is None:
        return None
    if "lam viec" in match["what"] or match["what2"]:
        return workdays.after(start, count).isoformat()
    if match["what"] == "thang":
        return _months_on(start, count).isoformat()
    days = {"ngay": count, "tuan": 7 * count, "gio": -(-count // 24)}[match["what"]]
    return (start + timedelta(days=days)).isoformat()
