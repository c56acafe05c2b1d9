"""The terms of decision 45/2018/QĐ-TTg for a meeting's documents, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from core.times import vietnam
from core.workdays import after, working_days_before
from meetings.models import Meeting, State

# The invitation goes out so many working days before the meeting at the latest, unless that is
# called at short notice; the notice of conclusions so many after its end.
INVITED_BEFORE: Final = 3
TOLD_WITHIN: Final = 5
# So many working days before its end a term is `soon` over.
SOON: Final = 1


def clocks(
    meeting: Meeting, documents: Iterable[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """The terms that run or have run for a meeting.

    Args:
        meeting: the meeting.
        documents: its documents as the viewer sees them (`Document.public`).
        now: the present moment.

    Returns:
        `{"kind", "due", "state", "on"}` for each: the kind of document, the last day of its
        term, `done`, `in_time`, `soon` or `late`, and the day on which it was issued, if it was
        (late where that was after `due`). A meeting that is held without an invitation from
        here has no term for one.
    """
    if meeting.state in (State.DRAFT, State.ARCHIVED):
        return []
    issued: dict[str, date] = {}
    drafted = set()
    for document in documents:
        kind = document["kind"]
        drafted.add(kind)
        if document["issued_at"] is not None:
            day = vietnam(datetime.fromisoformat(document["issued_at"])).date()
            # What was corrected later went out in time all the same.
            issued[kind] = min(day, issued.get(kind, day))
    today = vietnam(now).date()
    found = []
    if meeting.state == State.SCHEDULED or "invitation" in drafted:
        due = working_days_before(vietnam(meeting.starts_at).date(), INVITED_BEFORE)
        found.append(_clock("invitation", due, issued.get("invitation"), today))
    if meeting.closed_at is not None:
        due = after(vietnam(meeting.closed_at).date(), TOLD_WITHIN)
        found.append(_clock("conclusions", due, issued.get("conclusions"), today))
    return found


def _clock(kind: str, due: date, on: date | None, today: date) -> dict[str, Any]:
    if (on or today) > due:
        state = "late"
    elif on is not None:
        state = "done"
    elif today >= working_days_before(due, SOON):
        state = "soon"
    else:
        state = "in_time"
    return {"kind": kind, "due": due, "state": state, "on": on}
