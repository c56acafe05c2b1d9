"""Series of meetings (chuỗi giao ban): which ones one may see, and how a meeting comes into one."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid
from core.text import fold
from meetings.access import visible_meetings
from meetings.changes import Change
from meetings.models import Meeting, MeetingSeries, State
from people.actor import Actor

# What packages above do, within the same change, when a meeting has come into a series.
CAME_IN: list[Callable[[Change], None]] = []


def visible_series(session: Session, actor: Actor) -> list[MeetingSeries]:
    """The series of the meetings that the actor may see, by name."""
    mine = visible_meetings(actor).with_only_columns(Meeting.series_id)
    found = session.scalars(select(MeetingSeries).where(MeetingSeries.id.in_(mine)))
    return sorted(found, key=lambda series: (fold(series.name), series.id))


def earlier_in_series(meeting: Meeting, actor: Actor) -> list[Meeting]:
    """The meetings of its series before this one that the actor may see, the newest first; none
    that was called off.

    Args:
        meeting: loaded; its session is read with.
        actor: who looks.
    """
    session = Session.object_session(meeting)
    if meeting.series_id is None or session is None:
        return []
    before = visible_meetings(actor).where(
        Meeting.series_id == meeting.series_id,
        Meeting.id != meeting.id,
        Meeting.starts_at < meeting.starts_at,
        Meeting.cancelled_at.is_(None),
    )
    return list(session.scalars(before.order_by(Meeting.starts_at.desc(), Meeting.id.desc())))


def put_into_series(change: Change, series_id: int | None, name: str) -> None:
    """Put a meeting into a series, before it is opened: into the one named by its id, else into
    the one that is called so, which is made where the actor knows of none; without either, into
    none.

    Raises:
        Conflict: the meeting has begun.
        Invalid: there is no such series for the actor, or both were named.
    """
    meeting, session = change.meeting, change.session
    if meeting.state not in (State.DRAFT, State.SCHEDULED):
        raise Conflict(
            _("Cuộc họp đã khai mạc, không đổi chuỗi giao ban được nữa."), current=meeting.public()
        )
    if series_id is not None and name:
        raise Invalid.at(
            "series_name", _("Chọn một chuỗi có sẵn hoặc đặt tên chuỗi mới, không làm cả hai.")
        )
    known = visible_series(session, change.actor)
    if name:
        series = next((each for each in known if fold(each.name) == fold(name)), None)
        if series is None:
            series = MeetingSeries(name=name, organizer_unit_id=meeting.organizer_unit_id)
            session.add(series)
            session.flush()
        series_id = series.id
    elif series_id is not None and series_id not in {each.id for each in known}:
        raise Invalid.at("series_id", _("Không có chuỗi giao ban này trong các cuộc họp của bạn."))
    if series_id == meeting.series_id:
        return
    meeting.series_id = series_id
    session.flush()
    if series_id is not None:
        for follow in CAME_IN:
            follow(change)
