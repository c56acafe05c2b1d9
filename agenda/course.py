"""Opening, closing and reopening a meeting."""

from __future__ import annotations

from collections.abc import Callable

from agenda.commands import Reopen
from agenda.services import BEFORE, leave_current
from agenda.voting import close_all
from meetings.changes import Change, command
from meetings.commands import Nothing
from meetings.models import LEADERS, Meeting, State

# What packages above do, within the same change, when a meeting is opened.
AT_OPENING: list[Callable[[Change], None]] = []


@command("meeting.open", Nothing, roles=LEADERS, states=BEFORE)
def open_meeting(change: Change, args: Nothing) -> Meeting:
    """Open the meeting; the first item becomes current with `agenda.advance`."""
    change.meeting.state = State.LIVE
    change.meeting.opened_at = change.at
    for follow in AT_OPENING:
        follow(change)
    return change.meeting


@command("meeting.close", Nothing, roles=LEADERS, states={State.LIVE})
def close_meeting(change: Change, args: Nothing) -> Meeting:
    """Close the meeting; the running item ends with it, whoever speaks has finished, and votes
    that are still open are closed and counted."""
    leave_current(change)
    close_all(change)
    change.meeting.current_item_id = None
    change.meeting.state = State.CLOSED
    change.meeting.closed_at = change.at
    return change.meeting


@command("meeting.reopen", Reopen, roles=LEADERS, states={State.CLOSED})
def reopen_meeting(change: Change, args: Reopen) -> Meeting:
    """Open a closed meeting again; the reason stays in the log."""
    change.meeting.state = State.LIVE
    change.meeting.closed_at = None
    return change.meeting
