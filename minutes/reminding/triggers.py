"""Who may have something new to be told of, in a few statements for everybody together.

Which directives a person sees is asked for those alone who are found here (minutes.reminding.
digest), so that looking every few minutes costs next to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.times import VIETNAM, vietnam
from meetings.models import LEADERS, Meeting, Participant, State
from minutes.followup.models import Extension, Report
from minutes.models import Directive, DirectiveUnit
from minutes.reminding.models import Reminder
from minutes.reminding.rules import last_reminder
from people.directory import members_of_groups
from people.models import Person, User

# Whoever has not been told for longer, or never, is told of what has come up in so many days.
LOOKING_BACK = timedelta(days=7)
# Until its close a meeting's directives may still be worded anew.
SETTLED = Meeting.state == State.CLOSED


def reminded_at(due_at: datetime | None, present: datetime) -> datetime | None:
    """The newest moment at which the deadline was to be called to mind."""
    if due_at is None:
        return None
    day = last_reminder(vietnam(due_at).date(), vietnam(present).date())
    return datetime.combine(day, time(), VIETNAM) if day else None


def told_until(session: Session, person_id: int | None, present: datetime) -> dict[int, datetime]:
    """Until when people have been told, by person; without those never told.

    Args:
        person_id: of this one alone; everybody where None.
    """
    newest = select(Reminder.person_id, func.max(Reminder.created_at)).where(
        Reminder.state.in_(("sending", "sent", "uncertain")),
        Reminder.created_at > present - LOOKING_BACK,
    )
    if person_id is not None:
        newest = newest.where(Reminder.person_id == person_id)
    return dict(session.execute(newest.group_by(Reminder.person_id)).all())


def candidates(session: Session, present: datetime) -> list[User]:
    """The accounts that may have to be written to now: active ones whose person has an address
    that works, no mail of this day yet, and something that has come up since the last one."""
    people = session.execute(_reachable(vietnam(present).date())).all()
    if not people:
        return []
    told = told_until(session, None, present)
    by_unit, by_leader = _of_units(session, present), _of_leaders(session)
    units = _units_of_people(session)

    def newest(person: Person) -> Iterable[datetime]:
        yield by_leader.get(person.id, _LONG_AGO)
        for unit_id in units[person.id] | {person.unit_id}:
            yield by_unit.get(unit_id or 0, _LONG_AGO)

    found = []
    for user, person in people:
        if max(newest(person)) > told.get(person.id, present - LOOKING_BACK):
            found.append(user)
    return found


_LONG_AGO = datetime(1990, 1, 1, tzinfo=VIETNAM)


def _reachable(day: date) -> Select[User, Person]:
    written = select(Reminder.person_id).where(Reminder.day == day)
    return (
        select(User, Person)
        .join(Person, Person.id == User.person_id)
        .where(
            User.active,
            Person.email.is_not(None),
            Person.email_failed_at.is_(None),
            Person.id.not_in(written),
        )
        .order_by(Person.id)
    )


def _of_units(session: Session, present: datetime) -> dict[int, datetime]:
    """When something last came up for each unit: given, called to mind, sent back."""
    members = members_of_groups(session)
    found: defaultdict[int, datetime] = defaultdict(lambda: _LONG_AGO)

    def note(unit_id: int, *moments: datetime | None) -> None:
        for each in members.get(unit_id, [unit_id]):
            found[each] = max(found[each], *(m or _LONG_AGO for m in moments))

    given = (
        select(
            DirectiveUnit.unit_id,
            Directive.due_at,
            func.max(Directive.at),
            func.max(Meeting.closed_at),
        )
        .join(Directive, Directive.id == DirectiveUnit.directive_id)
        .join(Meeting, Meeting.id == Directive.meeting_id)
        .where(SETTLED, Directive.done_at.is_(None), DirectiveUnit.leads)
        .group_by(DirectiveUnit.unit_id, Directive.due_at)
    )
    for unit_id, due_at, at, closed_at in session.execute(given):
        note(unit_id, at, closed_at, reminded_at(due_at, present))
    returned = (
        select(Report.unit_id, func.max(Report.decided_at))
        .join(Meeting, Meeting.id == Report.meeting_id)
        .where(SETTLED, Report.decision == "returned", Report.unit_id.is_not(None))
        .group_by(Report.unit_id)
    )
    for returned_to, decided_at in session.execute(returned):
        note(returned_to or 0, decided_at)
    return dict(found)


def _of_leaders(session: Session) -> dict[int, datetime]:
    """When something last came to each chair and secretary to decide."""
    found: dict[int, datetime] = {}
    for model, waits in ((Extension, Extension.state == "asked"), (Report, unchecked())):
        statement = (
            select(Participant.person_id, func.max(model.at))
            .join(model, model.meeting_id == Participant.meeting_id)
            .join(Meeting, Meeting.id == Participant.meeting_id)
            .where(SETTLED, Participant.role.in_(LEADERS), waits)
            .group_by(Participant.person_id)
        )
        for person_id, at in session.execute(statement):
            found[person_id] = max(at, found.get(person_id, _LONG_AGO))
    return found


def unchecked() -> ColumnElement[bool]:
    """Reports of completion that nobody has decided about, as a condition."""
    return Report.done.is_(True) & Report.decision.is_(None)


def _units_of_people(session: Session) -> defaultdict[int, set[int | None]]:
    """The units that people sit for in meetings; mostly their own."""
    found: defaultdict[int, set[int | None]] = defaultdict(set)
    pairs = select(Participant.person_id, Participant.unit_id).distinct()
    for person_id, unit_id in session.execute(pairs):
        found[person_id].add(unit_id)
    return found
