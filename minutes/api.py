"""HTTP API: conclusions, directives and their register, documents."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response, current_app, make_response
from pydantic import Field
from sqlalchemy import select

from agenda.api import Based
from core.api import Listing, Page, PathId, Public, blueprint, created, page_of, page_of_list
from core.db import db
from core.schema import Args, Id, OptionalLine, Query, Revision, Text, parse
from core.text import clean, fold
from core.times import VIETNAM
from meetings import feed
from meetings.access import visible_meetings
from meetings.api import Accepted, MeetingPath, accepted, run
from meetings.models import Meeting
from minutes.commands import AddConclusion, AddDirective, Due, Section, UnitIds
from minutes.models import Directive, DirectiveUnit
from minutes.publishing import document_pdf
from people.login import current_actor

api = blueprint("minutes", __name__)


class ConclusionOut(Public):
    """A conclusion."""

    id: int
    item_id: int | None
    text: str
    section: str
    revision: int


class DirectiveOut(Public):
    """A directive."""

    id: int
    meeting_id: int
    item_id: int | None
    text: str
    lead_unit_ids: list[int]
    supporting_unit_ids: list[int]
    due: str | None
    due_text: str | None
    state: str
    revision: int


class Conclusions(Listing):
    """A page of conclusions."""

    items: list[ConclusionOut]


class Directives(Listing):
    """A page of directives."""

    items: list[DirectiveOut]


class ConclusionPath(MeetingPath):
    """A conclusion's id in the address."""

    conclusion_id: PathId


class DirectivePath(MeetingPath):
    """A directive's id in the address."""

    directive_id: PathId


class ConclusionBody(Args):
    """A conclusion's new text, based on the revision that the author saw."""

    text: Text
    base_revision: Revision | None = None
    section: Section | None = None
    item_id: Id | None = None


class DirectiveBody(Args):
    """What changes of a directive, based on the revision that the author saw."""

    base_revision: Revision | None = None
    text: Text | None = None
    lead_unit_ids: UnitIds | None = None
    supporting_unit_ids: UnitIds | None = None
    due: Due | None = None
    due_text: OptionalLine | None = None
    item_id: Id | None = None


class DirectiveFilter(Page):
    """Which directives of the register."""

    unit: int | None = Field(default=None, ge=1, le=2**31 - 1, description="Leads or supports.")
    state: str = Field(default="", max_length=20, description="Only in this state.")
    due_before: str = Field(
        default="", pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description="Due before this day."
    )


class DocumentPath(MeetingPath):
    """A document of a meeting."""

    kind: Literal["minutes", "conclusions"]


def _by_time(meeting_id: int, live_type: str) -> list[dict[str, Any]]:
    found = feed.listed(current_actor(), meeting_id, live_type)
    return sorted(found, key=lambda part: (part["at"], part["id"]))


@api.get("/meetings/<int:meeting_id>/conclusions", responses={200: Conclusions})
def list_conclusions(path: MeetingPath, query: Page) -> dict[str, Any]:
    """What the chair has concluded."""
    return page_of_list(_by_time(path.meeting_id, "conclusion"), query)


@api.post("/meetings/<int:meeting_id>/conclusions", responses={201: ConclusionOut})
def add_conclusion(path: MeetingPath, body: AddConclusion) -> Response:
    """Record a conclusion (`conclusion.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "conclusion.add", args).result)


@api.patch(
    "/meetings/<int:meeting_id>/conclusions/<int:conclusion_id>",
    responses={200: ConclusionOut},
)
def update_conclusion(path: ConclusionPath, body: ConclusionBody) -> Any:
    """Change a conclusion (`conclusion.update`)."""
    args = body.model_dump(exclude_unset=True) | {"conclusion_id": path.conclusion_id}
    return run(path.meeting_id, "conclusion.update", args).result


@api.delete(
    "/meetings/<int:meeting_id>/conclusions/<int:conclusion_id>",
    responses={200: Accepted},
)
def remove_conclusion(path: ConclusionPath, query: Based) -> dict[str, Any]:
    """Take a conclusion back (`conclusion.remove`)."""
    args = {"conclusion_id": path.conclusion_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "conclusion.remove", args))


@api.get("/meetings/<int:meeting_id>/directives", responses={200: Directives})
def list_meeting_directives(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The directives of one meeting, in the order in which they were given."""
    return page_of_list(_by_time(path.meeting_id, "directive"), query)


@api.post("/meetings/<int:meeting_id>/directives", responses={201: DirectiveOut})
def add_directive(path: MeetingPath, body: AddDirective) -> Response:
    """Record a directive (`directive.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "directive.add", args).result)


@api.patch(
    "/meetings/<int:meeting_id>/directives/<int:directive_id>",
    responses={200: DirectiveOut},
)
def update_directive(path: DirectivePath, body: DirectiveBody) -> Any:
    """Change a directive (`directive.update`)."""
    args = body.model_dump(exclude_unset=True) | {"directive_id": path.directive_id}
    return run(path.meeting_id, "directive.update", args).result


@api.delete(
    "/meetings/<int:meeting_id>/directives/<int:directive_id>",
    responses={200: Accepted},
)
def remove_directive(path: DirectivePath, query: Based) -> dict[str, Any]:
    """Take a directive back (`directive.remove`)."""
    args = {"directive_id": path.directive_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "directive.remove", args))


@api.get("/directives", responses={200: Directives})
def list_directives(query: DirectiveFilter) -> dict[str, Any]:
    """The register: the directives of every meeting that the viewer may see, the nearest
    deadline first, those without one last."""
    mine = visible_meetings(current_actor()).with_only_columns(Meeting.id)
    statement = select(Directive).where(Directive.meeting_id.in_(mine))
    if query.unit is not None:
        named = select(DirectiveUnit.directive_id).where(DirectiveUnit.unit_id == query.unit)
        statement = statement.where(Directive.id.in_(named))
    if query.state:
        statement = statement.where(Directive.state == clean(query.state))
    if query.due_before:
        statement = statement.where(Directive.due_at < _day(query.due_before))
    statement = statement.order_by(Directive.due_at.is_(None), Directive.due_at, Directive.id)
    if not query.q:
        return page_of(db.session(), statement, query, Directive.public)
    words = fold(clean(query.q))
    found = [d.public() for d in db.session().scalars(statement) if words in fold(d.text)]
    return page_of_list(found, query)


class _Day(Query):
    due_before: Due


def _day(value: str) -> Any:
    from datetime import date, datetime, time

    parse(_Day, {"due_before": value})
    return datetime.combine(date.fromisoformat(value), time(), VIETNAM)


@api.get(
    "/meetings/<int:meeting_id>/documents/<kind>.pdf",
    responses={
        200: {
            "description": "The PDF",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def get_document(path: DocumentPath) -> Response:
    """The minutes (biên bản) or the notice of conclusions (thông báo kết luận) as PDF."""
    made = document_pdf(
        current_actor(), path.meeting_id, path.kind, current_app.extensions["renderer"]
    )
    response = make_response(made.content)
    response.content_type = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return response
