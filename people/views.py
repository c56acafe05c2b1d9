"""Pages: sign-in and sign-out, units, people."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required, logout_user
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from core.db import db
from core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Unauthenticated,
)
from core.merge import seen_in
from core.schema import parse
from core.text import clean, fold
from people import services
from people.commands import (
    AddPerson,
    AddUnit,
    AddUser,
    Rights,
    UpdatePerson,
    UpdateUnit,
    UpdateUser,
)
from people.directory import members_of_groups, successors, units_in_order
from people.login import begin_session, current_actor, is_local, slow_guessing
from people.models import Person, Unit, User

bp = Blueprint("people", __name__)

PER_PAGE = 50
M = TypeVar("M", Person, Unit, User)


@bp.get("/login")
def login() -> str | BaseResponse:
    """The sign-in page; whoever is signed in goes on to the start page."""
    if current_user.is_authenticated:
        return redirect(_target())
    return render_template("people/login.html", username="")


@bp.post("/login")
@slow_guessing
def login_post() -> str | BaseResponse | tuple[str, int]:
    """Sign in; on failure the same page with the username still there."""
    username = request.form.get("username", "")
    try:
        user = services.sign_in(username, request.form.get("password", ""))
    except (Unauthenticated, RateLimited) as error:
        page = render_template("people/login.html", username=username[:100], error=error.message)
        return page, error.status
    begin_session(user)
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
    """The tree of units with their people, and the groups that directives name."""
    people: defaultdict[int | None, list[Person]] = defaultdict(list)
    for person in db.session.scalars(select(Person).order_by(Person.id)):
        people[person.unit_id].append(person)
    tree = units_in_order(db.session())
    names = {unit.id: unit.short_name or unit.name for unit, _depth in tree}
    groups = db.session.scalars(
        select(Unit).where(Unit.kind == "group").order_by(Unit.position, Unit.id)
    ).all()
    members = members_of_groups(db.session())
    return render_template(
        "people/units.html",
        tree=tree,
        people=people,
        groups=[(unit, [names[m] for m in members.get(unit.id, [])]) for unit in groups],
    )


@bp.get("/units/new")
@login_required
def new_unit() -> str:
    """The form for a new unit or group."""
    _for_admins()
    values = {"parent_id": request.args.get("parent", ""), "kind": "office"}
    return _unit_form(MultiDict(values))


@bp.post("/units/new")
@login_required
def create_unit() -> str | BaseResponse | tuple[str, int]:
    """Add a unit or a group."""
    form = request.form
    try:
        made = services.add_unit(current_actor(), parse(AddUnit, _unit_arguments(form)))
    except (Invalid, Conflict) as error:
        return _unit_form(form, error), error.status
    flash(_("Đã thêm %(name)s.", name=made["name"]), "success")
    return redirect(f"/units#unit-{made['id']}")


@bp.get("/units/<int:unit_id>")
@login_required
def edit_unit(unit_id: int) -> str:
    """The form of a unit."""
    _for_admins()
    unit = _found(Unit, unit_id)
    return _unit_form(_unit_values(unit), unit=unit)


@bp.post("/units/<int:unit_id>")
@login_required
def update_unit(unit_id: int) -> str | BaseResponse | tuple[str, int]:
    """Change a unit."""
    form = request.form
    try:
        args = parse(UpdateUnit, _unit_arguments(form) | _seen(form))
        made = services.update_unit(current_actor(), unit_id, args)
    except (Invalid, Conflict) as error:
        unit = _found(Unit, unit_id)
        values = _beside(form, error, _unit_values(unit), _unit_arguments)
        return _unit_form(values, error, unit=unit), error.status
    flash(_("Đã lưu %(name)s.", name=made["name"]), "success")
    return redirect(f"/units#unit-{unit_id}")


UNIT_FIELDS = ("name", "short_name", "kind", "parent_id", "place", "valid_to")


def _unit_values(unit: Unit) -> MultiDict[str, str]:
    members = members_of_groups(db.session()).get(unit.id, [])
    values = MultiDict({name: str(getattr(unit, name) or "") for name in UNIT_FIELDS})
    values.setlist("member_ids", [str(member) for member in members])
    values.setlist("successor_ids", [str(key) for key in successors(db.session()).get(unit.id, [])])
    values["seen"] = json.dumps(_unit_arguments(values))
    return values


def _unit_arguments(form: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "name": form.get("name", ""),
        "short_name": form.get("short_name", "").strip() or None,
        "kind": form.get("kind", ""),
        "parent_id": _optional_number(form.get("parent_id", "")),
        "place": form.get("place", "").strip() or None,
        "member_ids": [number(value) for value in form.getlist("member_ids")],
        "valid_to": form.get("valid_to", "").strip() or None,
        "successor_ids": [number(value) for value in form.getlist("successor_ids")],
    }


def _seen(form: Mapping[str, str]) -> dict[str, Any]:
    seen = seen_in(form)
    return {"seen": seen} if seen else {}


def _beside(
    form: MultiDict[str, str],
    error: DomainError,
    stored: MultiDict[str, str],
    arguments: Callable[[MultiDict[str, str]], dict[str, Any]],
) -> MultiDict[str, str]:
    """The form as it is shown after an error. After a conflict that is what its author has
    changed, and all else as it stands now: sending it again is then meant."""
    if not isinstance(error, Conflict) or not error.errors:
        return form
    seen, mine = seen_in(form), arguments(form)
    for field, value in mine.items():
        if value != seen.get(field):
            stored.setlist(field, form.getlist(field))
    return stored


def _unit_form(
    values: MultiDict[str, str],
    error: DomainError | None = None,
    *,
    unit: Unit | None = None,
) -> str:
    return render_template(
        "people/unit_form.html",
        values=values,
        errors=_by_field(error),
        error=error,
        unit=unit,
        chosen=set(values.getlist("member_ids")),
        successors=set(values.getlist("successor_ids")),
        tree=units_in_order(db.session()),
    )


@bp.get("/people")
@login_required
def people() -> str:
    """People and, for an administrator, their accounts."""
    words = fold(clean(request.args.get("q", "")[:200]))
    statement = select(Person).options(selectinload(Person.unit))
    if words:
        in_unit = Person.unit.has(Unit.folded.contains(words, autoescape=True))
        statement = statement.where(Person.folded.contains(words, autoescape=True) | in_unit)
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = db.session.scalars(
        statement.order_by(Person.sort_key, Person.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    accounts: dict[int | None, User] = {}
    loose: Sequence[User] = []
    if current_user.is_admin:
        ids = [person.id for person in rows]
        found = db.session.scalars(select(User).where(User.person_id.in_(ids)))
        accounts = {user.person_id: user for user in found}
        loose = db.session.scalars(
            select(User).where(User.person_id.is_(None)).order_by(User.username)
        ).all()
    return render_template(
        "people/people.html",
        people=rows,
        accounts=accounts,
        loose=loose,
        query=request.args.get("q", "")[:200],
        total=total,
        page=page,
        pages=max(1, -(-total // PER_PAGE)),
    )


@bp.get("/people/new")
@login_required
def new_person() -> str:
    """The form for a new person."""
    _for_admins()
    return _person_form({"unit_id": request.args.get("unit", "")})


@bp.post("/people/new")
@login_required
def create_person() -> str | BaseResponse | tuple[str, int]:
    """Add a person; their account is the next step."""
    form = request.form
    try:
        args = parse(AddPerson, _person_arguments(form))
        made = services.add_person(current_actor(), args)
    except (Invalid, Conflict) as error:
        return _person_form(form, error), error.status
    flash(
        _("Đã thêm %(name)s. Nếu cần đăng nhập, hãy cấp tài khoản.", name=made["name"]), "success"
    )
    return redirect(f"/people/{made['id']}")


@bp.get("/people/<int:person_id>")
@login_required
def edit_person(person_id: int) -> str:
    """A person's form, with their account."""
    _for_admins()
    person = _found(Person, person_id)
    return _person_form(_person_values(person), person=person)


