"""Pages: the secretary's console and the participant's live page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import login_required

from core.db import db
from core.errors import Forbidden
from core.i18n import language
from meetings.access import Viewer, viewing
from meetings.models import LEADERS, Meeting
from people.login import current_actor

bp = Blueprint("agenda", __name__)


def page_data(meeting: Meeting, viewer: Viewer) -> dict[str, Any]:
    """What the scripts of a live page must know before they connect."""
    return {
        "meeting_id": meeting.id,
        "lang": language(),
        "me": {
            "account_id": viewer.actor.user_id,
            "person_id": viewer.actor.person_id,
            "unit_id": viewer.unit_id,
            "role": str(viewer.role),
            "name": viewer.actor.name,
        },
    }


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
    meeting, viewer = viewing(db.session(), current_actor(), meeting_id)
    return render_template(
        "agenda/live.html", meeting=meeting, page_data=page_data(meeting, viewer)
    )
