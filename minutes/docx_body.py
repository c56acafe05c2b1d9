"""The HTML of a body (`minutes.content.TAGS`) as paragraphs, headings, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from docx.document import Document
from docx.oxml.ns import qn

from minutes.layout import COLUMNS_MM, WIDE_COLUMNS_MM
from minutes.ooxml import (
    Element,
    cell,
    keep_with_next,
    line_break,
    paragraph,
    row,
    run,
    said,
    space,
    table,
    twips,
    w,
)

# Columns whose text is not at the left, as in document.css: ordinals, units and deadlines in the
# middle, figures at the right.
_STYLES: Final[dict[str, dict[int, str]]] = {
    "attendance": {0: "OBangGiua"},
    "carried": {0: "OBangGiua", 3: "OBangGiua"},
    "directives": {0: "OBangGiua", 4: "OBangGiua"},
    "indicators": {
        0: "OBangGiua",
        2: "OBangGiua",
        3: "OBangPhai",
        4: "OBangPhai",
        5: "OBangGiua",
    },
    "scorecard": {0: "OBangGiua"} | dict.fromkeys(range(2, 9), "OBangPhai"),
}
_SPACE: Final = re.compile("[ \t\n\r\f]+")
# Styles of running text: headings, lists and tables stand in it, and not in cells.
_TEXT: Final = frozenset({"NoiDung", "NoiDungGiua"})
_INLINE: Final = frozenset({"strong", "em", "br"})
_HEADINGS: Final = {"h2": "Heading1", "h3": "Heading2"}
# A row with more characters than this may be broken, lest it is taller than a page.
_LONG_ROW: Final = 1200
# As far as the format numbers lists, and as deep as anything needs to be.
_DEEPEST: Final = 8


@dataclass(frozen=True)
class _Where:
    """What text that stands here becomes."""

    style: str
    width: int
    depth: int = 0
    # Of the list whose items these are.
    numbering: int | None = None
    level: int = -1


class Body:
    """Turns bodies into elements of one document, which holds the numbering of their lists."""

    def __init__(self, made: Document, below_table_mm: float) -> None:
        """Write into `made`, with that much space below a table."""
        self._numbering = made.part.numbering_part.element
        self._below_table = twips(below_table_mm)

    def blocks(self, holder: Element, width: int, style: str = "NoiDung") -> list[Element]:
        """The elements that the children of an HTML element make.

        Args:
            holder: `main`, say.
            width: of the column that they stand in, in twentieths of a point.
            style: of its paragraphs.
        """
        return list(self._flow(holder, _Where(style, width)))

    def arrange(self, blocks: Sequence[Element]) -> None:
        """Set the blocks of a text into distance and bind those that belong together."""
        for block, after in pairwise(blocks):
            if block.tag == qn("w:tbl"):
                space(after, above=self._below_table)
            # What announces a table or a list stays with it.
            elif after.tag == qn("w:tbl") or said(block).rstrip().endswith(":"):
                keep_with_next(block)

    def _flow(self, node: Element, where: _Where) -> Iterator[Element]:
        """The blocks of a node; text between them becomes paragraphs."""
        runs = _runs(node.text)
        first = True
        for child in node:
            if child.tag in _INLINE:
                runs += _inline(child)
            else:
                if _says(runs):
                    yield _paragraph(runs, where, first)
                    first = False
                runs = []
                for block in self._block(child, where, first):
                    yield block
                    first = False
            runs += _runs(child.tail)
        if _says(runs):
            yield _paragraph(runs, where, first)

    def _block(self, node: Element, where: _Where, first: bool) -> Iterator[Element]:
        inside = replace(where, depth=where.depth + 1)
        if where.depth > 4 * _DEEPEST:
            yield from _plain(node, where)
        elif node.tag in _HEADINGS and where.style in _TEXT and where.numbering is None:
            runs = _inline(node)
            if _says(runs):
                yield paragraph(_HEADINGS[node.tag], runs)
        elif node.tag in ("ul", "ol"):
            yield from self._list(node, inside)
        elif node.tag == "table":
            yield from self._table(node, inside)
        elif first or where.numbering is None:
            yield from self._flow(node, inside)
        else:
            yield from self._flow(node, replace(inside, numbering=-1))

    def _list(self, node: Element, where: _Where) -> Iterator[Element]:
        numbering = 1 if node.tag == "ul" else self._new_numbering()
        inside = replace(where, numbering=numbering, level=min(where.level + 1, _DEEPEST))
        for item in node:
            yield from self._flow(item, inside)

    def _new_numbering(self) -> int:
        """A numbering that begins with 1 again."""
        number = len(self._numbering.findall(qn("w:num"))) + 1
        again = (
            w("lvlOverride", w("startOverride", val=1), ilvl=level) for level in range(_DEEPEST + 1)
        )
        self._numbering.append(w("num", w("abstractNumId", val=1), *again, numId=number))
        return number

    def _table(self, node: Element, where: _Where) -> Iterator[Element]:
        rows = [each for each in node.iter("tr") if next(each.iterancestors("table")) is node]
        if where.style not in _TEXT or where.numbering is not None or not rows:
            # A table in a cell or a list: its words, one row a paragraph.
            for each in rows:
                yield from _plain(each, where)
            return
        named = node.get("class") or ""
        count = max(len(each) for each in rows) or 1
        widths = columns(named, count, where.width)
        yield table("Ke", widths, [self._row(each, widths, named) for each in rows])

    def _row(self, node: Element, widths: Sequence[int], named: str) -> Element:
        head = node.getparent().tag == "thead"
        styles = _STYLES.get(named, {})
        cells = []
        for place, width in enumerate(widths):
            style = styles.get(place, "OBang")
            if place < len(node):
                held = node[place]
                style = "DauBang" if held.tag == "th" else style
                blocks = list(self._flow(held, _Where(style, width)))
            else:
                blocks = []
            middle = [w("vAlign", val="center")] if head else []
            cells.append(cell(width, blocks or [paragraph(style)], *middle))
        return row(cells, head=head, whole=len("".join(node.itertext())) <= _LONG_ROW)


def columns(named: str, count: int, across: int) -> list[int]:
    """The widths of a table's columns in twentieths of a point; together `across`.

    Args:
        named: the table's class.
        count: how many columns it has; another number than its class has gives equal ones.
        across: the width that there is.
    """
    known = [found[named] for found in (COLUMNS_MM, WIDE_COLUMNS_MM) if named in found]
    fitting = [widths for widths in known if len(widths) == count]
    # Portrait or landscape, whichever comes nearer.
    shares = min(fitting, key=lambda found: abs(twips(sum(found)) - across), default=(1,) * count)
    scale = across / sum(twips(share) for share in shares)
    widths = [round(twips(share) * scale) for share in shares]
    widths[-1] += across - sum(widths)
    return widths


def _runs(text: str | None, *, bold: bool = False, italic: bool = False) -> list[Element]:
    written = _SPACE.sub(" ", text or "")
    return [run(written, bold=bold, italic=italic)] if written else []


def _inline(
    node: Element, bold: bool = False, italic: bool = False, depth: int = 0
) -> list[Element]:
    """The runs of a node and of everything in it."""
    if node.tag == "br":
        return [line_break()]
    if depth > _DEEPEST:
        return _runs("".join(node.itertext()), bold=bold, italic=italic)
    bold, italic = bold or node.tag == "strong", italic or node.tag == "em"
    found = _runs(node.text, bold=bold, italic=italic)
    for child in node:
        found += _inline(child, bold, italic, depth + 1)
        found += _runs(child.tail, bold=bold, italic=italic)
    return found


def _says(runs: Sequence[Element]) -> bool:
    return any(said(each).strip() for each in runs)


def _paragraph(runs: Sequence[Element], where: _Where, first: bool) -> Element:
    properties = []
    if where.numbering is not None and where.numbering > 0 and first:
        properties.append(w("numPr", w("ilvl", val=where.level), w("numId", val=where.numbering)))
    return paragraph(where.style, _trimmed(runs), *properties)


def _trimmed(runs: Sequence[Element]) -> Sequence[Element]:
    """Spaces at the ends of a paragraph mean nothing."""
    texts = [text for each in runs for text in each.iter(qn("w:t"))]
    if texts:
        texts[0].text = texts[0].text.lstrip(" ")
        texts[-1].text = texts[-1].text.rstrip(" ")
    return runs


def _plain(node: Element, where: _Where) -> Iterator[Element]:
    written = _SPACE.sub(" ", " ".join(node.itertext())).strip()
    if written:
        yield paragraph(where.style, written)
