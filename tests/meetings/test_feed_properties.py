"""Whatever is lost, doubled, reordered or delayed: every copy of a meeting ends the same.

Hypothesis makes up whole mornings: commands right and wrong, connections that break, answers
that never come, people who are excluded or given another role, servers that start anew. More
of them, and others each time: `pytest --hypothesis-profile=long -k every_copy`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask_socketio import SocketIOTestClient
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.db import db
from core.realtime import socketio
from meetings.broadcast import broadcast
from meetings.changes import COMMANDS
from people.login import token_for
from people.models import User
from tests.follower import Follower
from tests.marks import both_engines
from tests.meetings.cases import ARGUMENTS, HEAD, REVISION
from tests.world import INVITED, Parts, World

# Two windows of the secretary: what one says, the other hears.
WINDOWS = ("thuky", "thuky", "chutoa", "daibieu", "daibieu2", "quansat", "vanthu", "khach")
ACTORS = (*INVITED, "khach", "quantri")
# Likelier than the others, else little would be accepted.
WRITERS = ("thuky", "chutoa")
JUNK: tuple[Any, ...] = (None, "", -1, 2**31, 1.5, float("nan"), [], {}, "\x00", "\ud800", True)
REFUSALS = {"forbidden", "not_found", "invalid", "conflict"}
GONE = 2**31 - 1
# As tests.world.Parts names them: a secret vote is a vote, too.
_MADE = (
    "entry", "conclusion", "directive", "indicator", "speaker", "vote", "vote", "paper", "remark",
    "document", "report", "extension", "directive", "carried",
)  # fmt: skip

# Who, what, whether an argument is spoilt, by socket or HTTP, what becomes of the answer, and
# chance for all else.
ASKED = st.tuples(
    st.sampled_from(WRITERS * 6 + ACTORS),
    st.sampled_from(sorted(COMMANDS)),
    st.sampled_from([False] * 9 + [True]),
    st.booleans(),
    st.sampled_from(["heard"] * 4 + ["lost", "the request is lost"]),
    st.randoms(use_true_random=False),
)
# What happens on the way, to which window, and to how many messages or to which one.
WEATHER = st.tuples(
    st.sampled_from(
        ["arrives"] * 4
        + ["early", "early", "twice", "twice", "never", "never", "tick"]
        + ["breaks", "comes back", "comes back", "is opened anew"]
    ),
    st.sampled_from(range(len(WINDOWS))),
    st.integers(0, 10),
)


@dataclass
class Window:
    """One browser window: its connection, what is still on the wire, and its copy."""

    username: str
    copy: Follower
    client: SocketIOTestClient | None = None
    wire: list[tuple[str, Any]] = field(default_factory=list)
    # The role in which it is subscribed; None once its view was ended.
    role: str | None = None
    # The revision from which on it may not hear anything.
    cut_at: int | None = None


@dataclass
class Sent:
    """A command whose author has heard no answer."""

    username: str
    name: str
    args: dict[str, Any]
    request_id: str
    # What was answered, where it has arrived at all.
    answer: dict[str, Any] | None


class Morning(RuleBasedStateMachine):
    """A briefing, everybody's windows on it, and a bad network between them."""

    # Set by the test.
    renew: Callable[[], Flask]
    another: Callable[[Flask], Flask]
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.app = self.another(self.renew())
        self.tokens = {name: self._token(name) for name in ACTORS}
        self.meeting_id = self.world.meetings["live"].meeting_id
        self.number, self.restart_from, self.calm_from = 0, 5, 15
        self.unanswered: list[Sent] = []
        self.windows = [Window(name, Follower(self._fetch(name))) for name in WINDOWS]
        self._look()
        for window in self.windows:
            self._connect(window, anew=True)
            self._deliver_all(window)

    # --- The parts ------------------------------------------------------------------------------

    def _token(self, username: str) -> str:
        with self.app.app_context():
            return token_for(db.session.get_one(User, self.world.actors[username].user_id))

    def _http(self, username: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[username]}"}
        address = f"/api/v1/meetings/{self.meeting_id}/{path}"
        browser = self.app.test_client()
        if body is None:
            return browser.get(address, headers=headers)
        return browser.post(address, headers=headers, json=body)

    def _fetch(self, username: str) -> Callable[[int], dict[str, Any]]:
        def fetch(after: int) -> dict[str, Any]:
            answer = self._http(username, f"events?after={after}")
            # Who is no longer invited learns it here first, or by `resubscribe`.
            if answer.status_code == 404:
                raise _Excluded
            found: dict[str, Any] = answer.json
            if found["revision"] > after and not found["events"]:
                # Another role or unit since: everything anew.
                return dict(self._http(username, "snapshot").json)
            revisions = [event["revision"] for event in found["events"]]
            assert revisions == list(range(after + 1, found["revision"] + 1))[:500]
            return found

        return fetch

    def _look(self) -> None:
        """See what there is now: somebody always leads the meeting, and sees everything."""
        for username in WRITERS:
            fresh = self._http(username, "snapshot")
            if fresh.status_code == 200:
                self.objects = fresh.json["objects"]
                self.revision = fresh.json["revision"]
                return
        raise AssertionError("nobody leads the meeting any more")

    def _role(self, username: str) -> str | None:
        person_id = self._person(username)
        people = (thing for key, thing in self.objects.items() if key.startswith("participant/"))
        return next((p["role"] for p in people if p["person_id"] == person_id), None)

    def _person(self, username: str) -> int | None:
        return self.world.actors[username].person_id

    # --- Between client and server --------------------------------------------------------------

    def _connect(self, window: Window, *, anew: bool) -> None:
        client = SocketIOTestClient(
            self.app, socketio, auth={"token": self.tokens[window.username]}
        )
        assert client.is_connected()
        window.client, window.wire = client, []
        self._subscribe(window, anew=anew)

    def _subscribe(self, window: Window, *, anew: bool) -> None:
        body = {"meeting_id": self.meeting_id}
        if not anew and window.copy.objects is not None:
            body["after"] = window.copy.revision
        answer = window.client.emit("subscribe", body, callback=True)
        # What was told before the answer is on the wire before it.
        self._collect(window)
        window.wire.append(("answer", answer))
        window.role = self._role(window.username)
        assert answer["ok"] is (window.role is not None)
        window.cut_at = None if answer["ok"] else self.revision + 1

    def _collect(self, window: Window) -> None:
        """What the server has sent goes on the wire."""
        if window.client is None:
            return
        for packet in window.client.get_received():
            name, body = packet["name"], packet["args"][0]
            assert body["meeting_id"] == self.meeting_id
            if name == "event":
                assert window.cut_at is None or body["revision"] < window.cut_at, (
                    f"{window.username} still hears of {body['revision']}"
                )
            window.wire.append((name, body))

    def _deliver(self, window: Window, index: int) -> None:
        name, body = window.wire.pop(index)
        try:
            if name == "answer":
                window.copy.answered(body)
            elif name == "event":
                window.copy.heard(body)
            elif name == "tick":
                window.copy.told(body["revision"])
            elif name == "resubscribe":
                self._subscribe(window, anew=True)
        except _Excluded:
            window.copy.answered({"ok": False, "error": {"code": "not_found"}})

    def _deliver_all(self, window: Window) -> None:
        while window.wire:
            self._deliver(window, 0)

    # --- Commands -------------------------------------------------------------------------------

    def _parts(self, dice: random.Random) -> Parts:
        """Ids of what there is now, mostly."""
        objects = self.objects
        people = {person_id: name for name in ACTORS if (person_id := self._person(name))}

        def some(kind: str) -> int:
            ids = [thing["id"] for key, thing in objects.items() if key.startswith(kind + "/")]
            return dice.choice(ids) if ids and dice.random() < 0.95 else GONE

        items = sorted(
            (o["id"] for key, o in objects.items() if key.startswith("agenda_item/")),
            key=lambda _id: dice.random(),
        )
        current = objects[f"meeting/{self.meeting_id}"]["current_item_id"]
        if dice.random() < 0.6:
            # First the one that is on: what `from_item` should name.
            items = [current, *(i for i in items if i != current)]
        items += [GONE] * 3
        participants = {
            people[thing["person_id"]]: thing["id"]
            for key, thing in objects.items()
            if key.startswith("participant/") and thing["person_id"] in people
        }
        for name in ACTORS:
            participants.setdefault(name, GONE)
        made = (some(kind) for kind in _MADE)
        return Parts(self.meeting_id, items, participants, *made)

    def _arguments(self, name: str, spoilt: bool, dice: random.Random) -> dict[str, Any]:
        parts = self._parts(dice)
        args = dice.choice(ARGUMENTS[name])(self.world, parts)
        if args.get("base_revision") == REVISION:
            kind = {"discussion": "entry"}.get(name.split(".")[0], name.split(".")[0])
            key = f"{kind}/{getattr(parts, kind)}"
            present = self.objects.get(key, {"revision": 1})["revision"]
            args["base_revision"] = dice.choice([present] * 3 + [present - 1, present + 1])
        if args.get("base") == HEAD:
            head = self.objects.get(f"document/{parts.document}", {"head": 1})["head"]
            args["base"] = dice.choice([head] * 4 + [head + 1])
        if spoilt and (fields := list(COMMANDS[name].args.model_fields)):
            args[dice.choice([*fields, "la"])] = dice.choice(JUNK)
        return args

    def _send(self, sent: Sent, by_socket: bool) -> dict[str, Any]:
        body = {"name": sent.name, "request_id": sent.request_id, "args": sent.args}
        if not by_socket:
            answer = self._http(sent.username, "commands", body).json
            if answer.get("ok"):
                return answer
            return {"ok": False, "error": answer}
        token = {"token": self.tokens[sent.username]}
        client = SocketIOTestClient(self.app, socketio, auth=token)
        answer = client.emit("command", {"meeting_id": self.meeting_id, **body}, callback=True)
        client.disconnect()
        return answer

    def _carry_out(self, sent: Sent, by_socket: bool) -> dict[str, Any]:
        answer = self._send(sent, by_socket)
        before = self.revision
        if not answer["ok"]:
            assert answer["error"]["code"] in REFUSALS, answer
        elif answer["revision"] > before:
            self._look()
            assert answer["revision"] == self.revision == before + 1
            for window in self.windows:
                if window.role and window.role != self._role(window.username):
                    # Its view ends before anybody is told of this.
                    window.role, window.cut_at = None, self.revision
                    self._collect(window)
                    assert ("resubscribe", {"meeting_id": self.meeting_id}) in window.wire
        return answer

    # --- What happens ---------------------------------------------------------------------------

    @rule(asked=st.lists(ASKED, min_size=3, max_size=12))
    def commands(self, asked: list[Any]) -> None:
        """People give commands; an answer may get lost, or the command itself."""
        for username, name, spoilt, by_socket, answer_is, dice in asked:
            self.number += 1
            args = self._arguments(name, spoilt, dice)
            sent = Sent(username, name, args, f"yeu-cau:{self.number}", None)
            if answer_is != "the request is lost":
                answer = self._carry_out(sent, by_socket)
                if answer["ok"]:
                    sent.answer = answer
            if answer_is != "heard":
                self.unanswered.append(sent)

    @rule(which=st.integers(0, 99), by_socket=st.booleans(), again=st.booleans())
    def send_again(self, which: int, by_socket: bool, again: bool) -> None:
        """Who has heard no answer asks again, and gets the first one."""
        if not self.unanswered:
            return
        sent = self.unanswered[which % len(self.unanswered)]
        answer = self._carry_out(sent, by_socket)
        if sent.answer is not None:
            if self._role(sent.username) is None:
                assert answer["error"]["code"] == "not_found"
            else:
                assert answer == sent.answer
        elif answer["ok"]:
            sent.answer = answer
        if not again:
            self.unanswered.remove(sent)

    @rule(weather=st.lists(WEATHER, min_size=3, max_size=12))
    def network(self, weather: list[Any]) -> None:
        """What was sent arrives, well or badly; connections break and come back."""
        for what, which, number in weather:
            window = self.windows[which]
            if what == "arrives":
                for _each in range(min(number, len(window.wire))):
                    self._deliver(window, 0)
            elif what == "breaks":
                self._break(window)
            elif what in ("comes back", "is opened anew"):
                anew = what == "is opened anew"
                if window.client is None:
                    if anew:
                        window.copy = Follower(self._fetch(window.username))
                    self._connect(window, anew=anew)
            elif what == "tick":
                self._tick()
            else:
                self._arrive_badly(window, what, number)

    def _arrive_badly(self, window: Window, how: str, number: int) -> None:
        # An event overtakes others, comes twice or never. Answers and `resubscribe` do not: a
        # connection that loses them breaks.
        told = [i for i, (name, _b) in enumerate(window.wire) if name in ("event", "tick")]
        if not told:
            return
        place = told[number % len(told)]
        if how == "twice":
            window.wire.append(window.wire[place])
        if how == "never":
            del window.wire[place]
        else:
            self._deliver(window, place)

    def _break(self, window: Window) -> None:
        # All that was on the wire is gone.
        if window.client:
            window.client.disconnect()
        window.client, window.wire, window.role, window.cut_at = None, [], None, None

    def _tick(self) -> None:
        with self.app.app_context():
            broadcast.tick(db.session())

    @precondition(lambda self: self.number >= self.restart_from)
    @rule()
    def restart(self) -> None:
        """The server starts anew on the same database."""
        self.restart_from = self.number + 15
        for window in self.windows:
            window.client = None
            self._break(window)
        self.app = self.another(self.app)

    @precondition(lambda self: self.number >= self.calm_from)
    @rule()
    def calm(self) -> None:
        """The network is well again: everybody has what a fresh snapshot holds."""
        self.calm_from = self.number + 15
        for window in self.windows:
            if window.client is None:
                self._connect(window, anew=False)
        self._tick()
        for window in self.windows:
            self._collect(window)
            self._deliver_all(window)
            if window.copy.objects is None:
                # Perhaps invited again: who looks once more learns it.
                self._subscribe(window, anew=True)
                self._deliver_all(window)
        seen = {name: self._http(name, "snapshot") for name in set(WINDOWS)}
        for window in self.windows:
            fresh = seen[window.username]
            if fresh.status_code == 404:
                assert window.copy.objects is None, f"{window.username} has kept what is not theirs"
                continue
            assert window.copy.objects == fresh.json["objects"], window.username
            assert window.copy.revision == fresh.json["revision"] == self.revision
            first = self.revision - len(window.copy.taken) + 1
            assert window.copy.taken == list(range(first, self.revision + 1))
        verified = self.app.test_cli_runner().invoke(args=["verify"])
        assert verified.exit_code == 0, verified.output

    @invariant()
    def nobody_hears_what_is_not_theirs(self) -> None:
        """Whose view was ended hears of nothing more."""
        for window in self.windows:
            self._collect(window)

    def teardown(self) -> None:
        """Every morning ends calm."""
        try:
            self.calm()
        finally:
            for window in self.windows:
                if window.client:
                    window.client.disconnect()
            with self.app.app_context():
                db.session.remove()
                db.engine.dispose()


class _Excluded(Exception):
    """The server finds nothing for this viewer."""


@both_engines
def test_every_copy_ends_the_same(
    renew: Callable[[], Flask], another: Callable[[Flask], Flask], world: World
) -> None:
    parts = {"renew": staticmethod(renew), "another": staticmethod(another), "world": world}
    run_state_machine_as_test(type("Morning", (Morning,), parts))
