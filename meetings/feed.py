"""What viewers are told of a meeting: snapshot, events, and the announcement of new ones."""

from __future__ import annotations

import json
import logging
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import reading
from core.realtime import socketio
from core.times import now, rfc3339
from meetings.access import Viewer, only_visible, viewing
from meetings.models import Live, LogRow, Meeting, Part, Participant, Role
from people.actor import Actor
from people.directory import members_of_groups
from people.models import Person, Unit

log = logging.getLogger(__name__)

# A viewer who has missed more than this many events gets a snapshot instead.
EVENTS_AT_MOST = 500
TICK_SECONDS = 20


def room(meeting_id: int, role: Role) -> str:
    """The Socket.IO room of those who see the meeting in this role."""
    return f"meeting:{meeting_id}:{role}"


def person_room(meeting_id: int, person_id: int) -> str:
    """The room of one person's windows on the meeting."""
    return f"meeting:{meeting_id}:person:{person_id}"


def objects_of(session: Session, meeting: Meeting) -> dict[str, dict[str, Any]]:
    """Every live object of the meeting, before anyone's view of it."""
    found: dict[str, dict[str, Any]] = {meeting.key: meeting.public()}
    for model in Live.live_models:
        if issubclass(model, Part):
            rows = session.scalars(
                select(model).where(model.meeting_id == meeting.id).order_by(model.id)
            )
            found.update({row.key: row.public() for row in rows})
    return found


def directory_of(session: Session, meeting: Meeting) -> dict[str, dict[str, Any]]:
    """The people who take part and the units that can be named, so that a client needs
    nothing else. They are not part of the log."""
    people = session.scalars(
        select(Person).join(Participant).where(Participant.meeting_id == meeting.id)
    )
    units = session.scalars(select(Unit).order_by(Unit.position, Unit.id))
    members = members_of_groups(session)
    # A directive to "UBND các xã" is also a directive to each of them.
    return {f"person/{person.id}": person.public() for person in people} | {
        f"unit/{unit.id}": unit.public() | {"member_ids": members.get(unit.id, [])}
        for unit in units
    }


def snapshot(actor: Actor, meeting_id: int) -> dict[str, Any]:
    """The meeting as this viewer may see it: `{"revision", "objects"}`.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    with reading() as session:
        meeting, viewer = viewing(session, actor, meeting_id)
        return _snapshot(session, meeting, viewer)


def _snapshot(session: Session, meeting: Meeting, viewer: Viewer) -> dict[str, Any]:
    objects = objects_of(session, meeting) | directory_of(session, meeting)
    return {
        "revision": meeting.revision,
        "objects": only_visible(viewer.role, meeting.state, objects),
    }


def events_after(actor: Actor, meeting_id: int, after: int) -> dict[str, Any]:
    """The events after a revision, oldest first, `EVENTS_AT_MOST` at once: `{"revision",
    "events"}`, where `revision` is the meeting's.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    with reading() as session:
        meeting, viewer = viewing(session, actor, meeting_id)
        rows = session.scalars(
            select(LogRow)
            .where(LogRow.meeting_id == meeting_id, LogRow.revision > after)
            .order_by(LogRow.revision)
            .limit(EVENTS_AT_MOST)
        )
        return {
            "revision": meeting.revision,
            "events": [event_for(viewer.role, meeting.state, row) for row in rows],
        }


def catch_up(actor: Actor, meeting_id: int, after: int | None) -> dict[str, Any]:
    """What a client that has the meeting up to `after` needs: the events since, or the
    snapshot when it has nothing, has missed too much, or has what we never had (a copy of
    another database).

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    if after is not None:
        missed = events_after(actor, meeting_id, after)
        if after <= missed["revision"] < after + EVENTS_AT_MOST:
            return missed
    whole = snapshot(actor, meeting_id)
    return {"revision": whole["revision"], "snapshot": whole}


def event_for(role: Role, state: str, row: LogRow) -> dict[str, Any]:
    """The log row as an event for a role; what it may not see leaves `changed` empty."""
    changed = only_visible(role, state, json.loads(row.changed))
    return {
        "meeting_id": row.meeting_id,
        "revision": row.revision,
        "type": row.type,
        "at": rfc3339(row.at),
        "actor": {"person_id": row.actor_person_id, "name": row.actor_name},
        # By this the author's own windows know the line that they still show as on its way.
        "request_id": row.request_id,
        "changed": changed,
        "deleted": json.loads(row.deleted),
    }


def announce(row: LogRow, state: str, cut: set[int]) -> None:
    """Tell the rooms of an accepted command. It is stored already: a failure here is
    logged and never fails the command, since clients catch up by revision."""
    try:
        for person_id in cut:
            cut_off(row.meeting_id, person_id)
        for role in Role:
            socketio.emit("event", event_for(role, state, row), to=room(row.meeting_id, role))
    except Exception:  # whatever the transport or Redis raises
        log.exception("announcing %s/%s failed", row.meeting_id, row.revision)


def cut_off(meeting_id: int, person_id: int) -> None:
    """End a person's view of the meeting; their windows are told to subscribe anew."""
    manager = socketio.server.manager
    own = person_room(meeting_id, person_id)
    for sid, _eio_sid in list(manager.get_participants("/", own)):
        for role in Role:
            socketio.server.leave_room(sid, room(meeting_id, role))
        socketio.server.leave_room(sid, own)
        socketio.server.emit("resubscribe", {"meeting_id": meeting_id}, to=sid)


def tick(session: Session) -> None:
    """Tell every room its revision and the server's time; a viewer who is behind fetches."""
    rooms = {
        name
        for name in socketio.server.manager.rooms.get("/", {})
        if isinstance(name, str) and name.startswith("meeting:") and ":person:" not in name
    }
    ids = {int(name.split(":")[1]) for name in rooms}
    if not ids:
        return
    at = rfc3339(now())
    for meeting_id, revision in session.execute(
        select(Meeting.id, Meeting.revision).where(Meeting.id.in_(ids))
    ):
        body = {"meeting_id": meeting_id, "revision": revision, "now": at}
        for role in Role:
            socketio.emit("tick", body, to=room(meeting_id, role))


def listed(actor: Actor, meeting_id: int, live_type: str) -> list[dict[str, Any]]:
    """The parts of one type that this viewer may see, in the order of their ids.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    objects: dict[str, dict[str, Any]] = snapshot(actor, meeting_id)["objects"]
    return [value for key, value in objects.items() if key.split("/")[0] == live_type]
