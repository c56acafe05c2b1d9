"""The fixed cast, the small world it plays in, and the places: SQLite, PostgreSQL, a server.

A test that names `app`, `giao_ban`, `do` or `client_for` runs on SQLite; one marked with
`both_engines` runs on PostgreSQL too.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_login import FlaskLoginClient
from hypothesis import Phase, settings
from psycopg import sql
from sqlalchemy import Engine

import config
import demo
from app import create_app
from core.db import Base, db
from meetings import limits, presence
from meetings.broadcast import broadcast
from people import services
from people.actor import Actor
from people.login import limiter
from people.models import User
from tests.server import QuickServer, Server, Window
from tests.world import SECRET_KEY, Briefing, World, build

# The suite tries the same each time and says at once what fails; `--hypothesis-profile=long`
# looks for more, and for the shortest way there.
settings.register_profile("long", max_examples=1000, stateful_step_count=40, deadline=None)
settings.register_profile(
    "short",
    max_examples=10,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile("short")

# A hash is slow on purpose, and most tests begin with some; the hash says how it was made, so the
# servers that verify those of our databases are as quick.
services._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
services._NOBODY = services._made_up(services._hasher)

# Files in memory: no test cuts the power of its own machine, so none waits for a disk.
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 * 1024**3:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def pytest_collection_finish() -> None:
    """What is loaded stays; looking through it for garbage took a quarter of most tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


def unavailable(service: str, error: Exception) -> None:
    """Skip for want of a service, which on the machine that judges changes is a failure."""
    sentence = f"{service} cannot be reached: {error}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


# --- Applications -------------------------------------------------------------------------------


def make_app(database_url: str, instance: Path, **env: str) -> Flask:
    settings = config.load(
        {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY} | env, instance=instance
    )
    made = create_app(settings)
    broadcast.reset()
    made.testing = True
    made.test_client_class = FlaskLoginClient
    return made


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


Renew = Callable[[], Flask]


@dataclass(frozen=True)
class Template:
    """A database as each test finds it."""

    world: World
    source: str  # a file (SQLite) or an address (PostgreSQL)


def filled(database_url: str, instance: Path, fill: Callable[[Flask], Any]) -> Any:
    app = make_app(database_url, instance)
    with app.app_context():
        flask_migrate.upgrade()
    made = fill(app)
    close(app)
    return made


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("template")
    file = folder / "world.sqlite"
    return Template(filled(f"sqlite:///{file}", folder, build), str(file))


@contextmanager
def own_database() -> Iterator[str]:
    """A PostgreSQL database of a random name, dropped at the end."""
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        unavailable("PostgreSQL", error)
    name = f"giaoban_test_{secrets.token_hex(6)}"
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        # No test cuts the power of the database's own machine.
        quick = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
        server.execute(quick.format(sql.Identifier(name)))
        try:
            yield POSTGRES.rpartition("/")[0] + "/" + name
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with own_database() as url:
        yield Template(filled(url, tmp_path_factory.mktemp("postgres"), _build_and_keep), url)


