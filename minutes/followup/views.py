"""Pages: the register of directives, and one of them with all that may be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from markupsafe import Markup, escape
from sqlalchemy import Row, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from agenda.models import AgendaItem
from agenda.views import page_data
from core.db import db
from core.errors import DomainError, Invalid, NotFound, Unauthenticated
from core.i18n import moment
from core.schema import parse
from core.times import now
from meetings.access import visible_meetings
from meetings.limits import ask
from meetings.models import Meeting, State
from minutes.followup.carrying import said_later
from minutes.followup.filters import DirectiveFilter
from minutes.followup.forms import INTENTIONS, Form, take_in_all, taken_in
from minutes.followup.history import history
from minutes.followup.register import counts, directive_for, fields, line, register
from minutes.followup.turns import Turns, picture, turns
from minutes.models import Directive
from papers.api import FORM_BYTES
from papers.uploads import may_hand_in, too_large
from people.actor import Actor
from people.directory import units_in_order
from people.login import current_actor
from people.models import Unit

bp = Blueprint("directives", __name__)

PER_PAGE = (20, 50, 100, 200)
# Meetings that the filter offers, the newest first.
OFFERED = 200
# What the top row counts, each with the argument of the filter that asks for it.
TOP_ROW = {
    "overdue": "status",
    "in_time": "status",
    "no_deadline": "status",
    "done_on_time": "status",
    "done_late": "status",
    "extension_asked": "state",
    "returned": "state",
}


@bp.before_request
def let_files_in() -> None:
    """Allow a report what files take, after looking who sends it.

    Raises:
        NotFound: there is no such directive for them.
        Forbidden: they may not hand anything in there.
        TooLarge: what is announced is over the bound, which is said before it is received.
    """
    at = request.view_args or {}
    if request.endpoint == "directives.act" and at["intention"] == "report":
        if not current_user.is_authenticated:
            return  # who must sign in sends nothing yet
        directive, _viewer = directive_for(db.session(), current_actor(), at["directive_id"])
        may_hand_in(db.session(), current_actor(), directive.meeting_id)
        db.session.rollback()  # what follows takes time
        limit = current_app.config["PAPER_MAX_BYTES"] + FORM_BYTES
        request.max_content_length = limit
        if (request.content_length or 0) > limit:
            raise too_large()


@bp.get("/directives")
@login_required
def directives() -> str | tuple[str, int]:
    """The register: the directives of all meetings that one may see, filtered by the address."""
    actor, values = current_actor(), request.args.to_dict()
    try:
        asked = parse(DirectiveFilter, values)
    except Invalid as error:
        page = _register_page(actor, values, DirectiveFilter(), error=error)
        return page, error.status
    wanted, present = asked.wanted(), now()
    found = counts(db.session(), actor, wanted, present)
    lines, total = register(
        db.session(),
        actor,
        wanted,
        present,
        (asked.page - 1) * asked.per_page,
        asked.per_page,
        _counted(asked, found),
    )
    return _register_page(actor, values, asked, counts=found, lines=lines, total=total)


def _counted(asked: DirectiveFilter, found: dict[str, int]) -> int | None:
    """How many the top row has counted of just what is asked for."""
    if asked.status and asked.state:
        return None
    return found.get(asked.status or asked.state or "all")


def _register_page(
    actor: Actor,
    values: dict[str, str],
    asked: DirectiveFilter,
    *,
    counts: dict[str, int] | None = None,
    lines: Iterable[dict[str, Any]] = (),
    total: int = 0,
    error: Invalid | None = None,
) -> str:
    lines = list(lines)
    units = units_in_order(db.session())
    groups = db.session.scalars(
        select(Unit).where(Unit.kind == "group").order_by(Unit.position, Unit.id)
    ).all()
    every: list[Any] = [*groups, *(unit for unit, _depth in units)]
    meetings, titles = _meetings(actor, asked.meeting, {line["meeting_id"] for line in lines})

    def address(**changes: Any) -> str:
        kept = asked.asked() | {"per_page": asked.per_page if asked.per_page != 50 else None}
        return url_for("directives.directives", **kept | changes)

    return render_template(
        "minutes/directives.html",
        values=values,
        asked=asked,
        address=address,
        top_row=TOP_ROW,
        counts=counts,
        lines=lines,
        total=total,
        pages=max(1, -(-total // asked.per_page)),
        per_page=PER_PAGE,
        error=error,
        errors={each["field"]: each["message"] for each in error.errors} if error else {},
        units=_options(
            ((unit.id, "\u2003" * depth + unit.name) for unit, depth in units), values.get("unit")
        ),
        groups=_options(((group.id, group.name) for group in groups), values.get("unit")),
        meetings=_options(
            ((each.id, f"{each.title}, {moment(each.starts_at)}") for each in meetings),
            values.get("meeting"),
        ),
        names={unit.id: unit.short_name or unit.name for unit in every},
        titles=titles,
        fields=fields(db.session(), actor),
        my_unit_id=actor.unit_id,
    )


def _options(choices: Iterable[tuple[int, str]], chosen: str | None) -> Markup:
    # There are hundreds on a page, for each of which a template takes ten times as long.
    made = (
        f'<option value="{key}"{" selected" if str(key) == chosen else ""}>{escape(words)}</option>'
        for key, words in choices
    )
    return Markup("".join(made))  # noqa: S704  # escaped above


def _meetings(
    actor: Actor, chosen: int | None, shown: set[int]
) -> tuple[list[Row[int, str, datetime]], dict[int, str]]:
    """The meetings that the filter offers, and the titles of those of the lines shown."""
    mine = visible_meetings(actor).with_only_columns(Meeting.id, Meeting.title, Meeting.starts_at)
    given = mine.where(Meeting.state.in_((State.LIVE, State.CLOSED)))
    newest = given.order_by(Meeting.starts_at.desc(), Meeting.id).limit(OFFERED)
    offered = list(db.session.execute(newest))
    missing = (shown | {chosen} - {None}) - {meeting.id for meeting in offered}
    others = db.session.execute(mine.where(Meeting.id.in_(missing))).all()
    offered += [meeting for meeting in others if meeting.id == chosen]
    return offered, {each.id: each.title for each in (*offered, *others)}


@bp.get("/directives/<int:directive_id>")
@login_required
def directive(directive_id: int) -> str:
    """One directive: how it stands, its life, and what its reader may do now."""
    return _directive_page(current_actor(), directive_id)


@bp.post(f"/directives/<int:directive_id>/<any({', '.join(map(repr, INTENTIONS))}):intention>")
@login_required
def act(directive_id: int, intention: str) -> BaseResponse | tuple[str, int]:
    """Do what a form of that page is for. It carries a key of its own, so that sending it twice
    does it once; what is refused comes back with what was typed."""
    actor, meant = current_actor(), INTENTIONS[intention]
    found, _viewer = directive_for(db.session(), actor, directive_id)
    meeting_id, form = found.meeting_id, MultiDict(request.form)
    try:
        if intention == "report":
            take_in_all(actor, form, request.files.getlist("uploads"))
        args = meant.args(form, directive_id)
        ask(actor, meeting_id, meant.command, form.get("request_id") or None, args)
    except (NotFound, Unauthenticated):
        raise
    except DomainError as error:
        return _directive_page(actor, directive_id, form, error), error.status
    flash(str(meant.said), "success")
    return redirect(url_for("directives.directive", directive_id=directive_id))


def _directive_page(
    actor: Actor, directive_id: int, form: Form | None = None, error: DomainError | None = None
) -> str:
    session = db.session()
    session.rollback()  # a refused command leaves nothing behind
    found, viewer = directive_for(session, actor, directive_id)
    meeting, seen = session.get_one(Meeting, found.meeting_id), picture(session, found)
    units = session.scalars(select(Unit))
    parent = session.get(Directive, found.parent_id) if found.parent_id else None
    errors = (
        {each["field"].split(".")[0]: each["message"] for each in error.errors} if error else {}
    )
    present, offered = now(), turns(session, viewer, found, seen)
    return render_template(
        "minutes/directive.html",
        line=line(found, present),
        meeting=meeting,
        item=session.get(AgendaItem, found.item_id) if found.item_id else None,
        parent=line(parent, present) if parent else None,
        parts=[line(part, present) for part in seen.parts],
        seen=seen,
        turns=offered,
        events=history(session, viewer, found),
        later=said_later(session, actor, found),
        names={unit.id: unit.short_name or unit.name for unit in units},
        fields=fields(session, actor),
        sent=form,
        fresh_id=lambda: uuid4().hex,
        lost=_lost(form, offered) if form is not None else [],
        files=taken_in(session, actor, form) if form is not None else [],
        error=error,
        errors=errors,
        page_data=page_data(meeting, viewer),
    )


def _lost(form: Form, offered: Turns) -> list[str]:
    """What was typed into a form that the page no longer has, to be copied from it."""
    there = {
        *(name for name in ("acknowledge", "report", "extend") if getattr(offered, name)),
        *(f"report-{report.id}" for report in offered.check),
        *(f"pass-{unit_id}" for unit_id in offered.pass_on),
        *(["decide"] if offered.decide else []),
        *(["classify"] if offered.classify else []),
    }
    if form.get("form") in there:
        return []
    return list(filter(None, (form.get(name) for name in ("text", "note", "reason", "remarks"))))
