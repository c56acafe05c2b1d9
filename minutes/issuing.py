"""Issuing a document: printed for the number that is next, then given that number.

Printing takes a second, in which the register must not stay locked. So the PDF is made first, for
the number that is next, and kept as `prepared`; then `document.issue` takes number, file and hash
in one transaction, or is refused because somebody else was faster, and the PDF is made again for
the number that is next by then. A crash in between has taken nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import files
from core.db import reading, writing
from core.errors import Conflict, DomainError, Forbidden, NotFound, TooLarge
from core.times import now, vietnam
from meetings.access import only_visible, sees, view
from meetings.changes import Outcome
from meetings.feed import directory_of, objects_of
from meetings.limits import ask
from meetings.models import Meeting, Role
from minutes import registers
from minutes.content import Issue
from minutes.documents import TOO_LONG
from minutes.kinds import KINDS
from minutes.lookup import address, new_code
from minutes.models import Document, DocumentFile
from minutes.numbers import long_date
from minutes.orders import NotComposed, Order
from minutes.render import Renderer, RenderError, RenderTimeout
from minutes.signatures import LARGEST_FILE, checked
from minutes.workflow import (
    NO_DOCUMENT,
    NOT_COMPOSED,
    NotPrinted,
    newest_text,
    refuse_before_the_end,
    told_besides,
)
from papers.models import Upload
from people.actor import Actor

log = logging.getLogger(__name__)

# Objects that no document tells of.
UNTOLD = frozenset({"screen", "speaker", "paper", "remark", "document"})
# How often a document is printed anew because others take the numbers.
TRIES = 8
# How long a file waits to be issued before it is cleaned away: far longer than printing takes.
KEPT = timedelta(hours=1)
# A signed file with what is around it in the request, in bytes.
LARGEST_UPLOAD = LARGEST_FILE
SPOILT = _("Tệp của văn bản này không còn nguyên vẹn trên máy chủ; hãy báo người quản trị.")
NO_ROOM = _("Máy chủ chưa lưu được tệp của văn bản; hãy báo người quản trị rồi thử lại.")


class DocumentFailed(DomainError):
    """The document could not be printed now; nothing is lost, and asking again may do."""

    code, status = "conflict", 409
    default = _("Chưa dựng được văn bản, vui lòng thử lại.")


TOO_LATE = _(
    "Chưa in xong trong một phút: máy chủ đang bận, hoặc văn bản có đoạn quá dài. "
    "Hãy thử lại, hoặc chia đoạn dài thành nhiều đoạn."
)


@dataclass(frozen=True)
class _Sheet:
    """What is printed for a number."""

    document_id: int
    kind: str
    text: str
    text_sha256: str
    register_id: int
    number: int
    issue: Issue
    objects: dict[str, dict[str, Any]]


def issue(
    actor: Actor,
    meeting_id: int,
    document_id: int,
    base: int,
    renderer: Renderer,
    request_id: str | None = None,
) -> Outcome:
    """Print an approved document for the next number of its register, and issue it.

    Args:
        actor: the records clerk.
        meeting_id: of which meeting.
        document_id: which document.
        base: the number of the text that the clerk has seen.
        renderer: prints it.
        request_id: as for `meetings.changes.execute`.

    Raises:
        DomainError: as the command `document.issue`.
        DocumentFailed: it could not be printed in time, or not be signed.
    """
    args = {"document_id": document_id, "base": base}
    for _each in range(TRIES):
        prepare(actor, meeting_id, document_id, base, renderer)
        try:
            outcome = ask(actor, meeting_id, "document.issue", request_id, args)
        except NotPrinted:
            continue
        clean_up()
        return outcome
    raise NotPrinted()


def prepare(actor: Actor, meeting_id: int, document_id: int, base: int, renderer: Renderer) -> bool:
    """Print a document for the number that is next, and keep the file for `document.issue`.

    Returns:
        Whether it was printed; not where `document.issue` would be refused, or is a repeat.

    Raises:
        DomainError: there is no such meeting for this viewer, or it cannot issue this yet.
        DocumentFailed: it could not be printed in time, or not be signed.
    """
    sheet = _next_sheet(actor, meeting_id, document_id, base)
    if sheet is not None:
        _print(sheet, renderer)
    return sheet is not None


def _next_sheet(actor: Actor, meeting_id: int, document_id: int, base: int) -> _Sheet | None:
    with writing() as session:
        viewer = view(session, actor, meeting_id)
        document = session.get(Document, document_id)
        if (
            viewer.role != Role.RECORDS_CLERK
            or document is None
            or document.meeting_id != meeting_id
            or (document.state, document.head) != ("approved", base)
        ):
            return None
        meeting = session.get_one(Meeting, meeting_id)
        refuse_before_the_end(document.kind, meeting)
        day = vietnam(now()).date()
        unit = registers.issuing_unit(session, meeting)
        register = registers.opened(session, unit, document.kind, day.year)
        code = new_code()
        issue = Issue(
            symbol=register.symbol(register.last + 1),
            day=day,
            code=code,
            address=address(code),
            replaces=replaced(session, document),
        )
        return _Sheet(
            document_id=document.id,
            kind=document.kind,
            text=newest_text(session, document).content,
            text_sha256=document.text_sha256,
            register_id=register.id,
            number=register.last + 1,
            issue=issue,
            objects=recorded(
                objects_of(session, meeting) | directory_of(session, meeting), meeting.state
            )
            | told_besides(session, meeting, document.kind),
        )


def recorded(objects: dict[str, dict[str, Any]], state: str) -> dict[str, dict[str, Any]]:
    """The objects of a snapshot that a document's record holds: what every reader of the document
    may see, and nothing that none tells of: what the screen shows needs no new print."""
    seen = only_visible(Role.PARTICIPANT, state, objects)
    return {key: fields for key, fields in seen.items() if key.partition("/")[0] not in UNTOLD}


def replaced(session: Session, document: Document) -> str:
    """What a document replaces, in words: `Thông báo số 05/TB-UBND ngày 12 tháng 10 năm 2023`;
    empty for most."""
    if document.replaces_id is None:
        return ""
    old = session.get_one(Document, document.replaces_id)
    if old.issued_at is None:
        return ""
    name = KINDS[old.kind].type.capitalize()
    return f"{name} số {old.symbol} {long_date(vietnam(old.issued_at).date())}"


def issue_of(session: Session, document: Document) -> Issue | None:
    """What issuing has added to a document; None before."""
    if document.issued_at is None or document.symbol is None or document.code is None:
        return None
    return Issue(
        symbol=document.symbol,
        day=vietnam(document.issued_at).date(),
        code=document.code,
        address=address(document.code),
        replaces=replaced(session, document),
    )


def _print(sheet: _Sheet, renderer: Renderer) -> None:
    order = Order(sheet.kind, sheet.objects, sheet.text, sheet.issue).packed()
    pdf = worked(lambda: renderer.paper(order, sheet.kind))
    signer = ""
    p12: bytes | None = current_app.config["SIGNING_P12"]
    if p12 is not None:
        password: bytes = current_app.config["SIGNING_PASSWORD"]
        unsigned = pdf
        pdf = worked(lambda: renderer.call("sign", unsigned, p12, password))
        signer = current_app.config["SIGNER"]
    sha256 = _stored(pdf)
    with writing() as session:
        session.add(
            DocumentFile(
                document_id=sheet.document_id,
                text_sha256=sheet.text_sha256,
                register_id=sheet.register_id,
                number=sheet.number,
                symbol=sheet.issue.symbol,
                code=sheet.issue.code,
                sha256=sha256,
                size=len(pdf),
                signer=signer,
                at=now(),
            )
        )


def worked(work: Callable[[], bytes]) -> bytes:
    """What the worker has made.

    Raises:
        Conflict, TooLarge: the record gives no such document.
        DocumentFailed: it failed or overran its deadline.
    """
    try:
        return work()
    except RenderTimeout as error:
        log.warning("a document failed: %s", error)
        raise DocumentFailed(TOO_LATE) from error
    except RenderError as error:
        log.warning("a document failed: %s", error)
        if error.cause == NotComposed.__name__:
            raise Conflict(NOT_COMPOSED) from error
        if error.cause == TooLarge.__name__:
            raise TooLarge(TOO_LONG) from error
        raise DocumentFailed() from error


def kept(sha256: str) -> bytes:
    """The file of an issued document.

    Raises:
        DocumentFailed: it is not there as it was issued.
    """
    try:
        return files.read(sha256)
    except (OSError, ValueError) as error:
        # Not printed anew: what is issued is that file and no other.
        log.error("the file %s of a document cannot be read: %s", sha256, error)
        raise DocumentFailed(SPOILT) from error


def _stored(content: bytes) -> str:
    try:
        return files.store(content)
    except OSError as error:
        log.error("a document could not be stored: %s", error.strerror)
        raise DocumentFailed(NO_ROOM) from error


def keep_signed(
    actor: Actor,
    meeting_id: int,
    document_id: int,
    signed: bytes,
    renderer: Renderer,
    request_id: str | None = None,
) -> Outcome:
    """Keep a PDF that was signed elsewhere: with a token of the government's certification
    authority, say.

    Args:
        actor: the records clerk.
        meeting_id: of which meeting.
        document_id: an issued document.
        signed: the uploaded file, whatever it is.
        renderer: checks it, apart from the server.
        request_id: as for `meetings.changes.execute`.

    Raises:
        NotFound: there is no such document for this viewer.
        Forbidden: the viewer is not the records clerk.
        Conflict: the document is not issued.
        Invalid, TooLarge: the file is not the issued one with a valid signature added.
        Conflict: it could not be checked in time, or not be kept.
    """
    with reading() as session:
        viewer = view(session, actor, meeting_id)
        document = session.get(Document, document_id)
        if (
            document is None
            or document.meeting_id != meeting_id
            or not sees(viewer.role, viewer.state, (document.key, document.public()))
        ):
            raise NotFound(NO_DOCUMENT)
        if viewer.role != Role.RECORDS_CLERK:
            raise Forbidden()
        if document.sha256 is None:
            raise Conflict(
                _("Văn bản chưa ban hành nên chưa nhận bản ký."), current=document.public()
            )
        issued = session.scalars(
            select(DocumentFile).where(
                DocumentFile.document_id == document_id, DocumentFile.state == "issued"
            )
        ).one()
        session.expunge(issued)
    found = checked(renderer, signed, kept(issued.sha256))
    sha256 = _stored(signed)
    with writing() as session:
        session.add(
            DocumentFile(
                document_id=document_id,
                state="checked",
                text_sha256=issued.text_sha256,
                register_id=issued.register_id,
                number=issued.number,
                symbol=issued.symbol,
                code=issued.code,
                sha256=sha256,
                size=len(signed),
                signer=found.signer,
                at=now(),
            )
        )
    args = {"document_id": document_id, "sha256": sha256}
    outcome = ask(actor, meeting_id, "document.sign", request_id, args)
    clean_up()
    return outcome


def clean_up() -> int:
    """Remove the files that were printed or uploaded and never came to be a document.

    Returns:
        How many were removed.
    """
    with writing() as session:
        left = session.scalars(
            select(DocumentFile).where(
                DocumentFile.state.in_(("prepared", "checked")), DocumentFile.at < now() - KEPT
            )
        ).all()
        for file in left:
            session.delete(file)
        session.flush()
        hashes = {file.sha256 for file in left}
        still = set(
            session.scalars(select(DocumentFile.sha256).where(DocumentFile.sha256.in_(hashes)))
        )
        # What somebody has uploaded as a paper, too, stays for that.
        still |= set(session.scalars(select(Upload.sha256).where(Upload.sha256.in_(hashes))))
    for sha256 in hashes - still:
        files.remove(sha256)
    return len(left)
