"""What the console takes for granted: who speaks, which keys do what, where a mistake is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
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


def test_each_item_begins_with_its_own_speaker(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing(agenda=AGENDA)
    meeting.do("thuky", "meeting.open")
    page = console_of(windows, meeting)

    def enter(item: int | None) -> None:
        before = meeting.all("meeting")[0]["current_item_id"]
        meeting.do("thuky", "agenda.advance", from_item=before)
        title = AGENDA[item][0] if item is not None else "Nội dung ghi"
        expect(page.locator(".record h2")).to_have_text(title)

    enter(0)
    chosen(page, "Cao Đình Khải", "Báo cáo")
    enter(1)
    # A group speaks through its members: nobody is taken for it, nor for what came before.
    chosen(page, "Ai phát biểu?", "Ý kiến")
    page.locator("#line").fill("Câu đang gõ dở")
    enter(2)
    chosen(page, "Ai phát biểu?", "Ý kiến")
    # What was being typed keeps its speaker; what comes after it has the new item's.
    page.locator("#line").press("Enter")
    chosen(page, "Cao Đình Khải", "Báo cáo")
    enter(3)
    # The chair reports to nobody.
    chosen(page, "Trần Nam Thuần", "Ý kiến")
    enter(None)
    chosen(page, "Ai phát biểu?", "Ý kiến")
    [entry] = meeting.all("entry")
    assert (entry["text"], entry["person_id"], entry["kind"]) == ("Câu đang gõ dở", None, "opinion")


def test_a_slip_does_not_end_the_agenda(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting, page = at_last_item(windows, briefing)
    page.locator("#add-conclusion").click()
    keys = page.locator(".foot ul").first.locator("li")
    expect(keys).to_have_text(["Enter lưu", "Shift+Enter xuống dòng", "Esc thôi"])
    page.keyboard.type("Đoạn một.")
    page.keyboard.press("Enter")
    expect(page.locator("#line")).to_be_focused()
    expect(keys.filter(has_text="Ctrl+Enter")).to_have_count(0)
    page.keyboard.type("Đoạn hai.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Đây là mục cuối")
    expect(page.locator(".entry-text")).to_have_text("Đoạn hai.")
    assert meeting.all("meeting")[0]["current_item_id"] == meeting.items[0]
    # Said on purpose it ends, and there is a way back.
    page.keyboard.press("Escape")
    expect(keys.filter(has_text="n hết chương trình")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("Đã hết chương trình").first).to_be_visible()
    page.locator("#line").fill("Còn một ý.")
    page.keyboard.press("Enter")
    expect(page.locator("#line-error")).to_have_text(
        "Chương trình đã hết: chọn một mục bên trái để ghi thêm vào mục đó."
    )
    expect(page.locator("#line")).to_have_value("Còn một ý.")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".record h2")).to_have_text(AGENDA[0][0])


def test_the_foot_names_the_keys_of_a_directive(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    _meeting, page = at_last_item(windows, briefing)
    page.keyboard.press("d")
    keys = page.locator(".foot ul").first.locator("li")
    expect(keys).to_have_text(["Enter ô kế tiếp", "Ctrl+Enter lưu", "Esc thôi"])
    page.keyboard.type("Rà soát hộ nghèo.")
    page.keyboard.press("Enter")
    expect(page.locator("#lead-units")).to_be_focused()
    page.locator("#due-text").focus()
    expect(keys).to_have_text(["Ctrl+Enter lưu", "Esc thôi"])
    page.keyboard.press("Control+Enter")
    expect(page.locator(".directive")).to_contain_text("Rà soát hộ nghèo.")


def test_marking_stays_with_the_person(windows: Windows, briefing: Callable[..., Briefing]) -> None:
    meeting = briefing()
    page = console_of(windows, meeting)
    page.keyboard.press("a")
    row = page.locator(".attendee:focus")
    expect(row).to_contain_text("Trần Nam Thuần")
    page.keyboard.press("2")
    expect(row.locator("[aria-pressed=true]")).to_have_text("Trực tuyến")
    page.keyboard.press("t")
    page.keyboard.type("Bùi Văn An")
    page.keyboard.press("Enter")
    first = page.locator(".attendee").filter(has_text="Trần Nam Thuần")
    expect(first).to_contain_text("Bùi Văn An")
    expect(page.locator(".attendee").filter(has_text="Bùi Văn An")).to_have_count(1)


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


@pytest.mark.parametrize("typed", [True, False])
def test_enter_closes_the_meeting_only_where_nothing_is_unsaved(
    windows: Windows, briefing: Callable[..., Briefing], typed: bool
) -> None:
    meeting, page = at_last_item(windows, briefing)
    page.locator("#line").fill("Câu chưa ghi." if typed else "")
    page.get_by_role("button", name="Kết thúc cuộc họp").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    if typed:
        expect(page.locator("#line")).to_have_value("Câu chưa ghi.")
        assert meeting.all("meeting")[0]["state"] == "live"
    else:
        expect(page.get_by_text("Nội dung chỉ để xem.")).to_be_visible()


def test_who_begins_late_ends_late(windows: Windows, briefing: Callable[..., Briefing]) -> None:
    meeting = briefing()  # takes an hour
    begins = datetime.now(UTC) - timedelta(hours=2)
    ends = begins + timedelta(hours=1)
    meeting.do("thuky", "meeting.update", starts_at=begins.isoformat(), ends_at=ends.isoformat())
    page = console_of(windows, meeting)
    expect(page.locator(".bar-facts .late")).to_contain_text(re.compile(r"quá 12\d phút"))


def test_a_meeting_is_reopened_by_keyboard_and_says_why(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing(agenda=AGENDA[:1]).begin()
    meeting.do("thuky", "meeting.close")
    page = console_of(windows, meeting)
    page.get_by_role("button", name="Mở lại").press("Enter")
    reason = page.get_by_label("Lý do mở lại")
    expect(reason).to_be_focused()
    # Without a reason nothing happens; the dialog waits for one.
    reason.press("Enter")
    expect(reason).to_be_visible()
    reason.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    page.get_by_role("button", name="Mở lại").press("Enter")
    reason.fill("Ghi thiếu một ý kiến")
    reason.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Mở lại")).to_be_hidden()
    assert meeting.all("meeting")[0]["state"] == "live"
