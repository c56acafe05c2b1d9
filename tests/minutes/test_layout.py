"""What stands on the printed page, read back from the PDF: decree 30/2020/NĐ-CP."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from lxml import html

from minutes.content import Appendix, Content, Issue, sanitised
from minutes.documents import compose, paper_html
from minutes.kinds import KINDS
from minutes.layout import COLUMNS_MM, LAYOUT, URGENCY, WIDE_COLUMNS_MM

MM = 72 / 25.4
NUMBERED = ("invitation", "minutes", "conclusions")
ISSUES = {
    "invitation": Issue("05/GM-UBND", date(2023, 10, 5), "K7Q2-M9PX", "https://a.vn/verify/K7Q2"),
    "minutes": Issue("11/BB-UBND", date(2023, 10, 12), "B7Q2-M9PX", "https://a.vn/verify/B7Q2"),
    "conclusions": Issue(
        "461/TB-VP",
        date(2024, 1, 5),
        "T7Q2-M9PX",
        "https://a.vn/verify/T7Q2",
        replaces="Thông báo số 460/TB-VP ngày 17 tháng 10 năm 2023",
    ),
}
URGENT = {"invitation": "urgent", "minutes": "very_urgent", "conclusions": "express"}
REGULAR, BOLD, ITALIC, BOLD_ITALIC = (
    f"Liberation-Serif{style}" for style in ("", "-Bold", "-Italic", "-Bold-Italic")
)

Papers = Callable[[str], pdfplumber.PDF]


def printed(renderer: Any, *args: Any, **kwargs: Any) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(renderer.pdf(paper_html(*args, **kwargs))))


@pytest.fixture(scope="module")
def paper(renderer: Any, long_briefing: Any) -> Iterator[Papers]:
    """Each kind as it is issued, printed once for all tests."""
    made: dict[str, pdfplumber.PDF] = {}

    def print_one(kind: str) -> pdfplumber.PDF:
        if kind not in made:
            content = compose(kind, long_briefing)
            content.urgency = URGENT.get(kind, "")
            if kind == "conclusions":
                content.appendices *= 2
                content.appendices[1] = content.appendices[1].model_copy(update={"landscape": True})
            made[kind] = printed(renderer, kind, content, ISSUES.get(kind))
        return made[kind]

    yield print_one
    for pdf in made.values():
        pdf.close()


def words_of(page: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.extract_words(extra_attrs=["fontname", "size"])
    return found


def find(page: Any, text: str) -> list[dict[str, Any]]:
    """The words of the page that make up a text, in order."""
    wanted, words = text.split(), words_of(page)
    for start in range(len(words)):
        run = words[start : start + len(wanted)]
        if [word["text"] for word in run] == wanted:
            return run
    raise AssertionError(f"{text!r} is not on the page")


def box(words: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    return (
        min(word["x0"] for word in words),
        min(word["top"] for word in words),
        max(word["x1"] for word in words),
        max(word["bottom"] for word in words),
    )


def middle(words: list[dict[str, Any]]) -> float:
    left, _, right, _ = box(words)
    return (left + right) / 2


def rules(page: Any) -> list[dict[str, Any]]:
    return [*page.lines, *page.rects, *page.curves]


def sizes(words: list[dict[str, Any]]) -> set[float]:
    return {round(word["size"], 1) for word in words}


def fonts(words: list[dict[str, Any]]) -> set[str]:
    return {word["fontname"].split("+")[1] for word in words}


def number_of(page: Any) -> str:
    """What stands in the top margin."""
    return "".join(c["text"] for c in page.chars if c["bottom"] < LAYOUT["margin_top_mm"] * MM)


def read(pdf: pdfplumber.PDF) -> str:
    """The whole text on one line, with ordinary spaces."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


