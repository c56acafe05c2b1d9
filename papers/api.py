"""HTTP API: papers, their files, remarks and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, current_app, request, send_file, stream_with_context
from flask_babel import gettext as _
from flask_openapi import FileStorage
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from werkzeug.datastructures import FileStorage as Uploaded

from agenda.api import Based
from agenda.models import AgendaItem
from core import files
from core.api import Listing, Page, PathId, Public, blueprint, created, page_of_list
from core.db import db
from core.errors import Invalid, NotFound
from core.schema import Query
from core.text import clean, fold
from meetings import feed
from meetings.access import viewing
from meetings.api import Accepted, MeetingPath, accepted, run
from meetings.models import Meeting
from papers import bundle
from papers.commands import AddPaper, AddRemark, NoteBody, PaperBody
from papers.services import NO_PAPER, note_of, paper_for, papers_for, save_note
from papers.uploads import may_hand_in, take_in, too_large
from people.login import current_actor

api = blueprint("papers", __name__)

# Of the form around a file.
FORM_BYTES = 64 * 1024
# Nothing in a file runs or loads anything, wherever it is opened.
FILE_POLICY = "default-src 'none'; sandbox"
ANY_FILE: dict[int | str, Any] = {
    200: {
        "description": "The file",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class UploadOut(Public):
    """A file that was uploaded and found sound."""

    sha256: str
    filename: str
    size: int
    media_type: str
    pages: int | None


class VersionOut(Public):
    """A version of a paper."""

    version: int
    filename: str
    size: int
    sha256: str
    media_type: str
    pages: int | None
    uploaded_by: str
    uploaded_at: str


class PaperOut(VersionOut):
    """A paper in its newest version."""

    id: int
    item_id: int | None
    title: str
    visible_to: str
    unit_ids: list[int]
    unit_id: int | None
    earlier: list[VersionOut]
    revision: int


class RemarkOut(Public):
    """A remark on a paper."""

    id: int
    paper_id: int
    person_id: int
    unit_id: int | None
    page: int | None
    text: str
    at: str


class NoteOut(Public):
    """One's own note."""

    text: str
    revision: int
    at: str | None


class Papers(Listing):
    """A page of papers."""

    items: list[PaperOut]


class Remarks(Listing):
    """A page of remarks."""

    items: list[RemarkOut]


class PaperPath(MeetingPath):
    """A paper's id in the address."""

    paper_id: PathId


class RemarkPath(MeetingPath):
    """A remark's id in the address."""

    remark_id: PathId


class UploadForm(BaseModel):
    """A form with one file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: FileStorage


class Version(Query):
    """Which version; the newest when it is not named."""

    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


@api.before_request
def let_files_in() -> None:
    """Allow the one address that takes files more than what others take, after looking who
    asks.

    Raises:
        NotFound: there is no such meeting for them.
        Forbidden: they may not hand papers in there.
        TooLarge: what is announced is over the bound, which is said before it is received.
    """
    if request.endpoint == "papers_api.upload_file":
        meeting_id = (request.view_args or {})["meeting_id"]
        may_hand_in(db.session(), current_actor(), meeting_id)
        db.session.rollback()  # what follows takes time
        limit = current_app.config["PAPER_MAX_BYTES"] + FORM_BYTES
        request.max_content_length = limit
        if (request.content_length or 0) > limit:
            raise too_large()


@api.post("/meetings/<int:meeting_id>/papers/files", responses={201: UploadOut})
def upload_file(path: MeetingPath, form: UploadForm) -> Response:
    """Upload a file (PDF, DOCX, XLSX, PPTX, PNG, JPEG), to be named by its hash in a paper."""
    given: Any = form.file
    if not isinstance(given, Uploaded):  # a text under the file's name
        message = str(_("Cần chọn một tệp."))
        raise Invalid(message, errors=[{"field": "file", "message": message}])
    return created(take_in(current_actor(), given))


@api.get("/meetings/<int:meeting_id>/papers", responses={200: Papers})
def list_papers(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The papers that the viewer may see, in the order in which they came."""
    found = feed.listed(current_actor(), path.meeting_id, "paper")
    words = fold(clean(query.q))
    return page_of_list([p for p in found if words in fold(f"{p['title']} {p['filename']}")], query)


@api.post("/meetings/<int:meeting_id>/papers", responses={201: PaperOut})
def add_paper(path: MeetingPath, body: AddPaper) -> Response:
    """Add a paper from an uploaded file (`paper.add`)."""
    return created(run(path.meeting_id, "paper.add", body.model_dump(exclude_unset=True)).result)


@api.get("/meetings/<int:meeting_id>/papers/<int:paper_id>", responses={200: PaperOut})
def get_paper(path: PaperPath) -> dict[str, Any]:
    """One paper."""
    return paper_for(db.session(), current_actor(), path.meeting_id, path.paper_id).public()


