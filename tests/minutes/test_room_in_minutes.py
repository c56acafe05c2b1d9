"""What the room leaves in the minutes: votes, who came late, how many sat where, the quorum, and
what was remarked after the end."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
from lxml import html

from minutes.content import Content
from minutes.documents import compose
from minutes.record import document_schema, record_json

Objects = dict[str, dict[str, Any]]
PUBLIC, SECRET = "biểu quyết công khai", "bỏ phiếu kín"


def texts(content: Content) -> list[str]:
    """The paragraphs and titles of a body."""
    root = html.fragment_fromstring(content.body, create_parent="main")
    return [block.text_content() for block in root if block.tag != "table"]


def minutes(objects: Objects) -> list[str]:
    return texts(compose("minutes", objects))


def section(objects: Objects, title: str, end: str) -> list[str]:
    """The texts between two titles."""
    found = minutes(objects)
    return found[found.index(title) + 1 : found.index(end)]


def votes(objects: Objects) -> list[str]:
    return section(objects, "II. KẾT QUẢ BIỂU QUYẾT", "III. KẾT LUẬN CỦA CHỦ TỌA")


def vote(key: int, question: str, **fields: Any) -> dict[str, Any]:
    base = {"id": key, "item_id": 2, "question": question, "secret": False, "state": "closed"}
    return base | {"counts": None, "hands": None, "voter_ids": [1, 2, 4, 5, 6, 9]} | fields


def ballot(
    key: int, vote_id: int, person: int, choice: str | None, deputy: str | None = None
) -> Any:
    return {
        "id": key,
        "vote_id": vote_id,
        "person_id": person,
        "deputy_name": deputy,
        "choice": choice,
    }


def test_minutes_say_that_there_was_no_vote(briefing: Objects) -> None:
    assert votes(briefing) == ["Hội nghị không tiến hành biểu quyết."]


def test_a_public_vote_has_names_and_hands(briefing: Objects) -> None:
    counts = {"for": 3, "against": 1, "abstain": 1}
    hands = {"for": 1, "against": 0, "abstain": 1}
    briefing["vote/1"] = vote(1, "Thông qua kế hoạch quý IV.", counts=counts, hands=hands)
    briefing["ballot/1"] = ballot(1, 1, 6, "for", "K'Tiêng")
    briefing["ballot/2"] = ballot(2, 1, 5, "against")
    briefing["ballot/3"] = ballot(3, 1, 1, "for")
    assert votes(briefing) == [
        f"1. Thông qua kế hoạch quý IV ({PUBLIC}): tán thành 03/06, không tán thành 01/06, không "
        "có ý kiến 01/06, không tham gia biểu quyết 01/06.",
        "- Tán thành: Trần Nam Thuần; K'Tiêng (dự thay H'Mai); 01 đại biểu giơ tay tại hội trường.",
        "- Không tán thành: K'Brông.",
        "- Không có ý kiến: 01 đại biểu giơ tay tại hội trường.",
    ]


def test_a_secret_vote_has_counts_alone(briefing: Objects) -> None:
    counts = {"for": 5, "against": 1, "abstain": 0}
    briefing["vote/1"] = vote(1, "Bầu tổ kiểm phiếu", secret=True, counts=counts)
    # No choice of a secret vote is kept; were there one, no document would tell it.
    briefing["ballot/1"] = ballot(1, 1, 5, "for")
    briefing["vote/2"] = vote(2, "Lùi thời hạn", state="open")
    assert votes(briefing) == [
        f"1. Bầu tổ kiểm phiếu ({SECRET}): tán thành 05/06, không tán thành 01/06, không có ý kiến "
        "00/06.",
        f"2. Lùi thời hạn ({PUBLIC}): chưa kết thúc biểu quyết.",
    ]


def test_who_came_late_or_left_early_stands_in_the_table_and_beside_the_chair(
    briefing: Objects,
) -> None:
    briefing["attendance/5"]["arrived_at"] = "2023-10-12T08:40:00+07:00"
    briefing["attendance/4"] |= {
        "arrived_at": "2023-10-12T08:30:00+07:00",
        "left_at": "2023-10-12T10:15:00+07:00",
    }
    # In time, and there to the end.
    briefing["attendance/6"] |= {
        "arrived_at": "2023-10-12T08:05:00+07:00",
        "left_at": "2023-10-12T11:18:00+07:00",
    }
    briefing["attendance/2"]["left_at"] = "2023-10-12T09:00:00+07:00"
    content = compose("minutes", briefing)
    assert "<td>Trực tuyến (đến 08 giờ 40)</td>" in content.body
    assert "<td>Trực tiếp (đến 08 giờ 30, về 10 giờ 15)</td>" in content.body
    assert content.body.count("(đến ") == 2
    (chairs,) = [text for text in texts(content) if text.startswith("Chủ trì")]
    assert chairs.endswith("huyện Đắk Glong (về 09 giờ 00).")


def test_headcounts_and_the_quorum_are_stated(briefing: Objects) -> None:
    briefing["unit/1"]["position"] = 9  # the main site comes first all the same
    for key, unit, people in ((1, 5, 12), (2, 1, 40), (3, 4, 7)):
        briefing[f"headcount/{key}"] = {"id": key, "unit_id": unit, "people": people}
    briefing["quorum/1"] = {
        "id": 1, "rule": "2/3", "members": 7, "present": 0, "needed": 5, "reached": False,
    }  # fmt: skip
    found = minutes(briefing)
    assert (
        "Số người có mặt theo báo cáo của các điểm cầu: điểm cầu trung tâm UBND huyện Đắk Glong "
        "40; xã Quảng Sơn 07; xã Đắk R'Măng 12; tổng cộng 59 người."
    ) in found
    # Who has left since was there.
    assert (
        "Số thành viên dự hội nghị: 05/06 (số tối thiểu phải có mặt: 05), đủ số thành viên theo "
        "quy định."
    ) in found
    briefing["attendance/5"]["status"] = "absent"
    assert "chưa đủ số thành viên theo quy định." in " ".join(minutes(briefing))


def test_what_was_remarked_after_the_end_stands_apart(briefing: Objects) -> None:
    briefing["entry/9"] = briefing["entry/4"] | {
        "id": 9,
        "item_id": 2,
        "kind": "opinion",
        "text": "Đề nghị bổ sung kinh phí",
        "late": True,
        "at": "2023-10-12T15:20:00+07:00",
    }
    title = "3. Ý kiến góp ý sau khi hội nghị kết thúc"
    assert section(briefing, title, "II. KẾT QUẢ BIỂU QUYẾT") == [
        "- Phạm Quốc Toản, Trưởng phòng Tài chính - Kế hoạch (về nội dung 2, gửi lúc 15 giờ 20, "
        "ngày 12 tháng 10 năm 2023): Đề nghị bổ sung kinh phí."
    ]
    assert section(briefing, "2. Thảo luận", title) == ["Không có ý kiến."]
    # The chair had not heard it.
    del briefing["entry/3"], briefing["entry/4"]
    assert "ý kiến của các đại biểu" not in compose("conclusions", briefing).body


def test_programs_read_the_same(briefing: Objects) -> None:
    counts = {"for": 1, "against": 0, "abstain": 0}
    briefing["vote/1"] = vote(1, "Thông qua", counts=counts)
    briefing["ballot/1"] = ballot(1, 1, 5, "for")
    briefing["vote/2"] = vote(2, "Bầu", secret=True, counts=counts)
    briefing["ballot/2"] = ballot(2, 2, 5, None)
    briefing["headcount/1"] = {"id": 1, "unit_id": 4, "people": 12}
    briefing["quorum/1"] = {
        "id": 1, "rule": "5", "members": 7, "present": 6, "needed": 5, "reached": True,
    }  # fmt: skip
    briefing["attendance/5"]["arrived_at"] = "2023-10-12T08:40:00+07:00"
    briefing["entry/4"]["late"] = True
    content = compose("minutes", briefing)
    document = json.loads(record_json("minutes", content, None, briefing))
    jsonschema_rs.Draft202012Validator(document_schema()).validate(document)
    meeting = document["meeting"]
    public, secret = meeting["votes"]
    assert (public["voters"], public["counts"]) == (6, counts)
    assert [(each["person"]["name"], each["choice"]) for each in public["ballots"]] == [
        ("K'Brông", "for")
    ]
    assert secret["counts"] == counts
    assert "ballots" not in secret
    assert meeting["headcounts"] == [{"unit": {"id": 4, "name": "UBND xã Quảng Sơn"}, "people": 12}]
    assert meeting["quorum"]["reached"] is True
    came = {each["person"]["id"]: each["arrived_at"] for each in meeting["participants"]}
    assert came[5] == "2023-10-12T08:40:00+07:00"
    assert [entry["late"] for entry in meeting["agenda"][0]["entries"]][-2:] == [False, True]
    # The notice goes to people who were not there.
    notice = json.loads(record_json("conclusions", content, None, briefing))["meeting"]
    assert not {"votes", "headcounts", "quorum"} & set(notice)
