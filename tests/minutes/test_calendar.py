"""Meetings and deadlines as a calendar, for people and for their programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from icalendar import Calendar, Event

from core.db import writing
from minutes.models import Directive
from people.actor import Actor
from people.models import User
from tests.marks import both_engines
from tests.world import STARTS_AT, Briefing, World

ClientFor = Callable[[str], FlaskClient]
InState = Callable[[str], Briefing]


def events(text: str) -> dict[str, Event]:
    found = Calendar.from_ical(text).walk("VEVENT")
    return {str(event["UID"]).partition("@")[0]: event for event in found}


@both_engines
def test_a_meeting_is_fetched_as_icalendar(
    giao_ban: Briefing, thu_ky: Actor, client_for: ClientFor
) -> None:
    title = "Giao ban; tháng 3, \\ “xã”\r\nATTENDEE:x 🌾 " + "dài " * 100
    giao_ban.do(thu_ky, "meeting.update", title=title, location="Phòng họp số 1")
    path = f"/api/v1/meetings/{giao_ban.id}/calendar.ics"
    answer = client_for("daibieu").get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    (event,) = events(answer.text).values()
    assert str(event["SUMMARY"]) == " ".join(title.split())
    assert "ATTENDEE" not in event
    assert event.start == STARTS_AT
    assert str(event["LOCATION"]) == "Phòng họp số 1"
    assert int(event["SEQUENCE"]) == giao_ban.revision
    assert max(map(len, answer.data.split(b"\r\n"))) <= 75
    # It is fetched again when it has changed, under the same UID.
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client_for("daibieu").get(path, headers=tag).status_code == 304
    giao_ban.do(thu_ky, "meeting.cancel", reason="Bão")
    changed = client_for("daibieu").get(path, headers=tag)
    (cancelled,) = events(changed.text).values()
    assert (cancelled["UID"], str(cancelled["STATUS"])) == (event["UID"], "CANCELLED")
    assert int(cancelled["SEQUENCE"]) == giao_ban.revision
    assert cancelled["DTSTAMP"].dt >= event["DTSTAMP"].dt
    for username, status in (("khach", 404), ("quantri", 404)):
        assert client_for(username).get(path).status_code == status


@both_engines
def test_a_program_reads_what_the_account_may_see_until_the_key_is_revoked(
    in_state: InState, world: World, client_for: ClientFor, dai_bieu: Actor
) -> None:
    closed, unit = in_state("closed"), world.units["xa_mot"]
    app, client, program = closed.app, client_for("daibieu"), closed.app.test_client()

    def new_address() -> str:
        page = client.post("/calendar/key").text
        (address,) = re.findall(r'value="http://[^/]+(/calendar/units/[^"]+)"', page)
        return str(address)

    first = new_address()
    assert f"/units/{unit}.ics?key=" in first
    assert first not in client.get("/calendar").text
    answer = program.get(first)
    found = events(answer.text)
    drafts = world.meetings["draft"].meeting_id
    assert f"meeting-{closed.id}" in found
    assert f"meeting-{drafts}" not in found
    deadline = found[f"directive-{closed.parts.directive}"]
    assert deadline.start == date(2026, 6, 30)
    assert deadline.end == date(2026, 7, 1)
    assert str(deadline["SUMMARY"]) == "Hạn: Rà soát hộ nghèo."
    assert str(deadline["URL"]).endswith(f"/directives/{closed.parts.directive}")
    assert program.get(first, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    # Another unit's deadlines, and what is done, are not among them; nor is a unit that is none.
    other = program.get(first.replace(f"/{unit}.ics", f"/{world.units['tai_chinh']}.ics"))
    assert not [key for key in events(other.text) if key.startswith("directive")]
    done = {"directive_id": closed.parts.directive, "progress": 100, "text": "Xong.", "done": True}
    closed.do(dai_bieu, "directive.report", **done)
    assert f"directive-{closed.parts.directive}" not in events(program.get(first).text)
    for wrong in (first[:-1], first.partition("?")[0], first.replace(f"/{unit}.ics", "/99999.ics")):
        assert program.get(wrong).status_code == 404, wrong
    assert program.get(f"/calendar/units/{10**12}.ics?key=x").status_code == 404

    second = new_address()
    assert program.get(first).status_code == 404
    assert program.get(second).status_code == 200
    with app.app_context(), writing() as session:
        session.get_one(User, dai_bieu.user_id).active = False
    assert program.get(second).status_code == 404
    with app.app_context(), writing() as session:
        session.get_one(User, dai_bieu.user_id).active = True
    assert program.get(second).status_code == 200
    client.post("/calendar/key", data={"revoke": "1"})
    assert program.get(second).status_code == 404
    # Who is in no meeting has a calendar with nothing in it.
    client = client_for("khach")
    assert events(program.get(new_address()).text) == {}


def test_the_page_shows_a_month_by_day(
    in_state: InState, world: World, client_for: ClientFor
) -> None:
    closed = in_state("closed")
    with closed.app.app_context(), writing() as session:
        session.get_one(Directive, closed.parts.directive).text = "<b>Việc</b> của xã"
    client = client_for("daibieu")
    june = client.get("/calendar?month=2026-06").text
    assert "&lt;b&gt;Việc&lt;/b&gt; của xã" in june
    assert "quý II/2026" in june
    assert f"/meetings/{closed.id}" in client.get("/calendar?month=2026-03").text
    assert "Tháng này không có" in client.get("/calendar?month=2026-02").text
    for odd in ("2026-13", "0000-00", "２０２６-01", "x", "9999-12"):
        assert client.get(f"/calendar?month={odd}").status_code == 200
    for month in ("1990-01", "2199-12"):
        assert client.get(f"/calendar?month={month}").status_code == 200
    assert "Rà soát" not in client_for("khach").get("/calendar?month=2026-06").text
    assert client_for("quantri").get("/calendar").status_code == 200
    assert closed.app.test_client().get("/calendar").status_code == 302
