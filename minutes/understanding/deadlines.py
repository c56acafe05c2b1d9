"""By when: the deadline of a directive and the words that say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from minutes.due import ONGOING, last_moment
from minutes.understanding.dates import HOUR, TIME, WEEKDAY, due
from minutes.understanding.tokens import Sentence, letters

# The kinds of deadlines, the task's own before that of the report about it.
_COMPLETION, _PLAIN, _REPEATED, _REPORT = range(4)

_OPENERS: Final = (
    r"(?:(?:cham|muon|tre) nhat|han cuoi(?: cung)?|han chot|khong qua|khong (?:muon|cham) hon)"
    r"(?:\s*:|\s+(?:la|den|vao|truoc|trong|het|ngay))*"
    r"|(?:truoc|den|toi)(?:\s+(?:het|truoc|thoi diem|han))*"
    r"|trong(?:\s+(?:vong|thoi han|thoi gian|khoang))?|vao(?:\s+luc)?"
)
_LABELS: Final = (
    r"(?:hoan thanh|xong|ket thuc|thoi han|thoi gian|tien do|han)"
    r"(?:\s+(?:hoan thanh|thuc hien|xong|la))*\s*:?"
    # "hoàn thành thẩm định ngày 13/6", but not "hoàn thành theo Kế hoạch số 5 ngày 13/6".
    r"(?:(?:\s+(?!theo|tai|truoc|den|nhat|vao|ke hoach|bao cao|van ban|ket luan|cong van|hop"
    r"|tu\b|cua)[a-z]+){1,4}(?=\s+ngay\s+\d))?"
)
# What says by itself that it is a deadline.
_BY_ITSELF: Final = (
    rf"(?=(?:cuoi|het)\s+(?:ngay|tuan|thang|quy|nam)|thu\s+(?:{WEEKDAY})\s+tuan|tuan\s+(?:nay|toi|sau)"
    r"|(?:hom|sang|chieu|toi)\s+nay|(?:ngay|sang|chieu|toi)\s+mai)"
)
_DEADLINE: Final = re.compile(
    rf"(?<!\w)(?:(?P<open>{_OPENERS})|(?P<label>{_LABELS})|{_BY_ITSELF})\s*{TIME}"
)
_REPEAT: Final = re.compile(
    rf"(?<!\w)(?:dinh ky[\s,]*)?(?:(?:{_OPENERS})\s+)?"
    rf"(?:{re.sub(r'[?]P<[a-z]+>', '?:', HOUR)}[\s,]*)?"
    r"(?:(?:cac |moi )?ngay\s+(?:[0-3]?\d(?:\s*(?:,|va)\s*[0-3]?\d)*\s+)?(?:lam viec\s+)?)?"
    rf"(?:(?:chieu |sang |ngay )?(?:thu\s+(?:{WEEKDAY})|chu nhat)\s+)?"
    r"(?:(?:cuoi|dau)\s+(?:thang|quy|tuan)\s+)?(?:thang cuoi (?:cua )?quy\s+)?(?:cua\s+)?"
    r"(?:hang|moi)\s+(?:ngay|tuan|thang|quy|nam|6 thang)(?!\w)"
    r"|(?<!\w)dinh ky(?:\s+(?:\d{1,2}\s+(?:thang|tuan|ngay)(?:/lan|\s+mot lan)?|nam"
    r"|(?:theo\s+)?(?:thang|quy|tuan)))?(?!\w)|(?<!\w)thuong xuyen(?!\w)"
)
# Words of which "hằng năm", "thường xuyên", "định kỳ" are a part when they follow.
_TERM: Final = re.compile(
    r"\b(?:chi|kinh phi|ngan sach|von|nguon|khong|giao duc|bao duong|ngan|ban|mat|khach|cua|don"
    r"|kho|nha|xuat|nhap|su dung dat|cay|cay trong|ke hoach|du toan|nghi phep|nghi|chi tieu"
    r"|chuong trinh|suc khoe|phi|dinh muc|hoat dong|viec lam|phep|danh muc)\s+$"
)
# What is counted or described up to a day, and feasts.
_DATA: Final = re.compile(
    r"\b(?:so lieu|tính|luy ke|hieu luc|giai doan|ky bao cao|thoi ky|quy hoach|tam nhin|dip"
    r"|ngay le|le|ky niem|chao mung|ky hop|nien do|(?:ket qua|tinh hinh)(?: \w+){0,3} (?:tu|den))"
    r"(?:\s+(?:duoc|co|tu|ke|la|thoi diem|den|truoc|trong|ngay|thuc hien|\S*\d\S*)){0,5}\s*$"
)
# What has happened before a day that is past.
_HAPPENED: Final = re.compile(
    r"\b(?:phat sinh|tiep nhan|phe duyet|sinh|xay ra|ton dong|ban hanh|ky ket|cap|da \w+)"
    r"(?:\s+(?:tu|ke|den|truoc|trong|ngay|\S*\d\S*)){0,4}\s*$"
)
# What there is of a year or a month, after which "trong năm" is no deadline.
_PLANNED: Final = re.compile(
    r"\b(?:chi tieu|ke hoach|du toan|nhiem vu|ket qua|tinh hinh|cong tac|muc tieu|danh muc|ton tai"
    r"|han che|thang|von|tong ket|trong tam|dip|lich|vu|thu|chi|nghi)\s+$"
)
_EVENT: Final = re.compile(
    r"\b(?:hop|hoi nghi|phien|le|dien ra|khai mac|bau cu|lam viec|doan)\b[^,;]{0,60}$"
)
_REPORTS: Final = re.compile(r"\b(?:bao cao|gui|trinh|nop|thong bao)\b")
_COMPLETES: Final = re.compile(r"\b(?:hoan thanh|xong|ket thuc|hoan tat|thoi han|dut diem)\b")
# "10/12 tiêu chí" is no day.
_COUNTED: Final = re.compile(
    r"\s*(?:%|(?:tieu chi|xa|thon|chi tieu|ho|truong|don vi|du an|dieu|can bo|phuong|nhiem vu|co so"
    r"|gio|ty|trieu|dai bieu|huyen|tinh|phieu)\b)"
)
_NO_PERIOD: Final = re.compile(
    r"\s+(?:hoc|ngan sach|dau|cuoi|qua|vua|gan|truoc|tai chinh|du lich|chuyen doi)\b"
)
_SPELLED: Final = {
    word: letters(spelled)
    for spelled in [
        "trước",
        "đến",
        "trong",
        "vào",
        "hạn",
        "xong",
        "tới",
        "hết",
        "cuối",
        "chậm",
        "muộn",
        "thứ",
        "tuần",
    ]
    for word in [Sentence.of(spelled).folded]
}
_CONTEXT: Final = 160  # characters looked at before a deadline


@dataclass(frozen=True)
class Deadline:
    """A deadline: `due` in the forms of `minutes.due`, and where it is said."""

    due: str
    start: int
    end: int
    rank: int


def find(sentence: Sentence, given: date, taken: list[tuple[int, int]]) -> Deadline | None:
    """The deadline of a directive.

    Args:
        given: the day on which it was given.
        taken: where names stand; their words say no deadline.
    """
    found = [*_dates(sentence, given), *_repeats(sentence, taken)]
    return min(found, key=lambda one: (one.rank, one.start), default=None)


def _clause(text: str, at: int, marks: str) -> str:
    """What stands before a place, back to the last of the marks."""
    return re.split(f"[{marks}]", text[max(0, at - _CONTEXT) : at])[-1]


def _repeats(sentence: Sentence, taken: list[tuple[int, int]]) -> Iterator[Deadline]:
    waiting = iter(taken)
    span = next(waiting, None)
    for match in _REPEAT.finditer(sentence.folded):
        while span and span[1] <= match.start():
            span = next(waiting, None)
        inside = span is not None and span[0] <= match.start()
        term = _TERM.search(sentence.folded[max(0, match.start() - 30) : match.start()])
        if not inside and not term:
            yield Deadline(ONGOING, match.start(), match.end(), _REPEATED)


def _dates(sentence: Sentence, given: date) -> Iterator[Deadline]:
    folded = sentence.folded
    at = 0
    while match := _DEADLINE.search(folded, at):
        at = match.start() + len(match["open"] or match["label"] or " ")
        found = due(match, given) if _is_meant(sentence, match) else None
        if found is None or _is_repeated(folded, found[1]):
            continue
        value, end = found
        try:
            last_moment(value)
        except ValueError:
            continue
        start = match.end("label") if match["label"] else match.start()
        start += len(folded[start:end]) - len(folded[start:end].lstrip())
        if not _is_no_deadline(sentence, match, value, given):
            yield Deadline(value, start, end, _rank(folded, match))
            at = max(at, end)


def _is_repeated(folded: str, end: int) -> bool:
    return folded[end : end + 12].lstrip(" ,").startswith(("hang ", "moi ", "cua hang "))


def _is_meant(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether the opening word is the one that is meant, by its marks if it has any, and opens
    this kind of time."""
    word = re.match(r"\w*", match.string[match.start() :])
    first = word[0] if word else ""
    written = sentence.text[match.start() : match.start() + len(first)]
    if not written.isascii() and letters(written) != _SPELLED.get(first, letters(written)):
        return False
    opener, label = match["open"] or "", match["label"] or ""
    if match["span"]:
        return not opener.startswith(("den", "toi", "vao", "truoc")) and bool(opener or label)
    if match["period"] and not match["month"] and not match["quarter"]:
        # "đến năm 2030" is what plans are called; "trong năm", "đến hết năm" are deadlines.
        ends = match["part"] in ("cuoi", "het") or opener.endswith("het")
        if match["unit"] == "ngay":
            return match.string[: match.start()].endswith("ngay ")
        return ends or (
            opener.startswith(("trong", "cham", "muon")) or bool(match["which"] or label)
        )
    if match["hour"] and not (match["day"] or match["alone"] or match["period"]):
        return opener.startswith(("truoc", "den", "cham", "muon"))
    return True


