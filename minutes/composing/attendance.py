"""Thành phần tham dự: who took part in a meeting, how, where and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from meetings.roles import VOTERS
from minutes.composing.body import paragraph, table
from minutes.composing.phrases import NONE, joined, line
from minutes.composing.reading import PRESENT, Fields, Record
from minutes.numbers import clock, count, local

_MODES: Final = {
    "on_site": "Trực tiếp",
    "online": "Trực tuyến",
    "absent": "Vắng",
    "unknown": "Chưa điểm danh",
}
_ATTENDANCE: Final = ("Đơn vị, điểm cầu", "Người dự", "Hình thức")


def attendance(record: Record) -> Iterator[str]:
    """Who was invited and how each took part, the sites, how many sat there, and the quorum."""
    invited = record.invited()
    if not invited:
        yield paragraph("Thành phần tham dự: Không có đại biểu nào khác.")
        return
    statuses = [present.get("status") or "unknown" for _, present in invited]
    parts = [
        f"{words.lower()} {count(statuses.count(status))}"
        for status, words in _MODES.items()
        if status in statuses
    ]
    yield paragraph(
        f"Thành phần tham dự: {count(len(invited))} đại biểu được mời ({joined(parts)}), gồm:"
    )
    yield table("attendance", _ATTENDANCE, (_row(record, *pair) for pair in invited))
    yield from _sites(record, invited)
    yield from _headcounts(record)
    yield from _quorum(record)


def _row(record: Record, participant: Fields, attendance: Fields) -> Sequence[str]:
    person = record.find("person", participant.get("person_id"))
    status = attendance.get("status") or "unknown"
    reason, deputy = line(attendance.get("reason")), line(attendance.get("deputy_name"))
    who = joined([line(person.get("name")), line(person.get("title"))]) or NONE
    mode = _MODES.get(status, NONE)
    if status == "absent" and reason:
        mode = f"{mode}: {reason}"
    mode += coming_and_going(record, participant.get("person_id"))
    if deputy:
        who = f"{deputy} (dự thay {who})"
    return record.unit_name(record.unit_of(participant)) or NONE, who, mode


def _sites(record: Record, invited: Sequence[tuple[Fields, Fields]]) -> Iterator[str]:
    """How many of those invited were at each site; nothing where there is one site alone."""
    asked: Counter[Any] = Counter()
    came: Counter[Any] = Counter()
    for participant, present in invited:
        site = record.site_id(record.unit_of(participant))
        asked[site] += 1
        came[site] += present.get("status") in PRESENT
    if len(asked) < 2:
        return
    # The organiser's own site is the main one and comes first.
    sites = sorted(asked, key=lambda site: site != record.organizer.get("id"))
    words = [f"{_site(record, site)} {count(came[site])}/{count(asked[site])}" for site in sites]
    there = sum(bool(came[site]) for site in sites)
    yield paragraph(
        f"Số điểm cầu có đại biểu dự: {count(there)}/{count(len(sites))}; số đại biểu có mặt/được "
        f"mời tại từng điểm cầu: {'; '.join(words)}."
    )


def _site(record: Record, site: Any) -> str:
    main = "điểm cầu trung tâm " if site == record.organizer.get("id") else ""
    return f"{main}{record.unit_name(site, short=True) or NONE}"


def _headcounts(record: Record) -> Iterator[str]:
    """How many sat at the sites that have counted them, whoever was invited."""
    main = record.organizer.get("id")
    counted = sorted(
        record.all("headcount"),
        key=lambda each: (
            each["unit_id"] != main,
            record.find("unit", each["unit_id"]).get("position") or 0,
            each["unit_id"],
        ),
    )
    if counted:
        words = [f"{_site(record, each['unit_id'])} {count(each['people'])}" for each in counted]
        total = sum(each["people"] for each in counted)
        yield paragraph(
            f"Số người có mặt theo báo cáo của các điểm cầu: {'; '.join(words)}; "
            f"tổng cộng {count(total)} người."
        )


def _quorum(record: Record) -> Iterator[str]:
    """Whether enough of those who decide came, where the meeting asks for it."""
    for counted in record.all("quorum"):
        marks = [
            record.attendance_of(participant.get("person_id"))
            for participant in record.all("participant")
            if participant.get("role") in VOTERS
        ]
        came = sum(
            mark.get("status") in PRESENT or bool(line(mark.get("deputy_name"))) for mark in marks
        )
        needed = counted["needed"]
        reached = "đủ" if came >= needed else "chưa đủ"
        yield paragraph(
            f"Số thành viên dự {record.noun}: {count(came)}/{count(len(marks))} (số tối thiểu phải "
            f"có mặt: {count(needed)}), {reached} số thành viên theo quy định."
        )


def coming_and_going(record: Record, person_id: Any) -> str:
    """` (đến 08 giờ 40, về 10 giờ 15)` of somebody who came late or left early; else nothing."""
    mark = record.attendance_of(person_id)
    came = f"đến {clock(local(mark['arrived_at']))}" if person_id in record.late else ""
    went = f"về {clock(local(mark['left_at']))}" if person_id in record.left_early else ""
    return f" ({words})" if (words := joined([came, went])) else ""
