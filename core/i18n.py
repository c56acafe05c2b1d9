"""Languages and the formats that go with them: Vietnamese first, English second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, format_datetime

from core.times import vietnam

LANGUAGES = ("vi", "en")


# The language where there is no request: over a socket, what its page spoke.
_spoken: ContextVar[str] = ContextVar("spoken", default="vi")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `vi` or `en` in this block, which runs outside of a request."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def _chosen() -> str:
    if not has_request_context():
        return _spoken.get()
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    # A program says its language per request; a browser's own language says little here,
    # since most offices never set it, so pages follow the reader's last choice.
    if request.path.startswith("/api/v1/"):
        for tag, _quality in request.accept_languages:
            if (wanted := tag.partition("-")[0].lower()) in LANGUAGES:
                return wanted
    chosen = session.get("lang")
    return chosen if chosen in LANGUAGES else "vi"


def language() -> str:
    """The reader's language: `vi` or `en`."""
    return _chosen()


def init_app(app: Flask, translations: Path) -> None:
    """Set up translations, remember `?lang=`, and give the templates their filters."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations)
    Babel(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=_chosen,
    )

    @app.before_request
    def remember_language() -> None:
        asked = request.args.get("lang")
        if asked in LANGUAGES and session.get("lang") != asked:
            session["lang"] = asked

    app.jinja_env.filters.update(day=day, clock=clock, moment=moment)
    app.jinja_env.globals.update(language=language)


def day(value: datetime) -> str:
    """The day in words of the reader: `Thứ Năm, 12/10/2023`."""
    text: str = format_datetime(value, "EEEE, dd/MM/yyyy")
    return text[:1].upper() + text[1:]


def clock(value: datetime) -> str:
    """The time of day in Vietnam: `08:05`."""
    return f"{vietnam(value):%H:%M}"


def moment(value: datetime) -> str:
    """Time and day: `08:05, 12/10/2023`."""
    return f"{vietnam(value):%H:%M, %d/%m/%Y}"


__all__ = ["LANGUAGES", "clock", "day", "init_app", "language", "moment", "speaking"]
