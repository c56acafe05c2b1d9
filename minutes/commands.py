"""Arguments of what is done to conclusions and directives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from agenda.commands import Spoken
from core.schema import Args, Id, OptionalLine, Revision, Text
from minutes.content import Content
from minutes.due import PATTERN, last_moment
from minutes.kinds import NumberedKind

Section = Literal["assessment", "shortcomings", "tasks", "organisation"]


def _due(value: str) -> str:
    try:
        last_moment(value)
    except ValueError:
        raise PydanticCustomError("due", "not a deadline") from None
    return value


Due = Annotated[str, Field(pattern=PATTERN), AfterValidator(_due)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
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


class ComposeDocument(Args):
    """A document to be drafted from the record."""

    kind: NumberedKind


class NamedDocument(Args):
    """A document, and the newest text of it that the author has seen."""

    document_id: Id
    base: Id


class SaveDocument(NamedDocument):
    """A new text, based on the one with the number `base`. `takes_in` names the composition
    (`composed_sha256`) whose changes it takes in; without it, none."""

    content: Content
    takes_in: Sha256 | None = None


class ReturnDocument(NamedDocument):
    """A document that goes back to its authors, and why."""

    remarks: Text


class CorrectDocument(Args):
    """An issued document to be replaced by a corrected one."""

    document_id: Id
