"""The register: the directives of every meeting that one may see, as an office sorts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import NotFound
from core.text import fold
from meetings.access import Viewer, sees, view, visible_meetings
from meetings.models import LEADERS, Meeting, Participant
from minutes.followup.models import Acknowledgement
from minutes.followup.status import days_late, has_status, status
from minutes.models import NO_DEADLINE, Directive, DirectiveUnit
from people.actor import Actor
from people.directory import members_of_groups, units_below, units_of


@dataclass(frozen=True)
class Wanted:
    """Which directives; what is left out does not matter.

    Attributes:
        unit_id: leads or supports, by itself or as a member of a group.
        below: or a unit below it does, or a member of the group that it is.
        meeting_id: was held there.
        field: is about that (lĩnh vực).
        state: as the directive says, or `extension_asked` or `clarify_asked`, of what is open.
        status: as `minutes.followup.status` says it.
        given_from, given_before: was given from this moment on, before this moment.
        due_from, due_before: its deadline ends at this moment or later, before this moment.
        words: in its text, marks ignored.
        led: of a meeting that one chairs, or whose secretary one is.
    """

    unit_id: int | None = None
    below: bool = False
    meeting_id: int | None = None
    field: str = ""
    state: str = ""
    status: str = ""
    given_from: datetime | None = None
    given_before: datetime | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    words: str = ""
    led: bool = False


def register(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    present: datetime,
    start: int,
    count: int,
    total: int | None = None,
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
        total: how many there are in all, where the caller has counted them (`counts`).
    """
    order = (Directive.urgency, Directive.id)
    # First the page, out of an index alone; then the texts of that page.
    wheres = _conditions(session, actor, wanted, present)
    page = select(Directive.id).order_by(*order).limit(count).offset(start)
    if wanted.words:
        # Looking through all texts takes its time: once is enough, for the page and for the count.
        found = session.execute(page.add_columns(func.count().over()).where(*wheres)).all()
        keys = [row[0] for row in found]
        total = found[0][1] if found else None if start else 0
    else:
        if wanted.unit_id is None and wanted.meeting_id is None:
            # Of the meetings that one may see there are many: a sum is no column to find them by,
            # so the database goes along the order, and stops where the page ends.
            wheres = _conditions(session, actor, wanted, present, Directive.meeting_id + 0)
        keys = list(session.scalars(page.where(*wheres)))
    if total is None:
        wheres = _conditions(session, actor, wanted, present)
        total = _number(session, wheres)
    rows = session.scalars(select(Directive).where(Directive.id.in_(keys)).order_by(*order))
    return [line(directive, present) for directive in rows], total


def how_many(session: Session, actor: Actor, wanted: Wanted, present: datetime) -> int:
    """How many directives there are of those wanted; the arguments are those of `register`."""
    return _number(session, _conditions(session, actor, wanted, present))


def _number(session: Session, wheres: list[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count(Directive.id)).where(*wheres)) or 0


def counts(session: Session, actor: Actor, wanted: Wanted, present: datetime) -> dict[str, int]:
    """How many there are in all (`all`), by each status, and of those that are returned or wait
    for more time, whichever status or state is wanted.

    Args:
        session: to read with.
        actor: who looks.
        wanted: which directives.
        present: the moment at which something is late.
    """
    wheres = _conditions(session, actor, replace(wanted, status="", state=""), present)
    # One pass over the index that the register is read from. The place in it
    # (minutes.models.urgency) says most, and numbers are compared sooner than moments.
    place, seconds = Directive.urgency, present.timestamp()
    of: dict[str, ColumnElement[bool]] = {
        "overdue": place < seconds,
        "no_deadline": place == NO_DEADLINE,
        "done": place > NO_DEADLINE,
        "done_late": has_status("done_late", present),
        "extension_asked": Directive.extension_asked.is_(True),
        "returned": Directive.state == "returned",
    }
    sums = [func.count(case((condition, 1))).label(name) for name, condition in of.items()]
    row = session.execute(select(func.count(Directive.id).label("all"), *sums).where(*wheres))
    found = {name: int(value) for name, value in row.one()._mapping.items()}
    done = found.pop("done")
    found["done_on_time"] = done - found["done_late"]
    found["in_time"] = found["all"] - done - found["overdue"] - found["no_deadline"]
    return found


