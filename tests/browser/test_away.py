"""A window that was out of touch: for a moment, for hours, or for good."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    ARGUMENTS,
    KEPT,
    PATIENCE_MS,
    PHONE,
    Briefing,
    Windows,
    ready,
)
from tests.browser.test_nothing_lost import OFFLINE, edit_last, write
from tests.server import until

BLIP_MS = 3000


def away(page: Page, meanwhile: Callable[[], Any]) -> None:
    """Take the network away for longer than a blip; the page's own clock is set on instead of
    waiting."""
    page.context.set_offline(True)
    meanwhile()
    page.clock.fast_forward(BLIP_MS + 1000)
    offline = page.locator("#saving.saving-bad, #live-link span")
    expect(offline.first).to_be_visible()
    page.context.set_offline(False)


def with_clock(windows: Windows, username: str, path: str, *size: Any) -> Page:
    page = windows.open(username, "/login", *size, expected=OFFLINE)
    page.clock.install()
    page.goto(path)
    return ready(page)


def test_a_participant_learns_what_was_missed(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    page = with_clock(windows, "daibieu", meeting.live, PHONE)
    expect(page.locator(".missed")).to_be_hidden()

    def meanwhile() -> None:
        meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text="Xã báo cáo.")
        meeting.do("thuky", "conclusion.add", text="<b>Giữ</b> tiến độ.")
        meeting.do("chutoa", "agenda.advance", from_item=meeting.items[0])
        # One's own doing, here on another machine, is no news.
        meeting.do("daibieu", "attendance.check_in", mode="online")

    away(page, meanwhile)
    expect(page.locator(".missed-count")).to_have_text("Bạn đã lỡ 3 thay đổi")
    expect(page.locator("#live-link span")).to_have_count(0)
    page.locator(".missed summary").click()
    told = page.locator(".missed li span")
    expect(told).to_have_count(3)
    expect(told.nth(0)).to_contain_text("ghi thêm: Xã báo cáo.")
    expect(told.nth(1)).to_contain_text("thêm kết luận: <b>Giữ</b> tiến độ.")
    expect(told.nth(2)).to_contain_text("chuyển mục: Ý kiến của các xã")
    page.get_by_role("button", name="Đóng thông báo").click()
    expect(page.locator(".missed")).to_be_hidden()


def test_the_secretary_learns_what_the_chair_did_meanwhile(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """More than can be listed: the newest twenty, and how many besides."""
    meeting = briefing().begin()
    page = with_clock(windows, "thuky", meeting.console)

    def meanwhile() -> None:
        for number in range(22):
            meeting.do("chutoa", "conclusion.add", text=f"Kết luận {number + 1}.")

    away(page, meanwhile)
    expect(page.locator(".missed-count")).to_have_text("Bạn đã lỡ 22 thay đổi")
    page.locator(".missed summary").click()
    expect(page.locator(".missed li")).to_have_count(20)
    expect(page.locator(".missed li").last).to_contain_text("Kết luận 22.")
    expect(page.get_by_text("và 2 thay đổi khác trước đó")).to_be_visible()
    expect(page.locator("#saving")).to_have_text("Đã lưu")


# Remembers whatever the quiet regions say from now on.
LISTEN = """() => {
  window.said = [];
  const look = () => {
    for (const region of document.querySelectorAll('#live-link, .missed-count, #saving')) {
      const text = region.textContent.trim();
      if (text && text !== 'Đã lưu') window.said.push(text);
    }
  };
  const all = { childList: true, characterData: true, subtree: true };
  new MutationObserver(look).observe(document.body, all);
}"""


@pytest.mark.parametrize(("username", "place"), [("daibieu", "live"), ("thuky", "console")])
def test_a_blip_stays_quiet(
    windows: Windows, briefing: Callable[..., Briefing], username: str, place: str
) -> None:
    meeting = briefing().begin()
    page = with_clock(windows, username, f"{meeting.page}/{place}")
    heard: list[str] = []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(frame))
    )
    page.evaluate(LISTEN)
    page.context.set_offline(True)
    meeting.do("chutoa", "discussion.add", item_id=meeting.items[0], text="Trong lúc chớp.")
    page.clock.run_for(1000)
    page.context.set_offline(False)
    expect(page.get_by_text("Trong lúc chớp.").first).to_be_visible()
    # The answer to the new subscription.
    until(lambda: page.title() and any('"revision"' in frame for frame in heard), "the return")
    page.clock.run_for(BLIP_MS + 1000)
    assert page.evaluate("window.said") == []


def test_lines_of_two_writers_are_merged_by_line(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """Offline, the secretary adds two lines and changes one; meanwhile the chair adds one and
    changes another, and both change a third."""
    meeting = briefing().begin()
    lines = [
        meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text=f"Dòng {letter}.")
        for letter in "ABC"
    ]
    page = ready(windows.open("thuky", meeting.console, expected=(*OFFLINE, "409")))
    page.context.set_offline(True)
    page.locator(f"#entry-{lines[0]['id']} .entry-text").click()
    page.locator(f"#edit-{lines[0]['id']}").fill("Dòng A của thư ký.")
    page.locator(f"#edit-{lines[0]['id']}").press("Enter")
    edit_last(page, "Dòng C <i>của thư ký</i>.")
    page.keyboard.press("Enter")
    write(page, "Dòng D của thư ký.", "Dòng E của thư ký.")
    for line, text in ((lines[1], "Dòng B của chủ tọa."), (lines[2], "Dòng C của chủ tọa.")):
        meeting.do(
            "chutoa",
            "discussion.update",
            entry_id=line["id"],
            base_revision=line["revision"],
            text=text,
        )
    meeting.do("chutoa", "discussion.add", item_id=meeting.items[0], text="Dòng F của chủ tọa.")
    page.context.set_offline(False)
    expect(page.locator("#saving")).to_have_text("Xung đột: 1 chỗ")
    conflict = page.locator(".conflict")
    for again in (False, True):
        if again:
            page.reload()
        expect(conflict).to_contain_text("Dòng C <i>của thư ký</i>.")
        expect(conflict).to_contain_text("Dòng C của chủ tọa.")
    expect(page.locator(".entry-text")).to_have_text(
        [
            "Dòng A của thư ký.",
            "Dòng B của chủ tọa.",
            "Dòng F của chủ tọa.",
            "Dòng D của thư ký.",
            "Dòng E của thư ký.",
        ]
    )
    page.get_by_role("button", name="Lấy bản kia").click()
    expect(page.locator("#saving")).to_have_text("Đã lưu")
    assert sorted(meeting.texts()) == [
        "Dòng A của thư ký.",
        "Dòng B của chủ tọa.",
        "Dòng C của chủ tọa.",
        "Dòng D của thư ký.",
        "Dòng E của thư ký.",
        "Dòng F của chủ tọa.",
    ]


# --- The browser itself is killed -----------------------------------------------------------------


def killed(profile: Path) -> None:
    """Kill the Chromium that works in this profile, as a power cut would."""
    lock = profile / "SingletonLock"
    process = int(os.readlink(lock).rpartition("-")[2])
    os.kill(process, signal.SIGKILL)

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0] == "Z"
        except FileNotFoundError:
            return True

    until(is_gone, "the end of Chromium")
    lock.unlink()


def test_a_killed_browser_loses_nothing(
    chromium: Browser, briefing: Callable[..., Briefing], tmp_path: Path
) -> None:
    meeting = briefing().begin()
    profile = tmp_path / "profile"
    playwright = chromium.browser_type

    def start() -> Any:
        context = playwright.launch_persistent_context(
            profile,
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=ARGUMENTS,
            base_url=meeting.server.url,
            locale="vi-VN",
        )
        context.set_default_timeout(PATIENCE_MS)
        return context

    def console() -> Page:
        form = {"username": "thuky", "password": meeting.server.password}
        context.request.post("/login", form=form)
        page = context.new_page()
        page.goto(meeting.console)
        return ready(page)

    context = start()
    page = console()
    context.set_offline(True)
    write(page, "Một.", "Hai.", "Ba.")
    page.locator("#add-conclusion").click()
    page.locator("#conclusion-text").fill("Kết luận đang soạn")
    page.locator("#line").click()
    page.keyboard.type("Bốn, đang gõ d")
    page.keyboard.type("ở")
    page.wait_for_function(KEPT, arg="Bốn, đang gõ dở")
    killed(profile)
    # The session has ended with the browser; what was written has not.
    context = start()
    page = console()
    expect(page.locator("#line")).to_have_value("Bốn, đang gõ dở")
    expect(page.locator("#conclusion-text")).to_have_value("Kết luận đang soạn")
    expect(page.locator(".entry:not(.sending) .entry-text")).to_have_text(["Một.", "Hai.", "Ba."])
    assert meeting.texts() == ["Một.", "Hai.", "Ba."]
    context.close()


# --- Who else uses this browser -------------------------------------------------------------------


def test_another_account_of_the_browser_neither_sees_nor_sends_what_waits(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """The session ends while lines wait; the chair signs in on the same machine, with the
    secretary's window still open."""
    meeting = briefing().begin()
    page = ready(windows.open("thuky", meeting.console, expected=(*OFFLINE, "401")))
    page.context.set_offline(True)
    write(page, "Dòng của thư ký.")
    page.locator("#line").fill("Đang gõ")
    own = page.context.cookies()
    page.context.clear_cookies()
    form = {"username": "chutoa", "password": meeting.server.password}
    # (The machine is offline for its pages, not for the test.)
    page.context.request.post("/login", form=form)
    page.context.set_offline(False)
    expect(page.locator("#saving")).to_contain_text("Hết phiên đăng nhập, nội dung vẫn giữ")
    expect(page.locator(".entry.sending .entry-text")).to_have_text("Dòng của thư ký.")
    other = page.context.new_page()
    other.goto(meeting.console)
    ready(other)
    expect(other.locator("#line")).to_have_value("")
    expect(other.locator(".entry")).to_have_count(0)
    assert meeting.texts() == []
    # The secretary is back: the page goes on by itself.
    other.close()
    page.context.clear_cookies()
    page.context.add_cookies(own)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#saving")).to_have_text("Đã lưu")
    expect(page.locator("#line")).to_have_value("Đang gõ")
    assert meeting.texts() == ["Dòng của thư ký."]


