"""Papers in the browser: handed in on the meeting's page, read on desk and phone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from weasyprint import HTML

from tests.browser.conftest import DESKTOP, PHONE, Briefing, Windows, picture
from tests.papers.samples import image, office, script

FLAWS = Path(__file__).with_name("flaws.js").read_text()


@pytest.fixture(scope="module")
def report() -> bytes:
    """A report of three pages with Vietnamese text."""
    pages = "".join(
        f"<h1>Báo cáo kinh tế - xã hội, phần {number}</h1>"
        f"<p>{'Thu ngân sách đạt 45,76% dự toán; giải ngân vốn đầu tư công còn chậm. ' * 20}</p>"
        for number in (1, 2, 3)
    )
    style = "<style>h1 { break-before: page; font: bold 20pt serif } p { font: 14pt serif }</style>"
    made: bytes = HTML(string=f"<html lang=vi>{style}{pages}").write_pdf()
    return made


def flawless(page: Page) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate(f"({FLAWS})({width})") == []


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def hand_in(page: Page, *files: dict[str, Any]) -> None:
    page.locator("#paper-files").set_input_files(list(files))
    page.locator("#paper-add [type=submit]").click()


def number_of(page: Page, title: str) -> str:
    """The paper's id, from the link to it."""
    link = page.get_by_role("link", name=title, exact=True)
    return str(link.get_attribute("href")).rpartition("/")[2]


def test_papers_are_handed_in_shown_changed_and_taken_back(
    windows: Windows, briefing: Callable[..., Briefing], report: bytes
) -> None:
    meeting = briefing("Giao ban có tài liệu")
    secretary = windows.open("thuky", meeting.page, expected=("422 ",))
    phone = windows.open("daibieu", meeting.page, PHONE)
    expect(phone.locator("#papers .empty")).to_be_visible()
    expect(secretary.locator("#papers .empty-title")).to_have_text("Chưa có tài liệu nào")
    picture(secretary, "papers-empty-desk")
    picture(phone, "papers-empty-phone")

    # Several at once, to an item; what is refused says why and keeps its line.
    secretary.locator("#paper-item").select_option(label="Báo cáo kinh tế - xã hội")
    hand_in(
        secretary,
        file("Báo cáo tháng.pdf", report),
        file("Biểu số liệu.xlsx", office("xlsx")),
        file("Có mã lệnh.pdf", script()),
    )
    expect(secretary.get_by_role("link", name="Báo cáo tháng", exact=True)).to_be_visible()
    expect(secretary.get_by_role("link", name="Biểu số liệu", exact=True)).to_be_visible()
    for page in (secretary, phone):
        expect(page.locator("#papers .part")).to_have_text(["Báo cáo kinh tế - xã hội"])
    refused = secretary.locator(".upload", has_text="Có mã lệnh.pdf")
    expect(refused.locator(".field-error")).to_contain_text("JavaScript")
    expect(phone.get_by_role("link", name="Báo cáo tháng", exact=True)).to_be_visible()
    flawless(secretary)
    flawless(phone)
    picture(secretary, "papers-desk")
    refused.get_by_role("button", name="Đóng").click()
    expect(secretary.locator(".upload")).to_have_count(0)

    # For one unit only: it leaves the page of the others.
    row = secretary.locator(".paper-row", has_text="Biểu số liệu")
    row.get_by_role("button", name="Sửa: Biểu số liệu").click()
    secretary.locator("#edit-visible").select_option("units")
    secretary.locator(".paper-form [type=submit]").click()
    expect(secretary.locator(".paper-form [role=alert]")).to_contain_text("ít nhất một đơn vị")
    secretary.locator(".paper-form").get_by_label("Phòng TC-KH").check()
    secretary.locator("#edit-paper-title").fill("Biểu riêng")
    picture(secretary, "papers-edit-desk")
    secretary.locator(".paper-form [type=submit]").click()
    expect(secretary.locator(".paper-row", has_text="Biểu riêng")).to_contain_text("Chỉ: ")
    expect(phone.get_by_text("Biểu số liệu")).to_have_count(0)
    expect(phone.get_by_text("Biểu riêng")).to_have_count(0)
    # To another place, and only that.
    row = secretary.locator(".paper-row", has_text="Biểu riêng")
    row.get_by_role("button", name="Sửa: Biểu riêng").click()
    secretary.locator("#edit-paper-item").select_option(label="Tài liệu chung")
    secretary.locator(".paper-form [type=submit]").click()
    expect(secretary.locator("#papers .part")).to_have_text(
        ["Tài liệu chung", "Báo cáo kinh tế - xã hội"]
    )
    expect(row).to_contain_text("Chỉ: Phòng TC-KH")

    # A commune hands in; the secretary releases it, and takes that back.
    hand_in(phone, file("Báo cáo xã.docx", office()))
    sent = phone.locator(".paper-row", has_text="Báo cáo xã")
    expect(sent.locator(".badge")).to_have_text("Đã gửi thư ký, chờ phát hành")
    flawless(phone)
    picture(phone, "papers-phone")
    waiting = secretary.locator(".paper-row", has_text="Báo cáo xã")
    waiting.get_by_role("button", name="Phát hành").click()
    expect(waiting.locator(".badge")).to_have_count(0)
    expect(sent.locator(".badge")).to_have_count(0)
    secretary.locator(".toast").get_by_role("button", name="Hoàn tác").click()
    expect(sent.locator(".badge")).to_be_visible()

    # A new version; the old one stays.
    row = secretary.locator(".paper-row", has_text="Báo cáo tháng")
    row.get_by_role("button", name="Sửa: Báo cáo tháng").click()
    second = file("Bản hai.pdf", report.replace(b"%%EOF", b"%%EOF\n"))
    secretary.locator(".paper-form input[type=file]").set_input_files([second])
    expect(row.locator(".paper-meta")).to_contain_text("bản 2")
    # Taken back, and put there again.
    row.get_by_role("button", name="Bỏ tài liệu: Báo cáo tháng").click()
    expect(row).to_have_count(0)
    secretary.locator(".toast").get_by_role("button", name="Hoàn tác").last.click()
    expect(row).to_be_visible()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Tải tất cả (ZIP)").click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert sorted(name.rpartition("/")[2] for name in names) == ["Báo cáo xã.docx", "Bản hai.pdf"]


