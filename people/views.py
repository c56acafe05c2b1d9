"""Pages: sign-in and sign-out, units, people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from core.db import db
from core.errors import RateLimited, Unauthenticated
from people.login import is_local, limiter
from people.models import Person, Unit, User
from people.services import sign_in

bp = Blueprint("people", __name__)


@bp.get("/login")
def login() -> str | BaseResponse:
    """The sign-in page; whoever is signed in goes on to the start page."""
    if current_user.is_authenticated:
        return redirect(_target())
    return render_template("people/login.html", username="")


@bp.post("/login")
@limiter.limit("20 per minute")
def login_post() -> str | BaseResponse | tuple[str, int]:
    """Sign in; on failure the same page with the username still there."""
    username = request.form.get("username", "")
    try:
        user = sign_in(username, request.form.get("password", ""))
    except (Unauthenticated, RateLimited) as error:
        page = render_template("people/login.html", username=username[:100], error=error.message)
        return page, error.status
    language = session.get("lang")
    session.clear()  # nothing of an earlier visitor survives
    login_user(user)
    session.permanent = True
    if language:
        session["lang"] = language
    return redirect(_target())


def _target() -> str:
    target = request.args.get("next", "")
    return target if is_local(target) else "/"


@bp.post("/logout")
def logout() -> BaseResponse:
    """Sign out."""
    logout_user()
    flash(_("Bạn đã đăng xuất."))
    return redirect(url_for("people.login"))


@bp.get("/units")
@login_required
def units() -> str:
    """The tree of units, and the groups that directives name."""
    rows = db.session.scalars(select(Unit).order_by(Unit.position, Unit.id)).all()
    people: dict[int | None, list[Person]] = {}
    for person in db.session.scalars(select(Person).order_by(Person.id)):
        people.setdefault(person.unit_id, []).append(person)
    children: dict[int | None, list[Unit]] = {}
    for unit in rows:
        children.setdefault(unit.parent_id, []).append(unit)
    return render_template("people/units.html", children=children, people=people)


@bp.get("/people")
@login_required
def people() -> str:
    """People and, for an administrator, their accounts."""
    rows = db.session.scalars(select(Person).order_by(Person.sort_key, Person.id)).all()
    accounts = (
        {user.person_id: user for user in db.session.scalars(select(User))}
        if current_user.is_admin
        else {}
    )
    units = {unit.id: unit for unit in db.session.scalars(select(Unit))}
    return render_template("people/people.html", people=rows, accounts=accounts, units=units)
