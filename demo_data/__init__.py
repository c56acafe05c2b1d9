"""The content of the demonstration, as plain typed data.

Nothing here knows of a database: a loader turns these objects into the same commands that a
person gives. Things refer to each other by ``key``, a short ASCII word that is unique within its
kind and never shown on a screen. All texts are NFC; ``R'Măng`` is written with the plain
apostrophe.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

UnitKind = Literal["district", "office", "agency", "commune", "association", "group"]
Role = Literal["chair", "secretary", "participant", "observer", "records_clerk"]
AttendanceStatus = Literal["on_site", "online", "absent"]
EntryKind = Literal["report", "opinion", "question", "answer", "note"]
Section = Literal["assessment", "shortcomings", "tasks", "organisation"]


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation, or a named group of them.

    ``parent`` is the key of the unit above, None for a root. ``position`` is the protocol order
    among all units. ``members`` are the keys of a group's units: empty for a group that has no
    fixed members. ``place`` is the place name that stands before the date of a document.
    """

    key: str
    name: str
    short_name: str | None
    kind: UnitKind
    parent: str | None
    position: int
    members: tuple[str, ...] = ()
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an office; ``title`` does not repeat the name of the unit."""

    key: str
    name: str
    title: str
    unit_key: str


@dataclass(frozen=True, slots=True)
class Account:
    """A way to sign in; ``may_schedule`` lets its owner create meetings."""

    username: str
    person_key: str | None
    is_admin: bool = False
    may_schedule: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything that exists before the first meeting."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Participant:
    """One invited person; the order in the meeting's tuple is the protocol order."""

    person_key: str
    role: Role
    unit_key: str


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item; ``minutes`` is the planned length, the two times are when it really ran."""

    key: str
    title: str
    minutes: int
    presenter_unit_key: str
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """How one participant took part; ``deputy_name`` is who came in that person's stead."""

    person_key: str
    status: AttendanceStatus
    at: datetime
    deputy_name: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One remark of the record.

    The speaker is either ``person_key`` or, for a deputy who is not in the directory,
    ``speaker_name``. ``unit_key`` is the unit spoken for.
    """

    item_key: str
    kind: EntryKind
    text: str
    at: datetime
    unit_key: str
    person_key: str | None = None
    speaker_name: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One paragraph of the chairman's conclusions."""

    section: Section
    text: str
    item_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the table of indicators; what was not published is empty."""

    name: str
    measure: str
    plan: str
    estimate: str
    assessment: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of an item, printed when it is loaded: paragraphs, and a table with a head.

    ``landscape`` is for what is made to be shown on a screen.
    """

    item_key: str
    title: str
    filename: str
    paragraphs: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody had the floor."""

    person_key: str
    item_key: str
    asked_at: datetime
    called_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """A question put to the vote in public; everybody was for it.

    ``usernames`` are the accounts that voted by themselves; ``hands`` were raised in the room.
    """

    question: str
    item_key: str
    opened_at: datetime
    closed_at: datetime
    usernames: tuple[str, ...]
    hands: int


@dataclass(frozen=True, slots=True)
class Directive:
    """One task given to units.

    ``due`` is None, a date ``2023-10-31``, a local date-time ``2023-10-20T17:00``, a month
    ``2023-11``, a quarter ``2023-Q4`` or ``ongoing``; ``due_text`` is the deadline as the text
    words it.
    """

    text: str
    lead_unit_keys: tuple[str, ...]
    supporting_unit_keys: tuple[str, ...]
    due: str | None
    due_text: str | None
    item_key: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A unit has understood a directive, or asks what it means.

    ``username`` is who has given it: somebody of the unit, or the secretary for it.
    """

    directive_key: str
    unit_key: str
    at: datetime
    username: str = "thuky"
    note: str | None = None
    reply: Literal["understood", "clarify"] = "understood"


@dataclass(frozen=True, slots=True)
class Report:
    """What a leading unit has reported of a directive, and what was decided about it by
    ``decided_at``: that it is right, or, with ``remarks``, that it is not good enough."""

    directive_key: str
    unit_key: str
    at: datetime
    progress: int
    text: str
    done: bool = False
    username: str = "thuky"
    decided_at: datetime | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that a leading unit has asked for and been granted."""

    directive_key: str
    unit_key: str
    at: datetime
    due: str
    reason: str
    decided_at: datetime
    decision_reason: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting with its record. ``series`` is the name of the series that it belongs to.

    ``starts_at`` is None for a meeting whose day is chosen when it is loaded; it is then planned
    to last ``duration_minutes``, and its record is empty.
    """

    code: str
    title: str
    location: str
    description: str
    organizer_unit_key: str
    duration_minutes: int
    participants: tuple[Participant, ...]
    agenda: tuple[AgendaItem, ...]
    indicators: tuple[Indicator, ...] = ()
    papers: tuple[Paper, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    attendance: tuple[Attendance, ...] = ()
    entries: tuple[Entry, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    directives: tuple[Directive, ...] = ()
    turns: tuple[Turn, ...] = ()
    votes: tuple[Vote, ...] = ()
    series: str = ""
    acknowledgements: tuple[Acknowledgement, ...] = ()
    reports: tuple[Report, ...] = ()
    extensions: tuple[Extension, ...] = ()
