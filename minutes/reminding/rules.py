"""When people are reminded of a directive, and when mail may come: the one place that says so.

A directive is called to mind three working days before its deadline and one before, on the day, and
once it is over on the first, third and seventh day and then every week. Nothing is sent between
21:00 and 07:00 or on days off (core.workdays), Vietnamese time; what falls there goes out on the
next working morning.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from core import workdays
from core.times import VIETNAM, vietnam

# Working days before the deadline, the last one first.
BEFORE: Final = (1, 3)
# Days after it; then every so many.
AFTER: Final = (1, 3)
WEEKLY: Final = 7
_MORNING: Final = time(7)
_EVENING: Final = time(21)


def may_send(moment: datetime) -> bool:
    """Whether mail may go out at this moment."""
    local = vietnam(moment)
    return _MORNING <= local.time() < _EVENING and workdays.is_working_day(local.date())


def next_sending(moment: datetime) -> datetime:
    """The first moment from this one on at which mail may go out."""
    if may_send(moment):
        return moment
    local = vietnam(moment)
    early = local.time() < _MORNING and workdays.is_working_day(local.date())
    day = local.date() if early else workdays.after(local.date(), 1)
    return datetime.combine(day, _MORNING, VIETNAM)


def last_reminder(due: date, today: date) -> date | None:
    """The newest day, today or before, on which a directive was to be called to mind; None where
    the first such day is yet to come.

    Args:
        due: the day of its deadline.
        today: in Vietnam.
    """
    days = (today - due).days
    if days >= WEEKLY:
        return due + timedelta(days=days // WEEKLY * WEEKLY)
    for after in reversed(AFTER):
        if days >= after:
            return due + timedelta(days=after)
    if days == 0:
        return due
    earlier = (workdays.working_days_before(due, count) for count in BEFORE)
    return next((day for day in earlier if day <= today), None)


def is_near(due: date, today: date) -> bool:
    """Whether a deadline is one of the next days: no more than three working days away."""
    return workdays.working_days_before(due, BEFORE[-1]) <= today < due


def horizon(today: date) -> date:
    """The last day whose deadline is near, or past, today."""
    return workdays.after(today, BEFORE[-1])
