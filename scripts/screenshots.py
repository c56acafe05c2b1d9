"""Take the pictures of the README anew: the demo in the middle of its briefing.

    .venv/bin/python scripts/screenshots.py [FOLDER]

Starts a server of its own on a free port with a database of its own, replays the first part
of the ended briefing into the one that is ready to be opened, and photographs the pages.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "giaoban-demo"  # noqa: S105  # published: the demo's accounts guard nothing
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo_server() -> Iterator[str]:
    """The real server with a fresh demo; yields its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite",
            "PORT": str(port),
            "HOST": "127.0.0.1",
        }
        for command in (["db", "upgrade"], ["demo"]):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "app", *command],
                cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env)
        try:
            yield _answering(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()
            server.wait(20)


def _answering(address: str, server: subprocess.Popen[bytes]) -> str:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                return address
        except (URLError, OSError):
            continue
    raise SystemExit("the server has stopped")


def signed_in(browser: Browser, address: str, username: str, size: ViewportSize) -> Page:
    """A window of its own, signed in."""
    phone = size["width"] < 600
    context = browser.new_context(
        base_url=address, viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
        has_touch=phone, is_mobile=phone, device_scale_factor=2 if phone else 1,
    )  # fmt: skip
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


# What a copied object's command takes of it.
MARK = ("person_id", "status", "reason", "deputy_name")
LINE = ("kind", "text", "person_id", "speaker_name", "unit_id")
TASK = ("text", "lead_unit_ids", "supporting_unit_ids", "due", "due_text")


def picked(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some of an object's fields."""
    return {name: fields[name] for name in names}


class Secretary:
    """Gives the commands of the briefing so far."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def api(self, path: str) -> Any:
        """What the API answers to a GET."""
        return self._page.request.get(f"/api/v1{path}").json()

    def give(self, meeting_id: int, name: str, **args: Any) -> Any:
        """Carry out a command; its result."""
        answer = self._page.request.post(
            f"/api/v1/meetings/{meeting_id}/commands", data={"name": name, "args": args}
        )
        if not answer.ok:
            raise SystemExit(f"{name}: {answer.text()}")
        return answer.json()["result"]

    def replay(self, items: int) -> tuple[int, int]:
        """Hold the first items of the ended briefing again; ids of the ended and the live one."""
        ended = self.api("/meetings?code=GB-2023-09")["items"][0]["id"]
        live = self.api("/meetings?code=GB-DEMO")["items"][0]["id"]
        source = self.api(f"/meetings/{ended}/snapshot")["objects"]

        def of(objects: dict[str, Any], kind: str) -> list[dict[str, Any]]:
            return [v for k, v in objects.items() if k.startswith(f"{kind}/")]

        for row in of(source, "attendance"):
            if row["status"] != "unknown":
                self.give(live, "attendance.mark", **picked(row, *MARK))
        self.give(live, "meeting.open")
        old = sorted(of(source, "agenda_item"), key=lambda i: i["position"])
        # What the ended briefing did not have: it was the first of its series.
        new = [
            item
            for item in self.api(f"/meetings/{live}/agenda-items")["items"]
            if item.get("kind") != "follow_up"
        ]
        for before, item in list(zip(old, new, strict=True))[:items]:
            current = item["id"]
            self.give(live, "agenda.go_to", item_id=current)
            for entry in of(source, "entry"):
                if entry["item_id"] == before["id"]:
                    self.give(live, "discussion.add", item_id=current, **picked(entry, *LINE))
        for conclusion in of(source, "conclusion")[:3]:
            self.give(
                live, "conclusion.add",
                text=conclusion["text"], section=conclusion["section"], item_id=current,
            )  # fmt: skip
        for directive in of(source, "directive")[:3]:
            self.give(live, "directive.add", item_id=current, **picked(directive, *TASK))
        return ended, live


def photograph(page: Page, path: Path) -> None:
    """A picture of the page once its letters are there."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.screenshot(path=path)


def main(folder: Path) -> None:
    """Take every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with demo_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        secretary = signed_in(browser, address, "thuky", DESKTOP)
        _ended, live = Secretary(secretary).replay(items=3)
        secretary.goto(f"/meetings/{live}/console")
        secretary.wait_for_selector(".entry")
        # Who is connected comes within two seconds.
        secretary.wait_for_function("() => !document.body.innerText.includes('–/–')")
        photograph(secretary, folder / "console.png")
        participant = signed_in(browser, address, "daibieu", PHONE)
        participant.goto(f"/meetings/{live}/live")
        participant.wait_for_selector("main h1, main h2")
        photograph(participant, folder / "phone.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
