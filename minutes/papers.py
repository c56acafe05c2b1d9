"""Which print shows a meeting as it stands, known without composing it again.

The hash of the meeting's log stands for all that the log holds, and so for every text of a draft
(`Document.text_sha256`). People and units are not in the log, so they are compared by themselves.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from meetings.access import Viewer
from meetings.feed import DIRECTORY_SECONDS, directory_of
from meetings.models import Meeting
from minutes.prints import print_key

Objects = Mapping[str, Mapping[str, Any]]

# Documents that are remembered, over all meetings and roles.
KEPT = 1000


@dataclass(frozen=True)
class Sheet:
    """A document as it goes to the renderer (`minutes.orders.Order.packed`), and what the download
    is called, without its ending."""

    name: str
    order: bytes

    @property
    def key(self) -> str:
        """What names its print."""
        return print_key("pdf", self.order)


@dataclass
class Known:
    """A print that was made or begun.

    Attributes:
        name: what the download is called, without its ending.
        key: names the print.
        log_hash: of the meeting that it shows.
        directory: a hash of the names of people and units.
        compared_at: when those were last compared, on a clock that only goes forward, in seconds.
    """

    name: str
    key: str
    log_hash: str
    directory: str
    compared_at: float


class Papers:
    """For each meeting, role and kind, the print that was composed last."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], Known] = {}

    def known(self, session: Session, viewer: Viewer, kind: str) -> Known | None:
        """The print that shows what the viewer would be shown now, or None where that has to be
        composed. Names in the directory may be `DIRECTORY_SECONDS` behind."""
        known = self._known.get((viewer.meeting_id, viewer.role, kind))
        if known is None or known.log_hash != viewer.log_hash:
            return None
        if known.compared_at < time.monotonic() - DIRECTORY_SECONDS:
            meeting = session.get_one(Meeting, viewer.meeting_id)
            if directory_hash(directory_of(session, meeting)) != known.directory:
                return None
            known.compared_at = time.monotonic()
        return known

    def remember(
        self, meeting_id: int, role: str, kind: str, log_hash: str, objects: Objects, sheet: Sheet
    ) -> None:
        """Note which print shows a meeting.

        Args:
            meeting_id: which meeting.
            role: for whom the document was composed.
            kind: of document.
            log_hash: of the meeting, when it had these objects.
            objects: what the document was composed from, names of people and units included.
            sheet: what is printed.
        """
        place = meeting_id, role, kind
        self._known.pop(place, None)
        directory = directory_hash(objects)
        self._known[place] = Known(sheet.name, sheet.key, log_hash, directory, time.monotonic())
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]


def papers() -> Papers:
    """Those of this process."""
    found: Papers = current_app.extensions.setdefault("papers", Papers())
    return found


def directory_hash(objects: Objects) -> str:
    """What the names of people and units among these objects are, as a hash."""
    directory = [(k, v) for k, v in objects.items() if k.startswith(("unit/", "person/"))]
    return hashlib.sha256(json.dumps(sorted(directory)).encode()).hexdigest()
