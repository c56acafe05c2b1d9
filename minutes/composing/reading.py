"""A meeting's record for reading: the objects of a snapshot, found by reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from agenda import room
from minutes.composing.phrases import abbreviated, joined, line, plain
from minutes.numbers import local

Fields = Mapping[str, Any]
Objects = Mapping[str, Fields]

ENDED: Final = ("closed", "archived")
PRESENT: Final = ("on_site", "online")
# The units of a territory, each of which is a site of an online meeting (meetings.presence).
TERRITORIES: Final = ("province", "district", "commune", "village")


class Record:
    """A meeting's record for reading."""

    def __init__(self, objects: Objects) -> None:
        """Take the `objects` of a snapshot.

        Raises:
            ValueError: there is no meeting among them.
        """
        self._objects = objects
        self._attendance = {mark.get("person_id"): mark for mark in self.all("attendance")}
        self.meeting: Fields = next(self.all("meeting"), {})
        if not self.meeting:
            raise ValueError("the snapshot holds no meeting")

    def all(self, kind: str) -> Iterator[Fields]:
        """The objects of a kind."""
        return (fields for key, fields in self._objects.items() if key.startswith(kind + "/"))

    def sorted(self, kind: str, *by: str) -> list[Fields]:
        """All objects of a kind in the order of these fields; a missing one goes last."""
        return sorted(
            self.all(kind),
            key=lambda fields: [(fields.get(name) is None, fields.get(name)) for name in by],
        )

    def find(self, kind: str, key: Any) -> Fields:
        """The object of that kind and id, or an empty one."""
        return self._objects.get(f"{kind}/{key}", {})

    # Units

    def unit_name(self, key: Any, *, short: bool = False) -> str:
        """A unit's name, in its short form if asked for and there is one."""
        unit = self.find("unit", key)
        return line((short and unit.get("short_name")) or unit.get("name"))

    def unit_names(self, keys: Iterable[Any], *, short: bool = False) -> list[str]:
        """The names of several units, those that are known."""
        return [name for key in keys if (name := self.unit_name(key, short=short))]

    def site_id(self, unit_id: Any) -> Any:
        """Where a unit sits in an online meeting: the territory that it is or belongs to, else
        the organiser's own site."""
        seen = set()
        while unit_id is not None and unit_id not in seen:
            seen.add(unit_id)
            unit = self.find("unit", unit_id)
            if unit.get("kind") in TERRITORIES:
                return unit_id
            unit_id = unit.get("parent_id")
        return self.organizer.get("id")

    @property
    def organizer(self) -> Fields:
        """The unit that issues: the organiser, else the first chair's unit."""
        chair: Fields = self.chairs[0] if self.chairs else {}
        return self.find("unit", self.meeting.get("organizer_unit_id") or chair.get("unit_id"))

    @property
    def organizer_name(self) -> str:
        """The organiser in full; empty where it is not known."""
        return self.unit_name(self.organizer.get("id"))

    def office(self) -> Fields:
        """The organiser's own office (Văn phòng), if the unit tree holds one."""
        return next(
            (
                unit
                for unit in self.sorted("unit", "position", "id")
                if unit.get("parent_id") == self.organizer.get("id")
                and plain(unit.get("name")).startswith("văn phòng")
            ),
            {},
        )

    # When

    @property
    def ended(self) -> bool:
        """Whether the meeting is over."""
        return self.meeting.get("state") in ENDED

    @property
    def begun_at(self) -> datetime:
        """When it began, or will begin."""
        return local(self.meeting.get("opened_at") or self.meeting["starts_at"])

    @property
    def ended_at(self) -> datetime:
        """When it ended, or will end."""
        times = (self.meeting.get(name) for name in ("closed_at", "ends_at", "starts_at"))
        return local(next(moment for moment in times if moment))

    # What

    @property
    def title(self) -> str:
        """The meeting's title."""
        return line(self.meeting.get("title")) or "Cuộc họp"

    @property
    def noun(self) -> str:
        """What the meeting calls itself; the models name the alternatives in brackets."""
        start = self.title.casefold()
        nouns = ("hội nghị", "hội thảo")
        return next((noun for noun in nouns if start.startswith(noun)), "cuộc họp")

    # Who

    @property
    def chairs(self) -> list[Fields]:
        """Those who were to preside, in order."""
        return self._people("chair")

    @property
    def secretaries(self) -> list[Fields]:
        """Those who were to keep the record, in order."""
        return self._people("secretary")

    @property
    def presiding(self) -> list[Fields]:
        """The chairs who were there, in order; the first one signs."""
        return self._there(self.chairs)

    @property
    def recording(self) -> list[Fields]:
        """The secretaries who were there, in order; the first one signs."""
        return self._there(self.secretaries)

    def _people(self, role: str) -> list[Fields]:
        people = (self.find("person", key) for key in self.meeting.get(f"{role}_ids") or ())
        return [person for person in people if person]

    def attendance_of(self, person_id: Any) -> Fields:
        """The attendance of a person, or an empty one."""
        return self._attendance.get(person_id, {})

    @cached_property
    def late(self) -> frozenset[Any]:
        """Who came late, by their ids (agenda.room)."""
        return frozenset(room.late(self._objects))

    @cached_property
    def left_early(self) -> frozenset[Any]:
        """Who left before the end, by their ids (agenda.room)."""
        return frozenset(room.left_early(self._objects))

    def _there(self, people: Sequence[Fields]) -> list[Fields]:
        """Those of the presidium who were there themselves.

        The minutes name who presided and who wrote, not who was to (decision 45/2018/QĐ-TTg).
        Where nobody of a role is marked present, those whom nobody has marked stand: the roll is
        called of the delegates, seldom of the table in front. Where all are marked absent somebody
        else presided; the record does not know who, so the office writes the name in by hand.
        """
        marks = [(person, self.attendance_of(person.get("id"))) for person in people]
        # A stand-in sits among the delegates; whether they presided is not recorded.
        present = [
            person
            for person, mark in marks
            if mark.get("status") in PRESENT and not line(mark.get("deputy_name"))
        ]
        unmarked = [
            person for person, mark in marks if (mark.get("status") or "unknown") == "unknown"
        ]
        return present or unmarked

    def invited(self) -> list[tuple[Fields, Fields]]:
        """Participants with their attendance in protocol order, the presidium apart.

        Those who presided and recorded stand on lines of their own; chairs and secretaries who
        did not are listed with everybody else, so that their absence and its reason are on
        record. A records clerk keeps the papers and is a delegate only when present.
        """
        apart = {person.get("id") for person in (*self.presiding, *self.recording)}
        listed = []
        for participant in self.sorted("participant", "position", "id"):
            present = self.attendance_of(participant.get("person_id"))
            clerk = participant.get("role") == "records_clerk"
            if participant.get("person_id") not in apart and (
                not clerk or present.get("status") in PRESENT
            ):
                listed.append((participant, present))
        return listed

    def unit_of(self, participant: Fields) -> Any:
        """The id of the unit that a participant comes for."""
        person = self.find("person", participant.get("person_id"))
        mark = self.attendance_of(participant.get("person_id"))
        return mark.get("unit_id") or participant.get("unit_id") or person.get("unit_id")

    def full_title(self, title: Any, unit_id: Any) -> str:
        """A title that names its unit once.

        `Trưởng phòng` of `Phòng Nội vụ` gives `Trưởng phòng Nội vụ`; a title that names the unit
        already stays as it is; any other is followed by the unit: `Chủ tịch UBND xã Quảng Sơn`.
        """
        position, unit = line(title), self.unit_name(unit_id)
        if not unit or not position:
            return position or unit
        said = plain(position)
        short = self.unit_name(unit_id, short=True)
        if any(plain(name) in said for name in (unit, short)):
            return position
        # Where the end of the title is the beginning of the unit's name, the rest completes it.
        for name in (unit, short):
            words, title_words = plain(name).split(), said.split()
            for length in range(min(len(words), len(title_words)), 0, -1):
                if title_words[-length:] == words[:length]:
                    rest = abbreviated(name).split()[length:]
                    return " ".join([position, *rest])
        return f"{position} {unit}"

    def who(self, person: Fields, unit_id: Any = None) -> str:
        """`name, title, unit`; documents cannot say Ông or Bà, the record has no gender."""
        unit = unit_id or person.get("unit_id")
        return joined([line(person.get("name")), self.full_title(person.get("title"), unit)])

    def titled(self, person: Fields) -> str:
        """`title name`, as a notice names a leader."""
        return joined(
            [self.full_title(person.get("title"), person.get("unit_id")), line(person.get("name"))],
            " ",
        )
