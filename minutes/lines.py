"""Lines of plain paragraphs, put together from words that were shaped once.

WeasyPrint has Pango lay out each line four times, the rest of the paragraph with it, and shape it
once more to draw it: that was half the time of a long document. A paragraph of one font without
markup needs none of that. Its words are few and come again and again; Pango shapes each once, and a
line is as many of them as fit. Whatever is not plain, and each line whose end is decided by less
than rounding, takes WeasyPrint's own way; tests hold that both give the same pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

from weasyprint import draw
from weasyprint.css import AnonymousStyle, InitialStyle
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.layout import inline
from weasyprint.layout.percent import resolve_percentages
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, pango
from weasyprint.text.fonts import FontConfiguration, get_pango_font_key
from weasyprint.text.line_break import Layout, _font_style_cache_key, line_size, strut

from minutes.layout import LAYOUT

# Letters and signs that Pango takes one by one, from the left, and that combine with no other:
# no marks, no kinds of space but one, no soft hyphens.
_PLAIN: Final = re.compile(
    r"{0}+(?: {0}+)*".format(
        r"[!-~\u00a1-\u00ac\u00ae-\u024f\u1ea0-\u1ef9\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ab]"
    )
)
_LETTER: Final = re.compile(r"[^\W\d_]")
# A line is left to Pango if so little decides where it ends (in Pango's units, 1024 a pixel).
_CLOSE: Final = 16
_MOST_WORDS: Final = 50_000

# The system's fonts, looked up and measured once.
FONTS: Final = FontConfiguration()

# Whether a line may end between two letters, by languages: it is the same in all fonts.
_ends: Final[dict[str | None, dict[str, bool]]] = {}
# Words that other processes have shaped.
_heard: Final[list[dict[str, list[str]]]] = []

_next_linebox = inline.get_next_linebox
_split_text_box = inline.split_text_box
_draw_text = draw.draw_text


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """What Pango makes of a word; widths in its units, and the operands of `TJ` that show it.

    Attributes:
        text: its letters.
        size: how many bytes they are in UTF-8.
        known_script: there is a letter among them, or they stand alone.
        breaks: after how many of its letters a line may end within it.
        gap, gap_shown: the space before it, which moves closer to some letters.
        alone, alone_shown: the word before the end of a line, or before a wide space.
        spaced, spaced_shown: the word before a space.
        glyphs: their numbers, what they stand for, and their widths in thousandths of the font.
    """

    text: str
    size: int
    known_script: bool
    breaks: tuple[int, ...]
    gap: int
    gap_shown: str
    alone: int
    alone_shown: str
    spaced: int
    spaced_shown: str
    glyphs: dict[int, tuple[str, int]]


class _NotPlain(Exception):
    """A text needs more than one font, or its glyphs are not placed in a row."""


class Face:
    """One font in one size, and the words that were shaped in it.

    Attributes:
        space: the width of a space in Pango's units.
        height, baseline, line_height, half_leading: of a line, in px.
        size: of the font, in px.
    """

    def __init__(self, style: Any) -> None:
        """Ask Pango for the font of a style.

        Raises:
            _NotPlain: it shapes a space in no plain way.
        """
        self._layout = Layout(style).layout
        self._words: dict[str, Word | None] = {}
        self._ends = _ends.setdefault(style["lang"], {})
        self._widths: dict[int, int] = {}
        self._font: Any = None
        _width, self.height = line_size(self._line(" "), style)
        self.baseline = pango.pango_layout_get_baseline(self._layout) * FROM_UNITS
        self.line_height, _baseline = strut(style)
        self.half_leading = (self.line_height - self.height) / 2
        ((self.space, _letters, self._space),) = self._glyphs(" ")

    def word(self, text: str, beside: str = "a ") -> Word | None:
        """A word, or None if it is not plain.

        Args:
            text: its letters.
            beside: what stands before and after it; signs and figures are shaped by the script of
                the letters beside them.
        """
        key = beside + text
        try:
            return self._words[key]
        except KeyError:
            if len(self._words) > _MOST_WORDS:
                self._words.clear()
            try:
                found = self._shaped(text, beside)
            except _NotPlain:
                found = None
            self._words[key] = found
            return found

    def pieces(self, text: str) -> list[int]:
        """The widths of a word's pieces, between which a line may end (`08-|NQ/|HU`)."""
        word = self.word(text)
        if word is not None and not word.breaks:
            return [word.alone]
        cuts = [0, *(word.breaks if word else self._breaks(text)), len(text)]
        return [self._width(text[begin:end]) for begin, end in pairwise(cuts)]

    def may_end(self, before: str, after: str) -> bool:
        """Whether a line may end at a space between two letters."""
        pair = f"{before} {after}"
        found = self._ends.get(pair)
        if found is None:
            found = self._ends[pair] = 2 in self._breaks(pair)
        return found

    def shown(self, words: list[Word], spacing: float) -> str:
        """A line as an operand of `TJ`.

        Args:
            words: what is on it.
            spacing: how many px each space is wider.
        """
        if spacing and len(words) > 1:
            # With wider spaces, Pango shapes each word and each space on its own, and puts half
            # of what is added before the space.
            more = int(spacing * TO_UNITS)
            offset = more // 2 / self.size
            after = self._widths[self._space] + offset - self._thousandths(self.space + more)
            space = f"<>{-offset}<{self._space:04x}>{int(after)}"
            return space.join(_closed(word.alone_shown) for word in words)
        *others, last = words
        parts = []
        for word in others:
            parts += [word.gap_shown, word.spaced_shown]
        return _closed("".join([*parts, last.gap_shown, last.alone_shown][1:]))

    def used_in(self, stream: Any) -> Any:
        """The font in the PDF that a stream is of."""
        return stream._fonts.get(self._key) or stream.add_font(self._font)[0]

    def _shaped(self, text: str, beside: str) -> Word:
        alone = self._glyphs(beside + text)
        spaced = self._glyphs(f"{beside}{text} {beside}".rstrip())
        begin, end = len(beside), len(alone)
        if len(spaced) != end + (2 if beside else 0):
            raise _NotPlain
        gap, gap_shown = self._run(alone[begin - 1 : begin])
        width, shown = self._run(alone[begin:])
        spaced_width, spaced_shown = self._run(spaced[begin:end])
        return Word(
            text=text,
            size=len(text.encode()),
            known_script=not beside or _LETTER.search(text) is not None,
            breaks=self._breaks(text),
            gap=gap,
            gap_shown=gap_shown,
            alone=width,
            alone_shown=shown,
            spaced=spaced_width,
            spaced_shown=spaced_shown,
            glyphs={
                glyph: (letters, self._widths[glyph])
                for _, letters, glyph in alone[max(0, begin - 1) :]
            },
        )

    def _run(self, glyphs: list[tuple[int, str, int]]) -> tuple[int, str]:
        # As weasyprint.draw.text.draw_first_line writes it.
        shown = ""
        for width, _letters, glyph in glyphs:
            shown += f"{glyph:04x}"
            kerning = self._widths[glyph] - self._thousandths(width)
            if kerning:
                shown += f">{int(kerning)}<"
        return sum(width for width, _, _ in glyphs), shown

    def _thousandths(self, width: int) -> float:
        return float(width * 1000 * FROM_UNITS / self.size)

    def _glyphs(self, text: str) -> list[tuple[int, str, int]]:
        """The glyphs of a text: width, letters, number."""
        run = self._line(text).runs[0]
        item, string = run.data.item, run.data.glyphs
        if run.next != ffi.NULL or item.analysis.level % 2:
            raise _NotPlain
        if self._font is None:
            self._font = item.analysis.font
            self._key, _description, self.size = get_pango_font_key(self._font)
        elif item.analysis.font != self._font:
            raise _NotPlain
        encoded = text.encode()
        begins = [string.log_clusters[number] for number in range(string.num_glyphs)]
        found = []
        for number, (begin, end) in enumerate(pairwise([*begins, len(encoded)])):
            glyph, place = string.glyphs[number].glyph, string.glyphs[number].geometry
            nothing = glyph == pango.PANGO_GLYPH_EMPTY or glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG
            if nothing or place.x_offset or place.y_offset or begin >= end:
                raise _NotPlain
            if glyph not in self._widths:
                ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
                pango.pango_font_get_glyph_extents(self._font, glyph, ink, logical)
                self._widths[glyph] = round(self._thousandths(logical.width))
            found.append((place.width, encoded[begin:end].decode(), glyph))
        return found

    def _breaks(self, text: str) -> tuple[int, ...]:
        self._line(text)
        marks = pango.pango_layout_get_log_attrs_readonly(self._layout, ffi.NULL)
        return tuple(number for number in range(1, len(text)) if marks[number].is_line_break)

    def _width(self, text: str) -> int:
        extents = ffi.new("PangoRectangle *")
        pango.pango_layout_line_get_extents(self._line(text), ffi.NULL, extents)
        return int(extents.width)

    def _line(self, text: str) -> Any:
        pango.pango_layout_set_text(self._layout, text.encode(), -1)
        return pango.pango_layout_get_line_readonly(self._layout, 0)


