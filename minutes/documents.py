"""Biên bản and thông báo kết luận, composed from a meeting's record.

Composing is pure: plain public objects of the snapshot in, a frozen document out that holds exactly
what is printed. The layout follows the models of decree 30/2020/NĐ-CP, appendix III (1.4 for the
notice, 1.9 for the minutes); the content follows decision 45/2018/QĐ-TTg (what minutes must hold)
and the notices that offices publish. Numbers of the layout are in `minutes.layout`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from minutes.content import Appendix as ContentAppendix
from minutes.content import Content, Issue
from minutes.content import Signature as ContentSignature
from minutes.kinds import KINDS
from minutes.layout import STYLESHEET_URL, environment
from minutes.numbers import clock, count, deadline, local, long_date, roman

Fields = Mapping[str, Any]
Objects = Mapping[str, Fields]

# The symbol of each kind; offices differ (`/TB-UBND`, `/TB-VP`), so it is a template.
# The number is given on registering; until then the place for it stays open.
SYMBOLS: Final = {"minutes": "Số: {number}/BB-{office}", "conclusions": "Số: {number}/TB-{office}"}
OPEN_NUMBER: Final = "\u00a0" * 8

ENDED: Final = ("closed", "archived")
PRESENT: Final = ("on_site", "online")
MODES: Final = {
    "on_site": "Trực tiếp",
    "online": "Trực tuyến",
    "absent": "Vắng",
    "unknown": "Chưa điểm danh",
}
SECTIONS: Final = {
    "assessment": "Kết quả đạt được",
    "shortcomings": "Tồn tại, hạn chế",
    "tasks": "Nhiệm vụ chung",
    "organisation": "Tổ chức thực hiện",
}
NONE: Final = "—"
# The place for a name that the record does not know and that is written in by hand.
OPEN_NAME: Final = "…………………………"


# What is printed -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """The title of a part, in capitals: `I. DIỄN BIẾN HỘI NGHỊ`."""

    kind: ClassVar = "part"
    text: str


@dataclass(frozen=True)
class Clause:
    """The title of a clause, bold on its own line: `1. Kết quả đạt được`."""

    kind: ClassVar = "clause"
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; one that announces a list or table stays with what follows it."""

    kind: ClassVar = "text"
    text: str
    announces: bool = False


@dataclass(frozen=True)
class AttendanceRow:
    """One site or delegate: which unit, who came for it, and how."""

    unit: str
    people: str
    mode: str


@dataclass(frozen=True)
class AttendanceTable:
    """The delegates of all sites."""

    kind: ClassVar = "attendance"
    rows: tuple[AttendanceRow, ...]


@dataclass(frozen=True)
class DirectiveRow:
    """One directive as the table shows it; `due` is never empty."""

    text: str
    leads: str
    supporting: str
    due: str


@dataclass(frozen=True)
class DirectiveTable:
    """The directives of the meeting."""

    kind: ClassVar = "directives"
    rows: tuple[DirectiveRow, ...]


Block = Part | Clause | Text | AttendanceTable | DirectiveTable


@dataclass(frozen=True)
class Letterhead:
    """Who issues, under which number, where and when."""

    superior: tuple[str, ...]  # regular
    issuer: tuple[str, ...]  # bold, ruled
    number: str
    place_date: str | None


@dataclass(frozen=True)
class Signature:
    """A capacity in one or more lines, the space to sign, and a name that may be open."""

    capacity: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Appendix:
    """A table on pages of its own behind the signature."""

    title: str
    reference: str
    table: DirectiveTable


