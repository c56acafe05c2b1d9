"""How directives are carried out: by unit, by briefing, and in all.

The tree and the percentage are those of the government's own statistics (report 1270/BC-TCTTTg of
2017): done = in time + late; not done = still in time + overdue; and of what could have been done
by now, done ÷ (done + overdue), how much is. docs/decisions/0018 says what counts where.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.times import VIETNAM
from meetings.models import Meeting
from minutes.followup.models import Share
from minutes.followup.seen import seen_by
from minutes.followup.status import StatusName, days_begun, has_status
from minutes.models import Directive
from people.actor import Actor
from people.directory import UnitRow, units_in_order
from people.models import Unit

_STATUSES: Final = ("done_on_time", "done_late", "in_time", "overdue", "no_deadline")


@dataclass(frozen=True)
class Asked:
    """Which directives; what is left out does not matter.

    Attributes:
        given_from: the first day, in Vietnam, on which they were given.
        given_to: the last such day.
        meeting_id: they were given there.
        unit_kind: of the leading units (`people.models.KINDS`).
    """

    given_from: date | None = None
    given_to: date | None = None
    meeting_id: int | None = None
    unit_kind: str = ""


@dataclass(frozen=True)
class Counts:
    """How many directives stand how.

    Attributes:
        done_on_time, done_late, in_time, overdue, no_deadline: as `minutes.followup.status` says.
        extension_asked: those of them for which more time is asked and not decided.
        returned: those of them whose newest report was sent back.
        days_late: days begun since the deadline, of all that is late or overdue together.
    """

    done_on_time: int = 0
    done_late: int = 0
    in_time: int = 0
    overdue: int = 0
    no_deadline: int = 0
    extension_asked: int = 0
    returned: int = 0
    days_late: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def done(self) -> int:
        """Done, in time or late."""
        return self.done_on_time + self.done_late

    @property
    def open(self) -> int:
        """Not done yet."""
        return self.in_time + self.overdue + self.no_deadline

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.open

    @property
    def percent(self) -> float | None:
        """Done ÷ (done + overdue), as government reports count it, to two places; None where
        nothing could have been done yet."""
        return _percent(self.done, self.done + self.overdue)

    @property
    def percent_on_time(self) -> float | None:
        """Done in time ÷ total, to two places; None where there is nothing."""
        return _percent(self.done_on_time, self.total)

    @property
    def average_days_late(self) -> float | None:
        """Mean delay, in days, of what was done late or is overdue; None where nothing is."""
        late = self.done_late + self.overdue
        return round(self.days_late / late, 1) if late else None

    def public(self) -> dict[str, Any]:
        """All of it, as the API answers it."""
        names = ("total", "done", *_STATUSES[:2], "open", *_STATUSES[2:])
        more = ("extension_asked", "returned", "average_days_late", "percent", "percent_on_time")
        return {name: getattr(self, name) for name in (*names, *more)}


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


@dataclass(frozen=True)
class UnitLine:
    """A leading unit's directives."""

    unit: UnitRow
    depth: int
    counts: Counts


@dataclass(frozen=True)
class MeetingLine:
    """The directives of a briefing."""

    id: int
    code: str
    title: str
    starts_at: datetime
    counts: Counts


@dataclass(frozen=True)
class Scorecard:
    """How directives are carried out.

    Attributes:
        total: each directive once, whoever leads it.
        units: those that lead any, in the order in which offices list them.
        meetings: those that gave any, in order of time.
    """

    total: Counts
    units: list[UnitLine]
    meetings: list[MeetingLine]

    def worst_first(self) -> list[UnitLine]:
        """The units with the lowest percentage first, then who has more overdue; last those of
        which nothing could have been done yet."""

        def rank(line: UnitLine) -> tuple[bool, float, int]:
            percent = line.counts.percent
            return percent is None, percent or 0.0, -line.counts.overdue

        return sorted(self.units, key=rank)


