"""Files that were signed elsewhere: the worker checks them (minutes.signing), here it is said in
words what is wrong with one."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask import current_app
from flask_babel import lazy_gettext as _

from core.errors import Conflict, Invalid, TooLarge
from minutes.render import RenderError

log = logging.getLogger(__name__)

# The largest file that is taken, in bytes: a document of hundreds of pages with its signatures.
LARGEST_FILE: Final = 32 * 1024 * 1024

# Why a file that was signed elsewhere is refused (minutes.signing.check).
REASONS: Final = {
    "not_pdf": _("Tệp này không phải là PDF."),
    "too_large": _("Tệp này lớn hơn nhiều so với văn bản đã ban hành."),
    "truncated": _("Tệp PDF này bị cắt cụt; hãy tải lên lại tệp đầy đủ."),
    "damaged": _("Không đọc được tệp PDF này; hãy ký lại từ tệp đã ban hành."),
    "encrypted": _("Tệp PDF này đặt mật khẩu hoặc mã hóa; hãy ký bản không mã hóa."),
    "unsigned": _("Tệp này không có thêm chữ ký số nào."),
    "tampered": _("Chữ ký số trong tệp này không còn nguyên vẹn."),
    "not_covered": _("Tệp này bị sửa sau khi ký."),
    "certificate_dates": _("Chứng thư số không có hiệu lực vào lúc ký."),
    "other_document": _("Nội dung tệp này khác với văn bản đã ban hành."),
    "other_look": _("Có trang trong tệp này trông khác với văn bản đã ban hành."),
    "added": _("Tệp này có thêm nội dung khác ngoài chữ ký số."),
}


class _Worker(Protocol):
    def call(self, job: str, *parts: bytes, deadline_seconds: float = ...) -> bytes: ...


class CheckingFailed(Conflict):
    """A file could not be checked now; nothing is kept of it."""

    default = _("Chưa kiểm tra được tệp này; hãy thử lại, hoặc ký lại từ tệp đã ban hành.")


@dataclass(frozen=True)
class Checked:
    """A signed file that is the issued document.

    Attributes:
        signer: whoever has signed since the issue, as their certificates say; 500 letters at most.
        trusted: whether the certificates chain to those of `SIGNING_ROOTS`; None: not asked.
        proof: `bytes` or `look`.
    """

    signer: str
    trusted: bool | None
    proof: str


def checked(
    renderer: _Worker, signed: bytes, issued: bytes, deadline_seconds: float = 60
) -> Checked:
    """Check a file that was signed elsewhere against the issued one.

    Args:
        renderer: the worker.
        signed: the file that was uploaded.
        issued: the document's file as it was issued.
        deadline_seconds: in seconds.

    Raises:
        TooLarge: it has more than `LARGEST_FILE` bytes.
        CheckingFailed: the worker failed on it or did not come to an end.
        Invalid: it is not the issued document with a signature, with the reason in words.
    """
    if len(signed) > LARGEST_FILE:
        raise TooLarge
    roots: bytes = current_app.config["SIGNING_ROOTS"]
    try:
        answer = renderer.call("check", signed, issued, roots, deadline_seconds=deadline_seconds)
    except RenderError as error:
        log.warning("checking a signed file failed: %s", error)
        raise CheckingFailed from error
    found: dict[str, Any] = json.loads(answer)
    if not found["ok"]:
        raise refused(found["reason"])
    return Checked(found["signer"], found["trusted"], found["proof"])


def refused(reason: str) -> Invalid:
    """The error for one of `REASONS`, at the field of the upload."""
    words = REASONS.get(reason, REASONS["damaged"])
    return Invalid(words, errors=[{"field": "file", "message": str(words)}])
