"""Attendance by site: checking in oneself, with the code on a site's screen, and by the
secretary; how many sit where; and the quorum.

**The code on a site's screen** is a QR code with a token that this server has signed. It shows
that whoever sends it has seen that screen within the last seconds:

- It ends 45 s after it was made; the screen shows another one every 30 s.
- It serves once. A photograph of a code with which somebody has checked in is worth nothing, and
  the screen shows the next code as soon as one is used.
- It checks in only the account that sends it, and only at its own site (điểm cầu).
- One device for each person, and one person for each device: who lends a friend's account a
  telephone, or has a friend's telephone send one's own, is refused. The secretary, by marking the
  attendance as unknown, lets somebody begin anew with another device.

A device is a browser as the server's own cookie names it (people.login.device). Somebody who is
sent an unused code within its seconds, at the same site, with a telephone of their own, still
passes: that takes seeing them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.times import now
from meetings.access import viewing
from meetings.changes import Change, command
from meetings.commands import CheckIn, CountPeople, MarkAttendance
from meetings.models import (
    EVERYONE,
    LEADERS,
    PRESENT,
    VOTERS,
    Attendance,
    Headcount,
    Participant,
    Quorum,
    Role,
    SpentCode,
    State,
)
from meetings.presence import Territory
from people.actor import Actor
from people.models import Unit

HELD = {State.SCHEDULED, State.LIVE}
# How often a screen shows another code, and how long each is good for: a telephone needs some
# seconds from seeing one to sending it.
ROTATION = timedelta(seconds=30)
VALID = timedelta(seconds=45)


def attendance_of(change: Change, person_id: int) -> Attendance:
    """The attendance of somebody invited.

    Raises:
        NotFound: they are not invited.
    """
    found = change.session.scalar(
        select(Attendance).where(
            Attendance.meeting_id == change.meeting_id, Attendance.person_id == person_id
        )
    )
    if found is None:
        raise NotFound(_("Người này không có trong thành phần dự họp."))
    return found


@command("attendance.check_in", CheckIn, roles=EVERYONE, states=HELD)
def check_in(change: Change, args: CheckIn) -> Attendance:
    """Report oneself present, with the code on the site's screen or without."""
    attendance = attendance_of(change, change.actor.person_id or 0)
    if args.code is not None:
        change.unlogged.add("code")
        _spend(change, attendance, args.mode, args.code)
    elif args.mode == "on_site" and change.meeting.code_required:
        raise _field("code", _("Cuộc họp này điểm danh tại chỗ bằng mã trên màn hình điểm cầu."))
    if attendance.status not in PRESENT or attendance.arrived_at is None:
        attendance.arrived_at = change.at
    attendance.status = args.mode
    attendance.left_at = None
    attendance.reason = attendance.deputy_name = None  # who is here needs neither
    attendance.at = change.at
    attendance.checked_by = "self" if args.code is None else "code"
    count_quorum(change)
    return attendance


@command("attendance.mark", MarkAttendance, roles=LEADERS, states=HELD)
def mark_attendance(change: Change, args: MarkAttendance) -> Attendance:
    """Note somebody's attendance; a deputy's name, a reason or a time not named is kept. Whoever
    comes is here from this moment, if no other is named."""
    attendance = attendance_of(change, args.person_id)
    attendance.status = args.status
    if "deputy_name" in args.model_fields_set:
        attendance.deputy_name = args.deputy_name or None
    if "reason" in args.model_fields_set:
        attendance.reason = args.reason or None
    attendance.at = change.at if args.status != "unknown" else None
    attendance.checked_by = "secretary" if args.status != "unknown" else None
    _note_times(change, attendance, args)
    if args.status == "unknown":
        _let_begin_anew(change, args.person_id)
    count_quorum(change)
    return attendance


