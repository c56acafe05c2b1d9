"""Sign-in, the directory and the accounts, as pages; the pages of errors and of the API."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from people.models import Person, Unit, User
from tests.world import PASSWORD, World

Browser = Callable[[str], FlaskClient]


def text(response: Any) -> str:
    """The page's words, one space between them."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def sign_in(client: FlaskClient, username: str, password: str, **query: str) -> Any:
    data = {"username": username, "password": password}
    return client.post("/login", data=data, query_string=query)


# --- Sign-in ------------------------------------------------------------------------------------


def test_signing_in_leads_on_to_where_one_was_going(client: FlaskClient) -> None:
    answer = sign_in(client, "thuky", PASSWORD, next="/meetings?q=a")
    assert answer.location == "/meetings?q=a"
    assert client.get("/").status_code == 200


def test_a_wrong_password_keeps_the_username_and_not_the_password(client: FlaskClient) -> None:
    answer = sign_in(client, "thuky", "sai-mat-khau")
    assert answer.status_code == 401
    assert 'value="thuky"' in answer.text
    assert "sai-mat-khau" not in answer.text
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in text(answer)


def test_the_sign_in_page_has_no_navigation_and_speaks_both_languages(client: FlaskClient) -> None:
    assert "<nav" not in client.get("/login").text
    assert '<html lang="en">' in client.get("/login?lang=en").text


# --- The directory ------------------------------------------------------------------------------


def test_everyone_reads_the_directory_and_nobody_s_account(client_for: Browser) -> None:
    browser = client_for("khach")
    units, people = text(browser.get("/units")), text(browser.get("/people"))
    assert "Phòng Tài chính - Kế hoạch" in units
    assert "UBND các xã 2 đơn vị" in units
    assert "Trần Văn Chủ" in people
    assert "chutoa" not in people
    assert "Sửa" not in units + people


@pytest.mark.parametrize("words", ["trần văn chủ", "TRAN VAN", "tai chinh"])
def test_people_are_found_by_name_and_unit_without_marks(client_for: Browser, words: str) -> None:
    found = text(client_for("khach").get("/people", query_string={"q": words}))
    assert ("Trần Văn Chủ" in found) == ("tai" not in words)
    assert ("Phạm Thị Biểu" in found) == ("tai" in words)


def test_only_an_administrator_gets_forms(client_for: Browser, world: World) -> None:
    person, unit = world.person("khach"), world.units["huyen"]
    account = world.actors["khach"].user_id
    paths = ["/units/new", f"/units/{unit}", "/people/new", f"/people/{person}"]
    paths += [f"/accounts/{account}"]
    browser = client_for("thuky")
    for path in paths:
        assert browser.get(path).status_code == 403, path
        data = {"name": "Tên mới", "kind": "office", "may_schedule": "on", "active": "on"}
        assert browser.post(path, data=data).status_code == 403, path
    for path in (f"/people/{person}/account", f"/accounts/{account}/password"):
        data = {"username": "moi.moi", "password": "mat-khau-moi-dai"}
        assert browser.post(path, data=data).status_code == 403, path


def test_a_unit_is_added_and_changed(client_for: Browser, app: Flask, world: World) -> None:
    browser = client_for("quantri")
    values = {"name": "Phòng Y tế", "kind": "office", "parent_id": str(world.units["huyen"])}
    added = browser.post("/units/new", data=values)
    assert added.status_code == 302
    number = int(added.location.rpartition("-")[2])
    assert 'value="Phòng Y tế"' in browser.get(f"/units/{number}").text
    browser.post(f"/units/{number}", data=values | {"short_name": "Phòng YT"})
    with app.app_context():
        unit = db.session.get_one(Unit, number)
        assert (unit.short_name, unit.parent_id) == ("Phòng YT", world.units["huyen"])
    wrong = browser.post(f"/units/{number}", data=values | {"parent_id": str(number)})
    assert wrong.status_code == 422
    assert 'id="parent_id-error"' in wrong.text


def test_a_group_has_members(client_for: Browser, world: World) -> None:
    browser = client_for("quantri")
    members = [world.units["xa_mot"], world.units["van_phong"]]
    values = {"name": "Tổ giúp việc", "kind": "group", "member_ids": members}
    assert browser.post("/units/new", data=values).status_code == 302
    assert "Tổ giúp việc 2 đơn vị" in text(browser.get("/units"))
    refused = browser.post("/units/new", data=values | {"kind": "office"})
    assert refused.status_code == 422
    assert 'id="member_ids-error"' in refused.text


