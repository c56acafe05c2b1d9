"""Agenda items and the entries of the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime
from core.times import rfc3339
from meetings.models import Part


class Placed(Part):
    """A part that has its place among those of its kind, counted from 1."""

    position: Mapped[int]


class AgendaItem(Placed, Base):
    """One point of the agenda, with its clock."""

    __tablename__ = "agenda_item"
    live_type = "agenda_item"

    title: Mapped[str] = mapped_column(String(500))
    minutes: Mapped[int]
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
        }


class Entry(Part, Base):
    """A line of the record: what somebody reported, said, asked or answered, or a note."""

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
        }
