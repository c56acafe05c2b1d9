"""What one person is told on one day: the directives of their unit by urgency, and for chairs and
secretaries what waits for their decision. All of it is read as that person sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from flask import render_template
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.times import VIETNAM, vietnam
from meetings.access import visible_meetings
from meetings.models import LEADERS, Meeting, Participant
from minutes.followup.models import Extension, Report, Share
from minutes.followup.status import days_late, status
from minutes.models import Directive, DirectiveUnit
from minutes.reminding.models import Reminder
from minutes.reminding.rules import horizon, is_near
from minutes.reminding.triggers import LOOKING_BACK, SETTLED, reminded_at, told_until, unchecked
from people.actor import Actor
from people.directory import members_of_groups, units_of
from people.models import Person, Unit

# A mail names so many directives, the most urgent first, and says how many more there are.
NAMED = 30
# Letters of a directive that a mail shows; the page has the rest.
LETTERS = 600
# In the order of urgency: the heading in the mail, and the words of its subject.
SECTIONS = {
    "overdue": ("Quá hạn", "quá hạn"),
    "returned": ("Bị trả lại, phải báo cáo lại", "bị trả lại"),
    "today": ("Đến hạn hôm nay", "hạn hôm nay"),
    "near": ("Sắp đến hạn", "sắp đến hạn"),
    "given": ("Mới được giao", "mới giao"),
    "decide": ("Chờ chủ trì, thư ký quyết định", "chờ quyết định"),
}


@dataclass(frozen=True)
class Task:
    """A directive as a mail names it.

    Attributes:
        days: how many it is late; 0 where it is not.
        note: why it was sent back, or what is asked for.
    """

    id: int
    text: str
    due: str | None
    days: int
    meeting: str
    note: str = ""


@dataclass
class Digest:
    """A mail before it is written down."""

    subject: str
    body: str
    directive_ids: list[int] = field(default_factory=list)


def compose(
    session: Session, actor: Actor, person: Person, public_url: str, present: datetime
) -> Digest | None:
    """What a person is to be told now; None where nothing has come up since they were told last.

    Args:
        session: to read with.
        actor: the person's account.
        person: who is written to.
        public_url: where the pages are.
        present: the moment of the mail.
    """
    told = told_until(session, person.id, present)
    since = told.get(person.id, present - LOOKING_BACK)
    units = _my_units(session, actor)
    sections, news = _tasks(session, actor, units, since, present)
    sections["decide"], more_news = _decisions(session, actor, since)
    if not (news or more_news):
        return None
    filled = {name: tasks for name, tasks in sections.items() if tasks}
    counts = ", ".join(f"{len(tasks)} {SECTIONS[name][1]}" for name, tasks in filled.items())
    day = vietnam(present)
    names = session.scalars(
        select(Unit.name).where(Unit.id.in_(units), Unit.kind != "group").order_by(Unit.id)
    )
    body = render_template(
        "minutes/reminder.txt",
        person=person,
        units=list(names),
        day=day,
        sections=[
            (SECTIONS[name][0], len(filled[name]), tasks) for name, tasks in _first(filled).items()
        ],
        left_out=max(0, sum(map(len, filled.values())) - NAMED),
        url=public_url,
    )
    ids = dict.fromkeys(task.id for tasks in filled.values() for task in tasks)
    return Digest(f"Nhắc việc ngày {day:%d/%m/%Y}: {counts}", body.strip() + "\n", list(ids))


def _first(sections: dict[str, list[Task]]) -> dict[str, list[Task]]:
    found, room = {}, NAMED
    for name, tasks in sections.items():
        if room:
            found[name] = tasks[:room]
            room -= len(found[name])
    return found


def _my_units(session: Session, actor: Actor) -> set[int]:
    """One's own unit and those that one sits for, with the groups that they belong to."""
    seats = visible_meetings(actor).with_only_columns(Participant.unit_id).distinct()
    own = {actor.unit_id, *session.scalars(seats)} - {None}
    return {key for unit_id in own for key in units_of(session, unit_id)}


