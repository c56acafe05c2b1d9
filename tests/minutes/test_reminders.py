"""Who is reminded of what, when; and that each mail goes out once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.db import db, writing
from core.times import VIETNAM, now
from meetings.models import Meeting
from minutes.followup.models import Extension, Report
from minutes.models import Directive, DirectiveUnit
from minutes.reminding import outbox
from minutes.reminding.models import Reminder
from minutes.reminding.outbox import deliver
from minutes.reminding.rules import last_reminder, may_send, next_sending
from minutes.reminding.writing import remind, write_due
from people.actor import Actor
from people.models import Person, User
from tests.marks import both_engines
from tests.smtp import MailServer
from tests.world import Briefing, World

ClientFor = Callable[[str], FlaskClient]
InState = Callable[[str], Briefing]
# A Monday, 07:00 in Vietnam; that week's Wednesday is a working day too.
MONDAY = datetime(2026, 11, 16, 7, tzinfo=VIETNAM)
URL = "https://giaoban.example.gov.vn"


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> None:
    if "post" in request.fixturenames:
        server = request.getfixturevalue("post")
        server.mails.clear()
        server.patient = False


def address(app: Flask, world: World, **addresses: str | None) -> None:
    with app.app_context(), writing() as session:
        for username, email in addresses.items():
            session.get_one(Person, world.person(username)).email = email


def given(briefing: Briefing, unit_id: int, due: str | None, text: str = "", **more: Any) -> int:
    """A directive as it was given a month ago, in a meeting that was closed then."""
    with briefing.app.app_context(), writing() as session:
        long_ago = MONDAY - timedelta(days=30)
        session.get_one(Meeting, briefing.id).closed_at = long_ago
        session.execute(update(Directive).values(at=long_ago))
        values = {"at": long_ago, "state": "given"} | more
        directive = Directive(meeting_id=briefing.id, text=text or f"Việc {due}", due=due, **values)
        directive.units = [DirectiveUnit(unit_id=unit_id, leads=True, position=1)]
        session.add(directive)
        session.flush()
        return directive.id


def run(app: Flask, post: MailServer, moment: datetime, **more: Any) -> dict[str, int]:
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "PUBLIC_URL", URL)
        return dict(remind(post.settings, clock=lambda: moment, **more))


def stored(app: Flask) -> list[Reminder]:
    with app.app_context():
        rows = list(db.session.scalars(select(Reminder).order_by(Reminder.id)))
        db.session.expunge_all()
        return rows


def body(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-24", None),
        ("2026-11-25", "2026-11-25"),  # three working days before Monday the 30th
        ("2026-11-26", "2026-11-25"),
        ("2026-11-27", "2026-11-27"),  # one working day before
        ("2026-11-29", "2026-11-27"),
        ("2026-11-30", "2026-11-30"),
        ("2026-12-01", "2026-12-01"),
        ("2026-12-02", "2026-12-01"),
        ("2026-12-03", "2026-12-03"),
        ("2026-12-06", "2026-12-03"),
        ("2026-12-07", "2026-12-07"),
        ("2026-12-13", "2026-12-07"),
        ("2026-12-14", "2026-12-14"),
        ("2027-11-30", "2027-11-29"),
    ],
)
def test_a_deadline_is_called_to_mind_on_these_days(today: str, expected: str | None) -> None:
    found = last_reminder(date(2026, 11, 30), date.fromisoformat(today))
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("2026-11-16T06:59", "2026-11-16T07:00"),
        ("2026-11-16T07:00", None),
        ("2026-11-16T20:59", None),
        ("2026-11-16T21:00", "2026-11-17T07:00"),
        ("2026-11-20T23:00", "2026-11-23T07:00"),
        ("2026-11-22T10:00", "2026-11-23T07:00"),
        ("2026-09-02T03:00", "2026-09-03T07:00"),  # the national day
    ],
)
def test_nights_and_days_off_are_quiet(moment: str, then: str | None) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM)
    assert may_send(at) is (then is None)
    expected = datetime.fromisoformat(then or moment).replace(tzinfo=VIETNAM)
    assert next_sending(at) == expected


@both_engines
def test_one_mail_tells_each_what_is_theirs_by_urgency(
    in_state: InState, world: World, post: MailServer, dai_bieu: Actor, thu_ky: Actor
) -> None:
    closed, units = in_state("closed"), world.units
    app = closed.app
    late = given(closed, units["xa_mot"], "2026-11-15", "Báo cáo thu ngân sách quý III 🌾.")
    near = given(closed, units["cac_xa"], "2026-11-18", "Rà soát\r\nBcc: hộ nghèo")
    today = given(closed, units["xa_mot"], "2026-11-16")
    given(closed, units["xa_mot"], "2026-12-31", "Việc còn xa")
    given(closed, units["tai_chinh"], "2026-11-16", "Việc của phòng khác")
    given(closed, units["xa_mot"], "2026-11-10", "Việc đã xong", done_at=MONDAY, state="done")
    address(
        app, world, daibieu="xa1@example.gov.vn", thuky="thuky@example.gov.vn",
        khach="khach@example.gov.vn",
    )  # fmt: skip
    ask = {
        "directive_id": near,
        "due": "2199-01-01",
        "reason": "Mưa lũ.",
        "unit_id": units["xa_mot"],
    }
    closed.do(dai_bieu, "extension.ask", **ask)
    with app.app_context(), writing() as session:
        session.execute(update(Extension).values(at=MONDAY - timedelta(hours=1)))
        session.execute(update(Person).where(Person.id == world.person("daibieu")).values(
            name="K'Đại\r\nBcc: x@example.com"
        ))  # fmt: skip

    assert run(app, post, MONDAY) == {"written": 2, "sent": 2}
    (mail,) = post.to("xa1@example.gov.vn")
    assert mail["Subject"] == "Nhắc việc ngày 16/11/2026: 2 quá hạn, 1 hạn hôm nay, 1 sắp đến hạn"
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "K'Đại Bcc: x@example.com"
    text = body(mail)
    order = [text.index(f"{URL}/directives/{key}\n") for key in (late, today, near)]
    assert order == sorted(order)
    assert "Thời hạn: 15/11/2026, quá hạn 1 ngày" in text
    assert "Báo cáo thu ngân sách quý III 🌾." in text
    assert "Rà soát Bcc: hộ nghèo" in text
    for other in ("Việc còn xa", "Việc của phòng khác", "Việc đã xong"):
        assert other not in text
    (mail,) = post.to("thuky@example.gov.vn")
    assert mail["Subject"] == "Nhắc việc ngày 16/11/2026: 1 chờ quyết định"
    assert "UBND xã Đắk R'Măng xin gia hạn" in body(mail)
    # Who is in no meeting hears of nothing, though it is their commune's too.
    assert post.to("khach@example.gov.vn") == []

    # The same day nobody gets another one; on Tuesday nothing new has come up; on Wednesday the
    # one that is three days late, and the one that is due.
    assert run(app, post, MONDAY + timedelta(hours=1)) == {}
    assert run(app, post, MONDAY + timedelta(days=1)) == {"written": 1, "sent": 1}
    assert "1 sắp đến hạn" in post.to("xa1@example.gov.vn")[-1]["Subject"]
    assert run(app, post, MONDAY + timedelta(days=2)) == {"written": 1, "sent": 1}
    assert "3 quá hạn, 1 hạn hôm nay" in post.to("xa1@example.gov.vn")[-1]["Subject"]
    assert run(app, post, MONDAY + timedelta(days=2, hours=-1)) == {}  # at night


def test_what_is_given_and_sent_back_comes_once(
    in_state: InState, world: World, post: MailServer, dai_bieu: Actor, chu_toa: Actor
) -> None:
    closed = in_state("closed")
    app, key = closed.app, closed.parts.directive
    with app.app_context(), writing() as session:
        session.get_one(Directive, key).due = None
    address(app, world, daibieu="xa1@example.gov.vn")
    moment = now() + timedelta(seconds=1)
    assert run(app, post, moment, any_time=True) == {"written": 1, "sent": 1}
    assert "1 mới giao" in post.mails[0]["Subject"]
    report = {"directive_id": key, "progress": 100, "text": "Xong.", "done": True}
    done = closed.do(dai_bieu, "directive.report", **report).result
    tomorrow = moment + timedelta(days=1)
    assert run(app, post, tomorrow, any_time=True) == {}
    closed.do(chu_toa, "report.return", report_id=done["id"], remarks="Thiếu biểu.")
    with app.app_context(), writing() as session:
        session.get_one(Report, done["id"]).decided_at = tomorrow - timedelta(hours=1)
    assert run(app, post, tomorrow, any_time=True) == {"written": 1, "sent": 1}
    assert "1 bị trả lại" in post.mails[-1]["Subject"]
    assert "Lý do: Thiếu biểu." in body(post.mails[-1])
    assert run(app, post, tomorrow + timedelta(days=1), any_time=True) == {}
    # A meeting that is reopened and closed again gives nothing anew, what is passed on does.
    with app.app_context(), writing() as session:
        session.get_one(Meeting, closed.id).closed_at = tomorrow + timedelta(days=1)
    assert run(app, post, tomorrow + timedelta(days=2), any_time=True) == {}


def test_what_one_s_own_parts_have_done_is_not_called_to_mind(
    in_state: InState, world: World, post: MailServer, thu_ky: Actor, dai_bieu: Actor
) -> None:
    closed = in_state("closed")
    app, units = closed.app, world.units
    closed.do(thu_ky, "meeting.reopen", reason="Ghi sót.")
    closed.do(
        thu_ky,
        "directive.update",
        directive_id=closed.parts.directive,
        due="2199-12-31",
        lead_unit_ids=[units["xa_mot"], units["tai_chinh"]],
        supporting_unit_ids=[],
    )
    closed.do(thu_ky, "meeting.close")
    passed = {"directive_id": closed.parts.directive, "unit_ids": [units["thon"]]}
    closed.do(dai_bieu, "directive.pass_on", **passed)
    part = max(int(k[10:]) for k in closed.objects(thu_ky) if k.startswith("directive/"))
    report = {"directive_id": part, "progress": 100, "text": "Xong.", "done": True}
    closed.do(dai_bieu, "directive.report", **report)
    with app.app_context(), writing() as session:
        for directive in session.scalars(select(Directive).filter_by(meeting_id=closed.id)):
            directive.due = "2026-11-01"
    address(app, world, daibieu="xa1@example.gov.vn", daibieu2="tc@example.gov.vn")
    assert run(app, post, now(), any_time=True) == {"written": 1, "sent": 1}
    assert len(post.to("tc@example.gov.vn")) == 1


def test_four_hundred_directives_are_one_mail(
    in_state: InState, world: World, post: MailServer
) -> None:
    closed = in_state("closed")
    app = closed.app
    with app.app_context(), writing() as session:
        session.get_one(Meeting, closed.id).title = "Giao ban " + "rất dài " * 61
        for number in range(400):
            directive = Directive(
                meeting_id=closed.id, text="chữ " * 300, due="2026-11-15", at=MONDAY, state="given"
            )
            directive.units = [
                DirectiveUnit(unit_id=world.units["xa_mot"], leads=True, position=number)
            ]
            session.add(directive)
    address(app, world, daibieu="xa1@example.gov.vn")
    assert run(app, post, MONDAY) == {"written": 1, "sent": 1}
    text = body(post.mails[0])
    # One of the world's own is late as well.
    assert text.count(f"{URL}/directives/") == 30
    assert f"Còn 371 việc nữa, xem tại: {URL}/directives\n" in text
    assert "QUÁ HẠN (401)" in text
    assert "\n\n\n" not in text
    assert len(stored(app)[0].directive_ids) == 401


@both_engines
def test_what_the_server_answers_decides(
    in_state: InState, world: World, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, units = in_state("closed"), world.units
    app = closed.app
    given(closed, units["xa_mot"], "2026-11-15")
    given(closed, units["tai_chinh"], "2026-11-15")
    address(
        app, world, daibieu="bounce@example.gov.vn", daibieu2="busy@example.gov.vn",
        quansat="spam@xã-thử.vn", thuky=None,
    )  # fmt: skip
    assert run(app, post, MONDAY) == {"written": 3, "refused": 2, "waiting": 1}
    by_state = {(r.state, r.error) for r in stored(app)}
    assert by_state == {
        ("refused", "550 5.1.1 <bounce@example.gov.vn>: no such user here"),
        ("refused", "554 5.7.1 Rejected as spam"),
        ("waiting", "451 4.7.1 Greylisted, try again later"),
    }
    with app.app_context():
        bounced = db.session.get_one(Person, world.person("daibieu"))
        assert bounced.email_error == "550 5.1.1 <bounce@example.gov.vn>: no such user here"
        assert db.session.get_one(Person, world.person("quansat")).email_failed_at is None
    # A pause, which grows; then it goes out. The address that bounced is left alone.
    waits = [
        minutes for minutes in (0.9, 1.1) if run(app, post, MONDAY + timedelta(minutes=minutes))
    ]
    assert waits == [1.1]
    assert run(app, post, MONDAY + timedelta(minutes=3)) == {}
    post.patient = True
    assert run(app, post, MONDAY + timedelta(minutes=4)) == {"sent": 1}
    assert outbox.pause(40) == timedelta(hours=4)
    assert run(app, post, MONDAY + timedelta(days=7)) == {
        "written": 2, "sent": 1, "refused": 1,
    }  # fmt: skip

    # The line breaks after the text: nobody can tell.
    address(app, world, daibieu="lost@example.gov.vn", daibieu2=None, quansat=None)
    with app.app_context(), writing() as session:
        session.get_one(Person, world.person("daibieu")).email_failed_at = None
    assert run(app, post, MONDAY + timedelta(days=14)) == {"written": 1, "uncertain": 1}
    assert run(app, post, MONDAY + timedelta(days=14, hours=1)) == {}
    assert len(post.to("lost@example.gov.vn")) == 1


@both_engines
def test_a_server_that_is_away_loses_nothing(
    in_state: InState, world: World, post: MailServer
) -> None:
    closed, units = in_state("closed"), world.units
    app = closed.app
    given(closed, units["xa_mot"], "2026-11-15")
    given(closed, units["tai_chinh"], "2026-11-15")
    address(app, world, daibieu="xa1@example.gov.vn", daibieu2="tc@example.gov.vn")
    with MailServer() as other:
        gone = other.settings
    with app.app_context():
        assert dict(remind(gone, clock=lambda: MONDAY)) == {"written": 2, "waiting": 1}
        one, two = stored(app)
        assert "refused" in (one.error or "")
        assert two.attempts == 0
    # What waits until another day is replaced by that day's mail; who has lost their account
    # meanwhile gets none; and it goes to where they are reached now.
    with app.app_context(), writing() as session:
        session.get_one(User, world.actors["daibieu2"].user_id).active = False
    address(app, world, daibieu="moi@example.gov.vn")
    assert run(app, post, MONDAY + timedelta(days=2)) == {"written": 1, "sent": 1}
    assert [(r.state, r.day.day) for r in stored(app)] == [
        ("dropped", 16), ("dropped", 16), ("sent", 18),
    ]  # fmt: skip
    assert [str(m["To"].addresses[0].addr_spec) for m in post.mails] == ["moi@example.gov.vn"]


@both_engines
def test_a_sender_that_died_is_told_by_how_far_it_came(
    in_state: InState, world: World, post: MailServer
) -> None:
    closed, units = in_state("closed"), world.units
    app = closed.app
    given(closed, units["xa_mot"], "2026-11-15")
    address(app, world, daibieu="xa1@example.gov.vn")
    later = MONDAY + outbox.LEASE + timedelta(seconds=1)
    with app.app_context():
        assert write_due(URL, lambda: MONDAY) == 1
        claimed = outbox._claim(MONDAY)
        assert claimed is not None
        # Nobody else takes it while the claim holds.
        assert dict(deliver(post.settings, lambda: MONDAY)) == {}
        assert dict(deliver(post.settings, lambda: later)) == {"sent": 1}
        # The one taken for dead is only slow: it finds out before its text goes out.
        assert not outbox._going_out(claimed, later)
        assert outbox._settle(claimed, None, later, claim_next=False)[0] == "sent"
        assert stored(app)[0].claim != claimed.claim
    assert len(post.mails) == 1

    with app.app_context(), writing() as session:
        session.execute(update(Reminder).values(state="waiting"))
    with app.app_context():
        claimed = outbox._claim(later)
        assert claimed is not None
        assert outbox._going_out(claimed, later)
        last = later + outbox.LEASE + timedelta(seconds=1)
        assert dict(deliver(post.settings, lambda: last)) == {"uncertain": 1}
        assert len(post.mails) == 1
        # It was slow after all, and knows.
        outbox._settle(claimed, None, last, claim_next=False)
        assert stored(app)[0].state == "sent"
