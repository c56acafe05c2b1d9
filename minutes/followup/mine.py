"""What the start page says of directives: one's unit's work, and what waits for whoever leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.times import vietnam
from meetings.models import Meeting
from minutes.due import last_moment
from minutes.followup.register import Wanted, counts, how_many, register
from people.actor import Actor
from people.directory import units_of
from people.models import Unit

# Of each kind; the register has the rest.
SHOWN = 8
# What a meeting's chair and secretary are waited for with, as the register calls it.
AWAITED = ("extension_asked", "done", "clarify_asked")


@dataclass(frozen=True)
class Work:
    """A unit's open directives as the register has them, each with `leads` (the unit does) and
    `days_left`, by the calendar: the first of those in time or without a deadline, and of those
    that are overdue; and how many there are in all."""

    open: list[dict[str, Any]]
    open_total: int
    late: list[dict[str, Any]]
    late_total: int


def work_of(session: Session, actor: Actor, present: datetime) -> Work:
    """The open directives of the actor's unit, the most urgent first.

    Args:
        session: to read with.
        actor: of that unit; whoever has none has no work.
        present: the moment at which something is late.
    """
    if actor.unit_id is None:
        return Work([], 0, [], 0)
    wanted = Wanted(unit_id=actor.unit_id)
    found = counts(session, actor, wanted, present)
    late, waiting = found["overdue"], found["in_time"] + found["no_deadline"]
    ours = units_of(session, actor.unit_id)

    def some(start: int, total: int) -> list[dict[str, Any]]:
        # The register begins with what is overdue, then comes what is open.
        count = min(SHOWN, total)
        lines, _total = register(session, actor, wanted, present, start, count, found["all"])
        return [_for_unit(line, ours, present) for line in lines]

    return Work(some(late, waiting), waiting, some(0, late), late)


def _for_unit(line: dict[str, Any], ours: set[int], present: datetime) -> dict[str, Any]:
    until = last_moment(line["due"])
    left = (vietnam(until).date() - vietnam(present).date()).days if until else None
    return line | {"leads": not ours.isdisjoint(line["lead_unit_ids"]), "days_left": left}


def awaited(session: Session, actor: Actor, present: datetime) -> dict[str, int]:
    """How many directives of the meetings that the actor leads wait for a word of theirs, by what
    is wanted; only what there is.

    Args:
        session: to read with.
        actor: chair or secretary of some meetings.
        present: now.
    """
    found = {
        state: how_many(session, actor, Wanted(state=state, led=True), present) for state in AWAITED
    }
    return {state: number for state, number in found.items() if number}


def names_for(
    session: Session, lines: list[dict[str, Any]]
) -> tuple[dict[int, str], dict[int, str]]:
    """The short names of the leading units, and the titles of the meetings, of some lines."""
    unit_ids = {key for line in lines for key in line["lead_unit_ids"]}
    units = session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))
    meeting_ids = {line["meeting_id"] for line in lines}
    titles = session.execute(
        select(Meeting.id, Meeting.title).where(Meeting.id.in_(meeting_ids))
    ).all()
    short = {unit.id: unit.short_name or unit.name for unit in units}
    return short, {row.id: row.title for row in titles}
