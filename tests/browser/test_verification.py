"""The public page of an issued document, on a phone and on a desk, with and without script."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from meetings.models import Meeting
from tests.browser.conftest import DESKTOP, PHONE, Windows
from tests.browser.test_pages import flaws_of
from tests.minutes.issued import document, file
from tests.server import Server

CODE, OLD, NOBODYS = "7K3QF-2M9X0", "6K3QF-2M9X0", "0K3QF-2M9X0"
PDF, SIGNED = b"%PDF-1.7 the issued one %%EOF", b"%PDF-1.7 the signed one %%EOF"
SIZES = {"desk": DESKTOP, "phone": PHONE}


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    """The server with an issued document, its signed copy, and one that it replaces."""
    with Session(create_engine(f"sqlite:///{server.file}")) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.code == "GB-2023-09")).one()
        unit = meeting.organizer_unit_id or 1
        old = document(session, meeting.id, unit, 4, OLD)
        values = {"sha256": hashlib.sha256(PDF).hexdigest(), "replaces_id": old.id}
        new = document(session, meeting.id, unit, 5, CODE, **values)
        signed = hashlib.sha256(SIGNED).hexdigest()
        file(session, new, signed, "signed", "Trần Nam Thuần")
        session.commit()
    return server


def files(folder: Path) -> dict[str, str]:
    """Files as people have them."""
    contents = {"issued": PDF, "signed": SIGNED, "other": PDF + b" "}
    for name, content in contents.items():
        (folder / f"{name}.pdf").write_bytes(content)
    return {name: str(folder / f"{name}.pdf") for name in contents}


def sent(page: Page) -> list[str]:
    """What is posted from now on."""
    requests: list[str] = []
    page.on("request", lambda r: r.method == "POST" and requests.append(r.url))
    return requests


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_can_be_used(windows: Windows, language: str, size: str) -> None:
    unknown = f"/verify/{NOBODYS}"
    page = windows.open(None, f"/verify?lang={language}", SIZES[size], expected=(unknown,))
    flaws = flaws_of(page)
    for path in (f"/verify/{CODE}", f"/verify/{OLD}", unknown):
        page.goto(path)
        flaws += flaws_of(page)
    assert not flaws, "\n".join(flaws)


def test_a_code_is_typed_and_mistyped(windows: Windows) -> None:
    page = windows.open(None, "/verify", PHONE, expected=(NOBODYS,))
    field = page.get_by_label("Mã tra cứu")
    field.fill(NOBODYS)
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Không có văn bản nào")
    field.fill("7k3qf 2m9xo")
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thông báo số 05/TB-UBND")


def test_the_replaced_one_leads_to_the_one_in_force(windows: Windows) -> None:
    page = windows.open(None, f"/verify/{OLD}", PHONE)
    page.get_by_role("link", name="Thông báo số 05/TB-UBND").click()
    expect(page).to_have_url(f"{windows.server.url}/verify/{CODE}")
    expect(page.get_by_text("Trần Nam Thuần, lưu ngày 05/03/2026")).to_be_visible()


def test_a_file_is_compared_without_leaving_the_machine(windows: Windows, tmp_path: Path) -> None:
    page = windows.open(None, f"/verify/{CODE}", PHONE)
    requests, found = sent(page), files(tmp_path)
    field, result = page.get_by_label("Chọn tệp PDF"), page.locator("#result")
    expect(page.get_by_text("không gửi đi đâu")).to_be_visible()
    for name, words in (
        ("other", "Không phải tệp đã ban hành"),
        ("signed", "bản có chữ ký số"),
        ("issued", "giống từng byte với tệp đã ban hành"),
    ):
        field.set_input_files(found[name])
        expect(result).to_contain_text(words)
        expect(result).to_contain_text(f"{name}.pdf")
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(result).to_contain_text("giống từng byte với tệp đã ban hành")
    assert requests == []
    assert flaws_of(page) == []


DROP = """([selector, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(bytes)], 'dropped.pdf'));
  const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""


def test_a_file_is_dropped(windows: Windows) -> None:
    page = windows.open(None, f"/verify/{CODE}")
    page.evaluate(DROP, [".drop", list(PDF)])
    expect(page.locator("#result")).to_contain_text("dropped.pdf")
    expect(page.locator("#result")).to_contain_text("Đúng là văn bản đã ban hành")


@pytest.mark.parametrize("script", [False, True], ids=["no script", "plain http"])
def test_where_the_browser_cannot_hash_the_form_sends_the_file(
    chromium: Browser, server: Server, tmp_path: Path, script: bool
) -> None:
    context = chromium.new_context(base_url=server.url, viewport=PHONE, java_script_enabled=script)
    # What a page over plain http from another machine sees.
    context.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', {value: false})")
    page = context.new_page()
    page.goto(f"/verify/{CODE}")
    requests: list[Any] = sent(page)
    page.get_by_label("Chọn tệp PDF").set_input_files(files(tmp_path)["signed"])
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.locator("#result")).to_contain_text("bản có chữ ký số")
    assert len(requests) == 1
    context.close()
