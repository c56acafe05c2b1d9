"""Kill the server while people write, start it again, and see what became of their lines.

Used by the suite (a few times) and by `bench/kill.py` (hundreds of times).
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.server import Server, Window

# username, and whether over a socket or over HTTP
WRITERS = (("thuky", True), ("thuky", False), ("chutoa", True), ("chutoa", False))
TIMES = {"starts_at": "2026-03-02T08:00:00+07:00", "ends_at": "2026-03-02T09:00:00+07:00"}
# Below what an account may give within 20 seconds, so that nobody is refused (meetings.limits).
LINES_AT_MOST = 60
# The longest time from the first accepted line to the end, in seconds.
LONGEST = 0.6


@dataclass
class Tally:
    """What came of all kills."""

    kills: int = 0
    # Commands that were answered, commands that were under way when the server died, and those
    # of them that were stored all the same.
    acknowledged: int = 0
    unanswered: int = 0
    stored_unanswered: int = 0
    # What must stay 0.
    lost: int = 0
    doubled: int = 0
    altered: int = 0
    gaps: int = 0
    heard_and_lost: int = 0
    restarts: list[float] = field(default_factory=list)

    @property
    def faults(self) -> int:
        return self.lost + self.doubled + self.altered + self.gaps + self.heard_and_lost


@dataclass
class _Line:
    request_id: str
    text: str
    revision: int | None = None


class _Writer:
    """Someone who gives one line after the other until the server is gone."""

    def __init__(self, server: Server, meeting_id: int, name: str, username: str) -> None:
        self.server, self.meeting_id, self.name, self.username = server, meeting_id, name, username
        self.lines: list[_Line] = []

    def send(
        self, line: _Line, window: Window | None = None, gone: threading.Event | None = None
    ) -> None:
        args = {"text": line.text}
        if window is None:
            path = f"/api/v1/meetings/{self.meeting_id}/commands"
            body = {"name": "conclusion.add", "request_id": line.request_id, "args": args}
            answer = self.server.request("POST", path, body, username=self.username).json
        else:
            answer = self._over_socket(window, gone, line, args)
        assert answer.get("ok"), answer
        assert answer["result"]["text"] == line.text
        line.revision = answer["revision"]

    def _over_socket(
        self, window: Window, gone: threading.Event, line: _Line, args: dict[str, Any]
    ) -> Any:
        # The library's own `call` would wait for the answer of a server that is gone.
        answers: list[Any] = []
        done = threading.Event()

        def answered(answer: Any) -> None:
            answers.append(answer)
            done.set()

        body = {
            "meeting_id": self.meeting_id,
            "name": "conclusion.add",
            "request_id": line.request_id,
            "args": args,
        }
        window.client.emit("command", body, callback=answered)
        while not done.wait(0.02):
            if gone.is_set() and not done.wait(0.02):
                raise ConnectionError("no answer")
        return answers[0]

    def write(self, window: Window | None, gone: threading.Event, began: threading.Event) -> None:
        for number in range(LINES_AT_MOST):
            if gone.is_set():
                return
            self.lines.append(_Line(f"{self.name}-{number}", f"{self.name}, dòng {number}"))
            try:
                self.send(self.lines[-1], window, gone)
            except AssertionError:
                raise
            except Exception:
                if gone.wait(5):  # it died before it had answered
                    return
                raise
            began.set()


def prepare(server: Server) -> int:
    """A meeting that has begun, with the secretary and the chairman in it."""
    accounts = server.request("GET", "/api/v1/users", username="quantri").json["items"]
    people = {account["username"]: account["person_id"] for account in accounts}
    body = {"title": "Họp thử", "chair_ids": [people["chutoa"]], **TIMES}
    meeting_id: int = server.request("POST", "/api/v1/meetings", body, username="thuky").json["id"]
    server.command("thuky", meeting_id, "participant.add", person_id=people["daibieu"])
    assert server.command("thuky", meeting_id, "meeting.open").status == 200
    server.token("chutoa")
    server.token("daibieu")
    return meeting_id


def kill(server: Server, meeting_id: int, tally: Tally, chance: random.Random) -> None:
    """One kill at a random moment, a new start, the lines sent again, and the look at the log.

    Args:
        server: one that runs; it runs again afterwards.
        meeting_id: from `prepare`.
        tally: where the outcome is added.
        chance: the source of randomness.
    """
    number = tally.kills
    path = f"/api/v1/meetings/{meeting_id}/events?after="
    before = server.request("GET", path + str(2**31 - 1), username="thuky").json["revision"]
    writers = [
        _Writer(server, meeting_id, f"{number}.{index}", username)
        for index, (username, _socket) in enumerate(WRITERS)
    ]
    windows = [Window(server, server.token(u)) if socket else None for u, socket in WRITERS]
    listener = Window(server, server.token("daibieu"))
    listener.subscribe(meeting_id)
    gone, began = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def write(writer: _Writer, window: Window | None) -> None:
        try:
            writer.write(window, gone, began)
        except BaseException as failure:
            failures.append(failure)
            began.set()

    threads = [
        threading.Thread(target=write, args=pair) for pair in zip(writers, windows, strict=True)
    ]
    for thread in threads:
        thread.start()
    assert began.wait(30), "nobody could write"
    time.sleep(chance.random() * LONGEST)
    server.kill()
    gone.set()
    heard = {event["revision"]: event["request_id"] for event in listener.heard("event")}
    for window in (*windows, listener):
        if window:
            with contextlib.suppress(Exception):
                window.close()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]

    started = time.monotonic()
    server.start().wait(300)
    tally.restarts.append(time.monotonic() - started)

    lines = [line for writer in writers for line in writer.lines]
    survived = _log(server, path, before)
    open_lines = [(w, line) for w in writers for line in w.lines if line.revision is None]
    tally.kills += 1
    tally.acknowledged += len(lines) - len(open_lines)
    tally.unanswered += len(open_lines)
    stored = {event["request_id"] for event in survived}
    tally.stored_unanswered += sum(line.request_id in stored for _w, line in open_lines)
    told = {event["revision"]: event["request_id"] for event in survived}
    tally.heard_and_lost += sum(told.get(r) != request_id for r, request_id in heard.items())
    # Who has heard no answer asks again.
    for writer, line in open_lines:
        writer.send(line)
    log = _log(server, path, before)
    times = Counter(event["request_id"] for event in log)
    by_revision = {event["revision"]: event for event in log}
    tally.gaps += list(by_revision) != list(range(before + 1, before + 1 + len(log)))
    for line in lines:
        tally.lost += times[line.request_id] == 0
        tally.doubled += times[line.request_id] > 1
        event = by_revision.get(line.revision or 0)
        texts = [thing["text"] for thing in event["changed"].values()] if event else []
        tally.altered += event is not None and (
            event["request_id"] != line.request_id or texts != [line.text]
        )
        tally.lost += event is None


def _log(server: Server, path: str, after: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        answer = server.request("GET", path + str(after + len(found)), username="thuky").json
        found += answer["events"]
        if not answer["events"] or found[-1]["revision"] >= answer["revision"]:
            return found


Report = Callable[[Tally], None]


def kill_often(
    server: Server, times: int, seed: int, report: Report = lambda _tally: None
) -> Tally:
    """Kill the server so many times, in a new meeting every 20 kills.

    Args:
        server: one that runs.
        times: how often.
        seed: of the random moments.
        report: told after each kill.
    """
    tally, chance = Tally(), random.Random(seed)
    meeting_id = prepare(server)
    for number in range(times):
        if number and number % 20 == 0:
            meeting_id = prepare(server)
        kill(server, meeting_id, tally, chance)
        report(tally)
    return tally
