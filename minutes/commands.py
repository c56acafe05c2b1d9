"""Arguments of what is done to conclusions, directives, documents and registers."""

from __future__ import annotations

import string
from typing import Annotated, Literal

from flask_babel import lazy_gettext as _
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from agenda.commands import Spoken
from core.schema import Args, Id, OptionalLine, Revision, Text
from core.text import clean
from minutes.content import Content
from minutes.due import PATTERN, last_moment
from minutes.kinds import NumberedKind

NO_TEMPLATE = _("Mẫu ký hiệu phải có đúng một chỗ cho số, như {number:02}/TB-UBND.")
Section = Literal["assessment", "shortcomings", "tasks", "organisation"]


def _due(value: str) -> str:
    try:
        last_moment(value)
    except ValueError:
        raise PydanticCustomError("due", "not a deadline") from None
    return value


_NUMBERS = {("number", digits, None) for digits in ("", "02", "03")}


def _template(value: str) -> str:
    """The template: one place for the number, with two or three digits if wanted."""
    try:
        fields = [part[1:] for part in string.Formatter().parse(value) if part[1] is not None]
    except ValueError:
        fields = []
    if len(fields) != 1 or fields[0] not in _NUMBERS:
        raise PydanticCustomError("template", "{message}", {"message": NO_TEMPLATE})
    return value


Due = Annotated[str, Field(pattern=PATTERN), AfterValidator(_due)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Template = Annotated[
    str,
    BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value),
    StringConstraints(max_length=80),
    AfterValidator(_template),
]
# What a directive is about (lĩnh vực).
Area = Annotated[
    str,
    BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value),
    AfterValidator(lambda value: " ".join(value.split())),
    StringConstraints(max_length=100),
]
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
    field: Area | None = None
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
    field: Area | None = None
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


class SignDocument(Args):
    """An issued document whose signed PDF has been checked, by the PDF's hash."""

    document_id: Id
    sha256: Sha256


class SetRegister(Args):
    """How the numbers of a kind of document go on in this year: the template of their symbols
    (`{number:02}/TB-UBND`), and the number that is given next."""

    kind: NumberedKind
    template: Template | None = None
    next: Annotated[int, Field(ge=1, le=99_999)] | None = None
