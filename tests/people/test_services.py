"""Units, people and accounts: only an administrator changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unauthenticated
from core.schema import parse
from people import services
from people.actor import Actor
from people.commands import (
    AddPerson,
    AddUnit,
    AddUser,
    UpdatePerson,
    UpdateUnit,
    UpdateUser,
)
from tests.marks import both_engines
from tests.world import PASSWORD, World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]
NEW_PASSWORD = "mot-mat-khau-moi"

ADDING = {
    "unit": (services.add_unit, AddUnit, {"name": "UBND xã Mới", "kind": "commune"}),
    "person": (services.add_person, AddPerson, {"name": "Hồ Mới"}),
    "user": (services.add_user, AddUser, {"username": "moi", "password": NEW_PASSWORD}),
}
CHANGING = {
    "unit": (services.update_unit, UpdateUnit, {"place": "Đắk Thử"}),
    "person": (services.update_person, UpdatePerson, {"title": "Phó Chủ tịch"}),
    "user": (services.update_user, UpdateUser, {"may_schedule": True}),
}


@contextmanager
def refused(app: Flask, error: type[DomainError], field: str | None = None) -> Iterator[None]:
    with app.app_context(), pytest.raises(error) as caught:
        yield
    if field is not None:
        assert [each["field"] for each in caught.value.errors] == [field]


@pytest.mark.parametrize("what", ADDING)
def test_an_administrator_adds(what: str, app: Flask, quan_tri: Actor) -> None:
    service, model, args = ADDING[what]
    with app.app_context():
        made = service(quan_tri, parse(model, args))
    shown = {name: value for name, value in args.items() if name != "password"}
    assert made.items() >= shown.items()


@pytest.mark.parametrize("username", ["thuky", "chutoa", "khach"])
@pytest.mark.parametrize("what", ADDING)
def test_nobody_else_adds_or_changes(what: str, username: str, app: Flask, world: World) -> None:
    actor = world.actors[username]
    service, model, args = ADDING[what]
    with refused(app, Forbidden):
        service(actor, parse(model, args))
    service, model, args = CHANGING[what]
    with refused(app, Forbidden):
        service(actor, actor.user_id, parse(model, args))


@pytest.mark.parametrize("what", CHANGING)
def test_an_administrator_changes(what: str, app: Flask, quan_tri: Actor) -> None:
    service, model, args = CHANGING[what]
    with app.app_context():
        assert service(quan_tri, 2, parse(model, args)).items() >= args.items()
    with refused(app, NotFound):
        service(quan_tri, 9999, parse(model, args))


def test_the_tree_stays_a_tree(app: Flask, quan_tri: Actor, world: World) -> None:
    units = world.units
    for unit, parent in (
        ("huyen", "xa_mot"),
        ("huyen", "huyen"),
        ("xa_mot", "cac_xa"),
    ):
        with refused(app, Invalid, "parent_id"):
            services.update_unit(quan_tri, units[unit], UpdateUnit(parent_id=units[parent]))
    with refused(app, Invalid, "parent_id"):
        services.add_unit(quan_tri, AddUnit(name="x", parent_id=units["cac_xa"]))
    with refused(app, Invalid, "parent_id"):
        services.add_unit(quan_tri, AddUnit(name="x", parent_id=9999))
    with refused(app, Invalid, "member_ids"):
        services.add_unit(quan_tri, AddUnit(name="x", kind="group", member_ids=[9999]))
    with refused(app, Invalid, "member_ids"):
        services.add_unit(quan_tri, AddUnit(name="x", member_ids=[units["xa_mot"]]))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "có dấu"}, "username"),
        ({"username": "a"}, "username"),
        ({"username": "-a"}, "username"),
        ({"username": "a" * 64}, "username"),
        ({"password": "ngan"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"password": "\ud800" * 12}, "password"),
        ({"person_id": 9999}, "person_id"),
    ],
)
def test_an_account_that_does_not_do_is_refused_at_the_field(
    values: dict[str, Any], field: str, app: Flask, quan_tri: Actor
) -> None:
    args = {"username": "moi", "password": NEW_PASSWORD} | values
    with refused(app, Invalid, field):
        services.add_user(quan_tri, AddUser(**args))


def test_one_account_for_a_name_and_for_a_person(app: Flask, quan_tri: Actor, world: World) -> None:
    with refused(app, Conflict):
        services.add_user(quan_tri, AddUser(username="THUKY", password=NEW_PASSWORD))
    person_id = world.person("thuky")
    with refused(app, Conflict):
        services.add_user(
            quan_tri, AddUser(username="moi", password=NEW_PASSWORD, person_id=person_id)
        )
    with refused(app, Conflict):
        services.update_user(quan_tri, quan_tri.user_id, UpdateUser(person_id=person_id))


def test_an_administrator_does_not_lock_themself_out(app: Flask, quan_tri: Actor) -> None:
    for args in ({"active": False}, {"is_admin": False}):
        with refused(app, Conflict):
            services.update_user(quan_tri, quan_tri.user_id, UpdateUser(**args))


def test_a_new_password_is_the_only_one(app: Flask, quan_tri: Actor, thu_ky: Actor) -> None:
    with app.app_context():
        services.update_user(quan_tri, thu_ky.user_id, UpdateUser(password=NEW_PASSWORD))
        assert services.sign_in("thuky", NEW_PASSWORD).id == thu_ky.user_id
    with refused(app, Unauthenticated):
        services.sign_in("thuky", PASSWORD)


def test_units_people_and_accounts_over_http(client_for: ClientFor, world: World) -> None:
    client = client_for("quantri")
    unit = client.post("/api/v1/units", json={"name": "Thanh tra huyện"}).json
    person = client.post("/api/v1/people", json={"name": "Y Mới", "unit_id": unit["id"]}).json
    account = {"username": "moi", "password": NEW_PASSWORD, "person_id": person["id"]}
    user = client.post("/api/v1/users", json=account)
    assert user.status_code == 201, user.text
    for resource, made in (("units", unit), ("people", person), ("users", user.json)):
        assert client.get(f"/api/v1/{resource}/{made['id']}").json == made
        assert made in client.get(f"/api/v1/{resource}").json["items"]
    changed = client.patch(f"/api/v1/people/{person['id']}", json={"name": "Y Khác"})
    assert changed.json == person | {"name": "Y Khác"}


def test_others_see_the_directory_and_their_own_account(
    client_for: ClientFor, thu_ky: Actor, khach: Actor
) -> None:
    client = client_for("khach")
    assert client.get("/api/v1/units").json["total"] == 7
    assert client.get("/api/v1/people").json["total"] == 7
    accounts = client.get("/api/v1/users").json["items"]
    assert [account["id"] for account in accounts] == [khach.user_id]
    assert client.get(f"/api/v1/users/{khach.user_id}").status_code == 200
    for user_id in (thu_ky.user_id, 9999):
        assert client.get(f"/api/v1/users/{user_id}").status_code == 403


def test_no_answer_holds_a_password_or_its_hash(client_for: ClientFor) -> None:
    client = client_for("quantri")
    account = {"username": "moi", "password": NEW_PASSWORD}
    answers = [
        client.post("/api/v1/users", json=account),
        client.post("/api/v1/users", json=account | {"username": "-"}),
        client.post("/api/v1/users", json=account | {"person_id": NEW_PASSWORD}),
        client.post("/api/v1/users", json=account | {"password": [NEW_PASSWORD]}),
        client.patch("/api/v1/users/1", json={"password": NEW_PASSWORD}),
        client.get("/api/v1/users"),
        client.get("/api/v1/users/1"),
        client.get("/people"),
        client.post("/api/v1/auth/token", json=account),
        client.post("/login", data=account | {"username": "khac"}),
    ]
    for answer in answers:
        assert NEW_PASSWORD not in answer.text
        assert "argon2" not in answer.text


def test_a_group_does_not_stand_within_a_group(app: Flask, quan_tri: Actor) -> None:
    with app.app_context():
        unit = services.add_unit(quan_tri, AddUnit(name="Đơn vị"))["id"]
        group = services.add_unit(quan_tri, AddUnit(name="Nhóm", kind="group", member_ids=[unit]))[
            "id"
        ]
        with pytest.raises(Invalid) as caught:
            services.add_unit(quan_tri, AddUnit(name="x", kind="group", member_ids=[group]))
        assert caught.value.errors[0]["field"] == "member_ids"
        assert "Một nhóm không nằm trong nhóm khác" in str(caught.value.message)
        with pytest.raises(Invalid):
            services.update_unit(quan_tri, group, UpdateUnit(member_ids=[unit, group]))
        # Neither can a member become a group.
        with pytest.raises(Invalid) as caught:
            services.update_unit(quan_tri, unit, UpdateUnit(kind="group"))
        assert caught.value.errors[0]["field"] == "kind"
        services.update_unit(quan_tri, group, UpdateUnit(name="Tên khác", kind="group"))