# Making a database takes PostgreSQL half a second, putting rows back some milliseconds. So the
# rows of the template stay in a schema of their own, from where each test gets them.
def _build_and_keep(app: Flask) -> World:
    world = build(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA template")
        for table in Base.metadata.tables:
            connection.exec_driver_sql(f'CREATE TABLE template."{table}" AS TABLE public."{table}"')
    return world


def _put_back(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(_put_back_statements())


# All in one message: a hundred round trips took longer than most tests.
@cache
def _put_back_statements() -> str:
    statements = ["SET LOCAL lock_timeout = '10s'", "SET LOCAL session_replication_role = replica"]
    for name, table in Base.metadata.tables.items():
        statements.append(f'DELETE FROM public."{name}"')
        statements.append(f'INSERT INTO public."{name}" SELECT * FROM template."{name}"')
        if "id" in table.columns:
            statements.append(
                f"SELECT setval(pg_get_serial_sequence('public.\"{name}\"', 'id'),"
                f' (SELECT coalesce(max(id), 0) + 1 FROM public."{name}"), false)'
            )
    return "; ".join(statements)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite`, or what the mark `both_engines` says."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def template(engine: str, request: pytest.FixtureRequest) -> Template:
    found: Template = request.getfixturevalue(
        "postgres_template" if engine == "postgresql" else "sqlite_template"
    )
    return found


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("sqlite")
    return make_app(f"sqlite:///{folder / 'giaoban.sqlite'}", folder)


@pytest.fixture(scope="session")
def postgres_app(postgres_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(postgres_template.source, tmp_path_factory.mktemp("postgres"))


@pytest.fixture
def renew(engine: str, template: Template, request: pytest.FixtureRequest) -> Renew:
    """Make the database as new, as often as a test likes, and say where it is."""
    made: Flask = request.getfixturevalue(
        "postgres_app" if engine == "postgresql" else "sqlite_app"
    )

    def put_back() -> Flask:
        with made.app_context():
            if engine == "postgresql":
                _put_back(db.engine)
            else:
                _copy(template.source, str(db.engine.url.database))
        limiter.reset()
        limits.reset()
        broadcast.reset()
        # Whoever was connected was so in the database of another test.
        vars(presence.here).update(vars(presence.Presence()))
        return made

    return put_back


@pytest.fixture
def app(renew: Renew) -> Iterator[Flask]:
    """The application over a database that is as new."""
    made = renew()
    yield made
    close(made)


@pytest.fixture
def another(tmp_path: Path) -> Callable[[Flask], Flask]:
    """`another(app)`: the application started anew on the same database."""

    def start(made: Flask) -> Flask:
        close(made)
        with made.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        return make_app(url, tmp_path)

    return start


def _copy(source: str, target: str) -> None:
    for suffix in ("-wal", "-shm"):
        Path(target + suffix).unlink(missing_ok=True)
    shutil.copyfile(source, target)


# --- The cast -----------------------------------------------------------------------------------


@pytest.fixture
def world(template: Template) -> World:
    """Everyone and everything by short keys."""
    return template.world


@pytest.fixture
def thu_ky(world: World) -> Actor:
    """The secretary of the briefing, who may schedule meetings."""
    return world.actors["thuky"]


@pytest.fixture
def chu_toa(world: World) -> Actor:
    """The chairman."""
    return world.actors["chutoa"]


@pytest.fixture
def dai_bieu(world: World) -> Actor:
    """A participant, of a commune."""
    return world.actors["daibieu"]


@pytest.fixture
def dai_bieu_2(world: World) -> Actor:
    """Another participant, of an office."""
    return world.actors["daibieu2"]


@pytest.fixture
def quan_sat(world: World) -> Actor:
    """An observer."""
    return world.actors["quansat"]


@pytest.fixture
def van_thu(world: World) -> Actor:
    """The records clerk."""
    return world.actors["vanthu"]


@pytest.fixture
def khach(world: World) -> Actor:
    """Has an account, is invited to nothing."""
    return world.actors["khach"]


@pytest.fixture
def quan_tri(world: World) -> Actor:
    """The administrator, nobody in any meeting."""
    return world.actors["quantri"]


@pytest.fixture
def in_state(app: Flask, world: World) -> Callable[[str], Briefing]:
    """`in_state("closed")`: the briefing that stands so; from `live` on it has a record."""

    def find(state: str) -> Briefing:
        parts = world.meetings[state]
        return Briefing(app, parts.meeting_id, parts)

    return find


@pytest.fixture
def giao_ban(in_state: Callable[[str], Briefing]) -> Briefing:
    """A scheduled briefing with the whole cast and three items."""
    return in_state("scheduled")


@pytest.fixture
def live(in_state: Callable[[str], Briefing]) -> Briefing:
    """A briefing at its first item, with an entry, a conclusion and a directive."""
    return in_state("live")


@pytest.fixture
def do(giao_ban: Briefing) -> Callable[..., Any]:
    """`do(actor, name, **args)`: carry out a command in the scheduled briefing."""
    return giao_ban.do


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def client_for(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    """`client_for("thuky")`: a browser in which this account is signed in."""

    def open_browser(username: str) -> FlaskClient:
        with app.app_context():
            user = db.session.get_one(User, world.actors[username].user_id)
            return app.test_client(user=user)

    return open_browser


# --- Servers ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo in it; the papers are in `files` beside it."""
    folder = tmp_path_factory.mktemp("demo")
    file = folder / "demo.sqlite"

    def load(app: Flask) -> None:
        with app.app_context():
            demo.load()

    filled(f"sqlite:///{file}", folder, load)
    return file


@contextmanager
def serving(
    database_url: str,
    password: str,
    folder: Path,
    kind: type[Server] = QuickServer,
    **env: str,
) -> Iterator[Server]:
    files = {"FILES_DIR": str(folder / "files")}
    log = folder / f"{secrets.token_hex(4)}.log"
    server = kind(database_url, password, log, **(files | env))
    try:
        yield server.wait()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server(
    demo_template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """The real server with the demo, for all tests of one file: each test there works in a
    meeting, or with accounts, of its own. A file that names `SERVER = Server` gets the whole
    program as people start it."""
    folder = tmp_path_factory.mktemp("server")
    file = folder / "demo.sqlite"
    shutil.copyfile(demo_template, file)
    shutil.copytree(demo_template.parent / "files", folder / "files")
    kind = getattr(request.module, "SERVER", QuickServer)
    with serving(f"sqlite:///{file}", demo.PASSWORD, folder, kind) as started:
        yield started


@pytest.fixture
def socket_for(server: Server) -> Iterator[Callable[..., Window]]:
    """`socket_for("daibieu")`: a real Socket.IO client of the server, signed in by token."""
    opened: list[Window] = []

    def connect(username: str, at: Server | None = None) -> Window:
        to = at or server
        opened.append(Window(to, to.token(username)))
        return opened[-1]

    yield connect
    for window in opened:
        window.close()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Redis, in a numbered database away from others."""
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=5) as found:
            found.ping()
    except redis.RedisError as error:
        unavailable("Redis", error)
    return REDIS
