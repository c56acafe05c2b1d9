"""A meeting's documents as they are downloaded, by whoever may have them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import reading
from core.errors import Forbidden, NotFound
from core.realtime import give_way
from meetings import feed
from meetings.access import sees, view
from meetings.models import STAFF, Meeting, Role, State
from minutes.issuing import DocumentFailed, issue_of, kept, recorded, worked
from minutes.kinds import KINDS
from minutes.models import Document
from minutes.orders import Order
from minutes.papers import Sheet, papers
from minutes.registers import open_template
from minutes.render import Renderer
from minutes.workflow import NO_DOCUMENT, newest_text, told_besides
from people.actor import Actor

Objects = dict[str, dict[str, Any]]

# However many documents are asked for at once, one is read for at a time, and in pieces: who
# follows a meeting live waits for no more than a piece.
_one_is_read = threading.BoundedSemaphore()

# The kinds that are printed ahead.
PRINTED: Final = ("minutes", "conclusions")

__all__ = ["TYPES", "DocumentFailed", "PrintedDocument", "document", "file", "may_read_documents"]

TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


@dataclass(frozen=True)
class PrintedDocument:
    """A document as it is downloaded."""

    filename: str
    content: bytes
    type: str


@dataclass(frozen=True)
class Paper:
    """What a viewer may have of a document: an issued one, a draft, or what the record gives.

    Attributes:
        order: what it is made from.
        name: what the download is called, without its ending.
        sha256: of the file that was issued, or bears the newest signature; None before.
    """

    order: Order
    name: str
    sha256: str | None = None

    def sheet(self) -> Sheet:
        """As the renderer prints it."""
        return Sheet(self.name, self.order.packed())


def may_read_documents(state: str, role: str) -> bool:
    """True for the chair, the secretary and the records clerk at any time, and for
    everybody else who is invited once the meeting has ended. (What is issued, everybody who is
    invited may read at any time.)"""
    return role in STAFF or state == State.CLOSED


def document(
    actor: Actor, meeting_id: int, kind: str, format: str, renderer: Renderer
) -> PrintedDocument:
    """A document of a kind as a viewer may have it: the newest that is issued; else, for the
    staff, the newest text of the draft; else what the record gives. Where nothing has changed
    since it was printed, it is neither composed nor printed again.

    Args:
        actor: who wants it.
        meeting_id: of which meeting.
        kind: one of `minutes.kinds.KINDS`.
        format: `pdf`, `docx` or `json`.
        renderer: prints what is not issued.

    Raises:
        NotFound: there is no such meeting for this viewer.
        Forbidden: nothing is issued, the meeting has not ended, and the viewer is not of its
            staff.
        DocumentFailed: a worker failed or overran its deadline.
    """
    if format == "pdf":
        with reading() as session:
            viewer = view(session, actor, meeting_id)
            known = papers().known(session, viewer, kind)
        if known is not None and (content := renderer.kept(known.key, kind)) is not None:
            return PrintedDocument(f"{known.name}.pdf", content, TYPES["pdf"])
    with _one_is_read:
        seen = feed.snapshot(actor, meeting_id, between=give_way)
        give_way()
        with reading() as session:
            viewer = view(session, actor, meeting_id)
            paper = paper_of(session, meeting_id, viewer.role, viewer.state, kind, seen.objects)
    if paper is None:
        raise Forbidden(_("Văn bản chỉ có sau khi cuộc họp kết thúc."))
    if format == "pdf" and paper.sha256 is None:
        sheet = paper.sheet()
        papers().remember(meeting_id, viewer.role, kind, seen.log_hash, seen.objects, sheet)
    return _made(paper, format, renderer)


def file(actor: Actor, meeting_id: int, document_id: int, renderer: Renderer) -> PrintedDocument:
    """One document as PDF: the file that was issued, or its newest signed one; for the staff also
    the newest text of a draft.

    Raises:
        NotFound: there is no such document for this viewer.
        DocumentFailed: a worker failed or overran its deadline.
    """
    objects = feed.snapshot(actor, meeting_id).objects
    with reading() as session:
        viewer = view(session, actor, meeting_id)
        found = session.get(Document, document_id)
        if (
            found is None
            or found.meeting_id != meeting_id
            or not sees(viewer.role, viewer.state, (found.key, found.public()))
        ):
            raise NotFound(NO_DOCUMENT)
        paper = _paper_of(session, found, viewer.state, objects)
    return _made(paper, "pdf", renderer)


def paper_of(
    session: Session, meeting_id: int, role: Role, state: str, kind: str, objects: Objects
) -> Paper | None:
    """The paper that a role gets of a kind, or None where it gets none.

    Args:
        session: reads the state that the objects are of.
        meeting_id: of which meeting.
        role: the viewer's in the meeting.
        state: the meeting's.
        kind: one of `minutes.kinds.KINDS`.
        objects: what the role may see.
    """
    found = session.scalars(
        select(Document)
        .where(Document.meeting_id == meeting_id, Document.kind == kind)
        .order_by(Document.issued_at.is_(None), Document.issued_at.desc(), Document.id.desc())
    ).first()
    if found is not None and sees(role, state, (found.key, found.public())):
        return _paper_of(session, found, state, objects)
    if not may_read_documents(state, role):
        return None
    meeting = session.get_one(Meeting, meeting_id)
    record = recorded(objects, state) | told_besides(session, meeting, kind)
    name = _name(kind, objects[f"meeting/{meeting_id}"]["code"])
    draft = state not in (State.CLOSED, State.ARCHIVED)
    template = open_template(session, meeting, kind)
    return Paper(Order(kind, record, draft=draft, template=template), name)


def _paper_of(session: Session, document: Document, state: str, objects: Objects) -> Paper:
    kind = document.kind
    text = newest_text(session, document).content
    issue = issue_of(session, document)
    draft = document.state not in ("approved", "issued")
    code = objects[f"meeting/{document.meeting_id}"]["code"]
    name = _name(kind, document.symbol or code)
    sha256 = document.signed_sha256 or document.sha256
    meeting = session.get_one(Meeting, document.meeting_id)
    record = recorded(objects, state) | told_besides(session, meeting, kind)
    template = open_template(session, meeting, kind)
    return Paper(Order(kind, record, text, issue, draft, template), name, sha256)


def _name(kind: str, what: str) -> str:
    return f"{KINDS[kind].filename}-{what}".replace("/", "-")


def _made(paper: Paper, format: str, renderer: Renderer) -> PrintedDocument:
    # An issued one as PDF is the very file that was issued, and its record the one in it.
    if format == "pdf" and paper.sha256 is not None:
        content = kept(paper.sha256)
    elif format == "json" and paper.sha256 is not None:
        issued = kept(paper.sha256)
        content = worked(lambda: renderer.call("attached", issued))
    else:
        order = paper.order.packed()
        content = worked(
            lambda: (
                renderer.paper(order, paper.order.kind)
                if format == "pdf"
                else renderer.call(format, order)
            )
        )
    return PrintedDocument(f"{paper.name}.{format}", content, TYPES[format])
