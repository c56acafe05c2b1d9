"""A server that is killed in the middle of everything loses and doubles nothing."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from minutes.verify import faults
from tests.killing import kill_often
from tests.server import Server


def test_what_was_acknowledged_outlives_a_kill(server: Server) -> None:
    tally = kill_often(server, 3, seed=12)
    assert tally.kills == 3
    assert tally.acknowledged > 10
    assert tally.unanswered > 0
    assert tally.faults == 0, tally
    engine = create_engine(f"sqlite:///{server.file}")
    with Session(engine) as session:
        assert list(faults(session)) == []
    engine.dispose()