def _closed(shown: str) -> str:
    return f"<{shown[:-1]}" if shown.endswith("<") else f"<{shown}>"


class _PlainLine(Layout):  # type: ignore[misc]  # WeasyPrint carries no types.
    """Takes the place of Pango's layout of a line; becomes one where WeasyPrint wants it."""

    def __init__(self, face: Face, words: list[Word], text: str, max_width: float) -> None:
        self.face, self.words, self.text, self.max_width = face, words, text, max_width
        self.justification_spacing = 0
        self.first_line_direction = 0

    def deactivate(self) -> None:
        """Forget what Pango needs, if it was wanted."""
        if "layout" in vars(self):
            super().deactivate()


class _Paragraph:
    """The words of a text, where in it they begin (in bytes), and the other way round."""

    def __init__(self, text: str, face: Face, words: list[Word]) -> None:
        self.text, self.face, self.words = text, face, words
        self.starts = list(accumulate((word.size + 1 for word in words[:-1]), initial=0))
        self.numbers = {start: number for number, start in enumerate(self.starts)}


def _lengths(style: Any) -> dict[str, Any]:
    # Margins and the like of a text box: none.
    found: dict[str, Any] | None = vars(style).get("plain_lengths")
    if found is None:
        box = TextBox("", style, None, "a")
        before = set(vars(box))
        resolve_percentages(box, (0, 0))
        before |= {"width", "height", "margin_top", "margin_bottom"}  # which the line gives it
        found = {name: value for name, value in vars(box).items() if name not in before}
        style.plain_lengths = found
    return found


