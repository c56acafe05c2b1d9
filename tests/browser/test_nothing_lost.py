"""What somebody has typed is never lost: not to another writer, not to the network, not to
a reload, not to a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Briefing, Windows, ready

# What Chromium itself says where a test takes the network away.
OFFLINE = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_NETWORK_CHANGED", "WebSocket connection")
LINE = "Xã Quảng Sơn đề nghị bổ sung kinh phí."


def console_of(windows: Windows, username: str, meeting: Briefing, *expected: str) -> Page:
    return ready(windows.open(username, meeting.console, expected=expected))


def write(page: Page, *lines: str) -> None:
    page.locator("#line").click()
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")
        expect(page.locator("#line")).to_have_value("")


def edit_last(page: Page, text: str) -> None:
    """Put another text in place of the last line, without saving."""
    page.locator("#line").click()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".editor textarea")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def both_edit(windows: Windows, meeting: Briefing) -> tuple[Page, Page]:
    """Two leaders change one line; the second to save is shown the conflict."""
    meeting.begin()
    meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text=LINE)
    first = console_of(windows, "thuky", meeting)
    second = console_of(windows, "chutoa", meeting)
    edit_last(first, "Bản của thư ký.")
    edit_last(second, "Bản của chủ tọa.")
    first.keyboard.press("Enter")
    expect(first.locator(".entry-text")).to_have_text("Bản của thư ký.")
    # The other's text does not change under the second writer's hands.
    expect(second.locator(".editor textarea")).to_have_value("Bản của chủ tọa.")
    second.keyboard.press("Enter")
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("Bản của thư ký.")
    expect(conflict).to_contain_text("Bản của chủ tọa.")
    expect(second.locator("#saving")).to_have_text("Xung đột: 1 chỗ")
    assert meeting.texts() == ["Bản của thư ký."]
    return first, second


def test_two_writers_of_one_line_merge_their_texts(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing()
    first, second = both_edit(windows, meeting)
    second.get_by_role("button", name="Ghép cả hai").click()
    expect(second.locator(".editor textarea")).to_have_value("Bản của thư ký.\nBản của chủ tọa.")
    second.keyboard.press("Enter")
    expect(first.locator(".entry-text")).to_have_text("Bản của thư ký.\nBản của chủ tọa.")
    assert meeting.texts() == ["Bản của thư ký.\nBản của chủ tọa."]
    expect(second.locator("#saving")).to_have_text("Đã lưu")


def test_a_conflict_lives_through_a_reload_and_either_text_can_be_kept(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing()
    first, second = both_edit(windows, meeting)
    second.reload()
    expect(second.locator(".conflict")).to_contain_text("Bản của thư ký.")
    expect(second.locator(".conflict")).to_contain_text("Bản của chủ tọa.")
    second.get_by_role("button", name="Giữ của tôi").click()
    expect(first.locator(".entry-text")).to_have_text("Bản của chủ tọa.")
    assert meeting.texts() == ["Bản của chủ tọa."]


def test_lines_typed_offline_arrive_once_each_and_in_order(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    page = console_of(windows, "thuky", meeting, *OFFLINE)
    follower = ready(windows.open("daibieu", meeting.live))
    write(page, "Trước khi mất mạng.")
    expect(follower.get_by_text("Trước khi mất mạng.")).to_be_visible()
    page.context.set_offline(True)
    lines = ["Dòng một khi mất mạng.", "Dòng hai khi mất mạng.", "Dòng ba khi mất mạng."]
    write(page, *lines)
    expect(page.locator("#saving")).to_have_text("Mất kết nối · 3 dòng chờ gửi")
    waiting = page.locator(".entry.sending .entry-text")
    expect(waiting).to_have_text(lines)
    page.keyboard.type("Đang gõ dở")
    assert meeting.texts() == ["Trước khi mất mạng."]
    page.context.set_offline(False)
    expect(waiting).to_have_count(0)
    expect(page.locator("#saving")).to_have_text("Đã lưu")
    expect(page.locator("#line")).to_have_value("Đang gõ dở")
    expect(page.locator(".entry-text")).to_have_text(["Trước khi mất mạng.", *lines])
    expect(follower.locator(".live-entry .prose")).to_have_text(
        [*reversed(lines), "Trước khi mất mạng."]
    )
    assert meeting.texts() == ["Trước khi mất mạng.", *lines]


def test_lines_that_wait_live_through_a_lost_page(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """The window is closed while lines wait; another one of the same browser sends them."""
    meeting = briefing().begin()
    page = console_of(windows, "thuky", meeting, *OFFLINE)
    page.context.set_offline(True)
    write(page, "Chờ một.", "Chờ hai.")
    expect(page.locator(".entry.sending")).to_have_count(2)
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(meeting.console)
    ready(again)
    expect(again.locator(".entry-text")).to_have_text(["Chờ một.", "Chờ hai."])
    expect(again.locator(".entry.sending")).to_have_count(0)
    assert meeting.texts() == ["Chờ một.", "Chờ hai."]


def test_a_reload_keeps_every_draft(windows: Windows, briefing: Callable[..., Briefing]) -> None:
    meeting = briefing().begin()
    meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text=LINE)
    page = console_of(windows, "thuky", meeting)
    edit_last(page, "Sửa dở dang")
    page.locator("#add-directive").click()
    page.locator("#directive-text").fill("Chỉ đạo đang soạn")
    page.locator("#lead-units").fill("quang son")
    page.keyboard.press("Enter")
    page.locator("#line").fill("Câu đang gõ")
    page.reload()
    ready(page)
    expect(page.locator("#line")).to_have_value("Câu đang gõ")
    expect(page.locator(".editor textarea")).to_have_value("Sửa dở dang")
    expect(page.locator("#directive-text")).to_have_value("Chỉ đạo đang soạn")
    expect(page.locator(".unit-box .chip")).to_contain_text("Quảng Sơn")
    # Once it is saved, nothing of it comes back.
    page.locator("#line").press("Enter")
    expect(page.locator(".entry-text").filter(has_text="Câu đang gõ")).to_be_visible()
    expect(page.locator("#line")).to_have_value("")
    page.reload()
    ready(page)
    expect(page.locator("#line")).to_have_value("")


def test_what_is_refused_stays_with_the_reason(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """The chair closes the meeting while the secretary's line and directive are on their way."""
    meeting = briefing().begin()
    page = console_of(windows, "thuky", meeting, *OFFLINE, "409")
    page.context.set_offline(True)
    write(page, "Ý kiến đến muộn.")
    page.locator("#add-conclusion").click()
    page.locator("#conclusion-text").fill("Kết luận đến muộn.")
    page.locator("#conclusion-text").press("Enter")
    page.locator("#add-conclusion").click()
    page.locator("#conclusion-text").fill("Kết luận thứ hai.")
    page.locator("#conclusion-text").press("Enter")
    page.locator("#add-directive").click()
    page.locator("#directive-text").fill("Chỉ đạo đến muộn.")
    page.locator("#directive-text").press("Control+Enter")
    page.locator("#line").fill("Câu còn gõ dở.")
    meeting.do("chutoa", "meeting.close")
    page.context.set_offline(False)
    refused = page.locator(".entry.failed")
    expect(refused).to_contain_text("Ý kiến đến muộn.")
    expect(refused.get_by_role("alert")).not_to_be_empty()
    expect(page.locator("#saving")).to_contain_text("chưa lưu được")
    expect(page.get_by_text("Câu còn gõ dở.")).to_be_visible()
    for text in ("Kết luận đến muộn.", "Kết luận thứ hai.", "Chỉ đạo đến muộn."):
        kept = page.locator(".side-scroll .unsaved").filter(has_text=text)
        expect(kept).to_be_visible()
        expect(kept.get_by_role("alert")).not_to_be_empty()
    # They wait for the meeting to be opened again.
    page.reload()
    expect(refused).to_contain_text("Ý kiến đến muộn.")
    assert meeting.texts() == []
    meeting.do("thuky", "meeting.reopen", reason="Bổ sung ý kiến")
    expect(page.locator("#line")).to_have_value("Câu còn gõ dở.")
    refused.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".entry:not(.failed) .entry-text")).to_have_text("Ý kiến đến muộn.")
    assert meeting.texts() == ["Ý kiến đến muộn."]
    page.locator("#conclusion-text").press("Enter")
    page.get_by_role("button", name="Soạn tiếp").click()
    expect(page.locator("#conclusion-text")).to_have_value("Kết luận thứ hai.")
    page.locator("#conclusion-text").press("Enter")
    expect(page.locator(".outcome")).to_have_text(
        [re.compile("Kết luận đến muộn."), re.compile("Kết luận thứ hai.")]
    )
