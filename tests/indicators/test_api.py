"""Indicators: filled in, put in order, seen by whoever takes part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]


@pytest.fixture
def address(live: Briefing) -> str:
    return f"/api/v1/meetings/{live.id}/indicators"


def names(client: FlaskClient, address: str) -> list[tuple[int, str]]:
    return [(i["position"], i["name"]) for i in client.get(address).json["items"]]


def test_indicators_are_added_changed_and_removed(client_for: ClientFor, address: str) -> None:
    client = client_for("thuky")
    body = {"name": "Tăng trưởng", "measure": "%", "plan": "6,6-6,8", "estimate": "Khoảng 4"}
    added = client.post(address, json=body | {"position": 1})
    assert added.status_code == 201, added.text
    # Values stay as they are written; what is not given is empty.
    assert added.json.items() >= (body | {"position": 1, "assessment": ""}).items()
    assert names(client_for("daibieu"), address) == [(1, "Tăng trưởng"), (2, "Thu ngân sách")]
    own = f"{address}/{added.json['id']}"
    change = {"assessment": "Chưa đạt", "position": 2, "base_revision": added.json["revision"]}
    changed = client.patch(own, json=change)
    assert changed.json["assessment"] == "Chưa đạt"
    assert names(client, address) == [(1, "Thu ngân sách"), (2, "Tăng trưởng")]
    stale = client.patch(own, json=change)
    assert (stale.status_code, stale.json["current"]) == (409, changed.json)
    assert client.delete(own).json["ok"] is True
    assert client.delete(own).status_code == 404
    assert names(client, address) == [(1, "Thu ngân sách")]


def test_removing_one_closes_the_gap(client_for: ClientFor, address: str) -> None:
    client = client_for("chutoa")
    made = [client.post(address, json={"name": name}).json for name in ("Hai", "Ba")]
    client.delete(f"{address}/{made[0]['id']}")
    assert names(client, address) == [(1, "Thu ngân sách"), (2, "Ba")]


@pytest.mark.parametrize("username", ["daibieu", "quansat", "vanthu"])
def test_only_chair_and_secretary_fill_them_in(
    username: str, client_for: ClientFor, address: str
) -> None:
    assert client_for(username).post(address, json={"name": "x"}).status_code == 403
    assert len(names(client_for(username), address)) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x" * 501}, {"name": "x", "plan": 4}, {"name": "x", "position": 0},
     {"name": "x", "la": 1}],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_field(
    body: dict[str, Any], client_for: ClientFor, address: str
) -> None:
    refused = client_for("thuky").post(address, json=body)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")
    assert refused.json["errors"]


def test_after_the_end_they_stand(
    client_for: ClientFor, in_state: Callable[[str], Briefing]
) -> None:
    closed = in_state("closed")
    address = f"/api/v1/meetings/{closed.id}/indicators"
    assert client_for("thuky").post(address, json={"name": "x"}).status_code == 409


def test_the_record_shows_them_as_text(
    client_for: ClientFor, live: Briefing, address: str, thu_ky: Actor
) -> None:
    client = client_for("thuky")
    client.post(address, json={"name": "<b>Diện tích</b>", "estimate": "32.787,8"})
    live.do(thu_ky, "meeting.close")
    page = client_for("daibieu").get(f"/meetings/{live.id}").text
    assert "&lt;b&gt;Diện tích&lt;/b&gt;" in page
    assert "32.787,8" in page
