"""Conclusions and directives."""

from __future__ import annotations

import pytest

from core.errors import Invalid
from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines


def test_units_keep_the_order_in_which_they_were_named(
    live: Briefing, thu_ky: Actor, world: World
) -> None:
    units = world.units
    leads = [units["xa_hai"], units["xa_mot"], units["xa_hai"]]
    made = live.do(
        thu_ky,
        "directive.add",
        text="Rà soát",
        lead_unit_ids=leads,
        supporting_unit_ids=[units["van_phong"], units["tai_chinh"]],
    ).result
    assert made["lead_unit_ids"] == [units["xa_hai"], units["xa_mot"]]
    assert made["supporting_unit_ids"] == [units["van_phong"], units["tai_chinh"]]
    # A unit that supported may come to lead, and the other way round.
    changed = live.do(
        thu_ky,
        "directive.update",
        directive_id=made["id"],
        lead_unit_ids=[units["tai_chinh"]],
        supporting_unit_ids=[units["xa_mot"]],
    )
    assert changed.result["lead_unit_ids"] == [units["tai_chinh"]]
    assert changed.result["supporting_unit_ids"] == [units["xa_mot"]]
    assert changed.result["revision"] == changed.revision
    assert live.objects(thu_ky)[f"directive/{made['id']}"] == changed.result


def test_a_unit_does_not_lead_and_support(live: Briefing, thu_ky: Actor, world: World) -> None:
    unit = world.units["xa_mot"]  # it leads already
    for args in (
        {"lead_unit_ids": [unit], "supporting_unit_ids": [unit]},
        {"supporting_unit_ids": [unit]},
    ):
        with pytest.raises(Invalid) as refused:
            live.do(thu_ky, "directive.update", directive_id=live.parts.directive, **args)
        assert refused.value.errors[0]["field"] == "supporting_unit_ids"


@pytest.mark.parametrize(
    "due", [None, "2026-03-10", "2026-03-10T17:00", "2026-03", "2026-Q1", "ongoing"]
)
def test_a_deadline_stays_as_it_was_given(due: str | None, live: Briefing, thu_ky: Actor) -> None:
    made = live.do(thu_ky, "directive.add", text="Việc", due=due, due_text="  ").result
    assert (made["due"], made["due_text"]) == (due, None)


def test_what_is_not_named_stays(live: Briefing, thu_ky: Actor) -> None:
    key = f"directive/{live.parts.directive}"
    before = live.objects(thu_ky)[key]
    after = live.do(
        thu_ky, "directive.update", directive_id=live.parts.directive, text="Khác"
    ).result
    assert after == before | {"text": "Khác", "revision": after["revision"]}


def test_a_conclusion_stands_among_the_tasks_unless_said(live: Briefing, thu_ky: Actor) -> None:
    assert live.do(thu_ky, "conclusion.add", text="Một").result["section"] == "tasks"
    with pytest.raises(Invalid):
        live.do(thu_ky, "conclusion.add", text="Hai", section="other")
