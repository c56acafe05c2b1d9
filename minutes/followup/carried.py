"""Directives of earlier meetings, as a meeting found them when it was opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from agenda.models import Placed
from core.db import Base, UtcDateTime
from core.times import rfc3339


class Carried(Placed, Base):
    """A directive of an earlier meeting of the series, as it stood at the opening of this one: what
    is read there, replayed and printed does not change with what is reported later.

    `status` and `days_late` are as minutes.followup.status says them at that moment; `report` is
    the unit's newest report then, `{unit_id, text, progress, at}`.
    """

    __tablename__ = "carried"
    live_type = "carried"

    directive_id: Mapped[int] = mapped_column(ForeignKey("directive.id"), index=True)
    from_meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    from_code: Mapped[str] = mapped_column(String(50))
    text: Mapped[str] = mapped_column(Text)
    lead_unit_ids: Mapped[list[int]] = mapped_column(JSON)
    due: Mapped[str | None] = mapped_column(String(40))
    due_text: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    days_late: Mapped[int]
    progress: Mapped[int | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def public(self) -> dict[str, Any]:
        """The directive as it was carried over."""
        return {
            "id": self.id,
            "position": self.position,
            "directive_id": self.directive_id,
            "from_meeting_id": self.from_meeting_id,
            "from_code": self.from_code,
            "text": self.text,
            "lead_unit_ids": self.lead_unit_ids,
            "due": self.due,
            "due_text": self.due_text,
            "state": self.state,
            "status": self.status,
            "days_late": self.days_late,
            "progress": self.progress,
            "done_at": rfc3339(self.done_at),
            "report": self.report,
            "revision": self.revision,
        }
