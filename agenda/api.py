"""HTTP API: agenda items and the record."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import Field

from agenda.commands import AddEntry, AddItem, EntryKind, Minutes, Position
from core.api import Listing, Page, PathId, Public, blueprint, created, page_of_list
from core.schema import Args, Id, Line, Query, Revision, Text
from meetings import feed
from meetings.api import Accepted, MeetingPath, accepted, run
from people.login import current_actor

api = blueprint("agenda", __name__)


class ItemOut(Public):
    """An agenda item."""

    id: int
    position: int
    title: str
    minutes: int
    presenter_unit_id: int | None
    state: str


class EntryOut(Public):
    """A line of the record."""

    id: int
    item_id: int
    kind: str
    text: str
    person_id: int | None
    speaker_name: str | None
    unit_id: int | None
    at: str
    revision: int


class Items(Listing):
    """A page of agenda items."""

    items: list[ItemOut]


class Entries(Listing):
    """A page of lines."""

    items: list[EntryOut]


class ItemPath(MeetingPath):
    """An agenda item's id in the address."""

    item_id: PathId


class EntryPath(MeetingPath):
    """A line's id in the address."""

    entry_id: PathId


class ItemBody(Args):
    """What changes of an item; what is not named stays."""

    title: Line | None = None
    minutes: Minutes | None = None
    presenter_unit_id: Id | None = None
    position: Position | None = None


class EntryBody(Args):
    """A line's new text, based on the revision that the author saw."""

    base_revision: Revision
    text: Text
    kind: EntryKind | None = None
    person_id: Id | None = None
    speaker_name: Line | None = None
    unit_id: Id | None = None


class Based(Query):
    """The revision of the object that the author saw."""

    base_revision: int | None = Field(default=None, ge=0, le=2**31 - 1)


@api.get("/meetings/<int:meeting_id>/agenda-items", responses={200: Items})
def list_items(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The agenda in its order."""
    found = feed.listed(current_actor(), path.meeting_id, "agenda_item")
    return page_of_list(sorted(found, key=lambda i: (i["position"], i["id"])), query)


@api.post("/meetings/<int:meeting_id>/agenda-items", responses={201: ItemOut})
def add_item(path: MeetingPath, body: AddItem) -> Response:
    """Add an item (`agenda.add`)."""
    return created(run(path.meeting_id, "agenda.add", body.model_dump(exclude_unset=True)).result)


@api.patch("/meetings/<int:meeting_id>/agenda-items/<int:item_id>", responses={200: ItemOut})
def update_item(path: ItemPath, body: ItemBody) -> Any:
    """Change an item (`agenda.update`)."""
    args = body.model_dump(exclude_unset=True) | {"item_id": path.item_id}
    return run(path.meeting_id, "agenda.update", args).result


@api.delete("/meetings/<int:meeting_id>/agenda-items/<int:item_id>", responses={200: Accepted})
def remove_item(path: ItemPath) -> dict[str, Any]:
    """Take an item off the agenda (`agenda.remove`)."""
    return accepted(run(path.meeting_id, "agenda.remove", {"item_id": path.item_id}))


@api.get("/meetings/<int:meeting_id>/discussion", responses={200: Entries})
def list_entries(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The record, in the order in which it was spoken."""
    found = feed.listed(current_actor(), path.meeting_id, "entry")
    return page_of_list(sorted(found, key=lambda e: (e["at"], e["id"])), query)


@api.post("/meetings/<int:meeting_id>/discussion", responses={201: EntryOut})
def add_entry(path: MeetingPath, body: AddEntry) -> Response:
    """Record a line (`discussion.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "discussion.add", args).result)


@api.patch("/meetings/<int:meeting_id>/discussion/<int:entry_id>", responses={200: EntryOut})
def update_entry(path: EntryPath, body: EntryBody) -> Any:
    """Change a line (`discussion.update`); 409 with `current` when it has changed since."""
    args = body.model_dump(exclude_unset=True) | {"entry_id": path.entry_id}
    return run(path.meeting_id, "discussion.update", args).result


@api.delete("/meetings/<int:meeting_id>/discussion/<int:entry_id>", responses={200: Accepted})
def remove_entry(path: EntryPath, query: Based) -> dict[str, Any]:
    """Take a line out of the record (`discussion.remove`)."""
    args = {"entry_id": path.entry_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "discussion.remove", args))
