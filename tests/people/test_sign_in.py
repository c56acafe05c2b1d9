"""Signing in and out, sessions and tokens, and the refusal of other sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from people import services
from people.actor import Actor
from people.commands import UpdateUser
from people.login import is_local
from tests.world import PASSWORD, Briefing, World

ClientFor = Callable[[str], FlaskClient]
CREDENTIALS = {"username": "thuky", "password": PASSWORD}


def signed_in(client: FlaskClient) -> bool:
    return client.get("/api/v1/meetings").status_code == 200


def test_the_right_password_leads_to_the_start_page(client: FlaskClient) -> None:
    answer = client.post("/login", data=CREDENTIALS)
    assert (answer.status_code, answer.location) == (302, "/")
    assert signed_in(client)
    # Whoever is signed in is not asked again.
    assert client.get("/login").location == "/"


def test_a_wrong_password_keeps_the_username(client: FlaskClient) -> None:
    answer = client.post("/login", data={"username": "thu<ky", "password": "sai-mat-khau"})
    assert answer.status_code == 401
    assert 'value="thu&lt;ky"' in answer.text
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert "sai-mat-khau" not in answer.text
    assert not signed_in(client)


@pytest.mark.parametrize(
    "form",
    [{}, {"username": "thuky"}, {"username": "\x00", "password": "\x00"},
     {"username": "x" * 100_000, "password": "y" * 100_000}],
)  # fmt: skip
def test_what_is_no_sign_in_is_refused(form: dict[str, str], client: FlaskClient) -> None:
    assert client.post("/login", data=form).status_code in (401, 413)
    assert not signed_in(client)


def cookie_of(answer: Any) -> Any:
    cookies: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        cookies.load(header)
    return cookies["session"]


def test_the_session_lasts_a_working_day(client: FlaskClient, app: Flask) -> None:
    cookie = cookie_of(client.post("/login", data=CREDENTIALS))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["expires"]
    assert app.permanent_session_lifetime == timedelta(hours=12)


@pytest.mark.parametrize(("hours", "valid"), [(11.9, True), (12.1, False)])
def test_after_twelve_hours_a_session_and_a_token_end(
    hours: float, valid: bool, client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = client.post("/api/v1/auth/token", json=CREDENTIALS).json["token"]
    client.post("/login", data=CREDENTIALS)
    present = TimestampSigner.get_timestamp
    monkeypatch.setattr(
        TimestampSigner, "get_timestamp", lambda self: present(self) + int(hours * 3600)
    )
    assert signed_in(client) is valid
    header = {"Authorization": f"Bearer {token}"}
    answer = app.test_client().get("/api/v1/meetings", headers=header)
    assert (answer.status_code == 200) is valid


def test_signing_out_ends_the_session(client: FlaskClient) -> None:
    client.post("/login", data=CREDENTIALS)
    assert client.post("/logout").location == "/login"
    assert not signed_in(client)
    assert client.get("/logout").status_code == 405


@pytest.mark.parametrize(
    "change", [{"active": False}, {"password": "mot-mat-khau-moi"}], ids=["closed", "password"]
)
def test_a_closed_account_or_a_new_password_ends_session_and_token_at_once(
    change: dict[str, Any], app: Flask, client: FlaskClient, thu_ky: Actor, quan_tri: Actor
) -> None:
    token = client.post("/api/v1/auth/token", json=CREDENTIALS).json["token"]
    header = {"Authorization": f"Bearer {token}"}
    client.post("/login", data=CREDENTIALS)
    other = app.test_client()
    assert signed_in(client)
    assert other.get("/api/v1/meetings", headers=header).status_code == 200
    with app.app_context():
        services.update_user(quan_tri, thu_ky.user_id, UpdateUser(**change))
    assert not signed_in(client)
    assert other.get("/api/v1/meetings", headers=header).status_code == 401
    if "active" in change:
        assert client.post("/login", data=CREDENTIALS).status_code == 401


@pytest.mark.parametrize("tampered", ["", "x", "eyJfdXNlcl9pZCI6IjE6MCJ9.aaaa.bbbb"])
def test_a_session_that_we_did_not_give_is_none(tampered: str, client: FlaskClient) -> None:
    client.set_cookie("session", tampered)
    assert not signed_in(client)


def test_a_page_asks_to_sign_in_and_leads_back(client: FlaskClient, giao_ban: Briefing) -> None:
    page = f"/meetings/{giao_ban.id}"
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")
    assert client.post(answer.location, data=CREDENTIALS).location == page


def test_a_form_sent_too_late_leads_back_to_its_page(client: FlaskClient) -> None:
    referrer = {"Referer": "http://localhost/people/7?x=1"}
    answer = client.post("/people/7/account", data={"username": "a"}, headers=referrer)
    assert answer.location == "/login?next=/people/7?x%3D1&expired=1"
    page = client.get(answer.location).text
    assert "Phiên đăng nhập đã hết nên nội dung vừa gửi chưa được lưu." in page
    assert client.post(answer.location, data=CREDENTIALS).location == "/people/7?x=1"


@pytest.mark.parametrize("referrer", ["", "https://evil.example/people/7", "http://[", "x"])
def test_a_form_sent_too_late_leads_nowhere_else(referrer: str, client: FlaskClient) -> None:
    answer = client.post("/people/7/account", headers={"Referer": referrer})
    assert answer.location == "/login?expired=1"


def test_pages_of_refused_forms_can_be_gone_back_to(client_for: ClientFor) -> None:
    browser = client_for("quantri")
    assert browser.get("/people/7/account").location == "/people/7#account"
    assert browser.get("/accounts/7/password").location == "/accounts/7"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "///evil.example",
    "evil.example",
    "/\x00/evil.example",
    "//[",
    "/\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(target: str, client: FlaskClient) -> None:
    answer = client.post("/login", query_string={"next": target}, data=CREDENTIALS)
    assert (answer.status_code, answer.location) == (302, "/")
    assert not is_local(target)


@pytest.mark.parametrize("target", ["/", "/meetings/1?lang=en#top", "/search?q=//a", "/a:b"])
def test_signing_in_leads_to_our_pages(target: str) -> None:
    assert is_local(target)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "x"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Origin": ""},
        {"Origin": "http://["},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/login", "/logout", "/api/v1/meetings", "/api/v1/auth/token"])
def test_a_request_that_another_site_made_is_refused(
    path: str, headers: dict[str, str], client_for: ClientFor
) -> None:
    answer = client_for("thuky").post(path, headers=headers, json={})
    assert answer.status_code == 403
    is_api = path.startswith("/api/")
    assert answer.content_type.startswith("application/problem+json" if is_api else "text/html")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Origin": "http://localhost"},
        {},
    ],
    ids=str,
)
def test_our_own_requests_pass(headers: dict[str, str], client: FlaskClient) -> None:
    assert client.post("/login", data=CREDENTIALS, headers=headers).status_code == 302


def guess(client: FlaskClient, path: str, username: str = "thuky", password: str = "x") -> Any:
    body = {"username": username, "password": password}
    return client.post(path, json=body) if "api" in path else client.post(path, data=body)


@pytest.mark.parametrize("path", ["/login", "/api/v1/auth/token"])
def test_guessing_is_slowed_down(path: str, client: FlaskClient, app: Flask) -> None:
    answers = [guess(client, path) for _each in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {401}
    assert answers[10].status_code == 429
    assert "quá nhanh" in (answers[10].json["detail"] if "api" in path else answers[10].text)
    # The other door is the same house; however the name is written.
    other = {"/login": "/api/v1/auth/token"}.get(path, "/login")
    assert guess(client, other, " THUKY ").status_code == 429
    # Colleagues behind the same address are not concerned, nor the account elsewhere.
    assert guess(client, path, "daibieu", PASSWORD).status_code in (200, 302)
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert guess(elsewhere, path, "thuky", PASSWORD).status_code in (200, 302)


def test_an_office_signs_in_behind_one_address(app: Flask) -> None:
    for _each in range(25):
        assert guess(app.test_client(), "/login", "thuky", PASSWORD).status_code == 302


def test_guessing_at_a_name_that_there_is_not_takes_as_long() -> None:
    hasher = PasswordHasher()
    made_up = services._made_up(hasher)
    assert extract_parameters(made_up) == extract_parameters(hasher.hash("mật khẩu"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(made_up, "mật khẩu")


def test_an_address_that_guesses_names_is_slowed_down_too(client: FlaskClient) -> None:
    for number in range(200):
        assert guess(client, "/login", f"ai-do-{number}").status_code == 401
    assert guess(client, "/login", "thuky", PASSWORD).status_code == 429


def test_pages_carry_their_headers(client_for: ClientFor) -> None:
    for path in ("/login", "/", "/meetings", "/units", "/people", "/khong-co"):
        headers = client_for("thuky").get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers or "Python" not in headers["Server"]


def test_over_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    answer = client.get("/login", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"]


def test_the_chosen_language_outlives_signing_in_and_out(client: FlaskClient) -> None:
    assert 'lang="en"' in client.get("/login?lang=en").text
    client.post("/login", data=CREDENTIALS)
    with client.session_transaction() as session:
        assert session["lang"] == "en"


def test_everybody_of_the_cast_signs_in(client: FlaskClient, world: World) -> None:
    for username in world.actors:
        answer = client.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 302
        client.post("/logout")
