"""The tree of units as pages show it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from people.models import Unit, UnitMember


def units_in_order(session: Session) -> list[tuple[Unit, int]]:
    """Every unit with its depth in the tree (0 for a root), each below the one above it,
    in the order in which offices list them. Groups are not part of the tree."""
    children: defaultdict[int | None, list[Unit]] = defaultdict(list)
    units = session.scalars(
        select(Unit).where(Unit.kind != "group").order_by(Unit.position, Unit.id)
    ).all()
    for unit in units:
        children[unit.parent_id].append(unit)
    found: list[tuple[Unit, int]] = []
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
