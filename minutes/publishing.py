"""Printing a meeting's documents for someone who may have them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from core.errors import DomainError, Forbidden
from meetings import feed
from meetings.models import STAFF, State
from minutes.documents import compose, paper_html
from minutes.kinds import KINDS
from minutes.render import Renderer, RenderError
from people.actor import Actor

log = logging.getLogger(__name__)


class DocumentFailed(DomainError):
    """The document could not be printed now; nothing is lost, and asking again may do."""

    code, status = "conflict", 409
    default = _("Chưa dựng được văn bản, vui lòng thử lại.")


@dataclass(frozen=True)
class PrintedDocument:
    """A document as it is downloaded."""

    filename: str
    content: bytes


def may_read_documents(state: str, role: str) -> bool:
    """True for the chair, the secretary and the records clerk at any time, and for
    everybody else who is invited once the meeting has ended."""
    return role in STAFF or state == State.CLOSED


def document_pdf(actor: Actor, meeting_id: int, kind: str, renderer: Renderer) -> PrintedDocument:
    """Compose and print a document from what the viewer may see.

    Args:
        actor: who wants it.
        meeting_id: of which meeting.
        kind: `minutes` or `conclusions`.
        renderer: the warm worker.

    Raises:
        NotFound: there is no such meeting for this viewer.
        Forbidden: the meeting has not ended, and the viewer is not of its staff.
        DocumentFailed: the worker failed or overran its deadline.
    """
    objects = feed.snapshot(actor, meeting_id).objects
    meeting = objects[f"meeting/{meeting_id}"]
    role = next(
        value["role"]
        for key, value in objects.items()
        if key.startswith("participant/") and value["person_id"] == actor.person_id
    )
    if not may_read_documents(meeting["state"], role):
        raise Forbidden(_("Văn bản chỉ có sau khi cuộc họp kết thúc."))
    draft = meeting["state"] != State.CLOSED
    try:
        content = renderer.pdf(paper_html(kind, compose(kind, objects), draft=draft), kind=kind)
    except RenderError as error:
        log.warning("printing %s failed: %s", kind, error)
        raise DocumentFailed() from error
    code = meeting["code"].replace("/", "-")
    return PrintedDocument(f"{KINDS[kind].filename}-{code}.pdf", content)
