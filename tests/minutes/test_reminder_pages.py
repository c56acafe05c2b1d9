"""The page and the API of mails: who sees what of them, and what is decided. And people's
addresses, the command, and the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.db import db, writing
from core.times import now, vietnam
from minutes.reminding.models import Reminder
from people.models import Person
from tests.core.test_metrics import read
from tests.marks import both_engines
from tests.smtp import MailServer
from tests.world import World

ClientFor = Callable[[str], FlaskClient]


@pytest.fixture
def mails(app: Flask, world: World) -> dict[str, int]:
    """A mail in each state: to K'Đại, who is in the meetings, and to Đỗ Khách, who is in none."""
    made = {}
    with app.app_context(), writing() as session:
        for username, states in (
            ("daibieu", ("waiting", "sending", "sent", "refused", "uncertain", "dropped")),
            ("khach", ("refused",)),
        ):
            person = session.get_one(Person, world.person(username))
            person.email = f"{username}@example.gov.vn"
            person.email_failed_at = now()
            person.email_error = f"550 no <b>{username}</b> <{username}@example.gov.vn>"
            for number, state in enumerate(states):
                mail = Reminder(
                    person_id=person.id,
                    day=vietnam(now()).date() - timedelta(days=number),
                    address="cu@example.gov.vn",
                    subject="Việc mật",
                    body="Nội dung mật",
                    directive_ids=[1, 2],
                    message_id=f"<{username}{number}@example.gov.vn>",
                    state=state,
                    attempts=3,
                    next_attempt_at=now() + timedelta(hours=1),
                    error="550 <script> cu@example.gov.vn" if state == "refused" else None,
                    created_at=now(),
                    sent_at=now() if state == "sent" else None,
                )
                session.add(mail)
                session.flush()
                made[state if username == "daibieu" else username] = mail.id
    return made


@both_engines
def test_staff_see_what_became_of_mails_and_not_what_they_say(
    app: Flask, mails: dict[str, int], client_for: ClientFor
) -> None:
    everything = client_for("quantri").get("/reminders").text
    for words in ("daibieu@example.gov.vn", "Đỗ Khách", "550 &lt;script&gt;", "no &lt;b&gt;khach"):
        assert words in everything
    own = client_for("thuky").get("/reminders").text
    assert "K&#39;Đại" in own
    for words in ("Đỗ Khách", "@example.gov.vn"):
        assert words not in own
    for page in (everything, own):
        assert "Việc mật" not in page
        assert "Nội dung mật" not in page
    for username in ("daibieu", "vanthu", "khach"):
        assert client_for(username).get("/reminders").status_code == 403
        assert client_for(username).get("/api/v1/reminders").json["total"] == 0
    assert "<tbody>" not in client_for("quantri").get("/reminders?state=x&page=9").text
    assert client_for("chutoa").get("/api/v1/reminders").json["total"] == 6
    found = client_for("quantri").get("/api/v1/reminders?state=refused").json
    assert [mail["id"] for mail in found["items"]] == [mails["khach"], mails["refused"]]
    assert "body" not in found["items"][0]
    # Addresses are administrators' to see, also those in what a server has said.
    assert [mail["error"] for mail in found["items"]] == ["550 <script> …"] * 2
    # Loopback reads the figures.
    assert read(app.test_client())("reminders", state="refused") == 2