def _rank(folded: str, match: re.Match[str]) -> int:
    before = _clause(folded, match.start(), ",;.\n")
    after = re.split(r"[;.,\n]", folded[match.end() : match.end() + 60])[0]
    if match["label"] or _COMPLETES.search(before) or _COMPLETES.search(after):
        return _COMPLETION
    reports = _REPORTS.search(before) or (not before.strip() and _REPORTS.search(after))
    return _REPORT if reports or (match["open"] or "").startswith("vao") else _PLAIN


def _is_no_deadline(sentence: Sentence, match: re.Match[str], value: str, given: date) -> bool:
    before = _clause(sentence.folded, match.start(), ";\n")
    after = sentence.folded[match.end() : match.end() + 20]
    opener = match["open"] or ""
    # "tính" and "tỉnh" are the same once folded.
    written = sentence.text[match.start() - len(before) : match.start()].lower()
    if _DATA.search(before) or re.search(r"\btính (?:từ|đến)?[^,]{0,30}$", written):
        return not _COMPLETES.search(_clause(sentence.folded, match.start(), ",;.\n"))
    past = value[:10] < given.isoformat()[: len(value[:10])] and "Q" not in value
    if past and (_HAPPENED.search(before) or match["period"]):
        return True
    if match["sep"] and not match["y"] and _COUNTED.match(after) and "ngay" not in match[0]:
        return True
    if opener.startswith("vao") and _EVENT.search(before):
        return True
    if match["period"] or match["span"]:
        weak = opener in ("trong", "") and not match["label"]
        planned = weak and _PLANNED.search(before) and not _COMPLETES.search(before)
        return bool(planned or _NO_PERIOD.match(after))
    return False
