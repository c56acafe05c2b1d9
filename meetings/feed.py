"""What a viewer may read of a meeting: its snapshot, and the events after a revision."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import metrics
from core.db import reading
from core.realtime import Encoded
from core.times import rfc3339
from meetings.access import Viewer, only_visible, sees_end, taken_away, units_apart, view
from meetings.models import STAFF, Live, LogRow, Meeting, Part, Participant, Role
from people.actor import Actor
from people.directory import described, members_of_groups, successors
from people.models import Person, Unit

# A viewer who has missed more than this many events gets a snapshot instead.
EVENTS_AT_MOST = 500


def objects_of(
    session: Session, meeting: Meeting, between: Callable[[], None] = lambda: None
) -> dict[str, dict[str, Any]]:
    """Every live object of the meeting, before anyone's view of it.

    Args:
        session: one that is reading.
        meeting: which.
        between: called after each type of object, so that others may have their turn.
    """
    found: dict[str, dict[str, Any]] = {meeting.key: meeting.public()}
    for model in Live.live_models:
        if issubclass(model, Part):
            between()
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
    members, taken_over = members_of_groups(session), successors(session)
    # A directive to "UBND các xã" is also a directive to each of them.
    return {f"person/{person.id}": person.public() for person in people} | {
        f"unit/{unit.id}": unit.public()
        | {"member_ids": members.get(unit.id, [])}
        | _ended(unit, taken_over)
        for unit in units
    }


def _ended(unit: Unit, taken_over: dict[int, list[int]]) -> dict[str, Any]:
    # Most units are still there: what says that one is not is left out for them.
    return {
        name: value
        for name, value in described(unit, taken_over).items()
        if name in ("valid_to", "successor_ids") and value
    }


@dataclass(frozen=True)
class Snapshot:
    """A meeting as viewers see it at a revision."""

    revision: int
    objects: dict[str, dict[str, Any]]
    log_hash: str

    @cached_property
    def json(self) -> Encoded:
        """`{"revision", "objects"}` as JSON."""
        return Encoded.of({"revision": self.revision, "objects": self.objects})


@dataclass
class _Whole:
    """A meeting at a revision, and the views of it that somebody has asked for: one for a role,
    and one for a unit in it where that makes a difference."""

    revision: int
    state: str
    objects: dict[str, dict[str, Any]]
    log_hash: str
    taken: float
    apart: set[int]
    views: dict[tuple[Role, int | None], Snapshot] = field(default_factory=dict)

    def seen_by(self, viewer: Viewer) -> Snapshot:
        """The view of whoever sees the same as this viewer."""
        unit_id = viewer.unit_id if viewer.unit_id in self.apart else None
        if viewer.role in STAFF:
            unit_id = None
        found = self.views.get((viewer.role, unit_id))
        if found is None:
            seen = only_visible(viewer.role, self.state, self.objects, unit_id)
            found = self.views[viewer.role, unit_id] = Snapshot(self.revision, seen, self.log_hash)
        return found


# How long the names of people and units in a snapshot may be behind the directory, in seconds.
# Everything else in it is of its revision.
DIRECTORY_SECONDS = 1.0
# Meetings that are kept for the next viewer: after a break in the network, everybody asks.
KEPT = 32


def snapshot(actor: Actor, meeting_id: int, between: Callable[[], None] = lambda: None) -> Snapshot:
    """The meeting as this viewer may see it.

    Args:
        actor: who looks.
        meeting_id: at which meeting.
        between: as for `objects_of`.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    with reading() as session:
        viewer = view(session, actor, meeting_id)
        found = _kept(viewer)
        if found is None:
            meeting = session.get_one(Meeting, meeting_id)
            objects = objects_of(session, meeting, between)
            between()
            objects |= directory_of(session, meeting)
            whole = _Whole(
                viewer.revision,
                viewer.state,
                objects,
                viewer.log_hash,
                time.monotonic(),
                units_apart(objects),
            )
            kept = _all_kept()
            kept.pop(meeting_id, None)
            kept[meeting_id] = whole
            if len(kept) > KEPT:
                del kept[next(iter(kept))]
            found = whole.seen_by(viewer)
        return found


