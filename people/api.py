"""HTTP API: tokens, units, people, accounts."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Response
from sqlalchemy import select

from core.api import Listing, Page, PathId, Public, blueprint, created, page_of
from core.db import db
from core.errors import Forbidden, NotFound
from core.schema import Query
from core.text import clean, fold
from people import services
from people.commands import (
    AddPerson,
    AddUnit,
    AddUser,
    SignIn,
    UpdatePerson,
    UpdateUnit,
    UpdateUser,
)
from people.directory import described, successors
from people.login import current_actor, slow_guessing, token_for
from people.models import Person, Unit, User

auth = blueprint("auth", __name__, public=True)
api = blueprint("people", __name__)


class Token(Public):
    """A bearer token."""

    token: str


class UnitOut(Public):
    """A unit of the tree, or a group."""

    id: int
    name: str
    short_name: str | None
    kind: str
    parent_id: int | None
    valid_to: str | None
    successor_ids: list[int]


class PersonOut(Public):
    """A person; `email` is there for administrators and for oneself."""

    id: int
    name: str
    title: str | None
    unit_id: int | None
    email: str | None = None


class UserOut(Public):
    """An account."""

    id: int
    username: str
    person_id: int | None
    active: bool


class Units(Listing):
    """A page of units."""

    items: list[UnitOut]


class People(Listing):
    """A page of people."""

    items: list[PersonOut]


class Users(Listing):
    """A page of accounts."""

    items: list[UserOut]


class UnitPath(Query):
    """A unit's id in the address."""

    unit_id: PathId


class PersonPath(Query):
    """A person's id in the address."""

    person_id: PathId


class UserPath(Query):
    """An account's id in the address."""

    user_id: PathId


@auth.post("/auth/token", responses={200: Token})
@slow_guessing
def token(body: SignIn) -> dict[str, str]:
    """Exchange a username and password for a bearer token."""
    return {"token": token_for(services.sign_in(body.username, body.password))}


@api.get("/units", responses={200: Units})
def list_units(query: Page) -> dict[str, Any]:
    """The tree of units and the groups, in the order that offices list them."""
    statement = select(Unit).order_by(Unit.position, Unit.id)
    if query.q:
        statement = statement.where(Unit.folded.contains(fold(clean(query.q)), autoescape=True))
    session = db.session()
    known = successors(session)
    return page_of(session, statement, query, lambda unit: described(unit, known))


@api.post("/units", responses={201: UnitOut})
def add_unit(body: AddUnit) -> Response:
    """Add a unit (administrator)."""
    return created(services.add_unit(current_actor(), body))


@api.get("/units/<int:unit_id>", responses={200: UnitOut})
def get_unit(path: UnitPath) -> dict[str, Any]:
    """One unit."""
    session = db.session()
    return described(_found(session.get(Unit, path.unit_id)), successors(session))


@api.patch("/units/<int:unit_id>", responses={200: UnitOut})
def update_unit(path: UnitPath, body: UpdateUnit) -> dict[str, Any]:
    """Change a unit (administrator)."""
    return services.update_unit(current_actor(), path.unit_id, body)


@api.get("/people", responses={200: People})
def list_people(query: Page) -> dict[str, Any]:
    """People, sorted by given name; with their addresses, for an administrator."""
    statement = select(Person).order_by(Person.sort_key, Person.id)
    if query.q:
        statement = statement.where(Person.folded.contains(fold(clean(query.q)), autoescape=True))
    public = Person.private if current_actor().is_admin else Person.public
    return page_of(db.session(), statement, query, public)


@api.post("/people", responses={201: PersonOut})
def add_person(body: AddPerson) -> Response:
    """Add a person (administrator)."""
    return created(services.add_person(current_actor(), body))


@api.get("/people/<int:person_id>", responses={200: PersonOut})
def get_person(path: PersonPath) -> dict[str, Any]:
    """One person; with the address, for an administrator and for oneself."""
    person, actor = _found(db.session.get(Person, path.person_id)), current_actor()
    private = actor.is_admin or actor.person_id == person.id
    return person.private() if private else person.public()


@api.patch("/people/<int:person_id>", responses={200: PersonOut})
def update_person(path: PersonPath, body: UpdatePerson) -> dict[str, Any]:
    """Change a person (administrator)."""
    return services.update_person(current_actor(), path.person_id, body)


@api.get("/users", responses={200: Users})
def list_users(query: Page) -> dict[str, Any]:
    """All accounts for an administrator, one's own for everybody else."""
    actor = current_actor()
    statement = select(User).order_by(User.username)
    if not actor.is_admin:
        statement = statement.where(User.id == actor.user_id)
    if query.q:
        statement = statement.where(User.username.contains(fold(clean(query.q)), autoescape=True))
    return page_of(db.session(), statement, query, User.public)


@api.post("/users", responses={201: UserOut})
def add_user(body: AddUser) -> Response:
    """Add an account (administrator)."""
    return created(services.add_user(current_actor(), body))


@api.get("/users/<int:user_id>", responses={200: UserOut})
def get_user(path: UserPath) -> dict[str, Any]:
    """One account, for an administrator or for oneself."""
    actor = current_actor()
    if not actor.is_admin and path.user_id != actor.user_id:
        raise Forbidden()
    return _found(db.session.get(User, path.user_id)).public()


@api.patch("/users/<int:user_id>", responses={200: UserOut})
def update_user(path: UserPath, body: UpdateUser) -> dict[str, Any]:
    """Change an account (administrator)."""
    return services.update_user(current_actor(), path.user_id, body)


T = TypeVar("T")


def _found(row: T | None) -> T:
    if row is None:
        raise NotFound()
    return row
