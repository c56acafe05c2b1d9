"""The calendar's page, and the feed that calendar programs read."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from core.db import db, reading
from core.errors import NotFound
from core.times import VIETNAM, now, vietnam
from minutes.calendars import services
from minutes.calendars.ics import answer, calendar
from minutes.calendars.models import CalendarKey
from minutes.calendars.reading import (
    Shown,
    deadlines_between,
    meetings_between,
    my_units,
    with_groups,
)
from minutes.reminding.services import sees_reminders
from people.directory import units_of
from people.login import current_actor
from people.models import Unit

bp = Blueprint("calendars", __name__)


@bp.app_template_filter("weekday")
def weekday(day: date) -> str:
    """`Thứ Năm`, in the reader's language."""
    name = str(format_date(day, "EEEE"))
    return name[:1].upper() + name[1:]


@bp.get("/calendar")
@login_required
def page() -> str:
    """Meetings and deadlines of a month by day, and how to have them in one's own program."""
    return _page()


@bp.post("/calendar/key")
@login_required
def key() -> str | BaseResponse:
    """A new address for calendar programs, shown this once; or none any more."""
    actor = current_actor()
    if "revoke" in request.form:
        services.revoke_key(actor)
        flash(_("Địa chỉ lịch cũ đã hết hiệu lực."), "success")
        return redirect("/calendar#programs")
    return _page(services.give_key(actor))


@bp.get("/calendar/key")
@login_required
def after_key() -> BaseResponse:
    """Where the new address was shown: it is not shown again."""
    return redirect("/calendar#programs")


@bp.get("/calendar/units/<int:unit_id>.ics")
def feed(unit_id: int) -> Response:
    """What the account behind the key may see: its meetings, and the deadlines of a unit.

    Raises:
        NotFound: there is no such key, unit or account any more.
    """
    with reading() as session:
        actor = services.reader(session, request.args.get("key", ""))
        unit = session.get(Unit, unit_id) if unit_id < 2**31 else None
        if unit is None:
            raise NotFound()
        shown = meetings_between(session, actor)
        shown += deadlines_between(session, actor, units_of(session, unit.id))
        name = f"Giao ban – {unit.short_name or unit.name}"
        content = calendar(name, shown, current_app.config["PUBLIC_URL"])
    return answer(content, "giao-ban.ics")


def _page(new_key: str | None = None) -> str:
    actor, session = current_actor(), db.session()
    first = _month(request.args.get("month", ""))
    following = (first + timedelta(days=31)).replace(day=1)
    start, end = (datetime.combine(day, time(), VIETNAM) for day in (first, following))
    units = my_units(session, actor)
    made_at = session.scalar(
        select(CalendarKey.created_at).where(CalendarKey.user_id == actor.user_id)
    )
    shown = meetings_between(session, actor, start, end)
    shown += deadlines_between(session, actor, with_groups(session, units), start, end)
    return render_template(
        "minutes/calendar.html",
        days=_by_day(shown),
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        following=following,
        today=vietnam(now()).date(),
        present=now(),
        units=units,
        made_at=made_at,
        addresses=_addresses(units, new_key) if new_key else [],
        person=current_user.person,
        sends_mail=current_app.config["MAIL"] is not None,
        sees_reminders=sees_reminders(session, actor),
        local=vietnam,
    )


def _month(value: str) -> date:
    found = re.fullmatch(r"(199\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])", value, re.ASCII)
    if found is None:
        return vietnam(now()).date().replace(day=1)
    return date(int(found[1]), int(found[2]), 1)


def _by_day(shown: list[Shown]) -> list[tuple[date, list[Shown]]]:
    days: defaultdict[date, list[Shown]] = defaultdict(list)
    for each in shown:
        moment = each.directive.due_at if each.directive else each.meeting.starts_at
        if moment is not None:
            days[vietnam(moment).date()].append(each)
    return sorted(days.items())


def _addresses(units: list[Unit], new_key: str) -> list[tuple[Unit, str]]:
    url = current_app.config["PUBLIC_URL"]
    return [(unit, f"{url}/calendar/units/{unit.id}.ics?key={new_key}") for unit in units]
