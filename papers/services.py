"""Handing papers in, showing them to people, remarks, and private notes."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from agenda.models import AgendaItem
from agenda.services import CHANGED_MEANWHILE, NO_ITEM, UNTIL_CLOSED, fresh
from core.db import reading, writing
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.times import now
from meetings.access import Viewer, sees, view
from meetings.changes import Change, command
from meetings.models import LEADERS, STAFF, Role, State
from papers.commands import (
    AddPaper,
    AddRemark,
    NoteBody,
    RemovePaper,
    RemoveRemark,
    UpdatePaper,
)
from papers.models import Note, Paper, PaperUnit, PaperVersion, Remark, Upload
from people.actor import Actor
from people.models import Unit, UnitMember

# Who may hand papers in; an observer only reads.
CONTRIBUTORS = STAFF | {Role.PARTICIPANT}
NO_PAPER = _("Không có tài liệu này.")
NO_REMARK = _("Ý kiến góp ý này không còn nữa.")


@command("paper.add", AddPaper, roles=CONTRIBUTORS, states=UNTIL_CLOSED)
def add_paper(change: Change, args: AddPaper) -> Paper:
    """Put a paper to an item or to the meeting. What a unit hands in is the staff's to show to
    the others."""
    if args.item_id is not None:
        change.part(AgendaItem, args.item_id, NO_ITEM)
    staff = change.role in STAFF
    paper = Paper(
        meeting_id=change.meeting.id,
        item_id=args.item_id,
        visible_to=args.visible_to or ("everyone" if staff else "staff"),
        unit_id=None if staff else change.unit_id,
        version=1,
    )
    _set_units(change, paper, args.unit_ids)
    _refuse_showing(change, paper)
    version = _version(change, args.sha256, 1)
    paper.title = args.title or PurePosixPath(version.filename).stem
    paper.versions = [version]
    change.session.add(paper)
    return paper


@command("paper.update", UpdatePaper, roles=CONTRIBUTORS, states=UNTIL_CLOSED)
def update_paper(change: Change, args: UpdatePaper) -> Paper:
    """Give a paper another title, item or circle of readers, or a new version; the earlier
    versions stay."""
    paper = _own_paper(change, args.paper_id)
    fresh(paper, args.base_revision, CHANGED_MEANWHILE)
    if args.title is not None:
        paper.title = args.title
    if "item_id" in args.model_fields_set:
        if args.item_id is not None:
            change.part(AgendaItem, args.item_id, NO_ITEM)
        paper.item_id = args.item_id
    if args.visible_to is not None:
        paper.visible_to = args.visible_to
    if args.unit_ids is not None:
        _set_units(change, paper, args.unit_ids)
    elif args.visible_to is not None:
        _set_units(change, paper, [unit.unit_id for unit in paper.units])
    _refuse_showing(change, paper)
    if args.sha256 is not None and args.sha256 != paper.versions[-1].sha256:
        paper.version += 1
        paper.versions.append(_version(change, args.sha256, paper.version))
    return paper


@command("paper.remove", RemovePaper, roles=CONTRIBUTORS, states=UNTIL_CLOSED)
def remove_paper(change: Change, args: RemovePaper) -> None:
    """Take a paper back on which nobody has remarked or noted anything."""
    paper = _own_paper(change, args.paper_id)
    fresh(paper, args.base_revision, CHANGED_MEANWHILE)
    used = [
        select(Remark.id).where(Remark.paper_id == paper.id),
        select(Note.paper_id).where(Note.paper_id == paper.id, Note.text != ""),
    ]
    if any(change.session.scalar(each.limit(1)) for each in used):
        raise Conflict(
            _(
                "Đã có người góp ý hoặc ghi chú vào tài liệu này nên không bỏ được; hãy tải lên "
                "phiên bản mới hoặc chuyển sang “Chỉ chủ trì, thư ký, văn thư”."
            ),
            current=paper.public(),
        )
    for note in change.session.scalars(select(Note).where(Note.paper_id == paper.id)):
        change.session.delete(note)
    change.session.delete(paper)


def _seen_paper(change: Change, paper_id: int) -> Paper:
    paper = change.part(Paper, paper_id, NO_PAPER)
    thing = (paper.key, paper.public())
    if not sees(change.role, change.meeting.state, thing, change.unit_id):
        raise NotFound(NO_PAPER)
    return paper


def _own_paper(change: Change, paper_id: int) -> Paper:
    """A paper that the actor may change: any for the staff, for others what their unit has
    handed in and the staff have not shown to anybody yet.

    Raises:
        NotFound: there is none that the actor sees.
        Forbidden: it is not theirs to change.
    """
    paper = _seen_paper(change, paper_id)
    if change.role not in STAFF:
        if paper.unit_id is None or paper.unit_id != change.unit_id:
            raise Forbidden(_("Chỉ đơn vị gửi tài liệu, hoặc thư ký, sửa được tài liệu này."))
        if paper.visible_to != "staff":
            raise Forbidden(_("Thư ký đã phát hành tài liệu này; cần sửa thì gửi thư ký bản mới."))
    return paper


def _refuse_showing(change: Change, paper: Paper) -> None:
    if change.role not in STAFF and paper.visible_to != "staff":
        raise Forbidden(_("Tài liệu của đơn vị gửi đến thư ký; thư ký phát hành cho người khác."))


def _set_units(change: Change, paper: Paper, unit_ids: list[int]) -> None:
    """The units that a paper is for; a group stands for its members.

    Raises:
        Invalid: there is no such unit, or none is named where some must be.
    """
    wanted = dict.fromkeys(unit_ids)
    for unit_id in list(wanted):
        unit = change.session.get(Unit, unit_id)
        if unit is None:
            raise Invalid.at("unit_ids", _("Không có đơn vị này."))
        if unit.kind == "group":
            del wanted[unit_id]
            members = select(UnitMember.unit_id).where(UnitMember.group_id == unit_id)
            wanted.update(dict.fromkeys(change.session.scalars(members)))
    if paper.visible_to != "units":
        wanted = {}
    elif not wanted:
        raise Invalid.at("unit_ids", _("Cần chọn ít nhất một đơn vị được xem."))
    kept = {unit.unit_id: unit for unit in paper.units}
    if list(kept) != list(wanted):
        paper.units = [kept.get(unit_id) or PaperUnit(unit_id=unit_id) for unit_id in wanted]
        for position, named in enumerate(paper.units):
            named.position = position


def uploaded(change: Change, sha256: str, field: str = "sha256") -> Upload:
    """What the actor has uploaded, to become part of the meeting.

    Args:
        change: the command that names it.
        sha256: its hash.
        field: the argument that holds it.

    Raises:
        Invalid: this account has uploaded no such file.
    """
    # Locked: what is named here is not cleaned away meanwhile.
    upload = change.session.scalar(
        select(Upload)
        .where(Upload.user_id == change.actor.user_id, Upload.sha256 == sha256)
        .with_for_update()
    )
    if upload is None:
        raise Invalid.at(field, _("Bạn chưa tải tệp này lên."))
    return upload


def _version(change: Change, sha256: str, number: int) -> PaperVersion:
    upload = uploaded(change, sha256)
    return PaperVersion(
        number=number,
        sha256=upload.sha256,
        filename=upload.filename,
        size=upload.size,
        media_type=upload.media_type,
        pages=upload.pages,
        uploaded_by=change.actor.name,
        uploaded_at=change.at,
    )


@command(
    "remark.add",
    AddRemark,
    roles=LEADERS | {Role.PARTICIPANT},
    states={State.SCHEDULED, State.LIVE},
)
def add_remark(change: Change, args: AddRemark) -> Remark:
    """Remark something on a paper that one sees."""
    paper = _seen_paper(change, args.paper_id)
    pages = paper.versions[-1].pages
    if args.page is not None and pages is not None and args.page > pages:
        raise Invalid.at("page", _("Tài liệu chỉ có %(pages)s trang.", pages=pages))
    remark = Remark(
        meeting_id=change.meeting.id,
        paper_id=paper.id,
        person_id=change.actor.person_id,
        unit_id=change.unit_id,
        page=args.page,
        text=args.text,
        at=change.at,
    )
    change.session.add(remark)
    return remark


@command(
    "remark.remove",
    RemoveRemark,
    roles=LEADERS | {Role.PARTICIPANT},
    states={State.SCHEDULED, State.LIVE},
)
def remove_remark(change: Change, args: RemoveRemark) -> None:
    """Take a remark back: one's own; the chair and the secretary any. The log keeps it."""
    remark = change.part(Remark, args.remark_id, NO_REMARK)
    if change.role not in LEADERS and remark.person_id != change.actor.person_id:
        thing = (remark.key, remark.public())
        if not sees(change.role, change.meeting.state, thing, change.unit_id):
            raise NotFound(NO_REMARK)
        raise Forbidden(_("Chỉ người góp ý thu lại được ý kiến của mình."))
    change.session.delete(remark)


