"""Where a document stands on its way, and what each person may do with it next.

The commands themselves check again (minutes.workflow); this is what pages offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from meetings.models import LEADERS, STAFF, Role, State
from minutes.kinds import KINDS

Fields = Mapping[str, Any]

# Soạn thảo → trình → duyệt → ban hành.
STEPS: Final = ("draft", "submitted", "approved", "issued")


@dataclass(frozen=True)
class Way:
    """A kind of document of one meeting, as one viewer sees it.

    Attributes:
        kind: its name.
        document: the public object of the newest one; None where there is none to be seen.
        issued: the newest issued one, which a correction may be about to replace.
        next: what this viewer is to do now, the name of an action; None: it is others' turn.
        also: what they may do besides.
        open: whether there is anything to download for this viewer.
    """

    kind: str
    document: Fields | None
    issued: Fields | None
    next: str | None
    also: tuple[str, ...]
    open: bool


def ways(documents: Iterable[Fields], role: str, state: str) -> list[Way]:
    """Every kind of document of a meeting, in the order in which an office needs them.

    Args:
        documents: the public objects of those that the viewer may see.
        role: the viewer's role in the meeting.
        state: the meeting's state.
    """
    found = sorted(documents, key=lambda each: each["id"])
    return [way(kind, [d for d in found if d["kind"] == kind], role, state) for kind in KINDS]


def way(kind: str, documents: list[Fields], role: str, state: str) -> Way:
    """The same for one kind, of which `documents` are all, oldest first."""
    newest = documents[-1] if documents else None
    issued = next((d for d in reversed(documents) if d["state"] == "issued"), None)
    allowed = actions(newest, kind, role, state)
    ended = state == State.CLOSED
    return Way(
        kind=kind,
        document=newest,
        issued=issued,
        next=allowed[0] if allowed else None,
        also=tuple(allowed[1:]),
        open=bool(issued) or (ended and kind != "invitation") or role in STAFF,
    )


def actions(document: Fields | None, kind: str, role: str, state: str) -> list[str]:
    """What a viewer may do with a document now, the next step first; nothing where it is
    somebody else's turn.

    Args:
        document: the newest of its kind; None where there is none yet.
        kind: its kind.
        role: the viewer's role in the meeting.
        state: the meeting's state.
    """
    leads, clerk, chair = role in LEADERS, role == Role.RECORDS_CLERK, role == Role.CHAIR
    if KINDS[kind].letters is None or state not in (State.SCHEDULED, State.LIVE, State.CLOSED):
        return []
    if document is None:
        return ["compose"] if leads and state in KINDS[kind].states else []
    may = {
        "draft": [("submit", leads), ("edit", leads), ("discard", leads)],
        "submitted": [("approve", chair), ("return", chair), ("recall", leads and not chair)],
        "approved": [
            ("issue", clerk and (kind == "invitation" or state == State.CLOSED)),
            ("return", chair or clerk),
            ("recall", leads and not chair),
        ],
        "issued": [("sign", clerk), ("correct", leads)],
    }
    return [name for name, theirs in may[document["state"]] if theirs]
