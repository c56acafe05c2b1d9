"""Thông báo kết luận: decree 30/2020, model 1.4; in the order that offices publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from minutes.composing.body import clause, paragraph, part
from minutes.composing.issuer import authority, issuing_lines, place_of, superior_lines
from minutes.composing.parts import (
    SECTIONS,
    conclusions,
    directive_sentence,
    directives,
    directives_appendix,
)
from minutes.composing.phrases import (
    capital,
    clipped,
    gathered,
    joined,
    line,
    listed,
    plain,
    point,
    sentence,
    third_person,
)
from minutes.composing.reading import PRESENT, Fields, Record
from minutes.content import Content
from minutes.numbers import long_date, roman


def compose_conclusions(record: Record) -> Content:
    """What the notice says: opening, assessment, tasks by unit, organisation; in the third
    person, whoever has spoken."""
    signing = authority(record)
    appendices = directives_appendix(record)
    leaders = record.unit_name(record.organizer.get("id"), short=True)
    closing = f"{signing.subject} thông báo để các cơ quan, đơn vị biết, tổ chức thực hiện./."
    return Content(
        superior=superior_lines(record),
        issuer=issuing_lines(record.organizer_name),
        place=place_of(record.organizer),
        abstract=clipped(f"Kết luận của {_concluding(record)} tại {record.title}"),
        body="".join(
            [
                *_opening(record),
                *_parts(record, with_appendix=bool(appendices)),
                paragraph(closing),
            ]
        ),
        signatures=[signing.signature],
        recipients=[
            *([clipped(f"Lãnh đạo {leaders};")] if leaders else []),
            f"Các cơ quan, đơn vị dự {record.noun};",
            sentence(joined(["Lưu: VT", signing.drafting])),
        ],
        appendices=appendices,
    )


# The opening -------------------------------------------------------------------------------------


def _opening(record: Record) -> Iterator[str]:
    chairs = [record.titled(person) for person in record.presiding]
    location = line(record.meeting.get("location"))
    at = f"tại {location}, " if location and not plain(location).startswith("trực tuyến") else ""
    if chairs:
        verb = "đồng chủ trì" if len(chairs) > 1 else "chủ trì"
        presiding = f"{' và '.join(chairs)} {verb}"
    else:
        presiding = f"{record.organizer_name or 'Cơ quan'} tổ chức"
    opening = f"{capital(long_date(record.begun_at))}, {at}{presiding} {record.title}."
    if attending := _attending(record):
        opening += f" Tham dự {record.noun} có đại diện: {'; '.join(attending)}."
    yield paragraph(opening)
    after = "Sau khi xem xét các nội dung chương trình"
    if heard := _heard(record):
        after = f"Sau khi nghe {' và '.join(heard)}"
    yield paragraph(f"{after}, {_concluding(record)} kết luận như sau:")


def _concluding(record: Record) -> str:
    """Whose conclusions they are, by the office in the state: `Chủ tịch UBND huyện Trần Nam
    Thuần`; the opening names all offices that a chair holds."""
    if not record.presiding:
        return "chủ tọa"
    chair = record.presiding[0]
    title = record.full_title(chair.get("title"), chair.get("unit_id"))
    return joined([title.rpartition(",")[2].strip(), line(chair.get("name"))], " ")


def _attending(record: Record) -> list[str]:
    units = [
        record.unit_name(record.unit_of(participant))
        for participant, present in record.invited()
        if present.get("status") in PRESENT
    ]
    return gathered((name, name) for name in units if name)


def _heard(record: Record) -> list[str]:
    # What was remarked after the end is no ground of the conclusions.
    entries = [entry for entry in record.sorted("entry", "at", "id") if not entry.get("late")]
    reporting = dict.fromkeys(
        record.unit_name(
            entry.get("unit_id") or record.find("person", entry.get("person_id")).get("unit_id")
        )
        for entry in entries
        if entry.get("kind") == "report"
    )
    heard = []
    if reports := [name for name in reporting if name]:
        heard.append(f"báo cáo của {listed(reports)}")
    if any(entry.get("kind") in ("opinion", "question", "answer") for entry in entries):
        heard.append(f"ý kiến của các đại biểu dự {record.noun}")
    return heard


# The conclusions ---------------------------------------------------------------------------------


def _parts(record: Record, *, with_appendix: bool) -> Iterator[str]:
    """Đánh giá, nhiệm vụ and tổ chức thực hiện; a part without content is left out."""
    parts = [
        ("ĐÁNH GIÁ TÌNH HÌNH", list(_assessment(record))),
        ("NHIỆM VỤ TRỌNG TÂM", list(_tasks(record))),
        ("TỔ CHỨC THỰC HIỆN", _numbered(_spoken(record, "organisation"))),
    ]
    if with_appendix:
        parts[1][1].insert(
            0, paragraph("(Danh mục nhiệm vụ giao các cơ quan, đơn vị tại Phụ lục kèm theo)")
        )
    there = [(title, blocks) for title, blocks in parts if blocks]
    for number, (title, blocks) in enumerate(there, start=1):
        yield part(f"{roman(number)}. {title}")
        yield from blocks
    if not there:
        yield paragraph("Không có nội dung kết luận.")


def _spoken(record: Record, section: str) -> list[str]:
    speaker = _speaker(record)
    return [third_person(text, speaker) for text in conclusions(record, section)]


def _speaker(record: Record) -> str:
    """How the notice names the chair within a sentence: `Chủ tịch UBND huyện`."""
    chair: Fields = next(iter(record.presiding), {})
    return line(chair.get("title")).rpartition(",")[2].strip()


def _numbered(texts: Sequence[str]) -> list[str]:
    if len(texts) == 1:
        return [paragraph(texts[0])]
    return [paragraph(f"{place}. {text}") for place, text in enumerate(texts, start=1)]


def _points(texts: Sequence[str]) -> list[str]:
    if len(texts) == 1:
        return [paragraph(texts[0])]
    return [paragraph(point(place, len(texts)) + text) for place, text in enumerate(texts, start=1)]


def _assessment(record: Record) -> Iterator[str]:
    number = 0
    for name in ("assessment", "shortcomings"):
        if texts := _spoken(record, name):
            number += 1
            yield clause(f"{number}. {SECTIONS[name]}")
            yield from map(paragraph, texts)


def _tasks(record: Record) -> Iterator[str]:
    """What is everybody's task, then the directives unit by unit."""
    speaker = _speaker(record)
    common = _spoken(record, "tasks")
    by_leads: dict[tuple[object, ...], list[str]] = {}
    for directive in directives(record):
        text = third_person(directive_sentence(record, directive), speaker)
        leads = tuple(key for key in directive.get("lead_unit_ids") or () if record.unit_name(key))
        if leads:
            by_leads.setdefault(leads, []).append(text)
        else:
            common.append(text)
    if not by_leads:
        yield from _numbered(common)
        return
    number = 0
    if common:
        number += 1
        yield clause(f"{number}. {SECTIONS['tasks']}")
        yield from _points(common)
    for leads in sorted(by_leads, key=lambda leads: _protocol(record, leads)):
        number += 1
        yield clause(f"{number}. {capital(listed(record.unit_names(leads)))}")
        yield from _points(by_leads[leads])


def _protocol(record: Record, leads: tuple[object, ...]) -> list[tuple[bool, int]]:
    """Units stand in protocol order; where one is not known, in the order of the directives."""
    positions = (record.find("unit", key).get("position") for key in leads)
    return [(position is None, position or 0) for position in positions]
