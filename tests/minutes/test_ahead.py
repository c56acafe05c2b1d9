"""Printing ahead: what a meeting shows is there before anybody asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import db
from minutes.ahead import QUIET, Ahead
from minutes.render import Renderer
from people.actor import Actor
from people.models import Unit
from tests.marks import both_engines
from tests.server import Server, until
from tests.world import Briefing, World

SERVER = Server  # the quick one prints nothing ahead


@pytest.fixture
def renderer(app: Flask, tmp_path: Path) -> Iterator[Renderer]:
    """The application's, with nothing printed yet."""
    made, before = Renderer(tmp_path / "prints", workers=1), app.extensions["renderer"]
    app.extensions["renderer"] = made
    app.extensions.pop("papers", None)
    yield made
    app.extensions["renderer"] = before
    made.close()


@pytest.fixture
def printed(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds that the worker has printed, in order."""
    jobs: list[str] = []
    work = renderer._work

    def noted(job: str, parts: Any, give_up_at: float, kind: str, ahead: bool) -> bytes:
        content = work(job, parts, give_up_at, kind, ahead)
        jobs.append(kind)
        return content

    monkeypatch.setattr(renderer, "_work", noted)
    return jobs


@pytest.fixture
def ahead(app: Flask, renderer: Renderer, tmp_path: Path) -> Ahead:
    """One that has seen what was there before."""
    made = Ahead(app, renderer, tmp_path / "lock")
    made.look(0)
    return made


def download(client: FlaskClient, briefing: Briefing, kind: str = "minutes") -> int:
    return client.get(f"/api/v1/meetings/{briefing.id}/documents/{kind}.pdf").status_code


@both_engines
def test_documents_are_printed_when_a_meeting_is_quiet_and_found_by_whoever_asks(
    ahead: Ahead,
    live: Briefing,
    thu_ky: Actor,
    printed: list[str],
    client_for: Callable[[str], FlaskClient],
) -> None:
    ahead.look(1)
    assert printed == []
    live.do(thu_ky, "conclusion.add", text="Khẩn trương.")
    ahead.look(2)
    ahead.look(2 + QUIET - 0.1)
    assert printed == []
    live.do(thu_ky, "conclusion.add", text="Rất khẩn trương.")
    ahead.look(2 + QUIET)
    assert printed == []  # it has gone on meanwhile
    ahead.look(2 + 2 * QUIET)
    assert sorted(printed) == ["conclusions", "minutes"]
    for username in ("thuky", "chutoa", "vanthu"):
        assert download(client_for(username), live) == 200
    assert download(client_for("daibieu"), live) == 403
    live.do(thu_ky, "meeting.close")
    ahead.look(20)
    ahead.look(20 + QUIET)
    assert len(printed) == 4
    assert download(client_for("daibieu"), live) == 200
    assert download(client_for("daibieu"), live, "conclusions") == 200
    assert len(printed) == 4


def test_a_download_after_a_change_shows_it_though_nothing_was_printed_ahead(
    live: Briefing, thu_ky: Actor, printed: list[str], client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for("thuky")
    assert [download(client, live), download(client, live)] == [200, 200]
    assert printed == ["minutes"]
    live.do(thu_ky, "conclusion.add", text="Khẩn trương.")
    assert download(client, live) == 200
    assert printed == ["minutes"] * 2


def test_a_unit_that_is_renamed_is_printed_anew(
    live: Briefing,
    world: World,
    printed: list[str],
    client_for: Callable[[str], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_for("thuky")
    assert download(client, live) == 200
    with live.app.app_context():
        db.session.get_one(Unit, world.units["xa_mot"]).name = "UBND xã Tà Đùng"
        db.session.commit()
    monkeypatch.setattr("minutes.papers.DIRECTORY_SECONDS", -1)
    monkeypatch.setattr("meetings.feed.DIRECTORY_SECONDS", -1)
    assert [download(client, live), download(client, live)] == [200, 200]
    assert printed == ["minutes"] * 2


def test_where_no_worker_can_be_spared_the_next_look_tries_again(
    ahead: Ahead,
    live: Briefing,
    thu_ky: Actor,
    renderer: Renderer,
    printed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[int] = []
    jobs = ahead._jobs
    monkeypatch.setattr(ahead, "_jobs", lambda number: read.append(number) or jobs(number))
    live.do(thu_ky, "conclusion.add", text="Khẩn trương.")
    ahead.look(1)
    with renderer._worker(give_up_at=1e9, ahead=False):
        ahead.look(1 + QUIET)
    assert (printed, read) == ([], [])
    ahead.look(1 + QUIET)
    assert sorted(printed) == ["conclusions", "minutes"]


def test_one_process_prints_and_another_takes_over_when_it_is_gone(
    app: Flask, renderer: Renderer, tmp_path: Path
) -> None:
    first, second = (Ahead(app, renderer, tmp_path / "lock") for _ in range(2))
    assert first._leads()
    assert first._leads()
    assert not second._leads()
    os.close(first._handle)
    assert second._leads()


def test_the_server_prints_ahead_by_itself(server: Server) -> None:
    meeting_id = server.meeting_id("GB-DEMO")

    def counted(name: str) -> float:
        page = server.request("GET", "/metrics").body.decode()
        lines = [line for line in page.splitlines() if line.startswith(name)]
        return sum(float(line.split()[-1]) for line in lines)

    server.command("thuky", meeting_id, "meeting.open")
    until(lambda: counted("giaoban_render_seconds_count") == 2, "two documents printed ahead")
    path = f"/api/v1/meetings/{meeting_id}/documents/minutes.pdf"
    assert server.request("GET", path, username="vanthu").body.startswith(b"%PDF-")
    assert counted("giaoban_render_seconds_count") == 2
    assert counted("giaoban_prints_kept_total") == 1
