"""HTTP API: conclusions, directives and their register, documents."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import werkzeug.datastructures
from flask import Response, current_app, jsonify, make_response, request
from flask_openapi import FileStorage
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, RootModel
from pydantic_core import PydanticCustomError

from agenda.api import Based
from core.api import Listing, Page, PathId, Public, blueprint, created, page_of_list
from core.db import db
from core.schema import Args, Id, OptionalLine, Query, Revision, Text
from core.times import now, vietnam
from meetings import feed
from meetings.api import Accepted, MeetingPath, accepted, run, whole
from minutes import drafts, issuing, registers
from minutes.commands import AddConclusion, AddDirective, Area, Due, Section, UnitIds
from minutes.followup.filters import DirectiveFilter
from minutes.followup.register import register
from minutes.followup.status import StatusName
from minutes.kinds import KindName
from minutes.publishing import TYPES, PrintedDocument, document, file
from minutes.render import Renderer
from people.login import current_actor

api = blueprint("minutes", __name__)


class ConclusionOut(Public):
    """A conclusion."""

    id: int
    item_id: int | None
    text: str
    section: str
    revision: int


class DirectiveOut(Public):
    """A directive."""

    id: int
    meeting_id: int
    item_id: int | None
    text: str
    lead_unit_ids: list[int]
    supporting_unit_ids: list[int]
    due: str | None
    due_text: str | None
    field: str | None = None
    state: str
    revision: int


class RegisteredOut(DirectiveOut):
    """A directive as it stands by its dates."""

    status: StatusName
    days_late: int


class Conclusions(Listing):
    """A page of conclusions."""

    items: list[ConclusionOut]


class Directives(Listing):
    """A page of directives."""

    items: list[DirectiveOut]


class RegisterPage(Listing):
    """A page of the register."""

    items: list[RegisteredOut]


class ConclusionPath(MeetingPath):
    """A conclusion's id in the address."""

    conclusion_id: PathId


class DirectivePath(MeetingPath):
    """A directive's id in the address."""

    directive_id: PathId


class ConclusionBody(Args):
    """A conclusion's new text, based on the revision that the author saw."""

    text: Text
    base_revision: Revision | None = None
    section: Section | None = None
    item_id: Id | None = None


class DirectiveBody(Args):
    """What changes of a directive, based on the revision that the author saw."""

    base_revision: Revision | None = None
    text: Text | None = None
    lead_unit_ids: UnitIds | None = None
    supporting_unit_ids: UnitIds | None = None
    due: Due | None = None
    due_text: OptionalLine | None = None
    field: Area | None = None
    item_id: Id | None = None


class DownloadPath(MeetingPath):
    """A kind of document of a meeting, and how it is wanted."""

    kind: KindName
    format: Literal["pdf", "docx", "json"]


class DocumentPath(MeetingPath):
    """A document's id in the address."""

    document_id: PathId


class TextPath(DocumentPath):
    """The number of one of a document's texts in the address."""

    number: PathId


class Since(Query):
    """The earlier of two texts."""

    since: Annotated[int | None, BeforeValidator(whole), Field(ge=1, le=2**31 - 1)] = Field(
        default=None,
        description="Number of the text before; that which it is based on if left out.",
    )


class IssueBody(Args):
    """The text that the records clerk has seen."""

    base: Id


def _uploaded(value: Any) -> Any:
    # A plain field of that name comes here too, as text.
    if not isinstance(value, werkzeug.datastructures.FileStorage):
        raise PydanticCustomError("missing", "no file")
    return value


class SignedForm(BaseModel):
    """A PDF that was signed elsewhere."""

    file: Annotated[FileStorage, AfterValidator(_uploaded)]


class DocumentOut(Public):
    """A document on its way from draft to issued, without its text."""

    id: int
    meeting_id: int
    kind: str
    state: str
    head: int
    text_sha256: str
    composed_sha256: str
    remarks: str | None
    replaces_id: int | None
    number: int | None
    symbol: str | None
    code: str | None
    issued_at: str | None
    sha256: str | None
    signed_sha256: str | None
    signer: str | None
    revision: int


class Documents(Listing):
    """A page of documents."""

    items: list[DocumentOut]


class TextLine(Public):
    """One text of a document, without its content."""

    number: int
    based_on: int | None
    author_name: str
    at: str
    takes_in: str | None


