"""What somebody may do about a directive now: what its page offers them.

The commands decide (minutes.followup.services); here is foretold what they would take.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.times import now, vietnam
from meetings.access import Viewer
from meetings.models import LEADERS, State
from minutes.followup.models import Acknowledgement, Extension, Report
from minutes.followup.services import SINCE_GIVEN, answered, spoken_for
from minutes.followup.standing import each, newest_reports
from minutes.models import Directive
from people.directory import UnitRow, units_below, units_in_order

# Leading units whose sub-units are offered at once; for more, one's own alone.
OFFERED = 10


@dataclass(frozen=True)
class Below:
    """A unit below a leading one, which may be given a part.

    Attributes:
        unit: that unit.
        depth: how far below, from 0.
        taken: it has a part already.
    """

    unit: UnitRow
    depth: int
    taken: bool


@dataclass
class Turns:
    """What may be done now, by the ids of the units that one may speak for doing it. A None among
    them stands for a directive that names nobody.

    Attributes:
        acknowledge: say whether it is understood.
        report: report of it.
        extend: ask for more time.
        pass_on: give it on to units below each.
        take_back: ids of the parts that nobody has answered.
        decide: the extension that waits for one's decision.
        check: the reports that wait for one's decision.
        classify: say what it is about.
        own: the unit that one sits for, where it is among the above.
    """

    acknowledge: list[int] = field(default_factory=list)
    report: list[int | None] = field(default_factory=list)
    extend: list[int | None] = field(default_factory=list)
    pass_on: dict[int, list[Below]] = field(default_factory=dict)
    take_back: set[int] = field(default_factory=set)
    decide: Extension | None = None
    check: list[Report] = field(default_factory=list)
    classify: bool = False
    own: int | None = None

    def any_for_a_unit(self) -> bool:
        """Whether anything is left that a unit may do."""
        return bool(self.acknowledge or self.report or self.extend or self.pass_on)


@dataclass
class Picture:
    """A directive with what has been said about it.

    Attributes:
        named: ids of its units, groups replaced by their members; the leading ones first.
        leads: those of them that lead.
        answers: the newest answer of each unit.
        reports: the newest report of each unit.
        parts: what was passed on.
        extension: the one that waits for a decision.
    """

    named: list[int]
    leads: list[int]
    answers: dict[int, Acknowledgement]
    reports: dict[int | None, Report]
    parts: list[Directive]
    extension: Extension | None


def picture(session: Session, directive: Directive) -> Picture:
    """What has been said about a directive, as it stands."""
    leads = each(session, directive.unit_ids(leads=True))
    supports = each(session, directive.unit_ids(leads=False))
    answers = select(Acknowledgement).where(Acknowledgement.directive_id == directive.id)
    parts = select(Directive).where(Directive.parent_id == directive.id).order_by(Directive.id)
    asked = select(Extension).where(
        Extension.directive_id == directive.id, Extension.state == "asked"
    )
    return Picture(
        named=list(dict.fromkeys([*leads, *supports])),
        leads=leads,
        answers={answer.unit_id: answer for answer in session.scalars(answers)},
        reports=newest_reports(session, directive),
        parts=list(session.scalars(parts)),
        extension=session.scalar(asked.limit(1)),
    )


def turns(session: Session, viewer: Viewer, directive: Directive, seen: Picture) -> Turns:
    """What a viewer may do about a directive now.

    Args:
        session: to read with.
        viewer: of the meeting.
        directive: one of that meeting.
        seen: what has been said about it.
    """
    if viewer.state not in SINCE_GIVEN:
        return Turns()
    leader = viewer.role in LEADERS
    mine = spoken_for(session, viewer.role, viewer.unit_id, seen.named)
    leading: list[int | None] = [key for key in seen.leads if key in mine]
    if not seen.leads and leader:
        leading = [None]
    passing = {part.passed_on_by_unit_id for part in seen.parts}
    made = Turns(own=viewer.unit_id if viewer.unit_id in mine else None)
    if directive.done_at is None:
        made.acknowledge = [
            key
            for key in mine
            if key not in seen.answers or seen.answers[key].reply != "understood"
        ]
    made.report = [
        key
        for key in leading
        if (key is None or key not in passing)
        and (key not in seen.reports or seen.reports[key].decision != "checked")
    ]
    if directive.due_at is not None and directive.done_at is None and seen.extension is None:
        made.extend = leading
    if viewer.state == State.CLOSED:
        givers = [key for key in leading if key is not None and key not in seen.reports]
        if len(givers) > OFFERED:
            givers = [key for key in givers if key == viewer.unit_id]
        made.pass_on = {key: below for key in givers if (below := _below(session, key, seen.parts))}
        ours = [p.id for p in seen.parts if p.passed_on_by_unit_id in leading]
        made.take_back = set(ours) - answered(session, ours)
    if leader:
        made.decide = seen.extension
        made.check = [report for report in seen.reports.values() if report.decision is None]
        made.classify = True
    return made


def _below(session: Session, unit_id: int, parts: list[Directive]) -> list[Below]:
    """The units below one that exist today, in the order of the tree; none where all have a part
    already."""
    keys = units_below(session, unit_id)
    taken = {key for part in parts for key in part.unit_ids(leads=True)}
    today = vietnam(now()).date()
    tree = [(unit, depth) for unit, depth in units_in_order(session) if unit.id in keys]
    top = min((depth for _unit, depth in tree), default=0)
    found = [
        Below(unit, depth - top, unit.id in taken)
        for unit, depth in tree
        if unit.valid_to is None or unit.valid_to >= today
    ]
    return found if any(not below.taken for below in found) else []
