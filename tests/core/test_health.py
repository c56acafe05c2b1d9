"""Alive, and ready."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from tests.conftest import POSTGRES, close, make_app, serving
from tests.marks import both_engines
from tests.server import Server


@both_engines
def test_ready_with_a_database(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]) == (200, {"database": True})


@pytest.mark.redis
def test_ready_with_redis(app: Flask, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", redis_url)
    answer = app.test_client().get("/readyz")
    assert answer.json["checks"] == {"database": True, "redis": True}


def test_not_ready_without_what_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app("sqlite:////nowhere/x.sqlite", tmp_path)
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": False, "redis": False}
    assert app.test_client().get("/healthz").status_code == 200
    close(app)


class Wire:
    """A port that leads to a service, until the wire is cut or left hanging."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._flowing = threading.Event()
        self._flowing.set()
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hang(self) -> None:
        """Take everything, answer nothing."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def cut(self) -> None:
        """Refuse new connections and end the old ones."""
        self._flowing.set()
        # Ends `accept` too, which `close` alone would not.
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _from = self._door.accept()
                far = socket.create_connection(self._address)
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


def asked(server: Server, path: str) -> tuple[int, Any]:
    """Status and body of an answer that comes in time."""
    begun = time.monotonic()
    answer = server.request("GET", path)
    assert time.monotonic() - begun < 3
    return answer.status, answer.json


@pytest.mark.postgres
@pytest.mark.redis
def test_what_hangs_or_is_gone_is_told_in_time(tmp_path: Path, redis_url: str) -> None:
    postgres, cache = make_url(POSTGRES), make_url(redis_url)
    to_postgres = Wire((postgres.host or "", postgres.port or 5432))
    to_cache = Wire((cache.host or "", cache.port or 6379))
    database_url = postgres.set(port=to_postgres.port).render_as_string(hide_password=False)
    env = {"REDIS_URL": str(cache.set(port=to_cache.port))}
    well = 200, {"status": "ok", "checks": {"database": True, "redis": True}}

    def ill(**checks: bool) -> tuple[int, Any]:
        return 503, {"status": "unavailable", "checks": checks}

    with serving(database_url, "", tmp_path, **env) as server:
        assert asked(server, "/readyz") == well
        to_postgres.hang()
        # More often than the pool has connections: those that hang must come back.
        with ThreadPoolExecutor(20) as many:
            answers = list(many.map(lambda _i: asked(server, "/readyz"), range(20)))
        assert answers == [ill(database=False, redis=True)] * 20
        to_cache.hang()
        assert asked(server, "/readyz") == ill(database=False, redis=False)
        assert asked(server, "/healthz") == (200, {"status": "ok"})
        to_postgres.flow()
        to_cache.flow()
        assert asked(server, "/readyz") == well
        to_cache.cut()
        assert asked(server, "/readyz") == ill(database=True, redis=False)
        to_postgres.cut()
        assert asked(server, "/readyz") == ill(database=False, redis=False)
        assert asked(server, "/healthz") == (200, {"status": "ok"})
