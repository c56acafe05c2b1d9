"""How earlier directives stood when a meeting closed: an appendix of its minutes that stays as it
was, whatever is done afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from core.db import db, reading
from meetings.models import Meeting
from minutes.followup.past import stood
from minutes.record import DocumentOut
from people.actor import Actor
from tests.marks import both_engines
from tests.world import STARTS_AT, Briefing, World, schedule

ClientFor = Callable[[str], FlaskClient]


def held(live: Briefing, world: World, days: int) -> Briefing:
    """A later briefing, opened and closed now."""
    made = schedule(
        live.app,
        world.actors,
        code=f"GB-{days}",
        starts_at=STARTS_AT + timedelta(days=days),
        ends_at=STARTS_AT + timedelta(days=days, hours=1),
    )
    for name in ("meeting.open", "meeting.close"):
        made.do(world.actors["thuky"], name)
    return made


def told(briefing: Briefing) -> Any:
    with briefing.app.app_context(), reading() as session:
        found = stood(session, session.get_one(Meeting, briefing.id))
    return found.get(f"scorecard/{briefing.id}")


def counts(of: Any) -> dict[str, int]:
    """The states that there are."""
    names = ("done_on_time", "done_late", "in_time", "overdue", "no_deadline", "returned")
    return {name: of[name] for name in names if of[name]}


@both_engines
def test_what_is_done_after_the_close_changes_nothing_of_it(
    live: Briefing, world: World, thu_ky: Actor, dai_bieu: Actor, dai_bieu_2: Actor
) -> None:
    units = world.units

    def give(key: str, due: str | None) -> int:
        args = {"text": "Báo cáo.", "lead_unit_ids": [units[key]], "due": due}
        found: int = live.do(thu_ky, "directive.add", **args).result["id"]
        return found

    def report(actor: Actor, key: int) -> int:
        done = {"directive_id": key, "progress": 100, "text": "Xong.", "done": True}
        found: int = live.do(actor, "directive.report", **done).result["id"]
        return found

    group, late, passed = give("cac_xa", "2199-Q1"), live.parts.directive, give("xa_mot", "2199-Q1")
    good, bad = give("tai_chinh", None), give("tai_chinh", "2199-Q1")
    report(dai_bieu_2, good)
    wrong = report(dai_bieu_2, bad)
    report(dai_bieu, group)
    live.do(thu_ky, "meeting.close")
    live.do(dai_bieu, "directive.pass_on", directive_id=passed, unit_ids=[units["thon"]])
    first = held(live, world, 7)
    before = told(first)
    # One more is that of the briefing that is closed; both are overdue.
    assert counts(before["total"]) == {"done_on_time": 2, "in_time": 2, "overdue": 2}
    assert {each["unit_id"]: counts(each) for each in before["units"]} == {
        units["tai_chinh"]: {"done_on_time": 2},
        units["xa_mot"]: {"done_on_time": 1, "in_time": 1, "overdue": 2},
        units["xa_hai"]: {"in_time": 1},
    }
    assert [each["unit_id"] for each in before["units"]] == [
        units[key] for key in ("tai_chinh", "xa_mot", "xa_hai")
    ]
    # Returned, granted more time twice, done, also by the village it was passed on to: later.
    live.do(thu_ky, "report.return", report_id=wrong, remarks="Thiếu số liệu.")
    for due in ("2199-Q2", "2199-Q3"):
        asked = {"directive_id": late, "due": due, "reason": "Mưa lũ."}
        key = live.do(dai_bieu, "extension.ask", **asked).result["id"]
        live.do(thu_ky, "extension.decide", extension_id=key, decision="granted", reason="Có lý.")
    parts = [v for v in live.objects(thu_ky).values() if v.get("parent_id") == passed]
    report(dai_bieu, parts[0]["id"])
    assert told(first) == before
    second = held(live, world, 14)
    assert counts(told(second)["total"]) == {
        "done_on_time": 2,
        "in_time": 3,
        "overdue": 1,
        "returned": 1,
    }
    # It is the chair's; what was given later is none of it, nor is anything before the close.
    with live.app.app_context(), reading() as session:
        assert stood(session, session.get_one(Meeting, live.id)) == {}
    second.do(thu_ky, "meeting.reopen", reason="Còn việc.")
    assert told(second) is None
    with live.app.app_context():
        db.session.remove()


def test_the_minutes_show_it_as_an_appendix(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor
) -> None:
    later = held(live, world, 7)
    client = client_for("daibieu")
    answer = client.get(f"/api/v1/meetings/{later.id}/documents/minutes.json")
    found = json.loads(answer.data)
    DocumentOut.model_validate(found)
    (appendix,) = found["content"]["appendices"]
    assert appendix["title"] == "Tình hình thực hiện chỉ đạo"
    assert "UBND xã Đắk R'Măng</td><td>2</td><td>0</td><td>0</td><td>0</td><td>2</td>" in (
        appendix["body"].replace("&#39;", "'")
    )
    assert "Tổng số 2 chỉ đạo: đã hoàn thành 0 (đúng hạn 0; quá hạn 0)" in appendix["body"]
    assert "tỷ lệ hoàn thành 0,00%." in appendix["body"]
    assert "tại Phụ lục kèm theo biên bản này" in found["content"]["body"]
    scorecard = found["meeting"]["scorecard"]
    assert (scorecard["total"]["overdue"], scorecard["units"][0]["unit"]["name"]) == (
        2,
        "UBND xã Đắk R'Măng",
    )
    # A draft holds it from the close on, with nothing more to take in.
    drafted = later.do(thu_ky, "document.compose", kind="minutes").result["id"]
    merge = client_for("thuky").get(f"/api/v1/meetings/{later.id}/documents/{drafted}/merge")
    assert merge.json["pending"] is False
    assert len(merge.json["content"]["appendices"]) == 1
