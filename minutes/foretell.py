"""Where the pages of text and tables will begin, told from the words without laying them out.

Lines are broken as Pango breaks them (first fit) with the widths that Pango gives; blocks are put
on pages with the numbers of `minutes.layout` and the rules of its style sheet. It is quick, some
hundredths of a second for a hundred pages, and it is only told: `minutes.parts` sees whether it
came true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Final
from xml.etree.ElementTree import Element

from lxml.html import fragment_fromstring, tostring
from weasyprint.text.ffi import FROM_UNITS

from minutes.layout import COLUMNS_MM, LAYOUT
from minutes.lines import Face, own_face

_MM: Final = 72 / 25.4


def _number(name: str) -> float:
    return float(LAYOUT[name])


# Lengths in pt.
WIDTH: Final = _MM * (
    _number("page_width_mm") - _number("margin_left_mm") - _number("margin_right_mm")
)
HEIGHT: Final = _MM * (
    _number("page_height_mm") - _number("margin_top_mm") - _number("margin_bottom_mm")
)
LINE: Final = _number("body_pt") * _number("line_height")
GAP: Final = _number("paragraph_gap_pt")
INDENT: Final = _number("indent_cm") * 10 * _MM
BEFORE_PART: Final = 2 * _MM
BEFORE_TABLE: Final = 1 * _MM
AFTER_TABLE: Final = 4 * _MM
TABLE_LINE_HEIGHT: Final = 1.2
TABLE_LINE: Final = _number("table_pt") * TABLE_LINE_HEIGHT
# Of a cell: its padding and half of the rules around it.
AROUND_CELL: Final = 2 * 1.4 * _MM + _number("table_rule_pt")
AROUND_ROW: Final = 2 * 1 * _MM + _number("table_rule_pt")
RULE: Final = _number("table_rule_pt")
# A line in a cell takes about as much work as so many lines of running text.
CELL_LINE: Final = 1.7
ORPHANS: Final = 2
WIDOWS: Final = 2
# Of all documents; 1 KB each.
_MOST_BLOCKS: Final = 5000
# What is added up in floating point.
_CLOSE: Final = 0.01
# Of Pango, in pt.
_UNIT: Final = 0.75 * FROM_UNITS

RUNNING: Final = frozenset({"p", "h2", "h3"})
_HEADINGS: Final = frozenset({"h2", "h3"})
_BOLD: Final = frozenset({"h2", "h3", "th"})


@cache
def _text_font(bold: bool, italic: bool) -> Face:
    return own_face(_number("body_pt"), _number("line_height"), bold=bold, italic=italic)


@cache
def _table_font(bold: bool, italic: bool) -> Face:
    return own_face(_number("table_pt"), TABLE_LINE_HEIGHT, bold=bold, italic=italic)


def lines_of(
    block: Element,
    room: float = WIDTH,
    indent: float = INDENT,
    font_of: Callable[[bool, bool], Face] = _text_font,
) -> int:
    """How many lines a paragraph, heading or cell takes.

    Args:
        block: what is to be told.
        room: how wide it is, in pt.
        indent: how far in its first line begins, in pt.
        font_of: the font, by whether it is bold and italic.
    """
    lines, at, fresh = 1, indent, True
    # What is put together until a line may end after it, the space before that, and how much
    # closer that moves to the letter before it.
    space, piece, closer = 0.0, 0.0, 0.0

    def end_piece() -> None:
        nonlocal lines, at, fresh, space, piece
        if piece:
            if fresh or at + space + piece <= room + 1e-6:
                at += piece if fresh else space + piece
            else:
                lines, at = lines + 1, piece
            fresh, space, piece = False, 0.0, 0.0

    def run(text: str, font: Face) -> None:
        nonlocal space, piece, closer
        words = (text.upper() if block.tag == "h2" else text).replace("\n", " ").split(" ")
        for number, letters in enumerate(words):
            word = font.word(letters) if letters else None
            if number:
                end_piece()
                space = closer + (word.gap if word else font.space) * _UNIT
            if letters:
                closer = (word.spaced - word.alone) * _UNIT if word else 0.0
                for place, width in enumerate(font.pieces(letters)):
                    if place:
                        end_piece()
                    piece += width * _UNIT

    def walk(element: Element, bold: bool, italic: bool) -> None:
        nonlocal lines, at, fresh
        if element.tag == "br":
            end_piece()
            lines, at, fresh = lines + 1, 0.0, True
        bold, italic = bold or element.tag == "strong", italic or element.tag == "em"
        run(element.text or "", font_of(bold, italic))
        for child in element:
            walk(child, bold, italic)
            run(child.tail or "", font_of(bold, italic))

    walk(block, block.tag in _BOLD, italic=False)
    end_piece()
    return lines


def can_be_told(block: Element) -> bool:
    """Whether it is running text or a table with the columns that its class has."""
    if block.tag != "table":
        return block.tag in RUNNING
    columns = len(COLUMNS_MM.get(block.get("class", ""), ()))
    return columns > 0 and {len(row) for row in block.iter("tr")} == {columns}


def rows_of(table: Element) -> tuple[tuple[int, ...], ...]:
    """How many lines each cell of a table takes, by rows, its head first."""
    rooms = [_MM * width - AROUND_CELL for width in COLUMNS_MM.get(table.get("class", ""), ())]
    return tuple(
        tuple(lines_of(cell, room, 0, _table_font) for cell, room in zip(row, rooms, strict=True))
        for row in table.iter("tr")
    )


def _work(rows: Iterable[tuple[int, ...]]) -> int:
    return round(CELL_LINE * sum(map(sum, rows)))


@lru_cache(maxsize=_MOST_BLOCKS)
def _told(written: str) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """How much work a block is, in lines, and the rows of a table.

    Kept by what is written in it: of a document that is printed again, nearly all blocks are as
    they were.
    """
    block = fragment_fromstring(written)
    if block.tag == "table":
        rows = rows_of(block)
        return _work(rows), rows
    return lines_of(block), ()


def stays(block: Element) -> bool:
    """Whether a block stays on one page with what follows it."""
    return block.tag in _HEADINGS or "label" in block.get("class", "").split()


@dataclass(frozen=True)
class Top:
    """The beginning of a page: with which block, and how many of its lines or rows came before."""

    block: int
    line: int
    # Of all pages before this one; those of tables count more.
    lines_before: int


def page_tops(blocks: list[Any], y: float) -> list[Top]:
    """The pages that text and tables begin, as far as it can be told.

    Args:
        blocks: each `can_be_told`; a paragraph of the class `label` stays with the next block, as
            headings do.
        y: where on the first page they begin, in pt below its upper margin.
    """
    tops = [Top(0, 0, 0)]
    told = [_told(tostring(block, encoding="unicode", with_tail=False)) for block in blocks]
    before = [0, *accumulate(work for work, _rows in told)]
    number, margin = 0, 0.0  # of the block before, below it
    kept: list[int] = []  # blocks at the end of this page that stay with the next one
    while number < len(blocks):
        block, (lines, rows) = blocks[number], told[number]
        above = {"h2": BEFORE_PART, "table": BEFORE_TABLE}.get(block.tag, 0.0)
        begin = y + (max(above, margin) if y else 0)
        if block.tag == "table":
            head, *others = (AROUND_ROW + TABLE_LINE * max(row) for row in rows)
            at = begin + RULE / 2 + head
            if not others or at + others[0] <= HEIGHT + _CLOSE:
                for row, height in enumerate(others):
                    if at + height > HEIGHT + _CLOSE:
                        done = before[number] + _work(rows[: row + 1])
                        tops.append(Top(number, row, done))
                        at = RULE / 2 + head
                    at += height
                y, number, margin, kept = at + RULE / 2, number + 1, AFTER_TABLE, []
                continue
            fitting = 0
        else:
            # A block's gap counts twice at the foot of a page (WeasyPrint 70, `_in_flow_layout`).
            if begin + lines * LINE + 2 * GAP <= HEIGHT + _CLOSE:
                kept = [*kept, number] if stays(block) else []
                y, number, margin = begin + lines * LINE + GAP, number + 1, 0.0
                continue
            foot = HEIGHT if begin + lines * LINE + GAP > HEIGHT + _CLOSE else HEIGHT - GAP
            fitting = min(int((foot - begin + _CLOSE) // LINE), lines - WIDOWS)
        if fitting >= ORPHANS:
            tops.append(Top(number, fitting, before[number] + fitting))
            y, number, margin = (lines - fitting) * LINE + GAP, number + 1, 0.0
        elif y == 0:
            break  # a block that fits on no page: we do not know
        else:
            first = kept[0] if kept and kept[0] != tops[-1].block else number
            tops.append(Top(first, 0, before[first]))
            y, number, margin = 0.0, first, 0.0
        kept = []
    return tops
