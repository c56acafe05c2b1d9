"""A document's way: drafted and edited, submitted, returned or approved, issued, corrected.

Each step is a command of the meeting (meetings.changes), so that it is in the log. The text itself
is edited as `minutes.content.Content`; each save is a text of its own that never changes.
"""

from __future__ import annotations

import logging
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.times import vietnam
from meetings.changes import Change, command
from meetings.feed import directory_of, objects_of
from meetings.models import LEADERS, Meeting, Role, State
from minutes import registers
from minutes.commands import (
    ComposeDocument,
    CorrectDocument,
    NamedDocument,
    ReturnDocument,
    SaveDocument,
    SignDocument,
)
from minutes.content import Content
from minutes.documents import compose
from minutes.followup.past import stood
from minutes.kinds import KINDS
from minutes.merging import open_choices
from minutes.models import Document, DocumentFile, DocumentText, Register

log = logging.getLogger(__name__)

NO_DOCUMENT = _("Văn bản này không còn nữa.")
CHANGED = _("Văn bản này đã có bản mới trong lúc bạn làm việc; hãy xem cả hai bản.")
RECORD_CHANGED = _("Nội dung cuộc họp lại vừa thay đổi; hãy xem lại trước khi nhận.")
NOT_COMPOSED = _("Chưa soạn được văn bản này: nội dung cuộc họp quá dài hoặc còn thiếu.")
NOT_PRINTED = _("Số văn bản vừa được lấy cho văn bản khác; hãy ban hành lại.")
OPEN_CHOICES = _("Văn bản còn chỗ có hai bản; hãy chọn một bản và xóa dòng đánh dấu.")
EMPTY = _("Văn bản chưa có nội dung; hãy soạn rồi mới trình.")
NOT_ENDED = _("Cuộc họp chưa kết thúc nên chưa ban hành được văn bản này.")
# Documents are drafted until the meeting is put away.
STATES = {State.SCHEDULED, State.LIVE, State.CLOSED}
CHAIR = frozenset({Role.CHAIR})
CLERK = frozenset({Role.RECORDS_CLERK})


def composed(session: Session, meeting: Meeting, kind: str) -> Content:
    """What the meeting's record gives for a kind of document now, before anyone has edited it.

    Raises:
        Conflict: the record holds something that no document takes: a title that is too long, say.
    """
    try:
        objects = objects_of(session, meeting) | directory_of(session, meeting)
        return compose(kind, objects | told_besides(session, meeting, kind))
    except ValueError as error:  # pydantic's ValidationError is one
        log.warning("composing %s failed: %s", kind, type(error).__name__)
        raise Conflict(NOT_COMPOSED) from error


def told_besides(session: Session, meeting: Meeting, kind: str) -> dict[str, dict[str, Any]]:
    """What a kind of document tells besides its meeting's own objects: minutes, how directives of
    earlier meetings stood."""
    return stood(session, meeting) if kind == "minutes" else {}


def newest_text(session: Session, document: Document) -> DocumentText:
    """The newest text of a document."""
    return session.get_one(DocumentText, (document.id, document.head))


class NotPrinted(Conflict):
    """The next number is not the one that the document was printed for; printing anew helps."""

    default = NOT_PRINTED


def _document(change: Change, document_id: int, base: int | None, *states: str) -> Document:
    # The document, if it stands where its author saw it.
    document = change.part(Document, document_id, NO_DOCUMENT)
    if document.state not in states:
        raise Conflict(_WRONG_STATE[document.state], current=document.public())
    if base is not None:
        _refuse_stale(document, base)
    return document


def _refuse_stale(document: Document, base: int) -> None:
    if base != document.head:
        raise Conflict(CHANGED, current=document.public())


_WRONG_STATE = {
    "draft": _("Văn bản đang được soạn thảo, chưa làm được việc này."),
    "submitted": _("Văn bản đã trình duyệt; muốn sửa, hãy rút lại trước."),
    "approved": _("Văn bản đã được duyệt, không làm được việc này."),
    "issued": _("Văn bản đã ban hành, không sửa được nữa; hãy lập văn bản thay thế."),
}


