"""Addresses, origins and numbers that no browser of ours sends: refused, never a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.marks import both_engines

Browser = Callable[[str], FlaskClient]
PAGES = [
    "/meetings/{}", "/meetings/{}/live", "/meetings/{}/console", "/meetings/{}/edit",
    "/meetings/{}/documents", "/units/{}", "/people/{}", "/accounts/{}",
    "/api/v1/meetings/{}", "/api/v1/meetings/{}/documents/minutes.pdf",
]  # fmt: skip
FORMS = [
    "/meetings/{}/edit", "/units/{}", "/people/{}", "/people/{}/account", "/accounts/{}",
    "/accounts/{}/password",
]  # fmt: skip


@both_engines
@pytest.mark.parametrize("number", [str(2**31), "9" * 25, "9" * 5000], ids=len)
def test_number_that_is_no_id_is_an_address_that_does_not_exist(
    client_for: Browser, number: str
) -> None:
    browser = client_for("quantri")
    for page in PAGES:
        assert browser.get(page.format(number)).status_code == 404, page
    fields = {"name": "Phòng", "kind": "office", "username": "ai.do", "password": "dai-hon-muoi"}
    for form in FORMS:
        assert browser.post(form.format(number), data=fields).status_code == 404, form


@pytest.mark.parametrize("target", ["//[", "http://[", "https://℀.vn"])
def test_signing_in_does_not_lead_to_an_address_that_cannot_be_read(
    client_for: Browser, target: str
) -> None:
    answer = client_for("thuky").get("/login", query_string={"next": target})
    assert (answer.status_code, answer.location) == (302, "/")


def test_origin_that_cannot_be_read_is_another_site(client_for: Browser) -> None:
    answer = client_for("thuky").post("/logout", headers={"Origin": "http://["})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("page", "account", "fields"),
    [
        ("/units/new", "quantri", {"name": "Phòng", "kind": "office", "parent_id": "9" * 5000}),
        ("/people/new", "quantri", {"name": "Người", "unit_id": "9" * 5000}),
        ("/meetings/new", "thuky", {"title": "Họp", "days": "9" * 5000}),
        ("/meetings/new", "thuky", {"title": "Họp", "chair_ids": "9" * 5000}),
    ],
)
def test_number_of_thousands_of_digits_is_an_error_of_the_form(
    client_for: Browser, page: str, account: str, fields: dict[str, str]
) -> None:
    assert client_for(account).post(page, data=fields).status_code == 422


@pytest.mark.parametrize("day", ["2023-11", "2023-Q4", "ongoing", "2023-02-30", "0001-01-01"])
def test_register_takes_only_a_day_as_its_bound(client_for: Browser, day: str) -> None:
    answer = client_for("thuky").get("/api/v1/directives", query_string={"due_before": day})
    assert answer.status_code == 422
