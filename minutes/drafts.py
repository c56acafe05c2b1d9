"""The texts of a document, for those who work on it: chair, secretary, records clerk."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import reading
from core.errors import Conflict, Forbidden, NotFound
from core.times import rfc3339
from meetings.access import sees, view
from meetings.models import STAFF, Meeting
from minutes import differences, merging
from minutes.content import Content
from minutes.models import Document, DocumentText
from minutes.workflow import NO_DOCUMENT, composed, newest_text, taken_in
from people.actor import Actor

NO_TEXT = _("Không có bản này của văn bản.")
TOO_LONG = _("Gộp hai bản thì văn bản quá dài; hãy sửa trực tiếp trong bản soạn thảo.")


def _document(session: Session, actor: Actor, meeting_id: int, document_id: int) -> Document:
    viewer = view(session, actor, meeting_id)
    document = session.get(Document, document_id)
    if (
        document is None
        or document.meeting_id != meeting_id
        or not sees(viewer.role, viewer.state, (document.key, document.public()))
    ):
        raise NotFound(NO_DOCUMENT)
    if viewer.role not in STAFF:
        raise Forbidden()
    return document


def _text(session: Session, document: Document, number: int) -> DocumentText:
    found = session.get(DocumentText, (document.id, number))
    if found is None:
        raise NotFound(NO_TEXT)
    return found


def _public(text: DocumentText) -> dict[str, Any]:
    return {
        "number": text.number,
        "based_on": text.based_on,
        "author_name": text.author_name,
        "at": rfc3339(text.at),
        "takes_in": text.takes_in,
    }


def texts(actor: Actor, meeting_id: int, document_id: int) -> list[dict[str, Any]]:
    """The texts of a document without their content, the newest first.

    Raises:
        NotFound: there is no such document for this viewer.
        Forbidden: the viewer is not of the meeting's staff.
    """
    with reading() as session:
        document = _document(session, actor, meeting_id, document_id)
        columns = (
            DocumentText.number,
            DocumentText.based_on,
            DocumentText.author_name,
            DocumentText.at,
            DocumentText.takes_in,
        )
        rows = session.execute(
            select(*columns)
            .where(DocumentText.document_id == document.id)
            .order_by(DocumentText.number.desc())
        )
        return [dict(row._mapping) | {"at": rfc3339(row.at)} for row in rows]


def text(actor: Actor, meeting_id: int, document_id: int, number: int) -> dict[str, Any]:
    """One text with its content.

    Raises:
        NotFound: there is no such text for this viewer.
        Forbidden: the viewer is not of the meeting's staff.
    """
    with reading() as session:
        document = _document(session, actor, meeting_id, document_id)
        found = _text(session, document, number)
        return _public(found) | {"content": Content.read(found.content).model_dump(mode="json")}


def changes(
    actor: Actor, meeting_id: int, document_id: int, number: int, since: int | None
) -> list[dict[str, str]]:
    """What differs between a text and an earlier one, as `minutes.differences.changes`.

    Args:
        actor: who asks.
        meeting_id: of which meeting.
        document_id: of which document.
        number: the later text.
        since: the earlier one; the one that it is based on when not given.

    Raises:
        NotFound: there is no such text for this viewer.
        Forbidden: the viewer is not of the meeting's staff.
    """
    with reading() as session:
        document = _document(session, actor, meeting_id, document_id)
        later = _text(session, document, number)
        before = later.based_on if since is None else since
        earlier = _text(session, document, before).content if before else later.content
        new = later.content
    return differences.changes(Content.read(earlier), Content.read(new))


def merge(actor: Actor, meeting_id: int, document_id: int) -> dict[str, Any]:
    """What the newest text becomes with what has changed in the record since it was composed.

    Returns:
        `pending`: whether anything has changed; `takes_in`: the composition that is taken in,
        for `document.save`; `content`: the merged text; `conflicts`: in how many places it holds
        two versions; `changes`: what differs from the newest text.

    Raises:
        NotFound: there is no such document for this viewer.
        Forbidden: the viewer is not of the meeting's staff.
        Conflict: the two together are too long.
    """
    with reading() as session:
        document = _document(session, actor, meeting_id, document_id)
        ours = Content.read(newest_text(session, document).content)
        base = taken_in(session, document)
        known = document.composed_sha256
        record = composed(session, session.get_one(Meeting, meeting_id), document.kind)
    pending = record.sha256 != known
    if not pending:
        merged = merging.Merged(ours, 0)
    else:
        try:
            merged = merging.merge(Content.read(base), ours, record)
        except ValueError as error:  # pydantic's: longer than a document may be
            raise Conflict(TOO_LONG) from error
    return {
        "pending": pending,
        "takes_in": record.sha256,
        "content": merged.content.model_dump(mode="json"),
        "conflicts": merged.conflicts,
        "changes": differences.changes(ours, merged.content),
    }
