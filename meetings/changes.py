"""The one door for changes to a meeting.

A person's intention is one function, declared once with its name, its arguments and its
permission. Socket.IO, the HTTP API, forms and the demo all come in through `execute`:

    lock the meeting, check, do it, write the log row, commit, tell the room.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from itertools import chain
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from flask_babel import lazy_gettext as _
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Connection, Insert, Select, bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import one_by_one, writing
from core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from core.schema import RequestId, invalid, parse
from core.times import now, rfc3339
from meetings.access import sees
from meetings.broadcast import broadcast
from meetings.models import Live, LogRow, Meeting, Part, Participant, Role, State
from meetings.observing import observed
from people.actor import Actor
from people.models import User

A = TypeVar("A", bound=BaseModel)
P = TypeVar("P", bound=Part)
Service = Callable[["Change", A], Any]

GENESIS = "0" * 64
# The lock of whoever creates a meeting; any number that nothing else here uses.
CREATING = 1


@dataclass(frozen=True)
class Command:
    """An intention: its name, what it takes, who may have it and when."""

    name: str
    args: type[BaseModel]
    roles: frozenset[Role]
    states: frozenset[State]
    service: Callable[[Change, Any], Any]


COMMANDS: dict[str, Command] = {}


def command(
    name: str, args: type[A], *, roles: frozenset[Role], states: set[State]
) -> Callable[[Service[A]], Service[A]]:
    """Declare a service function as a command.

    Args:
        name: as docs/live.md names it.
        args: the description of its arguments.
        roles: who may give it.
        states: the states of the meeting in which it makes sense.
    """

    def declare(service: Service[A]) -> Service[A]:
        COMMANDS[name] = Command(name, args, roles, frozenset(states), service)
        return service

    return declare


@dataclass
class Change:
    """One accepted command while it is carried out."""

    session: Session
    meeting_id: int
    actor: Actor
    role: Role
    at: datetime
    revision: int
    touched: dict[str, Live] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    # Directory objects (people) that clients must learn or forget together with this change.
    also: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Arguments that the log does not keep: what somebody chose in secret, what proves a presence.
    unlogged: set[str] = field(default_factory=set)

    @cached_property
    def connection(self) -> Connection:
        """The session's connection, for statements that need no objects."""
        return self.session.connection()

    @cached_property
    def meeting(self) -> Meeting:
        """The meeting as it stands; read when it is asked for, since most commands need its id
        alone."""
        return self.session.get_one(Meeting, self.meeting_id)

    @property
    def unit_id(self) -> int | None:
        """The unit that the actor sits for in this meeting."""
        return self.session.scalar(
            select(Participant.unit_id).where(
                Participant.meeting_id == self.meeting_id,
                Participant.person_id == self.actor.person_id,
            )
        )

    def part(self, model: type[P], key: int | None, message: Any = None) -> P:
        """A part of this meeting by its id.

        Raises:
            NotFound: there is none, or it belongs to another meeting.
        """
        found = self.session.get(model, key) if key is not None else None
        if found is None or found.meeting_id != self.meeting_id:
            raise NotFound(message)
        return found

    def expect(self, model: type[Part], key: int, message: Any = None) -> None:
        """Make sure that there is such a part of this meeting, without reading it.

        Raises:
            NotFound: there is none, or it belongs to another meeting.
        """
        asked = {"key": key, "meeting": self.meeting_id}
        if self.connection.execute(_one_of(cast("Any", model)), asked).scalar() is None:
            raise NotFound(message)

    def insert(self, thing: P) -> P:
        """Store a new part that this command looks at no more: one statement, where the
        session's way (`session.add`) takes a fifth of a command. It gets its id; columns that it
        does not name are empty, whatever their default."""
        model: Any = type(thing)
        thing.revision = self.revision
        values = vars(thing)
        row = {column.key: values.get(column.key) for column in model.__table__.c}
        del row["id"]
        inserted = self.connection.execute(_insert_of(model), row)
        thing.id = cast("Any", inserted.inserted_primary_key)[0]
        self.touch(thing)
        return thing

    def known(self, live_type: str, key: int, message: Any = None) -> Part:
        """A part of this meeting that a package above knows: by its type and id.

        Raises:
            NotFound: there is none, or it belongs to another meeting.
        """
        model: type[Part] = next(m for m in Live.live_models if m.live_type == live_type)
        return self.part(model, key, message)

    def touch(self, thing: Live) -> None:
        """Tell clients of an object whose own row has not changed, but whose view has."""
        self.touched[thing.key] = thing

    def changed(self) -> dict[str, dict[str, Any]]:
        """The whole public objects that this command has added or changed."""
        objects = {
            key: thing.public() for key, thing in self.touched.items() if key not in self.deleted
        }
        return objects | self.also


