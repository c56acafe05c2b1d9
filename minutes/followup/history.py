"""The life of a directive, told from the log: who has said and done what about it, and when."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from meetings.access import Viewer
from meetings.models import LogRow
from minutes.models import Directive

# Commands whose result is the directive itself, and those whose result is about it.
_OF_ITSELF = {f"directive.{name}" for name in ("add", "update", "classify", "pass_on", "take_back")}
_ABOUT_IT = {
    *("directive.acknowledge", "directive.report", "report.check", "report.return"),
    *("extension.ask", "extension.decide"),
}
# What a change of a directive may be of, in the order in which it is told.
_CHANGES = ("text", "lead_unit_ids", "supporting_unit_ids", "due", "field")


@dataclass(frozen=True)
class Event:
    """Something that was said or done about a directive.

    Attributes:
        name: of the command.
        at: when.
        who: by whom.
        what: its result: the directive, acknowledgement, report or extension as it was then.
        changes: what it has changed of the directive itself, as `(field, before, after)`.
        parts: what it has passed on, or taken back: the parts as they were given.
    """

    name: str
    at: datetime
    who: str
    what: dict[str, Any]
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)


def history(session: Session, viewer: Viewer, directive: Directive) -> list[Event]:
    """Everything about a directive from its being given on, oldest first.

    A part that was passed on begins with what was said about it; the whole tells of the passing on.

    Args:
        session: to read with.
        viewer: of the meeting, who sees all of it (`meetings.access.sees`).
        directive: one of that meeting.
    """
    # Logged results are in one form (meetings.changes.canonical), so most of what is about
    # other directives need not be read.
    mentions = [
        LogRow.result.contains(f'"{name}":{directive.id},') for name in ("id", "directive_id")
    ]
    rows = session.execute(
        select(
            LogRow.type, LogRow.at, LogRow.actor_name, LogRow.result, LogRow.changed, LogRow.deleted
        )
        .where(
            LogRow.meeting_id == viewer.meeting_id,
            LogRow.type.in_(_OF_ITSELF | _ABOUT_IT),
            or_(*mentions),
        )
        .order_by(LogRow.revision)
    )
    found: list[Event] = []
    known: dict[str, Any] = {}
    parts: dict[int, dict[str, Any]] = {}
    for row in rows:
        result, changed = json.loads(row.result), json.loads(row.changed)
        about = result["id"] if row.type in _OF_ITSELF else result["directive_id"]
        if about != directive.id:
            continue
        stands = changed.get(directive.key, known)
        changes = []
        if known and row.type in ("directive.update", "directive.classify"):
            pairs = ((name, known.get(name), stands.get(name)) for name in _CHANGES)
            changes = [pair for pair in pairs if pair[1] != pair[2]]
        moved = _given(directive.id, changed, parts) if row.type == "directive.pass_on" else []
        if row.type == "directive.take_back":
            gone = [int(key.partition("/")[2]) for key in json.loads(row.deleted)]
            moved = [parts.pop(key) for key in gone if key in parts]
        found.append(Event(row.type, row.at, row.actor_name, result, changes, moved))
        known = stands
    return found


def _given(
    whole_id: int, changed: dict[str, Any], parts: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The parts that are new in what a command has changed; `parts` are those known so far."""
    given = [
        thing
        for key, thing in changed.items()
        if key.startswith("directive/")
        and thing.get("parent_id") == whole_id
        and thing["id"] not in parts
    ]
    parts.update({part["id"]: part for part in given})
    return given
