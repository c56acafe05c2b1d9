"""Every number of decree 30/2020/NĐ-CP that a printed document obeys, in this one place.

The decree (appendix I, part I) gives most sizes as a range; the value taken here lies inside it,
and the range stands beside it. Lengths carry their unit in the name: mm, cm or pt.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates" / "documents"

# The one address a document may load; it exists only inside the render worker.
STYLESHEET_URL: Final = "giaoban:document.css"

LAYOUT: Final[dict[str, str | float]] = {
    # The decree asks for Times New Roman; Liberation Serif has the same metrics and is free.
    "font_family": "Liberation Serif",
    # Page: A4; top and bottom 20-25 mm, left 30-35, right 15-20. Landscape where a wide table
    # is not an appendix of its own: the same margins.
    "page_width_mm": 210,
    "page_height_mm": 297,
    "margin_top_mm": 20,
    "margin_bottom_mm": 20,
    "margin_left_mm": 30,
    "margin_right_mm": 20,
    # Page number: 13-14, upright, centred in the top margin, hidden on page 1. The pages of each
    # appendix are numbered apart.
    "page_number_pt": 13,
    # Letterhead: two columns that fill the 160 mm between the margins; the right one is as wide
    # as the country's name needs to stay on one line. In landscape they keep their shares.
    "issuer_column_mm": 64,
    "state_column_mm": 96,
    "state_pt": 12.5,  # 12-13, capitals, bold
    "motto_pt": 13.5,  # 13-14, bold, rule as long as the text
    "issuer_pt": 12.5,  # 12-13, capitals; the superior regular, the issuer bold
    "number_pt": 13,  # 13
    "place_date_pt": 13.5,  # 13-14, italic
    "short_rule_percent": 40,  # rules under issuer and abstract: 1/3-1/2 of the line above
    "rule_pt": 0.75,
    # Name of the kind of document and its abstract.
    "type_pt": 14,  # 13-14, capitals, bold, centred
    "abstract_pt": 14,  # 13-14, bold, centred
    "abstract_inset_mm": 10,  # so that the lines of a long one stay balanced
    # Body: 13-14, justified, first line 1 or 1.27 cm in, at least 6 pt between paragraphs,
    # line spacing from single to 1.5.
    "body_pt": 14,
    "indent_cm": 1.27,
    "paragraph_gap_pt": 6,
    "line_height": 1.25,
    "part_pt": 14,  # title of a part: 13-14, capitals, bold
    # Tables: the decree is silent; 12 pt keeps five columns readable on a portrait page.
    "table_pt": 12,
    "table_rule_pt": 0.5,
    # Signature: 13-14, bold; capacity in capitals, name as written. The space takes a signature
    # and the seal of an agency, which is 36 mm across with a third of it over the signature.
    "signature_pt": 14,
    "signature_space_mm": 26,
    # Recipients: heading 12 bold italic, list 11 upright.
    "recipients_heading_pt": 12,
    "recipients_pt": 11,
    # Appendix: the word 14 bold, its title 13-14 capitals bold, reference 13-14 italic.
    "appendix_pt": 14,
    "reference_pt": 14,
    # Degrees of urgency and other marks: 13-14, capitals, bold, red, in a box (`URGENCY`).
    "mark_pt": 13,
    "mark_height_mm": 8,
    "mark_rule_pt": 1,
    "mark_colour": "#c00",
    "draft_width_mm": 30,  # the decree knows no draft; it is marked like HỎA TỐC
    # The code to look a document up by is no part of the decree's form: small, after the rest.
    "lookup_pt": 10,
    "lookup_mm": 24,  # with the quiet zone around it
}


@dataclass(frozen=True)
class Mark:
    """A boxed mark: its words and how wide its box is."""

    words: str
    width_mm: int


# Độ khẩn, by the names of `minutes.content.Urgency`.
URGENCY: Final = {
    "urgent": Mark("KHẨN", 20),
    "very_urgent": Mark("THƯỢNG KHẨN", 40),
    "express": Mark("HỎA TỐC", 30),
}

# A number is given on issuing, and the day with it; until then their places stay open.
OPEN_NUMBER: Final = "\u00a0" * 8
OPEN_DATE: Final = "ngày{0}tháng{0}năm{0}".format("\u00a0" * 6)

# Widths in mm of the columns of each table; each adds up to the width between the margins, 160 mm
# in portrait and 247 in landscape.
COLUMNS_MM: Final[dict[str, tuple[int, ...]]] = {
    "attendance": (11, 50, 63, 36),
    "directives": (11, 58, 31, 33, 27),
    "carried": (10, 50, 22, 26, 22, 30),
    "indicators": (11, 44, 24, 21, 30, 30),
    "scorecard": (10, 38, 15, 17, 17, 14, 14, 16, 19),
}
WIDE_COLUMNS_MM: Final[dict[str, tuple[int, ...]]] = {
    "attendance": (12, 80, 105, 50),
    "directives": (12, 111, 45, 48, 31),
    "carried": (12, 82, 40, 28, 35, 50),
    "indicators": (12, 105, 30, 34, 36, 30),
    "scorecard": (12, 95, 20, 20, 20, 20, 20, 20, 20),
}


@cache
def environment() -> Environment:
    """Return the Jinja environment of the document templates; it needs no web application.

    Markup in values is escaped in `.html` templates and never in the stylesheet, whose values
    are the constants above.
    """
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def stylesheet() -> str:
    """Return the style sheet of all documents with the decree's numbers filled in."""
    return (
        environment()
        .get_template("document.css")
        .render(
            layout=LAYOUT,
            urgency=URGENCY,
            columns=COLUMNS_MM,
            wide_columns=WIDE_COLUMNS_MM,
        )
    )