def test_the_members_of_a_group_change(client_for: Browser, world: World) -> None:
    browser = client_for("quantri")
    group, town = f"/units/{world.units['cac_xa']}", world.units["xa_mot"]
    assert browser.get(group).text.count(" checked") == 2
    values = {"name": "UBND các xã", "kind": "group"}
    assert browser.post(group, data=values | {"member_ids": [town]}).status_code == 302
    assert "UBND các xã 1 đơn vị" in text(browser.get("/units"))
    refused = browser.post(group, data=values | {"kind": "office", "member_ids": [town]})
    assert refused.status_code == 422
    assert "UBND các xã 1 đơn vị" in text(browser.get("/units"))


def test_a_unit_with_others_below_it_becomes_no_group(client_for: Browser, world: World) -> None:
    browser = client_for("quantri")
    values = {"name": "UBND huyện Đắk Thử", "kind": "group"}
    refused = browser.post(f"/units/{world.units['huyen']}", data=values)
    assert refused.status_code == 422
    assert 'id="kind-error"' in refused.text


def test_a_person_gets_an_account_that_opens_and_closes(
    client_for: Browser, client: FlaskClient, app: Flask, world: World
) -> None:
    browser = client_for("quantri")
    values = {"name": "Lý Mới", "title": "Chuyên viên", "unit_id": str(world.units["xa_hai"])}
    person = browser.post("/people/new", data=values).location
    account = {"username": "lymoi", "password": "mat-khau-dai"}
    refused = browser.post(f"{person}/account", data=account | {"password": "ngan"})
    assert refused.status_code == 422
    assert 'value="lymoi"' in refused.text
    assert "ngan" not in refused.text.replace("ngang", "")
    assert (
        browser.post(f"{person}/account", data=account | {"may_schedule": "on"}).status_code == 302
    )
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == "lymoi")).one()
        user_id, may_schedule = user.id, user.may_schedule
    assert may_schedule
    assert sign_in(client, "lymoi", "mat-khau-dai").status_code == 302
    browser.post(f"/accounts/{user_id}/password", data={"password": "mat-khau-khac"})
    assert client.get("/").status_code == 302, "the old session has ended"
    assert sign_in(client, "lymoi", "mat-khau-khac").status_code == 302
    browser.post(f"/accounts/{user_id}", data={})
    assert client.get("/").status_code == 302
    assert sign_in(client, "lymoi", "mat-khau-khac").status_code == 401
    assert "Đã khóa" in text(browser.get("/people"))


def test_a_person_s_form_keeps_what_was_typed(client_for: Browser, app: Flask) -> None:
    answer = client_for("quantri").post("/people/new", data={"name": " ", "title": "Chuyên gia"})
    assert answer.status_code == 422
    assert 'value="Chuyên gia"' in answer.text
    assert 'id="name-error"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(Person).where(Person.title == "Chuyên gia")) is None


def seen(browser: FlaskClient, address: str) -> str:
    """What the form at the address says that it has shown."""
    found = re.search(r'name="seen" value="([^"]*)"', browser.get(address).text)
    assert found
    return html.unescape(found[1])


def test_two_administrators_who_change_one_person_see_both_texts(
    client_for: Browser, world: World, app: Flask
) -> None:
    browser = client_for("quantri")
    address = f"/people/{world.actors['daibieu'].person_id}"
    with app.app_context():
        person = db.session.get_one(Person, world.actors["daibieu"].person_id)
        mine = {"name": person.name, "title": person.title, "unit_id": str(person.unit_id or "")}
    mine["seen"] = seen(browser, address)
    assert browser.post(address, data=mine | {"title": "Bí thư"}).status_code == 302
    # Another field merges, the same one is shown twice.
    assert browser.post(address, data=mine | {"name": "Tên Khác"}).status_code == 302
    refused = browser.post(address, data=mine | {"title": "Chủ tịch mới"})
    assert refused.status_code == 409
    assert "Người khác vừa sửa thành “Bí thư”." in refused.text
    assert 'value="Chủ tịch mới"' in refused.text
    assert 'value="Tên Khác"' in refused.text
    again = {"name": "Tên Khác", "title": "Chủ tịch mới", "unit_id": mine["unit_id"]}
    shown = re.search(r'name="seen" value="([^"]*)"', refused.text)
    assert shown
    again["seen"] = html.unescape(shown[1])
    assert browser.post(address, data=again).status_code == 302
    with app.app_context():
        person = db.session.get_one(Person, world.actors["daibieu"].person_id)
        assert (person.name, person.title) == ("Tên Khác", "Chủ tịch mới")


