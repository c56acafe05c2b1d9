"""Writing mails into the outbox, and the whole of what a run does."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import update

from config import Mail
from core.db import reading, writing
from core.errors import Conflict
from core.i18n import speaking
from core.jobs import Jobs
from core.realtime import give_way
from core.times import now, vietnam
from minutes.reminding.digest import Digest, compose
from minutes.reminding.models import Reminder
from minutes.reminding.outbox import Clock, deliver
from minutes.reminding.rules import may_send
from minutes.reminding.triggers import candidates
from people.actor import Actor
from people.models import User


def write_due(
    public_url: str, clock: Clock = now, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Write the mails that are due now, and say how many. Whoever does this at the same time writes
    the others: a person has one a day.

    Args:
        public_url: where the pages are, for the links.
        clock: tells the present moment.
        stopping: asked between two mails; when true, no further one is begun.
    """
    present, written = clock(), 0
    with reading() as session:
        ids = [user.id for user in candidates(session, present)]
    for user_id in ids:
        # The server that does this has others to answer; a thousand mails take it a while.
        give_way()
        if stopping():
            break
        with reading() as session, speaking("vi"):
            user = session.get_one(User, user_id)
            person = user.person
            if person is None or person.email is None:
                continue
            digest = compose(session, Actor.of(user), person, public_url, present)
            person_id, address = person.id, person.email
        if digest is not None:
            written += _keep(digest, person_id, address, public_url, present)
    return written


def _keep(digest: Digest, person_id: int, address: str, public_url: str, present: datetime) -> bool:
    day = vietnam(present).date()
    host = urlsplit(public_url).hostname or "localhost"
    earlier = (
        update(Reminder)
        .where(Reminder.person_id == person_id, Reminder.day < day, Reminder.state == "waiting")
        .values(state="dropped")
        .execution_options(synchronize_session=False)
    )
    try:
        with writing() as session:
            # What could not be sent until today would only tell of yesterday.
            session.execute(earlier)
            session.add(
                Reminder(
                    person_id=person_id,
                    day=day,
                    address=address,
                    subject=digest.subject,
                    body=digest.body,
                    directive_ids=digest.directive_ids,
                    message_id=f"<nhac-viec.{person_id}.{day}.{secrets.token_hex(8)}@{host}>",
                    next_attempt_at=present,
                    created_at=present,
                )
            )
    except Conflict:
        return False  # another process has just written it
    return True


# What is new is looked for now and then; what waits is sent soon.
WRITING = timedelta(minutes=10)
SENDING = timedelta(seconds=30)


def schedule(jobs: Jobs, server: Mail) -> None:
    """Let the server write and send by itself, however many processes do."""

    def write() -> None:
        if may_send(now()):
            write_due(current_app.config["PUBLIC_URL"], stopping=lambda: jobs.stopping)

    def send() -> None:
        if may_send(now()):
            deliver(server, stopping=lambda: jobs.stopping)

    jobs.every(WRITING, write)
    jobs.every(SENDING, send)


def remind(
    server: Mail,
    *,
    any_time: bool = False,
    clock: Clock = now,
) -> Counter[str]:
    """Write and send what is due now. Safe to be done twice, also at the same time.

    Args:
        server: where mail goes.
        any_time: also at night and on days off.
        clock: tells the present moment.

    Returns how many were `written`, and how many came to which state.
    """
    if not (any_time or may_send(clock())):
        return Counter()
    tally = Counter(written=write_due(current_app.config["PUBLIC_URL"], clock))
    tally += deliver(server, clock)
    return tally
