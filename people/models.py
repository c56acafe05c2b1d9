"""Units of local government, the people in them, and their accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.text import fold, name_key

KINDS = ("province", "district", "commune", "office", "agency", "association", "village", "group")


class Unit(Base):
    """A unit of the tree, or a group of units that directives name together.

    Units come and go with mergers (the two-tier government of 1/7/2025), so each has the
    days between which it exists.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    short_name: Mapped[str | None] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    # The place (địa danh) that its documents are dated from, decree 30/2020, annex I.
    place: Mapped[str | None] = mapped_column(String(200))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    # Name and short name as they are searched (core.text.fold).
    folded: Mapped[str] = mapped_column(String(1100), default="")

    def public(self) -> dict[str, Any]:
        """The unit: what clients rely on, and what documents need of it."""
        return {
            "id": self.id,
            "name": self.name,
            "short_name": self.short_name,
            "kind": self.kind,
            "parent_id": self.parent_id,
            "position": self.position,
            "place": self.place,
        }

    def exists_on(self, day: date) -> bool:
        """Whether it exists on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class UnitMember(Base):
    """Membership of a unit in a group ("UBND các xã")."""

    __tablename__ = "unit_member"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class UnitSuccessor(Base):
    """A unit that has taken over from another one: several may take over from one, and one from
    several (the mergers of 1/7/2025 split communes too)."""

    __tablename__ = "unit_successor"

    unit_id: Mapped[int] = mapped_column(
        ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True
    )
    successor_id: Mapped[int] = mapped_column(
        ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Person(Base):
    """Someone who holds an office; their title is the one that documents print."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    title: Mapped[str | None] = mapped_column(String(500))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    sort_key: Mapped[str] = mapped_column(String(500), default="")
    folded: Mapped[str] = mapped_column(String(1100), default="")
    # Where reminders go; shown to administrators and to the person. `email_failed_at` is when
    # a mail server refused it for good, `email_error` in which words; a new address clears both.
    email: Mapped[str | None] = mapped_column(String(254))
    email_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email_error: Mapped[str | None] = mapped_column(String(500))

    unit: Mapped[Unit | None] = relationship()

    def public(self) -> dict[str, Any]:
        """The person as colleagues see them: name and office, no private data."""
        return {"id": self.id, "name": self.name, "title": self.title, "unit_id": self.unit_id}

    def private(self) -> dict[str, Any]:
        """The person as administrators and they themselves see them."""
        return self.public() | {"email": self.email}

    def refresh_keys(self) -> None:
        """Recompute what is searched and sorted by."""
        self.folded = fold(f"{self.name} {self.title or ''}")
        self.sort_key = self.sort_key or name_key(self.name)


class User(Base, UserMixin):
    """An account. What it may do in a meeting is decided by its person's role there."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    may_schedule: Mapped[bool] = mapped_column(default=False)
    # Part of every session and token; a new one signs the account out everywhere.
    stamp: Mapped[str] = mapped_column(String(32))
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def is_active(self) -> bool:
        """Flask-Login's question; a closed account can no longer use its session."""
        return self.active

    def get_id(self) -> str:
        """What the session cookie holds."""
        return f"{self.id}:{self.stamp}"

    @property
    def display_name(self) -> str:
        """The person's name, or the username of an account without a person."""
        return self.person.name if self.person else self.username

    def public(self) -> dict[str, Any]:
        """The account as an administrator sees it; never the password's hash."""
        return {
            "id": self.id,
            "username": self.username,
            "person_id": self.person_id,
            "active": self.active,
            "is_admin": self.is_admin,
            "may_schedule": self.may_schedule,
        }
