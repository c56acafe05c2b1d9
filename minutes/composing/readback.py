"""Who has confirmed a directive, who asks what is meant, who has not answered: lines below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minutes.composing.phrases import joined, line
from minutes.composing.reading import Fields, Record
from minutes.numbers import local, short_date


def read_back(record: Record, directive: Fields) -> list[str]:
    """What the units that a directive names have answered, each with the time.

    Returns:
        Up to three lines; none where no unit has answered anything in the whole meeting: then
        it did without, and says nothing about it.
    """
    given = list(record.all("acknowledgement"))
    if not given:
        return []
    answers = {
        one.get("unit_id"): one for one in given if one.get("directive_id") == directive.get("id")
    }
    groups: dict[str, list[str]] = {"Đã xác nhận": [], "Xin làm rõ": [], "Chưa xác nhận": []}
    for unit_id in _asked(record, directive):
        answer = answers.get(unit_id)
        name = record.unit_name(unit_id, short=True)
        if answer is None:
            groups["Chưa xác nhận"].append(name)
        elif answer.get("reply") == "understood":
            groups["Đã xác nhận"].append(f"{name} ({_when(record, answer)})")
        else:
            note = line(answer.get("note"))
            said = f"{name} ({_when(record, answer)})"
            groups["Xin làm rõ"].append(f"{said}: “{note}”" if note else said)
    return [f"{title}: {joined(units, '; ')}." for title, units in groups.items() if units]


def _asked(record: Record, directive: Fields) -> Iterator[Any]:
    """The units that are asked, once each; a group stands for its members."""
    named = (*(directive.get("lead_unit_ids") or ()), *(directive.get("supporting_unit_ids") or ()))
    found = (
        member
        for unit_id in named
        for member in record.find("unit", unit_id).get("member_ids") or [unit_id]
    )
    yield from dict.fromkeys(key for key in found if record.unit_name(key))


def _when(record: Record, answer: Fields) -> str:
    """The time; with the day where that is another than the meeting's."""
    at = local(answer["at"])
    clock = f"{at:%H:%M}"
    same = at.date() == record.begun_at.date()
    return clock if same else f"{clock} ngày {short_date(at)}"