class Texts(Listing):
    """A page of texts."""

    items: list[TextLine]


class TextOut(TextLine):
    """One text of a document."""

    content: dict[str, Any]


class FieldChange(Public):
    """A field that differs between two texts, as HTML with `ins` and `del`."""

    field: str
    html: str


class Changes(Public):
    """What differs between two texts."""

    changes: list[FieldChange]


class MergeOut(Changes):
    """What the newest text becomes with what has changed in the record."""

    pending: bool
    takes_in: str
    content: dict[str, Any]
    conflicts: int


class RegisterOut(Public):
    """The register of a kind of document in this year."""

    kind: str
    year: int
    template: str
    last: int
    next_symbol: str


class Registers(RootModel[list[RegisterOut]]):
    """The registers that a meeting's documents go into."""


def _by_time(meeting_id: int, live_type: str) -> list[dict[str, Any]]:
    found = feed.listed(current_actor(), meeting_id, live_type)
    return sorted(found, key=lambda part: (part["at"], part["id"]))


@api.get("/meetings/<int:meeting_id>/conclusions", responses={200: Conclusions})
def list_conclusions(path: MeetingPath, query: Page) -> dict[str, Any]:
    """What the chair has concluded."""
    return page_of_list(_by_time(path.meeting_id, "conclusion"), query)


@api.post("/meetings/<int:meeting_id>/conclusions", responses={201: ConclusionOut})
def add_conclusion(path: MeetingPath, body: AddConclusion) -> Response:
    """Record a conclusion (`conclusion.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "conclusion.add", args).result)


@api.patch(
    "/meetings/<int:meeting_id>/conclusions/<int:conclusion_id>",
    responses={200: ConclusionOut},
)
def update_conclusion(path: ConclusionPath, body: ConclusionBody) -> Any:
    """Change a conclusion (`conclusion.update`)."""
    args = body.model_dump(exclude_unset=True) | {"conclusion_id": path.conclusion_id}
    return run(path.meeting_id, "conclusion.update", args).result


@api.delete(
    "/meetings/<int:meeting_id>/conclusions/<int:conclusion_id>",
    responses={200: Accepted},
)
def remove_conclusion(path: ConclusionPath, query: Based) -> dict[str, Any]:
    """Take a conclusion back (`conclusion.remove`)."""
    args = {"conclusion_id": path.conclusion_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "conclusion.remove", args))


@api.get("/meetings/<int:meeting_id>/directives", responses={200: Directives})
def list_meeting_directives(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The directives of one meeting, in the order in which they were given."""
    return page_of_list(_by_time(path.meeting_id, "directive"), query)


@api.post("/meetings/<int:meeting_id>/directives", responses={201: DirectiveOut})
def add_directive(path: MeetingPath, body: AddDirective) -> Response:
    """Record a directive (`directive.add`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "directive.add", args).result)


@api.patch(
    "/meetings/<int:meeting_id>/directives/<int:directive_id>",
    responses={200: DirectiveOut},
)
def update_directive(path: DirectivePath, body: DirectiveBody) -> Any:
    """Change a directive (`directive.update`)."""
    args = body.model_dump(exclude_unset=True) | {"directive_id": path.directive_id}
    return run(path.meeting_id, "directive.update", args).result


@api.delete(
    "/meetings/<int:meeting_id>/directives/<int:directive_id>",
    responses={200: Accepted},
)
def remove_directive(path: DirectivePath, query: Based) -> dict[str, Any]:
    """Take a directive back (`directive.remove`)."""
    args = {"directive_id": path.directive_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "directive.remove", args))


@api.get("/directives", responses={200: RegisterPage})
def list_directives(query: DirectiveFilter) -> dict[str, Any]:
    """The register: the directives of every meeting that the viewer may see, the longest overdue
    first, then by deadline; those without one behind them, and last what is done."""
    start = (query.page - 1) * query.per_page
    items, total = register(
        db.session(), current_actor(), query.wanted(), now(), start, query.per_page
    )
    return {"items": items, "total": total, "page": query.page, "per_page": query.per_page}


_DOWNLOAD: Any = {
    "description": "The document",
    "content": {
        content_type: {"schema": {"type": "string", "format": "binary"}}
        for name, content_type in TYPES.items()
        if name != "json"
    },
}
_FILES: Any = {
    "content": _DOWNLOAD["content"] | {"application/json": {"schema": {"type": "object"}}}
}


def _renderer() -> Renderer:
    found: Renderer = current_app.extensions["renderer"]
    return found


def _sent(made: PrintedDocument) -> Response:
    response = make_response(made.content)
    response.content_type = made.type
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    response.set_etag(hashlib.sha256(made.content).hexdigest())
    response.make_conditional(request)
    return response


@api.get("/meetings/<int:meeting_id>/documents", responses={200: Documents})
def list_documents(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The documents of a meeting: what is issued, and for its staff the drafts."""
    return page_of_list(feed.listed(current_actor(), path.meeting_id, "document"), query)


