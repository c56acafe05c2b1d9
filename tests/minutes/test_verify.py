"""`flask verify` tells when somebody has touched the log or what is stored."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from core.db import db
from meetings.changes import chained
from tests.marks import both_engines
from tests.world import Briefing

pytestmark = both_engines


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
