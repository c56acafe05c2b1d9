"""HTTP API: what has become of mails, and what is decided about them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from core.api import Listing, Page, PathId, Public, blueprint, page_of
from core.db import db
from core.schema import Query
from minutes.reminding import services
from minutes.reminding.commands import Decide
from minutes.reminding.models import Reminder
from people.login import current_actor

api = blueprint("reminders", __name__)

StateName = Literal["waiting", "sending", "sent", "refused", "uncertain", "dropped"]


class ReminderOut(Public):
    """A mail to a person, and what has become of it."""

    id: int
    person_id: int
    day: str
    state: StateName
    directives: int
    attempts: int
    next_attempt_at: str | None
    error: str | None
    created_at: str
    sent_at: str | None


class Reminders(Listing):
    """A page of mails."""

    items: list[ReminderOut]


class ReminderPath(Query):
    """A mail's id in the address."""

    reminder_id: PathId


class ReminderFilter(Page):
    """Which mails."""

    state: Literal["", StateName] = Field(default="", description="Only in this state.")


@api.get("/reminders", responses={200: Reminders})
def list_reminders(query: ReminderFilter) -> dict[str, Any]:
    """Mails, the newest first: all for an administrator, for chairs and secretaries those to the
    people of their meetings."""
    statement = services.visible_reminders(current_actor()).order_by(Reminder.id.desc())
    if query.state:
        statement = statement.where(Reminder.state == query.state)
    return page_of(db.session(), statement, query, Reminder.public)


@api.post("/reminders/<int:reminder_id>/decision", responses={200: ReminderOut})
def decide(path: ReminderPath, body: Decide) -> dict[str, Any]:
    """Send a mail (again), or pass it over."""
    return services.decide(current_actor(), path.reminder_id, body)