def _all_kept() -> dict[int, _Whole]:
    found: dict[int, _Whole] = current_app.extensions.setdefault("snapshots", {})
    return found


def _kept(viewer: Viewer) -> Snapshot | None:
    # Of what is viewed now, by whoever may see the same.
    found = _all_kept().get(viewer.meeting_id)
    if (
        found is not None
        and found.log_hash == viewer.log_hash
        and found.taken >= time.monotonic() - DIRECTORY_SECONDS
    ):
        return found.seen_by(viewer)
    return None


def events_after(actor: Actor, meeting_id: int, after: int) -> dict[str, Any]:
    """The events after a revision, oldest first, `EVENTS_AT_MOST` at once: `{"revision",
    "events"}`, where `revision` is the meeting's.

    There are none, though `revision` is larger, where the viewer has got another role or unit
    since: events do not tell of what became visible by that, a snapshot does.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    with reading() as session:
        viewer = view(session, actor, meeting_id)
        rows = session.scalars(
            select(LogRow)
            .where(LogRow.meeting_id == meeting_id, LogRow.revision > after)
            .order_by(LogRow.revision)
            .limit(EVENTS_AT_MOST)
        )
        events = [event_of(row) for row in rows]
        if any(_moves(event, actor.person_id) for event in events):
            events = []
        return {
            "revision": viewer.revision,
            "events": [
                seen_by(viewer.role, viewer.state, event, viewer.unit_id) for event in events
            ],
        }


def _moves(event: dict[str, Any], person_id: int | None) -> bool:
    """Whether somebody sees with other eyes after an event."""
    if f"person/{person_id}" in event["deleted"]:
        return True
    return event["type"] == "participant.update" and any(
        key.startswith("participant/") and thing["person_id"] == person_id
        for key, thing in event["changed"].items()
    )


def catch_up(viewer: Viewer, after: int | None) -> Encoded:
    """What a client that has the meeting up to `after` needs, as the JSON of an answer: the
    events since, or the snapshot when it has nothing, has missed too much, or has what we
    never had (a copy of another database).

    Args:
        viewer: who asks, and what there is.
        after: the client's revision; None when it has nothing.

    Raises:
        NotFound: there is no such meeting for this viewer any more.
    """
    if after is not None:
        missed: dict[str, Any] = {"revision": viewer.revision, "events": []}
        if after != viewer.revision:
            missed = events_after(viewer.actor, viewer.meeting_id, after)
        leads_on = bool(missed["events"]) or after == missed["revision"]
        if leads_on and after <= missed["revision"] < after + EVENTS_AT_MOST:
            metrics.CATCH_UPS.labels("events").inc()
            return Encoded.of({"ok": True, **missed})
    metrics.CATCH_UPS.labels("snapshot").inc()
    whole = _kept(viewer) or snapshot(viewer.actor, viewer.meeting_id)
    return Encoded(f'{{"ok":true,"revision":{whole.revision},"snapshot":{whole.json}}}')


def event_of(row: LogRow) -> dict[str, Any]:
    """The log row as an event, before anyone's view of it."""
    return {
        "meeting_id": row.meeting_id,
        "revision": row.revision,
        "type": row.type,
        "at": rfc3339(row.at),
        "actor": {"person_id": row.actor_person_id, "name": row.actor_name},
        # By this the author's own windows know the line that they still show as on its way.
        "request_id": row.request_id,
        "changed": json.loads(row.changed),
        "deleted": json.loads(row.deleted),
    }


def seen_by(
    role: Role, state: str, event: dict[str, Any], unit_id: int | None = None
) -> dict[str, Any]:
    """The event for a role and a unit. What they may not see is not in `changed`; what they may
    see no longer is `deleted` for them."""
    changed = event["changed"]
    gone = [key for key in event["deleted"] if sees_end(role, key)]
    return event | {
        "changed": only_visible(role, state, changed, unit_id),
        "deleted": gone + taken_away(role, state, changed, unit_id),
    }


def listed(actor: Actor, meeting_id: int, live_type: str) -> list[dict[str, Any]]:
    """The parts of one type that this viewer may see, in the order of their ids.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    objects = snapshot(actor, meeting_id).objects
    return [value for key, value in objects.items() if key.split("/")[0] == live_type]
