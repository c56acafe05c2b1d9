"""Attendance: times, deputies, the quorum, and the code on a site's screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import reading
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.times import now
from meetings import attendance
from meetings.attendance import new_code
from meetings.changes import execute
from people.actor import Actor
from people.login import device
from tests.marks import both_engines
from tests.meetings.test_log import at_once
from tests.world import PASSWORD, Briefing, World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]
SEVEN = "2026-03-02T07:00:00+07:00"
TEN = "2026-03-02T10:00:00+07:00"


def own(briefing: Briefing, actor: Actor) -> dict[str, Any]:
    return next(
        thing
        for key, thing in briefing.objects(actor).items()
        if key.startswith("attendance/") and thing["person_id"] == actor.person_id
    )


# --- Times --------------------------------------------------------------------------------------


def test_when_somebody_came_is_kept_through_later_marks(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    person = {"person_id": dai_bieu.person_id}
    came = live.do(dai_bieu, "attendance.check_in", mode="online").result
    assert came["arrived_at"] == came["at"]
    assert came["checked_by"] == "self"
    again = live.do(dai_bieu, "attendance.check_in", mode="on_site").result
    assert again["arrived_at"] == came["arrived_at"]
    marked = live.do(thu_ky, "attendance.mark", status="on_site", arrived_at=SEVEN, **person).result
    assert (marked["arrived_at"], marked["checked_by"]) == (SEVEN, "secretary")
    gone = live.do(thu_ky, "attendance.mark", status="on_site", left_at=TEN, **person).result
    assert (gone["arrived_at"], gone["left_at"]) == (SEVEN, TEN)
    # Who checks in once more is back.
    assert "left_at" not in live.do(dai_bieu, "attendance.check_in", mode="on_site").result
    absent = live.do(thu_ky, "attendance.mark", status="absent", **person).result
    assert not {"arrived_at", "left_at"} & absent.keys()


def test_a_deputy_comes_and_goes(live: Briefing, thu_ky: Actor, dai_bieu: Actor) -> None:
    person = {"person_id": dai_bieu.person_id, "status": "absent"}
    with_deputy = {"deputy_name": "H'Thay", "arrived_at": SEVEN}
    sent = live.do(thu_ky, "attendance.mark", **person, **with_deputy).result
    assert (sent["deputy_name"], sent["arrived_at"]) == ("H'Thay", SEVEN)
    gone = live.do(thu_ky, "attendance.mark", left_at=TEN, **person).result
    assert (gone["deputy_name"], gone["left_at"]) == ("H'Thay", TEN)


def test_times_that_cannot_be_are_refused_at_their_field(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    tomorrow = (now() + timedelta(days=1)).isoformat()
    for status, times, field in (
        ("on_site", {"arrived_at": TEN, "left_at": SEVEN}, "left_at"),
        ("on_site", {"arrived_at": tomorrow}, "arrived_at"),
        ("online", {"left_at": tomorrow}, "left_at"),
        ("absent", {"left_at": TEN}, "left_at"),
        ("unknown", {"arrived_at": TEN}, "arrived_at"),
    ):
        with pytest.raises(Invalid) as refused:
            live.do(thu_ky, "attendance.mark", person_id=dai_bieu.person_id, status=status, **times)
        assert refused.value.errors[0]["field"] == field


def test_a_site_is_counted_by_whoever_sits_there(
    live: Briefing, dai_bieu: Actor, thu_ky: Actor, world: World
) -> None:
    here, there = world.units["xa_mot"], world.units["huyen"]
    first = live.do(dai_bieu, "attendance.count", unit_id=here, people=7).result
    assert (first["unit_id"], first["people"]) == (here, 7)
    again = live.do(thu_ky, "attendance.count", unit_id=here, people=9).result
    assert (again["id"], again["people"]) == (first["id"], 9)
    with pytest.raises(Forbidden):
        live.do(dai_bieu, "attendance.count", unit_id=there, people=7)
    # A commune from which nobody is invited is no site, nor is an office.
    for unit in ("xa_hai", "van_phong"):
        with pytest.raises(Invalid):
            live.do(thu_ky, "attendance.count", unit_id=world.units[unit], people=7)


# --- The quorum ---------------------------------------------------------------------------------


def quorum(briefing: Briefing, actor: Actor) -> dict[str, Any] | None:
    found = [t for key, t in briefing.objects(actor).items() if key.startswith("quorum/")]
    assert len(found) <= 1
    return found[0] if found else None


def test_the_quorum_follows_who_is_here(
    live: Briefing, thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor, dai_bieu_2: Actor
) -> None:
    def stands() -> tuple[int, int, int, bool]:
        found = quorum(live, dai_bieu)
        assert found is not None
        return found["present"], found["needed"], found["members"], found["reached"]

    assert quorum(live, thu_ky) is None
    live.do(thu_ky, "meeting.update", quorum="2/3")
    assert stands() == (0, 2, 3, False)
    live.do(chu_toa, "attendance.check_in", mode="on_site")
    live.do(thu_ky, "attendance.check_in", mode="on_site")  # keeps the record, decides nothing
    assert stands() == (1, 2, 3, False)
    live.do(
        thu_ky,
        "attendance.mark",
        person_id=dai_bieu.person_id,
        status="absent",
        deputy_name="H'Thay",
    )
    assert stands() == (2, 2, 3, True)
    live.do(
        thu_ky,
        "attendance.mark",
        person_id=chu_toa.person_id,
        status="on_site",
        arrived_at=SEVEN,
        left_at=TEN,
    )
    assert stands() == (1, 2, 3, False)
    # Who is given another role, or is no longer invited, is no member.
    clerk = live.parts.participants["vanthu"]
    live.do(thu_ky, "participant.update", participant_id=clerk, role="participant")
    assert stands() == (1, 3, 4, False)
    live.do(thu_ky, "participant.remove", participant_id=clerk)
    live.do(thu_ky, "meeting.update", quorum="1")
    assert stands() == (1, 1, 3, True)
    live.do(thu_ky, "meeting.update", quorum=None)
    assert quorum(live, thu_ky) is None


def test_rules_that_are_none_are_refused(giao_ban: Briefing, thu_ky: Actor) -> None:
    for rule in ("3/2", "0", "0/3", "2/0", "2:3", "-1", "66%", " ", "10000"):
        with pytest.raises(Invalid) as refused:
            giao_ban.do(thu_ky, "meeting.update", quorum=rule)
        assert refused.value.errors[0]["field"] == "quorum"


# --- The code on a site's screen ----------------------------------------------------------------


def shown(briefing: Briefing, actor: Actor, unit_id: int | None = None) -> str:
    """The code that a screen shows."""
    with briefing.app.app_context(), reading() as session:
        return new_code(session, actor, briefing.id, unit_id).token


def at_a_phone(actor: Actor, name: str) -> Actor:
    return replace(actor, device=name)


def scan(briefing: Briefing, actor: Actor, code: str, mode: str = "on_site") -> dict[str, Any]:
    result: dict[str, Any] = briefing.do(actor, "attendance.check_in", mode=mode, code=code).result
    return result


def test_the_code_checks_in_whoever_sends_it_and_is_not_kept(
    live: Briefing, dai_bieu: Actor, thu_ky: Actor, world: World
) -> None:
    code = shown(live, thu_ky, world.units["xa_mot"])
    came = scan(live, at_a_phone(dai_bieu, "A"), code)
    assert (came["status"], came["checked_by"]) == ("on_site", "code")
    assert came["person_id"] == dai_bieu.person_id
    row = live.log()[-1]
    assert row.args == '{"mode":"on_site"}'
    assert code not in row.changed + row.result


@pytest.fixture
def friends(live: Briefing, thu_ky: Actor, world: World) -> tuple[Actor, Actor]:
    """Two of one commune, each with a telephone."""
    live.do(
        thu_ky, "participant.add", person_id=world.person("khach"), unit_id=world.units["xa_mot"]
    )
    return at_a_phone(world.actors["daibieu"], "A"), at_a_phone(world.actors["khach"], "B")


def sentence(refused: pytest.ExceptionInfo[Any]) -> str:
    return str(refused.value.message)


def test_a_code_sent_to_a_friend_is_worth_nothing(
    live: Briefing, friends: tuple[Actor, Actor]
) -> None:
    one, friend = friends
    code = shown(live, one)
    scan(live, one, code)
    for _each in range(2):
        with pytest.raises(Conflict) as refused:
            scan(live, friend, code)
        assert "đã có người dùng" in sentence(refused)
    assert own(live, friend)["status"] == "unknown"
    # Nor does it serve its own user twice; the next one on the screen does.
    with pytest.raises(Conflict):
        scan(live, one, code)
    scan(live, one, shown(live, one))


def test_one_device_serves_one_person_and_one_person_has_one_device(
    live: Briefing, friends: tuple[Actor, Actor], thu_ky: Actor
) -> None:
    one, friend = friends
    scan(live, one, shown(live, one))
    # The friend's account on this telephone, this account on the friend's.
    with pytest.raises(Conflict) as refused:
        scan(live, replace(friend, device=one.device), shown(live, one))
    assert "cho người khác" in sentence(refused)
    with pytest.raises(Conflict) as refused:
        scan(live, replace(one, device=friend.device), shown(live, one))
    assert "báo thư ký" in sentence(refused)
    scan(live, friend, shown(live, one))
    # A telephone that ran out of power: the secretary lets them begin anew.
    live.do(thu_ky, "attendance.mark", person_id=one.person_id, status="unknown")
    assert scan(live, replace(one, device="C"), shown(live, one))["status"] == "on_site"


def test_of_two_who_scan_one_code_at_once_one_is_checked_in(
    live: Briefing, friends: tuple[Actor, Actor]
) -> None:
    code = shown(live, friends[0])
    answers = at_once(2, lambda i: scan(live, friends[i], code))
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1


def test_a_code_ends(live: Briefing, dai_bieu: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    code = shown(live, dai_bieu)
    monkeypatch.setattr(attendance, "VALID", timedelta(seconds=-1))
    with pytest.raises(Invalid) as refused:
        scan(live, at_a_phone(dai_bieu, "A"), code)
    assert "hết hạn" in sentence(refused)


def test_a_code_of_elsewhere_is_refused(
    live: Briefing, dai_bieu: Actor, thu_ky: Actor, world: World, in_state: Callable[..., Briefing]
) -> None:
    phone = at_a_phone(dai_bieu, "A")
    with pytest.raises(Invalid) as refused:
        scan(live, phone, shown(live, thu_ky, world.units["huyen"]))
    assert "UBND huyện Đắk Thử" in sentence(refused)
    with pytest.raises(Invalid) as refused:
        scan(live, phone, shown(in_state("scheduled"), dai_bieu))
    assert "cuộc họp khác" in sentence(refused)
    good = shown(live, dai_bieu)
    # Not the last letter: it carries bits that stand for nothing.
    forged = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    for junk in ("x", forged, "a.b.c", "đ", "\ud800"):
        with pytest.raises(Invalid):
            scan(live, phone, junk)
    with pytest.raises(Invalid):
        scan(live, phone, good, mode="online")
    with pytest.raises(Invalid):  # a program of which nobody knows whose it is
        scan(live, dai_bieu, good)
    assert scan(live, phone, good)["status"] == "on_site"


def test_where_the_code_is_required_nobody_is_on_site_without(
    live: Briefing, dai_bieu: Actor, thu_ky: Actor
) -> None:
    live.do(thu_ky, "meeting.update", code_required=True)
    with pytest.raises(Invalid) as refused:
        live.do(dai_bieu, "attendance.check_in", mode="on_site")
    assert refused.value.errors[0]["field"] == "code"
    live.do(dai_bieu, "attendance.check_in", mode="online")
    scan(live, at_a_phone(dai_bieu, "A"), shown(live, dai_bieu))
    # What the secretary sees counts as well.
    live.do(thu_ky, "attendance.mark", person_id=dai_bieu.person_id, status="on_site")


def test_whose_screen_may_show_which_code(
    live: Briefing,
    dai_bieu: Actor,
    quan_sat: Actor,
    khach: Actor,
    chu_toa: Actor,
    world: World,
    in_state: Callable[..., Briefing],
) -> None:
    commune, district = world.units["xa_mot"], world.units["huyen"]
    assert shown(live, dai_bieu, commune)
    assert shown(live, quan_sat, district)
    assert shown(live, chu_toa, commune)
    with pytest.raises(Forbidden):
        shown(live, dai_bieu, district)
    with pytest.raises(NotFound):
        shown(live, khach, commune)
    with pytest.raises(Invalid):
        shown(live, chu_toa, world.units["xa_hai"])
    with pytest.raises(Conflict):
        shown(in_state("closed"), chu_toa, commune)


def test_over_http_a_browser_is_one_device_whoever_signs_in(
    app: Any, live: Briefing, friends: tuple[Actor, Actor], client: FlaskClient
) -> None:
    address = f"/api/v1/meetings/{live.id}"

    def check_in(browser: FlaskClient, username: str) -> Any:
        browser.post("/login", data={"username": username, "password": PASSWORD})
        code = browser.get(f"{address}/check-in-code").json
        assert code["url"].endswith(f"/meetings/{live.id}/live#check-in={code['token']}")
        args = {"mode": "on_site", "code": code["token"]}
        body = {"name": "attendance.check_in", "args": args}
        answer = browser.post(f"{address}/commands", json=body)
        browser.post("/logout")
        return answer

    assert check_in(client, "daibieu").status_code == 200
    lent = check_in(client, "khach")
    assert (lent.status_code, lent.json["code"]) == (409, "conflict")
    assert check_in(app.test_client(), "khach").status_code == 200
    # A program is known by its token.
    token = client.post(
        "/api/v1/auth/token", json={"username": "daibieu", "password": PASSWORD}
    ).json["token"]
    code = client.get(
        f"{address}/check-in-code", headers={"Authorization": f"Bearer {token}"}
    ).json["token"]
    refused = app.test_client().post(
        f"{address}/commands",
        json={"name": "attendance.check_in", "args": {"mode": "on_site", "code": code}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert refused.status_code == 409


def test_the_code_as_a_picture_is_a_fresh_one_each_time(
    client_for: ClientFor, live: Briefing
) -> None:
    address = f"/api/v1/meetings/{live.id}/check-in-code.svg"
    pictures = [client_for("daibieu").get(address) for _each in range(2)]
    assert {p.content_type for p in pictures} == {"image/svg+xml; charset=utf-8"}
    assert pictures[0].headers["Cache-Control"] == "no-store"
    assert pictures[0].data.startswith(b"<svg")
    assert pictures[0].data != pictures[1].data


def test_a_device_has_a_name_that_tells_nothing(app: Any) -> None:
    with app.test_request_context():
        assert device() is None
        assert device("token") == device("token") != device("another")
        assert "token" not in str(device("token"))


def test_at_the_moment_of_the_past_the_times_are_the_pasts(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    moment = now() - timedelta(hours=1)
    with live.app.app_context():
        args = {"person_id": dai_bieu.person_id, "status": "on_site"}
        came = execute(thu_ky, live.id, "attendance.mark", None, args, at=moment).result
    assert came["arrived_at"] == came["at"]
