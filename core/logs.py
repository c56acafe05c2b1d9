"""The log: one JSON object a line, each with the ids of the request that it belongs to.

Never in it: names, texts, tokens, cookies, query strings (docs/observing.md).
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TextIO
from urllib.parse import quote

import gevent
from flask import Flask, Response, appcontext_pushed, g, request
from pythonjsonlogger.json import JsonFormatter

from core import metrics

log = logging.getLogger("access")

NOTHING: Mapping[str, Any] = MappingProxyType({})
# Greenlets have contexts of their own, so what one request binds no other one sees.
_context: ContextVar[Mapping[str, Any]] = ContextVar("log_context", default=NOTHING)

# What a line may carry beside its message, in the order of a terminal's line.
FIELDS = (
    "method", "path", "status", "result", "revision", "ms",
    "command", "meeting_id", "user_id", "request_id",
)  # fmt: skip
# Asked for every few seconds, or many at once, and telling nothing.
QUIET = {"health.healthz", "health.readyz", "metrics.metrics", "static"}

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def bind(**fields: Any) -> None:
    """Add fields to every line that this request logs from now on.

    Args:
        fields: some of `FIELDS`; ids and names that we have chosen, no word of a reader.
    """
    _context.set({**_context.get(), **fields})


def _add_context(record: logging.LogRecord) -> bool:
    for name, value in _context.get().items():
        if not hasattr(record, name):
            setattr(record, name, value)
    return True


class _Handler(logging.StreamHandler[TextIO]):
    def emit(self, record: logging.LogRecord) -> None:
        metrics.LOG_LINES.labels(record.levelname.lower()).inc()
        super().emit(record)


class _ForTerminals(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:
        # A line break in what a client sent must not begin a line of its own.
        record.message = _CONTROL.sub(
            lambda found: found[0].encode("unicode_escape").decode(), record.message
        )
        said = [f"{name}={record.__dict__[name]}" for name in FIELDS if name in record.__dict__]
        return " ".join([super().formatMessage(record), *said])


def configure(stream: TextIO | None = None) -> None:
    """Send every logger of the process to one stream: as JSON, or as words where that is a
    terminal. Warnings and failed greenlets come the same way.

    Args:
        stream: where to; stderr when not given.
    """
    stream = stream or sys.stderr
    handler = _Handler(stream)
    handler.addFilter(_add_context)
    if stream.isatty():
        handler.setFormatter(_ForTerminals("%(asctime)s %(levelname)s %(name)s %(message)s"))
    else:
        handler.setFormatter(
            JsonFormatter(
                "%(levelname)s %(name)s %(message)s",
                rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
                timestamp="time",  # RFC 3339 in UTC
            )
        )
    # Who called from which thread and process is in no line of ours, and is looked up for each
    # (logging's documentation, "Optimization").
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    # gevent would print the traceback by itself, in many lines.
    hub: Any = gevent.get_hub()
    hub.print_exception = _log_failed_greenlet


def _log_failed_greenlet(_context: Any, kind: Any, error: Any, trace: Any) -> None:
    logging.getLogger("gevent").error("a greenlet failed", exc_info=(kind, error, trace))


def init_app(app: Flask) -> None:
    """Give every request its id, its line and its place in the metrics. To be called before
    whatever else looks at requests, so that what those refuse is seen too."""
    # Sent for messages over sockets as well, which are no HTTP requests.
    appcontext_pushed.connect(_begin, app)
    app.teardown_appcontext(_end)
    app.before_request(_begin_request)
    app.after_request(_end_request)


def _begin(_app: Flask) -> None:
    _context.set({"request_id": secrets.token_hex(8)})


def _end(_error: BaseException | None) -> None:
    _context.set(NOTHING)


def _begin_request() -> None:
    g.begun = time.perf_counter()
    given = request.headers.get(HEADER, "")
    _context.set({"request_id": given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(8)})


def _end_request(response: Response) -> Response:
    seconds = time.perf_counter() - g.begun
    response.headers[HEADER] = _context.get()["request_id"]
    metrics.http_request(request.endpoint, response.status_code, seconds)
    if request.endpoint not in QUIET:
        # Quoted again, so that it is one word of plain letters.
        path = quote(request.path)[:500]
        log.info(
            "request",
            extra={
                "method": request.method,
                "path": path,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            },
        )
    return response
