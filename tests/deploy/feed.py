"""A client as docs/live.md describes it: keeps a copy, asks until it is answered."""

from __future__ import annotations

import threading
import time
from typing import Any

import requests
import socketio

from tests.server import PATIENCE, Server, let_go

# As the pages' own client (static/js/feed.js); shorter, since nothing here is far away.
ANSWER_SECONDS = 3.0
RETRY_SECONDS = 0.1


class Feed:
    """One window on a meeting that lives through lost connections."""

    def __init__(
        self,
        site: Server,
        username: str,
        meeting_id: int,
        way: str = "",
        transport: str = "websocket",
    ) -> None:
        """Connect and subscribe.

        Args:
            site: a server, or nginx before several.
            username: whose window it is.
            meeting_id: the meeting.
            way: the name by which nginx leads the browser to a process.
            transport: `websocket` or `polling`.
        """
        self.meeting_id = meeting_id
        self.revision = 0
        self.objects: dict[str, Any] = {}
        self.connects = 0
        self.ticks = 0
        # Statuses of 500 and above that were met.
        self.failures: list[int] = []
        self._waiting: dict[int, Any] = {}
        self._subscribed = False
        self._changed = threading.Condition(threading.RLock())
        self._token = site.token(username)
        self._url = site.url
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {self._token}"
        browser = requests.Session()
        if way:
            for session in (self._http, browser):
                session.cookies.set("giaoban_way", way)
        self.client = socketio.Client(
            reconnection_delay=0.3, handle_sigint=False, http_session=browser
        )
        self.client.on("connect", self._on_connect)
        self.client.on("disconnect", self._on_disconnect)
        self.client.on("event", lambda event: self._take([event]))
        self.client.on("tick", self._on_tick)
        self.client.connect(
            site.url,
            auth={"token": self._token},
            transports=[transport],
            wait_timeout=PATIENCE,
        )
        self.wait_until(lambda: self._subscribed, "subscribed")

    def _on_connect(self) -> None:
        with self._changed:
            self.connects += 1
            request = {"meeting_id": self.meeting_id}
            if self.revision:
                request["after"] = self.revision
        self.client.emit("subscribe", request, callback=self._on_subscribed)

    def _on_subscribed(self, answer: Any) -> None:
        with self._changed:
            if "snapshot" in answer:
                self._load(answer["snapshot"])
            self._subscribed = True
        self._take(answer.get("events", []))

    def _on_disconnect(self, _reason: Any = None) -> None:
        with self._changed:
            self._subscribed = False
            self._changed.notify_all()

    def _on_tick(self, tick: Any) -> None:
        with self._changed:
            self.ticks += 1
            behind = tick["revision"] > self.revision
        if behind:
            self.fetch()

    def _load(self, snapshot: Any) -> None:
        if snapshot["revision"] >= self.revision:
            self.objects, self.revision = dict(snapshot["objects"]), snapshot["revision"]

    def _take(self, events: list[Any]) -> None:
        # The library starts a thread per message: what comes early waits for its turn.
        with self._changed:
            self._waiting |= {event["revision"]: event for event in events}
            while event := self._waiting.pop(self.revision + 1, None):
                self.objects |= event["changed"]
                for key in event["deleted"]:
                    self.objects.pop(key, None)
                self.revision += 1
            self._changed.notify_all()

    def fetch(self) -> None:
        """Fetch what is after our revision."""
        path = f"/api/v1/meetings/{self.meeting_id}/events?after={self.revision}"
        answer = self._ask("GET", path)
        if answer is not None:
            self._take(answer["events"])

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = self._http.request(method, self._url + path, json=body, timeout=ANSWER_SECONDS)
        except requests.RequestException:
            return None
        if answer.status_code >= 500:
            self.failures.append(answer.status_code)
            return None
        return answer.json()

    def wait_until(self, true: Any, what: str, seconds: float = PATIENCE) -> None:
        """Wait for something that events bring about."""
        with self._changed:
            assert self._changed.wait_for(true, seconds), f"{what}: not within {seconds:g} s"

    def give(self, name: str, request_id: str, **args: Any) -> Any:
        """Give a command, again and again with the same request_id, until it is answered."""
        body = {"name": name, "request_id": request_id, "args": args}
        give_up_at = time.monotonic() + PATIENCE
        while time.monotonic() < give_up_at:
            answer = self._over_the_socket(body) if self._subscribed else None
            if answer is None:
                path = f"/api/v1/meetings/{self.meeting_id}/commands"
                answer = self._ask("POST", path, body)
            if answer is not None:
                return answer
            time.sleep(RETRY_SECONDS)
        raise AssertionError(f"{request_id} was not answered within {PATIENCE:g} s")

    def _over_the_socket(self, body: Any) -> Any:
        heard: list[Any] = []

        def hear(answer: Any) -> None:
            with self._changed:
                heard.append(answer)
                self._changed.notify_all()

        try:
            self.client.emit("command", {"meeting_id": self.meeting_id} | body, callback=hear)
        except socketio.exceptions.BadNamespaceError:  # gone since we looked
            return None
        with self._changed:
            self._changed.wait_for(lambda: heard or not self._subscribed, ANSWER_SECONDS)
        return heard[0] if heard else None

    def close(self) -> None:
        """End it for good."""
        self.client.disconnect()
        let_go(self.client)
        self._http.close()


class Author(threading.Thread):
    """Gives one command after the other until told to stop."""

    def __init__(self, feed: Feed, name: str) -> None:
        super().__init__(name=name)
        self.feed = feed
        # What was acknowledged: the request, the revision, the result.
        self.acknowledged: list[tuple[str, int, Any]] = []
        self.refused: list[Any] = []
        self._stop_asked = threading.Event()

    def run(self) -> None:
        number = 0
        # A breath between two, so that many of them do not become a flood.
        while not self._stop_asked.wait(0.01):
            number += 1
            request_id = f"{self.name}-{number}"
            answer = self.feed.give("conclusion.add", request_id, text=f"Ý {request_id}")
            if "revision" in answer:
                self.acknowledged.append((request_id, answer["revision"], answer["result"]))
            else:
                self.refused.append(answer)

    def stop(self) -> None:
        """Let the command that is on its way end, and no other begin."""
        self._stop_asked.set()
        self.join(PATIENCE)
        assert not self.is_alive()
