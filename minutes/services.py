"""What the chair concludes and directs."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from agenda.models import AgendaItem
from agenda.services import NO_ITEM, fresh, spoken_at
from core.errors import Conflict, Invalid
from core.times import vietnam
from meetings.changes import Change, command
from meetings.models import LEADERS, State
from minutes.commands import (
    AddConclusion,
    AddDirective,
    RemoveConclusion,
    RemoveDirective,
    UpdateConclusion,
    UpdateDirective,
)
from minutes.followup.models import Acknowledgement, Extension, Report
from minutes.followup.standing import settle
from minutes.models import Conclusion, Directive, DirectiveUnit
from people.directory import heirs_of
from people.models import Unit

NO_CONCLUSION = _("Kết luận này không còn nữa.")
NO_DIRECTIVE = _("Chỉ đạo này không còn nữa.")
CONCLUSION_CHANGED = _("Kết luận này đã được sửa trong lúc bạn soạn; hãy xem cả hai bản.")
DIRECTIVE_CHANGED = _("Chỉ đạo này đã được sửa trong lúc bạn soạn; hãy xem cả hai bản.")


def _item(change: Change, item_id: int | None) -> int | None:
    return change.part(AgendaItem, item_id, NO_ITEM).id if item_id is not None else None


@command("conclusion.add", AddConclusion, roles=LEADERS, states={State.LIVE})
def add_conclusion(change: Change, args: AddConclusion) -> Conclusion:
    """Record a conclusion."""
    conclusion = Conclusion(
        meeting_id=change.meeting.id,
        item_id=_item(change, args.item_id),
        section=args.section,
        text=args.text,
        at=spoken_at(change, args.at),
    )
    change.session.add(conclusion)
    return conclusion


@command("conclusion.update", UpdateConclusion, roles=LEADERS, states={State.LIVE})
def update_conclusion(change: Change, args: UpdateConclusion) -> Conclusion:
    """Change a conclusion that nobody has changed since the author saw it."""
    conclusion = change.part(Conclusion, args.conclusion_id, NO_CONCLUSION)
    fresh(conclusion, args.base_revision, CONCLUSION_CHANGED)
    conclusion.text = args.text
    if args.section is not None:
        conclusion.section = args.section
    if "item_id" in args.model_fields_set:
        conclusion.item_id = _item(change, args.item_id)
    return conclusion


@command("conclusion.remove", RemoveConclusion, roles=LEADERS, states={State.LIVE})
def remove_conclusion(change: Change, args: RemoveConclusion) -> None:
    """Take a conclusion back."""
    conclusion = change.part(Conclusion, args.conclusion_id, NO_CONCLUSION)
    fresh(conclusion, args.base_revision, CONCLUSION_CHANGED)
    change.session.delete(conclusion)


@command("directive.add", AddDirective, roles=LEADERS, states={State.LIVE})
def add_directive(change: Change, args: AddDirective) -> Directive:
    """Record a directive."""
    directive = Directive(
        meeting_id=change.meeting.id,
        item_id=_item(change, args.item_id),
        text=args.text,
        due=args.due,
        due_text=args.due_text or None,
        field=args.field or None,
        at=spoken_at(change, args.at),
    )
    change.session.add(directive)
    _name_units(change, directive, args.lead_unit_ids, args.supporting_unit_ids)
    settle(change, directive)
    return directive


def check_exists(session: Session, unit: Unit, day: date, field: str) -> None:
    """Refuse to give a task to a unit that is no more, and name who has taken over.

    Args:
        day: on which the task is given.
        field: the argument that names the unit.

    Raises:
        Invalid: its last day is before that.
    """
    if unit.valid_to is None or day <= unit.valid_to:
        return
    names = "; ".join(heir.name for heir in heirs_of(session, unit, day))
    last = f"{unit.valid_to:%d/%m/%Y}"
    if names:
        message = gettext(
            "%(unit)s chỉ hoạt động đến %(day)s; đơn vị kế thừa: %(heirs)s.",
            unit=unit.name,
            day=last,
            heirs=names,
        )
    else:
        message = gettext(
            "%(unit)s chỉ hoạt động đến %(day)s; hãy chọn đơn vị kế thừa.",
            unit=unit.name,
            day=last,
        )
    raise Invalid.at(field, message)


def _name_units(
    change: Change, directive: Directive, leads: list[int], supports: list[int]
) -> None:
    both = set(leads) & set(supports)
    if both:
        raise Invalid.at("supporting_unit_ids", _("Một đơn vị không thể vừa chủ trì vừa phối hợp."))
    wanted = dict.fromkeys(leads, True) | dict.fromkeys(supports, False)
    present = {named.unit_id: named for named in directive.units}
    known = {
        unit.id: unit for unit in change.session.scalars(select(Unit).where(Unit.id.in_(wanted)))
    }
    day = vietnam(directive.at).date()
    for unit_id, is_lead in wanted.items():
        name = "lead_unit_ids" if is_lead else "supporting_unit_ids"
        if unit_id not in known:
            raise Invalid.at(name, _("Không có đơn vị này."))
        # Who was named while it still existed stays named.
        if unit_id not in present:
            check_exists(change.session, known[unit_id], day, name)
    directive.units[:] = []
    for position, (unit_id, is_lead) in enumerate(wanted.items(), start=1):
        named = present.get(unit_id) or DirectiveUnit(unit_id=unit_id)
        named.leads, named.position = is_lead, position
        directive.units.append(named)


@command("directive.update", UpdateDirective, roles=LEADERS, states={State.LIVE})
def update_directive(change: Change, args: UpdateDirective) -> Directive:
    """Change a directive that nobody has changed since the author saw it."""
    directive = change.part(Directive, args.directive_id, NO_DIRECTIVE)
    fresh(directive, args.base_revision, DIRECTIVE_CHANGED)
    named = args.model_fields_set
    if args.text is not None:
        directive.text = args.text
    if "due" in named:
        directive.due = args.due
    if "due_text" in named:
        directive.due_text = args.due_text or None
    if "field" in named:
        directive.field = args.field or None
    if "item_id" in named:
        directive.item_id = _item(change, args.item_id)
    if args.lead_unit_ids is not None or args.supporting_unit_ids is not None:
        leads = directive.unit_ids(leads=True)
        supports = directive.unit_ids(leads=False)
        _name_units(
            change,
            directive,
            leads if args.lead_unit_ids is None else args.lead_unit_ids,
            supports if args.supporting_unit_ids is None else args.supporting_unit_ids,
        )
        # The units have rows of their own; the directive itself is what clients hold.
        directive.revision = change.revision
    settle(change, directive)
    return directive


@command("directive.remove", RemoveDirective, roles=LEADERS, states={State.LIVE})
def remove_directive(change: Change, args: RemoveDirective) -> None:
    """Take a directive back that nobody has reported on, asked more time for, or passed on."""
    directive = change.part(Directive, args.directive_id, NO_DIRECTIVE)
    fresh(directive, args.base_revision, DIRECTIVE_CHANGED)
    used = [
        select(Report.id).where(Report.directive_id == directive.id),
        select(Extension.id).where(Extension.directive_id == directive.id),
        select(Directive.id).where(Directive.parent_id == directive.id),
    ]
    if directive.parent_id or any(change.session.scalar(each.limit(1)) for each in used):
        raise Conflict(
            _("Chỉ đạo này đã có báo cáo, xin gia hạn hoặc phân công nên không bỏ được; hãy sửa."),
            current=directive.public(),
        )
    answers = select(Acknowledgement).where(Acknowledgement.directive_id == directive.id)
    for answer in change.session.scalars(answers):
        change.session.delete(answer)
    change.session.flush()
    change.session.delete(directive)
