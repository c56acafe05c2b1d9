"""One directive in the browser: a unit reports with evidence, the chair answers."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Briefing, Windows
from tests.papers.samples import HARMFUL, pdf

SENTENCE = "Rà soát hộ nghèo, báo cáo trước ngày 30/6."


def test_a_unit_reports_with_evidence_and_the_chair_answers(
    briefing: Callable[..., Briefing], windows: Windows
) -> None:
    meeting = briefing("Giao ban theo dõi").begin()
    unit = next(
        each["unit_id"] for each in meeting.all("participant") if each["role"] == "participant"
    )
    made = meeting.do(
        "thuky", "directive.add", text=SENTENCE, lead_unit_ids=[unit], due="2199-06-30"
    )
    address = f"/directives/{made['id']}"
    phone = windows.open("daibieu", address, PHONE, expected=("/papers/files",))
    phone.get_by_role("button", name="Đã rõ").click()
    expect(phone.get_by_text("Đã ghi câu trả lời của đơn vị.")).to_be_visible()
    phone.get_by_label("Tiến độ (%)").fill("40")
    phone.get_by_label("Kết quả, khó khăn, kiến nghị").fill("Đã xong 4 thôn.")
    name, content = HARMFUL["script"][-1]
    phone.get_by_label("Tệp minh chứng").set_input_files(
        [
            {"name": "Biên bản.pdf", "mimeType": "application/pdf", "buffer": pdf(mark="bb")},
            {"name": name, "mimeType": "application/pdf", "buffer": content},
        ]
    )
    # One is sound and ticked, the other is named with what is wrong with it.
    expect(phone.get_by_role("checkbox", name="Biên bản.pdf")).to_be_checked()
    expect(phone.locator("#report-files-error")).to_contain_text("JavaScript")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    phone.get_by_role("button", name="Gửi báo cáo").click()
    expect(phone.get_by_text("Đã gửi báo cáo.")).to_be_visible()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Biên bản.pdf").last.click()
    assert download.value.suggested_filename == "Biên bản.pdf"

    desk = windows.open("chutoa", address, expected=("/return",))
    desk.get_by_role("button", name="Trả lại báo cáo").click()
    expect(desk.get_by_label("Nhận xét")).to_be_focused()  # it says why
