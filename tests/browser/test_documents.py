"""Documents on their way: drafted, edited, submitted, returned, approved, issued, corrected, by
three people in three windows; and nothing that was written is lost on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, KEPT, PHONE, Briefing, Windows, api
from tests.browser.test_nothing_lost import OFFLINE
from tests.browser.test_pages import flaws_of

SENTENCE = "Hội nghị thống nhất các nội dung trên."
# What Chromium says of a refusal that a test brings about.
REFUSED = "status of 409"


@pytest.fixture
def held(briefing: Callable[..., Briefing]) -> Briefing:
    """A briefing that has been held and closed."""
    meeting = briefing("Giao ban đã họp").begin()
    meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text="Xã xin thêm kinh phí.")
    meeting.do("thuky", "conclusion.add", text="Giữ vững tiến độ.")
    meeting.do("thuky", "directive.add", text="Rà soát hộ nghèo.", due="2030-12-31")
    meeting.do("thuky", "directive.add", text="Báo cáo giải ngân.", due="2030-12-31")
    meeting.do("thuky", "meeting.close")
    return meeting


@pytest.fixture
def draft(held: Briefing) -> dict[str, Any]:
    """The draft of that briefing's minutes."""
    made: dict[str, Any] = held.do("thuky", "document.compose", kind="minutes")
    return made


def page_of(held: Briefing, draft: dict[str, Any]) -> str:
    return f"{held.documents}/{draft['id']}"


def text_of(held: Briefing, document_id: int, number: int) -> dict[str, Any]:
    path = f"/meetings/{held.id}/documents/{document_id}/texts/{number}"
    found: dict[str, Any] = api(held.server, "thuky", path)
    return found


def save(held: Briefing, username: str, draft: dict[str, Any], base: int, **fields: Any) -> Any:
    """Save a text over HTTP, as another window would."""
    content = text_of(held, draft["id"], base)["content"] | fields
    args = {"document_id": draft["id"], "base": base, "content": content}
    return held.do(username, "document.save", **args)


def editor(windows: Windows, username: str, path: str, *expected: str, size: Any = DESKTOP) -> Page:
    page = windows.open(username, f"{path}/edit", size, expected=expected)
    expect(page.locator("#saving")).to_contain_text("Đã lưu")
    return page


def follows(page: Page) -> Page:
    """Wait until the page stands in the meeting: what happens from now on reaches it."""
    expect(page.locator("body[data-live]")).to_be_attached()
    return page


def state_of(page: Page) -> Locator:
    return page.locator("#saving")


def write(page: Page, text: str) -> None:
    """A new paragraph at the end of the body."""
    page.locator("#body").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type(text)


