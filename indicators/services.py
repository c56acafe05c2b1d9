"""The table of indicators, filled in before and during the meeting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from agenda.services import UNTIL_CLOSED, fresh, place
from indicators.commands import AddIndicator, RemoveIndicator, UpdateIndicator
from indicators.models import Indicator
from meetings.changes import Change, command
from meetings.models import LEADERS

NO_INDICATOR = _("Chỉ tiêu này không còn nữa.")
INDICATOR_CHANGED = _("Chỉ tiêu này đã được sửa trong lúc bạn soạn; hãy xem cả hai bản.")
VALUES = ("name", "measure", "plan", "estimate", "assessment")


def _all(change: Change) -> list[Indicator]:
    return list(
        change.session.scalars(
            select(Indicator)
            .where(Indicator.meeting_id == change.meeting.id)
            .order_by(Indicator.position, Indicator.id)
        )
    )


@command("indicator.add", AddIndicator, roles=LEADERS, states=UNTIL_CLOSED)
def add_indicator(change: Change, args: AddIndicator) -> Indicator:
    """Add an indicator."""
    before = _all(change)
    last = len(before) + 1
    indicator = Indicator(
        meeting_id=change.meeting.id,
        position=last,
        **{name: getattr(args, name) for name in VALUES},
    )
    change.session.add(indicator)
    change.session.flush()
    place(before, indicator, args.position or last)
    return indicator


@command("indicator.update", UpdateIndicator, roles=LEADERS, states=UNTIL_CLOSED)
def update_indicator(change: Change, args: UpdateIndicator) -> Indicator:
    """Change an indicator that nobody has changed since the author saw it."""
    indicator = change.part(Indicator, args.indicator_id, NO_INDICATOR)
    fresh(indicator, args.base_revision, INDICATOR_CHANGED)
    for name in VALUES:
        if (value := getattr(args, name)) is not None:
            setattr(indicator, name, value)
    if args.position is not None:
        place(_all(change), indicator, args.position)
    return indicator


@command("indicator.remove", RemoveIndicator, roles=LEADERS, states=UNTIL_CLOSED)
def remove_indicator(change: Change, args: RemoveIndicator) -> None:
    """Take an indicator off the table."""
    indicator = change.part(Indicator, args.indicator_id, NO_INDICATOR)
    fresh(indicator, args.base_revision, INDICATOR_CHANGED)
    others = [each for each in _all(change) if each is not indicator]
    change.session.delete(indicator)
    change.session.flush()
    for number, each in enumerate(others, start=1):
        each.position = number
