"""Who has confirmed a directive stands below it in the minutes, and nowhere else."""

from __future__ import annotations

import io
from typing import Any

import docx
import pypdfium2
from lxml import html

from minutes.documents import compose, paper_html
from minutes.docx import document_docx
from minutes.render import Renderer

Objects = dict[str, dict[str, Any]]


def acknowledgement(
    key: int, directive: int, unit: int, reply: str, at: str, note: str | None = None
) -> dict[str, Any]:
    given = {"id": key, "directive_id": directive, "unit_id": unit, "reply": reply, "at": at}
    return given | ({"note": note} if note else {})


def cells(kind: str, objects: Objects) -> list[list[str]]:
    """For each directive the lines of its text."""
    root = html.fragment_fromstring(compose(kind, objects).body, create_parent="main")
    found = root.xpath("//table[@class='directives']/tbody/tr/td[2]")
    return [[text.strip() for text in cell.itertext()] for cell in found]


def test_minutes_say_who_has_confirmed_each_directive(
    briefing: Objects, renderer: Renderer
) -> None:
    texts = [cell[0] for cell in cells("minutes", briefing)]
    # A meeting that did without says nothing of it.
    assert cells("minutes", briefing) == [[text] for text in texts]

    briefing["unit/9"] = briefing["unit/4"] | {
        "id": 9, "kind": "group", "name": "UBND các xã", "short_name": None, "member_ids": [4, 5],
    }  # fmt: skip
    briefing["directive/2"] |= {"lead_unit_ids": [9], "supporting_unit_ids": [6, 4]}
    day = "2023-10-12T"
    briefing["acknowledgement/1"] = acknowledgement(1, 2, 5, "understood", f"{day}02:41:00+00:00")
    briefing["acknowledgement/2"] = acknowledgement(
        2, 2, 6, "clarify", f"{day}09:43:00+07:00", "Tuần tra <b>ban đêm</b>?"
    )
    briefing["acknowledgement/3"] = acknowledgement(
        3, 1, 3, "understood", "2023-10-13T08:05:00+07:00"
    )
    # Of a unit that is named no longer.
    briefing["acknowledgement/4"] = acknowledgement(4, 1, 5, "understood", f"{day}09:43:00+07:00")
    first = ["Đã xác nhận: Phòng TC-KH (08:05 ngày 13/10/2023).", "Chưa xác nhận: xã Quảng Sơn."]
    second = [
        "Đã xác nhận: xã Đắk R'Măng (09:41).",
        "Xin làm rõ: Công an huyện (09:43): “Tuần tra <b>ban đêm</b>?”.",
        "Chưa xác nhận: xã Quảng Sơn.",
    ]
    assert cells("minutes", briefing) == [[texts[0], *first], [texts[1], *second]]
    # The notice and the table beside it tell what was given, not who has answered.
    assert cells("directives", briefing) == [[text] for text in texts]
    assert "xác nhận" not in str(compose("conclusions", briefing).model_dump())

    content = compose("minutes", briefing)
    document = docx.Document(io.BytesIO(document_docx("minutes", content, None)))
    (cell,) = {row.cells[1].text for table in document.tables for row in table.rows
               if row.cells[1].text.startswith(texts[1])}  # fmt: skip
    assert cell.splitlines() == [texts[1], *second]
    with pypdfium2.PdfDocument(renderer.pdf(paper_html("minutes", content, None))) as pdf:
        printed = " ".join("".join(page.get_textpage().get_text_range() for page in pdf).split())
    assert "Đã xác nhận: xã Đắk R'Măng (09:41)." in printed
