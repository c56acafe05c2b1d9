"""`flask copy-to`: a SQLite deployment moves into PostgreSQL, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

import config
from core import transfer
from core.db import Base, db, writing
from meetings.models import LogRow
from people.actor import Actor
from people.commands import AddUnit
from people.models import Unit
from people.services import create_unit
from tests import paper
from tests.conftest import close, make_app, own_database
from tests.world import Briefing, World, schedule

pytestmark = pytest.mark.postgres


@pytest.fixture
def target() -> Iterator[str]:
    """The address of an empty database."""
    with own_database() as url:
        yield url


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[str], Any]:
    """`with opened(url) as app`: the application over a database."""

    @contextmanager
    def open_app(url: str) -> Iterator[Flask]:
        made = make_app(url, tmp_path)
        try:
            yield made
        finally:
            close(made)

    return open_app


def copied_to(url: str, app: Flask) -> tuple[int, list[str]]:
    """Exit code of `flask copy-to` and the lines that it has written."""
    result = app.test_cli_runner().invoke(args=["copy-to", url])
    return result.exit_code, result.output.splitlines()


def tables_in(url: str) -> list[str]:
    engine = create_engine(config.engine_url(url), poolclass=NullPool)
    return inspect(engine).get_table_names()


def rows_of(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, as Python's values."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_everything_is_there_and_work_goes_on(
    live: Briefing,
    world: World,
    thu_ky: Actor,
    chu_toa: Actor,
    dai_bieu: Actor,
    target: str,
    opened: Callable[[str], Any],
) -> None:
    item = live.parts.items[0]
    words = "Đắk R'Măng đạt 45,76% – “tốt” 🎉 ế\u0302"
    live.do(thu_ky, "discussion.add", item_id=item, text=words, kind="opinion")
    removed = live.do(thu_ky, "discussion.add", item_id=item, text="Nhầm.", kind="note").result
    live.do(thu_ky, "discussion.remove", entry_id=removed["id"])
    with live.app.app_context(), writing() as session:
        # A unit whose upper one has been added later.
        session.get_one(Unit, world.units["xa_mot"]).parent_id = create_unit(
            session, AddUnit(name="Cụm xã", kind="office")
        ).id
    # An issued document, and the draft of the one that is to replace it.
    done = paper.document(paper.issued(live, world), world)
    live.do(thu_ky, "document.correct", document_id=done["id"])
    before = rows_of(live.app)

    code, lines = copied_to(target, live.app)

    assert (code, lines[-2:]) == (0, ["Checking counts and logs", "Copied, all is well"])
    log = len(before["meeting_log"])
    assert f"meeting_log: {log} of {log} rows" in lines
    with opened(target) as app:
        # The files stay where they are.
        app.config["FILES_DIR"] = live.app.config["FILES_DIR"]
        # Moments with their zones among them.
        assert rows_of(app) == before
        there = Briefing(app, live.id, live.parts)
        for actor in (thu_ky, chu_toa, dai_bieu):
            assert there.snapshot(actor) == live.snapshot(actor)
        verified = app.test_cli_runner().invoke(args=["verify"])
        assert verified.output == "5 meetings checked, 0 faults\n"

        outcome = there.do(thu_ky, "discussion.add", item_id=item, text="Tiếp.", kind="note")
        assert outcome.revision == live.revision + 1
        # Never the number of the line that was removed.
        assert outcome.result["id"] == removed["id"] + 1
        new = schedule(app, world.actors, code="GB-MOI")
        assert new.id == max(parts.meeting_id for parts in world.meetings.values()) + 1
        with app.app_context(), writing() as session:
            unit = create_unit(session, AddUnit(name="Phòng mới", kind="office"))
            assert unit.id == max(row[0] for row in before["unit"]) + 1


def test_the_copy_is_one_moment_of_a_source_that_is_written_to(
    live: Briefing, thu_ky: Actor, target: str, opened: Callable[[str], Any]
) -> None:
    with opened(target) as app, app.app_context():
        flask_migrate.upgrade()  # an empty database that has its tables already
    revision = live.revision
    given = []

    def told(_table: str, _done: int, _total: int) -> None:
        if not given:
            given.append(live.do(thu_ky, "conclusion.add", text="Trong lúc sao chép."))

    engine = create_engine(config.engine_url(target), poolclass=NullPool)
    with live.app.app_context():
        migrations = live.app.extensions["migrate"].migrate.get_config()
        with db.engine.connect() as source, engine.begin() as connection:
            transfer.copy(source, connection, migrations, told)
            assert list(transfer.miscounted(source, connection)) == []
    assert given[0].revision == live.revision == revision + 1
    with opened(target) as app:
        assert Briefing(app, live.id).revision == revision
        assert app.test_cli_runner().invoke(args=["verify"]).exit_code == 0


def test_a_target_that_holds_anything_is_refused(app: Flask, target: str) -> None:
    engine = create_engine(config.engine_url(target), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text('CREATE TABLE "Sổ" AS SELECT 1 AS so'))
    code, lines = copied_to(target, app)
    assert (code, lines) == (
        1,
        ["the target is not empty: Sổ has 1 rows", "Nothing was copied"],
    )
    assert tables_in(target) == ["Sổ"]


BREAKS = {
    "an altered log": (
        "UPDATE meeting_log SET actor_name = 'Kẻ khác' WHERE revision = 3",
        "GB-LIVE: revision 3 has been altered",
    ),
    "what the log does not say": (
        "UPDATE conclusion SET text = 'Khác.'",
        "conclusion/{conclusion} is not what the log says",
    ),
    "what PostgreSQL cannot hold": (
        "UPDATE person SET name = 'A' || char(0)",
        "NUL",
    ),
    "a lacking migration": (
        "UPDATE alembic_version SET version_num = 'older'",
        "the source lacks migrations",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_faulty_source_leaves_nothing_behind(what: str, live: Briefing, target: str) -> None:
    statement, line = BREAKS[what]
    with live.app.app_context(), db.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount
    code, lines = copied_to(target, live.app)
    assert (code, lines[-1]) == (1, "Nothing was copied")
    expected = line.format(conclusion=live.parts.conclusion)
    assert any(expected in each for each in lines), lines
    assert tables_in(target) == []


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("sqlite:///{tmp_path}/other.sqlite", "the target is not a PostgreSQL database"),
        ("postgresql://postgres@127.0.0.1:1/giaoban", "connection"),
    ],
)
def test_a_target_that_cannot_be_used_is_refused(
    url: str, line: str, app: Flask, tmp_path: Path
) -> None:
    code, lines = copied_to(url.format(tmp_path=tmp_path), app)
    assert (code, lines[-1]) == (1, "Nothing was copied")
    assert line in lines[0]


def test_a_count_that_differs_is_told(live: Briefing, target: str) -> None:
    engine = create_engine(config.engine_url(target), poolclass=NullPool)
    with live.app.app_context(), db.engine.connect() as source, engine.connect() as connection:
        migrations = live.app.extensions["migrate"].migrate.get_config()
        transfer.copy(source, connection, migrations, lambda *_: None)
        rows = connection.execute(LogRow.__table__.delete().where(LogRow.revision == 2)).rowcount
        total = source.scalar(text("SELECT count(*) FROM meeting_log"))
        assert list(transfer.miscounted(source, connection)) == [
            f"meeting_log: {total} rows in the source, {total - rows} in the copy"
        ]
