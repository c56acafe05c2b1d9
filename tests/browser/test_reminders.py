"""What became of mails, and the address of one's calendar, in the browser."""

from __future__ import annotations

import sqlite3
import urllib.request
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Windows, picture
from tests.browser.test_pages import flaws_of
from tests.server import PATIENCE, Server

NOW = "2026-11-16 00:00:00.000000"


@pytest.fixture(scope="module")
def outbox(server: Server) -> None:
    """A mail of each kind, to the first people of the directory."""
    states = ("sent", "waiting", "refused", "uncertain", "dropped", "sending")
    with closing(sqlite3.connect(server.file, timeout=PATIENCE)) as database, database:
        for number, state in enumerate(states, 1):
            database.execute(
                "UPDATE person SET email = ?, email_failed_at = ?, email_error = ? WHERE id = ?",
                (
                    f"ten.rat.dai.cua.nguoi.thu.{number}@so-nong-nghiep.tinh.gov.vn",
                    NOW if state == "refused" else None,
                    "550 5.1.1 " + "Recipient-address-rejected-" * 10,
                    number,
                ),
            )
            database.execute(
                "INSERT INTO reminder (person_id, day, address, subject, body, directive_ids,"
                " message_id, state, step, attempts, next_attempt_at, error, created_at, sent_at)"
                " VALUES (?, '2026-11-16', ?, '', '', '[1, 2]', ?, ?, '', 2, ?, ?, ?, ?)",
                (
                    *(number, f"p{number}@example.gov.vn", f"<{number}@example>", state, NOW),
                    *("550 5.1.1 no such user" if state == "refused" else None, NOW, NOW),
                ),
            )


@pytest.mark.parametrize(("name", "size"), [("desk", DESKTOP), ("phone", PHONE)])
def test_what_became_of_mails_is_seen_and_decided(
    windows: Windows, outbox: None, name: str, size: dict[str, int]
) -> None:
    page = windows.open("quantri", "/reminders?lang=vi", size)
    picture(page, f"reminders-{name}")
    assert flaws_of(page) == []
    if name == "phone":
        return
    row = page.get_by_role("row").filter(has_text="Có thể đã gửi")
    row.get_by_role("button", name="Bỏ qua").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Đã bỏ qua thư.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Có thể đã gửi")).to_have_count(0)


def test_a_calendar_program_reads_the_address_that_is_shown_once(
    windows: Windows, server: Server
) -> None:
    page = windows.open("daibieu", "/calendar?lang=vi", PHONE)
    page.get_by_role("button", name="Tạo địa chỉ").click()
    address = page.locator("#programs input").input_value()
    picture(page, "calendar-address")
    assert flaws_of(page) == []
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        assert answer.read().startswith(b"BEGIN:VCALENDAR")
    page.reload()
    page.goto("/calendar")
    expect(page.locator("#programs input")).to_have_count(0)
    page.get_by_role("button", name="Ngừng địa chỉ").click()
    expect(page.get_by_text("Địa chỉ lịch cũ đã hết hiệu lực.")).to_be_visible()
