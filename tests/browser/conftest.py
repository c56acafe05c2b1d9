"""Windows of Chromium over the real server, each watched for what must never happen in one.

Nothing here waits for a time: every wait is for something that shows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.server import Answer, Server

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# How long a busy machine may take, in milliseconds; nothing takes this long when all is well.
PATIENCE_MS = 30_000
# Where to put pictures of the pages, for people to look at.
PICTURES = os.environ.get("PICTURES")
# Chromium is to speak to our server only, and to be the same everywhere.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each of them opens windows of its own."""
    # The shell draws the same pages without a browser's own windows, which cost as much again.
    installed = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    program = os.environ.get("CHROMIUM") or installed
    if not program:
        sentence = "Chromium is not installed (on Debian: apt-get install chromium-headless-shell)"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a window has done that no window should do."""

    host: str
    faults: list[str] = field(default_factory=list)
    # Parts of faults that the test itself brings about.
    expected: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)
        page.on("response", lambda r: r.status >= 400 and self._note(f"{r.status} {r.url}"))

    def _note(self, fault: str) -> None:
        self.faults.append(fault)

    def _said(self, message: ConsoleMessage) -> None:
        # Also where Chromium reports what the page's policy (CSP) has blocked.
        if message.type in ("error", "warning"):
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self._note(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page, and handing a file to the downloads, end requests on purpose.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"failed: {request.url} {request.failure}")

    def left(self) -> list[str]:
        """The faults that nobody has announced."""
        return [f for f in self.faults if not any(part in f for part in self.expected)]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page, where `PICTURES` names a folder for them."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


# Whether the browser's database holds a text: some moments after its last keystroke.
KEPT = """async (text) => {
  const request = indexedDB.open('giao-ban');
  const db = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const rows = db.transaction('drafts').objectStore('drafts').getAll();
  await new Promise((resolve) => { rows.onsuccess = resolve; });
  db.close();
  return JSON.stringify(rows.result).includes(text);
}"""


class Windows:
    """Opens windows for accounts; each has cookies and storage of its own."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self._browser = browser
        self._states: dict[str, Any] = {}
        self._watches: list[Watch] = []
        self._contexts: list[BrowserContext] = []

    def open(
        self,
        username: str | None,
        path: str = "/",
        size: dict[str, int] = DESKTOP,
        *,
        expected: tuple[str, ...] = (),
    ) -> Page:
        """A window of an account, or of nobody, at a page.

        Args:
            expected: parts of faults that the test brings about on purpose, which then
                do not fail it.
        """
        if username and username not in self._states:
            self._states[username] = self._sign_in(username)
        context = self._context(size, self._states[username] if username else None)
        page = context.new_page()
        watch = Watch(urlsplit(self.server.url).netloc, expected=list(expected))
        watch.follow(page)
        self._watches.append(watch)
        page.goto(path)
        return page

    def _context(self, size: dict[str, int], state: Any) -> BrowserContext:
        phone = size["width"] < 600
        context = self._browser.new_context(
            base_url=self.server.url,
            viewport=size,
            is_mobile=phone,
            has_touch=phone,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=state,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        return context

    def _sign_in(self, username: str) -> Any:
        """Cookies of an account. Signing in is limited per minute, so it is done once."""
        context = self._context(DESKTOP, None)
        form = {"username": username, "password": self.server.password}
        answer = context.request.post("/login", form=form, max_redirects=0)
        assert answer.status in (302, 303), f"{username} cannot sign in: {answer.status}"
        state = context.storage_state()
        context.close()
        self._contexts.remove(context)
        return state

    def close(self) -> None:
        """Close the windows of a test; a fault in one of them fails it."""
        for context in self._contexts:
            context.close()
        faults = [fault for watch in self._watches for fault in watch.left()]
        self._contexts.clear()
        self._watches.clear()
        assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def _module_windows(chromium: Browser, server: Server) -> Windows:
    return Windows(chromium, server)


@pytest.fixture
def windows(_module_windows: Windows) -> Iterator[Windows]:
    """`windows.open("thuky", "/meetings")`: a window of that account."""
    yield _module_windows
    _module_windows.close()


@dataclass(frozen=True)
class Briefing:
    """A meeting of one test's own, over HTTP."""

    server: Server
    id: int
    items: list[int]

    @property
    def page(self) -> str:
        return f"/meetings/{self.id}"

    @property
    def console(self) -> str:
        return f"/meetings/{self.id}/console"

    @property
    def live(self) -> str:
        return f"/meetings/{self.id}/live"

    @property
    def documents(self) -> str:
        return f"/meetings/{self.id}/documents"

    def do(self, username: str, name: str, /, **args: Any) -> Any:
        """Carry out a command; its result."""
        answer = self.server.command(username, self.id, name, **args)
        assert answer.status == 200, answer.body
        return answer.json["result"]

    def all(self, kind: str, username: str = "thuky") -> list[dict[str, Any]]:
        """Every object of a kind, as the server has it, oldest first."""
        found = api(self.server, username, f"/meetings/{self.id}/snapshot")["objects"]
        rows = [value for key, value in found.items() if key.startswith(f"{kind}/")]
        return sorted(rows, key=lambda row: row["id"])

    def texts(self) -> list[str]:
        """The lines of the record in the order in which they were recorded."""
        return [entry["text"] for entry in self.all("entry")]

    def begin(self) -> Briefing:
        """Open it and enter its first item."""
        self.do("thuky", "meeting.open")
        self.do("thuky", "agenda.advance", from_item=None)
        return self


def api(server: Server, username: str, path: str) -> Any:
    """What the API answers to an account's GET."""
    answer: Answer = server.request("GET", f"/api/v1{path}", username=username)
    assert answer.status == 200, answer.body
    return answer.json


AGENDA = (
    ("Báo cáo kinh tế - xã hội", 20, "Phòng TC-KH"),
    ("Ý kiến của các xã", 30, None),
    ("Kết luận của chủ trì", 10, None),
)


@pytest.fixture(scope="module")
def person_of(server: Server) -> Callable[[str], int]:
    """`person_of("daibieu")`: the id of the account's person."""
    users = api(server, "quantri", "/users?per_page=100")["items"]
    by_name = {user["username"]: user["person_id"] for user in users}
    return lambda username: by_name[username]


@pytest.fixture(scope="module")
def briefing(server: Server, person_of: Callable[[str], int]) -> Callable[..., Briefing]:
    """`briefing("Giao ban thử")`: a scheduled meeting of this test's own, with an agenda.

    `thuky` is its secretary, `chutoa` its chair, both communes' and offices' heads
    (`daibieu`, `daibieu2`) participants, `vanthu` the records clerk.
    """

    def make(title: str = "Giao ban tuần", agenda: Any = AGENDA) -> Briefing:
        starts = datetime.now(UTC).replace(microsecond=0)
        units = {
            unit["short_name"] or unit["name"]: unit["id"]
            for unit in api(server, "thuky", "/units?per_page=500")["items"]
        }
        body = {
            "title": title,
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=2)).isoformat(),
            "location": "Hội trường tầng 2",
            "chair_ids": [person_of("chutoa")],
        }
        made = server.request("POST", "/api/v1/meetings", body, username="thuky")
        assert made.status == 201, made.body
        meeting = Briefing(server, made.json["id"], [])
        for username, role in (
            ("daibieu", "participant"),
            ("daibieu2", "participant"),
            ("vanthu", "records_clerk"),
        ):
            meeting.do("thuky", "participant.add", person_id=person_of(username), role=role)
        for name, minutes, unit in agenda:
            item = meeting.do(
                "thuky",
                "agenda.add",
                title=name,
                minutes=minutes,
                presenter_unit_id=units[unit] if unit else None,
            )
            meeting.items.append(item["id"])
        return meeting

    return make


def ready(page: Page) -> Page:
    """Wait until a live page stands in the meeting: what happens from now on reaches it."""
    page.wait_for_load_state("load")
    saving = page.locator("#saving.saving-done")
    expect(saving.or_(page.locator("#live[data-feed=live] .live-grid")).first).to_be_visible()
    return page
