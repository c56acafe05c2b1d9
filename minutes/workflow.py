"""A document's way: drafted and edited, submitted, returned or approved, issued, corrected.

Each step is a command of the meeting (meetings.changes), so that it is in the log. The text itself
is edited as `minutes.content.Content`; each save is a text of its own that never changes.
"""

from __future__ import annotations

import string
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid
from core.times import rfc3339, vietnam
from meetings.changes import Change, command
from meetings.feed import directory_of, objects_of
from meetings.models import LEADERS, Meeting, Role, State
from minutes.commands import (
    ComposeDocument,
    CorrectDocument,
    NamedDocument,
    ReturnDocument,
    SaveDocument,
)
from minutes.content import Content
from minutes.documents import compose
from minutes.kinds import KINDS
from minutes.models import Document, DocumentFile, DocumentText, Register

NO_DOCUMENT = _("Văn bản này không còn nữa.")
CHANGED = _("Văn bản này đã có bản mới trong lúc bạn làm việc; hãy xem cả hai bản.")
RECORD_CHANGED = _("Nội dung cuộc họp lại vừa thay đổi; hãy xem lại trước khi nhận.")
# Documents are drafted until the meeting is put away.
STATES = {State.SCHEDULED, State.LIVE, State.CLOSED}
CHAIR = frozenset({Role.CHAIR})
CLERK = frozenset({Role.RECORDS_CLERK})


def composed(session: Session, meeting: Meeting, kind: str) -> Content:
    """What the meeting's record gives for a kind of document now, before anyone has edited it."""
    return compose(kind, objects_of(session, meeting) | directory_of(session, meeting))


def newest_text(session: Session, document: Document) -> DocumentText:
    """The newest text of a document."""
    return session.get_one(DocumentText, (document.id, document.head))


def _document(change: Change, document_id: int, base: int | None, *states: str) -> Document:
    # The document, if it stands where its author saw it.
    document = change.part(Document, document_id, NO_DOCUMENT)
    if document.state not in states:
        raise Conflict(_WRONG_STATE[document.state], current=document.public())
    if base is not None and base != document.head:
        raise Conflict(CHANGED, current=document.public())
    return document


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
    document = _document(change, args.document_id, args.base, "draft")
    taken_in = None
    if args.takes_in is not None:
        taken_in = composed(change.session, change.meeting, document.kind)
        if taken_in.sha256 != args.takes_in:
            raise Conflict(RECORD_CHANGED, current=document.public())
        if taken_in.sha256 == document.composed_sha256:
            taken_in = None
    if args.content.sha256 == document.text_sha256 and taken_in is None:
        return document
    document.head += 1
    _write(change, document, args.content, args.base, taken_in)
    return document


@command("document.discard", NamedDocument, roles=LEADERS, states=STATES)
def discard_document(change: Change, args: NamedDocument) -> None:
    """Throw a draft away; the log keeps its texts."""
    document = _document(change, args.document_id, args.base, "draft")
    change.session.delete(document)


@command("document.submit", NamedDocument, roles=LEADERS, states=STATES)
def submit_document(change: Change, args: NamedDocument) -> Document:
    """Put a draft before the chair."""
    document = _document(change, args.document_id, args.base, "draft")
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
    if document.kind != "invitation" and change.meeting.state != State.CLOSED:
        raise Conflict(_("Cuộc họp chưa kết thúc nên chưa ban hành được văn bản này."))
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
        raise Conflict(NOT_PRINTED, current=document.public())
    # Locks the register until the end: nobody else takes a number meanwhile.
    taken = change.session.execute(
        update(Register)
        .where(Register.id == file.register_id, Register.last == file.number - 1)
        .values(last=file.number)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(NOT_PRINTED, current=document.public())
    file.state = "issued"
    document.state = "issued"
    document.register_id, document.number = file.register_id, file.number
    document.symbol, document.code, document.sha256 = file.symbol, file.code, file.sha256
    document.issued_at = change.at
    return document


NOT_PRINTED = _("Số văn bản vừa được lấy cho văn bản khác; hãy ban hành lại.")


@command("document.correct", CorrectDocument, roles=LEADERS, states={State.CLOSED, State.SCHEDULED})
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
    """The composition whose changes the newest text of a document takes in."""
    stored = session.scalars(
        select(DocumentText.composed)
        .where(DocumentText.document_id == document.id, DocumentText.composed.is_not(None))
        .order_by(DocumentText.number.desc())
        .limit(1)
    ).one()
    return Content.read(str(stored))


def public_text(text: DocumentText) -> dict[str, Any]:
    """A text as clients get it."""
    return {
        "document_id": text.document_id,
        "number": text.number,
        "based_on": text.based_on,
        "author_name": text.author_name,
        "at": rfc3339(text.at),
        "content": Content.read(text.content).model_dump(mode="json"),
    }


def check_template(template: str) -> str:
    """A template for symbols, checked: `{number}` once, with two or three digits if wanted.

    Raises:
        Invalid: it is none.
    """
    try:
        fields = [f for f in string.Formatter().parse(template) if f[1] is not None]
        good = (
            len(fields) == 1
            and fields[0][1] == "number"
            and fields[0][2] in ("", "02", "03")
            and fields[0][3] is None
        )
    except ValueError:
        good = False
    if not good:
        message = _("Mẫu ký hiệu phải có đúng một chỗ cho số, như {number:02}/TB-UBND.")
        raise Invalid(message, errors=[{"field": "template", "message": str(message)}])
    return template
