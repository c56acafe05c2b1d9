"""Predicting the end of a meeting, and spreading a cut over what is still to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agenda.fitting import Pending, predicted_end, propose, spread

NINE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def item(number: int, minutes: int, state: str = "pending", **more: Any) -> dict[str, Any]:
    fields = {
        "id": number,
        "position": number,
        "minutes": minutes,
        "state": state,
        "started_at": None,
        "used_seconds": 0,
        "presenter_unit_id": None,
    }
    return fields | more


def objects(*items: dict[str, Any]) -> dict[str, Any]:
    chair = {"id": 1, "person_id": 9, "unit_id": 70, "role": "chair", "position": 1}
    return {f"agenda_item/{each['id']}": each for each in items} | {"participant/1": chair}


def test_the_end_is_what_is_left_of_the_present_item_and_all_that_wait() -> None:
    on = item(2, 30, "current", started_at="2026-03-02T08:50:00+07:00", used_seconds=300)
    agenda = objects(item(1, 20, "done"), on, item(3, 15), item(4, 40, "skipped"), item(5, 10))
    # Ten minutes in this turn and five before: fifteen are left.
    assert predicted_end(agenda, NINE) == after(15 + 15 + 10)
    # It overruns: it may end at any moment.
    assert predicted_end(agenda, after(60)) == after(60 + 25)
    assert predicted_end(objects(item(1, 20, "done")), NINE) == NINE


def test_a_cut_is_spread_in_proportion_and_spares_the_chairs_own_item() -> None:
    agenda = objects(item(1, 40), item(2, 20), item(3, 10, presenter_unit_id=70))
    found = propose(agenda, NINE, after(58))
    assert (found.cut, found.missing) == (12, 0)
    assert found.minutes == {1: 32, 2: 16}
    assert found.predicted_end == after(70)


def test_the_chairs_own_item_gives_what_the_others_cannot() -> None:
    agenda = objects(item(1, 10, presenter_unit_id=70), item(2, 8))
    found = propose(agenda, NINE, after(13))
    assert found.minutes == {1: 8, 2: 5}
    tight = propose(agenda, NINE, after(3))
    assert (tight.minutes, tight.cut, tight.missing) == ({1: 5, 2: 5}, 8, 7)


def test_nothing_is_cut_where_there_is_time() -> None:
    agenda = objects(item(1, 10), item(2, 8))
    found = propose(agenda, NINE, after(18))
    assert (found.minutes, found.cut, found.missing) == ({}, 0, 0)
    # Part of a minute is one to cut.
    assert propose(agenda, NINE, after(17.5)).cut == 1


PENDING = st.lists(st.tuples(st.integers(0, 1440), st.booleans()), max_size=15).map(
    lambda rows: [Pending(n, *row) for n, row in enumerate(rows, start=1)]
)


@given(pending=PENDING, cut=st.integers(-100, 5000))
def test_a_spread_is_exact_never_below_the_least_and_the_chairs_own_comes_last(
    pending: list[Pending], cut: int
) -> None:
    minutes = spread(pending, cut)
    taken = {each.item_id: each.minutes - minutes[each.item_id] for each in pending}
    assert all(each.least <= minutes[each.item_id] <= each.minutes for each in pending)
    most = sum(each.minutes - each.least for each in pending)
    assert sum(taken.values()) == min(max(cut, 0), most)
    others = [each for each in pending if not each.chairs]
    if any(taken[each.item_id] for each in pending if each.chairs):
        assert all(minutes[each.item_id] == each.least for each in others)
    # Of two alike none gives more than a minute more.
    for one in pending:
        for two in pending:
            if (one.minutes, one.chairs) == (two.minutes, two.chairs):
                assert abs(taken[one.item_id] - taken[two.item_id]) <= 1
