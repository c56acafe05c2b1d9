"""The outbox: each mail is sent once, whatever dies on the way, by however many processes.

    claim, commit · connect, name the recipient · say that the text goes out, commit · send it ·
    say that it is sent, commit

A process that dies before the text went out has sent nothing: after a while the mail goes out
again by itself. One that dies later may have sent it or not, and no protocol tells: the mail is
`uncertain`, and a person decides.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from config import Mail
from core.db import writing
from core.mail import Letter, MailError, Post, Postponed, Refused, Uncertain
from core.times import now
from minutes.reminding.models import Reminder
from people.models import Person, User

log = logging.getLogger(__name__)

# Who has claimed a mail and has not been heard of for so long is dead. Far longer than any server
# may take for one mail (core.mail.PATIENCE for each of its answers).
LEASE = timedelta(minutes=10)
# Pauses after temporary failures: 1, 2, 4 … minutes, no longer than this.
_LONGEST_PAUSE = timedelta(hours=4)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class _Claimed:
    id: int
    claim: str
    attempts: int
    person_id: int
    letter: Letter


def deliver(
    server: Mail, clock: Clock = now, stopping: Callable[[], bool] = lambda: False
) -> Counter[str]:
    """Send what waits and is due, and say how many mails came to which state; `waiting` are those
    that are to be tried again.

    Args:
        server: where mail goes.
        clock: tells the present moment.
        stopping: asked between two mails; when true, no further one is begun.
    """
    tally: Counter[str] = Counter()
    tally["uncertain"] += settle_abandoned(clock())
    post = Post(server)
    try:
        claimed = None if stopping() else _claim(clock())
        while claimed is not None:
            outcome = _attempt(post, claimed, clock)
            # Nobody is tried in vain while the server is away.
            over = stopping() or _server_is_away(outcome)
            state, claimed = _settle(claimed, outcome, clock(), claim_next=not over)
            tally[state] += 1
    finally:
        post.close()
    return +tally


def settle_abandoned(present: datetime) -> int:
    """Mails whose sender has died: those that have certainly not been sent wait again, the others
    are `uncertain`. Returns how many those are. Mails for people who are to get none any more (the
    account closed, no address) are dropped."""
    dead = (Reminder.state == "sending", Reminder.claimed_until < present)
    reached = (
        select(Person.id)
        .join(User, User.person_id == Person.id)
        .where(User.active, Person.email.is_not(None))
    )
    gone = (Reminder.state == "waiting", Reminder.person_id.not_in(reached))
    with writing() as session:
        _update(session, *gone, values={"state": "dropped"})
        _update(session, *dead, Reminder.step != "data", values={"state": "waiting", "claim": None})
        return _update(session, *dead, Reminder.step == "data", values={"state": "uncertain"})


def _update(session: Session, *wheres: Any, values: dict[str, Any]) -> int:
    statement = update(Reminder).where(*wheres).values(values)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def _claim(present: datetime) -> _Claimed | None:
    with writing() as session:
        return _claim_in(session, present)


def _claim_in(session: Session, present: datetime) -> _Claimed | None:
    """The next mail that is due, claimed; None where there is none."""
    due = (
        select(Reminder)
        .where(Reminder.state == "waiting", Reminder.next_attempt_at <= present)
        .order_by(Reminder.next_attempt_at, Reminder.id)
        .limit(1)
        # On PostgreSQL each process takes another one; SQLite's writers are alone.
        .with_for_update(skip_locked=True, of=Reminder)
    )
    found = session.scalar(due)
    if found is None:
        return None
    found.state, found.step, found.claim = "sending", "connecting", secrets.token_hex(8)
    found.claimed_until, found.attempts = present + LEASE, found.attempts + 1
    # It may have been mended since the mail was written.
    found.address = found.person.email or found.address
    letter = Letter(
        address=found.address,
        name=found.person.name,
        subject=found.subject,
        body=found.body,
        message_id=found.message_id,
        at=present,
    )
    return _Claimed(found.id, found.claim, found.attempts, found.person_id, letter)


def _attempt(post: Post, claimed: _Claimed, clock: Clock) -> MailError | None:
    """Send one mail; what hindered it, or None where it is sent."""
    try:
        post.prepare(claimed.letter)
        if not _going_out(claimed, clock()):
            return Postponed("claimed by another process", away=False)
        post.hand_over(claimed.letter)
    except MailError as error:
        return error
    except Exception as error:  # a mail that cannot even be written must not hold up the others
        log.exception("a reminder could not be written")
        post.close()
        return Refused(f"{type(error).__name__}", address=False)
    return None


def _going_out(claimed: _Claimed, present: datetime) -> bool:
    """Note that the text is about to go out; False where the claim has been lost meanwhile."""
    with writing() as session:
        still = (Reminder.id == claimed.id, Reminder.claim == claimed.claim)
        values = {"step": "data", "claimed_until": present + LEASE}
        return _update(session, *still, Reminder.state == "sending", values=values) == 1


def _server_is_away(outcome: MailError | None) -> bool:
    # A server that hangs up amid one mail may do so with every one.
    return isinstance(outcome, Uncertain) or (isinstance(outcome, Postponed) and outcome.away)


def _settle(
    claimed: _Claimed, error: MailError | None, present: datetime, *, claim_next: bool
) -> tuple[str, _Claimed | None]:
    """Note what has become of a mail and, in the same transaction, claim the next one."""
    values: dict[str, Any] = {"error": error.words if error else None}
    if error is None:
        values |= {"state": "sent", "sent_at": present}
    elif isinstance(error, Refused):
        values |= {"state": "refused"}
    elif isinstance(error, Uncertain):
        values |= {"state": "uncertain"}
    else:
        values |= {"state": "waiting", "next_attempt_at": present + pause(claimed.attempts)}
    with writing() as session:
        # Who was taken for dead, and was only slow, still tells what it knows.
        known = Reminder.state.in_(("sending", "uncertain"))
        mine = (Reminder.id == claimed.id, Reminder.claim == claimed.claim, known)
        if _update(session, *mine, values=values) and isinstance(error, Refused) and error.address:
            _mark_address(session, claimed, error, present)
        following = _claim_in(session, present) if claim_next else None
    if error is not None:
        log.warning("a reminder was not sent: %s", values["state"])
    return values["state"], following


def _mark_address(session: Session, claimed: _Claimed, error: Refused, present: datetime) -> None:
    bounced = (Person.id == claimed.person_id, Person.email == claimed.letter.address)
    session.execute(
        update(Person)
        .where(*bounced)
        .values(email_failed_at=present, email_error=error.words)
        .execution_options(synchronize_session=False)
    )


def pause(attempts: int) -> timedelta:
    """How long a mail waits after so many attempts that have failed for now."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 20)), _LONGEST_PAUSE)
