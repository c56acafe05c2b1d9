"""HTTP API: a meeting as iCalendar."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from sqlalchemy import select

from core.api import blueprint
from core.db import reading
from meetings.access import viewing
from meetings.api import MeetingPath
from meetings.models import LogRow
from minutes.calendars.ics import answer, calendar
from minutes.calendars.reading import Shown
from people.login import current_actor

api = blueprint("calendars", __name__)

FILE: dict[Any, Any] = {
    200: {
        "description": "iCalendar (RFC 5545)",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    }
}


@api.get("/meetings/<int:meeting_id>/calendar.ics", responses=FILE)
def meeting_calendar(path: MeetingPath) -> Response:
    """The meeting for a calendar program: `UID` stays, `SEQUENCE` is its revision."""
    with reading() as session:
        meeting, viewer = viewing(session, current_actor(), path.meeting_id)
        changed_at = select(LogRow.at).where(
            LogRow.meeting_id == meeting.id, LogRow.revision == viewer.revision
        )
        shown = Shown(meeting, session.scalars(changed_at).one())
        content = calendar(meeting.title, [shown], current_app.config["PUBLIC_URL"])
        return answer(content, f"{meeting.code}.ics")
