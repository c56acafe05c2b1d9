"""The documents of a meeting: composed from its record, and laid out for printing.

The two doors to what `minutes.composing` says and `minutes.paper` lays out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_babel import lazy_gettext as _
from pydantic import ValidationError

from core.errors import TooLarge
from minutes.composing.conclusions import compose_conclusions
from minutes.composing.directives import compose_directives
from minutes.composing.invitation import compose_invitation
from minutes.composing.issuer import symbol_template
from minutes.composing.minutes import compose_minutes
from minutes.composing.reading import Objects, Record
from minutes.content import Content
from minutes.paper import paper_html

__all__ = ["compose", "paper_html", "symbol_template"]

TOO_LONG = _("Nội dung cuộc họp quá dài nên không soạn thành một văn bản được.")

_COMPOSERS: Final[dict[str, Callable[[Record], Content]]] = {
    "invitation": compose_invitation,
    "minutes": compose_minutes,
    "conclusions": compose_conclusions,
    "directives": compose_directives,
}


def compose(kind: str, objects: Objects) -> Content:
    """Compose a document from a meeting's record.

    Args:
        kind: one of `minutes.kinds.KINDS`.
        objects: the `objects` of a snapshot.

    Raises:
        ValueError: there is no meeting among the objects, or a time in them is none.
        TooLarge: the record is longer than a document may be (`minutes.content.LONGEST_BODY`).
    """
    record = Record(objects)
    try:
        return _COMPOSERS[kind](record)
    except ValidationError as error:
        # Lines are cut where they are put together; what is left is a body without end.
        if any("body" in found["loc"] for found in error.errors()):
            raise TooLarge(TOO_LONG) from error
        raise
