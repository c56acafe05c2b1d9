"""HTTP API: a plain sentence understood."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from core.api import Public, blueprint
from core.db import db
from core.schema import Args
from core.text import clean
from minutes.understanding.service import understood

api = blueprint("understanding", __name__)


def _a_day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "not a day") from None
    return value


class ParseBody(Args):
    """A directive in plain words, and the day on which it is given."""

    # Longer than a directive may be when it is stored: also what is far too long is answered.
    text: Annotated[
        str,
        BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value),
        StringConstraints(min_length=1, max_length=100_000),
    ]
    date: Annotated[
        str,
        Field(
            pattern=r"^(199[0-9]|20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
        ),
        AfterValidator(_a_day),
    ]


class NamedUnit(Public):
    """A unit by its full name."""

    id: int
    name: str


class Phrase(Public):
    """What was understood where: characters `start` up to `end` of the text. `role` is `lead`,
    `support` or `due`."""

    start: int
    end: int
    role: str
    unit_id: int | None


class NotUnderstood(Public):
    """A name in the text that stands for no unit, for several, or for one that did not exist on
    that day (`code`), with units that may be meant."""

    code: str
    text: str
    start: int
    end: int
    role: str
    candidates: list[NamedUnit]


class Warned(Public):
    """Something to look at before it is accepted."""

    code: str
    message: str


class Parsed(Public):
    """A directive understood."""

    text: str
    lead_units: list[NamedUnit]
    supporting_units: list[NamedUnit]
    due: str | None
    due_text: str | None
    phrases: list[Phrase]
    not_understood: list[NotUnderstood]
    warnings: list[Warned]


@api.post("/directives/parse", responses={200: Parsed})
def parse_directive(body: ParseBody) -> dict[str, Any]:
    """One plain Vietnamese directive understood: who leads, who supports, by when. Nothing is
    stored."""
    return understood(db.session(), body.text, date.fromisoformat(body.date))
