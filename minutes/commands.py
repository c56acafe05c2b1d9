"""Arguments of what is done to conclusions and directives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from agenda.commands import Spoken
from core.schema import Args, Id, OptionalLine, Revision, Text
from minutes.due import PATTERN, last_moment

Section = Literal["assessment", "shortcomings", "tasks", "organisation"]


def _due(value: str) -> str:
    try:
        last_moment(value)
    except ValueError:
        raise PydanticCustomError("due", "not a deadline") from None
    return value


Due = Annotated[str, Field(pattern=PATTERN), AfterValidator(_due)]
UnitIds = Annotated[list[Id], Field(max_length=200)]


class AddConclusion(Args):
    """A sentence of the conclusions."""

    text: Text
    item_id: Id | None = None
    section: Section = "tasks"
    at: Spoken | None = None


class UpdateConclusion(Args):
    """A conclusion's new text, based on the revision that the author saw."""

    conclusion_id: Id
    text: Text
    base_revision: Revision | None = None
    section: Section | None = None
    item_id: Id | None = None


class RemoveConclusion(Args):
    """A conclusion that is taken back."""

    conclusion_id: Id
    base_revision: Revision | None = None


class AddDirective(Args):
    """A directive."""

    text: Text
    lead_unit_ids: UnitIds = []
    supporting_unit_ids: UnitIds = []
    due: Due | None = None
    due_text: OptionalLine | None = None
    item_id: Id | None = None
    at: Spoken | None = None


class UpdateDirective(Args):
    """What changes of a directive, based on the revision that the author saw."""

    directive_id: Id
    base_revision: Revision | None = None
    text: Text | None = None
    lead_unit_ids: UnitIds | None = None
    supporting_unit_ids: UnitIds | None = None
    due: Due | None = None
    due_text: OptionalLine | None = None
    item_id: Id | None = None


class RemoveDirective(Args):
    """A directive that is taken back."""

    directive_id: Id
    base_revision: Revision | None = None
