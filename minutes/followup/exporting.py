"""The register and the scorecard as spreadsheets: what stands in them. `minutes.followup.sheets`
writes them, apart from the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import TooLarge
from core.i18n import moment
from core.realtime import give_way
from core.times import vietnam
from meetings.access import visible_meetings
from meetings.models import Meeting
from minutes.due import last_moment
from minutes.followup.register import Wanted, register
from minutes.followup.scorecard import Counts, Scorecard, UnitLine
from minutes.followup.sheets import Column, Sheet, ordered
from minutes.words import due_words
from people.actor import Actor
from people.models import Unit

# Directives in one file; their reading and writing takes seconds, and nobody reads more.
AT_MOST: Final = 10_000
# Read at once; between two lots others get their turn.
LOT: Final = 250


def register_file(session: Session, actor: Actor, wanted: Wanted, present: datetime) -> bytes:
    """The order (`minutes.followup.sheets.ordered`) for the register as somebody may see it.

    Args:
        session: to read with.
        actor: who wants it.
        wanted: which directives.
        present: the moment at which something is late.

    Raises:
        TooLarge: there are more than `AT_MOST`.
    """
    lines, total = register(session, actor, wanted, present, 0, LOT)
    if total > AT_MOST:
        raise TooLarge(
            _(
                "Có %(count)s chỉ đạo; một tệp chứa nhiều nhất %(most)s. "
                "Hãy lọc theo cuộc họp, đơn vị hoặc thời gian rồi tải lại.",
                count=total,
                most=AT_MOST,
            )
        )
    while len(lines) < total:
        give_way()
        more, _again = register(session, actor, wanted, present, len(lines), LOT, total)
        if not more:
            break
        lines += more
    units = {row.id: row.name for row in session.execute(select(Unit.id, Unit.name))}
    mine = visible_meetings(actor).with_only_columns(Meeting.id, Meeting.code)
    meetings = {row.id: row.code for row in session.execute(mine)}
    rows = [_row(number, line, units, meetings) for number, line in enumerate(lines, start=1)]
    sheet = Sheet(
        _("Chỉ đạo"),
        [_("Danh mục chỉ đạo"), _("(Tính đến %(moment)s)", moment=moment(present))],
        [
            Column(_("TT"), 6, "number"),
            Column(pgettext("document", "Nội dung"), 60),
            Column(_("Lĩnh vực"), 18),
            Column(_("Đơn vị chủ trì"), 30),
            Column(_("Đơn vị phối hợp"), 30),
            Column(_("Cuộc họp"), 14),
            Column(_("Ngày giao"), 12, "day"),
            Column(_("Thời hạn"), 12, "day"),
            Column(_("Thời hạn như đã giao"), 18),
            Column(_("Tình trạng"), 20),
            Column(_("Tiến độ (%)"), 9, "number"),
            Column(_("Ngày hoàn thành"), 12, "day"),
            Column(_("Số ngày quá hạn"), 10, "number"),
        ],
        rows,
    )
    return ordered([sheet])


def _row(
    number: int, line: dict[str, Any], units: dict[int, str], meetings: dict[int, str]
) -> list[Any]:
    def named(keys: Sequence[int]) -> str:
        return "; ".join(units[key] for key in keys)

    done_at = line.get("done_at")
    return [
        number,
        line["text"],
        line.get("field") or "",
        named(line["lead_unit_ids"]),
        named(line["supporting_unit_ids"]),
        meetings.get(line["meeting_id"], ""),
        _day(datetime.fromisoformat(line["at"])),
        _day(last_moment(line["due"])),
        line["due_text"] or due_words(line["due"]),
        status_words()[line["status"]],
        line.get("progress"),
        done_at and _day(datetime.fromisoformat(done_at)),
        line["days_late"] or None,
    ]


def _day(at: datetime | None) -> str | None:
    return None if at is None else vietnam(at).date().isoformat()


def status_words() -> dict[str, str]:
    """How a directive stands by its dates, in the reader's words."""
    return {
        "done_on_time": _("Hoàn thành đúng hạn"),
        "done_late": _("Hoàn thành quá hạn"),
        "in_time": _("Đang thực hiện, trong hạn"),
        "no_deadline": _("Đang thực hiện, không thời hạn"),
        "overdue": _("Đang thực hiện, quá hạn"),
    }


def scorecard_file(found: Scorecard, lines: Sequence[UnitLine], present: datetime) -> bytes:
    """The order for a scorecard: a sheet by unit, one by briefing.

    Args:
        found: all of it.
        lines: its units, in the order wanted.
        present: the moment that it stands for.
    """
    titles = [
        _("Tình hình thực hiện chỉ đạo"),
        _("(Tính đến %(moment)s)", moment=moment(present)),
    ]
    of_units = [[line.unit.name, *_numbers(line.counts)] for line in lines]
    of_meetings = [
        [line.title, _day(line.starts_at), *_numbers(line.counts)] for line in found.meetings
    ]
    total = [_("Tổng cộng"), *_numbers(found.total)]
    notes = [_("Tỷ lệ hoàn thành = hoàn thành ÷ (hoàn thành + đang thực hiện quá hạn).")]
    return ordered(
        [
            Sheet(
                _("Theo đơn vị"),
                titles,
                [Column(_("TT"), 6, "number"), Column(_("Đơn vị chủ trì"), 40), *_columns()],
                [*_numbered(of_units), [None, *total]],
                total=True,
                notes=notes,
            ),
            Sheet(
                _("Theo cuộc họp"),
                titles,
                [
                    Column(_("TT"), 6, "number"),
                    Column(_("Cuộc họp"), 50),
                    Column(_("Ngày họp"), 12, "day"),
                    *_columns(),
                ],
                [*_numbered(of_meetings), [None, total[0], None, *total[1:]]],
                total=True,
                notes=notes,
            ),
        ]
    )


def _numbered(rows: Sequence[list[Any]]) -> Iterator[list[Any]]:
    return ([number, *row] for number, row in enumerate(rows, start=1))


def _numbers(counts: Counts) -> list[float | None]:
    states = ("done_on_time", "done_late", "in_time", "overdue", "no_deadline")
    names = ("total", *states, "extension_asked", "returned", "average_days_late", "percent")
    return [getattr(counts, name) for name in names]


def _columns() -> list[Column]:
    words = status_words()
    return [
        Column(_("Tổng số"), 10, "number"),
        *(
            Column(words[name], 13, "number")
            for name in ("done_on_time", "done_late", "in_time", "overdue", "no_deadline")
        ),
        Column(_("Xin gia hạn"), 10, "number"),
        Column(_("Bị trả lại"), 10, "number"),
        Column(_("Chậm bình quân (ngày)"), 12, "decimal"),
        Column(_("Tỷ lệ hoàn thành"), 11, "percent"),
    ]
