"""Redis goes away and comes back: everything is stored, nobody is refused, nobody stays behind."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from tests.conftest import unavailable
from tests.deploy.conftest import Shared
from tests.deploy.feed import ANSWER_SECONDS, Author, Feed
from tests.server import PATIENCE, Server, free_port, until
from tests.world import PASSWORD

# docs/live.md: a tick comes every 10 s; a busy machine may take longer.
TICK_SECONDS = 25

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


class Redis:
    """A Redis of our own, to be stopped."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            unavailable("redis-server", FileNotFoundError("no such program"))
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._line = [str(program), "--port", str(self._port), "--bind", "127.0.0.1"]
        self._line += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._line, stdout=subprocess.DEVNULL)
        until(self._answers, "Redis answering")

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    @contextmanager
    def hung(self) -> Iterator[None]:
        """It takes connections and answers nobody."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    started = Redis(tmp_path)
    yield started
    started.stop()


def ready(server: Server) -> tuple[int, bool]:
    answer = server.request("GET", "/readyz")
    return answer.status, answer.json["checks"]["redis"]


def test_redis_goes_away_and_comes_back(shared: Shared, own_redis: Redis, tmp_path: Path) -> None:
    meeting_id = shared.world.meetings["live"].meeting_id
    with ExitStack() as stack:
        here, there = (
            Server(shared.url, PASSWORD, tmp_path / f"{number}.log", REDIS_URL=own_redis.url)
            for number in range(2)
        )
        for server in (here, there):
            stack.callback(server.stop)
        for server in (here, there):
            server.wait()
        feeds = [Feed(here, "thuky", meeting_id), Feed(there, "daibieu", meeting_id)]
        for feed in feeds:
            stack.callback(feed.close)
        own, follower = feeds
        author = Author(own, "redis")
        author.start()
        follower.wait_until(lambda: "redis-5" in said(follower), "hearing through Redis")
        assert ready(here) == ready(there) == (200, True)

        own_redis.stop()
        assert ready(here) == ready(there) == (503, False)
        enough = len(author.acknowledged) + 10
        until(lambda: len(author.acknowledged) >= enough, "commands without Redis")
        author.stop()
        # Signing in, whose limit is counted in Redis, works as well, and is still limited.
        form = f"username=chutoa&password={PASSWORD}"
        assert there.sign_in(form).startswith("session=")
        guess = {"username": "chutoa", "password": "đoán"}
        tried = [there.request("POST", "/api/v1/auth/token", guess).status for _ in range(21)]
        assert (tried[0], tried[-1]) == (401, 429)
        last, revision, _result = author.acknowledged[-1]
        # Who is connected to the same process hears at once, the others at the next tick.
        own.wait_until(lambda: own.revision >= revision, "hearing from the own process")
        follower.wait_until(lambda: last in said(follower), "hearing by the tick", TICK_SECONDS)

        own_redis.start()
        assert ready(here) == ready(there) == (200, True)
        ticks = follower.ticks
        author = Author(own, "again")
        author.start()
        follower.wait_until(
            lambda: any(each.startswith("again-") for each in said(follower)), "events again"
        )
        author.stop()
        assert follower.ticks == ticks, "only a tick has told"
        # One that hangs holds up nobody.
        with own_redis.hung():
            asked_at = time.monotonic()
            answer = own.give("conclusion.add", "again-hung", text="Ý again-hung")
            assert time.monotonic() - asked_at < ANSWER_SECONDS
            author.acknowledged.append(("again-hung", answer["revision"], answer["result"]))
            own.wait_until(lambda: "again-hung" in said(own), "hearing at once", ANSWER_SECONDS)
            assert here.sign_in(form).startswith("session=")
        with psycopg.connect(shared.url) as connection:
            logged = connection.execute(
                "SELECT request_id, revision FROM meeting_log"
                " WHERE meeting_id = %s AND request_id LIKE 'again-%%' ORDER BY revision",
                [meeting_id],
            ).fetchall()
        assert logged == [(request_id, at) for request_id, at, _ in author.acknowledged]
        for feed in feeds:
            feed.wait_until(lambda each=feed: each.revision >= logged[-1][1], "the last revision")
            assert (feed.connects, feed.failures) == (1, [])
        assert own.objects.keys() == follower.objects.keys()


def said(feed: Feed) -> set[str]:
    """What the window shows of the authors' lines."""
    texts = (each.get("text", "") for each in feed.objects.values())
    return {text.removeprefix("Ý ") for text in texts if text.startswith("Ý ")}
