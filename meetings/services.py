"""Scheduling a meeting, and inviting people."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Conflict, Forbidden, Invalid
from core.merge import changes
from core.schema import fields_of
from core.times import now, vietnam
from meetings.attendance import attendance_of, change_quorum, count_quorum
from meetings.changes import Change, Outcome, command, start
from meetings.commands import (
    AddParticipant,
    CreateMeeting,
    InviteUnits,
    Nothing,
    Reason,
    RemoveParticipant,
    Schedule,
    UpdateMeeting,
    UpdateParticipant,
)
from meetings.models import LEADERS, Attendance, Meeting, MeetingSeries, Participant, Role, State
from meetings.series import put_into_series
from people.actor import Actor
from people.models import Person, Unit, UnitMember

BEFORE = {State.DRAFT, State.SCHEDULED}
UNTIL_CLOSED = BEFORE | {State.LIVE}
LONGEST = timedelta(days=7)


def create_meeting(
    actor: Actor, args: CreateMeeting, request_id: str | None = None, *, at: datetime | None = None
) -> Outcome:
    """Create a meeting.

    Args:
        actor: who creates it.
        args: the meeting.
        request_id: the same one again gets the first answer.
        at: the moment of it; now when not given.

    Raises:
        Forbidden: the actor may not schedule meetings.
        Invalid: the times, the unit or the people named do not do.
        Conflict: the code is taken.
    """
    if not actor.may_schedule or actor.person_id is None:
        raise Forbidden(_("Bạn không có quyền lập lịch họp."))

    def make(session: Session) -> Meeting:
        _check_times(args.starts_at, args.ends_at)
        _check_unit(session, args.organizer_unit_id, "organizer_unit_id")
        code = args.code or _next_code(session)
        if session.scalar(select(Meeting.id).where(Meeting.code == code)):
            raise Conflict(_("Mã cuộc họp này đã được dùng."))
        return Meeting(
            code=code,
            title=args.title,
            description=args.description,
            location=args.location,
            online_url=args.online_url,
            starts_at=args.starts_at,
            ends_at=args.ends_at,
            organizer_unit_id=args.organizer_unit_id or _root_unit(session, actor.unit_id),
            state=State(args.state),
        )

    return start(actor, make, _first_people, args, request_id, at)


def _first_people(change: Change, args: CreateMeeting) -> Meeting:
    people = dict.fromkeys(args.chair_ids, Role.CHAIR)
    for person_id in args.secretary_ids:
        if people.setdefault(person_id, Role.SECRETARY) is Role.CHAIR:
            raise _field("secretary_ids", _("Một người không thể vừa chủ trì vừa là thư ký."))
    if change.actor.person_id is not None:
        people.setdefault(change.actor.person_id, Role.SECRETARY)
    for person_id, role in people.items():
        _invite(change, person_id, role, None)
    if args.series_id is not None or args.series_name:
        put_into_series(change, args.series_id, args.series_name)
    return change.meeting


def _field(name: str, message: Any) -> Invalid:
    return Invalid(message, errors=[{"field": name, "message": str(message)}])


def _check_times(starts_at: Any, ends_at: Any) -> None:
    if ends_at <= starts_at:
        raise _field("ends_at", _("Giờ kết thúc phải sau giờ bắt đầu."))
    if ends_at - starts_at > LONGEST:
        raise _field("ends_at", _("Cuộc họp dài quá bảy ngày."))


def _check_unit(session: Session, unit_id: int | None, name: str) -> None:
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise _field(name, _("Không có đơn vị này."))


def _root_unit(session: Session, unit_id: int | None) -> int | None:
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    while unit is not None and unit.parent_id is not None:
        unit = session.get(Unit, unit.parent_id)
    return unit.id if unit else None


def _next_code(session: Session) -> str:
    year = vietnam(now()).year
    taken = set(session.scalars(select(Meeting.code).where(Meeting.code.like(f"GB-{year}-%"))))
    number = len(taken) + 1
    while f"GB-{year}-{number:02}" in taken:
        number += 1
    return f"GB-{year}-{number:02}"


@command("meeting.update", UpdateMeeting, roles=LEADERS, states=UNTIL_CLOSED)
def update_meeting(change: Change, args: UpdateMeeting) -> Meeting:
    """Change when, where and under which name the meeting is held."""
    meeting = change.meeting
    values = fields_of(args)
    values.pop("seen", None)
    series_name = values.pop("series_name", "")
    if args.seen is not None:
        stored = {name: getattr(meeting, name) for name in Schedule.model_fields}
        values = changes(values, fields_of(args.seen), stored, partial(_in_words, change.session))
    for required in ("title", "starts_at", "ends_at", "description", "location", "online_url"):
        if values.get(required, "") is None:
            del values[required]
    starts_at = values.get("starts_at", meeting.starts_at)
    _check_times(starts_at, values.get("ends_at", meeting.ends_at))
    _check_unit(change.session, values.get("organizer_unit_id"), "organizer_unit_id")
    series_id = values.pop("series_id", meeting.series_id)
    for name, value in values.items():
        setattr(meeting, name, value)
    if series_id != meeting.series_id or series_name:
        named = "series_id" in args.model_fields_set
        put_into_series(change, series_id if named else None, series_name)
    if "quorum" in values:
        change_quorum(change)
    return meeting


def _in_words(session: Session, name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return f"{vietnam(value):%H:%M %d/%m/%Y}"
    if name == "organizer_unit_id":
        unit = session.get(Unit, value) if value is not None else None
        return unit.name if unit else ""
    if name == "series_id":
        series = session.get(MeetingSeries, value) if value is not None else None
        return series.name if series else ""
    if isinstance(value, bool):
        return str(_("có") if value else _("không"))
    return "" if value is None else str(value)


@command("meeting.schedule", Nothing, roles=LEADERS, states={State.DRAFT})
def schedule_meeting(change: Change, args: Nothing) -> Meeting:
    """Make a draft known to those invited."""
    change.meeting.state = State.SCHEDULED
    return change.meeting


@command("meeting.cancel", Reason, roles=LEADERS, states=BEFORE)
def cancel_meeting(change: Change, args: Reason) -> Meeting:
    """Call a meeting off that has not begun. It stays readable, with the reason."""
    meeting = change.meeting
    meeting.state = State.ARCHIVED
    meeting.cancelled_at = change.at
    meeting.cancel_reason = args.reason
    return meeting


@command("participant.add", AddParticipant, roles=LEADERS, states=UNTIL_CLOSED)
def add_participant(change: Change, args: AddParticipant) -> Participant:
    """Invite one person."""
    return _invite(change, args.person_id, Role(args.role), args.unit_id)


def _invite(change: Change, person_id: int, role: Role, unit_id: int | None) -> Participant:
    session = change.session
    person = session.get(Person, person_id)
    if person is None:
        raise _field("person_id", _("Không có người này."))
    _check_unit(session, unit_id, "unit_id")
    mine = Participant.meeting_id == change.meeting_id
    if session.scalar(select(Participant.id).where(mine, Participant.person_id == person_id)):
        raise Conflict(_("%(name)s đã có trong thành phần dự họp.", name=person.name))
    last = session.scalar(select(func.max(Participant.position)).where(mine)) or 0
    participant = Participant(
        meeting_id=change.meeting_id,
        person_id=person_id,
        unit_id=unit_id or person.unit_id,
        role=role,
        position=last + 1,
    )
    session.add(participant)
    session.add(
        Attendance(meeting_id=change.meeting_id, person_id=person_id, unit_id=participant.unit_id)
    )
    session.flush()
    _people_changed(change)
    change.also[f"person/{person_id}"] = person.public()
    return participant


def _people_changed(change: Change) -> None:
    change.session.expire(change.meeting, ["participants"])
    change.touch(change.meeting)
    count_quorum(change)


@command("participant.invite", InviteUnits, roles=LEADERS, states=UNTIL_CLOSED)
def invite_units(change: Change, args: InviteUnits) -> list[dict[str, Any]]:
    """Invite everyone of the units (a group stands for its members) and the people named.

    Whoever is invited already stays as they are.
    """
    session = change.session
    unit_ids = dict.fromkeys(args.unit_ids)
    for unit_id in list(unit_ids):
        _check_unit(session, unit_id, "unit_ids")
        members = select(UnitMember.unit_id).where(UnitMember.group_id == unit_id)
        unit_ids.update(dict.fromkeys(session.scalars(members)))
    found = session.scalars(
        select(Person)
        .join(Unit)
        .where(Person.unit_id.in_(unit_ids))
        .order_by(Unit.position, Person.id)
    )
    wanted = dict.fromkeys([person.id for person in found] + args.person_ids)
    present = {p.person_id for p in change.meeting.participants}
    added = [
        _invite(change, person_id, Role(args.role), None)
        for person_id in wanted
        if person_id not in present
    ]
    return [participant.public() for participant in added]


@command("participant.update", UpdateParticipant, roles=LEADERS, states=UNTIL_CLOSED)
def update_participant(change: Change, args: UpdateParticipant) -> Participant:
    """Give a participant another role or unit; what they see is cut and begun anew."""
    participant = change.part(Participant, args.participant_id)
    if args.unit_id is not None:
        _check_unit(change.session, args.unit_id, "unit_id")
        participant.unit_id = args.unit_id
        attendance_of(change, participant.person_id).unit_id = args.unit_id
    if args.role is not None and args.role != participant.role:
        _keep_a_leader(change, participant)
        participant.role = Role(args.role)
    change.session.flush()
    _people_changed(change)
    return participant


@command("participant.remove", RemoveParticipant, roles=LEADERS, states=UNTIL_CLOSED)
def remove_participant(change: Change, args: RemoveParticipant) -> None:
    """Take back an invitation. Who has spoken or come stays in the record."""
    participant = change.part(Participant, args.participant_id)
    _keep_a_leader(change, participant)
    attendance = attendance_of(change, participant.person_id)
    if change.meeting.state == State.LIVE and attendance.status in ("on_site", "online"):
        raise Conflict(_("Người này đang dự họp, không thể bỏ khỏi thành phần."))
    change.session.delete(attendance)
    change.session.delete(participant)
    change.session.flush()
    change.deleted.append(f"person/{participant.person_id}")
    _people_changed(change)


def _keep_a_leader(change: Change, participant: Participant) -> None:
    # A meeting that nobody may steer could never be opened or mended.
    secretaries = change.meeting.people_in(Role.SECRETARY)
    if secretaries == [participant.person_id]:
        raise Conflict(_("Cuộc họp phải còn ít nhất một thư ký."))