def test_two_windows_of_one_reader_send_each_line_once(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """The second window finds the first one's line waiting, but not its half-typed one."""
    meeting = briefing().begin()
    first = ready(windows.open("thuky", meeting.console, expected=OFFLINE))
    second = first.context.new_page()
    second.goto(meeting.console)
    ready(second)
    first.locator("#line").fill("Đang gõ ở cửa sổ một")
    first.context.set_offline(True)
    write(second, "Từ cửa sổ hai.")
    first.locator("#line").fill("Từ cửa sổ một.")
    first.locator("#line").press("Enter")
    first.locator("#line").fill("Đang gõ ở cửa sổ một")
    first.context.set_offline(False)
    for page in (first, second):
        expect(page.locator(".entry.sending")).to_have_count(0)
        expect(page.locator(".entry-text")).to_have_count(2)
        expect(page.locator("#saving")).to_have_text("Đã lưu")
    third = first.context.new_page()
    third.goto(meeting.console)
    ready(third)
    expect(third.locator("#line")).to_have_value("")
    expect(third.locator(".entry-text")).to_have_count(2)
    assert sorted(meeting.texts()) == ["Từ cửa sổ hai.", "Từ cửa sổ một."]
    # A window that is closed leaves its draft to the next.
    first.close()
    third.reload()
    expect(third.locator("#line")).to_have_value("Đang gõ ở cửa sổ một")


# --- A browser that keeps nothing, and one that kept it elsewhere ---------------------------


def test_a_browser_that_refuses_to_keep_says_so(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    page = windows.open("thuky", "/login", expected=OFFLINE)
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('refused'); };")
    page.goto(meeting.console)
    ready(page)
    expect(page.locator("#saving")).to_contain_text("đóng trang sẽ mất phần chưa lưu")
    write(page, "Vẫn ghi được.")
    expect(page.locator(".entry:not(.sending) .entry-text")).to_have_text("Vẫn ghi được.")
    assert meeting.texts() == ["Vẫn ghi được."]


def test_what_an_earlier_version_kept_is_taken_over_once(
    windows: Windows, briefing: Callable[..., Briefing], person_of: Callable[[str], int]
) -> None:
    meeting = briefing().begin()
    page = windows.open("thuky", "/login")
    page.evaluate(
        """([owner, item]) => {
          const command = { id: 'cu-1', name: 'discussion.add', at: 1,
                            args: { item_id: item, kind: 'note', text: 'Dòng cũ.' } };
          localStorage.setItem(`outbox:${owner}:cu-1`, JSON.stringify(command));
          const line = { text: 'Câu cũ dở', kind: 'opinion', speaker: null, error: '' };
          const drafts = JSON.stringify({ line, edits: {}, failed: [] });
          localStorage.setItem(`draft:console:${owner}`, drafts);
        }""",
        [f"{person_of('thuky')}:{meeting.id}", meeting.items[0]],
    )
    page.goto(meeting.console)
    ready(page)
    expect(page.locator("#line")).to_have_value("Câu cũ dở")
    expect(page.locator(".entry:not(.sending) .entry-text")).to_have_text("Dòng cũ.")
    assert page.evaluate("Object.keys(localStorage)") == []
    page.reload()
    ready(page)
    expect(page.locator("#line")).to_have_value("Câu cũ dở")
    assert meeting.texts() == ["Dòng cũ."]


def test_what_waits_shows_before_the_meeting_can_be_loaded(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """The page comes from the server, then the network goes: nothing of the meeting is there
    yet, but what was written is."""
    meeting = briefing().begin()
    page = ready(windows.open("thuky", meeting.console, expected=(*OFFLINE, "ERR_FAILED")))
    page.context.set_offline(True)
    write(page, "Dòng còn chờ.")
    page.locator("#line").fill("Câu gõ dở")
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.route("**/api/**", lambda route: route.abort())
    page.route("**/socket.io/**", lambda route: route.abort())
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto(meeting.console)
    expect(page.locator(".held li")).to_have_text(["Dòng còn chờ.", "Câu gõ dở"])
    expect(page.get_by_role("status").first).to_have_text(
        "Chưa kết nối được máy chủ, đang thử lại…"
    )
