"""Kiểm điểm chỉ đạo kỳ trước: what a briefing found of earlier directives, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from minutes.composing import body
from minutes.composing.parts import deadline_of
from minutes.composing.phrases import NONE, capital, joined, line
from minutes.composing.reading import Fields, Record

_COLUMNS: Final = (
    "Nội dung",
    "Đơn vị chủ trì",
    "Thời hạn",
    "Kết quả, số ngày quá hạn",
    "Ý kiến tại cuộc họp",
)
_RESULTS: Final = {
    "done_on_time": "Hoàn thành đúng hạn",
    "done_late": "Hoàn thành, chậm {days} ngày",
    "in_time": "Đến hạn trong ngày họp",
    "overdue": "Quá hạn {days} ngày",
    "no_deadline": "Đang thực hiện",
}


def carried_table(
    record: Record, remarks: Sequence[Fields], speaker: Callable[[Fields], str]
) -> str:
    """What was carried over as a table; empty where nothing was.

    Args:
        record: of the later meeting.
        remarks: what was said about what is carried over, in its order.
        speaker: whom a remark is put down to.
    """
    rows = [
        (
            line(carried.get("text")),
            joined(record.unit_names(carried.get("lead_unit_ids") or ()), "; ") or NONE,
            capital(deadline_of(carried) or NONE),
            _result(carried),
            _said([each for each in remarks if each["carried_id"] == carried["id"]], speaker),
        )
        for carried in record.sorted("carried", "position", "id")
    ]
    return body.table("carried", _COLUMNS, rows) if rows else ""


def _result(carried: Fields) -> str:
    days = f"{carried['days_late']:,}".replace(",", ".")
    found = [_RESULTS[str(carried["status"])].format(days=days)]
    if carried.get("state") == "returned":
        found.append("báo cáo bị trả lại")
    elif carried.get("progress") is not None and not str(carried["status"]).startswith("done"):
        found.append(f"tiến độ {carried['progress']}%")
    return "; ".join(found)


def _said(remarks: Sequence[Fields], speaker: Callable[[Fields], str]) -> str:
    """Who said what, one after the other: a cell has no paragraphs."""
    found = []
    for remark in remarks:
        who = speaker(remark)
        progress = remark.get("progress")
        if progress is not None:
            who = joined([who, f"tiến độ {progress}%"], ", ")
        text = line(remark.get("text")).rstrip(".;")
        found.append(f"{who}: {text}" if who else text)
    return "; ".join(found) or NONE
