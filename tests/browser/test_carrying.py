"""The item that asks what has become of earlier directives, in three windows: the secretary's
console, a unit's telephone, and the big screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Briefing, Windows, api, picture, ready

BIG = {"width": 1920, "height": 1080}
SERIES = "Giao ban tuần của huyện"
OURS = "Sửa đường vào bon Phi Mur trước mùa mưa."
OFFICE = "Lập biểu theo dõi giải ngân từng dự án."
DONE = "Nộp báo cáo thu ngân sách quý I."


def two_briefings(briefing: Callable[..., Briefing]) -> Briefing:
    """A held briefing with three directives, and the one after it, which is scheduled."""
    earlier, later = briefing("Giao ban tuần trước"), briefing("Giao ban tuần này")
    starts = datetime.now(UTC) - timedelta(days=7)
    times = {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
    }
    earlier.do("thuky", "meeting.update", series_name=SERIES, **times)
    later.do("thuky", "meeting.update", series_name=SERIES)
    units = {
        unit["short_name"]: unit["id"]
        for unit in api(earlier.server, "thuky", "/units?per_page=500")["items"]
    }
    earlier.begin()
    for text, unit in ((OURS, "xã Quảng Sơn"), (OFFICE, "Phòng TC-KH"), (DONE, "Phòng TC-KH")):
        made = earlier.do(
            "thuky", "directive.add", text=text, lead_unit_ids=[units[unit]], due="2026-03-10"
        )
    report = {"directive_id": made["id"], "progress": 100, "text": "Đã nộp.", "done": True}
    earlier.do("daibieu2", "directive.report", **report)
    earlier.do("thuky", "meeting.close")
    return later


def fits(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, page.url


def test_earlier_directives_are_asked_about_answered_and_shown(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = two_briefings(briefing)
    console = ready(windows.open("thuky", meeting.console))
    phone = ready(windows.open("daibieu", meeting.live, PHONE))
    screen = windows.open("thuky", f"{meeting.page}/screen", BIG)
    expect(screen.locator("#screen[data-view=before]")).to_be_visible()

    meeting.begin()

    # The secretary's keyboard: from one to the next, and back where what is typed is wrong.
    tab = console.get_by_role("tab", name="Kỳ trước")
    expect(tab).to_have_attribute("aria-selected", "true")
    rows = console.locator(".carried-row")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text(OFFICE)
    expect(rows.first).to_contain_text("Quá hạn")
    expect(rows.nth(1)).to_contain_text("Hoàn thành, chậm")
    rows.first.focus()
    console.keyboard.press("Enter")
    console.keyboard.type("Còn hai dự án chưa có số liệu.")
    console.keyboard.press("Tab")
    console.keyboard.type("850")
    console.keyboard.press("Enter")
    expect(console.get_by_text("Tiến độ là số nguyên từ 0 đến 100.")).to_be_visible()
    console.keyboard.press("Backspace")
    picture(console, "carried-console")
    console.keyboard.press("Enter")
    expect(rows.nth(1)).to_be_focused()
    expect(rows.first.locator(".carried-answers")).to_contain_text("85%")
    expect(console.locator(".entry")).to_contain_text("Còn hai dự án chưa có số liệu.")
    expect(tab).to_contain_text("1/3")
    fits(console)

    # The telephone of the unit in question: its own first; half a text outlives a reload.
    expect(phone.locator("#carried .live-ours")).to_contain_text(OURS)
    expect(phone.locator("#carried details")).to_contain_text("Của các đơn vị khác (2)")
    phone.get_by_role("button", name="Để sau").click()
    phone.get_by_role("button", name="Báo cáo nhanh").click()
    phone.locator("#carried textarea").fill("Đã xong nền đường, còn mặt đường.")
    phone.locator("#carried [name=progress]").fill("sáu")
    phone.get_by_role("button", name="Gửi báo cáo").click()
    expect(phone.get_by_text("Tiến độ là số nguyên từ 0 đến 100.")).to_be_visible()
    phone.reload()
    ready(phone)
    phone.get_by_role("button", name="Báo cáo nhanh").click()
    expect(phone.locator("#carried textarea")).to_have_value("Đã xong nền đường, còn mặt đường.")
    phone.locator("#carried [name=progress]").fill("60")
    fits(phone)
    picture(phone, "carried-phone")
    phone.get_by_role("button", name="Gửi báo cáo").click()
    expect(phone.locator("#carried .live-ours .carried-answers")).to_contain_text("60%")
    expect(rows.nth(2).locator(".carried-answers")).to_contain_text("còn mặt đường")

    # The big screen shows it while the item is on, and whenever the chair asks for it.
    expect(screen.locator("#screen[data-view=follow_up]")).to_be_visible()
    expect(screen.locator("#screen")).to_contain_text("3 chỉ đạo: 2 quá hạn, 1 đã hoàn thành; 2 đã")
    expect(screen.locator(".carried-heard")).to_have_count(2)
    fits(screen)
    picture(screen, "carried-screen")
    (item,) = [row for row in meeting.all("agenda_item") if row.get("kind") == "follow_up"]
    meeting.do("thuky", "agenda.advance", from_item=item["id"])
    expect(screen.locator("#screen[data-view=agenda]")).to_be_visible()
    expect(tab).to_have_attribute("aria-selected", "false")
    meeting.do("thuky", "screen.show", what="follow_up")
    expect(screen.locator("#screen[data-view=follow_up]")).to_be_visible()
    # The telephone keeps the list among the rest.
    expect(phone.locator(".live-side #carried")).to_contain_text(OURS)

    # A line that was removed by mistake comes back as an answer, not as a mere line.
    entry = meeting.all("entry")[0]
    console.locator(f"#item-{item['id']}").focus()
    console.keyboard.press("Enter")
    console.locator(f"#entry-{entry['id']}").focus()
    console.keyboard.press("x")
    expect(rows.first.locator(".carried-answers")).to_have_count(0)
    # (The way back is offered once the server has answered.)
    expect(console.locator(".toast button").first).to_be_visible()
    console.keyboard.press("z")
    expect(console.locator(".entry")).to_have_count(2)
    back = meeting.all("entry")[-1]
    same = ("carried_id", "progress", "unit_id", "text", "at")
    assert [back[name] for name in same] == [entry[name] for name in same]
