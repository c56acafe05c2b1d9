"""A unit that is no more: who has taken over, and that nobody gives it a task any longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.errors import Invalid
from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing, World

ClientFor = Callable[[str], FlaskClient]
NAME = "UBND xã Quảng Hòa"


def merge(browser: FlaskClient, world: World, **fields: Any) -> Any:
    """End Quảng Hòa, as an administrator does on its page."""
    form = {"name": NAME, "short_name": "xã Quảng Hòa", "kind": "commune"}
    form |= {"parent_id": str(world.units["huyen"]), "valid_to": "2025-06-30"}
    return browser.post(f"/units/{world.units['xa_hai']}", data=form | fields)


def test_an_administrator_says_who_has_taken_over(client_for: ClientFor, world: World) -> None:
    browser, units = client_for("quantri"), world.units
    path = f"/units/{units['xa_hai']}"
    assert merge(browser, world, successor_ids=[units["xa_mot"], units["thon"]]).status_code == 302
    page = browser.get(path).text
    assert 'value="2025-06-30"' in page
    assert page.count(" checked") == 2
    assert "hoạt động đến 30/06/2025" in browser.get("/units").text
    found = browser.get(f"/api/v1{path}").json
    assert found["valid_to"] == "2025-06-30"
    assert found["successor_ids"] == [units["xa_mot"], units["thon"]]
    listed = browser.get("/api/v1/units?per_page=100").json["items"]
    assert found in listed
    assert {each["id"]: each["successor_ids"] for each in listed}[units["xa_mot"]] == []

    # Neither a group nor the unit itself stands in its place; what was chosen stays chosen.
    for wrong in (units["cac_xa"], units["xa_hai"], 999_999):
        refused = merge(browser, world, successor_ids=[wrong])
        assert refused.status_code == 422
        assert 'id="successor_ids-error"' in refused.text
    refused = merge(browser, world, valid_to="2025-02-30")
    assert refused.status_code == 422
    assert 'id="valid_to-error"' in refused.text
    body = {"valid_to": None, "successor_ids": []}
    changed = browser.patch(f"/api/v1{path}", json=body).json
    assert (changed["valid_to"], changed["successor_ids"]) == (None, [])
    assert client_for("thuky").patch(f"/api/v1{path}", json=body).status_code == 403
    # What somebody else has changed meanwhile is not overwritten.
    seen = {"successor_ids": [units["thon"]], "valid_to": "2025-01-31"}
    body = {"successor_ids": [units["xa_mot"]], "valid_to": "2025-03-31", "seen": seen}
    stale = browser.patch(f"/api/v1{path}", json=body)
    assert stale.status_code == 409
    assert {each["field"] for each in stale.json["errors"]} == {"successor_ids", "valid_to"}


@both_engines
def test_no_task_is_given_to_a_unit_that_is_no_more(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor
) -> None:
    browser, units = client_for("quantri"), world.units
    args = {"text": "Rà soát.", "lead_unit_ids": [units["xa_hai"]]}
    before = live.do(thu_ky, "directive.add", **args).result
    # Its heir has been merged in turn: the one that is there now is named.
    merge(browser, world, successor_ids=[units["thon"]])
    village = {"valid_to": "2025-12-31", "successor_ids": [units["xa_mot"]]}
    assert browser.patch(f"/api/v1/units/{units['thon']}", json=village).status_code == 200

    revision = live.revision
    for field in ("lead_unit_ids", "supporting_unit_ids"):
        with pytest.raises(Invalid) as refused:
            live.do(thu_ky, "directive.add", text="Rà soát.", **{field: [units["xa_hai"]]})
        (error,) = refused.value.errors
        assert error["field"] == field
        assert "30/06/2025; đơn vị kế thừa: UBND xã Đắk R'Măng." in error["message"]
    assert live.revision == revision
    # Who was named while it was there stays named, also when something else changes.
    reworded = {"directive_id": before["id"], "text": "Rà soát lại."} | {
        "lead_unit_ids": args["lead_unit_ids"],
        "supporting_unit_ids": [units["tai_chinh"]],
    }
    changed = live.do(thu_ky, "directive.update", **reworded).result
    assert (changed["text"], changed["lead_unit_ids"]) == ("Rà soát lại.", args["lead_unit_ids"])
    other = {"directive_id": live.parts.directive, "lead_unit_ids": [units["xa_hai"]]}
    with pytest.raises(Invalid):
        live.do(thu_ky, "directive.update", **other)

    # Clients can offer the heirs themselves; understanding offers them, too.
    unit = live.objects(thu_ky)[f"unit/{units['xa_hai']}"]
    assert (unit["valid_to"], unit["successor_ids"]) == ("2025-06-30", [units["thon"]])
    assert "valid_to" not in live.objects(thu_ky)[f"unit/{units['xa_mot']}"]
    body = {"text": "Giao UBND xã Quảng Hòa rà soát.", "date": "2026-03-02"}
    parsed = browser.post("/api/v1/directives/parse", json=body).json
    (unclear,) = parsed["not_understood"]
    assert unclear["code"] == "dissolved_unit"
    assert [each["id"] for each in unclear["candidates"]] == [units["xa_mot"]]

    # Where nobody has said who took over, the sentence says what to do.
    merge(browser, world, successor_ids=[])
    with pytest.raises(Invalid) as refused:
        live.do(thu_ky, "directive.add", **args)
    assert "hãy chọn đơn vị kế thừa" in str(refused.value.message)
