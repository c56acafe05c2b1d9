"""Documents as DOCX (ECMA-376), for offices that go on in their word processor.

The twin of the PDF: the same page (`minutes.paper`) put into the styles, headings, tables and
fields of the format, with the same numbers (`minutes.layout`), so that whoever opens it can go on
writing. The same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Final

import docx
import segno
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import html

from minutes.content import Content, Issue
from minutes.docx_body import Body
from minutes.layout import LAYOUT, URGENCY, environment
from minutes.ooxml import (
    Element,
    cell,
    eighths,
    field,
    half_points,
    keep_with_next,
    paragraph,
    row,
    rule,
    space,
    table,
    twentieths,
    twips,
    w,
)
from minutes.paper import paper_html

# Offices have the typeface that the decree names; the PDF takes its free twin.
FONT: Final = "Times New Roman"
# A line of it set solid, in ems: what "single" means in a word processor. Style sheets count in
# ems, word processors in lines.
SOLID: Final = 1.149
# Where the decree is silent: the distances of document.css.
OWN: Final[dict[str, float]] = {
    "cell_above_mm": 1,
    "cell_beside_mm": 1.4,
    "number_above_mm": 2,
    "rule_above_mm": 0.5,
    "name_above_mm": 8,
    "name_below_mm": 6,
    "part_above_mm": 2,
    "table_line_height": 1.2,
    "table_below_mm": 4,
    "signature_above_mm": 4,
    "recipients_beside_mm": 6,
    "lookup_above_mm": 3,
}

# Widths of the letters of Times New Roman Bold in thousandths of an em, marks put aside: a rule
# is as long as a text, and no typeface is at hand here.
_WIDTHS: Final = {
    letter: width
    for width, letters in {
        220: "|",
        250: ",. \u00a0",
        278: "il'/\\",
        333: "fjt!()-:;[]`’",
        389: "sI",
        394: "{}",
        444: "cerz",
        500: "0123456789agovxyJ#$*?_–“”",
        520: "~",
        570: "+<=>",
        611: "FP",
        667: "BELTZ",
        722: "wACDNRUVXY",
        778: "GHKOQ",
        833: "m&",
        930: "@",
        944: "M",
        1000: "W%—…",
    }.items()
    for letter in letters
}
_ANY_LETTER: Final = 556
_SPACE: Final = re.compile("[ \t\n\r\f]+")
# The moment that every part of the package carries; ZIP knows none before.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


def document_docx(
    kind: str,
    content: Content,
    issue: Issue | None = None,
    draft: bool = False,
    *,
    template: str = "",
) -> bytes:
    """A document as DOCX.

    Args:
        kind: one of `minutes.kinds.KINDS`.
        content: what it says.
        issue: number, day and code once it is issued.
        draft: it carries the mark `DỰ THẢO`.
        template: as for `minutes.paper.paper_html`.
    """
    page = html.document_fromstring(paper_html(kind, content, issue, draft, template=template))
    made = docx.Document(io.BytesIO(_package()))
    _name(made, page, content, issue)
    frame = made.element.body
    last = frame.find(qn("w:sectPr"))
    frame.remove(last)
    landscape = "wide" in page.body.classes
    width = _between_margins(landscape)
    body = Body(made, OWN["table_below_mm"])
    frame.append(_letterhead(page, width))
    frame.extend(_title(page, width))
    frame.extend(_text(page, body, width))
    if page.find_class("signatures"):
        frame.extend(_signatures(made, page, issue, width))
    section = _section(last, landscape=landscape)
    for appendix in page.find_class("appendix"):
        # A section's properties stand in its last paragraph, those of the last one in the body.
        frame.append(_ending(section))
        landscape = "wide" in appendix.classes
        frame.extend(_appendix(appendix, body, _between_margins(landscape)))
        section = _section(last, landscape=landscape, first_page=1)
    frame.append(paragraph("DuongKe"))
    frame.append(section)
    return _same_bytes(made)


def _between_margins(landscape: bool) -> int:
    across = _mm("page_height_mm" if landscape else "page_width_mm")
    return twips(across - _mm("margin_left_mm") - _mm("margin_right_mm"))


def _mm(name: str) -> float:
    return float(LAYOUT[name])


def _name(made: Document, page: Element, content: Content, issue: Issue | None) -> None:
    """What the file says of itself."""
    core = made.core_properties
    core.title = page.findtext(".//title")[:255]
    core.author = " ".join(content.issuer)[:255]
    core.identifier = issue.symbol if issue else ""
    core.comments = ""
    core.language = "vi-VN"
    day = issue.day if issue else datetime(*_MOMENT, tzinfo=UTC)
    core.created = core.modified = datetime(day.year, day.month, day.day, tzinfo=UTC)


def _words(element: Element) -> str:
    # Not `str.split`: the open place for a number is made of spaces that stay.
    return _SPACE.sub(" ", element.text_content()).strip(" ")


# The head of the page -----------------------------------------------------------------------


def _letterhead(page: Element, width: int) -> Element:
    (head,) = page.find_class("letterhead")
    share = _mm("issuer_column_mm") / (_mm("issuer_column_mm") + _mm("state_column_mm"))
    left = round(width * share)
    right = width - left
    thickness = _mm("rule_pt")
    issuing = [paragraph("CoQuanChuQuan", _words(p)) for p in head.find_class("superior")]
    issuers = [_words(p) for p in head.find_class("issuer")]
    issuing += [paragraph("CoQuanBanHanh", line) for line in issuers]
    issuing.append(rule(_short_rule(issuers[-1], _mm("issuer_pt"), left), left, thickness))
    motto = _words(*head.find_class("motto"))
    state = [paragraph("QuocHieu", _words(p)) for p in head.find_class("state")]
    state.append(paragraph("TieuNgu", motto))
    state.append(rule(twentieths(ems(motto) * _mm("motto_pt")), right, thickness))
    rows = [row([cell(left, issuing), cell(right, state, w("noWrap"))])]
    if head.find_class("numbering"):
        number = [paragraph("SoKyHieu", _words(p)) for p in head.find_class("number")]
        for mark in head.find_class("mark"):
            number.extend(_mark(mark))
        place = [paragraph("DiaDanh", _words(p)) for p in head.find_class("place-date")]
        rows.append(row([cell(left, number), cell(right, place)]))
    return table("KhongKe", [left, right], rows)


def _mark(mark: Element) -> Iterator[Element]:
    """A word in a red box of the size that the decree gives."""
    named = next((URGENCY[name] for name in mark.classes if name in URGENCY), None)
    width = twips(named.width_mm if named else _mm("draft_width_mm"))
    sides = (
        w(side, val="single", sz=eighths(_mm("mark_rule_pt")), space=0, color=_colour())
        for side in ("top", "left", "bottom", "right")
    )
    words = cell(width, [paragraph("DoKhan", _words(mark))], w("vAlign", val="center"))
    height = w("trHeight", val=twips(_mm("mark_height_mm")), hRule="exact")
    above = paragraph("DuongKe")
    space(above, above=twips(OWN["number_above_mm"]))
    yield above
    boxed = [w("jc", val="center"), w("tblBorders", *sides)]
    yield table("KhongKe", [width], [w("tr", w("trPr", height), words)], *boxed)


def _colour() -> str:
    """The colour of marks as the format writes it: `#c00` is `CC0000`."""
    digits = str(LAYOUT["mark_colour"]).removeprefix("#").upper()
    return digits if len(digits) == 6 else "".join(2 * digit for digit in digits)


def ems(text: str) -> float:
    """How long a line of bold type is, in ems."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = (c for c in plain if not unicodedata.combining(c))
    return sum(_WIDTHS.get(letter, _ANY_LETTER) for letter in letters) / 1000


