"""Whether the process lives, and whether it can work."""

from __future__ import annotations

import gevent
import redis
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from core.db import db

bp = Blueprint("health", __name__)

# Who asks gives up after some seconds; what has not answered by then counts as gone.
PATIENCE_SECONDS = 2


def init_app(app: Flask) -> None:
    """Add `/healthz` and `/readyz`."""
    app.register_blueprint(bp)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Alive: the process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Ready: the database answers, and Redis where it is set."""
    asked: dict[str, gevent.Greenlet[..., bool]] = {"database": gevent.spawn(_database, db.engine)}
    redis_url = current_app.config["REDIS_URL"]
    if redis_url:
        asked["redis"] = gevent.spawn(_redis, redis_url)
    gevent.joinall(list(asked.values()), timeout=PATIENCE_SECONDS)
    # One that hangs gives its connection back; nobody waits for that.
    gevent.killall(list(asked.values()), block=False)
    checks = {name: job.value is True for name, job in asked.items()}
    ready = all(checks.values())
    return jsonify(status="ok" if ready else "unavailable", checks=checks), 200 if ready else 503


def _database(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis(url: str) -> bool:
    try:
        with redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),  # its own would go on for longer than we wait
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
