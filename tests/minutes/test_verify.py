"""`flask verify` tells when somebody has touched the log or what is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from core.db import db, dialect
from meetings.changes import chained
from minutes import issuing
from people.actor import Actor
from tests import paper
from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines

LINE = {"text": "Trong lúc kiểm tra"}


def verified(app: Flask) -> tuple[int, str]:
    """Exit code and output of `flask verify`."""
    result = app.test_cli_runner().invoke(args=["verify"])
    return result.exit_code, result.output


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
    "JSON that is none": (
        "UPDATE meeting_log SET changed = 'x' WHERE meeting_id = :m AND revision = 3",
        "revision 3 cannot be replayed",
    ),
    "JSON of another shape": (
        "UPDATE meeting_log SET changed = '[[1, 2]]' WHERE meeting_id = :m AND revision = 3",
        "revision 3 cannot be replayed",
    ),
    "what was deleted": (
        "UPDATE meeting_log SET deleted = '[{}]' WHERE meeting_id = :m AND revision = 3",
        "revision 3 cannot be replayed",
    ),
    "the moment that decides what is late": (
        "UPDATE directive SET due_at = '2030-01-01 00:00:00' WHERE meeting_id = :m",
        "is not due when its text says",
    ),
    "the place in the register": (
        "UPDATE directive SET urgency = 1 WHERE meeting_id = :m",
        "is not where the register sorts it",
    ),
    "what a search finds": (
        "UPDATE directive SET folded = '' WHERE meeting_id = :m",
        "is not found by its text",
    ),
    "what scorecards count": (
        "UPDATE share SET state = 'done' WHERE meeting_id = :m",
        "scorecards count unit",
    ),
    "a unit that scorecards leave out": (
        "DELETE FROM share WHERE meeting_id = :m",
        "scorecards count unit",
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
    row.changed = "{}"
    with live.app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE meeting_log SET changed = '{}', hash = :h WHERE id = :i"),
            {"h": chained(row), "i": row.id},
        )
    code, output = verified(live.app)
    assert code == 1
    assert "GB-LIVE: revision 4 does not follow its predecessor" in output


def behind_our_back(app: Flask, *statements: str) -> None:
    """Run statements that foreign keys would forbid."""
    with app.app_context(), db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        sqlite = dialect(db.session()) == "sqlite"
        connection.rollback()
        for statement in (
            "PRAGMA foreign_keys = OFF" if sqlite else "SET session_replication_role = replica",
            *statements,
            "PRAGMA foreign_keys = ON" if sqlite else "SET session_replication_role = origin",
        ):
            raw.execute(statement)
        if not sqlite:
            raw.commit()


def test_the_log_of_a_meeting_that_is_gone_shows(live: Briefing) -> None:
    behind_our_back(live.app, f"DELETE FROM meeting WHERE id = {live.id}")
    code, output = verified(live.app)
    assert (code, output) == (
        1,
        f"meeting {live.id}: has a log, but is not there\n4 meetings checked, 1 faults\n",
    )


def test_a_moment_that_cannot_be_read_spoils_one_meeting_only(
    live: Briefing, in_state: Callable[[str], Briefing], engine: str
) -> None:
    if engine == "postgresql":
        return  # its columns hold nothing but moments
    other = in_state("closed")
    behind_our_back(
        live.app,
        f"UPDATE meeting_log SET at = 'x' WHERE meeting_id = {live.id} AND revision = 3",
        f"UPDATE entry SET text = 'x' WHERE meeting_id = {other.id}",
    )
    code, output = verified(live.app)
    assert code == 1
    assert "GB-LIVE: cannot be read: ValueError\n" in output
    assert "GB-CLOSED: entry/" in output


def test_a_meeting_that_goes_on_meanwhile_is_no_fault(live: Briefing, thu_ky: Actor) -> None:
    before = live.revision
    written = threading.Event()

    def write(
        _connection: object, _cursor: object, statement: str, bound: Any, *_rest: object
    ) -> None:
        # Its log has been read, its objects have not.
        values = bound.values() if isinstance(bound, dict) else bound
        if "FROM meeting_log" in statement and live.id in values and not written.is_set():
            written.set()
            clerk = threading.Thread(target=live.do, args=(thu_ky, "conclusion.add"), kwargs=LINE)
            clerk.start()
            clerk.join()

    with live.app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", write)
    try:
        assert verified(live.app) == (0, "5 meetings checked, 0 faults\n")
    finally:
        event.remove(engine, "after_cursor_execute", write)
    assert live.revision > before


DOCUMENT_TAMPERINGS = {
    "a text": (
        "UPDATE document_text SET content = replace(content, 'Giao', 'Dao') WHERE number = 2",
        "text 2 is not what the log says",
    ),
    "an older text": (
        "UPDATE document_text SET content = '{}' WHERE number = 1",
        "text 1 is not what the log says",
    ),
    "a text that is gone": ("DELETE FROM document_text WHERE number = 2", "lacks its text 2"),
    "a text that nobody saved": (
        "INSERT INTO document_text (document_id, number, content, author_id, author_name, at)"
        " SELECT document_id, 3, content, author_id, author_name, at FROM document_text"
        " WHERE number = 2",
        "text 3 is not what the log says",
    ),
    "a number": ("UPDATE document SET number = 7", "is not what the log says"),
    "a register": ("UPDATE register SET last = 0", "has a number that its register has not given"),
}


@pytest.fixture
def issued_invitation(giao_ban: Briefing, world: World) -> Briefing:
    made = paper.drafted(giao_ban, world)
    paper.give(made, world, "thuky", "document.save", content=paper.content())
    paper.give(made, world, "thuky", "document.submit")
    paper.give(made, world, "chutoa", "document.approve")
    with made.app.app_context():
        issuing.issue(world.actors["vanthu"], made.id, made.parts.document, 2, paper.Press())
    return made


@pytest.mark.parametrize("what", DOCUMENT_TAMPERINGS)
def test_a_document_that_was_altered_behind_our_back_shows(
    what: str, issued_invitation: Briefing
) -> None:
    assert verified(issued_invitation.app) == (0, "5 meetings checked, 0 faults\n")
    statement, line = DOCUMENT_TAMPERINGS[what]
    with issued_invitation.app.app_context(), db.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount
    code, output = verified(issued_invitation.app)
    assert code == 1
    key = f"document/{issued_invitation.parts.document}"
    assert any(f"GB-THU: {key}" in each and line in each for each in output.splitlines()), output


def test_an_issued_file_that_was_altered_or_is_gone_shows(
    issued_invitation: Briefing, world: World
) -> None:
    app, sha256 = issued_invitation.app, paper.document(issued_invitation, world)["sha256"]
    path = app.config["FILES_DIR"] / sha256[:2] / sha256
    path.write_bytes(b"%PDF-other")
    assert f"its file {sha256} has been altered" in verified(app)[1]
    path.unlink()
    assert f"its file {sha256} is not there" in verified(app)[1]
