"""Sentences with what they mean, and how well that is understood.

A file of tests/minutes/sentences holds the units of one place and the sentences said there:

    @key Name = short name                a unit; a group's name says that it is one
    = 2023-05-08                          the day on which what follows is said
    leads > supports | due | due_text | sentence      (units by key, `-` for nothing)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.text import clean, fold
from minutes.understanding.index import UnitIndex, UnitName
from minutes.understanding.reading import Understood, read
from minutes.understanding.roles import LEAD, SUPPORT

SENTENCES = Path(__file__).parent / "sentences"
# Of sentences that are not ours; they lie beside the repository.
SHARED = Path(__file__).resolve().parents[3] / "shared"


@dataclass(frozen=True)
class Example:
    """A sentence and what it means; units by their names."""

    text: str
    given: date
    leads: list[str]
    supports: list[str]
    due: str | None
    due_text: str | None


@dataclass
class Place:
    """The units of a place, and what is said there."""

    name: str
    index: UnitIndex
    examples: list[Example] = field(default_factory=list)

    def read(self, example: Example) -> Understood:
        return read(clean(example.text), example.given, self.index)


def unit(number: int, name: str, short: str | None, kind: str | None = None) -> UnitName:
    first = name.split()[0].lower()
    group = first in ("các", "thủ") or " các " in name
    return UnitName(number, name, short, kind or ("group" if group else "office"), None, None)


def places() -> list[Place]:
    return [_place(file) for file in sorted(SENTENCES.glob("*.txt"))]


def _place(file: Path) -> Place:
    units: dict[str, str] = {}
    known: list[UnitName] = []
    examples: list[Example] = []
    given = date.min
    for line in file.read_text().splitlines():
        if line.startswith("@"):
            key, _, named = line[1:].partition(" ")
            name, _, short = named.partition(" = ")
            units[key] = name
            known.append(unit(len(known) + 1, name, short or None))
        elif line.startswith("="):
            given = date.fromisoformat(line[2:])
        elif line and not line.startswith("#"):
            who, due, words, text = (part.strip() for part in line.split("|", 3))
            leads, _, supports = who.partition(">")
            examples.append(
                Example(
                    text.replace("\\n", "\n"),
                    given,
                    [units[key] for key in leads.replace(",", " ").split()],
                    [units[key] for key in supports.replace(",", " ").split()],
                    None if due == "-" else due,
                    None if words == "-" else words,
                )
            )
    return Place(file.stem, UnitIndex(known), examples)


def shared() -> Place | None:
    """The sentences that lie beside the repository, where they do."""
    file, units = SHARED / "examples-directives.jsonl", SHARED / "examples-units.json"
    if not file.exists():
        return None
    known = [
        unit(at, row["name"], row["short_name"], row["kind"])
        for at, row in enumerate(json.loads(units.read_text()), 1)
    ]
    examples = [
        Example(
            row["text"],
            date.fromisoformat(row["given_on"]),
            row["lead_units"],
            row["supporting_units"],
            row["due"],
            row["due_text"],
        )
        for row in map(json.loads, file.read_text().splitlines())
    ]
    return Place("shared", UnitIndex(known), examples)


@dataclass
class Figures:
    """How well sentences are understood."""

    sentences: int = 0
    right: dict[str, int] = field(default_factory=lambda: {LEAD: 0, SUPPORT: 0})
    answered: dict[str, int] = field(default_factory=lambda: {LEAD: 0, SUPPORT: 0})
    expected: dict[str, int] = field(default_factory=lambda: {LEAD: 0, SUPPORT: 0})
    dues: int = 0
    phrases: int = 0
    wrong: list[str] = field(default_factory=list)

    def f1(self, role: str) -> float:
        return 2 * self.right[role] / max(1, self.answered[role] + self.expected[role])

    def __str__(self) -> str:
        return (
            f"{self.sentences} sentences: leads F1 {self.f1(LEAD):.3f}, supporting F1 "
            f"{self.f1(SUPPORT):.3f}, deadline {self.dues / self.sentences:.3f}, "
            f"its words {self.phrases / self.sentences:.3f}"
        )


def _names(names: list[str]) -> set[str]:
    return {fold(name) for name in names}


def measure(said: Iterator[tuple[Place, Example]] | list[tuple[Place, Example]]) -> Figures:
    figures = Figures()
    for place, example in said:
        answer = place.read(example)
        deadline = answer.deadline
        due = deadline.due if deadline else None
        words = answer.text[deadline.start : deadline.end] if deadline else None
        figures.sentences += 1
        figures.dues += due == example.due
        figures.phrases += fold(words or "") == fold(example.due_text or "")
        wrong = [f"  due {due} {words!r} != {example.due} {example.due_text!r}"] * (
            due != example.due or fold(words or "") != fold(example.due_text or "")
        )
        for role, expected in ((LEAD, example.leads), (SUPPORT, example.supports)):
            named, wanted = _names([u.name for u in answer.units(role)]), _names(expected)
            figures.right[role] += len(named & wanted)
            figures.answered[role] += len(named)
            figures.expected[role] += len(wanted)
            if named != wanted:
                wrong.append(f"  {role}: extra {named - wanted}, missing {wanted - named}")
        if wrong:
            figures.wrong.append("\n".join([f"{place.name}: {example.text}", *wrong]))
    return figures
