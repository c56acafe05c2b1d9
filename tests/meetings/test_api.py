"""HTTP API: meetings, participants, attendance, snapshot, events, commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.marks import both_engines
from tests.world import Briefing, World, applied

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]
TIMES = {"starts_at": "2026-04-06T08:00:00+07:00", "ends_at": "2026-04-06T09:00:00+07:00"}


def codes(client: FlaskClient, query: str = "") -> list[str]:
    return [item["code"] for item in client.get(f"/api/v1/meetings{query}").json["items"]]


def test_a_meeting_is_found_by_its_code_its_state_and_its_words(client_for: ClientFor) -> None:
    secretary, participant = client_for("thuky"), client_for("daibieu")
    assert len(codes(secretary)) == 5
    assert "GB-DRAFT" in codes(secretary)
    assert "GB-DRAFT" not in codes(participant)
    assert len(codes(participant)) == 4
    assert codes(secretary, "?code=GB-LIVE") == ["GB-LIVE"]
    assert codes(secretary, "?code=GB") == []
    assert codes(secretary, "?state=closed") == ["GB-CLOSED"]
    assert codes(participant, "?state=draft") == []
    assert codes(secretary, "?q=gb-thu") == ["GB-THU"]
    assert len(codes(secretary, "?q=thang 3&per_page=2")) == 2


def test_a_meeting_is_created_changed_and_cancelled(client_for: ClientFor, world: World) -> None:
    client = client_for("thuky")
    asked = {"title": "  Họp\tđột xuất ", "chair_ids": [world.person("chutoa")], **TIMES}
    answer = client.post("/api/v1/meetings", json=asked)
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert made["title"] == "Họp đột xuất"
    assert (made["state"], made["starts_at"]) == ("scheduled", TIMES["starts_at"])
    assert made["chair_ids"] == [world.person("chutoa")]
    assert made["secretary_ids"] == [world.person("thuky")]
    address = f"/api/v1/meetings/{made['id']}"
    assert client.get(address).json == made
    assert client_for("daibieu").get(address).status_code == 404

    times = {"starts_at": "2026-04-07T13:30:00+07:00", "ends_at": "2026-04-07T15:00:00+07:00"}
    changed = client.patch(address, json=times)
    assert changed.status_code == 200, changed.text
    assert changed.json == made | times
    cancelled = client.delete(f"{address}?reason=Trùng lịch").json
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("archived", "Trùng lịch")
    assert client.delete(address).status_code == 409


def test_the_same_key_creates_one_meeting(client_for: ClientFor) -> None:
    client = client_for("thuky")
    headers = {"Idempotency-Key": "mot-lan"}
    asked = {"title": "Họp", **TIMES}
    first = client.post("/api/v1/meetings", json=asked, headers=headers)
    again = client.post("/api/v1/meetings", json=asked, headers=headers)
    assert first.json == again.json
    assert len(codes(client)) == 6


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"title": None}, "title"),
        ({"starts_at": "hôm nay"}, "starts_at"),
        ({"ends_at": TIMES["starts_at"]}, "ends_at"),
        ({"ends_at": "2026-05-06T09:00:00+07:00"}, "ends_at"),
        ({"code": "mã có dấu"}, "code"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"online_url": "https://["}, "online_url"),
        ({"organizer_unit_id": 9999}, "organizer_unit_id"),
        ({"chair_ids": [9999]}, "person_id"),
        ({"chair_ids": [2], "secretary_ids": [2]}, "secretary_ids"),
        ({"chair_ids": 2}, "chair_ids"),
        ({"state": "live"}, "state"),
        ({"la": 1}, "la"),
    ],
)
def test_a_meeting_that_does_not_do_is_refused_at_the_field(
    values: dict[str, Any], field: str, client_for: ClientFor
) -> None:
    client = client_for("thuky")
    answer = client.post("/api/v1/meetings", json={"title": "Họp", **TIMES} | values)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid"), answer.text
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert len(codes(client)) == 5


def test_a_taken_code_is_a_conflict(client_for: ClientFor) -> None:
    asked = {"title": "Họp", "code": "GB-LIVE", **TIMES}
    assert client_for("thuky").post("/api/v1/meetings", json=asked).status_code == 409


@pytest.mark.parametrize("username", ["chutoa", "daibieu", "vanthu", "khach", "quantri"])
def test_who_may_not_schedule_creates_nothing(username: str, client_for: ClientFor) -> None:
    answer = client_for(username).post("/api/v1/meetings", json={"title": "Họp", **TIMES})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


def test_people_are_invited_and_uninvited(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    client, guest = client_for("thuky"), client_for("khach")
    address = f"/api/v1/meetings/{giao_ban.id}"
    added = client.post(f"{address}/participants", json={"person_id": world.person("khach")})
    assert added.status_code == 201
    assert guest.get(address).status_code == 200
    listed = client.get(f"{address}/participants").json
    assert listed["items"][-1] == added.json
    assert [item["position"] for item in listed["items"]] == list(range(1, 8))
    again = client.post(f"{address}/participants", json={"person_id": world.person("khach")})
    assert again.status_code == 409

    removed = client.delete(f"{address}/participants/{added.json['id']}")
    assert removed.json["ok"] is True
    assert guest.get(address).status_code == 404
    assert client.get(f"{address}/attendance").json["total"] == 6


def test_the_snapshot_and_the_events_agree(client_for: ClientFor, live: Briefing) -> None:
    client, viewer = client_for("thuky"), client_for("quansat")
    address = f"/api/v1/meetings/{live.id}"
    before = viewer.get(f"{address}/snapshot").json
    body = {"name": "conclusion.add", "request_id": "1", "args": {"text": "Khẩn trương."}}
    answer = client.post(f"{address}/commands", json=body)
    assert answer.json["ok"] is True
    assert answer.json["revision"] == before["revision"] + 1
    assert client.post(f"{address}/commands", json=body).json == answer.json

    news = viewer.get(f"{address}/events?after={before['revision']}").json
    after = viewer.get(f"{address}/snapshot").json
    assert news["revision"] == after["revision"] == before["revision"] + 1
    assert applied(before["objects"], news["events"]) == after["objects"]
    whole = viewer.get(f"{address}/events").json["events"]
    assert [event["revision"] for event in whole] == list(range(1, after["revision"] + 1))
    assert viewer.get(f"{address}/events?after={2**31 - 1}").json["events"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "meeting.shut"},
        {"name": 1},
        {"name": "meeting.close", "args": []},
        {"name": "meeting.close", "args": {"x": 1}},
        {"name": "meeting.close", "request_id": "có dấu"},
        {"name": "meeting.close", "request_id": "x" * 65},
        {"name": "meeting.close", "more": 1},
        {"name": "x" * 51},
    ],
)
def test_a_command_that_there_is_not_is_invalid(
    body: Any, client_for: ClientFor, live: Briefing
) -> None:
    answer = client_for("thuky").post(f"/api/v1/meetings/{live.id}/commands", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("name", "args", "language", "detail"),
    [
        ("conclusion.add", {"text": "x" * 20_001}, "vi",
         "Nội dung nhập chưa đúng (Nội dung): Dài quá 20000 ký tự."),
        ("conclusion.add", {"text": "x" * 20_001}, "en",
         "The input is not right (Text): This is longer than 20000 characters."),
        ("agenda.add", {"title": "Việc khác", "minutes": 1441}, "vi",
         "Nội dung nhập chưa đúng (Số phút): Số quá lớn."),
        # No word of ours: then the sentence does without.
        ("agenda.add", {"title": ""}, "vi", "Nội dung nhập chưa đúng: Cần nhập nội dung này."),
        ("meeting.close", {"x": 1}, "vi", "Nội dung nhập chưa đúng: Không có trường này."),
    ],
)  # fmt: skip
def test_a_refusal_calls_fields_as_readers_do(
    name: str, args: Any, language: str, detail: str, client_for: ClientFor, live: Briefing
) -> None:
    answer = client_for("thuky").post(
        f"/api/v1/meetings/{live.id}/commands",
        json={"name": name, "args": args},
        headers={"Accept-Language": language},
    )
    assert answer.json["detail"] == detail
    # Programs find the field by its name.
    assert answer.json["errors"][0]["field"] in {*args, "args"}


def test_a_stale_command_is_told_the_present(client_for: ClientFor, live: Briefing) -> None:
    body = {"name": "agenda.advance", "args": {"from_item": None}}
    answer = client_for("thuky").post(f"/api/v1/meetings/{live.id}/commands", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert answer.json["current"]["current_item_id"] == live.parts.items[0]
