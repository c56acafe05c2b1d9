"""Reports for the leader: the scorecard as a page, over HTTP and as a spreadsheet, and the register
as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_login import login_required
from sqlalchemy import select

from core.api import Public, blueprint
from core.db import reading
from core.errors import Invalid
from core.i18n import language
from core.schema import parse
from core.times import now, rfc3339, vietnam
from meetings.access import visible_meetings
from meetings.models import Meeting
from minutes.followup.charts import bar, trend
from minutes.followup.exporting import register_file, scorecard_file
from minutes.followup.filters import DirectiveFilter, ScorecardFilter
from minutes.followup.scorecard import MeetingLine, Scorecard, UnitLine, scorecard
from minutes.issuing import worked
from minutes.models import Directive
from minutes.render import Renderer
from people.login import current_actor

# What the page is asked by. (`url_for` takes names of its own, which nobody may give it.)
ASKED = {*ScorecardFilter.model_fields, "sort"}
# A row costs a millisecond to draw, for which others wait; the spreadsheet has them all.
UNITS_ON_A_PAGE = 100

bp = Blueprint("reports", __name__)
api = blueprint("reports", __name__)


class CountsOut(Public):
    """How many directives stand how. `percent` is done ÷ (done + overdue) in percent,
    `percent_on_time` done in time ÷ total; both are null where there is nothing to divide by."""

    total: int
    done: int
    done_on_time: int
    done_late: int
    open: int
    in_time: int
    overdue: int
    no_deadline: int
    extension_asked: int
    returned: int
    average_days_late: float | None
    percent: float | None
    percent_on_time: float | None


class UnitCountsOut(CountsOut):
    """The directives that a unit leads."""

    unit_id: int
    name: str
    kind: str


class MeetingCountsOut(CountsOut):
    """The directives that a meeting gave."""

    meeting_id: int
    code: str
    title: str
    starts_at: str


class ScorecardOut(Public):
    """How directives are carried out at a moment: in all, by leading unit, by meeting."""

    at: str
    total: CountsOut
    units: list[UnitCountsOut]
    meetings: list[MeetingCountsOut]


@api.get("/directives/scorecard", responses={200: ScorecardOut})
def get_scorecard(query: ScorecardFilter) -> dict[str, Any]:
    """How the directives that the viewer may see are carried out. One that several units lead
    counts for each of them, and once in all; a group stands for its members; what units have
    passed on is not counted again."""
    found, at = _found(query)
    return {
        "at": rfc3339(at),
        "total": found.total.public(),
        "units": [_unit(line) for line in found.units],
        "meetings": [_meeting(line) for line in found.meetings],
    }


def _unit(line: UnitLine) -> dict[str, Any]:
    unit = line.unit
    return {"unit_id": unit.id, "name": unit.name, "kind": unit.kind} | line.counts.public()


def _meeting(line: MeetingLine) -> dict[str, Any]:
    about = {"meeting_id": line.id, "code": line.code, "title": line.title}
    return about | {"starts_at": rfc3339(line.starts_at)} | line.counts.public()


def _found(query: ScorecardFilter) -> tuple[Scorecard, datetime]:
    at = now()
    with reading() as session:
        found = scorecard(session, current_actor(), query.asked(), at)
        session.expunge_all()
    return found, at


@bp.get("/directives/scorecard")
@login_required
def page() -> tuple[str, int]:
    """The scorecard: a table by unit, each with its bar, and the trend over briefings."""
    query, error = ScorecardFilter(), None
    try:
        query = parse(ScorecardFilter, request.args.to_dict())
    except Invalid as refused:
        error = refused
    found, at = _found(query)
    count, decimal = _writers()
    by_unit = request.args.get("sort") == "unit"
    lines = found.units if by_unit else found.worst_first()
    pages = max(1, -(-len(lines) // UNITS_ON_A_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    first = (number - 1) * UNITS_ON_A_PAGE
    shown = render_template(
        "minutes/scorecard.html",
        found=found,
        lines=lines[first : first + UNITS_ON_A_PAGE],
        first=first,
        page=number,
        pages=pages,
        by_unit=by_unit,
        at=at,
        # What was typed stays, also where it is wrong.
        typed={name: value for name, value in request.args.items() if name in ASKED},
        filtered=any(query.model_dump().values()),
        error=error,
        meetings=_meetings(),
        bar=bar,
        trend=trend(found.meetings),
        count=count,
        decimal=decimal,
        local=vietnam,
    )
    return shown, 422 if error else 200


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/directives/scorecard.xlsx")
@login_required
def scorecard_sheet() -> Response:
    """The scorecard as a spreadsheet."""
    found, at = _found(parse(ScorecardFilter, request.args.to_dict()))
    lines = found.units if request.args.get("sort") == "unit" else found.worst_first()
    return _sent("tinh-hinh-thuc-hien-chi-dao", scorecard_file(found, lines, at), at)


@bp.get("/directives.xlsx")
@login_required
def register_sheet() -> Response:
    """The register as a spreadsheet, with the same filters as `GET /api/v1/directives`."""
    wanted, at = parse(DirectiveFilter, request.args.to_dict()).wanted(), now()
    with reading() as session:
        order = register_file(session, current_actor(), wanted, at)
    return _sent("danh-muc-chi-dao", order, at)


def _sent(name: str, order: bytes, at: datetime) -> Response:
    renderer: Renderer = current_app.extensions["renderer"]
    response = make_response(worked(lambda: renderer.call("xlsx", order)))
    response.content_type = XLSX
    filename = f"{name}-{vietnam(at):%Y-%m-%d}.xlsx"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _meetings() -> list[Any]:
    """The meetings that gave directives, the newest first, for choosing one."""
    with reading() as session:
        # Looked up for each meeting: a list of what all directives are of would be as long as they.
        gave = select(Directive.id).where(Directive.meeting_id == Meeting.id).exists()
        mine = visible_meetings(current_actor()).where(gave)
        columns = mine.with_only_columns(Meeting.id, Meeting.title, Meeting.starts_at)
        return list(session.execute(columns.order_by(Meeting.starts_at.desc())))


def _writers() -> tuple[Callable[[int], str], Callable[[float | None, int], str]]:
    """How numbers are written for this reader: `21.914` and `98,63`, or `21,914` and `98.63`; a
    dash where there is none. The language is asked once: a page holds thousands of numbers."""
    marks = str.maketrans(",.", ".,") if language() == "vi" else {}

    def count(number: int) -> str:
        return f"{number:,}".translate(marks)

    def decimal(number: float | None, places: int) -> str:
        return "–" if number is None else f"{number:,.{places}f}".translate(marks)

    return count, decimal