@bp.post("/people/<int:person_id>")
@login_required
def update_person(person_id: int) -> str | BaseResponse | tuple[str, int]:
    """Change a person."""
    form = request.form
    try:
        args = parse(UpdatePerson, _person_arguments(form) | _seen(form))
        made = services.update_person(current_actor(), person_id, args)
    except (Invalid, Conflict) as error:
        person = _found(Person, person_id)
        shown = _beside(form, error, _person_values(person), _person_arguments)
        return _person_form(shown, error, person=person), error.status
    flash(_("Đã lưu %(name)s.", name=made["name"]), "success")
    return redirect(f"/people/{person_id}")


def _person_arguments(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": form.get("name", ""),
        "title": form.get("title", "").strip() or None,
        "unit_id": _optional_number(form.get("unit_id", "")),
        "email": form.get("email", "").strip() or None,
    }


def _person_values(person: Person) -> MultiDict[str, str]:
    values = MultiDict(
        {
            "name": person.name,
            "title": person.title or "",
            "unit_id": str(person.unit_id or ""),
            "email": person.email or "",
        }
    )
    values["seen"] = json.dumps(_person_arguments(values))
    return values


def _person_form(
    values: Mapping[str, str],
    error: DomainError | None = None,
    *,
    person: Person | None = None,
    account: Mapping[str, str] | None = None,
    account_error: DomainError | None = None,
) -> str:
    user = db.session.scalar(select(User).where(User.person_id == person.id)) if person else None
    return render_template(
        "people/person_form.html",
        values=values,
        errors=_by_field(error),
        error=error,
        person=person,
        user=user,
        account=account or {},
        account_errors=_by_field(account_error),
        account_error=account_error,
        tree=units_in_order(db.session()),
    )


