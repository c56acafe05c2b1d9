"""Indicators of a meeting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from agenda.models import Placed
from core.db import Base


class Indicator(Placed, Base):
    """One line of the table of indicators. Its values are text: offices write `6,6-6,8`,
    `Khoảng 4`, `46.124`, and what they publish is not recomputed."""

    __tablename__ = "indicator"
    live_type = "indicator"

    name: Mapped[str] = mapped_column(String(500))
    # Đơn vị tính: `ha`, `triệu đồng`, `%`.
    measure: Mapped[str] = mapped_column(String(500), default="")
    plan: Mapped[str] = mapped_column(String(500), default="")
    estimate: Mapped[str] = mapped_column(String(500), default="")
    assessment: Mapped[str] = mapped_column(String(500), default="")

    def public(self) -> dict[str, Any]:
        """The indicator."""
        return {
            "id": self.id,
            "position": self.position,
            "name": self.name,
            "measure": self.measure,
            "plan": self.plan,
            "estimate": self.estimate,
            "assessment": self.assessment,
            "revision": self.revision,
        }
