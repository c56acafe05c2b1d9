"""The secretary steers the room from the keyboard: speakers, votes, time, attendance, screen; what
two people do to the same thing at once; a transcript; remarks after the close."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect
from weasyprint import HTML

from tests.browser.conftest import DESKTOP, PHONE, Briefing, Windows, api, ready
from tests.browser.test_pages import flaws_of

OFFLINE = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_NETWORK_CHANGED", "WebSocket connection")
# Who speaks on each item, as one types it, and who is meant.
TURNS: list[tuple[int, str, str]] = [
    (0, "cao dinh khai", "Cao Đình Khải"),
    (0, "quang hoa", "Giàng A Páo"),
    (1, "k'brong", "K'Brông"),
    (1, "ta dang khoat", "Tạ Đăng Khoát"),
    (2, "dieu glung", "Điểu Glung"),
    (2, "k'yeng", "K'Yêng"),
    (3, "ma van", "Ma Văn Chắn"),
    (4, "hua thi", "Hứa Thị Nhàn"),
    (5, "nong quoc", "Nông Quốc Hưởng"),
    (6, "vo duy", "Võ Duy Trường"),
    (7, "h'jang", "H'Jang"),
    (8, "phung khac", "Phùng Khắc Lợi"),
    (9, "mai thi", "Mai Thị Hoài Ân"),
    (10, "luu duc", "Lưu Đức Thiện"),
    (11, "tran nam", "Trần Nam Thuần"),
]
ITEMS = [(f"Nội dung {number}", 10, None) for number in range(1, 13)]
LINES_EACH = 5
KINDS = ("", "/h ", "/tl ", "/gc ", "/yk ")
DIRECTIVES = 8
VOTES = (("Thông qua kế hoạch?", False), ("Bầu thư ký?", True), ("Lùi cuộc họp sau?", False))


def console_of(
    windows: Windows,
    meeting: Briefing,
    *expected: str,
    username: str = "thuky",
    size: dict[str, int] = DESKTOP,
) -> Page:
    return ready(windows.open(username, meeting.console, size, expected=expected))


def invite(meeting: Briefing, *names: str) -> dict[str, int]:
    """Invite people by their names; the ids of all."""
    people = api(meeting.server, "thuky", "/people?per_page=100")["items"]
    ids = {person["name"]: person["id"] for person in people}
    known = {each["person_id"] for each in meeting.all("participant")}
    for name in names:
        if ids[name] not in known:
            meeting.do("thuky", "participant.add", person_id=ids[name])
    return ids


def focused(page: Page, locator: str | Locator) -> Locator:
    found = page.locator(locator) if isinstance(locator, str) else locator
    expect(found).to_be_focused()
    return found


def leave(page: Page, *keys: str) -> None:
    """Out of the field, then the keys that work anywhere."""
    for key in ("Escape", *keys):
        page.keyboard.press(key)


def enter(page: Page, text: str) -> None:
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def add_speaker(page: Page, typed: str, name: str) -> None:
    leave(page, "p")
    focused(page, "#speaker-add")
    page.keyboard.insert_text(typed)
    expect(page.locator("#speaker-add-list [aria-selected=true]")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator(".floor ol .speaker:not(.sending)").last).to_contain_text(name)


def test_a_full_meeting_by_keyboard_alone(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """12 items, 60 lines, 8 directives, 3 votes, 15 speakers: no mouse, and nothing missing."""
    meeting = briefing("Giao ban trọn buổi bằng bàn phím", agenda=ITEMS)
    people = invite(meeting, *(name for _item, _typed, name in TURNS))
    meeting.do("thuky", "meeting.update", speaking_seconds=180, quorum="2")
    page = console_of(windows, meeting)
    phone = ready(windows.open("daibieu", meeting.live, PHONE))
    open_by_keyboard(page)
    for item in range(len(ITEMS)):
        # What was typed is sent, then the next item begins; the first one with `n`.
        if item == 0:
            leave(page, "n")
        else:
            page.keyboard.press("Control+Enter")
        expect(page.locator(".record h2")).to_have_text(ITEMS[item][0])
        focused(page, "#line")
        hold(page, item)
        if item < DIRECTIVES:
            direct(page, item)
        if item < len(VOTES):
            vote(page, meeting, *VOTES[item])
    expect(phone.get_by_text("Chỉ đạo số 8")).to_be_visible()
    steer_time_and_screen(page, meeting)
    leave(page, "w", "Enter")
    expect(page.get_by_text("Nội dung chỉ để xem.")).to_be_visible()
    expect(phone.locator(".live-what")).to_contain_text("Cuộc họp đã kết thúc")
    check_the_record(meeting, people)


def open_by_keyboard(page: Page) -> None:
    """Mark who is here, count a site, and open."""
    page.keyboard.press("a")
    expect(page.locator(".attendee:focus")).to_contain_text("Trần Nam Thuần")
    for key in ("1", "ArrowDown", "ArrowDown", "2"):
        page.keyboard.press(key)
    expect(page.locator(".toast")).to_contain_text("K'Brông: Trực tuyến")
    for key in ("v", "t"):
        page.keyboard.press(key)
    row = page.locator(".attendee").filter(has_text="K'Brông")
    focused(page, row.get_by_label("Người dự thay"))
    # They have left and come back: the time of leaving goes away again.
    expect(row).to_contain_text("Về sớm lúc")
    for key in ("Escape", "v"):
        page.keyboard.press(key)
    expect(row).not_to_contain_text("Về sớm")
    expect(page.locator(".attendance-head")).to_contain_text("Đủ số người họp: 2/")
    leave(page, "o", "Enter")
    expect(page.get_by_text("Cuộc họp đã mở")).to_be_visible()


def hold(page: Page, item: int) -> None:
    """Those who speak are added by name and called; what they say is theirs."""
    turns = [(typed, name) for at, typed, name in TURNS if at == item]
    for typed, name in turns:
        add_speaker(page, typed, name)
    per_turn = -(-LINES_EACH // len(turns))
    line = 0
    for number, (_typed, name) in enumerate(turns):
        # From within the line the first is called with one key, from outside with another.
        if number == 0:
            leave(page, "m")
        else:
            page.keyboard.press("Alt+Enter")
        expect(page.locator(".speaker-now")).to_contain_text(name)
        expect(page.locator(".composer .chip")).to_contain_text(name)
        focused(page, "#line")
        for _each in range(min(per_turn, LINES_EACH - line)):
            enter(page, f"{KINDS[line]}Mục {item + 1}, dòng {line + 1}.")
            line += 1
    expect(page.locator(".entry:not(.sending)")).to_have_count(LINES_EACH)
    leave(page, "h", "i")
    expect(page.locator(".speaker-now")).to_have_count(0)


def direct(page: Page, item: int) -> None:
    """From the last word of a directive to all screens: one Enter."""
    page.keyboard.insert_text(f"/cd Chỉ đạo số {item + 1}")
    page.keyboard.type(" @quang son")
    expect(page.locator("#line-menu [aria-selected=true]")).to_contain_text("Quảng Sơn")
    page.keyboard.press("Enter")
    page.keyboard.type(" @tc-kh")
    expect(page.locator("#line-menu [aria-selected=true]")).to_contain_text("TC-KH")
    page.keyboard.press("Tab")
    expect(page.locator(".unit-chips")).to_contain_text("Phối hợp: Phòng TC-KH")
    page.keyboard.press("Enter")
    expect(page.locator(".directive:not(.sending)")).to_have_count(item + 1)


def vote(page: Page, meeting: Briefing, question: str, secret: bool) -> None:
    leave(page, "b")
    focused(page, "#vote-question")
    page.keyboard.insert_text(question)
    if secret:
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    row = page.locator(".vote").first
    expect(row).to_contain_text(question)
    [opened] = [each for each in meeting.all("vote") if each["question"] == question]
    expect(row).to_contain_text("Chưa biểu quyết: Trần Nam Thuần")
    for username, choice in (("chutoa", "for"), ("daibieu", "against")):
        meeting.do(username, "vote.cast", vote_id=opened["id"], choice=choice)
    expect(row).to_contain_text(f"Đã biểu quyết 2/{len(opened['voter_ids'])}")
    # To the row, wherever the focus is: then the hands, then the close.
    leave(page, "b")
    focused(page, row)
    if not secret:
        page.keyboard.press("t")
        for count in ("3", "1"):
            page.keyboard.type(count)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        focused(page, row)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Kết thúc biểu quyết?")
    page.keyboard.press("Enter")
    counts = ("1", "1", "0") if secret else ("4", "2", "0")
    expect(row.locator("dd")).to_have_text(list(counts))
    leave(page, "i")


def steer_time_and_screen(page: Page, meeting: Briefing) -> None:
    # An item is inserted, moved, passed over and restored; the last one is gone on from.
    leave(page, "c")
    expect(page.locator(".item:focus")).to_contain_text("Nội dung 12")
    page.keyboard.press("+")
    focused(page, "#item-title")
    enter(page, "Việc khác")
    expect(page.locator(".item").last).to_contain_text("Việc khác")
    page.keyboard.press("ArrowDown")
    focused(page, page.locator(".item").last)
    page.keyboard.press("q")
    expect(page.locator(".item").last).to_contain_text("Bỏ qua")
    page.keyboard.press("q")
    expect(page.locator(".item-skipped")).to_have_count(0)
    fit(page, meeting)
    show(page, meeting)
    # One key makes a line a conclusion; the way back takes it away.
    page.keyboard.press("ArrowRight")
    expect(page.locator(".entry:focus")).to_contain_text("Mục 12, dòng 5.")
    page.keyboard.press("k")
    expect(page.locator(".toast")).to_contain_text("Đã ghi thành kết luận.")
    expect(page.locator(".outcome").filter(has_text="Mục 12, dòng 5.")).to_have_count(1)
    page.keyboard.press("k")
    expect(page.locator(".toast")).to_contain_text("Dòng này đã là kết luận rồi.")
    # In place it becomes somebody else's answer.
    page.keyboard.press("e")
    page.keyboard.type(" @phung khac")
    expect(page.locator("[id^=edit-][id$=-menu] [aria-selected=true]")).to_contain_text("Phùng")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.type("/tl ")
    page.keyboard.press("Enter")
    last = page.locator(".entry").last
    expect(last).to_contain_text("Phùng Khắc Lợi")
    expect(last).to_contain_text("Trả lời")


def show(page: Page, meeting: Briefing) -> None:
    """The screen shows what a few letters name, a paper at the page that is asked for."""

    def shown(typed: str, text: str) -> dict[str, Any]:
        page.keyboard.press("s")
        focused(page, "#screen-find")
        enter(page, typed)
        expect(page.locator(".bar-screen")).to_contain_text(text)
        [screen] = meeting.all("screen")
        return screen

    assert shown("chi dao", "Chỉ đạo")["what"] == "directives"
    # The chair has the screen show whatever is voted on.
    meeting.do("chutoa", "screen.show", what="vote")
    expect(page.locator(".bar-screen .clip")).to_have_text("Biểu quyết")
    report: bytes = HTML(string="<p>1<p style='break-before: page'>2").write_pdf()
    file = {"name": "Ngân sách.pdf", "mimeType": "application/pdf", "buffer": report}
    address = f"/api/v1/meetings/{meeting.id}/papers/files"
    uploaded = page.context.request.post(address, multipart={"file": file}).json()
    paper = meeting.do("thuky", "paper.add", sha256=uploaded["sha256"], title="Ngân sách")
    # (There is no page 12: it is the last.)
    screen = shown("ngan sach 12", "Ngân sách, trang 2")
    assert (screen["what"], screen["ref"], screen["page"]) == ("paper", paper["id"], 2)
    page.keyboard.press("[")
    expect(page.locator(".bar-screen")).to_contain_text("Ngân sách, trang 1")
    page.keyboard.press("s")
    expect(page.locator("#screen-list")).to_contain_text("Ngân sách, trang 1 đang chiếu")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog-title")).to_have_count(0)


def fit(page: Page, meeting: Briefing) -> None:
    """To end in time: the proposal is taken with one key, and there is a way back."""
    ends = datetime.now(UTC) + timedelta(minutes=14)
    expect(page.locator(".bar-facts .late")).to_have_count(0)
    meeting.do("chutoa", "meeting.update", ends_at=ends.isoformat())
    expect(page.locator(".bar-facts .late")).to_be_visible()
    page.keyboard.press("g")
    row = page.locator(".fit-row")
    expect(row).to_contain_text("Việc khác")
    cut = int(re.findall(r"cần rút (\d+) phút", page.get_by_role("dialog").inner_text())[0])
    page.keyboard.press("Control+Enter")
    item = page.locator(".item").last
    expect(item).to_contain_text("dự kiến ban đầu 10")
    assert meeting.all("agenda_item")[-1]["minutes"] == max(5, 10 - cut)
    page.keyboard.press("z")
    expect(item).not_to_contain_text("dự kiến ban đầu")


def check_the_record(meeting: Briefing, people: dict[str, int]) -> None:
    """What the meeting has, as another participant sees it: all of it, once, in order."""
    entries = meeting.all("entry", "daibieu2")
    assert len(entries) == len(ITEMS) * LINES_EACH
    by_item = {item["id"]: item["position"] for item in meeting.all("agenda_item")}
    speakers: dict[int, list[int]] = {at: [] for at in range(len(ITEMS))}
    for at, _typed, name in TURNS:
        speakers[at].append(people[name])
    for number, entry in enumerate(entries):
        item, line = divmod(number, LINES_EACH)
        assert entry["text"] == f"Mục {item + 1}, dòng {line + 1}."
        assert by_item[entry["item_id"]] == item + 1
        if number < len(entries) - 1:
            kinds = {"/h ": "question", "/tl ": "answer", "/gc ": "note"}
            assert entry["kind"] == kinds.get(KINDS[line], "opinion")
            per_turn = -(-LINES_EACH // len(speakers[item]))
            who = None if entry["kind"] == "note" else speakers[item][line // per_turn]
            assert entry["person_id"] == who
    assert (entries[-1]["kind"], entries[-1]["person_id"]) == ("answer", people["Phùng Khắc Lợi"])
    turns = meeting.all("speaker")
    assert [turn["person_id"] for turn in turns] == [people[name] for _i, _t, name in TURNS]
    assert {turn["state"] for turn in turns} == {"done"}
    directives = meeting.all("directive", "daibieu2")
    assert [each["text"] for each in directives] == [f"Chỉ đạo số {n + 1}" for n in range(8)]
    assert all(len(each["lead_unit_ids"]) == 1 for each in directives)
    assert all(len(each["supporting_unit_ids"]) == 1 for each in directives)
    votes = meeting.all("vote", "daibieu2")
    assert [(each["question"], each["secret"]) for each in votes] == list(VOTES)
    assert [each["counts"]["for"] for each in votes] == [4, 1, 4]
    assert all(
        ballot["choice"] is None
        for ballot in meeting.all("ballot", "daibieu2")
        if ballot["vote_id"] == votes[1]["id"]
    )


def test_of_two_who_move_the_queue_the_later_is_told(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    invite(meeting, "Giàng A Páo", "Tạ Đăng Khoát")
    ids = invite(meeting)
    names = ("K'Brông", "Giàng A Páo", "Tạ Đăng Khoát")
    first, second, third = (
        meeting.do("thuky", "speaker.request", person_id=ids[name]) for name in names
    )
    page = console_of(windows, meeting, *OFFLINE, "409")
    order = page.locator(".floor ol .speaker b")
    expect(order).to_have_text(list(names))
    # The secretary moves the first down and calls the next, while the chair does otherwise.
    page.context.set_offline(True)
    expect(page.locator("#saving")).to_contain_text("Mất kết nối")
    page.keyboard.press("ArrowRight")
    focused(page, f"#speaker-{first['id']}")
    page.keyboard.press("Alt+ArrowDown")
    expect(order).to_have_text([names[1], names[0], names[2]])
    meeting.do("chutoa", "speaker.move", speaker_id=first["id"], position=3)
    page.context.set_offline(False)
    expect(page.locator(".toast-error")).to_contain_text("vừa được người khác thay đổi")
    expect(order).to_have_text([names[1], names[2], names[0]])
    page.context.set_offline(True)
    expect(page.locator("#saving")).to_contain_text("Mất kết nối")
    page.keyboard.press("m")
    focused(page, "#line")
    page.keyboard.insert_text("Câu đang ghi")
    meeting.do("chutoa", "speaker.call", speaker_id=third["id"])
    page.context.set_offline(False)
    expect(page.locator(".toast-error")).to_contain_text("Đã có người khác được mời phát biểu")
    expect(page.locator(".speaker-now")).to_contain_text(names[2])
    # What is half typed keeps its speaker; the next line is of whoever has the floor.
    expect(page.locator("#line")).to_have_value("Câu đang ghi")
    page.keyboard.press("Enter")
    expect(page.locator(".composer .chip")).to_contain_text(names[2])
    states = {each["id"]: each["state"] for each in meeting.all("speaker")}
    assert states == {first["id"]: "waiting", second["id"]: "waiting", third["id"]: "speaking"}
    assert [entry["person_id"] for entry in meeting.all("entry")] != [ids[names[2]]]


def test_what_others_do_while_one_looks_at_it(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    """An item that is removed while somebody speaks to it, and a vote that is closed while a
    dialog asks whether to close it."""
    meeting = briefing().begin()
    ids = invite(meeting)
    now, later, _last = meeting.items
    speaker = meeting.do("daibieu", "speaker.request", item_id=now)
    meeting.do("thuky", "speaker.call", speaker_id=speaker["id"])
    meeting.do("daibieu2", "speaker.request", item_id=later)
    page = console_of(windows, meeting)
    page.keyboard.press("c")
    focused(page, f"#item-{now}")
    page.keyboard.press("x")
    expect(page.locator(".toast-error")).to_contain_text("Đang có người phát biểu")
    expect(page.locator(".speaker-now")).to_contain_text("K'Brông")
    # She looks at another item and writes, while the chair takes it off the agenda.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".floor ol .speaker")).to_contain_text("Cao Đình Khải")
    page.keyboard.press("i")
    page.keyboard.insert_text("Câu đang ghi")
    meeting.do("chutoa", "agenda.remove", item_id=later)
    expect(page.locator(".record h2")).to_have_text("Báo cáo kinh tế - xã hội")
    expect(page.locator(".floor ol .speaker")).to_have_count(0)
    expect(page.locator("#line")).to_have_value("Câu đang ghi")
    page.keyboard.press("Enter")
    expect(page.locator(".entry-text")).to_have_text("Câu đang ghi")

    for act, sentence in (("close", "vừa được kết thúc"), ("remove", "vừa bị người khác bỏ")):
        vote = meeting.do("thuky", "vote.open", question=f"Hỏi {act}?")
        leave(page, "b")
        focused(page, f"#vote-{vote['id']}")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Kết thúc biểu quyết?")
        meeting.do("chutoa", f"vote.{act}", vote_id=vote["id"])
        expect(dialog).to_contain_text(sentence)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    # A question that is refused, or empty, says so at its field.
    leave(page, "b")
    focused(page, "#vote-question").press("Enter")
    expect(page.locator("#vote-question-error")).to_have_text("Cần ghi câu hỏi biểu quyết.")
    # A reply comes before those who wait, and its line is an answer.
    meeting.do("daibieu2", "speaker.request", item_id=now)
    leave(page, "p", "Escape", "ArrowRight")
    focused(page, f"#speaker-{speaker['id']}").press("r")
    expect(page.locator("#speaker-add")).to_have_attribute("placeholder", "Ai trả lời K'Brông?")
    page.keyboard.insert_text("tran nam")
    page.keyboard.press("Enter")
    expect(page.locator(".floor ol .speaker").first).to_contain_text("Trần Nam Thuần")
    leave(page, "m")
    chip = page.locator(".composer .chip")
    expect(chip).to_contain_text("Trần Nam Thuần")
    expect(page.locator(".kind[aria-checked=true]")).to_have_text("Trả lời")
    # A deputy speaks in the place of whoever is called.
    args = {"status": "absent", "deputy_name": "Lò Thị Thay"}
    meeting.do("thuky", "attendance.mark", person_id=ids["Cao Đình Khải"], **args)
    expect(page.locator(".floor ol .speaker").first).to_contain_text("Lò Thị Thay")
    leave(page, "m")
    expect(chip).to_contain_text("Lò Thị Thay")
    # All of it can be used on a telephone, too.
    phone = console_of(windows, meeting, username="chutoa", size=PHONE)
    for name in ("Biểu quyết", "Điểm danh", "Kết luận"):
        phone.get_by_role("tab", name=name).tap()
        assert flaws_of(phone) == []
    assert flaws_of(page) == []


VTT = """WEBVTT

