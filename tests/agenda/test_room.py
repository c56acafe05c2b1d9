"""HTTP API of the room, and what it says of where a meeting stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from core.times import now
from meetings.changes import execute
from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]


def test_where_the_meeting_stands(
    client_for: ClientFor, live: Briefing, thu_ky: Actor, world: World
) -> None:
    chair, one, two = (world.person(name) for name in ("chutoa", "daibieu", "daibieu2"))
    opened_at = live.objects(thu_ky)[f"meeting/{live.id}"]["opened_at"]
    # This world may have been made a while ago.
    at = datetime.fromisoformat(opened_at)
    for username, mode in (("chutoa", "on_site"), ("daibieu", "online"), ("daibieu2", "online")):
        with live.app.app_context():
            check_in = "attendance.check_in"
            execute(world.actors[username], live.id, check_in, None, {"mode": mode}, at=at)
    live.do(world.actors["daibieu"], "vote.cast", vote_id=live.parts.vote, choice="for")
    address = f"/api/v1/meetings/{live.id}/room"
    room = client_for("quansat").get(address).json
    assert room["here"] == [chair, one, two]
    assert (room["late"], room["left_early"], room["quorum"]) == ([], [], None)
    # Of the two, the head of the finance office has a line in the record.
    assert room["silent"] == [one]
    assert room["not_voted"] == {
        str(live.parts.vote): [chair, two],
        str(live.parts.secret_vote): [chair, one, two],
    }
    minutes = [each["planned_minutes"] for each in room["items"]]
    assert minutes == [20, 30, 10]
    left = datetime.fromisoformat(room["predicted_end"]) - datetime.fromisoformat(room["now"])
    # The first item has been on since this world was made.
    on_for = min(timedelta(seconds=room["items"][0]["used_seconds"]), timedelta(minutes=20))
    assert timedelta(0) <= timedelta(hours=1) - on_for - left < timedelta(seconds=1)

    live.do(thu_ky, "speaker.call", speaker_id=live.parts.speaker)
    gone = {"left_at": now().isoformat(), "arrived_at": opened_at}
    live.do(thu_ky, "attendance.mark", person_id=chair, status="on_site", **gone)
    live.do(thu_ky, "meeting.update", quorum="1/1")
    room = client_for("quansat").get(address).json
    assert (room["here"], room["left_early"], room["silent"]) == ([one, two], [chair], [])
    assert (room["quorum"]["present"], room["quorum"]["reached"]) == (2, False)
    assert client_for("khach").get(address).status_code == 404


def test_who_comes_after_the_opening_is_late(
    giao_ban: Briefing, client_for: ClientFor, thu_ky: Actor, world: World
) -> None:
    giao_ban.do(thu_ky, "meeting.open")
    meeting = giao_ban.objects(thu_ky)[f"meeting/{giao_ban.id}"]
    opened_at = datetime.fromisoformat(meeting["opened_at"])
    with giao_ban.app.app_context():
        for username, minutes in (("daibieu", 5), ("daibieu2", 6)):
            execute(
                thu_ky,
                giao_ban.id,
                "attendance.mark",
                None,
                {"person_id": world.person(username), "status": "on_site"},
                at=opened_at + timedelta(minutes=minutes),
            )
    room = client_for("vanthu").get(f"/api/v1/meetings/{giao_ban.id}/room").json
    assert room["late"] == [world.person("daibieu2")]


def test_the_chair_takes_the_proposal(client_for: ClientFor, live: Briefing) -> None:
    chair, address = client_for("chutoa"), f"/api/v1/meetings/{live.id}/fitting"
    room = chair.get(f"/api/v1/meetings/{live.id}/room").json
    end = datetime.fromisoformat(room["predicted_end"])
    ends_at = (end - timedelta(minutes=15)).isoformat()
    found = chair.get(address, query_string={"ends_at": ends_at}).json
    first, second, third = live.parts.items
    # The second gives up to half; the third is the chair's own.
    assert found["items"] == [{"item_id": second, "minutes": 15}]
    assert (found["cut"], found["missing"]) == (15, 0)
    taken = chair.post(address, json={"items": found["items"], "from_item": first})
    assert taken.status_code == 200, taken.text
    again = chair.get(address, query_string={"ends_at": ends_at}).json
    assert (again["cut"], again["items"]) == (0, [])
    tight = (end - timedelta(minutes=30)).isoformat()
    found = chair.get(address, query_string={"ends_at": tight}).json
    # Half of what it has now, and the chair's own.
    assert found["items"] == [{"item_id": second, "minutes": 8}, {"item_id": third, "minutes": 5}]
    assert found["missing"] == 3
    assert client_for("daibieu").post(address, json={"items": found["items"]}).status_code == 403
    # The planned end, when no other is named.
    assert chair.get(address).json["ends_at"] == "2026-03-02T09:00:00+07:00"
    assert chair.get(address, query_string={"ends_at": "mai"}).status_code == 422


def test_the_floor_over_http(client_for: ClientFor, live: Briefing) -> None:
    address = f"/api/v1/meetings/{live.id}/speakers"
    asked = client_for("daibieu2").post(address, json={"note": "Về vốn"})
    assert asked.status_code == 201, asked.text
    own = f"{address}/{asked.json['id']}"
    moved = client_for("thuky").patch(own, json={"position": 1, "base_revision": 0})
    assert (moved.status_code, moved.json["current"]) == (409, asked.json)
    assert client_for("thuky").patch(own, json={"position": 1}).json["position"] == 1
    listed = client_for("quansat").get(address, query_string={"item_id": live.parts.items[0]}).json
    assert [each["id"] for each in listed["items"]] == [asked.json["id"], live.parts.speaker]
    assert client_for("daibieu").delete(own).status_code == 403
    assert client_for("daibieu2").delete(own).json["state"] == "withdrawn"
    assert client_for("quansat").post(address, json={}).status_code == 403


def test_a_vote_over_http(client_for: ClientFor, live: Briefing) -> None:
    address = f"/api/v1/meetings/{live.id}/votes"
    opened = client_for("chutoa").post(address, json={"question": "Kín?", "secret": True})
    assert opened.status_code == 201, opened.text
    own = f"{address}/{opened.json['id']}"
    cast = client_for("daibieu").post(f"{own}/ballots", json={"choice": "against"})
    assert (cast.status_code, cast.json["choice"]) == (201, None)
    assert client_for("daibieu").post(f"{own}/ballots", json={"choice": "for"}).status_code == 409
    assert client_for("quansat").get(f"{own}/ballots").json["items"] == [cast.json]
    assert client_for("daibieu").post(f"{own}/close").status_code == 403
    closed = client_for("thuky").post(f"{own}/close")
    assert closed.json["counts"] == {"for": 0, "against": 1, "abstain": 0}
    public = f"{address}/{live.parts.vote}"
    counted = client_for("thuky").patch(public, json={"hands": {"for": 2}})
    assert counted.json["hands"] == {"for": 2, "against": 0, "abstain": 0}
    assert client_for("thuky").delete(public).json["ok"] is True
    assert client_for("thuky").get(f"{public}/ballots").status_code == 404
    states = [each["state"] for each in client_for("quansat").get(address).json["items"]]
    assert states == ["open", "closed"]


def test_the_screen_and_late_remarks_over_http(client_for: ClientFor, live: Briefing) -> None:
    address = f"/api/v1/meetings/{live.id}"
    shown = client_for("thuky").put(f"{address}/screen", json={"what": "directives"})
    assert (shown.status_code, shown.json["what"]) == (200, "directives")
    body = {"item_id": live.parts.items[0], "text": "Xin đính chính."}
    assert client_for("daibieu").post(f"{address}/discussion/remarks", json=body).status_code == 409
    client_for("thuky").post(f"{address}/commands", json={"name": "meeting.close"})
    said = client_for("daibieu").post(f"{address}/discussion/remarks", json=body)
    assert (said.status_code, said.json["late"]) == (201, True)
    assert client_for("quansat").post(f"{address}/discussion/remarks", json=body).status_code == 403
