"""The terms of decision 45/2018/QĐ-TTg, green, amber, red."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from core.times import VIETNAM
from meetings.models import Meeting
from minutes.clocks import clocks


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)


def meeting(state: str, closed_at: str | None = None) -> Meeting:
    return Meeting(
        state=state,
        starts_at=at("2023-10-12T08:00"),
        ends_at=at("2023-10-12T11:00"),
        closed_at=at(closed_at) if closed_at else None,
    )


def document(kind: str, issued_at: str | None) -> dict[str, Any]:
    return {"kind": kind, "issued_at": f"{issued_at}:00+07:00" if issued_at else None}


def states(found: list[dict[str, Any]]) -> dict[str, str]:
    return {each["kind"]: each["state"] for each in found}


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2023-10-05T17:00", "in_time"),
        ("2023-10-06T00:00", "soon"),  # the working day before
        ("2023-10-09T23:59", "soon"),
        ("2023-10-10T00:00", "late"),
    ],
)
def test_an_invitation_goes_out_three_working_days_before(now: str, state: str) -> None:
    (found,) = clocks(meeting("scheduled"), [], at(now))
    due = date(2023, 10, 9)
    assert found == {"kind": "invitation", "due": due, "state": state, "on": None}


@pytest.mark.parametrize(("issued", "state"), [("2023-10-09", "done"), ("2023-10-10", "late")])
def test_what_has_gone_out_keeps_its_day(issued: str, state: str) -> None:
    # Late in the evening there is another day in UTC.
    documents = [
        document("invitation", f"{issued}T06:30"),
        document("invitation", "2023-10-11T09:00"),
    ]
    (found,) = clocks(meeting("live"), documents, at("2023-12-01T00:00"))
    assert (found["state"], found["on"]) == (state, date.fromisoformat(issued))


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2023-10-12T12:00", "in_time"),
        ("2023-10-17T23:59", "in_time"),
        ("2023-10-18T00:00", "soon"),
        ("2023-10-19T23:59", "soon"),
        ("2023-10-20T00:00", "late"),
    ],
)
def test_the_notice_follows_within_five_working_days(now: str, state: str) -> None:
    documents = [document("conclusions", None), document("minutes", "2023-10-12T15:00")]
    (found,) = clocks(meeting("closed", "2023-10-12T11:18"), documents, at(now))
    due = date(2023, 10, 19)
    assert found == {"kind": "conclusions", "due": due, "state": state, "on": None}


def test_a_meeting_that_was_called_without_an_invitation_from_here_has_no_term_for_it() -> None:
    now = at("2023-10-12T12:00")
    assert clocks(meeting("live"), [], now) == []
    drafted = [document("invitation", None)]
    assert states(clocks(meeting("live"), drafted, now)) == {"invitation": "late"}


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_what_is_not_held_has_no_terms(state: str) -> None:
    assert clocks(meeting(state), [], at("2023-10-12T12:00")) == []
