"""Plain forms: what is sent too late or next to somebody else is not lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows

TITLE = "Giao ban hết phiên"
TEXT = "Mỗi xã chuẩn bị một báo cáo.\nBáo cáo không quá hai trang."


def sent_too_late(windows: Windows) -> Page:
    """A meeting's form, sent after the session has ended: the sign-in page."""
    # (Who signs in afterwards may not schedule meetings.)
    page = windows.open("thuky", "/meetings/new", expected=("/meetings/new",))
    page.get_by_label("Tên cuộc họp").fill(TITLE)
    page.get_by_label("Ngày họp").fill("2031-03-04")
    page.get_by_label("Bắt đầu").fill("14:30")
    page.get_by_label("Kết thúc").fill("16:00")
    page.get_by_label("Đơn vị tổ chức").select_option(label="\u2003Phòng Tài chính - Kế hoạch")
    page.get_by_label("Nội dung, yêu cầu chuẩn bị").fill(TEXT)
    page.get_by_label("Trần Nam Thuần").check()
    page.get_by_label("Bản nháp").check()
    page.context.clear_cookies()
    page.get_by_role("button", name="Lập lịch họp").click()
    expect(page.get_by_role("alert")).to_contain_text("Phiên đăng nhập đã hết")
    expect(page.get_by_role("alert")).to_contain_text("Trình duyệt này đang giữ nội dung đó")
    return page


def sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/meetings/new")


def test_a_form_sent_after_the_session_s_end_comes_back_filled_in(windows: Windows) -> None:
    page = sent_too_late(windows)
    sign_in(page, "thuky", windows.server.password)
    expect(page.locator("#filled-again")).to_contain_text("chưa lưu")
    expect(page.get_by_label("Tên cuộc họp")).to_have_value(TITLE)
    expect(page.get_by_label("Ngày họp")).to_have_value("2031-03-04")
    expect(page.get_by_label("Nội dung, yêu cầu chuẩn bị")).to_have_value(TEXT)
    expect(page.get_by_label("Trần Nam Thuần")).to_be_checked()
    expect(page.get_by_label("Bản nháp")).to_be_checked()
    expect(page.locator("output[data-says]")).to_contain_text("14:30")
    unit = page.get_by_label("Đơn vị tổ chức")
    assert "Tài chính" in unit.evaluate("field => field.selectedOptions[0].textContent")
    page.get_by_role("button", name="Lập lịch họp").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    # It is saved: nothing of it comes back.
    page.goto("/meetings/new")
    expect(page.get_by_label("Tên cuộc họp")).to_have_value("")
    expect(page.locator("#filled-again")).to_be_hidden()


def test_another_account_does_not_get_what_was_typed(windows: Windows) -> None:
    page = sent_too_late(windows)
    sign_in(page, "chutoa", windows.server.password)
    page.wait_for_function("sessionStorage.length === 0")
    assert TITLE not in page.content()


def test_a_password_is_not_kept(windows: Windows) -> None:
    page = windows.open("quantri", "/people/new")
    page.get_by_label("Họ và tên").fill("Lý Thị Mới")
    page.get_by_role("button", name="Thêm").click()
    page.get_by_label("Tên đăng nhập").fill("lythimoi")
    page.wait_for_load_state("networkidle")  # every answer renews the session
    page.get_by_label("Mật khẩu", exact=True).fill("mat-khau-rat-dai")
    page.get_by_role("button", name="Hiện mật khẩu").click()
    page.context.clear_cookies()
    page.get_by_role("button", name="Cấp tài khoản").click()
    expect(page.get_by_role("alert")).to_contain_text("đang giữ nội dung đó")
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "lythimoi" in kept
    assert "mat-khau-rat-dai" not in kept
