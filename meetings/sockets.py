"""Socket.IO: subscribing to a meeting, and commands. See docs/live.md."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, request
from flask_babel import lazy_gettext as _
from flask_login import user_logged_out
from flask_socketio import ConnectionRefusedError as Refused
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from core import metrics
from core.db import db
from core.errors import DomainError, Unauthenticated
from core.i18n import language, speaking
from core.notices import notices
from core.realtime import Encoded, answering, gone, members, socketio
from core.schema import Id, Revision, parse
from meetings import feed, presence
from meetings.access import Viewer, view
from meetings.broadcast import broadcast, room
from meetings.changes import execute
from meetings.limits import SUBSCRIPTIONS, Allowance, take_command
from meetings.models import STAFF
from people.actor import Actor
from people.login import SESSION_LIFETIME, device, read_token, session_account, sign_in_key
from people.services import load_actor, load_actors

log = logging.getLogger(__name__)


@dataclass
class _Connection:
    # Whose it is. Whether the account still stands is looked up with every message: for
    # commands by the door, together with everything else.
    actor: Actor
    # What names the account in its session or token (`User.get_id`).
    account: str
    # No connection outlives a session; the client comes back with what it has then. Seconds
    # of the monotonic clock.
    until: float
    subscriptions: Allowance
    # The language that the page spoke when it connected.
    language: str
    # The browser or program behind it (people.login.device).
    device: str | None


_connections: dict[str, _Connection] = {}
# Those who were connected at the last tick or have come since, by their account: after a cut they
# all come back at once, and are let in without being looked up. What they may read or do is looked
# up with each message all the same.
_standing: dict[str, Actor] = {}


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


@socketio.on("connect")
def connect(auth: Any = None) -> None:
    """Accept whoever has a valid token, or a session; a page says whose session it expects."""
    asked = auth if isinstance(auth, dict) else {}
    account: str | None = None
    if isinstance(asked.get("token"), str):
        account = read_token(asked["token"])
    else:
        account = session_account(asked.get("account"))
    actor = _standing.get(account) if account else None
    if account and actor is None:
        actor = load_actor(db.session(), account)
        db.session.rollback()
    if account is None or actor is None:
        raise Refused("unauthenticated")
    _standing[account] = actor
    until = time.monotonic() + SESSION_LIFETIME.total_seconds()
    sid: str = request.sid  # type: ignore[attr-defined]
    _connections[sid] = _Connection(
        actor, account, until, Allowance(SUBSCRIPTIONS), language(), device(asked.get("token"))
    )
    if "token" not in asked and (key := sign_in_key()):
        socketio.server.enter_room(sid, _sign_in_room(key))


def disconnected(sid: str) -> None:
    """Forget a connection."""
    _connections.pop(sid, None)
    presence.here.left(sid)


gone.append(disconnected)


# How many accounts are looked at before others have their turn.
AT_ONCE = 200


def drop_ended(session: Session) -> None:
    """End the connections whose session is over, or whose accounts were closed or given
    another password since: they may not hear what they may no longer read. Runs with every
    tick."""
    held = list(_connections.items())
    for start in range(0, len(held), AT_ONCE):
        some = held[start : start + AT_ONCE]
        standing = load_actors(session, {connection.actor.user_id for _sid, connection in some})
        session.rollback()
        for sid, connection in some:
            actor = standing.get(connection.actor.user_id)
            over = connection.until < time.monotonic()
            if over or actor is None or actor.stamp != connection.actor.stamp:
                _standing.pop(connection.account, None)
                socketio.server.disconnect(sid)
            else:
                connection.actor = actor  # by the name that they have now
        socketio.sleep(0)
    _standing.clear()
    _standing.update((one.account, one.actor) for one in _connections.values())


@user_logged_out.connect
def signed_out(_app: Any, **_who: Any) -> None:
    """End the live views of a browser that signs out: its other windows, in every process."""
    key = sign_in_key()
    if key:
        _end_sign_in(key)
        notices.say(f"sign-in/{key}")


def _end_sign_in(key: str) -> None:
    for sid in members(_sign_in_room(key)):
        socketio.server.disconnect(sid)


def _sign_in_room(key: str) -> str:
    return f"sign-in:{key}"


def hear(thing: str, number: int) -> None:
    """What another process tells of (core.notices)."""
    kind, _separator, name = thing.partition("/")
    if kind == "meeting":
        broadcast.heard(int(name), number)
    elif kind == "sign-in":
        _end_sign_in(name)


def tell_presence(meeting_id: int, body: dict[str, Any], sid: str | None) -> None:
    """Tell one socket, or the staff, who is connected. Nobody else's page shows it, and a
    thousand people who come back at once should not tell each other so."""
    to = sid or [room(meeting_id, role) for role in STAFF]
    socketio.emit("presence", body, to=to)


Handler = Callable[[str, _Connection, Any], Encoded | dict[str, Any]]


def answers(message: str) -> Callable[[Handler], Handler]:
    """Declare what answers a message: it is called with the connection's id, the connection and
    what was sent.

    It runs in the application's context without a request's, which would cost a good part of a
    command.

    Args:
        message: as docs/live.md names it.
    """

    def declare(handler: Handler) -> Handler:
        def answer(app: Flask, sid: str, *data: Any) -> Encoded | dict[str, Any]:
            # A connection that has sent many messages at once takes its turn after each of them
            # like the others.
            socketio.sleep(0)
            connection = _connections.get(sid)
            # A client may send any number of values; a message of ours is one.
            sent = data[0] if len(data) == 1 else None
            with app.app_context(), speaking(connection.language if connection else "vi"):
                try:
                    if connection is None:  # ended while its message was on the way
                        raise Unauthenticated()
                    return handler(sid, connection, sent)
                except DomainError as error:
                    metrics.SOCKET_REFUSALS.labels(error.code).inc()
                    return {"ok": False, "error": error.public()}
                except Exception:  # a fault of ours: logged, and told without its insides
                    log.exception("a socket handler failed")
                    told = str(_("Máy chủ gặp lỗi, vui lòng thử lại."))
                    return {"ok": False, "error": {"code": "invalid", "message": told}}

        answering[message] = answer
        return handler

    return declare


@answers("subscribe")
def subscribe(sid: str, connection: _Connection, sent: Any) -> Encoded:
    """Join the meeting's room, then answer with what is newer than `after`.

    What is answered is read before nothing that is told later: an event may arrive twice,
    which is harmless, and never not at all.
    """
    connection.subscriptions.take()
    wanted = parse(Subscribe, sent)

    def look() -> Viewer:
        db.session.rollback()
        viewer = view(db.session(), connection.actor, wanted.meeting_id)
        if sid not in _connections:  # ended while we looked
            raise Unauthenticated()
        return viewer

    viewer = broadcast.follow(sid, look)
    presence.here.arrived(sid, wanted.meeting_id, viewer)
    return feed.catch_up(viewer, wanted.after)


@answers("command")
def command(_sid: str, connection: _Connection, sent: Any) -> Encoded:
    """Carry out a command and answer its author; everybody else hears the event."""
    take_command(connection.actor.user_id)
    asked = parse(Ask, sent)
    actor = replace(connection.actor, device=connection.device)
    outcome = execute(actor, asked.meeting_id, asked.name, asked.request_id, asked.args)
    return Encoded.of({"ok": True, "revision": outcome.revision, "result": outcome.result})
