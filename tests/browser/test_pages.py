"""Every page, for whoever may see it, in both languages, on a desk and on a phone.

Whatever a window must never do (see `Watch`) fails these tests like all others; here each
page is looked over for what keeps people from using it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Briefing, Windows

SIZES = {"desk": DESKTOP, "phone": PHONE}
NOWHERE = "/meetings/999999"

# What follows the size of the window has followed: resizing is told before a frame is drawn.
LAID_OUT = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FLAWS = Path(__file__).with_name("flaws.js").read_text()


@pytest.fixture(scope="module")
def meetings(briefing: Callable[..., Briefing]) -> dict[str, Briefing]:
    """A meeting in each state that has pages of its own."""
    scheduled = briefing("Giao ban sắp họp")
    live = briefing("Giao ban đang họp").begin()
    live.do("thuky", "discussion.add", item_id=live.items[0], text="Ý kiến của xã.")
    live.do("thuky", "conclusion.add", text="Giữ tiến độ.")
    live.do("thuky", "directive.add", text="Rà soát.", due="2030-12-31")
    ended = Briefing(live.server, live.server.meeting_id("GB-2023-09"), [])
    return {"scheduled": scheduled, "live": live, "ended": ended}


def of_everyone(meetings: dict[str, Briefing]) -> list[str]:
    scheduled, live, ended = meetings["scheduled"], meetings["live"], meetings["ended"]
    return [
        "/",
        "/meetings",
        "/directives",
        "/directives/scorecard",
        f"/directives/{live.all('directive')[0]['id']}",
        scheduled.page,
        scheduled.live,
        live.page,
        live.live,
        f"{live.page}/screen",
        f"{live.page}/check-in",
        ended.page,
        ended.live,
        ended.documents,
        "/calendar?month=2023-10",
        "/units",
        "/people",
    ]


def of_the_secretary(meetings: dict[str, Briefing]) -> list[str]:
    scheduled, live, ended = meetings["scheduled"], meetings["live"], meetings["ended"]
    return [
        *of_everyone(meetings),
        "/meetings/new",
        f"{scheduled.page}/edit",
        scheduled.console,
        live.console,
        ended.console,
        live.documents,
        "/meetings?q=giao+ban",
        "/api/docs",
    ]


def of_the_administrator(_meetings: dict[str, Briefing]) -> list[str]:
    return [
        "/",
        "/meetings",
        "/units",
        "/units/new",
        "/people",
        "/people/new",
        "/people/1",
        "/units/1",
        "/reminders",
    ]


def of_a_stranger(_meetings: dict[str, Briefing]) -> list[str]:
    return ["/", "/meetings", "/units", "/people", "/api/docs", NOWHERE]


PAGES: dict[str | None, Callable[[dict[str, Briefing]], list[str]]] = {
    None: lambda _meetings: ["/login"],
    "thuky": of_the_secretary,
    "daibieu": of_everyone,
    "vanthu": lambda meetings: ["/", "/meetings", meetings["ended"].documents],
    "quantri": of_the_administrator,
    "khach": of_a_stranger,
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("username", PAGES, ids=str)
def test_pages_can_be_used(
    windows: Windows, meetings: dict[str, Briefing], username: str | None, language: str
) -> None:
    page = windows.open(username, f"/login?lang={language}", expected=(NOWHERE,))
    flaws = {}
    for path in PAGES[username](meetings):
        found = look_at(page, path, language)
        if found:
            flaws[path] = found
    assert not flaws, "\n".join(f"{path}: {flaw}" for path in flaws for flaw in flaws[path])


def look_at(page: Page, path: str, language: str) -> list[str]:
    """Go to a page; what is wrong with it once it is all there, in each size of the window."""
    answer = page.goto(path)
    assert answer
    assert answer.status == (404 if path == NOWHERE else 200), path
    settle(page)
    flaws = []
    # It ends where it began: most pages are loaded on a desk, and made narrow.
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(ViewportSize(**size))
        page.evaluate(LAID_OUT)
        flaws += flaws_of(page)
    said: Any = page.locator("html").get_attribute("lang")
    return flaws if said == language else [*flaws, f"lang is {said}"]


def flaws_of(page: Page) -> list[str]:
    size = page.viewport_size
    assert size
    page.wait_for_load_state()  # without its stylesheets every page has flaws
    found: list[str] = page.evaluate(FLAWS, size["width"])
    return found


def settle(page: Page) -> None:
    """Wait until scripts have drawn what they draw."""
    data = page.locator("#page-data")
    if data.count() == 0:
        return
    if page.locator("#console").count():
        expect(page.locator("#saving.saving-done")).to_be_visible()
    elif page.locator("#live").count():
        expect(page.locator(".live-grid")).to_be_visible()
    elif page.locator("#screen").count():
        expect(page.locator("#screen:not([data-view=loading])")).to_be_visible()
    elif page.locator("#invite-dialog").count():
        expect(page.locator(".agenda-add")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_what_opens_on_a_page_can_be_used(
    windows: Windows, meetings: dict[str, Briefing], size: str
) -> None:
    """Dialogs and forms that are not there until they are asked for."""
    page = windows.open("thuky", meetings["live"].console, SIZES[size])
    settle(page)
    flaws: list[str] = []

    def look() -> None:
        flaws.extend(flaws_of(page))

    for button in ("#add-conclusion", "#add-directive"):
        page.locator(button).click()
        look()
    for kind in ("date", "moment", "month", "quarter", "ongoing"):
        page.locator("#due-kind").select_option(kind)
        look()
    page.locator("#line").click()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".editor textarea")).to_be_focused()
    look()
    page.keyboard.press("Escape")
    page.locator("#line").press("@")
    expect(page.locator("#line-menu")).to_be_visible()
    look()
    page.locator("#tab-attendance").click()
    page.locator(".attendee").first.get_by_role("button", name="Vắng").click()
    expect(page.get_by_label("Lý do vắng")).to_be_visible()
    look()
    for opener in (
        page.get_by_role("button", name="Phím tắt"),
        page.locator("#add-item"),
        page.get_by_role("button", name="Kết thúc cuộc họp"),
    ):
        opener.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        look()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    page.goto(meetings["scheduled"].page)
    settle(page)
    for name in ("Mời dự họp…", "Hủy họp…"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog").get_by_role("button").first).to_be_visible()
        look()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".agenda-item").first.press("Enter")
    expect(page.locator("#edit-title")).to_be_focused()
    look()
    assert not flaws, "\n".join(flaws)


@pytest.mark.parametrize("size", SIZES)
def test_a_wrong_password_keeps_the_name(windows: Windows, size: str) -> None:
    page = windows.open(None, "/login", SIZES[size], expected=("/login",))
    page.get_by_label("Tên đăng nhập").fill("thuky")
    page.get_by_label("Mật khẩu", exact=True).fill("sai")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("thuky")
    assert flaws_of(page) == []
