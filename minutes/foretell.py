"""Where the pages of running text will begin, told from its words without laying it out.

Lines are broken as Pango breaks them (first fit) with the widths that Pango gives; blocks are put
on pages with the numbers of `minutes.layout` and the rules of its style sheet. It is quick, some
hundredths of a second for a hundred pages, and it is only told: `minutes.parts` sees whether it
came true.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from xml.etree.ElementTree import Element

from weasyprint.text.ffi import FROM_UNITS

from minutes.layout import LAYOUT
from minutes.lines import Face, body_face

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
ORPHANS: Final = 2
WIDOWS: Final = 2
# What is added up in floating point.
_CLOSE: Final = 0.01
# Of Pango, in pt.
_UNIT: Final = 0.75 * FROM_UNITS

RUNNING: Final = frozenset({"p", "h2", "h3"})
_HEADINGS: Final = frozenset({"h2", "h3"})


@cache
def _font(bold: bool, italic: bool) -> Face:
    return body_face(bold=bold, italic=italic)


def lines_of(block: Element) -> int:
    """How many lines a paragraph or heading takes."""
    lines, at, fresh = 1, INDENT, True
    # What is put together until a line may end after it, the space before that, and how much
    # closer that moves to the letter before it.
    space, piece, closer = 0.0, 0.0, 0.0

    def end_piece() -> None:
        nonlocal lines, at, fresh, space, piece
        if piece:
            if fresh or at + space + piece <= WIDTH + 1e-6:
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
        run(element.text or "", _font(bold, italic))
        for child in element:
            walk(child, bold, italic)
            run(child.tail or "", _font(bold, italic))

    walk(block, block.tag in _HEADINGS, italic=False)
    end_piece()
    return lines


def stays(block: Element) -> bool:
    """Whether a block stays on one page with what follows it."""
    return block.tag in _HEADINGS or "label" in block.get("class", "").split()


@dataclass(frozen=True)
class Top:
    """The beginning of a page: with which block, and how many of its lines came before."""

    block: int
    line: int
    # Lines of all blocks before this one.
    lines_before: int


def page_tops(blocks: list[Any]) -> list[Top]:
    """The pages of running text whose first block begins a page.

    Args:
        blocks: elements of `RUNNING`.
    """
    tops = [Top(0, 0, 0)]
    counts = [lines_of(block) for block in blocks]
    before = [0]
    for count in counts:
        before.append(before[-1] + count)
    y, number = 0.0, 0
    kept: list[int] = []  # blocks at the end of this page that stay with the next one
    while number < len(blocks):
        block, lines = blocks[number], counts[number]
        begin = y + (BEFORE_PART if block.tag == "h2" and y else 0)
        # A block's gap counts twice at the foot of a page (WeasyPrint 70, `_in_flow_layout`).
        if begin + lines * LINE + 2 * GAP <= HEIGHT + _CLOSE:
            kept = [*kept, number] if stays(block) else []
            y, number = begin + lines * LINE + GAP, number + 1
            continue
        foot = HEIGHT if begin + lines * LINE + GAP > HEIGHT + _CLOSE else HEIGHT - GAP
        fitting = min(int((foot - begin + _CLOSE) // LINE), lines - WIDOWS)
        if fitting >= ORPHANS:
            tops.append(Top(number, fitting, before[number]))
            y, number = (lines - fitting) * LINE + GAP, number + 1
        elif y == 0:
            break  # a block that fits on no page: we do not know
        else:
            first = kept[0] if kept and kept[0] != tops[-1].block else number
            tops.append(Top(first, 0, before[first]))
            y, number = 0.0, first
        kept = []
    return tops
