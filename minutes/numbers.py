"""Numbers, dates and deadlines that the documents themselves write, the Vietnamese way.

Numbers inside a text that a person typed are never touched.
"""

import re
from datetime import date, datetime, timedelta, timezone
from typing import Final

# Vietnam keeps one offset all year (Indochina Time), so no time zone database is needed.
VIETNAM: Final = timezone(timedelta(hours=7))

_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_WEEKDAYS: Final = (
    "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật",
)  # fmt: skip
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])")


def roman(number: int) -> str:
    """Return a positive number in Roman numerals, as parts of a document are numbered."""
    written = ""
    for value, numeral in _ROMAN:
        while number >= value:
            written += numeral
            number -= value
    return written


def count(number: int) -> str:
    """Return a count as offices write it: `07`, `25`, `1.250`."""
    return f"{number:02d}" if number < 10 else f"{number:,}".replace(",", ".")


def local(moment: str) -> datetime:
    """Return an RFC 3339 time as Vietnamese local time; one without offset is local already.

    Raises:
        ValueError: the text is no such time.
    """
    parsed = datetime.fromisoformat(moment)
    return parsed.replace(tzinfo=VIETNAM) if parsed.tzinfo is None else parsed.astimezone(VIETNAM)


def _month(month: int) -> str:
    # Decree 30/2020: a leading 0 stands before months 1 and 2 only (and before days below 10).
    return f"{month:02d}" if month < 3 else str(month)


def long_date(day: date) -> str:
    """Return `ngày 05 tháng 01 năm 2026` (decree 30/2020: place and date)."""
    return f"ngày {day.day:02d} tháng {_month(day.month)} năm {day.year}"


def short_date(day: date) -> str:
    """Return `05/01/2026`, `14/9/2023`."""
    return f"{day.day:02d}/{_month(day.month)}/{day.year}"


def weekday(day: date) -> str:
    """Return `Thứ Năm`, as official writing spells the days (decree 30/2020, annex II)."""
    return _WEEKDAYS[day.weekday()]


def clock(moment: datetime) -> str:
    """Return `08 giờ 05`."""
    return f"{moment.hour:02d} giờ {moment.minute:02d}"


def deadline(due: str | None) -> str | None:
    """Return a directive's deadline in words, or None when it has none.

    Args:
        due: null, a date, a date-time, a month `2023-11`, a quarter `2023-Q4` or `ongoing`.
    """
    if not due:
        return None
    if due == "ongoing":
        return "thường xuyên"
    if found := _QUARTER.fullmatch(due):
        return f"quý {roman(int(found[2]))}/{found[1]}"
    if found := _MONTH.fullmatch(due):
        return f"tháng {_month(int(found[2]))}/{found[1]}"
    if "T" in due:
        moment = local(due)
        return f"{clock(moment)} ngày {short_date(moment)}"
    return short_date(date.fromisoformat(due))
