"""Plain directives understood: how well, and the rules one by one."""

from __future__ import annotations

import time
from datetime import date

import pytest

from core.text import clean
from minutes.understanding.index import UnitIndex
from minutes.understanding.reading import Understood, read
from minutes.understanding.roles import LEAD, SUPPORT
from tests.minutes import spoken

DAY = date(2023, 10, 12)  # a Thursday
INDEX = UnitIndex(
    spoken.unit(number, name, short)
    for number, (name, short) in enumerate(
        (
            ("Phòng Nội vụ", None),
            ("Phòng Nông nghiệp và Phát triển nông thôn", "Phòng NN&PTNT"),
            ("Phòng Kinh tế", None),
            ("Phòng Kinh tế và Hạ tầng", None),
            ("Công an huyện", None),
            ("Sở Y tế", None),
            ("Trung tâm Giáo dục thường xuyên", None),
            ("UBND xã Đắk R'Măng", None),
            ("UBND xã Quảng Sơn", None),
            ("UBND thị trấn Quảng Khê", None),
            ("UBND các xã", None),
        ),
        1,
    )
)


def understand(text: str, day: date = DAY) -> Understood:
    return read(clean(text), day, INDEX)


def named(text: str, role: str = LEAD) -> list[str]:
    return [unit.name for unit in understand(text).units(role)]


def due(text: str, day: date = DAY) -> str | None:
    found = understand(text, day).deadline
    return found.due if found else None


PLACES = [*spoken.places(), *filter(None, [spoken.shared()])]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_what_offices_say_is_understood(place: spoken.Place) -> None:
    figures = spoken.measure([(place, example) for example in place.examples])
    print(f"\n{place.name}: {figures}")
    report = "\n".join([*figures.wrong, str(figures)])
    assert figures.f1(LEAD) >= 0.97, report
    assert figures.f1(SUPPORT) >= 0.95, report
    assert figures.dues >= 0.96 * figures.sentences, report


def test_many_places_in_one_tree_do_not_confuse() -> None:
    names = {unit.name.lower(): unit for place in PLACES for unit in place.index.units}
    above = ("UBND tỉnh", "UBND huyện", "UBND thành phố", "UBND phường", "Thủ tướng Chính phủ")
    names |= {name.lower(): spoken.unit(0, name, None) for name in above}
    index = UnitIndex(unit._replace(id=at) for at, unit in enumerate(names.values(), 1))
    everywhere = [(spoken.Place(p.name, index), e) for p in PLACES for e in p.examples]
    figures = spoken.measure(everywhere)
    report = "\n".join([*figures.wrong, str(figures)])
    # What is missing are offices of the same name that one place writes out and another does not.
    assert figures.f1(LEAD) >= 0.96, report
    assert figures.f1(SUPPORT) >= 0.95, report


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("phòng nội vụ", "Phòng Nội vụ"),
        ("PHONG NOI VU", "Phòng Nội vụ"),
        ("P. Nội vụ", "Phòng Nội vụ"),
        ("Phòng NN-PTNT", "Phòng Nông nghiệp và Phát triển nông thôn"),
        ("Phòng NNPTNT", "Phòng Nông nghiệp và Phát triển nông thôn"),
        ("Phòng Nông nghiệp và PTNT", "Phòng Nông nghiệp và Phát triển nông thôn"),
        ("Phòng NN & Phát triển nông thôn", "Phòng Nông nghiệp và Phát triển nông thôn"),
        ("Phòng Kinh tế - Hạ tầng", "Phòng Kinh tế và Hạ tầng"),
        ("Ủy ban nhân dân xã Đăk R’Măng", "UBND xã Đắk R'Măng"),
        ("xã Dak R'Mang", "UBND xã Đắk R'Măng"),
        ("TT. Quảng Khê", "UBND thị trấn Quảng Khê"),
        ("Chủ tịch UBND thị trấn Quảng Khê", "UBND thị trấn Quảng Khê"),
        ("đồng chí Lê Văn Tám - Trưởng Công an huyện", "Công an huyện"),
        ("các xã", "UBND các xã"),
    ],
)
def test_a_unit_is_known_by_each_of_its_names(written: str, name: str) -> None:
    assert named(f"Giao {written} rà soát, báo cáo.") == [name]


def test_words_that_look_like_names_are_none() -> None:
    for text in ("Các cơ sở y tế rà soát.", "Hồ sơ y tế phải đủ.", "Phòng, chống kinh tế ngầm."):
        assert named(text) == [], text
    # The longest name wins, and no name goes over the end of a clause.
    assert named("Phòng Kinh tế; hạ tầng phải xong.") == ["Phòng Kinh tế"]
    # A comma or "và" joins the words of a name only where the name has one.
    assert named("Giao Công an, huyện đội rà soát.") == []