def _write(
    change: Change, document: Document, content: Content, base: int | None, taken_in: Content | None
) -> None:
    document.text_sha256 = content.sha256
    if taken_in is not None:
        document.composed_sha256 = taken_in.sha256
    change.session.flush()
    change.session.add(
        DocumentText(
            document_id=document.id,
            number=document.head,
            based_on=base,
            content=content.stored(),
            composed=taken_in.stored() if taken_in else None,
            takes_in=taken_in.sha256 if taken_in else None,
            author_id=change.actor.user_id,
            author_name=change.actor.name,
            at=change.at,
        )
    )


@command("document.compose", ComposeDocument, roles=LEADERS, states=STATES)
def compose_document(change: Change, args: ComposeDocument) -> Document:
    """Draft a document from the record."""
    meeting = change.meeting
    if meeting.state not in KINDS[args.kind].states:
        raise Conflict(_("Cuộc họp chưa diễn ra nên chưa soạn được văn bản này."))
    others = change.session.scalars(
        select(Document).where(Document.meeting_id == meeting.id, Document.kind == args.kind)
    ).all()
    if others:
        raise Conflict(_("Văn bản này đã được soạn rồi."), current=others[-1].public())
    content = composed(change.session, meeting, args.kind)
    document = Document(
        meeting_id=meeting.id,
        kind=args.kind,
        head=1,
        text_sha256=content.sha256,
        composed_sha256=content.sha256,
    )
    change.session.add(document)
    _write(change, document, content, None, content)
    return document


@command("document.save", SaveDocument, roles=LEADERS, states=STATES)
def save_document(change: Change, args: SaveDocument) -> Document:
    """Save a text; the same text again makes none."""
    document = _document(change, args.document_id, None, "draft")
    same = args.content.sha256 == document.text_sha256
    if same and args.takes_in is None:
        return document  # whoever has written it, and on whatever it was based
    _refuse_stale(document, args.base)
    taken_in = None
    if args.takes_in is not None:
        taken_in = composed(change.session, change.meeting, document.kind)
        if taken_in.sha256 != args.takes_in:
            raise Conflict(RECORD_CHANGED, current=document.public())
        if taken_in.sha256 == document.composed_sha256:
            taken_in = None
    if same and taken_in is None:
        return document
    document.head += 1
    _write(change, document, args.content, args.base, taken_in)
    return document


@command("document.discard", NamedDocument, roles=LEADERS, states=STATES)
def discard_document(change: Change, args: NamedDocument) -> None:
    """Throw a draft away. The log keeps what was saved of it."""
    document = _document(change, args.document_id, args.base, "draft")
    change.session.delete(document)


@command("document.submit", NamedDocument, roles=LEADERS, states=STATES)
def submit_document(change: Change, args: NamedDocument) -> Document:
    """Put a draft before the chair."""
    document = _document(change, args.document_id, args.base, "draft")
    content = Content.read(newest_text(change.session, document).content)
    if open_choices(content):
        raise Conflict(OPEN_CHOICES, current=document.public())
    if content.is_empty:
        raise Conflict(EMPTY, current=document.public())
    document.state, document.remarks = "submitted", None
    return document


@command("document.recall", NamedDocument, roles=LEADERS, states=STATES)
def recall_document(change: Change, args: NamedDocument) -> Document:
    """Take a document back to go on editing it, as long as it is not issued."""
    document = _document(change, args.document_id, args.base, "submitted", "approved")
    document.state = "draft"
    return document


@command("document.return", ReturnDocument, roles=CHAIR | CLERK, states=STATES)
def return_document(change: Change, args: ReturnDocument) -> Document:
    """Give a document back with remarks: the chair what was submitted, the records clerk what
    was approved."""
    expected = ("approved",) if change.role == Role.RECORDS_CLERK else ("submitted", "approved")
    document = _document(change, args.document_id, args.base, *expected)
    document.state, document.remarks = "draft", args.remarks
    return document


@command("document.approve", NamedDocument, roles=CHAIR, states=STATES)
def approve_document(change: Change, args: NamedDocument) -> Document:
    """Approve what was submitted, as it stands."""
    document = _document(change, args.document_id, args.base, "submitted")
    document.state = "approved"
    return document


