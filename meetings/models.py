"""The meeting, its participants, and its log."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.times import rfc3339
from meetings.roles import EVERYONE as EVERYONE
from meetings.roles import LEADERS as LEADERS
from meetings.roles import PRESENT as PRESENT
from meetings.roles import STAFF as STAFF
from meetings.roles import VOTERS as VOTERS
from meetings.roles import Role as Role
from meetings.roles import State as State
from people.models import Person, Unit


class Live:
    """A part of a meeting that clients hold a copy of, under the key `type/id`."""

    live_type: ClassVar[str]
    live_models: ClassVar[list[type[Any]]] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "live_type" in cls.__dict__:
            Live.live_models.append(cls)

    id: Mapped[int]

    @property
    def key(self) -> str:
        """The object's name in snapshots and events."""
        return f"{self.live_type}/{self.id}"

    def public(self) -> dict[str, Any]:
        """The whole public object, with absolute values."""
        raise NotImplementedError


class Part(Live):
    """A live object that belongs to one meeting and knows the revision that last changed it."""

    # A deleted object's id never names another one: clients and logs hold on to keys.
    __table_args__: Any = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)

    @declared_attr
    def meeting_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("meeting.id"), index=True)


def given(**fields: Any) -> dict[str, Any]:
    """Those fields of a public object that hold something. What objects have come to hold later
    is left out while it is empty, so that the logs of earlier meetings still tell of the same
    objects (`flask verify`)."""
    return {name: value for name, value in fields.items() if value is not None}


class MeetingSeries(Base):
    """Briefings that follow one another (chuỗi giao ban): what one has told units to do, the next
    one asks about."""

    __tablename__ = "meeting_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    organizer_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    def public(self) -> dict[str, Any]:
        """The series."""
        return {"id": self.id, "name": self.name, "organizer_unit_id": self.organizer_unit_id}


