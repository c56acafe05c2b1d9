"""Danh mục nhiệm vụ: the directives as a table on its own, kept with the notice of conclusions."""

from __future__ import annotations

from minutes.composing.body import note, paragraph
from minutes.composing.issuer import (
    authority,
    issuing_lines,
    place_of,
    superior_lines,
)
from minutes.composing.parts import directives_table
from minutes.composing.phrases import clipped
from minutes.composing.reading import Record
from minutes.content import Content
from minutes.numbers import local, long_date


def compose_directives(record: Record) -> Content:
    """What the table says. It is no document by itself: it has no number, nobody signs it, and it
    names the notice that it goes with as soon as that one is issued."""
    table = directives_table(record) or paragraph("Không có nhiệm vụ nào được giao.")
    return Content(
        superior=superior_lines(record),
        issuer=issuing_lines(record.organizer_name),
        place=place_of(record.organizer),
        abstract=clipped(f"Giao tại {record.title}"),
        body=_reference(record) + table,
        signatures=[authority(record).signature],
    )


def _reference(record: Record) -> str:
    """`(Kèm theo Thông báo số … ngày … của …)`, of the notice that is in force."""
    issued = [
        document
        for document in record.sorted("document", "id")
        if document.get("kind") == "conclusions" and document.get("state") == "issued"
    ]
    if not issued:
        return ""
    notice = issued[-1]
    day = long_date(local(notice["issued_at"]))
    return note(
        f"(Kèm theo Thông báo số {notice.get('symbol')} {day} của "
        f"{record.organizer_name or 'cơ quan ban hành'})"
    )
