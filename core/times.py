"""Moments: UTC inside, Asia/Ho_Chi_Minh at the edge (Vietnam keeps UTC+7 all year)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment in UTC, to the millisecond that events carry."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def vietnam(moment: datetime) -> datetime:
    """The same moment on a clock in Vietnam."""
    return moment.astimezone(VIETNAM)


def rfc3339(moment: datetime | None) -> str | None:
    """The moment as the API writes it (RFC 3339, Vietnamese offset), or None."""
    if moment is None:
        return None
    local = vietnam(moment)
    return local.isoformat(timespec="milliseconds" if local.microsecond else "seconds")
