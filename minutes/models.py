"""Conclusions and directives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.times import rfc3339
from meetings.models import Part


class Conclusion(Part, Base):
    """A sentence of what the chair concludes, in the section of the notice it belongs to."""

    __tablename__ = "conclusion"
    live_type = "conclusion"

    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    section: Mapped[str] = mapped_column(String(20), default="tasks")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The conclusion."""
        return {
            "id": self.id,
            "item_id": self.item_id,
            "section": self.section,
            "text": self.text,
            "at": rfc3339(self.at),
            "revision": self.revision,
        }


class DirectiveUnit(Base):
    """A unit that leads or supports a directive, in the order that it was named."""

    __tablename__ = "directive_unit"

    directive_id: Mapped[int] = mapped_column(
        ForeignKey("directive.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    leads: Mapped[bool]
    position: Mapped[int]


class Directive(Part, Base):
    """What the chair tells units to do, by when.

    `due` is the deadline in the forms of docs/live.md (day, moment, month, quarter, `ongoing`,
    none); `due_at` is its last moment, for sorting and for counting what is late.
    """

    __tablename__ = "directive"
    live_type = "directive"

    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[str | None] = mapped_column(String(40))
    due_text: Mapped[str | None] = mapped_column(String(500))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(20), default="given")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    units: Mapped[list[DirectiveUnit]] = relationship(
        order_by=DirectiveUnit.position, cascade="all, delete-orphan", lazy="selectin"
    )

    def unit_ids(self, leads: bool) -> list[int]:
        """Ids of the leading or of the supporting units, as they were named."""
        return [u.unit_id for u in self.units if u.leads is leads]

    def public(self) -> dict[str, Any]:
        """The directive."""
        return {
            "id": self.id,
            "meeting_id": self.meeting_id,
            "item_id": self.item_id,
            "text": self.text,
            "lead_unit_ids": self.unit_ids(leads=True),
            "supporting_unit_ids": self.unit_ids(leads=False),
            "due": self.due,
            "due_text": self.due_text,
            "state": self.state,
            "at": rfc3339(self.at),
            "revision": self.revision,
        }
