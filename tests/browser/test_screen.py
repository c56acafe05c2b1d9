"""The big screen beside a telephone and the secretary's commands: it shows what the chair has
chosen, whatever that is, and a site's screen checks people in."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Briefing, Windows, ready
from tests.papers.samples import pdf
SHOTS = Path("/tmp/shots")

BIG = {"width": 1920, "height": 1080}
QUESTION = "Thông qua danh mục dự án đầu tư công năm sau."
DIRECTIVE = "Rà soát, báo cáo tiến độ giải ngân từng dự án."
CONCLUSION = "Thống nhất giữ nguyên kế hoạch vốn đã giao."


def picture(page: Page, view: str) -> None:
    """The screen shows this; it comes without anybody touching the screen."""
    expect(page.locator(f"#screen[data-view={view}]")).to_be_visible()


def hand_in(meeting: Briefing, name: str, content: bytes, kind: str) -> dict[str, Any]:
    """A paper of the meeting as the secretary uploads it."""
    raise NotImplementedError


def test_draft(windows: Windows, briefing: Callable[..., Briefing]) -> None:
    meeting = briefing("Giao ban trực tuyến tháng 11")
    meeting.do("thuky", "meeting.update", quorum="2/3", speaking_seconds=180)
    screen = windows.open("thuky", f"{meeting.page}/screen", BIG)
    picture(screen, "before")
    screen.wait_for_timeout(1500)
    SHOTS.mkdir(exist_ok=True)
    shot = lambda name: screen.screenshot(path=SHOTS / f"{name}.png")
    shot("before")
    meeting.begin()
    picture(screen, "agenda")
    screen.wait_for_timeout(1000)
    shot("agenda")
    s = meeting.do("daibieu", "speaker.request")
    s2 = meeting.do("daibieu2", "speaker.request")
    screen.wait_for_timeout(700)
    shot("queue")
    meeting.do("thuky", "speaker.call", speaker_id=s["id"])
    screen.wait_for_timeout(700)
    shot("speaking")
    screen.evaluate("() => {const d=Date.now; Date.now=()=>d()+155000}")
    screen.wait_for_timeout(700)
    shot("warning")
    screen.evaluate("() => {const d=Date.now; Date.now=()=>d()+1155000}")
    screen.wait_for_timeout(700)
    shot("over")
    screen.reload()
    for i in range(11):
        meeting.do("thuky", "indicator.add", name=f"Tổng diện tích gieo trồng các loại cây hằng năm, lâu năm {i}", measure="triệu đồng", plan="533.443", estimate="32.787,8", assessment="Đạt 99,6% kế hoạch")
    meeting.do("thuky", "screen.show", what="indicators")
    picture(screen, "indicators")
    screen.wait_for_timeout(700)
    shot("indicators")
    v = meeting.do("thuky", "vote.open", question=QUESTION)
    meeting.do("thuky", "screen.show", what="vote", ref=v["id"])
    picture(screen, "vote")
    screen.wait_for_timeout(700)
    shot("vote")
    meeting.do("daibieu", "vote.cast", vote_id=v["id"], choice="for")
    meeting.do("thuky", "vote.count", vote_id=v["id"], hands={"for": 1})
    meeting.do("thuky", "vote.close", vote_id=v["id"])
    screen.wait_for_timeout(700)
    shot("result")
    units = {o["id"]: o for o in meeting.all("unit")}
    two = [u for u in units.values() if u["kind"] == "commune"][:2]
    meeting.do("thuky", "directive.add", text="Giao UBND xã Quảng Khê chủ trì, phối hợp với UBND xã Quảng Sơn rà soát, báo cáo tiến độ giải ngân từng dự án trước ngày 30/11/2026.", lead_unit_ids=[two[0]["id"]], supporting_unit_ids=[two[1]["id"]], due="2026-11-30")
    picture(screen, "given")
    screen.wait_for_timeout(700)
    shot("given")
    for i in range(7):
        meeting.do("thuky", "directive.add", text="Giao UBND xã Quảng Khê chủ trì, phối hợp với UBND xã Quảng Sơn rà soát, báo cáo tiến độ giải ngân từng dự án trước ngày 30/11/2026.", lead_unit_ids=[two[0]["id"]], supporting_unit_ids=[two[1]["id"]], due="2026-11-30")
    meeting.do("thuky", "screen.show", what="directives")
    picture(screen, "directives")
    screen.wait_for_timeout(700)
    shot("directives")
    meeting.do("thuky", "screen.show", what="check_in")
    picture(screen, "check_in")
    expect(screen.locator("#code")).to_be_visible()
    screen.wait_for_timeout(700)
    shot("check_in")
    site = windows.open("daibieu", f"{meeting.page}/check-in", {"width": 1366, "height": 768})
    expect(site.locator("#code")).to_be_visible()
    site.screenshot(path=SHOTS / "site.png")
    meeting.do("thuky", "meeting.close")
    screen.wait_for_timeout(700)
    shot("closed")
