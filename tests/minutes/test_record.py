"""Documents as JSON: what they tell, and the schema that they fit."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

from minutes.content import Content, Issue, Signature
from minutes.documents import compose
from minutes.kinds import KINDS
from minutes.record import DIALECT, SCHEMA_ID, document_schema, record_json

Objects = dict[str, dict[str, Any]]
ISSUE = Issue("05/TB-UBND", date(2026, 1, 5), "7KQ4M2", "https://giaoban.example/verify/7KQ4M2")


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(document_schema(), validate_formats=True)


@pytest.fixture
def content(briefing: Objects) -> Content:
    return compose("minutes", briefing)


def told(kind: str, content: Content, issue: Issue | None, objects: Objects) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record_json(kind, content, issue, objects))
    return found


@pytest.mark.parametrize("issue", [None, ISSUE], ids=["draft", "issued"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_document_fits_the_schema(
    kind: str, issue: Issue | None, content: Content, briefing: Objects, schema: Any
) -> None:
    document = told(kind, content, issue, briefing)
    schema.validate(document)
    assert document["$schema"] == SCHEMA_ID
    assert document["type"] == KINDS[kind].type
    assert document["content"] == content.model_dump(mode="json")


def test_an_issued_one_says_under_which_number(content: Content, briefing: Objects) -> None:
    assert told("minutes", content, ISSUE, briefing)["issue"] == {
        "symbol": "05/TB-UBND",
        "day": "2026-01-05",
        "code": "7KQ4M2",
        "address": "https://giaoban.example/verify/7KQ4M2",
        "replaces": "",
    }
    assert told("minutes", content, None, briefing)["issue"] is None


def test_minutes_hold_the_record_with_names(content: Content, briefing: Objects) -> None:
    briefing["indicator/1"] = {
        "id": 1, "position": 1, "name": "Tăng trưởng", "measure": "%", "plan": "6,6-6,8",
        "estimate": "Khoảng 4", "assessment": "", "revision": 3,
    }  # fmt: skip
    meeting = told("minutes", content, None, briefing)["meeting"]
    assert meeting["organizer"] == {"id": 1, "name": "Ủy ban nhân dân huyện Đắk Glong"}
    assert [chair["name"] for chair in meeting["chairs"]] == ["Trần Nam Thuần", "Đoàn Văn Phương"]
    by_name = {each["person"]["name"]: each for each in meeting["participants"]}
    absent = by_name["Vũ Đình Lâm"]
    assert (absent["status"], absent["reason"]) == ("absent", "dự họp ở tỉnh")
    assert by_name["H'Mai"]["deputy_name"] == "K'Tiêng"
    first = meeting["agenda"][0]
    assert first["presenter"]["name"] == "Phòng Tài chính - Kế hoạch"
    assert [entry["kind"] for entry in first["entries"]] == [
        "report", "report", "question", "answer",
    ]  # fmt: skip
    assert first["entries"][0]["person"]["name"] == "Phạm Quốc Toản"
    directive = meeting["directives"][1]
    assert [unit["name"] for unit in directive["lead_units"]] == ["Công an huyện"]
    assert directive["due"] == "2023-Q4"
    assert meeting["indicators"] == [
        {"name": "Tăng trưởng", "measure": "%", "plan": "6,6-6,8", "estimate": "Khoảng 4",
         "assessment": ""}
    ]  # fmt: skip


def test_a_document_tells_no_more_than_its_paper(content: Content, briefing: Objects) -> None:
    invitation = told("invitation", content, None, briefing)["meeting"]
    assert "conclusions" not in invitation
    assert invitation["participants"][0].keys() == {"person", "unit", "role"}
    assert invitation["agenda"][0].keys() == {"id", "title", "minutes", "presenter"}
    # A notice goes to people who were not there: not what was said, not who was ill.
    notice = record_json("conclusions", content, None, briefing).decode()
    assert "participants" not in json.loads(notice)["meeting"]
    assert '"entries"' not in notice
    directives = told("directives", content, None, briefing)["meeting"]
    assert "agenda" not in directives
    assert len(directives["directives"]) == 2


def test_the_same_record_gives_the_same_bytes(content: Content, briefing: Objects) -> None:
    backwards = dict(reversed(briefing.items()))
    assert record_json("minutes", content, ISSUE, briefing) == record_json(
        "minutes", content, ISSUE, backwards
    )


def test_a_meeting_that_knows_next_to_nothing_has_its_document(schema: Any) -> None:
    bare = {"meeting/1": {"id": 1, "starts_at": "2026-01-05T08:00:00+07:00"}}
    content = Content(
        issuer=["…"], abstract="…", body="", signatures=[Signature(capacity=["CHỦ TỌA"])]
    )
    for kind in KINDS:
        schema.validate(told(kind, content, None, bare))
    with pytest.raises(ValueError, match="no meeting"):
        record_json("minutes", content, None, {})


@pytest.mark.parametrize("spoilt", [{"kind": "news"}, {"issue": {}}, {"la": 1}, {"$schema": "2"}])
def test_the_schema_refuses_what_is_none(
    spoilt: dict[str, Any], content: Content, briefing: Objects, schema: Any
) -> None:
    assert not schema.is_valid(told("minutes", content, ISSUE, briefing) | spoilt)


def test_the_schema_is_published_to_everybody(client: FlaskClient) -> None:
    answer = client.get("/api/v1/schemas/document.json")
    assert (answer.status_code, answer.content_type) == (200, "application/schema+json")
    assert answer.json == document_schema()
    assert (answer.json["$schema"], answer.json["$id"]) == (DIALECT, SCHEMA_ID)
    jsonschema_rs.meta.validate(answer.json)
