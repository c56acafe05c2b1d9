"""The participant's page on a phone beside a secretary who acts over HTTP: the floor, votes on two
devices, the code on the site's screen, papers, and the page in each state of the meeting."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import PHONE, Briefing, Windows, api, ready
from tests.browser.test_nothing_lost import OFFLINE
from tests.browser.test_pages import flaws_of
from tests.papers.samples import pdf
from tests.world import SECRET_KEY

SCRIPT_BYTES = 150 * 1024
THUMB = 44


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def can_be_used(page: Page) -> None:
    """Nothing that keeps people from using it; what is asked for lies under a thumb."""
    assert flaws_of(page) == []
    controls = page.locator(".live-dock").locator("button, select, input:not([type=checkbox])")
    for control in controls.all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= THUMB, control.text_content()


def go_offline(page: Page) -> None:
    """Take the network away; a socket that was open goes a moment later."""
    page.context.set_offline(True)
    expect(page.locator("#live[data-feed=offline]")).to_be_attached()


# --- The floor ----------------------------------------------------------------------------------


def test_the_floor_from_the_phone(windows: Windows, briefing: Callable[..., Briefing]) -> None:
    meeting = briefing("Giao ban trên điện thoại")
    meeting.do("thuky", "meeting.update", speaking_seconds=60, warning_seconds=59)
    phone = windows.open("daibieu", "/login", PHONE, expected=(*OFFLINE, "409"))
    scripts: list[Request] = []
    phone.on("requestfinished", lambda r: r.resource_type == "script" and scripts.append(r))
    phone.goto(meeting.live)
    ready(phone)
    assert len(scripts) > 10
    assert sum(each.sizes()["responseBodySize"] for each in scripts) <= SCRIPT_BYTES
    # No Jitsi is configured: nothing leads to one (and what another host is asked for fails).
    expect(phone.locator(".live-video")).to_have_count(0)
    watcher = ready(windows.open("vanthu", meeting.live))

    # Ahead of the opening, for an item that comes, with what it is about.
    button(phone, "Để sau").tap()
    button(phone, "Đăng ký phát biểu trước…").tap()
    expect(phone.locator("#floor-note")).to_be_focused()
    can_be_used(phone)
    phone.locator("#floor-item").select_option(label="2. Ý kiến của các xã")
    phone.locator("#floor-note").fill("Đường <b>vào</b> buôn")
    button(phone, "Gửi đăng ký").tap()
    ahead = phone.locator("#queue li")
    expect(ahead).to_contain_text("Đường <b>vào</b> buôn")
    expect(ahead).to_contain_text("thứ 1")

    meeting.begin()
    expect(phone.locator(".live-what")).to_have_text("Báo cáo kinh tế - xã hội")
    expect(phone.locator("#live-clock")).to_contain_text("còn 20 phút")
    expect(phone.locator("#live-end")).to_contain_text("Dự kiến kết thúc lúc")
    first = meeting.do("daibieu2", "speaker.request", item_id=meeting.items[0])
    meeting.do("chutoa", "speaker.request", item_id=meeting.items[0])
    button(phone, "Xin phát biểu").tap()
    expect(phone.locator(".live-floor")).to_contain_text("Bạn là người thứ 3")
    expect(phone.locator("#queue .live-own")).to_contain_text("K'Brông (bạn)")

    # Somebody speaks: who, and how long still, by word as well as by colour.
    meeting.do("thuky", "speaker.call", speaker_id=first["id"])
    expect(phone.locator(".live-floor")).to_contain_text("Bạn là người thứ 2")
    for page in (phone, watcher):
        expect(page.locator(".live-speaker")).to_contain_text("Cao Đình Khải")
        expect(page.locator(".live-speech-warning")).to_contain_text("sắp hết giờ, còn 0:")
    # The records clerk sees who waits, and asks for nothing.
    expect(watcher.locator("#queue li")).to_have_count(2)
    expect(watcher.locator(".live-floor")).to_have_count(0)

    # Taken back, and asked for anew as a reply: that goes before those who wait.
    button(phone, "Rút").first.tap()
    expect(button(phone, "Xin phát biểu")).to_be_visible()
    button(phone, "Kèm nội dung…").tap()
    phone.get_by_label("Trả lời ý kiến của Cao Đình Khải").check()
    button(phone, "Gửi đăng ký").tap()
    expect(phone.locator(".live-floor")).to_contain_text("Bạn là người tiếp theo")
    expect(watcher.locator("#queue li").first).to_contain_text("trả lời")

    waiting = [each for each in meeting.all("speaker") if each["state"] == "waiting"]
    reply = next(each for each in waiting if each["reply_to"] == first["id"])
    meeting.do("thuky", "speaker.call", speaker_id=reply["id"])
    turn = phone.locator(".live-floor-turn")
    expect(turn).to_contain_text("Đến lượt bạn phát biểu")
    expect(turn).to_contain_text("còn 0:")
    expect(phone.locator("#live-said")).to_have_text("Đến lượt bạn phát biểu")
    can_be_used(phone)
    button(phone, "Đã nói xong").tap()
    expect(button(phone, "Xin phát biểu")).to_be_visible()
    states = {each["id"]: each["state"] for each in meeting.all("speaker")}
    assert states[reply["id"]] == "done"

    # What was asked for ahead comes up with its item; a refusal is said in a sentence.
    meeting.do("thuky", "agenda.advance", from_item=meeting.items[0])
    expect(phone.locator(".live-floor")).to_contain_text("Bạn là người tiếp theo")
    go_offline(phone)
    button(phone, "Rút").tap()
    asked = next(each for each in meeting.all("speaker") if each["note"])
    meeting.do("thuky", "speaker.call", speaker_id=asked["id"])
    phone.context.set_offline(False)
    expect(phone.locator(".toast-error")).to_contain_text("không rút được")
    expect(turn).to_be_visible()


# --- Votes --------------------------------------------------------------------------------------

OPEN_VOTES = ".live-beside .live-votes"
# Everything that a browser keeps for a page, as text.
KEPT = """async () => {
  const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { all.onsuccess = done; });
      kept.push(JSON.stringify(all.result));
    }
    db.close();
  }
  return kept.join();
}"""


def test_votes_on_two_devices_of_one_person(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing("Giao ban có biểu quyết").begin()
    for username in ("daibieu", "chutoa"):
        meeting.do(username, "attendance.check_in", mode="online")
    phone = ready(windows.open("daibieu", meeting.live, PHONE))
    desk = ready(windows.open("daibieu", meeting.live, expected=(*OFFLINE, "409")))
    clerk = ready(windows.open("vanthu", meeting.live))
    asked = meeting.do("thuky", "vote.open", question="Thông qua <i>kế hoạch</i> quý IV")
    sheets = [page.locator(".live-vote") for page in (phone, desk)]
    for sheet in sheets:
        expect(sheet).to_contain_text("Thông qua <i>kế hoạch</i> quý IV")
        expect(sheet).to_contain_text("0/3 đã biểu quyết")
    expect(phone.locator("#live-said")).to_contain_text("Mời biểu quyết")
    can_be_used(phone)

    # In public: cast on one device, told on the other, changed there.
    button(phone, "Tán thành").tap()
    expect(phone.locator(OPEN_VOTES)).to_contain_text("Bạn chọn: Tán thành")
    expect(desk.locator(OPEN_VOTES)).to_contain_text("Bạn vừa biểu quyết bằng một thiết bị khác.")
    expect(sheets[1]).to_have_count(0)
    button(desk, "Đổi lựa chọn").click()
    expect(button(desk, "Tán thành")).to_have_attribute("aria-pressed", "true")
    button(desk, "Không tán thành").click()
    expect(phone.locator(OPEN_VOTES)).to_contain_text("Bạn chọn: Không tán thành")
    # Who has not voted yet is known by name; the clerk is not asked.
    expect(clerk.locator(OPEN_VOTES)).to_contain_text("1/3 đã biểu quyết")
    clerk.get_by_text("2 người chưa biểu quyết").click()
    expect(clerk.locator(".live-missing")).to_contain_text("Trần Nam Thuần")
    expect(clerk.locator(".live-vote")).to_have_count(0)
    # Put off, it can be taken up again.
    meeting.do("chutoa", "vote.cast", vote_id=asked["id"], choice="for")
    meeting.do("thuky", "vote.close", vote_id=asked["id"])
    for sheet in sheets:
        expect(sheet).to_contain_text("Kết quả biểu quyết")
        expect(sheet.locator("dd")).to_have_text(["1", "1", "0", "1"])
    can_be_used(phone)
    for page in (phone, desk):
        page.locator(".live-vote").get_by_role("button", name="Đóng").click()

    # In secret: once and for all, after a question; both devices are about to cast.
    secret = meeting.do("thuky", "vote.open", question="Tín nhiệm", secret=True)
    button(phone, "Để sau").tap()
    button(phone, "Biểu quyết").tap()
    for page in (phone, desk):
        button(page, "Không có ý kiến").click()
        expect(page.locator(".live-vote")).to_contain_text("Bạn chọn: Không có ý kiến.")
    can_be_used(phone)
    button(phone, "Chọn lại").tap()
    button(phone, "Tán thành").tap()
    go_offline(desk)
    button(desk, "Bỏ phiếu").click()
    expect(desk.locator(OPEN_VOTES)).to_contain_text("Phiếu kín của bạn")
    button(phone, "Bỏ phiếu").tap()
    expect(phone.locator(OPEN_VOTES)).to_contain_text("Bạn đã bỏ phiếu lúc")
    desk.context.set_offline(False)
    expect(desk.locator(f"{OPEN_VOTES} .field-error")).to_contain_text("phiếu kín chỉ bỏ một lần")
    expect(desk.locator(OPEN_VOTES)).to_contain_text("Bạn đã bỏ phiếu lúc")
    phone.reload()
    ready(phone)
    expect(phone.locator(OPEN_VOTES)).to_contain_text("Bạn đã bỏ phiếu lúc")
    expect(button(phone, "Đổi lựa chọn")).to_have_count(0)
    for page in (phone, desk):
        kept = page.evaluate(KEPT)
        assert not any(choice in kept for choice in ("abstain", "vote.cast", "against")), kept
    [ballot] = [each for each in meeting.all("ballot") if each["vote_id"] == secret["id"]]
    assert ballot["choice"] is None

    # Who is noted as absent is told so, and not asked.
    meeting.do("thuky", "vote.remove", vote_id=secret["id"])
    person = ballot["person_id"]
    meeting.do("thuky", "attendance.mark", person_id=person, status="absent", reason="Đi tỉnh")
    meeting.do("thuky", "vote.open", question="Câu cuối")
    expect(phone.locator(OPEN_VOTES)).to_contain_text("Bạn đang được ghi là vắng mặt")
    expect(sheets[0]).to_have_count(0)


# --- The code on a site's screen ----------------------------------------------------------------


class AMinuteAgo(TimestampSigner):
    """Signs as the server did a minute ago."""

    def get_timestamp(self) -> int:
        return int(time.time()) - 60


def sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_a_code_checks_in_also_after_signing_in(
    windows: Windows, briefing: Callable[..., Briefing], person_of: Callable[[str], int]
) -> None:
    meeting = briefing("Giao ban có mã điểm danh").begin()
    meeting.do("thuky", "meeting.update", code_required=True)

    def code_for(username: str) -> str:
        path = f"/meetings/{meeting.id}/check-in-code"
        return str(api(meeting.server, username, path)["token"])

    # Nobody is signed in on the telephone that reads the code: it outlives the sign-in page.
    token = code_for("daibieu2")
    refused = ("/login", "409", "422")
    phone = windows.open(None, f"{meeting.live}#check-in={token}", PHONE, expected=refused)
    sign_in(phone, "daibieu2", "sai")
    expect(phone.get_by_role("alert")).to_be_visible()
    sign_in(phone, "daibieu2", meeting.server.password)
    checked = phone.locator(".live-checked")
    expect(checked).to_contain_text("Bạn đã điểm danh: có mặt tại hội trường")
    expect(checked).to_contain_text("Đã quét mã của điểm cầu")
    assert phone.url.endswith(meeting.live)
    # Loaded again it is not sent again.
    phone.reload()
    expect(checked).to_contain_text("có mặt tại hội trường")
    expect(phone.locator(".live-sheet")).to_have_count(0)

    # Spent, another site's, no code, too old: each with its sentence, in a page that is open.
    chair = ready(windows.open("chutoa", meeting.live, PHONE, expected=("409", "422")))
    sheet = chair.locator(".live-ask")
    expect(sheet).to_contain_text("quét mã đang hiện trên màn hình")
    expect(button(chair, "Có mặt tại hội trường")).to_have_count(0)
    old = URLSafeTimedSerializer(SECRET_KEY, salt="check-in", signer=AMinuteAgo)
    for wrong, sentence in (
        (token, "Mã này đã có người dùng"),
        (code_for("daibieu"), "không phải điểm cầu của bạn"),
        ("%E0%A4", "Đây không phải là mã điểm danh"),
        (old.dumps([meeting.id, 1, "x"]), "Mã này đã hết hạn"),
    ):
        chair.evaluate("(code) => { location.hash = `check-in=${code}`; }", wrong)
        expect(sheet.get_by_role("alert")).to_contain_text(sentence)
        assert chair.url.endswith(meeting.live)
    can_be_used(chair)

    # A telephone that has served one person does not serve the next.
    button(phone, "Đăng xuất").tap()
    phone.wait_for_url("**/login")
    phone.goto(f"{meeting.live}#check-in={code_for('chutoa')}")
    sign_in(phone, "chutoa", meeting.server.password)
    expect(phone.locator(".live-ask [role=alert]")).to_contain_text("điểm danh cho người khác")
    present = {each["person_id"]: each["status"] for each in meeting.all("attendance")}
    assert present[person_of("daibieu2")] == "on_site"
    assert present[person_of("chutoa")] == "unknown"


# --- Papers, sites, and each state of the meeting -----------------------------------------------


def hand_in(page: Page, meeting: Briefing, title: str, item_id: int | None, **more: Any) -> int:
    """A paper of three pages; its id."""
    file = {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": pdf(3, title)}
    path = f"/api/v1/meetings/{meeting.id}/papers/files"
    answer = page.request.post(path, multipart={"file": file})
    assert answer.ok, answer.text()
    args = {"sha256": answer.json()["sha256"], "title": title, "item_id": item_id, **more}
    number: int = meeting.do("thuky", "paper.add", **args)["id"]
    return number


def test_the_page_before_during_and_after(
    windows: Windows, briefing: Callable[..., Briefing], person_of: Callable[[str], int]
) -> None:
    meeting = briefing("Giao ban đủ phần")
    phone = ready(windows.open("daibieu", meeting.live, PHONE, expected=(*OFFLINE, "409", "404")))
    secretary = windows.open("thuky", "/meetings")

    # Before: when, where, who, what to read.
    expect(phone.locator(".live-what")).to_have_text("Cuộc họp chưa khai mạc")
    expect(phone.locator("#papers")).to_contain_text("Chưa có tài liệu nào.")
    report = hand_in(secretary, meeting, "Báo cáo tháng", meeting.items[0])
    general = hand_in(secretary, meeting, "Lịch công tác", None)
    hand_in(secretary, meeting, "Riêng phòng", None, visible_to="staff")
    expect(phone.locator("#papers li a")).to_have_text(["Lịch công tác", "Báo cáo tháng"])
    can_be_used(phone)
    button(phone, "Dự trực tuyến").tap()
    expect(phone.locator(".live-checked")).to_contain_text("dự trực tuyến")

    # During: the present item's papers first, what the big screen shows, the sites, a quorum.
    meeting.begin()
    expect(phone.locator("#papers li a")).to_have_text(["Báo cáo tháng", "Lịch công tác"])
    link = phone.get_by_role("link", name="Báo cáo tháng").first
    expect(link).to_have_attribute("href", f"{meeting.page}/papers/{report}")
    meeting.do("thuky", "screen.show", what="paper", ref=general, page=2)
    shown = phone.locator(".live-shown a")
    expect(shown).to_have_text("Lịch công tác, trang 2")
    expect(shown).to_have_attribute("href", f"{meeting.page}/papers/{general}#page=2")
    meeting.do("thuky", "screen.show", what="agenda")
    expect(shown).to_have_count(0)
    sites = phone.locator("#attendance")
    meeting.do("thuky", "meeting.update", quorum="2")
    expect(sites).to_contain_text("Chưa đủ số người theo quy định")
    meeting.do("daibieu2", "attendance.check_in", mode="on_site")
    expect(sites).to_contain_text("Đủ số người theo quy định")
    expect(sites).to_contain_text("Có mặt 2/3, cần 2.")
    own = sites.locator(".live-own")
    own.get_by_label("Số người ngồi dự").fill("12")
    own.get_by_role("button", name="Báo").tap()
    expect(own).to_contain_text("12 người ngồi dự")
    assert [each["people"] for each in meeting.all("headcount")] == [12]
    can_be_used(phone)
    meeting.do("thuky", "meeting.update", online_url="https://hop.example.vn/phong/1")
    call = phone.get_by_role("link", name="Mở cuộc gọi")
    expect(call).to_have_attribute("href", "https://hop.example.vn/phong/1")
    expect(call).to_have_attribute("target", "_blank")

    # After: a remark within the time, marked; half a text lives through a reload.
    meeting.do("thuky", "meeting.close")
    expect(phone.locator(".live-what")).to_contain_text("Cuộc họp đã kết thúc")
    expect(phone.locator("#remark")).to_contain_text("Nhận góp ý đến")
    phone.locator("#remark-item").select_option(label="2. Ý kiến của các xã")
    phone.locator("#remark-text").fill("Xã xin bổ sung <u>kinh phí</u>.")
    phone.reload()
    ready(phone)
    expect(phone.locator("#remark-text")).to_have_value("Xã xin bổ sung <u>kinh phí</u>.")
    can_be_used(phone)
    button(phone, "Gửi góp ý").tap()
    entry = phone.locator("#remark .live-entry")
    expect(entry).to_contain_text("Xã xin bổ sung <u>kinh phí</u>.")
    expect(entry).to_contain_text("Góp ý sau cuộc họp")
    expect(phone.locator("#remark-text")).to_have_value("")
    [line] = meeting.all("entry")
    assert (line["item_id"], line["late"]) == (meeting.items[1], True)
    meeting.do("thuky", "meeting.reopen", reason="Thu hạn góp ý")
    meeting.do("thuky", "meeting.update", remark_hours=0)
    meeting.do("thuky", "meeting.close")
    expect(phone.locator("#remark")).to_contain_text("Đã hết thời gian góp ý")
    expect(button(phone, "Gửi góp ý")).to_have_count(0)

    # Not invited any more.
    other = briefing("Giao ban khác")
    phone.goto(other.live)
    ready(phone)
    [row] = [p for p in other.all("participant") if p["person_id"] == person_of("daibieu")]
    other.do("thuky", "participant.remove", participant_id=row["id"])
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Bạn không còn trong danh sách")
    expect(phone.locator(".live-dock")).to_have_count(0)
    assert flaws_of(phone) == []
