"""The address of one's calendar: given, revoked, and whose it is."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db import writing
from core.errors import NotFound
from core.times import now
from minutes.calendars.models import CalendarKey
from people.actor import Actor
from people.services import load_actors


def give_key(actor: Actor) -> str:
    """Make a new key for the actor's calendar, and return it this once; a former one is void."""
    key = secrets.token_urlsafe(32)
    with writing() as session:
        _void(session, actor)
        made = CalendarKey(user_id=actor.user_id, sha256=_hash(key), created_at=now())
        session.add(made)
    return key


def revoke_key(actor: Actor) -> None:
    """Let the address of the actor's calendar lead nowhere."""
    with writing() as session:
        _void(session, actor)


def reader(session: Session, key: str) -> Actor:
    """The account whose calendar a key opens.

    Raises:
        NotFound: there is none, or it has been closed.
    """
    # 32 random bytes need no slow hash, and looking a hash up tells nothing by its time.
    user_id = session.scalar(select(CalendarKey.user_id).where(CalendarKey.sha256 == _hash(key)))
    found = load_actors(session, {user_id or 0}).get(user_id or 0)
    if found is None:
        raise NotFound()
    return found


def _void(session: Session, actor: Actor) -> None:
    session.execute(delete(CalendarKey).where(CalendarKey.user_id == actor.user_id))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
