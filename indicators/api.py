"""HTTP API: indicators."""

from __future__ import annotations

from typing import Any

from flask import Response

from agenda.api import Based
from agenda.commands import Position
from core.api import Listing, Page, PathId, Public, blueprint, created, page_of_list
from core.schema import Args, Line, OptionalLine, Revision
from indicators.commands import AddIndicator
from meetings import feed
from meetings.api import Accepted, MeetingPath, accepted, run
from people.login import current_actor

api = blueprint("indicators", __name__)


class IndicatorOut(Public):
    """An indicator; its values are text, as offices write them."""

    id: int
    position: int
    name: str
    measure: str
    plan: str
    estimate: str
    assessment: str
    revision: int


class Indicators(Listing):
    """A page of indicators."""

    items: list[IndicatorOut]


class IndicatorPath(MeetingPath):
    """An indicator's id in the address."""

    indicator_id: PathId


class IndicatorBody(Args):
    """What changes of an indicator, based on the revision that the author saw."""

    base_revision: Revision | None = None
    name: Line | None = None
    measure: OptionalLine | None = None
    plan: OptionalLine | None = None
    estimate: OptionalLine | None = None
    assessment: OptionalLine | None = None
    position: Position | None = None


@api.get("/meetings/<int:meeting_id>/indicators", responses={200: Indicators})
def list_indicators(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The indicators of a meeting, in the order of their table."""
    found = feed.listed(current_actor(), path.meeting_id, "indicator")
    return page_of_list(sorted(found, key=lambda i: (i["position"], i["id"])), query)


@api.post("/meetings/<int:meeting_id>/indicators", responses={201: IndicatorOut})
def add_indicator(path: MeetingPath, body: AddIndicator) -> Response:
    """Add an indicator (`indicator.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "indicator.add", args).result)


@api.patch(
    "/meetings/<int:meeting_id>/indicators/<int:indicator_id>",
    responses={200: IndicatorOut},
)
def update_indicator(path: IndicatorPath, body: IndicatorBody) -> Any:
    """Change an indicator (`indicator.update`)."""
    args = body.model_dump(exclude_unset=True) | {"indicator_id": path.indicator_id}
    return run(path.meeting_id, "indicator.update", args).result


@api.delete(
    "/meetings/<int:meeting_id>/indicators/<int:indicator_id>",
    responses={200: Accepted},
)
def remove_indicator(path: IndicatorPath, query: Based) -> dict[str, Any]:
    """Take an indicator off the table (`indicator.remove`)."""
    args = {"indicator_id": path.indicator_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "indicator.remove", args))