@dataclass(frozen=True)
class Document:
    """What all printed documents share, in the order of the page."""

    template: ClassVar[str]

    title: str
    draft: bool
    letterhead: Letterhead
    name: str
    abstract: str
    blocks: tuple[Block, ...]
    closing: str
    signatures: tuple[Signature, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class MinutesDocument(Document):
    """Biên bản, model 1.9: no place and date line, two signatures."""

    template: ClassVar = "minutes.html"


@dataclass(frozen=True)
class ConclusionsDocument(Document):
    """Thông báo kết luận, model 1.4: one signature, the directives as an appendix."""

    template: ClassVar = "conclusions.html"
    appendix: Appendix | None


# Reading the snapshot ------------------------------------------------------------------------


class Record:
    """A meeting's record for reading: the objects of one viewer's snapshot, found by reference."""

    def __init__(self, objects: Objects) -> None:
        """Take the `objects` of a snapshot.

        Raises:
            ValueError: there is no meeting among them.
        """
        self._objects = objects
        self._attendance = {mark.get("person_id"): mark for mark in self._all("attendance")}
        self.meeting: Fields = next(self._all("meeting"), {})
        if not self.meeting:
            raise ValueError("the snapshot holds no meeting")

    def _all(self, kind: str) -> Iterator[Fields]:
        return (fields for key, fields in self._objects.items() if key.startswith(kind + "/"))

    def sorted(self, kind: str, *by: str) -> list[Fields]:
        """Return all objects of a kind in the order of these fields; a missing one goes last."""
        return sorted(
            self._all(kind),
            key=lambda fields: [(fields.get(name) is None, fields.get(name)) for name in by],
        )

    def find(self, kind: str, key: Any) -> Fields:
        """Return the object of that kind and id, or an empty one."""
        return self._objects.get(f"{kind}/{key}", {})

    def unit_name(self, key: Any, *, short: bool = False) -> str:
        """Return a unit's name, in its short form if asked for and there is one."""
        unit = self.find("unit", key)
        return _line((short and unit.get("short_name")) or unit.get("name"))

    def unit_names(self, keys: Iterable[Any], *, short: bool = False) -> list[str]:
        """Return the names of several units, those that are known."""
        return [name for key in keys if (name := self.unit_name(key, short=short))]

    @property
    def ended(self) -> bool:
        """Whether the meeting is over: what is printed before that is a draft."""
        return self.meeting.get("state") in ENDED

    @property
    def begun_at(self) -> datetime:
        """When it began, or will begin."""
        return local(self.meeting.get("opened_at") or self.meeting["starts_at"])

    @property
    def ended_at(self) -> datetime:
        """When it ended, or will end: the day that the documents carry."""
        times = (self.meeting.get(name) for name in ("closed_at", "ends_at", "starts_at"))
        return local(next(moment for moment in times if moment))

    @property
    def title(self) -> str:
        """The meeting's title."""
        return _line(self.meeting.get("title")) or "Cuộc họp"

    @property
    def noun(self) -> str:
        """What the meeting calls itself; the models name the alternatives in brackets."""
        start = self.title.casefold()
        nouns = ("hội nghị", "hội thảo")
        return next((noun for noun in nouns if start.startswith(noun)), "cuộc họp")

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
        """Return the attendance of a person, or an empty one."""
        return self._attendance.get(person_id, {})

    def _there(self, people: Sequence[Fields]) -> list[Fields]:
        """Return those of the presidium who were there themselves.

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
            if mark.get("status") in PRESENT and not _line(mark.get("deputy_name"))
        ]
        unmarked = [
            person for person, mark in marks if (mark.get("status") or "unknown") == "unknown"
        ]
        return present or unmarked

    @property
    def organizer(self) -> Fields:
        """The unit that issues: the organiser, else the first chair's unit."""
        chair: Fields = self.chairs[0] if self.chairs else {}
        return self.find("unit", self.meeting.get("organizer_unit_id") or chair.get("unit_id"))

    def office(self) -> Fields:
        """Return the organiser's own office (Văn phòng), if the unit tree holds one."""
        return next(
            (
                unit
                for unit in self.sorted("unit", "position", "id")
                if unit.get("parent_id") == self.organizer.get("id")
                and _plain(unit.get("name")).startswith("văn phòng")
            ),
            {},
        )

    def full_title(self, title: Any, unit_id: Any) -> str:
        """Return a title that names its unit once.

        `Trưởng phòng` of `Phòng Nội vụ` gives `Trưởng phòng Nội vụ`; a title that names the unit
        already stays as it is; any other is followed by the unit: `Chủ tịch UBND xã Quảng Sơn`.
        """
        position, unit = _line(title), self.unit_name(unit_id)
        if not unit or not position:
            return position or unit
        plain = _plain(position)
        short = self.unit_name(unit_id, short=True)
        if any(_plain(name) in plain for name in (unit, short)):
            return position
        # Where the end of the title is the beginning of the unit's name, the rest completes it.
        for name in (unit, short):
            words, title_words = _plain(name).split(), plain.split()
            for length in range(min(len(words), len(title_words)), 0, -1):
                if title_words[-length:] == words[:length]:
                    rest = _abbreviated(name).split()[length:]
                    return " ".join([position, *rest])
        return f"{position} {unit}"

    def who(self, person: Fields, unit_id: Any = None) -> str:
        """Return `name, title, unit`; documents cannot say Ông or Bà, the record has no gender."""
        unit = unit_id or person.get("unit_id")
        return _joined([_line(person.get("name")), self.full_title(person.get("title"), unit)])


def _line(text: Any) -> str:
    """Return any value as one line; a missing one is empty."""
    return " ".join(str(text or "").split())


def _paragraphs(text: Any) -> list[str]:
    return [line for part in str(text or "").splitlines() if (line := _line(part))]


def _joined(parts: Iterable[str], between: str = ", ") -> str:
    return between.join(part for part in parts if part)


def _listed(parts: Sequence[str]) -> str:
    """Return `A`, `A và B`, `A, B và C`; a name with its own `và` or comma asks for semicolons."""
    if any(" và " in part or "," in part for part in parts):
        return "; ".join(parts)
    return " và ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _sentence(text: str) -> str:
    """Return the text with a full stop unless it ends a sentence already."""
    return text if text.endswith((".", "!", "?", "…", ":")) else text.rstrip(";,") + "."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _abbreviated(text: str) -> str:
    text = re.sub("ủy ban nhân dân|uỷ ban nhân dân", "UBND", text, flags=re.IGNORECASE)
    return re.sub("hội đồng nhân dân", "HĐND", text, flags=re.IGNORECASE)


def _plain(text: Any) -> str:
    """Return a text for comparing names: one case, one apostrophe, one way to abbreviate."""
    plain = unicodedata.normalize("NFC", _line(text)).replace("’", "'").replace("&", " và ")
    return _line(_abbreviated(plain).replace("-", " ")).casefold()


# The letterhead ------------------------------------------------------------------------------

_COMMITTEE: Final = re.compile(r"(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)\s+(.+)", re.IGNORECASE)
_PLACE: Final = re.compile(
    r"(?:thành phố|thị xã|thị trấn|đặc khu|huyện|quận|tỉnh|phường|xã)\s+(.+)", re.IGNORECASE
)


def _issuing_lines(record: Record, unit: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the superior's lines and the issuer's; a People's Committee names no superior."""
    name = _line(unit.get("name"))
    if committee := _COMMITTEE.fullmatch(name):
        return (), ("ỦY BAN NHÂN DÂN", committee[1].upper())
    superior = record.unit_name(unit.get("parent_id"))
    return ((superior.upper(),) if superior else ()), (name.upper() or "…………………",)


def _office_symbol(unit: Fields) -> str:
    """Return the issuer's letters in the symbol: `UBND`, else the initials of its name."""
    name = _line(unit.get("name"))
    if _COMMITTEE.fullmatch(name):
        return "UBND"
    words = re.findall(r"\w+", name)
    return "".join(word[0].upper() for word in words if word != "và")


def _place(unit: Fields) -> str:
    """Return the địa danh: the unit's place, else the name that follows huyện, xã, tỉnh …"""
    if place := _line(unit.get("place")):
        return place
    found = _PLACE.search(_line(unit.get("name")))
    return found[1] if found else "………"


def _letterhead(record: Record, kind: str, *, dated: bool) -> Letterhead:
    unit = record.organizer
    superior, issuer = _issuing_lines(record, unit)
    return Letterhead(
        superior=superior,
        issuer=issuer,
        number=SYMBOLS[kind].format(number=OPEN_NUMBER, office=_office_symbol(unit) or "……"),
        place_date=f"{_place(unit)}, {long_date(record.ended_at)}" if dated else None,
    )


# Directives ----------------------------------------------------------------------------------


def _directive_rows(record: Record) -> tuple[DirectiveRow, ...]:
    return tuple(
        DirectiveRow(
            text=_line(directive.get("text")),
            leads=_joined(record.unit_names(directive.get("lead_unit_ids") or ()), "; ") or NONE,
            supporting=_joined(record.unit_names(directive.get("supporting_unit_ids") or ()), "; ")
            or NONE,
            due=_capital(deadline(directive.get("due")) or NONE),
        )
        for directive in record.sorted("directive", "at", "id")
    )


def _names_unit(record: Record, text: str, key: Any) -> bool:
    """Whether the text names the unit, in full, in short, or through its head."""
    plain = _plain(text)
    names = (record.unit_name(key), record.unit_name(key, short=True))
    return any(_plain(name) in plain for name in names if name)


def directive_sentence(record: Record, directive: Fields) -> str:
    """Return a directive as running text, complete with units and deadline.

    A text that names its lead units is the chairman's own sentence and stays as it is; otherwise
    the grammar of such notices is put before it: `Giao A chủ trì, phối hợp với B: …; thời hạn: …`.
    A deadline that the text does not state yet follows, in the words in which it was given.
    """
    text = _line(directive.get("text"))
    leads = directive.get("lead_unit_ids") or ()
    if not all(_names_unit(record, text, key) for key in leads):
        supporting = record.unit_names(directive.get("supporting_unit_ids") or ())
        giving = f"Giao {_listed(record.unit_names(leads))}"
        if supporting:
            giving += f" chủ trì, phối hợp với {_listed(supporting)}"
        text = f"{giving}: {text}"
    wording, due = _line(directive.get("due_text")), deadline(directive.get("due"))
    if wording and _plain(wording) not in _plain(text):
        text = f"{text.rstrip('.;,')}; {wording}"
    elif due and not wording and _plain(due) not in _plain(text):
        text = f"{text.rstrip('.;,')}; thời hạn: {due}"
    return _sentence(text)


# Biên bản ------------------------------------------------------------------------------------


def _attendance_row(record: Record, participant: Fields, attendance: Fields) -> AttendanceRow:
    person = record.find("person", participant.get("person_id"))
    unit_id = attendance.get("unit_id") or participant.get("unit_id") or person.get("unit_id")
    status = attendance.get("status") or "unknown"
    reason, deputy = _line(attendance.get("reason")), _line(attendance.get("deputy_name"))
    who = _joined([_line(person.get("name")), _line(person.get("title"))]) or NONE
    mode = MODES.get(status, NONE)
    if status == "absent" and reason:
        mode = f"{mode}: {reason}"
    if deputy:
        who = f"{deputy} (dự thay {who})"
    return AttendanceRow(unit=record.unit_name(unit_id) or NONE, people=who, mode=mode)


def _invited(record: Record) -> list[tuple[Fields, Fields]]:
    """Return participants with their attendance in protocol order, the presidium apart.

    Those who presided and recorded stand on lines of their own; chairs and secretaries who did
    not are listed with everybody else, so that their absence and its reason are on record. A
    records clerk keeps the papers and is a delegate only when present.
    """
    apart = {person.get("id") for person in (*record.presiding, *record.recording)}
    listed = []
    for participant in record.sorted("participant", "position", "id"):
        present = record.attendance_of(participant.get("person_id"))
        clerk = participant.get("role") == "records_clerk"
        if participant.get("person_id") not in apart and (
            not clerk or present.get("status") in PRESENT
        ):
            listed.append((participant, present))
    return listed


def _attendance_blocks(record: Record) -> Iterator[Block]:
    invited = _invited(record)
    if not invited:
        yield Text("Thành phần tham dự: Không có đại biểu nào khác.")
        return
    statuses = [present.get("status") or "unknown" for _, present in invited]
    parts = [
        f"{words} {count(statuses.count(status))}"
        for status, words in (
            ("on_site", "trực tiếp"),
            ("online", "trực tuyến"),
            ("absent", "vắng"),
            ("unknown", "chưa điểm danh"),
        )
        if status in statuses
    ]
    yield Text(
        f"Thành phần tham dự: {count(len(invited))} đại biểu được mời ({_joined(parts)}), gồm:",
        announces=True,
    )
    yield AttendanceTable(tuple(_attendance_row(record, *pair) for pair in invited))


def _speaker(record: Record, entry: Fields) -> str:
    person = record.find("person", entry.get("person_id"))
    if person:
        return record.who(person, entry.get("unit_id"))
    return _joined([_line(entry.get("speaker_name")), record.unit_name(entry.get("unit_id"))])


def _same_turn(entry: Fields, before: Fields) -> bool:
    """Whether an entry goes on with what the same speaker was saying."""
    same = ("kind", "person_id", "speaker_name", "unit_id")
    return entry.get("kind") != "note" and all(entry.get(key) == before.get(key) for key in same)


def _remarks(record: Record, entries: Sequence[Fields]) -> Iterator[Text]:
    """Return the discussion; a speaker is named once for all that is said in one turn."""
    before: Fields = {}
    for entry in entries:
        if _same_turn(entry, before):
            yield from (Text(_sentence(text)) for text in _paragraphs(entry.get("text")))
        else:
            yield from _remark(record, entry)
        before = entry


def _remark(record: Record, entry: Fields) -> Iterator[Text]:
    """Return one line of the discussion; further paragraphs of it follow without the name."""
    verbs = {"report": " báo cáo", "question": " hỏi", "answer": " trả lời"}
    kind = str(entry.get("kind"))
    if kind == "note":
        speaker = "Ghi chú"
    else:
        speaker = (_speaker(record, entry) or "Đại biểu") + verbs.get(kind, "")
    first, *rest = _paragraphs(entry.get("text")) or [NONE]
    yield Text(f"- {speaker}: {_sentence(first)}")
    yield from (Text(_sentence(paragraph)) for paragraph in rest)


def _course(record: Record) -> Iterator[Block]:
    entries = record.sorted("entry", "at", "id")
    items = record.sorted("agenda_item", "position", "id")
    known = {item.get("id") for item in items}
    for number, item in enumerate(items, start=1):
        yield Clause(f"{number}. {_line(item.get('title'))}")
        remarks = [entry for entry in entries if entry.get("item_id") == item.get("id")]
        presenter = record.unit_name(item.get("presenter_unit_id"))
        if presenter and not any(
            remark.get("unit_id") == item.get("presenter_unit_id") for remark in remarks
        ):
            yield Text(f"Đơn vị trình bày: {presenter}.")
        yield from _remarks(record, remarks)
        if not remarks:
            skipped = item.get("state") == "skipped"
            yield Text("Chuyển sang dịp khác." if skipped else "Không có ý kiến.")
    others = [entry for entry in entries if entry.get("item_id") not in known]
    if others and items:
        yield Clause(f"{len(items) + 1}. Ý kiến khác")
    yield from _remarks(record, others)
    if not items and not others:
        yield Text("Không có ý kiến.")


def _conclusions(record: Record, section: str) -> list[str]:
    """Return the paragraphs of a section's conclusions; one without section is a task."""
    return [
        paragraph
        for conclusion in record.sorted("conclusion", "at", "id")
        if (conclusion.get("section") or "tasks") == section
        for paragraph in _paragraphs(conclusion.get("text"))
    ]


def compose_minutes(objects: Objects) -> MinutesDocument:
    """Compose the biên bản (decree 30/2020, model 1.9; content: decision 45/2018/QĐ-TTg).

    Args:
        objects: the `objects` of the viewer's snapshot.

    Returns:
        The document, marked as a draft while the meeting has not ended.

    Raises:
        ValueError: there is no meeting among the objects, or a time in them is none.
    """
    record = Record(objects)
    begun, ended, noun = record.begun_at, record.ended_at, record.noun
    # A draft does not state as a fact when the meeting will have ended.
    end = clock(ended) if record.ended else "…… giờ ……"
    place = _line(record.meeting.get("location")) or (
        "Họp trực tuyến" if record.meeting.get("online_url") else NONE
    )
    blocks: list[Block] = [
        Text(f"Thời gian bắt đầu: {clock(begun)}, {long_date(begun)}."),
        Text(f"Địa điểm: {_sentence(place)}"),
        *_attendance_blocks(record),
        Text(f"Chủ trì (chủ tọa): {_people_line(record, record.chairs, record.presiding)}"),
        Text(
            "Thư ký (người ghi biên bản): "
            f"{_people_line(record, record.secretaries, record.recording)}"
        ),
        Text(f"Nội dung (theo diễn biến {noun}):", announces=True),
        Part(f"I. DIỄN BIẾN {noun.upper()}"),
        *_course(record),
        Part("II. KẾT LUẬN CỦA CHỦ TỌA"),
    ]
    sections = {name: _conclusions(record, name) for name in SECTIONS}
    number = 0
    for name, paragraphs in sections.items():
        if paragraphs:
            number += 1
            blocks.append(Clause(f"{number}. {SECTIONS[name]}"))
            blocks.extend(Text(_sentence(text)) for text in paragraphs)
    if not number:
        blocks.append(Text("Không có kết luận."))
    if rows := _directive_rows(record):
        blocks.append(Part("III. NHIỆM VỤ GIAO CÁC CƠ QUAN, ĐƠN VỊ"))
        blocks.append(DirectiveTable(rows))
    return MinutesDocument(
        title=f"Biên bản {record.title}",
        draft=not record.ended,
        letterhead=_letterhead(record, "minutes", dated=False),
        name="BIÊN BẢN",
        abstract=record.title,
        blocks=tuple(blocks),
        closing=f"{_capital(noun)} kết thúc vào {end}, {long_date(ended)}./.",
        signatures=(
            Signature(("THƯ KÝ",), _signer(record.recording)),
            Signature(("CHỦ TỌA",), _signer(record.presiding)),
        ),
        recipients=("Như thành phần tham dự;", "Lưu: VT, Hồ sơ."),
    )


def _people_line(record: Record, invited: Sequence[Fields], there: Sequence[Fields]) -> str:
    """Return those who were there, `—` where the role was given to nobody."""
    if invited and not there:
        return OPEN_NAME
    return _sentence(_joined((record.who(person) for person in there), "; ") or NONE)


def _signer(people: Sequence[Fields]) -> str:
    return _line(people[0].get("name")) if people else ""


# Thông báo kết luận --------------------------------------------------------------------------


def _titled(record: Record, person: Fields) -> str:
    """Return `title name`, as a notice names a leader."""
    return _joined(
        [record.full_title(person.get("title"), person.get("unit_id")), _line(person.get("name"))],
        " ",
    )


def _opening(record: Record) -> Iterator[Text]:
    chairs = [_titled(record, person) for person in record.presiding]
    begun = record.begun_at
    location = _line(record.meeting.get("location"))
    at = f"tại {location}, " if location and not _plain(location).startswith("trực tuyến") else ""
    if chairs:
        verb = "đồng chủ trì" if len(chairs) > 1 else "chủ trì"
        presiding = f"{' và '.join(chairs)} {verb}"
    else:
        presiding = f"{record.unit_name(record.organizer.get('id')) or 'Cơ quan'} tổ chức"
    opening = f"{_capital(long_date(begun))}, {at}{presiding} {record.title}."
    units = []
    for participant, present in _invited(record):
        if present.get("status") in PRESENT:
            unit = present.get("unit_id") or participant.get("unit_id")
            units.append(record.unit_name(unit))
    if attending := list(dict.fromkeys(filter(None, units))):
        opening += f" Tham dự {record.noun} có đại diện: {'; '.join(attending)}."
    yield Text(opening)

    entries = record.sorted("entry", "at", "id")
    reporting = dict.fromkeys(
        record.unit_name(
            entry.get("unit_id") or record.find("person", entry.get("person_id")).get("unit_id")
        )
        for entry in entries
        if entry.get("kind") == "report"
    )
    heard = []
    if reports := [name for name in reporting if name]:
        heard.append(f"báo cáo của {_listed(reports)}")
    if any(entry.get("kind") in ("opinion", "question", "answer") for entry in entries):
        heard.append(f"ý kiến của các đại biểu dự {record.noun}")
    after = "Sau khi xem xét các nội dung chương trình"
    if heard:
        after = f"Sau khi nghe {' và '.join(heard)}"
    concluding = chairs[0] if chairs else "chủ tọa"
    yield Text(f"{after}, {concluding} kết luận như sau:", announces=True)


def _notice_parts(record: Record) -> Iterator[Block]:
    """Return đánh giá, nhiệm vụ and tổ chức thực hiện; a part without content is left out."""
    number = 0
    good = _conclusions(record, "assessment")
    bad = _conclusions(record, "shortcomings")
    if good or bad:
        number += 1
        yield Part(f"{roman(number)}. ĐÁNH GIÁ TÌNH HÌNH")
        clauses = [("assessment", good), ("shortcomings", bad)]
        for clause, (name, paragraphs) in enumerate([c for c in clauses if c[1]], start=1):
            yield Clause(f"{clause}. {SECTIONS[name]}")
            yield from (Text(_sentence(text)) for text in paragraphs)
    tasks = [_sentence(text) for text in _conclusions(record, "tasks")]
    tasks += [
        directive_sentence(record, directive)
        for directive in record.sorted("directive", "at", "id")
    ]
    for title, texts in (
        ("NHIỆM VỤ TRỌNG TÂM", tasks),
        ("TỔ CHỨC THỰC HIỆN", [_sentence(t) for t in _conclusions(record, "organisation")]),
    ):
        if texts:
            number += 1
            yield Part(f"{roman(number)}. {title}")
            if len(texts) == 1:
                yield Text(texts[0])
            else:
                yield from (Text(f"{place}. {text}") for place, text in enumerate(texts, start=1))
    if not number:
        yield Text("Không có nội dung kết luận.")


def _authority(record: Record) -> tuple[Signature, str, str]:
    """Return who signs the notice, the subject of its closing sentence, and who drafts it.

    The notice passes on what the chairman has concluded; it decides nothing new. Offices of
    People's Committees therefore publish it by order: `TL. CHỦ TỊCH` / `CHÁNH VĂN PHÒNG`. Where
    the committee's office is not in the unit tree, the chairman signs for the committee, or a
    deputy in the chairman's place (`KT.`); a meeting of any other unit is signed by its chair.
    """
    unit = record.organizer
    organizer = record.unit_name(unit.get("id"), short=True)
    chair: Fields = record.presiding[0] if record.presiding else {}
    if _COMMITTEE.fullmatch(_line(unit.get("name"))):
        if office := record.office():
            chief = next(
                (
                    person
                    for person in record.sorted("person", "id")
                    if person.get("unit_id") == office.get("id")
                    and _plain(person.get("title")).startswith("chánh văn phòng")
                ),
                {},
            )
            signature = Signature(("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"), _line(chief.get("name")))
            subject = f"Thừa lệnh Chủ tịch {organizer}, {_line(office.get('name'))}"
            return signature, subject, "VP"
        capacity: tuple[str, ...] = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
        if "phó chủ tịch" in _plain(chair.get("title")):
            capacity = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
        return Signature(capacity, _line(chair.get("name"))), organizer, "UBND"
    subject = organizer or "Cơ quan tổ chức"
    return Signature(("CHỦ TỌA",), _line(chair.get("name"))), subject, _office_symbol(unit)


def compose_conclusions(objects: Objects) -> ConclusionsDocument:
    """Compose the thông báo kết luận (decree 30/2020, model 1.4).

    Args:
        objects: the `objects` of the viewer's snapshot.

    Returns:
        The document, marked as a draft while the meeting has not ended.

    Raises:
        ValueError: there is no meeting among the objects, or a time in them is none.
    """
    record = Record(objects)
    letterhead = _letterhead(record, "conclusions", dated=True)
    chair = _titled(record, record.presiding[0]) if record.presiding else "chủ tọa"
    signature, subject, drafting = _authority(record)
    appendix = None
    if rows := _directive_rows(record):
        issuer = record.unit_name(record.organizer.get("id")) or "cơ quan ban hành"
        appendix = Appendix(
            title=f"NHIỆM VỤ GIAO TẠI {record.noun.upper()}",
            reference=f"(Kèm theo Thông báo số {letterhead.number.removeprefix('Số: ')}"
            f" {long_date(record.ended_at)} của {issuer})",
            table=DirectiveTable(rows),
        )
    leaders = record.unit_name(record.organizer.get("id"), short=True)
    return ConclusionsDocument(
        title=f"Thông báo kết luận {record.title}",
        draft=not record.ended,
        letterhead=letterhead,
        name="THÔNG BÁO",
        abstract=f"Kết luận của {chair} tại {record.title}",
        blocks=(*_opening(record), *_notice_parts(record)),
        closing=f"{subject} thông báo để các cơ quan, đơn vị biết, tổ chức thực hiện./.",
        signatures=(signature,),
        recipients=(
            *((f"Lãnh đạo {leaders};",) if leaders else ()),
            f"Các cơ quan, đơn vị dự {record.noun};",
            _sentence(_joined(["Lưu: VT", drafting])),
        ),
        appendix=appendix,
    )


# Paper ---------------------------------------------------------------------------------------


def render_html(document: Document) -> str:
    """Return the document as HTML for the renderer; all its text is escaped."""
    template = environment().get_template(document.template)
    return template.render(document=document, stylesheet_url=STYLESHEET_URL)


# Content -------------------------------------------------------------------------------------


def compose(kind: str, objects: Objects) -> Content:
    """Compose a document from a meeting's record.

    Args:
        kind: one of `minutes.kinds.KINDS`.
        objects: the `objects` of a snapshot.

    Raises:
        ValueError: there is no meeting among the objects, or a time in them is none.
    """
    # TODO: invitation, directives
    document = (compose_minutes if kind == "minutes" else compose_conclusions)(objects)
    blocks = environment().get_template("blocks.html").module.block  # type: ignore[attr-defined]
    body = "".join(str(blocks(block)) for block in (*document.blocks, Text(document.closing)))
    appendix = getattr(document, "appendix", None)
    return Content(
        superior=list(document.letterhead.superior),
        issuer=list(document.letterhead.issuer),
        place=(document.letterhead.place_date or "").partition(",")[0],
        abstract=document.abstract,
        body=body,
        signatures=[
            ContentSignature(capacity=list(each.capacity), name=each.name)
            for each in document.signatures
        ],
        recipients=list(document.recipients),
        appendices=[ContentAppendix(title=appendix.title, body=str(blocks(appendix.table)))]
        if appendix
        else [],
    )


def paper_html(kind: str, content: Content, issue: Issue | None = None, draft: bool = False) -> str:
    """A document as HTML for the renderer.

    Args:
        kind: one of `minutes.kinds.KINDS`.
        content: what it says.
        issue: number, day and code once it is issued, or is being printed to be issued.
        draft: it carries the mark `DỰ THẢO`.
    """
    return (
        environment()
        .get_template("paper.html")
        .render(
            kind=KINDS[kind],
            content=content,
            issue=issue,
            draft=draft,
            stylesheet_url=STYLESHEET_URL,
            long_date=long_date,
        )
    )
