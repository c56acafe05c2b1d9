"""Pages: a paper to read, and the remarks collected."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import format_decimal
from flask_login import login_required

from agenda.views import page_data
from core.db import db
from core.errors import NotFound
from meetings import feed
from meetings.access import viewing
from meetings.models import LEADERS, Role, State
from papers.services import NO_PAPER, paper_for
from people.login import current_actor

bp = Blueprint("papers", __name__)

MEGABYTE = 1024 * 1024


@bp.app_template_filter()
def file_size(count: int) -> str:
    """A number of bytes as people say it: `340 KB`, `1,2 MB`."""
    if count >= MEGABYTE:
        return f"{format_decimal(round(count / MEGABYTE, 1))} MB"
    return f"{max(1, round(count / 1024))} KB"


@bp.get("/meetings/<int:meeting_id>/papers/<int:paper_id>")
@login_required
def paper(meeting_id: int, paper_id: int) -> str:
    """A paper, read in the browser."""
    actor = current_actor()
    meeting, viewer = viewing(db.session(), actor, meeting_id)
    found = paper_for(db.session(), actor, meeting_id, paper_id)
    number = request.args.get("version", found.version, type=int)
    shown = next((each for each in found.versions if each.number == number), None)
    if shown is None:
        raise NotFound(NO_PAPER)
    return render_template(
        "papers/paper.html",
        meeting=meeting,
        paper=found,
        shown=shown,
        leads=viewer.role in LEADERS,
        may_remark=viewer.role in (*LEADERS, Role.PARTICIPANT)
        and meeting.state in (State.SCHEDULED, State.LIVE),
        page_data=page_data(meeting, viewer),
    )


@bp.get("/meetings/<int:meeting_id>/remarks")
@login_required
def remarks(meeting_id: int) -> str:
    """What was remarked on the papers, by item and paper: all for the staff, for others what
    their unit has remarked."""
    actor = current_actor()
    objects = feed.snapshot(actor, meeting_id).objects
    meeting, _viewer = viewing(db.session(), actor, meeting_id)
    return render_template(
        "papers/remarks.html", meeting=meeting, groups=_collected(objects), total=_count(objects)
    )


def _count(objects: dict[str, dict[str, Any]]) -> int:
    return sum(key.startswith("remark/") for key in objects)


def _collected(objects: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Papers with their remarks, in the agenda's order."""
    by_paper: dict[int, list[dict[str, Any]]] = {}
    for key, value in objects.items():
        if key.startswith("remark/"):
            about = {
                "person": objects.get(f"person/{value['person_id']}"),
                "unit": objects.get(f"unit/{value['unit_id']}"),
            }
            by_paper.setdefault(value["paper_id"], []).append(value | about)
    found = []
    for paper_id, lines in by_paper.items():
        paper = objects.get(f"paper/{paper_id}")
        item = objects.get(f"agenda_item/{paper['item_id']}") if paper else None
        lines.sort(key=lambda line: (line["at"], line["id"]))
        found.append({"paper": paper, "item": item, "lines": lines})
    return sorted(found, key=_place)


def _place(group: dict[str, Any]) -> tuple[int, int]:
    paper, item = group["paper"], group["item"]
    return (item["position"] if item else 0, paper["id"] if paper else 0)
