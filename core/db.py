"""The database: one declarative base, consistent reads, and one way to write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, event, func, select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core.errors import Conflict


class Base(DeclarativeBase):
    """Base of all tables; the naming convention keeps migrations the same on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC; SQLite has no zones, so it is made aware on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(db=db, compare_type=True, render_as_batch=True)

# SQLite waits for its one writer inside C, where no other greenlet can run: the writer
# that is being waited for would never finish. So writers of this process queue here.
_sqlite_writer = threading.RLock()


def init_app(app: Flask) -> None:
    """Bind the database to the application and set SQLite up for many readers."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.config["MIGRATIONS"]))
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control starts none for reads; we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # accepted means on disk
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    # Straight to the driver: it begins every transaction, many times a second.
    connection.connection.driver_connection.execute(f"BEGIN {mode}")  # type: ignore[union-attr]


def dialect(session: Session) -> str:
    """Name of the engine behind the session: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: committed at the end of the block, rolled back on any error.

    It starts afresh (what the session had read is read again), takes SQLite's write lock
    at once, and yields the session. Callers that must tell others do so after the block.

    Raises:
        Conflict: a constraint of the database forbids it.
    """
    session: Session = db.session()
    session.rollback()
    sqlite = dialect(session) == "sqlite"
    with _sqlite_writer if sqlite else nullcontext():
        if sqlite:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        try:
            yield session
            session.commit()
        except IntegrityError as error:
            # Two did the same at once, and the other one was first.
            session.rollback()
            raise Conflict() from error
        except BaseException:
            session.rollback()
            raise


def one_by_one(session: Session, lock: int) -> None:
    """Let no other write transaction that names this lock run until this one has ended.

    Args:
        session: one that is writing.
        lock: a number that stands for what must not happen twice at once.
    """
    # SQLite's writers are alone anyway.
    if dialect(session) == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(lock)))


@contextmanager
def reading() -> Iterator[Session]:
    """One consistent view: every statement in the block sees the same state."""
    session: Session = db.session()
    session.rollback()
    if dialect(session) == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session
    finally:
        session.rollback()