def _tasks(
    session: Session, actor: Actor, units: set[int], since: datetime, present: datetime
) -> tuple[dict[str, list[Task]], bool]:
    """The open directives that the units lead, by section, and whether one has come up since."""
    today = vietnam(present).date()
    end = datetime.combine(horizon(today) + timedelta(days=1), time(), VIETNAM)
    led = select(DirectiveUnit.directive_id).where(
        DirectiveUnit.leads, DirectiveUnit.unit_id.in_(units)
    )
    rows = session.execute(
        visible_meetings(actor)
        .with_only_columns(Directive, Meeting)
        .join(Directive, Directive.meeting_id == Meeting.id)
        .where(
            SETTLED,
            Directive.done_at.is_(None),
            Directive.id.in_(led),
            or_(
                Directive.due_at < end,
                Directive.at > since,
                Meeting.closed_at > since,
                Directive.state == "returned",
            ),
        )
        .order_by(Directive.urgency, Directive.id)
    ).all()
    members = members_of_groups(session)
    keys = [row[0].id for row in rows]
    reports, finished = _my_reports(session, keys, units), _my_finished(session, keys, units)
    known = _told_of(session, actor, present)
    sections: dict[str, list[Task]] = {name: [] for name in SECTIONS}
    news = False
    for directive, meeting in rows:
        leads = directive.unit_ids(leads=True)
        mine = {key for lead in leads for key in members.get(lead, [lead])} & units
        newest = [reports[directive.id, key] for key in mine if (directive.id, key) in reports]
        back = [report for report in newest if report.decision == "returned"]
        if not back and all(_done(directive, key, reports, finished) for key in mine):
            continue  # what is still to be done of it is others' work
        due = vietnam(directive.due_at).date() if directive.due_at else None
        given = max(directive.at, meeting.closed_at or directive.at)
        fresh = given > since and directive.id not in known
        late = status(directive.due_at, None, present) == "overdue"
        returned = max((r.decided_at for r in back if r.decided_at), default=None)
        name = (
            "overdue" if late
            else "returned" if back
            else "today" if due == today
            else "near" if due is not None and is_near(due, today)
            else "given" if fresh
            else ""
        )  # fmt: skip
        reminded = reminded_at(directive.due_at, present)
        news |= fresh or any(m is not None and m > since for m in (returned, reminded))
        if name:
            note = "; ".join(r.remarks for r in back if r.remarks)
            sections[name].append(_task(directive, meeting, present, note and f"Lý do: {note}"))
    return sections, news


def _task(directive: Directive, meeting: Meeting, present: datetime, note: str) -> Task:
    return Task(
        id=directive.id,
        text=_short(directive.text),
        due=directive.due,
        days=days_late(directive.due_at, None, present),
        meeting=f"{_short(meeting.title, 200)} ({meeting.code})",
        note=_short(note),
    )


def _short(text: str, letters: int = LETTERS) -> str:
    text = " ".join(text.split())
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _done(
    directive: Directive,
    unit_id: int,
    reports: dict[tuple[int, int | None], Report],
    finished: set[tuple[int, int]],
) -> bool:
    """Whether a unit has done what is its own of a directive, by itself or by what it passed on."""
    report = reports.get((directive.id, unit_id))
    return report.done if report is not None else (directive.id, unit_id) in finished


def _my_finished(
    session: Session, directive_ids: list[int], units: set[int]
) -> set[tuple[int, int]]:
    statement = select(Share.directive_id, Share.unit_id).where(
        Share.directive_id.in_(directive_ids),
        Share.unit_id.in_(units),
        Share.done_at.is_not(None),
    )
    return {(row.directive_id, row.unit_id) for row in session.execute(statement)}


def _my_reports(
    session: Session, directive_ids: list[int], units: set[int]
) -> dict[tuple[int, int | None], Report]:
    statement = (
        select(Report)
        .where(Report.directive_id.in_(directive_ids), Report.unit_id.in_(units))
        .order_by(Report.id)
    )
    return {(r.directive_id, r.unit_id): r for r in session.scalars(statement)}


def _told_of(session: Session, actor: Actor, present: datetime) -> set[int]:
    """Directives that the person has been told of: closing a meeting again gives none anew."""
    statement = select(Reminder.directive_ids).where(
        Reminder.person_id == actor.person_id,
        Reminder.state.in_(("sending", "sent", "uncertain")),
        Reminder.created_at > present - timedelta(days=90),
    )
    return {key for ids in session.scalars(statement) for key in ids}


def _decisions(session: Session, actor: Actor, since: datetime) -> tuple[list[Task], bool]:
    """What waits for the chair and the secretary to decide, the oldest first."""
    mine = visible_meetings(actor).where(SETTLED, Participant.role.in_(LEADERS))
    newest = select(func.max(Report.id)).group_by(Report.directive_id, Report.unit_id)
    asked = (
        mine.with_only_columns(Extension, Directive, Meeting)
        .join(Extension, Extension.meeting_id == Meeting.id)
        .join(Directive, Directive.id == Extension.directive_id)
        .where(Extension.state == "asked")
    )
    done = (
        mine.with_only_columns(Report, Directive, Meeting)
        .join(Report, Report.meeting_id == Meeting.id)
        .join(Directive, Directive.id == Report.directive_id)
        .where(unchecked(), Report.id.in_(newest))
    )
    rows = [row for statement in (asked, done) for row in session.execute(statement)]
    ids = {row[0].unit_id for row in rows} - {None}
    found = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    names = dict(found.all())
    tasks, news = [], False
    for said, directive, meeting in sorted(rows, key=lambda row: row[0].at):
        who = names.get(said.unit_id, "Thư ký")
        what = "xin gia hạn" if isinstance(said, Extension) else "báo cáo hoàn thành"
        tasks.append(_task(directive, meeting, said.at, f"{who} {what}"))
        news |= said.at > since
    return tasks, news