def scorecard(session: Session, actor: Actor, asked: Asked, present: datetime) -> Scorecard:
    """Count the directives that somebody may see.

    Args:
        session: reads one state throughout (`core.db.reading`).
        actor: who looks.
        asked: which directives.
        present: the moment at which something is late.
    """
    mine = seen_by(session, actor)
    wheres = [Directive.meeting_id.in_(mine), *_conditions(Directive, asked)]
    of_meetings = _by(session, Directive.meeting_id, present, Directive, wheres)
    wheres = [Share.meeting_id.in_(mine), *_conditions(Share, asked)]
    of_units = _by(session, Share.unit_id, present, Share, wheres)
    return Scorecard(
        total=added(of_meetings.values()),
        units=[
            UnitLine(unit, depth, of_units[unit.id])
            for unit, depth in units_in_order(session)
            if unit.id in of_units
        ],
        meetings=[
            MeetingLine(*row, of_meetings[row.id])
            for row in session.execute(
                select(Meeting.id, Meeting.code, Meeting.title, Meeting.starts_at)
                .where(Meeting.id.in_(of_meetings))
                .order_by(Meeting.starts_at, Meeting.id)
            )
        ],
    )


def added(counts: Iterable[Counts]) -> Counts:
    """All of them together."""
    return reduce(Counts.__add__, counts, Counts())


def _by(
    session: Session,
    key: InstrumentedAttribute[int],
    present: datetime,
    of: type[Directive] | type[Share],
    wheres: list[ColumnElement[bool]],
) -> dict[int, Counts]:
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def add(condition: ColumnElement[bool], **columns: ColumnElement[int]) -> None:
        named = [column.label(name) for name, column in columns.items()]
        rows = session.execute(select(key, *named).where(condition, *wheres).group_by(key))
        for each, *numbers in rows:
            for name, number in zip(columns, numbers, strict=True):
                found[each][name] += int(number or 0)

    def stands(name: StatusName) -> ColumnElement[bool]:
        return has_status(name, present, of.due_at, of.done_at)

    def days(until: InstrumentedAttribute[datetime | None] | datetime) -> ColumnElement[int]:
        return func.sum(days_begun(of.due_at, until))

    # Most are done in time, and those are only counted with the whole. The others have indices of
    # their own, with nothing else in them.
    number: ColumnElement[int] = func.count()
    add(true(), whole=number)
    add(stands("done_late"), done_late=number, days_late=days(of.done_at))
    add(
        of.done_at.is_(None),
        in_time=number.filter(stands("in_time")),
        overdue=number.filter(stands("overdue")),
        no_deadline=number.filter(stands("no_deadline")),
        days_late=days(present).filter(stands("overdue")),
        returned=number.filter(of.state == "returned"),
    )
    add(of.extension_asked.is_not(None), extension_asked=number)
    return {each: _counts(numbers) for each, numbers in found.items()}


def _counts(found: Counter[str]) -> Counts:
    # What is neither late nor open was done in time.
    whole = found.pop("whole")
    others = sum(found[name] for name in ("done_late", "in_time", "overdue", "no_deadline"))
    return Counts(done_on_time=whole - others, **found)


def _conditions(of: type[Directive] | type[Share], asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if of is Directive:
        # What units have passed on is part of what was given.
        found.append(Directive.parent_id.is_(None))
    if asked.unit_kind and of is Share:
        found.append(Share.unit_id.in_(select(Unit.id).where(Unit.kind == asked.unit_kind)))
    if asked.unit_kind and of is Directive:
        # Looked up for each: a list of all would be made for each statement, also where few are
        # counted.
        led = select(Share.unit_id).join(Unit, Unit.id == Share.unit_id)
        led = led.where(Share.directive_id == Directive.id, Unit.kind == asked.unit_kind)
        found.append(led.exists())
    if asked.given_from is not None:
        found.append(of.at >= _begin(asked.given_from))
    if asked.given_to is not None:
        found.append(of.at < _begin(asked.given_to + timedelta(days=1)))
    if asked.meeting_id is not None:
        found.append(of.meeting_id == asked.meeting_id)
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
