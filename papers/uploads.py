"""Taking a file in: bounded, checked by its content, kept under its hash, never executed."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import String, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from core import files
from core.db import Base, one_by_one, writing
from core.errors import Forbidden, Invalid, TooLarge
from core.text import clean
from core.times import now
from meetings.access import view
from papers.models import Upload
from papers.services import CONTRIBUTORS
from people.actor import Actor

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parent.parent
# A check takes a second at most; CPU and memory are bounded by papers.checker itself.
DEADLINE_SECONDS: Final = 60
# At once in this process; others wait.
_checking = threading.BoundedSemaphore(2)
# What Python needs; the checker has no use for keys and database addresses.
_ENVIRONMENT: Final = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
NAME_LETTERS: Final = 150
# The lock of whoever keeps or deletes a file; any number that nothing else here uses.
KEEPING: Final = 5005

FAULTS: Final[dict[str, Any]] = {
    "empty": _("Tệp rỗng, không có nội dung."),
    "type": _("Chỉ nhận PDF, DOCX, XLSX, PPTX, PNG và JPEG."),
    "old_office": _(
        "Tệp theo định dạng Office cũ hoặc có mật khẩu; hãy bỏ mật khẩu, lưu lại thành DOCX, XLSX, "
        "PPTX hoặc PDF rồi tải lên."
    ),
    "mismatch": _("Nội dung tệp không đúng với đuôi tên tệp; hãy kiểm tra rồi lưu lại đúng loại."),
    "damaged": _("Tệp bị hỏng, không đọc được; hãy mở thử và lưu lại."),
    "password": _("Tệp có mật khẩu; hãy bỏ mật khẩu rồi tải lên."),
    "script": _("Tệp PDF có mã lệnh (JavaScript, mở chương trình); hãy in ra PDF mới rồi tải lên."),
    "macro": _("Tệp có macro; hãy lưu thành DOCX, XLSX hoặc PPTX không có macro."),
    "bomb": _("Tệp nén giãn ra quá lớn, máy chủ không nhận."),
    "pixels": _("Ảnh quá lớn (trên 50 triệu điểm ảnh); hãy thu nhỏ rồi tải lên."),
    "pages": _("Tệp PDF dài quá 5000 trang."),
}


def too_large() -> TooLarge:
    """The sentence for a file over the bound of this deployment."""
    megabytes = current_app.config["PAPER_MAX_BYTES"] // (1024 * 1024)
    return TooLarge(_("Tệp lớn quá %(limit)s MB; hãy chia nhỏ hoặc nén ảnh.", limit=megabytes))


def take_in(actor: Actor, upload: FileStorage) -> dict[str, Any]:
    """Check and keep an uploaded file, for the actor to name by its hash.

    Args:
        actor: who uploads it, and may (`may_hand_in`).
        upload: the file, on disk already where it is not small.

    Raises:
        TooLarge: it is over the bound.
        Invalid: it is not what its name says, is damaged, or holds what runs by itself.
    """
    name = _name_of(upload)
    with _received(upload) as path:
        size = path.stat().st_size
        if size > current_app.config["PAPER_MAX_BYTES"]:
            raise too_large()
        found = _checked(path, name)
        with path.open("rb") as file:
            sha256, _size = files.hash_of(file)
        with writing() as session:
            one_by_one(session, KEEPING)
            kept = session.scalar(
                select(Upload).where(Upload.user_id == actor.user_id, Upload.sha256 == sha256)
            )
            if kept is None:
                kept = Upload(user_id=actor.user_id, sha256=sha256)
                session.add(kept)
            kept.filename, kept.size, kept.at = name, size, now()
            kept.media_type, kept.pages = found["media_type"], found["pages"]
            session.flush()
            files.keep(path, sha256)
            return kept.public()


def may_hand_in(session: Session, actor: Actor, meeting_id: int) -> None:
    """Refuse whoever may not hand papers in, before anything is received.

    Raises:
        NotFound: there is no such meeting for this actor.
        Forbidden: the actor may not hand papers in there.
    """
    if view(session, actor, meeting_id).role not in CONTRIBUTORS:
        raise Forbidden()


def _name_of(upload: FileStorage) -> str:
    # Some browsers send the whole path; nothing of it is ever used as one.
    given = clean(upload.filename or "").replace("\\", "/").rpartition("/")[2].strip(". ")
    name = " ".join(given.split())
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    return (stem[:NAME_LETTERS].strip() + dot + extension[:10]) or "tai-lieu"


@contextmanager
def _received(upload: FileStorage) -> Iterator[Path]:
    path = files.incoming()
    try:
        upload.save(path, buffer_size=files.CHUNK_BYTES)
        yield path
    finally:
        path.unlink(missing_ok=True)  # moved where all went well


def _checked(path: Path, name: str) -> dict[str, Any]:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    with _checking:
        try:
            done = subprocess.run(  # noqa: S603  # our own program, its arguments one by one
                [sys.executable, "-m", "papers.checker", str(path.absolute()), extension],
                cwd=ROOT,
                env={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=DEADLINE_SECONDS,
                check=True,
            )
            found: dict[str, Any] = json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError) as error:
            # Made to break its reader, or beyond what the reader is allowed.
            log.warning("a file could not be checked: %s", type(error).__name__)
            found = {"fault": "damaged"}
    if "fault" in found:
        message = FAULTS[found["fault"]]
        raise Invalid(message, errors=[{"field": "file", "message": str(message)}])
    return found


# --- Cleaning up --------------------------------------------------------------------------------


def clean_up(session: Session, older_than: timedelta) -> tuple[int, int]:
    """Delete what was uploaded and became part of nothing, and what was received in part.

    Only what came in by an upload is ever deleted, and only where no column of any table that
    holds hashes of files names it.

    Args:
        session: for reading and deleting.
        older_than: younger files stay: somebody may be about to use them.

    Returns:
        How many files are gone, and how many bytes are free.
    """
    before = now() - older_than
    partial = list(files.left_behind(older_than.total_seconds()))
    gone, freed = len(partial), sum(path.stat().st_size for path in partial)
    for path in partial:
        path.unlink(missing_ok=True)
    orphans = list(session.scalars(select(Upload.sha256).where(Upload.at < before).distinct()))
    for sha256 in orphans:
        with writing() as writer:
            one_by_one(writer, KEEPING)
            # Of all accounts that have uploaded it, the last decides. Locked: nobody may make a
            # paper of it meanwhile.
            of_all = select(Upload).where(Upload.sha256 == sha256).with_for_update()
            uploads = list(writer.scalars(of_all))
            if any(upload.at >= before for upload in uploads) or _named(writer, sha256):
                continue
            for upload in uploads:
                writer.delete(upload)
            writer.flush()
            size = files.remove(sha256)
            gone, freed = gone + bool(size), freed + size
    return gone, freed


def _named(session: Session, sha256: str) -> bool:
    for table in Base.metadata.tables.values():
        if table.name == Upload.__tablename__:
            continue
        hashes = [c for c in table.columns if c.name.endswith("sha256") and _is_text(c)]
        if (
            hashes
            and session.execute(
                select(1).select_from(table).where(or_(*(c == sha256 for c in hashes))).limit(1)
            ).first()
        ):
            return True
    return False


def _is_text(column: Any) -> bool:
    return isinstance(column.type, String)
