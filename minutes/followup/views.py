"""Pages: the register of directives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select

from core.db import db
from core.errors import Invalid
from core.schema import parse
from core.times import now
from meetings.access import visible_meetings
from meetings.models import Meeting, State
from minutes.followup.filters import DirectiveFilter
from minutes.followup.register import counts, fields, register
from people.actor import Actor
from people.directory import units_in_order
from people.login import current_actor
from people.models import Unit

bp = Blueprint("directives", __name__)

PER_PAGE = (20, 50, 100, 200)
# Meetings that the filter offers, the newest first.
OFFERED = 200
# What the top row counts, each with the argument of the filter that asks for it.
TOP_ROW = {
    "overdue": "status",
    "in_time": "status",
    "no_deadline": "status",
    "done_on_time": "status",
    "done_late": "status",
    "extension_asked": "state",
    "returned": "state",
}


@bp.get("/directives")
@login_required
def directives() -> str | tuple[str, int]:
    """The register: the directives of all meetings that one may see, filtered by the address."""
    actor, values = current_actor(), request.args.to_dict()
    try:
        asked = parse(DirectiveFilter, values)
    except Invalid as error:
        page = _register_page(actor, values, DirectiveFilter(), error=error)
        return page, error.status
    wanted, present = asked.wanted(), now()
    found = counts(db.session(), actor, wanted, present)
    lines, total = register(
        db.session(),
        actor,
        wanted,
        present,
        (asked.page - 1) * asked.per_page,
        asked.per_page,
        _counted(asked, found),
    )
    return _register_page(actor, values, asked, counts=found, lines=lines, total=total)


def _counted(asked: DirectiveFilter, found: dict[str, int]) -> int | None:
    """How many the top row has counted of just what is asked for."""
    if asked.status and asked.state:
        return None
    return found.get(asked.status or asked.state or "all")


def _register_page(
    actor: Actor,
    values: dict[str, str],
    asked: DirectiveFilter,
    *,
    counts: dict[str, int] | None = None,
    lines: Iterable[dict[str, Any]] = (),
    total: int = 0,
    error: Invalid | None = None,
) -> str:
    lines = list(lines)
    units = units_in_order(db.session())
    groups = db.session.scalars(
        select(Unit).where(Unit.kind == "group").order_by(Unit.position, Unit.id)
    ).all()
    every = [*groups, *(unit for unit, _depth in units)]

    def address(**changes: Any) -> str:
        kept = asked.asked() | {"per_page": asked.per_page if asked.per_page != 50 else None}
        return url_for("directives.directives", **kept | changes)

    return render_template(
        "minutes/directives.html",
        values=values,
        asked=asked,
        address=address,
        top_row=TOP_ROW,
        counts=counts,
        lines=lines,
        total=total,
        pages=max(1, -(-total // asked.per_page)),
        per_page=PER_PAGE,
        error=error,
        errors={each["field"]: each["message"] for each in error.errors} if error else {},
        units=units,
        groups=groups,
        names={unit.id: unit.short_name or unit.name for unit in every},
        meetings=_meetings(actor, asked.meeting, {line["meeting_id"] for line in lines}),
        fields=fields(db.session(), actor),
        my_unit_id=actor.unit_id,
    )


def _meetings(actor: Actor, chosen: int | None, shown: set[int]) -> dict[str, Any]:
    """The meetings that the filter offers, and the titles of those of the lines shown."""
    given = visible_meetings(actor).where(Meeting.state.in_((State.LIVE, State.CLOSED)))
    offered = list(
        db.session.scalars(given.order_by(Meeting.starts_at.desc(), Meeting.id).limit(OFFERED))
    )
    missing = (shown | {chosen} - {None}) - {meeting.id for meeting in offered}
    others = db.session.scalars(visible_meetings(actor).where(Meeting.id.in_(missing))).all()
    offered += [meeting for meeting in others if meeting.id == chosen]
    return {"offered": offered, "by_id": {each.id: each for each in (*offered, *others)}}
