"""Who issues a document: its head, its symbol, who signs it and in which capacity.

Decree 30/2020/NĐ-CP: annex I for names and symbols, article 13 for who signs and how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from minutes.composing.phrases import clipped, line, plain
from minutes.composing.reading import Fields, Record
from minutes.content import Signature
from minutes.kinds import KINDS

# Who decides together (`TM.` before the head's or a deputy's office), by the name's beginning;
# what a committee is called after it stands on a line of its own.
_COMMITTEE: Final = re.compile(r"(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)\s+(.+)", re.IGNORECASE)
_COLLECTIVE: Final = re.compile(
    r"(ủy ban nhân dân|uỷ ban nhân dân|ubnd|hội đồng nhân dân|hđnd|ban chỉ đạo|hội đồng)\b.*",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(
    r"(?:thành phố|thị xã|thị trấn|đặc khu|huyện|quận|tỉnh|phường|xã)\s+(.+)", re.IGNORECASE
)
# Offices that sign, the longer before the shorter.
_OFFICES: Final = (
    "tổng giám đốc", "giám đốc", "chánh văn phòng", "chánh thanh tra",
    "trưởng công an", "trưởng phòng", "trưởng ban", "trưởng đoàn", "trưởng trạm", "trưởng thôn",
    "chi cục trưởng", "cục trưởng", "vụ trưởng", "hạt trưởng", "chỉ huy trưởng", "viện trưởng",
    "hiệu trưởng", "đội trưởng", "trạm trưởng", "tổng thanh tra", "chủ nhiệm", "chủ tịch", "bí thư",
)  # fmt: skip
_HOLDS: Final = re.compile(
    rf"(?P<acting>quyền |q\. ?)?(?P<deputy>phó )?(?P<office>{'|'.join(_OFFICES)})\b",
    re.IGNORECASE,
)
# The head of a unit by the beginning of its name, where the record names nobody.
_HEADS: Final = {
    "sở": "GIÁM ĐỐC",
    "văn phòng": "CHÁNH VĂN PHÒNG",
    "phòng": "TRƯỞNG PHÒNG",
    "thanh tra": "CHÁNH THANH TRA",
    "công an": "TRƯỞNG CÔNG AN",
    "chi cục": "CHI CỤC TRƯỞNG",
    "ban quản lý": "GIÁM ĐỐC",
    "ban": "TRƯỞNG BAN",
    "trung tâm": "GIÁM ĐỐC",
    "hội": "CHỦ TỊCH",
}
# A party's organs write `2927-TB/TU`: no digit is filled up, and the organ stands behind a slash.
_PARTY: Final = {
    "tỉnh ủy": "TU",
    "thành ủy": "TU",
    "huyện ủy": "HU",
    "thị ủy": "ThU",
    "đảng ủy": "ĐU",
    "văn phòng tỉnh ủy": "VPTU",
    "văn phòng thành ủy": "VPTU",
    "văn phòng huyện ủy": "VPHU",
}
_LETTERS: Final = {
    "văn phòng chính phủ": "VPCP",
    "văn phòng hđnd và ubnd": "VP",
    "văn phòng ubnd": "VPUBND",
    "ubnd": "UBND",
    "hđnd": "HĐND",
    "thường trực hđnd": "HĐND",
}


def issuing_lines(name: str) -> list[str]:
    """Cơ quan ban hành as it stands at the head: a People's Committee names its territory on a
    line of its own. Written as names are; the layout prints them in capitals."""
    if committee := _COMMITTEE.fullmatch(name):
        return ["Ủy ban nhân dân", committee[1]]
    return [name or "…………………"]


def superior_lines(record: Record) -> list[str]:
    """Cơ quan chủ quản; a People's Committee names none."""
    unit = record.organizer
    superior = record.unit_name(unit.get("parent_id"))
    return [superior] if superior and not _COMMITTEE.fullmatch(record.organizer_name) else []


def place_of(unit: Fields) -> str:
    """The địa danh: the unit's place, else the name that follows huyện, xã, tỉnh …"""
    if place := line(unit.get("place")):
        return place
    found = _PLACE.search(line(unit.get("name")))
    return found[1] if found else "………"


def letters_of(name: str) -> str:
    """A unit's letters in symbols: `UBND`, `VP`, else the initials of its name."""
    said = plain(name)
    for beginning, letters in _LETTERS.items():
        if said == beginning or said.startswith(beginning + " "):
            return letters
    words = re.findall(r"\w+", name)
    return "".join(word[0].upper() for word in words if word.casefold() != "và")


def symbol_template(kind: str, unit_name: str) -> str:
    """What a unit's symbols for a kind of document look like until its office says otherwise.

    Args:
        kind: one of `minutes.kinds.KINDS` that is numbered.
        unit_name: of who issues it, in any case.

    Returns:
        A template with one `{number}`: `{number:02}/TB-UBND`, `{number}-TB/TU`.
    """
    letters = KINDS[kind].letters or ""
    said = plain(unit_name)
    for beginning, party in _PARTY.items():
        if said == beginning or said.startswith(beginning + " "):
            return f"{{number}}-{letters}/{party}"
    unit = letters_of(unit_name)
    return f"{{number:02}}/{letters}-{unit}" if unit else f"{{number:02}}/{letters}"