def _note_times(change: Change, attendance: Attendance, args: MarkAttendance) -> None:
    named = args.model_fields_set
    if attendance.status not in PRESENT and attendance.deputy_name is None:
        if args.arrived_at or args.left_at:
            raise _field(
                "arrived_at" if args.arrived_at else "left_at",
                _("Người vắng mặt và không có người dự thay thì không có giờ đến, giờ về."),
            )
        attendance.arrived_at = attendance.left_at = None
        return
    if args.arrived_at is not None:
        attendance.arrived_at = args.arrived_at
    elif attendance.arrived_at is None or "arrived_at" in named:
        attendance.arrived_at = change.at
    if "left_at" in named:
        attendance.left_at = args.left_at
    for name, moment in (("arrived_at", attendance.arrived_at), ("left_at", attendance.left_at)):
        if moment is not None and moment > change.at:
            raise _field(name, _("Thời điểm này chưa tới."))
    if attendance.left_at is not None and attendance.left_at < attendance.arrived_at:
        raise _field("left_at", _("Giờ về phải sau giờ đến."))


@command("attendance.count", CountPeople, roles=LEADERS | {Role.PARTICIPANT}, states=HELD)
def count_people(change: Change, args: CountPeople) -> Headcount:
    """Note how many people sit at a site; whoever does not lead the meeting counts their own."""
    territory = Territory(change.session, change.meeting)
    if args.unit_id not in territory.sites():
        raise _field("unit_id", _("Đơn vị này không phải là một điểm cầu của cuộc họp."))
    if change.role not in LEADERS and args.unit_id != _own_site(change, territory):
        raise Forbidden(_("Chỉ báo được số người của điểm cầu mình."))
    found = change.session.scalar(
        select(Headcount).where(
            Headcount.meeting_id == change.meeting_id, Headcount.unit_id == args.unit_id
        )
    )
    if found is None:
        found = Headcount(meeting_id=change.meeting_id, unit_id=args.unit_id)
        change.session.add(found)
    found.people, found.at = args.people, change.at
    return found


def _field(name: str, message: Any) -> Invalid:
    return Invalid(message, errors=[{"field": name, "message": str(message)}])


# --- The quorum ---------------------------------------------------------------------------------


def needed_for(rule: str, members: int) -> int:
    """How many people it takes.

    Args:
        rule: a number, or a share of the members like `2/3`; a share is rounded up.
        members: how many may decide.
    """
    return ceil(Fraction(rule) * members) if "/" in rule else int(rule)


def count_quorum(change: Change) -> None:
    """Count anew who is here, where the meeting asks for a quorum; to be called by whatever
    changes an attendance, who takes part, or the rule."""
    session, meeting = change.session, change.meeting
    mine = Quorum.meeting_id == meeting.id
    if meeting.quorum is None:
        return
    session.flush()
    attendances = session.scalars(
        select(Attendance)
        .join(
            Participant,
            and_(
                Participant.meeting_id == Attendance.meeting_id,
                Participant.person_id == Attendance.person_id,
            ),
        )
        .where(Attendance.meeting_id == meeting.id, Participant.role.in_(VOTERS))
    ).all()
    counted = session.scalar(select(Quorum).where(mine)) or Quorum(meeting_id=meeting.id)
    counted.rule, counted.members = meeting.quorum, len(attendances)
    counted.present = sum(each.present for each in attendances)
    counted.needed = needed_for(meeting.quorum, len(attendances))
    session.add(counted)


def change_quorum(change: Change) -> None:
    """The meeting's rule is another one, or there is none any more."""
    if change.meeting.quorum is not None:
        count_quorum(change)
        return
    mine = Quorum.meeting_id == change.meeting_id
    for each in change.session.scalars(select(Quorum).where(mine)):
        change.session.delete(each)


# --- The code on a site's screen ----------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """What a site's screen shows for some seconds."""

    unit_id: int
    token: str
    expires_at: datetime


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="check-in")


