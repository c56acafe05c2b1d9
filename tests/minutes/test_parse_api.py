"""`POST /directives/parse`: what a client is told about a sentence, and about a bad one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import writing
from people.models import Unit
from tests.marks import both_engines
from tests.world import World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]
SENTENCE = (
    "Giao Phòng TC-KH chủ trì, phối hợp với UBND các xã rà soát, báo cáo UBND huyện trước 30/11."
)


def ask(client: FlaskClient, text: Any, day: Any = "2023-10-12", **headers: str) -> Any:
    body = {"text": text, "date": day}
    return client.post("/api/v1/directives/parse", json=body, headers=headers)


def test_who_is_to_do_what_by_when(client_for: ClientFor, world: World) -> None:
    register = client_for("thuky")
    before = register.get("/api/v1/directives").json["total"]
    # Whoever is signed in may ask, also with marks typed apart.
    answer = ask(client_for("khach"), unicodedata.normalize("NFD", SENTENCE))
    assert answer.status_code == 200, answer.text
    found = answer.json
    finance = {"id": world.units["tai_chinh"], "name": "Phòng Tài chính - Kế hoạch"}
    communes = {"id": world.units["cac_xa"], "name": "UBND các xã"}
    assert found["text"] == SENTENCE
    assert (found["lead_units"], found["supporting_units"]) == ([finance], [communes])
    assert (found["due"], found["due_text"]) == ("2023-11-30", "trước 30/11")
    written = [(SENTENCE[p["start"] : p["end"]], p["role"]) for p in found["phrases"]]
    roles = [("Phòng TC-KH", "lead"), ("UBND các xã", "support"), ("trước 30/11", "due")]
    assert written == roles
    assert found["not_understood"] == found["warnings"] == []
    # Nothing is applied silently: no directive came of it.
    assert register.get("/api/v1/directives").json["total"] == before


def test_what_is_not_understood_is_named(client_for: ClientFor, world: World, app: Flask) -> None:
    text = "Giao Phòng Tài chính Xây dựng chủ trì, phối hợp với xã Quảng Hòa, xong trước 1/10/2023."
    with app.app_context(), writing() as session:
        session.get_one(Unit, world.units["xa_hai"]).valid_to = date(2023, 6, 30)
    client = client_for("thuky")
    found = ask(client, text).json
    assert found["lead_units"] == found["supporting_units"] == []
    unknown, dissolved = found["not_understood"]
    assert (unknown["code"], unknown["text"], unknown["role"]) == (
        "unknown_unit",
        "Phòng Tài chính Xây dựng",
        "lead",
    )
    assert unknown["candidates"] == [
        {"id": world.units["tai_chinh"], "name": "Phòng Tài chính - Kế hoạch"}
    ]
    assert (dissolved["code"], dissolved["text"]) == ("dissolved_unit", "xã Quảng Hòa")
    codes = [warning["code"] for warning in found["warnings"]]
    assert codes == ["unknown_unit", "dissolved_unit", "past_deadline"]
    english = ask(client, text, **{"Accept-Language": "en"}).json["warnings"]
    assert "Phòng Tài chính Xây dựng" in english[0]["message"]
    assert english[2]["message"] == "The deadline is before the day on which it is given."
    # While it existed it is understood.
    earlier = ask(client, text, "2023-06-01").json
    assert [unit["name"] for unit in earlier["supporting_units"]] == ["UBND xã Quảng Hòa"]


def test_a_unit_that_is_renamed_is_understood_at_once(
    client_for: ClientFor, world: World, app: Flask
) -> None:
    client = client_for("thuky")
    text = "Giao Phòng Ngân khố rà soát."
    assert ask(client, text).json["lead_units"] == []
    changed = client_for("quantri").patch(
        f"/api/v1/units/{world.units['tai_chinh']}", json={"name": "Phòng Ngân khố"}
    )
    assert changed.status_code == 200, changed.text
    assert [u["id"] for u in ask(client, text).json["lead_units"]] == [world.units["tai_chinh"]]
    with app.app_context(), writing() as session:
        session.add(Unit(name="Phòng Ngân khố", kind="office", folded="phong ngan kho"))
    twice = ask(client, text).json
    assert [one["code"] for one in twice["not_understood"]] == ["ambiguous_unit"]
    assert len(twice["not_understood"][0]["candidates"]) == 2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", "2023-10-12"),
        (" \n\u0000 ", "2023-10-12"),
        (None, "2023-10-12"),
        (["Giao"], "2023-10-12"),
        ("a" * 100_001, "2023-10-12"),
        ("Giao", "2023-02-30"),
        ("Giao", "12/10/2023"),
        ("Giao", "0001-01-01"),
        ("Giao", 20231012),
        ("Giao", None),
    ],
)
def test_bad_input_is_refused(client_for: ClientFor, text: Any, day: Any) -> None:
    answer = ask(client_for("thuky"), text, day)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["errors"][0]["field"] in ("text", "date")
    assert answer.json["errors"][0]["message"]


def test_odd_text_is_answered(client_for: ClientFor, app: Flask) -> None:
    client = client_for("thuky")
    odd = (
        "Giao" + "\u202e\u0000 Phòng TC-KH\u0007 rà soát",
        "((((((:::;;;,,,///---",
        "trước ngày 99/99/9999, trong vòng 999 ngày làm việc, 31/02, quý V, tháng 13",
        "\U0001f600 giao ﬀ ǅ İ \ud800",
        "phối hợp với " * 6000,
    )
    for text in odd:
        for day in ("1990-01-01", "2199-12-31"):
            assert ask(client, text, day).status_code == 200, text[:60]
    assert ask(client, odd[0]).json["lead_units"][0]["name"] == "Phòng Tài chính - Kế hoạch"
    assert ask(app.test_client(), SENTENCE).status_code == 401
