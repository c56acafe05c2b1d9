"""The Socket.IO server object, with a WebSocket that always sends whole frames."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import simple_websocket
from engineio.async_drivers import gevent as driver
from flask import Flask
from flask_socketio import SocketIO

# Larger messages are refused by the transport; a command is far smaller (core.schema.Text).
MAX_MESSAGE_BYTES = 256 * 1024


class _WholeFrames:
    """A socket whose `send` sends everything.

    simple-websocket calls `send`, which under gevent may take only the first part of a
    large frame when the reader is slow, and would cut it there. The lock keeps the frames
    of two greenlets (an event, the answer to a ping) apart while one is half-written.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._lock = threading.Lock()

    def send(self, data: bytes) -> int:
        with self._lock:
            self._sock.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class _Server(simple_websocket.Server):  # type: ignore[misc]  # the library has no types
    def handshake(self) -> None:
        # The first thing that the library does with the socket.
        self.sock: Any = _WholeFrames(self.sock)
        super().handshake()


class _WebSocket(driver.WebSocketWSGI):  # type: ignore[misc]  # the library has no types
    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.ws = _Server(environ, **self.server_args)
        try:
            return self.app(self)
        finally:
            # Hang up, else gevent reads what still comes as the connection's next request.
            stream = environ["wsgi.input"]
            getattr(stream, "rfile", stream).close()
            with contextlib.suppress(OSError):
                self.ws.sock.shutdown(socket.SHUT_RDWR)


socketio = SocketIO()


def init_app(app: Flask, redis_url: str | None) -> None:
    """Bind Socket.IO to the application; with Redis, several processes share the rooms."""
    socketio.init_app(
        app,
        async_mode="gevent",
        message_queue=redis_url,
        channel="giaoban",
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        ping_interval=20,
        ping_timeout=20,
        cors_allowed_origins=None,  # same origin only
        logger=False,
        engineio_logger=False,
    )
    socketio.server.eio._async["websocket"] = _WebSocket
