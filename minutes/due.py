"""Deadlines of directives in the forms that chairmen use."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, time

from core.times import VIETNAM

ONGOING = "ongoing"
_END_OF_DAY = time(23, 59, 59)
# The same forms for readers of the OpenAPI description.
PATTERN = (
    r"^(ongoing|[0-9]{4}-(0[1-9]|1[0-2])"
    r"(-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
    r"|[0-9]{4}-Q[1-4])$"
)


def last_moment(due: str | None) -> datetime | None:
    """The moment after which it is late; None where it never is.

    Args:
        due: None, `2023-11-30`, `2023-10-20T17:00`, `2023-11`, `2023-Q4` or `ongoing`.

    Raises:
        ValueError: it is none of these, or no such day exists.
    """
    if due is None or due == ONGOING:
        return None
    if not re.fullmatch(PATTERN, due):
        raise ValueError(due)
    year = int(due[:4])
    if not 1990 <= year <= 2200:
        raise ValueError(due)
    if "T" in due:
        moment = datetime.fromisoformat(due)
        return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    if "Q" in due:
        return _end(year, int(due[-1]) * 3)
    if len(due) == 7:
        return _end(year, int(due[5:7]))
    return datetime.combine(datetime.fromisoformat(due).date(), _END_OF_DAY, VIETNAM)


def _end(year: int, month: int) -> datetime:
    day = monthrange(year, month)[1]
    return datetime.combine(datetime(year, month, day, tzinfo=VIETNAM), _END_OF_DAY, VIETNAM)