@dataclass(frozen=True)
class Outcome:
    """What the author of a command is answered."""

    revision: int
    result: Any


def _declared(name: Any) -> str:
    return name if isinstance(name, str) and name in COMMANDS else "unknown"


class _Repeated(Exception):  # not an error: the way out of the transaction
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


@observed(lambda meeting_id, name, *_rest, **_at: (_declared(name), meeting_id))
def execute(
    actor: Actor,
    meeting_id: int,
    name: str,
    request_id: str | None,
    args: Any,
    *,
    at: datetime | None = None,
) -> Outcome:
    """Carry out a command: one revision, stored before anyone is told.

    Args:
        actor: who gives it.
        meeting_id: for which meeting.
        name: the command's name.
        request_id: the author's own name for this attempt; the same one again gets the
            first answer and changes nothing.
        args: its arguments, not yet checked.
        at: the moment of it; now when not given (the demo tells of the past).

    Raises:
        DomainError: it is refused; nothing has changed.
    """
    found = COMMANDS.get(name) if isinstance(name, str) else None
    if found is None:
        raise Invalid(_("Không có lệnh này."))
    values = parse(found.args, {} if args is None else args)
    request_id = _request_id(request_id)
    try:
        with writing() as session:
            row, state = _carry_out(session, found, values, actor, meeting_id, request_id, at)
        broadcast.accepted(row, state)
        return Outcome(row.revision, json.loads(row.result))
    except _Repeated as repeated:
        return repeated.outcome


@observed(lambda *_args, **_rest: ("meeting.create", None))
def start(
    actor: Actor,
    make: Callable[[Session], Meeting],
    service: Service[A],
    args: A,
    request_id: str | None = None,
    at: datetime | None = None,
) -> Outcome:
    """Create a meeting: its first revision is `meeting.create`.

    Args:
        actor: who creates it; becomes its secretary where `service` says so.
        make: builds the row.
        service: what else belongs to the creation.
        args: its arguments, already checked.
        request_id: as for `execute`.
        at: as for `execute`.
    """
    found = Command("meeting.create", type(args), frozenset(), frozenset(), service)
    request_id = _request_id(request_id)
    with writing() as session:
        # No row to lock yet: neither a request nor a code may be taken twice at once.
        one_by_one(session, CREATING)
        if request_id is not None:
            earlier = session.scalar(
                select(LogRow).where(
                    LogRow.type == found.name,
                    LogRow.actor_id == actor.user_id,
                    LogRow.request_id == request_id,
                )
            )
            if earlier:
                return Outcome(earlier.revision, json.loads(earlier.result))
        meeting = make(session)
        session.add(meeting)
        meeting.revision = 1
        session.flush()
        change = Change(session, meeting.id, actor, Role.SECRETARY, at or now(), 1)
        change.touch(meeting)
        row = _run(change, found, args, request_id, GENESIS)
    # Nobody follows it yet whom we should tell.
    return Outcome(row.revision, json.loads(row.result))


_REQUEST_ID: TypeAdapter[str] = TypeAdapter(RequestId)


