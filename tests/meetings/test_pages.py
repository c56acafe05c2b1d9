"""The pages around a meeting, as their readers get them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from core.db import db
from core.errors import Conflict
from core.times import VIETNAM, now
from meetings.models import Meeting
from people.actor import Actor
from tests.world import Briefing, World, schedule

Browser = Callable[[str], FlaskClient]


def text(response: Any) -> str:
    """The page's words, one space between them."""
    body = re.sub(r"<script.*?</script>", " ", response.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def form(client: FlaskClient, address: str, **values: Any) -> dict[str, Any]:
    """The values of the form at an address, some of them changed."""
    page = client.get(address).text
    fields = re.findall(r'<input[^>]*?name="(\w+)"[^>]*? value="([^"]*)"', page)
    found: dict[str, Any] = dict(fields)
    found.pop("chair_ids", None)
    return found | {"title": "Giao ban tuần 40", "state": "scheduled"} | values


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


# --- Who sees what ------------------------------------------------------------------------------

PAGES = ("/", "/meetings", "/meetings/new", "/units", "/people")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_whoever_is_not_signed_in_to_do_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")


@pytest.mark.parametrize("username", ["khach", "quantri"])
@pytest.mark.parametrize("page", ["", "/edit", "/documents", "/live", "/console"])
def test_a_meeting_is_not_there_for_whoever_is_not_invited(
    client_for: Browser, giao_ban: Briefing, username: str, page: str
) -> None:
    answer = client_for(username).get(f"/meetings/{giao_ban.id}{page}")
    assert answer.status_code == 404
    assert "Giao ban tháng 3" not in answer.text


def test_lists_show_nothing_of_it_either(client_for: Browser, giao_ban: Briefing) -> None:
    browser = client_for("khach")
    for path in ("/", "/meetings", "/meetings?q=giao+ban"):
        assert "Giao ban tháng 3" not in browser.get(path).text


def test_a_draft_is_there_for_its_leaders_alone(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    draft = in_state("draft")
    assert "Gửi lịch" in text(client_for("thuky").get(f"/meetings/{draft.id}"))
    assert client_for("daibieu").get(f"/meetings/{draft.id}").status_code == 404
    assert "GB-DRAFT" in client_for("chutoa").get("/meetings").text
    assert "GB-DRAFT" not in client_for("daibieu").get("/meetings").text


@pytest.mark.parametrize("state", ["draft", "scheduled", "live", "closed", "archived"])
def test_the_meeting_page_renders_in_every_state_and_language(
    client_for: Browser, in_state: Callable[[str], Briefing], state: str
) -> None:
    for username in ("thuky", "chutoa"):
        browser = client_for(username)
        for language in ("vi", "en"):
            answer = browser.get(f"/meetings/{in_state(state).id}?lang={language}")
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.text


# --- A meeting's own page -----------------------------------------------------------------------


def test_before_it_the_page_says_when_what_and_who(client_for: Browser, giao_ban: Briefing) -> None:
    words = text(client_for("daibieu").get(f"/meetings/{giao_ban.id}"))
    assert "08:00–09:00" in words
    assert "Thứ Hai, 02/03/2026" in words
    # Each item at the time of day that it is planned for.
    assert "08:00–08:20 Báo cáo tình hình kinh tế - xã hội Phòng TC-KH 20 phút" in words
    assert "08:20–08:50 Thảo luận của các điểm cầu 30 phút" in words
    assert "Nguyễn Thị Thư Chuyên viên Thư ký" in words


def test_only_leaders_get_what_changes_the_meeting(client_for: Browser, giao_ban: Briefing) -> None:
    leader = client_for("thuky").get(f"/meetings/{giao_ban.id}").text
    reader = client_for("daibieu").get(f"/meetings/{giao_ban.id}").text
    for part in ("invite-dialog", "cancel-dialog", "/edit", "/console"):
        assert part in leader
        assert part not in reader


def test_after_it_the_page_holds_the_record(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    words = text(client_for("daibieu").get(f"/meetings/{in_state('closed').id}"))
    assert "Phạm Thị Biểu Phòng TC-KH · Báo cáo Thu ngân sách đạt 45,76% dự toán." in words
    assert "Nhiệm vụ chung Giữ vững tiến độ." in words
    assert "Rà soát hộ nghèo. xã Đắk R&#39;Măng Phòng TC-KH quý II/2026" in words


def test_a_cancelled_meeting_says_so_and_why(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    words = text(client_for("daibieu").get(f"/meetings/{in_state('archived').id}"))
    assert "Cuộc họp đã hủy lúc" in words
    assert "Lý do: Trùng lịch" in words


def test_what_people_typed_is_never_markup(
    client_for: Browser, giao_ban: Briefing, thu_ky: Actor
) -> None:
    giao_ban.do(thu_ky, "agenda.add", title="<img src=x onerror=alert(1)>")
    giao_ban.do(thu_ky, "meeting.update", title="</script><b>Họp</b>", description="<i>x</i>")
    page = client_for("daibieu").get(f"/meetings/{giao_ban.id}").text
    for markup in ("<img src=x", "</script><b>", "<i>x"):
        assert markup not in page


def test_pages_carry_no_inline_script_or_style(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    browser = client_for("thuky")
    ids = [in_state(state).id for state in ("scheduled", "closed")]
    paths = [*PAGES, *(f"/meetings/{i}{p}" for i in ids for p in ("", "/documents")), "/api/docs"]
    for path in paths:
        page = browser.get(path).text
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page), path
        assert not re.search(r'<script(?![^>]*(src=|type="application/json"))', page), path


# --- Creating and changing ----------------------------------------------------------------------


def test_the_form_creates_a_meeting(client_for: Browser, app: Flask, world: World) -> None:
    browser = client_for("thuky")
    values = form(
        browser,
        "/meetings/new",
        day="2026-10-05",
        start="14:00",
        end="16:30",
        location="Phòng 2",
        chair_ids=[world.person("chutoa")],
    )
    answer = browser.post("/meetings/new", data=values)
    assert answer.status_code == 302
    with app.app_context():
        made = db.session.get_one(Meeting, int(answer.location.rpartition("/")[2]))
        assert made.starts_at.astimezone(VIETNAM).isoformat() == "2026-10-05T14:00:00+07:00"
        assert (made.state, made.location) == ("scheduled", "Phòng 2")
        assert made.public()["chair_ids"] == [world.person("chutoa")]
        assert made.public()["secretary_ids"] == [world.person("thuky")]
    assert "Tiếp theo" in text(browser.get(answer.location))


def test_the_same_form_twice_creates_one_meeting(client_for: Browser, app: Flask) -> None:
    browser = client_for("thuky")
    values = form(browser, "/meetings/new")
    answers = [browser.post("/meetings/new", data=values) for _time in range(2)]
    assert answers[0].location == answers[1].location
    with app.app_context():
        same = select(func.count()).where(Meeting.title == "Giao ban tuần 40")
        assert db.session.scalar(same) == 1


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("title", " ", "title"),
        ("title", "x" * 501, "title"),
        ("day", "", "day"),
        ("day", "2026-13-01", "day"),
        ("day", "0001-01-01", "day"),
        ("day", "9999-12-31", "day"),
        ("start", "", "start"),
        ("start", "25:00", "start"),
        ("end", "07:00", "end"),
        ("online_url", "javascript:alert(1)", "online_url"),
        ("organizer_unit_id", "999999", "organizer_unit_id"),
        ("organizer_unit_id", "x", "organizer_unit_id"),
        ("chair_ids", "999999", None),
        ("state", "live", "state"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_stays(
    client_for: Browser, app: Flask, field: str, value: str, shown: str | None
) -> None:
    browser = client_for("thuky")
    values = form(browser, "/meetings/new", description="Chuẩn bị số liệu") | {field: value}
    with app.app_context():
        before = db.session.scalar(select(func.count(Meeting.id)))
    answer = browser.post("/meetings/new", data=values)
    assert answer.status_code == 422
    assert "Chuẩn bị số liệu" in answer.text
    assert values["request_id"] in answer.text
    if shown:
        assert f'id="{shown}-error"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Meeting.id))) == before


def test_whoever_may_not_schedule_gets_no_form(client_for: Browser) -> None:
    browser = client_for("daibieu")
    assert browser.get("/meetings/new").status_code == 403
    assert "Lập lịch họp" not in text(browser.get("/meetings"))
    values = {"title": "x", "day": "2026-10-05", "start": "08:00", "end": "09:00"}
    assert browser.post("/meetings/new", data=values).status_code == 403


def test_the_form_changes_a_meeting(
    client_for: Browser, giao_ban: Briefing, thu_ky: Actor, app: Flask
) -> None:
    browser = client_for("thuky")
    address = f"/meetings/{giao_ban.id}/edit"
    assert 'value="2026-03-02"' in browser.get(address).text
    values = form(browser, address, location="Hội trường lớn", end="10:15")
    assert browser.post(address, data=values).location == f"/meetings/{giao_ban.id}"
    found = giao_ban.objects(thu_ky)[f"meeting/{giao_ban.id}"]
    assert (found["location"], found["ends_at"]) == ("Hội trường lớn", "2026-03-02T10:15:00+07:00")
    refused = browser.post(address, data=values | {"title": "", "request_id": "another"})
    assert refused.status_code == 422
    assert "Hội trường lớn" in refused.text


def test_a_meeting_over_two_days_keeps_its_second_day(
    client_for: Browser, giao_ban: Briefing, thu_ky: Actor
) -> None:
    giao_ban.do(thu_ky, "meeting.update", ends_at="2026-03-03T11:00:00+07:00")
    browser = client_for("thuky")
    address = f"/meetings/{giao_ban.id}/edit"
    browser.post(address, data=form(browser, address, day="2026-03-05"))
    found = giao_ban.objects(thu_ky)[f"meeting/{giao_ban.id}"]
    assert found["ends_at"] == "2026-03-06T11:00:00+07:00"


def test_the_form_leaves_what_its_author_did_not_touch(
    client_for: Browser, giao_ban: Briefing, chu_toa: Actor
) -> None:
    address = f"/meetings/{giao_ban.id}/edit"
    secretary = client_for("thuky")
    fields = {name: html.unescape(value) for name, value in form(secretary, address).items()}
    giao_ban.do(chu_toa, "meeting.update", location="Hội trường lớn")

    assert secretary.post(address, data=fields | {"title": "Tên mới"}).status_code == 302

    meeting = giao_ban.objects(chu_toa)[f"meeting/{giao_ban.id}"]
    assert (meeting["title"], meeting["location"]) == ("Tên mới", "Hội trường lớn")


def test_two_who_change_one_field_see_both_texts(
    client_for: Browser, giao_ban: Briefing, chu_toa: Actor, thu_ky: Actor
) -> None:
    address = f"/meetings/{giao_ban.id}/edit"
    secretary = client_for("thuky")
    fields = {name: html.unescape(value) for name, value in form(secretary, address).items()}
    theirs = {"location": "Hội trường <lớn>", "ends_at": "2026-03-02T11:45:00+07:00"}
    giao_ban.do(chu_toa, "meeting.update", description="Dòng một\nDòng hai", **theirs)

    mine = fields | {"title": "Tên mới", "location": "Phòng họp 1"}
    refused = secretary.post(address, data=mine)
    assert refused.status_code == 409
    # Theirs beside the field, mine in it; what I have not touched is as it stands now.
    assert "Người khác vừa sửa thành “Hội trường &lt;lớn&gt;”." in refused.text
    assert 'value="Phòng họp 1"' in refused.text
    assert 'value="Tên mới"' in refused.text
    assert 'value="11:45"' in refused.text
    assert "Dòng một\nDòng hai</textarea>" in refused.text
    meeting = giao_ban.objects(thu_ky)[f"meeting/{giao_ban.id}"]
    assert meeting["location"] == theirs["location"]
    assert meeting["title"] != "Tên mới", "nothing half saved"

    shown = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*? value="([^"]*)"', refused.text))
    again = {name: html.unescape(value) for name, value in shown.items()} | {
        "organizer_unit_id": str(meeting["organizer_unit_id"] or ""),
        "description": "Dòng một\r\nDòng hai",  # as browsers send it
    }
    assert secretary.post(address, data=again).status_code == 302
    meeting = giao_ban.objects(thu_ky)[f"meeting/{giao_ban.id}"]
    assert (meeting["title"], meeting["location"]) == ("Tên mới", "Phòng họp 1")
    assert (meeting["ends_at"], meeting["description"]) == (
        theirs["ends_at"],
        "Dòng một\nDòng hai",
    )


def test_the_same_change_by_two_is_no_conflict(
    client_for: Browser, giao_ban: Briefing, chu_toa: Actor
) -> None:
    address = f"/meetings/{giao_ban.id}/edit"
    secretary = client_for("thuky")
    fields = {name: html.unescape(value) for name, value in form(secretary, address).items()}
    giao_ban.do(chu_toa, "meeting.update", location="Hội trường lớn")
    assert secretary.post(address, data=fields | {"location": "Hội trường lớn"}).status_code == 302


def test_a_command_that_names_what_was_seen_does_not_overwrite(
    giao_ban: Briefing, chu_toa: Actor, thu_ky: Actor
) -> None:
    giao_ban.do(chu_toa, "meeting.update", ends_at="2026-03-02T12:00:00+07:00", location="B")
    with pytest.raises(Conflict) as caught:
        giao_ban.do(
            thu_ky,
            "meeting.update",
            ends_at="2026-03-02T10:00:00+07:00",
            location="C",
            seen={"ends_at": "2026-03-02T09:30:00+07:00", "location": "A"},
        )
    errors = {each["field"]: each["message"] for each in caught.value.errors}
    assert "12:00 02/03/2026" in errors["ends_at"]
    assert "“B”" in errors["location"]


def test_only_leaders_and_only_before_the_end_may_edit(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    scheduled, closed = in_state("scheduled"), in_state("closed")
    for method in ("get", "post"):
        assert (
            getattr(client_for("daibieu"), method)(f"/meetings/{scheduled.id}/edit").status_code
            == 403
        )
        assert (
            getattr(client_for("thuky"), method)(f"/meetings/{closed.id}/edit").status_code == 409
        )


# --- The list -----------------------------------------------------------------------------------


def test_the_list_knows_today_what_comes_and_what_was(
    client_for: Browser, app: Flask, world: World
) -> None:
    for title, days in (("Họp hôm nay", 0), ("Họp tuần sau", 7), ("Họp năm ngoái", -365)):
        starts_at = now().astimezone(VIETNAM).replace(hour=12) + timedelta(days=days)
        ends_at = starts_at + timedelta(hours=1)
        code = f"T{days}"
        schedule(app, world.actors, title=title, code=code, starts_at=starts_at, ends_at=ends_at)
    words = text(client_for("daibieu").get("/meetings"))
    order = ["Hôm nay", "Họp hôm nay", "Sắp tới", "Họp tuần sau", "Đã họp", "Họp năm ngoái"]
    places = [words.index(each) for each in order]
    assert places == sorted(places)


@pytest.mark.parametrize("words", ["giao ban thang 3", "GIAO BAN", "gb-closed", "tháng"])
def test_search_does_not_ask_for_marks(client_for: Browser, words: str) -> None:
    found = client_for("daibieu").get("/meetings", query_string={"q": words})
    assert "GB-CLOSED" in found.text


def test_search_without_a_find_says_what_to_do(client_for: Browser) -> None:
    words = text(client_for("daibieu").get("/meetings?q=<zzz>"))
    assert "Không có cuộc họp nào khớp" in words
    assert "&lt;zzz&gt;" in words


def test_the_past_comes_in_pages(client_for: Browser, app: Flask, world: World) -> None:
    for number in range(25):
        schedule(app, world.actors, title=f"Kỳ {number}", code=f"K-{number}")
    browser = client_for("daibieu")
    assert "Cũ hơn" in text(browser.get("/meetings"))
    pages = [browser.get(f"/meetings?page={page}").text for page in (1, 2)]
    shown = [set(re.findall(r"K-\d+", page)) for page in pages]
    assert not shown[0] & shown[1]
    for odd in ("0", "-1", "x", "99999999999999999999"):
        assert browser.get(f"/meetings?page={odd}").status_code == 200


# --- The start page -----------------------------------------------------------------------------


def test_home_leads_into_the_meeting_that_is_on(client_for: Browser, live: Briefing) -> None:
    assert f'href="/meetings/{live.id}/console"' in client_for("thuky").get("/").text
    page = client_for("daibieu").get("/").text
    assert f'href="/meetings/{live.id}/live"' in page
    assert f'href="/meetings/{live.id}/console"' not in page


def test_home_counts_what_my_unit_is_late_with(
    client_for: Browser, in_state: Callable[[str], Briefing], world: World, thu_ky: Actor
) -> None:
    live = in_state("live")
    for due, wording in (("2020-01-31", "Việc đã trễ"), ("2199-12", "Việc còn xa")):
        live.do(
            thu_ky,
            "directive.add",
            text=wording,
            due=due,
            lead_unit_ids=[world.units["cac_xa"]],  # the group stands for each commune
        )
    words = text(client_for("daibieu").get("/"))
    waiting, late = words.index("Chờ tôi"), words.index("Quá hạn")
    assert waiting < words.index("Việc còn xa")
    assert words.index("Việc đã trễ") > late
    assert "Việc đã trễ" not in text(client_for("daibieu2").get("/"))
    assert "Việc đã trễ" not in text(client_for("khach").get("/"))


def test_the_records_clerk_finds_what_has_ended(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    page = client_for("vanthu").get("/").text
    assert f'href="/meetings/{in_state("closed").id}/documents"' in page


@pytest.mark.parametrize("username", ["khach", "quantri"])
def test_an_empty_home_says_what_comes_next(client_for: Browser, username: str) -> None:
    assert "Không có việc nào chờ bạn" in text(client_for(username).get("/"))


# --- Documents ----------------------------------------------------------------------------------


def test_documents_are_for_the_staff_until_the_end(
    client_for: Browser, in_state: Callable[[str], Briefing]
) -> None:
    live, closed = in_state("live").id, in_state("closed").id
    link = "/api/v1/meetings/%d/documents/%s.pdf"
    for kind in ("minutes", "conclusions"):
        for username in ("thuky", "chutoa", "vanthu"):
            assert (
                link % (live, kind) in client_for(username).get(f"/meetings/{live}/documents").text
            )
        refused = client_for("daibieu").get(f"/meetings/{live}/documents")
        assert link % (live, kind) not in refused.text
        assert "Văn bản có sau khi cuộc họp kết thúc" in text(refused)
        page = client_for("daibieu").get(f"/meetings/{closed}/documents").text
        assert link % (closed, kind) in page


# --- Work for the database ----------------------------------------------------------------------


def test_more_meetings_ask_no_more_questions(client_for: Browser, app: Flask, world: World) -> None:
    browser = client_for("daibieu")
    counts = []
    for number in (0, 12):
        for each in range(number):
            schedule(app, world.actors, code=f"N-{number}-{each}")
        for path in ("/", "/meetings", "/meetings?q=thang"):
            with counted(app) as statements:
                assert browser.get(path).status_code == 200
            counts.append((path, len(statements)))
    assert counts[:3] == counts[3:]


def test_a_longer_record_asks_no_more_questions(
    client_for: Browser, app: Flask, live: Briefing, thu_ky: Actor, world: World
) -> None:
    browser = client_for("thuky")
    counts = []
    for number in (0, 15):
        for each in range(number):
            live.do(thu_ky, "discussion.add", item_id=live.parts.items[0], text=f"Ý {each}")
            live.do(thu_ky, "agenda.add", title=f"Mục {each}")
            live.do(
                thu_ky, "directive.add", text=f"Việc {each}", lead_unit_ids=[world.units["xa_mot"]]
            )
        for path in ("/", f"/meetings/{live.id}"):
            app.extensions.pop("snapshots", None)  # of a test that has just seen the same
            with counted(app) as statements:
                assert browser.get(path).status_code == 200
            counts.append((path, len(statements)))
    assert counts[:2] == counts[2:]
