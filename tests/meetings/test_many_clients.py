"""Many real clients on bad connections, two who write at once: all end with the same."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import websocket

from tests.follower import Follower
from tests.meetings.test_sockets import Live, raw
from tests.server import PATIENCE, Server, Window

LINES = 25
WATCHERS = ("chutoa", "daibieu", "daibieu", "daibieu2", "daibieu2", "thuky")


class Watcher:
    """A client whose connection is slow, breaks without a word, and comes back elsewhere."""

    def __init__(self, doors: list[Server], username: str, meeting_id: int, seed: int) -> None:
        self.doors, self.username, self.meeting_id = doors, username, meeting_id
        self.chance = random.Random(seed)
        self.copy = Follower(self._fetch)
        # Each revision as it was told, however often.
        self.told: dict[int, set[str]] = {}
        self.breaks = 0

    def _fetch(self, after: int) -> dict[str, Any]:
        path = f"/api/v1/meetings/{self.meeting_id}/events?after={after}"
        door = self.chance.choice(self.doors)
        found: dict[str, Any] = door.request("GET", path, username=self.username).json
        return found

    def watch(self, end: Callable[[], int | None]) -> None:
        """Follow until the revision that `end` names once it is known."""
        give_up_at = time.monotonic() + PATIENCE
        while (last := end()) is None or self.copy.revision < last:
            assert time.monotonic() < give_up_at, f"{self.username} is at {self.copy.revision}"
            door = self.chance.choice(self.doors)
            opened = raw(door, door.token(self.username), receive_buffer=4096)
            opened.settimeout(0.5)
            with contextlib.suppress(websocket.WebSocketException, OSError):
                self._follow(opened, end)
            opened.shutdown()

    def _follow(self, opened: websocket.WebSocket, end: Callable[[], int | None]) -> None:
        body = {"meeting_id": self.meeting_id}
        if self.copy.objects is not None:
            body["after"] = self.copy.revision
        opened.send("427" + json.dumps(["subscribe", body]))
        for _message in range(self.chance.randint(1, 25)):
            packet = opened.recv()
            if packet == "2":
                opened.send("3")
            elif packet.startswith("437"):
                self.copy.answered(json.loads(packet[3:])[0])
            elif packet.startswith('42["event"'):
                event = json.loads(packet[2:])[1]
                told = self.told.setdefault(event["revision"], set())
                told.add(json.dumps(event, sort_keys=True))
                self.copy.heard(event)
            last = end()
            if last is not None and self.copy.revision >= last:
                return
            if self.chance.random() < 0.1:
                time.sleep(self.chance.random() * 0.3)  # it does not read for a while
        self.breaks += 1


def everybody_ends_the_same(doors: list[Server], live: Live) -> None:
    """Two secretaries write at the first and the last door while others watch at any."""
    watchers = [Watcher(doors, name, live.id, seed) for seed, name in enumerate(WATCHERS, start=1)]
    last: list[int] = []

    def write(door: Server, username: str) -> int:
        window = Window(door, door.token(username))
        try:
            answers = [
                window.command(
                    live.id, "discussion.add", item_id=live.item, text=f"{username} {number}"
                )
                for number in range(LINES)
            ]
            assert all(answer["ok"] for answer in answers)
            return max(answer["revision"] for answer in answers)
        finally:
            window.close()

    for door in doors:
        for username in {*WATCHERS}:
            door.token(username)
    with ThreadPoolExecutor(len(watchers) + 2) as pool:
        watching = [pool.submit(w.watch, lambda: last[0] if last else None) for w in watchers]
        writing = [pool.submit(write, doors[0], "thuky"), pool.submit(write, doors[-1], "chutoa")]
        last.append(max(each.result() for each in writing))
        for each in watching:
            each.result()
    path = f"/api/v1/meetings/{live.id}/snapshot"
    for watcher in watchers:
        for door in doors:
            fresh = door.request("GET", path, username=watcher.username).json
            assert watcher.copy.objects == fresh["objects"], watcher.username
            assert watcher.copy.revision == fresh["revision"] == last[0]
    assert last[0] == live.revision + 2 * LINES
    assert sum(watcher.breaks for watcher in watchers) > 0
    # One order for all: a revision is the same command, whoever was told of it, and where.
    for revision in range(live.revision + 1, last[0] + 1):
        told = set().union(*(watcher.told.get(revision, set()) for watcher in watchers))
        assert len(told) <= 1, told


def test_whoever_loses_the_connection_ends_with_the_same(server: Server) -> None:
    everybody_ends_the_same([server], Live(server))
