"""Many mails through a real SMTP server while their sender is killed: what is lost, what is sent
twice?"""

from __future__ import annotations

import os
import random
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
from sqlalchemy import insert, select, update

from core.db import db, writing
from core.mail import Letter, message
from core.times import now
from minutes.reminding.models import Reminder
from people.models import Person, User
from tests.conftest import close, make_app
from tests.server import PATIENCE, ROOT, free_port, until
from tests.world import SECRET_KEY

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
SENDER = "nhacviec@example.gov.vn"


@dataclass
class Tally:
    """What has become of the mails. `lost`: neither delivered nor said to be uncertain."""

    mails: int = 0
    kills: int = 0
    delivered_once: int = 0
    doubled: int = 0
    lost: int = 0
    uncertain: int = 0
    uncertain_and_delivered: int = 0
    seconds: float = 0


class Mailbox:
    """The SMTP server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self._file = free_port(), folder / f"mails-{free_port()}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.smtp", str(self.port), str(self._file)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def count(self) -> int:
        return self._file.read_bytes().count(b"\n")

    def ids(self) -> Counter[str]:
        return Counter(self._file.read_text().split())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def mailbox(folder: Path) -> Iterator[Mailbox]:
    made = Mailbox(folder)
    try:
        yield made
    finally:
        made.close()


class Senders:
    """`flask remind`, as often as one likes, without the seconds that importing takes each time."""

    def __init__(self, database_url: str, port: int, folder: Path) -> None:
        env = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            "FILES_DIR": str(folder),
            "MAIL_URL": f"smtp://127.0.0.1:{port}?from={SENDER}",
        }
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.remind_at_once"],
            cwd=ROOT,
            env=kept | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> int:
        """Start one, and say what its process is called."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._answer())

    def ended(self) -> str:
        """Wait for its end, and say how it ended."""
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate(timeout=PATIENCE)


def prepare(database_url: str, folder: Path, mails: int) -> None:
    """A database with so many mails that wait, each to a person of their own."""
    app = make_app(database_url, folder)
    with app.app_context():
        flask_migrate.upgrade()
        with writing() as session:
            numbers = range(1, mails + 1)
            session.execute(
                insert(Person),
                [
                    {"id": n, "name": f"Đỗ Thị {n}", "email": f"p{n}@example.gov.vn"}
                    for n in numbers
                ],
            )
            session.execute(
                insert(User),
                [
                    {"username": f"p{n}", "password_hash": "", "person_id": n, "stamp": ""}
                    for n in numbers
                ],
            )
            session.execute(insert(Reminder), [_mail(number) for number in numbers])
    close(app)


def _mail(number: int) -> dict[str, object]:
    return {
        "person_id": number,
        "day": LONG_AGO.date(),
        "address": f"p{number}@example.gov.vn",
        "subject": f"Nhắc việc ngày 05/01/2026: {number} quá hạn",
        "body": "Rà soát hộ nghèo, báo cáo UBND huyện.\n" * 40,
        "directive_ids": [number],
        "message_id": f"<nhac-viec.{number}@example.gov.vn>",
        "state": "waiting",
        "step": "",
        "attempts": 0,
        "next_attempt_at": LONG_AGO,
        "created_at": LONG_AGO,
    }


def send(database_url: str, folder: Path, mails: int, kills: int, seed: int) -> Tally:
    """Send the mails, with the sender killed so often at random moments.

    Args:
        database_url: where `prepare` has put them.
        folder: for files.
        mails: how many there are.
        kills: how often.
        seed: of the random moments.
    """
    chance, tally = random.Random(seed), Tally(mails=mails, kills=kills)
    app = make_app(database_url, folder)
    with mailbox(folder) as box:
        senders = Senders(database_url, box.port, folder)
        moments = sorted(chance.sample(range(mails // 20, mails * 19 // 20), kills))
        for moment in moments:
            process = senders.start()
            until(lambda moment=moment: box.count() >= moment, f"mail {moment}")
            time.sleep(chance.random() * 0.02)
            os.kill(process, signal.SIGKILL)
            assert senders.ended() == f"killed {signal.SIGKILL:d}"
            # As it stands ten minutes later, when who has claimed a mail counts as dead.
            with app.app_context(), writing() as session:
                values = {"claimed_until": now() - timedelta(seconds=1)}
                session.execute(update(Reminder).where(Reminder.state == "sending").values(values))
        begun = time.monotonic()
        senders.start()
        how = senders.ended()
        tally.seconds = time.monotonic() - begun
        senders.close()
        delivered = box.ids()
    with app.app_context():
        states = dict(db.session.execute(select(Reminder.message_id, Reminder.state)).all())
    close(app)
    uncertain = {key for key, state in states.items() if state == "uncertain"}
    # It says so itself when something is to be looked at.
    assert how in ("exit 0", "exit 1"), how
    tally.uncertain, tally.uncertain_and_delivered = len(uncertain), len(uncertain & set(delivered))
    tally.delivered_once = sum(count == 1 for count in delivered.values())
    tally.doubled = sum(count > 1 for count in delivered.values())
    tally.lost = len(states.keys() - delivered.keys() - uncertain)
    # What is said to be sent was; what was delivered is said to be sent, or to be uncertain.
    sent = {key for key, state in states.items() if state == "sent"}
    assert sent <= set(delivered) <= sent | uncertain
    return tally


def bare(folder: Path, mails: int) -> float:
    """The seconds that smtplib alone takes for the same mails, over one connection."""
    with mailbox(folder) as box:
        begun = time.monotonic()
        with smtplib.SMTP("127.0.0.1", box.port) as smtp:
            for number in range(1, mails + 1):
                mail = _mail(number)
                letter = Letter(
                    address=str(mail["address"]),
                    name=f"Đỗ Thị {number}",
                    subject=str(mail["subject"]),
                    body=str(mail["body"]),
                    message_id=str(mail["message_id"]),
                    at=LONG_AGO,
                )
                smtp.send_message(message(letter, SENDER))
        seconds = time.monotonic() - begun
        assert len(box.ids()) == mails
    return seconds
