"""The register: the directives of every meeting that one may see, as an office sorts them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from core.errors import NotFound
from core.text import fold
from meetings.access import Viewer, sees, view
from minutes.followup.models import Acknowledgement
from minutes.followup.seen import seen_by
from minutes.followup.status import days_late, has_status, status
from minutes.models import Directive, DirectiveUnit
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

    @property
    def few(self) -> bool:
        """Whether it is so few that they are sooner found and sorted than met along the order."""
        return self.unit_id is not None or self.meeting_id is not None


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
    mine = seen_by(session, actor, wanted.led)
    wheres = _conditions(session, wanted, present)
    visible = Directive.meeting_id.in_(mine)
    # First the page, out of an index alone; then the texts of that page. No index has sums: where
    # one would lead the database astray, a column stands as one.
    page = select(Directive.id).limit(count).offset(start)
    if wanted.few or wanted.words:
        # Found once for the page and for the count, then sorted.
        both = page.add_columns(func.count().over().label("whole")).where(visible, *wheres)
        found = session.execute(both.order_by(Directive.urgency + 0, Directive.id)).all()
        keys = [row.id for row in found]
        total = found[0].whole if found else total if start else 0
    else:
        # Along the order, as far as the page ends.
        page = page.where((Directive.meeting_id + 0).in_(mine), *wheres)
        keys = list(session.scalars(page.order_by(Directive.urgency, Directive.id)))
    if total is None:
        total = session.scalar(select(func.count()).where(visible, *wheres)) or 0
    rows = session.scalars(
        select(Directive).where(Directive.id.in_(keys)).order_by(Directive.urgency, Directive.id)
    )
    return [line(directive, present) for directive in rows], total


def how_many(session: Session, actor: Actor, wanted: Wanted, present: datetime) -> int:
    """How many directives there are of those wanted; the arguments are those of `register`."""
    visible = Directive.meeting_id.in_(seen_by(session, actor, wanted.led))
    found = select(func.count()).where(visible, *_conditions(session, wanted, present))
    return session.scalar(found) or 0


def counts(session: Session, actor: Actor, wanted: Wanted, present: datetime) -> dict[str, int]:
    """How many there are in all (`all`), by each status, and of those that are returned or wait
    for more time, whichever status or state is wanted.

    Args:
        session: to read with.
        actor: who looks.
        wanted: which directives.
        present: the moment at which something is late.
    """
    visible = Directive.meeting_id.in_(seen_by(session, actor, wanted.led))
    wheres = _conditions(session, replace(wanted, status="", state=""), present)
    of: dict[str, ColumnElement[bool]] = {
        **{name: has_status(name, present) for name in ("overdue", "in_time", "no_deadline")},
        "done_late": has_status("done_late", present),
        "extension_asked": Directive.extension_asked.is_not(None),
        "returned": Directive.state == "returned",
    }
    if wanted.few or wanted.words:
        # One look at what is found.
        sums = [func.count().filter(condition).label(name) for name, condition in of.items()]
        statement = select(func.count().label("all"), *sums).where(visible, *wheres)
    else:
        # Each has an index of its own with nothing else in it, and most of them are few.
        whole = select(func.count()).select_from(Directive).where(visible, *wheres)
        statement = select(
            whole.scalar_subquery().label("all"),
            *(whole.where(each).scalar_subquery().label(name) for name, each in of.items()),
        )
    found = {name: int(value) for name, value in session.execute(statement).one()._mapping.items()}
    open_or_late = sum(found[name] for name in ("overdue", "in_time", "no_deadline", "done_late"))
    return found | {"done_on_time": found["all"] - open_or_late}


def fields(session: Session, actor: Actor) -> list[str]:
    """What the directives that one may see are about (lĩnh vực), each once, by the alphabet."""
    # From each to the next along their index: there are few of them, and each is of thousands.
    each = select(func.min(Directive.field).label("field")).cte("each", recursive=True)
    other = aliased(Directive)
    following = select(func.min(other.field)).where(other.field > each.c.field).scalar_subquery()
    each = each.union_all(select(following).where(each.c.field.is_not(None)))
    mine = Directive.meeting_id.in_(seen_by(session, actor))
    seen = select(Directive.id).where(Directive.field == each.c.field, mine).exists()
    found = session.scalars(select(each.c.field).where(seen))
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


def _conditions(session: Session, wanted: Wanted, present: datetime) -> list[ColumnElement[bool]]:
    # All but who may see it.
    found: list[ColumnElement[bool]] = []
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
        found.append(Directive.extension_asked.is_not(None))
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