class Meeting(Live, Base):
    """A briefing, from its schedule to its archive.

    `revision` counts its accepted commands, 1, 2, 3 … without gap.
    """

    __tablename__ = "meeting"
    __table_args__ = {"sqlite_autoincrement": True}
    live_type = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(String(500), default="")
    online_url: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[str] = mapped_column(String(20), default=State.SCHEDULED, index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    organizer_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    # Not a foreign key: the agenda's package lies above this one.
    current_item_id: Mapped[int | None]
    # The rules of this meeting; empty where it has none, or the usual one.
    quorum: Mapped[str | None] = mapped_column(String(10))
    speaking_seconds: Mapped[int | None]
    warning_seconds: Mapped[int | None]
    remark_hours: Mapped[int | None]
    code_required: Mapped[bool | None]
    revision: Mapped[int] = mapped_column(default=0)

    organizer: Mapped[Unit | None] = relationship()
    series: Mapped[MeetingSeries | None] = relationship()
    participants: Mapped[list[Participant]] = relationship(
        back_populates="meeting", order_by="Participant.position"
    )

    def people_in(self, role: Role) -> list[int]:
        """Ids of the people who hold a role, in protocol order."""
        return [p.person_id for p in self.participants if p.role == role]

    def public(self) -> dict[str, Any]:
        """The meeting: what clients rely on, and where and how it is held."""
        return {
            "id": self.id,
            "code": self.code,
            "title": self.title,
            "description": self.description,
            "location": self.location,
            "online_url": self.online_url,
            "state": str(self.state),
            "starts_at": rfc3339(self.starts_at),
            "ends_at": rfc3339(self.ends_at),
            "opened_at": rfc3339(self.opened_at),
            "closed_at": rfc3339(self.closed_at),
            "cancelled_at": rfc3339(self.cancelled_at),
            "cancel_reason": self.cancel_reason,
            "organizer_unit_id": self.organizer_unit_id,
            "current_item_id": self.current_item_id,
            "chair_ids": self.people_in(Role.CHAIR),
            "secretary_ids": self.people_in(Role.SECRETARY),
        } | given(
            quorum=self.quorum,
            speaking_seconds=self.speaking_seconds,
            warning_seconds=self.warning_seconds,
            remark_hours=self.remark_hours,
            code_required=self.code_required,
            series_id=self.series_id,
        )


class Participant(Part, Base):
    """Someone invited, in one role, for one unit (their điểm cầu)."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        {"sqlite_autoincrement": True},
    )
    live_type = "participant"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(20), default=Role.PARTICIPANT)
    position: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship(back_populates="participants")
    person: Mapped[Person] = relationship()

    def public(self) -> dict[str, Any]:
        """The participant."""
        return {
            "id": self.id,
            "person_id": self.person_id,
            "unit_id": self.unit_id,
            "role": str(self.role),
            "position": self.position,
        }


class Attendance(Part, Base):
    """Whether an invited person takes part, how, and who stands in for them ("dự thay").

    `at` is when it was noted last; `arrived_at` and `left_at` are when they, or their deputy,
    came and went. `checked_by` is `self`, `code` (the one on the site's screen) or `secretary`.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        {"sqlite_autoincrement": True},
    )
    live_type = "attendance"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    status: Mapped[str] = mapped_column(String(20), default="unknown")
    deputy_name: Mapped[str | None] = mapped_column(String(500))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[str | None] = mapped_column(String(10))

    @property
    def present(self) -> bool:
        """They, or a deputy for them, are here now."""
        came = self.status in PRESENT or self.deputy_name is not None
        return came and self.left_at is None

    def public(self) -> dict[str, Any]:
        """The attendance of one person."""
        return {
            "id": self.id,
            "person_id": self.person_id,
            "unit_id": self.unit_id,
            "status": self.status,
            "deputy_name": self.deputy_name,
            "reason": self.reason,
            "at": rfc3339(self.at),
        } | given(
            arrived_at=rfc3339(self.arrived_at),
            left_at=rfc3339(self.left_at),
            checked_by=self.checked_by,
        )


class Headcount(Part, Base):
    """How many people sit at a site (điểm cầu), those without an invitation of their own
    included, as somebody there has counted them."""

    __tablename__ = "headcount"
    __table_args__ = (
        UniqueConstraint("meeting_id", "unit_id"),
        {"sqlite_autoincrement": True},
    )
    live_type = "headcount"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    people: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    def public(self) -> dict[str, Any]:
        """The count of one site."""
        return {
            "id": self.id,
            "unit_id": self.unit_id,
            "people": self.people,
            "at": rfc3339(self.at),
            "revision": self.revision,
        }


class Quorum(Part, Base):
    """Whether enough of those who decide are here, in a meeting that asks for it.

    `members` are invited as chair or participant, `present` those of them who are here or have
    a deputy here, `needed` how many it takes.
    """

    __tablename__ = "quorum"
    __table_args__ = (UniqueConstraint("meeting_id"), {"sqlite_autoincrement": True})
    live_type = "quorum"

    rule: Mapped[str] = mapped_column(String(10))
    members: Mapped[int]
    present: Mapped[int]
    needed: Mapped[int]

    def public(self) -> dict[str, Any]:
        """The quorum as it stands."""
        return {
            "id": self.id,
            "rule": self.rule,
            "members": self.members,
            "present": self.present,
            "needed": self.needed,
            "reached": self.present >= self.needed,
            "revision": self.revision,
        }


class SpentCode(Base):
    """A code of a site's screen with which somebody has checked in: it serves nobody again.

    `device` (people.login.device) is what they did it with; None once the secretary has let
    them do it with another one. Not told to anybody.
    """

    __tablename__ = "spent_code"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[int]
    device: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LogRow(Base):
    """One accepted command: what was asked, by whom, what it changed, what was answered.

    Each row holds the SHA-256 of its predecessor, so that a changed past shows.
    The JSON is kept as the text that was hashed.
    """

    __tablename__ = "meeting_log"
    __table_args__ = (
        UniqueConstraint("meeting_id", "revision"),
        Index("ix_meeting_log_request", "meeting_id", "actor_id", "request_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    actor_name: Mapped[str] = mapped_column(String(500))
    actor_person_id: Mapped[int | None]
    type: Mapped[str] = mapped_column(String(50))
    request_id: Mapped[str | None] = mapped_column(String(64))
    args: Mapped[str] = mapped_column(Text)
    changed: Mapped[str] = mapped_column(Text)
    deleted: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Process(Base):
    """A running server, and when it last said so: the connections of a killed one are over."""

    __tablename__ = "process"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Connection(Base):
    """A time for which somebody followed a meeting (meetings.presence); `until` is None while
    they do. It remembers: neither the person nor the unit need exist any longer."""

    __tablename__ = "connection"

    # Each process counts its own, so that many are written at once without asking back.
    process: Mapped[str] = mapped_column(ForeignKey("process.name"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int]
    unit_id: Mapped[int | None]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
