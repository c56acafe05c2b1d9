"""What is understood of a sentence, with the units that the database knows."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.times import vietnam
from minutes.due import last_moment
from minutes.understanding.index import UnitIndex, UnitName
from minutes.understanding.reading import Named, Understood, read
from minutes.understanding.roles import LEAD, SUPPORT
from people.directory import successors
from people.models import Unit


def understood(session: Session, text: str, given: date) -> dict[str, Any]:
    """One plain directive understood, for somebody to accept or to correct: nothing is stored.

    Args:
        text: the sentence as it was typed, cleaned.
        given: the day on which the directive is given.

    Returns:
        The answer of `POST /directives/parse` (docs/directives.md).
    """
    index = _index(_units(session))
    found = read(text, given, index)
    unclear = [
        _unclear(name, text, given, index) for name in found.names if not _clear(name, given)
    ]
    return {
        "text": text,
        "lead_units": _public(found.units(LEAD), given),
        "supporting_units": _public(found.units(SUPPORT), given),
        "due": found.deadline and found.deadline.due,
        "due_text": found.deadline and text[found.deadline.start : found.deadline.end],
        "phrases": _phrases(found, given),
        "not_understood": unclear,
        "warnings": [*_warned(unclear), *_past(found, given)],
    }


def _units(session: Session) -> tuple[UnitName, ...]:
    columns = (Unit.id, Unit.name, Unit.short_name, Unit.kind, Unit.valid_from, Unit.valid_to)
    known = successors(session)
    rows = session.execute(select(*columns).order_by(Unit.id))
    return tuple(UnitName(*row, tuple(known.get(row.id, ()))) for row in rows)


@lru_cache(maxsize=2)
def _index(units: tuple[UnitName, ...]) -> UnitIndex:
    """The index of a state of the tree; reading the names shows whether it is still that state,
    also when another process has changed it."""
    return UnitIndex(units)


def _clear(name: Named, given: date) -> bool:
    return len(name.units) == 1 and name.units[0].exists_on(given)


def _public(units: list[UnitName], given: date) -> list[dict[str, Any]]:
    return [{"id": unit.id, "name": unit.name} for unit in units if unit.exists_on(given)]


def _unclear(name: Named, text: str, given: date, index: UnitIndex) -> dict[str, Any]:
    written = text[name.start : name.end]
    code = "unknown_unit"
    candidates = [unit for unit in name.units if unit.exists_on(given)]
    if candidates:
        code = "ambiguous_unit"
    else:
        code = "dissolved_unit" if name.units else code
        candidates = index.heirs(name.units, given) or index.similar(written, given)
    return {
        "code": code,
        "text": written,
        "start": name.start,
        "end": name.end,
        "role": name.role,
        "candidates": _public(candidates, given),
    }


def _phrases(found: Understood, given: date) -> list[dict[str, Any]]:
    phrases: list[dict[str, Any]] = [
        {"start": n.start, "end": n.end, "role": n.role, "unit_id": n.units[0].id}
        for n in found.names
        if n.units and n.units[0].exists_on(given)
    ]
    if found.deadline:
        where = {"start": found.deadline.start, "end": found.deadline.end}
        phrases.append(where | {"role": "due", "unit_id": None})
    return sorted(phrases, key=lambda phrase: phrase["start"])


def _warned(unclear: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"code": one["code"], "message": _said(one["code"], one["text"])} for one in unclear]


def _said(code: str, name: str) -> str:
    if code == "ambiguous_unit":
        message = _("Có nhiều đơn vị cùng tên “%(name)s”: hãy chọn đúng đơn vị.", name=name)
    elif code == "dissolved_unit":
        message = _("Vào ngày này không có đơn vị “%(name)s”: hãy chọn đơn vị khác.", name=name)
    else:
        message = _("Chưa có đơn vị nào tên là “%(name)s”.", name=name)
    return str(message)


def _past(found: Understood, given: date) -> list[dict[str, str]]:
    moment = last_moment(found.deadline.due) if found.deadline else None
    if moment is None or vietnam(moment).date() >= given:
        return []
    return [{"code": "past_deadline", "message": _("Thời hạn sớm hơn ngày giao việc.")}]