00:00:00.100 --> 00:00:00.200
<v TRAN NAM THUAN>Chào các đồng chí.</v>

00:00:00.300 --> 00:00:00.400
<v K'Brông>Xã xin báo cáo.</v>

00:10:00.000 --> 00:10:02.000
<v Người Lạ>Tôi nói thêm.</v>

00:11:00.000 --> 00:11:02.000
<v Phòng TC-KH>Câu này nghe nhầm.</v>
"""


def test_a_transcript_becomes_lines_that_are_accepted(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    ids = invite(meeting)
    meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text="Ghi trước.")
    page = console_of(windows, meeting)
    page.keyboard.press("t")
    focused(page, "#transcript-text")
    error = page.locator("#transcript-error")
    for bad, sentence in (("", "chọn tệp hoặc dán"), ("WEBVTT\n\nNOTE x", "Không thấy lời nói")):
        page.keyboard.insert_text(bad)
        page.keyboard.press("Control+Enter")
        expect(error).to_contain_text(sentence)
    file = {"name": "a.vtt", "mimeType": "text/vtt", "buffer": b"PK\x03\x04\x00\xff\xfe"}
    page.locator("#transcript-file").set_input_files(file)
    expect(error).to_contain_text("Tệp này không phải văn bản")
    file["buffer"] = VTT.encode()
    page.locator("#transcript-file").set_input_files([])
    page.locator("#transcript-file").set_input_files(file)
    drafts = page.locator(".draft")
    expect(drafts).to_have_count(4)
    expect(drafts.nth(2)).to_contain_text("không có trong thành phần")
    assert meeting.texts() == ["Ghi trước."]
    # One is edited and somebody else's, one accepted, one dropped and taken back; the window is
    # closed over the others, which are still there in the next one.
    focused(page, drafts.first).press("Enter")
    expect(drafts).to_have_count(3)
    focused(page, drafts.first).press("e")
    page.keyboard.press("Home")
    page.keyboard.type("/bc ")
    page.keyboard.press("Enter")
    expect(drafts.first).to_contain_text("Báo cáo")
    for key in ("ArrowDown", "ArrowDown", "x"):
        page.keyboard.press(key)
    expect(drafts).to_have_count(2)
    page.keyboard.press("z")
    expect(drafts).to_have_count(3)
    focused(page, drafts.last).press("x")
    expect(drafts).to_have_count(2)
    again = page.context.new_page()
    page.close()
    again.goto(meeting.console)
    ready(again)
    drafts = again.locator(".draft")
    expect(drafts).to_have_count(2)
    again.keyboard.press("ArrowUp")
    focused(again, drafts.last).press("g")
    expect(drafts).to_have_count(0)
    expect(again.locator(".entry:not(.sending)")).to_have_count(4)
    entries = {entry["text"]: entry for entry in meeting.all("entry")}
    opened = datetime.fromisoformat(meeting.all("meeting")[0]["opened_at"])
    hello = entries["Chào các đồng chí."]
    assert hello["person_id"] == ids["Trần Nam Thuần"]
    assert datetime.fromisoformat(hello["at"]) - opened == timedelta(milliseconds=100)
    report = entries["Xã xin báo cáo."]
    assert (report["kind"], report["person_id"]) == ("report", ids["K'Brông"])
    stranger = entries["Tôi nói thêm."]
    # Its moment has not come yet: the recording's clock was not the meeting's.
    assert (stranger["speaker_name"], stranger["person_id"]) == ("Người Lạ", None)
    assert datetime.fromisoformat(stranger["at"]) - opened < timedelta(minutes=10)


def test_remarks_after_the_close_and_times_of_those_who_come_and_go(
    windows: Windows, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing().begin()
    ids = invite(meeting)
    meeting.do("thuky", "meeting.update", quorum="3")
    page = console_of(windows, meeting)
    page.keyboard.press("a")
    chair = page.locator(".attendee").filter(has_text="Trần Nam Thuần")
    focused(page, chair).press("1")
    expect(page.locator(".attendance-head")).to_contain_text("Chưa đủ số người họp: 1/3 người")
    page.keyboard.press("t")
    left = chair.get_by_label("Giờ về")
    for wrong, sentence in (("25:99", "Ghi giờ như 10:30."), ("23:59", "")):
        left.fill(wrong)
        left.press("Enter")
        if sentence:
            expect(chair.get_by_role("alert")).to_have_text(sentence)
    # Not yet: the server says so, and nothing has changed.
    at_night = datetime.now(UTC).astimezone().strftime("%H:%M") == "23:59"
    if not at_night:
        expect(page.locator(".toast-error")).to_contain_text("chưa tới")
    page.keyboard.press("ArrowUp")
    count = page.locator("[data-headcount]").first
    count.focus()
    count.fill("mười")
    count.press("Enter")
    expect(page.locator(".toast-error")).to_contain_text("phải là số nguyên")
    count.fill("12")
    count.press("Enter")
    expect(page.locator("#sites summary")).to_contain_text("12 người")
    assert [each["people"] for each in meeting.all("headcount")] == [12]

    meeting.do("thuky", "meeting.close")
    expect(page.locator("#line")).to_have_count(0)
    leave(page, "i")
    focused(page, "#remark")
    enter(page, "/gc Bổ sung phụ lục.")
    line = page.locator(".entry").filter(has_text="Bổ sung phụ lục.")
    expect(line).to_contain_text("Góp ý sau cuộc họp")
    expect(line).to_contain_text("Ghi chú")
    meeting.do("daibieu", "discussion.remark", item_id=meeting.items[0], text="Xã góp ý thêm.")
    expect(page.locator(".entry")).to_have_count(2)
    leave(page, "o")
    focused(page, "#reopen-reason")
    enter(page, "Ghi thiếu một ý kiến")
    expect(page.locator("#line")).to_be_visible()
    expect(page.locator("#remark")).to_have_count(0)
    leave(page, "c", "Enter")
    expect(page.locator(".entry .badge")).to_have_text(["Góp ý sau cuộc họp"] * 2)
    late: list[Any] = [entry["late"] for entry in meeting.all("entry")]
    assert late == [True, True]
    assert meeting.all("entry")[1]["person_id"] == ids["K'Brông"]
