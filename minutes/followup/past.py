"""How directives stood when a meeting closed: told afterwards from what is stored with its time, so
that its minutes say the same whenever they are printed."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.times import VIETNAM, rfc3339, vietnam
from meetings.access import visible_meetings
from meetings.models import Meeting, Role, State
from minutes.due import last_moment
from minutes.followup.models import Extension, Report, Share
from minutes.followup.scorecard import Counts
from minutes.followup.standing import Standing, reported, together
from minutes.followup.status import days_late, status
from minutes.models import Directive
from people.actor import Actor
from people.directory import units_in_order

# What it is among the objects of a record (`minutes.composing.reading`).
KIND: Final = "scorecard"


def stood(session: Session, meeting: Meeting) -> dict[str, dict[str, Any]]:
    """The scorecard of earlier meetings' directives as it stood when this one closed, as an object
    of its record; nothing before it has closed, or where nothing was due by then.

    It counts what the meeting's chair may see: directives given in the meeting's year, and older
    ones that were not done yet.

    Args:
        session: reads one state throughout.
        meeting: whose minutes are to tell of it.
    """
    at, chairs = meeting.closed_at, meeting.people_in(Role.CHAIR)
    if at is None or meeting.state not in (State.CLOSED, State.ARCHIVED) or not chairs:
        return {}
    past = _Past(session, _earlier(meeting, chairs[0]), at)
    since = datetime(vietnam(at).year, 1, 1, tzinfo=VIETNAM)
    of_units: defaultdict[int, list[Counts]] = defaultdict(list)
    whole: list[Counts] = []
    due_by_then = False
    for directive in past.given():
        due_at, stands = past.due_at(directive), past.stands(directive)
        if directive.at < since and stands.done_at is not None:
            continue
        whole.append(_one(due_at, stands, at))
        due_by_then = due_by_then or (due_at is not None and due_at <= at)
        for unit_id in past.leads[directive.id]:
            of_units[unit_id].append(_one(due_at, past.of(directive, unit_id), at))
    if not due_by_then:
        return {}
    units = [
        {"unit_id": unit.id, "name": unit.name} | _sum(of_units[unit.id]).public()
        for unit, _depth in units_in_order(session)
        if unit.id in of_units
    ]
    told = {"id": meeting.id, "at": rfc3339(at), "since": since.date().isoformat()}
    return {f"{KIND}/{meeting.id}": told | {"total": _sum(whole).public(), "units": units}}


def _earlier(meeting: Meeting, chair_id: int) -> Select[Any]:
    # Who may see what is asked of a person's account; a chair need not have one.
    chair = Actor(0, chair_id, None, "", is_admin=False, may_schedule=False)
    mine = visible_meetings(chair).with_only_columns(Meeting.id)
    return mine.where(Meeting.starts_at < meeting.starts_at, Meeting.id != meeting.id)


def _one(due_at: datetime | None, stands: Standing, at: datetime) -> Counts:
    dates = (due_at, stands.done_at, at)
    return Counts(
        **{status(*dates): 1},
        returned=int(stands.state == "returned"),
        days_late=days_late(*dates),
    )


def _sum(counts: list[Counts]) -> Counts:
    # Field by field: adding up thousands of objects one by one would take as many new ones.
    found: Counter[str] = Counter()
    for each in counts:
        found.update(vars(each))
    return Counts(**found)


class _Past:
    """What had been given, reported, decided and passed on by a moment."""

    def __init__(self, session: Session, meetings: Select[Any], at: datetime) -> None:
        self._at = at
        directives = session.scalars(
            select(Directive)
            .where(Directive.meeting_id.in_(meetings), Directive.at <= at)
            .order_by(Directive.id)
        ).all()
        self._given = [each for each in directives if each.parent_id is None]
        # Parts by what they are of, and by which unit has passed it on.
        self._parts: defaultdict[tuple[int, int | None], list[Directive]] = defaultdict(list)
        self.leads: defaultdict[int, list[int]] = defaultdict(list)
        for part in directives:
            if part.parent_id is not None:
                self._parts[part.parent_id, part.passed_on_by_unit_id].append(part)
                self.leads[part.id] = part.unit_ids(leads=True)
        shares = select(Share.directive_id, Share.unit_id).where(Share.meeting_id.in_(meetings))
        for directive_id, unit_id in session.execute(shares):
            self.leads[directive_id].append(unit_id)
        reports = select(Report).where(Report.meeting_id.in_(meetings), Report.at <= at)
        self._newest = {
            (each.directive_id, each.unit_id): each
            for each in session.scalars(reports.order_by(Report.id))
        }
        # Of several deadlines that were granted later, the first one replaced that of the moment.
        granted = select(Extension.directive_id, Extension.previous_due).where(
            Extension.meeting_id.in_(meetings),
            Extension.state == "granted",
            Extension.decided_at > at,
        )
        rows = session.execute(granted.order_by(Extension.decided_at.desc()))
        self._due = {directive_id: previous for directive_id, previous in rows}  # noqa: C416

    def given(self) -> list[Directive]:
        """What chairs have given, as it was given; not what units have passed on."""
        return self._given

    def due_at(self, directive: Directive) -> datetime | None:
        """The last moment of the deadline that it had."""
        previous = self._due.get(directive.id)
        return directive.due_at if previous is None else last_moment(previous)

    def stands(self, directive: Directive) -> Standing:
        """How far it had come."""
        leads: list[int | None] = [*self.leads[directive.id]]
        return together([self.of(directive, unit_id) for unit_id in leads or [None]])

    def of(self, directive: Directive, unit_id: int | None) -> Standing:
        """How far a leading unit had come with it."""
        report = self._newest.get((directive.id, unit_id))
        if report is not None:
            return reported(report, self._at)
        return together([self.stands(part) for part in self._parts[directive.id, unit_id]])