def test_from_the_record_to_the_issued_file(windows: Windows, held: Briefing) -> None:
    """Composed, edited, submitted, returned, submitted again, approved, issued: each sees at
    once what has become of it, and only the steps that are theirs."""
    secretary = follows(windows.open("thuky", held.documents))
    chair = follows(windows.open("chutoa", held.documents))
    clerk = follows(windows.open("vanthu", held.documents))
    row = "#row-minutes"
    expect(clerk.locator(row)).to_contain_text("Thư ký chưa soạn")
    expect(clerk.locator(f"{row} [data-command]")).to_have_count(0)
    secretary.locator(row).get_by_role("button", name="Soạn văn bản").click()
    secretary.wait_for_url("**/edit")
    expect(state_of(secretary)).to_have_text("Đã lưu · bản 1")
    write(secretary, SENTENCE)
    expect(state_of(secretary)).to_have_text("Chưa lưu")
    secretary.keyboard.press("Control+S")
    expect(state_of(secretary)).to_have_text("Đã lưu · bản 2")
    expect(clerk.locator(row)).to_contain_text("Dự thảo")

    secretary.get_by_role("link", name="‹ Biên bản cuộc họp").click()
    expect(secretary.frame_locator("#preview").locator("body")).to_contain_text(SENTENCE)
    expect(secretary.frame_locator("#preview").locator("body")).to_contain_text("DỰ THẢO")
    address = secretary.url
    expect(secretary.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)
    secretary.get_by_role("button", name="Trình duyệt").click()
    expect(secretary.locator("#way")).to_contain_text("Chờ chủ trì duyệt")
    chair.locator(row).get_by_role("link", name="Xem và duyệt").click()
    follows(chair).get_by_role("button", name="Trả lại…").click()
    chair.get_by_role("dialog").get_by_role("button", name="Trả lại").click()
    chair.get_by_label("Cần sửa những gì").fill("Ghi rõ số hộ.\nBỏ câu cuối.")
    chair.get_by_role("dialog").get_by_role("button", name="Trả lại").click()
    expect(chair.locator("#way")).to_contain_text("Bị trả lại")
    expect(secretary.locator("#remarks")).to_have_text("Ghi rõ số hộ.\nBỏ câu cuối.")
    secretary.get_by_role("link", name="Sửa theo góp ý").click()
    expect(secretary.locator("#notices")).to_contain_text("Ghi rõ số hộ.")
    write(secretary, "Còn 12 hộ nghèo.")
    secretary.get_by_role("button", name="Lưu").click()
    expect(state_of(secretary)).to_have_text("Đã lưu · bản 3")
    secretary.goto(address)
    follows(secretary).get_by_role("button", name="Trình lại").click()

    # The chair's window shows it at once, in the new text.
    chair.get_by_role("button", name="Duyệt", exact=True).click()
    expect(chair.locator("#way")).to_contain_text("Chờ văn thư ban hành")
    expect(chair.frame_locator("#preview").locator("body")).to_contain_text("Còn 12 hộ nghèo.")
    expect(chair.frame_locator("#preview").locator("body")).not_to_contain_text("DỰ THẢO")
    clerk.locator(row).get_by_role("link", name="Xem và ban hành").click()
    follows(clerk).get_by_role("button", name="Ban hành…").click()
    dialog = clerk.get_by_role("dialog")
    symbol = dialog.locator("#issue-symbol")
    expect(symbol).to_contain_text("/BB")
    number = symbol.inner_text()
    dialog.get_by_role("button", name="Cấp số và ban hành").click()
    expect(clerk.locator("#way")).to_contain_text(f"Số {number}")
    expect(secretary.locator("#way")).to_contain_text("Đã ban hành")
    expect(secretary.locator("#way")).to_contain_text(f"Số {number}")
    expect(clerk.locator(".history")).to_contain_text("Ghi rõ số hộ.")
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name=re.compile("^PDF")).click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    # A participant has the issued one and nothing of how it came about.
    reader = windows.open("daibieu", address)
    expect(reader.locator("#way")).to_contain_text(f"Số {number}")
    expect(reader.locator(".history, #texts")).to_have_count(0)
    expect(reader.locator(".document-actions button, .document-actions a")).to_have_count(0)
    assert flaws_of(clerk) == []


def test_the_clerk_sets_the_register(windows: Windows, held: Briefing) -> None:
    draft = held.do("thuky", "document.compose", kind="conclusions")
    held.do("thuky", "document.submit", document_id=draft["id"], base=1)
    held.do("chutoa", "document.approve", document_id=draft["id"], base=1)
    clerk = follows(windows.open("vanthu", page_of(held, draft), expected=("422",)))
    clerk.get_by_role("button", name="Ban hành…").click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_text("Sổ đăng ký").click()
    template = dialog.get_by_label("Mẫu ký hiệu")
    expect(template).to_have_value(re.compile("number"))
    template.fill("TB-VP")
    dialog.get_by_role("button", name="Lưu sổ").click()
    expect(dialog.locator("#register-error")).to_contain_text("đúng một chỗ cho số")
    expect(template).to_have_attribute("aria-invalid", "true")
    following = dialog.get_by_label("Số tiếp theo")
    expect(following).to_have_attribute("aria-invalid", "false")
    # What is typed and not saved is no reason to issue under another number.
    template.fill("{number}/TB-VP")
    dialog.get_by_role("button", name="Cấp số và ban hành").click()
    expect(dialog.locator("#issue-error")).to_contain_text("chưa lưu")
    expect(dialog.get_by_role("button", name="Lưu sổ")).to_be_focused()
    following.fill("461")
    following.press("Enter")
    expect(dialog.locator("#issue-symbol")).to_have_text("461/TB-VP")
    expect(dialog.locator("#issue-error")).to_be_empty()
    expect(clerk.locator("#way")).to_contain_text("Đã duyệt")
    assert flaws_of(clerk) == []
    dialog.get_by_role("button", name="Cấp số và ban hành").click()
    expect(clerk.locator("#way")).to_contain_text("Số 461/TB-VP")
    expect(clerk.frame_locator("#preview").locator("body")).to_contain_text("461/TB-VP")
    # A correction is another document that names this one.
    secretary = follows(windows.open("thuky", page_of(held, draft)))
    secretary.get_by_role("button", name="Lập bản thay thế…").click()
    secretary.get_by_role("dialog").get_by_role("button", name="Lập bản thay thế").click()
    secretary.wait_for_url("**/edit")
    expect(state_of(secretary)).to_have_text("Đã lưu · bản 1")
    secretary.get_by_role("link", name="‹ Thông báo kết luận").click()
    expect(secretary.locator("#way")).to_contain_text("Thay thế văn bản số 461/TB-VP")
    expect(clerk.locator("#way")).to_contain_text("Đang soạn bản thay thế")
    # Until that one is issued, this one is in force.
    expect(clerk.locator(".document-badge")).to_contain_text("Đã ban hành")
    expect(clerk.get_by_role("button", name="Nộp bản đã ký số…")).to_be_visible()


