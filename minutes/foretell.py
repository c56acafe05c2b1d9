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

from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango
from weasyprint.text.fonts import FontConfiguration

from minutes.layout import LAYOUT

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

RUNNING: Final = frozenset({"p", "h2", "h3"})
_HEADINGS: Final = frozenset({"h2", "h3"})


class _Font:
    """Measures words in one weight and slope of the body's font."""

    def __init__(self, weight: int, style: int) -> None:
        self._configuration = FontConfiguration()  # which takes the fonts with it when it goes
        context = ffi.gc(
            pango.pango_font_map_create_context(self._configuration.font_map),
            gobject.g_object_unref,
        )
        pango.pango_context_set_round_glyph_positions(context, False)
        description = pango.pango_font_description_new()
        family = ffi.new("char[]", str(LAYOUT["font_family"]).encode())
        pango.pango_font_description_set_family(description, family)
        pango.pango_font_description_set_absolute_size(
            description, int(_number("body_pt") / 0.75 * TO_UNITS)
        )
        pango.pango_font_description_set_weight(description, weight)
        pango.pango_font_description_set_style(description, style)
        self._layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_font_description(self._layout, description)
        pango.pango_font_description_free(description)
        self._widths: dict[str, float] = {}
        self.space = self.width("a a") - 2 * self.width("a")

    def width(self, word: str) -> float:
        """The width of a word, in pt."""
        found = self._widths.get(word)
        if found is None:
            if len(self._widths) > 50_000:
                self._widths.clear()
            pango.pango_layout_set_text(self._layout, word.encode(), -1)
            line = pango.pango_layout_get_line_readonly(self._layout, 0)
            extents = ffi.new("PangoRectangle *")
            pango.pango_layout_line_get_extents(line, ffi.NULL, extents)
            found = self._widths[word] = extents.width * FROM_UNITS * 0.75
        return found


@cache
def _font(bold: bool, italic: bool) -> _Font:
    return _Font(700 if bold else 400, 2 if italic else 0)


def lines_of(block: Element) -> int:
    """How many lines a paragraph or heading takes."""
    bold = block.tag in _HEADINGS
    lines, at, fresh = 1, INDENT, True
    pending = 0.0  # the space before the word that is being put together
    word = 0.0

    def end_word() -> None:
        nonlocal lines, at, fresh, word
        if word:
            if fresh or at + pending + word <= WIDTH + 1e-6:
                at += word if fresh else pending + word
            else:
                lines, at = lines + 1, word
            fresh, word = False, 0.0

    def run(text: str, font: _Font) -> None:
        nonlocal word, pending
        pieces = (text.upper() if block.tag == "h2" else text).split(" ")
        for number, piece in enumerate(pieces):
            if number:
                end_word()
                pending = font.space
            if piece:
                word += font.width(piece)

    def walk(element: Element, bold: bool, italic: bool) -> None:
        nonlocal lines, at, fresh
        if element.tag == "br":
            end_word()
            lines, at, fresh = lines + 1, 0.0, True
        bold, italic = bold or element.tag == "strong", italic or element.tag == "em"
        run(" ".join((element.text or "").split("\n")), _font(bold, italic))
        for child in element:
            walk(child, bold, italic)
            run(" ".join((child.tail or "").split("\n")), _font(bold, italic))

    walk(block, bold, italic=False)
    end_word()
    return lines


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
        blocks: elements of `RUNNING`; a paragraph of the class `label` stays with the next block,
            as headings do.
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
        stays = block.tag in _HEADINGS or "label" in block.get("class", "").split()
        # A block's gap counts twice at the foot of a page (WeasyPrint 70, `_in_flow_layout`).
        if begin + lines * LINE + 2 * GAP <= HEIGHT + _CLOSE:
            kept = [*kept, number] if stays else []
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
