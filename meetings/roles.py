"""What someone is in a meeting, and where a meeting stands; without the database, for workers that
have none."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What someone is in one meeting. An administrator is nothing in it by that alone."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    PARTICIPANT = "participant"
    OBSERVER = "observer"
    RECORDS_CLERK = "records_clerk"


EVERYONE = frozenset(Role)
LEADERS = frozenset({Role.CHAIR, Role.SECRETARY})
# Whose vote counts, and whose presence towards the quorum.
VOTERS = frozenset({Role.CHAIR, Role.PARTICIPANT})
STAFF = LEADERS | {Role.RECORDS_CLERK}
# How an attendance stands when its person is here.
PRESENT = frozenset({"on_site", "online"})


class State(StrEnum):
    """Where a meeting stands. A cancelled one is archived, with the reason."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    CLOSED = "closed"
    ARCHIVED = "archived"
