"""A briefing from its opening to its papers: a secretary at the keyboard, two participants
who follow, a records clerk who takes the documents away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pdfplumber
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Briefing, Windows, ready
from tests.server import Server

SERVER = Server
FIRST_LINE = "Thu ngân sách nhà nước đạt 45,76% dự toán tỉnh giao."
SECOND_LINE = "Đề nghị huyện hỗ trợ xã sửa tuyến đường vào buôn trước mùa mưa."
ADDED = " Xã sẽ góp ngày công."
THIRD_LINE = "Dòng này ghi nhầm rồi lấy lại."
CONCLUSION = "Các đơn vị giữ tiến độ giải ngân, không để dồn vào cuối năm."
DIRECTIVE = "Rà soát hộ nghèo, hộ cận nghèo trên địa bàn xã"
REASON = "Đi công tác tỉnh"
STANDS_IN = "Lò Thị Thay"


def tab_to(page: Page, target: Locator, backwards: bool = False) -> None:
    """Press Tab until the target has the focus, as somebody without a mouse does."""
    for _step in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{target} cannot be reached with Tab")


def write(page: Page, text: str) -> None:
    """Type a line and send it."""
    expect(page.locator("#line")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#line")).to_have_value("")


def everywhere(pages: tuple[Page, ...], text: str) -> None:
    for page in pages:
        expect(page.get_by_text(text)).to_be_visible()


def nowhere(pages: tuple[Page, ...], text: str) -> None:
    for page in pages:
        expect(page.get_by_text(text)).to_have_count(0)


def test_from_opening_to_download(
    windows: Windows, briefing: Callable[..., Briefing], tmp_path: Path
) -> None:
    meeting = briefing("Giao ban trọn buổi")

    # The secretary signs in as everybody does.
    console = windows.open(None, "/login")
    expect(console.locator("[name=username]")).to_be_focused()
    console.keyboard.type("thuky")
    console.keyboard.press("Tab")
    console.keyboard.type(meeting.server.password)
    console.keyboard.press("Enter")
    console.wait_for_url("/")
    console.goto(meeting.console)
    ready(console)
    phone = ready(windows.open("daibieu", meeting.live, PHONE))
    desk = ready(windows.open("daibieu2", meeting.live))
    others = (phone, desk)

    check_in(console, phone, desk)
    open_meeting(console, others)
    record(console, others)
    conclude(console, others)
    direct(console, phone, desk)
    correct(console, others)
    remove_and_take_back(console, others)
    mark_attendance(console, desk, meeting)
    close_meeting(console, others)
    assert meeting.texts() == [FIRST_LINE, SECOND_LINE + ADDED, THIRD_LINE]
    download(windows, meeting, tmp_path)


def check_in(console: Page, phone: Page, desk: Page) -> None:
    everywhere((phone, desk), "Cuộc họp chưa khai mạc")
    phone.get_by_role("button", name="Dự trực tuyến").tap()
    expect(phone.get_by_text("Bạn đã điểm danh: dự trực tuyến")).to_be_visible()
    desk.get_by_role("button", name="Có mặt tại hội trường").click()
    expect(desk.get_by_text("Bạn đã điểm danh: có mặt tại hội trường")).to_be_visible()
    # The console shows the list of sites until the meeting is open.
    row = console.locator(".attendee")
    expect(row.filter(has_text="K'Brông").locator("[aria-pressed=true]")).to_have_text("Trực tuyến")
    expect(row.filter(has_text="Cao Đình Khải").locator("[aria-pressed=true]")).to_have_text(
        "Trực tiếp"
    )


def open_meeting(console: Page, others: tuple[Page, ...]) -> None:
    console.keyboard.press("o")
    expect(console.get_by_role("dialog")).to_be_visible()
    console.keyboard.press("Enter")
    everywhere(others, "Cuộc họp đã khai mạc")
    console.keyboard.press("n")
    for page in others:
        expect(page.locator(".live-what")).to_have_text("Báo cáo kinh tế - xã hội")
    expect(console.locator("#line")).to_be_focused()


def record(console: Page, others: tuple[Page, ...]) -> None:
    # Who presents the item is taken to read the report.
    expect(console.locator(".composer .chip")).to_contain_text("Cao Đình Khải")
    write(console, FIRST_LINE)
    everywhere(others, FIRST_LINE)
    # The speaker is chosen without marks and without leaving the line.
    console.keyboard.type("@quang son")
    expect(console.locator("#line-menu [aria-selected=true]")).to_contain_text("K'Brông")
    console.keyboard.press("Enter")
    expect(console.locator(".composer .chip")).to_contain_text("K'Brông")
    write(console, SECOND_LINE)
    for page in others:
        line = page.locator(".live-entry").filter(has_text=SECOND_LINE)
        expect(line).to_contain_text("K'Brông")
        expect(line).to_contain_text("Ý kiến")


def conclude(console: Page, others: tuple[Page, ...]) -> None:
    write(console, f"/kl {CONCLUSION}")
    everywhere(others, CONCLUSION)


def direct(console: Page, phone: Page, desk: Page) -> None:
    console.keyboard.type(f"/cd {DIRECTIVE}")
    console.keyboard.press("Tab")
    leads = console.locator("#lead-units")
    expect(leads).to_be_focused()
    expect(console.locator("#directive-text")).to_have_value(DIRECTIVE)
    console.keyboard.type("quang son")
    expect(console.locator("#lead-units-list [aria-selected=true]")).to_contain_text("Quảng Sơn")
    console.keyboard.press("Enter")
    expect(console.locator(".unit-box .chip")).to_have_count(1)
    console.keyboard.press("Enter")
    expect(console.locator("#supporting-units")).to_be_focused()
    console.keyboard.type("tc-kh")
    expect(console.locator("#supporting-units-list [aria-selected=true]")).to_contain_text("TC-KH")
    console.keyboard.press("Enter")
    expect(console.locator(".unit-box .chip")).to_have_count(2)
    console.keyboard.press("Enter")
    expect(console.locator("#due-kind")).to_be_focused()
    console.keyboard.press("ArrowDown")
    expect(console.locator("#due-kind")).to_have_value("date")
    tab_to(console, console.locator(".due .day"))
    console.keyboard.type("30/11/2026")
    console.keyboard.press("Control+Enter")
    expect(console.locator(".directive")).to_contain_text(DIRECTIVE)
    for page, part in ((phone, "Đơn vị mình chủ trì"), (desk, "Đơn vị mình phối hợp")):
        given = page.locator(".live-directive").filter(has_text=DIRECTIVE)
        expect(given).to_contain_text(part)
        expect(given).to_contain_text("30/11/2026")


def correct(console: Page, others: tuple[Page, ...]) -> None:
    expect(console.locator("#line")).to_be_focused()
    console.keyboard.press("ArrowUp")
    editor = console.locator(".editor textarea")
    expect(editor).to_be_focused()
    expect(editor).to_have_value(SECOND_LINE)
    console.keyboard.type(ADDED)
    console.keyboard.press("Enter")
    everywhere(others, SECOND_LINE + ADDED)


def remove_and_take_back(console: Page, others: tuple[Page, ...]) -> None:
    write(console, THIRD_LINE)
    everywhere(others, THIRD_LINE)
    console.keyboard.press("Escape")
    console.keyboard.press("ArrowUp")
    expect(console.locator(".entry").filter(has_text=THIRD_LINE)).to_be_focused()
    console.keyboard.press("x")
    nowhere(others, THIRD_LINE)
    expect(console.get_by_text("Đã xóa một dòng.")).to_be_visible()
    console.keyboard.press("z")
    everywhere(others, THIRD_LINE)


def mark_attendance(console: Page, desk: Page, meeting: Briefing) -> None:
    console.keyboard.press("a")
    expect(console.locator(".attendee:focus")).to_be_visible()
    # Who is not marked yet comes first: the chair, by protocol.
    expect(console.locator(".attendee:focus")).to_contain_text("Trần Nam Thuần")
    console.keyboard.press("1")
    khai = console.locator(".attendee").filter(has_text="Cao Đình Khải")
    step_to(console, khai)
    console.keyboard.press("2")
    expect(desk.get_by_text("Bạn đã điểm danh: dự trực tuyến")).to_be_visible()
    step_to(console, khai)
    console.keyboard.press("3")
    expect(console.get_by_label("Lý do vắng")).to_be_focused()
    console.keyboard.type(REASON)
    console.keyboard.press("Enter")
    expect(khai).to_contain_text(REASON)
    expect(desk.get_by_text("Thư ký ghi bạn vắng mặt")).to_be_visible()
    step_to(console, khai)
    console.keyboard.press("t")
    expect(khai.get_by_label("Người dự thay")).to_be_focused()
    console.keyboard.type(STANDS_IN)
    console.keyboard.press("Enter")
    expect(desk.get_by_text(f"Dự thay: {STANDS_IN}")).to_be_visible()
    marked = {row["person_id"]: row for row in meeting.all("attendance")}
    assert sorted(row["status"] for row in marked.values()) == [
        "absent",
        "on_site",
        "online",
        "unknown",
        "unknown",
    ]


def step_to(console: Page, row: Locator) -> None:
    """Up and down in the list until the row has the focus."""
    rows = console.locator(".attendee")
    wanted = row.evaluate("row => [...row.parentElement.children].indexOf(row)")
    for _step in range(rows.count()):
        at = console.evaluate(
            "() => [...document.querySelectorAll('.attendee')]"
            ".indexOf(document.activeElement.closest('.attendee'))"
        )
        if at == wanted:
            break
        console.keyboard.press("ArrowDown" if at < wanted else "ArrowUp")
    expect(row).to_be_focused()


def close_meeting(console: Page, others: tuple[Page, ...]) -> None:
    for title in ("Ý kiến của các xã", "Kết luận của chủ trì"):
        console.keyboard.press("Escape")
        console.keyboard.press("n")
        for page in others:
            expect(page.locator(".live-what")).to_have_text(title)
    tab_to(console, console.get_by_role("button", name="Kết thúc cuộc họp"), backwards=True)
    console.keyboard.press("Enter")
    expect(console.get_by_role("dialog")).to_be_visible()
    console.keyboard.press("Enter")
    for page in others:
        expect(page.locator(".live-what")).to_contain_text("Cuộc họp đã kết thúc")
        expect(page.get_by_role("link", name="Văn bản của cuộc họp")).to_be_visible()
    expect(console.get_by_text("Nội dung chỉ để xem.")).to_be_visible()
    expect(console.locator("#line")).to_have_count(0)


def download(windows: Windows, meeting: Briefing, folder: Path) -> None:
    clerk = windows.open("vanthu", meeting.documents)
    minutes = saved(clerk, "Biên bản cuộc họp", folder)
    for words in (FIRST_LINE, SECOND_LINE + ADDED, THIRD_LINE, CONCLUSION, DIRECTIVE, REASON):
        assert squeezed(words) in minutes
    conclusions = saved(clerk, "Thông báo kết luận", folder)
    for words in (CONCLUSION, DIRECTIVE, "xã Quảng Sơn", "30/11/2026"):
        assert squeezed(words) in conclusions
    # The notice tells what was decided, not who said what.
    assert squeezed(SECOND_LINE) not in conclusions


def saved(page: Page, name: str, folder: Path) -> str:
    """Download a document as a reader does; its text without spaces."""
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(f"PDF.*{name}")).click()
    expect(page.locator(".document-state .done").filter(has_text="pdf").last).to_be_visible()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".pdf"
    with pdfplumber.open(file) as pdf:
        lines = [page.extract_text() or "" for page in pdf.pages]
        # Lines run across a table's columns, so its cells are read one by one as well.
        tables = [table for page in pdf.pages for table in page.extract_tables()]
    cells = [cell or "" for table in tables for row in table for cell in row]
    return squeezed("".join(lines + cells))


def squeezed(text: str) -> str:
    """Without spaces and line ends, which are the layout's own."""
    return "".join(unicodedata.normalize("NFC", text).split())