def _face(style: Any) -> Face | None:
    """The font of a text, or None if its style is not plain."""
    try:
        face: Face | None = style.plain_face
    except AttributeError:
        face = style.plain_face = _known_face(style) if _is_plain(style) else None
    return face


def _is_plain(style: Any) -> bool:
    return (
        type(style) is AnonymousStyle
        and style["white_space"] == style["letter_spacing"] == style["word_break"] == "normal"
        and style["word_spacing"] == 0
        and style["hyphens"] != "auto"
        and style["direction"] == "ltr"
        and style["visibility"] == "visible"
        and style["text_decoration_line"] == "none"
        and style["font_size"] >= 1
    )


def _known_face(style: Any) -> Face | None:
    faces: dict[str, Face | None] = vars(style.font_config).setdefault("plain_faces", {})
    key = _font_style_cache_key(style, include_size=True) + style["font_kerning"]
    if key not in faces:
        try:
            faces[key] = Face(style)
        except _NotPlain:
            faces[key] = None
    return faces[key]


def own_face(points: float, line_height: float, *, bold: bool, italic: bool) -> Face:
    """The documents' own font.

    Args:
        points: its size in pt.
        line_height: of a line, in sizes of the font.
        bold, italic: which of its faces.
    """
    style = InitialStyle(FONTS)
    style["font_family"] = (str(LAYOUT["font_family"]), "serif")
    style["font_size"] = points * (96 / 72)  # rounded as a style sheet's is
    style["line_height"] = line_height
    style["font_weight"] = 700 if bold else 400
    style["font_style"] = "italic" if italic else "normal"
    style["lang"] = "vi"
    return _known_face(style) or Face(style)


def _faces() -> dict[str, Face | None]:
    found: dict[str, Face | None] = vars(FONTS).setdefault("plain_faces", {})
    return found


def known() -> dict[str, int]:
    """How many words were shaped, by the fonts' names."""
    return {name: len(face._words) for name, face in _faces().items() if face}