@bp.post("/people/<int:person_id>/account")
@login_required
def create_account(person_id: int) -> BaseResponse | tuple[str, int]:
    """Give a person an account."""
    form = request.form
    try:
        values = {
            "username": form.get("username", ""),
            "password": form.get("password", ""),
            "person_id": person_id,
            **_rights(form),
        }
        services.add_user(current_actor(), parse(AddUser, values))
    except (Invalid, Conflict) as error:
        person = _found(Person, person_id)
        page = _person_form(
            _person_values(person), person=person, account=form, account_error=error
        )
        return page, error.status
    flash(_("Đã cấp tài khoản. Hãy trao mật khẩu cho người dùng bằng cách an toàn."), "success")
    return redirect(f"/people/{person_id}")


@bp.get("/people/<int:person_id>/account")
@login_required
def account_of(person_id: int) -> BaseResponse:
    """Where a refused form was shown: back to the page that holds it."""
    return redirect(f"/people/{person_id}#account")


@bp.get("/accounts/<int:user_id>")
@login_required
def edit_account(user_id: int) -> str:
    """The form of an account."""
    _for_admins()
    return _account_form(_found(User, user_id))


@bp.post("/accounts/<int:user_id>")
@login_required
def update_account(user_id: int) -> BaseResponse | tuple[str, int]:
    """Open or close an account, and what it may do."""
    form = request.form
    return _change_account(user_id, {"active": "active" in form, **_rights(form), **_seen(form)})


@bp.get("/accounts/<int:user_id>/password")
@login_required
def password_of(user_id: int) -> BaseResponse:
    """Where a refused password was shown: back to the page that holds its form."""
    return redirect(f"/accounts/{user_id}")


@bp.post("/accounts/<int:user_id>/password")
@login_required
def reset_password(user_id: int) -> BaseResponse | tuple[str, int]:
    """Set a new password, which signs the account out everywhere."""
    return _change_account(user_id, {"password": request.form.get("password", "")})


def _change_account(user_id: int, values: dict[str, Any]) -> BaseResponse | tuple[str, int]:
    try:
        services.update_user(current_actor(), user_id, parse(UpdateUser, values))
    except (Invalid, Conflict) as error:
        return _account_form(_found(User, user_id), error), error.status
    if "password" in values:
        flash(_("Đã đặt mật khẩu mới; mọi phiên đăng nhập cũ đã hết hiệu lực."), "success")
    else:
        flash(_("Đã lưu tài khoản."), "success")
    return redirect(f"/accounts/{user_id}")


def _account_form(user: User, error: DomainError | None = None) -> str:
    seen = {name: getattr(user, name) for name in Rights.model_fields}
    return render_template(
        "people/account_form.html",
        user=user,
        seen=json.dumps(seen),
        errors=_by_field(error),
        error=error,
    )


def _rights(form: Mapping[str, str]) -> dict[str, bool]:
    return {name: name in form for name in ("may_schedule", "is_admin")}


def _for_admins() -> None:
    if not current_user.is_admin:
        raise Forbidden(_("Chỉ quản trị viên mới được thực hiện việc này."))


def _found(model: type[M], key: int) -> M:
    found = db.session.get(model, key) if key < 2**31 else None
    if found is None:
        raise NotFound()
    return found


def number(value: str) -> int | str:
    """A form's value as the number that it should be; anything else as it came, for the
    description of the arguments to refuse."""
    # No id has more than ten digits, and Python refuses to read thousands.
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 10 else value


def _optional_number(value: str) -> int | str | None:
    return number(value) if value else None


def _by_field(error: DomainError | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in error.errors if error else []:
        found.setdefault(each["field"].split(".")[0], each["message"])
    return found
