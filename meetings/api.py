"""HTTP API: meetings, participants, attendance, snapshot, events, commands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from flask import Response, request
from pydantic import BeforeValidator, ConfigDict, Field
from sqlalchemy.orm import selectinload

from core.api import (
    Listing,
    Page,
    PathId,
    Public,
    blueprint,
    created,
    page_of,
    page_of_list,
)
from core.db import db
from core.schema import Args, Query
from core.text import clean, fold
from meetings import feed, presence, services, video
from meetings.access import viewing, visible_meetings
from meetings.changes import Outcome
from meetings.commands import AddParticipant, CreateMeeting, Reason, UpdateMeeting
from meetings.limits import ask
from meetings.models import Meeting
from meetings.series import visible_series
from people.login import current_actor

api = blueprint("meetings", __name__)


class MeetingOut(Public):
    """A meeting."""

    id: int
    code: str
    title: str
    state: str
    starts_at: str
    ends_at: str
    opened_at: str | None
    closed_at: str | None
    current_item_id: int | None
    chair_ids: list[int]
    secretary_ids: list[int]


class ParticipantOut(Public):
    """Someone invited to a meeting."""

    id: int
    person_id: int
    unit_id: int | None
    role: str


class AttendanceOut(Public):
    """An invited person's attendance."""

    id: int
    person_id: int
    unit_id: int | None
    status: str
    deputy_name: str | None
    reason: str | None


class SeriesOut(Public):
    """A series of meetings."""

    id: int
    name: str
    organizer_unit_id: int | None


class SeriesList(Listing):
    """A page of series."""

    items: list[SeriesOut]


class Meetings(Listing):
    """A page of meetings."""

    items: list[MeetingOut]


class Participants(Listing):
    """A page of participants."""

    items: list[ParticipantOut]


class AttendanceList(Listing):
    """A page of attendances."""

    items: list[AttendanceOut]


class MeetingPath(Query):
    """A meeting's id in the address."""

    meeting_id: PathId


class ParticipantPath(MeetingPath):
    """A participant's id in the address."""

    participant_id: PathId


def whole(value: Any) -> Any:
    """A number of a query string."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


class MeetingFilter(Page):
    """Which meetings."""

    code: str = Field(default="", max_length=50, description="Exactly this code.")
    state: str = Field(default="", max_length=20, description="Only in this state.")
    series: Annotated[int | None, BeforeValidator(whole), Field(ge=1, le=2**31 - 1)] = None


class After(Query):
    """The revision up to which the client has the meeting."""

    after: Annotated[int, BeforeValidator(whole), Field(ge=0, le=2**31 - 1)] = 0


class CommandBody(Args):
    """A command: the HTTP twin of Socket.IO's `command`."""

    name: str = Field(max_length=50, description="For instance `agenda.advance`.")
    request_id: str | None = Field(default=None, max_length=64)
    args: dict[str, Any] | None = None


class Accepted(Public):
    """An accepted command."""

    ok: bool
    revision: int
    result: Any = None


class Snapshot(Public):
    """The meeting as the viewer may see it."""

    revision: int
    objects: dict[str, dict[str, Any]]


class Event(Public):
    """An accepted command as the viewer hears of it."""

    meeting_id: int
    revision: int
    type: str
    at: str
    changed: dict[str, dict[str, Any]]
    deleted: list[str]


class Events(Public):
    """What is newer than a revision."""

    revision: int
    events: list[Event]


