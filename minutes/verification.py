"""`/verify`: anyone may look up an issued document by its code, and learn whether a file is it.

What is told of a document is what stands on every copy: kind, number, day, issuing unit, hash.
Nothing of the meeting, its text or its people. A code that nobody was given looks like one whose
document is not issued, or like one that is mistyped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from core.db import db
from core.times import vietnam
from minutes.lookup import read_code
from minutes.models import Document, DocumentFile, Register
from minutes.signatures import LARGEST_FILE
from people.login import limiter
from people.models import Unit

bp = Blueprint("verification", __name__, url_prefix="/verify")

NAMES: Final = {
    "invitation": _("Giấy mời"),
    "minutes": _("Biên bản"),
    "conclusions": _("Thông báo"),
}
# With room for the form around the file.
LARGEST_REQUEST: Final = LARGEST_FILE + 64 * 1024


@dataclass(frozen=True)
class Named:
    """A document as others refer to it; `day` is the one of its issue, `12/10/2023`."""

    code: str
    kind: str
    symbol: str
    day: str


@dataclass(frozen=True)
class Found(Named):
    """What anyone may know of an issued document.

    Attributes:
        unit: the issuing unit.
        sha256: of the issued file, in hexadecimal.
        sealed_by: who has signed the issued file, as the certificate says; empty for nobody.
        signed: the copies signed elsewhere, newest first, as `(sha256, signer, day)`.
        replaced_by: the issued document that stands in its place.
        replaces: the one in whose place it stands.
    """

    unit: str
    sha256: str
    sealed_by: str
    signed: list[tuple[str, str, str]]
    replaced_by: Named | None
    replaces: Named | None


def _issued(*conditions: Any) -> Any:
    return (
        select(Document, Unit.name)
        .join(Register, Register.id == Document.register_id)
        .join(Unit, Unit.id == Register.unit_id)
        .where(Document.state == "issued", *conditions)
        .order_by(Document.id.desc())
    )


def find(session: Session, typed: str) -> Found | None:
    """The issued document of a code, as anyone may see it.

    Args:
        typed: the code, however it is written.
    """
    code = read_code(typed)
    row = session.execute(_issued(Document.code == code)).first() if code else None
    if row is None:
        return None
    document, unit = row
    named = _named(document)
    newer = session.execute(_issued(Document.replaces_id == document.id)).first()
    older = session.execute(_issued(Document.id == document.replaces_id)).first()
    files = session.scalars(
        select(DocumentFile)
        .where(
            DocumentFile.document_id == document.id, DocumentFile.state.in_(("issued", "signed"))
        )
        .order_by(DocumentFile.id.desc())
    ).all()
    return Found(
        **vars(named),
        unit=unit,
        sha256=document.sha256,
        sealed_by="".join(file.signer for file in files if file.state == "issued"),
        signed=[(f.sha256, f.signer, _day(f.at)) for f in files if f.state == "signed"],
        replaced_by=_named(newer[0]) if newer else None,
        replaces=_named(older[0]) if older else None,
    )


def _named(document: Document) -> Named:
    return Named(
        code=document.code or "",
        kind=document.kind,
        symbol=document.symbol or "",
        day=_day(document.issued_at) if document.issued_at else "",
    )


def _day(moment: datetime) -> str:
    return f"{vietnam(moment):%d/%m/%Y}"


def compare(found: Found, sha256: str) -> str:
    """What a file is to a document: `issued`, `signed` or `other`."""
    if sha256 == found.sha256:
        return "issued"
    return "signed" if sha256 in (each[0] for each in found.signed) else "other"


def _unknown(response: BaseResponse) -> bool:
    return response.status_code == 404


# Guessing finds nothing (minutes.lookup), so the limits only keep the server free. A whole office
# looks up behind one address.
_SLOW_GUESSING = limiter.limit("30 per minute", deduct_when=_unknown)
_SLOW_READING = limiter.limit("300 per minute")
_SLOW_UPLOADS = limiter.limit("30 per minute")


@bp.after_request
def keep_out_of_indexes(response: Response) -> Response:
    """Search engines are to hold no list of documents."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("")
@_SLOW_READING
def ask() -> str | BaseResponse:
    """The page where a code is typed."""
    typed = request.args.get("code", "").strip()
    if typed:
        return redirect(url_for("verification.show", code=(read_code(typed) or typed)[:40]))
    return _page(None)


@bp.get("/<code>")
@_SLOW_READING
@_SLOW_GUESSING
def show(code: str) -> Any:
    """What anyone may know of a document."""
    found = find(db.session(), code)
    if found is None:
        return make_response(_page(None, typed=code[:40]), 404)
    return _page(found)


@bp.post("/<code>")
@_SLOW_UPLOADS
@_SLOW_GUESSING
def compare_file(code: str) -> Any:
    """Say whether an uploaded file is the document; only its hash is taken, nothing is kept."""
    request.max_content_length = LARGEST_REQUEST
    found = find(db.session(), code)
    if found is None:
        return make_response(_page(None, typed=code[:40]), 404)
    try:
        file = request.files.get("file")
    except RequestEntityTooLarge:
        return make_response(_page(found, fault=TOO_LARGE), 413)
    if file is None or not file.filename:
        return make_response(_page(found, fault=NO_FILE), 422)
    sha256, size = _hashed(file)
    if size > LARGEST_FILE:
        return make_response(_page(found, fault=TOO_LARGE), 413)
    return _page(found, result=compare(found, sha256), filename=file.filename[:200])


NO_FILE = _("Chưa chọn tệp nào.")
TOO_LARGE = _("Tệp này lớn hơn 32 MB nên không phải là văn bản do hệ thống này ban hành.")


def _hashed(file: FileStorage) -> tuple[str, int]:
    sha256 = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    return sha256, file.stream.tell()


def _page(found: Found | None, **values: Any) -> str:
    return render_template("verify/verify.html", found=found, kinds=NAMES, **values)
