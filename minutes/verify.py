"""Is the log whole, and does replaying it give what is stored?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from core import files
from core.text import fold
from meetings.changes import GENESIS, chained
from meetings.feed import objects_of
from meetings.models import LogRow, Meeting
from minutes.due import last_moment
from minutes.followup.standing import false_shares
from minutes.models import Directive, Document, DocumentText, Register, urgency
from people.directory import members_of_groups

# People are told together with who takes part, but belong to the directory, not the log.
DIRECTORY = "person"


def faults(session: Session) -> Iterator[str]:
    """One line for each fault in any meeting's log; none when all is well.

    Args:
        session: one that sees one state throughout (`core.db.reading`), so that a meeting
            which goes on meanwhile is compared with its own log.
    """
    meetings = session.execute(select(Meeting.id, Meeting.code).order_by(Meeting.id)).all()
    for meeting_id, code in meetings:
        try:
            for fault in _faults_of(session, meeting_id):
                yield f"{code}: {fault}"
        except (ValueError, StatementError) as error:
            # A moment that is none, say; the other meetings are still to be checked.
            yield f"{code}: cannot be read: {type(error).__name__}"
    orphans = select(LogRow.meeting_id).where(LogRow.meeting_id.not_in(select(Meeting.id)))
    for meeting_id in session.scalars(orphans.distinct().order_by(LogRow.meeting_id)):
        yield f"meeting {meeting_id}: has a log, but is not there"


def _faults_of(session: Session, meeting_id: int) -> Iterator[str]:
    revision, previous = 0, GENESIS
    replayed: dict[str, Any] = {}
    # The hash of each text that a document has had, by document and number.
    texts: dict[tuple[int, int], str] = {}
    rows = session.scalars(
        select(LogRow).where(LogRow.meeting_id == meeting_id).order_by(LogRow.revision)
    )
    for row in rows:
        revision += 1
        if row.revision != revision:
            yield f"revision {revision} is missing before {row.revision}"
            revision = row.revision
        if row.previous_hash != previous:
            yield f"revision {row.revision} does not follow its predecessor"
        if chained(row) != row.hash:
            yield f"revision {row.revision} has been altered"
        previous = row.hash
        try:
            changed = json.loads(row.changed)
            replayed.update(changed.items())
            for key, thing in changed.items():
                if key.startswith("document/"):
                    texts[thing["id"], thing["head"]] = thing["text_sha256"]
            for key in json.loads(row.deleted):
                replayed.pop(key, None)
        except (ValueError, TypeError, AttributeError, KeyError):  # not the JSON that we write
            yield f"revision {row.revision} cannot be replayed"
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.revision != revision:
        yield f"the meeting is at {meeting.revision}, its log at {revision}"
    stored = objects_of(session, meeting)
    replayed = {k: v for k, v in replayed.items() if k.split("/")[0] != DIRECTORY}
    for key in sorted(stored.keys() | replayed.keys()):
        if stored.get(key) != replayed.get(key):
            yield f"{key} is not what the log says"
    yield from _document_faults(session, meeting_id, texts)
    # What is worked out from an object and kept beside it, unseen by clients.
    groups = members_of_groups(session).keys()
    for directive in session.scalars(select(Directive).where(Directive.meeting_id == meeting_id)):
        due_at = last_moment(directive.due)
        if directive.due_at != due_at:
            yield f"{directive.key} is not due when its text says"
        if directive.urgency != urgency(due_at, directive.done_at):
            yield f"{directive.key} is not where the register sorts it"
        if directive.folded != fold(directive.text):
            yield f"{directive.key} is not found by its text"
        for unit_id in false_shares(session, directive, groups):
            yield f"{directive.key}: scorecards count unit {unit_id} as it does not stand"


def _document_faults(
    session: Session, meeting_id: int, texts: dict[tuple[int, int], str]
) -> Iterator[str]:
    """What the log vouches for beyond the documents themselves: their texts and files."""
    for document in session.scalars(
        select(Document).where(Document.meeting_id == meeting_id).order_by(Document.id)
    ):
        stored = dict(
            session.execute(
                select(DocumentText.number, DocumentText.content).where(
                    DocumentText.document_id == document.id
                )
            ).all()
        )
        for number in range(1, max([document.head, *stored]) + 1):
            content = stored.get(number)
            if content is None:
                yield f"{document.key} lacks its text {number}"
            elif _hash(content) != texts.get((document.id, number)):
                yield f"{document.key}: text {number} is not what the log says"
        for sha256 in filter(None, {document.sha256, document.signed_sha256}):
            try:
                files.read(sha256)
            except OSError:
                yield f"{document.key}: its file {sha256} is not there"
            except ValueError:
                yield f"{document.key}: its file {sha256} has been altered"
        if document.register_id is not None:
            register = session.get_one(Register, document.register_id)
            if register.last < (document.number or 0):
                yield f"{document.key} has a number that its register has not given"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
