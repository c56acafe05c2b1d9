"""What is done to units, people and accounts. Only an administrator changes them."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from datetime import date
from functools import partial
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from argon2.low_level import ARGON2_VERSION
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from core import logs
from core.db import db, writing
from core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from core.merge import changes
from core.schema import fields_of
from core.text import clean, fold
from core.times import now
from people.actor import Actor
from people.commands import (
    PASSWORD_LENGTH,
    USERNAME,
    AddPerson,
    AddUnit,
    AddUser,
    PersonFields,
    Rights,
    UnitFields,
    UpdatePerson,
    UpdateUnit,
    UpdateUser,
)
from people.directory import described, members_of_groups, successors
from people.models import Person, Unit, UnitMember, UnitSuccessor, User

_hasher = PasswordHasher()


def _made_up(hasher: PasswordHasher) -> str:
    """What looks like one of its hashes, of no password: making a real one would hold up each
    start of the server."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


# Verified when there is no such account, so that the time taken does not tell.
_NOBODY = _made_up(_hasher)


NO_NESTING = _("Một nhóm không nằm trong nhóm khác: hãy chọn từng đơn vị của nó.")


def _admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(_("Chỉ quản trị viên mới được thực hiện việc này."))


def _get(session: Session, model: type[Any], key: int | None, field: str) -> Any:
    found = session.get(model, key) if key is not None else None
    if key is not None and found is None:
        raise Invalid(
            _("Không có nội dung được chọn."),
            errors=[{"field": field, "message": str(_("Không có nội dung được chọn."))}],
        )
    return found


def _field(field: str, message: Any) -> Invalid:
    return Invalid(message, errors=[{"field": field, "message": str(message)}])


def _changes(
    session: Session, args: UpdateUnit | UpdatePerson | UpdateUser, stored: dict[str, Any]
) -> dict[str, Any]:
    """What is to be stored: all that is named, or where `seen` tells, what the author changed."""
    values = fields_of(args)
    values.pop("seen", None)
    if args.seen is None:
        return values
    return changes(values, fields_of(args.seen), stored, partial(_in_words, session))


def _in_words(session: Session, field: str, value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if field in ("parent_id", "unit_id", "member_ids", "successor_ids"):
        ids = value if isinstance(value, list) else [value]
        units = session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.id))
        return "; ".join(unit.name for unit in units)
    return str(value or "")


def add_unit(actor: Actor, args: AddUnit) -> dict[str, Any]:
    """Add a unit or a group to the tree.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the parent, a member or a successor does not exist, or a group is named as one
            of these.
    """
    _admin(actor)
    with writing() as session:
        return described(create_unit(session, args), successors(session))


def create_unit(session: Session, args: AddUnit) -> Unit:
    """The same inside a transaction that is already open (the demo loads many)."""
    parent = _get(session, Unit, args.parent_id, "parent_id")
    if parent is not None and parent.kind == "group":
        raise _field("parent_id", _("Một nhóm không thể là cấp trên của đơn vị."))
    last = session.scalar(
        select(func.max(Unit.position)).where(Unit.parent_id.is_not_distinct_from(args.parent_id))
    )
    unit = Unit(
        name=args.name,
        short_name=args.short_name,
        kind=args.kind,
        parent_id=args.parent_id,
        place=args.place,
        valid_to=args.valid_to,
        position=(last or 0) + 1,
        folded=fold(f"{args.name} {args.short_name or ''}"),
    )
    session.add(unit)
    session.flush()
    _set_members(session, unit, args.member_ids)
    _set_successors(session, unit, args.successor_ids)
    return unit


def _set_members(session: Session, unit: Unit, member_ids: list[int]) -> None:
    if member_ids and unit.kind != "group":
        raise _field("member_ids", _("Chỉ một nhóm mới có thành viên."))
    session.execute(delete(UnitMember).where(UnitMember.group_id == unit.id))
    for member_id in dict.fromkeys(member_ids):
        # Whoever names a group means units: they are listed one by one, so that nobody has to
        # follow groups through groups to know who is meant.
        if _get(session, Unit, member_id, "member_ids").kind == "group":
            raise _field("member_ids", NO_NESTING)
        session.add(UnitMember(group_id=unit.id, unit_id=member_id))
    session.flush()


def _set_successors(session: Session, unit: Unit, successor_ids: list[int]) -> None:
    session.execute(delete(UnitSuccessor).where(UnitSuccessor.unit_id == unit.id))
    for key in dict.fromkeys(successor_ids):
        successor = _get(session, Unit, key, "successor_ids")
        if successor.id == unit.id or "group" in (successor.kind, unit.kind):
            message = _("Đơn vị kế thừa phải là một đơn vị khác, không phải là một nhóm.")
            raise _field("successor_ids", message)
        session.add(UnitSuccessor(unit_id=unit.id, successor_id=key))
    session.flush()