def test_a_pdf_is_read_page_by_page_on_desk_and_phone(
    windows: Windows, briefing: Callable[..., Briefing], report: bytes
) -> None:
    meeting = briefing("Giao ban đọc tài liệu").begin()
    # The big screen's command may not be there: then its answer is shown.
    secretary = windows.open("thuky", meeting.page, expected=("422 ",))
    hand_in(secretary, file("Báo cáo.pdf", report))
    number = number_of(secretary, "Báo cáo")
    secretary.get_by_role("link", name="Báo cáo", exact=True).click()
    phone = windows.open("daibieu", f"{meeting.page}/papers/{number}", PHONE)
    for page in (secretary, phone):
        expect(page.locator("#sheet[data-page='1'] .textLayer")).to_contain_text("phần 1")
        assert drawn(page)
        flawless(page)
    picture(secretary, "reader-desk")
    picture(phone, "reader-phone")
    phone.get_by_role("button", name="Trang sau").tap()
    expect(phone.locator("#sheet[data-page='2'] .textLayer")).to_contain_text("phần 2")
    expect(phone.locator("#page")).to_have_value("2")
    wide = phone.evaluate("document.getElementById('canvas').clientWidth")
    phone.get_by_role("button", name="Phóng to").tap()
    phone.wait_for_function(f"document.getElementById('canvas').clientWidth > {wide * 1.2}")
    flawless(phone)

    # By keys, and by number.
    secretary.locator("#stage").focus()
    secretary.keyboard.press("ArrowRight")
    expect(secretary.locator("#sheet[data-page='2']")).to_be_visible()
    secretary.keyboard.press("End")
    expect(secretary.locator("#sheet[data-page='3'] .textLayer")).to_contain_text("phần 3")
    expect(secretary.get_by_role("button", name="Trang sau")).to_be_disabled()
    secretary.locator("#page").fill("9")
    secretary.keyboard.press("Enter")
    expect(secretary.locator("#page")).to_have_value("3")
    secretary.reload()
    expect(secretary.locator("#sheet[data-page='3']")).to_be_visible()
    with secretary.expect_request("**/commands") as asked:
        secretary.get_by_role("button", name="Chiếu trang này lên màn hình lớn").click()
    assert asked.value.post_data_json == {
        "name": "screen.show",
        "args": {"what": "paper", "ref": int(number), "page": 3},
    }
    expect(secretary.locator(".toast")).to_be_visible()
    expect(phone.locator("#to-screen")).to_have_count(0)


def drawn(page: Page) -> bool:
    """Whether anything but white is on the sheet."""
    return bool(
        page.evaluate(
            """() => {
              const canvas = document.getElementById('canvas');
              const { width, height } = canvas;
              const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
              return data.some((value, at) => at % 4 === 0 && value < 100);
            }"""
        )
    )


