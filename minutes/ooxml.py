"""The few elements of WordprocessingML (ECMA-376 part 1, section 17) that documents are made of.

Lengths come in as mm or pt and go out in the units of the format: twentieths of a point, half
points for sizes of type, eighths of a point for rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from docx.oxml.ns import nsmap, qn
from lxml import etree

Element = Any  # lxml carries no types

_NAMESPACES: Final = {"w": nsmap["w"]}


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(mm * 1440 / 25.4)


def twentieths(pt: float) -> int:
    """Points in twentieths of a point."""
    return round(pt * 20)


def half_points(pt: float) -> int:
    """A size of type in half points."""
    return round(pt * 2)


def eighths(pt: float) -> int:
    """The thickness of a rule in eighths of a point."""
    return round(pt * 8)


# Looked up for every element and attribute.
_name = cache(lambda name: qn(f"w:{name}"))


def w(tag: str, *children: Element | None, **attributes: object) -> Element:
    """An element of the format's own namespace; a child that is None is left out."""
    named = {_name(name): str(value) for name, value in attributes.items()}
    made = etree.Element(_name(tag), named, nsmap=_NAMESPACES)
    for child in children:
        if child is not None:
            made.append(child)
    return made


def run(text: str, *, bold: bool = False, italic: bool = False) -> Element:
    """A piece of text; bold or italic beside what its paragraph's style says."""
    properties = None
    if bold or italic:
        properties = w("rPr", w("b") if bold else None, w("i") if italic else None)
    written = w("t")
    written.text = text
    written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return w("r", properties, written)


def said(element: Element) -> str:
    """The text in an element."""
    return "".join(each.text or "" for each in element.iter(qn("w:t")))


def line_break() -> Element:
    """A new line in the same paragraph."""
    return w("r", w("br"))


def paragraph(style: str, content: str | Iterable[Element] = (), *properties: Element) -> Element:
    """A paragraph in a style.

    Args:
        style: the style's id.
        content: a text, or runs.
        properties: more properties, in the order of the schema (CT_PPrBase).
    """
    runs = [run(content)] if isinstance(content, str) and content else content
    return w("p", w("pPr", w("pStyle", val=style), *properties), *(runs or ()))


def rule(length: int, across: int, thickness_pt: float) -> Element:
    """A rule, centred: an empty paragraph with a border over it.

    Args:
        length: of the rule, in twentieths of a point.
        across: the width of the column that it stands in, likewise.
        thickness_pt: in points.
    """
    side = max(0, (across - length) // 2)
    line = w("top", val="single", sz=eighths(thickness_pt), space=0, color="000000")
    return paragraph("DuongKe", (), w("pBdr", line), w("ind", left=side, right=side))


def cell(width: int, content: Iterable[Element], *properties: Element) -> Element:
    """A cell of a table; it ends with a paragraph, as the format asks, if with an empty one."""
    held = list(content)
    if not held or held[-1].tag != qn("w:p"):
        held.append(paragraph("DuongKe"))
    return w("tc", w("tcPr", w("tcW", w=width, type="dxa"), *properties), *held)


def row(cells: Iterable[Element], *, head: bool = False, whole: bool = True) -> Element:
    """A row: repeated on every page as a head, kept whole on one page."""
    properties = w("trPr", w("cantSplit") if whole else None, w("tblHeader") if head else None)
    return w("tr", properties, *cells)


def table(
    style: str, widths: Sequence[int], rows: Iterable[Element], *properties: Element
) -> Element:
    """A table with fixed columns, their widths in twentieths of a point."""
    return w(
        "tbl",
        w(
            "tblPr",
            w("tblStyle", val=style),
            w("tblW", w=sum(widths), type="dxa"),
            *properties,
            w("tblLayout", type="fixed"),
        ),
        w("tblGrid", *(w("gridCol", w=width) for width in widths)),
        *rows,
    )


def field(instruction: str) -> list[Element]:
    """A field that the reader's program fills in, such as `PAGE`."""
    written = w("instrText")
    written.text = instruction
    return [
        w("r", w("fldChar", fldCharType="begin")),
        w("r", written),
        w("r", w("fldChar", fldCharType="separate")),
        run("2"),
        w("r", w("fldChar", fldCharType="end")),
    ]


def keep_with_next(block: Element, *, whole: bool = True) -> None:
    """Keep a paragraph, or the last row of a table, on the page of what follows it.

    Args:
        block: the paragraph or table.
        whole: it is not broken itself either.
    """
    paragraphs = [block]
    if block.tag == qn("w:tbl"):
        paragraphs = list(block.findall(qn("w:tr"))[-1].iter(qn("w:p")))
    for each in paragraphs:
        properties = each.find(qn("w:pPr"))
        if properties.find(qn("w:keepNext")) is None:
            # Behind the style, before everything else (CT_PPrBase).
            properties.insert(1, w("keepNext"))
            if whole:
                properties.insert(2, w("keepLines"))


def space(block: Element, **distances: int) -> None:
    """Leave distances `above` and `below` a paragraph, in twentieths of a point."""
    properties = block.find(qn("w:pPr"))
    if properties is None:  # a table
        return
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        spacing = w("spacing")
        # Behind what may stand before it (CT_PPrBase): style, keeping, numbering, rules.
        before = tuple(map(qn, ("w:pStyle", "w:keepNext", "w:keepLines", "w:numPr", "w:pBdr")))
        properties.insert(sum(1 for each in properties if each.tag in before), spacing)
    for side, distance in distances.items():
        spacing.set(qn({"above": "w:before", "below": "w:after"}[side]), str(distance))
