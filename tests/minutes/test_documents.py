"""What the documents say: composed from the record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from core.errors import TooLarge
from minutes.composing.issuer import issuing_lines, office_lines
from minutes.composing.parts import directive_sentence
from minutes.composing.phrases import gathered, point, third_person
from minutes.composing.reading import Record
from minutes.content import LONGEST_BODY, Content, sanitised
from minutes.documents import compose, symbol_template
from minutes.kinds import KINDS
from minutes.numbers import count, deadline, long_date, roman, short_date, weekday

EMPTY: dict[str, dict[str, Any]] = {
    "meeting/1": {"id": 1, "title": "", "state": "live", "starts_at": "2026-01-05T08:00+07:00"}
}


def blocks(content: Content) -> list[Any]:
    return list(html.fragment_fromstring(content.body, create_parent="main"))


def texts(content: Content) -> list[str]:
    """The paragraphs and titles of a body."""
    return [block.text_content() for block in blocks(content) if block.tag != "table"]


def rows(body: str, name: str) -> list[tuple[str, ...]]:
    """The cells of a table, less the numbers of its rows."""
    root = html.fragment_fromstring(body, create_parent="main")
    (table,) = root.xpath(f"table[@class='{name}']")
    return [
        tuple(cell.text_content() for cell in row.iter("td"))[1:] for row in table.xpath("tbody/tr")
    ]


def in_order(whole: str, *parts: str) -> None:
    place = 0
    for part in parts:
        found = whole.find(part, place)
        assert found >= 0, f"{part!r} is missing or stands too early"
        place = found + len(part)


def whole(content: Content) -> str:
    return "\n".join([content.abstract, *texts(content)])


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
    assert weekday(day) == "Thứ Hai"


# Words -------------------------------------------------------------------------------------------


def test_points_run_in_the_vietnamese_alphabet():
    assert "".join(point(number, 7)[0] for number in range(1, 8)) == "abcdđeg"
    assert point(30, 30) == "- "


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Tôi yêu cầu các xã báo cáo.", "Yêu cầu các xã báo cáo."),
        ("Thu chậm. Tôi đề nghị đôn đốc.", "Thu chậm. Đề nghị đôn đốc."),
        ("Nếu vướng, tôi giao Văn phòng.", "Nếu vướng, giao Văn phòng."),
        ("Báo cáo tôi trước 17 giờ.", "Báo cáo Chủ tịch UBND huyện trước 17 giờ."),
        ("Ông Tối, bà Tới tôn tạo.", "Ông Tối, bà Tới tôn tạo."),
    ],
)
def test_a_notice_never_says_i(said, written):
    assert third_person(said, "Chủ tịch UBND huyện") == written


def test_units_of_one_kind_are_named_together_from_three_on():
    communes = [(f"UBND xã {name}",) * 2 for name in ("Đắk Ha", "Đắk Som", "Quảng Sơn")]
    assert gathered(communes) == ["UBND các xã: Đắk Ha, Đắk Som, Quảng Sơn"]
    assert gathered(communes[:2]) == ["UBND xã Đắk Ha", "UBND xã Đắk Som"]
    heads = [
        ("Trưởng phòng Nội vụ", "Phòng Nội vụ"),
        ("Chánh Thanh tra huyện", "Thanh tra huyện"),
        ("Trưởng phòng Tư pháp", "Phòng Tư pháp"),
        ("Trưởng phòng Y tế", "Phòng Y tế"),
        ("Đại biểu", ""),
    ]
    assert gathered(heads) == [
        "Trưởng các phòng: Nội vụ, Tư pháp, Y tế",
        "Chánh Thanh tra huyện",
        "Đại biểu",
    ]


# Who issues and who signs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "unit", "template"),
    [
        ("conclusions", "Ủy ban nhân dân huyện Đắk Glong", "{number:02}/TB-UBND"),
        ("minutes", "UBND xã Quảng Sơn", "{number:02}/BB-UBND"),
        ("invitation", "ỦY BAN NHÂN DÂN XÃ QUẢNG SƠN", "{number:02}/GM-UBND"),
        ("conclusions", "Văn phòng HĐND và UBND huyện", "{number:02}/TB-VP"),
        ("conclusions", "Văn phòng UBND tỉnh Lâm Đồng", "{number:02}/TB-VPUBND"),
        ("conclusions", "Sở Tài nguyên và Môi trường", "{number:02}/TB-STNMT"),
        ("conclusions", "Tỉnh ủy Lâm Đồng", "{number}-TB/TU"),
        ("conclusions", "Đảng ủy xã Quảng Khê", "{number}-TB/ĐU"),
        ("conclusions", "", "{number:02}/TB"),
    ],
)
def test_symbols_follow_the_style_of_who_issues(kind, unit, template):
    assert symbol_template(kind, unit) == template
    assert template.format(number=5).startswith(("05/", "5-"))


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Phó Bí thư Huyện ủy, Chủ tịch UBND huyện", ["CHỦ TỊCH"]),
        ("Phó Chủ tịch Thường trực UBND huyện", ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ("Quyền Chủ tịch UBND xã", ["Q. CHỦ TỊCH"]),
        ("Phó Chánh Văn phòng", ["KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"]),
        ("Phó Giám đốc Sở Y tế", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        ("Chi cục trưởng", ["CHI CỤC TRƯỞNG"]),
        ("Chuyên viên", []),
        ("", []),
    ],
)
def test_a_title_gives_the_capacity_to_sign(title, lines):
    assert office_lines(title) == lines


def test_of_several_offices_the_one_that_counts_is_taken():
    title = "Chủ tịch UBND huyện, Trưởng ban Chỉ đạo chuyển đổi số"
    assert office_lines(title, "CHỦ TỊCH") == ["CHỦ TỊCH"]
    assert office_lines(title, "TRƯỞNG BAN") == ["TRƯỞNG BAN"]


def capacity(objects) -> list[str]:
    return compose("conclusions", objects).signatures[0].capacity


def test_the_office_signs_by_order_of_the_chairman(briefing):
    assert capacity(briefing) == ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]
    briefing["person/8"]["title"] = "Phó Chánh Văn phòng"
    assert capacity(briefing) == ["TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"]
    del briefing["person/8"]
    signature = compose("conclusions", briefing).signatures[0]
    assert (signature.capacity, signature.name) == (["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"], "")


@pytest.mark.parametrize(
    ("chair", "title", "lines"),
    [
        (1, None, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        (2, None, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        (1, "Quyền Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "Q. CHỦ TỊCH"]),
        (1, "Chuyên viên", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        (4, None, ["TUQ. CHỦ TỊCH", "TRƯỞNG PHÒNG TÀI CHÍNH - KẾ HOẠCH"]),
    ],
)
def test_without_an_office_the_chair_signs_for_the_committee(briefing, chair, title, lines):
    del briefing["unit/2"]
    briefing["meeting/1"]["chair_ids"] = [chair]
    if title:
        briefing[f"person/{chair}"]["title"] = title
    signature = compose("conclusions", briefing).signatures[0]
    assert signature.capacity == lines
    assert signature.name == briefing[f"person/{chair}"]["name"]


def test_another_unit_issues_under_its_superior_and_is_signed_by_its_head(briefing):
    briefing["meeting/1"]["organizer_unit_id"] = 3
    content = compose("conclusions", briefing)
    assert content.superior == ["Ủy ban nhân dân huyện Đắk Glong"]
    assert content.issuer == ["Phòng Tài chính - Kế hoạch"]
    assert content.signatures[0].capacity == ["TRƯỞNG PHÒNG"]
    assert content.signatures[0].name == "Phạm Quốc Toản"
    briefing["person/4"]["title"] = "Phó Trưởng phòng"
    assert capacity(briefing) == ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"]
    briefing["person/4"]["title"] = "Chuyên viên"
    assert capacity(briefing) == ["TRƯỞNG PHÒNG"]


def test_other_bodies_sign_together_too(briefing):
    del briefing["unit/2"]
    briefing["unit/1"]["name"] = "Ban Chỉ đạo chuyển đổi số huyện"
    briefing["person/1"]["title"] = "Chủ tịch UBND huyện, Trưởng ban"
    assert capacity(briefing) == ["TM. BAN CHỈ ĐẠO", "TRƯỞNG BAN"]


def test_a_committee_names_its_territory_on_a_line_of_its_own():
    assert issuing_lines("UBND xã Quảng Sơn") == ["Ủy ban nhân dân", "xã Quảng Sơn"]
    assert issuing_lines("Công an huyện") == ["Công an huyện"]


def test_the_place_comes_from_the_name_when_the_unit_has_none(briefing):
    assert compose("conclusions", briefing).place == "Quảng Khê"
    briefing["unit/1"]["place"] = None
    assert compose("conclusions", briefing).place == "Đắk Glong"


# Minutes -----------------------------------------------------------------------------------------


def test_minutes_hold_the_labels_of_the_model_in_order(briefing):
    content = compose("minutes", briefing)
    in_order(
        whole(content),
        "Hội nghị giao ban trực tuyến 9 tháng năm 2023",
        "Thời gian bắt đầu: 08 giờ 02, ngày 12 tháng 10 năm 2023.",
        "Địa điểm: Hội trường UBND huyện và điểm cầu các xã.",
        "Thành phần tham dự: 05 đại biểu được mời (trực tiếp 02, trực tuyến 02, vắng 01), gồm:",
        "Chủ trì (chủ tọa): Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong; "
        "Đoàn Văn Phương, Phó Chủ tịch UBND huyện Đắk Glong.",
        "Thư ký (người ghi biên bản): Lê Thị Hằng, Chuyên viên Văn phòng HĐND và UBND huyện.",
        "Nội dung (theo diễn biến hội nghị):",
        "I. DIỄN BIẾN HỘI NGHỊ",
        "II. KẾT QUẢ BIỂU QUYẾT",
        "III. KẾT LUẬN CỦA CHỦ TỌA",
        "1. Kết quả đạt được",
        "2. Tồn tại, hạn chế",
        "3. Nhiệm vụ chung",
        "4. Tổ chức thực hiện",
        "IV. NHIỆM VỤ GIAO CÁC CƠ QUAN, ĐƠN VỊ",
        "Hội nghị kết thúc vào 11 giờ 18, ngày 12 tháng 10 năm 2023./.",
    )
    assert content.issuer == ["Ủy ban nhân dân", "huyện Đắk Glong"]
    signed = [(signature.capacity, signature.name) for signature in content.signatures]
    assert signed == [(["THƯ KÝ"], "Lê Thị Hằng"), (["CHỦ TỌA"], "Trần Nam Thuần")]
    assert content.recipients[-1] == "Lưu: VT, Hồ sơ."


def attendance(objects) -> list[tuple[str, ...]]:
    return rows(compose("minutes", objects).body, "attendance")


def test_attendance_says_who_came_how_and_for_whom(briefing):
    assert attendance(briefing) == [
        ("Phòng Tài chính - Kế hoạch", "Phạm Quốc Toản, Trưởng phòng", "Trực tiếp"),
        ("UBND xã Quảng Sơn", "K'Brông, Chủ tịch", "Trực tuyến"),
        ("UBND xã Đắk R'Măng", "K'Tiêng (dự thay H'Mai, Chủ tịch)", "Trực tuyến"),
        ("Công an huyện", "Vũ Đình Lâm, Trưởng Công an huyện", "Vắng: dự họp ở tỉnh"),
        ("Văn phòng HĐND và UBND huyện", "Hoàng Minh Ngữ, Chánh Văn phòng", "Trực tiếp"),
    ]


def test_every_site_is_counted(briefing):
    briefing["attendance/5"]["status"] = "absent"
    assert (
        "Số điểm cầu có đại biểu dự: 02/03; số đại biểu có mặt/được mời tại từng điểm cầu: "
        "điểm cầu trung tâm UBND huyện Đắk Glong 02/03; xã Quảng Sơn 00/01; xã Đắk R'Măng 01/01."
    ) in texts(compose("minutes", briefing))
    for key in (4, 5):
        briefing[f"unit/{key}"]["kind"] = "office"
    assert "Số điểm cầu" not in whole(compose("minutes", briefing))


def presidium_of(content: Content) -> tuple[list[str], list[str]]:
    lines = [t for t in texts(content) if t.startswith(("Chủ trì", "Thư ký"))]
    return [line.split(": ")[1] for line in lines], [each.name for each in content.signatures]


CHAIR = "Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong"
DEPUTY = "Đoàn Văn Phương, Phó Chủ tịch UBND huyện Đắk Glong"
SECRETARY = "Lê Thị Hằng, Chuyên viên Văn phòng HĐND và UBND huyện"


def test_an_absent_chair_did_not_preside_and_is_listed_with_the_reason(briefing):
    briefing["attendance/1"].update(status="absent", reason="Đi công tác")
    briefing["attendance/3"].update(status="absent", reason=None)
    minutes = compose("minutes", briefing)
    # The only secretary was away: who wrote instead is for the office to fill in.
    assert presidium_of(minutes) == ([DEPUTY + ".", "…………………………"], ["", "Đoàn Văn Phương"])
    assert [row[1:] for row in attendance(briefing)[:2]] == [
        ("Trần Nam Thuần, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện", "Vắng: Đi công tác"),
        ("Lê Thị Hằng, Chuyên viên", "Vắng"),
    ]
    assert any("07 đại biểu được mời" in t and "vắng 03" in t for t in texts(minutes))
    notice = compose("conclusions", briefing)
    assert "Trần Nam Thuần" not in whole(notice)
    assert "Phó Chủ tịch UBND huyện Đắk Glong Đoàn Văn Phương chủ trì Hội nghị" in texts(notice)[0]
    del briefing["unit/2"]
    signature = compose("conclusions", briefing).signatures[0]
    assert signature.capacity == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    assert signature.name == "Đoàn Văn Phương"


def test_a_chair_who_sent_somebody_sits_in_the_table_with_the_stand_in(briefing):
    briefing["attendance/2"].update(deputy_name="Bùi Văn An")
    assert presidium_of(compose("minutes", briefing))[0][0] == CHAIR + "."
    assert attendance(briefing)[0][1].startswith("Bùi Văn An (dự thay Đoàn Văn Phương")


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
    lines, signers = presidium_of(compose("minutes", briefing))
    assert lines == [line, SECRETARY + "."]
    assert signers[1] == (line.split(",")[0] if "," in line else "")


def test_where_every_chair_was_absent_the_notice_names_none(briefing):
    for key in (1, 2):
        briefing[f"attendance/{key}"]["status"] = "absent"
    found = whole(compose("conclusions", briefing))
    assert "Kết luận của chủ tọa tại" in found
    assert "Ủy ban nhân dân huyện Đắk Glong tổ chức Hội nghị" in found
    assert "Thuần" not in found
    assert "Phương" not in found


def test_the_discussion_names_a_speaker_once_for_each_turn(briefing):
    found = texts(compose("minutes", briefing))
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
    found = texts(compose("minutes", briefing))
    assert any("139.396" in text for text in found[found.index("3. Ý kiến khác") :])


def after(content: Content, title: str) -> str:
    found = texts(content)
    return found[found.index(title) + 1]


def test_indicators_are_an_appendix_that_the_minutes_point_to(briefing):
    assert compose("minutes", briefing).appendices == []
    for key, name in ((1, "Thu ngân sách"), (2, "Tỷ lệ hộ nghèo")):
        briefing[f"indicator/{key}"] = {
            "id": key,
            "position": 3 - key,
            "name": name,
            "measure": "%",
            "plan": "Khoảng 4",
            "estimate": "6,6-6,8",
            "assessment": "Vượt",
        }
    briefing["indicator/2"]["assessment"] = None
    content = compose("minutes", briefing)
    (appendix,) = content.appendices
    assert rows(appendix.body, "indicators") == [
        ("Tỷ lệ hộ nghèo", "%", "Khoảng 4", "6,6-6,8", "—"),
        ("Thu ngân sách", "%", "Khoảng 4", "6,6-6,8", "Vượt"),
    ]
    assert "tại Phụ lục kèm theo" in whole(content)


def test_minutes_of_a_meeting_that_goes_on_say_no_time_of_ending(briefing):
    briefing["meeting/1"] |= {"state": "live", "closed_at": None}
    assert "kết thúc vào …… giờ ……, ngày 12 tháng 10" in texts(compose("minutes", briefing))[-1]


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


def test_the_notice_opens_evaluates_assigns_unit_by_unit_and_organises(briefing):
    content = compose("conclusions", briefing)
    in_order(
        whole(content),
        "Kết luận của Chủ tịch UBND huyện Đắk Glong Trần Nam Thuần tại Hội nghị giao ban",
        "Ngày 12 tháng 10 năm 2023, tại Hội trường UBND huyện",
        "Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong Trần Nam Thuần và",
        "đồng chủ trì Hội nghị giao ban",
        "có đại diện: Phòng Tài chính - Kế hoạch; UBND xã Quảng Sơn; UBND xã Đắk R'Măng",
        "Sau khi nghe báo cáo của Phòng Tài chính - Kế hoạch và ý kiến của các đại biểu",
        "Chủ tịch UBND huyện Đắk Glong Trần Nam Thuần kết luận như sau:",
        "I. ĐÁNH GIÁ TÌNH HÌNH",
        "1. Kết quả đạt được\nNgân sách huyện thu 46.124/133.761.",
        "2. Tồn tại, hạn chế\nGiải ngân mới đạt 15,29%.",
        "II. NHIỆM VỤ TRỌNG TÂM\n(Danh mục nhiệm vụ",
        "1. Nhiệm vụ chung\nCác đơn vị tập trung giải ngân.",
        "2. Phòng Tài chính - Kế hoạch\nGiao Phòng TC-KH chủ trì, phối hợp với UBND xã Quảng Sơn "
        "rà soát nguồn thu, xong trước ngày 30/11/2023.\n",
        "3. Công an huyện\n"
        "Giao Công an huyện chủ trì, phối hợp với UBND xã Quảng Sơn và UBND xã Đắk R'Măng: "
        "Tăng cường tuần tra; thời hạn: quý IV/2023.",
        "III. TỔ CHỨC THỰC HIỆN\nVăn phòng theo dõi, đôn đốc.",
        "Thừa lệnh Chủ tịch UBND huyện Đắk Glong, Văn phòng HĐND và UBND huyện thông báo",
        "./.",
    )
    assert "Công an huyện" not in texts(content)[0]
    assert content.signatures[0].name == "Hoàng Minh Ngữ"
    assert all(line.endswith(";") for line in content.recipients[:-1])
    assert content.recipients[-1] == "Lưu: VT, VP."


def test_tasks_stand_in_protocol_order_with_the_points_of_one_unit_together(briefing):
    briefing["directive/1"] |= {
        "lead_unit_ids": [6],
        "text": "Công an huyện tuần tra.",
        "due": None,
    }
    briefing["directive/1"]["due_text"] = None
    briefing["directive/3"] = {**briefing["directive/1"], "id": 3, "lead_unit_ids": [3]}
    briefing["directive/3"]["text"] = "Tôi giao Phòng TC-KH rà soát."
    briefing["directive/4"] = {**briefing["directive/3"], "id": 4, "lead_unit_ids": []}
    briefing["directive/4"]["text"] = "Các đơn vị báo cáo tôi hằng tuần."
    in_order(
        whole(compose("conclusions", briefing)),
        "1. Nhiệm vụ chung\na) Các đơn vị tập trung giải ngân.\n"
        "b) Các đơn vị báo cáo Chủ tịch UBND huyện hằng tuần.",
        "2. Phòng Tài chính - Kế hoạch\nGiao Phòng TC-KH rà soát.",
        "3. Công an huyện\na) Công an huyện tuần tra.\nb) Giao Công an huyện chủ trì",
    )


def test_a_notice_without_directives_numbers_its_tasks_and_has_no_appendix(briefing):
    for key in (1, 2):
        del briefing[f"directive/{key}"]
    briefing["conclusion/5"] = {**briefing["conclusion/3"], "id": 5, "text": "Giữ kỷ luật"}
    content = compose("conclusions", briefing)
    assert content.appendices == []
    assert (
        "II. NHIỆM VỤ TRỌNG TÂM\n1. Các đơn vị tập trung giải ngân.\n2. Giữ kỷ luật.\nIII."
    ) in whole(content)


def test_the_table_of_directives_is_complete(briefing):
    (appendix,) = compose("conclusions", briefing).appendices
    table = rows(appendix.body, "directives")
    assert [row[1:] for row in table] == [
        ("Phòng Tài chính - Kế hoạch", "UBND xã Quảng Sơn", "30/11/2023"),
        ("Công an huyện", "UBND xã Quảng Sơn; UBND xã Đắk R'Măng", "Quý IV/2023"),
    ]
    assert rows(compose("directives", briefing).body, "directives") == table
    assert rows(compose("minutes", briefing).body, "directives") == table


@pytest.mark.parametrize(
    ("due", "wording", "shown"),
    [
        ("ongoing", "trước ngày 25 hằng tháng", "Trước ngày 25 hằng tháng"),
        ("ongoing", None, "Thường xuyên"),
        ("2023-11-30", "trước ngày 30/11", "30/11/2023"),
        (None, "ngay sau hội nghị", "Ngay sau hội nghị"),
        (None, None, "—"),
    ],
)
def test_the_column_of_deadlines_says_the_most_exact(briefing, due, wording, shown):
    briefing["directive/1"] |= {"due": due, "due_text": wording}
    assert rows(compose("directives", briefing).body, "directives")[0][3] == shown


def test_the_table_on_its_own_names_the_notice_that_is_in_force(briefing):
    assert "Kèm theo" not in compose("directives", briefing).body
    for key, symbol, state in (
        (1, "05/TB-UBND", "issued"),
        (2, "07/TB-UBND", "issued"),
        (3, None, "draft"),
    ):
        briefing[f"document/{key}"] = {
            "id": key,
            "kind": "conclusions",
            "state": state,
            "symbol": symbol,
            "issued_at": "2023-10-16T17:30:00+00:00" if symbol else None,
        }
    assert texts(compose("directives", briefing)) == [
        "(Kèm theo Thông báo số 07/TB-UBND ngày 17 tháng 10 năm 2023 của Ủy ban nhân dân huyện "
        "Đắk Glong)"
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


# Invitation --------------------------------------------------------------------------------------


def test_the_invitation_says_all_that_the_model_asks_for(briefing):
    briefing["meeting/1"] |= {
        "state": "scheduled",
        "opened_at": None,
        "closed_at": None,
        "description": "Đánh giá 9 tháng",
        "online_url": "https://hop.example.vn/gb",
    }
    content = compose("invitation", briefing)
    in_order(
        whole(content),
        "Tham dự Hội nghị giao ban trực tuyến 9 tháng năm 2023",
        "Ủy ban nhân dân huyện Đắk Glong trân trọng kính mời:",
        "- Trưởng phòng Tài chính - Kế hoạch;",
        "- Chủ tịch UBND xã Quảng Sơn;",
        "- Chánh Văn phòng HĐND và UBND huyện.",
        "Tới dự: Hội nghị giao ban trực tuyến 9 tháng năm 2023.",
        "Nội dung: Đánh giá 9 tháng.",
        "Chủ trì: Phó Bí thư Huyện ủy, Chủ tịch UBND huyện Đắk Glong Trần Nam Thuần;",
        "Thời gian: 08 giờ 00, Thứ Năm, ngày 12 tháng 10 năm 2023, dự kiến kết thúc lúc 11 giờ 00.",
        "Địa điểm: Hội trường UBND huyện và điểm cầu các xã.",
        "Địa chỉ họp trực tuyến: https://hop.example.vn/gb",
        "- 08 giờ 00: Báo cáo kinh tế - xã hội 9 tháng (Phòng Tài chính - Kế hoạch trình bày);",
        "- 08 giờ 20: Thảo luận.",
        "Đề nghị đại biểu",
        "báo về Văn phòng HĐND và UBND huyện trước khi họp./.",
    )
    assert "Lê Thị Hằng" not in whole(content)  # the secretary invites
    # What the organiser has itself on its agenda nobody "presents".
    own = briefing["meeting/1"]["organizer_unit_id"]
    briefing["agenda_item/2"] = {**briefing["agenda_item/2"], "presenter_unit_id": own}
    in_order(whole(compose("invitation", briefing)), "- 08 giờ 20: Thảo luận.")
    assert content.signatures[0].capacity == ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]
    assert content.recipients == ["Như thành phần mời;", "Lưu: VT, VP."]


# Edges -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_meeting_makes_a_sensible_document(kind):
    content = compose(kind, EMPTY)
    assert "None" not in content.stored()
    assert any(
        words in whole(content)
        for words in (
            "Không có ý kiến.",
            "Không có nội dung kết luận.",
            "kính mời",
            "Không có nhiệm",
        )
    )


@pytest.mark.parametrize("kind", KINDS)
def test_objects_without_a_meeting_are_refused(kind):
    with pytest.raises(ValueError, match="no meeting"):
        compose(kind, {})


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_record_gives_the_same_text(briefing, kind):
    shuffled = dict(reversed(briefing.items()))
    assert compose(kind, briefing).sha256 == compose(kind, shuffled).sha256


@pytest.mark.parametrize("kind", KINDS)
def test_lines_without_end_are_cut_and_say_so(briefing, kind):
    briefing["meeting/1"]["title"] = "Hội nghị " + "rất dài " * 60
    briefing["person/1"]["title"] = "Chủ tịch UBND huyện " + "x" * 470
    briefing["unit/1"]["name"] = "Ủy ban nhân dân huyện " + "Đ" * 470
    content = compose(kind, briefing)
    assert len(content.abstract) <= 500
    if kind == "conclusions":
        assert content.abstract.endswith("…")


def test_a_record_longer_than_a_document_is_refused_with_a_sentence(briefing):
    briefing["entry/1"]["text"] = "a" * (LONGEST_BODY + 1)
    with pytest.raises(TooLarge) as refused:
        compose("minutes", briefing)
    assert "quá dài" in str(refused.value.message)


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_fields_is_text(briefing, kind):
    attack = "<img src=x onerror=y> <b>&amp; {{7*7}} {% raw %}</p></table><style>*{display:none}"
    briefing["meeting/1"] |= {"title": attack, "location": attack, "description": attack}
    briefing["unit/3"]["name"] = briefing["person/1"]["name"] = attack
    for key in ("entry/1", "conclusion/1", "directive/1"):
        briefing[key]["text"] = attack
    content = compose(kind, briefing)
    assert "<img" not in content.body
    assert "<b>" not in content.body
    assert attack in content.abstract or attack in "".join(texts(content))


def test_marks_that_turn_the_reading_around_are_taken_out_however_they_are_written():
    assert sanitised("<p>a&#x202e;b\u202ec &#xFFFF;d</p>") == "<p>abc d</p>"
    assert re.fullmatch(r"<p>a\s?b</p>", sanitised("<p>a&#1;b\x0b</p>"))
