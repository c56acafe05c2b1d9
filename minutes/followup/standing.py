"""How far a directive has come: it follows from what its units have answered and reported, from
what was decided about that, and from the directives that it was passed on by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.changes import Change
from minutes.followup.models import Acknowledgement, Extension, Report, Share
from minutes.models import Directive
from people.directory import members_of_groups

# What a share repeats of its directive.
REPEATED = ("meeting_id", "at", "due_at", "extension_asked")


@dataclass(frozen=True)
class Standing:
    """How far one unit, or everybody together, has come.

    Attributes:
        state: `given`, `acknowledged`, `reported`, `returned`, `done` or `checked`.
        progress: in percent; None where nobody has reported.
        done_at: when it was reported done; None while it is open.
    """

    state: str = "given"
    progress: int | None = None
    done_at: datetime | None = None


def together(parts: Sequence[Standing]) -> Standing:
    """How several stand as one: done when all are, else as far as the one that most needs to be
    seen to; its progress is their mean, rounded down."""
    if not parts:
        return Standing()
    states = {part.state for part in parts}
    if states <= {"done", "checked"}:
        state = "done" if "done" in states else "checked"
    elif "returned" in states:
        state = "returned"
    elif states & {"reported", "done", "checked"}:
        state = "reported"
    else:
        state = "acknowledged" if states == {"acknowledged"} else "given"
    told = any(part.progress is not None for part in parts)
    done = [part.done_at for part in parts if part.done_at is not None]
    return Standing(
        state,
        sum(part.progress or 0 for part in parts) // len(parts) if told else None,
        max(done) if len(done) == len(parts) else None,
    )


def each(session: Session, unit_ids: Sequence[int]) -> list[int]:
    """The units, with the members of a group in the place of the group."""
    members = members_of_groups(session)
    found = (member for unit_id in unit_ids for member in members.get(unit_id, [unit_id]))
    return list(dict.fromkeys(found))


def newest_reports(session: Session, directive: Directive) -> dict[int | None, Report]:
    """The newest report of each unit."""
    reports = select(Report).where(Report.directive_id == directive.id).order_by(Report.id)
    return {report.unit_id: report for report in session.scalars(reports)}


def settle(change: Change, directive: Directive) -> None:
    """Bring what a directive says of itself into line with what has been said about it, and then
    that which it is a part of."""
    session = change.session
    session.flush()
    of = _standings(session, directive)
    leads: list[int | None] = [*each(session, directive.unit_ids(leads=True))]
    each_stands = {unit_id: of(unit_id) for unit_id in leads or [None]}
    standing = together([*each_stands.values()])
    directive.state, directive.progress = standing.state, standing.progress
    directive.done_at = standing.done_at
    asked = select(Extension.id).where(
        Extension.directive_id == directive.id, Extension.state == "asked"
    )
    directive.extension_asked = True if session.scalar(asked.limit(1)) else None
    if directive.parent_id is None:
        _share(session, directive, each_stands)
    else:
        settle(change, session.get_one(Directive, directive.parent_id))


def _standings(session: Session, directive: Directive) -> Callable[[int | None], Standing]:
    # How far a unit has come with it.
    reports = newest_reports(session, directive)
    understood = set(
        session.scalars(
            select(Acknowledgement.unit_id).where(
                Acknowledgement.directive_id == directive.id, Acknowledgement.reply == "understood"
            )
        )
    )
    passed_on: dict[int | None, list[Standing]] = {}
    for part in session.scalars(select(Directive).where(Directive.parent_id == directive.id)):
        stands = Standing(part.state, part.progress, part.done_at)
        passed_on.setdefault(part.passed_on_by_unit_id, []).append(stands)

    def of(unit_id: int | None) -> Standing:
        if unit_id in reports:
            return reported(reports[unit_id])
        stands = together(passed_on.get(unit_id, []))
        if stands.state == "given" and unit_id in understood:
            return replace(stands, state="acknowledged")
        return stands

    return of


def false_shares(session: Session, directive: Directive, groups: Collection[int]) -> list[int]:
    """The units whose share of a directive, which scorecards count, does not follow from what has
    been said about it.

    Args:
        session: to read with.
        directive: whose shares are checked.
        groups: the ids of groups. Who belongs to one may have changed since: that is not asked.
    """
    shares = session.scalars(select(Share).where(Share.directive_id == directive.id)).all()
    by_name = set(directive.unit_ids(leads=True)).difference(groups)
    wanted = by_name if directive.parent_id is None else set()
    of = _standings(session, directive)
    false = wanted - {share.unit_id for share in shares}
    for share in shares:
        stands = of(share.unit_id)
        same = (share.state, share.done_at) == (stands.state, stands.done_at)
        same = same and directive.parent_id is None
        if not same or any(getattr(share, name) != getattr(directive, name) for name in REPEATED):
            false.add(share.unit_id)
    return sorted(false)


def _share(
    session: Session, directive: Directive, each_stands: Mapping[int | None, Standing]
) -> None:
    # What scorecards count of it.
    shares = session.scalars(select(Share).where(Share.directive_id == directive.id))
    known = {share.unit_id: share for share in shares}
    for unit_id, stands in each_stands.items():
        if unit_id is None:
            continue
        share = known.pop(unit_id, None) or Share(directive_id=directive.id, unit_id=unit_id)
        share.state, share.done_at = stands.state, stands.done_at
        for name in REPEATED:
            setattr(share, name, getattr(directive, name))
        session.add(share)
    for left in known.values():
        session.delete(left)


def reported(report: Report, at: datetime | None = None) -> Standing:
    """How far a unit is by its newest report.

    Args:
        report: the unit's newest.
        at: the moment that is asked about; now where it is left out. What was decided later does
            not count then.
    """
    later = at is not None and report.decided_at is not None and report.decided_at > at
    decision = None if later else report.decision
    if decision == "returned":
        return Standing("returned", report.progress)
    if report.done:
        return Standing(decision or "done", report.progress, report.at)
    return Standing("reported", report.progress)
