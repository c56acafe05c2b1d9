"""What the process counts and times, and `/metrics` where Prometheus reads it.

Every process has counters of its own and is read at a port of its own (docs/observing.md).
Labels are names that we have chosen, so there are few: never an id, a path or a word of a reader.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from core.errors import NotFound
from core.realtime import socketio

# From what nobody notices to what everybody does, in seconds.
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
SLOW = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)

COMMANDS = Counter(
    "giaoban_commands", "Commands by name and result (`ok` or the code)", ["command", "result"]
)
COMMAND_SECONDS = Histogram(
    "giaoban_command_seconds",
    "From a command's arrival to its answer, announcing included",
    ["command"],
    buckets=QUICK,
)
SOCKET_REFUSALS = Counter(
    "giaoban_socket_refusals", "Socket.IO messages refused, by code", ["code"]
)
FAN_OUT_SECONDS = Histogram(
    "giaoban_fan_out_seconds",
    "From an event that is stored to handing it over to the last socket of this process",
    buckets=QUICK,
)
FAN_OUT_READERS = Histogram(
    "giaoban_fan_out_readers",
    "Sockets of this process that an event goes to",
    buckets=(0, 1, 10, 50, 100, 250, 500, 1000, 2000, 5000),
)
CATCH_UPS = Counter(
    "giaoban_catch_ups", "Subscriptions answered, with events or a snapshot", ["kind"]
)
RENDERS_WAITING = Gauge("giaoban_renders_waiting", "Documents that wait for a render worker")
RENDERS_RUNNING = Gauge("giaoban_renders_running", "Documents that the workers are printing")
PRINTS_KEPT = Counter(
    "giaoban_prints_kept", "Documents that were there already when somebody asked", ["kind"]
)
RENDER_SECONDS = Histogram(
    "giaoban_render_seconds", "Printing, without the wait for others", ["kind"], buckets=SLOW
)
HTTP_REQUESTS = Counter(
    "giaoban_http_requests", "HTTP requests by endpoint and class of status", ["endpoint", "status"]
)
HTTP_SECONDS = Histogram(
    "giaoban_http_request_seconds", "From a request to its answer", ["endpoint"], buckets=QUICK
)
LOG_LINES = Counter("giaoban_log_lines", "Lines logged, by level", ["level"])
CONNECTIONS = Gauge("giaoban_connections", "Open Socket.IO connections", ["transport"])


def _connections(websocket: bool) -> int:
    if socketio.server is None:
        return 0
    sockets = list(socketio.server.eio.sockets.values())
    return sum(s.connected and not s.closed and s.upgraded is websocket for s in sockets)


CONNECTIONS.labels("websocket").set_function(lambda: _connections(websocket=True))
CONNECTIONS.labels("polling").set_function(lambda: _connections(websocket=False))


def command(name: str, result: str, seconds: float) -> None:
    """Count a command.

    Args:
        name: one of the declared names, or `unknown`; never what a client has made up.
        result: `ok`, an error's code, or `failed` for a fault of ours.
        seconds: how long its author waited for the server.
    """
    COMMANDS.labels(name, result).inc()
    COMMAND_SECONDS.labels(name).observe(seconds)


def http_request(endpoint: str | None, status: int, seconds: float) -> None:
    """Count an HTTP request; `endpoint` is Flask's name for the view, None where none is."""
    label = endpoint or "none"
    HTTP_REQUESTS.labels(label, f"{status // 100}xx").inc()
    HTTP_SECONDS.labels(label).observe(seconds)


@contextmanager
def rendering(kind: str) -> Iterator[None]:
    """Time printing one document of a kind (`minutes`, `conclusions`, …)."""
    begun = time.perf_counter()
    with RENDERS_RUNNING.track_inprogress():
        yield
    RENDER_SECONDS.labels(kind).observe(time.perf_counter() - begun)


bp = Blueprint("metrics", __name__)

# What proxies say of whom they speak for. Without any of these, loopback is loopback.
_PROXIED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


def init_app(app: Flask, token: str | None) -> None:
    """Add `/metrics`.

    Args:
        app: the application.
        token: who sends this as bearer token may read from anywhere; nobody, where None.
    """
    app.config["METRICS_TOKEN"] = token
    app.register_blueprint(bp)


@bp.get("/metrics")
def metrics() -> Response:
    """The figures, for this machine itself and for holders of the token.

    Raises:
        NotFound: for everybody else it is not there.
    """
    if not (_holds_token() or _from_this_machine()):
        raise NotFound()
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _holds_token() -> bool:
    token: str | None = current_app.config["METRICS_TOKEN"]
    scheme, _separator, given = request.headers.get("Authorization", "").partition(" ")
    return (
        token is not None
        and scheme.lower() == "bearer"
        and hmac.compare_digest(given.encode(), token.encode())
    )


def _from_this_machine() -> bool:
    # A proxy on this machine comes from loopback as well, but names whom it speaks for.
    return request.remote_addr in ("127.0.0.1", "::1") and not any(
        name in request.headers for name in _PROXIED
    )
