"""HTTP API: what a meeting carries over from those before it in its series."""

from __future__ import annotations

from typing import Any

from core.api import Listing, Page, Public, blueprint, page_of_list
from core.db import db
from core.times import now
from meetings.api import MeetingPath
from minutes.followup.carrying import carried_over
from minutes.followup.status import StatusName
from people.login import current_actor

api = blueprint("carried", __name__)


class LastReport(Public):
    """A unit's newest report then."""

    unit_id: int | None
    text: str
    progress: int
    at: str


class CarriedOut(Public):
    """A directive of an earlier meeting, as it stood when the later one was opened; before that,
    as it stands now, and without an `id`."""

    id: int | None
    position: int
    directive_id: int
    from_meeting_id: int
    from_code: str
    text: str
    lead_unit_ids: list[int]
    due: str | None
    due_text: str | None
    state: str
    status: StatusName
    days_late: int
    progress: int | None
    done_at: str | None
    report: LastReport | None


class CarriedList(Listing):
    """A page of what is carried over."""

    items: list[CarriedOut]


@api.get("/meetings/<int:meeting_id>/carried", responses={200: CarriedList})
def list_carried(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The directives of earlier meetings of the series that this one asks about: open and due, or
    done since the last of them; by their leading units."""
    found = carried_over(db.session(), current_actor(), path.meeting_id, now())
    return page_of_list(found, query)