def shaped(since: dict[str, int]) -> dict[str, list[str]]:
    """The words that were shaped since, by the fonts' names.

    Args:
        since: what was `known` then.
    """
    return {
        name: list(face._words)[since.get(name, 0) :] for name, face in _faces().items() if face
    }


def hear(words: dict[str, list[str]]) -> None:
    """Take what another process has `shaped`, to `learn` it when there is time."""
    _heard.append(words)


def learn() -> None:
    """Shape what was heard; the next document has the same words."""
    for words in _heard:
        for name, keys in words.items():
            if (face := _faces().get(name)) is not None:
                for key in keys:
                    beside, space, text = key.rpartition(" ")
                    face.word(text, beside + space)
    _heard.clear()


def _paragraph(box: Any) -> _Paragraph | None:
    """The words of a text box, or None if it is not plain."""
    known = vars(box).get("plain_paragraph")
    if known is not None and known[0] is box.text and known[1] is box.style:
        return known[2]  # type: ignore[no-any-return]
    found: _Paragraph | None = None
    face = _face(box.style) if _PLAIN.fullmatch(box.text) else None
    if face is not None:
        if _LETTER.search(box.text) or " " in box.text:
            words = list(map(face.word, box.text.split(" ")))
        else:
            words = [face.word(box.text, beside="")]
        plain = [word for word in words if word is not None]
        if len(plain) == len(words):
            found = _Paragraph(box.text, face, plain)
    box.plain_paragraph = box.text, box.style, found
    return found


def next_linebox(
    context: Any, linebox: Any, position_y: float, bottom_space: float, skip_stack: Any,
    containing_block: Any, absolute_boxes: Any, fixed_boxes: Any, first_letter_style: Any,
    first_line_style: Any,
) -> Any:  # fmt: skip
    """`weasyprint.layout.inline.get_next_linebox`, quickly where the line is plain."""
    if not (first_letter_style or first_line_style or context.excluded_shapes):
        found = _plain_linebox(linebox, position_y, skip_stack, containing_block)
        if found is not None:
            return found
    return _next_linebox(
        context, linebox, position_y, bottom_space, skip_stack, containing_block,
        absolute_boxes, fixed_boxes, first_letter_style, first_line_style,
    )  # fmt: skip


def _plain_linebox(
    linebox: Any, position_y: float, skip_stack: Any, containing_block: Any
) -> tuple[Any, Any] | None:
    index, skip = 0, 0
    if skip_stack is not None:
        ((index, skip_stack),) = skip_stack.items()
        skip = next(iter(skip_stack)) if skip_stack else 0
    child = linebox.children[index]
    if type(child) is not TextBox:
        return None
    style = linebox.style
    if style["direction"] != "ltr" or containing_block.style["direction"] != "ltr":
        return None
    position_x, available = containing_block.content_box_x(), containing_block.width
    start_x = position_x + linebox.text_indent
    # As in split_inline_box.
    box, resume = _split(child, (position_x + available) * (1 + 1e-9) - start_x, skip)
    if box is None or (resume is None and index < len(linebox.children) - 1):
        return None  # what comes next may stand on the same line
    vars(box).update(_lengths(child.style))
    box.position_x, box.position_y = start_x, position_y

    line = linebox.copy()
    line.children = [box]
    line.remove_decoration_sides = set()
    line.margin_top = line.margin_bottom = line.margin_left = line.margin_right = 0
    line.position_x, line.position_y = position_x, position_y
    line.width = start_x + box.width - position_x
    line.height = box.pango_layout.face.line_height
    line.baseline = box.baseline
    _align(line, box, available, ended=resume is None)
    linebox.position_x, linebox.position_y = position_x, position_y
    linebox.width, linebox.height = line.width, line.height
    return line, None if resume is None else {index: {resume: None}}


def _align(line: Any, box: Any, available: float, ended: bool) -> None:
    if line.width >= available:
        return
    align = line.style["text_align_all"]
    if ended and line.style["text_align_last"] != "auto":
        align = line.style["text_align_last"]
    offset = available - line.width
    if align == "justify":
        gaps = len(box.pango_layout.words) - 1
        if gaps:
            box.justification_spacing = box.pango_layout.justification_spacing = offset / gaps
            more = box.justification_spacing * gaps
            box.width, line.width = box.width + more, line.width + more
    elif align in ("center", "right", "end"):
        move = offset / 2 if align == "center" else offset
        line.position_x, box.position_x = line.position_x + move, box.position_x + move