def office_lines(title: str, head: str = "") -> list[str]:
    """The office that a title names, as a signature states it; none where it names none.

    `Phó Bí thư Huyện ủy, Chủ tịch UBND huyện` gives `CHỦ TỊCH`, `Phó Giám đốc` gives
    `KT. GIÁM ĐỐC` and `PHÓ GIÁM ĐỐC`, `Quyền Chủ tịch` gives `Q. CHỦ TỊCH`.

    Args:
        title: as the record has it; it may name several offices.
        head: of several offices the one that counts: the head's, or that of its deputies.
    """
    # Else the one in the state counts, which is named last, after the one in the party.
    parts = list(reversed(re.split(r"[,;]", title)))
    for part in sorted(parts, key=lambda part: head.casefold() not in part.casefold()):
        if found := _HOLDS.search(part):
            office = found["office"].upper()
            if found["acting"]:
                return [f"Q. {'PHÓ ' if found['deputy'] else ''}{office}"]
            return [f"KT. {office}", f"PHÓ {office}"] if found["deputy"] else [office]
    return []


def _head_of(name: str) -> str:
    said = plain(name)
    fitting = (head for beginning, head in _HEADS.items() if said.startswith(beginning + " "))
    return next(fitting, "THỦ TRƯỞNG CƠ QUAN")


@dataclass(frozen=True)
class Authority:
    """Who signs what a meeting's organiser issues.

    Attributes:
        signature: capacity and name.
        subject: who gives notice, at the beginning of a closing sentence.
        drafting: who keeps a copy beside the archive (`Lưu: VT, VP.`); empty where unknown.
    """

    signature: Signature
    subject: str
    drafting: str


def authority(record: Record) -> Authority:
    """Who signs the notice and the invitation.

    A notice passes on what the chairman has concluded; it decides nothing new. Offices of
    People's Committees therefore publish it by order: `TL. CHỦ TỊCH` / `CHÁNH VĂN PHÒNG`. Where
    the committee's office is not in the unit tree, the chairman signs for the committee (`TM.`),
    a deputy in the chairman's place (`KT.`), or the head of a unit below by special authority
    (`TUQ.`). What any other unit issues is signed by its own head.
    """
    organizer = record.organizer
    name = record.organizer_name
    short = record.unit_name(organizer.get("id"), short=True) or "Cơ quan tổ chức"
    chair: Fields = record.presiding[0] if record.presiding else {}
    drafting = _drafting(record)
    collective = _COLLECTIVE.fullmatch(name)
    office = record.office() if _COMMITTEE.fullmatch(name) else {}
    if office:
        chief = _leader(record, office)
        lines = office_lines(line(chief.get("title"))) or ["CHÁNH VĂN PHÒNG"]
        signature = _signature(["TL. CHỦ TỊCH", *lines], chief)
        subject = clipped(f"Thừa lệnh Chủ tịch {short}, {line(office.get('name'))}")
        return Authority(signature, subject, drafting or letters_of(line(office.get("name"))))
    if collective is None:
        head = chair if chair.get("unit_id") == organizer.get("id") else {}
        if not office_lines(line(head.get("title"))):
            head = _leader(record, organizer)
        lines = office_lines(line(head.get("title"))) or [_head_of(name)]
        return Authority(_signature(lines, head), short, drafting)
    body = plain(collective[1]).replace("ubnd", "ủy ban nhân dân")
    body = body.replace("hđnd", "hội đồng nhân dân").upper()
    head_office = "TRƯỞNG BAN" if body == "BAN CHỈ ĐẠO" else "CHỦ TỊCH"
    own = not chair or chair.get("unit_id") in (organizer.get("id"), None)
    lines = office_lines(line(chair.get("title")), head_office)
    if own or not lines:
        return Authority(
            _signature([f"TM. {body}", *(lines or [head_office])], chair), short, drafting
        )
    full = record.full_title(chair.get("title"), chair.get("unit_id")).upper()
    return Authority(_signature([f"TUQ. {head_office}", full], chair), short, drafting)


def _signature(capacity: list[str], person: Fields) -> Signature:
    return Signature(
        capacity=[clipped(each) for each in capacity], name=clipped(line(person.get("name")))
    )


def _leader(record: Record, unit: Fields) -> Fields:
    """Who leads a unit of those who take part: its head, else a deputy, else nobody."""
    people = [
        (office_lines(line(person.get("title"))), person)
        for person in record.sorted("person", "id")
        if person.get("unit_id") == unit.get("id")
    ]
    leading = [(lines, person) for lines, person in people if lines]
    return min(leading, key=lambda found: len(found[0]))[1] if leading else {}


def _drafting(record: Record) -> str:
    secretary: Fields = next(iter(record.secretaries), {})
    unit_id = secretary.get("unit_id")
    if unit_id is None or unit_id == record.organizer.get("id"):
        return ""
    return letters_of(record.unit_name(unit_id))
