"""The outbox against a real SMTP server, with its sender killed, and with several at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from minutes.reminding.models import Reminder
from tests import mailing
from tests.conftest import make_app, own_database
from tests.server import Server, until

# As `app.py`, on a day without nights, and looking often.
BY_DAY = """
from gevent import monkey
monkey.patch_all()
from datetime import timedelta
import app, config
from minutes.reminding import writing
writing.may_send = lambda moment: True
writing.WRITING = writing.SENDING = timedelta(seconds=0.2)
def write_due(*_args, **_more):
    raise RuntimeError("a fault in a job")
writing.write_due = write_due
app.serve(config.load())
"""


@pytest.mark.scale
def test_a_sender_killed_at_random_moments_sends_everything_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mails.sqlite'}"
    mailing.prepare(url, tmp_path, 300)
    tally = mailing.send(url, tmp_path, 300, kills=3, seed=20261126)
    assert (tally.lost, tally.doubled) == (0, 0)
    assert tally.uncertain <= 3
    assert tally.delivered_once + tally.uncertain - tally.uncertain_and_delivered == 300


class _ByDay(Server):
    def start(self) -> Server:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", BY_DAY],
                cwd=mailing.ROOT,
                env=self._env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Callable[..., list[Server]]]:
    started: list[Server] = []

    def start(url: str, port: int, count: int) -> list[Server]:
        env = {"FILES_DIR": str(tmp_path), "MAIL_URL": f"smtp://127.0.0.1:{port}"}
        started.extend(_ByDay(url, "", tmp_path / f"{n}.log", **env) for n in range(count))
        for server in started:
            server.wait()
        return started

    yield start
    for server in started:
        server.terminate()
        assert server.ended() == 0


def sent(app: Flask) -> int:
    with app.app_context():
        count = select(func.count(Reminder.id)).where(Reminder.state == "sent")
        return db.session.scalar(count) or 0


@pytest.mark.postgres
def test_servers_send_by_themselves_and_no_mail_twice(
    tmp_path: Path, servers: Callable[..., list[Server]]
) -> None:
    with own_database() as url, mailing.mailbox(tmp_path) as box:
        mailing.prepare(url, tmp_path, 60)
        both = servers(url, box.port, 2)
        app = make_app(url, tmp_path)
        until(lambda: sent(app) == 60, "sending by the servers")
        assert set(box.ids().values()) == {1}
        assert len(box.ids()) == 60
        # A job that fails is logged, and neither ends the others nor itself.
        for server in both:
            faults = server.log.read_text().count("a fault in a job")
            until(
                lambda s=server, f=faults: s.log.read_text().count("a fault in a job") > f, "more"
            )
        for server in both:
            server.terminate()
            assert server.ended() == 0
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
