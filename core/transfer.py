"""Copying a SQLite deployment into PostgreSQL: see docs/deploying.md, "Moving"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Table, func, inspect, select, text

from core.db import Base

# Rows that are held in memory at once.
BATCH = 1000

Told = Callable[[str, int, int], None]


class TransferRefused(Exception):
    """Nothing was copied; the message says why."""


def copy(source: Connection, target: Connection, migrations: Config, told: Told) -> None:
    """Copy every table, with its ids, into an empty database. Committing is the caller's.

    Everything is read in one transaction, so that the copy is one moment of a source that
    is being written to.

    Args:
        source: a SQLite database that has every migration.
        target: an empty PostgreSQL database; the tables are made there.
        migrations: Alembic's configuration.
        told: hears how far it has come: the table, rows copied, rows in all.

    Raises:
        TransferRefused: source or target is not what it must be.
    """
    _refuse_unfit(source, target, migrations)
    migrations.attributes["connection"] = target
    command.upgrade(migrations, "head")
    marks = _high_water_marks(source)
    for table in Base.metadata.sorted_tables:
        _copy_rows(source, target, table, told)
        _start_ids_after(target, table, marks.get(table.name, 0))


def miscounted(source: Connection, target: Connection) -> Iterator[str]:
    """One line for each table that has not as many rows on both sides."""
    for table in Base.metadata.sorted_tables:
        there, here = _count(source, table), _count(target, table)
        if there != here:
            yield f"{table.name}: {there} rows in the source, {here} in the copy"


def _refuse_unfit(source: Connection, target: Connection, migrations: Config) -> None:
    if source.dialect.name != "sqlite":
        raise TransferRefused("the source is not a SQLite database")
    if target.dialect.name != "postgresql":
        raise TransferRefused("the target is not a PostgreSQL database")
    newest = ScriptDirectory.from_config(migrations).get_heads()
    if MigrationContext.configure(source).get_current_heads() != tuple(newest):
        raise TransferRefused(
            "the source lacks migrations, run first: .venv/bin/flask --app app db upgrade"
        )
    for name in inspect(target).get_table_names():
        rows = target.scalar(select(func.count()).select_from(text(_quoted(target, name))))
        if rows and name != "alembic_version":
            raise TransferRefused(f"the target is not empty: {name} has {rows} rows")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy_rows(source: Connection, target: Connection, table: Table, told: Told) -> None:
    total, done = _count(source, table), 0
    # A row may name one of the same table that comes later (a unit the unit above it).
    # Such columns are filled when all rows are there.
    later = [
        column
        for key in table.foreign_key_constraints
        if key.referred_table is table
        for column in key.columns
        if column.nullable
    ]
    rows = source.execution_options(yield_per=BATCH).execute(select(table)).mappings()
    for batch in rows.partitions():
        target.execute(
            table.insert(),
            [dict(row) | {column.name: None for column in later} for row in batch],
        )
        done += len(batch)
        told(table.name, done, total)
    for column in later:
        _fill(source, target, table, column)


def _fill(source: Connection, target: Connection, table: Table, column: Column[object]) -> None:
    (key,) = table.primary_key.columns
    pairs = source.execute(select(key, column).where(column.is_not(None))).all()
    for value, filled in pairs:
        target.execute(table.update().where(key == value).values({column: filled}))


def _high_water_marks(source: Connection) -> dict[str, int]:
    # SQLite's own record of the highest id that a table ever had, deleted ones included.
    if "sqlite_sequence" not in inspect(source).get_table_names(sqlite_include_internal=True):
        return {}
    rows = source.execute(text("SELECT name, seq FROM sqlite_sequence"))
    return {row.name: row.seq for row in rows}


def _start_ids_after(target: Connection, table: Table, mark: int) -> None:
    column = table.autoincrement_column
    if column is None:
        return
    highest = max(mark, target.scalar(select(func.max(column))) or 0)
    if highest:
        sequence = func.pg_get_serial_sequence(_quoted(target, table.name), column.name)
        target.execute(select(func.setval(sequence, highest)))
