"""Socket.IO: subscribing to a meeting, and commands. See docs/live.md."""

from __future__ import annotations

import logging
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_socketio import ConnectionRefusedError as Refused
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import db
from core.errors import DomainError, Unauthenticated
from core.realtime import socketio
from core.schema import Id, Revision, parse
from meetings import feed
from meetings.access import viewing
from meetings.changes import execute
from people.actor import Actor
from people.login import from_token
from people.models import User
from people.services import load_user

log = logging.getLogger(__name__)

# The account behind each connection (`User.get_id`), looked up anew for every message, so
# that a closed account or a changed password ends it at once.
_accounts: dict[str, str] = {}


class Subscribe(BaseModel):
    """Which meeting, and the revision up to which the client has it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    meeting_id: Id
    after: Revision | None = None


class Ask(BaseModel):
    """A command, its arguments not yet checked."""

    model_config = ConfigDict(extra="ignore", strict=True)

    meeting_id: Id
    name: str
    request_id: str | None = None
    args: dict[str, Any] | None = None


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid


def _actor() -> Actor:
    user = load_user(db.session(), _accounts.get(_sid(), ""))
    if user is None:
        raise Unauthenticated()
    return Actor.of(user)


@socketio.on("connect")
def connect(auth: Any = None) -> None:
    """Accept whoever has a session or a valid token."""
    user: User | None = None
    if isinstance(auth, dict) and isinstance(auth.get("token"), str):
        user = from_token(auth["token"])
    elif current_user.is_authenticated:
        user = current_user
    db.session.rollback()
    if user is None:
        raise Refused("unauthenticated")
    _accounts[_sid()] = user.get_id()


@socketio.on("disconnect")
def disconnect(_reason: Any = None) -> None:
    """Forget the connection."""
    _accounts.pop(_sid(), None)


def drop_closed(session: Session) -> None:
    """End the connections of accounts that were closed or given another password since: they
    may not hear what they may no longer read. Runs with every tick."""
    held = dict(_accounts)
    ids = {int(account.split(":")[0]) for account in held.values()}
    standing = {
        user.get_id() for user in session.scalars(select(User).where(User.id.in_(ids), User.active))
    }
    for sid, account in held.items():
        if account not in standing:
            socketio.server.disconnect(sid)


def _only(data: tuple[Any, ...]) -> Any:
    # A client may send any number of values; a message of ours is one.
    return data[0] if len(data) == 1 else None


def _refusal(error: DomainError) -> dict[str, Any]:
    return {"ok": False, "error": error.public()}


@socketio.on("subscribe")
def subscribe(*data: Any) -> dict[str, Any]:
    """Join the meeting's room, then answer with what is newer than `after`.

    Joining comes first: an event between the two arrives twice, which is harmless, and
    never not at all.
    """
    try:
        wanted = parse(Subscribe, _only(data))
        actor = _actor()
        _meeting, viewer = viewing(db.session(), actor, wanted.meeting_id)
        sid = _sid()
        socketio.server.enter_room(sid, feed.room(wanted.meeting_id, viewer.role))
        socketio.server.enter_room(sid, feed.person_room(wanted.meeting_id, actor.person_id or 0))
        return {"ok": True, **feed.catch_up(actor, wanted.meeting_id, wanted.after)}
    except DomainError as error:
        return _refusal(error)
    finally:
        db.session.rollback()


@socketio.on("command")
def command(*data: Any) -> dict[str, Any]:
    """Carry out a command and answer its author; everybody else hears the event."""
    try:
        asked = parse(Ask, _only(data))
        outcome = execute(_actor(), asked.meeting_id, asked.name, asked.request_id, asked.args)
        return {"ok": True, "revision": outcome.revision, "result": outcome.result}
    except DomainError as error:
        return _refusal(error)
    finally:
        db.session.rollback()


@socketio.on_error_default
def failed(_error: Exception) -> dict[str, Any]:
    """A fault of ours: logged, and told without its insides."""
    log.exception("a socket handler failed")
    return {
        "ok": False,
        "error": {"code": "invalid", "message": str(_("Máy chủ gặp lỗi, vui lòng thử lại."))},
    }
