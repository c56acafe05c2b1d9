"""The meetings and the deadlines that somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from meetings.access import visible_meetings
from meetings.models import LogRow, Meeting, Participant
from minutes.models import Directive, DirectiveUnit
from people.actor import Actor
from people.directory import units_of
from people.models import Unit

# As many meetings, and as many deadlines, are shown: the newest.
MOST = 1000


@dataclass(frozen=True)
class Shown:
    """A meeting, or a directive with its deadline, and when it was last changed."""

    meeting: Meeting
    changed_at: datetime
    directive: Directive | None = None


def meetings_between(
    session: Session, actor: Actor, start: datetime | None = None, end: datetime | None = None
) -> list[Shown]:
    """The meetings that the actor may see and that begin from `start` on, before `end`; all where
    these are None."""
    rows = session.execute(
        visible_meetings(actor)
        .add_columns(LogRow.at)
        .join(LogRow, and_(LogRow.meeting_id == Meeting.id, LogRow.revision == Meeting.revision))
        .where(
            *([Meeting.starts_at >= start] if start else []),
            *([Meeting.starts_at < end] if end else []),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(MOST)
    )
    return [Shown(meeting, at) for meeting, at in rows][::-1]


def deadlines_between(
    session: Session,
    actor: Actor,
    unit_ids: set[int],
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Shown]:
    """The open directives with a deadline that these units lead and the actor may see.

    Args:
        session: to read with.
        actor: who looks.
        unit_ids: units, with the groups that they belong to.
        start: deadlines that end from here on; None: all that are open.
        end: and before this moment.
    """
    led = select(DirectiveUnit.directive_id).where(
        DirectiveUnit.leads, DirectiveUnit.unit_id.in_(unit_ids)
    )
    changed = and_(LogRow.meeting_id == Directive.meeting_id, LogRow.revision == Directive.revision)
    rows = session.execute(
        visible_meetings(actor)
        .add_columns(LogRow.at, Directive)
        .join(Directive, Directive.meeting_id == Meeting.id)
        .outerjoin(LogRow, changed)
        .where(
            Directive.id.in_(led),
            Directive.done_at.is_(None),
            Directive.due_at.is_not(None),
            *([Directive.due_at >= start] if start else []),
            *([Directive.due_at < end] if end else []),
        )
        .order_by(Directive.due_at.desc(), Directive.id)
        .limit(MOST)
    )
    found = [Shown(meeting, at or directive.at, directive) for meeting, at, directive in rows]
    return found[::-1]


def my_units(session: Session, actor: Actor) -> list[Unit]:
    """One's own unit, and those that one sits for in meetings."""
    seats = visible_meetings(actor).with_only_columns(Participant.unit_id)
    mine = Unit.id.in_(seats) | (Unit.id == (actor.unit_id or 0))
    return list(session.scalars(select(Unit).where(mine, Unit.kind != "group").order_by(Unit.id)))


def with_groups(session: Session, units: list[Unit]) -> set[int]:
    """The ids of units, and of the groups that they belong to."""
    return {key for unit in units for key in units_of(session, unit.id)}
