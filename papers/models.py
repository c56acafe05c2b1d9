"""Papers and their versions, who sees them, remarks, private notes, and what was uploaded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.times import rfc3339
from meetings.models import Part


class Upload(Base):
    """A file that an account has uploaded and that was found sound; it may become a version."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("user_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    # Of a PDF; None for the others.
    pages: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The file, as `paper.add` and `paper.update` name it by its hash."""
        return {
            "sha256": self.sha256,
            "filename": self.filename,
            "size": self.size,
            "media_type": self.media_type,
            "pages": self.pages,
        }


class PaperUnit(Base):
    """A unit that a paper is for."""

    __tablename__ = "paper_unit"

    paper_id: Mapped[int] = mapped_column(
        ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    position: Mapped[int]


class PaperVersion(Base):
    """One version of a paper; never changed once written. `number` counts 1, 2, 3 …"""

    __tablename__ = "paper_version"

    paper_id: Mapped[int] = mapped_column(
        ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The bytes are kept under it (core.files).
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    pages: Mapped[int | None]
    uploaded_by: Mapped[str] = mapped_column(String(500))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The version."""
        return {
            "version": self.number,
            "filename": self.filename,
            "size": self.size,
            "sha256": self.sha256,
            "media_type": self.media_type,
            "pages": self.pages,
            "uploaded_by": self.uploaded_by,
            "uploaded_at": rfc3339(self.uploaded_at),
        }


class Paper(Part, Base):
    """A paper of an item, or of the meeting as a whole, in its versions.

    `visible_to` is `everyone`, `units` (those of `unit_ids`) or `staff`; the staff and the unit
    that has handed it in see it always (meetings.access).
    """

    __tablename__ = "paper"
    live_type = "paper"

    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    title: Mapped[str] = mapped_column(String(500))
    visible_to: Mapped[str] = mapped_column(String(20))
    # The unit that has handed it in; None where the staff have put it there.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    # The number of the newest version.
    version: Mapped[int] = mapped_column(default=1)

    units: Mapped[list[PaperUnit]] = relationship(
        order_by=PaperUnit.position, cascade="all, delete-orphan", lazy="selectin"
    )
    versions: Mapped[list[PaperVersion]] = relationship(
        order_by=PaperVersion.number, cascade="all, delete-orphan", lazy="selectin"
    )

    def public(self) -> dict[str, Any]:
        """The paper in its newest version, and the earlier ones."""
        *earlier, newest = self.versions
        return newest.public() | {
            "id": self.id,
            "item_id": self.item_id,
            "title": self.title,
            "visible_to": self.visible_to,
            "unit_ids": [unit.unit_id for unit in self.units],
            "unit_id": self.unit_id,
            "earlier": [version.public() for version in earlier],
            "revision": self.revision,
        }


class Remark(Part, Base):
    """What somebody remarks on a paper, for the staff to collect; their unit sees it too."""

    __tablename__ = "remark"
    # Whoever has remarked something cannot leave the list of participants.
    __table_args__ = (
        ForeignKeyConstraint(
            ["meeting_id", "person_id"], ["participant.meeting_id", "participant.person_id"]
        ),
        {"sqlite_autoincrement": True},
    )
    live_type = "remark"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    person_id: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    # The page that it is about; None for the whole paper.
    page: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The remark."""
        return {
            "id": self.id,
            "paper_id": self.paper_id,
            "person_id": self.person_id,
            "unit_id": self.unit_id,
            "page": self.page,
            "text": self.text,
            "at": rfc3339(self.at),
            "revision": self.revision,
        }


class Note(Base):
    """A person's private note on a paper. It is no part of the meeting: nobody else reads it,
    and no log has it."""

    __tablename__ = "paper_note"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    # Counts what its author has saved, in whichever window.
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The note."""
        return {"text": self.text, "revision": self.revision, "at": rfc3339(self.at)}
