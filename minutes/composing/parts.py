"""What several kinds of documents hold: conclusions, directives, indicators."""

from __future__ import annotations

from typing import Final

from minutes.composing import body
from minutes.composing.phrases import (
    NONE,
    capital,
    clipped,
    joined,
    line,
    listed,
    paragraphs,
    plain,
    sentence,
)
from minutes.composing.readback import read_back
from minutes.composing.reading import Fields, Record
from minutes.content import Appendix
from minutes.due import ONGOING
from minutes.numbers import deadline

SECTIONS: Final = {
    "assessment": "Kết quả đạt được",
    "shortcomings": "Tồn tại, hạn chế",
    "tasks": "Nhiệm vụ chung",
    "organisation": "Tổ chức thực hiện",
}
_DIRECTIVES: Final = ("Nội dung", "Đơn vị chủ trì", "Đơn vị phối hợp", "Thời hạn")
_INDICATORS: Final = ("Chỉ tiêu", "Đơn vị tính", "Kế hoạch", "Ước thực hiện", "Đánh giá")


def conclusions(record: Record, section: str) -> list[str]:
    """The sentences of a section's conclusions; a conclusion without section is a task."""
    return [
        sentence(paragraph)
        for conclusion in record.sorted("conclusion", "at", "id")
        if (conclusion.get("section") or "tasks") == section
        for paragraph in paragraphs(conclusion.get("text"))
    ]


def directives(record: Record) -> list[Fields]:
    """The chair's directives in the order in which they were given; not what units have passed
    on of them."""
    return [each for each in record.sorted("directive", "at", "id") if not each.get("parent_id")]


def directives_table(record: Record, *, answers: bool = False) -> str:
    """The directives as a table; empty where there are none.

    Args:
        answers: below each directive stands who has confirmed it.
    """
    rows = [
        (
            body.with_notes(
                line(directive.get("text")), read_back(record, directive) if answers else []
            ),
            joined(record.unit_names(directive.get("lead_unit_ids") or ()), "; ") or NONE,
            joined(record.unit_names(directive.get("supporting_unit_ids") or ()), "; ") or NONE,
            capital(deadline_of(directive) or NONE),
        )
        for directive in directives(record)
    ]
    return body.table("directives", _DIRECTIVES, rows) if rows else ""


def deadline_of(directive: Fields) -> str:
    """A deadline for a column: the day that was understood, else the words."""
    due, wording = directive.get("due"), line(directive.get("due_text"))
    # `trước ngày 25 hằng tháng` says more than `thường xuyên`.
    return wording if wording and due in (None, ONGOING) else deadline(due) or ""


def _names_unit(record: Record, text: str, key: object) -> bool:
    """Whether the text names the unit, in full, in short, or through its head."""
    said = plain(text)
    names = (record.unit_name(key), record.unit_name(key, short=True))
    return any(plain(name) in said for name in names if name)


def directive_sentence(record: Record, directive: Fields) -> str:
    """A directive as running text, complete with units and deadline.

    A text that names its lead units is the chairman's own sentence and stays as it is; otherwise
    the grammar of such notices is put before it: `Giao A chủ trì, phối hợp với B: …; thời hạn: …`.
    A deadline that the text does not state yet follows, in the words in which it was given.
    """
    text = line(directive.get("text"))
    leads = directive.get("lead_unit_ids") or ()
    if not all(_names_unit(record, text, key) for key in leads):
        supporting = record.unit_names(directive.get("supporting_unit_ids") or ())
        giving = f"Giao {listed(record.unit_names(leads))}"
        if supporting:
            giving += f" chủ trì, phối hợp với {listed(supporting)}"
        text = f"{giving}: {text}"
    wording, due = line(directive.get("due_text")), deadline(directive.get("due"))
    if wording and plain(wording) not in plain(text):
        text = f"{text.rstrip('.;,')}; {wording}"
    elif due and not wording and plain(due) not in plain(text):
        text = f"{text.rstrip('.;,')}; thời hạn: {due}"
    return sentence(text)


def directives_appendix(record: Record) -> list[Appendix]:
    """The directives as an appendix of the notice; none where none were given."""
    table = directives_table(record)
    title = clipped(f"Nhiệm vụ giao các cơ quan, đơn vị tại {record.title}")
    return [Appendix(title=title, body=table)] if table else []


def indicators_appendix(record: Record) -> list[Appendix]:
    """Plan and estimate of the indicators as an appendix of the minutes; values are printed as
    they were reported (`Khoảng 4`, `6,6-6,8`). None where the meeting had none."""
    rows = [
        [
            line(indicator.get(name)) or NONE
            for name in ("name", "measure", "plan", "estimate", "assessment")
        ]
        for indicator in record.sorted("indicator", "position", "id")
    ]
    if not rows:
        return []
    title = clipped(f"Kết quả thực hiện các chỉ tiêu báo cáo tại {record.title}")
    return [Appendix(title=title, body=body.table("indicators", _INDICATORS, rows))]
