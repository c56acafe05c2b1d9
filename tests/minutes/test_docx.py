"""Documents as DOCX: what a word processor finds in them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Length
from fontTools.ttLib import TTFont

from minutes import orders
from minutes.content import Appendix, Content, Issue, Signature
from minutes.documents import compose, paper_html
from minutes.docx import document_docx, ems
from minutes.layout import COLUMNS_MM, LAYOUT, URGENCY
from minutes.ooxml import said, twips
from minutes.render import Renderer

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
ADDRESS = "https://giaoban.example/verify/7KQ4M2"
ISSUE = Issue("05/TB-UBND", date(2026, 1, 5))
LOOKED_UP = Issue("05/TB-UBND", date(2026, 1, 5), "7KQ4M2", ADDRESS)
BETWEEN = LAYOUT["page_width_mm"] - LAYOUT["margin_left_mm"] - LAYOUT["margin_right_mm"]


def content(**values: Any) -> Content:
    return Content(
        **{
            "issuer": ["Ủy ban nhân dân", "huyện Đắk Glong"],
            "place": "Quảng Khê",
            "abstract": "Kết luận hội nghị",
            "body": "<p>Nội dung./.</p>",
            "signatures": [Signature(capacity=["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"], name="Lê A")],
            "recipients": ["Như trên;", "Lưu: VT."],
        }
        | values
    )


def opened(kind: str, of: Content, issue: Issue | None = ISSUE, **more: Any) -> Document:
    return docx.Document(io.BytesIO(document_docx(kind, of, issue, **more)))


def texts(document: Document, style: str) -> list[str]:
    """What stands in a style, in tables too."""
    found = []
    for each in document.element.body.iter(qn("w:p")):
        named = each.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if named is not None and named.get(qn("w:val")) == style:
            found.append(said(each))
    return found


def says(document: Document) -> str:
    return "\n".join(said(each) for each in document.element.body.iter(qn("w:p")))


def borders(element: Any, path: str) -> list[Any]:
    return element.findall(f".//{qn('w:pBdr')}/{qn(path)}")


@pytest.fixture(scope="module")
def notice() -> Document:
    """A notice with everything in it."""
    return opened(
        "conclusions",
        content(
            superior=["Tỉnh Đắk Nông"],
            body="<p>Ngày 05, <strong>Chủ tịch</strong> <em>kết luận</em> như sau:</p>"
            "<h2>I. ĐÁNH GIÁ</h2><h3>1. Kết quả</h3><p>Đạt.<br>Vượt.</p>"
            "<ol><li>Một</li><li>Hai<ul><li>Con</li></ul></li></ol><p>Và:</p>"
            "<ol><li>Lại một</li></ol>"
            '<table class="directives"><thead><tr><th>TT</th><th>Nội dung</th><th>Chủ trì</th>'
            "<th>Phối hợp</th><th>Thời hạn</th></tr></thead><tbody><tr><td>1</td><td>Rà soát</td>"
            "<td>A</td><td>B</td><td>30/11</td></tr></tbody></table><p>Thông báo để biết./.</p>",
            appendices=[
                Appendix(title="Nhiệm vụ", body="<p>Dọc</p>"),
                Appendix(
                    title="Chỉ tiêu", body="<table><tr><td>a</td></tr></table>", landscape=True
                ),
            ],
            urgency="urgent",
        ),
        draft=True,
    )


# The page ----------------------------------------------------------------------------------------


def test_the_page_has_the_margins_of_the_decree(notice: Document) -> None:
    for section in notice.sections:
        assert round(section.top_margin.mm) == LAYOUT["margin_top_mm"]
        assert round(section.bottom_margin.mm) == LAYOUT["margin_bottom_mm"]
        assert round(section.left_margin.mm) == LAYOUT["margin_left_mm"]
        assert round(section.right_margin.mm) == LAYOUT["margin_right_mm"]
    first = notice.sections[0]
    size = round(first.page_width.mm), round(first.page_height.mm)
    assert size == (LAYOUT["page_width_mm"], LAYOUT["page_height_mm"])


def test_pages_are_numbered_in_the_top_margin_from_the_second_on(notice: Document) -> None:
    first, *appendices = notice.sections
    for section in notice.sections:
        assert section.different_first_page_header_footer
    # The pages of each appendix are numbered apart.
    starts = [each._sectPr.find(qn("w:pgNumType")) for each in appendices]
    assert [each.get(qn("w:start")) for each in starts] == ["1", "1"]
    assert first._sectPr.find(qn("w:pgNumType")) is None
    assert first.first_page_header.is_linked_to_previous  # there is none: nothing stands there
    (number,) = first.header.paragraphs
    assert (number.style.name, number.alignment) == ("Header", None)
    assert "PAGE" in [each.text for each in number._p.iter(qn("w:instrText"))]
    style = notice.styles["Header"]
    assert style.font.size.pt == LAYOUT["page_number_pt"]
    assert style.paragraph_format.alignment == 1
    assert 0 < first.header_distance.mm < first.top_margin.mm / 2


def test_each_appendix_is_a_section_and_may_lie_on_its_side(notice: Document) -> None:
    turned = [section.orientation for section in notice.sections]
    assert turned == [WD_ORIENT.PORTRAIT, WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    assert round(notice.sections[2].page_width.mm) == LAYOUT["page_height_mm"]
    assert texts(notice, "PhuLuc") == ["Phụ lục I", "Phụ lục II"]
    assert texts(notice, "TieuDePhuLuc") == ["NHIỆM VỤ", "CHỈ TIÊU"]
    # Its table fills the longer line.
    longer = LAYOUT["page_height_mm"] - LAYOUT["margin_left_mm"] - LAYOUT["margin_right_mm"]
    assert round(Length(notice.tables[-1].columns[0].width).mm) == longer
    one = opened("conclusions", content(appendices=[Appendix(title="A", body="")]))
    assert texts(one, "PhuLuc") == ["Phụ lục"]


# Styles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "size", "bold", "italic"),
    [
        ("Quốc hiệu", "state_pt", True, None),
        ("Tiêu ngữ", "motto_pt", True, None),
        ("Cơ quan chủ quản", "issuer_pt", None, None),
        ("Cơ quan ban hành", "issuer_pt", True, None),
        ("Số và ký hiệu", "number_pt", None, None),
        ("Địa danh và ngày", "place_date_pt", None, True),
        ("Title", "type_pt", True, None),
        ("Trích yếu", "abstract_pt", True, None),
        ("Heading 1", "part_pt", True, None),
        ("Heading 2", "body_pt", True, None),
        ("Quyền hạn và chức vụ", "signature_pt", True, None),
        ("Họ tên người ký", "signature_pt", True, None),
        ("Nơi nhận", "recipients_heading_pt", True, True),
        ("Danh sách nơi nhận", "recipients_pt", None, None),
        ("Phụ lục", "appendix_pt", True, None),
        ("Kèm theo", "reference_pt", None, True),
        ("Độ khẩn", "mark_pt", True, None),
        ("Tra cứu", "lookup_pt", None, None),
    ],
)
def test_styles_carry_the_sizes_of_the_decree(
    notice: Document, style: str, size: str, bold: bool | None, italic: bool | None
) -> None:
    font = notice.styles[style].font
    assert (font.size.pt, font.bold, font.italic) == (LAYOUT[size], bold, italic)


def test_the_body_is_set_as_the_decree_asks(notice: Document) -> None:
    style = notice.styles["Nội dung"].paragraph_format
    assert style.alignment == 3  # justified
    assert round(style.first_line_indent.cm, 2) == LAYOUT["indent_cm"]
    assert style.space_after.pt == LAYOUT["paragraph_gap_pt"] >= 6
    defaults = notice.styles.element.find(qn("w:docDefaults"))
    spacing = next(defaults.iter(qn("w:spacing")))
    assert 240 <= int(spacing.get(qn("w:line"))) <= 360  # single to 1.5
    fonts = next(defaults.iter(qn("w:rFonts")))
    assert set(fonts.attrib.values()) == {"Times New Roman"}
    assert next(defaults.iter(qn("w:lang"))).get(qn("w:val")) == "vi-VN"
    assert next(defaults.iter(qn("w:sz"))).get(qn("w:val")) == str(2 * LAYOUT["body_pt"])
    # Nothing left of the library's own looks.
    assert not any(key.endswith("Theme") for key in fonts.attrib)


def test_titles_are_headings_and_emphasis_is_kept(notice: Document) -> None:
    assert texts(notice, "Heading1") == ["I. ĐÁNH GIÁ"]
    assert texts(notice, "Heading2") == ["1. Kết quả"]
    levels = {
        name: notice.styles[name].element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        for name in ("Heading 1", "Heading 2")
    }
    assert [level.get(qn("w:val")) for level in levels.values()] == ["0", "1"]
    (opening,) = [p for p in notice.paragraphs if p.text.startswith("Ngày 05")]
    assert [(r.text, r.bold, r.italic) for r in opening.runs if r.text.strip()] == [
        ("Ngày 05, ", None, None),
        ("Chủ tịch", True, None),
        ("kết luận", None, True),
        (" như sau:", None, None),
    ]
    assert "Đạt.\nVượt." in [p.text for p in notice.paragraphs]


def test_lists_are_lists_and_each_begins_with_one(notice: Document) -> None:
    def numbered(text: str) -> tuple[int, int]:
        (found,) = [p for p in notice.paragraphs if p.text == text]
        properties = found._p.pPr.numPr
        return properties.ilvl.val, properties.numId.val

    one, two, inner, again = map(numbered, ("Một", "Hai", "Con", "Lại một"))
    assert one == two != again
    assert (one[0], inner[0], again[0]) == (0, 1, 0)
    numbering = notice.part.numbering_part.element
    restarts = numbering.xpath(f"./w:num[@w:numId={again[1]}]/w:lvlOverride/w:startOverride")
    assert {each.get(qn("w:val")) for each in restarts} == {"1"}


# Letterhead --------------------------------------------------------------------------------------


def test_the_letterhead_names_the_office_and_the_state(notice: Document) -> None:
    head = notice.tables[0]
    left, right = head.rows[0].cells
    assert [p.text for p in left.paragraphs][:3] == [
        "TỈNH ĐẮK NÔNG",
        "ỦY BAN NHÂN DÂN",
        "HUYỆN ĐẮK GLONG",
    ]
    assert [p.text for p in right.paragraphs][:2] == [STATE, MOTTO]
    number, place = head.rows[1].cells
    assert number.paragraphs[0].text == "Số: 05/TB-UBND"
    assert place.paragraphs[0].text == "Quảng Khê, ngày 05 tháng 01 năm 2026"
    assert round(right.width.mm) == LAYOUT["state_column_mm"]
    assert number.paragraphs[0].style.name == "Số và ký hiệu"


def test_minutes_have_no_place_and_date_and_a_draft_an_open_number() -> None:
    minutes = opened("minutes", content(), None)
    assert not "".join(texts(minutes, "DiaDanh"))
    assert re.fullmatch("Số: \u00a0{4,}/BB-UBND", texts(minutes, "SoKyHieu")[0])
    party = opened("minutes", content(), None, template="{number}-BB/HU")
    assert re.fullmatch("Số: \u00a0{4,}-BB/HU", texts(party, "SoKyHieu")[0])
    assert texts(minutes, "DoKhan") == []
    draft = opened("minutes", content(), None, draft=True)
    assert texts(draft, "DoKhan") == ["DỰ THẢO"]


def length_of(rule: Any, across: int) -> float:
    indent = rule.getparent().getparent().find(qn("w:ind"))
    return across - int(indent.get(qn("w:left"))) - int(indent.get(qn("w:right")))


def test_rules_have_the_lengths_of_the_decree(notice: Document) -> None:
    left, right = notice.tables[0].rows[0].cells
    size = LAYOUT["motto_pt"] * 20
    (motto,) = borders(right._tc, "w:top")
    assert length_of(motto, twips(LAYOUT["state_column_mm"])) == pytest.approx(
        ems(MOTTO) * size, abs=2
    )
    (issuer,) = borders(left._tc, "w:top")
    line = ems("HUYỆN ĐẮK GLONG") * LAYOUT["issuer_pt"] * 20
    assert 1 / 3 <= length_of(issuer, twips(LAYOUT["issuer_column_mm"])) / line <= 1 / 2
    (abstract,) = [
        found
        for found in borders(notice.element.body, "w:top")
        if found.getparent().getparent().getparent().getparent().tag == qn("w:body")
    ]  # fmt: skip
    line = ems("Kết luận hội nghị") * LAYOUT["abstract_pt"] * 20
    assert 1 / 3 <= length_of(abstract, twips(BETWEEN)) / line <= 1 / 2


@pytest.mark.parametrize("text", [STATE, MOTTO, "HUYỆN ĐẮK R'MĂNG", "Kết luận 9 tháng (số 1): đạt"])
def test_lengths_of_lines_are_those_of_the_typeface(text: str) -> None:
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Liberation Serif:bold"], capture_output=True, check=True
    )
    font = TTFont(found.stdout.decode())
    letters, widths = font.getBestCmap(), font["hmtx"]
    true = sum(widths[letters[ord(c)]][0] for c in unicodedata.normalize("NFC", text))
    assert ems(text) == pytest.approx(true / font["head"].unitsPerEm, rel=0.01)


def test_the_box_of_urgency_has_its_size_and_colour(notice: Document) -> None:
    cells = [each for each in notice.element.body.iter(qn("w:tbl")) if said(each) == "KHẨN"]
    (box,) = cells
    assert next(box.iter(qn("w:gridCol"))).get(qn("w:w")) == str(twips(20))
    assert URGENCY["urgent"].width_mm == 20
    height = next(box.iter(qn("w:trHeight")))
    assert (height.get(qn("w:val")), height.get(qn("w:hRule"))) == (str(twips(8)), "exact")
    assert {each.get(qn("w:color")) for each in next(box.iter(qn("w:tblBorders")))} == {"CC0000"}
    assert str(notice.styles["Độ khẩn"].font.color.rgb) == "CC0000"


# Tables and signature ----------------------------------------------------------------------------


def test_tables_have_fixed_columns_and_heads_that_are_repeated(notice: Document) -> None:
    (grid,) = [t for t in notice.tables if t.cell(0, 0).text == "TT"]
    assert not grid.autofit
    widths = [round(Length(column.width).mm) for column in grid.columns]
    assert widths == list(COLUMNS_MM["directives"])
    head, line = grid.rows
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None
    assert line._tr.trPr.find(qn("w:tblHeader")) is None
    assert all(each._tr.trPr.find(qn("w:cantSplit")) is not None for each in grid.rows)


def test_a_signature_never_stands_alone(notice: Document) -> None:
    frame = list(notice.element.body)
    (place,) = [n for n, each in enumerate(frame) if "CHÁNH VĂN PHÒNG" in said(each)]
    signature = frame[place]
    assert all(
        row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None
        for row in signature.iter(qn("w:tr"))
    )
    # From the closing sentence on, everything keeps to what follows it.
    before = frame[place - 2 : place]
    assert said(before[0]) == "Thông báo để biết./."
    assert all(each.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for each in before)


def test_one_signature_stands_beside_the_recipients_and_two_above_them() -> None:
    one = opened("conclusions", content()).tables[-1]
    assert one.cell(0, 0).text.splitlines() == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert one.cell(0, 1).text.splitlines() == ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Lê A"]
    signers = [Signature(capacity=["THƯ KÝ"]), Signature(capacity=["CHỦ TỌA"], name="Lê A")]
    two = opened("minutes", content(signatures=signers))
    left, right = (each.text for each in two.tables[-1].rows[0].cells)
    assert left.splitlines() == ["THƯ KÝ", "", "Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert right.splitlines() == ["CHỦ TỌA", "Lê A"]


def test_an_issued_one_says_where_it_is_looked_up() -> None:
    made = opened("conclusions", content(), LOOKED_UP)
    assert texts(made, "TraCuu") == ["", f"Tra cứu văn bản: {ADDRESS}", "Mã tra cứu: 7KQ4M2"]
    (picture,) = made.element.body.iter(qn("wp:inline"))
    assert ADDRESS in next(picture.iter(qn("wp:docPr"))).get("descr")
    side = round(Length(int(next(picture.iter(qn("wp:extent"))).get("cx"))).mm)
    assert side == LAYOUT["lookup_mm"]
    assert not texts(opened("conclusions", content(), None), "TraCuu")


def test_a_correction_names_what_it_replaces() -> None:
    replacing = Issue("06/TB-UBND", date(2026, 1, 6), replaces="Thông báo số 05/TB-UBND")
    made = opened("conclusions", content(), replacing)
    assert "Thông báo này thay thế Thông báo số 05/TB-UBND." in texts(made, "NoiDung")


def test_the_table_of_directives_lies_on_its_side_and_is_signed_by_nobody() -> None:
    body = "<p><em>(Kèm theo Thông báo)</em></p><table><tr><td>a</td></tr></table>"
    made = opened("directives", content(body=body), None)
    assert made.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert texts(made, "NoiDungGiua") == ["(Kèm theo Thông báo)"]
    assert not texts(made, "SoKyHieu") + texts(made, "ChucVu") + texts(made, "NoiNhan")


# The file ----------------------------------------------------------------------------------------


def test_the_file_says_what_it_is(notice: Document) -> None:
    core = notice.core_properties
    assert core.title == "Thông báo: Kết luận hội nghị"
    assert core.author == "Ủy ban nhân dân huyện Đắk Glong"
    assert (core.identifier, core.language) == ("05/TB-UBND", "vi-VN")
    assert core.created.date() == ISSUE.day


def test_the_same_content_gives_the_same_bytes_and_nothing_foreign() -> None:
    made = document_docx("conclusions", content(), ISSUE)
    assert made == document_docx("conclusions", content(), ISSUE)
    assert made != document_docx("conclusions", content(abstract="Khác"), ISSUE)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        names = set(package.namelist())
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        relations = "".join(package.read(n).decode() for n in names if n.endswith(".rels"))
    assert not {n for n in names if "thumbnail" in n or "customXml" in n or "Effects" in n}
    assert 'TargetMode="External"' not in relations


@pytest.mark.parametrize("issue", [None, LOOKED_UP], ids=["draft", "issued"])
def test_another_process_makes_the_same_bytes(issue: Issue | None) -> None:
    asked = {"issue": issue, "draft": issue is None, "template": "{number}-TB/HU"}
    here = document_docx("conclusions", content(), **asked)
    order = orders.Order("conclusions", {}, content().stored(), **asked)
    assert orders.docx(order.packed()) == here


# The order in which the format wants properties (ECMA-376, CT_PPrBase and others): a word
# processor may refuse a file that has them in another one.
ORDER = {
    "pPr": "pStyle keepNext keepLines widowControl numPr pBdr spacing ind jc outlineLvl sectPr",
    "rPr": "rFonts b bCs i iCs caps color sz szCs lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar",
    "tcPr": "tcW noWrap tcMar vAlign",
    "trPr": "cantSplit trHeight tblHeader",
    "sectPr": "headerReference type pgSz pgMar pgNumType titlePg",
    "style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr",
    "lvl": "start numFmt suff lvlText lvlJc pPr",
    "numbering": "abstractNum num",
    "tc": "tcPr p tbl",
    "tbl": "tblPr tblGrid tr",
}


def test_properties_stand_in_the_order_of_the_format(notice: Document) -> None:
    parts = (notice.element, notice.styles.element, notice.part.numbering_part.element)
    for part in parts:
        for element in part.iter():
            name = element.tag.rpartition("}")[2]
            order = ORDER.get(name, "").split()
            found = [each.tag.rpartition("}")[2] for each in element]
            if name == "tc":
                assert (found[0], found[-1]) == ("tcPr", "p")
            elif order:
                assert found == sorted(found, key=order.index), name


# Bad input ---------------------------------------------------------------------------------------


def test_markup_is_text_and_what_xml_cannot_hold_is_left_out() -> None:
    made = opened(
        "conclusions",
        content(
            issuer=["<b>UBND</b> & \"'"],
            abstract="</w:t>{{ 7 * 7 }}\ufffe",
            body="<p>a&#1;&lt;b&gt;&#xFFFF;&#x202e;c</p><script>alert(1)</script>",
            recipients=["]]>;"],
        ),
    )
    assert texts(made, "CoQuanBanHanh") == ["<B>UBND</B> & \"'"]
    assert texts(made, "TrichYeu") == ["</w:t>{{ 7 * 7 }}"]
    assert texts(made, "NoiDung") == ["a<b>c./."]
    assert "alert" not in says(made)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("", []),
        ("trần <strong>đậm</strong>", ["trần đậm"]),
        ("<ul><li>sâu" * 25, ["sâu"] * 25),
        ("<p>" + "<strong><em>" * 24 + "sâu", ["sâu"]),
        ("<li>lạc</li><h2></h2><table></table>", ["lạc"]),
        ("<ul><li><table><tr><td>ô</td></tr></table></li></ul>", ["ô"]),
        ("<table><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>", ["a", "b"]),
        ('<table class="directives"><tr><td>1</td><td>2</td></tr></table>', ["1", "2"]),
        ("<p>" + "chữ " * 50_000 + "</p>", ["chữ"] * 50_000),
    ],
    ids=["empty", "bare", "deep lists", "deep type", "stray", "table in list", "table in table",
         "other columns", "long"],
)  # fmt: skip
def test_whatever_the_body_holds_no_word_is_lost(body: str, kept: list[str]) -> None:
    made = opened("conclusions", content(body=body, signatures=[Signature(capacity=["X"])]))
    inside = says(made).split("Kết luận hội nghị")[1].split("Nơi nhận:")[0]
    # The form of the decree ends it.
    assert inside.replace("./.", " ").split() == [word for part in kept for word in part.split()]
    assert inside.count("./.") == 1


def test_a_row_that_is_taller_than_a_page_may_be_broken() -> None:
    row = "<tr><td>1</td><td>{}</td></tr>"
    made = opened("conclusions", content(body=f"<table>{row.format('dài ' * 900)}</table>"))
    assert made.tables[1].rows[0]._tr.trPr.find(qn("w:cantSplit")) is None


# In a word processor -----------------------------------------------------------------------------

needs_soffice = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)


@needs_soffice
def test_libreoffice_prints_the_same_words_on_as_many_pages_as_the_pdf(
    briefing: dict[str, dict[str, Any]], renderer: Renderer, tmp_path: Path
) -> None:
    kinds = ("minutes", "conclusions")
    made = {kind: compose(kind, briefing) for kind in kinds}
    for kind in kinds:
        (tmp_path / f"{kind}.docx").write_bytes(document_docx(kind, made[kind], ISSUE))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
        + [str(tmp_path / f"{kind}.docx") for kind in kinds],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    for kind in kinds:
        pages = read((tmp_path / f"{kind}.pdf").read_bytes())
        expected = read(renderer.pdf(paper_html(kind, made[kind], ISSUE)))
        assert len(pages) == len(expected)
        assert Counter(" ".join(pages).split()) == Counter(" ".join(expected).split())
        assert STATE in pages[0]  # on one line
        assert not pages[0].startswith("1\n")
        assert pages[1].startswith("2\n") or pages[1].startswith("Phụ lục")


def read(pdf: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [page.extract_text() for page in document.pages]
