"""What units answer to a directive, report of it, and ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.times import rfc3339
from meetings.models import Part, given
from minutes.models import partial_index

_COUNTED = ("unit_id", "meeting_id", "due_at", "done_at", "state", "extension_asked", "at")


class Share(Base):
    """A unit that leads a directive, by itself or as a member of a group that does, and when it was
    done with what is its own. What scorecards count; `minutes.followup.standing` works it out. What
    units have passed on (`parent_id`) has none: it is a share of the directive that it came from.
    It repeats what scorecards ask of the directive: counting 100,000 takes a tenth of a second so,
    and three times as long where each is looked up.
    """

    __tablename__ = "share"
    __table_args__ = (
        # To count by unit; what is open, done late or waits for more time is little, and is
        # counted without the rest.
        Index("ix_share_scorecard", "unit_id", "meeting_id", "at", "directive_id"),
        partial_index("ix_share_open", "done_at IS NULL", *_COUNTED),
        partial_index("ix_share_late", "done_at > due_at", *_COUNTED),
        partial_index("ix_share_asked", "extension_asked IS NOT NULL", *_COUNTED),
    )

    directive_id: Mapped[int] = mapped_column(
        ForeignKey("directive.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    # As `minutes.followup.standing.Standing` says.
    state: Mapped[str] = mapped_column(String(20))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # As in the directive.
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extension_asked: Mapped[bool | None]


class Acknowledgement(Part, Base):
    """A unit's newest answer to a directive that names it: `understood` (Đã rõ) or `clarify`
    (Xin làm rõ). The log keeps the earlier ones."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        UniqueConstraint("directive_id", "unit_id"),
        {"sqlite_autoincrement": True},
    )
    live_type = "acknowledgement"

    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reply: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    # Who gave it: somebody of the unit, or who noted it for them.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The answer of one unit."""
        return {
            "id": self.id,
            "directive_id": self.directive_id,
            "unit_id": self.unit_id,
            "reply": self.reply,
            "person_id": self.person_id,
            "at": rfc3339(self.at),
            "revision": self.revision,
        } | given(note=self.note)


class ReportFile(Base):
    """A file that proves what a report says: what it was called when it was uploaded, and the hash
    under which it is kept (core.files)."""

    __tablename__ = "report_file"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    # 1, 2, 3 …, as the report names them.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))

    def public(self) -> dict[str, Any]:
        """The file."""
        return {
            "number": self.number,
            "sha256": self.sha256,
            "filename": self.filename,
            "size": self.size,
            "media_type": self.media_type,
        }


class Report(Part, Base):
    """What a leading unit has reported of a directive; its newest report counts.

    `unit_id` is None where the directive names nobody. `decision` is `checked` or `returned`, with
    the `remarks` of whoever decided; None: nobody has decided.
    """

    __tablename__ = "report"
    live_type = "report"

    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    progress: Mapped[int]
    done: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(20))
    remarks: Mapped[str | None] = mapped_column(Text)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    files: Mapped[list[ReportFile]] = relationship(
        order_by=ReportFile.number, cascade="all, delete-orphan", lazy="selectin"
    )

    def public(self) -> dict[str, Any]:
        """The report, and what was decided about it."""
        return {
            "id": self.id,
            "directive_id": self.directive_id,
            "unit_id": self.unit_id,
            "progress": self.progress,
            "done": self.done,
            "text": self.text,
            "person_id": self.person_id,
            "at": rfc3339(self.at),
            "decision": self.decision,
            "remarks": self.remarks,
            "decided_by_id": self.decided_by_id,
            "decided_at": rfc3339(self.decided_at),
            "revision": self.revision,
        } | given(files=[file.public() for file in self.files] or None)


class Extension(Part, Base):
    """A later deadline that a leading unit has asked for, before or after the present one.

    `previous_due` is the deadline that it is to replace, `due` the one asked for and, once
    `granted`, the one that was given. `state` is `asked`, `granted` or `refused`.
    """

    __tablename__ = "extension"
    live_type = "extension"

    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(20), default="asked")
    due: Mapped[str] = mapped_column(String(40))
    previous_due: Mapped[str] = mapped_column(String(40))
    previous_due_text: Mapped[str | None] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """What was asked for, and what was decided."""
        return {
            "id": self.id,
            "directive_id": self.directive_id,
            "unit_id": self.unit_id,
            "state": self.state,
            "due": self.due,
            "previous_due": self.previous_due,
            "previous_due_text": self.previous_due_text,
            "reason": self.reason,
            "person_id": self.person_id,
            "at": rfc3339(self.at),
            "decision_reason": self.decision_reason,
            "decided_by_id": self.decided_by_id,
            "decided_at": rfc3339(self.decided_at),
            "revision": self.revision,
        }
