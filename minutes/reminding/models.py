"""The outbox: mails that are written, and what has become of them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.times import rfc3339
from people.models import Person

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
STATES = ("waiting", "sending", "sent", "refused", "uncertain", "dropped")


def without_addresses(words: str | None) -> str | None:
    """What a mail server has said, less the addresses in it, which are administrators' to see."""
    return words and _ADDRESS.sub("…", words)


class Reminder(Base):
    """A mail to a person about the directives of one day; there is one a day at most.

    `state` is `waiting`, `sending`, `sent`, `refused` (the server takes it never), `uncertain` (it
    may have been sent: a person decides) or `dropped` (passed over). While it is `sending`, `claim`
    names who does and `claimed_until` when that one counts as dead; `step` is `connecting` until
    the text is about to go out, then `data`.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("person_id", "day"),
        Index("ix_reminder_state", "state", "next_attempt_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    # What it tells of.
    directive_ids: Mapped[list[int]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(String(300), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    step: Mapped[str] = mapped_column(String(20), default="")
    claim: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What the server, or the system, has said last.
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who has decided about it last, and when.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined")

    def public(self) -> dict[str, Any]:
        """What has become of it; not what it says, which is the recipient's alone."""
        return {
            "id": self.id,
            "person_id": self.person_id,
            "day": self.day.isoformat(),
            "state": self.state,
            "directives": len(self.directive_ids),
            "attempts": self.attempts,
            "next_attempt_at": rfc3339(self.next_attempt_at) if self.state == "waiting" else None,
            "error": without_addresses(self.error),
            "created_at": rfc3339(self.created_at),
            "sent_at": rfc3339(self.sent_at),
        }
