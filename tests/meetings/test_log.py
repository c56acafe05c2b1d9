"""The log stays whole, however many write at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.errors import Conflict, Invalid
from meetings import services
from meetings.changes import GENESIS, chained
from meetings.commands import CreateMeeting
from meetings.models import Meeting
from people.actor import Actor
from tests.marks import both_engines
from tests.world import STARTS_AT, Briefing

pytestmark = both_engines


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Results, or refusals, of the same work in many threads that begin together."""
    gate = threading.Barrier(number)

    def one(index: int) -> Any:
        gate.wait(30)
        try:
            return work(index)
        except Conflict as refusal:
            return refusal

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_revisions_have_no_gap_and_each_row_holds_its_predecessor(
    live: Briefing, thu_ky: Actor
) -> None:
    with pytest.raises(Invalid):
        live.do(thu_ky, "conclusion.add", text="")
    live.do(thu_ky, "conclusion.add", text="Một")
    rows = live.log()
    assert [row.revision for row in rows] == list(range(1, live.revision + 1))
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert [chained(row) for row in rows] == [row.hash for row in rows]


def test_many_writers_at_once_leave_no_gap(live: Briefing, thu_ky: Actor, chu_toa: Actor) -> None:
    before = live.revision

    def write(index: int) -> list[int]:
        actor = (thu_ky, chu_toa)[index % 2]
        return [
            live.do(actor, "discussion.add", item_id=live.parts.items[0], text=f"{index}").revision
            for _each in range(5)
        ]

    revisions = sorted(chain.from_iterable(at_once(6, write)))
    assert revisions == list(range(before + 1, before + 31))
    assert [row.revision for row in live.log()] == list(range(1, before + 31))


def test_the_same_request_many_times_at_once_is_carried_out_once(
    live: Briefing, thu_ky: Actor
) -> None:
    before = live.revision
    answers = at_once(
        6, lambda _i: live.do(thu_ky, "conclusion.add", request_id="mot", text="Một lần")
    )
    assert all(answer == answers[0] for answer in answers)
    assert live.revision == before + 1


def test_of_many_who_advance_at_once_one_does(live: Briefing, thu_ky: Actor) -> None:
    item = live.parts.items[0]
    answers = at_once(6, lambda _i: live.do(thu_ky, "agenda.advance", from_item=item))
    assert sum(not isinstance(answer, Conflict) for answer in answers) == 1
    meeting = live.objects(thu_ky)[f"meeting/{live.id}"]
    assert meeting["current_item_id"] == live.parts.items[1]


def created(app: Flask, actor: Actor, request_id: str | None, **values: Any) -> Any:
    ends_at = STARTS_AT + timedelta(hours=1)
    args = CreateMeeting(title="Họp", starts_at=STARTS_AT, ends_at=ends_at, **values)
    with app.app_context():
        return services.create_meeting(actor, args, request_id)


def number_of_meetings(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Meeting)) or 0


def test_a_double_click_creates_one_meeting(app: Flask, thu_ky: Actor) -> None:
    before = number_of_meetings(app)
    answers = at_once(4, lambda _i: created(app, thu_ky, "mot"))
    assert all(answer == answers[0] for answer in answers), answers
    assert number_of_meetings(app) == before + 1


def test_meetings_created_at_once_get_different_codes(app: Flask, thu_ky: Actor) -> None:
    answers = at_once(4, lambda _i: created(app, thu_ky, None))
    assert len({answer.result["code"] for answer in answers}) == 4


def test_of_meetings_created_at_once_under_one_code_one_is(app: Flask, thu_ky: Actor) -> None:
    answers = at_once(4, lambda _i: created(app, thu_ky, None, code="GB-X"))
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
