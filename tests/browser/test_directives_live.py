"""A directive from its last word to the answer of its units: chips, the phone, the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Briefing, Windows, api, picture, ready
from tests.server import Server, until

FINANCE, COMMUNES, OURS = "Phòng TC-KH", "UBND các xã", "xã Quảng Sơn"


def units_of(server: Server) -> dict[str, int]:
    found = api(server, "thuky", "/units?per_page=500")["items"]
    return {unit["short_name"] or unit["name"]: unit["id"] for unit in found}


def proposals(page: Page, within: str = ".composer") -> Any:
    return page.locator(f"{within} .proposal-chip")


def no_overflow(page: Page) -> None:
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)


def test_what_is_understood_is_proposed_and_given_by_keyboard(
    windows: Windows, briefing: Callable[..., Briefing], server: Server
) -> None:
    units = units_of(server)
    meeting = briefing().begin()
    page = ready(windows.open("thuky", meeting.console, expected=("ERR_INTERNET_DISCONNECTED",)))
    line, chips = page.locator("#line"), proposals(page)
    line.focus()
    words = f"Giao {FINANCE} chủ trì, phối hợp với {OURS} rà soát nguồn thu, xong trước 30/11."
    page.keyboard.insert_text(f"/cd {words}")
    expect(chips).to_have_count(3)
    expect(chips.nth(0)).to_contain_text(f"Chủ trì: {FINANCE}")
    expect(chips.nth(1)).to_contain_text(f"Phối hợp: {OURS}")
    expect(chips.nth(2)).to_contain_text(re.compile(r"Thời hạn: 30/11/\d{4} “trước 30/11”"))
    picture(page, "directive-proposed")

    # One by one: the supporting unit is thrown away, the leading one accepted.
    page.keyboard.press("Shift+Tab")
    expect(chips.nth(0).locator(".proposal")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(chips).to_have_count(2)
    expect(chips.nth(0).locator(".proposal")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".unit-chips .chip-on")).to_have_text(re.compile(f"Chủ trì: {FINANCE}"))
    expect(chips).to_have_count(1)
    page.keyboard.press("Escape")
    expect(line).to_be_focused()
    # What was accepted survives another wording, what was thrown away does not come back.
    line.fill(
        words.replace(f"Giao {FINANCE} chủ trì", "Chủ trì làm ngay").replace("30/11", "15/12")
    )
    expect(chips).to_have_text([re.compile("15/12")])
    expect(page.locator(".unit-chips .chip-on")).to_contain_text(FINANCE)
    # Enter alone gives what was accepted; nothing is applied silently.
    line.press("Enter")
    expect(page.locator(".directive")).to_have_count(1)
    (first,) = meeting.all("directive")
    assert (first["lead_unit_ids"], first["supporting_unit_ids"]) == ([units[FINANCE]], [])
    assert (first["due"], first["due_text"]) == (None, None)

    # One key takes all that is proposed and gives it, and does not go on to the next item.
    page.keyboard.insert_text(f"/cd {words}")
    expect(chips).to_have_count(3)
    line.press("Control+Enter")
    expect(page.locator(".directive")).to_have_count(2)
    second = meeting.all("directive")[-1]
    assert (second["lead_unit_ids"], second["supporting_unit_ids"]) == (
        [units[FINANCE]],
        [units[OURS]],
    )
    assert second["due"].endswith("-11-30")
    assert second["due_text"] == "trước 30/11"
    assert meeting.all("meeting")[0]["current_item_id"] == meeting.items[0]

    # A line that becomes a directive with one key is read as well; `y` takes what is proposed.
    page.keyboard.insert_text(f"Đề nghị {COMMUNES} rà soát hộ nghèo, báo cáo trong tháng này.")
    line.press("Enter")
    expect(page.locator(".entry[data-row]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("d")
    row = page.locator(".directive").nth(2)
    expect(row.locator(".proposal-chip")).to_have_count(2)
    page.keyboard.press("y")
    expect(row.locator(".outcome-facts")).to_contain_text(COMMUNES)
    expect(row.locator(".proposal-chip")).to_have_count(0)
    assert meeting.all("directive")[-1]["lead_unit_ids"] == [units[COMMUNES]]

    # Without the network the line works wholly without it, and says nothing of it.
    page.context.set_offline(True)
    page.keyboard.press("i")
    page.keyboard.insert_text(f"/cd Yêu cầu {OURS} báo cáo.")
    line.press("Enter")
    expect(page.locator(".directive")).to_have_count(4)
    expect(line).to_have_value("")
    page.context.set_offline(False)
    expect(page.locator("#saving.saving-done")).to_be_visible()
    # What was given before it could be read is read then, and proposed in its row.
    expect(page.locator(".directive").nth(3).locator(".proposal-chip")).to_contain_text([OURS])


def test_a_unit_that_is_no_more_gives_way_to_its_successors(
    windows: Windows, briefing: Callable[..., Briefing], server: Server
) -> None:
    units = units_of(server)
    old, new = "xã Đắk Ha", "xã Quảng Hòa"
    meeting = briefing().begin()
    page = ready(windows.open("thuky", meeting.console))
    # While the console is open, so that only the server knows.
    ended = {"valid_to": "2025-06-30", "successor_ids": [units[new]]}
    try:
        path = f"/api/v1/units/{units[old]}"
        assert server.request("PATCH", path, ended, username="quantri").status == 200
        page.locator("#line").focus()
        page.keyboard.insert_text(f"/cd Giao {old} rà soát.")
        # It is asked which unit is meant, and the only one that is proposed is the successor.
        unclear = proposals(page)
        expect(unclear).to_contain_text([f"không có đơn vị “{old}”"])
        expect(unclear.locator("button.proposal")).to_have_text([new])
        # The secretary takes the old one all the same: the refusal keeps the text and says why.
        page.keyboard.insert_text(" @dak ha")
        page.locator(".line-menu [role=option]", has_text=old).first.click()
        page.locator("#line").press("Enter")
        expect(page.locator(".side-form")).to_contain_text(f"đơn vị kế thừa: UBND {new}")
        expect(page.locator("#directive-text")).to_have_value(f"Giao {old} rà soát.")
        # The meeting's list of units may be a second old.
        until(
            lambda: next(u for u in meeting.all("unit") if u["id"] == units[old]).get("valid_to"),
            "the unit's end",
        )
        page.reload()
        ready(page)
        form = page.locator(".side-form")
        gone = proposals(page, ".side-form")
        expect(gone).to_contain_text([f"{old} đã ngừng hoạt động"])
        page.locator("#directive-text").focus()
        gone.first.locator(".proposal", has_text=new).click()
        expect(form.locator(".unit-box .chip")).to_have_text([re.compile(new)])
        page.keyboard.press("Control+Enter")
        expect(page.locator(".directive")).to_have_count(1)
        # The row stands there before the server has it.
        until(lambda: meeting.all("directive"), "the directive")
        assert meeting.all("directive")[0]["lead_unit_ids"] == [units[new]]
    finally:
        back = {"valid_to": None, "successor_ids": []}
        server.request("PATCH", f"/api/v1/units/{units[old]}", back, username="quantri")


def test_units_read_a_directive_back_and_the_console_sees_it(
    windows: Windows, briefing: Callable[..., Briefing], server: Server
) -> None:
    units = units_of(server)
    meeting = briefing().begin()
    meeting.do("daibieu", "attendance.check_in", mode="online")
    page = ready(windows.open("thuky", meeting.console, DESKTOP))
    phone = ready(
        windows.open("daibieu", meeting.live, PHONE, expected=("ERR_INTERNET_DISCONNECTED",))
    )
    members = next(
        len(unit["member_ids"]) for unit in meeting.all("unit") if unit["id"] == units[COMMUNES]
    )
    args = {"lead_unit_ids": [units[COMMUNES]], "supporting_unit_ids": [units[FINANCE]]}
    meeting.do("thuky", "directive.add", text="Rà soát <b>hộ nghèo</b>.", due="2199-11-30", **args)
    sheet = phone.locator(".live-given")
    expect(sheet).to_contain_text("Rà soát <b>hộ nghèo</b>.")
    expect(sheet).to_contain_text("Thời hạn: 30/11/2199")
    for name in ("Đã rõ", "Xin làm rõ"):
        box = sheet.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 64
    no_overflow(phone)
    picture(phone, "directive-read-back")
    count = page.locator(".readback-count b")
    expect(count).to_have_text(f"0/{members + 1}")

    # What is asked to be made clear stands on the console with its words.
    sheet.get_by_role("button", name="Xin làm rõ").tap()
    phone.locator("#clarify-note").fill("Chuẩn nghèo nào?")
    sheet.get_by_role("button", name="Gửi").tap()
    expect(sheet).to_be_hidden()
    expect(page.locator(".clarify")).to_contain_text(f"{OURS} xin làm rõ")
    expect(page.locator(".clarify")).to_contain_text("Chuẩn nghèo nào?")
    expect(count).to_have_text(f"1/{members + 1}")

    # Another answer, given without a network: it is kept, and sent when there is one.
    own = phone.locator("#directives .live-ours").first
    expect(own).to_contain_text("Xin làm rõ")
    phone.context.set_offline(True)
    own.get_by_role("button", name="Đổi").tap()
    own.get_by_role("button", name="Đã rõ").tap()
    expect(own).to_contain_text("sẽ tự gửi khi có mạng")
    assert meeting.all("acknowledgement")[0]["reply"] == "clarify"
    phone.context.set_offline(False)
    expect(own.locator(".live-answer-understood")).to_contain_text("Đã rõ")
    expect(page.locator(".clarify")).to_have_count(0)

    # The secretary sees who has not answered, and notes what is called out, by keyboard.
    page.locator(".directive").focus()
    page.keyboard.press("r")
    rows = page.locator(".answers .answer")
    expect(rows).to_have_count(members + 1)
    expect(rows.last).to_contain_text(OURS)
    page.keyboard.press("ArrowDown")
    noted = rows.first.locator("span").first.inner_text()
    page.keyboard.press("1")
    expect(count).to_have_text(f"2/{members + 1}")
    second = rows.first.locator("span").first.inner_text()
    page.keyboard.press("2")
    page.keyboard.type("Kinh phí ở đâu?")
    picture(page, "console-read-back")
    page.keyboard.press("Enter")
    expect(page.locator(".clarify")).to_contain_text(f"{second} xin làm rõ")
    given = {one["unit_id"]: one for one in meeting.all("acknowledgement")}
    assert given[units[noted]]["reply"] == "understood"
    assert given[units[second]]["note"] == "Kinh phí ở đâu?"
    assert given[units[OURS]]["reply"] == "understood"

    # After the close it goes on, on both.
    district = {"text": "Tổng kiểm tra.", "lead_unit_ids": [units["UBND huyện Đắk Glong"]]}
    whole = meeting.do("thuky", "directive.add", **district)
    meeting.do("thuky", "meeting.close")
    answer = {"directive_id": meeting.all("directive")[0]["id"], "reply": "clarify"}
    meeting.do("daibieu2", "directive.acknowledge", **answer)
    expect(page.locator(".clarify")).to_have_count(2)
    expect(own.get_by_role("button", name="Đổi")).to_be_visible()
    no_overflow(phone)
    # What units pass on of a directive, the chair has not given: no list of those shows it.
    meeting.do("chutoa", "directive.pass_on", directive_id=whole["id"], unit_ids=[units[OURS]])
    meeting.do("daibieu2", "directive.acknowledge", **answer | {"reply": "understood"})
    expect(page.locator(".clarify")).to_have_count(1)
    expect(page.locator(".directive")).to_have_count(2)
    expect(phone.locator("#directives .live-directive")).to_have_count(2)
    screen = windows.open("thuky", f"{meeting.page}/screen")
    expect(screen.locator(".now")).to_contain_text("2 chỉ đạo")