def update_unit(actor: Actor, unit_id: int, args: UpdateUnit) -> dict[str, Any]:
    """Change a unit.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: there is no such unit.
        Invalid: the unit would stand below itself, a unit with others below it would become
            a group, members are named for what is no group, or that are groups, or it would be
            its own successor.
    """
    _admin(actor)
    with writing() as session:
        unit = session.get(Unit, unit_id)
        if unit is None:
            raise NotFound()
        members = members_of_groups(session).get(unit_id, [])
        lists = {
            "member_ids": members,
            "successor_ids": successors(session).get(unit_id, []),
        }
        stored = {n: getattr(unit, n, lists.get(n)) for n in UnitFields.model_fields}
        values = _changes(session, args, stored)
        if values.get("name", "") is None or values.get("kind", "") is None:
            raise Invalid(_("Tên và loại đơn vị không được để trống."))
        parent = _get(session, Unit, values.get("parent_id"), "parent_id")
        while parent is not None:
            if parent.id == unit.id or parent.kind == "group":
                raise _field("parent_id", _("Đơn vị không thể trực thuộc chính nó hoặc một nhóm."))
            parent = session.get(Unit, parent.parent_id) if parent.parent_id else None
        member_ids = values.pop("member_ids", None)
        successor_ids = values.pop("successor_ids", None)
        was_group = unit.kind == "group"
        for name, value in values.items():
            setattr(unit, name, value)
        unit.folded = fold(f"{unit.name} {unit.short_name or ''}")
        if unit.kind != "group":
            _set_members(session, unit, member_ids or [])
        elif not was_group and session.scalar(
            select(UnitMember.group_id).where(UnitMember.unit_id == unit.id).limit(1)
        ):
            raise _field("kind", NO_NESTING)
        elif session.scalar(select(Unit.id).where(Unit.parent_id == unit.id).limit(1)):
            raise _field("kind", _("Đơn vị còn đơn vị trực thuộc thì không thể là một nhóm."))
        elif member_ids is not None:
            _set_members(session, unit, member_ids)
        if successor_ids is not None:
            _set_successors(session, unit, successor_ids)
        session.flush()
        return described(unit, successors(session))


def add_person(actor: Actor, args: AddPerson) -> dict[str, Any]:
    """Add a person.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the unit does not exist.
    """
    _admin(actor)
    with writing() as session:
        return create_person(session, args).private()


def create_person(session: Session, args: AddPerson) -> Person:
    """The same inside a transaction that is already open."""
    _get(session, Unit, args.unit_id, "unit_id")
    person = Person(name=args.name, title=args.title, unit_id=args.unit_id, email=args.email)
    person.refresh_keys()
    session.add(person)
    session.flush()
    return person


def update_person(actor: Actor, person_id: int, args: UpdatePerson) -> dict[str, Any]:
    """Change a person.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: there is no such person.
        Invalid: the unit does not exist, or the name is empty.
    """
    _admin(actor)
    with writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotFound()
        values = _changes(session, args, {n: getattr(person, n) for n in PersonFields.model_fields})
        if values.get("name", "") is None:
            raise _field("name", _("Tên không được để trống."))
        _get(session, Unit, values.get("unit_id"), "unit_id")
        if "email" in values and values["email"] != person.email:
            person.email_failed_at = person.email_error = None
        for name, value in values.items():
            setattr(person, name, value)
        if "name" in values:
            person.sort_key = ""
        person.refresh_keys()
        session.flush()
        return person.private()


def add_user(actor: Actor, args: AddUser) -> dict[str, Any]:
    """Add an account.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the username or the password does not do, or the person does not exist.
        Conflict: the username is taken, or the person has an account.
    """
    _admin(actor)
    with writing() as session:
        return create_user(session, args).public()


def create_user(session: Session, args: AddUser) -> User:
    """The same inside a transaction that is already open."""
    username = args.username.lower()
    if not re.fullmatch(USERNAME, username):
        raise _field(
            "username", _("Tên đăng nhập gồm 2 đến 63 chữ không dấu, số, dấu chấm hoặc gạch.")
        )
    if session.scalar(select(User.id).where(User.username == username)):
        raise Conflict(_("Tên đăng nhập này đã có người dùng."))
    _get(session, Person, args.person_id, "person_id")
    if args.person_id and session.scalar(select(User.id).where(User.person_id == args.person_id)):
        raise Conflict(_("Người này đã có tài khoản."))
    user = User(
        username=username,
        password_hash=_hash(args.password),
        person_id=args.person_id,
        active=True,
        is_admin=args.is_admin,
        may_schedule=args.may_schedule,
        stamp=secrets.token_hex(8),
    )
    session.add(user)
    session.flush()
    return user