@api.get(
    "/meetings/<int:meeting_id>/documents/<kind>.<format>",
    responses={200: _DOWNLOAD | _FILES},
)
def get_document(path: DownloadPath) -> Response:
    """A document: the one that is issued; else, for the staff, the newest text of the draft;
    else what the record gives."""
    actor = current_actor()
    return _sent(document(actor, path.meeting_id, path.kind, path.format, _renderer()))


@api.get(
    "/meetings/<int:meeting_id>/documents/<int:document_id>/file.pdf",
    responses={
        200: {
            "description": "The PDF",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def get_document_file(path: DocumentPath) -> Response:
    """The newest signed file of a document, else the one that was issued; for the staff also the
    newest text of a draft."""
    return _sent(file(current_actor(), path.meeting_id, path.document_id, _renderer()))


@api.get("/meetings/<int:meeting_id>/documents/<int:document_id>/texts", responses={200: Texts})
def list_texts(path: DocumentPath, query: Page) -> dict[str, Any]:
    """The texts of a document, newest first."""
    return page_of_list(drafts.texts(current_actor(), path.meeting_id, path.document_id), query)


@api.get(
    "/meetings/<int:meeting_id>/documents/<int:document_id>/texts/<int:number>",
    responses={200: TextOut},
)
def get_text(path: TextPath) -> dict[str, Any]:
    """One text of a document."""
    return drafts.text(current_actor(), path.meeting_id, path.document_id, path.number)


@api.get(
    "/meetings/<int:meeting_id>/documents/<int:document_id>/texts/<int:number>/changes",
    responses={200: Changes},
)
def get_changes(path: TextPath, query: Since) -> dict[str, Any]:
    """What differs between a text and an earlier one."""
    actor = current_actor()
    found = drafts.changes(actor, path.meeting_id, path.document_id, path.number, query.since)
    return {"changes": found}


@api.get("/meetings/<int:meeting_id>/documents/<int:document_id>/merge", responses={200: MergeOut})
def get_merge(path: DocumentPath) -> dict[str, Any]:
    """What the newest text becomes with what has changed in the record; `document.save` with
    `takes_in` accepts it."""
    return drafts.merge(current_actor(), path.meeting_id, path.document_id)


@api.post(
    "/meetings/<int:meeting_id>/documents/<int:document_id>/issue", responses={200: DocumentOut}
)
def issue_document(path: DocumentPath, body: IssueBody) -> Any:
    """Print an approved document for the next number of its register, and issue it
    (`document.issue`)."""
    key = request.headers.get("Idempotency-Key")
    actor = current_actor()
    return issuing.issue(
        actor, path.meeting_id, path.document_id, body.base, _renderer(), key
    ).result


@api.post(
    "/meetings/<int:meeting_id>/documents/<int:document_id>/signed", responses={200: DocumentOut}
)
def add_signed_file(path: DocumentPath, form: SignedForm) -> Any:
    """Keep a PDF of an issued document that was signed elsewhere (`document.sign`)."""
    key = request.headers.get("Idempotency-Key")
    actor, content = current_actor(), form.file.read()
    return issuing.keep_signed(
        actor, path.meeting_id, path.document_id, content, _renderer(), key
    ).result


@api.before_request
def _allow_large_uploads() -> None:
    if request.endpoint == f"{api.name}.{add_signed_file.__name__}":
        request.max_content_length = issuing.LARGEST_UPLOAD


@api.get("/meetings/<int:meeting_id>/registers", responses={200: Registers})
def list_registers(path: MeetingPath) -> Any:
    """The registers of this year that the meeting's documents go into (`register.set` changes
    them)."""
    year = vietnam(now()).year
    return jsonify(registers.listed(db.session(), current_actor(), path.meeting_id, year))