def test_notes_stay_ones_own_and_remarks_are_collected(
    windows: Windows, briefing: Callable[..., Briefing], report: bytes
) -> None:
    meeting = briefing("Giao ban góp ý")
    secretary = windows.open("thuky", meeting.page)
    hand_in(secretary, file("Dự thảo.pdf", report))
    number = number_of(secretary, "Dự thảo")
    path = f"{meeting.page}/papers/{number}"
    phone = windows.open("daibieu", path, PHONE, expected=("409 ",))
    other = windows.open("daibieu", path, expected=("409 ",))
    for page in (phone, other):
        expect(page.locator("#note")).to_be_enabled()
    phone.locator("#note").fill("Hỏi về vốn đối ứng.")
    expect(phone.locator("#note-state")).to_have_text("Đã lưu")
    # The other window learns of it when it saves, and loses nothing.
    other.locator("#note").fill("Hỏi về tiến độ.")
    expect(other.locator("#note-conflict")).to_be_visible()
    expect(other.locator("#note-other")).to_have_text("Hỏi về vốn đối ứng.")
    picture(other, "reader-conflict-desk")
    other.get_by_role("button", name="Giữ chữ tôi đang viết").click()
    expect(other.locator("#note-state")).to_have_text("Đã lưu")
    phone.reload()
    expect(phone.locator("#note")).to_have_value("Hỏi về tiến độ.")

    expect(phone.locator("#sheet[data-page='1']")).to_be_visible()
    phone.get_by_role("button", name="Trang sau").tap()
    expect(phone.locator("#sheet[data-page='2']")).to_be_visible()
    phone.locator("#remark").fill("Số liệu thu ngân sách của xã chưa khớp.")
    phone.get_by_role("button", name="Gửi góp ý").tap()
    expect(phone.locator("#remarks")).to_contain_text("trang 2")
    flawless(phone)
    picture(phone, "reader-remark-phone")
    expect(secretary.get_by_role("link", name="Ý kiến góp ý (1)")).to_be_visible()
    secretary.get_by_role("link", name="Ý kiến góp ý (1)").click()
    expect(secretary.locator(".remark")).to_contain_text("chưa khớp")
    flawless(secretary)
    picture(secretary, "remarks-desk")
    stranger = windows.open("daibieu2", path)
    expect(stranger.locator("#remarks .quiet")).to_be_visible()
    expect(stranger.locator("#note")).to_have_value("")
    # Taken back, with a way back.
    phone.get_by_role("button", name="Thu lại").tap()
    expect(phone.locator("#remarks .quiet")).to_be_visible()
    phone.locator(".toast").get_by_role("button", name="Hoàn tác").tap()
    expect(phone.locator("#remarks")).to_contain_text("chưa khớp")


def test_images_are_shown_and_other_files_offered(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing("Giao ban có ảnh")
    secretary = windows.open("thuky", meeting.page)
    hand_in(
        secretary,
        file("Sơ đồ.png", image(size=(1200, 700))),
        file("Tờ trình.docx", office()),
    )
    picture_id = number_of(secretary, "Sơ đồ")
    document_id = number_of(secretary, "Tờ trình")
    for size in (DESKTOP, PHONE):
        shown = windows.open("daibieu", f"{meeting.page}/papers/{picture_id}", size)
        shown.wait_for_function("document.querySelector('.reader-image').naturalWidth === 1200")
        flawless(shown)
        offered = windows.open("daibieu", f"{meeting.page}/papers/{document_id}?lang=en", size)
        expect(offered.locator(".empty-title")).to_have_text(
            "DOCX files open in a program on your machine"
        )
        flawless(offered)
        with offered.expect_download() as download:
            offered.get_by_role("link", name="Download").click()
        assert download.value.suggested_filename == "Tờ trình.docx"
        assert zipfile.is_zipfile(io.BytesIO(Path(download.value.path()).read_bytes()))
    picture(offered, "reader-docx-phone-en")


def test_without_a_network_the_reader_says_so_and_tries_again(
    windows: Windows, briefing: Callable[..., Briefing], report: bytes
) -> None:
    meeting = briefing("Giao ban mất mạng")
    secretary = windows.open("thuky", meeting.page)
    hand_in(secretary, file("Báo cáo.pdf", report))
    number = number_of(secretary, "Báo cáo")
    lost = ("failed: ", "ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    phone = windows.open("daibieu", meeting.page, PHONE, expected=lost)
    phone.route("**/file?version=1", lambda route: route.abort())
    phone.goto(f"{meeting.page}/papers/{number}")
    expect(phone.locator("#wait")).to_contain_text("Chưa tải được tài liệu")
    picture(phone, "reader-offline-phone")
    phone.unroute("**/file?version=1")
    phone.get_by_role("button", name="Thử lại").tap()
    expect(phone.locator("#sheet[data-page='1']")).to_be_visible()


def test_an_upload_that_breaks_off_can_be_tried_again(
    windows: Windows, briefing: Callable[..., Briefing], report: bytes, tmp_path: Path
) -> None:
    meeting = briefing("Giao ban tải dở")
    lost = ("failed: ", "ERR_FAILED")
    secretary = windows.open("thuky", meeting.page, expected=lost)
    secretary.route("**/papers/files", lambda route: route.abort())
    hand_in(secretary, file("Báo cáo.pdf", report))
    line = secretary.locator(".upload")
    expect(line.locator(".field-error")).to_have_text("Mất kết nối khi đang tải lên.")
    secretary.unroute("**/papers/files")
    line.get_by_role("button", name="Thử lại").click()
    expect(secretary.get_by_role("link", name="Báo cáo", exact=True)).to_be_visible()
    # What is over the bound is not even sent.
    large = tmp_path / "Rất lớn.pdf"
    with large.open("wb") as target:
        target.truncate(51 * 1024 * 1024)
    secretary.locator("#paper-files").set_input_files(large)
    secretary.locator("#paper-add [type=submit]").click()
    expect(line.locator(".field-error")).to_contain_text("50 MB")
