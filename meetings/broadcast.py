"""Telling those who follow a meeting what has changed.

Each process tells its own readers, in the order of the revisions: it knows up to which
revision it has told them, and reads whatever comes after that from the log. So it does not
matter who learns of a revision first, nor whether a notice from another process was lost: an
order seen by one reader is the order seen by all.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import metrics
from core.db import db, reading
from core.errors import DomainError
from core.notices import notices
from core.realtime import Encoded, how_many, members, socketio
from core.times import now, rfc3339
from meetings.access import Viewer, units_apart
from meetings.feed import event_of, seen_by
from meetings.models import STAFF, LogRow, Meeting, Role
from meetings.presence import here

log = logging.getLogger(__name__)

TICK_SECONDS = 10


class Broadcast:
    """What this process has told its readers, meeting by meeting."""

    def __init__(self) -> None:
        self._told: dict[int, int] = {}
        # Held while readers are told, so that nobody overtakes.
        self._telling = threading.RLock()

    def follow(self, sid: str, look: Callable[[], Viewer]) -> Viewer:
        """Let a connection hear of everything that comes after the view that is returned.

        Args:
            sid: the connection.
            look: reads the meeting's present state, for the one whose connection it is.

        Raises:
            DomainError: what `look` raises; then the connection hears nothing.
        """
        viewer = look()
        while not self._join(sid, viewer):
            # Something was told since, or may have been: what is read now, after joining,
            # leads on to what will be heard.
            try:
                again = look()
            except DomainError:
                self._leave(sid, viewer.meeting_id, viewer.actor.person_id or 0)
                raise
            if (again.role, again.unit_id) == (viewer.role, viewer.unit_id):
                return again
            self._leave(sid, viewer.meeting_id, viewer.actor.person_id or 0)
            viewer = again
        return viewer

    def _leave(self, sid: str, meeting_id: int, person_id: int) -> None:
        units = unit_room(meeting_id, "")
        rooms = [name for name in socketio.server.rooms(sid) if name.startswith(units)]
        rooms += [room(meeting_id, role) for role in Role]
        for name in [*rooms, person_room(meeting_id, person_id)]:
            socketio.server.leave_room(sid, name)

    def _join(self, sid: str, viewer: Viewer) -> bool:
        told = self._told.setdefault(viewer.meeting_id, -1)
        if told < 0:
            self._told[viewer.meeting_id] = viewer.revision
        socketio.server.enter_room(sid, room(viewer.meeting_id, viewer.role))
        own = person_room(viewer.meeting_id, viewer.actor.person_id or 0)
        socketio.server.enter_room(sid, own)
        if viewer.unit_id is not None:
            socketio.server.enter_room(sid, unit_room(viewer.meeting_id, viewer.unit_id))
        return 0 <= told <= viewer.revision

    def accepted(self, row: LogRow, state: str) -> None:
        """Tell of a command that this process has stored. A failure here is logged and never
        fails the command: clients catch up by revision."""
        notices.say(f"meeting/{row.meeting_id}", row.revision)
        try:
            with self._telling:
                told = self._told.get(row.meeting_id)
                if told == row.revision - 1:
                    self._tell(row, state)
                elif told is not None and told < row.revision:
                    self._tell_from_log(row.meeting_id)
        except Exception:  # whatever the transport or the database raises
            log.exception("announcing %s/%s failed", row.meeting_id, row.revision)

    def heard(self, meeting_id: int, revision: int) -> None:
        """Another process has stored a revision: tell of it, and of what came before."""
        with self._telling:
            if self._told.get(meeting_id, revision) < revision:
                self._tell_from_log(meeting_id)

    def tick(self, session: Session) -> None:
        """Tell every room its revision and the server's time, after what it has missed; a
        reader who is behind fetches."""
        self._forget_the_unfollowed()
        for meeting_id in list(self._told):
            self.heard(meeting_id, self._stored(session, meeting_id))
            body = {
                "meeting_id": meeting_id,
                "revision": self._told[meeting_id],
                "now": rfc3339(now()),
            }
            socketio.emit("tick", body, to=[room(meeting_id, role) for role in Role])

    def catch_up(self) -> None:
        """Tell of everything that was stored while this process could not hear of it."""
        for meeting_id in list(self._told):
            self.heard(meeting_id, self._stored(db.session(), meeting_id))

    def reset(self) -> None:
        """Forget what was told (between tests, and where another application begins)."""
        self._told.clear()

    def _stored(self, session: Session, meeting_id: int) -> int:
        try:
            revision = session.scalar(select(Meeting.revision).where(Meeting.id == meeting_id))
        finally:
            session.rollback()
        return revision or 0

    def _tell_from_log(self, meeting_id: int) -> None:
        told = self._told[meeting_id]
        with reading() as session:
            state = session.scalar(select(Meeting.state).where(Meeting.id == meeting_id)) or ""
            rows = session.scalars(
                select(LogRow)
                .where(LogRow.meeting_id == meeting_id, LogRow.revision > told)
                .order_by(LogRow.revision)
            ).all()
            session.expunge_all()
        # All of them, however many: an exclusion among them must cut a view here too.
        for row in rows:
            self._tell(row, state)

    @metrics.FAN_OUT_SECONDS.time()
    def _tell(self, row: LogRow, state: str) -> None:
        self._told[row.meeting_id] = row.revision
        event = event_of(row)
        self._cut(row.meeting_id, event)
        readers = {role: how_many(room(row.meeting_id, role)) for role in Role}
        # Those who see the same are told with one and the same message.
        views: list[tuple[dict[str, Any], list[str]]] = []
        apart = units_apart(event["changed"])
        for role in (role for role, number in readers.items() if number):
            for unit_id, to in self._hearing(row.meeting_id, role, apart):
                seen = seen_by(role, state, event, unit_id)
                for view, hearing in views:
                    if view == seen:
                        hearing.extend(to)
                        break
                else:
                    views.append((seen, to))
        for view, hearing in views:
            socketio.emit("event", Encoded.of(view), to=hearing)
        metrics.FAN_OUT_READERS.observe(sum(readers.values()))

    def _hearing(
        self, meeting_id: int, role: Role, apart: set[int]
    ) -> list[tuple[int | None, list[str]]]:
        """The rooms or connections to tell, by the unit whose view they have: None for all who
        see what anybody in this role does."""
        if not apart or role in STAFF:
            return [(None, [room(meeting_id, role)])]
        of = {sid: unit for unit in apart for sid in members(unit_room(meeting_id, unit))}
        by_unit: dict[int | None, list[str]] = {}
        for sid in members(room(meeting_id, role)):
            by_unit.setdefault(of.get(sid), []).append(sid)
        return list(by_unit.items())

    def _cut(self, meeting_id: int, event: dict[str, Any]) -> None:
        # Who is excluded, or has another role or unit, may not hear even this event in the old one.
        for key in event["deleted"]:
            if key.startswith("person/"):
                self._end_view(meeting_id, int(key.partition("/")[2]), set())
        for key, thing in event["changed"].items():
            if key.startswith("participant/"):
                kept = {room(meeting_id, Role(thing["role"]))}
                if thing["unit_id"] is not None:
                    kept.add(unit_room(meeting_id, thing["unit_id"]))
                self._end_view(meeting_id, thing["person_id"], kept)

    def _end_view(self, meeting_id: int, person_id: int, kept: set[str]) -> None:
        # `kept`: the rooms of a view that goes on.
        own = person_room(meeting_id, person_id)
        for sid in members(own):
            if kept and all(sid in members(name) for name in kept):
                continue
            here.cut(meeting_id, person_id)
            self._leave(sid, meeting_id, person_id)
            socketio.server.emit("resubscribe", {"meeting_id": meeting_id}, to=sid)

    def _forget_the_unfollowed(self) -> None:
        for meeting_id in list(self._told):
            if not any(members(room(meeting_id, role)) for role in Role):
                del self._told[meeting_id]


def room(meeting_id: int, role: Role) -> str:
    """The Socket.IO room of those who see the meeting in this role."""
    return f"meeting:{meeting_id}:{role}"


def unit_room(meeting_id: int, unit_id: int | str) -> str:
    """The room of those who sit for a unit in the meeting."""
    return f"meeting:{meeting_id}:unit:{unit_id}"


def person_room(meeting_id: int, person_id: int) -> str:
    """The room of one person's windows on the meeting."""
    return f"meeting:{meeting_id}:person:{person_id}"


broadcast = Broadcast()
