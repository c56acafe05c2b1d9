"""When the meeting will end, and what to cut so that it ends in time. Pure functions over public
objects: nothing here reads the database, the clock or a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

Objects = Mapping[str, Mapping[str, Any]]

# What an item keeps at least, of its present minutes and in minutes: below, it would better be
# skipped. An item that has less already keeps what it has.
LEAST_SHARE = 0.5
LEAST_MINUTES = 5


@dataclass(frozen=True)
class Pending:
    """An item that waits, as far as time goes. The chair's own is cut last."""

    item_id: int
    minutes: int
    chairs: bool = False

    @property
    def least(self) -> int:
        """The minutes below which it is not cut."""
        return min(self.minutes, max(LEAST_MINUTES, ceil(self.minutes * LEAST_SHARE)))


@dataclass(frozen=True)
class Proposal:
    """What to cut so that a meeting ends at a certain moment.

    Attributes:
        ends_at: the moment asked for.
        predicted_end: when it would end as things stand.
        cut: minutes that the proposal takes away in all.
        missing: minutes that it would still be late: more cannot sensibly be cut.
        minutes: the minutes of each item that is cut, by its id.
    """

    ends_at: datetime
    predicted_end: datetime
    cut: int
    missing: int
    minutes: dict[int, int]


def agenda_of(objects: Objects) -> list[Mapping[str, Any]]:
    """The agenda in its order.

    Args:
        objects: a snapshot's.
    """
    items = [thing for key, thing in objects.items() if key.startswith("agenda_item/")]
    return sorted(items, key=lambda item: (item["position"], item["id"]))


def used_seconds(item: Mapping[str, Any], at: datetime) -> float:
    """How long an item has been on, its present turn included."""
    used: float = item["used_seconds"]
    if item["started_at"] is not None:
        used += max(0.0, (at - datetime.fromisoformat(item["started_at"])).total_seconds())
    return used


def predicted_end(objects: Objects, at: datetime) -> datetime:
    """When the meeting will end if what is on takes what it has left and each pending item its
    minutes. An item that overruns ends at any moment.

    Args:
        objects: a snapshot's.
        at: the present moment.
    """
    left = 0.0
    for item in agenda_of(objects):
        if item["state"] == "pending":
            left += item["minutes"] * 60
        elif item["state"] == "current":
            left += max(0.0, item["minutes"] * 60 - used_seconds(item, at))
    return at + timedelta(seconds=left)


def propose(objects: Objects, at: datetime, ends_at: datetime) -> Proposal:
    """What to cut so that the meeting ends at a certain moment.

    Args:
        objects: a snapshot's.
        at: the present moment.
        ends_at: the moment wanted.
    """
    end = predicted_end(objects, at)
    wanted = ceil(round((end - ends_at).total_seconds()) / 60)
    pending = pending_of(objects)
    minutes = spread(pending, wanted)
    cut = sum(item.minutes for item in pending) - sum(minutes.values())
    changed = {i.item_id: minutes[i.item_id] for i in pending if minutes[i.item_id] != i.minutes}
    return Proposal(ends_at, end, cut, max(0, wanted - cut), changed)


def pending_of(objects: Objects) -> list[Pending]:
    """The items that wait; the chair's own are those that the unit of a chair presents."""
    chairs = {
        thing["unit_id"]
        for key, thing in objects.items()
        if key.startswith("participant/") and thing["role"] == "chair"
    } - {None}
    return [
        Pending(item["id"], item["minutes"], item["presenter_unit_id"] in chairs)
        for item in agenda_of(objects)
        if item["state"] == "pending"
    ]


def spread(pending: list[Pending], cut: int) -> dict[int, int]:
    """The minutes of each item when so many are cut: in proportion to what each can give, whole
    minutes, never below an item's least; the chair's own give only what the others cannot.

    Args:
        pending: the items.
        cut: minutes to cut in all; none when it is not positive.

    Returns:
        The minutes by item. Their sum may be more than asked: then no more can be cut.
    """
    minutes = {item.item_id: item.minutes for item in pending}
    for chairs in (False, True):
        group = [item for item in pending if item.chairs is chairs]
        cut -= _take(minutes, group, max(0, cut))
    return minutes


def _take(minutes: dict[int, int], group: list[Pending], cut: int) -> int:
    # Largest remainders: the sum is exact, and of two alike the later one gives the odd minute.
    can_give = {item.item_id: item.minutes - item.least for item in group}
    most = sum(can_give.values())
    taken = min(cut, most)
    if taken == 0:
        return 0
    shares = {item_id: taken * gives / most for item_id, gives in can_give.items()}
    whole = {item_id: int(share) for item_id, share in shares.items()}
    odd = taken - sum(whole.values())
    by_remainder = sorted(
        enumerate(shares), key=lambda each: (shares[each[1]] - whole[each[1]], each[0])
    )
    for _index, item_id in by_remainder[len(by_remainder) - odd :]:
        whole[item_id] += 1
    for item_id, gives in whole.items():
        minutes[item_id] -= gives
    return taken
