"""The register of directives: how each stands by its dates, in which order, and for whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient

from core.db import db, writing
from minutes.due import last_moment
from minutes.followup.register import Wanted, counts, fields, register
from minutes.followup.status import StatusName, days_late, status
from minutes.models import Directive, DirectiveUnit
from people.actor import Actor
from tests.marks import both_engines
from tests.meetings.test_pages import counted
from tests.world import STARTS_AT, Briefing, World

ClientFor = Callable[[str], FlaskClient]
PRESENT = datetime(2026, 11, 15, 3, tzinfo=UTC)
OCTOBER = last_moment("2026-10-31")
DECEMBER = last_moment("2026-12-31")
assert OCTOBER is not None
assert DECEMBER is not None
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("due_at", "done_at", "expected", "late"),
    [
        (None, None, "no_deadline", 0),
        (None, PRESENT, "done_on_time", 0),
        (DECEMBER, None, "in_time", 0),
        (PRESENT, None, "in_time", 0),  # until its last moment
        (PRESENT - SECOND, None, "overdue", 1),
        (OCTOBER, None, "overdue", 15),
        (OCTOBER, OCTOBER, "done_on_time", 0),
        (OCTOBER, OCTOBER + SECOND, "done_late", 1),
        (OCTOBER, OCTOBER + timedelta(days=3), "done_late", 3),
    ],
)
def test_how_a_directive_stands_follows_from_its_dates(
    due_at: datetime | None, done_at: datetime | None, expected: str, late: int
) -> None:
    assert status(due_at, done_at, PRESENT) == expected
    assert days_late(due_at, done_at, PRESENT) == late


def enter(briefing: Briefing, unit_id: int, count: int = 1) -> None:
    """Directives with every pair of deadline and completion, straight into the database."""
    dues = (None, "ongoing", "2026-10-31", "2026-11-01", "2026-12-31")
    done = (None, OCTOBER, PRESENT - SECOND)
    with briefing.app.app_context(), writing() as session:
        for number, (due, done_at) in enumerate([*product(dues, done)] * count):
            directive = Directive(
                meeting_id=briefing.id,
                text=f"Việc {number}: 50% hộ ở Đắk R’Măng",
                due=due,
                done_at=done_at,
                state="done" if done_at else "given",
                at=PRESENT,
            )
            directive.units = [DirectiveUnit(unit_id=unit_id, leads=True, position=1)]
            session.add(directive)


def listed(briefing: Briefing, actor: Actor, **wanted: Any) -> list[dict[str, Any]]:
    with briefing.app.app_context():
        lines, total = register(db.session(), actor, Wanted(**wanted), PRESENT, 0, 500)
    assert len(lines) == total
    return lines


@both_engines
def test_the_database_sorts_and_says_how_they_stand_as_the_rule_does(
    live: Briefing, world: World, dai_bieu: Actor, khach: Actor
) -> None:
    enter(live, world.units["cac_xa"])
    everything = listed(live, dai_bieu, meeting_id=live.id)
    assert len(everything) == 16
    for name in get_args(StatusName):
        expected = [line for line in everything if line["status"] == name]
        assert expected, name
        assert listed(live, dai_bieu, meeting_id=live.id, status=name) == expected

    def rank(line: dict[str, Any]) -> tuple[int, Any]:
        if "done_at" in line:
            return 3, -datetime.fromisoformat(line["done_at"]).timestamp()
        due_at = last_moment(line["due"])
        return (1, due_at.timestamp()) if due_at else (2, 0)

    assert everything == sorted(everything, key=rank)
    assert [line["days_late"] for line in everything[:2]] == [137 + 1, 15]
    # Who names a group names its members; marks and signs are no more than letters.
    assert len(listed(live, dai_bieu, unit_id=world.units["xa_hai"])) == 15
    assert len(listed(live, dai_bieu, words="50% HO O DAK R'MANG")) == 15
    assert listed(live, dai_bieu, words="5_% ho") == []
    assert listed(live, khach) == []


@both_engines
def test_a_page_takes_the_same_statements_however_much_there_is(
    live: Briefing, world: World, client_for: ClientFor
) -> None:
    client = client_for("daibieu")
    address = f"/api/v1/directives?unit={world.units['xa_mot']}&per_page=200"
    page = f"/directives?unit={world.units['xa_mot']}&per_page=200"
    with counted(live.app) as few:
        assert client.get(address).json["total"] == 2
    with counted(live.app) as few_shown:
        assert client.get(page).status_code == 200
    enter(live, world.units["xa_mot"], count=4)
    with counted(live.app) as many:
        assert client.get(address).json["total"] == 62
    assert len(many) == len(few)
    with counted(live.app) as many_shown:
        assert len(re.findall(r'href="/directives/[0-9]+"', client.get(page).text)) == 62
    assert len(many_shown) == len(few_shown)


@both_engines
def test_it_is_asked_over_http(
    live: Briefing, client_for: ClientFor, world: World, dai_bieu: Actor
) -> None:
    client, key = client_for("daibieu"), live.parts.directive
    live.do(dai_bieu, "extension.ask", directive_id=key, due="2199-Q1", reason="Mưa lũ.")

    def found(query: str) -> list[int]:
        answer = client.get(f"/api/v1/directives?{query}")
        assert answer.status_code == 200, answer.text
        return [line["id"] for line in answer.json["items"]]

    assert found("state=extension_asked") == [key]
    assert found(f"meeting={live.id}&status=overdue") == [key]
    assert found("status=in_time") == []
    done = {"directive_id": key, "progress": 100, "text": "Xong.", "done": True}
    live.do(dai_bieu, "directive.report", **done)
    assert found("status=done_late") == found("state=done") == [key]
    assert found("")[-1] == key
    for wrong in (
        *("status=late", "meeting=0", "meeting=x", "unit=1.5", "below=perhaps"),
        *("due_from=2026-02-30", "given_to=1-2-2026", "due_before=9999-12-31", "given_from=x"),
    ):
        answer = client.get(f"/api/v1/directives?{wrong}")
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), wrong


@both_engines
def test_it_is_narrowed_by_units_below_by_field_and_by_days(
    live: Briefing, client_for: ClientFor, world: World, thu_ky: Actor, dai_bieu_2: Actor
) -> None:
    units, key = world.units, live.parts.directive
    group = live.do(
        thu_ky,
        "directive.add",
        text="Tiêm phòng.",
        lead_unit_ids=[units["cac_xa"]],
        due="2026-04-10",
        field="Y tế",
    ).result["id"]
    village = live.do(
        thu_ky, "directive.add", text="Họp thôn.", lead_unit_ids=[units["thon"]], field="Y tế"
    ).result["id"]
    with live.app.app_context(), writing() as session:
        session.get_one(Directive, group).at = STARTS_AT
    clarify = {"directive_id": key, "reply": "clarify", "note": "Chuẩn nào?"}
    live.do(dai_bieu_2, "directive.acknowledge", **clarify)
    client = client_for("quansat")

    def found(query: str) -> set[int]:
        answer = client.get(f"/api/v1/directives?meeting={live.id}&{query}")
        assert answer.status_code == 200, answer.text
        return {line["id"] for line in answer.json["items"]}

    assert found(f"unit={units['xa_mot']}") == {key, group}
    assert found(f"unit={units['xa_mot']}&below=true") == {key, group, village}
    # A group alone is who names it; with its members it is whoever names one of them.
    assert found(f"unit={units['cac_xa']}") == {group}
    assert found(f"unit={units['cac_xa']}&below=1") == {group, key}
    assert found("field=Y+tế&q=hop") == {village}
    assert found("unit=&field=&due_from=&given_to=&meeting=") >= {key, group, village}
    assert found("state=clarify_asked") == {key}
    assert found("due_from=2026-04-10&due_before=2026-04-11") == {group}
    assert found("due_before=2026-04-10") == set()
    assert found("given_from=2026-03-02&given_to=2026-03-02") == {group}
    assert found("given_to=2026-03-01") == set()


@both_engines
@pytest.mark.parametrize("narrowed", ["", "meeting", "unit", "words"])
def test_the_top_row_counts_what_the_register_lists(
    live: Briefing, world: World, thu_ky: Actor, dai_bieu: Actor, khach: Actor, narrowed: str
) -> None:
    enter(live, world.units["xa_hai"])
    ask = {"directive_id": live.parts.directive, "due": "2199-Q1", "reason": "Mưa lũ."}
    live.do(dai_bieu, "extension.ask", **ask)
    report = {"directive_id": live.parts.directive, "progress": 90, "text": "Gần xong."}
    made = live.do(dai_bieu, "directive.report", **report).result
    live.do(thu_ky, "report.return", report_id=made["id"], remarks="Thiếu biểu.")
    ways: dict[str, dict[str, Any]] = {
        "meeting": {"meeting_id": live.id},
        "unit": {"unit_id": world.units["xa_hai"]},
        "words": {"words": "hộ"},
    }
    way = ways.get(narrowed, {})
    with live.app.app_context():
        wanted = Wanted(**way, status="overdue", state="given")
        found = counts(db.session(), dai_bieu, wanted, PRESENT)
        assert set(counts(db.session(), khach, wanted, PRESENT).values()) == {0}
    assert found.pop("all") == len(listed(live, dai_bieu, **way)) > 0
    for name in ("extension_asked", "returned"):
        assert found.pop(name) == len(listed(live, dai_bieu, **way, state=name)), name
    assert set(found) == set(get_args(StatusName))
    for name, number in found.items():
        assert number == len(listed(live, dai_bieu, **way, status=name)), name
    for name in ("extension_asked", "returned"):
        assert [line["id"] for line in listed(live, dai_bieu, state=name)] == [live.parts.directive]


@both_engines
def test_a_far_page_goes_on_where_the_one_before_it_ends(
    live: Briefing, world: World, dai_bieu: Actor
) -> None:
    enter(live, world.units["xa_hai"])
    with live.app.app_context():
        for wanted in (Wanted(), Wanted(unit_id=world.units["xa_hai"]), Wanted(words="ho")):
            parts = [
                register(db.session(), dai_bieu, wanted, PRESENT, start, 4)
                for start in range(0, 20, 4)
            ]
            lines = [line for part, _total in parts for line in part]
            assert {total for _part, total in parts} == {len(lines)}
            assert lines == register(db.session(), dai_bieu, wanted, PRESENT, 0, 500)[0]


@both_engines
def test_what_directives_are_about_is_offered_once_to_whoever_sees_them(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor, khach: Actor
) -> None:
    def offered(actor: Actor) -> list[str]:
        with live.app.app_context():
            return fields(db.session(), actor)

    before = offered(dai_bieu)
    for about in ("Y tế", "Đất đai", "Y tế", None, "An ninh"):
        live.do(thu_ky, "directive.add", text="Việc.", field=about)
    assert set(offered(dai_bieu)) == {*before, "An ninh", "Đất đai", "Y tế"}
    assert len(offered(dai_bieu)) == len(set(offered(dai_bieu)))
    assert offered(khach) == []
