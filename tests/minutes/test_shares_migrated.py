"""Shares as a database gets them that was filled before there were any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask_migrate
from sqlalchemy import select

from core.db import db
from minutes.followup.models import Share
from tests.marks import both_engines
from tests.world import Briefing, World


def shares(briefing: Briefing) -> list[tuple[Any, ...]]:
    columns = list(Share.__table__.columns)
    with briefing.app.app_context():
        order = (Share.directive_id, Share.unit_id)
        return [tuple(row) for row in db.session.execute(select(*columns).order_by(*order))]


@both_engines
def test_a_database_from_before_gets_the_same_shares(
    in_state: Callable[[str], Briefing], world: World
) -> None:
    closed, secretary, units = in_state("closed"), world.actors["thuky"], world.units
    closed.do(secretary, "meeting.reopen", reason="Ghi sót.")

    def give(*leads: str, **more: Any) -> int:
        told = {"text": "Rà soát.", "lead_unit_ids": [units[key] for key in leads], **more}
        return int(closed.do(secretary, "directive.add", **told).result["id"])

    group, two, whole = give("cac_xa"), give("xa_mot", "tai_chinh"), give("xa_mot", "huyen")
    again, waits = give("xa_mot"), give("xa_mot", due="2199-12-31")
    give()
    closed.do(secretary, "meeting.close")

    def report(directive_id: int, unit: str | None = None, done: bool = True) -> int:
        values = {"directive_id": directive_id, "progress": 40, "text": "Đã làm.", "done": done}
        of = {"unit_id": units[unit]} if unit else {}
        return int(closed.do(secretary, "directive.report", **values, **of).result["id"])

    def pass_on(directive_id: int, by: str, *below: str) -> list[int]:
        values = {"directive_id": directive_id, "unit_id": units[by]}
        known = closed.objects(secretary).keys()
        keys = [units[key] for key in below]
        closed.do(secretary, "directive.pass_on", **values, unit_ids=keys)
        new = closed.objects(secretary).keys() - known
        return [int(key.partition("/")[2]) for key in sorted(new) if key.startswith("directive/")]

    report(group, "xa_mot")
    closed.do(secretary, "report.return", report_id=report(two, "tai_chinh"), remarks="Thiếu.")
    understood = {"directive_id": two, "unit_id": units["xa_mot"], "reply": "understood"}
    closed.do(secretary, "directive.acknowledge", **understood)
    (part,) = pass_on(whole, "xa_mot", "thon")
    closed.do(secretary, "report.check", report_id=report(part))
    parts = pass_on(whole, "huyen", "van_phong", "tai_chinh")
    report(parts[0], done=False)
    (part,) = pass_on(again, "xa_mot", "thon")
    closed.do(secretary, "report.return", report_id=report(part), remarks="Thiếu.")
    (part,) = pass_on(waits, "xa_mot", "thon")
    closed.do(secretary, "directive.acknowledge", directive_id=part, reply="understood")

    before = shares(closed)
    assert {row[2] for row in before} == {
        *("given", "acknowledged", "reported", "returned", "done", "checked"),
    }
    with closed.app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0012")
        flask_migrate.upgrade()
    assert shares(closed) == before
