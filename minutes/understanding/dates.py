"""Days, hours, months, quarters, weeks and spans as offices write them, and when they are.

Patterns are for folded text. Their groups have the same names wherever they are used, so that
`due` can read any match of `TIME`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, time, timedelta
from typing import Final

from core import workdays

_NUMBER_WORDS: Final = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")
_NUMBERS: Final = {word: number for number, word in enumerate(_NUMBER_WORDS, 1)}
_WEEKDAYS: Final = {
    word: day
    for day, words in enumerate(("hai 2", "ba 3", "tu 4", "nam 5", "sau 6", "bay 7"))
    for word in words.split()
}
_QUARTERS: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
# Days that start a span and are the day of the meeting itself.
_THIS_DAY: Final = re.compile(
    r"(?:ngay\s+)?(?:co\s+)?(?:ket luan|hom nay|(?:cuoc\s+)?hop|hoi nghi|giao ban|nay"
    r"|(?:ra|ban hanh|ky)(?:\s+ban hanh)?\s+(?:van ban|thong bao|ket luan)(?:\s+ket luan)?)"
    r"(?:\s+(?:giao ban|hom nay|nay))?"
)

_NEXT: Final = "sau|toi day|toi|tiep theo|ke tiep"
# The name of a weekday after "thứ".
WEEKDAY: Final = "hai|ba|tu|nam|sau|bay|[2-7]"
HOUR: Final = (
    r"(?P<hour>[01]?\d|2[0-4])\s*(?:h|gio|g|:)\s*(?:(?P<minute>[0-5]\d)(?:\s*phut|')?)?"
    r"(?:\s+(?P<half>sang|trua|chieu|toi)(?!\s+(?:nay|mai)))?"
)


def _year(name: str) -> str:
    return rf"(?:(?:\s*[/-]\s*|\s+nam\s+)(?P<{name}>20\d\d))?"


_DAY: Final = (
    r"(?P<d>[0-3]?\d)\s*(?:"
    r"(?P<sep>[/.-])\s*(?P<m>1[0-2]|0?[1-9])(?:\s*(?P=sep)\s*(?P<y>\d{4}|\d\d))?(?!\d|\s?[/.-]\s?\d)"
    rf"|\s+thang\s+(?:(?P<m2>1[0-2]|0?[1-9])(?!\d){_year('y2')}|(?P<m3>nay|{_NEXT})))"
    r"|(?P<today>hom nay|(?:sang|chieu|toi) nay)|(?P<tomorrow>(?:ngay|sang|chieu|toi) mai|mai)"
    rf"|(?:thu\s+(?P<weekday>{WEEKDAY})|(?P<sunday>chu nhat))"
    rf"(?:\s+(?:cua\s+)?(?:tuan\s+)?(?P<week>nay|{_NEXT}))?"
    r"(?:\s*[,(]?\s*(?:ngay\s+)?(?P<wd>[0-3]?\d)/(?P<wm>1[0-2]|0?[1-9])(?:/(?P<wy>20\d\d))?\)?)?"
)
_PERIOD: Final = (
    r"(?:(?P<part>cuoi|dau|giua|het|thuong tuan|trung tuan|ha tuan)\s+)?(?:"
    rf"thang\s+(?P<month>1[0-2]|0?[1-9])(?!\d){_year('month_year')}"
    rf"|quy\s+(?P<quarter>iv|i{{1,3}}|[1-4])(?!\w){_year('quarter_year')}"
    r"|nam\s+(?P<year>20\d\d)"
    rf"|(?P<unit>ngay|tuan|thang|quy|nam)(?:\s+(?P<which>nay|{_NEXT}))?(?!\s*\d))"
)
_SPAN: Final = (
    rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})(?:\s*\([a-z ]{{2,12}}\))?\s*"
    r"(?P<what>ngay|tuan|thang|gio)(?P<working>(?:\s+hanh chinh)?\s+lam viec)?"
    r"(?:\s+(?:toi|tiep theo))?"
    r"(?:,?\s+(?:(?:ke|tinh)\s+)?(?:tu|sau)(?=\s)(?P<since>))?"
)
# One of these, with the hour before it.
TIME: Final = (
    rf"(?:{HOUR}[\s,]*(?:cua\s+)?)?"
    rf"(?:(?:cuoi\s+|het\s+)?(?:ngay\s+)?(?P<day>{_DAY})|ngay\s+(?P<alone>[0-3]?\d)(?!\w|\s*[/.-]\s*\d)"
    rf"|(?P<period>{_PERIOD})|(?P<span>{_SPAN}))?(?!\w)"
)
_START_DAY: Final = re.compile(rf"\s+(?:ngay\s+)?(?P<day>{_DAY})")
_START: Final = re.compile(r"\s+(?:khi\s+|thoi diem\s+)?")


def due(match: re.Match[str], given: date) -> tuple[str, int] | None:
    """When a match of `TIME` is, in the forms of `minutes.due`, and where its words end.

    Args:
        given: the day on which it was said.

    Returns:
        None where it is no time, or one that is not known.
    """
    if match["span"]:
        return _span(match, given)
    if match["period"]:
        found = _period(match, given)
        return (found, match.end()) if found else None
    day = _day(match, given) if match["day"] or match["alone"] else match["hour"] and given
    if not day:
        return None
    clock = _clock(match)
    return (f"{day.isoformat()}T{clock:%H:%M}" if clock else day.isoformat()), match.end()


def _clock(match: re.Match[str]) -> time | None:
    if not match["hour"]:
        return None
    hour = int(match["hour"])
    half = match["half"] or match["today"] or match["tomorrow"] or ""
    if half.startswith(("chieu", "toi")) and hour < 12:
        hour += 12
    return time(hour, int(match["minute"] or 0)) if hour < 24 else time(23, 59)


def _monday(given: date, later: bool) -> date:
    return given + timedelta(days=7 * later - given.weekday())


def _day(match: re.Match[str], given: date) -> date | None:
    if match["today"]:
        return given
    if match["tomorrow"]:
        return given + timedelta(days=1)
    if match["wd"]:
        return _dated(match["wd"], match["wm"], match["wy"], given)
    if match["weekday"] or match["sunday"]:
        week = match["week"]
        ahead = _WEEKDAYS[match["weekday"]] if match["weekday"] else 6
        day = _monday(given, later=week not in (None, "nay")) + timedelta(days=ahead)
        return day if week or day >= given else day + timedelta(days=7)
    if match["alone"]:
        number = int(match["alone"])
        month = months_on(given.replace(day=1), int(number < given.day))
        return _made(month.year, month.month, number)
    if match["m3"]:
        month = months_on(given.replace(day=1), int(match["m3"] != "nay"))
        return _made(month.year, month.month, int(match["d"]))
    return _dated(match["d"], match["m"] or match["m2"], match["y"] or match["y2"], given)


def _dated(day: str, month: str, year: str | None, given: date) -> date | None:
    """The day; without its year the first such day that is not before `given`."""
    if year:
        return _made(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    # 29 February comes again within eight years.
    days = (_made(given.year + later, int(month), int(day)) for later in range(9))
    return next((found for found in days if found and found >= given), None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1990 <= year <= 2200 else None
    except ValueError:
        return None


def months_on(day: date, count: int) -> date:
    """The same day some months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _period(match: re.Match[str], given: date) -> str | None:
    if match["month"]:
        month = int(match["month"])
        year = int(match["month_year"] or given.year + (month < given.month))
        return f"{year}-{month:02}"
    if match["quarter"]:
        quarter = _QUARTERS[match["quarter"]]
        year = int(match["quarter_year"] or given.year + (quarter < _quarter(given)))
        return f"{year}-Q{quarter}"
    if match["year"]:
        return f"{match['year']}-12-31"
    later = match["which"] not in (None, "nay")
    if match["unit"] == "ngay":
        return None if match["which"] else given.isoformat()
    if match["unit"] == "tuan":
        return (_monday(given, later) + timedelta(days=4)).isoformat()
    if match["unit"] == "thang":
        return months_on(given.replace(day=1), int(later)).isoformat()[:7]
    if match["unit"] == "quy":
        first = months_on(given.replace(day=1), 3 * later)
        return f"{first.year}-Q{_quarter(first)}"
    return f"{given.year + later}-12-31"


def _span(match: re.Match[str], given: date) -> tuple[str, int] | None:
    count = _NUMBERS.get(match["count"]) or int(match["count"])
    start, end = _start(match, given) if match["since"] is not None else (given, match.end())
    if start is None or not 1 <= count <= 999:
        return None
    if match["working"]:
        last = workdays.after(start, count)
    elif match["what"] == "thang":
        last = months_on(start, count)
    else:
        days = {"ngay": count, "tuan": 7 * count, "gio": -(-count // 24)}[match["what"]]
        last = start + timedelta(days=days)
    return last.isoformat(), end


def _start(match: re.Match[str], given: date) -> tuple[date | None, int]:
    """The day from which a span is counted, and where its words end."""
    named = _START_DAY.match(match.string, match.end())
    if named:
        day = _day_of_start(named, given)
        return day, named.end()
    small = _START.match(match.string, match.end())
    this = _THIS_DAY.match(match.string, small.end()) if small else None
    return (given, this.end()) if this else (None, match.end())


def _day_of_start(named: re.Match[str], given: date) -> date | None:
    if named["d"]:
        return _dated(named["d"], named["m"] or named["m2"], named["y"] or named["y2"], given)
    return given if named["today"] else None
