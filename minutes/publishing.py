"""A meeting's documents as they are downloaded, by whoever may have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import files
from core.db import reading
from core.errors import Forbidden, NotFound
from meetings import feed
from meetings.access import Viewer, sees, view
from meetings.models import STAFF, State
from minutes.content import Content, Issue
from minutes.documents import paper_html
from minutes.docx import document_docx
from minutes.issuing import DocumentFailed, issue_of, recorded, worked
from minutes.kinds import KINDS
from minutes.models import Document
from minutes.record import record_json
from minutes.render import Renderer
from minutes.workflow import NO_DOCUMENT, composed_of, newest_text
from people.actor import Actor

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
        kind: one of `minutes.kinds.KINDS`.
        content: what it says.
        issue: what issuing has added; None before.
        draft: it carries the mark `DỰ THẢO`.
        objects: the record that goes with it.
        name: what the download is called, without its ending.
        sha256: of the file that was issued, or bears the newest signature; None before.
    """

    kind: str
    content: Content
    issue: Issue | None
    draft: bool
    objects: Mapping[str, Mapping[str, Any]]
    name: str
    sha256: str | None = None

    def html(self) -> str:
        """As the renderer prints it."""
        return paper_html(self.kind, self.content, self.issue, self.draft)

    def json(self) -> bytes:
        """As programs read it."""
        return record_json(self.kind, self.content, self.issue, self.objects)

    def docx(self) -> bytes:
        """As Word reads it."""
        return document_docx(self.kind, self.content, self.issue, self.draft)


def may_read_documents(state: str, role: str) -> bool:
    """True for the chair, the secretary and the records clerk at any time, and for
    everybody else who is invited once the meeting has ended. (What is issued, everybody who is
    invited may read at any time.)"""
    return role in STAFF or state == State.CLOSED


def document(
    actor: Actor, meeting_id: int, kind: str, format: str, renderer: Renderer
) -> PrintedDocument:
    """A document of a kind as a viewer may have it.

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
        DocumentFailed: the worker failed or overran its deadline.
    """
    return printed(paper(actor, meeting_id, kind), format, renderer)


def file(actor: Actor, meeting_id: int, document_id: int, renderer: Renderer) -> PrintedDocument:
    """One document as PDF: the file that was issued, or its newest signed one; for the staff also
    the newest text of a draft.

    Raises:
        NotFound: there is no such document for this viewer.
        DocumentFailed: the worker failed or overran its deadline.
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
        made = _paper_of(session, found, viewer, objects)
    return printed(made, "pdf", renderer)


def paper(actor: Actor, meeting_id: int, kind: str) -> Paper:
    """What a viewer may have of a kind of document: the newest that is issued; else, for the
    staff, the newest text of the draft; else what the record gives.

    Raises:
        NotFound: there is no such meeting for this viewer.
        Forbidden: there is nothing yet that this viewer may have.
    """
    objects = feed.snapshot(actor, meeting_id).objects
    with reading() as session:
        viewer = view(session, actor, meeting_id)
        found = session.scalars(
            select(Document)
            .where(Document.meeting_id == meeting_id, Document.kind == kind)
            .order_by(Document.issued_at.is_(None), Document.issued_at.desc(), Document.id.desc())
        ).first()
        if found is not None and sees(viewer.role, viewer.state, (found.key, found.public())):
            return _paper_of(session, found, viewer, objects)
    if not may_read_documents(viewer.state, viewer.role):
        raise Forbidden(_("Văn bản chỉ có sau khi cuộc họp kết thúc."))
    record = recorded(objects, viewer.state)
    return Paper(
        kind=kind,
        content=composed_of(kind, record),
        issue=None,
        draft=viewer.state not in (State.CLOSED, State.ARCHIVED),
        objects=record,
        name=_name(kind, objects[f"meeting/{meeting_id}"]["code"]),
    )


def _paper_of(
    session: Session, document: Document, viewer: Viewer, objects: dict[str, dict[str, Any]]
) -> Paper:
    code = objects[f"meeting/{document.meeting_id}"]["code"]
    return Paper(
        kind=document.kind,
        content=Content.read(newest_text(session, document).content),
        issue=issue_of(session, document),
        draft=document.state not in ("approved", "issued"),
        objects=recorded(objects, viewer.state),
        name=_name(document.kind, document.symbol or code),
        sha256=document.signed_sha256 or document.sha256,
    )


def _name(kind: str, what: str) -> str:
    return f"{KINDS[kind].filename}-{what}".replace("/", "-")


def printed(paper: Paper, format: str, renderer: Renderer) -> PrintedDocument:
    """A paper in a format; an issued one as PDF is the very file that was issued.

    Raises:
        DocumentFailed: the worker failed or overran its deadline, or the file is not there as
            it was issued.
    """
    if format == "json":
        content = paper.json()
    elif format == "docx":
        content = paper.docx()
    elif paper.sha256 is not None:
        content = _kept(paper.sha256)
    else:
        content = worked(
            lambda: renderer.pdf(paper.html(), kind=paper.kind, attachment=paper.json())
        )
    return PrintedDocument(f"{paper.name}.{format}", content, TYPES[format])


def _kept(sha256: str) -> bytes:
    try:
        return files.read(sha256)
    except (OSError, ValueError) as error:
        # Not printed anew: what is issued is that file and no other.
        raise DocumentFailed(
            _("Tệp của văn bản này không còn nguyên vẹn trên máy chủ; hãy báo người quản trị.")
        ) from error
