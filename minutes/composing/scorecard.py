"""Phụ lục: how the directives of earlier meetings stood when this one closed, as
`minutes.followup.past` says it."""

from __future__ import annotations

from datetime import date
from typing import Final

from minutes.composing import body
from minutes.composing.phrases import line
from minutes.composing.reading import Fields, Record
from minutes.content import Appendix
from minutes.numbers import clock, local, short_date

_HEAD: Final = (
    "Đơn vị chủ trì",
    "Tổng số",
    "Hoàn thành đúng hạn",
    "Hoàn thành quá hạn",
    "Trong hạn",
    "Quá hạn",
    "Không thời hạn",
    "Tỷ lệ hoàn thành",
)
_NAMES: Final = ("total", "done_on_time", "done_late", "in_time", "overdue", "no_deadline")


def scorecard_appendix(record: Record) -> list[Appendix]:
    """The appendix; none where nothing that was given before was due by then."""
    found = next(record.all("scorecard"), None)
    if found is None:
        return []
    at = local(found["at"])
    since = short_date(date.fromisoformat(found["since"]))
    rows = [[line(each["name"]), *_numbers(each)] for each in found["units"]]
    texts = [
        f"Tính đến {clock(at)} ngày {short_date(at)}: các chỉ đạo giao tại những cuộc họp trước từ "
        f"ngày {since}, và các chỉ đạo giao trước đó chưa hoàn thành.",
        _total(found["total"]),
    ]
    # Before the table: behind it, it would at times stand alone on a page.
    note = (
        "Tỷ lệ hoàn thành bằng số đã hoàn thành chia cho tổng của số đã hoàn thành và số quá hạn "
        "chưa hoàn thành. Chỉ đạo giao nhiều đơn vị được tính cho từng đơn vị."
    )
    table = [body.table("scorecard", _HEAD, rows)] if rows else []
    parts = [*map(body.paragraph, texts), body.note(note), *table]
    return [Appendix(title="Tình hình thực hiện chỉ đạo", body="".join(parts))]


def _total(total: Fields) -> str:
    said = {name: _count(total[name]) for name in (*_NAMES, "done", "open")}
    text = (
        "Tổng số {total} chỉ đạo: đã hoàn thành {done} (đúng hạn {done_on_time}; quá hạn "
        "{done_late}); chưa hoàn thành {open} (trong hạn {in_time}; quá hạn {overdue}; không thời "
        "hạn {no_deadline})"
    ).format(**said)
    percent = total["percent"]
    return f"{text}; tỷ lệ hoàn thành {_percent(percent)}." if percent is not None else f"{text}."


def _numbers(counts: Fields) -> list[str]:
    return [*(_count(counts[name]) for name in _NAMES), _percent(counts["percent"])]


def _count(number: int) -> str:
    # Figures of statistics have no leading zero, as counts of people in running text have.
    return f"{number:,}".replace(",", ".")


def _percent(percent: float | None) -> str:
    return "—" if percent is None else f"{percent:.2f}%".replace(".", ",")