# The numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("margin_top_mm", 20, 25),
        ("margin_bottom_mm", 20, 25),
        ("margin_left_mm", 30, 35),
        ("margin_right_mm", 15, 20),
        ("page_number_pt", 13, 14),
        ("state_pt", 12, 13),
        ("motto_pt", 13, 14),
        ("issuer_pt", 12, 13),
        ("number_pt", 13, 13),
        ("place_date_pt", 13, 14),
        ("short_rule_percent", 100 / 3, 50),
        ("type_pt", 13, 14),
        ("abstract_pt", 13, 14),
        ("body_pt", 13, 14),
        ("paragraph_gap_pt", 6, 12),
        ("line_height", 1, 1.5),
        ("part_pt", 13, 14),
        ("signature_pt", 13, 14),
        ("recipients_heading_pt", 12, 12),
        ("recipients_pt", 11, 11),
        ("appendix_pt", 14, 14),
        ("reference_pt", 13, 14),
        ("mark_pt", 13, 14),
        ("mark_height_mm", 8, 8),
    ],
)
def test_the_numbers_lie_within_the_decree(name, least, most):
    assert least <= LAYOUT[name] <= most
    assert LAYOUT["indent_cm"] in (1, 1.27)
    assert {mark.words: mark.width_mm for mark in URGENCY.values()} == {
        "KHẨN": 20,
        "THƯỢNG KHẨN": 40,
        "HỎA TỐC": 30,
    }


def test_columns_fill_the_width_between_the_margins():
    sides = LAYOUT["margin_left_mm"] + LAYOUT["margin_right_mm"]
    for columns, width in ((COLUMNS_MM, "page_width_mm"), (WIDE_COLUMNS_MM, "page_height_mm")):
        for widths in columns.values():
            assert sum(widths) == LAYOUT[width] - sides
    assert LAYOUT["issuer_column_mm"] + LAYOUT["state_column_mm"] == LAYOUT["page_width_mm"] - sides


# Every page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_paper_and_margins(paper, kind):
    for page in paper(kind).pages:
        assert sorted((page.width, page.height)) == [
            pytest.approx(210 * MM, abs=0.1),
            pytest.approx(297 * MM, abs=0.1),
        ]
        right, bottom = page.width - 20 * MM, page.height - 20 * MM
        body = [c for c in page.chars if c["bottom"] > 20 * MM and c["text"].strip()]
        assert min(c["x0"] for c in body) >= 30 * MM - 1
        assert max(c["x1"] for c in body) <= right + 1
        assert min(c["top"] for c in body) >= 20 * MM - 2
        assert max(c["bottom"] for c in body) <= bottom + 1
        for rule in rules(page):
            assert rule["x0"] >= 30 * MM - 1
            assert rule["x1"] <= right + 1
            assert rule["bottom"] <= bottom + 1


@pytest.mark.parametrize("kind", KINDS)
def test_page_numbers_are_centred_in_the_top_margin_from_page_2(paper, kind):
    pages = paper(kind).pages
    numbers = [number_of(page) for page in pages]
    assert numbers[:2] in (["", "2"], [""])
    # The pages of each appendix are numbered apart, the first one not at all.
    begins = [0] + [i for i, p in enumerate(pages) if p.extract_text().startswith("Phụ lục")]
    expected = []
    for start, end in zip(begins, [*begins[1:], len(pages)], strict=True):
        expected += ["", *map(str, range(2, end - start + 1))]
    assert numbers == expected
    for page in pages:
        above = [c for c in page.chars if c["bottom"] < 20 * MM]
        if above:
            assert middle(above) == pytest.approx((page.width + 10 * MM) / 2, abs=1)
            assert sizes(above) == {LAYOUT["page_number_pt"]}
            assert fonts(above) == {REGULAR}
            assert box(above)[1] >= 5 * MM


@pytest.mark.parametrize("kind", KINDS)
def test_one_family_of_letters_in_black(paper, kind):
    for page in paper(kind).pages:
        assert fonts(page.chars) <= {REGULAR, BOLD, ITALIC, BOLD_ITALIC}
        for char in page.chars:
            colour = char["non_stroking_color"]
            assert set(colour) == {0} or char["size"] == pytest.approx(LAYOUT["mark_pt"], abs=0.1)