def test_what_is_no_signed_copy_is_refused(windows: Windows, held: Briefing) -> None:
    draft = held.do("thuky", "document.compose", kind="minutes")
    held.do("thuky", "document.submit", document_id=draft["id"], base=1)
    held.do("chutoa", "document.approve", document_id=draft["id"], base=1)
    path = f"/api/v1/meetings/{held.id}/documents/{draft['id']}/issue"
    issued = held.server.request("POST", path, {"base": 1}, username="vanthu")
    assert issued.status == 200, issued.body
    clerk = follows(
        windows.open("vanthu", page_of(held, draft), expected=("/signed", "422", "409"))
    )
    clerk.get_by_role("button", name="Nộp bản đã ký số…").click()
    dialog = clerk.get_by_role("dialog")
    file = {"name": "ky.pdf", "mimeType": "application/pdf", "buffer": b"not a PDF"}
    dialog.get_by_label("Tệp PDF đã ký").set_input_files(file)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="Nộp và kiểm tra").click()
    expect(dialog.locator("#sign-error")).not_to_be_empty()
    assert flaws_of(clerk) == []


# --- Nothing is lost -----------------------------------------------------------------------------


def test_two_writers_see_both_texts_and_join_them(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    write(page, "Câu của thư ký.")
    expect(state_of(page)).to_have_text("Chưa lưu")
    body = text_of(held, draft["id"], 1)["content"]["body"]
    save(
        held,
        "chutoa",
        draft,
        1,
        abstract="Trích yếu của chủ tọa",
        body=body.replace("<p>", "<p>Câu mở đầu của chủ tọa.</p><p>", 1),
    )
    expect(state_of(page)).to_have_text("Xung đột")
    expect(page.locator("#notices")).to_contain_text("đã lưu bản 2")
    # What is written here stays as it is until its writer has chosen.
    expect(page.locator("#body")).to_contain_text("Câu của thư ký.")
    page.keyboard.press("Control+S")
    conflict = page.locator("#conflict")
    for words in ("Câu của thư ký.", "Câu mở đầu của chủ tọa.", "Trích yếu của chủ tọa"):
        expect(conflict).to_contain_text(words)
    assert flaws_of(page) == []
    # Each side's own changes are chosen already.
    page.get_by_role("button", name="Đưa vào trình soạn thảo").click()
    for words in ("Câu của thư ký.", "Câu mở đầu của chủ tọa."):
        expect(page.locator("#body")).to_contain_text(words)
    expect(page.get_by_label("Trích yếu")).to_have_value("Trích yếu của chủ tọa")
    expect(state_of(page)).to_have_text("Chưa lưu")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 3")
    saved = text_of(held, draft["id"], 3)
    assert saved["based_on"] == 2
    assert "Câu của thư ký." in saved["content"]["body"]
    assert "Câu mở đầu của chủ tọa." in saved["content"]["body"]
    assert saved["content"]["abstract"] == "Trích yếu của chủ tọa"
    # One's own text before they were joined is still here.
    page.get_by_role("button", name="Xem lại").click()
    expect(conflict).to_contain_text("Bản của bạn trước khi ghép")


def test_another_s_text_is_shown_where_nothing_was_written(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    save(held, "chutoa", draft, 1, abstract="Trích yếu mới")
    expect(page.get_by_label("Trích yếu")).to_have_value("Trích yếu mới")
    expect(page.locator("#notices")).to_contain_text("vừa lưu bản 2")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")


def test_what_was_written_without_a_network_outlives_the_window(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft), *OFFLINE)
    page.context.set_offline(True)
    write(page, "Viết khi mất mạng.")
    expect(state_of(page)).to_contain_text("Mất kết nối · chưa lưu")
    page.wait_for_function(KEPT, arg="Viết khi mất mạng.")
    # The browser is closed before the network is back.
    context = page.context
    page.goto("about:blank")  # a window that is being closed may still say that it lives
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{page_of(held, draft)}/edit")
    expect(page.locator("#notices")).to_contain_text("mà chưa lưu")
    expect(page.locator("#body")).to_contain_text("Viết khi mất mạng.")
    expect(state_of(page)).to_have_text("Chưa lưu")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    assert "Viết khi mất mạng." in text_of(held, draft["id"], 2)["content"]["body"]
    page.reload()
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    expect(page.locator("#notices .notice")).to_have_count(0)


def test_a_save_that_waits_arrives_once(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft), *OFFLINE)
    page.context.set_offline(True)
    write(page, "Chờ gửi.")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Mất kết nối · sẽ lưu khi có mạng")
    page.context.set_offline(False)
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    assert held.all("document")[0]["head"] == 2


