"""Arguments of what is done to indicators."""

from __future__ import annotations

from agenda.commands import Position
from core.schema import Args, Id, Line, OptionalLine, Revision


class AddIndicator(Args):
    """An indicator; without a position it comes last."""

    name: Line
    measure: OptionalLine = ""
    plan: OptionalLine = ""
    estimate: OptionalLine = ""
    assessment: OptionalLine = ""
    position: Position | None = None


class UpdateIndicator(Args):
    """What changes of an indicator, based on the revision that the author saw; what is not
    named stays."""

    indicator_id: Id
    base_revision: Revision | None = None
    name: Line | None = None
    measure: OptionalLine | None = None
    plan: OptionalLine | None = None
    estimate: OptionalLine | None = None
    assessment: OptionalLine | None = None
    position: Position | None = None


class RemoveIndicator(Args):
    """An indicator that is taken off the table."""

    indicator_id: Id
    base_revision: Revision | None = None
