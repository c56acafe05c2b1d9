"""Scorecards: how directives are carried out, by unit and by briefing, and what government's own
reports make of the same figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete, insert

from core.db import db, reading, writing
from minutes.followup.models import Share
from minutes.followup.scorecard import Asked, Counts, Scorecard, scorecard
from minutes.followup.status import days_late, status
from minutes.models import Directive, urgency
from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing, World

ClientFor = Callable[[str], FlaskClient]
PRESENT = datetime(2026, 11, 15, 3, tzinfo=UTC)
DAY = timedelta(days=1)
BEFORE, AFTER = PRESENT - 30 * DAY, PRESENT + 30 * DAY
# Deadline and completion of each of the four states of the reports.
DATES = {
    "done_on_time": (BEFORE, BEFORE - DAY),
    "done_late": (BEFORE, BEFORE + 3 * DAY),
    "in_time": (AFTER, None),
    "overdue": (BEFORE, None),
}


def enter(briefing: Briefing, unit_id: int, numbers: dict[str, int]) -> None:
    """So many directives in each state, straight into the database, and none besides."""
    rows: list[dict[str, Any]] = []
    for name, count in numbers.items():
        due_at, done_at = DATES[name]
        row = {
            "meeting_id": briefing.id,
            "text": "Việc.",
            "folded": "viec.",
            "state": "done" if done_at else "given",
            "done_at": done_at,
            "due_at": due_at,
            "at": BEFORE - 60 * DAY,
            "urgency": urgency(due_at, done_at),
            "revision": 1,
        }
        rows += [row] * count
    with briefing.app.app_context(), writing() as session:
        session.execute(delete(Share))
        session.execute(delete(Directive))
        session.execute(insert(Directive), rows)
        same = (Directive.state, Directive.done_at, Directive.meeting_id, Directive.at)
        copied = db.select(Directive.id, db.literal(unit_id), *same, Directive.due_at)
        names = ["directive_id", "unit_id", "state", "done_at", "meeting_id", "at", "due_at"]
        session.execute(insert(Share).from_select(names, copied))


def seen(briefing: Briefing, actor: Actor, present: datetime = PRESENT, **asked: Any) -> Scorecard:
    with briefing.app.app_context(), reading() as session:
        found = scorecard(session, actor, Asked(**asked), present)
        session.expunge_all()
        return found


def test_the_figures_of_the_governments_reports_come_out(
    live: Briefing, world: World, chu_toa: Actor
) -> None:
    # Report 1270/BC-TCTTTg: 21.914 = 16.051 (14.068; 1.983) + 5.863 (5.640; 223); 98,63 %.
    numbers = {"done_on_time": 14_068, "done_late": 1_983, "in_time": 5_640, "overdue": 223}
    enter(live, world.units["xa_mot"], numbers)
    found = seen(live, chu_toa)
    (line,) = found.units
    for counts in (found.total, line.counts, found.meetings[0].counts):
        assert (counts.total, counts.done, counts.open) == (21_914, 16_051, 5_863)
        assert {name: getattr(counts, name) for name in numbers} == numbers
        assert counts.percent == 98.63
        assert counts.percent_on_time == 64.2
    # Quảng Nam: 833 = 585 done + 67 in time + 181 overdue.
    enter(live, world.units["xa_mot"], {"done_on_time": 585, "in_time": 67, "overdue": 181})
    total = seen(live, chu_toa).total
    assert (total.total, total.done, total.in_time, total.overdue) == (833, 585, 67, 181)
    assert total.percent == 76.37
    # Each 30 days overdue.
    assert total.average_days_late == 30.0


@both_engines
def test_the_database_counts_as_the_rule_does(
    live: Briefing, world: World, chu_toa: Actor, khach: Actor
) -> None:
    whole = [timedelta(days=n) for n in (-40, -2, -1, 0, 1, 2, 365)]
    little = [timedelta(0), timedelta(milliseconds=1), -timedelta(milliseconds=1), DAY / 3]
    moments = [PRESENT + day + more for day in whole for more in little]
    dates = [(due, done) for due in [None, *moments] for done in [None, *moments]]
    enter(live, world.units["xa_mot"], {"in_time": len(dates)})
    with live.app.app_context(), writing() as session:
        keys = session.scalars(db.select(Directive.id).order_by(Directive.id))
        rows = [
            {"key": key, "due_at": due, "done_at": done}
            for key, (due, done) in zip(keys, dates, strict=True)
        ]
        for table, key in ((Directive.__table__, "id"), (Share.__table__, "directive_id")):
            statement = db.update(table).where(table.c[key] == db.bindparam("key"))
            session.connection().execute(
                statement.values(due_at=db.bindparam("due_at"), done_at=db.bindparam("done_at")),
                rows,
            )
    expected = Counter(status(due, done, PRESENT) for due, done in dates)
    late = sum(days_late(due, done, PRESENT) for due, done in dates)
    found = seen(live, chu_toa)
    assert found.total == Counts(**expected, days_late=late)
    assert found.units[0].counts == found.total
    nothing = seen(live, khach)
    assert (nothing.total, nothing.units, nothing.meetings) == (Counts(), [], [])


@both_engines
def test_each_leading_unit_is_counted_by_what_is_its_own(
    live: Briefing, world: World, thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor
) -> None:
    units, key = world.units, live.parts.directive
    leads = [units["cac_xa"], units["tai_chinh"]]
    named = {"lead_unit_ids": leads, "supporting_unit_ids": [], "due": "2199-Q1"}
    live.do(thu_ky, "directive.update", directive_id=key, **named)
    present = datetime.now(UTC)

    def rows() -> dict[int, Counts]:
        found = seen(live, chu_toa, present, meeting_id=live.id)
        assert [line.id for line in found.meetings] == [live.id]
        return {line.unit.id: line.counts for line in found.units} | {0: found.total}

    # A group stands for its members; in all it is one directive.
    one = Counts(in_time=1)
    expected = dict.fromkeys([units["xa_mot"], units["xa_hai"], units["tai_chinh"], 0], one)
    assert rows() == expected
    # Who has done its part is not late because others are.
    done = {"progress": 100, "text": "Xong.", "done": True}
    report = live.do(dai_bieu, "directive.report", directive_id=key, **done).result["id"]
    assert rows() == expected | {units["xa_mot"]: Counts(done_on_time=1)}
    live.do(thu_ky, "report.return", report_id=report, remarks="Thiếu số liệu.")
    back = Counts(in_time=1, returned=1)
    assert rows() == expected | {units["xa_mot"]: back, 0: back}
    live.do(dai_bieu, "extension.ask", directive_id=key, due="2199-Q2", reason="Mưa lũ.")
    asked = rows()
    assert [counts.extension_asked for counts in asked.values()] == [1, 1, 1, 1]
    # Another deadline, other units: the rows follow.
    live.do(thu_ky, "directive.update", directive_id=key, due=None)
    assert {(c.in_time, c.no_deadline) for c in rows().values()} == {(0, 1)}
    live.do(thu_ky, "directive.update", directive_id=key, lead_unit_ids=[units["xa_hai"]])
    assert set(rows()) == {units["xa_hai"], 0}
    # What a unit passes on is part of what it was given.
    told = {"text": "Báo cáo.", "lead_unit_ids": [units["xa_mot"]], "due": "2199-Q1"}
    other = live.do(thu_ky, "directive.add", **told).result["id"]
    live.do(thu_ky, "meeting.close")
    closed = rows()
    live.do(dai_bieu, "directive.pass_on", directive_id=other, unit_ids=[units["thon"]])
    assert rows() == closed


@both_engines
def test_it_is_asked_over_http(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor
) -> None:
    units = world.units
    for key in ("xa_hai", "tai_chinh"):
        told = {"text": "Báo cáo.", "lead_unit_ids": [units[key]], "due": "2199-Q1"}
        live.do(thu_ky, "directive.add", **told)
    client = client_for("daibieu")

    def answer(query: str = "") -> dict[str, Any]:
        found = client.get(f"/api/v1/directives/scorecard?{query}")
        assert found.status_code == 200, found.text
        body: dict[str, Any] = found.json
        assert abs(datetime.fromisoformat(body.pop("at")) - datetime.now(UTC)) < DAY
        return body

    whole = answer()
    assert whole["total"]["total"] == 4  # one more of the briefing that is closed
    assert [line["unit_id"] for line in whole["units"]] == [
        units[key] for key in ("tai_chinh", "xa_mot", "xa_hai")
    ]
    assert whole["units"][1]["percent"] == 0.0  # K'Đại's is overdue since June
    assert whole["units"][0]["percent"] is None
    assert [line["total"] for line in whole["meetings"]] == [3, 1]
    assert answer(f"meeting={live.id}")["total"]["total"] == 3
    communes = answer(f"kind=commune&meeting={live.id}")
    assert (communes["total"]["total"], len(communes["units"])) == (2, 2)
    today = datetime.now(UTC) + timedelta(hours=7)
    assert answer(f"given_from={today:%Y-%m-%d}&given_to={today:%Y-%m-%d}") == whole
    assert answer(f"given_from={today + DAY:%Y-%m-%d}")["units"] == []
    assert answer("given_to=2025-12-31")["total"]["percent"] is None
    for wrong in ("meeting=0", "given_from=2026-02-30", "given_to=x", "kind=planet"):
        refused = client.get(f"/api/v1/directives/scorecard?{wrong}")
        assert (refused.status_code, refused.json["code"]) == (422, "invalid"), wrong
    assert client_for("khach").get("/api/v1/directives/scorecard").json["units"] == []


def test_nobody_is_told_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/directives/scorecard").status_code == 401
