"""The demo comes in through the one door, as often as somebody asks for it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import demo
from core.db import db
from core.files import path_of
from core.times import now
from meetings.feed import snapshot
from minutes.followup.carrying import carried_over
from people.actor import Actor
from people.models import User
from tests.conftest import close, make_app


def objects(meeting_id: int) -> dict[str, dict[str, Any]]:
    secretary = db.session.query(User).filter_by(username="thuky").one()
    return snapshot(Actor.of(secretary), meeting_id).objects


def all_of(found: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [value for key, value in found.items() if key.startswith(f"{kind}/")]


def asked_by(briefing: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What the briefing will ask about of the one before it."""
    [meeting] = all_of(briefing, "meeting")
    secretary = Actor.of(db.session.query(User).filter_by(username="thuky").one())
    return carried_over(db.session(), secretary, meeting["id"], now())


def test_loading_again_adds_nothing(demo_template: Path, tmp_path: Path) -> None:
    shutil.copyfile(demo_template, tmp_path / "demo.sqlite")
    shutil.copytree(demo_template.parent / "files", tmp_path / "files")
    app = make_app(f"sqlite:///{tmp_path}/demo.sqlite", tmp_path)
    with app.app_context():
        before = [objects(1), objects(2)]
        demo.load()
        assert [objects(1), objects(2)] == before
        stands = asked_by(before[1])
        for briefing in before:
            papers = all_of(briefing, "paper")
            assert [paper["pages"] > 0 for paper in papers] == [True, True]
            assert all(path_of(paper["sha256"]).stat().st_size == paper["size"] for paper in papers)
    ended, ready = before
    assert {speaker["state"] for speaker in all_of(ended, "speaker")} == {"done"}
    [vote] = all_of(ended, "vote")
    assert vote["counts"]["for"] == len(vote["voter_ids"]) == 31
    assert all_of(ready, "vote") == all_of(ready, "speaker") == []
    told = sorted((one["status"], one["state"]) for one in stands)
    assert told == [
        ("done_late", "checked"),
        ("done_on_time", "checked"),
        ("done_on_time", "checked"),
        ("done_on_time", "done"),
        ("overdue", "reported"),
        ("overdue", "reported"),
        ("overdue", "returned"),
    ]
    assert {one["days_late"] for one in stands if one["status"] == "done_late"} == {3}
    [extension] = all_of(ended, "extension")
    assert (extension["state"], extension["previous_due"]) == ("granted", "2023-11")
    [first, *_rest] = sorted(all_of(ready, "agenda_item"), key=lambda item: item["position"])
    assert first["kind"] == "follow_up"
    found = app.test_cli_runner().invoke(args=["verify"])
    assert (found.exit_code, found.output) == (0, "2 meetings checked, 0 faults\n")
    close(app)
