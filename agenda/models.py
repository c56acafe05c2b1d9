"""Agenda items, the entries of the record, who speaks, votes, and the big screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime
from core.times import rfc3339
from meetings.models import Part, given


class Placed(Part):
    """A part that has its place among those of its kind, counted from 1."""

    position: Mapped[int]


class AgendaItem(Placed, Base):
    """One point of the agenda, with its clock.

    `minutes` is what it has now; `planned_minutes` what it had when the meeting was opened,
    where that was changed since. `kind` is `follow_up` where it asks what has become of earlier
    directives, else empty.
    """

    __tablename__ = "agenda_item"
    live_type = "agenda_item"

    title: Mapped[str] = mapped_column(String(500))
    minutes: Mapped[int]
    planned_minutes: Mapped[int | None]
    kind: Mapped[str | None] = mapped_column(String(20))
    presenter_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(20), default="pending")
    # Set while the item is current; earlier turns are summed in used_seconds.
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_seconds: Mapped[int] = mapped_column(default=0)

    def public(self) -> dict[str, Any]:
        """The item; a running one counts from `started_at` on top of `used_seconds`."""
        return {
            "id": self.id,
            "position": self.position,
            "title": self.title,
            "minutes": self.minutes,
            "presenter_unit_id": self.presenter_unit_id,
            "state": self.state,
            "started_at": rfc3339(self.started_at),
            "used_seconds": self.used_seconds,
            "revision": self.revision,
        } | given(planned_minutes=self.planned_minutes, kind=self.kind)


class Entry(Part, Base):
    """A line of the record: what somebody reported, said, asked or answered, or a note. A
    `late` one was remarked by a participant after the close. One with a `carried_id` is about a
    directive of an earlier meeting; `progress` is how far its unit says that it is, in percent."""

    __tablename__ = "entry"
    # Whoever has spoken cannot leave the list of participants.
    __table_args__ = (
        ForeignKeyConstraint(
            ["meeting_id", "person_id"], ["participant.meeting_id", "participant.person_id"]
        ),
        {"sqlite_autoincrement": True},
    )
    live_type = "entry"

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None]
    speaker_name: Mapped[str | None] = mapped_column(String(500))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    late: Mapped[bool | None]
    # Not a foreign key: what is carried over belongs to a package above this one.
    carried_id: Mapped[int | None] = mapped_column(index=True)
    progress: Mapped[int | None]

    def public(self) -> dict[str, Any]:
        """The line."""
        return {
            "id": self.id,
            "item_id": self.item_id,
            "kind": self.kind,
            "text": self.text,
            "person_id": self.person_id,
            "speaker_name": self.speaker_name,
            "unit_id": self.unit_id,
            "at": rfc3339(self.at),
            "revision": self.revision,
        } | given(late=self.late, carried_id=self.carried_id, progress=self.progress)


class Speaker(Part, Base):
    """Somebody who asks for the floor on an item, has it, or has had it.

    `position` counts those who wait on the item, 1, 2, 3 …; it is 0 for the others. A reply
    names the speaker that it answers. `limit_seconds` is how long they may speak, as it stood
    when they were called; `seconds` how long they did.
    """

    __tablename__ = "speaker"
    # Whoever has asked for the floor cannot leave the list of participants.
    __table_args__ = (
        ForeignKeyConstraint(
            ["meeting_id", "person_id"], ["participant.meeting_id", "participant.person_id"]
        ),
        {"sqlite_autoincrement": True},
    )
    live_type = "speaker"

    person_id: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    reply_to: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    note: Mapped[str] = mapped_column(String(500), default="")
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    limit_seconds: Mapped[int | None]

    @property
    def seconds(self) -> int | None:
        """How long they have spoken, once they have finished."""
        if self.called_at is None or self.finished_at is None:
            return None
        return max(0, int((self.finished_at - self.called_at).total_seconds()))

    def public(self) -> dict[str, Any]:
        """The speaker."""
        return {
            "id": self.id,
            "person_id": self.person_id,
            "item_id": self.item_id,
            "reply_to": self.reply_to,
            "position": self.position,
            "state": self.state,
            "note": self.note,
            "requested_at": rfc3339(self.requested_at),
            "called_at": rfc3339(self.called_at),
            "finished_at": rfc3339(self.finished_at),
            "limit_seconds": self.limit_seconds,
            "seconds": self.seconds,
            "revision": self.revision,
        }


class Vote(Part, Base):
    """A question put to the vote, in public or in secret (agenda.voting).

    `counts` are ballots and `hands` together (`for`, `against`, `abstain`); `hands` were counted
    in the room. `voter_ids` are those who might vote when it was opened; once it is closed, those
    who might until then.
    """

    __tablename__ = "vote"
    live_type = "vote"

    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    question: Mapped[str] = mapped_column(Text)
    secret: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="open")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    hands: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    voter_ids: Mapped[list[int]] = mapped_column(JSON)

    def public(self) -> dict[str, Any]:
        """The vote; `counts` only once it is closed."""
        return {
            "id": self.id,
            "item_id": self.item_id,
            "question": self.question,
            "secret": self.secret,
            "state": self.state,
            "opened_at": rfc3339(self.opened_at),
            "closed_at": rfc3339(self.closed_at),
            "counts": self.counts,
            "hands": self.hands,
            "voter_ids": self.voter_ids,
            "revision": self.revision,
        }


class Ballot(Part, Base):
    """That somebody has voted; in a public vote also how. Of a secret one `choice` is empty, for
    ever: what was chosen is in the sealed box alone."""

    __tablename__ = "ballot"
    # Whoever has voted cannot leave the list of participants.
    __table_args__ = (
        UniqueConstraint("vote_id", "person_id"),
        ForeignKeyConstraint(
            ["meeting_id", "person_id"], ["participant.meeting_id", "participant.person_id"]
        ),
        {"sqlite_autoincrement": True},
    )
    live_type = "ballot"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    person_id: Mapped[int]
    # Who has voted in their place ("dự thay"), as the attendance had it.
    deputy_name: Mapped[str | None] = mapped_column(String(500))
    choice: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The ballot."""
        return {
            "id": self.id,
            "vote_id": self.vote_id,
            "person_id": self.person_id,
            "deputy_name": self.deputy_name,
            "choice": self.choice,
            "at": rfc3339(self.at),
            "revision": self.revision,
        }


class VoteBox(Base):
    """The sealed count of a secret vote while it is open (agenda.voting, core.sealing). No part
    of the meeting that anybody is told of."""

    __tablename__ = "vote_box"

    vote_id: Mapped[int] = mapped_column(
        ForeignKey("vote.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[str] = mapped_column(Text)


class Screen(Part, Base):
    """What the big screen shows; a meeting has one, which clients know as `screen/1`."""

    __tablename__ = "screen"
    __table_args__ = (UniqueConstraint("meeting_id"), {"sqlite_autoincrement": True})
    live_type = "screen"

    what: Mapped[str] = mapped_column(String(20))
    ref: Mapped[int | None]
    page: Mapped[int | None]

    @property
    def key(self) -> str:
        """The same in each meeting."""
        return "screen/1"

    def public(self) -> dict[str, Any]:
        """What is shown, and which one of them."""
        return {
            "id": 1,
            "what": self.what,
            "ref": self.ref,
            "page": self.page,
            "revision": self.revision,
        }