def _request_id(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return _REQUEST_ID.validate_python(value, strict=True)
    except ValidationError as error:
        raise invalid(error) from None


@cache
def _one_of(model: type[Any]) -> Select[int]:
    columns = model.__table__.c
    return select(columns.id).where(
        columns.id == bindparam("key"), columns.meeting_id == bindparam("meeting")
    )


@cache
def _insert_of(model: type[Any]) -> Insert:
    return insert(model.__table__)


# Built once: every command begins with these two.
_LOCK = (
    update(Meeting).where(Meeting.id == bindparam("meeting")).values(revision=Meeting.revision + 1)
)
_OF_MEETING = LogRow.meeting_id == bindparam("meeting")
_BEFORE = select(
    Meeting.state,
    Meeting.revision,
    select(Participant.role)
    .where(
        Participant.meeting_id == bindparam("meeting"),
        Participant.person_id == bindparam("person"),
    )
    .scalar_subquery()
    .label("role"),
    select(LogRow.hash)
    .where(_OF_MEETING, LogRow.revision == Meeting.revision - 1)
    .scalar_subquery()
    .label("hash"),
    select(LogRow.id)
    .where(
        _OF_MEETING,
        LogRow.actor_id == bindparam("actor"),
        LogRow.request_id == bindparam("request"),
    )
    .scalar_subquery()
    .label("repeated"),
    select(User.stamp)
    .where(User.id == bindparam("actor"), User.active)
    .scalar_subquery()
    .label("stamp"),
).where(Meeting.id == bindparam("meeting"))


def _carry_out(
    session: Session,
    found: Command,
    values: BaseModel,
    actor: Actor,
    meeting_id: int,
    request_id: str | None,
    at: datetime | None,
) -> tuple[LogRow, str]:
    # The first statement takes the meeting's row lock (PostgreSQL) or finds the write lock
    # taken (SQLite), so that everything read after it is the newest state.
    connection = session.connection()
    connection.execute(_LOCK, {"meeting": meeting_id})
    asked = {
        "meeting": meeting_id,
        "person": actor.person_id or 0,
        "actor": actor.user_id,
        "request": request_id,
    }
    before = connection.execute(_BEFORE, asked).one_or_none()
    if before is None:
        raise NotFound()
    if actor.stamp is not None and actor.stamp != before.stamp:
        raise Unauthenticated()
    role = Role(before.role) if before.role else None
    if role is None or not sees(role, before.state):
        raise NotFound()
    if before.repeated is not None:
        earlier = session.get_one(LogRow, before.repeated)
        raise _Repeated(Outcome(earlier.revision, json.loads(earlier.result)))
    if role not in found.roles:
        raise Forbidden()
    change = Change(session, meeting_id, actor, role, at or now(), before.revision)
    if before.state not in found.states:
        raise Conflict(_WRONG_STATE[State(before.state)], current=change.meeting.public())
    row = _run(change, found, values, request_id, before.hash or GENESIS)
    # As it stands now: the command may have opened or closed the meeting.
    meeting = change.touched.get(f"meeting/{meeting_id}")
    return row, meeting.state if isinstance(meeting, Meeting) else before.state


_WRONG_STATE = {
    State.DRAFT: _("Cuộc họp còn là bản nháp, chưa làm được việc này."),
    State.SCHEDULED: _("Cuộc họp chưa khai mạc, chưa làm được việc này."),
    State.LIVE: _("Cuộc họp đang diễn ra, không làm được việc này."),
    State.CLOSED: _("Cuộc họp đã kết thúc, không sửa được nữa."),
    State.ARCHIVED: _("Cuộc họp đã hủy hoặc đã lưu trữ, không sửa được nữa."),
}


def _run(
    change: Change, found: Command, args: BaseModel, request_id: str | None, previous_hash: str
) -> LogRow:
    session = change.session
    session.info["change"] = change
    try:
        result = found.service(change, args)
        session.flush()
    except IntegrityError:
        raise Conflict(_("Nội dung này đang được nội dung khác dùng đến.")) from None
    finally:
        session.info.pop("change", None)
    changed = change.changed()
    if isinstance(result, Live):
        result = changed.get(result.key) or result.public()
    # The row as it is read later, without the ORM: nobody changes it again, and it outlives the
    # transaction.
    row = cast(
        "LogRow",
        SimpleNamespace(
            meeting_id=change.meeting_id,
            revision=change.revision,
            at=change.at,
            actor_id=change.actor.user_id,
            actor_name=change.actor.name,
            actor_person_id=change.actor.person_id,
            type=found.name,
            request_id=request_id,
            args=canonical(
                args.model_dump(mode="json", exclude_unset=True, exclude=change.unlogged)
            ),
            changed=canonical(changed),
            deleted=canonical(change.deleted),
            result=canonical(result),
            previous_hash=previous_hash,
        ),
    )
    row.hash = chained(row)
    change.connection.execute(_INSERT, vars(row))
    return row


_INSERT = insert(LogRow)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> str:
    """JSON in the one form that is stored, hashed and sent."""
    return _ENCODER.encode(value)


def chained(row: LogRow) -> str:
    """SHA-256 over the row's content and its predecessor's hash, in hexadecimal."""
    content = canonical(
        [
            row.previous_hash,
            row.meeting_id,
            row.revision,
            rfc3339(row.at),
            row.actor_id,
            row.actor_name,
            row.actor_person_id,
            row.type,
            row.request_id,
            row.args,
            row.changed,
            row.deleted,
            row.result,
        ]
    )
    return hashlib.sha256(content.encode()).hexdigest()


@event.listens_for(Session, "before_flush")
def _stamp_revision(session: Session, _context: Any, _instances: Any) -> None:
    change: Change | None = session.info.get("change")
    if change is None:
        return
    for thing in _changed_things(session):
        if isinstance(thing, Part):
            thing.revision = change.revision


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: Any) -> None:
    change: Change | None = session.info.get("change")
    if change is None:
        return
    for thing in _changed_things(session):
        change.touched[thing.key] = thing
    for thing in session.deleted:
        if isinstance(thing, Live):
            change.deleted.append(thing.key)


def _changed_things(session: Session) -> Iterator[Live]:
    for thing in chain(session.new, session.dirty):
        if isinstance(thing, Live) and session.is_modified(thing):
            yield thing
