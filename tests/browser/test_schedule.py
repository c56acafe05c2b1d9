"""A meeting is scheduled, its agenda put in order, people are invited, and it is cancelled."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Windows

TITLE = "Giao ban tháng 12 của huyện"
PLACE = "Hội trường tầng 2"
REASON = "Lãnh đạo huyện đi họp tỉnh"
ITEMS = ("Báo cáo tháng", "Ý kiến các xã", "Giải ngân vốn đầu tư", "Kết luận")


def test_from_the_form_to_the_cancellation(windows: Windows) -> None:
    secretary = windows.open("thuky", "/meetings", expected=("/meetings/new",))
    secretary.get_by_role("link", name="Lập lịch họp").click()
    fill_in(secretary)
    address = secretary.url
    # The chair looks at the same page meanwhile.
    chair = windows.open("chutoa", address)
    expect(chair.get_by_role("heading", name=TITLE)).to_be_visible()
    for position, title in enumerate(ITEMS, 1):
        add_item(secretary, title, position)
    order(secretary, chair, list(ITEMS))
    reorder(secretary, chair)
    change_and_remove(secretary, chair)
    invite(secretary, chair)

    guest = windows.open("daibieu", "/meetings", PHONE)
    expect(guest.get_by_role("link", name=TITLE)).to_be_visible()
    guest.goto(address)
    expect(guest.locator("#agenda").get_by_text(ITEMS[0])).to_be_visible()
    expect(guest.get_by_role("button", name="Hủy họp…")).to_have_count(0)
    stranger = windows.open("khach", "/meetings", expected=(address, "404 "))
    expect(stranger.get_by_text(TITLE)).to_have_count(0)
    for path in ("", "/live", "/console", "/documents"):
        answer = stranger.goto(address + path)
        assert answer
        assert answer.status == 404
        expect(stranger.get_by_text(TITLE)).to_have_count(0)

    cancel(secretary)
    for page in (chair, guest):
        expect(page.get_by_text(REASON)).to_be_visible()
    guest.goto("/meetings")
    row = guest.locator("li", has=guest.get_by_role("link", name=TITLE))
    expect(row).to_contain_text("Đã hủy")


def fill_in(page: Page) -> None:
    """The form: first with an end before the beginning, then rightly."""
    page.get_by_label("Tên cuộc họp").fill(TITLE)
    page.get_by_label("Ngày họp").fill("2030-12-05")
    page.get_by_label("Bắt đầu").fill("10:00")
    page.get_by_label("Kết thúc").fill("09:00")
    page.get_by_label("Địa điểm").fill(PLACE)
    page.get_by_label("Lọc theo tên").fill("tran nam thuan")
    page.get_by_label("Trần Nam Thuần").check()
    page.get_by_role("button", name="Lập lịch họp").click()
    end = page.get_by_label("Kết thúc")
    expect(end).to_have_attribute("aria-invalid", "true")
    expect(end).to_be_focused()
    expect(page.locator("#end-error")).not_to_be_empty()
    expect(page.get_by_label("Tên cuộc họp")).to_have_value(TITLE)
    expect(page.get_by_label("Ngày họp")).to_have_value("2030-12-05")
    expect(page.get_by_label("Địa điểm")).to_have_value(PLACE)
    expect(page.get_by_label("Trần Nam Thuần")).to_be_checked()
    end.fill("11:30")
    page.get_by_role("button", name="Lập lịch họp").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.locator(".meeting-facts")).to_contain_text("10:00–11:30")
    expect(page.locator(".meeting-facts")).to_contain_text("Trần Nam Thuần")


def add_item(page: Page, title: str, position: int) -> None:
    """An item through the line below the agenda, with the keyboard."""
    line = page.locator("#add-title")
    line.click()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(page.locator(".agenda-item")).to_have_count(position)
    expect(line).to_have_value("")
    expect(line).to_be_focused()


def order(secretary: Page, chair: Page, titles: list[str]) -> None:
    """Both windows show the agenda in this order."""
    for page in (secretary, chair):
        expect(page.locator(".agenda-title")).to_have_text(titles)


def reorder(secretary: Page, chair: Page) -> None:
    one, two, three, four = ITEMS
    rows = secretary.locator(".agenda-item")
    rows.nth(2).locator(".agenda-handle").drag_to(rows.nth(0), target_position={"x": 20, "y": 2})
    order(secretary, chair, [three, one, two, four])
    rows.nth(0).focus()
    secretary.keyboard.press("Alt+ArrowDown")
    order(secretary, chair, [one, three, two, four])
    # The item keeps the focus on its way, so that it can go further.
    expect(rows.nth(1)).to_be_focused()
    secretary.keyboard.press("Alt+ArrowDown")
    order(secretary, chair, [one, two, three, four])
    expect(rows.nth(2)).to_be_focused()
    secretary.keyboard.press("Alt+ArrowUp")
    order(secretary, chair, [one, three, two, four])
    # The other leader orders it, too; the times of day follow the order.
    chair.get_by_role("button", name=f"Chuyển lên: {two}").click()
    order(secretary, chair, list(ITEMS))
    expect(rows.nth(1).locator(".agenda-time")).to_have_text("10:10–10:20")


def change_and_remove(secretary: Page, chair: Page) -> None:
    secretary.get_by_role("button", name=f"Sửa: {ITEMS[1]}").click()
    minutes = secretary.locator("#edit-minutes")
    minutes.fill("")
    minutes.press("Enter")
    expect(secretary.locator("#edit-minutes-error")).to_be_visible()
    minutes.fill("25")
    minutes.press("Enter")
    expect(chair.locator(".agenda-item").nth(1)).to_contain_text("25 phút")
    secretary.get_by_role("button", name=f"Bỏ khỏi chương trình: {ITEMS[2]}").click()
    order(secretary, chair, [ITEMS[0], ITEMS[1], ITEMS[3]])
    secretary.get_by_role("button", name="Hoàn tác").click()
    order(secretary, chair, list(ITEMS))


def invite(secretary: Page, chair: Page) -> None:
    secretary.get_by_role("button", name="Mời dự họp…").click()
    dialog = secretary.get_by_role("dialog")
    search = dialog.get_by_role("searchbox")
    expect(search).to_be_focused()
    search.fill("quang son")
    dialog.get_by_label("UBND xã Quảng Sơn").check()
    expect(dialog.get_by_label("K'Brông")).to_be_checked()
    dialog.get_by_role("button", name="Mời 1 người").click()
    expect(dialog).to_have_count(0)
    for page in (secretary, chair):
        expect(page.locator("#people")).to_contain_text("K'Brông")


def cancel(page: Page) -> None:
    page.get_by_role("button", name="Hủy họp…").click()
    page.get_by_role("dialog").get_by_label("Lý do").fill(REASON)
    page.get_by_role("dialog").get_by_role("button", name="Hủy cuộc họp").click()
    expect(page.get_by_text(REASON)).to_be_visible()