def _short_rule(text: str, size_pt: float, across: int) -> int:
    """The length of the rule under a line: a third to a half of the line."""
    line = min(twentieths(ems(text) * size_pt), across)
    return round(line * _mm("short_rule_percent") / 100)


def _title(page: Element, width: int) -> Iterator[Element]:
    yield paragraph("Title", _words(page.find(".//h1")))
    abstract = _words(*page.find_class("abstract"))
    yield paragraph("TrichYeu", abstract)
    inside = width - 2 * twips(_mm("abstract_inset_mm"))
    under = rule(_short_rule(abstract, _mm("abstract_pt"), inside), width, _mm("rule_pt"))
    keep_with_next(under)
    space(under, above=twips(OWN["rule_above_mm"]), below=twips(OWN["name_below_mm"]))
    yield under


# The text and its foot ----------------------------------------------------------------------


def _text(page: Element, body: Body, width: int) -> list[Element]:
    """The body; its closing paragraph takes the signature with it, so that that never stands
    alone."""
    style = "NoiDungGiua" if "kind-directives" in page.body.classes else "NoiDung"
    blocks = body.blocks(page.find(".//main"), width, style)
    for closing in page.find_class("closing"):
        ending = html.Element("div")
        ending.text = closing.text
        ending.extend(
            [each for each in closing if each.get("class") not in ("signatures", "below")]
        )
        last = body.blocks(ending, width)
        whole = "breakable" not in closing.classes
        for block in last if whole else last[-1:]:
            keep_with_next(block, whole=whole)
        blocks += last
    body.arrange(blocks)
    return blocks