def fields(session: Session, actor: Actor) -> list[str]:
    """What the directives that one may see are about (lĩnh vực), each once, by the alphabet."""
    mine = visible_meetings(actor).with_only_columns(Meeting.id)
    found = session.scalars(
        select(Directive.field)
        .where(Directive.meeting_id.in_(mine), Directive.field.is_not(None))
        .distinct()
    )
    return sorted(filter(None, found), key=fold)


def directive_for(session: Session, actor: Actor, directive_id: int) -> tuple[Directive, Viewer]:
    """A directive, with the actor's view of its meeting.

    Raises:
        NotFound: there is none for this actor; in the same words as where there is none at all.
    """
    directive = session.get(Directive, directive_id)
    if directive is None:
        raise NotFound()
    viewer = view(session, actor, directive.meeting_id)
    thing = (directive.key, directive.public())
    if not sees(viewer.role, viewer.state, thing, viewer.unit_id):
        raise NotFound()
    return directive, viewer


def line(directive: Directive, present: datetime) -> dict[str, Any]:
    """The public object of a directive with `status` and `days_late`, as the register has it."""
    dates = (directive.due_at, directive.done_at, present)
    return directive.public() | {"status": status(*dates), "days_late": days_late(*dates)}


def _conditions(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    present: datetime,
    meeting_id: ColumnElement[int] | InstrumentedAttribute[int] = Directive.meeting_id,
) -> list[ColumnElement[bool]]:
    mine = visible_meetings(actor).with_only_columns(Meeting.id)
    if wanted.led:
        mine = mine.where(Participant.role.in_(LEADERS))
    found: list[ColumnElement[bool]] = [meeting_id.in_(mine)]
    if wanted.unit_id is not None:
        named = select(DirectiveUnit.directive_id).where(
            DirectiveUnit.unit_id.in_(_units(session, wanted.unit_id, wanted.below))
        )
        found.append(Directive.id.in_(named))
    if wanted.meeting_id is not None:
        found.append(Directive.meeting_id == wanted.meeting_id)
    if wanted.field:
        found.append(Directive.field == wanted.field)
    if wanted.state == "extension_asked":
        found.append(Directive.extension_asked.is_(True))
    elif wanted.state == "clarify_asked":
        asked = select(Acknowledgement.directive_id).where(Acknowledgement.reply == "clarify")
        found += [Directive.id.in_(asked), Directive.done_at.is_(None)]
    elif wanted.state:
        found.append(Directive.state == wanted.state)
    if wanted.status:
        found.append(has_status(wanted.status, present))
    if wanted.given_from is not None:
        found.append(Directive.at >= wanted.given_from)
    if wanted.given_before is not None:
        found.append(Directive.at < wanted.given_before)
    if wanted.due_from is not None:
        found.append(Directive.due_at >= wanted.due_from)
    if wanted.due_before is not None:
        found.append(Directive.due_at < wanted.due_before)
    if wanted.words:
        found.append(Directive.folded.contains(fold(wanted.words), autoescape=True))
    return found


def _units(session: Session, unit_id: int, below: bool) -> set[int]:
    """The units that may be named for one: itself and its groups; where those below it are
    wanted, too, they and theirs."""
    found = {unit_id}
    if below:
        members = members_of_groups(session)
        found |= units_below(session, unit_id) | set(members.get(unit_id, []))
        return found | {group for group, of in members.items() if found.intersection(of)}
    return units_of(session, unit_id)
