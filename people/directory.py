"""The tree of units as pages show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from people.models import Unit, UnitMember, UnitSuccessor

# A unit to be read only: a province's 500 come so in a quarter of the time of objects.
UnitRow = Row[Any]


def units_in_order(session: Session) -> list[tuple[UnitRow, int]]:
    """Every unit with its depth in the tree (0 for a root), each below the one above it,
    in the order in which offices list them. Groups are not part of the tree."""
    children: defaultdict[int | None, list[UnitRow]] = defaultdict(list)
    units = select(*Unit.__table__.columns).where(Unit.kind != "group")
    for unit in session.execute(units.order_by(Unit.position, Unit.id)):
        children[unit.parent_id].append(unit)
    found: list[tuple[UnitRow, int]] = []
    waiting = [(unit, 0) for unit in reversed(children[None])]
    while waiting:
        unit, depth = waiting.pop()
        found.append((unit, depth))
        waiting += [(below, depth + 1) for below in reversed(children[unit.id])]
    return found


def units_of(session: Session, unit_id: int | None) -> set[int]:
    """The unit's id and those of the groups that it belongs to: whoever names one of
    these, names the unit. Empty for someone without a unit."""
    if unit_id is None:
        return set()
    groups = select(UnitMember.group_id).where(UnitMember.unit_id == unit_id)
    return {unit_id, *session.scalars(groups)}


def members_of_groups(session: Session) -> dict[int, list[int]]:
    """The ids of the units in each group, by the group's id."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for member in session.scalars(select(UnitMember).order_by(UnitMember.unit_id)):
        found[member.group_id].append(member.unit_id)
    return dict(found)


def units_below(session: Session, unit_id: int) -> set[int]:
    """The ids of the units below a unit in the tree, at any depth."""
    tree = select(Unit.id).where(Unit.parent_id == unit_id).cte("below", recursive=True)
    tree = tree.union(select(Unit.id).join(tree, Unit.parent_id == tree.c.id))
    return set(session.scalars(select(tree.c.id)))


def successors(session: Session) -> dict[int, list[int]]:
    """The ids of the units that have taken over from each, by that unit's id."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in session.scalars(select(UnitSuccessor).order_by(UnitSuccessor.successor_id)):
        found[row.unit_id].append(row.successor_id)
    return dict(found)


def heirs(
    unit_ids: Iterable[int],
    successors: Mapping[int, Sequence[int]],
    exists: Callable[[int], bool],
) -> list[int]:
    """The units that stand in the place of others which are no more: a successor that is itself
    no more is replaced by its own.

    Args:
        unit_ids: the units that are no more.
        successors: who has taken over from whom, by id.
        exists: whether a unit exists on the day that is asked about.
    """
    found: dict[int, None] = {}
    waiting, seen = list(unit_ids), set(unit_ids)
    while waiting:
        for key in successors.get(waiting.pop(0), ()):
            if exists(key):
                found[key] = None
            elif key not in seen:
                seen.add(key)
                waiting.append(key)
    return list(found)


def heirs_of(session: Session, unit: Unit, day: date) -> list[Unit]:
    """The units that stand in the place of one that is no more on that day; none where nobody has
    said which."""

    def exists(key: int) -> bool:
        return session.get_one(Unit, key).exists_on(day)

    keys = heirs([unit.id], successors(session), exists)
    return [session.get_one(Unit, key) for key in keys]


def described(unit: Unit, successors: Mapping[int, list[int]]) -> dict[str, Any]:
    """The unit as the directory tells of it: until when it exists, and who has taken over."""
    return unit.public() | {
        "valid_to": unit.valid_to and unit.valid_to.isoformat(),
        "successor_ids": successors.get(unit.id, []),
    }
