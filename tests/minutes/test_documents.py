"""The two documents: what is composed, and what stands on the printed page."""

from __future__ import annotations

import io
import re
import subprocess

import pdfplumber
import pypdfium2
import pytest

from minutes.documents import (
    DirectiveTable,
    Document,
    Record,
    compose_conclusions,
    compose_minutes,
    directive_sentence,
    render_html,
)
from minutes.layout import ATTENDANCE_COLUMNS_MM, DIRECTIVE_COLUMNS_MM, LAYOUT
from minutes.numbers import count, deadline, long_date, roman, short_date
from minutes.render import Renderer

MM = 72 / 25.4
COMPOSERS = (compose_minutes, compose_conclusions)
EMPTY = {
    "meeting/1": {"id": 1, "title": "", "state": "live", "starts_at": "2026-01-05T08:00+07:00"}
}


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if hasattr(block, "text")]


def printed(renderer: Renderer, document: Document) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(renderer.pdf(render_html(document))))


def read(pdf: pdfplumber.PDF) -> str:
    """The whole text on one line, with ordinary spaces."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def in_order(whole: str, *parts: str) -> None:
    place = 0
    for part in parts:
        found = whole.find(part, place)
        assert found >= 0, f"{part!r} is missing or stands too early"
        place = found + len(part)


# Numbers and dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "written"),
    [
        ("2023-11-30", "30/11/2023"),
        ("2023-02-05", "05/02/2023"),
        ("2023-09-14", "14/9/2023"),
        ("2023-10-20T17:00", "17 giờ 00 ngày 20/10/2023"),
        ("2023-10-20T10:30:00+00:00", "17 giờ 30 ngày 20/10/2023"),
        ("2023-11", "tháng 11/2023"),
        ("2024-01", "tháng 01/2024"),
        ("2023-Q4", "quý IV/2023"),
        ("ongoing", "thường xuyên"),
        (None, None),
        ("", None),
    ],
)
def test_deadlines_are_written_in_vietnamese(due, written):
    assert deadline(due) == written


def test_counts_dates_and_parts_are_written_as_offices_do():
    assert [count(7), count(35), count(1250)] == ["07", "35", "1.250"]
    assert [roman(n) for n in (1, 4, 9, 14)] == ["I", "IV", "IX", "XIV"]
    day = Record({"meeting/1": {"starts_at": "2026-01-04T20:00:00Z"}}).begun_at
    assert long_date(day) == "ngày 05 tháng 01 năm 2026"
    assert short_date(day) == "05/01/2026"


def test_table_columns_fill_the_width_between_the_margins():
    width = LAYOUT["page_width_mm"] - LAYOUT["margin_left_mm"] - LAYOUT["margin_right_mm"]
    assert sum(ATTENDANCE_COLUMNS_MM) == sum(DIRECTIVE_COLUMNS_MM) == width
    assert LAYOUT["issuer_column_mm"] + LAYOUT["state_column_mm"] == width


# Minutes -----------------------------------------------------------------------------------------


def test_minutes_hold_the_labels_of_the_model_in_order(briefing):
    document = compose_minutes(briefing)
    in_order(
        "\n".join([document.name, document.abstract, *texts(document), document.closing]),
        "BIÊN BẢN",
        "Hội nghị giao ban trực tuyến 9 tháng năm 2023",
        "Thời gian bắt đầu: 08 giờ 02, ngày 12 tháng 10 năm 2023.",
        "Địa điểm: Hội trường UBND huyện và điểm cầu các xã.",
        "Thành phần tham dự: 05 đại biểu được mời (trực tiếp 02, trực tuyến 02, vắng 01), gồm:",
        "Chủ trì (chủ tọa): Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong; "
        "Đoàn Văn Phương, Phó Chủ tịch UBND huyện Đắk Glong.",
        "Thư ký (người ghi biên bản): Lê Thị Hằng, Chuyên viên Văn phòng HĐND và UBND huyện.",
        "Nội dung (theo diễn biến hội nghị):",
        "II. KẾT LUẬN CỦA CHỦ TỌA",
        "1. Kết quả đạt được",
        "2. Tồn tại, hạn chế",
        "3. Nhiệm vụ chung",
        "4. Tổ chức thực hiện",
        "Hội nghị kết thúc vào 11 giờ 18, ngày 12 tháng 10 năm 2023./.",
    )
    assert document.letterhead.place_date is None
    assert document.letterhead.issuer == ("ỦY BAN NHÂN DÂN", "HUYỆN ĐẮK GLONG")
    assert re.fullmatch(r"Số:\s+/BB-UBND", document.letterhead.number)
    signed = [(signature.capacity, signature.name) for signature in document.signatures]
    assert signed == [(("THƯ KÝ",), "Lê Thị Hằng"), (("CHỦ TỌA",), "Trần Nam Thuần")]
    assert document.recipients[-1] == "Lưu: VT, Hồ sơ."
    assert not document.draft


def test_attendance_says_who_came_how_and_for_whom(briefing):
    table = next(b for b in compose_minutes(briefing).blocks if b.kind == "attendance")
    rows = [(row.unit, row.people, row.mode) for row in table.rows]
    assert rows == [
        ("Phòng Tài chính - Kế hoạch", "Phạm Quốc Toản, Trưởng phòng", "Trực tiếp"),
        ("UBND xã Quảng Sơn", "K'Brông, Chủ tịch", "Trực tuyến"),
        ("UBND xã Đắk R'Măng", "K'Tiêng (dự thay H'Mai, Chủ tịch)", "Trực tuyến"),
        ("Công an huyện", "Vũ Đình Lâm, Trưởng Công an huyện", "Vắng: dự họp ở tỉnh"),
        ("Văn phòng HĐND và UBND huyện", "Hoàng Minh Ngữ, Chánh Văn phòng", "Trực tiếp"),
    ]


def table_of(document):
    table = next(b for b in document.blocks if b.kind == "attendance")
    return [(row.people, row.mode) for row in table.rows]


def presidium_of(document):
    lines = [t for t in texts(document) if t.startswith(("Chủ trì", "Thư ký"))]
    return [line.split(": ")[1] for line in lines], [each.name for each in document.signatures]


CHAIR = "Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong"
DEPUTY = "Đoàn Văn Phương, Phó Chủ tịch UBND huyện Đắk Glong"
SECRETARY = "Lê Thị Hằng, Chuyên viên Văn phòng HĐND và UBND huyện"


def test_an_absent_chair_did_not_preside_and_is_listed_with_the_reason(briefing):
    briefing["attendance/1"].update(status="absent", reason="Đi công tác")
    briefing["attendance/3"].update(status="absent", reason=None)
    minutes = compose_minutes(briefing)
    # The only secretary was away: who wrote instead is for the office to fill in.
    assert presidium_of(minutes) == ([DEPUTY + ".", "…………………………"], ["", "Đoàn Văn Phương"])
    assert table_of(minutes)[:2] == [
        ("Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện", "Vắng: Đi công tác"),
        ("Lê Thị Hằng, Chuyên viên", "Vắng"),
    ]
    assert any("07 đại biểu được mời" in t and "vắng 03" in t for t in texts(minutes))
    notice = compose_conclusions(briefing)
    assert "Trần Nam Thuần" not in "\n".join([notice.abstract, *texts(notice)])
    assert "Phó Chủ tịch UBND huyện Đắk Glong Đoàn Văn Phương chủ trì Hội nghị" in texts(notice)[0]
    del briefing["unit/2"]
    signature = compose_conclusions(briefing).signatures[0]
    assert signature.capacity == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert signature.name == "Đoàn Văn Phương"


def test_a_chair_who_sent_somebody_sits_in_the_table_with_the_stand_in(briefing):
    briefing["attendance/2"].update(deputy_name="Bùi Văn An")
    minutes = compose_minutes(briefing)
    assert presidium_of(minutes)[0][0] == CHAIR + "."
    assert table_of(minutes)[0][0].startswith("Bùi Văn An (dự thay Đoàn Văn Phương")


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        ("unknown", "unknown", f"{CHAIR}; {DEPUTY}."),
        ("unknown", "absent", f"{CHAIR}."),
        ("unknown", "online", f"{DEPUTY}."),
        ("absent", "absent", "…………………………"),
    ],
)
def test_without_a_mark_the_presidium_stands_unless_it_is_absent(briefing, first, second, line):
    briefing["attendance/1"]["status"] = first
    briefing["attendance/2"]["status"] = second
    lines, signers = presidium_of(compose_minutes(briefing))
    assert lines == [line, SECRETARY + "."]
    assert signers[1] == (line.split(",")[0] if "," in line else "")


def test_where_every_chair_was_absent_the_notice_names_none(briefing):
    for key in (1, 2):
        briefing[f"attendance/{key}"]["status"] = "absent"
    notice = compose_conclusions(briefing)
    whole = "\n".join([notice.abstract, *texts(notice)])
    assert "Kết luận của chủ tọa tại" in whole
    assert "Ủy ban nhân dân huyện Đắk Glong tổ chức Hội nghị" in whole
    assert "Thuần" not in whole
    assert "Phương" not in whole


def test_the_discussion_names_a_speaker_once_for_each_turn(briefing):
    found = texts(compose_minutes(briefing))
    start = found.index("1. Báo cáo kinh tế - xã hội 9 tháng") + 1
    assert found[start : start + 6] == [
        "- Phạm Quốc Toản, Trưởng phòng Tài chính - Kế hoạch báo cáo: "
        "Thu ngân sách được 139.396 triệu đồng, đạt 45,76%.",
        "Diện tích gieo trồng 32.787,8 ha.",
        "- Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong hỏi: "
        "Khi nào giải ngân xong?",
        "- Phạm Quốc Toản, Trưởng phòng Tài chính - Kế hoạch trả lời: Trong quý IV.",
        "2. Thảo luận",
        "Không có ý kiến.",
    ]


def test_remarks_without_an_item_are_not_lost(briefing):
    briefing["entry/1"]["item_id"] = None
    found = texts(compose_minutes(briefing))
    assert any("139.396" in text for text in found[found.index("3. Ý kiến khác") :])


@pytest.mark.parametrize(
    ("title", "unit", "full"),
    [
        ("Trưởng phòng", 3, "Trưởng phòng Tài chính - Kế hoạch"),
        ("Trưởng phòng TC-KH", 3, "Trưởng phòng TC-KH"),
        ("Chủ tịch", 4, "Chủ tịch UBND xã Quảng Sơn"),
        ("Chủ tịch UBND huyện", 1, "Chủ tịch UBND huyện Đắk Glong"),
        ("Trưởng Công an huyện", 6, "Trưởng Công an huyện"),
        ("Giám đốc", None, "Giám đốc"),
        (None, 6, "Công an huyện"),
    ],
)
def test_a_title_names_its_unit_once(briefing, title, unit, full):
    assert Record(briefing).full_title(title, unit) == full


# Notice of conclusions ---------------------------------------------------------------------------


def test_the_notice_opens_evaluates_assigns_and_organises(briefing):
    document = compose_conclusions(briefing)
    in_order(
        "\n".join([document.name, document.abstract, *texts(document), document.closing]),
        "THÔNG BÁO",
        "Kết luận của Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong Trần Nam Thuần tại Hội",
        "Ngày 12 tháng 10 năm 2023, tại Hội trường UBND huyện",
        "đồng chủ trì Hội nghị giao ban",
        "có đại diện: Phòng Tài chính - Kế hoạch; UBND xã Quảng Sơn; UBND xã Đắk R'Măng",
        "Sau khi nghe báo cáo của Phòng Tài chính - Kế hoạch và ý kiến của các đại biểu",
        "kết luận như sau:",
        "I. ĐÁNH GIÁ TÌNH HÌNH",
        "1. Kết quả đạt được\nNgân sách huyện thu 46.124/133.761.",
        "2. Tồn tại, hạn chế\nGiải ngân mới đạt 15,29%.",
        "II. NHIỆM VỤ TRỌNG TÂM\n1. Các đơn vị tập trung giải ngân.",
        "2. Giao Phòng TC-KH chủ trì, phối hợp với UBND xã Quảng Sơn rà soát nguồn thu, "
        "xong trước ngày 30/11/2023.\n",
        "3. Giao Công an huyện chủ trì, phối hợp với UBND xã Quảng Sơn và UBND xã Đắk R'Măng: "
        "Tăng cường tuần tra; thời hạn: quý IV/2023.",
        "III. TỔ CHỨC THỰC HIỆN\nVăn phòng theo dõi, đôn đốc.",
        "Văn phòng HĐND và UBND huyện thông báo",
        "./.",
    )
    assert "Công an huyện" not in next(t for t in texts(document) if "đại diện" in t)
    assert document.letterhead.place_date == "Quảng Khê, ngày 12 tháng 10 năm 2023"
    assert re.fullmatch(r"Số:\s+/TB-UBND", document.letterhead.number)
    assert document.signatures[0].capacity == ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")
    assert document.signatures[0].name == "Hoàng Minh Ngữ"
    assert all(line.endswith(";") for line in document.recipients[:-1])
    assert document.recipients[-1] == "Lưu: VT, VP."


def test_the_table_of_directives_is_complete(briefing):
    table = compose_conclusions(briefing).appendix.table
    assert isinstance(table, DirectiveTable)
    assert [(row.leads, row.supporting, row.due) for row in table.rows] == [
        ("Phòng Tài chính - Kế hoạch", "UBND xã Quảng Sơn", "30/11/2023"),
        ("Công an huyện", "UBND xã Quảng Sơn; UBND xã Đắk R'Măng", "Quý IV/2023"),
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"text": "Rà soát nguồn thu", "due": "2023-11-30", "due_text": "trước 30/11"},
            "Giao Phòng Tài chính - Kế hoạch: Rà soát nguồn thu; trước 30/11.",
        ),
        (
            {"text": "Trưởng phòng Tài chính – Kế hoạch báo cáo."},
            "Giao Phòng Tài chính - Kế hoạch: Trưởng phòng Tài chính – Kế hoạch báo cáo.",
        ),
        (
            {"text": "Trưởng Phòng Tài chính-Kế hoạch báo cáo thường xuyên.", "due": "ongoing"},
            "Trưởng Phòng Tài chính-Kế hoạch báo cáo thường xuyên.",
        ),
        ({"text": "Các xã báo cáo.", "lead_unit_ids": []}, "Các xã báo cáo."),
    ],
)
def test_a_directive_becomes_a_complete_sentence(briefing, changes, sentence):
    directive = {"lead_unit_ids": [3], "supporting_unit_ids": [], "due": None, **changes}
    assert directive_sentence(Record(briefing), directive) == sentence


@pytest.mark.parametrize(
    ("chair", "capacity"),
    [
        (1, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (2, ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
    ],
)
def test_without_an_office_the_chair_signs_for_the_committee(briefing, chair, capacity):
    del briefing["unit/2"]
    briefing["meeting/1"]["chair_ids"] = [chair]
    signature = compose_conclusions(briefing).signatures[0]
    assert signature.capacity == capacity
    assert signature.name == briefing[f"person/{chair}"]["name"]


def test_another_unit_issues_under_its_superior_and_its_own_letters(briefing):
    briefing["meeting/1"]["organizer_unit_id"] = 3
    document = compose_conclusions(briefing)
    assert document.letterhead.superior == ("ỦY BAN NHÂN DÂN HUYỆN ĐẮK GLONG",)
    assert document.letterhead.issuer == ("PHÒNG TÀI CHÍNH - KẾ HOẠCH",)
    assert document.letterhead.number.endswith("/TB-PTCKH")
    assert document.signatures[0].capacity == ("CHỦ TỌA",)


def test_the_place_comes_from_the_name_when_the_unit_has_none(briefing):
    briefing["unit/1"]["place"] = None
    assert compose_conclusions(briefing).letterhead.place_date.startswith("Đắk Glong, ngày 12")


# The printed page --------------------------------------------------------------------------------


@pytest.fixture(params=COMPOSERS, ids=["minutes", "conclusions"])
def compose(request):
    return request.param


def test_the_text_reads_back_in_order(renderer, briefing):
    with printed(renderer, compose_minutes(briefing)) as pdf:
        in_order(
            read(pdf),
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "BIÊN BẢN",
            "Thời gian bắt đầu:",
            "Địa điểm:",
            "Thành phần tham dự:",
            "Chủ trì (chủ tọa):",
            "Thư ký (người ghi biên bản):",
            "139.396 triệu đồng, đạt 45,76%",
            "46.124/133.761",
            "15,29%",
            "kết thúc vào 11 giờ 18, ngày 12 tháng 10 năm 2023./.",
            "THƯ KÝ CHỦ TỌA",
            "Lê Thị Hằng Trần Nam Thuần",
            "Nơi nhận:",
            "Lưu: VT, Hồ sơ.",
        )
    with printed(renderer, compose_conclusions(briefing)) as pdf:
        in_order(
            read(pdf),
            "Quảng Khê, ngày 12 tháng 10 năm 2023",
            "THÔNG BÁO",
            "I. ĐÁNH GIÁ",
            "II. NHIỆM VỤ",
            "III. TỔ CHỨC",
            "./.",
            "TL. CHỦ TỊCH",
            "Phụ lục",
            "(Kèm theo Thông báo số",
            "Quý IV/2023",
        )


def test_the_page_obeys_the_decree(renderer, briefing, compose):
    for number in range(3, 60):
        briefing[f"directive/{number}"] = {**briefing["directive/1"], "id": number}
    with printed(renderer, compose(briefing)) as pdf:
        assert len(pdf.pages) > 2
        for number, page in enumerate(pdf.pages, start=1):
            assert page.width == pytest.approx(210 * MM, abs=0.1)
            assert page.height == pytest.approx(297 * MM, abs=0.1)
            body = [char for char in page.chars if char["top"] > 20 * MM - 1]
            assert min(char["x0"] for char in body) >= 30 * MM - 1
            assert max(char["x1"] for char in body) <= 190 * MM + 1
            assert max(char["bottom"] for char in body) <= 277 * MM + 1
            for rule in [*page.lines, *page.rects, *page.curves]:
                assert rule["x1"] <= 190 * MM + 1
            above = [char for char in page.chars if char["bottom"] < 20 * MM]
            if number == 1:
                assert not above
            else:
                assert "".join(char["text"] for char in above) == str(number)
                middle = (above[0]["x0"] + above[-1]["x1"]) / 2
                assert middle == pytest.approx(110 * MM, abs=1)
                assert above[0]["size"] == pytest.approx(LAYOUT["page_number_pt"], abs=0.1)
                assert above[0]["fontname"].endswith("Liberation-Serif")


def test_fonts_and_sizes_of_the_components(renderer, briefing):
    with printed(renderer, compose_conclusions(briefing)) as pdf:
        assert {c["fontname"].split("+")[1] for page in pdf.pages for c in page.chars} <= {
            "Liberation-Serif",
            "Liberation-Serif-Bold",
            "Liberation-Serif-Italic",
            "Liberation-Serif-Bold-Italic",
        }
        words = pdf.pages[0].extract_words(extra_attrs=["fontname", "size"])
        font = {word["text"]: (word["fontname"].split("+")[1], word["size"]) for word in words}
        bold, italic = "Liberation-Serif-Bold", "Liberation-Serif-Italic"
        assert font["CỘNG"] == (bold, pytest.approx(12.5, abs=0.1))
        assert font["Hạnh"] == (bold, pytest.approx(13.5, abs=0.1))
        assert font["Khê,"] == (italic, pytest.approx(13.5, abs=0.1))
        assert font["THÔNG"] == (bold, pytest.approx(14, abs=0.1))
        assert font["nghe"] == ("Liberation-Serif", pytest.approx(14, abs=0.1))
        # The country's name stays on one line.
        first = [w for w in words if w["text"] in ("CỘNG", "HÒA", "NGHĨA", "VIỆT", "NAM")]
        assert len({round(word["top"]) for word in first}) == 1


def test_rules_are_as_long_as_the_decree_says(renderer, briefing):
    with printed(renderer, compose_minutes(briefing)) as pdf:
        page = pdf.pages[0]
        words = page.extract_words()
        edges = [
            (edge["x0"], edge["x1"], edge["bottom"])
            for edge in [*page.lines, *page.rects, *page.curves]
        ]

        def rule_below(text: str) -> tuple[float, float]:
            """Return the lengths of a line of words and of the rule right below it."""
            line = text.split()
            place = next(
                i
                for i in range(len(words))
                if [word["text"] for word in words[i : i + len(line)]] == line
            )
            start, end = words[place], words[place + len(line) - 1]
            rule = next(
                (x0, x1)
                for x0, x1, bottom in sorted(edges, key=lambda edge: edge[2])
                if bottom >= start["bottom"] - 1 and start["x0"] - 2 <= x0 and x1 <= end["x1"] + 2
            )
            return end["x1"] - start["x0"], rule[1] - rule[0]

        text, rule = rule_below("Độc lập - Tự do - Hạnh phúc")
        assert rule == pytest.approx(text, abs=1)
        text, rule = rule_below("HUYỆN ĐẮK GLONG")
        assert 1 / 3 <= rule / text <= 1 / 2
        text, rule = rule_below("Hội nghị giao ban trực tuyến 9 tháng năm 2023")
        assert 1 / 3 <= rule / text <= 1 / 2


def test_body_paragraphs_are_indented_and_justified(renderer, briefing):
    with printed(renderer, compose_conclusions(briefing)) as pdf:
        lines = pdf.pages[0].extract_text_lines()
        first = next(i for i, line in enumerate(lines) if line["text"].startswith("Ngày 12"))
        assert lines[first]["x0"] == pytest.approx((30 + 12.7) * MM, abs=1)
        assert lines[first + 1]["x0"] == pytest.approx(30 * MM, abs=1)
        assert lines[first]["x1"] == pytest.approx(190 * MM, abs=1.5)


def test_heads_of_tables_are_repeated(renderer, briefing, compose):
    for number in range(3, 60):
        briefing[f"directive/{number}"] = {**briefing["directive/1"], "id": number}
    with printed(renderer, compose(briefing)) as pdf:
        pages = [page for page in pdf.pages if "nguồn thu" in page.extract_text()]
        tables = [page for page in pages if "Đơn vị chủ trì" in page.extract_text()]
        assert len(tables) >= 3
        for page in tables[1:]:
            lines = page.extract_text().splitlines()
            assert any(
                "Nội dung Đơn vị chủ trì Đơn vị phối hợp Thời hạn" in line for line in lines[:4]
            ), lines[:4]


@pytest.mark.parametrize("length", range(0, 44, 4))
def test_a_signature_never_stands_alone(renderer, briefing, compose, length):
    for number in range(length):
        briefing[f"entry/{number + 10}"] = {**briefing["entry/2"], "id": number + 10}
        briefing[f"conclusion/{number + 10}"] = {**briefing["conclusion/3"], "id": number + 10}
    document = compose(briefing)
    with printed(renderer, document) as pdf:
        closing = document.closing[-20:]
        names = {signature.capacity[-1] for signature in document.signatures}
        signed = [page for page in pdf.pages if any(name in page.extract_text() for name in names)]
        page = next(p for p in signed if "Nơi nhận:" in p.extract_text()).extract_text()
        assert closing in " ".join(page.split())
        for signature in document.signatures:
            assert signature.name in page[page.index(signature.capacity[-1]) :]


def test_metadata_names_language_and_title(renderer, briefing):
    document = compose_conclusions(briefing)
    with printed(renderer, document) as pdf:
        assert pdf.metadata["Title"] == document.title
        assert pdf.doc.catalog["Lang"] in (b"vi", "vi")


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


# Drafts, empty meetings, hostile content ---------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "draft"),
    [("draft", 1), ("scheduled", 1), ("live", 1), ("closed", 0), ("archived", 0)],
)
def test_papers_of_a_meeting_that_goes_on_are_drafts(renderer, briefing, compose, state, draft):
    briefing["meeting/1"] |= {"state": state}
    document = compose(briefing)
    assert document.draft == bool(draft)
    with printed(renderer, document) as pdf:
        first = pdf.pages[0].extract_text().splitlines()[0]
        assert (first == "DỰ THẢO") == bool(draft)
        if draft:
            char = next(c for c in pdf.pages[0].chars if c["text"] == "D")
            red, green, blue = char["non_stroking_color"]
            assert red > 0.5 > green + blue


def test_a_draft_carries_the_planned_day_and_no_time_of_ending(briefing):
    briefing["meeting/1"] |= {"state": "live", "closed_at": None}
    assert "kết thúc vào …… giờ ……, ngày 12 tháng 10" in compose_minutes(briefing).closing
    assert compose_conclusions(briefing).letterhead.place_date.endswith("ngày 12 tháng 10 năm 2023")


def test_an_empty_meeting_prints_sensibly(renderer, compose):
    document = compose(EMPTY)
    with printed(renderer, document) as pdf:
        assert len(pdf.pages) == 1
        whole = read(pdf)
    assert "None" not in whole
    assert ("Không có ý kiến." in whole) or ("Không có nội dung kết luận." in whole)


def test_objects_without_a_meeting_are_refused(compose):
    with pytest.raises(ValueError, match="no meeting"):
        compose({})


def test_markup_in_fields_is_text(renderer, briefing, compose):
    attack = "<img src=x onerror=y> <b>&amp; {{7*7}} {% raw %}</p></table><style>*{display:none}"
    briefing["meeting/1"]["title"] = briefing["meeting/1"]["location"] = attack
    briefing["unit/3"]["name"] = briefing["person/1"]["name"] = attack
    for key in ("entry/1", "conclusion/1", "directive/1"):
        briefing[key]["text"] = attack
    html = render_html(compose(briefing))
    assert "<img" not in html
    assert "<style" not in html
    with printed(renderer, compose(briefing)) as pdf:
        whole = read(pdf)
    assert attack.replace(" ", "") in whole.replace(" ", "")
    assert "Nơi nhận:" in whole


def test_strange_letters_and_endless_names_stay_inside_the_page(renderer, briefing, compose):
    briefing["unit/3"]["name"] = "Đ" * 200
    briefing["unit/4"]["name"] = "Phòng " + "rất dài " * 25
    briefing["meeting/1"]["title"] = "Hội nghị " + "X" * 300
    briefing["entry/1"]["text"] = (
        "🎉 \u202engược\u202c \u200fمرحبا\n\n\nđoạn sau \ud800 \x00 \x0b ."
    )
    with printed(renderer, compose(briefing)) as pdf:
        assert max(c["x1"] for page in pdf.pages for c in page.chars) <= 190 * MM + 2
        assert "Nơi nhận:" in read(pdf)


@pytest.mark.scale
def test_a_very_large_record_is_printed_whole(renderer, briefing):
    text = " ".join(f"từ{number}" for number in range(50_000))
    briefing["entry/1"]["text"] = text
    for number in range(3, 401):
        directive = {**briefing["directive/2"], "id": number, "text": f"Việc số {number}."}
        briefing[f"directive/{number}"] = directive
    html = render_html(compose_minutes(briefing))
    content = renderer.pdf(html, deadline_seconds=300)
    with pypdfium2.PdfDocument(content) as pdf:
        whole = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    assert {f"từ{number}" for number in range(50_000)} <= set(re.findall(r"từ\d+", whole))
    assert "Việc số 400." in whole
