"""The log: whole under many writers, and telling when somebody has touched it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

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


def verified(app: Flask) -> tuple[int, str]:
    """Exit code and output of `flask verify`."""
    result = app.test_cli_runner().invoke(args=["verify"])
    return result.exit_code, result.output


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

    revisions = sorted(sum(at_once(6, write), []))
    assert revisions == list(range(before + 1, before + 31))
    assert [row.revision for row in live.log()] == list(range(1, before + 31))
    assert verified(live.app)[0] == 0


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


def test_a_clean_database_is_verified(app: Flask) -> None:
    assert verified(app) == (0, "5 meetings checked, 0 faults\n")


TAMPERINGS = {
    "a text in the log": (
        "UPDATE meeting_log SET changed = replace(changed, '45,76', '95,76')"
        " WHERE meeting_id = :m AND type = 'discussion.add'",
        "has been altered",
    ),
    "who did it": (
        "UPDATE meeting_log SET actor_person_id = 3 WHERE meeting_id = :m AND revision = 3",
        "revision 3 has been altered",
    ),
    "when": (
        "UPDATE meeting_log SET at = '2020-01-01 00:00:00' WHERE meeting_id = :m AND revision = 3",
        "revision 3 has been altered",
    ),
    "a row out of the middle": (
        "DELETE FROM meeting_log WHERE meeting_id = :m AND revision = 3",
        "revision 3 is missing before 4",
    ),
    "the newest row": (
        "DELETE FROM meeting_log WHERE meeting_id = :m"
        " AND revision = (SELECT revision FROM meeting WHERE id = :m)",
        "the meeting is at",
    ),
    "all rows": ("DELETE FROM meeting_log WHERE meeting_id = :m", "its log at 0"),
    "a stored text": (
        "UPDATE entry SET text = 'khác' WHERE meeting_id = :m",
        "is not what the log says",
    ),
    "a stored object": (
        "DELETE FROM conclusion WHERE meeting_id = :m",
        "is not what the log says",
    ),
    "an object that nobody added": (
        "INSERT INTO conclusion (meeting_id, section, text, at, revision)"
        " VALUES (:m, 'tasks', 'lén', '2026-01-01 00:00:00', 1)",
        "is not what the log says",
    ),
    "the meeting's state": (
        "UPDATE meeting SET state = 'closed' WHERE id = :m",
        "is not what the log says",
    ),
    "the meeting's revision": (
        "UPDATE meeting SET revision = revision + 1 WHERE id = :m",
        "the meeting is at",
    ),
    "a deadline's units": (
        "DELETE FROM directive_unit",
        "is not what the log says",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_altered_behind_our_back_shows(what: str, live: Briefing) -> None:
    statement, line = TAMPERINGS[what]
    with live.app.app_context(), db.engine.begin() as connection:
        bound = {"m": live.id} if ":m" in statement else {}
        assert connection.execute(text(statement), bound).rowcount
    code, output = verified(live.app)
    assert code == 1
    assert any("GB-LIVE: " in each and line in each for each in output.splitlines()), output


def test_a_row_whose_hash_was_made_anew_breaks_the_next(live: Briefing) -> None:
    row = live.log()[2]
    row.changed = json.dumps({})
    with live.app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE meeting_log SET changed = '{}', hash = :h WHERE id = :i"),
            {"h": chained(row), "i": row.id},
        )
    code, output = verified(live.app)
    assert code == 1
    assert "GB-LIVE: revision 4 does not follow its predecessor" in output
