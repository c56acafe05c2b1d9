"""The Socket.IO server object."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn, cast

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_socketio import SocketIO

from core import fanout
from core.errors import NotFound

# Larger messages are refused by the transport; a command is far smaller (core.schema.Text).
MAX_MESSAGE_BYTES = 256 * 1024

socketio = SocketIO()


def give_way() -> None:
    """Let everybody else who waits have their turn: between the pieces of work that would hold up
    a live meeting for longer than a command does."""
    socketio.sleep(0)


class Encoded(str):
    """JSON that is text already, to be sent as it stands."""

    @classmethod
    def of(cls, value: Any) -> Encoded:
        """The JSON of a value that holds no bytes; the library would look for them in every
        part of it."""
        return cls(Json.dumps(value, separators=(",", ":")))


class Json:
    """How Socket.IO reads and writes JSON: Vietnamese as it is, and `Encoded` as it stands."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """The text of a value, or of a message whose parts are `Encoded`."""
        if isinstance(value, list) and any(isinstance(part, Encoded) for part in value):
            return "[" + ",".join(Json.dumps(part, **options) for part in value) + "]"
        if isinstance(value, Encoded):
            return value
        text = json.dumps(value, ensure_ascii=False, **options)
        try:
            text.encode()
        except UnicodeEncodeError:  # half a character, which UTF-8 cannot say
            return json.dumps(value, **options)
        return text


def init_app(app: Flask) -> None:
    """Bind Socket.IO to the application. Its rooms are those of this process; other processes
    hear of changes through `meetings.broadcast`."""
    socketio.init_app(
        app,
        async_mode="gevent",
        client_manager=fanout.Rooms(),
        json=Json,
        # We know people by their account, not by the session that they came with.
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        # One message of a connection after the other, else a flood on one becomes as many
        # greenlets, and everybody waits behind them.
        async_handlers=False,
        ping_interval=20,
        ping_timeout=20,
        cors_allowed_origins=None,  # same origin only
        logger=False,
        engineio_logger=False,
    )
    app.session_interface = Sessions()
    # The middleware answers before this does. A rule that matches spares every message the
    # search for one.
    app.add_url_rule("/socket.io/", "socketio", _unanswered)
    engine = socketio.server.eio
    engine._async = engine._async | {"websocket": fanout.Transport, "thread": fanout.task}
    accept = engine.handlers["connect"]

    def connect(client_id: str, environ: dict[str, Any]) -> Any:
        # A WebSocket's request that does not ask for the upgrade: the library would fail.
        asked = "upgrade" in environ.get("HTTP_CONNECTION", "").lower()
        if "transport=websocket" in environ.get("QUERY_STRING", "") and not asked:
            return False
        return accept(client_id, environ)

    engine.on("connect", connect)
    socketio.server.on("disconnect", _forget)
    for message, answer in answering.items():
        socketio.server.on(message, partial(answer, app))


# What answers a message: called with the application, the connection's id and what was sent.
answering: dict[str, Callable[..., Any]] = {}

# What is to be done when a connection is gone, by its id.
gone: list[Callable[[str], None]] = []


def _forget(sid: str, _reason: Any = None) -> None:
    # Without a request's context, which costs more than all that is done in it, when a
    # thousand people leave at once.
    for forget in gone:
        forget(sid)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, whose cookie is read once for a connection and not for every message."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request, or of the connection that its message came over."""
        kept = request.environ.get("giaoban.session")
        if kept is None:
            kept = request.environ["giaoban.session"] = super().open_session(app, request)
        return cast("SecureCookieSession | None", kept)


def _unanswered() -> NoReturn:
    raise NotFound()


def how_many(room: str) -> int:
    """How many connections to this process are in a room."""
    return len(socketio.server.manager.rooms.get("/", {}).get(room, ()))


def members(room: str) -> list[str]:
    """The connections to this process that are in a room."""
    return [sid for sid, _client_id in socketio.server.manager.get_participants("/", room)]