# --- Reading ------------------------------------------------------------------------------------


def paper_for(session: Session, actor: Actor, meeting_id: int, paper_id: int) -> Paper:
    """A paper, for whoever may see it.

    Raises:
        NotFound: there is no such paper for this viewer.
    """
    return _visible(session, view(session, actor, meeting_id), paper_id)


def _visible(session: Session, viewer: Viewer, paper_id: int) -> Paper:
    paper = session.get(Paper, paper_id)
    if paper is None or paper.meeting_id != viewer.meeting_id:
        raise NotFound(NO_PAPER)
    if not sees(viewer.role, viewer.state, (paper.key, paper.public()), viewer.unit_id):
        raise NotFound(NO_PAPER)
    return paper


def papers_for(session: Session, viewer: Viewer) -> list[Paper]:
    """The papers of a meeting that a viewer may see, in the order in which they came."""
    papers = session.scalars(
        select(Paper).where(Paper.meeting_id == viewer.meeting_id).order_by(Paper.id)
    )
    return [
        paper
        for paper in papers
        if sees(viewer.role, viewer.state, (paper.key, paper.public()), viewer.unit_id)
    ]


NO_NOTE: dict[str, Any] = {"text": "", "revision": 0, "at": None}


def note_of(actor: Actor, meeting_id: int, paper_id: int) -> dict[str, Any]:
    """The actor's own note on a paper; an empty one of revision 0 where there is none.

    Raises:
        NotFound: there is no such paper for this viewer.
    """
    with reading() as session:
        paper = paper_for(session, actor, meeting_id, paper_id)
        note = session.get(Note, (paper.id, actor.person_id))
        return note.public() if note else NO_NOTE


def save_note(actor: Actor, meeting_id: int, paper_id: int, body: NoteBody) -> dict[str, Any]:
    """Save the actor's own note on a paper.

    It is nobody else's and no part of the meeting, so it takes no revision and no log row.

    Raises:
        NotFound: there is no such paper for this viewer.
        Conflict: it was saved in another window since; `current` is what stands.
    """
    with writing() as session:
        paper = paper_for(session, actor, meeting_id, paper_id)
        note = session.get(Note, (paper.id, actor.person_id), with_for_update=True)
        stands = note.public() if note else NO_NOTE
        if body.base_revision != stands["revision"]:
            raise Conflict(
                _("Ghi chú đã được sửa ở cửa sổ khác; hãy xem cả hai bản."), current=stands
            )
        if note is None:
            note = Note(paper_id=paper.id, person_id=actor.person_id, revision=0)
            session.add(note)
        note.text, note.at = body.text, now()
        note.revision += 1
        session.flush()
        return note.public()
