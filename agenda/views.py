"""Pages: the secretary's console, the participant's live page, and what screens show."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_login import login_required
from markupsafe import Markup

from core.db import db
from core.errors import Forbidden
from core.i18n import language
from core.times import now, rfc3339
from meetings import feed
from meetings.access import Viewer, viewing
from meetings.attendance import ROTATION
from meetings.models import LEADERS, Meeting
from people.actor import Actor
from people.login import current_actor

bp = Blueprint("agenda", __name__)

# The modules of the live page, all that it runs before somebody asks for more.
LIVE_MODULES = (
    "vendor/lit-html/lit-html.js",
    "js/feed.js",
    "js/lib.js",
    "js/live-model.js",
    "js/live-words.js",
    "js/live-now.js",
    "js/live-floor.js",
    "js/live-votes.js",
    "js/live-attendance.js",
    "js/live-record.js",
    "js/live-directives.js",
    "js/readback.js",
    "js/live-video.js",
    "js/missed.js",
    "js/toasts.js",
    "vendor/lit-html/directive.js",
    "vendor/lit-html/directives/guard.js",
    "vendor/lit-html/directives/repeat.js",
    "vendor/lit-html/directive-helpers.js",
)


def page_data(meeting: Meeting, viewer: Viewer) -> dict[str, Any]:
    """What the scripts of a live page must know before they connect."""
    return {
        "meeting_id": meeting.id,
        "lang": language(),
        "now": rfc3339(now()),
        "me": {
            "account_id": viewer.actor.user_id,
            "person_id": viewer.actor.person_id,
            "unit_id": viewer.unit_id,
            "role": str(viewer.role),
            "name": viewer.actor.name,
        },
    }


def snapshot_for_page(actor: Actor, meeting_id: int) -> Markup:
    """The meeting as this viewer may see it, `{"now", "revision", "objects"}`, as JSON that stands
    in a page: it can be shown three round trips sooner than one that is asked for over a socket.

    Raises:
        NotFound: there is no such meeting for this viewer.
    """
    whole = feed.snapshot(actor, meeting_id)
    text = f'{{"now":"{rfc3339(now())}",{whole.json[1:]}'
    # Within JSON these stand in texts alone, where they may be written so.
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704  # escaped just now


@bp.get("/meetings/<int:meeting_id>/console")
@login_required
def console(meeting_id: int) -> str:
    """The secretary's console, for the chair and the secretary."""
    meeting, viewer = viewing(db.session(), current_actor(), meeting_id)
    if viewer.role not in LEADERS:
        raise Forbidden()
    return render_template(
        "agenda/console.html", meeting=meeting, page_data=page_data(meeting, viewer)
    )


@bp.get("/meetings/<int:meeting_id>/live")
@login_required
def live(meeting_id: int) -> str:
    """The live page, for everyone who is invited."""
    actor = current_actor()
    meeting, viewer = viewing(db.session(), actor, meeting_id)
    return render_template(
        "agenda/live.html",
        meeting=meeting,
        modules=LIVE_MODULES,
        snapshot=snapshot_for_page(actor, meeting_id),
        page_data=page_data(meeting, viewer) | {"jitsi": current_app.config["JITSI"] is not None},
    )


@bp.get("/meetings/<int:meeting_id>/screen")
@login_required
def screen(meeting_id: int) -> str:
    """The big screen, which shows what the chair has chosen (`screen.show`)."""
    return _screen(meeting_id, only=None, site=None)


@bp.get("/meetings/<int:meeting_id>/check-in")
@login_required
def check_in(meeting_id: int) -> str:
    """A site's own screen with the code for checking in: of `?unit_id=`, else of one's own site.
    Who may not show it reads so there."""
    return _screen(meeting_id, only="check_in", site=request.args.get("unit_id", type=int))


def _screen(meeting_id: int, *, only: str | None, site: int | None) -> str:
    meeting, viewer = viewing(db.session(), current_actor(), meeting_id)
    shown = {"only": only, "site": site, "rotate_seconds": int(ROTATION.total_seconds())}
    return render_template(
        "agenda/screen.html", meeting=meeting, page_data=page_data(meeting, viewer) | shown
    )