def new_code(session: Session, actor: Actor, meeting_id: int, unit_id: int | None) -> Code:
    """Another code for a site's screen.

    Args:
        session: one that reads.
        actor: whose screen it is; chair and secretary may show the code of any site, others
            that of their own.
        meeting_id: the meeting.
        unit_id: the site; the actor's own when not given.

    Raises:
        NotFound: there is no such meeting for this viewer.
        Conflict: nobody checks in before it is scheduled and after it is closed.
        Forbidden: it is not their site.
        Invalid: it is no site of this meeting.
    """
    meeting, viewer = viewing(session, actor, meeting_id)
    if meeting.state not in HELD:
        raise Conflict(_("Chỉ điểm danh được khi cuộc họp đã lên lịch và chưa kết thúc."))
    territory = Territory(session, meeting)
    own = territory.site_of(viewer.unit_id)
    wanted = unit_id or own
    if wanted is None or wanted not in territory.sites():
        raise _field("unit_id", _("Đơn vị này không phải là một điểm cầu của cuộc họp."))
    if viewer.role not in LEADERS and wanted != own:
        raise Forbidden(_("Chỉ chiếu được mã của điểm cầu mình."))
    token = _signer().dumps([meeting_id, wanted, secrets.token_urlsafe(9)])
    return Code(wanted, token, now() + VALID)


def _spend(change: Change, attendance: Attendance, mode: str, code: str) -> None:
    if mode != "on_site":
        raise _field("code", _("Mã trên màn hình chỉ dùng để điểm danh tại chỗ."))
    device = change.actor.device
    if device is None:
        raise _field("code", _("Hãy quét mã bằng trình duyệt đã đăng nhập."))
    number = _read(change, attendance, code)
    mine = SpentCode.meeting_id == change.meeting_id
    if change.session.get(SpentCode, (change.meeting_id, number)):
        raise Conflict(_("Mã này đã có người dùng; hãy quét mã mới trên màn hình."))
    person_id = attendance.person_id
    others = change.session.scalars(
        select(SpentCode).where(
            mine,
            SpentCode.device.is_not(None),
            (SpentCode.device == device) != (SpentCode.person_id == person_id),
        )
    ).all()
    if any(each.person_id == person_id for each in others):
        raise Conflict(
            _("Bạn đã điểm danh bằng một thiết bị khác; nếu cần đổi thiết bị, hãy báo thư ký.")
        )
    if others:
        raise Conflict(
            _("Thiết bị này đã điểm danh cho người khác; mỗi thiết bị chỉ dùng cho một người.")
        )
    change.session.add(
        SpentCode(
            meeting_id=change.meeting_id,
            code=number,
            person_id=person_id,
            device=device,
            at=change.at,
        )
    )


def _read(change: Change, attendance: Attendance, code: str) -> str:
    try:
        meeting_id, unit_id, number = _signer().loads(code, max_age=int(VALID.total_seconds()))
    except SignatureExpired:
        raise _field("code", _("Mã này đã hết hạn; hãy quét mã đang hiện trên màn hình.")) from None
    except (BadData, UnicodeError):
        raise _field("code", _("Đây không phải là mã điểm danh.")) from None
    if meeting_id != change.meeting_id:
        raise _field("code", _("Mã này của một cuộc họp khác."))
    participant = change.session.scalars(
        select(Participant).where(
            Participant.meeting_id == meeting_id, Participant.person_id == attendance.person_id
        )
    ).one()
    if Territory(change.session, change.meeting).site_of(participant.unit_id) != unit_id:
        site = change.session.get(Unit, unit_id)
        raise _field(
            "code",
            _(
                "Mã này của điểm cầu %(site)s, không phải điểm cầu của bạn; nếu bạn dự họp ở đó, "
                "hãy báo thư ký ghi điểm danh.",
                site=site.name if site else "",
            ),
        )
    return str(number)


def _let_begin_anew(change: Change, person_id: int) -> None:
    spent = select(SpentCode).where(
        SpentCode.meeting_id == change.meeting_id, SpentCode.person_id == person_id
    )
    for each in change.session.scalars(spent):
        each.device = None


def _own_site(change: Change, territory: Territory) -> int | None:
    own = change.session.scalar(
        select(Participant.unit_id).where(
            Participant.meeting_id == change.meeting_id,
            Participant.person_id == change.actor.person_id,
        )
    )
    return territory.site_of(own)
