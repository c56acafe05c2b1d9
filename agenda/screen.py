"""What the big screen shows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from agenda.commands import ShowOnScreen
from agenda.models import AgendaItem, Screen, Vote
from core.errors import NotFound
from meetings.changes import Change, command
from meetings.models import LEADERS, Part, State

# What of it this package knows; the others are looked up by the screen itself, which shows the
# agenda where there is none.
KNOWN: dict[str, type[Part]] = {"agenda": AgendaItem, "vote": Vote}


@command("screen.show", ShowOnScreen, roles=LEADERS, states={State.SCHEDULED, State.LIVE})
def show(change: Change, args: ShowOnScreen) -> Screen:
    """Show something on every big screen of the meeting."""
    model = KNOWN.get(args.what)
    if model is not None and args.ref is not None:
        found = change.session.get(model, args.ref)
        if found is None or found.meeting_id != change.meeting_id:
            raise NotFound(_("Không có nội dung này để chiếu."))
    screen = change.session.scalar(select(Screen).where(Screen.meeting_id == change.meeting_id))
    if screen is None:
        screen = Screen(meeting_id=change.meeting_id)
        change.session.add(screen)
    screen.what, screen.ref, screen.page = args.what, args.ref, args.page
    return screen
