"""What the console takes for granted: who speaks, which keys do what, where a mistake is shown."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Briefing, Windows, ready

REPORT = "Phòng TC-KH"
AGENDA = (
    ("Báo cáo kinh tế - xã hội", 20, REPORT),
    ("Ý kiến của UBND các xã", 30, "UBND các xã"),
    ("Báo cáo đầu tư công", 0, REPORT),
    ("Kết luận hội nghị", 10, "UBND huyện Đắk Glong"),
)


def console_of(windows: Windows, meeting: Briefing, *expected: str) -> Page:
    return ready(windows.open("thuky", meeting.console, expected=expected))


def chosen(page: Page, who: str, kind: str) -> None:
    """Who is taken to speak next, and what."""
    expect(page.locator(".composer .chip")).to_contain_text(who)
    expect(page.locator(".kind[aria-checked=true]")).to_have_text(kind)


def at_last_item(windows: Windows, briefing: Callable[..., Briefing]) -> tuple[Briefing, Page]:
    meeting = briefing(agenda=AGENDA[:1]).begin()
    return meeting, console_of(windows, meeting)


def test_the_item_s_form_says_at_the_field_what_is_wrong(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing()
    page = console_of(windows, meeting)
    page.locator("#add-item").click()
    title, minutes = page.locator("#item-title"), page.locator("#item-minutes")
    minutes.fill("1441")
    page.keyboard.press("Enter")
    expect(title).to_be_focused()
    field = page.locator("#dialog .field")
    expect(field.filter(has=title).first.get_by_role("alert")).to_have_text("Cần ghi tên nội dung.")
    expect(field.filter(has=minutes).last.get_by_role("alert")).to_have_text(
        "Cần số phút từ 0 đến 1440."
    )
    title.fill("Việc khác")
    # As on the meeting's page: an item may have no time of its own.
    minutes.fill("0")
    page.keyboard.press("Enter")
    expect(page.locator(".item").filter(has_text="Việc khác")).to_contain_text("0 phút")


def test_who_begins_late_ends_late(windows: Windows, briefing: Callable[..., Briefing]) -> None:
    meeting = briefing()  # was to begin now, and takes an hour
    page = windows.open("thuky", meeting.console)
    page.clock.install()
    ready(page)
    end = page.locator(".bar-facts dd").nth(1)
    planned = end.inner_text()
    page.clock.fast_forward("03:00:00")
    expect(end).not_to_have_text(planned)
    expect(end).to_contain_text("quá")
