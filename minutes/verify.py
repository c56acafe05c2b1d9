"""Is the log whole, and does replaying it give what is stored?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.changes import GENESIS, chained
from meetings.feed import objects_of
from meetings.models import LogRow, Meeting

# People are told together with who takes part, but belong to the directory, not the log.
DIRECTORY = "person"


def faults(session: Session) -> Iterator[str]:
    """One line for each fault in any meeting's log; none when all is well."""
    for meeting in session.scalars(select(Meeting).order_by(Meeting.id)):
        yield from _faults_of(session, meeting)


def _faults_of(session: Session, meeting: Meeting) -> Iterator[str]:
    revision, previous = 0, GENESIS
    replayed: dict[str, Any] = {}
    rows = session.scalars(
        select(LogRow).where(LogRow.meeting_id == meeting.id).order_by(LogRow.revision)
    )
    for row in rows:
        revision += 1
        if row.revision != revision:
            yield f"{meeting.code}: revision {revision} is missing before {row.revision}"
            revision = row.revision
        if row.previous_hash != previous:
            yield f"{meeting.code}: revision {row.revision} does not follow its predecessor"
        if chained(row) != row.hash:
            yield f"{meeting.code}: revision {row.revision} has been altered"
        previous = row.hash
        replayed.update(json.loads(row.changed))
        for key in json.loads(row.deleted):
            replayed.pop(key, None)
    if meeting.revision != revision:
        yield f"{meeting.code}: the meeting is at {meeting.revision}, its log at {revision}"
    stored = objects_of(session, meeting)
    replayed = {k: v for k, v in replayed.items() if k.split("/")[0] != DIRECTORY}
    for key in sorted(stored.keys() | replayed.keys()):
        if stored.get(key) != replayed.get(key):
            yield f"{meeting.code}: {key} is not what the log says"
