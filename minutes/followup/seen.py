"""The meetings whose directives somebody may see, as statements about many directives name them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.orm import Session

from meetings.access import visible_meetings
from meetings.models import LEADERS, Meeting, Participant
from people.actor import Actor


def seen_by(session: Session, actor: Actor, led: bool = False) -> BindParameter[Any]:
    """The ids of the meetings that somebody may see, for `Directive.meeting_id.in_`.

    They stand in the statement as numbers. Of a subquery PostgreSQL does not know how many it will
    find, and joins where it could read an index: counting 100,000 directives takes three times as
    long.

    Args:
        session: to read with.
        actor: who looks.
        led: only those that one chairs, or whose secretary one is.
    """
    mine = visible_meetings(actor).with_only_columns(Meeting.id).order_by(Meeting.id)
    if led:
        mine = mine.where(Participant.role.in_(LEADERS))
    keys = list(session.scalars(mine))
    return bindparam("seen", keys, expanding=True, literal_execute=True, unique=True)
