"""Arguments of what is done while a meeting is prepared and held."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.schema import Args, Id, Line, Moment, OptionalLine, OptionalText, Revision, Text

Minutes = Annotated[int, Field(ge=0, le=1440)]
Position = Annotated[int, Field(ge=1, le=10_000)]
# When it was said, if not just now: what is put back after a removal keeps its place.
Spoken = Moment
EntryKind = Literal["report", "opinion", "question", "answer", "note"]
Progress = Annotated[int, Field(ge=0, le=100)]


class Reopen(Args):
    """Why a closed meeting is opened again; the page always asks."""

    reason: OptionalText = ""


class Advance(Args):
    """On to the next item, from the one that the author sees as current."""

    from_item: Id | None


class GoTo(Args):
    """To a certain item, out of order."""

    item_id: Id
    from_item: Id | None = None


class AddItem(Args):
    """A new item; at the end when no position is named. `kind` tells the one that asks about
    earlier directives."""

    title: Line
    minutes: Minutes = 10
    presenter_unit_id: Id | None = None
    position: Position | None = None
    kind: Literal["follow_up"] | None = None


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


class SkipItem(Args):
    """An item that is passed over, or taken up again."""

    item_id: Id


class ItemMinutes(Args):
    """An item and the minutes that it has from now on."""

    item_id: Id
    minutes: Minutes


class Fit(Args):
    """The minutes of pending items, as their author has chosen them while `from_item` was on."""

    items: Annotated[list[ItemMinutes], Field(min_length=1, max_length=200)]
    from_item: Id | None = None


class AddEntry(Args):
    """A line of the record; `carried_id` where it is about a directive carried over, with how
    far its unit is."""

    item_id: Id
    text: Text
    kind: EntryKind = "opinion"
    person_id: Id | None = None
    speaker_name: Line | None = None
    unit_id: Id | None = None
    at: Spoken | None = None
    carried_id: Id | None = None
    progress: Progress | None = None


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


class Remark(Args):
    """What a participant adds to the record after the close."""

    item_id: Id
    text: Text
    kind: EntryKind = "opinion"


class RequestFloor(Args):
    """The floor on an item, the present one when none is named. `reply_to` names the speaker whom
    it answers. Chair and secretary may ask for somebody else."""

    item_id: Id | None = None
    note: OptionalLine = ""
    reply_to: Id | None = None
    person_id: Id | None = None


class NamedSpeaker(Args):
    """A speaker."""

    speaker_id: Id


class CallSpeaker(NamedSpeaker):
    """A speaker who has the floor now; `from_speaker` is whom the author sees as having it."""

    from_speaker: Id | None = None


class MoveSpeaker(NamedSpeaker):
    """A waiting speaker's new place, counted from 1, based on the revision that the author saw."""

    position: Position
    base_revision: Revision | None = None


Choice = Literal["for", "against", "abstain"]
Hands = Annotated[
    dict[Choice, Annotated[int, Field(ge=0, le=100_000)]], Field(min_length=1, max_length=3)
]


class OpenVote(Args):
    """A question put to the vote, in public unless it is said to be secret."""

    question: Text
    item_id: Id | None = None
    secret: bool = False


class NamedVote(Args):
    """A vote."""

    vote_id: Id


class Cast(NamedVote):
    """One's own choice."""

    choice: Choice


class CountHands(NamedVote):
    """How many hands were raised for each choice; this count takes the place of an earlier one."""

    hands: Hands


class ShowOnScreen(Args):
    """What the big screen shows; `ref` is the id of the one among them, `page` a paper's page."""

    what: Literal["agenda", "paper", "indicators", "vote", "directives", "check_in", "follow_up"]
    ref: Id | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] | None = None
