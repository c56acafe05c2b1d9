"""A document as it is ordered from a render worker: all that it is made from, as bytes.

Composing and laying out takes some tenths of a second of processor time, for which everybody who
follows a meeting would wait: so the server only says what is wanted, and the worker does it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pikepdf

from minutes.content import Content, Issue
from minutes.documents import compose, paper_html
from minutes.docx import document_docx
from minutes.record import record_json

# What the record is called among a PDF's attachments.
RECORD_NAME: Final = "record.json"


class NotComposed(Exception):
    """The record holds something that no document takes: a title that is too long, say."""


@dataclass(frozen=True)
class Order:
    """What a document is made from.

    Attributes:
        kind: one of `minutes.kinds.KINDS`.
        objects: the record that goes with it (`minutes.issuing.recorded`).
        text: a stored content (`minutes.content.Content.stored`); None: what the record gives.
        issue: what issuing has added; None before.
        draft: it carries the mark `DỰ THẢO`.
        template: for a symbol whose number is still open.
    """

    kind: str
    objects: Mapping[str, Mapping[str, Any]]
    text: str | None = None
    issue: Issue | None = None
    draft: bool = False
    template: str = ""

    def packed(self) -> bytes:
        """As it goes to the worker: the same bytes for the same document."""
        issue = self.issue and vars(self.issue) | {"day": self.issue.day.isoformat()}
        written = vars(self) | {"issue": issue}
        return json.dumps(written, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def read(cls, packed: bytes) -> Order:
        """The order that `packed` gave."""
        written = json.loads(packed)
        if issue := written["issue"]:
            written["issue"] = Issue(**issue | {"day": date.fromisoformat(issue["day"])})
        return cls(**written)

    def content(self) -> Content:
        """What the document says.

        Raises:
            NotComposed: the record gives no such document.
            TooLarge: it is longer than a document may be.
        """
        if self.text is not None:
            return Content.read(self.text)
        try:
            return compose(self.kind, self.objects)
        except ValueError as error:  # pydantic's ValidationError is one
            raise NotComposed from error


def page(packed: bytes) -> tuple[bytes, bytes]:
    """The HTML to print for an order, and the record to attach.

    Raises:
        NotComposed, TooLarge: as `Order.content`.
    """
    order = Order.read(packed)
    content = order.content()
    html = paper_html(order.kind, content, order.issue, order.draft, template=order.template)
    record = record_json(order.kind, content, order.issue, order.objects)
    return html.encode("utf-8", "replace"), record


def docx(packed: bytes) -> bytes:
    """The document as Word reads it.

    Raises:
        NotComposed, TooLarge: as `Order.content`.
    """
    order = Order.read(packed)
    return document_docx(
        order.kind, order.content(), order.issue, order.draft, template=order.template
    )


def attached(pdf: bytes) -> bytes:
    """The record that a document carries as it was printed, whatever the record says today.

    Raises:
        KeyError: it carries none.
    """
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return file.attachments[RECORD_NAME].get_file().read_bytes()


def record(packed: bytes) -> bytes:
    """The document as programs read it.

    Raises:
        NotComposed, TooLarge: as `Order.content`.
    """
    order = Order.read(packed)
    return record_json(order.kind, order.content(), order.issue, order.objects)
