"""Every number of decree 30/2020/NĐ-CP that a printed document obeys, in this one place.

The decree (appendix I, part I) gives most sizes as a range; the value taken here lies inside it,
and the range stands beside it. Lengths carry their unit in the name: mm, cm or pt.
"""

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
    # Page: A4 portrait; top and bottom 20-25 mm, left 30-35, right 15-20.
    "page_width_mm": 210,
    "page_height_mm": 297,
    "margin_top_mm": 20,
    "margin_bottom_mm": 20,
    "margin_left_mm": 30,
    "margin_right_mm": 20,
    # Page number: 13-14, upright, centred in the top margin, hidden on page 1.
    "page_number_pt": 13,
    # Letterhead: two columns that fill the 160 mm between the margins; the right one is as wide
    # as the country's name needs to stay on one line.
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
    # Body: 13-14, justified, first line 1 or 1.27 cm in, at least 6 pt between paragraphs,
    # line spacing from single to 1.5.
    "body_pt": 14,
    "indent_cm": 1.27,
    "paragraph_gap_pt": 6,
    "line_height": 1.25,
    "part_pt": 14,  # title of a part: 13-14, capitals, bold
    # Tables: the decree is silent; 12 pt keeps five columns readable on a portrait page.
    "table_pt": 12,
    # Signature: 13-14, bold; capacity in capitals, name as written. The space takes a signature
    # and the seal of an agency, which is 36 mm across with a third of it over the signature.
    "signature_pt": 14,
    "signature_space_mm": 26,
    # Recipients: heading 12 bold italic, list 11 upright.
    "recipients_heading_pt": 12,
    "recipients_pt": 11,
    # Appendix: the word 14 bold, its title 13-14 capitals bold, reference italic.
    "appendix_pt": 14,
    # A draft carries its mark like a degree of urgency: 13-14, capitals, bold, red, boxed.
    "draft_pt": 14,
}

# Widths in mm of the columns of each table; each adds up to the 160 mm between the margins.
ATTENDANCE_COLUMNS_MM: Final = (11, 50, 63, 36)
DIRECTIVE_COLUMNS_MM: Final = (10, 58, 31, 34, 27)


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
            attendance_columns=ATTENDANCE_COLUMNS_MM,
            directive_columns=DIRECTIVE_COLUMNS_MM,
        )
    )
