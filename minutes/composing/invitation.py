"""Giấy mời: decree 30/2020, model 1.7; what it must state: decision 45/2018/QĐ-TTg."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from minutes.composing.body import paragraph
from minutes.composing.issuer import authority, issuing_lines, place_of, superior_lines
from minutes.composing.phrases import (
    NONE,
    OPEN_NAME,
    clipped,
    gathered,
    joined,
    line,
    paragraphs,
    sentence,
)
from minutes.composing.reading import Record
from minutes.content import Content
from minutes.numbers import clock, local, long_date, weekday

# Those who hold the meeting are not asked to come to it.
_HOLDING = ("chair", "secretary", "records_clerk")


def compose_invitation(record: Record) -> Content:
    """What the invitation says: who is asked, to what, who presides, when, where, on what, and
    what is asked of them."""
    signing = authority(record)
    return Content(
        superior=superior_lines(record),
        issuer=issuing_lines(record.organizer_name),
        place=place_of(record.organizer),
        abstract=clipped(f"Tham dự {record.title}"),
        body="".join(map(paragraph, _paragraphs(record))),
        signatures=[signing.signature],
        recipients=["Như thành phần mời;", sentence(joined(["Lưu: VT", signing.drafting]))],
    )


def _paragraphs(record: Record) -> Iterator[str]:
    meeting = record.meeting
    inviting = record.organizer_name or "Cơ quan tổ chức"
    begins, ends = (
        local(meeting["starts_at"]),
        local(meeting.get("ends_at") or meeting["starts_at"]),
    )
    yield f"{inviting} trân trọng kính mời:"
    yield from _listed(_guests(record) or [OPEN_NAME])
    yield f"Tới dự: {sentence(record.title)}"
    purpose = paragraphs(meeting.get("description"))
    if purpose:
        yield f"Nội dung: {sentence(purpose[0])}"
        yield from map(sentence, purpose[1:])
    chairs = joined((record.titled(person) for person in record.chairs), "; ")
    yield f"Chủ trì: {sentence(chairs or NONE)}"
    until = f", dự kiến kết thúc lúc {clock(ends)}" if ends > begins else ""
    yield f"Thời gian: {clock(begins)}, {weekday(begins)}, {long_date(begins)}{until}."
    location, address = line(meeting.get("location")), line(meeting.get("online_url"))
    yield f"Địa điểm: {sentence(location or ('Họp trực tuyến' if address else NONE))}"
    if address:
        yield f"Địa chỉ họp trực tuyến: {address}"
    yield from _agenda(record)
    yield _request(record, online=bool(address) or "trực tuyến" in record.title.casefold())


def _listed(entries: list[str]) -> Iterator[str]:
    for entry in entries[:-1]:
        yield f"- {entry};"
    yield f"- {sentence(entries[-1])}"


def _guests(record: Record) -> list[str]:
    """Those who are invited, by the office that they hold."""
    named = []
    for participant in record.sorted("participant", "position", "id"):
        if participant.get("role") in _HOLDING:
            continue
        person = record.find("person", participant.get("person_id"))
        unit = participant.get("unit_id") or person.get("unit_id")
        if line(person.get("title")):
            words = record.full_title(person.get("title"), unit)
        else:
            words = joined([line(person.get("name")), record.unit_name(unit)])
        if words:
            named.append((words, record.unit_name(unit)))
    return gathered(named)


def _agenda(record: Record) -> Iterator[str]:
    """The agenda with the times that it is planned for."""
    items = record.sorted("agenda_item", "position", "id")
    if not items:
        return
    begins = local(record.meeting["starts_at"])
    entries = []
    for item in items:
        # The organiser's own items are the chair's: opening, conclusions.
        own = item.get("presenter_unit_id") == record.organizer.get("id")
        presenter = "" if own else record.unit_name(item.get("presenter_unit_id"))
        title = line(item.get("title")).rstrip(".;,")
        entries.append(
            f"{clock(begins)}: {title}" + (f" ({presenter} trình bày)" if presenter else "")
        )
        begins += timedelta(minutes=item.get("minutes") or 0)
    yield "Chương trình:"
    yield from _listed(entries)


def _request(record: Record, *, online: bool) -> str:
    office = line(record.office().get("name"))
    to = f"báo về {office}" if office else "báo cho cơ quan tổ chức"
    check = "các điểm cầu kiểm tra đường truyền trước giờ khai mạc ít nhất 15 phút; "
    return (
        "Đề nghị đại biểu nghiên cứu trước tài liệu, tham dự đầy đủ, đúng giờ; "
        + (check if online else "")
        + f"trường hợp không dự được, cử người dự thay và {to} trước khi họp./."
    )
