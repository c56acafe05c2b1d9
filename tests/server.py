"""The real server in a process of its own, and real clients of it."""

from __future__ import annotations

import atexit
import copy
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import socketio

from tests.world import SECRET_KEY

ROOT = Path(__file__).resolve().parent.parent
# How long a machine that is busy may take, in seconds. Nothing waits this long when all is well.
PATIENCE = 90.0
# What the log says when a handler of ours has failed, or a connection was misread.
FAULTS = (
    "a socket handler failed",
    "Exception on",
    "announcing",
    "tick failed",
    "Invalid HTTP",
    "Expected GET",
    "Warning",
)


def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Ask again and again until the answer is true, and return it."""
    give_up_at = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < give_up_at, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Answer:
    """An answer over HTTP."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`python app.py` on a port of its own."""

    def __init__(self, database_url: str, password: str, log: Path, **env: str) -> None:
        self.password = password
        self.log = log
        self.database = database_url
        # The database, where it is a file.
        self.file = database_url.removeprefix("sqlite:///")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._tokens: dict[str, str] = {}
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        own = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY, "PORT": str(self.port)}
        self._env = kept | own | env
        log.unlink(missing_ok=True)
        self.start()

    def start(self) -> Server:
        """Start the process, again after it has ended."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=self._env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def wait(self, seconds: float = PATIENCE) -> Server:
        """Wait until it answers."""
        until(self._answers, "the server's first answer", seconds)
        return self

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log.read_text()
        try:
            return self.request("GET", "/healthz").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it; faults of ours that it has logged fail the test. (The libraries log what is
        no packet of theirs, too.)"""
        self.terminate()
        code = self.ended()
        assert code in (0, -signal.SIGKILL), f"it ended with {code}: {self.log.read_text()}"
        logged = self.log.read_text()
        for fault in FAULTS:
            assert fault not in logged, logged

    def terminate(self) -> None:
        """Ask it to end, as systemd does."""
        self._process.terminate()

    def kill(self) -> None:
        """End it as a crash does."""
        self._process.kill()
        self.ended()

    def ended(self) -> int:
        """Wait for its end and return its exit code."""
        return self._process.wait(PATIENCE)

    def behind(self, port: int) -> Server:
        """The same, asked through a proxy that listens on this port."""
        there = copy.copy(self)
        there.port, there.url = port, f"http://127.0.0.1:{port}"
        return there

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        username: str | None = None,
        origin: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request, as an account or from a page of a site when one is named."""
        headers = dict(headers or {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        if username:
            headers["Authorization"] = f"Bearer {self.token(username)}"
        if origin:
            headers["Origin"] = origin
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def token(self, username: str) -> str:
        """A bearer token; asked for once, since signing in is limited."""
        if username not in self._tokens:
            body = {"username": username, "password": self.password}
            answer = self.request("POST", "/api/v1/auth/token", body)
            assert answer.status == 200, answer.body
            self._tokens[username] = answer.json["token"]
        return self._tokens[username]

    def sign_in(self, form: str, address: str = "/login") -> str:
        """The session cookie for a filled-in sign-in form."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", address, form, headers)
            answer = connection.getresponse()
            assert answer.status == 302, answer.read()
            return str(answer.headers["Set-Cookie"]).partition(";")[0]
        finally:
            connection.close()

    def sign_out(self, cookie: str) -> None:
        """Sign the browser with this cookie out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", "/logout", headers={"Cookie": cookie})
            assert connection.getresponse().status == 302
        finally:
            connection.close()

    def meeting_id(self, code: str, username: str = "thuky") -> int:
        """The id of a meeting by its code."""
        found = self.request("GET", f"/api/v1/meetings?code={code}", username=username).json
        number: int = found["items"][0]["id"]
        return number

    def command(self, username: str, meeting_id: int, name: str, /, **args: Any) -> Answer:
        """A command over HTTP."""
        path = f"/api/v1/meetings/{meeting_id}/commands"
        return self.request("POST", path, {"name": name, "args": args}, username=username)


@cache
def _loaded() -> subprocess.Popen[str]:
    """The one process that has loaded the program for the servers of this one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.serve_at_once"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def end() -> None:
        with process:  # its input ends, and so it does
            pass

    atexit.register(end)
    return process


class _Forked:
    """A server that `tests.serve_at_once` has forked; like `subprocess.Popen`."""

    def __init__(self, number: int, code: Path) -> None:
        self._number, self._code = number, code

    def poll(self) -> int | None:
        return int(self._code.read_text()) if self._code.exists() else None

    def wait(self, seconds: float) -> int:
        until(self._code.exists, "the server's end", seconds)
        return int(self._code.read_text())

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self._number, number)


class QuickServer(Server):
    """The same without the seconds that loading the program takes, and it prints nothing ahead.

    For one that is alone on its database: what a process calls itself was decided before the fork.
    """

    def start(self) -> Server:
        code = self.log.with_suffix(".ended")
        code.unlink(missing_ok=True)
        order = {"env": self._env, "log": str(self.log), "ended": str(code)}
        loaded = _loaded()
        assert loaded.stdin
        assert loaded.stdout
        print(json.dumps(order), file=loaded.stdin, flush=True)
        self._process = _Forked(int(loaded.stdout.readline()), code)
        return self


def let_go(client: socketio.Client) -> None:
    """End a client for good; the library leaves its sockets to the garbage collector."""
    client.shutdown()
    if client.eio.ws:
        client.eio.ws.shutdown()
    if client.eio.http:
        client.eio.http.close()


class Window:
    """One Socket.IO client that remembers all it hears."""

    def __init__(
        self, server: Server, token: str | None, transports: list[str] | None = None
    ) -> None:
        self._heard: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        self.client = socketio.Client(reconnection=False, handle_sigint=False)
        for name in ("event", "tick", "resubscribe", "presence"):
            self.client.on(name, self._listener(name))
        self.client.connect(
            server.url,
            auth=None if token is None else {"token": token},
            transports=transports or ["websocket"],
            wait_timeout=PATIENCE,
        )

    def _listener(self, name: str) -> Callable[[Any], None]:
        def hear(body: Any) -> None:
            with self._news:
                self._heard.append((name, body))
                self._news.notify_all()

        return hear

    def heard(self, name: str) -> list[Any]:
        """All that came under this name, in the order in which it came."""
        with self._news:
            return [body for each, body in self._heard if each == name]

    def wait_for(self, name: str, number: int = 1, seconds: float = PATIENCE) -> list[Any]:
        """What came under this name, once there are so many."""

        def enough() -> bool:
            return sum(each == name for each, _body in self._heard) >= number

        with self._news:
            assert self._news.wait_for(enough, seconds), f"no {number} × {name} in {self._heard}"
        return self.heard(name)

    def ask(self, name: str, body: Any) -> Any:
        """Send and return the acknowledgement."""
        return self.client.call(name, body, timeout=PATIENCE)

    def subscribe(self, meeting_id: int, after: int | None = None) -> Any:
        body = {"meeting_id": meeting_id} | ({} if after is None else {"after": after})
        return self.ask("subscribe", body)

    def command(
        self, meeting_id: int, name: str, /, request_id: str | None = None, **args: Any
    ) -> Any:
        body = {"meeting_id": meeting_id, "name": name, "request_id": request_id, "args": args}
        return self.ask("command", body)

    def close(self) -> None:
        self.client.disconnect()
        let_go(self.client)