@api.patch("/meetings/<int:meeting_id>/papers/<int:paper_id>", responses={200: PaperOut})
def update_paper(path: PaperPath, body: PaperBody) -> Any:
    """Change a paper, or give it a new version (`paper.update`)."""
    args = body.model_dump(exclude_unset=True) | {"paper_id": path.paper_id}
    return run(path.meeting_id, "paper.update", args).result


@api.delete("/meetings/<int:meeting_id>/papers/<int:paper_id>", responses={200: Accepted})
def remove_paper(path: PaperPath, query: Based) -> dict[str, Any]:
    """Take a paper back (`paper.remove`)."""
    args = {"paper_id": path.paper_id, "base_revision": query.base_revision}
    return accepted(run(path.meeting_id, "paper.remove", args))


@api.get("/meetings/<int:meeting_id>/papers/<int:paper_id>/file", responses=ANY_FILE)
def get_file(path: PaperPath, query: Version) -> Response:
    """A version's file; parts of it by `Range`, and nothing when the reader has it already."""
    paper = paper_for(db.session(), current_actor(), path.meeting_id, path.paper_id)
    number = query.version or paper.version
    version = next((each for each in paper.versions if each.number == number), None)
    if version is None:
        raise NotFound(NO_PAPER)
    sha256, about = version.sha256, (version.media_type, version.filename, version.uploaded_at)
    db.session.rollback()  # sending may take long
    return sent_file(sha256, *about)


def sent_file(sha256: str, media_type: str, filename: str, at: datetime) -> Response:
    """A kept file as an answer that is saved, not shown, and asked about each time.

    Args:
        sha256: the hash under which it is kept.
        media_type: what it is.
        filename: what it was called when it was uploaded.
        at: since when it is there.

    Raises:
        NotFound: it is not kept here, which is logged.
    """
    try:
        path = files.path_of(sha256)
    except FileNotFoundError:
        current_app.logger.error("the file %s is not there", sha256)
        raise NotFound(NO_PAPER) from None
    response = send_file(
        path,
        mimetype=media_type,
        as_attachment=True,
        download_name=filename,
        etag=sha256,
        last_modified=at,
        conditional=True,
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # Kept by the browser, and asked about each time: whoever may not see it any more gets none.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@api.get(
    "/meetings/<int:meeting_id>/papers.zip",
    responses={
        200: {
            "description": "The ZIP",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def get_bundle(path: MeetingPath) -> Response:
    """All papers that the viewer may see, in folders by item, as one ZIP."""
    meeting, viewer = viewing(db.session(), current_actor(), path.meeting_id)
    items = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    found = list(bundle.entries(list(items), papers_for(db.session(), viewer)))
    name = _bundle_name(meeting)
    db.session.rollback()
    response = Response(stream_with_context(bundle.streamed(found)), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def _bundle_name(meeting: Meeting) -> str:
    return f"tai-lieu-{meeting.code.replace('/', '-')}.zip"


@api.get("/meetings/<int:meeting_id>/papers/<int:paper_id>/note", responses={200: NoteOut})
def get_note(path: PaperPath) -> dict[str, Any]:
    """One's own note on a paper; nobody else reads it."""
    return note_of(current_actor(), path.meeting_id, path.paper_id)


@api.put("/meetings/<int:meeting_id>/papers/<int:paper_id>/note", responses={200: NoteOut})
def put_note(path: PaperPath, body: NoteBody) -> dict[str, Any]:
    """Save one's own note; 409 with `current` when another window has saved it since."""
    return save_note(current_actor(), path.meeting_id, path.paper_id, body)


@api.get("/meetings/<int:meeting_id>/remarks", responses={200: Remarks})
def list_remarks(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The remarks on papers: all for the staff, for others those of their unit."""
    found = feed.listed(current_actor(), path.meeting_id, "remark")
    return page_of_list(sorted(found, key=lambda r: (r["paper_id"], r["at"], r["id"])), query)


@api.post("/meetings/<int:meeting_id>/remarks", responses={201: RemarkOut})
def add_remark(path: MeetingPath, body: AddRemark) -> Response:
    """Remark something on a paper (`remark.add`)."""
    return created(run(path.meeting_id, "remark.add", body.model_dump(exclude_unset=True)).result)


@api.delete("/meetings/<int:meeting_id>/remarks/<int:remark_id>", responses={200: Accepted})
def remove_remark(path: RemarkPath) -> dict[str, Any]:
    """Take a remark back (`remark.remove`)."""
    return accepted(run(path.meeting_id, "remark.remove", {"remark_id": path.remark_id}))
