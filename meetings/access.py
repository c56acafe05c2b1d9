"""Who may see what: decided here, for live events, snapshots, lists, documents and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from core import logs
from core.errors import NotFound, Unauthenticated
from meetings.models import LEADERS, STAFF, LogRow, Meeting, Participant, Role, State
from people.actor import Actor
from people.models import User

# An object by its key (`type/id`), and the whole public object.
Thing = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Viewer:
    """Someone who looks at one meeting, in the role that they have there, and what they look
    at: its state, its revision, and the hash of its log, which stands for its whole history
    (meetings.changes.chained)."""

    actor: Actor
    meeting_id: int
    role: Role
    unit_id: int | None
    state: str
    revision: int
    log_hash: str


def sees(
    role: Role | None, state: str, thing: Thing | None = None, unit_id: int | None = None
) -> bool:
    """The one rule of visibility.

    Args:
        role: the viewer's role in the meeting; None for whoever is not invited.
        state: the meeting's state now.
        thing: the object asked for; None for the meeting as a whole.
        unit_id: the unit that the viewer sits for in the meeting.

    Who is not invited sees nothing, an administrator included. A draft is seen by its
    chair and secretary alone. A document that is not issued is seen by the staff: it may yet
    be returned. A paper is seen by whom it is for, a remark on one by the staff and its own
    unit. Beyond that a meeting has no secrets among those invited.
    """
    if role is None or (state == State.DRAFT and role not in LEADERS):
        return False
    if thing is None or role in STAFF:
        return True
    if thing[0].startswith("document/"):
        return bool(thing[1]["state"] == "issued")
    units = _units_of(thing)
    return units is None or unit_id in units


def _units_of(thing: Thing) -> set[int] | None:
    """The units that see it, beside the staff; None where everybody does."""
    key, value = thing
    if key.startswith("remark/"):
        return {value["unit_id"]} - {None}
    if not key.startswith("paper/") or value["visible_to"] == "everyone":
        return None
    # Who has handed a paper in sees it, whomever it is for.
    named = value["unit_ids"] if value["visible_to"] == "units" else []
    return {*named, value["unit_id"]} - {None}


def units_apart(objects: Mapping[str, Mapping[str, Any]]) -> set[int]:
    """The units that may see more of these objects than others in the same role do."""
    return {unit for thing in objects.items() for unit in _units_of(thing) or ()}


def sees_end(role: Role | None, key: str) -> bool:
    """Whether a viewer hears that an object is gone.

    Args:
        role: the viewer's role in the meeting.
        key: the object's (`type/id`).

    Nobody but the staff knew of a document that is thrown away. Of a paper or a remark that one
    did not see, the key alone tells nothing.
    """
    return role in STAFF or not key.startswith("document/")


def only_visible(
    role: Role | None, state: str, objects: dict[str, dict[str, Any]], unit_id: int | None = None
) -> dict[str, dict[str, Any]]:
    """The objects of a snapshot or an event that may be seen in this role, for this unit."""
    return {k: value for k, value in objects.items() if sees(role, state, (k, value), unit_id)}


def taken_away(
    role: Role, state: str, changed: Mapping[str, Mapping[str, Any]], unit_id: int | None
) -> list[str]:
    """The keys of changed objects that this viewer may not see and may have seen before."""
    return [
        key
        for key, value in changed.items()
        if key.startswith("paper/") and not sees(role, state, (key, value), unit_id)
    ]


_STAMP = select(User.stamp).where(User.id == bindparam("account"), User.active)
# Built once: it is asked before everything that is read.
_VIEW = (
    select(
        Meeting.state,
        Meeting.revision,
        Participant.role,
        Participant.unit_id,
        LogRow.hash,
        _STAMP.scalar_subquery().label("stamp"),
    )
    .join(Participant)
    .outerjoin(LogRow, and_(LogRow.meeting_id == Meeting.id, LogRow.revision == Meeting.revision))
    .where(Meeting.id == bindparam("meeting"), Participant.person_id == bindparam("person"))
)


def view(session: Session, actor: Actor, meeting_id: int) -> Viewer:
    """The actor's view of a meeting.

    Raises:
        NotFound: there is no such meeting, or none for this actor.
        Unauthenticated: the account has been closed, or given another password, since.
    """
    logs.bind(meeting_id=meeting_id)
    asked = {"meeting": meeting_id, "person": actor.person_id or 0, "account": actor.user_id}
    found = session.execute(_VIEW, asked).one_or_none()
    stamp = session.scalar(_STAMP, asked) if found is None else found.stamp
    if actor.stamp is not None and actor.stamp != stamp:
        raise Unauthenticated()
    if found is None or not sees(Role(found.role), found.state):
        raise NotFound()
    return Viewer(
        actor=actor,
        meeting_id=meeting_id,
        role=Role(found.role),
        unit_id=found.unit_id,
        state=found.state,
        revision=found.revision,
        log_hash=found.hash or "",
    )


def viewing(session: Session, actor: Actor, meeting_id: int) -> tuple[Meeting, Viewer]:
    """The meeting with the actor's view of it.

    Raises:
        NotFound: there is no such meeting, or none for this actor.
    """
    viewer = view(session, actor, meeting_id)
    return session.get_one(Meeting, meeting_id), viewer


def visible_meetings(actor: Actor) -> Select[Meeting]:
    """The meetings that the actor may see, as a statement to narrow and to sort."""
    return (
        select(Meeting)
        .join(Participant)
        .where(
            Participant.person_id == (actor.person_id or 0),
            (Meeting.state != State.DRAFT) | Participant.role.in_(LEADERS),
        )
    )
