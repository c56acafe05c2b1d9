"""What a briefing asks about: the directives of those before it in its series.

Which ones: those that are open and due by the end of its day, and those that have been done since
the last of those briefings was opened, so that each is seen once as done. What units have passed
on is left out: the chair has not given it.

Before the opening this follows from what is stored; at the opening it becomes a part of the
meeting (`carried/…`), so that everybody, a replay and the minutes see the same. Only the meeting
that is being opened is written to.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agenda.course import AT_OPENING
from agenda.follow_up import follow_up_item
from agenda.models import Entry
from agenda.services import NO_CARRIED, attribute
from core.errors import Conflict
from core.times import VIETNAM, rfc3339, vietnam
from meetings.access import viewing, visible_meetings
from meetings.changes import Change, command
from meetings.models import LEADERS, Meeting, State
from meetings.series import earlier_in_series
from minutes.followup.carried import Carried
from minutes.followup.commands import AnswerCarried
from minutes.followup.models import Report
from minutes.followup.services import UNITS, speaks_for
from minutes.followup.standing import each
from minutes.followup.status import days_late, status
from minutes.models import Directive
from people.actor import Actor
from people.directory import units_in_order

# Where a directive names nobody to lead, behind all units.
_NOBODY = 2**31
_END_OF_DAY = time(23, 59, 59)


def carried_over(
    session: Session, actor: Actor, meeting_id: int, present: datetime
) -> list[dict[str, Any]]:
    """What a meeting asks about: as it was found at the opening, or would be found now.

    Args:
        session: to read with.
        actor: who looks; before the opening it is what they may see of the earlier meetings.
        meeting_id: the later meeting.
        present: the moment at which something is late.

    Returns:
        public objects of `Carried` in the order of the list; before the opening they have no `id`.

    Raises:
        NotFound: there is no such meeting for this actor.
    """
    meeting, _viewer = viewing(session, actor, meeting_id)
    if meeting.opened_at is not None:
        stored = select(Carried).where(Carried.meeting_id == meeting_id)
        found = list(session.scalars(stored.order_by(Carried.position, Carried.id)))
    else:
        found = _found(session, actor, meeting, present)
    return [one.public() for one in found]


def _found(session: Session, actor: Actor, meeting: Meeting, present: datetime) -> list[Carried]:
    """What is to be carried over, in the order of the list; not stored yet."""
    earlier = {each.id: each for each in earlier_in_series(meeting, actor)}
    held = [each.opened_at for each in earlier.values() if each.opened_at is not None]
    if not held:
        return []
    today = datetime.combine(vietnam(present).date(), _END_OF_DAY, VIETNAM)
    wanted = select(Directive).where(
        Directive.meeting_id.in_(earlier),
        Directive.parent_id.is_(None),
        or_(
            Directive.done_at.is_(None) & (Directive.due_at <= today),
            Directive.done_at >= max(held),
        ),
    )
    directives = list(session.scalars(wanted))
    reports = _newest_reports(session, [directive.id for directive in directives])
    # Groups are not part of the tree: they come behind every unit.
    places = {unit.id: number for number, (unit, _depth) in enumerate(units_in_order(session))}

    def place(directive: Directive) -> tuple[int, float, int]:
        leads = directive.unit_ids(leads=True)
        due_at = directive.due_at.timestamp() if directive.due_at is not None else float("inf")
        return (places.get(leads[0], len(places)) if leads else _NOBODY, due_at, directive.id)

    return [
        Carried(
            meeting_id=meeting.id,
            position=position,
            directive_id=directive.id,
            from_meeting_id=directive.meeting_id,
            from_code=earlier[directive.meeting_id].code,
            text=directive.text,
            lead_unit_ids=directive.unit_ids(leads=True),
            due=directive.due,
            due_text=directive.due_text,
            state=directive.state,
            status=status(directive.due_at, directive.done_at, present),
            days_late=days_late(directive.due_at, directive.done_at, present),
            progress=directive.progress,
            done_at=directive.done_at,
            report=reports.get(directive.id),
        )
        for position, directive in enumerate(sorted(directives, key=place), start=1)
    ]


def _newest_reports(session: Session, directive_ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = session.scalars(
        select(Report).where(Report.directive_id.in_(directive_ids)).order_by(Report.id)
    )
    return {
        row.directive_id: {
            "unit_id": row.unit_id,
            "text": row.text,
            "progress": row.progress,
            "at": rfc3339(row.at),
        }
        for row in rows
    }


def carry_over(change: Change) -> None:
    """Make what the meeting asks about a part of it, as whoever opens it may see it."""
    change.session.add_all(_found(change.session, change.actor, change.meeting, change.at))


AT_OPENING.append(carry_over)


@command("carried.answer", AnswerCarried, roles=UNITS, states={State.LIVE})
def answer(change: Change, args: AnswerCarried) -> Entry:
    """Say in the meeting how far a leading unit is with an earlier directive. It is a line of this
    meeting's record; a formal report is given on the directive (`directive.report`)."""
    carried = change.part(Carried, args.carried_id, NO_CARRIED)
    unit_id = speaks_for(change, each(change.session, carried.lead_unit_ids), args.unit_id)
    item = follow_up_item(change)
    if item is None:
        raise Conflict(
            _("Chương trình không còn mục kiểm điểm chỉ đạo của kỳ trước."),
            current=change.meeting.public(),
        )
    entry = Entry(
        meeting_id=change.meeting.id,
        item_id=item.id,
        kind="report",
        text=args.text,
        at=change.at,
        carried_id=carried.id,
        progress=args.progress,
    )
    # The secretary notes it for the unit, whoever of it has spoken.
    person_id = None if change.role in LEADERS else change.actor.person_id
    attribute(change, entry, person_id, None, unit_id)
    change.session.add(entry)
    return entry


def said_later(session: Session, actor: Actor, directive: Directive) -> list[dict[str, Any]]:
    """What was said about a directive in later meetings that the actor may see, the oldest first:
    the public entry with `meeting_id`, `meeting_code` and `meeting_title`."""
    mine = visible_meetings(actor).with_only_columns(Meeting.id)
    rows = session.execute(
        select(Entry, Meeting)
        .join(Carried, Carried.id == Entry.carried_id)
        .join(Meeting, Meeting.id == Entry.meeting_id)
        .where(Carried.directive_id == directive.id, Entry.meeting_id.in_(mine))
        .order_by(Entry.at, Entry.id)
    )
    return [
        entry.public()
        | {
            "meeting_id": meeting.id,
            "meeting_code": meeting.code,
            "meeting_title": meeting.title,
        }
        for entry, meeting in rows
    ]
