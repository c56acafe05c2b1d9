"""Moments: UTC inside, Vietnam at the edge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.db import UtcDateTime
from core.errors import Invalid
from core.schema import Args, Moment, parse
from core.times import now, rfc3339, vietnam

TOKYO = timezone(timedelta(hours=9))


class Given(Args):
    moment: Moment


def test_now_is_what_an_event_can_carry() -> None:
    assert now().tzinfo is UTC
    assert now().microsecond % 1000 == 0


def test_a_moment_is_written_with_vietnams_offset() -> None:
    moment = datetime(2023, 10, 12, 18, 5, tzinfo=UTC)
    assert rfc3339(moment) == "2023-10-13T01:05:00+07:00"
    assert rfc3339(moment.replace(microsecond=250_000)) == "2023-10-13T01:05:00.250+07:00"
    assert rfc3339(None) is None
    assert vietnam(moment).day == 13


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-02T08:00", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        ("2026-03-02T08:00:00+07:00", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        ("2026-03-02T01:00:00Z", datetime(2026, 3, 2, 1, tzinfo=UTC)),
        (datetime(2026, 3, 2, 10, tzinfo=TOKYO), datetime(2026, 3, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_without_offset_is_of_vietnam(typed: object, meant: datetime) -> None:
    assert parse(Given, {"moment": typed}).moment == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "2026-02-30T08:00",
        "1900-01-01T08:00",
        "9999-12-31T23:59",
        1,
        None,
        True,
        [],
        "\x00",
    ],
)
def test_what_is_no_moment_is_refused(typed: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse(Given, {"moment": typed})
    assert refused.value.errors[0]["field"] == "moment"


def test_the_database_takes_no_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001
