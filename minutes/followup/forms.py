"""What the forms of a directive's page send, as the arguments of the commands behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from core.errors import DomainError, Invalid
from core.text import clean
from papers.models import Upload
from papers.uploads import take_in
from people.actor import Actor
from people.views import number

Form = MultiDict[str, str]
# As many as a report names (minutes.followup.commands.ReportOn).
MOST_FILES = 10


@dataclass(frozen=True)
class Intention:
    """What a form is for.

    Attributes:
        command: that it gives.
        args: what the command takes, out of the form and the id of the page's directive.
        said: what the reader is told when it is done.
    """

    command: str
    args: Callable[[Form, int], dict[str, Any]]
    said: Any


def _for(form: Form, directive_id: int) -> dict[str, Any]:
    unit_id = form.get("unit_id", "")
    return {"directive_id": directive_id} | ({"unit_id": number(unit_id)} if unit_id else {})


def _given(form: Form, *names: str) -> dict[str, Any]:
    """The fields that somebody has filled in."""
    return {name: form[name] for name in names if form.get(name, "").strip()}


def _report(form: Form, directive_id: int) -> dict[str, Any]:
    done = form.get("done") == "yes"
    return _for(form, directive_id) | {
        "progress": 100 if done else number(form.get("progress", "")),
        "text": form.get("text", ""),
        "done": done,
        "files": form.getlist("files"),
    }


def _pass_on(form: Form, directive_id: int) -> dict[str, Any]:
    chosen = [number(value) for value in form.getlist("unit_ids")]
    return _for(form, directive_id) | {"unit_ids": chosen} | _given(form, "text", "due")


INTENTIONS: dict[str, Intention] = {
    "acknowledge": Intention(
        "directive.acknowledge",
        lambda form, key: (
            _for(form, key) | {"reply": form.get("reply", ""), "note": form.get("note", "") or None}
        ),
        _("Đã ghi câu trả lời của đơn vị."),
    ),
    "report": Intention("directive.report", _report, _("Đã gửi báo cáo.")),
    "extend": Intention(
        "extension.ask",
        lambda form, key: (
            _for(form, key) | _given(form, "due") | {"reason": form.get("reason", "")}
        ),
        _("Đã gửi đề nghị gia hạn."),
    ),
    "decide": Intention(
        "extension.decide",
        lambda form, key: (
            {
                "extension_id": number(form.get("extension_id", "")),
                "decision": form.get("decision", ""),
                "reason": form.get("reason", ""),
            }
            | _given(form, "due")
        ),
        _("Đã quyết định đề nghị gia hạn."),
    ),
    "check": Intention(
        "report.check",
        lambda form, key: {
            "report_id": number(form.get("report_id", "")),
            "note": form.get("remarks", "") or None,
        },
        _("Đã xác nhận kết quả."),
    ),
    "return": Intention(
        "report.return",
        lambda form, key: {
            "report_id": number(form.get("report_id", "")),
            "remarks": form.get("remarks", ""),
        },
        _("Đã trả lại báo cáo; đơn vị sẽ báo cáo lại."),
    ),
    "pass_on": Intention("directive.pass_on", _pass_on, _("Đã phân công cho đơn vị trực thuộc.")),
    "take_back": Intention(
        "directive.take_back",
        lambda form, key: {"directive_id": number(form.get("part_id", ""))},
        _("Đã thu hồi phần việc đã phân công."),
    ),
    "classify": Intention(
        "directive.classify",
        lambda form, key: {"directive_id": key, "field": form.get("field", "")},
        _("Đã lưu lĩnh vực."),
    ),
}


def take_in_all(actor: Actor, form: Form, uploads: list[FileStorage]) -> None:
    """Take in the files that came with a form; their hashes join its `files`, also where one of
    those after them is refused.

    Raises:
        DomainError: one of them is refused; the sentence names it.
    """
    uploads = [upload for upload in uploads if upload.filename]
    if len(uploads) + len(form.getlist("files")) > MOST_FILES:
        message = _("Mỗi báo cáo kèm tối đa %(most)s tệp.", most=MOST_FILES)
        raise Invalid.at("files", message)
    for upload in uploads:
        try:
            form.add("files", take_in(actor, upload)["sha256"])
        except DomainError as error:
            message = f"{upload.filename}: {error.message}"
            raise Invalid.at("files", message) from None


def taken_in(session: Session, actor: Actor, form: Form) -> list[Upload]:
    """The files that a form names and its author has uploaded."""
    named = [clean(value) for value in form.getlist("files")[:MOST_FILES]]
    return list(
        session.scalars(
            select(Upload).where(Upload.user_id == actor.user_id, Upload.sha256.in_(named))
        )
    )
