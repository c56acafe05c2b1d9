"""What people do about mails: look at what has become of them, send one again, pass one over."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.db import writing
from core.errors import Conflict, NotFound
from core.times import now
from meetings.access import visible_meetings
from meetings.models import LEADERS, Meeting, Participant
from minutes.reminding.commands import Decide
from minutes.reminding.models import Reminder
from people.actor import Actor

_DONE = {
    "sent": _("Thư này đã gửi."),
    "sending": _("Thư này đang được gửi."),
    "dropped": _("Thư này đã được bỏ qua."),
}


def sees_reminders(session: Session, actor: Actor) -> bool:
    """Whether there is a page of mails for this account: an administrator's, a chair's or a
    secretary's."""
    leads = visible_meetings(actor).where(Participant.role.in_(LEADERS)).limit(1)
    return actor.is_admin or session.scalar(leads) is not None


def visible_reminders(actor: Actor) -> Select[Reminder]:
    """The mails that the actor may know of: all for an administrator; for others those to people
    of the meetings that they chair or keep the record of. What a mail says is its recipient's."""
    if actor.is_admin:
        return select(Reminder)
    led = visible_meetings(actor).where(Participant.role.in_(LEADERS)).with_only_columns(Meeting.id)
    people = select(Participant.person_id).where(Participant.meeting_id.in_(led))
    return select(Reminder).where(Reminder.person_id.in_(people))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many mails of those are in each state."""
    mine = visible_reminders(actor).with_only_columns(Reminder.state, func.count(Reminder.id))
    return dict(session.execute(mine.group_by(Reminder.state)).all())


def decide(actor: Actor, reminder_id: int, args: Decide) -> dict[str, Any]:
    """Send a mail (again), or pass it over.

    Raises:
        NotFound: there is no such mail, or none for this actor.
        Conflict: it has been sent, is being sent or has been passed over; or its recipient has
            no address any more.
    """
    with writing() as session:
        mine = visible_reminders(actor).where(Reminder.id == reminder_id)
        found = session.scalar(mine.with_for_update(of=Reminder))
        if found is None:
            raise NotFound()
        if found.state in _DONE and (found.state, args.decision) != ("dropped", "send"):
            raise Conflict(_DONE[found.state], current=found.public())
        if args.decision == "send":
            _send_again(found)
        else:
            found.state = "dropped"
        found.claim = None
        found.decided_by_id, found.decided_at = actor.user_id, now()
        session.flush()
        return found.public()


def _send_again(reminder: Reminder) -> None:
    person = reminder.person
    if person.email is None:
        raise Conflict(
            _("Người nhận chưa có địa chỉ thư; quản trị viên nhập trong Danh bạ."),
            current=reminder.public(),
        )
    # Whoever says so has seen why it was refused, and knows that it is mended.
    person.email_failed_at = person.email_error = None
    reminder.state, reminder.address = "waiting", person.email
    reminder.attempts, reminder.next_attempt_at = 0, now()
