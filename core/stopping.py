"""Ending the process without losing what it has begun: see docs/deploying.md, "Restarting"."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask.signals import appcontext_popped, appcontext_pushed
from werkzeug.wsgi import ClosingIterator

from core.realtime import socketio

# In seconds. A document is the longest work; together they stay below systemd's patience
# (deploy/giaoban@.service, TimeoutStopSec).
WORK_MAY_TAKE = 10.0
GOODBYE_MAY_TAKE = 3.0


class Underway:
    """Counts what the process is doing.

    Every command and page runs in an application context, whichever door it came through.
    A request is open until its last byte is written: a WebSocket as long as it lasts, a
    poll as long as it waits.
    """

    def __init__(self, app: Flask) -> None:
        """Count from now on."""
        self.work = 0
        self.requests = 0
        self._wsgi: Callable[..., Iterable[bytes]] = app.wsgi_app
        app.wsgi_app = self._counted  # type: ignore[method-assign]
        appcontext_pushed.connect(self._begun, app)
        appcontext_popped.connect(self._done, app)

    def _begun(self, _app: Flask) -> None:
        self.work += 1

    def _done(self, _app: Flask) -> None:
        self.work -= 1

    def _counted(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.requests += 1
        try:
            return ClosingIterator(self._wsgi(environ, start_response), self._over)
        except BaseException:
            self._over()
            raise

    def _over(self) -> None:
        self.requests -= 1


def finish(underway: Underway) -> None:
    """Answer what has been begun and hang up; called when no new connection is accepted.

    A command that arrives meanwhile may be carried out and not be answered: its author
    sends it again elsewhere, with the same request_id.
    """
    _wait_until(lambda: underway.work == 0, WORK_MAY_TAKE)
    for connection in list(socketio.server.eio.sockets.values()):
        # What waits to be sent goes out first. A closed WebSocket says by itself that it is
        # closed, and clients connect anew; told so in a packet, some would not.
        connection.close(wait=False, abort=connection.upgraded)
    _wait_until(lambda: underway.requests == 0, GOODBYE_MAY_TAKE)


def _wait_until(true: Callable[[], bool], seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while not true() and time.monotonic() < give_up_at:
        socketio.sleep(0.01)
