"""Sessions of browsers and tokens of programs (Flask-Login)."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Request, Response, current_app, redirect, request, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from config import Settings
from core.db import db
from core.errors import Unauthenticated
from people.actor import Actor
from people.models import User
from people.services import load_user

# A working day with its evening, counted from the last use.
SESSION_LIFETIME = timedelta(hours=12)

login_manager = LoginManager()
limiter = Limiter(get_remote_address, headers_enabled=False)


def _session() -> Session:
    return db.session()


def init_app(app: Flask, settings: Settings) -> None:
    """Set up sessions, tokens and the limit on guesses of passwords."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_KEY_PREFIX="giaoban",
        RATELIMIT_SWALLOW_ERRORS=True,  # Redis gone: signing in still works
    )
    login_manager.init_app(app)
    limiter.init_app(app)

    @login_manager.user_loader
    def from_session(session_id: str) -> User | None:
        return load_user(_session(), session_id)

    @login_manager.request_loader
    def from_bearer(incoming: Request) -> User | None:
        scheme, _separator, token = incoming.headers.get("Authorization", "").partition(" ")
        return from_token(token) if scheme.lower() == "bearer" else None

    @login_manager.unauthorized_handler
    def to_sign_in() -> Response:
        if request.path.startswith("/api/"):
            raise Unauthenticated()
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("people.login", next=target))  # type: ignore[return-value]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="api-token")


def token_for(user: User) -> str:
    """A bearer token for the account; it ends with the working day or the account's stamp."""
    return _serializer().dumps(user.get_id())


def from_token(token: str) -> User | None:
    """The active account of a token, or None."""
    try:
        session_id = _serializer().loads(token, max_age=int(SESSION_LIFETIME.total_seconds()))
    except (BadData, UnicodeError):
        return None
    return load_user(_session(), session_id) if isinstance(session_id, str) else None


def current_actor() -> Actor:
    """The actor of this request.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise Unauthenticated()
    return Actor.of(current_user)


def is_local(target: str) -> bool:
    """True for a path of this site, so that signing in cannot lead elsewhere."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
