"""HTTP API: conclusions, directives and their register, documents."""

from __future__ import annotations

import io
from collections.abc import Callable

import pdfplumber
import pytest
from flask.testing import FlaskClient

from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]


def test_conclusions_are_added_changed_and_removed(client_for: ClientFor, live: Briefing) -> None:
    client = client_for("thuky")
    address = f"/api/v1/meetings/{live.id}/conclusions"
    added = client.post(address, json={"text": "Khẩn trương.", "section": "organisation"})
    assert added.status_code == 201, added.text
    assert client_for("vanthu").get(address).json["items"][-1] == added.json
    own = f"{address}/{added.json['id']}"
    body = {"text": "Rất khẩn trương.", "base_revision": added.json["revision"]}
    changed = client.patch(own, json=body)
    assert changed.json["text"] == "Rất khẩn trương."
    stale = client.patch(own, json=body | {"text": "Muộn."})
    assert (stale.status_code, stale.json["current"]) == (409, changed.json)
    assert client.delete(own).json["ok"] is True
    assert client.delete(own).status_code == 404
    assert client_for("quansat").post(address, json={"text": "x"}).status_code == 403


def test_directives_are_added_changed_and_removed(
    client_for: ClientFor, live: Briefing, world: World
) -> None:
    client = client_for("chutoa")
    address = f"/api/v1/meetings/{live.id}/directives"
    body = {"text": "Báo cáo.", "lead_unit_ids": [world.units["cac_xa"]], "due": "2026-03-10"}
    added = client.post(address, json=body)
    assert added.status_code == 201, added.text
    assert added.json.items() >= (body | {"meeting_id": live.id}).items()
    own = f"{address}/{added.json['id']}"
    changed = client.patch(own, json={"due": "2026-Q2", "due_text": "trong quý II"})
    assert changed.json["due_text"] == "trong quý II"
    assert client.get(address).json["items"][-1] == changed.json
    assert client.delete(f"{own}?base_revision={added.json['revision']}").status_code == 409
    assert client.delete(own).json["ok"] is True


def test_the_register_is_sorted_by_deadline_and_cut_to_what_one_sees(
    client_for: ClientFor, live: Briefing, world: World
) -> None:
    client = client_for("thuky")
    for text, due in (("Sau", "2026-12"), ("Trước", "2026-01-05"), ("Luôn", "ongoing")):
        client.post(f"/api/v1/meetings/{live.id}/directives", json={"text": text, "due": due})

    def texts(query: str = "", username: str = "daibieu") -> list[str]:
        answer = client_for(username).get(f"/api/v1/directives?{query}")
        assert answer.status_code == 200, answer.text
        return [item["text"] for item in answer.json["items"]]

    review = "Rà soát hộ nghèo."  # one in the live briefing, one in the closed one
    assert texts() == ["Trước", review, review, "Sau", "Luôn"]
    assert texts("q=RA SOAT") == [review, review]
    assert texts(f"unit={world.units['tai_chinh']}") == [review, review]
    assert texts(f"unit={world.units['xa_hai']}") == []
    assert texts("due_before=2026-02-01") == ["Trước"]
    assert texts("state=given&per_page=2&page=3") == ["Luôn"]
    assert texts("state=done") == []
    assert texts(username="khach") == []


@pytest.mark.parametrize("day", ["x", "2026-13-01", "2026-02-30", "2026-02", "ongoing", "\x00"])
def test_a_day_that_there_is_not_is_refused(day: str, client_for: ClientFor) -> None:
    answer = client_for("thuky").get("/api/v1/directives", query_string={"due_before": day})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


@pytest.mark.parametrize("kind", ["minutes", "conclusions"])
def test_a_document_is_for_the_staff_and_after_the_end_for_all(
    kind: str, client_for: ClientFor, in_state: Callable[[str], Briefing]
) -> None:
    def asked(state: str, username: str) -> int:
        address = f"/api/v1/meetings/{in_state(state).id}/documents/{kind}.pdf"
        return client_for(username).get(address).status_code

    assert asked("live", "daibieu") == 403
    assert asked("live", "quansat") == 403
    assert asked("live", "khach") == asked("closed", "khach") == asked("closed", "quantri") == 404

    address = f"/api/v1/meetings/{in_state('closed').id}/documents/{kind}.pdf"
    answer = client_for("daibieu").get(address)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    with pdfplumber.open(io.BytesIO(answer.data)) as document:
        text = "\n".join(page.extract_text() for page in document.pages)
    assert "Rà soát hộ nghèo" in " ".join(text.split())


def test_other_documents_are_not_found(client_for: ClientFor, live: Briefing) -> None:
    client = client_for("thuky")
    for name in ("news.pdf", "minutes.exe", "..%2Fapp.pdf", ".pdf"):
        answer = client.get(f"/api/v1/meetings/{live.id}/documents/{name}")
        assert answer.status_code in (404, 422)
        assert answer.content_type == "application/problem+json"
