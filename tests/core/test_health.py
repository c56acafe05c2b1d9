"""Alive, and ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import close, make_app
from tests.marks import both_engines


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
