"""The item with which a briefing begins that has others before it in its series: what has become
of what they told units to do."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from agenda.models import AgendaItem
from agenda.services import place
from core.text import fold
from meetings.changes import Change
from meetings.models import Meeting
from meetings.series import CAME_IN, earlier_in_series
from people.models import Unit

KIND: Final = "follow_up"
# As agendas of offices call it; it may be renamed like any other.
TITLE: Final = "Kiểm điểm việc thực hiện các chỉ đạo của kỳ giao ban trước"
MINUTES: Final = 15


def follow_up_item(change: Change) -> AgendaItem | None:
    """The meeting's item that asks about earlier directives, if it has one."""
    return change.session.scalar(
        select(AgendaItem).where(
            AgendaItem.meeting_id == change.meeting_id, AgendaItem.kind == KIND
        )
    )


def add_follow_up_item(change: Change) -> None:
    """Put the item first, presented by the organiser's own office (Văn phòng), where the meeting
    follows another one and has none yet."""
    if follow_up_item(change) or not earlier_in_series(change.meeting, change.actor):
        return
    items = list(
        change.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == change.meeting_id)
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )
    item = AgendaItem(
        meeting_id=change.meeting_id,
        position=len(items) + 1,
        kind=KIND,
        title=TITLE,
        minutes=MINUTES,
        presenter_unit_id=_office(change, change.meeting),
    )
    change.session.add(item)
    change.session.flush()
    place(items, item, 1)


def _office(change: Change, meeting: Meeting) -> int | None:
    below = select(Unit).where(Unit.parent_id == meeting.organizer_unit_id, Unit.valid_to.is_(None))
    units = change.session.scalars(below.order_by(Unit.position, Unit.id))
    return next((unit.id for unit in units if fold(unit.name).startswith("van phong")), None)


CAME_IN.append(add_follow_up_item)
