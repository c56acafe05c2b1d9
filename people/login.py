"""Sessions of browsers and tokens of programs (Flask-Login)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, redirect, request, session, url_for
from flask_babel import lazy_gettext as _
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, login_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from config import Settings
from core.db import db
from core.errors import Unauthenticated
from core.text import clean
from people.actor import Actor
from people.models import User
from people.services import load_user

# A working day with its evening, counted from the last use.
SESSION_LIFETIME = timedelta(hours=12)

login_manager = LoginManager()
limiter = Limiter(get_remote_address, headers_enabled=False)

V = TypeVar("V", bound=Callable[..., Any])


def _failed(response: Response) -> bool:
    return response.status_code == Unauthenticated.status


def _account_and_address() -> str:
    body = request.get_json(silent=True) if request.is_json else request.form
    username = body.get("username") if isinstance(body, Mapping) else None
    name = clean(username).lower()[:100] if isinstance(username, str) else ""
    return f"{name} {get_remote_address()}"


# Whoever guesses one account's password is stopped soon; a whole office signs in behind one
# address in the same minutes, so an address has far more room. Only failures count.
_OF_ACCOUNT = limiter.shared_limit(
    "10 per minute", "sign-in", key_func=_account_and_address, deduct_when=_failed
)
_OF_ADDRESS = limiter.shared_limit("200 per minute", "sign-in", deduct_when=_failed)


def slow_guessing(view: V) -> V:
    """Limit failed attempts to sign in at this view, and at all views with this mark together."""
    return cast(V, _OF_ACCOUNT(_OF_ADDRESS(view)))


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
        # Redis gone: signing in still works, and each process counts for itself.
        RATELIMIT_STORAGE_OPTIONS=(
            {"socket_timeout": 1, "socket_connect_timeout": 1} if settings.redis_url else {}
        ),
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_SWALLOW_ERRORS=True,
    )
    login_manager.init_app(app)
    limiter.init_app(app)

    @login_manager.user_loader
    def from_session(session_id: str) -> User | None:
        return load_user(_session(), session_id)

    @login_manager.request_loader
    def from_bearer(incoming: Request) -> User | None:
        scheme, _separator, token = incoming.headers.get("Authorization", "").partition(" ")
        session_id = read_token(token) if scheme.lower() == "bearer" else None
        return load_user(_session(), session_id) if session_id else None

    @app.before_request
    def refuse_another_account() -> None:
        expected = request.headers.get("X-Account")
        if expected is not None and not is_account(expected):
            raise Unauthenticated(_("Trình duyệt này đang đăng nhập bằng tài khoản khác."))

    @login_manager.unauthorized_handler
    def to_sign_in() -> Response:
        if request.path.startswith("/api/"):
            raise Unauthenticated()
        if request.method == "GET":
            address = url_for("people.login", next=request.full_path.rstrip("?"))
        else:
            # A form was sent too late. The browser has kept it (static/js/kept.js) and fills
            # it in again on its page, where its writer looks at it and sends it once more.
            address = url_for("people.login", next=_page_of_form(), expired=1)
        return redirect(address)  # type: ignore[return-value]


def _page_of_form() -> str | None:
    """The page from which this request was sent, if the browser says so and it is ours."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:
        return None
    target = f"{page.path}?{page.query}" if page.query else page.path
    return target if page.netloc == request.host and is_local(target) else None


def begin_session(user: User) -> None:
    """Begin a browser's session: nothing of an earlier visitor's survives but the language, and
    what names the browser itself."""
    language = session.get("lang")
    browser = session.get("device") or secrets.token_urlsafe(12)
    session.clear()
    login_user(user)
    session.permanent = True
    session["sign_in"] = secrets.token_urlsafe(12)
    session["device"] = browser
    if language:
        session["lang"] = language


def sign_in_key() -> str | None:
    """What names this sign-in of this browser, and no other."""
    key = session.get("sign_in")
    return key if isinstance(key, str) else None


def device(token: str | None = None) -> str | None:
    """What stands for the browser or program behind this request, whoever signs in there: a
    browser keeps its name when one person signs out and another in. It says nothing of the
    machine, and a private window is another browser.

    Args:
        token: the bearer token that the request carries, if it carries one; a program is named
            by its token.
    """
    name = token or session.get("device") or sign_in_key()
    return hashlib.sha256(f"device:{name}".encode()).hexdigest()[:32] if name else None


def bearer_token() -> str | None:
    """The token that this HTTP request is made with, if it is."""
    scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else None


def is_account(expected: object) -> bool:
    """True when somebody is signed in, and it is the account that the page was opened by.

    A page that lives on while another person signs in beside it must not speak in their name.

    Args:
        expected: the id of that account; None when the page does not say.
    """
    if not current_user.is_authenticated:
        return False
    return expected is None or str(expected) == str(current_user.id)


def session_account(expected: object) -> str | None:
    """The account that this browser is signed in with (`User.get_id`), or None. Whether the account
    still stands is another question, as for `read_token`.

    Args:
        expected: as for `is_account`.
    """
    account = session.get("_user_id")  # where Flask-Login keeps it
    if not isinstance(account, str):
        return None
    return account if expected is None or str(expected) == account.partition(":")[0] else None


@cache
def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="api-token")


def token_for(user: User) -> str:
    """A bearer token for the account; it ends with the working day or the account's stamp."""
    return _serializer(current_app.config["SECRET_KEY"]).dumps(user.get_id())


def read_token(token: str) -> str | None:
    """The account that a token was made for (`User.get_id`), or None: malformed or too old.
    Whether the account still stands is another question (`load_user`, `load_actor`)."""
    try:
        serializer = _serializer(current_app.config["SECRET_KEY"])
        session_id = serializer.loads(token, max_age=int(SESSION_LIFETIME.total_seconds()))
    except (BadData, UnicodeError):
        return None
    return session_id if isinstance(session_id, str) else None


def current_actor() -> Actor:
    """The actor of this request.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    if not current_user.is_authenticated:
        raise Unauthenticated()
    return Actor.of(current_user, device(bearer_token()))


def is_local(target: str) -> bool:
    """True for a path of this site, so that signing in cannot lead elsewhere."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
