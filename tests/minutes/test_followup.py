"""What becomes of a directive: read back, reported, extended, passed on, checked, returned."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core.db import reading, writing
from core.errors import Conflict, Forbidden, Invalid
from minutes.content import Content
from minutes.record import record_json
from minutes.verify import faults
from people.actor import Actor
from people.models import Unit
from tests.marks import both_engines
from tests.paper import content
from tests.world import Briefing, World

pytestmark = both_engines
InState = Callable[[str], Briefing]


def give_directive(live: Briefing, giver: Actor, **args: Any) -> int:
    values = {"text": "Báo cáo tiến độ.", "due": "2199-06-30"} | args
    made: int = live.do(giver, "directive.add", **values).result["id"]
    return made


def directive(briefing: Briefing, viewer: Actor, key: int) -> dict[str, Any]:
    return briefing.objects(viewer)[f"directive/{key}"]


def parts_of(briefing: Briefing, viewer: Actor, key: int) -> list[dict[str, Any]]:
    found = briefing.objects(viewer).items()
    return [t for k, t in found if k.startswith("directive/") and t.get("parent_id") == key]


def told(kind: str, briefing: Briefing, viewer: Actor) -> dict[str, Any]:
    made = Content.model_validate(content())
    found: dict[str, Any] = json.loads(record_json(kind, made, None, briefing.objects(viewer)))
    return found


def refused(
    error: type[Exception], briefing: Briefing, actor: Actor, name: str, **args: Any
) -> Any:
    before = briefing.revision
    with pytest.raises(error) as found:
        briefing.do(actor, name, **args)
    assert briefing.revision == before
    return found.value


def nothing_is_wrong(briefing: Briefing) -> None:
    with briefing.app.app_context(), reading() as session:
        assert list(faults(session)) == []


def test_units_say_whether_they_have_understood(
    live: Briefing, world: World, thu_ky: Actor, dai_bieu: Actor, dai_bieu_2: Actor
) -> None:
    key, units = live.parts.directive, world.units
    # Who supports is asked as well, but it waits for who leads.
    asked = live.do(
        dai_bieu_2, "directive.acknowledge", directive_id=key, reply="clarify", note="Chuẩn nào?"
    ).result
    assert (asked["unit_id"], asked["note"]) == (units["tai_chinh"], "Chuẩn nào?")
    assert asked["person_id"] == world.person("daibieu2")
    assert directive(live, thu_ky, key)["state"] == "given"
    first = live.do(dai_bieu, "directive.acknowledge", directive_id=key, reply="understood").result
    assert directive(live, dai_bieu_2, key)["state"] == "acknowledged"
    # The newest answer counts, and stands in the place of the one before.
    again = live.do(
        thu_ky,
        "directive.acknowledge",
        directive_id=key,
        unit_id=units["xa_mot"],
        reply="clarify",
    ).result
    assert (again["id"], again["person_id"]) == (first["id"], world.person("thuky"))
    assert directive(live, thu_ky, key)["state"] == "given"

    written = told("minutes", live, thu_ky)
    (one,) = written["meeting"]["directives"]
    answers = {each["unit"]["id"]: each["reply"] for each in one["acknowledgements"]}
    assert answers == {units["tai_chinh"]: "clarify", units["xa_mot"]: "clarify"}
    assert one["acknowledgements"][0]["at"] == asked["at"]
    notice = told("conclusions", live, thu_ky)
    assert "acknowledgements" not in notice["meeting"]["directives"][0]
    nothing_is_wrong(live)


def test_one_speaks_for_ones_own_unit(
    live: Briefing, world: World, thu_ky: Actor, dai_bieu: Actor, dai_bieu_2: Actor
) -> None:
    units, key = world.units, live.parts.directive
    report = {"directive_id": key, "progress": 10, "text": "Đang làm."}
    # Who only supports does not report; nobody answers for another unit.
    refused(Forbidden, live, dai_bieu_2, "directive.report", **report)
    for unit in ("tai_chinh", "xa_hai"):
        answer = {"directive_id": key, "unit_id": units[unit], "reply": "understood"}
        refused(Forbidden, live, dai_bieu, "directive.acknowledge", **answer)
    # The secretary notes for any that is named, and says which where there are several.
    wrong = refused(Invalid, live, thu_ky, "directive.report", **report, unit_id=units["tai_chinh"])
    assert wrong.errors[0]["field"] == "unit_id"
    refused(Invalid, live, thu_ky, "directive.acknowledge", directive_id=key, reply="understood")
    # What names nobody is for the chair's office to close.
    open_to_all = give_directive(live, thu_ky)
    answer = {"directive_id": open_to_all, "reply": "understood"}
    refused(Invalid, live, thu_ky, "directive.acknowledge", **answer)
    refused(Forbidden, live, dai_bieu, "directive.report", **report | {"directive_id": open_to_all})
    done = {"directive_id": open_to_all, "progress": 0, "text": "Xong.", "done": True}
    assert live.do(thu_ky, "directive.report", **done).result["unit_id"] is None
    assert directive(live, dai_bieu, open_to_all)["state"] == "done"
    # Twenty thousand letters are enough for a report.
    long = refused(Invalid, live, dai_bieu, "directive.report", **report | {"text": "việc " * 5000})
    assert "20000" in str(long.message)


def test_a_directive_is_done_when_every_leading_unit_is(
    live: Briefing, world: World, thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor
) -> None:
    key = give_directive(live, thu_ky, lead_unit_ids=[world.units["cac_xa"]])
    report = {"directive_id": key, "progress": 30, "text": "Đang làm."}
    live.do(dai_bieu, "directive.report", **report)
    assert directive(live, thu_ky, key)["progress"] == 15
    mine = live.do(dai_bieu, "directive.report", **report | {"done": True}).result
    seen = directive(live, thu_ky, key)
    assert (mine["progress"], seen["state"], seen["progress"]) == (100, "reported", 50)
    other = {"unit_id": world.units["xa_hai"], "text": "Đã xong.", "done": True}
    theirs = live.do(thu_ky, "directive.report", **report | other).result
    seen = directive(live, thu_ky, key)
    assert (seen["state"], seen["progress"], seen["done_at"]) == ("done", 100, theirs["at"])

    # One is not good enough: it is open again, until that unit has reported anew.
    back = live.do(chu_toa, "report.return", report_id=mine["id"], remarks="Thiếu biểu.").result
    assert (back["decision"], back["remarks"]) == ("returned", "Thiếu biểu.")
    seen = directive(live, dai_bieu, key)
    assert (seen["state"], "done_at" in seen) == ("returned", False)
    twice = refused(
        Conflict, live, thu_ky, "report.return", report_id=mine["id"], remarks="Thiếu biểu."
    )
    assert twice.current == back
    partly = live.do(dai_bieu, "directive.report", **report).result
    refused(Conflict, live, thu_ky, "report.check", report_id=partly["id"])
    anew = live.do(dai_bieu, "directive.report", **report | {"done": True}).result
    stale = refused(Conflict, live, thu_ky, "report.check", report_id=mine["id"])
    assert stale.current == anew
    for report_id in (anew["id"], theirs["id"]):
        live.do(chu_toa, "report.check", report_id=report_id)
    assert directive(live, thu_ky, key)["state"] == "checked"
    refused(Conflict, live, dai_bieu, "directive.report", **report)
    refused(Conflict, live, thu_ky, "directive.remove", directive_id=key)
    nothing_is_wrong(live)


def test_a_later_deadline_is_asked_for_and_decided(
    in_state: InState, thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor
) -> None:
    closed = in_state("closed")
    key = closed.parts.directive  # due in the second quarter of 2026, which is over
    ask = {"directive_id": key, "due": "2199-06-30", "reason": "Mưa lũ."}
    for due in ("ongoing", "2026-07-01", "2026-05"):
        wrong = refused(Invalid, closed, dai_bieu, "extension.ask", **ask | {"due": due})
        assert wrong.errors[0]["field"] == "due"
    first = closed.do(dai_bieu, "extension.ask", **ask).result
    assert (first["state"], first["previous_due"]) == ("asked", "2026-Q2")
    assert directive(closed, thu_ky, key)["extension_asked"] is True
    assert refused(Conflict, closed, dai_bieu, "extension.ask", **ask).current == first
    decide = {"extension_id": first["id"], "decision": "refused", "reason": "Việc gấp."}
    refused(Forbidden, closed, dai_bieu, "extension.decide", **decide)
    closed.do(chu_toa, "extension.decide", **decide)
    seen = directive(closed, thu_ky, key)
    assert (seen["due"], "extension_asked" in seen) == ("2026-Q2", False)
    refused(Conflict, closed, chu_toa, "extension.decide", **decide)

    second = closed.do(dai_bieu, "extension.ask", **ask).result
    grant = {"extension_id": second["id"], "decision": "granted", "reason": "Một tháng là đủ."}
    refused(Invalid, closed, chu_toa, "extension.decide", **grant, due="2026-06-01")
    granted = closed.do(chu_toa, "extension.decide", **grant, due="2199-05").result
    assert (granted["due"], granted["previous_due"]) == ("2199-05", "2026-Q2")
    assert granted["decided_by_id"] == chu_toa.person_id
    assert directive(closed, dai_bieu, key)["due"] == "2199-05"
    done = {"directive_id": key, "progress": 100, "text": "Đã xong.", "done": True}
    closed.do(dai_bieu, "directive.report", **done)
    refused(Conflict, closed, dai_bieu, "extension.ask", **ask | {"due": "2199-12"})
    nothing_is_wrong(closed)


def test_what_is_passed_on_is_done_when_all_its_parts_are(
    live: Briefing, world: World, thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor
) -> None:
    units = world.units
    key = give_directive(live, thu_ky, lead_unit_ids=[units["huyen"]])
    pass_on = {"directive_id": key, "unit_ids": [units["xa_mot"], units["xa_hai"]]}
    refused(Conflict, live, thu_ky, "directive.pass_on", **pass_on)  # it may yet be reworded
    live.do(thu_ky, "meeting.close")
    refused(Forbidden, live, dai_bieu, "directive.pass_on", **pass_on)
    for wrong in (
        {"unit_ids": [units["huyen"]]},
        {"unit_ids": [units["cac_xa"]]},
        {"due": "2199-07-01"},
        {"due": "ongoing"},
    ):
        found = refused(Invalid, live, chu_toa, "directive.pass_on", **pass_on | wrong)
        assert found.errors[0]["field"] == next(iter(wrong))
    with live.app.app_context(), writing() as session:
        session.get_one(Unit, units["xa_hai"]).valid_to = date(2025, 6, 30)
    gone = refused(Invalid, live, chu_toa, "directive.pass_on", **pass_on)
    assert "UBND xã Quảng Hòa" in str(gone.message)
    with live.app.app_context(), writing() as session:
        session.get_one(Unit, units["xa_hai"]).valid_to = None

    live.do(chu_toa, "directive.pass_on", **pass_on)
    refused(Conflict, live, chu_toa, "directive.pass_on", **pass_on)
    direct = {"directive_id": key, "progress": 100, "text": "Xong.", "done": True}
    refused(Conflict, live, chu_toa, "directive.report", **direct)
    parts = {thing["lead_unit_ids"][0]: thing["id"] for thing in parts_of(live, dai_bieu, key)}
    assert parts.keys() == {units["xa_mot"], units["xa_hai"]}
    # The commune gives its part on to its village, and speaks for it.
    mine = {"directive_id": parts[units["xa_mot"]], "due": "2199-06-01"}
    live.do(dai_bieu, "directive.pass_on", **mine, unit_ids=[units["thon"]])
    (village,) = parts_of(live, thu_ky, mine["directive_id"])
    assert (village["due"], village["passed_on_by_unit_id"]) == ("2199-06-01", units["xa_mot"])
    # No part gets more time than the whole has.
    ask = {"directive_id": village["id"], "unit_id": units["thon"], "reason": "Mưa lũ."}
    late = refused(Invalid, live, dai_bieu, "extension.ask", **ask, due="2199-12")
    assert late.errors[0]["field"] == "due"
    live.do(dai_bieu, "extension.ask", **ask, due="2199-06-20")
    live.do(dai_bieu, "directive.report", **direct | {"directive_id": village["id"]})
    assert directive(live, thu_ky, mine["directive_id"])["state"] == "done"
    seen = directive(live, thu_ky, key)
    assert (seen["state"], seen["progress"]) == ("reported", 50)
    live.do(chu_toa, "directive.report", **direct | {"directive_id": parts[units["xa_hai"]]})
    assert directive(live, thu_ky, key)["state"] == "done"
    # On paper stands what the chair has given.
    written = told("directives", live, thu_ky)
    assert len(written["meeting"]["directives"]) == 2
    nothing_is_wrong(live)


def test_a_part_is_taken_back_while_nobody_has_answered_it(
    in_state: InState, world: World, thu_ky: Actor, dai_bieu: Actor, dai_bieu_2: Actor
) -> None:
    closed, units = in_state("closed"), world.units
    key = closed.parts.directive
    pass_on = {"directive_id": key, "unit_ids": [units["thon"]]}
    refused(Conflict, closed, dai_bieu, "directive.take_back", directive_id=key)
    closed.do(dai_bieu, "directive.pass_on", **pass_on)
    (part,) = parts_of(closed, thu_ky, key)
    take = {"directive_id": part["id"]}
    # Whoever did not pass it on has nothing to take back.
    refused(Forbidden, closed, dai_bieu_2, "directive.take_back", **take)
    answer = {"directive_id": part["id"], "reply": "clarify", "note": "Thôn nào?"}
    whole = closed.do(dai_bieu, "directive.take_back", **take).result
    assert (whole["id"], parts_of(closed, thu_ky, key)) == (key, [])
    # It may be reported on directly again, or given to the same village once more.
    closed.do(dai_bieu, "directive.pass_on", **pass_on)
    (part,) = parts_of(closed, thu_ky, key)
    closed.do(dai_bieu, "directive.acknowledge", **answer | {"directive_id": part["id"]})
    kept = refused(Conflict, closed, dai_bieu, "directive.take_back", directive_id=part["id"])
    assert kept.current["id"] == part["id"]
    nothing_is_wrong(closed)


def test_what_a_directive_is_about_is_said_at_any_time(
    in_state: InState, thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor
) -> None:
    live, closed = in_state("live"), in_state("closed")
    made = live.do(thu_ky, "directive.add", text="Tiêm phòng.", field="  Y \n tế ").result
    assert made["field"] == "Y tế"
    changed = live.do(thu_ky, "directive.update", directive_id=made["id"], field="").result
    assert "field" not in changed
    about = {"directive_id": closed.parts.directive, "field": "Giảm nghèo"}
    refused(Forbidden, closed, dai_bieu, "directive.classify", **about)
    long = refused(Invalid, closed, chu_toa, "directive.classify", **about | {"field": "y" * 101})
    assert long.errors[0]["field"] == "field"
    assert closed.do(chu_toa, "directive.classify", **about).result["field"] == "Giảm nghèo"
    assert directive(closed, dai_bieu, about["directive_id"])["field"] == "Giảm nghèo"
    nothing_is_wrong(closed)