def test_two_administrators_who_change_one_unit_see_both_texts(
    client_for: Browser, world: World, app: Flask
) -> None:
    browser = client_for("quantri")
    with app.app_context():
        units = db.session.scalars(select(Unit).where(Unit.kind != "group").limit(3)).all()
        one, two, three = (unit.id for unit in units)
    group = {"name": "Các xã phía nam", "kind": "group", "member_ids": [str(one)]}
    made = browser.post("/units/new", data=group)
    address = "/units/" + made.location.rpartition("-")[2]
    mine = group | {"seen": seen(browser, address)}
    theirs = {"place": "Quảng Khê", "member_ids": [str(one), str(two)]}
    assert browser.post(address, data=mine | theirs).status_code == 302
    assert browser.post(address, data=mine | {"short_name": "Nam"}).status_code == 302
    refused = browser.post(address, data=mine | {"member_ids": [str(three)], "place": "Đắk Ha"})
    assert refused.status_code == 409
    assert refused.text.count("Người khác vừa sửa thành") == 2
    assert units[1].name in text(refused)
    assert 'value="Nam"' in refused.text
    assert 'value="Đắk Ha"' in refused.text
    assert re.findall(r'name="member_ids" value="(\d+)" checked', refused.text) == [str(three)]


def test_a_window_left_open_does_not_open_a_closed_account_again(
    client_for: Browser, world: World, app: Flask
) -> None:
    browser = client_for("quantri")
    user_id = world.actors["daibieu"].user_id
    before = seen(browser, f"/accounts/{user_id}")
    browser.post(f"/accounts/{user_id}", data={"seen": before})
    stale = {"active": "on", "may_schedule": "on", "seen": before}
    assert browser.post(f"/accounts/{user_id}", data=stale).status_code == 302
    with app.app_context():
        user = db.session.get_one(User, user_id)
        assert (user.active, user.may_schedule) == (False, True)


def test_nobody_locks_themself_out(client_for: Browser, world: World) -> None:
    answer = client_for("quantri").post(f"/accounts/{world.actors['quantri'].user_id}", data={})
    assert answer.status_code == 409
    assert "Bạn không thể tự khóa" in text(answer)


@pytest.mark.parametrize("path", ["/people/999999", "/units/999999", "/accounts/99999999999999"])
def test_what_is_not_there_is_not_found(client_for: Browser, path: str) -> None:
    assert client_for("quantri").get(path).status_code == 404


# --- Errors -------------------------------------------------------------------------------------


def test_an_error_page_says_what_to_do(client_for: Browser) -> None:
    words = text(client_for("thuky").get("/khong-co"))
    assert "Không tìm thấy trang" in words
    assert "Đến danh sách cuộc họp" in words


def test_a_fault_shows_its_page_and_stays_in_the_log(
    app: Flask,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As it is for readers: the page, not the exception.
    monkeypatch.setitem(app.config, "TESTING", False)

    def broken(**_values: Any) -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "people.login", broken)
    answer = client.get("/login")
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in answer.text
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


# --- The API's description ----------------------------------------------------------------------


def test_the_api_page_describes_every_operation_and_every_error(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    document = json.loads(client.get("/api/v1/openapi.json").text)
    for path, item in document["paths"].items():
        assert f"<code>{path}</code>" in page.text
        for operation in item.values():
            assert f'id="{operation["operationId"]}"' in page.text
    anchors = set(re.findall(r'id="([^"]+)"', page.text))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= anchors
    for code in ("unauthenticated", "forbidden", "not_found", "invalid", "conflict"):
        assert code in anchors
    assert {"too_large", "rate_limited"} <= anchors
