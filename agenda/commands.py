"""Arguments of what is done while a meeting is prepared and held."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.schema import Args, Id, Line, Moment, OptionalText, Revision, Text

Minutes = Annotated[int, Field(ge=0, le=1440)]
Position = Annotated[int, Field(ge=1, le=10_000)]
# When it was said, if not just now: what is put back after a removal keeps its place.
Spoken = Moment
EntryKind = Literal["report", "opinion", "question", "answer", "note"]


class Reopen(Args):
    """Why a closed meeting is opened again."""

    reason: OptionalText = ""


class Advance(Args):
    """On to the next item, from the one that the author sees as current."""

    from_item: Id | None


class GoTo(Args):
    """To a certain item, out of order."""

    item_id: Id
    from_item: Id | None = None


class AddItem(Args):
    """A new item; at the end when no position is named."""

    title: Line
    minutes: Minutes = 10
    presenter_unit_id: Id | None = None
    position: Position | None = None


class UpdateItem(Args):
    """What changes of an item; what is not named stays."""

    item_id: Id
    title: Line | None = None
    minutes: Minutes | None = None
    presenter_unit_id: Id | None = None
    position: Position | None = None


class MoveItem(Args):
    """An item's new place, counted from 1."""

    item_id: Id
    position: Position


class RemoveItem(Args):
    """An item that is not held."""

    item_id: Id


class AddEntry(Args):
    """A line of the record."""

    item_id: Id
    text: Text
    kind: EntryKind = "opinion"
    person_id: Id | None = None
    speaker_name: Line | None = None
    unit_id: Id | None = None
    at: Spoken | None = None


class UpdateEntry(Args):
    """A line's new text, based on the revision that the author saw."""

    entry_id: Id
    base_revision: Revision
    text: Text
    kind: EntryKind | None = None
    person_id: Id | None = None
    speaker_name: Line | None = None
    unit_id: Id | None = None


class RemoveEntry(Args):
    """A line that is taken out of the record."""

    entry_id: Id
    base_revision: Revision | None = None
