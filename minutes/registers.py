"""The registers of outgoing documents: which number, in which form, a document gets.

Numbers run through a calendar year for each kind of document of a unit (decree 30/2020/NĐ-CP,
article 15), beginning with 1.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import one_by_one
from core.errors import Conflict, Forbidden, Invalid
from core.times import now, vietnam
from meetings.access import viewing
from meetings.changes import Change, command
from meetings.models import STAFF, Meeting, Role, State
from minutes.commands import SetRegister
from minutes.documents import symbol_template
from minutes.kinds import KINDS
from minutes.models import Document, Register
from people.actor import Actor
from people.models import Person, Unit

# The lock of whoever opens a register; any number that nothing else here uses.
OPENING = 2
NUMBERED = tuple(kind.name for kind in KINDS.values() if kind.letters)


def issuing_unit(session: Session, meeting: Meeting) -> Unit:
    """The unit under whose numbers a meeting's documents are issued: its organiser, else the
    first chair's unit.

    Raises:
        Conflict: there is neither.
    """
    unit = meeting.organizer
    if unit is None and (chairs := meeting.people_in(Role.CHAIR)):
        chair = session.get(Person, chairs[0])
        unit = session.get(Unit, chair.unit_id) if chair and chair.unit_id else None
    if unit is None:
        raise Conflict(_("Cuộc họp chưa có đơn vị tổ chức nên chưa có sổ văn bản."))
    return unit


def opened(session: Session, unit: Unit, kind: str, year: int) -> Register:
    """The register, locked against every other writer until the transaction ends; a new year
    begins one with the template of the year before.

    Args:
        session: one that is writing.
        unit: that issues.
        kind: of document.
        year: in Vietnam.
    """
    found = session.scalar(_named(unit, kind, year))
    if found is None:
        one_by_one(session, OPENING)
        found = session.scalar(_named(unit, kind, year))
    if found is None:
        template = _template(session, unit, kind, year)
        found = Register(unit_id=unit.id, kind=kind, year=year, template=template, last=0)
        session.add(found)
        session.flush()
    return locked(session, found.id)


def locked(session: Session, register_id: int) -> Register:
    """A register as it stands, and stays until the transaction ends."""
    return session.get_one(Register, register_id, with_for_update=True, populate_existing=True)


def _named(unit: Unit, kind: str, year: int) -> Any:
    return select(Register).where(
        Register.unit_id == unit.id, Register.kind == kind, Register.year == year
    )


def _template(session: Session, unit: Unit, kind: str, year: int) -> str:
    before = session.scalar(
        select(Register.template)
        .where(Register.unit_id == unit.id, Register.kind == kind, Register.year < year)
        .order_by(Register.year.desc())
        .limit(1)
    )
    return before or symbol_template(kind, unit.name)


def open_template(session: Session, meeting: Meeting, kind: str) -> str:
    """The template for a symbol whose number is still open: this year's register's, or what that
    would begin with; empty where the meeting names no unit, or the kind takes no number."""
    if kind not in NUMBERED:
        return ""
    try:
        unit = issuing_unit(session, meeting)
    except Conflict:
        return ""
    year = vietnam(now()).year
    found = session.scalar(_named(unit, kind, year))
    return found.template if found else _template(session, unit, kind, year)


def public(register: Register) -> dict[str, Any]:
    """A register as clients get it."""
    return {
        "kind": register.kind,
        "year": register.year,
        "template": register.template,
        "last": register.last,
        "next_symbol": register.symbol(register.last + 1),
    }


def listed(session: Session, actor: Actor, meeting_id: int, year: int) -> list[dict[str, Any]]:
    """The registers of a year that a meeting's documents go into, one for each kind.

    Raises:
        NotFound: there is no such meeting for this viewer.
        Forbidden: the viewer is not of its staff.
        Conflict: the meeting names no unit.
    """
    meeting, viewer = viewing(session, actor, meeting_id)
    if viewer.role not in STAFF:
        raise Forbidden()
    unit = issuing_unit(session, meeting)
    found = []
    for kind in NUMBERED:
        register = session.scalar(_named(unit, kind, year))
        if register is None:
            template = _template(session, unit, kind, year)
            register = Register(unit_id=unit.id, kind=kind, year=year, template=template, last=0)
        found.append(public(register))
    return found


@command(
    "register.set",
    SetRegister,
    roles=frozenset({Role.RECORDS_CLERK}),
    states={State.SCHEDULED, State.LIVE, State.CLOSED},
)
def set_register(change: Change, args: SetRegister) -> dict[str, Any]:
    """Say how the numbers of this year go on: after some were given on paper, or in another
    form."""
    session = change.session
    unit = issuing_unit(session, change.meeting)
    register = opened(session, unit, args.kind, vietnam(change.at).year)
    if args.template is not None:
        register.template = args.template
    if args.next is not None:
        highest = session.scalar(
            select(func.max(Document.number)).where(Document.register_id == register.id)
        )
        if args.next <= (highest or 0):
            message = _("Số %(number)s đã cấp; số tiếp theo phải lớn hơn.", number=highest)
            raise Invalid(message, errors=[{"field": "next", "message": str(message)}])
        register.last = args.next - 1
    return public(register)