def _signatures(
    made: Document, page: Element, issue: Issue | None, width: int
) -> Iterator[Element]:
    """One signature stands beside the recipients, two stand above them (models 1.4 and 1.9)."""
    above = paragraph("DuongKe")
    # Of the distances between two paragraphs only the larger one counts, so it holds both.
    gap = twentieths(_mm("paragraph_gap_pt"))
    space(above, above=gap + twips(OWN["signature_above_mm"]))
    keep_with_next(above)
    yield above
    half = width // 2
    cells = []
    for each in page.find_class("signatures")[0][0]:
        if "recipients-cell" in each.classes:
            apart = w("tcMar", w("right", w=twips(OWN["recipients_beside_mm"]), type="dxa"))
            cells.append(cell(half, _recipients(made, each, issue), apart))
        else:
            cells.append(cell(half, _signature(each)))
    # In the left one's cell, so that no program puts them on another page.
    for below in page.find_class("below"):
        lines = list(_recipients(made, below, issue))
        for line in lines[:1]:
            space(line, above=twips(OWN["signature_above_mm"]))
        cells[0].extend(lines)
    yield table("KhongKe", [half] * len(cells), [row(cells)])


def _signature(column: Element) -> Iterator[Element]:
    for line in column:
        signs = "signatory" in line.classes
        yield paragraph("NguoiKy" if signs else "ChucVu", _words(line))


def _recipients(made: Document, column: Element, issue: Issue | None) -> Iterator[Element]:
    for lines in column.find_class("recipients"):
        for line in lines:
            heads = "recipients-heading" in line.classes
            yield paragraph("NoiNhan" if heads else "DanhSachNoiNhan", _words(line))
    for found in column.find_class("lookup"):
        lines = [_picture(made, issue.address)] if issue and found.find_class("qr") else []
        lines += [paragraph("TraCuu", _words(line)) for line in found.iterchildren("p")]
        for line in lines[:1]:
            space(line, above=twips(OWN["lookup_above_mm"]))
        yield from lines


