"""The page of mails: what waits, was sent, refused, or is uncertain."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from core.db import db
from core.errors import Conflict, Forbidden
from core.schema import parse
from core.times import now
from minutes.reminding import services
from minutes.reminding.commands import Decide
from minutes.reminding.models import STATES, Reminder, without_addresses
from minutes.reminding.rules import may_send, next_sending
from people.login import current_actor
from people.models import Person

bp = Blueprint("reminding", __name__)

PER_PAGE = 50


@bp.get("/reminders")
@login_required
def reminders() -> str:
    """The mails, the newest first, in one state or in all."""
    actor, session = current_actor(), db.session()
    if not services.sees_reminders(session, actor):
        raise Forbidden(_("Chỉ quản trị viên, chủ trì và thư ký xem được thư nhắc việc."))
    state = request.args.get("state", "")
    counts = services.counts(session, actor)
    mine = services.visible_reminders(actor)
    total = sum(counts.values())
    if state in STATES:
        mine, total = mine.where(Reminder.state == state), counts.get(state, 0)
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    rows = session.scalars(
        mine.order_by(Reminder.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    failing = select(Person).where(Person.email_failed_at.is_not(None)).order_by(Person.sort_key)
    if not actor.is_admin:
        failing = failing.where(
            Person.id.in_(services.visible_reminders(actor).with_only_columns(Reminder.person_id))
        )
    return render_template(
        "minutes/reminders.html",
        rows=rows,
        failing=session.scalars(failing.limit(PER_PAGE)).all(),
        counts=counts,
        states=STATES,
        state=state if state in STATES else "",
        page=page,
        pages=max(1, -(-total // PER_PAGE)),
        is_admin=actor.is_admin,
        said=str if actor.is_admin else without_addresses,
        server=current_app.config["MAIL"],
        quiet_until=None if may_send(now()) else next_sending(now()),
    )


@bp.post("/reminders/<int:reminder_id>")
@login_required
def decide(reminder_id: int) -> BaseResponse:
    """Send a mail (again), or pass it over."""
    args = parse(Decide, {"decision": request.form.get("decision", "")})
    key = min(reminder_id, 2**31 - 1)
    try:
        services.decide(current_actor(), key, args)
    except Conflict as error:
        flash(str(error.message), "error")
    else:
        sends = args.decision == "send"
        flash(_("Thư sẽ được gửi.") if sends else _("Đã bỏ qua thư."), "success")
    state = request.form.get("state", "")
    return redirect(f"/reminders?state={state}" if state in STATES else "/reminders")


@bp.get("/reminders/<int:_reminder_id>")
@login_required
def after_decision(_reminder_id: int) -> BaseResponse:
    """Where a form was sent after its session had ended: back to the list."""
    return redirect("/reminders")
