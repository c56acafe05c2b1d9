"""Vietnamese through an input method: its Enter ends a word and sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Briefing, Windows, ready

TEXT = "Đường vào buôn Đắk R'Măng đã thông suốt"


class InputMethod:
    """Types as Telex does: each word is put together, then given to the field."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)

    def compose(self, text: str) -> None:
        """Put a word together without ending it."""
        for end in range(1, len(text) + 1):
            part = text[:end]
            self._cdp.send(
                "Input.imeSetComposition",
                {"text": part, "selectionStart": len(part), "selectionEnd": len(part)},
            )

    def end(self, text: str) -> None:
        """End the word that is being put together."""
        self._cdp.send("Input.insertText", {"text": text})

    def press_enter(self) -> None:
        """The Enter of the input method: the page hears it, the field gets no line end."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        self._cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
        self._cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})

    def write(self, text: str) -> None:
        """Whole words, with an Enter in the midst of each."""
        for number, word in enumerate(text.split(" ")):
            if number:
                self.end(" ")
            self.compose(word)
            self.press_enter()
            self.end(word)


@pytest.fixture
def meeting(briefing: Callable[..., Briefing]) -> Briefing:
    return briefing().begin()


@pytest.fixture
def page(windows: Windows, meeting: Briefing) -> Iterator[Page]:
    opened = ready(windows.open("thuky", meeting.console))
    # That the browser does say so; otherwise these tests would prove nothing.
    opened.evaluate(
        """() => {
          window.entersWhileComposing = 0;
          document.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' && event.isComposing) window.entersWhileComposing += 1;
          }, true);
        }"""
    )
    yield opened
    assert opened.evaluate("window.entersWhileComposing") > 0


def test_the_input_line(page: Page, meeting: Briefing) -> None:
    page.locator("#line").click()
    InputMethod(page).write(TEXT)
    expect(page.locator("#line")).to_have_value(TEXT)
    expect(page.locator(".entry")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".entry-text")).to_have_text(TEXT)
    assert meeting.texts() == [TEXT]


def test_the_list_of_speakers(page: Page, meeting: Briefing) -> None:
    """Enter in the midst of a name does not choose somebody."""
    page.locator("#line").click()
    method = InputMethod(page)
    page.keyboard.type("@")
    method.compose("Quảng")
    chosen = page.locator("#line-menu [aria-selected=true]")
    expect(chosen).to_contain_text("Quảng Sơn")
    method.press_enter()
    expect(page.locator("#line")).to_have_value("@Quảng")
    method.end("Quảng")
    expect(chosen).to_contain_text("Quảng Sơn")
    page.keyboard.press("Enter")
    expect(page.locator("#line")).to_have_value("")
    expect(page.locator(".composer .chip")).to_contain_text("K'Brông")
    # Nor does it add one to those who wait for the floor.
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    method.compose("Quảng")
    expect(page.locator("#speaker-add-list [aria-selected=true]")).to_contain_text("Quảng Sơn")
    method.press_enter()
    expect(page.locator("#speaker-add")).to_have_value("Quảng")
    method.end("Quảng")
    page.keyboard.press("Enter")
    expect(page.locator(".floor ol .speaker:not(.sending)")).to_contain_text("K'Brông")
    assert len(meeting.all("speaker")) == 1


def test_a_line_that_is_edited(page: Page, meeting: Briefing) -> None:
    meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text="Cũ")
    expect(page.locator(".entry-text")).to_have_text("Cũ")
    page.locator("#line").click()
    page.keyboard.press("ArrowUp")
    editor = page.locator(".editor textarea")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+A")
    InputMethod(page).write(TEXT)
    expect(editor).to_have_value(TEXT)
    assert meeting.texts() == ["Cũ"]
    page.keyboard.press("Enter")
    expect(page.locator(".entry-text")).to_have_text(TEXT)


def test_a_conclusion(page: Page, meeting: Briefing) -> None:
    page.locator("#add-conclusion").click()
    expect(page.locator("#conclusion-text")).to_be_focused()
    InputMethod(page).write(TEXT)
    expect(page.locator("#conclusion-text")).to_have_value(TEXT)
    assert meeting.all("conclusion") == []
    page.keyboard.press("Enter")
    expect(page.locator(".outcome")).to_contain_text(TEXT)


def test_a_directive_and_its_units(page: Page, meeting: Briefing) -> None:
    page.locator("#add-directive").click()
    expect(page.locator("#directive-text")).to_be_focused()
    method = InputMethod(page)
    method.write(TEXT)
    expect(page.locator("#directive-text")).to_be_focused()
    page.keyboard.press("Enter")
    leads = page.locator("#lead-units")
    expect(leads).to_be_focused()
    method.compose("Quảng")
    expect(page.locator("#lead-units-list [role=option]").first).to_be_visible()
    method.press_enter()
    expect(page.locator(".unit-box .chip")).to_have_count(0)
    method.end("Quảng")
    method.end(" Sơn")
    expect(leads).to_have_value("Quảng Sơn")
    page.keyboard.press("Enter")
    expect(page.locator(".unit-box .chip")).to_contain_text("Quảng Sơn")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".directive")).to_contain_text(TEXT)