class DropoutOut(Public):
    """A time without connection while the meeting was live."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    since: str = Field(alias="from")
    to: str
    minutes: int


class SiteOut(Public):
    """A site: who is connected now; the rest is there for the chair, the secretary
    and the records clerk. Minutes and dropouts count while the meeting is live."""

    people: list[int]
    since: str | None = None
    first_joined: str | None = None
    last_left: str | None = None
    minutes: int = 0
    minutes_lost: int = 0
    dropouts: list[DropoutOut] = []


class PresenceOut(Public):
    """The sites of a meeting by the id of their unit. An office sits at the site of the
    commune, district or province above it."""

    meeting_id: int
    at: str
    sites_connected: int
    sites_total: int
    units: dict[str, SiteOut]


class RoomOut(Public):
    """Where the video is: `jitsi` to embed, `link` to open, `none`."""

    kind: str
    url: str | None
    domain: str | None
    room: str | None
    token: str | None
    expires_at: str | None
    moderator: bool
    name: str | None


def run(meeting_id: int, name: str, args: dict[str, Any]) -> Outcome:
    """Carry out a command for whoever has made this request.

    The header `Idempotency-Key` serves as the command's `request_id`.
    """
    key = request.headers.get("Idempotency-Key")
    return ask(current_actor(), meeting_id, name, key, args)


@api.get("/meetings", responses={200: Meetings})
def list_meetings(query: MeetingFilter) -> dict[str, Any]:
    """The meetings that the viewer may see, newest first."""
    statement = visible_meetings(current_actor()).order_by(
        Meeting.starts_at.desc(), Meeting.id.desc()
    )
    if query.code:
        statement = statement.where(Meeting.code == clean(query.code))
    if query.state:
        statement = statement.where(Meeting.state == clean(query.state))
    if query.series is not None:
        statement = statement.where(Meeting.series_id == query.series)
    statement = statement.options(selectinload(Meeting.participants))
    if not query.q:
        return page_of(db.session(), statement, query, Meeting.public)
    words = fold(clean(query.q))
    found = [m.public() for m in db.session().scalars(statement) if words in _searched(m)]
    return page_of_list(found, query)


def _searched(meeting: Meeting) -> str:
    return fold(f"{meeting.code} {meeting.title} {meeting.location}")


@api.get("/series", responses={200: SeriesList})
def list_series(query: Page) -> dict[str, Any]:
    """The series of the meetings that the viewer may see. A new one is named by the first meeting
    that is put into it (`series_name`)."""
    words = fold(clean(query.q))
    found = visible_series(db.session(), current_actor())
    return page_of_list([each.public() for each in found if words in fold(each.name)], query)


@api.post("/meetings", responses={201: MeetingOut})
def add_meeting(body: CreateMeeting) -> Response:
    """Create a meeting."""
    key = request.headers.get("Idempotency-Key")
    outcome = services.create_meeting(current_actor(), body, key)
    return created(outcome.result)


@api.get("/meetings/<int:meeting_id>", responses={200: MeetingOut})
def get_meeting(path: MeetingPath) -> dict[str, Any]:
    """One meeting."""
    meeting, _viewer = viewing(db.session(), current_actor(), path.meeting_id)
    return meeting.public()


@api.patch("/meetings/<int:meeting_id>", responses={200: MeetingOut})
def update_meeting(path: MeetingPath, body: UpdateMeeting) -> Any:
    """Change a meeting's schedule (`meeting.update`)."""
    return run(path.meeting_id, "meeting.update", body.model_dump(exclude_unset=True)).result


@api.delete("/meetings/<int:meeting_id>", responses={200: MeetingOut})
def cancel_meeting(path: MeetingPath, query: Reason) -> Any:
    """Cancel a meeting that has not begun (`meeting.cancel`); it stays readable."""
    return run(path.meeting_id, "meeting.cancel", query.model_dump()).result


@api.get("/meetings/<int:meeting_id>/participants", responses={200: Participants})
def list_participants(path: MeetingPath, query: Page) -> dict[str, Any]:
    """Who is invited, in protocol order."""
    found = feed.listed(current_actor(), path.meeting_id, "participant")
    return page_of_list(sorted(found, key=lambda p: (p["position"], p["id"])), query)


@api.post("/meetings/<int:meeting_id>/participants", responses={201: ParticipantOut})
def add_participant(path: MeetingPath, body: AddParticipant) -> Response:
    """Invite a person (`participant.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "participant.add", args).result)


@api.delete(
    "/meetings/<int:meeting_id>/participants/<int:participant_id>",
    responses={200: Accepted},
)
def remove_participant(path: ParticipantPath) -> dict[str, Any]:
    """Take back an invitation (`participant.remove`)."""
    return accepted(
        run(path.meeting_id, "participant.remove", {"participant_id": path.participant_id})
    )


def accepted(outcome: Outcome) -> dict[str, Any]:
    """The acknowledgement of a command."""
    return {"ok": True, "revision": outcome.revision, "result": outcome.result}


@api.get("/meetings/<int:meeting_id>/attendance", responses={200: AttendanceList})
def list_attendance(path: MeetingPath, query: Page) -> dict[str, Any]:
    """Who takes part, and how."""
    return page_of_list(feed.listed(current_actor(), path.meeting_id, "attendance"), query)


@api.get("/meetings/<int:meeting_id>/presence", responses={200: PresenceOut})
def get_presence(path: MeetingPath) -> dict[str, Any]:
    """Which sites are connected now; for the staff also times and dropouts."""
    return presence.here.seen_by(current_actor(), path.meeting_id)


@api.get("/meetings/<int:meeting_id>/video", responses={200: RoomOut})
def get_video(path: MeetingPath) -> dict[str, Any]:
    """The video room for this viewer: Jitsi's address, room and token, or a plain link."""
    return asdict(video.room_for(db.session(), current_actor(), path.meeting_id))


@api.get("/meetings/<int:meeting_id>/snapshot", responses={200: Snapshot})
def get_snapshot(path: MeetingPath) -> Response:
    """The meeting's whole present state, as the viewer may see it."""
    whole = feed.snapshot(current_actor(), path.meeting_id)
    return Response(whole.json, mimetype="application/json")


@api.get("/meetings/<int:meeting_id>/events", responses={200: Events})
def get_events(path: MeetingPath, query: After) -> dict[str, Any]:
    """The events after a revision, 500 at most; ask again until `revision` is reached."""
    return feed.events_after(current_actor(), path.meeting_id, query.after)


@api.post("/meetings/<int:meeting_id>/commands", responses={200: Accepted})
def post_command(path: MeetingPath, body: CommandBody) -> dict[str, Any]:
    """Carry out a command."""
    outcome = ask(current_actor(), path.meeting_id, body.name, body.request_id, body.args or {})
    return accepted(outcome)
