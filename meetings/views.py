"""Pages: the list of meetings, and the forms that create and change one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import Row, func, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as BaseResponse

from core.db import db
from core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from core.merge import seen_in
from core.schema import parse
from core.text import clean, fold
from core.times import VIETNAM, now, vietnam
from meetings.access import viewing, visible_meetings
from meetings.changes import canonical
from meetings.commands import CreateMeeting, Schedule
from meetings.limits import ask
from meetings.models import LEADERS, Meeting, Participant, State
from meetings.series import visible_series
from meetings.services import create_meeting
from meetings.video import room_for
from people.actor import Actor
from people.directory import units_in_order
from people.login import current_actor
from people.models import Person, Unit
from people.views import number

bp = Blueprint("meetings", __name__)

PER_PAGE = 20
# A meeting in one's list, with one's role in it.
Listed = Row[tuple[Meeting, str]]


def today() -> tuple[datetime, datetime]:
    """The first moment of this day in Vietnam, and of the next."""
    start = datetime.combine(vietnam(now()).date(), time(), VIETNAM)
    return start, start + timedelta(days=1)


@bp.get("/meetings")
@login_required
def meetings() -> str:
    """Today's meetings, those to come, drafts, and the past by pages; or what a search finds."""
    actor = current_actor()
    words = fold(clean(request.args.get("q", "")[:200]))
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    mine = visible_meetings(actor).add_columns(Participant.role)
    if words:
        rows = db.session.execute(mine.order_by(Meeting.starts_at.desc(), Meeting.id.desc()))
        found = [row for row in rows if words in _searched(row[0])]
        past, total = found[(page - 1) * PER_PAGE : page * PER_PAGE], len(found)
        groups: dict[str, list[Listed]] = {}
    else:
        groups = _coming(mine)
        past, total = _past(mine, page)
    return render_template(
        "meetings/list.html",
        groups=groups,
        past=past,
        total=total,
        page=page,
        pages=max(1, -(-total // PER_PAGE)),
        query=request.args.get("q", "")[:200],
        may_schedule=actor.may_schedule,
    )


def _searched(meeting: Meeting) -> str:
    return fold(f"{meeting.code} {meeting.title} {meeting.location}")


def _is_past() -> Any:
    start, _end = today()
    return (Meeting.ends_at < start) & Meeting.state.not_in((State.LIVE, State.DRAFT))


def _coming(mine: Any) -> dict[str, list[Listed]]:
    _start, end = today()
    rows = db.session.execute(mine.where(~_is_past()).order_by(Meeting.starts_at, Meeting.id)).all()
    groups: dict[str, list[Listed]] = {"today": [], "next": [], "drafts": []}
    for row in rows:
        if row[0].state == State.DRAFT:
            groups["drafts"].append(row)
        elif row[0].starts_at < end or row[0].state == State.LIVE:
            groups["today"].append(row)
        else:
            groups["next"].append(row)
    return groups


def _past(mine: Any, page: int) -> tuple[list[Listed], int]:
    statement = mine.where(_is_past())
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = db.session.execute(
        statement.order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    return list(rows), total


@bp.get("/meetings/new")
@login_required
def new() -> str:
    """The form for a new meeting."""
    actor = current_actor()
    if not actor.may_schedule:
        raise Forbidden(_("Bạn không có quyền lập lịch họp."))
    tomorrow = vietnam(now()).date() + timedelta(days=1)
    values = {
        "day": tomorrow.isoformat(),
        "start": "08:00",
        "end": "11:00",
        "organizer_unit_id": str(_root_of(actor) or ""),
        "state": "scheduled",
        "request_id": uuid4().hex,
    }
    return _form(values, [], {})


@bp.post("/meetings/new")
@login_required
def create() -> str | BaseResponse | tuple[str, int]:
    """Create the meeting. The form carries a key of its own, so that sending it twice
    leads to the one meeting."""
    form = request.form
    chairs = form.getlist("chair_ids")
    try:
        values = _arguments(form) | {
            "state": form.get("state", "scheduled"),
            "chair_ids": [number(value) for value in chairs],
        }
        made = create_meeting(
            current_actor(), parse(CreateMeeting, values), form.get("request_id") or None
        )
    except (Invalid, Conflict) as error:
        return _form(form, chairs, _at_fields(error, form), error), error.status
    draft = made.result["state"] == State.DRAFT
    flash(
        _("Đã lưu bản nháp. Thêm chương trình và thành phần rồi gửi lịch.")
        if draft
        else _("Đã lập lịch họp. Tiếp theo: thêm chương trình và thành phần dự họp."),
        "success",
    )
    return redirect(f"/meetings/{made.result['id']}")


@bp.get("/meetings/<int:meeting_id>/edit")
@login_required
def edit(meeting_id: int) -> str:
    """The form with a meeting's schedule."""
    meeting = _editable(meeting_id)
    return _form(_values(meeting), [], {}, meeting=meeting)


def _values(meeting: Meeting) -> dict[str, str]:
    """The form's fields as the meeting stands."""
    starts_at, ends_at = vietnam(meeting.starts_at), vietnam(meeting.ends_at)
    values = {
        "title": meeting.title,
        "day": starts_at.date().isoformat(),
        "start": f"{starts_at:%H:%M}",
        "end": f"{ends_at:%H:%M}",
        "days": str((ends_at.date() - starts_at.date()).days),
        "location": meeting.location,
        "online_url": meeting.online_url,
        "description": meeting.description,
        "organizer_unit_id": str(meeting.organizer_unit_id or ""),
        "series_id": str(meeting.series_id or ""),
        "series_name": "",
        "request_id": uuid4().hex,
    }
    values["seen"] = canonical(_arguments(values))
    return values


@bp.post("/meetings/<int:meeting_id>/edit")
@login_required
def update(meeting_id: int) -> str | BaseResponse | tuple[str, int]:
    """Change a meeting's schedule (`meeting.update`): only what the author has changed, so
    that what somebody else has changed meanwhile stays; of one field both texts are shown."""
    form = request.form
    meeting = _editable(meeting_id)
    seen = seen_in(form)
    changed = {name: value for name, value in _arguments(form).items() if seen.get(name) != value}
    try:
        if changed:
            request_id = form.get("request_id") or None
            stored = changed.keys() & Schedule.model_fields.keys()
            known = {"seen": {name: seen[name] for name in stored if name in seen}}
            args = changed | (known if seen else {})
            ask(current_actor(), meeting_id, "meeting.update", request_id, args)
    except (Invalid, Conflict) as error:
        values: Mapping[str, str] = form
        if error.errors and isinstance(error, Conflict):
            values = _beside(form, changed, _values(_editable(meeting_id)))
        page = _form(values, [], _at_fields(error, form), error, meeting=meeting)
        return page, error.status
    flash(_("Đã lưu thay đổi lịch họp."), "success")
    return redirect(f"/meetings/{meeting_id}")


def _beside(
    form: Mapping[str, str], changed: Mapping[str, Any], stored: Mapping[str, str]
) -> dict[str, str]:
    """The form after a conflict: what its author has changed as they left it, all else as it
    stands now. It has now seen what stands, so that sending it again is meant."""
    names = {"start": "starts_at", "end": "ends_at"}
    values = dict(stored)
    for field in stored:
        moved = field == "day" and "starts_at" in changed
        if moved or names.get(field, field) in changed:
            values[field] = form.get(field, "")
    return values


@bp.get("/meetings/<int:meeting_id>/video")
@login_required
def enter_video(meeting_id: int) -> BaseResponse:
    """Into the video room, in a window of its own.

    The address carries the viewer's token, so it is made when it is asked for and stands in no
    page.
    """
    room = room_for(db.session(), current_actor(), meeting_id)
    if room.url is None:
        raise NotFound(_("Cuộc họp này không có phòng họp trực tuyến."))
    return redirect(room.url)


def _editable(meeting_id: int) -> Meeting:
    meeting, viewer = viewing(db.session(), current_actor(), meeting_id)
    if viewer.role not in LEADERS:
        raise Forbidden()
    if meeting.state not in (State.DRAFT, State.SCHEDULED, State.LIVE):
        raise Conflict(_("Cuộc họp đã kết thúc hoặc đã hủy, không sửa lịch được nữa."))
    return meeting


def _root_of(actor: Actor) -> int | None:
    unit = db.session.get(Unit, actor.unit_id) if actor.unit_id else None
    while unit is not None and unit.parent_id is not None:
        unit = db.session.get(Unit, unit.parent_id)
    return unit.id if unit else None


def _arguments(form: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as the arguments of `meeting.create` and `meeting.update`."""
    first = form.get("day", "")
    last = first
    # A meeting over several days keeps its length; the form shows the first day only.
    days = number(form.get("days", "0"))
    if isinstance(days, int) and 0 < days <= 7 and _is_day(first):
        last = (date.fromisoformat(first) + timedelta(days=days)).isoformat()
    unit = form.get("organizer_unit_id", "")
    return {
        "title": form.get("title", ""),
        "starts_at": f"{first}T{form.get('start', '')}",
        "ends_at": f"{last}T{form.get('end', '')}",
        "location": form.get("location", ""),
        "online_url": form.get("online_url", ""),
        "description": form.get("description", ""),
        "organizer_unit_id": number(unit) if unit else None,
    } | _series(form)


def _series(form: Mapping[str, str]) -> dict[str, Any]:
    # A meeting that has begun keeps its series: then the form does not ask.
    if "series_id" not in form:
        return {}
    series = form["series_id"]
    return {
        "series_id": number(series) if series else None,
        "series_name": form.get("series_name", ""),
    }


def _is_day(value: str) -> bool:
    try:
        return 1990 <= date.fromisoformat(value).year <= 2200
    except ValueError:
        return False


def _at_fields(error: DomainError, form: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the form's own fields."""
    names = {"starts_at": "start", "ends_at": "end"}
    found = {}
    if not _is_day(form.get("day", "")):
        names = {"starts_at": "day", "ends_at": "day"}
        found["day"] = _("Cần chọn ngày họp.")
    for each in error.errors:
        name = each["field"].split(".")[0]
        found.setdefault(names.get(name, name), each["message"])
    return found


def _form(
    values: Mapping[str, str],
    chairs: list[str],
    errors: dict[str, str],
    error: DomainError | None = None,
    *,
    meeting: Meeting | None = None,
) -> str:
    people = db.session.scalars(
        select(Person)
        .outerjoin(Unit)
        .options(selectinload(Person.unit))
        .order_by(Unit.position, Person.id)
    ).all()
    return render_template(
        "meetings/form.html",
        values=values,
        chairs=set(chairs),
        errors=errors,
        error=error,
        meeting=meeting,
        people=people if meeting is None else [],
        units=units_in_order(db.session()),
        series=visible_series(db.session(), current_actor()),
    )
