"""From one briefing to the next: series, what is carried over, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import db, reading
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.times import now, vietnam
from meetings.changes import execute
from meetings.commands import CreateMeeting
from meetings.models import Meeting
from meetings.services import create_meeting
from minutes.composing.minutes import compose_minutes
from minutes.composing.reading import Record
from minutes.content import Content
from minutes.followup.carrying import said_later
from minutes.models import Directive
from minutes.record import document_schema, record_json
from minutes.verify import faults
from people.actor import Actor
from tests.marks import both_engines
from tests.paper import content
from tests.world import STARTS_AT, Briefing, World, schedule

ClientFor = Callable[[str], FlaskClient]
SERIES = "Giao ban tháng của UBND huyện"
TITLE = "Kiểm điểm việc thực hiện các chỉ đạo của kỳ giao ban trước"
# (text, lead, due, what became of it)
GIVEN = (
    ("Nộp báo cáo thu ngân sách.", "tai_chinh", "2026-03-10", "done"),
    ("Kiểm tra phòng cháy.", "huyen", "2026-03-15", "passed on"),
    ("Rà soát hộ nghèo.", "cac_xa", "2026-03-20", "reported"),
    ("Sửa đường vào thôn.", "xa_mot", "2026-03-05", "returned"),
    ("Giữ vững an ninh.", "xa_hai", None, "given"),
    ("Làm dần trong năm.", "tai_chinh", "2199-12-31", "given"),
)


def of_world(app: Flask, world: World, **values: Any) -> Briefing:
    return schedule(app, world.actors, **values)


def item_of(briefing: Briefing, actor: Actor) -> dict[str, Any] | None:
    items = (t for k, t in briefing.objects(actor).items() if k.startswith("agenda_item/"))
    return next((item for item in items if item.get("kind") == "follow_up"), None)


def carried_in(briefing: Briefing, actor: Actor) -> list[dict[str, Any]]:
    found = (t for k, t in briefing.objects(actor).items() if k.startswith("carried/"))
    return sorted(found, key=lambda one: one["position"])


def nothing_is_wrong(app: Flask) -> None:
    with app.app_context(), reading() as session:
        assert list(faults(session)) == []


@pytest.fixture
def earlier(app: Flask, world: World) -> Briefing:
    """A closed briefing of the series, with directives in every state."""
    secretary, units = world.actors["thuky"], world.units
    held = of_world(app, world, code="GB-TRUOC", series_name=SERIES)
    held.do(secretary, "agenda.add", title="Báo cáo")
    held.do(secretary, "meeting.open")
    for text, lead, due, _became in GIVEN:
        held.do(secretary, "directive.add", text=text, lead_unit_ids=[units[lead]], due=due)
    held.do(secretary, "meeting.close")
    given = (t for k, t in held.objects(secretary).items() if k.startswith("directive/"))
    ids = {directive["text"]: directive["id"] for directive in given}
    for text, _lead, _due, became in GIVEN:
        report = {"directive_id": ids[text], "progress": 40, "text": "Đang làm."}
        if became == "done":
            held.do(secretary, "directive.report", **report | {"text": "Xong.", "done": True})
        elif became == "reported":
            held.do(secretary, "directive.report", **report, unit_id=units["xa_mot"])
        elif became == "returned":
            made = held.do(secretary, "directive.report", **report | {"done": True}).result
            held.do(secretary, "report.return", report_id=made["id"], remarks="Chưa nghiệm thu.")
        elif became == "passed on":
            below = {"unit_ids": [units["xa_mot"], units["xa_hai"]]}
            held.do(secretary, "directive.pass_on", directive_id=ids[text], **below)
    return held


@pytest.fixture
def later(app: Flask, world: World, earlier: Briefing) -> Briefing:
    """The next briefing of the series, scheduled."""
    starts_at = STARTS_AT + timedelta(days=30)
    return of_world(
        app,
        world,
        code="GB-SAU",
        series_name=f"  {SERIES.upper()} ",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )


@both_engines
def test_the_next_briefing_asks_what_has_become_of_the_last_ones_directives(
    app: Flask, world: World, earlier: Briefing, later: Briefing, client_for: ClientFor
) -> None:
    secretary, delegate = world.actors["thuky"], world.actors["daibieu"]
    series_id = later.objects(secretary)[f"meeting/{later.id}"]["series_id"]
    assert series_id == earlier.objects(secretary)[f"meeting/{earlier.id}"]["series_id"]
    assert item_of(earlier, secretary) is None  # nothing before it
    item = item_of(later, secretary)
    assert item is not None
    assert (item["position"], item["title"]) == (1, TITLE)
    assert item["presenter_unit_id"] == world.units["van_phong"]

    # Before the opening it follows what happens; nothing of it is stored.
    address = f"/api/v1/meetings/{later.id}/carried"
    seen = client_for("daibieu").get(address).json
    # By the tree of units, a group last; what is not due for long or never is not asked about,
    # nor what units have passed on.
    texts = ["Kiểm tra phòng cháy.", "Nộp báo cáo thu ngân sách."]
    texts += ["Sửa đường vào thôn.", "Rà soát hộ nghèo."]
    assert [one["text"] for one in seen["items"]] == texts
    assert {one["id"] for one in seen["items"]} == {None}
    assert carried_in(later, secretary) == []
    assert client_for("khach").get(address).status_code == 404

    later.do(secretary, "meeting.open")
    revision = earlier.revision
    found = carried_in(later, delegate)
    assert [one["text"] for one in found] == texts
    _whole, done, returned, partly = found
    assert (done["status"], done["state"], done["progress"]) == ("done_late", "done", 100)
    assert (returned["status"], returned["state"]) == ("overdue", "returned")
    today = vietnam(now()).date()
    assert returned["days_late"] == (today - date(2026, 3, 5)).days
    assert (partly["progress"], partly["from_code"]) == (20, "GB-TRUOC")
    assert partly["report"]["text"] == "Đang làm."
    assert partly["lead_unit_ids"] == [world.units["cac_xa"]]

    # It stays as it was found, whatever is reported meanwhile.
    report = {"directive_id": returned["directive_id"], "progress": 100, "text": "Đã sửa xong."}
    earlier.do(secretary, "directive.report", **report, done=True)
    assert carried_in(later, delegate) == found
    assert client_for("daibieu").get(address).json["items"] == found
    assert earlier.revision == revision + 1  # by that report alone
    # The third one sees what was done since the second was opened, and what is open still.
    starts_at = STARTS_AT + timedelta(days=60)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    third = of_world(app, world, code="GB-BA", series_id=series_id, **times)
    third.do(secretary, "meeting.open")
    assert [one["text"] for one in carried_in(third, secretary)] == [texts[0], *texts[2:]]
    assert carried_in(third, secretary)[1]["status"] == "done_late"
    nothing_is_wrong(app)


@both_engines
def test_units_answer_in_the_meeting_and_it_is_kept_with_the_directive(
    app: Flask, world: World, earlier: Briefing, later: Briefing, client_for: ClientFor
) -> None:
    actors, units = world.actors, world.units
    secretary, delegate = actors["thuky"], actors["daibieu"]
    later.do(secretary, "meeting.open")
    line = note(later, secretary)
    refused(NotFound, later, secretary, "discussion.add", **line, carried_id=2**31 - 1)
    _whole, done, returned, partly = carried_in(later, secretary)
    item = item_of(later, secretary)
    assert item is not None

    said = {"carried_id": partly["id"], "text": "Còn hai thôn.", "progress": 80}
    entry = later.do(delegate, "carried.answer", **said, request_id="mot").result
    assert later.do(delegate, "carried.answer", **said, request_id="mot").result == entry
    assert (entry["item_id"], entry["carried_id"]) == (item["id"], partly["id"])
    assert (entry["unit_id"], entry["person_id"]) == (units["xa_mot"], world.person("daibieu"))
    assert (entry["kind"], entry["progress"]) == ("report", 80)
    # For another unit the secretary notes it; of a group it must be said which one.
    refused(Invalid, later, secretary, "carried.answer", **said)
    noted = later.do(secretary, "carried.answer", **said, unit_id=units["xa_hai"]).result
    assert (noted["unit_id"], noted["person_id"]) == (units["xa_hai"], None)
    for actor, carried in (("daibieu2", returned), ("daibieu", done), ("quansat", partly)):
        wrong = said | {"carried_id": carried["id"]}
        refused(Forbidden, later, actors[actor], "carried.answer", **wrong)
    refused(NotFound, later, delegate, "carried.answer", **said | {"carried_id": 2**31 - 1})
    other = Briefing(app, world.meetings["live"].meeting_id)
    refused(NotFound, other, delegate, "carried.answer", **said)  # it belongs to another meeting
    for wrong in ({"progress": 101}, {"progress": -1}, {"text": " "}):
        refused(Invalid, later, delegate, "carried.answer", **said | wrong)
    # What the chair says of it is tied to it, too; how far it is can be told of nothing else.
    line |= {"carried_id": partly["id"], "progress": 85}
    tied = later.do(secretary, "discussion.add", **line).result
    assert (tied["carried_id"], tied["progress"]) == (partly["id"], 85)
    refused(Invalid, later, secretary, "discussion.add", **line | {"carried_id": None})

    # The older meeting is not touched; its directive tells what was said, to whom may see it.
    revision = earlier.revision
    with app.app_context():
        directive = db.session.get_one(Directive, partly["directive_id"])
        told = said_later(db.session(), secretary, directive)
        assert [one["id"] for one in told] == [entry["id"], noted["id"], tied["id"]]
        assert told[0]["meeting_code"] == "GB-SAU"
        assert said_later(db.session(), actors["khach"], directive) == []
    page = client_for("daibieu").get(f"/directives/{partly['directive_id']}").text
    assert "Ý kiến tại các cuộc họp sau" in page
    assert page.index("xã Đắk R&#39;Măng: 80%") < page.index("Còn hai thôn.")
    assert earlier.revision == revision

    later.do(secretary, "agenda.advance", from_item=None)
    refused(Conflict, later, secretary, "agenda.remove", item_id=item["id"])
    later.do(secretary, "meeting.close")
    refused(Conflict, later, delegate, "carried.answer", **said)
    # Opened again, it asks about the same.
    before = carried_in(later, secretary)
    later.do(secretary, "meeting.reopen")
    assert carried_in(later, secretary) == before
    nothing_is_wrong(app)


def note(briefing: Briefing, actor: Actor) -> dict[str, Any]:
    item = item_of(briefing, actor)
    assert item is not None
    return {"item_id": item["id"], "text": "Đề nghị làm nhanh hơn.", "kind": "note"}


def refused(
    error: type[Exception], briefing: Briefing, actor: Actor, name: str, **args: Any
) -> Any:
    before = briefing.revision
    with pytest.raises(error) as found:
        briefing.do(actor, name, **args)
    assert briefing.revision == before
    return found.value


def test_the_item_is_made_once_and_can_be_taken_away(
    app: Flask, world: World, earlier: Briefing, later: Briefing
) -> None:
    secretary = world.actors["thuky"]
    item = item_of(later, secretary)
    assert item is not None
    twice = {"title": "Kiểm điểm", "kind": "follow_up"}
    assert refused(Conflict, later, secretary, "agenda.add", **twice).current == item
    later.do(secretary, "agenda.update", item_id=item["id"], title="Việc kỳ trước", position=1)
    later.do(secretary, "agenda.remove", item_id=item["id"])
    # Changing anything else, or naming the same series again, does not bring it back.
    later.do(secretary, "meeting.update", title="Giao ban tháng 4", series_name=SERIES)
    assert item_of(later, secretary) is None
    # Leaving the series and coming back does; another one before which nothing is, does not.
    later.do(secretary, "meeting.update", series_id=None)
    assert "series_id" not in later.objects(secretary)[f"meeting/{later.id}"]
    later.do(secretary, "meeting.update", series_name="Giao ban đột xuất")
    assert item_of(later, secretary) is None
    later.do(secretary, "meeting.update", series_name=SERIES)
    assert item_of(later, secretary) is not None
    # Undone by hand it is the same again.
    again = item_of(later, secretary)
    assert again is not None
    later.do(secretary, "agenda.remove", item_id=again["id"])
    later.do(secretary, "agenda.add", **twice, position=1)
    later.do(secretary, "meeting.open")
    assert len(carried_in(later, secretary)) == 4
    moved = refused(Conflict, later, secretary, "meeting.update", series_id=None)
    assert "chuỗi" in str(moved.message)
    nothing_is_wrong(app)


def test_a_series_is_seen_through_ones_own_meetings(
    app: Flask, world: World, earlier: Briefing, later: Briefing, client_for: ClientFor
) -> None:
    guest = world.actors["khach"]
    (mine,) = client_for("daibieu").get("/api/v1/series").json["items"]
    assert mine["name"] == SERIES
    assert client_for("khach").get("/api/v1/series").json["items"] == []
    found = client_for("daibieu").get(f"/api/v1/meetings?series={mine['id']}").json
    assert [one["code"] for one in found["items"]] == ["GB-SAU", "GB-TRUOC"]

    # Who is in none of its meetings can neither join nor guess it, and gets one of their own for
    # the same name.
    outsider = replace(guest, may_schedule=True)
    times = {"starts_at": STARTS_AT + timedelta(days=90), "ends_at": STARTS_AT + timedelta(days=91)}
    with app.app_context():
        with pytest.raises(Invalid) as wrong:
            create_meeting(outsider, CreateMeeting(title="A", series_id=mine["id"], **times))
        assert wrong.value.errors[0]["field"] == "series_id"
        made = create_meeting(outsider, CreateMeeting(title="A", series_name=SERIES, **times))
        own = made.result
        execute(outsider, own["id"], "meeting.open", None, {})
        stored = db.session.get_one(Meeting, own["id"])
        assert stored.series_id not in (None, mine["id"])
    theirs = Briefing(app, own["id"])
    assert item_of(theirs, guest) is None
    assert carried_in(theirs, guest) == []


def test_what_is_carried_over_is_what_whoever_opens_may_see(
    app: Flask, world: World, earlier: Briefing, later: Briefing, client_for: ClientFor
) -> None:
    secretary, guest = world.actors["thuky"], world.actors["khach"]
    # They are chair of the later one, and know nothing of the earlier.
    later.do(secretary, "participant.add", person_id=guest.person_id, role="chair")
    assert client_for("khach").get(f"/api/v1/meetings/{later.id}/carried").json["total"] == 0
    later.do(guest, "meeting.open")
    assert carried_in(later, secretary) == []


def test_the_form_puts_a_meeting_into_a_series(
    app: Flask, world: World, earlier: Briefing, client_for: ClientFor
) -> None:
    browser = client_for("thuky")
    form = {"title": "Giao ban", "day": "2199-05-04", "start": "08:00", "end": "09:00"}
    page = browser.get("/meetings/new").text
    assert SERIES in page
    series_id = next(
        one["id"] for one in browser.get("/api/v1/series").json["items"] if one["name"] == SERIES
    )
    both = form | {"series_id": str(series_id), "series_name": "Giao ban tuần"}
    wrong = browser.post("/meetings/new", data=both)
    assert wrong.status_code == 422
    assert "không làm cả hai" in wrong.text
    assert 'value="Giao ban tuần"' in wrong.text  # nothing typed is lost
    assert browser.post("/meetings/new", data=form | {"series_id": "999"}).status_code == 422
    made = browser.post("/meetings/new", data=form | {"series_id": str(series_id)})
    address = made.headers["Location"]
    briefing = Briefing(app, int(address.rsplit("/", 1)[1]))
    item = item_of(briefing, world.actors["thuky"])
    assert item is not None

    page = browser.get(f"{address}/edit").text
    assert f'<option value="{series_id}" selected>' in page
    seen = unescape(page.split('name="seen" value="')[1].split('"')[0])
    changed = form | {"series_id": str(series_id), "series_name": "Giao ban tuần", "seen": seen}
    assert browser.post(f"{address}/edit", data=changed).status_code == 302
    names = {one["name"]: one["id"] for one in browser.get("/api/v1/series").json["items"]}
    meeting = briefing.objects(world.actors["thuky"])[f"meeting/{briefing.id}"]
    assert meeting["series_id"] == names["Giao ban tuần"]
    # Once it is opened the form does not ask, and changes nothing of it.
    briefing.do(world.actors["thuky"], "meeting.open")
    assert "series_id" not in browser.get(f"{address}/edit").text.split('name="seen"')[0]
    assert browser.post(f"{address}/edit", data=form | {"seen": seen}).status_code == 302


def test_the_minutes_tell_of_it_as_a_table(
    app: Flask, world: World, earlier: Briefing, later: Briefing
) -> None:
    actors = world.actors
    secretary, delegate = actors["thuky"], actors["daibieu"]
    later.do(secretary, "meeting.open")
    _whole, _done, returned, partly = carried_in(later, secretary)
    said = {"carried_id": partly["id"], "text": "Còn <b>hai</b> thôn.", "progress": 80}
    later.do(delegate, "carried.answer", **said)
    later.do(secretary, "discussion.add", **note(later, secretary))
    later.do(secretary, "meeting.close")
    objects = later.objects(secretary)

    text = compose_minutes(Record(objects)).body
    table = text.split('<table class="carried">')[1].split("</table>")[0]
    rows = [row.split("</td>")[:-1] for row in table.split("<tr>")[2:]]
    cells = [[cell.replace("<td>", "") for cell in row] for row in rows]
    days = f"{returned['days_late']:,}".replace(",", ".")
    assert [row[0] for row in cells] == ["1", "2", "3", "4"]
    assert cells[2][1:5] == [
        "Sửa đường vào thôn.",
        "UBND xã Đắk R'Măng",
        "05/3/2026",
        f"Quá hạn {days} ngày; báo cáo bị trả lại",
    ]
    assert cells[2][5] == "—"
    assert cells[3][5].endswith("tiến độ 80%: Còn &lt;b&gt;hai&lt;/b&gt; thôn")
    assert "K'Đại" in cells[3][5]
    # What is in the table is not said once more; the rest follows it.
    assert text.count("hai&lt;/b&gt; thôn") == 1
    assert text.index("Đề nghị làm nhanh hơn") > text.index("</table>")

    made = Content.model_validate(content())
    written = json.loads(record_json("minutes", made, None, objects))
    jsonschema_rs.validate(document_schema(), written)
    told = written["meeting"]["carried"]
    assert [one["status"] for one in told] == ["overdue", "done_late", "overdue", "overdue"]
    agenda = written["meeting"]["agenda"]
    assert agenda[0]["kind"] == "follow_up"
    assert agenda[0]["entries"][0]["carried_id"] == told[3]["id"]
    assert "carried" not in json.loads(record_json("conclusions", made, None, objects))["meeting"]
    # Off the agenda, it is off the paper; what was said is not lost.
    gone = {k: v for k, v in objects.items() if not k.startswith("agenda_item/")}
    assert "carried" not in compose_minutes(Record(gone)).body
    assert "thôn" in compose_minutes(Record(gone)).body


def test_the_meetings_page_tells_of_it_before_and_after(
    app: Flask, world: World, earlier: Briefing, later: Briefing, client_for: ClientFor
) -> None:
    browser, address = client_for("daibieu"), f"/meetings/{later.id}"
    page = browser.get(address).text
    assert SERIES in page
    assert "danh sách được chốt khi khai mạc" in page
    assert page.index("Sửa đường vào thôn.") < page.index("Rà soát hộ nghèo.")
    assert "Báo cáo bị trả lại" in page
    secretary = world.actors["thuky"]
    later.do(secretary, "meeting.open")
    later.do(secretary, "meeting.close")
    page = browser.get(f"{address}?lang=en").text
    assert "Report returned" in page
    assert "fixed when the meeting is opened" not in page
    # Taken off the agenda, it is off the page.
    assert 'id="carried"' not in browser.get(f"/meetings/{earlier.id}").text
