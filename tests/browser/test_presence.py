"""The console shows which sites are connected, as they come and go."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Briefing, Windows, ready

# The hall (chair, secretary, offices) and one commune.
BOTH = "2/2"


def test_the_console_counts_the_sites_and_the_page_keeps_their_dropouts(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    console = ready(windows.open("thuky", meeting.console))
    bar = console.locator("#sites-connected")
    expect(bar).to_have_text("1/2")
    console.get_by_role("tab", name=re.compile("Điểm danh")).click()
    sites = console.locator("#sites .site")
    commune = sites.filter(has_text="Quảng Sơn")
    # Who has not come stands first.
    expect(sites.first).to_contain_text("Quảng Sơn")
    expect(commune).to_contain_text("Chưa kết nối")

    # Two windows of one person are one connection; a reload is nothing.
    first = ready(windows.open("daibieu", meeting.live))
    expect(bar).to_have_text(BOTH)
    expect(commune).to_contain_text("Kết nối từ")
    second = ready(windows.open("daibieu", meeting.live))
    first.close()
    second.reload()
    ready(second)
    expect(bar).to_have_text(BOTH)

    second.close()
    expect(bar).to_have_text("1/2")
    expect(commune).to_contain_text("Mất kết nối từ")
    again = ready(windows.open("daibieu", meeting.live))
    expect(bar).to_have_text(BOTH)
    expect(commune).to_contain_text("mất kết nối 1 lần, 1 phút")

    meeting.do("thuky", "meeting.close")
    # From now on whoever leaves is not lost.
    expect(console.locator("#sites")).to_have_count(0)
    page = windows.open("vanthu", meeting.page)
    row = page.locator("#sites tbody tr").filter(has_text="Quảng Sơn")
    expect(row).to_contain_text("1 lần, 1 phút")
    again.goto(meeting.page)
    expect(again.get_by_role("heading", name="Kết luận", exact=True)).to_be_visible()
    expect(again.locator("#sites")).to_have_count(0)


def test_nobody_connected_is_said_in_words(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    meeting.do("thuky", "meeting.close")
    page = windows.open("thuky", meeting.page)
    expect(page.locator("#sites .quiet")).to_contain_text("Không ghi nhận kết nối nào")
