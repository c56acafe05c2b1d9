"""A document and the record behind it as JSON, by a published JSON Schema (2020-12).

The models below are the schema: what is written is made of them. Names and titles stand beside
ids, so that a reader needs nothing else. A document tells here of no more than it tells on paper:
a notice of conclusions goes to people who were not there, and does not carry what was said, nor
who was ill.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from agenda.commands import EntryKind
from meetings.commands import RoleName
from minutes.commands import Section
from minutes.content import Content, Issue
from minutes.kinds import KINDS, KindName

Fields = Mapping[str, Any]
Objects = Mapping[str, Fields]

# What names the schema, whatever the address that it is served at. It grows by fields that may
# be missing; anything else makes version 2.
SCHEMA_ID: Final = "urn:giao-ban:schema:document:1"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class UnitOut(_Exact):
    """A unit."""

    id: int
    name: str


class PersonOut(_Exact):
    """A person, and the unit that they belong to."""

    id: int
    name: str
    title: str | None
    unit: UnitOut | None


class ParticipantOut(_Exact):
    """Someone invited, for the unit that they sit for. Minutes say how they took part, when they
    (or their deputy) came and went, who stood in for them, and why they were absent."""

    person: PersonOut | None
    unit: UnitOut | None
    role: RoleName
    status: Literal["on_site", "online", "absent", "unknown"] | None = None
    deputy_name: str | None = None
    reason: str | None = None
    arrived_at: Moment | None = None
    left_at: Moment | None = None


class HeadcountOut(_Exact):
    """How many people sat at a site, as somebody there has counted them."""

    unit: UnitOut | None
    people: int


class QuorumOut(_Exact):
    """The quorum that the meeting asked for, as it stood in the end."""

    rule: str
    members: int
    present: int
    needed: int
    reached: bool


class CountsOut(_Exact):
    """How many chose what."""

    for_: int = Field(alias="for")
    against: int
    abstain: int


class BallotOut(_Exact):
    """What somebody, or their deputy, has chosen in public."""

    person: PersonOut | None
    deputy_name: str | None
    choice: Literal["for", "against", "abstain"]


class VoteOut(_Exact):
    """A vote. `counts` hold the `hands` counted in the room; a secret one has no ballots to tell
    of."""

    question: str
    secret: bool
    state: Literal["open", "closed"]
    item_id: int | None
    voters: int = Field(description="How many might vote.")
    counts: CountsOut | None
    hands: CountsOut | None
    ballots: list[BallotOut] | None = None


class EntryOut(_Exact):
    """A line of the record; the speaker is a person of the directory or a name. A `late` one was
    added after the close."""

    kind: EntryKind
    at: Moment
    person: PersonOut | None
    speaker_name: str | None
    unit: UnitOut | None
    text: str
    late: bool = False
    carried_id: int | None = Field(default=None, description="What is carried over it is about.")
    progress: int | None = Field(default=None, description="In percent, as its unit has said.")


class ItemOut(_Exact):
    """An item of the agenda; minutes hold what was said to it."""

    id: int
    title: str
    minutes: int = Field(description="Planned length.")
    presenter: UnitOut | None
    state: Literal["pending", "current", "done", "skipped"] | None = None
    used_seconds: int | None = None
    entries: list[EntryOut] | None = None
    kind: Literal["follow_up"] | None = None


class IndicatorOut(_Exact):
    """Plan against actual; the values are text, as the office wrote them."""

    name: str
    measure: str
    plan: str
    estimate: str
    assessment: str


class ConclusionOut(_Exact):
    """A conclusion of the chair."""

    section: Section
    text: str
    item_id: int | None


class AcknowledgementOut(_Exact):
    """What a unit has answered to a directive, and when."""

    unit: UnitOut | None
    reply: Literal["understood", "clarify"]
    note: str | None
    at: Moment


class DirectiveOut(_Exact):
    """What units are told to do, by when (forms of `due`: docs/live.md). Minutes hold what they
    have answered."""

    text: str
    lead_units: list[UnitOut]
    supporting_units: list[UnitOut]
    due: str | None
    due_text: str | None
    item_id: int | None
    acknowledgements: list[AcknowledgementOut] | None = None


class CarriedOut(_Exact):
    """A directive of an earlier meeting, as it stood when this one was opened."""

    id: int
    from_code: str = Field(description="The code of the earlier meeting.")
    text: str
    lead_units: list[UnitOut]
    due: str | None
    due_text: str | None
    status: Literal["done_on_time", "done_late", "in_time", "overdue", "no_deadline"]
    days_late: int
    progress: int | None = Field(description="In percent; null where nobody had reported.")
    done_at: Moment | None


class StoodOut(_Exact):
    """How many directives stood how. `percent`: done ÷ (done + overdue); null where nothing could
    have been done yet."""

    total: int
    done: int
    done_on_time: int
    done_late: int
    open: int
    in_time: int
    overdue: int
    no_deadline: int
    percent: float | None


class UnitStoodOut(StoodOut):
    """The same for a leading unit."""

    unit: UnitOut


class ScorecardOut(_Exact):
    """How the directives of earlier meetings stood when this one closed: those given since a day,
    and older ones that were not done."""

    at: Moment
    since: date
    total: StoodOut
    units: list[UnitStoodOut]


class MeetingOut(_Exact):
    """The meeting, and the parts of its record that the document tells of."""

    code: str
    title: str
    description: str
    state: str
    starts_at: Moment
    ends_at: Moment | None
    opened_at: Moment | None
    closed_at: Moment | None
    location: str
    organizer: UnitOut | None
    chairs: list[PersonOut]
    secretaries: list[PersonOut]
    participants: list[ParticipantOut] | None = None
    headcounts: list[HeadcountOut] | None = None
    quorum: QuorumOut | None = None
    votes: list[VoteOut] | None = None
    carried: list[CarriedOut] | None = None
    scorecard: ScorecardOut | None = None
    agenda: list[ItemOut] | None = None
    indicators: list[IndicatorOut] | None = None
    conclusions: list[ConclusionOut] | None = None
    directives: list[DirectiveOut] | None = None


class IssueOut(_Exact):
    """What issuing gives (`minutes.content.Issue`)."""

    symbol: str
    day: date
    code: str = Field(description="To look it up by; empty where it cannot be.")
    address: str = Field(description="Where it is looked up.")
    replaces: str = Field(description="What it replaces, in words.")


class DocumentOut(_Exact):
    """A document of a meeting with the record behind it."""

    schema_: Literal["urn:giao-ban:schema:document:1"] = Field(alias="$schema")
    kind: KindName
    type: str = Field(description="Tên loại, as it is printed.")
    language: Literal["vi"]
    issue: IssueOut | None = Field(description="None: it is not issued.")
    content: Content
    meeting: MeetingOut


def document_schema() -> dict[str, Any]:
    """The JSON Schema that every `record_json` fits."""
    described = DocumentOut.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, "$id": SCHEMA_ID} | described


def record_json(kind: str, content: Content, issue: Issue | None, objects: Objects) -> bytes:
    """A document and its meeting's record as JSON (UTF-8), the same bytes for the same record.

    Args:
        kind: one of `minutes.kinds.KINDS`.
        content: what the document says.
        issue: what issuing gave it; None while it is not issued.
        objects: the `objects` of a snapshot.

    Raises:
        ValueError: there is no meeting among the objects.
    """
    written = DocumentOut.model_validate(
        {
            "$schema": SCHEMA_ID,
            "kind": kind,
            "type": KINDS[kind].type,
            "language": "vi",
            "issue": None if issue is None else IssueOut(**vars(issue)),
            "content": content,
            "meeting": _Reader(objects).meeting(kind),
        }
    )
    # What was not set is not told; what is told and unknown is null.
    plain = written.model_dump(mode="json", by_alias=True, exclude_unset=True)
    plain["content"] = content.model_dump(mode="json")
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _given(fields: Fields, *names: str) -> dict[str, Any]:
    """Those of the fields that are there: what is not told is left out."""
    return {name: fields[name] for name in names if fields.get(name) is not None}


def _scorecard(found: Fields) -> ScorecardOut:
    def stood(counts: Fields) -> dict[str, Any]:
        return {name: counts[name] for name in StoodOut.model_fields}

    return ScorecardOut(
        at=found["at"],
        since=found["since"],
        total=StoodOut(**stood(found["total"])),
        units=[
            UnitStoodOut(unit=UnitOut(id=each["unit_id"], name=each["name"]), **stood(each))
            for each in found["units"]
        ],
    )


class _Reader:
    """A snapshot's objects, with names in the place of ids."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        found = next(self._all("meeting"), None)
        if found is None:
            raise ValueError("the snapshot holds no meeting")
        self._meeting = found

    def _all(self, kind: str) -> Iterator[Fields]:
        return (value for key, value in self._objects.items() if key.startswith(f"{kind}/"))

    def _sorted(self, kind: str, by: str) -> list[Fields]:
        return sorted(self._all(kind), key=lambda value: (value.get(by) or 0, value.get("id") or 0))

    def _spoken(self, kind: str) -> list[Fields]:
        return sorted(self._all(kind), key=lambda v: (v.get("at") or "", v.get("id") or 0))

    def _unit(self, key: Any) -> UnitOut | None:
        unit = self._objects.get(f"unit/{key}")
        return None if unit is None else UnitOut(id=unit["id"], name=unit["name"])

    def _units(self, keys: Any) -> list[UnitOut]:
        return [unit for key in keys or () if (unit := self._unit(key))]

    def _person(self, key: Any) -> PersonOut | None:
        person = self._objects.get(f"person/{key}")
        if person is None:
            return None
        return PersonOut(
            id=person["id"],
            name=person["name"],
            title=person.get("title"),
            unit=self._unit(person.get("unit_id")),
        )

    def _people(self, keys: Any) -> list[PersonOut]:
        return [person for key in keys or () if (person := self._person(key))]

    def meeting(self, kind: str) -> MeetingOut:
        """The meeting with the parts that a kind of document tells of."""
        meeting = self._meeting
        return MeetingOut(
            code=meeting.get("code") or "",
            title=meeting.get("title") or "",
            description=meeting.get("description") or "",
            state=meeting.get("state") or "",
            starts_at=meeting["starts_at"],
            ends_at=meeting.get("ends_at"),
            opened_at=meeting.get("opened_at"),
            closed_at=meeting.get("closed_at"),
            location=meeting.get("location") or "",
            organizer=self._unit(meeting.get("organizer_unit_id")),
            chairs=self._people(meeting.get("chair_ids")),
            secretaries=self._people(meeting.get("secretary_ids")),
            **self._parts(kind),
        )

    def _parts(self, kind: str) -> dict[str, Any]:
        if kind == "invitation":
            return {"participants": self._invited(), "agenda": self._agenda()}
        if kind == "directives":
            return {"directives": self._directives()}
        outcome = {
            "indicators": self._indicators(),
            "conclusions": self._conclusions(),
            "directives": self._directives(answers=kind == "minutes"),
        }
        if kind == "conclusions":
            return {"agenda": self._agenda()} | outcome
        held = {
            "participants": self._attendance(),
            "headcounts": self._headcounts(),
            "quorum": self._quorum(),
            "votes": self._votes(),
            "agenda": self._course(),
        }
        if carried := self._carried():
            held["carried"] = carried
        if scorecard := next(self._all("scorecard"), None):
            held["scorecard"] = _scorecard(scorecard)
        return held | outcome

    def _invited(self) -> list[ParticipantOut]:
        return [
            ParticipantOut(**self._seat(each)) for each in self._sorted("participant", "position")
        ]

    def _attendance(self) -> list[ParticipantOut]:
        marks = {mark.get("person_id"): mark for mark in self._all("attendance")}
        found = []
        for each in self._sorted("participant", "position"):
            mark = marks.get(each.get("person_id"), {})
            found.append(
                ParticipantOut(
                    **self._seat(each),
                    status=mark.get("status") or "unknown",
                    deputy_name=mark.get("deputy_name"),
                    reason=mark.get("reason"),
                    arrived_at=mark.get("arrived_at"),
                    left_at=mark.get("left_at"),
                )
            )
        return found

    def _headcounts(self) -> list[HeadcountOut]:
        return [
            HeadcountOut(unit=self._unit(each.get("unit_id")), people=each["people"])
            for each in self._sorted("headcount", "unit_id")
        ]

    def _quorum(self) -> QuorumOut | None:
        found = next(self._all("quorum"), None)
        if found is None:
            return None
        return QuorumOut(**{name: found[name] for name in QuorumOut.model_fields})

    def _votes(self) -> list[VoteOut]:
        return [
            VoteOut(
                question=each.get("question") or "",
                secret=each["secret"],
                state=each["state"],
                item_id=each.get("item_id"),
                voters=len(each.get("voter_ids") or ()),
                counts=each.get("counts"),
                hands=each.get("hands"),
                **({} if each["secret"] else {"ballots": self._ballots(each["id"])}),
            )
            for each in self._sorted("vote", "id")
        ]

    def _ballots(self, vote_id: int) -> list[BallotOut]:
        return [
            BallotOut(
                person=self._person(each.get("person_id")),
                deputy_name=each.get("deputy_name"),
                choice=each["choice"],
            )
            for each in self._sorted("ballot", "id")
            if each.get("vote_id") == vote_id
        ]

    def _seat(self, participant: Fields) -> dict[str, Any]:
        return {
            "person": self._person(participant.get("person_id")),
            "unit": self._unit(participant.get("unit_id")),
            "role": participant["role"],
        }

    def _agenda(self) -> list[ItemOut]:
        return [ItemOut(**self._item(each)) for each in self._sorted("agenda_item", "position")]

    def _course(self) -> list[ItemOut]:
        entries = self._spoken("entry")
        return [
            ItemOut(
                **self._item(each),
                state=each.get("state"),
                used_seconds=each.get("used_seconds"),
                entries=[self._entry(e) for e in entries if e.get("item_id") == each["id"]],
            )
            for each in self._sorted("agenda_item", "position")
        ]

    def _item(self, item: Fields) -> dict[str, Any]:
        return {
            "id": item["id"],
            "title": item.get("title") or "",
            "minutes": item.get("minutes") or 0,
            "presenter": self._unit(item.get("presenter_unit_id")),
        } | _given(item, "kind")

    def _carried(self) -> list[CarriedOut]:
        same = ("id", "from_code", "due", "due_text", "status", "days_late", "progress", "done_at")
        return [
            CarriedOut(
                text=each.get("text") or "",
                lead_units=self._units(each.get("lead_unit_ids")),
                **{name: each[name] for name in same},
            )
            for each in self._sorted("carried", "position")
        ]

    def _entry(self, entry: Fields) -> EntryOut:
        return EntryOut(
            kind=entry["kind"],
            at=entry["at"],
            person=self._person(entry.get("person_id")),
            speaker_name=entry.get("speaker_name"),
            unit=self._unit(entry.get("unit_id")),
            text=entry.get("text") or "",
            late=bool(entry.get("late")),
            **_given(entry, "carried_id", "progress"),
        )

    def _indicators(self) -> list[IndicatorOut]:
        names = IndicatorOut.model_fields
        return [
            IndicatorOut(**{name: each.get(name) or "" for name in names})
            for each in self._sorted("indicator", "position")
        ]

    def _conclusions(self) -> list[ConclusionOut]:
        return [
            ConclusionOut(
                section=each.get("section") or "tasks",
                text=each.get("text") or "",
                item_id=each.get("item_id"),
            )
            for each in self._spoken("conclusion")
        ]

    def _directives(self, answers: bool = False) -> list[DirectiveOut]:
        return [
            DirectiveOut(
                text=each.get("text") or "",
                lead_units=self._units(each.get("lead_unit_ids")),
                supporting_units=self._units(each.get("supporting_unit_ids")),
                due=each.get("due"),
                due_text=each.get("due_text"),
                item_id=each.get("item_id"),
                **({"acknowledgements": self._answers(each["id"])} if answers else {}),
            )
            for each in self._spoken("directive")
            if not each.get("parent_id")
        ]

    def _answers(self, directive_id: int) -> list[AcknowledgementOut]:
        return [
            AcknowledgementOut(
                unit=self._unit(each.get("unit_id")),
                reply=each["reply"],
                note=each.get("note"),
                at=each["at"],
            )
            for each in self._spoken("acknowledgement")
            if each["directive_id"] == directive_id
        ]