def _picture(made: Document, address: str) -> Element:
    """The QR code of an address, as the PDF has it (minutes.lookup.qr_svg)."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="png", scale=8, border=4)
    side = Mm(_mm("lookup_mm"))
    inline = made.part.new_pic_inline(drawn, side, side)
    for distance in ("distT", "distB", "distL", "distR"):
        inline.set(distance, "0")
    inline.docPr.set("descr", f"Mã QR: {address}")
    return paragraph("TraCuu", [w("r", w("drawing", inline))])


# Appendices, each in a section of its own ----------------------------------------------------


def _ending(section: Element) -> Element:
    made = paragraph("DuongKe")
    made.find(qn("w:pPr")).append(section)
    return made


def _appendix(appendix: Element, body: Body, width: int) -> Iterator[Element]:
    (head,) = appendix.find_class("appendix-head")
    yield paragraph("PhuLuc", _words(head.find("h2")))
    yield from (paragraph("TieuDePhuLuc", _words(p)) for p in head.find_class("appendix-title"))
    yield from (paragraph("KemTheo", _words(p)) for p in head.find_class("reference"))
    appendix.remove(head)
    blocks = body.blocks(appendix, width)
    body.arrange(blocks)
    yield from blocks


def _section(first: Element, *, landscape: bool, first_page: int | None = None) -> Element:
    """What a section is (CT_SectPr): its first page shows no number.

    Args:
        first: the section of the empty document, which knows the header.
        landscape: it lies on its side.
        first_page: the number that it begins with; None: it goes on.
    """
    wide, high = twips(_mm("page_width_mm")), twips(_mm("page_height_mm"))
    if landscape:
        wide, high = high, wide
    turned = {"orient": "landscape"} if landscape else {}
    # The number stands in the middle of the top margin.
    number = twentieths(_mm("page_number_pt") * SOLID)
    to_number = (twips(_mm("margin_top_mm")) - number) // 2
    margins = w(
        "pgMar",
        top=twips(_mm("margin_top_mm")),
        right=twips(_mm("margin_right_mm")),
        bottom=twips(_mm("margin_bottom_mm")),
        left=twips(_mm("margin_left_mm")),
        header=to_number,
        footer=to_number,
        gutter=0,
    )
    header = w("headerReference", type="default")
    header.set(qn("r:id"), first.find(qn("w:headerReference")).get(qn("r:id")))
    return w(
        "sectPr",
        header,
        w("type", val="nextPage"),
        w("pgSz", w=wide, h=high, **turned),
        margins,
        w("pgNumType", start=first_page) if first_page else None,
        w("titlePg"),
    )


# The package ---------------------------------------------------------------------------------


@cache
def _package() -> bytes:
    """An empty document with our styles in it."""
    made = docx.Document()
    part = made.part
    unwanted = ("stylesWithEffects", "webSettings", "fontTable", "theme", "customXml")
    for key, relation in list(part.rels.items()):
        if relation.reltype.rpartition("/")[2] in unwanted:
            del part.rels[key]
    for key, relation in list(part.package.rels.items()):
        if relation.reltype.endswith(("/thumbnail", "/extended-properties")):
            del part.package.rels[key]
    part._styles_part._element = _filled("styles.xml")
    part.numbering_part._element = _filled("numbering.xml")
    part._settings_part._element = _filled("settings.xml")
    header = made.sections[0].header
    header.is_linked_to_previous = False
    frame = header._element
    for old in list(frame):
        frame.remove(old)
    frame.append(paragraph("Header", field("PAGE")))
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _filled(name: str) -> Element:
    text = (
        environment()
        .get_template(f"docx/{name}")
        .render(
            layout=LAYOUT,
            own=OWN,
            font=FONT,
            line=lambda height: round(240 * float(height) / SOLID),
            twips=twips,
            twentieths=twentieths,
            half_points=half_points,
            eighths=eighths,
            colour=_colour(),
        )
    )
    return parse_xml(text)


def _same_bytes(made: Document) -> bytes:
    """The package without the moment at which it was written."""
    written, held = io.BytesIO(), io.BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(held, "w") as new:
        for entry in old.infolist():
            named = zipfile.ZipInfo(entry.filename, _MOMENT)
            named.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(named, old.read(entry))
    return held.getvalue()
