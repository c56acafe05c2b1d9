"""How a directive stands by its dates: the one place that says so, for the register, scorecards
and documents.

The tree is that of the government's own statistics (report 1270/BC-TCTTTg of 2017): done = in time
+ late; not done = still in time + overdue. What has no deadline is counted apart while it is open.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Integer, and_, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.db import UtcDateTime
from minutes.models import Directive

_DAY: Final = timedelta(days=1)
_Moment = InstrumentedAttribute[datetime | None]
StatusName = Literal["done_on_time", "done_late", "in_time", "overdue", "no_deadline"]


def status(due_at: datetime | None, done_at: datetime | None, present: datetime) -> StatusName:
    """How it stands by its dates.

    Args:
        due_at: the last moment of its deadline; None where it has none.
        done_at: when it was reported done; None while it is open.
        present: the moment that is asked about.
    """
    if done_at is not None:
        return "done_late" if due_at is not None and done_at > due_at else "done_on_time"
    if due_at is None:
        return "no_deadline"
    return "overdue" if due_at < present else "in_time"


def has_status(
    name: str,
    present: datetime,
    due_at: _Moment = Directive.due_at,
    done_at: _Moment = Directive.done_at,
) -> ColumnElement[bool]:
    """The same as a condition, on `Directive` where no other columns are named."""
    conditions: dict[str, ColumnElement[bool]] = {
        "done_on_time": and_(done_at.is_not(None), due_at.is_(None) | (done_at <= due_at)),
        "done_late": done_at > due_at,
        "in_time": and_(done_at.is_(None), due_at >= present),
        "overdue": and_(done_at.is_(None), due_at < present),
        "no_deadline": and_(done_at.is_(None), due_at.is_(None)),
    }
    return conditions[name]


def days_late(due_at: datetime | None, done_at: datetime | None, present: datetime) -> int:
    """Days begun since the deadline, until it was done or until now; 0 where it is not late."""
    late = (done_at or present) - due_at if due_at is not None else None
    return max(0, -(-late // _DAY)) if late is not None else 0


def days_begun(due_at: _Moment, until: _Moment | datetime) -> ColumnElement[int]:
    """The same in SQL, for what is late; of no use for what is not.

    Args:
        due_at: the last moment of the deadline.
        until: when it was done; the present moment for what is open.
    """
    return _DaysBegun(
        due_at, literal(until, UtcDateTime()) if isinstance(until, datetime) else until
    )


class _DaysBegun(FunctionElement[int]):
    """The days begun between two moments, rounded up."""

    type = Integer()
    inherit_cache = True


@compiles(_DaysBegun, "postgresql")
def _on_postgresql(element: _DaysBegun, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CEIL(EXTRACT(EPOCH FROM ({later}) - ({earlier})) / 86400)"


@compiles(_DaysBegun, "sqlite")
def _on_sqlite(element: _DaysBegun, compiler: SQLCompiler, **options: Any) -> str:
    # No ceiling there. A Julian day is a fraction, exact to 0.05 ms: half a millisecond less keeps
    # whole days whole.
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) + 1 - 0.0005 / 86400 AS INTEGER)"
