"""Two processes behind the shipped nginx: restarted in turn, killed, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

import psycopg
import pytest

from tests.deploy.conftest import Shared
from tests.deploy.feed import Author, Feed
from tests.deploy.proxy import Proxy, proxied
from tests.server import Server, until
from tests.world import PASSWORD

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


@dataclass(frozen=True)
class House:
    """Two processes and nginx before them."""

    shared: Shared
    servers: list[Server]
    site: Server
    # For each process the name of a browser that nginx leads there.
    ways: list[str]

    @property
    def meeting_id(self) -> int:
        return self.shared.world.meetings["live"].meeting_id


def ways_to(servers: list[Server], site: Server, proxy: Proxy) -> list[str]:
    """A browser's name for each process."""
    found: dict[str, str] = {}
    for number in count():
        way = f"way{number}"
        site.request("GET", "/healthz", headers={"Cookie": f"giaoban_way={way}"})
        (line,) = until(lambda w=way: [x for x in proxy.log() if x[0] == w], "the log")
        found[line[1]] = way
        if len(found) == len(servers):
            break
    return [found[f"127.0.0.1:{server.port}"] for server in servers]


@pytest.fixture(scope="module")
def house(
    shared: Shared, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with ExitStack() as stack:
        servers = [
            Server(shared.url, PASSWORD, folder / f"{number}.log", REDIS_URL=redis_url)
            for number in range(2)
        ]
        for server in servers:
            stack.callback(server.stop)
        proxy = stack.enter_context(proxied([each.port for each in servers], folder / "nginx"))
        for server in servers:
            server.wait()
        site = servers[0].behind(proxy.port)
        yield House(shared, servers, site, ways_to(servers, site, proxy))


@pytest.fixture
def feed_of(house: House) -> Iterator[Callable[[str, int], Feed]]:
    """`feed_of("thuky", 0)`: their window, which nginx leads to the first process."""
    with ExitStack() as stack:

        def connect(username: str, process: int) -> Feed:
            feed = Feed(house.site, username, house.meeting_id, house.ways[process])
            stack.callback(feed.close)
            return feed

        yield connect


def check(house: House, authors: list[Author], followers: list[Feed]) -> None:
    """What was acknowledged is in the log once and in order, and everybody has the same."""
    with psycopg.connect(house.shared.url) as connection:
        logged = connection.execute(
            "SELECT request_id, revision FROM meeting_log"
            " WHERE meeting_id = %s AND request_id IS NOT NULL ORDER BY revision",
            [house.meeting_id],
        ).fetchall()
    for author in authors:
        assert author.refused == []
        prefix = f"{author.name}-"
        acknowledged = [(request_id, revision) for request_id, revision, _ in author.acknowledged]
        assert [row for row in logged if row[0].startswith(prefix)] == acknowledged
    answer = house.site.request(
        "GET", f"/api/v1/meetings/{house.meeting_id}/snapshot", username="daibieu"
    ).json
    for follower in followers:
        follower.wait_until(
            lambda each=follower: each.revision >= answer["revision"], "the newest revision"
        )
        assert follower.revision == answer["revision"]
        assert follower.objects == answer["objects"]


def test_no_command_is_lost_while_each_process_is_restarted_in_turn(
    house: House, feed_of: Callable[[str, int], Feed]
) -> None:
    authors = [Author(feed_of("thuky", 0), "rolling-a"), Author(feed_of("chutoa", 1), "rolling-b")]
    followers = [feed_of("daibieu", 0), feed_of("daibieu", 1)]

    def more(number: int) -> None:
        for author in authors:
            enough = len(author.acknowledged) + number
            until(lambda a=author, n=enough: len(a.acknowledged) >= n, "more commands")

    for author in authors:
        author.start()
    more(5)
    for server in house.servers:
        server.terminate()
        assert server.ended() == 0
        more(5)
        server.start()
        server.wait()
        more(5)
    for author in authors:
        author.stop()
    check(house, authors, followers)
    # Each process went away once; whoever was moved may be moved once more.
    for feed in (*followers, *(author.feed for author in authors)):
        until(lambda each=feed: each.connects >= 2, "connecting again")
        assert feed.connects <= 3


def test_a_killed_process_costs_its_clients_one_reconnect(
    house: House, feed_of: Callable[[str, int], Feed]
) -> None:
    authors = [Author(feed_of("thuky", 0), "killed-a"), Author(feed_of("chutoa", 1), "killed-b")]
    followers = [feed_of("daibieu", process) for process in (0, 0, 0, 1, 1)]
    for author in authors:
        author.start()
    until(lambda: all(len(each.acknowledged) >= 10 for each in authors), "some commands")

    house.servers[0].kill()
    try:
        enough = [len(each.acknowledged) + 10 for each in authors]
        until(
            lambda: all(len(a.acknowledged) >= n for a, n in zip(authors, enough, strict=True)),
            "more commands",
        )
        for author in authors:
            author.stop()
        # An author goes on over HTTP until the socket is back.
        until(lambda: authors[0].feed.connects >= 2, "connecting again")
        check(house, authors, followers)
        assert [each.connects for each in followers] == [2, 2, 2, 1, 1]
        assert [each.feed.connects for each in authors] == [2, 1]
    finally:
        house.servers[0].start()
        house.servers[0].wait()


@pytest.mark.parametrize("process", [0, 1, None])
def test_who_polls_stays_with_one_process(house: House, process: int | None) -> None:
    # A program without cookies goes by its address.
    way = "" if process is None else house.ways[process]
    feed = Feed(house.site, "thuky", house.meeting_id, way, "polling")
    try:
        answer = feed.give("conclusion.add", f"poll-{process}", text="Hỏi vòng.")
        feed.wait_until(lambda: feed.revision >= answer["revision"], "hearing of it")
        assert (feed.connects, feed.failures) == (1, [])
    finally:
        feed.close()
