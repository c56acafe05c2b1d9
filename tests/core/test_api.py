"""What every resource of the HTTP API shares: sign-in, problem details, languages, bad input."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import PASSWORD, Briefing, World

ENGLISH = Path(__file__).resolve().parents[2] / "translations/en/LC_MESSAGES/messages.mo"
PROBLEM = {"type", "title", "status", "detail", "code", "errors"}
ClientFor = Callable[[str], FlaskClient]


def is_problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert body.keys() >= PROBLEM
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/api/docs#{code}"
    assert body["title"]
    assert body["detail"]
    for error in body["errors"]:
        assert error.keys() == {"field", "message"}
    return body


def test_a_token_opens_what_a_session_opens(client: FlaskClient, world: World) -> None:
    answer = client.post("/api/v1/auth/token", json={"username": "ThuKy ", "password": PASSWORD})
    assert answer.status_code == 200
    header = {"Authorization": f"bearer {answer.json['token']}"}
    listed = client.get("/api/v1/meetings", headers=header)
    assert listed.json["total"] == len(world.meetings)


def test_a_wrong_password_and_an_unknown_name_look_the_same(client: FlaskClient) -> None:
    answers = [
        client.post("/api/v1/auth/token", json={"username": name, "password": "sai" * 5})
        for name in ("thuky", "khong-co", "", "\x00", "x" * 10_000, "đ")
    ]
    bodies = [is_problem(answer, 401, "unauthenticated") for answer in answers]
    assert all(body == bodies[0] for body in bodies)


def routes(app: Flask, under: str = "/api/v1/") -> list[tuple[str, str]]:
    """Every route with a number in each place for one."""
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(under)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def filled(rule: str, meeting_id: int) -> str:
    parts = []
    for part in rule.split("/"):
        name = part.strip("<>").removeprefix("int:")
        if part.startswith("<kind>"):
            parts.append("minutes.pdf")
        elif part.startswith("<"):
            parts.append(str(meeting_id) if name == "meeting_id" else "1")
        else:
            parts.append(part)
    return "/".join(parts)


OPEN = {"/api/v1/openapi.json", "/api/v1/auth/token", "/api/v1/schemas/document.json"}


def test_who_is_not_signed_in_gets_401_everywhere(app: Flask, client: FlaskClient) -> None:
    tried = [each for each in routes(app) if each[1] not in OPEN]
    assert len(tried) > 40
    for method, rule in tried:
        for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic dGh1a3k6"}):
            answer = client.open(filled(rule, 1), method=method, headers=header)
            is_problem(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


# What a request of each route needs so that it is not refused for its form.
BODIES: dict[str, Any] = {
    "POST /participants": {"person_id": 1},
    "POST /agenda-items": {"title": "x"},
    "POST /discussion": {"item_id": 1, "text": "x"},
    "PATCH /discussion": {"base_revision": 1, "text": "x"},
    "POST /conclusions": {"text": "x"},
    "PATCH /conclusions": {"text": "x"},
    "POST /directives": {"text": "x"},
    "POST /indicators": {"name": "x"},
    "POST /papers": {"sha256": "a" * 64},
    "PUT /papers/note": {"text": "x", "base_revision": 0},
    "POST /remarks": {"paper_id": 1, "text": "x"},
    "POST /commands": {"name": "meeting.open"},
    "POST /documents/issue": {"base": 1},
    "POST /fitting": {"items": [{"item_id": 1, "minutes": 5}]},
    "PATCH /speakers": {"position": 1},
    "POST /votes": {"question": "x"},
    "POST /votes/ballots": {"choice": "for"},
    "PATCH /votes": {"hands": {"for": 1}},
    "PUT /screen": {"what": "agenda"},
    "POST /discussion/remarks": {"item_id": 1, "text": "x"},
}


@pytest.mark.parametrize("username", ["khach", "quantri"])
@pytest.mark.parametrize("state", ["draft", "scheduled", "live", "closed", "archived"])
def test_who_is_not_invited_finds_nothing_of_a_meeting(
    username: str, state: str, app: Flask, client_for: ClientFor, in_state: Callable[..., Briefing]
) -> None:
    meeting_id = in_state(state).id
    client = client_for(username)
    tried = routes(app, "/api/v1/meetings/<int:meeting_id>")
    assert len(tried) > 20
    for method, rule in tried:
        part = re.sub("/<[^>]*>", "", rule.split("<int:meeting_id>")[1])
        body = BODIES.get(f"{method} {part}", {} if method in ("POST", "PATCH") else None)

        def ask(number: int) -> TestResponse:
            if rule.endswith("/signed"):  # noqa: B023
                form = {"file": (BytesIO(b"%PDF-"), "a.pdf")}
                return client.post(filled(rule, number), data=form)  # noqa: B023
            return client.open(filled(rule, number), method=method, json=body)  # noqa: B023

        answer = ask(meeting_id)
        is_problem(answer, 404, "not_found")
        missing = ask(999_999)
        assert missing.json == answer.json  # a meeting that there is looks like one that is not
    assert client.get("/api/v1/meetings").json["total"] == 0
    assert client.get("/api/v1/directives").json["total"] == 0


@pytest.mark.parametrize("username", ["khach", "quantri"])
def test_who_is_not_invited_finds_no_page_of_a_meeting(
    username: str, app: Flask, client_for: ClientFor, live: Briefing
) -> None:
    client = client_for(username)
    rules = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/meetings/<int:meeting_id>") and "GET" in rule.methods
    }
    assert len(rules) >= 3
    for rule in rules:
        assert client.get(filled(rule, live.id)).status_code == 404, rule


def nested(depth: int) -> bytes:
    return b'{"text": ' + b"[" * depth + b"]" * depth + b"}"


JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", JSON, 422, "invalid"),
        (b"{", JSON, 422, "invalid"),
        (b"null", JSON, 422, "invalid"),
        (b"[]", JSON, 422, "invalid"),
        (b'"x"', JSON, 422, "invalid"),
        (b"1e999", JSON, 422, "invalid"),
        (b"NaN", JSON, 422, "invalid"),
        (b'{"text": NaN}', JSON, 422, "invalid"),
        (b'{"text": "\xff"}', JSON, 422, "invalid"),
        (b'{"text": 1}', JSON, 422, "invalid"),
        (b'{"text": "x", "item_id": 1' + b"0" * 5000 + b"}", JSON, 422, "invalid"),
        (nested(100_000), JSON, 422, "invalid"),
        (b"\x00" * 100, JSON, 422, "invalid"),
        (b'{"text": "x"}', "text/plain", 422, "invalid"),
        (b"text=x", "application/x-www-form-urlencoded", 422, "invalid"),
        (b"x", "multipart/form-data", 422, "invalid"),
        (b'{"text": "' + b"x" * 2_000_000 + b'"}', JSON, 413, "too_large"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_body_that_does_not_do_is_refused(
    body: bytes, content_type: str, status: int, code: str, client_for: ClientFor, live: Briefing
) -> None:
    before = live.revision
    answer = client_for("thuky").post(
        f"/api/v1/meetings/{live.id}/conclusions", data=body, content_type=content_type
    )
    refused = is_problem(answer, answer.status_code, code)
    assert 400 <= refused["status"] < 500
    if status == 413:
        assert refused["status"] == 413
    assert live.revision == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/khong-co",
        "/api/v1/meetings/x",
        "/api/v1/meetings/-1",
        "/api/v1/meetings/" + "9" * 30,
        "/api/v1/meetings/1/documents/minutes.docx2",
        "/api/v1/units/0",
        "/api/v1/%00",
        "/api/v1/meetings/%F0%9F%91%8D",
    ],
)
def test_what_there_is_not_is_a_problem(path: str, client_for: ClientFor) -> None:
    answer = client_for("thuky").get(path)
    assert answer.status_code in (404, 422)
    is_problem(answer, answer.status_code, answer.json["code"])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "TRACE"])
def test_a_method_that_there_is_not_is_a_problem(method: str, client_for: ClientFor) -> None:
    answer = client_for("thuky").open("/api/v1/directives", method=method)
    is_problem(answer, 405, "invalid")


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "page=99999999999999999999", "per_page=0", "per_page=501", "page=-1",
     "page=1.5", "q=" + "x" * 201],
)  # fmt: skip
def test_a_page_that_there_cannot_be_is_refused(query: str, client_for: ClientFor) -> None:
    client = client_for("quantri")
    for resource in ("units", "people", "users", "meetings", "directives"):
        answer = client.get(f"/api/v1/{resource}?{query}")
        body = is_problem(answer, 422, "invalid")
        assert body["errors"][0]["field"] == query.split("=")[0]


@pytest.mark.parametrize("words", ["%00", "%ED%A0%80", "%FF", "%25", "_", "'", "%5C", "%22%3B--"])
def test_words_to_look_for_are_only_words(words: str, client_for: ClientFor) -> None:
    client = client_for("quantri")
    for resource in ("units", "people", "users", "meetings", "directives"):
        assert client.get(f"/api/v1/{resource}?q={words}").status_code == 200


def test_a_list_is_cut_into_pages(client_for: ClientFor) -> None:
    client = client_for("quantri")
    whole = client.get("/api/v1/people").json
    assert whole.keys() == {"items", "total", "page", "per_page"}
    assert (whole["total"], whole["page"], whole["per_page"]) == (7, 1, 50)
    pages = [client.get(f"/api/v1/people?per_page=3&page={page}").json for page in (1, 2, 3, 4)]
    assert [len(page["items"]) for page in pages] == [3, 3, 1, 0]
    assert [item for page in pages for item in page["items"]] == whole["items"]
    assert all(page["total"] == 7 for page in pages)


def test_words_are_found_without_their_marks(client_for: ClientFor) -> None:
    client = client_for("quantri")

    def names(resource: str, words: str) -> list[str]:
        found = client.get(f"/api/v1/{resource}", query_string={"q": words}).json["items"]
        return [item["name"] for item in found]

    assert names("units", "ubnd xa dak r'mang") == ["UBND xã Đắk R'Măng"]
    assert names("units", "UBND XÃ ĐẮK R’MĂNG") == ["UBND xã Đắk R'Măng"]
    assert names("people", "bieu") == ["Phạm Thị Biểu"]
    assert names("people", "khong co ai") == []


def test_vietnamese_unless_asked_otherwise(client: FlaskClient) -> None:
    for headers in ({}, {"Accept-Language": "vi"}, {"Accept-Language": "fr"}):
        answer = client.get("/api/v1/meetings", headers=headers)
        assert answer.json["title"] == "Chưa đăng nhập"


@pytest.mark.skipif(not ENGLISH.exists(), reason="the English texts have not been compiled")
def test_english_when_asked(client: FlaskClient) -> None:
    by_header = client.get("/api/v1/meetings", headers={"Accept-Language": "en-GB,vi;q=0.5"})
    by_address = client.get("/api/v1/meetings?lang=en", headers={"Accept-Language": "vi"})
    vietnamese = client.get("/api/v1/meetings?lang=vi", headers={"Accept-Language": "en"})
    assert by_header.json["detail"] == by_address.json["detail"] != vietnamese.json["detail"]
    assert by_header.json["detail"].isascii()
    assert vietnamese.json["title"] == "Chưa đăng nhập"


def test_an_answer_is_utf_8_and_never_kept(client_for: ClientFor) -> None:
    answer = client_for("thuky").get("/api/v1/units")
    assert "Đắk".encode() in answer.data or b"\\u0110" in answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
