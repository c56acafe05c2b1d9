"""What units and the chair's office do about a directive after it has been given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select, union
from sqlalchemy.orm import Session

from core.errors import Conflict, Forbidden, Invalid
from core.times import vietnam
from meetings.changes import Change, command
from meetings.models import LEADERS, Role, State
from minutes.due import last_moment
from minutes.followup.commands import (
    Acknowledge,
    AskExtension,
    CheckReport,
    Classify,
    DecideExtension,
    PassOn,
    ReportOn,
    ReturnReport,
    TakeBack,
)
from minutes.followup.models import Acknowledgement, Extension, Report, ReportFile
from minutes.followup.standing import each, newest_reports, settle
from minutes.models import Directive, DirectiveUnit
from minutes.services import NO_DIRECTIVE, check_exists
from papers.services import uploaded
from people.directory import units_below
from people.models import Unit

UNITS = LEADERS | {Role.PARTICIPANT}
SINCE_GIVEN = {State.LIVE, State.CLOSED}
NO_EXTENSION = _("Không có đề nghị gia hạn này.")
NO_REPORT = _("Không có báo cáo này.")
NO_UNIT = _("Không có đơn vị này.")


@command("directive.acknowledge", Acknowledge, roles=UNITS, states=SINCE_GIVEN)
def acknowledge(change: Change, args: Acknowledge) -> Acknowledgement:
    """Say that a unit has understood a directive, or what it asks to be made clear. The newest
    answer counts."""
    directive = change.part(Directive, args.directive_id, NO_DIRECTIVE)
    unit_id = speaks_for(change, each(change.session, _named(directive)), args.unit_id)
    if unit_id is None:
        raise Invalid.at("unit_id", _("Chỉ đạo này không nêu đơn vị nào."))
    found = change.session.scalar(
        select(Acknowledgement).where(
            Acknowledgement.directive_id == directive.id, Acknowledgement.unit_id == unit_id
        )
    )
    if found is None:
        found = Acknowledgement(
            meeting_id=change.meeting.id, directive_id=directive.id, unit_id=unit_id
        )
    answer = {"reply": args.reply, "note": args.note or None}
    for name, value in (answer | {"person_id": change.actor.person_id, "at": change.at}).items():
        setattr(found, name, value)
    change.session.add(found)
    settle(change, directive)
    return found


@command("directive.report", ReportOn, roles=UNITS, states=SINCE_GIVEN)
def report_on(change: Change, args: ReportOn) -> Report:
    """Report how far a leading unit is, with the files that prove it. What is done is at 100
    percent."""
    directive, unit_id = _led(change, args.directive_id, args.unit_id)
    _refuse_if_passed_on(change, directive, unit_id)
    earlier = newest_reports(change.session, directive).get(unit_id)
    if earlier is not None and earlier.decision == "checked":
        raise Conflict(
            _("Kết quả của đơn vị đã được xác nhận hoàn thành."), current=earlier.public()
        )
    report = Report(
        meeting_id=change.meeting.id,
        directive_id=directive.id,
        unit_id=unit_id,
        progress=100 if args.done else args.progress,
        done=args.done,
        text=args.text,
        person_id=change.actor.person_id,
        at=change.at,
    )
    for number, sha256 in enumerate(dict.fromkeys(args.files), start=1):
        file = uploaded(change, sha256, "files")
        report.files.append(
            ReportFile(
                number=number,
                sha256=file.sha256,
                filename=file.filename,
                size=file.size,
                media_type=file.media_type,
            )
        )
    change.session.add(report)
    settle(change, directive)
    return report


@command("report.check", CheckReport, roles=LEADERS, states=SINCE_GIVEN)
def check_report(change: Change, args: CheckReport) -> Report:
    """Confirm that what a unit has reported done is done."""
    report = change.part(Report, args.report_id, NO_REPORT)
    if not report.done:
        raise Conflict(
            _("Đơn vị chưa báo cáo hoàn thành, chưa xác nhận được."), current=report.public()
        )
    return _decide(change, report, "checked", args.note or None)


@command("report.return", ReturnReport, roles=LEADERS, states=SINCE_GIVEN)
def return_report(change: Change, args: ReturnReport) -> Report:
    """Send a report back: what it says is not good enough, and the directive is open again."""
    report = change.part(Report, args.report_id, NO_REPORT)
    return _decide(change, report, "returned", args.remarks)


def _decide(change: Change, report: Report, decision: str, remarks: str | None) -> Report:
    directive = change.session.get_one(Directive, report.directive_id)
    newest = newest_reports(change.session, directive)[report.unit_id]
    if newest.id != report.id:
        raise Conflict(_("Đơn vị đã có báo cáo mới hơn."), current=newest.public())
    if report.decision == decision:
        raise Conflict(_("Báo cáo này đã được xử lý."), current=report.public())
    report.decision, report.remarks = decision, remarks
    report.decided_by_id, report.decided_at = change.actor.person_id, change.at
    settle(change, directive)
    return report


@command("extension.ask", AskExtension, roles=UNITS, states=SINCE_GIVEN)
def ask_extension(change: Change, args: AskExtension) -> Extension:
    """Ask for a later deadline, also when the present one is over."""
    directive, unit_id = _led(change, args.directive_id, args.unit_id)
    if directive.due is None or directive.due_at is None:
        raise Conflict(_("Chỉ đạo này không có thời hạn để gia hạn."), current=directive.public())
    if directive.done_at is not None:
        raise Conflict(_("Chỉ đạo này đã hoàn thành."), current=directive.public())
    pending = change.session.scalar(
        select(Extension).where(Extension.directive_id == directive.id, Extension.state == "asked")
    )
    if pending is not None:
        raise Conflict(
            _("Đã có một đề nghị gia hạn đang chờ quyết định."), current=pending.public()
        )
    _check_later(change, directive, args.due)
    extension = Extension(
        meeting_id=change.meeting.id,
        directive_id=directive.id,
        unit_id=unit_id,
        due=args.due,
        previous_due=directive.due,
        previous_due_text=directive.due_text,
        reason=args.reason,
        person_id=change.actor.person_id,
        at=change.at,
    )
    change.session.add(extension)
    settle(change, directive)
    return extension


@command("extension.decide", DecideExtension, roles=LEADERS, states=SINCE_GIVEN)
def decide_extension(change: Change, args: DecideExtension) -> Extension:
    """Grant or refuse more time, with the reason. What is granted is the directive's new deadline;
    the extension keeps the one before."""
    extension = change.part(Extension, args.extension_id, NO_EXTENSION)
    if extension.state != "asked":
        raise Conflict(_("Đề nghị gia hạn này đã được quyết định."), current=extension.public())
    directive = change.session.get_one(Directive, extension.directive_id)
    if args.decision == "granted":
        extension.due = args.due or extension.due
        _check_later(change, directive, extension.due)
        # It may have been changed since it was asked for.
        extension.previous_due = directive.due or extension.previous_due
        extension.previous_due_text = directive.due_text
        directive.due, directive.due_text = extension.due, None
    extension.state, extension.decision_reason = args.decision, args.reason
    extension.decided_by_id, extension.decided_at = change.actor.person_id, change.at
    settle(change, directive)
    return extension


def _check_later(change: Change, directive: Directive, due: str) -> None:
    until = last_moment(due)
    if until is None:
        raise Invalid.at("due", _("Thời hạn mới phải là một ngày, tháng hoặc quý."))
    if until <= change.at:
        raise Invalid.at("due", _("Thời hạn mới đã qua."))
    if directive.due_at is not None and until <= directive.due_at:
        raise Invalid.at("due", _("Thời hạn mới phải sau thời hạn đang có."))
    whole = change.session.get(Directive, directive.parent_id) if directive.parent_id else None
    if whole is not None and whole.due_at is not None and until > whole.due_at:
        message = _("Thời hạn mới không được sau thời hạn của chỉ đạo; hãy gia hạn chỉ đạo trước.")
        raise Invalid.at("due", message)


@command("directive.pass_on", PassOn, roles=UNITS, states={State.CLOSED})
def pass_on(change: Change, args: PassOn) -> Directive:
    """Give a directive on to units below the leading one, each a part of its own. The directive is
    done for the leading unit when all of them are.

    Not while the meeting is on: until its close a directive may still be worded anew.
    """
    directive, unit_id = _led(change, args.directive_id, args.unit_id)
    if not args.unit_ids:
        raise Invalid.at("unit_ids", _("Cần chọn ít nhất một đơn vị."))
    if unit_id is None:
        raise Invalid.at("directive_id", _("Chỉ đạo này chưa nêu đơn vị chủ trì."))
    if unit_id in newest_reports(change.session, directive):
        raise Conflict(
            _("Đơn vị đã báo cáo trực tiếp chỉ đạo này, không phân công được nữa."),
            current=directive.public(),
        )
    due = directive.due if args.due is None else args.due
    until = last_moment(due)
    if directive.due_at is not None and (until is None or until > directive.due_at):
        raise Invalid.at("due", _("Thời hạn phân công không được sau thời hạn của chỉ đạo."))
    for sub_unit in _sub_units(change, directive, unit_id, args.unit_ids):
        part = Directive(
            meeting_id=change.meeting.id,
            item_id=directive.item_id,
            parent_id=directive.id,
            passed_on_by_unit_id=unit_id,
            text=args.text or directive.text,
            due=due,
            due_text=directive.due_text if args.due is None else None,
            at=change.at,
        )
        part.units = [DirectiveUnit(unit_id=sub_unit.id, leads=True, position=1)]
        change.session.add(part)
    settle(change, directive)
    return directive


def _sub_units(change: Change, directive: Directive, unit_id: int, wanted: list[int]) -> list[Unit]:
    below = units_below(change.session, unit_id)
    parts = select(Directive).where(Directive.parent_id == directive.id)
    taken = {key for part in change.session.scalars(parts) for key in part.unit_ids(leads=True)}
    found = []
    for key in dict.fromkeys(wanted):
        unit = change.session.get(Unit, key)
        if unit is None:
            raise Invalid.at("unit_ids", NO_UNIT)
        if key not in below:
            message = _("%(unit)s không trực thuộc đơn vị chủ trì.", unit=unit.name)
            raise Invalid.at("unit_ids", message)
        check_exists(change.session, unit, vietnam(change.at).date(), "unit_ids")
        if key in taken:
            message = _("Chỉ đạo này đã được phân công cho %(unit)s.", unit=unit.name)
            raise Conflict(message, current=directive.public())
        found.append(unit)
    return found


@command("directive.take_back", TakeBack, roles=UNITS, states={State.CLOSED})
def take_back(change: Change, args: TakeBack) -> Directive:
    """Take back a part of what was passed on, while nobody has answered it; the whole is what it
    was without it."""
    part = change.part(Directive, args.directive_id, NO_DIRECTIVE)
    if part.parent_id is None or part.passed_on_by_unit_id is None:
        raise Conflict(
            _("Chỉ thu hồi được phần việc đã phân công cho đơn vị trực thuộc."),
            current=part.public(),
        )
    speaks_for(change, [part.passed_on_by_unit_id], part.passed_on_by_unit_id)
    if answered(change.session, [part.id]):
        raise Conflict(
            _("Đơn vị được giao đã trả lời phần việc này nên không thu hồi được."),
            current=part.public(),
        )
    whole = change.session.get_one(Directive, part.parent_id)
    change.session.delete(part)
    settle(change, whole)
    return whole


def answered(session: Session, directive_ids: Collection[int]) -> set[int]:
    """Those of some directives that somebody has answered, reported of, asked more time for or
    passed on."""
    names: list[Any] = [
        Acknowledgement.directive_id,
        Report.directive_id,
        Extension.directive_id,
        Directive.parent_id,
    ]
    found = union(*(select(name).where(name.in_(directive_ids)) for name in names))
    return set(session.scalars(found))


@command("directive.classify", Classify, roles=LEADERS, states=SINCE_GIVEN)
def classify(change: Change, args: Classify) -> Directive:
    """Say what a directive is about (lĩnh vực), also after the close."""
    directive = change.part(Directive, args.directive_id, NO_DIRECTIVE)
    directive.field = args.field or None
    return directive


# --- Who speaks for whom ------------------------------------------------------------------------


def _named(directive: Directive) -> list[int]:
    return [named.unit_id for named in directive.units]


def _led(change: Change, directive_id: int, unit_id: int | None) -> tuple[Directive, int | None]:
    """A directive, and the leading unit that the actor speaks for."""
    directive = change.part(Directive, directive_id, NO_DIRECTIVE)
    leads = each(change.session, directive.unit_ids(leads=True))
    return directive, speaks_for(change, leads, unit_id)


def spoken_for(session: Session, role: Role, own: int | None, named: Sequence[int]) -> list[int]:
    """Those of some units that somebody speaks for: the chair and the secretary for any,
    participants for their own and those below it, others for none.

    Args:
        session: to read with.
        role: theirs in the meeting.
        own: the unit that they sit for.
        named: the ids of the units.
    """
    if role in LEADERS:
        return list(named)
    if role not in UNITS or own is None:
        return []
    mine = {own} | units_below(session, own)
    return [key for key in named if key in mine]


def speaks_for(change: Change, named: list[int], unit_id: int | None) -> int | None:
    """The unit of those named that the actor speaks for: the chair and the secretary for any,
    others for their own and those below it, which mostly have nobody of their own in the meeting.
    None for the chair and the secretary where none is named.

    Raises:
        Forbidden: none of them is the actor's to speak for.
        Invalid: it is not clear which, or the one asked for is not named.
    """
    if unit_id is not None and change.session.get(Unit, unit_id) is None:
        raise Invalid.at("unit_id", NO_UNIT)
    own = change.unit_id
    possible = spoken_for(change.session, change.role, own, named)
    if change.role not in LEADERS:
        asked = [] if unit_id is None else [unit_id]
        if not possible or asked != spoken_for(change.session, change.role, own, asked):
            raise Forbidden(_("Chỉ đơn vị được giao, chủ trì hoặc thư ký làm được việc này."))
    if unit_id is not None:
        if unit_id not in possible:
            raise Invalid.at("unit_id", _("Chỉ đạo này không giao đơn vị đó việc này."))
        return unit_id
    if own in possible:
        return own
    if len(possible) > 1:
        raise Invalid.at("unit_id", _("Chỉ đạo này giao nhiều đơn vị; hãy nêu một đơn vị."))
    return possible[0] if possible else None


def _refuse_if_passed_on(change: Change, directive: Directive, unit_id: int | None) -> None:
    passed_on = select(Directive.id).where(
        Directive.parent_id == directive.id, Directive.passed_on_by_unit_id == unit_id
    )
    if unit_id is not None and change.session.scalar(passed_on.limit(1)) is not None:
        raise Conflict(
            _("Chỉ đạo này đã phân công; kết quả báo cáo ở từng phần đã giao."),
            current=directive.public(),
        )