@command("document.issue", NamedDocument, roles=CLERK, states=STATES)
def issue_document(change: Change, args: NamedDocument) -> Document:
    """Issue what was approved, under the next number of the register.

    It takes the file that was printed for that number (minutes.issuing), so that number, file
    and hash are given in one transaction.

    Raises:
        Conflict: no file has been printed for this text and the number that is next.
    """
    document = _document(change, args.document_id, args.base, "approved")
    refuse_before_the_end(document.kind, change.meeting)
    file = change.session.scalar(
        select(DocumentFile)
        .where(
            DocumentFile.document_id == document.id,
            DocumentFile.state == "prepared",
            DocumentFile.text_sha256 == document.text_sha256,
        )
        .order_by(DocumentFile.id.desc())
        .limit(1)
    )
    if file is None or vietnam(file.at).date() != vietnam(change.at).date():
        raise NotPrinted(current=document.public())
    # Locked until the end: nobody else takes a number meanwhile.
    register = registers.locked(change.session, file.register_id)
    if not _is_next(change, register, file):
        raise NotPrinted(current=document.public())
    register.last = file.number
    file.state = "issued"
    document.state = "issued"
    document.register_id, document.number = file.register_id, file.number
    document.symbol, document.code, document.sha256 = file.symbol, file.code, file.sha256
    document.signer = file.signer or None
    document.signed_sha256 = file.sha256 if file.signer else None
    document.issued_at = change.at
    return document


def refuse_before_the_end(kind: str, meeting: Meeting) -> None:
    """Let nothing but an invitation be issued while the meeting may still change.

    Raises:
        Conflict: it has not ended.
    """
    if kind != "invitation" and meeting.state != State.CLOSED:
        raise Conflict(NOT_ENDED, current=meeting.public())


def _is_next(change: Change, register: Register, file: DocumentFile) -> bool:
    # The register of the unit that issues now, this year, in the form that it has now.
    unit = registers.issuing_unit(change.session, change.meeting)
    return (
        register.unit_id == unit.id
        and register.year == vietnam(change.at).year
        and register.last + 1 == file.number
        and register.symbol(file.number) == file.symbol
    )


@command("document.sign", SignDocument, roles=CLERK, states=STATES)
def sign_document(change: Change, args: SignDocument) -> Document:
    """Keep a PDF that was signed elsewhere and has been found to be the issued one
    (minutes.issuing)."""
    document = _document(change, args.document_id, None, "issued")
    file = change.session.scalar(
        select(DocumentFile)
        .where(
            DocumentFile.document_id == document.id,
            DocumentFile.state.in_(("checked", "signed")),
            DocumentFile.sha256 == args.sha256,
        )
        .order_by(DocumentFile.id.desc())
        .limit(1)
    )
    if file is None:
        raise Conflict(_("Tệp này chưa được kiểm tra chữ ký."), current=document.public())
    file.state = "signed"
    document.signed_sha256, document.signer = file.sha256, file.signer
    return document


@command("document.correct", CorrectDocument, roles=LEADERS, states=STATES)
def correct_document(change: Change, args: CorrectDocument) -> Document:
    """Draft the document that is to replace an issued one, beginning with its text."""
    old = _document(change, args.document_id, None, "issued")
    if change.session.scalar(select(Document.id).where(Document.replaces_id == old.id)):
        raise Conflict(_("Đã có văn bản thay thế văn bản này."), current=old.public())
    text = newest_text(change.session, old)
    content = Content.read(text.content)
    document = Document(
        meeting_id=old.meeting_id,
        kind=old.kind,
        head=1,
        text_sha256=old.text_sha256,
        composed_sha256=old.composed_sha256,
        replaces_id=old.id,
    )
    change.session.add(document)
    _write(change, document, content, None, _taken_in(change.session, old))
    return document


def _taken_in(session: Session, document: Document) -> Content:
    return Content.read(taken_in(session, document))


def taken_in(session: Session, document: Document) -> str:
    """The composition whose changes the newest text of a document takes in, as it is stored."""
    return str(
        session.scalars(
            select(DocumentText.composed)
            .where(DocumentText.document_id == document.id, DocumentText.composed.is_not(None))
            .order_by(DocumentText.number.desc())
            .limit(1)
        ).one()
    )