def _hash(password: str) -> str:
    # Length is what protects (NIST SP 800-63B); the upper bound keeps hashing cheap.
    if len(password) not in PASSWORD_LENGTH:
        raise _field("password", _("Mật khẩu dài từ 10 đến 200 ký tự."))
    try:
        return _hasher.hash(password)
    except UnicodeEncodeError:
        raise _field("password", _("Mật khẩu có ký tự không hợp lệ.")) from None


def update_user(actor: Actor, user_id: int, args: UpdateUser) -> dict[str, Any]:
    """Change an account.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: there is no such account.
        Invalid: the password is too short, or the person does not exist.
        Conflict: the actor would lock themself out.
    """
    _admin(actor)
    with writing() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound()
        values = _changes(
            session, args, {name: getattr(user, name) for name in Rights.model_fields}
        )
        if user.id == actor.user_id and (
            values.get("active") is False or values.get("is_admin") is False
        ):
            raise Conflict(_("Bạn không thể tự khóa hoặc bỏ quyền quản trị của chính mình."))
        person_id = values.get("person_id")
        _get(session, Person, person_id, "person_id")
        taken = session.scalar(
            select(User.id).where(User.person_id == person_id, User.id != user.id)
        )
        if person_id is not None and taken:
            raise Conflict(_("Người này đã có tài khoản."))
        password = values.pop("password", None)
        if password is not None:
            user.password_hash = _hash(password)
        if password is not None or values.get("active") is False:
            user.stamp = secrets.token_hex(8)
        for name, value in values.items():
            if value is not None or name == "person_id":
                setattr(user, name, value)
        session.flush()
        return user.public()


def sign_in(username: str, password: str) -> User:
    """The account that this username and password open.

    Raises:
        Unauthenticated: no such account, a wrong password, or a closed account; the
            sentence does not say which.
    """
    wrong = Unauthenticated(_("Tên đăng nhập hoặc mật khẩu không đúng."))
    session: Session = db.session()
    user = session.scalar(select(User).where(User.username == clean(username).lower()[:100]))
    # Hashing takes tens of milliseconds on purpose, so it stays out of the write lock.
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password[:1000])
    except (Argon2Error, UnicodeEncodeError):
        raise wrong from None
    if user is None or not user.active:
        raise wrong
    user_id = user.id
    with writing() as session:
        session.execute(update(User).where(User.id == user_id).values(last_sign_in_at=now()))
    return session.get_one(User, user_id)


def load_user(session: Session, session_id: str) -> User | None:
    """The active account of a session or token (`User.get_id`), if it still stands."""
    user = session.get(User, _number(session_id))
    return user if user is not None and user.active and _stands(user, session_id) else None


_ACTORS = (
    select(
        User.id,
        User.username,
        User.stamp,
        User.is_admin,
        User.may_schedule,
        Person.id.label("person_id"),
        Person.unit_id,
        Person.name,
    )
    .outerjoin(Person)
    .where(User.active)
)
# Built once: they are asked for every connection.
_ACTOR = _ACTORS.where(User.id == bindparam("id"))
_SOME_ACTORS = _ACTORS.where(User.id.in_(bindparam("ids", expanding=True)))


def load_actor(session: Session, session_id: str) -> Actor | None:
    """The same as an actor."""
    row = session.execute(_ACTOR, {"id": _number(session_id)}).one_or_none()
    return _actor(row) if row is not None and _stands(row, session_id) else None


def load_actors(session: Session, ids: set[int]) -> dict[int, Actor]:
    """The active accounts among these ids."""
    rows = session.execute(_SOME_ACTORS, {"ids": list(ids)})
    return {row.id: _actor(row) for row in rows}


def _actor(row: Any) -> Actor:
    return Actor(
        user_id=row.id,
        person_id=row.person_id,
        unit_id=row.unit_id,
        name=row.name or row.username,
        is_admin=row.is_admin,
        may_schedule=row.may_schedule,
        stamp=row.stamp,
    )


def _number(session_id: str) -> int:
    number = session_id.partition(":")[0]
    return int(number) if number.isdecimal() and len(number) < 10 else 0


def _stands(account: Any, session_id: str) -> bool:
    stamp = session_id.partition(":")[2]
    stands = secrets.compare_digest(account.stamp.encode(), stamp.encode(errors="replace"))
    if stands:
        logs.bind(user_id=account.id)
    return stands


def is_empty(session: Session) -> bool:
    """True while nobody has an account yet."""
    return session.scalar(select(func.count()).select_from(User)) == 0
