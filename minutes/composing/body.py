"""The parts of a document's body as HTML of the short list of tags (`minutes.content.TAGS`).

All text is escaped here, so that markup in a field is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

_PARAGRAPH = Markup("<p>{}</p>")
_PART = Markup("<h2>{}</h2>")
_CLAUSE = Markup("<h3>{}</h3>")
_NOTE = Markup("<p><em>{}</em></p>")


def paragraph(text: str) -> str:
    """A paragraph."""
    return _PARAGRAPH.format(text)


def note(text: str) -> str:
    """A paragraph in italics: what refers to another document."""
    return _NOTE.format(text)


def part(text: str) -> str:
    """The title of a part: `I. DIỄN BIẾN HỘI NGHỊ`."""
    return _PART.format(text)


def clause(text: str) -> str:
    """The title of a clause: `1. Kết quả đạt được`."""
    return _CLAUSE.format(text)


def with_notes(text: str, notes: Sequence[str]) -> str:
    """A cell's text with lines in italics below it."""
    return text + Markup("").join(Markup("<br><em>{}</em>").format(each) for each in notes)


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with the rows numbered in a first column `TT`.

    Args:
        name: which columns it has (`minutes.content.TABLES`).
        head: the titles of its columns but the first.
        rows: as many texts each, or what `with_notes` gives.
    """
    titles = Markup("").join(Markup("<th>{}</th>").format(title) for title in ("TT", *head))
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(cell) for cell in (number, *row))
        )
        for number, row in enumerate(rows, start=1)
    )
    whole = Markup('<table class="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
    return whole.format(name, titles, body)