def split_text_box(
    context: Any, box: Any, available_width: float | None, skip: int, is_line_start: bool = True
) -> Any:
    """`weasyprint.layout.inline.split_text_box`, quickly where the text is plain."""
    if available_width is not None:
        if box.text == "\n" and available_width >= 0 and _is_break(box.style) and not skip:
            return None, 1, "\n"
        new_box, resume = _split(box, available_width, skip or 0)
        if new_box is not None:
            return new_box, resume, False
    return _split_text_box(context, box, available_width, skip, is_line_start)


def _is_break(style: Any) -> bool:
    # As `br` has in WeasyPrint's own style sheet.
    return bool(style["white_space"] == "pre-line" and style["font_size"] > 0)


def _split(box: Any, available: float, skip: int) -> tuple[Any, int | None]:
    """As much of a text box as fits on a line, and the byte after which the next one begins.

    None for a box that is not plain, or if it is close.
    """
    paragraph = _paragraph(box)
    if paragraph is None or not 0 <= available < 2**21 or skip not in paragraph.numbers:
        return None, None
    words, face, first = paragraph.words, paragraph.face, paragraph.numbers[skip]
    room = int(available * TO_UNITS)
    # First fit, as Pango breaks lines; before the end of a line it may count a word's width as it
    # is before a space.
    number, used, last = first, 0, len(words) - 1
    while True:
        word = words[number]
        least, most = used + word.spaced, used + word.alone
        if number == last:
            least = most
        elif least > most:
            least, most = most, least
        if least > room + _CLOSE:
            if word.breaks or number == first:
                return None, None
            number -= 1
            break
        if most > room - _CLOSE:
            return None, None
        if number == last:
            break
        after = words[number + 1]
        if not face.may_end(word.text[-1], after.text[0]):
            return None, None
        used += word.spaced + after.gap
        number += 1
    taken = words[first : number + 1]
    if not any(word.known_script for word in taken):
        return None, None
    used = taken[-1].alone
    for word, after in pairwise(taken):
        used += word.spaced + after.gap
    new_box = box.copy()
    new_box.text = " ".join(word.text for word in taken)
    new_box.width = used * FROM_UNITS
    new_box.height = face.height
    new_box.margin_top = new_box.margin_bottom = face.half_leading
    new_box.baseline = face.baseline + face.half_leading
    new_box.pango_layout = _PlainLine(face, taken, new_box.text, available)
    return new_box, None if number == last else paragraph.starts[number + 1]


def draw_text(
    stream: Any, textbox: Any, offset_x: float, text_overflow: str, block_ellipsis: Any
) -> None:
    """`weasyprint.draw.text.draw_text`, quickly where the line is plain."""
    line = textbox.pango_layout
    if type(line) is not _PlainLine or text_overflow != "clip" or block_ellipsis != "none":
        _draw_text(stream, textbox, offset_x, text_overflow, block_ellipsis)
        return
    stream.set_color(textbox.style["color"])
    stream.begin_text()
    stream.set_text_matrix(1, 0, 0, -1, textbox.position_x, textbox.position_y + textbox.baseline)
    font = line.face.used_in(stream)
    stream.set_font_size(font.hash, line.face.size)
    stream.show_text(line.face.shown(line.words, line.justification_spacing))
    known = vars(font).setdefault("plain_words", set())
    for word in line.words:
        if word not in known:
            known.add(word)
            for glyph, (letters, width) in word.glyphs.items():
                font.to_unicode.setdefault(glyph, letters)
                font.widths.setdefault(glyph, width)
    stream.end_text()


def install() -> None:
    """Have WeasyPrint lay out and draw plain lines so."""
    inline.get_next_linebox = next_linebox
    inline.split_text_box = split_text_box
    draw.draw_text = draw_text


def remove() -> None:
    """Have WeasyPrint take its own way again."""
    inline.get_next_linebox = _next_linebox
    inline.split_text_box = _split_text_box
    draw.draw_text = _draw_text