def test_a_step_without_a_network_is_taken_once_it_is_back(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = follows(windows.open("thuky", page_of(held, draft), expected=OFFLINE))
    page.context.set_offline(True)
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.locator("#away")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("sẽ được gửi khi có mạng")
    page.context.set_offline(False)
    expect(page.locator("#way")).to_contain_text("Chờ chủ trì duyệt")
    expect(page.locator("#away")).to_be_hidden()


def test_a_text_that_was_left_meets_a_newer_one(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    write(page, "Bỏ dở ở đây.")
    expect(state_of(page)).to_have_text("Chưa lưu")
    page.goto("/meetings")
    save(held, "chutoa", draft, 1, abstract="Trích yếu mới")
    page.goto(f"{page_of(held, draft)}/edit")
    expect(page.locator("#conflict")).to_contain_text("Bỏ dở ở đây.")
    expect(page.locator("#conflict")).to_contain_text("Trích yếu mới")
    expect(state_of(page)).to_have_text("Xung đột")


def test_a_document_that_was_submitted_meanwhile_cannot_be_saved_but_nothing_is_lost(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    write(page, "Chưa kịp lưu.")
    held.do("chutoa", "document.submit", document_id=draft["id"], base=1)
    expect(page.locator("#notices")).to_contain_text("đã trình duyệt nên không sửa được")
    expect(page.get_by_role("button", name="Lưu")).to_be_disabled()
    held.do("chutoa", "document.recall", document_id=draft["id"], base=1)
    expect(page.get_by_role("button", name="Lưu")).to_be_enabled()
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    assert "Chưa kịp lưu." in text_of(held, draft["id"], 2)["content"]["body"]


def test_what_the_server_refuses_stays_and_says_where_it_is_wrong(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft), "422")
    page.get_by_label("Trích yếu").fill("")
    page.keyboard.press("Control+S")
    expect(page.locator("#error-abstract")).to_have_text("Cần nhập nội dung này.")
    expect(state_of(page)).to_have_text("Chưa lưu được")
    expect(page.get_by_label("Trích yếu")).to_be_focused()
    page.keyboard.type("Hội nghị giao ban")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")


# --- The record changes --------------------------------------------------------------------------


def test_a_change_in_the_record_is_offered_and_taken_in(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    viewer = follows(windows.open("chutoa", page_of(held, draft)))
    write(page, "Câu viết tay.")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    held.do("thuky", "meeting.reopen", reason="Ghi thiếu")
    held.do("thuky", "conclusion.add", text="Bổ sung kinh phí cho xã Quảng Hòa.")
    offer = page.locator("#merge")
    expect(offer).to_contain_text("Nội dung cuộc họp đã thay đổi")
    expect(viewer.locator("#merge")).to_contain_text("Nội dung cuộc họp đã thay đổi")
    # Never silently: the text is as it was.
    assert "Quảng Hòa" not in text_of(held, draft["id"], 2)["content"]["body"]
    offer.get_by_role("button", name="Xem thay đổi").click()
    expect(offer.locator("ins").first).to_contain_text("Quảng Hòa")
    assert flaws_of(page) == []
    offer.get_by_role("button", name="Nhận vào văn bản").click()
    expect(state_of(page)).to_have_text("Đã lưu · bản 3")
    expect(page.locator("#body")).to_contain_text("Bổ sung kinh phí cho xã Quảng Hòa.")
    expect(page.locator("#body")).to_contain_text("Câu viết tay.")
    expect(offer).to_be_hidden()
    expect(viewer.locator("#merge")).to_be_hidden()
    expect(viewer.locator("#texts")).to_contain_text("Cập nhật theo nội dung họp")


def test_a_change_in_the_record_can_be_kept_out(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    held.do("thuky", "meeting.reopen", reason="Ghi thiếu")
    held.do("thuky", "conclusion.add", text="Không đưa vào biên bản.")
    write(page, "Câu đang viết.")
    offer = page.locator("#merge")
    take = offer.get_by_role("button", name="Nhận vào văn bản")
    # What is being written comes first.
    expect(take).to_be_disabled()
    page.keyboard.press("Control+S")
    expect(take).to_be_enabled()
    offer.get_by_role("button", name="Không nhận").click()
    expect(offer).to_be_hidden()
    expect(state_of(page)).to_have_text("Đã lưu · bản 3")
    assert "Không đưa vào" not in text_of(held, draft["id"], 3)["content"]["body"]
    assert "Câu đang viết." in text_of(held, draft["id"], 3)["content"]["body"]


def test_differences_between_any_two_texts_are_shown_in_colour(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    save(held, "thuky", draft, 1, abstract="Trích yếu hai <b>chữ</b>")
    save(held, "thuky", draft, 2, abstract="Trích yếu ba", recipients=["Như trên;"])
    page = follows(windows.open("vanthu", page_of(held, draft)))
    page.get_by_role("button", name="Khác bản 2").click()
    changes = page.locator("#changes")
    expect(changes.locator("del").first).to_contain_text("hai")
    expect(changes.locator("ins").first).to_contain_text("ba")
    expect(changes).to_contain_text("Nơi nhận")
    page.get_by_label("So bản").select_option("2")
    page.get_by_label("với bản").select_option("1")
    page.get_by_role("button", name="Xem khác biệt").click()
    # Markup that was typed is text.
    expect(changes).to_contain_text("<b>chữ</b>")
    expect(changes.locator("b")).to_have_count(0)
    assert flaws_of(page) == []


# --- The editor ----------------------------------------------------------------------------------


def test_everything_in_the_editor_has_a_key(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    write(page, "Phần mới")
    page.keyboard.press("Control+Alt+1")
    expect(page.locator("#body h2").last).to_have_text("Phần mới")
    page.keyboard.press("Enter")
    page.keyboard.type("Mục mới")
    page.keyboard.press("Control+Alt+2")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+B")
    page.keyboard.type("đậm")
    page.keyboard.press("Control+B")
    page.keyboard.type(" và ")
    page.keyboard.press("Control+I")
    page.keyboard.type("nghiêng")
    page.keyboard.press("Control+I")
    page.keyboard.press("Enter")
    page.keyboard.type("một")
    page.keyboard.press("Control+Shift+8")
    page.keyboard.press("Enter")
    page.keyboard.type("hai")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    body = text_of(held, draft["id"], 2)["content"]["body"]
    assert body.endswith(
        "<h2>Phần mới</h2><h3>Mục mới</h3><p><strong>đậm</strong> và <em>nghiêng</em></p>"
        "<ul><li>một</li><li>hai</li></ul>"
    )
    # The toolbar is one stop; the arrows go along it, Escape goes back to the text.
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("button", name="Tiêu đề phần")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Tiêu đề mục")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#body")).to_be_focused()
    # Undone to the beginning, it is the saved text's neighbour again: never a third one.
    page.keyboard.type("!")
    expect(state_of(page)).to_have_text("Chưa lưu")
    page.keyboard.press("Control+Z")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")


def test_rows_are_added_and_removed_and_tables_are_not_torn(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    table = page.locator("#body table").first
    rows = table.locator("tbody tr")
    count = rows.count()
    cells = rows.first.locator("td").count()
    rows.first.locator("td").nth(1).click()
    page.keyboard.press("Control+Enter")
    page.keyboard.type("Đơn vị mới")
    expect(rows).to_have_count(count + 1)
    expect(rows.nth(1).locator("td").nth(1)).to_have_text("Đơn vị mới")
    expect(rows.nth(count).locator("td").first).to_have_text(str(count + 1))
    # Tab goes along the cells, and out of the field behind the last one.
    page.keyboard.press("Tab")
    page.keyboard.type("Người mới")
    expect(rows.nth(1).locator("td").nth(2)).to_have_text("Người mới")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.type("!")
    expect(rows.nth(1).locator("td").nth(1)).to_have_text("Đơn vị mới!")
    rows.last.locator("td").last.click()
    page.keyboard.press("Tab")
    expect(page.locator("#body")).not_to_be_focused()
    rows.nth(1).locator("td").nth(1).click()
    page.keyboard.press("End")
    # Enter is a line in the cell; Backspace at its beginning joins nothing.
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("dòng hai")
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    # A selection over cells empties them.
    page.evaluate(
        """() => {
          const cells = document.querySelectorAll('#body table')[0].tBodies[0].rows[0].cells;
          getSelection().setBaseAndExtent(cells[1].firstChild, 0, cells[2].firstChild, 1);
        }"""
    )
    page.keyboard.press("Delete")
    assert all(rows.nth(at).locator("td").count() == cells for at in range(count + 1))
    expect(rows.first.locator("td").nth(1)).to_have_text("")
    rows.nth(1).locator("td").nth(1).click()
    page.get_by_role("button", name="Bỏ hàng khỏi bảng").click()
    expect(rows).to_have_count(count)
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    assert flaws_of(page) == []


def test_a_signatory_is_taken_away_and_another_added(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    remove = page.get_by_role("button", name="Bỏ người ký")
    add = page.get_by_role("button", name="Thêm người ký")
    expect(remove).to_have_count(2)
    expect(add).to_be_hidden()
    remove.last.click()
    expect(remove).to_have_count(0)
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    (first,) = text_of(held, draft["id"], 2)["content"]["signatures"]
    add.click()
    page.keyboard.type("KT. CHỦ TỊCH")
    page.keyboard.press("Tab")
    page.keyboard.type("Đoàn Văn Phương")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 3")
    assert text_of(held, draft["id"], 3)["content"]["signatures"] == [
        first,
        {"capacity": ["KT. CHỦ TỊCH"], "name": "Đoàn Văn Phương"},
    ]


def test_what_is_pasted_keeps_the_tags_of_a_document_alone(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    page = editor(windows, "thuky", page_of(held, draft))
    write(page, "")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/html', '<h1 style="color:red">Từ Word</h1><div>a <b>b</b> <i>c</i>'
            + '<a href="javascript:alert(1)">d</a><img src=x onerror="alert(1)"></div>'
            + '<script>alert(1)<' + '/script>');
          data.setData('text/plain', 'Từ Word');
          document.querySelector('#body').dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#body")).to_contain_text("Từ Word")
    page.keyboard.press("Control+S")
    expect(state_of(page)).to_have_text("Đã lưu · bản 2")
    body = text_of(held, draft["id"], 2)["content"]["body"]
    assert body.endswith("<h2>Từ Word</h2><p>a <strong>b</strong> <em>c</em>d</p>")


# --- Sizes and languages -------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "size"), [("en", DESKTOP), ("vi", PHONE)])
def test_the_pages_can_be_used(
    windows: Windows, held: Briefing, draft: dict[str, Any], size: Any, language: str
) -> None:
    save(held, "thuky", draft, 1, abstract="Trích yếu " + "rất dài " * 20)
    page = windows.open("thuky", f"{held.documents}?lang={language}", size)
    for path in (held.documents, page_of(held, draft), held.page):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert flaws_of(page) == [], path
    page.goto(f"{page_of(held, draft)}/edit")
    expect(page.locator("#saving[data-state=saved]")).to_be_visible()
    assert flaws_of(page) == []


def test_a_chairman_returns_and_approves_on_a_phone(
    windows: Windows, held: Briefing, draft: dict[str, Any]
) -> None:
    held.do("thuky", "document.submit", document_id=draft["id"], base=1)
    page = follows(windows.open("chutoa", page_of(held, draft), PHONE))
    page.get_by_role("button", name="Trả lại…").tap()
    page.get_by_label("Cần sửa những gì").fill("Sửa lại.")
    assert flaws_of(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Trả lại").tap()
    expect(page.locator("#way")).to_contain_text("Bị trả lại")
    held.do("thuky", "document.submit", document_id=draft["id"], base=1)
    page.get_by_role("button", name="Duyệt", exact=True).tap()
    expect(page.locator("#way")).to_contain_text("Đã duyệt")


def test_the_terms_stand_on_the_meeting_s_page(windows: Windows, held: Briefing) -> None:
    page = windows.open("thuky", held.page)
    expect(page.locator(".clocks")).to_contain_text("Thông báo kết luận")
    expect(page.locator(".clocks")).to_contain_text("còn hạn")
    expect(windows.open("daibieu", held.page).locator(".clocks")).to_have_count(0)
