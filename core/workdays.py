"""Working days in Vietnam: public holidays, the days off that stand in for them, and Saturdays
that are worked instead (labour code, article 112; the decisions of each year), as the library
`holidays` knows them. A year whose decision is not known yet counts without it."""

from __future__ import annotations

from datetime import date
from typing import Final

from holidays import country_holidays

_VIETNAM: Final = country_holidays("VN")


def is_working_day(day: date) -> bool:
    """Whether offices work on that day."""
    return _VIETNAM.is_working_day(day)


def after(day: date, count: int) -> date:
    """The last day of a term of working days that begins with the day after `day`.

    Args:
        day: the day of the event, which does not count (civil code, article 147).
        count: working days, at least 1.
    """
    return _VIETNAM.get_nth_working_day(day, count)


def working_days_before(day: date, count: int) -> date:
    """The last day on which something is still done `count` working days before `day`.

    Args:
        day: which does not count itself.
        count: working days, at least 1.
    """
    return _VIETNAM.get_nth_working_day(day, -count)
