"""A briefing with papers for different eyes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.papers.samples import pdf
from tests.world import Briefing, World


@dataclass(frozen=True)
class Desk:
    """The papers of a briefing in the hands of a test, over HTTP as an account."""

    briefing: Briefing
    world: World
    client_for: Callable[[str], FlaskClient]

    @property
    def url(self) -> str:
        return f"/api/v1/meetings/{self.briefing.id}"

    def upload(self, username: str, name: str, content: bytes) -> TestResponse:
        form = {"file": (io.BytesIO(content), name)}
        return self.client_for(username).post(f"{self.url}/papers/files", data=form)

    def sha256(self, username: str, name: str, content: bytes) -> str:
        answer = self.upload(username, name, content)
        assert answer.status_code == 201, answer.text
        return str(answer.json["sha256"])

    def add(self, username: str, name: str, content: bytes | None = None, **args: Any) -> Any:
        """A paper, whole as the API answers."""
        # Each name is another file.
        sha256 = self.sha256(username, name, content or pdf(mark=name))
        body = {"sha256": sha256} | args
        answer = self.client_for(username).post(f"{self.url}/papers", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def change(self, username: str, paper_id: int, **body: Any) -> TestResponse:
        return self.client_for(username).patch(f"{self.url}/papers/{paper_id}", json=body)

    def get(self, username: str, path: str, **headers: str) -> TestResponse:
        # Buffered, so that a file that is sent is closed again.
        return self.client_for(username).get(self.url + path, headers=headers, buffered=True)

    def titles(self, username: str) -> list[str]:
        return [paper["title"] for paper in self.get(username, "/papers").json["items"]]


@pytest.fixture
def desk(giao_ban: Briefing, world: World, client_for: Callable[[str], FlaskClient]) -> Desk:
    """The papers of the scheduled briefing."""
    return Desk(giao_ban, world, client_for)


@pytest.fixture
def shown(desk: Desk) -> dict[str, Any]:
    """Four papers: for everybody, for the office, for the staff, and one that a commune has
    handed in."""
    items = desk.briefing.parts.items
    return {
        "all": desk.add("thuky", "Chung.pdf", item_id=items[0]),
        "office": desk.add(
            "thuky",
            "Riêng phòng.pdf",
            item_id=items[1],
            visible_to="units",
            unit_ids=[desk.world.units["tai_chinh"]],
        ),
        "staff": desk.add("vanthu", "Nội bộ.pdf", visible_to="staff"),
        "handed in": desk.add("daibieu", "Xã gửi.pdf", item_id=items[1]),
    }


# Who sees which of them.
SEEN = {
    "thuky": ["Chung", "Riêng phòng", "Nội bộ", "Xã gửi"],
    "chutoa": ["Chung", "Riêng phòng", "Nội bộ", "Xã gửi"],
    "vanthu": ["Chung", "Riêng phòng", "Nội bộ", "Xã gửi"],
    "daibieu": ["Chung", "Xã gửi"],
    "daibieu2": ["Chung", "Riêng phòng"],
    # Of the same office as daibieu2.
    "quansat": ["Chung", "Riêng phòng"],
}