@both_engines
def test_a_mail_is_sent_again_or_passed_over_by_who_may(
    app: Flask, world: World, mails: dict[str, int], client_for: ClientFor
) -> None:
    secretary, delegate = client_for("thuky"), client_for("daibieu")

    def decide(client: FlaskClient, key: int, decision: str) -> int:
        path = f"/api/v1/reminders/{key}/decision"
        return int(client.post(path, json={"decision": decision}).status_code)

    assert decide(delegate, mails["uncertain"], "send") == 404
    assert decide(secretary, mails["khach"], "send") == 404
    assert decide(secretary, 2**31 - 1, "send") == 404
    assert decide(secretary, mails["uncertain"], "maybe") == 422
    for state in ("sent", "sending"):
        assert decide(secretary, mails[state], "send") == 409
        assert decide(secretary, mails[state], "drop") == 409
    assert decide(secretary, mails["dropped"], "drop") == 409
    for state in ("uncertain", "dropped", "waiting"):
        assert decide(secretary, mails[state], "send") == 200
    # Through the page, with what is wrong said there.
    answer = secretary.post(
        f"/reminders/{mails['refused']}",
        data={"decision": "send", "state": "refused"},
        follow_redirects=True,
    )
    assert "Thư sẽ được gửi." in answer.text
    assert answer.request.path == "/reminders"
    again = secretary.post(
        f"/reminders/{mails['sent']}", data={"decision": "drop"}, follow_redirects=True
    )
    assert "Thư này đã gửi." in again.text
    assert secretary.post(f"/reminders/{mails['sent']}").status_code == 422
    assert secretary.post(f"/reminders/{10**12}", data={"decision": "drop"}).status_code == 404
    with app.app_context():
        mail = db.session.get_one(Reminder, mails["refused"])
        assert (mail.state, mail.address) == ("waiting", "daibieu@example.gov.vn")
        assert (mail.attempts, mail.decided_by_id) == (0, world.actors["thuky"].user_id)
        assert mail.person.email_failed_at is None
    with app.app_context(), writing() as session:
        session.execute(update(Person).values(email=None))
    assert decide(client_for("quantri"), mails["khach"], "send") == 409


def test_an_address_is_the_persons_and_the_administrators(
    app: Flask, world: World, client_for: ClientFor
) -> None:
    person = f"/api/v1/people/{world.person('daibieu')}"
    administrator, delegate = client_for("quantri"), client_for("daibieu")
    saved = administrator.patch(person, json={"email": " dai@Xã-Thử.VN "})
    assert saved.json["email"] == "dai@xã-thử.vn"
    assert delegate.get(person).json["email"] == "dai@xã-thử.vn"
    assert "dai@xã-thử.vn" in delegate.get("/calendar").text
    for path in (person, "/api/v1/people", "/people"):
        assert "dai@" not in client_for("thuky").get(path).text
    assert delegate.patch(person, json={"email": "x@example.vn"}).status_code == 403
    for wrong in ("khong", "a@b", "đại@example.vn", "a@example.vn\nBcc: b@example.vn", "a" * 300):
        answer = administrator.patch(person, json={"email": wrong})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "email"), wrong
    # A form keeps what was typed; another address is another chance.
    with app.app_context(), writing() as session:
        session.execute(update(Person).values(email_failed_at=now(), email_error="550 <i>no</i>"))
    page = f"/people/{world.person('daibieu')}"
    assert "550 &lt;i&gt;no" in administrator.get(page).text
    form = {"name": "K'Đại", "unit_id": str(world.units["xa_mot"]), "email": "sai@"}
    answer = administrator.post(page, data=form)
    assert answer.status_code == 422
    assert 'value="sai@"' in answer.text
    assert "Cần là một địa chỉ thư điện tử" in answer.text
    assert administrator.post(page, data=form | {"email": "moi@example.vn"}).status_code == 302
    with app.app_context():
        found = db.session.get_one(Person, world.person("daibieu"))
        assert (found.email, found.email_failed_at) == ("moi@example.vn", None)


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def test_the_command_sends_what_is_due_and_says_what_it_did(
    app: Flask, world: World, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["remind", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output.strip()

    assert run() == (0, "MAIL_URL is not set: nothing is written or sent")
    monkeypatch.setitem(app.config, "MAIL", post.settings)
    with app.app_context(), writing() as session:
        session.get_one(Person, world.person("daibieu")).email = "xa1@example.gov.vn"
        session.get_one(Person, world.person("daibieu2")).email = "bounce@example.gov.vn"
    assert run("--any-time") == (
        0,
        "1 written; 1 sent, 0 to be tried again, 0 refused, 0 uncertain",
    )
    assert run("--any-time") == (
        0,
        "0 written; 0 sent, 0 to be tried again, 0 refused, 0 uncertain",
    )
    with app.app_context(), writing() as session:
        session.execute(update(Reminder).values(state="waiting"))
        session.get_one(Person, world.person("daibieu")).email = "bounce@example.gov.vn"
    assert run("--any-time")[0] == 1
    with app.app_context():
        assert db.session.scalars(select(Reminder.state)).all() == ["refused"]
