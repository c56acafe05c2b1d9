"""What WeasyPrint works out again and again for a document of ours, worked out once."""

from __future__ import annotations

import re
import zlib
from functools import cache
from typing import Any, Final

import pydyf
import weasyprint
from weasyprint import CSS, HTML
from weasyprint.css import AnonymousStyle
from weasyprint.html import UA, UA_COUNTER_STYLE
from weasyprint.layout import background, page
from weasyprint.pdf import fonts
from weasyprint.text.ffi import ffi

from minutes import lines

# The versions of WeasyPrint and pydyf whose insides these and `minutes.lines` know.
KNOWN: Final = ("70.0", "0.13.0")

_LENGTH: Final = re.compile(r"\[\d+\]$")
# What a browser gives every element: the looks of markers and notes. In our documents only items of
# lists have markers, and nothing has notes; for each element they were worked out all the same.
_EVERYWHERE: Final = re.compile("^::", re.MULTILINE)

# Of a box that no rule is for: lines, texts, what tables need around their cells.
_NO_BACKGROUND: Final = {"background": None} | {
    f"border_{corner}_radius": (0, 0)
    for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
}

_own_sheets = HTML._ua_stylesheets
_layout_box_backgrounds = background.layout_box_backgrounds
_own_references = pydyf.PDF.page_references
_set_page_styles = page.set_page_type_computed_styles


def set_page_styles(page_type: Any, html: Any, style_for: Any) -> None:
    """`weasyprint.layout.page.set_page_type_computed_styles`, once for all pages that the same
    rules are for."""
    rules = tuple(
        style_for._page_type_match(selector[2], page_type)
        for sheet, _origin, _specificity in style_for._sheets
        for _rule, selectors, _declarations in sheet.page_rules
        for selector in selectors
    )
    known = vars(style_for).setdefault("page_styles", {})
    styles = style_for.get_computed_styles()
    if rules not in known:
        _set_page_styles(page_type, html, style_for)
        known[rules] = {
            pseudo: style for (owner, pseudo), style in styles.items() if owner == page_type
        }
    else:
        styles.update({(page_type, pseudo): style for pseudo, style in known[rules].items()})


def layout_box_backgrounds(
    page: Any, box: Any, get_image: Any, layout_children: bool = True, style: Any = None
) -> None:
    """`weasyprint.layout.background.layout_box_backgrounds`, quickly where there is none."""
    if style is not None or type(box.style) is not AnonymousStyle:
        _layout_box_backgrounds(page, box, get_image, layout_children, style)
        return
    vars(box).update(_NO_BACKGROUND)
    if layout_children:
        for child in box.all_children():
            layout_box_backgrounds(page, child, get_image)


@cache
def _sheet() -> CSS:
    return CSS(string=_EVERYWHERE.sub("li::", UA), counter_style=UA_COUNTER_STYLE)


def _ua_stylesheets(html: HTML, forms: bool = False) -> list[CSS]:
    """`weasyprint.HTML._ua_stylesheets`, with less for every element."""
    return list(_own_sheets(html, forms)) if forms else [_sheet()]


def _page_references(pdf: Any) -> tuple[bytes, ...]:
    """`pydyf.PDF.page_references`, once for a number of pages."""
    kids = pdf.pages["Kids"]
    found: tuple[int, tuple[bytes, ...]] = vars(pdf).get("known_references", (0, ()))
    if found[0] != len(kids):
        found = len(kids), tuple(b"%d 0 R" % number for number in kids[::3])
        pdf.known_references = found
    return found[1]


def compress(pdf: pydyf.PDF) -> None:
    """Compress what is long, once; pydyf would for the file's identifier and again for the file."""
    if KNOWN[1] != pydyf.VERSION:
        return
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Stream) and "Filter" not in thing.extra:
            content = b"\n".join(map(pydyf._to_bytes, thing.stream))
            thing.stream, thing.compress = [zlib.compress(content)], False
            thing.extra = {**thing.extra, "Filter": "/FlateDecode"}


class _Arrays:
    """cffi without a new type for each length of an array: it parses the name of each with a
    parser of C, and what a forked process has parsed is lost with it."""

    def new(self, name: str, *given: Any) -> Any:
        """`cffi.FFI.new`."""
        return ffi.new(_LENGTH.sub("[]", name) if given else name, *given)

    def __getattr__(self, name: str) -> Any:
        return getattr(ffi, name)


def install() -> bool:
    """Have WeasyPrint take these and those of `minutes.lines`.

    Returns:
        Whether it does: a version of it or of pydyf that they were not written for keeps its own,
        slower ways.
    """
    if (weasyprint.__version__, pydyf.VERSION) != KNOWN:
        return False
    lines.install()
    HTML._ua_stylesheets = _ua_stylesheets
    page.set_page_type_computed_styles = set_page_styles
    background.layout_box_backgrounds = layout_box_backgrounds
    pydyf.PDF.page_references = property(_page_references)
    fonts.ffi = _Arrays()
    return True


def remove() -> None:
    """Give WeasyPrint its own ways back."""
    lines.remove()
    HTML._ua_stylesheets = _own_sheets
    page.set_page_type_computed_styles = _set_page_styles
    background.layout_box_backgrounds = _layout_box_backgrounds
    pydyf.PDF.page_references = _own_references
    fonts.ffi = ffi
