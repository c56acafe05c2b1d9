"""The big screen beside a telephone and the secretary's commands: it shows what the chair has
chosen, whatever that is, and a site's screen checks people in."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect
from weasyprint import HTML

from tests.browser.conftest import PHONE, Briefing, Windows, api, picture, ready

BIG = {"width": 1920, "height": 1080}
OFFICE = {"width": 1366, "height": 768}
QUESTION = "Thông qua danh mục dự án đầu tư công năm sau."
DIRECTIVE = "Rà soát, báo cáo tiến độ giải ngân từng dự án."
CONCLUSION = "Thống nhất giữ nguyên kế hoạch vốn đã giao."


class Screen:
    """The big screen, with the time that each picture took to come after its command."""

    def __init__(self, page: Page, meeting: Briefing) -> None:
        self.page, self.meeting = page, meeting
        self.took: dict[str, int] = {}

    def shows(self, view: str) -> None:
        expect(self.page.locator(f"#screen[data-view={view}]")).to_be_visible()

    def look(self, name: str) -> None:
        picture(self.page, f"screen-{name}")

    def says(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#screen")).to_contain_text(text)

    def follows(self, view: str, name: str, /, **args: Any) -> Any:
        """Give a command, and wait until the screen shows this by itself."""
        result = self.meeting.do("thuky", name, **args)
        told = time.monotonic()
        self.shows(view)
        self.took[f"{name} {view}"] = round((time.monotonic() - told) * 1000)
        return result

    def middle(self) -> tuple[int, ...]:
        """The colour in the middle of the screen."""
        with Image.open(io.BytesIO(self.page.screenshot())) as picture:
            found = picture.convert("RGB").getpixel((BIG["width"] // 2, BIG["height"] // 2))
        assert isinstance(found, tuple)
        return found


def hand_in(secretary: Page, meeting: Briefing, name: str, kind: str, content: bytes) -> int:
    """A paper that the secretary hands in; its id."""
    address = f"/api/v1{meeting.page}/papers/files"
    file: Any = {"name": name, "mimeType": kind, "buffer": content}
    answer = secretary.request.post(address, multipart={"file": file})
    assert answer.status == 201, answer.text()
    added = meeting.do("thuky", "paper.add", sha256=answer.json()["sha256"])
    return int(added["id"])


def printed() -> bytes:
    """A PDF of three pages."""
    made: bytes = HTML(string="<p style='break-after: page'>1</p>" * 2 + "3").write_pdf()
    return made


def image_of(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1600, 900), colour).save(target, "PNG")
    return target.getvalue()


def test_the_screen_follows_the_chair_beside_console_and_phone(
    windows: Windows,
    briefing: Callable[..., Briefing],
    record_property: Callable[[str, object], None],
) -> None:
    meeting = briefing("Giao ban trực tuyến tháng 11")
    meeting.do("thuky", "meeting.update", quorum="2/3", speaking_seconds=240)
    secretary = windows.open("thuky", meeting.console)
    phone = windows.open("daibieu", meeting.live, PHONE)
    screen = Screen(windows.open("daibieu2", f"{meeting.page}/screen", BIG), meeting)
    screen.shows("before")
    screen.says("Cuộc họp chưa khai mạc", "Hội trường tầng 2", "Có mặt 0/3 thành viên, cần 2")
    screen.says("2/2 điểm cầu đã kết nối")
    screen.look("before")

    ready(secretary)
    screen.follows("agenda", "meeting.open")
    meeting.do("thuky", "agenda.advance", from_item=None)
    screen.says("Mục 1/3", "Báo cáo kinh tế - xã hội", "còn 20 phút", "Ý kiến của các xã")
    expect(phone.locator(".live-what")).to_have_text("Báo cáo kinh tế - xã hội")
    speak(screen, meeting)
    direct(screen, phone)
    papers = {
        "report": hand_in(secretary, meeting, "bao-cao.pdf", "application/pdf", printed()),
        "photo": hand_in(secretary, meeting, "hien-truong.png", "image/png", image_of("#00ff00")),
    }
    # The moment passes by itself, and so does the time to speak.
    turn = screen.page.locator("#turn")
    expect(turn).to_contain_text("Hết giờ, quá")
    expect(turn).to_have_class("clock turn turn-over")
    screen.look("over")
    screen.follows("directives", "screen.show", what="directives")
    signal = screen.page.locator("#signal")
    expect(signal).to_contain_text("Cao Đình Khải: hết giờ, quá")
    screen.look("signal")
    show_papers(screen, **papers)
    show_indicators(screen)
    vote(screen, meeting)
    show_directives(screen)
    screen.follows("closed", "meeting.close")
    screen.says("Cuộc họp đã kết thúc lúc", "1 kết luận, 1 chỉ đạo")
    screen.look("closed")
    # Nothing on it can be chosen.
    assert screen.page.locator("a, button, input, [tabindex='0']").count() == 0
    record_property("screen_ms", screen.took)
    print(screen.took)


def speak(screen: Screen, meeting: Briefing) -> None:
    asked = meeting.do("daibieu", "speaker.request")
    screen.says("Chờ phát biểu: 1 người", "K'Brông")
    screen.look("queue")
    meeting.do("thuky", "speaker.call", speaker_id=asked["id"])
    turn = screen.page.locator("#turn")
    expect(turn).to_contain_text("K'Brông")
    expect(turn).to_have_class("clock turn turn-running")
    meeting.do("thuky", "meeting.update", warning_seconds=240)
    expect(turn).to_contain_text("Sắp hết giờ phát biểu")
    screen.look("warning")
    meeting.do("thuky", "speaker.finish", speaker_id=asked["id"])
    expect(turn).to_have_count(0)
    # A limit that is soon reached.
    meeting.do("thuky", "meeting.update", speaking_seconds=10)
    asked = meeting.do("daibieu2", "speaker.request")
    meeting.do("thuky", "speaker.call", speaker_id=asked["id"])
    expect(turn).to_contain_text("Cao Đình Khải")


def direct(screen: Screen, phone: Page) -> None:
    args = {"text": DIRECTIVE, "due": "2026-11-30"}
    screen.follows("given", "directive.add", **args)
    screen.says("Chỉ đạo mới", DIRECTIVE, "30/11/2026")
    screen.look("given")
    expect(phone.get_by_text(DIRECTIVE)).to_be_visible()
    # Who comes now has missed the moment.
    other = screen.page.context.new_page()
    other.goto(screen.page.url)
    expect(other.locator("#screen[data-view=agenda]")).to_be_visible()
    other.close()


def show_papers(screen: Screen, report: int, photo: int) -> None:
    sheet = screen.page.locator(".paper-sheet[data-page]")
    screen.follows("paper", "screen.show", what="paper", ref=report, page=2)
    expect(sheet).to_have_attribute("data-page", "2")
    assert screen.middle() == (255, 255, 255)
    screen.says("2/3")
    expect(screen.page.locator("#signal")).to_be_visible()
    screen.look("paper")
    screen.follows("paper", "screen.show", what="paper", ref=report, page=99)
    expect(sheet).to_have_attribute("data-page", "3")
    screen.follows("paper", "screen.show", what="paper", ref=photo)
    expect(screen.page.locator(".paper-sheet img")).to_be_visible()
    screen.look("picture")
    assert screen.middle() == (0, 255, 0)
    # A paper that is for others alone is none on this screen.
    screen.follows("agenda", "paper.update", paper_id=photo, visible_to="staff")


def show_indicators(screen: Screen) -> None:
    for number in range(8):
        args = {"name": f"Chỉ tiêu {number}", "plan": "Dưới 3", "estimate": "2,5"}
        screen.meeting.do("thuky", "indicator.add", **args)
    screen.follows("indicators", "screen.show", what="indicators")
    screen.says("Kế hoạch", "Dưới 3")
    expect(screen.page.locator("tbody tr")).to_have_count(8)
    screen.look("indicators")
    args = {"name": "Giải ngân vốn các chương trình mục tiêu quốc gia " * 4}
    screen.meeting.do("thuky", "indicator.add", **args)
    expect(screen.page.locator(".page-of")).to_contain_text("/2")


def vote(screen: Screen, meeting: Briefing) -> None:
    opened = meeting.do("thuky", "vote.open", question=QUESTION)
    screen.follows("vote", "screen.show", what="vote", ref=opened["id"])
    waiting = screen.page.locator("#vote-waiting")
    expect(waiting).to_contain_text("3/3")
    meeting.do("daibieu", "vote.cast", vote_id=opened["id"], choice="against")
    expect(waiting).to_contain_text("2/3")
    meeting.do("thuky", "vote.count", vote_id=opened["id"], hands={"for": 1})
    expect(waiting).to_contain_text("1/3")
    screen.look("vote")
    # How it stands nobody learns before the end.
    expect(screen.page.locator("#vote")).not_to_contain_text("án thành")
    screen.follows("vote", "vote.close", vote_id=opened["id"])
    expect(screen.page.locator(".result-for")).to_contain_text("1/3")
    expect(screen.page.locator(".result-against")).to_contain_text("33,3%")
    screen.says("1 người không biểu quyết", "đếm tay tại hội trường: 1 phiếu")
    screen.look("result")


def show_directives(screen: Screen) -> None:
    screen.follows("given", "conclusion.add", text=CONCLUSION)
    screen.says(CONCLUSION)
    # The chair does not wait for a moment to pass.
    screen.follows("directives", "screen.show", what="directives")
    screen.says("Chỉ đạo (1)", DIRECTIVE)
    screen.look("directives")
    [given] = screen.meeting.all("directive")
    screen.follows("given", "screen.show", what="directives", ref=given["id"])
    screen.says("Thời hạn")


def test_a_sites_screen_checks_in_and_takes_the_next_code(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    page = f"{meeting.page}/check-in"
    site = windows.open("daibieu", page, OFFICE, expected=("net::ERR_INTERNET_DISCONNECTED",))
    code = site.locator("#code")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(site.locator("#screen")).to_contain_text("xã Quảng Sơn")
    expect(site.locator("#screen")).to_contain_text("Đã có mặt 0/1")
    first = code.get_attribute("src")
    assert first

    found = api(meeting.server, "daibieu", f"{meeting.page}/check-in-code")
    meeting.do("daibieu", "attendance.check_in", mode="on_site", code=found["token"])
    expect(site.locator(".newest")).to_contain_text("K'Brông")
    expect(code).not_to_have_attribute("src", first)
    picture(site, "check-in")
    # Not at another site, and not for who is not invited.
    hall = api(meeting.server, "thuky", f"{meeting.page}/check-in-code")["unit_id"]
    other = windows.open("daibieu", f"{page}?unit_id={hall}", OFFICE, expected=("403",))
    expect(other.locator(".code")).to_contain_text("Chỉ chiếu được mã của điểm cầu mình.")
    own = windows.open("thuky", f"{page}?unit_id={hall}&lang=en", OFFICE)
    expect(own.locator("#code")).to_be_visible()
    for path in (page, f"{meeting.page}/screen"):
        assert meeting.server.request("GET", path, username="khach").status == 404

    # Everything goes on by itself after a break; what was shown stays meanwhile.
    site.context.set_offline(True)
    expect(site.locator("#screen-link")).to_contain_text("Mất kết nối từ")
    expect(site.locator("#screen")).to_contain_text("K'Brông")
    meeting.do("thuky", "meeting.close")
    site.context.set_offline(False)
    expect(site.locator("#screen[data-view=closed]")).to_be_visible()
    expect(site.locator("#screen-link")).to_be_empty()
