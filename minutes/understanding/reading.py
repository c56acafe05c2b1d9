"""One sentence understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from minutes.understanding import deadlines, mentions, roles
from minutes.understanding.deadlines import Deadline
from minutes.understanding.index import UnitIndex, UnitName
from minutes.understanding.tokens import Sentence


@dataclass(frozen=True)
class Named:
    """A name in the text, from `start` up to `end`, and the role in which it stands there.

    `units` are those that bear it: none where it is unknown, several where it is not clear which.
    """

    start: int
    end: int
    role: str
    units: tuple[UnitName, ...]


@dataclass(frozen=True)
class Understood:
    """What a sentence says: who leads, who supports, by when."""

    text: str
    names: tuple[Named, ...]
    deadline: Deadline | None

    def units(self, role: str) -> list[UnitName]:
        """The units in a role in the order of the text; who leads does not support."""
        found = {n.units[0]: None for n in self.names if n.role == role and n.units}
        if role == roles.SUPPORT:
            for unit in self.units(roles.LEAD):
                found.pop(unit, None)
        return list(found)


def read(text: str, given: date, index: UnitIndex) -> Understood:
    """Understand one directive.

    Args:
        text: one sentence or paragraph that `core.text.clean` has gone over.
        given: the day on which it is given.
        index: the units that may be named.
    """
    sentence = Sentence.of(text)
    found = mentions.find(sentence, index, given)
    names = []
    for mention, role in roles.assign(sentence, found):
        start, end = sentence.tokens[mention.first].start, sentence.tokens[mention.after - 1].end
        if role:
            names.append(Named(start, end, role, mention.units))
    taken = [
        (sentence.tokens[m.first].start, sentence.tokens[m.after - 1].end) for m in found.found
    ]
    return Understood(text, tuple(names), deadlines.find(sentence, given, taken))
