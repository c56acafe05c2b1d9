"""The register: the directives of every meeting that one may see, as an office sorts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.text import fold
from meetings.access import visible_meetings
from meetings.models import Meeting
from minutes.followup.status import days_late, has_status, status
from minutes.models import Directive, DirectiveUnit
from people.actor import Actor
from people.directory import units_of


@dataclass(frozen=True)
class Wanted:
    """Which directives; what is left out does not matter.

    Attributes:
        unit_id: leads or supports, by itself or as a member of a group.
        meeting_id: was held there.
        state: as the directive says, or `extension_asked`.
        status: as `minutes.followup.status` says it.
        due_before: its deadline ends before this moment.
        words: in its text, marks ignored.
    """

    unit_id: int | None = None
    meeting_id: int | None = None
    state: str = ""
    status: str = ""
    due_before: datetime | None = None
    words: str = ""


def register(
    session: Session, actor: Actor, wanted: Wanted, present: datetime, start: int, count: int
) -> tuple[list[dict[str, Any]], int]:
    """A part of the register, and how many directives there are in all: the longest overdue first,
    then by deadline, then those without one, then what is done, the newest first.

    Args:
        session: to read with.
        actor: who looks.
        wanted: which directives.
        present: the moment at which something is late.
        start: how many to pass over.
        count: how many to return; each is its public object with `status` and `days_late`.
    """
    wheres = _conditions(session, actor, wanted, present)
    total = session.scalar(select(func.count(Directive.id)).where(*wheres)) or 0
    order = (Directive.urgency, Directive.id)
    # First the page, out of the index alone; then the texts of that page.
    page = select(Directive.id).where(*wheres).order_by(*order).limit(count).offset(start)
    rows = session.scalars(select(Directive).where(Directive.id.in_(page)).order_by(*order))
    return [_line(directive, present) for directive in rows], total


def _line(directive: Directive, present: datetime) -> dict[str, Any]:
    dates = (directive.due_at, directive.done_at, present)
    return directive.public() | {"status": status(*dates), "days_late": days_late(*dates)}


def _conditions(
    session: Session, actor: Actor, wanted: Wanted, present: datetime
) -> list[ColumnElement[bool]]:
    mine = visible_meetings(actor).with_only_columns(Meeting.id)
    found: list[ColumnElement[bool]] = [Directive.meeting_id.in_(mine)]
    if wanted.unit_id is not None:
        named = select(DirectiveUnit.directive_id).where(
            DirectiveUnit.unit_id.in_(units_of(session, wanted.unit_id))
        )
        found.append(Directive.id.in_(named))
    if wanted.meeting_id is not None:
        found.append(Directive.meeting_id == wanted.meeting_id)
    if wanted.state == "extension_asked":
        found.append(Directive.extension_asked.is_(True))
    elif wanted.state:
        found.append(Directive.state == wanted.state)
    if wanted.status:
        found.append(has_status(wanted.status, present))
    if wanted.due_before is not None:
        found.append(Directive.due_at < wanted.due_before)
    if wanted.words:
        found.append(Directive.folded.contains(fold(wanted.words), autoescape=True))
    return found
