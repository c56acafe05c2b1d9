"""Conclusions and directives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.text import fold
from core.times import rfc3339
from meetings.models import Part, given
from minutes.due import last_moment


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


def partial_index(name: str, where: str, *columns: str) -> Index:
    """An index of the rows alone for which a condition holds, on both engines.

    Args:
        name: of the index.
        where: the condition, as statements word it.
        columns: in order.
    """
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_STANDING = ("state", "due_at", "done_at", "extension_asked", "at", "field")
_COUNTED = ("meeting_id", "due_at", "done_at", "state", "extension_asked", "at", "field")


class Directive(Part, Base):
    """What the chair tells units to do, by when.

    `due` is the deadline in the forms of docs/live.md (day, moment, month, quarter, `ongoing`,
    none). `state`, `progress`, `done_at` and `extension_asked` follow from what its units have
    answered and reported (minutes.followup.standing). A unit that passes it on to its sub-units
    makes parts of it: directives with a `parent_id`.
    """

    __tablename__ = "directive"
    __table_args__ = (
        # They hold all that is asked for, so that no texts are read: the first in the order of the
        # register, to find its page; the second by meeting, to count. What is open, done late or
        # waits for more time is little, and is counted without the rest.
        Index("ix_directive_register", "urgency", "id", "meeting_id", *_STANDING),
        Index("ix_directive_scorecard", "meeting_id", *_STANDING, "parent_id"),
        Index("ix_directive_given", "meeting_id", "parent_id", "at", "id"),
        partial_index("ix_directive_open", "done_at IS NULL", *_COUNTED, "parent_id", "id"),
        partial_index("ix_directive_late", "done_at > due_at", *_COUNTED, "parent_id", "id"),
        partial_index(
            "ix_directive_asked", "extension_asked IS NOT NULL", *_COUNTED, "parent_id", "id"
        ),
        # Most have none of these; an index over all would be taken for what it is not.
        partial_index("ix_directive_parent_id", "parent_id IS NOT NULL", "parent_id"),
        partial_index("ix_directive_due_at", "due_at IS NOT NULL", "due_at"),
        Index("ix_directive_field", "field", "meeting_id"),
        {"sqlite_autoincrement": True},
    )
    live_type = "directive"

    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("directive.id"))
    passed_on_by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[str | None] = mapped_column(String(40))
    due_text: Mapped[str | None] = mapped_column(String(500))
    # What it is about (lĩnh vực), in the office's own words.
    field: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20), default="given")
    progress: Mapped[int | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # True or None.
    extension_asked: Mapped[bool | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Worked out from the above whenever it is stored: the last moment of the deadline, the place
    # in the register (`urgency`), and the text as it is searched.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    urgency: Mapped[int] = mapped_column(BigInteger)
    folded: Mapped[str] = mapped_column(Text)

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
        } | given(
            parent_id=self.parent_id,
            passed_on_by_unit_id=self.passed_on_by_unit_id,
            field=self.field,
            progress=self.progress,
            done_at=rfc3339(self.done_at),
            extension_asked=self.extension_asked,
        )


# Seconds since 1970, far behind every deadline (minutes.due): open without one, and done.
NO_DEADLINE = 10**11
DONE = 10**12


def urgency(due_at: datetime | None, done_at: datetime | None) -> int:
    """The place of a directive in the register, as offices sort it: the longest overdue first,
    then by deadline, then what has none; behind all that what is done, the newest first."""
    if done_at is not None:
        return DONE - int(done_at.timestamp())
    return NO_DEADLINE if due_at is None else int(due_at.timestamp())


@event.listens_for(Directive, "before_insert")
@event.listens_for(Directive, "before_update")
def work_out(_mapper: Any, _connection: Any, directive: Directive) -> None:
    """Set what is kept of a directive for finding and sorting it."""
    directive.due_at = last_moment(directive.due)
    directive.urgency = urgency(directive.due_at, directive.done_at)
    directive.folded = fold(directive.text)


class Document(Part, Base):
    """A document of a meeting on its way from draft to issued. One that is issued never changes:
    a correction is another document, which names the one that it replaces.

    `head` is the number of its newest text, `text_sha256` that text's hash, so that the
    meeting's log vouches for every text.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("register_id", "number"),
        {"sqlite_autoincrement": True},
    )
    live_type = "document"

    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    head: Mapped[int] = mapped_column(default=1)
    text_sha256: Mapped[str] = mapped_column(String(64))
    # Of what was composed from the record and is taken in by the newest text.
    composed_sha256: Mapped[str] = mapped_column(String(64))
    # Why it was returned to its authors.
    remarks: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    # What issuing gives.
    register_id: Mapped[int | None] = mapped_column(ForeignKey("register.id"))
    number: Mapped[int | None]
    symbol: Mapped[str | None] = mapped_column(String(100))
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the file as it was issued; of the newest one that bears a signature, and whose.
    sha256: Mapped[str | None] = mapped_column(String(64))
    signed_sha256: Mapped[str | None] = mapped_column(String(64))
    signer: Mapped[str | None] = mapped_column(String(500))

    def public(self) -> dict[str, Any]:
        """The document without its text."""
        return {
            "id": self.id,
            "meeting_id": self.meeting_id,
            "kind": self.kind,
            "state": self.state,
            "head": self.head,
            "text_sha256": self.text_sha256,
            "composed_sha256": self.composed_sha256,
            "remarks": self.remarks,
            "replaces_id": self.replaces_id,
            "number": self.number,
            "symbol": self.symbol,
            "code": self.code,
            "issued_at": rfc3339(self.issued_at),
            "sha256": self.sha256,
            "signed_sha256": self.signed_sha256,
            "signer": self.signer,
            "revision": self.revision,
        }


class DocumentText(Base):
    """One text of a document; never changed once written. `number` counts 1, 2, 3 …"""

    __tablename__ = "document_text"

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The number of the text that its author had before them; None for the first.
    based_on: Mapped[int | None]
    # `minutes.content.Content.stored`.
    content: Mapped[str] = mapped_column(Text)
    # What was composed from the record and is taken in by this text, and its hash; None: as in
    # the one before.
    composed: Mapped[str | None] = mapped_column(Text)
    takes_in: Mapped[str | None] = mapped_column(String(64))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    author_name: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentFile(Base):
    """A PDF of a document, kept under its hash (core.files).

    `prepared` ones are printed for a number that may be taken next; the one that is issued
    becomes `issued`. `checked` is the issued one with somebody's signature added elsewhere; the
    command that says so makes it `signed`. What stays prepared or checked is cleaned away
    (minutes.issuing), also where its draft is gone.
    """

    __tablename__ = "document_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(String(20), default="prepared")
    # Which text it shows, under which number, day and code.
    text_sha256: Mapped[str] = mapped_column(String(64))
    register_id: Mapped[int] = mapped_column(ForeignKey("register.id"))
    number: Mapped[int]
    symbol: Mapped[str] = mapped_column(String(100))
    code: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    # Who has signed it, as the certificate says; empty where nobody has.
    signer: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Register(Base):
    """The numbers that a unit has given to one kind of document in one year.

    `template` makes the symbol of a number: `{number:02}/TB-UBND`, `{number}-TB/TU`. `last` is
    the number given last.
    """

    __tablename__ = "register"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    template: Mapped[str] = mapped_column(String(100))
    last: Mapped[int] = mapped_column(default=0)

    def symbol(self, number: int) -> str:
        """Số, ký hiệu of a number: `05/TB-UBND`."""
        return self.template.format(number=number)