def test_a_unit_that_exists_on_the_day_goes_before_its_predecessor() -> None:
    old = spoken.unit(1, "Phòng Kinh tế", None)._replace(valid_to=date(2025, 6, 30))
    new = spoken.unit(2, "Phòng Kinh tế", None)._replace(valid_from=date(2025, 7, 1))
    index = UnitIndex([old, new])
    for day, unit in ((date(2025, 6, 30), old), (date(2025, 7, 1), new)):
        assert read("Giao Phòng Kinh tế rà soát.", day, index).units(LEAD) == [unit]


def test_the_list_after_a_group_stands_for_it() -> None:
    both = ["UBND xã Quảng Sơn", "UBND xã Đắk R'Măng"]
    for text in (
        "Giao UBND các xã: Quảng Sơn, Đắk R'Măng rà soát.",
        "Các xã Quảng Sơn và Đắk R'Măng rà soát.",
        "Giao UBND xã Quảng Sơn, Đắk R'Măng rà soát.",
    ):
        assert named(text) == both, text
    assert named("UBND các xã: rà soát tại Quảng Sơn.") == ["UBND các xã"]
    assert named("UBND các xã (trừ xã Quảng Sơn) rà soát.") == ["UBND các xã"]


def test_who_is_marked_in_brackets() -> None:
    text = "Phòng Nội vụ (chủ trì), Công an huyện, Phòng Kinh tế (phối hợp) rà soát."
    assert named(text) == ["Phòng Nội vụ"]
    assert named(text, SUPPORT) == ["Công an huyện", "Phòng Kinh tế"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("trước ngày 30/11", "2023-11-30"),
        ("trước ngày 5/10", "2024-10-05"),
        ("trước ngày 29/02", "2024-02-29"),
        ("trước ngày 15", "2023-10-15"),
        ("trước ngày 10", "2023-11-10"),
        ("trước ngày 05 tháng sau", "2023-11-05"),
        ("trước 30 - 11 - 2023", "2023-11-30"),
        ("chậm nhất là ngày 30/11/23", "2023-11-30"),
        ("trước 5 giờ chiều nay", "2023-10-12T17:00"),
        ("trước 17:30 ngày 20/10", "2023-10-20T17:30"),
        ("trước 16 giờ", "2023-10-12T16:00"),
        ("chậm nhất thứ Hai tuần tới", "2023-10-16"),
        ("trong quý III/2024", "2024-Q3"),
        ("hết quý", "2023-Q4"),
        ("trong tháng tới", "2023-11"),
        ("cuối năm", "2023-12-31"),
        ("trong vòng ba ngày", "2023-10-15"),
        ("trong vòng 48 giờ", "2023-10-14"),
        ("trong 01 tháng kể từ ngày 31/10/2023", "2023-11-30"),
        # Over Lunar New Year: 8 to 14 February 2024 are off.
        ("trong 05 ngày làm việc kể từ ngày 06/02/2024", "2024-02-20"),
        ("vào chiều thứ Sáu hằng tuần", "ongoing"),
        ("theo Công văn số 12/UBND ngày 20/11/2023", None),
        ("theo số liệu tính đến ngày 30/11/2023", None),
        ("đối với hồ sơ phát sinh trước ngày 01/7/2014", None),
        ("đạt đến 10/12 tiêu chí", None),
        ("theo quy hoạch đến năm 2030", None),
        ("kể từ ngày 01/12/2023", None),
        ("trong 9 tháng đầu năm", None),
        ("bằng nguồn chi thường xuyên", None),
        ("tại Trung tâm Giáo dục thường xuyên", None),
        ("gửi Ngân hàng năm 2023", None),
        ("trước ngày 31/02/2024", None),
    ],
)
def test_deadlines(words: str, expected: str | None) -> None:
    # Working days as offices keep them (core.workdays).
    assert due(f"Phòng Nội vụ rà soát {words}.") == expected


def test_completion_goes_before_a_report() -> None:
    report = "báo cáo kết quả trước ngày 20/11"
    assert due(f"Phòng Nội vụ {report}.") == "2023-11-20"
    assert due(f"Phòng Nội vụ {report}, hoàn thành trước ngày 30/11.") == "2023-11-30"
    assert due(f"Phòng Nội vụ thường xuyên kiểm tra; {report}.") == "ongoing"


@pytest.mark.scale
def test_a_long_sentence_takes_its_length_and_no_more() -> None:
    worst = (
        "Giao Phòng Nội vụ chủ trì, phối hợp với UBND các xã; Phòng Kinh tế rà soát trước 30/11, ",
        "đề nghị Công an huyện hoàn thành ",
        "Phòng Ngoại Vụ; ",
        "UBND CÁC ",
    )
    for part in worst:
        words = (part.split() * 5000)[:5000]

        def seconds(count: int, words: list[str] = words) -> float:
            text = " ".join(words[:count])
            taken = []
            for _ in range(2):
                began = time.process_time()
                understand(text)
                taken.append(time.process_time() - began)
            return min(taken)

        # Four times the words: 4 if it is linear, 16 if it is square.
        assert seconds(5000) < 9 * seconds(1250), part
