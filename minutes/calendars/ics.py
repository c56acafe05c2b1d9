"""Meetings and deadlines as iCalendar (RFC 5545).

A deadline is an event of the whole day: Outlook, Google and telephones show no tasks (VTODO) of a
calendar that they subscribe to. It takes nobody's time (TRANSPARENT).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Response, request
from flask_babel import gettext as _
from icalendar import Calendar, Event

from core.times import vietnam
from meetings.models import Meeting, State
from minutes.calendars.reading import Shown
from minutes.models import Directive
from minutes.words import due_words

# How often a program should look again; some keep to it.
_REFRESH = timedelta(hours=1)
# A program shows a line of it.
_LETTERS = 200
_STATUS = {State.DRAFT: "TENTATIVE", State.ARCHIVED: "CANCELLED"}


def calendar(name: str, shown: Sequence[Shown], public_url: str) -> bytes:
    """A calendar of these meetings and deadlines.

    Args:
        name: what programs call it.
        shown: what is in it.
        public_url: where the pages are.
    """
    made = Calendar()
    made.add("prodid", "-//Giao ban//VI")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("name", name)
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", _REFRESH)
    for each in shown:
        directive = each.directive
        if directive is not None and directive.due_at is not None:
            event = _deadline(each, directive, directive.due_at)
        else:
            event = _meeting(each.meeting)
        key, revision, path = _named(each)
        event.add("uid", f"{key}@{urlsplit(public_url).hostname}")
        event.add("sequence", revision)
        event.add("dtstamp", each.changed_at.astimezone(UTC).replace(microsecond=0))
        event.add("url", public_url + path)
        made.add_component(event)
    return bytes(made.to_ical())


def _named(shown: Shown) -> tuple[str, int, str]:
    if shown.directive is not None:
        directive = shown.directive
        return f"directive-{directive.id}", directive.revision, f"/directives/{directive.id}"
    meeting = shown.meeting
    return f"meeting-{meeting.id}", meeting.revision, f"/meetings/{meeting.id}"


def _meeting(meeting: Meeting) -> Event:
    event = Event()
    cancelled = meeting.cancelled_at is not None
    event.add("summary", _("Hủy: %(title)s", title=meeting.title) if cancelled else meeting.title)
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", max(meeting.ends_at, meeting.starts_at).astimezone(UTC))
    if meeting.location or meeting.online_url:
        event.add("location", meeting.location or meeting.online_url)
    parts = (meeting.code, meeting.description, meeting.online_url)
    event.add("description", "\n".join(part for part in parts if part))
    ended = meeting.state == State.ARCHIVED and not cancelled
    event.add("status", "CONFIRMED" if ended else _STATUS.get(State(meeting.state), "CONFIRMED"))
    return event


def _deadline(shown: Shown, directive: Directive, due_at: datetime) -> Event:
    event, day = Event(), vietnam(due_at).date()
    text = " ".join(directive.text.split())
    short = text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"
    event.add("summary", _("Hạn: %(text)s", text=short))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    due = _("Thời hạn: %(due)s", due=due_words(directive.due))
    event.add(
        "description", "\n".join((text, due, f"{shown.meeting.title} ({shown.meeting.code})"))
    )
    event.add("transp", "TRANSPARENT")
    return event


def answer(content: bytes, filename: str) -> Response:
    """The calendar as a file, or that it has not changed since (ETag)."""
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
