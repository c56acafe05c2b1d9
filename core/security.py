"""Response headers, and the refusal of requests that another site makes for a reader.

See docs/decisions/0002: the browser itself says where an unsafe request comes from
(Fetch Metadata, `Sec-Fetch-Site`; older ones `Origin`), so no token can expire while a
form is being filled in.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from core.errors import Forbidden

SAFE = {"GET", "HEAD", "OPTIONS"}

# Nothing is loaded from another host, nothing runs that is not a file of ours.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def init_app(app: Flask) -> None:
    """Install both on every request of the application."""
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)


def policy(video_host: str | None = None) -> str:
    """The policy (CSP) of our pages.

    Args:
        video_host: the one host whose script and frame a page may embed, its video meeting.
    """
    if video_host is None:
        return POLICY
    embedding = POLICY.replace("script-src 'self'", f"script-src 'self' https://{video_host}")
    return f"{embedding}; frame-src https://{video_host}"


def refuse_other_sites() -> None:
    """Refuse an unsafe request that a page of another site has made.

    Raises:
        Forbidden: the browser says that the request came from elsewhere.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
        raise Forbidden()
    origin = request.headers.get("Origin")
    if origin is not None and _host(origin) != request.host:
        raise Forbidden()


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no browser writes such a one
        return None


def add_headers(response: Response) -> Response:
    """Headers that every answer carries; pages with people's data are never cached."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.config["PAGE_POLICY"])
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), interest-cohort=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response
