"""Biên bản: decree 30/2020, model 1.9; what it must hold: decision 45/2018/QĐ-TTg."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from minutes.composing.attendance import attendance, coming_and_going
from minutes.composing.body import clause, paragraph, part
from minutes.composing.carried import carried_table
from minutes.composing.issuer import issuing_lines, place_of, superior_lines
from minutes.composing.parts import (
    SECTIONS,
    conclusions,
    directives_table,
    indicators_appendix,
)
from minutes.composing.phrases import (
    NONE,
    OPEN_NAME,
    capital,
    joined,
    line,
    paragraphs,
    sentence,
)
from minutes.composing.reading import Fields, Record
from minutes.composing.scorecard import scorecard_appendix
from minutes.composing.votes import results
from minutes.content import Content, Signature
from minutes.numbers import clock, local, long_date, roman


def compose_minutes(record: Record) -> Content:
    """What the minutes say.

    Args:
        record: of a meeting that has begun; what is not known yet stays open.
    """
    noun, ended = record.noun, record.ended_at
    # A draft does not state as a fact when the meeting will have ended.
    end = clock(ended) if record.ended else "…… giờ ……"
    closing = f"{capital(noun)} kết thúc vào {end}, {long_date(ended)}./."
    indicators, scorecard = indicators_appendix(record), scorecard_appendix(record)
    pointers = [
        *("Kết quả thực hiện các chỉ tiêu báo cáo" for _each in indicators),
        *("Tình hình thực hiện chỉ đạo của các cuộc họp trước" for _each in scorecard),
    ]
    return Content(
        superior=superior_lines(record),
        issuer=issuing_lines(record.organizer_name),
        place=place_of(record.organizer),
        abstract=record.title,
        body="".join(
            [
                *_head(record),
                *_parts(record, pointers),
                paragraph(closing),
            ]
        ),
        signatures=[
            Signature(capacity=["THƯ KÝ"], name=_signer(record.recording)),
            Signature(capacity=["CHỦ TỌA"], name=_signer(record.presiding)),
        ],
        recipients=["Như thành phần tham dự;", "Lưu: VT, Hồ sơ."],
        appendices=[*indicators, *scorecard],
    )


def _signer(people: Sequence[Fields]) -> str:
    return line(people[0].get("name")) if people else ""


def _head(record: Record) -> Iterator[str]:
    """The labels of the model, in its order and spelling."""
    begun = record.begun_at
    place = line(record.meeting.get("location")) or (
        "Họp trực tuyến" if record.meeting.get("online_url") else NONE
    )
    yield paragraph(f"Thời gian bắt đầu: {clock(begun)}, {long_date(begun)}.")
    yield paragraph(f"Địa điểm: {sentence(place)}")
    yield from attendance(record)
    chairs = _people_line(record, record.chairs, record.presiding)
    secretaries = _people_line(record, record.secretaries, record.recording)
    yield paragraph(f"Chủ trì (chủ tọa): {chairs}")
    yield paragraph(f"Thư ký (người ghi biên bản): {secretaries}")
    yield paragraph(f"Nội dung (theo diễn biến {record.noun}):")


def _people_line(record: Record, invited: Sequence[Fields], there: Sequence[Fields]) -> str:
    """Those who were there, `—` where the role was given to nobody."""
    if invited and not there:
        return OPEN_NAME
    names = (
        f"{record.who(person)}{coming_and_going(record, person.get('id'))}" for person in there
    )
    return sentence(joined(names, "; ") or NONE)


# The course --------------------------------------------------------------------------------------


def _parts(record: Record, pointers: Sequence[str]) -> Iterator[str]:
    """The course with the opinions, the votes, the conclusions, the tasks.

    Args:
        record: of the meeting.
        pointers: what each appendix shows, in their order.
    """
    noun = record.noun
    parts: list[tuple[str, list[str]]] = [
        (f"DIỄN BIẾN {noun.upper()}", list(_course(record))),
        ("KẾT QUẢ BIỂU QUYẾT", list(results(record))),
        ("KẾT LUẬN CỦA CHỦ TỌA", list(_conclusions(record))),
    ]
    for number, shown in enumerate(pointers, start=1):
        which = f"Phụ lục {roman(number)}" if len(pointers) > 1 else "Phụ lục"
        parts[0][1].append(paragraph(f"{shown} tại {which} kèm theo biên bản này."))
    if tasks := directives_table(record, answers=True):
        parts.append(("NHIỆM VỤ GIAO CÁC CƠ QUAN, ĐƠN VỊ", [tasks]))
    for number, (title, blocks) in enumerate(parts, start=1):
        yield part(f"{roman(number)}. {title}")
        yield from blocks


def _course(record: Record) -> Iterator[str]:
    entries = [entry for entry in record.sorted("entry", "at", "id") if not entry.get("late")]
    items = record.sorted("agenda_item", "position", "id")
    # What was said about these stands beside them, at whichever item it was said.
    carried = any(True for _each in record.all("carried"))
    asked = any(item.get("kind") == "follow_up" for item in items)
    tied = [entry for entry in entries if entry.get("carried_id")] if carried and asked else []
    entries = [entry for entry in entries if entry not in tied]
    known = {item.get("id") for item in items}
    for number, item in enumerate(items, start=1):
        yield clause(f"{number}. {line(item.get('title'))}")
        remarks = [entry for entry in entries if entry.get("item_id") == item.get("id")]
        if item.get("kind") == "follow_up" and carried:
            yield carried_table(record, tied, partial(_speaker, record))
            yield from _remarks(record, remarks)
            continue
        presenter = record.unit_name(item.get("presenter_unit_id"))
        if presenter and not any(
            remark.get("unit_id") == item.get("presenter_unit_id") for remark in remarks
        ):
            yield paragraph(f"Đơn vị trình bày: {presenter}.")
        yield from _remarks(record, remarks)
        if not remarks:
            skipped = item.get("state") == "skipped"
            yield paragraph("Chuyển sang dịp khác." if skipped else "Không có ý kiến.")
    others = [entry for entry in entries if entry.get("item_id") not in known]
    if others and items:
        yield clause(f"{len(items) + 1}. Ý kiến khác")
    yield from _remarks(record, others)
    if not items and not others:
        yield paragraph("Không có ý kiến.")
    yield from _late_remarks(record, items, len(items) + 1 + bool(others and items))


def _late_remarks(record: Record, items: Sequence[Fields], number: int) -> Iterator[str]:
    """What was remarked after the end, apart from what was said: nobody there has heard it."""
    late = [entry for entry in record.sorted("entry", "at", "id") if entry.get("late")]
    if late:
        yield clause(f"{number}. Ý kiến góp ý sau khi {record.noun} kết thúc")
    places = {item.get("id"): place for place, item in enumerate(items, start=1)}
    for entry in late:
        at = local(entry["at"])
        about = f"về nội dung {places[key]}, " if (key := entry.get("item_id")) in places else ""
        yield from _remark(record, entry, f" ({about}gửi lúc {clock(at)}, {long_date(at)})")


def _remarks(record: Record, entries: Sequence[Fields]) -> Iterator[str]:
    """The discussion; a speaker is named once for all that is said in one turn."""
    before: Fields = {}
    for entry in entries:
        if _same_turn(entry, before):
            yield from (paragraph(sentence(text)) for text in paragraphs(entry.get("text")))
        else:
            yield from _remark(record, entry)
        before = entry


def _same_turn(entry: Fields, before: Fields) -> bool:
    """Whether an entry goes on with what the same speaker was saying."""
    same = ("kind", "person_id", "speaker_name", "unit_id")
    return entry.get("kind") != "note" and all(entry.get(key) == before.get(key) for key in same)


def _remark(record: Record, entry: Fields, when: str = "") -> Iterator[str]:
    """One line of the discussion; further paragraphs of it follow without the name."""
    verbs = {"report": " báo cáo", "question": " hỏi", "answer": " trả lời"}
    kind = str(entry.get("kind"))
    if kind == "note":
        speaker = "Ghi chú"
    else:
        speaker = (_speaker(record, entry) or "Đại biểu") + verbs.get(kind, "")
    first, *rest = paragraphs(entry.get("text")) or [NONE]
    yield paragraph(f"- {speaker}{when}: {sentence(first)}")
    yield from (paragraph(sentence(text)) for text in rest)


def _speaker(record: Record, entry: Fields) -> str:
    person = record.find("person", entry.get("person_id"))
    if person:
        return record.who(person, entry.get("unit_id"))
    return joined([line(entry.get("speaker_name")), record.unit_name(entry.get("unit_id"))])


# Conclusions -------------------------------------------------------------------------------------


def _conclusions(record: Record) -> Iterator[str]:
    number = 0
    for name, title in SECTIONS.items():
        if texts := conclusions(record, name):
            number += 1
            yield clause(f"{number}. {title}")
            yield from map(paragraph, texts)
    if not number:
        yield paragraph("Không có kết luận.")
