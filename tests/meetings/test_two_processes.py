"""Two servers on one PostgreSQL and one Redis are one server to everybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meetings.feed import EVENTS_AT_MOST
from tests.conftest import filled, own_database, serving
from tests.meetings.test_many_clients import everybody_ends_the_same
from tests.meetings.test_sockets import Live, SocketFor, revisions
from tests.server import Server, Window, until
from tests.world import PASSWORD, build

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> Iterator[tuple[Server, Server]]:
    """Two servers."""
    folder = tmp_path_factory.mktemp("pair")

    # Whoever tests at the same time is not heard here: each Redis database is a world of its own.
    redis = redis_url.rpartition("/")[0] + f"/{random.randint(1, 14)}"
    with own_database() as url:
        filled(url, folder, build)
        with (
            serving(url, PASSWORD, folder, Server, REDIS_URL=redis) as one,
            serving(url, PASSWORD, folder, Server, REDIS_URL=redis) as other,
        ):
            yield one, other


@pytest.fixture
def live(pair: tuple[Server, Server]) -> Live:
    return Live(pair[0])


@pytest.fixture
def server(pair: tuple[Server, Server]) -> Server:
    return pair[0]


def test_the_order_that_one_sees_is_the_order_that_all_see(
    pair: tuple[Server, Server], live: Live
) -> None:
    everybody_ends_the_same(list(pair), live)


def test_nobody_hears_of_what_is_not_on_disk(
    pair: tuple[Server, Server], live: Live, socket_for: SocketFor
) -> None:
    one, other = pair
    for username in ("daibieu", "thuky"):
        one.token(username), other.token(username)
    path = f"/api/v1/meetings/{live.id}/events?after="
    found: list[tuple[Any, Any]] = []

    def look(window: Window, elsewhere: Server) -> None:
        # The moment it is heard at one server, it is read from the other.
        def hear(event: Any) -> None:
            address = f"{path}{event['revision'] - 1}"
            read = elsewhere.request("GET", address, username="daibieu").json["events"]
            found.append((event, read[0] if read else None))

        window.client.on("event", hear)
        window.subscribe(live.id)

    look(socket_for("daibieu", one), other)
    look(socket_for("daibieu", other), one)
    for number in range(10):
        for door in pair:
            door.command("thuky", live.id, "conclusion.add", text=f"Dòng {number}")
    until(lambda: len(found) == 40, "hearing of all")
    assert [heard for heard, read in found if heard != read] == []


def test_an_exclusion_cuts_the_view_at_the_other_process_at_once(
    pair: tuple[Server, Server], live: Live, socket_for: SocketFor
) -> None:
    one, other = pair
    out, stays = socket_for("daibieu2", other), socket_for("daibieu", other)
    out.subscribe(live.id)
    stays.subscribe(live.id)
    removed = {"participant_id": live.participant("daibieu2")}
    assert one.command("thuky", live.id, "participant.remove", **removed).status == 200
    one.command("thuky", live.id, "conclusion.add", text="Không cho người ngoài")
    assert revisions(stays.wait_for("event", 2)) == [live.revision + 1, live.revision + 2]
    # Who stays has heard the second one, so `resubscribe` has had its time.
    assert out.wait_for("resubscribe", seconds=5) == [{"meeting_id": live.id}]
    assert out.heard("event") == []
    assert out.subscribe(live.id)["error"]["code"] == "not_found"


def test_an_exclusion_cuts_the_view_also_in_the_midst_of_a_long_gap(
    pair: tuple[Server, Server], live: Live, tmp_path: Path, socket_for: SocketFor
) -> None:
    one, _other = pair
    # Told by nobody, it learns with its next tick of more than a client is sent in one answer.
    with serving(one.database, PASSWORD, tmp_path, Server) as alone:
        out, stays = socket_for("daibieu2", alone), socket_for("daibieu", alone)
        for window in (out, stays):
            window.subscribe(live.id)
        writer = socket_for("thuky", one)
        for number in range(EVENTS_AT_MOST + 5):
            assert writer.command(live.id, "conclusion.add", text=f"Dòng {number}")["ok"] is True
        live.give("participant.remove", participant_id=live.participant("daibieu2"))
        last = live.give("conclusion.add", text="Không cho người ngoài").json["revision"]
        heard = revisions(stays.wait_for("event", last - live.revision, seconds=25))
        # (The client's threads may swap two that come together.)
        assert sorted(heard) == list(range(live.revision + 1, last + 1))
        assert out.wait_for("resubscribe") == [{"meeting_id": live.id}]
        # Of the exclusion itself they hear no more.
        assert all(revision < last - 1 for revision in revisions(out.heard("event")))


def test_another_role_begins_a_new_view_at_the_other_process_at_once(
    pair: tuple[Server, Server], live: Live, socket_for: SocketFor
) -> None:
    one, other = pair
    window = socket_for("daibieu", other)
    window.subscribe(live.id)
    changed = {"participant_id": live.participant("daibieu"), "role": "secretary"}
    assert one.command("thuky", live.id, "participant.update", **changed).status == 200
    assert window.wait_for("resubscribe", seconds=5) == [{"meeting_id": live.id}]
    assert window.subscribe(live.id)["revision"] == live.revision + 1
    assert window.command(live.id, "conclusion.add", text="Nay là thư ký")["ok"] is True
