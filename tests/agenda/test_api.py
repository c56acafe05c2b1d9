"""HTTP API: agenda items and the record."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]


def test_items_are_added_changed_and_removed(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    client = client_for("thuky")
    address = f"/api/v1/meetings/{giao_ban.id}/agenda-items"
    added = client.post(address, json={"title": "Việc khác", "minutes": 5, "position": 1})
    assert added.status_code == 201, added.text
    own = f"{address}/{added.json['id']}"
    body = {"title": "Việc gấp", "position": 4, "presenter_unit_id": world.units["van_phong"]}
    changed = client.patch(own, json=body)
    assert changed.status_code == 200
    assert changed.json.items() >= body.items()
    listed = client_for("quansat").get(address).json["items"]
    assert [item["position"] for item in listed] == [1, 2, 3, 4]
    assert listed[-1] == changed.json
    assert client.delete(own).json["ok"] is True
    assert client.patch(own, json=body).status_code == 404
    assert client_for("daibieu").post(address, json={"title": "x"}).status_code == 403


def test_lines_are_added_changed_and_removed(
    client_for: ClientFor, live: Briefing, world: World
) -> None:
    client = client_for("chutoa")
    address = f"/api/v1/meetings/{live.id}/discussion"
    body = {
        "item_id": live.parts.items[0],
        "text": "Đề nghị làm rõ.",
        "kind": "question",
        "person_id": world.person("daibieu"),
    }
    added = client.post(address, json=body)
    assert added.status_code == 201, added.text
    assert added.json.items() >= body.items()
    assert added.json["unit_id"] == world.units["xa_mot"]
    own = f"{address}/{added.json['id']}"
    assert client.get(address).json["items"][-1] == added.json

    seen = added.json["revision"]
    changed = client.patch(own, json={"text": "Đã làm rõ.", "base_revision": seen})
    assert changed.json["text"] == "Đã làm rõ."
    stale = client.patch(own, json={"text": "Muộn.", "base_revision": seen})
    assert stale.status_code == 409
    assert stale.json["current"] == changed.json
    assert client.delete(f"{own}?base_revision={seen}").status_code == 409
    assert client.delete(own).json["ok"] is True
    assert client.delete(own).status_code == 404


def test_a_header_makes_a_repeat_harmless(client_for: ClientFor, live: Briefing) -> None:
    client = client_for("thuky")
    address = f"/api/v1/meetings/{live.id}/discussion"
    body = {"item_id": live.parts.items[0], "text": "Một lần."}
    headers = {"Idempotency-Key": "1"}
    answers = [client.post(address, json=body, headers=headers) for _each in range(2)]
    assert answers[0].json == answers[1].json
    assert client.get(address).json["total"] == 2
