"""A small briefing of Đắk Glong as a snapshot holds it, and one warm worker for all tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from minutes.render import Renderer

Objects = dict[str, dict[str, Any]]

UNITS = {
    1: ("Ủy ban nhân dân huyện Đắk Glong", "UBND huyện Đắk Glong", None, "Quảng Khê"),
    2: ("Văn phòng HĐND và UBND huyện", "VP HĐND-UBND", 1, None),
    3: ("Phòng Tài chính - Kế hoạch", "Phòng TC-KH", 1, None),
    4: ("UBND xã Quảng Sơn", "xã Quảng Sơn", 1, None),
    5: ("UBND xã Đắk R'Măng", "xã Đắk R'Măng", 1, None),
    6: ("Công an huyện", None, 1, None),
}
KINDS = {1: "district", 4: "commune", 5: "commune"}
PEOPLE = {
    1: ("Trần Nam Thuần", "Phó Bí thư Huyện ủy, Chủ tịch UBND huyện", 1),
    2: ("Đoàn Văn Phương", "Phó Chủ tịch UBND huyện", 1),
    3: ("Lê Thị Hằng", "Chuyên viên", 2),
    4: ("Phạm Quốc Toản", "Trưởng phòng", 3),
    5: ("K'Brông", "Chủ tịch", 4),
    6: ("H'Mai", "Chủ tịch", 5),
    7: ("Vũ Đình Lâm", "Trưởng Công an huyện", 6),
    8: ("Hoàng Minh Ngữ", "Chánh Văn phòng", 2),
}


# Lines may end within some of these words.
WORDS = """
đề nghị các đơn vị UBND xã Quảng Sơn tập trung giải ngân vốn đầu tư công trước ngày 30/11/2023
diện tích gieo trồng 32.787,8 ha đạt 99,6% kế hoạch; (Nghị quyết số 08-NQ/HU) kiểm tra, rà soát
HĐND-UBND từng công trình, dự án chuyển tiếp Văn phòng AVATAR Toàn Tỷ
""".split()  # noqa: SIM905


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """Return a renderer that is shared, as the server shares it."""
    shared = Renderer()
    yield shared
    shared.close()


@pytest.fixture
def briefing() -> Objects:
    """Return a fresh copy of an ended briefing with every kind of remark and deadline."""
    return ended_briefing()


@pytest.fixture(scope="session")
def long_briefing() -> Objects:
    """Return a briefing with tables over several pages, to be read only."""
    objects = ended_briefing()
    for number in range(3, 45):
        objects[f"directive/{number}"] = {**objects["directive/1"], "id": number}
        objects[f"conclusion/{number + 10}"] = {**objects["conclusion/3"], "id": number + 10}
        objects[f"indicator/{number}"] = {
            "id": number,
            "position": number,
            "name": f"Chỉ tiêu số {number}",
            "measure": "triệu đồng",
            "plan": "304.624",
            "estimate": "139.396",
            "assessment": "Đạt",
        }
    objects["directive/1"]["text"] = "Tăng cường " + "tuần tra, kiểm soát, " * 40
    return objects


@pytest.fixture(scope="session")
def thirty_pages() -> Objects:
    """Return the same with what takes some 30 pages to say."""
    objects, said = ended_briefing(), random.Random(30)
    for number in range(20, 420):
        text = " ".join(said.choices(WORDS, k=said.randint(2, 70)))
        objects[f"entry/{number}"] = _entry(number, 1 + number // 200, "opinion", text, 4)
    return objects


def ended_briefing() -> Objects:
    objects: Objects = {
        "meeting/1": {
            "id": 1,
            "code": "GB-2023-09",
            "title": "Hội nghị giao ban trực tuyến 9 tháng năm 2023",
            "state": "closed",
            "starts_at": "2023-10-12T08:00:00+07:00",
            "ends_at": "2023-10-12T11:00:00+07:00",
            "opened_at": "2023-10-12T01:02:00+00:00",
            "closed_at": "2023-10-12T11:18:00+07:00",
            "location": "Hội trường UBND huyện và điểm cầu các xã",
            "organizer_unit_id": 1,
            "chair_ids": [1, 2],
            "secretary_ids": [3],
        },
        "agenda_item/1": _item(1, "Báo cáo kinh tế - xã hội 9 tháng", 3),
        "agenda_item/2": _item(2, "Thảo luận", None),
        "entry/1": _entry(1, 1, "report", "Thu ngân sách được 139.396 triệu đồng, đạt 45,76%.", 4),
        "entry/2": _entry(2, 1, "report", "Diện tích gieo trồng 32.787,8 ha", 4),
        "entry/3": _entry(3, 1, "question", "Khi nào giải ngân xong?", 1),
        "entry/4": _entry(4, 1, "answer", "Trong quý IV.", 4),
        "conclusion/1": _conclusion(1, "assessment", "Ngân sách huyện thu 46.124/133.761."),
        "conclusion/2": _conclusion(2, "shortcomings", "Giải ngân mới đạt 15,29%."),
        "conclusion/3": _conclusion(3, "tasks", "Các đơn vị tập trung giải ngân"),
        "conclusion/4": _conclusion(4, "organisation", "Văn phòng theo dõi, đôn đốc."),
        "directive/1": _directive(
            1,
            "Giao Phòng TC-KH chủ trì, phối hợp với UBND xã Quảng Sơn rà soát nguồn thu, "
            "xong trước ngày 30/11/2023.",
            [3],
            [4],
            "2023-11-30",
            "trước ngày 30/11/2023",
        ),
        "directive/2": _directive(2, "Tăng cường tuần tra.", [6], [4, 5], "2023-Q4", None),
    }
    for key, (name, short_name, parent_id, place) in UNITS.items():
        objects[f"unit/{key}"] = {
            "id": key,
            "name": name,
            "short_name": short_name,
            "kind": KINDS.get(key, "office"),
            "position": key,
            "parent_id": parent_id,
            "place": place,
        }
    for key, (name, title, unit_id) in PEOPLE.items():
        objects[f"person/{key}"] = {"id": key, "name": name, "title": title, "unit_id": unit_id}
    roles = {1: "chair", 2: "chair", 3: "secretary", 8: "observer"}
    attendance = {
        4: ("on_site", None, None),
        5: ("online", None, None),
        6: ("online", "K'Tiêng", None),
        7: ("absent", None, "dự họp ở tỉnh"),
    }
    for key, (_, _, unit_id) in PEOPLE.items():
        objects[f"participant/{key}"] = {
            "id": key,
            "person_id": key,
            "unit_id": unit_id,
            "role": roles.get(key, "participant"),
            "position": key,
        }
        status, deputy_name, reason = attendance.get(key, ("on_site", None, None))
        objects[f"attendance/{key}"] = {
            "id": key,
            "person_id": key,
            "unit_id": unit_id,
            "status": status,
            "deputy_name": deputy_name,
            "reason": reason,
        }
    return objects


def _item(key: int, title: str, presenter: int | None) -> dict[str, Any]:
    return {
        "id": key,
        "position": key,
        "title": title,
        "minutes": 20,
        "presenter_unit_id": presenter,
        "state": "done",
    }


def _entry(key: int, item: int, kind: str, text: str, person: int) -> dict[str, Any]:
    return {
        "id": key,
        "item_id": item,
        "kind": kind,
        "text": text,
        "person_id": person,
        "speaker_name": None,
        "unit_id": PEOPLE[person][2],
        "at": f"2023-10-12T08:{key:02d}:00+07:00",
    }


def _conclusion(key: int, section: str, text: str) -> dict[str, Any]:
    return {"id": key, "item_id": 1, "section": section, "text": text}


def _directive(
    key: int, text: str, leads: list[int], supporting: list[int], due: Any, due_text: Any
) -> dict[str, Any]:
    return {
        "id": key,
        "text": text,
        "lead_unit_ids": leads,
        "supporting_unit_ids": supporting,
        "due": due,
        "due_text": due_text,
    }