def test_the_body_font_has_the_vietnamese_letters():
    listed = subprocess.run(
        ["fc-match", "-f", "%{family}|%{charset}", "Liberation Serif"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    family, charset = listed.split("|")
    assert "Liberation Serif" in family, "install fonts-liberation2"
    ranges = [
        (int(part.split("-")[0], 16), int(part.split("-")[-1], 16)) for part in charset.split()
    ]
    for letter in "ậễữđẬỄỮĐ₫":
        assert any(low <= ord(letter) <= high for low, high in ranges), letter


# The head ----------------------------------------------------------------------------------------

STYLES = [
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, "state_pt"),
    ("Độc lập - Tự do - Hạnh phúc", BOLD, "motto_pt"),
    ("ỦY BAN NHÂN DÂN", BOLD, "issuer_pt"),
    ("HUYỆN ĐẮK GLONG", BOLD, "issuer_pt"),
]
OWN_STYLES = {
    "invitation": [
        ("Số: 05/GM-UBND", REGULAR, "number_pt"),
        ("Quảng Khê, ngày 05 tháng 10 năm 2023", ITALIC, "place_date_pt"),
        ("GIẤY MỜI", BOLD, "type_pt"),
        ("Tham dự Hội nghị giao ban", BOLD, "abstract_pt"),
        ("trân trọng kính mời:", REGULAR, "body_pt"),
    ],
    "minutes": [
        ("Số: 11/BB-UBND", REGULAR, "number_pt"),
        ("BIÊN BẢN", BOLD, "type_pt"),
        ("Hội nghị giao ban trực tuyến 9 tháng năm 2023", BOLD, "abstract_pt"),
        ("Thời gian bắt đầu:", REGULAR, "body_pt"),
        ("Đơn vị, điểm cầu", BOLD, "table_pt"),
        ("Phạm Quốc Toản,", REGULAR, "table_pt"),
    ],
    "conclusions": [
        ("Số: 461/TB-VP", REGULAR, "number_pt"),
        ("Quảng Khê, ngày 05 tháng 01 năm 2024", ITALIC, "place_date_pt"),
        ("THÔNG BÁO", BOLD, "type_pt"),
        ("Kết luận của Chủ tịch UBND huyện", BOLD, "abstract_pt"),
        ("Ngày 12 tháng 10 năm 2023, tại", REGULAR, "body_pt"),
        ("I. ĐÁNH GIÁ TÌNH HÌNH", BOLD, "part_pt"),
        ("1. Kết quả đạt được", BOLD, "body_pt"),
    ],
    "directives": [
        ("DANH MỤC NHIỆM VỤ", BOLD, "type_pt"),
        ("Giao tại Hội nghị", BOLD, "abstract_pt"),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_sizes_and_weights_of_the_first_page(paper, kind):
    page = paper(kind).pages[0]
    for text, font, size in STYLES + OWN_STYLES[kind]:
        assert fonts(find(page, text)) == {font}, text
        assert sizes(find(page, text)) == {LAYOUT[size]}, text


@pytest.mark.parametrize("kind", KINDS)
def test_positions_of_the_head(paper, kind):
    page = paper(kind).pages[0]
    left, right = 30 * MM, page.width - 20 * MM
    state = find(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    motto = find(page, "Độc lập - Tự do - Hạnh phúc")
    issuer = find(page, "ỦY BAN NHÂN DÂN")
    assert len({round(word["top"]) for word in state}) == 1, "the country's name on one line"
    assert box(state)[1] == pytest.approx(box(issuer)[1], abs=1), "both columns begin level"
    assert box(state)[1] == pytest.approx(20 * MM, abs=6)
    assert middle(motto) == pytest.approx(middle(state), abs=1)
    assert box(issuer)[2] < box(state)[0], "the issuer stands left"
    assert middle(issuer) < (left + right) / 2 < middle(state)
    title = find(page, KINDS[kind].type)
    assert middle(title) == pytest.approx((left + right) / 2, abs=1)
    if kind != "directives":
        number = find(page, f"Số: {ISSUES[kind].symbol}")
        assert middle(number) == pytest.approx(middle(issuer), abs=1)
        assert box(issuer)[3] < box(number)[1] < box(number)[3] < box(title)[1]
    if KINDS[kind].dated:
        place = find(page, "Quảng Khê, ngày")
        assert box(place)[1] == pytest.approx(box(number)[1], abs=1)
        assert box(place)[0] > box(number)[2]
    else:
        assert "Quảng Khê," not in page.extract_text(), "no place and date"


@pytest.mark.parametrize("kind", KINDS)
def test_rules_are_as_long_as_the_decree_says(paper, kind):
    page = paper(kind).pages[0]

    def rule_below(words: list[dict[str, Any]]) -> tuple[float, float]:
        """The lengths of a line of words and of the rule right below it."""
        x0, _, x1, bottom = box(words)
        below = [
            rule
            for rule in rules(page)
            if -1 <= rule["bottom"] - bottom < 3 * MM
            and x0 - 2 <= rule["x0"] <= rule["x1"] <= x1 + 2
        ]
        rule = min(below, key=lambda rule: rule["bottom"])
        assert (rule["x0"] + rule["x1"]) / 2 == pytest.approx(middle(words), abs=1)
        return x1 - x0, rule["x1"] - rule["x0"]

    text, rule = rule_below(find(page, "Độc lập - Tự do - Hạnh phúc"))
    assert rule == pytest.approx(text, abs=1)
    text, rule = rule_below(find(page, "HUYỆN ĐẮK GLONG"))
    assert 1 / 3 <= rule / text <= 1 / 2
    if kind in ("minutes", "directives"):
        text, rule = rule_below(
            find(page, "Hội nghị giao ban trực tuyến 9 tháng năm 2023")
            if kind == "minutes"
            else find(page, "Giao tại Hội nghị giao ban trực tuyến 9 tháng năm 2023")
        )
        assert 1 / 3 <= rule / text <= 1 / 2


@pytest.mark.parametrize("kind", NUMBERED)
def test_the_degree_of_urgency_is_boxed_in_red_below_the_number(paper, kind):
    page = paper(kind).pages[0]
    mark = URGENCY[URGENT[kind]]
    (left, top, right, bottom), words = red_box(page, mark.words)
    assert right - left == pytest.approx(mark.width_mm * MM, abs=0.5)
    assert bottom - top == pytest.approx(8 * MM, abs=0.5)
    assert top > box(find(page, f"Số: {ISSUES[kind].symbol}"))[3]
    assert middle(words) == pytest.approx((left + right) / 2, abs=1)
    assert left < box(words)[0] < box(words)[2] < right
    assert sizes(words) == {LAYOUT["mark_pt"]}
    assert fonts(words) == {BOLD}


def red(colour: Any) -> bool:
    return len(colour) == 3 and colour[0] > 0.5 > colour[1] + colour[2]


def red_box(page: Any, text: str) -> tuple[tuple[float, ...], list[dict[str, Any]]]:
    """The edges of the red box around a text in red."""
    words = find(page, text)
    x0, top, x1, bottom = box(words)
    inside = [c for c in page.chars if x0 <= c["x0"] < x1 and top <= c["top"] < bottom]
    assert all(red(char["non_stroking_color"]) for char in inside)
    edges = [
        (rect["x0"], rect["top"], rect["x1"], rect["bottom"])
        for rect in page.rects
        if red(rect["non_stroking_color"]) and rect["top"] < top < bottom < rect["bottom"]
    ]
    return min(edges), words


# The body ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NUMBERED)
def test_paragraphs_are_indented_justified_and_apart(paper, kind):
    begins = {
        "invitation": "Chủ trì:",
        "minutes": "Chủ trì (chủ tọa):",
        "conclusions": "Ngày 12 tháng",
    }[kind]
    page = next(p for p in paper(kind).pages if begins in p.extract_text())
    lines = page.extract_text_lines()
    first = next(i for i, line in enumerate(lines) if line["text"].startswith(begins))
    assert lines[first]["x0"] == pytest.approx((30 + 12.7) * MM, abs=1)
    assert lines[first + 1]["x0"] == pytest.approx(30 * MM, abs=1)
    assert lines[first]["x1"] == pytest.approx(190 * MM, abs=1.5)
    # From line to line in points: from single to 1.5 times the letters, 6 more to a paragraph.
    pitch = lines[first + 1]["top"] - lines[first]["top"]
    assert 14 <= pitch <= 1.5 * 14 * 1.17
    following = next(i for i in range(first + 1, len(lines)) if lines[i]["x0"] > (30 + 12) * MM)
    gap = lines[following]["top"] - lines[following - 1]["top"] - pitch
    assert gap >= 6 - 0.5


def test_heads_of_tables_are_repeated(paper):
    for kind, head in (
        ("minutes", "Nội dung Đơn vị chủ trì Đơn vị phối hợp Thời hạn"),
        ("minutes", "Chỉ tiêu Đơn vị tính Kế hoạch Ước thực hiện Đánh giá"),
        ("conclusions", "Nội dung Đơn vị chủ trì Đơn vị phối hợp Thời hạn"),
        ("directives", "Nội dung Đơn vị chủ trì Đơn vị phối hợp Thời hạn"),
    ):
        mine = "Chỉ tiêu số" if "Chỉ tiêu" in head else "nguồn thu, xong"
        # A page with many rules holds a table.
        pages = [p.extract_text() for p in paper(kind).pages if len(rules(p)) > 20]
        tables = [text for text in pages if mine in text]
        assert len(tables) >= 2, kind
        for text in tables[1:]:
            # Right below the page number.
            above = text.splitlines()[:2]
            assert text.startswith("Phụ lục") or any(line.endswith(head) for line in above), text


def test_the_parts_of_a_document_are_bookmarks(paper):
    content = paper("conclusions").stream
    content.seek(0)
    with pypdfium2.PdfDocument(content.read()) as pdf:
        titles = [mark.get_title() for mark in pdf.get_toc()]
    assert titles[:3] == ["THÔNG BÁO", "I. ĐÁNH GIÁ TÌNH HÌNH", "1. Kết quả đạt được"]
    assert "Nơi nhận:" not in titles
    assert titles[-2:] == ["Phụ lục I", "Phụ lục II"]


def test_metadata_names_language_and_title(paper):
    pdf = paper("invitation")
    title = "Giấy mời: Tham dự Hội nghị giao ban trực tuyến 9 tháng năm 2023"
    assert pdf.metadata["Title"] == title
    assert pdf.doc.catalog["Lang"] in (b"vi", "vi")


# The end -----------------------------------------------------------------------------------------


def signing_page(pdf: pdfplumber.PDF, content: Content) -> Any:
    """The page with the recipients, which stand with the signatures."""
    return next(page for page in pdf.pages if "Nơi nhận:" in page.extract_text())


@pytest.mark.parametrize("kind", NUMBERED)
def test_signatures_and_recipients_stand_where_the_models_have_them(paper, long_briefing, kind):
    content = compose(kind, long_briefing)
    page = signing_page(paper(kind), content)
    heading = find(page, "Nơi nhận:")
    capacity = find(page, content.signatures[-1].capacity[0])
    name = find(page, content.signatures[-1].name)
    for words, font, size in (
        (heading, BOLD_ITALIC, "recipients_heading_pt"),
        (find(page, "- Lưu: VT,"), REGULAR, "recipients_pt"),
        (capacity, BOLD, "signature_pt"),
        (name, BOLD, "signature_pt"),
    ):
        assert fonts(words) == {font}
        assert sizes(words) == {LAYOUT[size]}
    assert box(heading)[0] == pytest.approx(30 * MM, abs=1)
    assert middle(capacity) == pytest.approx(150 * MM, abs=1), "the right half's middle"
    assert middle(name) == pytest.approx(150 * MM, abs=1)
    assert box(name)[1] - box(capacity)[3] >= 25 * MM, "room for signature and seal"
    if kind == "minutes":
        secretary = find(page, "THƯ KÝ")
        assert middle(secretary) == pytest.approx(70 * MM, abs=1)
        assert box(secretary)[1] == pytest.approx(box(capacity)[1], abs=1)
        assert box(heading)[1] > box(name)[3]
    else:
        assert box(heading)[1] == pytest.approx(box(capacity)[1], abs=4)


@pytest.mark.parametrize("kind", NUMBERED)
def test_the_body_ends_with_its_mark_right_before_the_signatures(paper, long_briefing, kind):
    content = compose(kind, long_briefing)
    text = " ".join(signing_page(paper(kind), content).extract_text().split())
    assert read(paper(kind)).count("./.") == 1
    before = text[: text.index("./.")]
    assert before.strip(), "the end of the last sentence stands on the same page"
    assert text.index("./.") < text.index(content.signatures[0].capacity[0])


@pytest.mark.parametrize("length", range(0, 30, 6))
@pytest.mark.parametrize("kind", NUMBERED)
def test_a_signature_never_stands_alone(renderer, briefing, kind, length):
    content = compose(kind, briefing)
    content.body = content.body.replace("<h2>", "<p>Một dòng.</p>" * length + "<h2>", 1)
    if kind == "invitation":
        content.body = "<p>Một dòng.</p>" * (length + 10) + content.body
    closing = content.body.rpartition("<p>")[2][-24:-4]
    with printed(renderer, kind, content) as pdf:
        page = signing_page(pdf, content).extract_text()
        assert closing in " ".join(page.split())
        for signature in content.signatures:
            assert signature.name in page[page.index(signature.capacity[-1]) :]


def test_a_number_in_a_title_stays_with_what_it_counts(renderer, briefing):
    content = compose("conclusions", briefing)
    for words in range(6, 14):
        content.abstract = "Kết " * words + "trọng tâm 3 tháng cuối năm 2023"
        with printed(renderer, "conclusions", content) as pdf:
            lines = pdf.pages[0].extract_text().splitlines()
            title = lines[lines.index("THÔNG BÁO") + 1 :][:6]
            assert not [line for line in title if line.endswith((" 3", "năm"))], words


def test_even_an_endless_last_paragraph_keeps_its_end_with_the_signatures(renderer, briefing):
    content = compose("minutes", briefing)
    for words in (220, 250, 280):
        content.body = f"<p>{'lời cuối ' * words}hết.</p>"
        with printed(renderer, "minutes", content) as pdf:
            page = signing_page(pdf, content)
            text = page.extract_text()
            assert "lời cuối hết./." in " ".join(text.split())
            assert text.index("hết./.") < text.index("THƯ KÝ")


def test_an_issued_document_shows_how_it_is_looked_up_and_what_it_replaces(paper, long_briefing):
    content = compose("conclusions", long_briefing)
    page = signing_page(paper("conclusions"), content)
    text = page.extract_text()
    assert "Tra cứu văn bản: https://a.vn/verify/T7Q2" in text
    assert "Mã tra cứu: T7Q2-M9PX" in text
    whole = read(paper("conclusions"))
    sentence = "Thông báo này thay thế Thông báo số 460/TB-VP ngày 17 tháng 10 năm 2023."
    assert whole.index(sentence) < whole.index("Thừa lệnh Chủ tịch")
    # The dark squares of the code, without the quiet zone of four modules around its 25.
    dark = [r for r in rules(page) if r["x0"] >= 30 * MM - 1 and r["x1"] <= 54 * MM]
    low = [r for r in dark if r["top"] > box(find(page, "Nơi nhận:"))[3]]
    assert max(r["x1"] for r in low) - min(r["x0"] for r in low) == pytest.approx(18 * MM, abs=1)


# Appendices --------------------------------------------------------------------------------------


def test_several_appendices_are_numbered_and_name_what_they_belong_to(paper, long_briefing):
    pdf = paper("conclusions")
    heads = [page for page in pdf.pages if page.extract_text().startswith("Phụ lục")]
    assert [page.extract_text().splitlines()[0] for page in heads] == ["Phụ lục I", "Phụ lục II"]
    assert [page.width > page.height for page in heads] == [False, True]
    reference = (
        "(Kèm theo Thông báo số 461/TB-VP ngày 05 tháng 01 năm 2024 của Ủy ban nhân dân huyện"
    )
    for page in heads:
        centre = (page.width + 10 * MM) / 2
        word, title = find(page, "Phụ lục"), find(page, "NHIỆM VỤ GIAO CÁC CƠ QUAN,")
        assert fonts(word + title) == {BOLD}
        assert sizes(word + title) == {14}
        line = find(page, page.extract_text().splitlines()[0])
        assert middle(line) == pytest.approx(centre, abs=1)
        assert reference in " ".join(page.extract_text().split())
        assert fonts(find(page, "(Kèm theo")) == {ITALIC}
    assert "Phụ lục I" not in read(paper("minutes")), "one alone carries no number"
    assert "Phụ lục KẾT QUẢ" in read(paper("minutes"))


# Drafts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NUMBERED)
def test_a_draft_is_marked_and_its_number_and_day_are_open(renderer, briefing, kind):
    content = compose(kind, briefing)
    with printed(renderer, kind, content, draft=True) as pdf:
        page = pdf.pages[0]
        red_box(page, "DỰ THẢO")
        letters = KINDS[kind].letters
        assert re.search(rf"Số: +/{letters}-UBND", page.extract_text(layout=True))
        assert ("Quảng Khê, ngày tháng năm" in page.extract_text()) == KINDS[kind].dated
        number, symbol = find(page, f"Số: /{letters}-UBND")
        assert symbol["x0"] - number["x1"] > 7 * MM, "room for a number written by hand"
    with printed(renderer, kind, content, template="{number}-TB/TU") as pdf:
        assert "DỰ THẢO" not in read(pdf)
        assert re.search(r"Số: +-TB/TU", pdf.pages[0].extract_text(layout=True))


# What people have edited -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("", "./."),
        ("<p>Một.</p><p></p><p> </p>", "Một./."),
        ("<p>Hai./.</p><p>Ba;</p>", "Hai. Ba./."),
        ("<p>Bốn <strong>năm</strong>.</p>", "Bốn năm./."),
        ("chữ rời <em>nghiêng</em>", "chữ rời nghiêng./."),
        ("<ol><li>Một;</li><li>Hai.</li></ol>", "1. Một; 2. Hai./."),
        ("<p>Gồm</p><ul><li>Một;</li><li>Hai</li></ul>", "Gồm - Một; - Hai./."),
        ("<h2>ii. phần</h2>", "II. PHẦN ./."),
    ],
)
def test_the_end_of_the_body_is_put_right(renderer, briefing, body, ends):
    content = compose("minutes", briefing)
    content.appendices, content.body = [], sanitised(body)
    with printed(renderer, "minutes", content) as pdf:
        text = " ".join(pdf.pages[0].extract_text().split())
    assert f"năm 2023 {ends} THƯ KÝ" in text


def test_capitals_are_the_layouts_business(renderer, briefing):
    content = compose("minutes", briefing)
    content.issuer, content.superior = ["Phòng Nội vụ"], ["ubnd huyện Đắk Glong"]
    content.signatures[0].capacity = ["thư ký"]
    content.appendices = [Appendix(title="biểu một", body="<p>Lời.</p>", landscape=False)]
    with printed(renderer, "minutes", content) as pdf:
        text = read(pdf)
        superior = find(pdf.pages[0], "UBND HUYỆN ĐẮK GLONG")
        assert fonts(superior) == {REGULAR}
    for words in ("PHÒNG NỘI VỤ", "THƯ KÝ", "BIỂU MỘT"):
        assert words in text


# Bad input ---------------------------------------------------------------------------------------


def overlapping(boxes: list[tuple[float, float, float, float]]) -> list[tuple[float, ...]]:
    """The runs of text that are printed over others."""
    found = []
    for place, (left, bottom, right, top) in enumerate(boxes):
        for others_left, others_bottom, others_right, others_top in boxes[place + 1 :]:
            across = min(right, others_right) - max(left, others_left)
            down = min(top, others_top) - max(bottom, others_bottom)
            # Vietnamese letters with two marks reach into the line above by their nature.
            if across > 1 and down > 0.4 * min(top - bottom, others_top - others_bottom):
                found.append((left, bottom, right, top))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_strange_letters_and_endless_names_stay_inside_the_page(renderer, briefing, kind):
    strange = "🎉 \u202engược\u202c \u200fمرحبا\n\n\nđoạn \ud800 \x00 \x0b \uffff <b>&amp;"
    nfd = unicodedata.normalize("NFD", "Ủy ban nhân dân huyện Đắk Glong ") + "Đ" * 170
    briefing["unit/1"]["name"] = nfd
    briefing["unit/3"]["name"] = "Đ" * 200
    briefing["unit/4"]["name"] = "Phòng " + "rất dài " * 24
    briefing["person/4"]["name"] = unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Điệp")
    briefing["person/8"]["name"] = "H" * 120
    briefing["meeting/1"]["title"] = "Hội nghị " + "X" * 300
    briefing["meeting/1"]["location"] = strange
    briefing["directive/2"] |= {"text": "W" * 400, "due": None, "due_text": "M" * 60}
    for key in ("entry/1", "conclusion/1", "directive/1"):
        briefing[key]["text"] = strange
    for key in range(3, 60):
        briefing[f"agenda_item/{key}"] = {**briefing["agenda_item/2"], "id": key, "title": "T" * 90}
    page = paper_html(kind, compose(kind, briefing), ISSUES.get(kind), draft=True)
    whole = ""
    # Read with another reader: pdfminer knows no fonts in which a letter is missing.
    with pypdfium2.PdfDocument(renderer.pdf(page)) as pdf:
        for page in pdf:
            text = page.get_textpage()
            boxes = [text.get_rect(place) for place in range(text.count_rects())]
            assert max(right for _, _, right, _ in boxes) <= page.get_width() - 20 * MM + 2
            assert min(bottom for _, bottom, _, _ in boxes) >= 20 * MM - 2
            assert overlapping(boxes) == []
            whole += " ".join(text.get_text_range().split()) + " "
    assert "\u202e" not in whole
    if kind != "directives":
        assert "Nơi nhận:" in whole
    if kind == "minutes":
        assert "Nguyễn Thị Ngọc Điệp" in whole


@pytest.mark.scale
def test_a_very_large_record_is_printed_whole(renderer, briefing):
    words = [f"từ{number}" for number in range(7_200)]
    for number in range(1, 4):  # each as long as a line of the record may be
        said = " ".join(words[(number - 1) * 2_400 : number * 2_400])
        briefing[f"entry/{number}"]["text"] = said
    for number in range(3, 401):
        directive = {**briefing["directive/2"], "id": number, "text": f"Việc số {number}."}
        briefing[f"directive/{number}"] = directive
    page = paper_html("minutes", compose("minutes", briefing))
    with pypdfium2.PdfDocument(renderer.pdf(page, deadline_seconds=300)) as pdf:
        whole = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    assert set(words) <= set(re.findall(r"từ\d+", whole))
    assert "Việc số 400." in whole


def test_endless_words_get_places_to_break_and_lose_no_letter(briefing):
    briefing["directive/1"]["text"] = "W" * 20_000
    briefing["entry/1"]["text"] = "ngắn " + "đ" * 99 + " " + "á" * 20_001
    page = html.fromstring(paper_html("minutes", compose("minutes", briefing)))
    text = page.text_content()
    assert max(map(len, re.split(r"[\s\u200b]", text))) == 99, "shorter ones stay as they are"
    assert text.count("W") >= 20_000
    assert text.count("á") >= 20_001
