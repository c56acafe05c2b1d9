"""Pages that show every part of a meeting: the start page, a meeting's own page, its documents."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template
from flask_login import login_required
from sqlalchemy import select

from agenda.views import page_data
from core.db import db
from core.times import now, vietnam
from meetings import feed, presence
from meetings.access import viewing, visible_meetings
from meetings.models import LEADERS, STAFF, Meeting, Participant, Role, State
from meetings.views import today
from minutes.models import Directive, DirectiveUnit
from minutes.publishing import may_read_documents
from minutes.words import due_words
from people.actor import Actor
from people.directory import units_of
from people.login import current_actor
from people.models import Unit

bp = Blueprint("minutes", __name__)
bp.add_app_template_filter(due_words)

SECTIONS = ("assessment", "shortcomings", "tasks", "organisation")
# Ended meetings that the start page offers a records clerk.
LATELY = 5


@bp.get("/")
@login_required
def home() -> str:
    """What is on now, what waits for me, and what is late; nothing else."""
    actor = current_actor()
    mine = visible_meetings(actor).add_columns(Participant.role).order_by(Meeting.starts_at)
    start, end = today()
    near = db.session.execute(
        mine.where(
            (Meeting.state.in_((State.LIVE, State.DRAFT)))
            | ((Meeting.state == State.SCHEDULED) & (Meeting.ends_at >= start))
        )
    ).all()
    ended = db.session.scalars(
        visible_meetings(actor)
        .where(Participant.role == Role.RECORDS_CLERK, Meeting.state == State.CLOSED)
        .order_by(Meeting.closed_at.desc())
        .limit(LATELY)
    ).all()
    waiting, late = _directives_of(actor)
    scheduled = [row for row in near if row[0].state == State.SCHEDULED]
    return render_template(
        "minutes/home.html",
        live=[row for row in near if row[0].state == State.LIVE],
        today=[row for row in scheduled if row[0].starts_at < end],
        following=next((row for row in scheduled if row[0].starts_at >= end), None),
        drafts=[row for row in near if row[0].state == State.DRAFT],
        ended=ended,
        waiting=waiting,
        late=late,
        units=_short_names(waiting + late),
        may_schedule=actor.may_schedule,
        today_date=vietnam(now()).date(),
        local=vietnam,
    )


def _directives_of(actor: Actor) -> tuple[list[Any], list[Any]]:
    """My unit's open directives as `(directive, meeting, leads)`, the nearest deadline
    first: those in time, and those that are late."""
    ours = units_of(db.session(), actor.unit_id)
    named = select(DirectiveUnit.directive_id).where(DirectiveUnit.unit_id.in_(ours))
    rows = db.session.execute(
        select(Directive, Meeting)
        .join(Meeting, Meeting.id == Directive.meeting_id)
        .where(
            Directive.id.in_(named),
            Directive.state == "given",
            Directive.meeting_id.in_(visible_meetings(actor).with_only_columns(Meeting.id)),
        )
        .order_by(Directive.due_at.is_(None), Directive.due_at, Directive.id)
    ).all()
    moment = now()
    found: dict[bool, list[Any]] = {False: [], True: []}
    for directive, meeting in rows:
        late = directive.due_at is not None and directive.due_at < moment
        leads = not ours.isdisjoint(directive.unit_ids(leads=True))
        found[late].append((directive, meeting, leads))
    return found[False], found[True]


def _short_names(rows: list[Any]) -> dict[int, str]:
    ids = {unit.unit_id for directive, _meeting, _leads in rows for unit in directive.units}
    units = db.session.scalars(select(Unit).where(Unit.id.in_(ids)))
    return {unit.id: unit.short_name or unit.name for unit in units}


@bp.get("/meetings/<int:meeting_id>")
@login_required
def meeting(meeting_id: int) -> str:
    """A meeting's own page: before it the schedule, after it the record."""
    actor = current_actor()
    objects = feed.snapshot(actor, meeting_id).objects
    found, viewer = viewing(db.session(), actor, meeting_id)
    picture = _Picture(objects, found)
    sites = presence.here.sites(found) if found.closed_at and viewer.role in STAFF else None
    return render_template(
        "meetings/meeting.html",
        meeting=found,
        leads=viewer.role in LEADERS,
        documents=may_read_documents(found.state, viewer.role),
        page_data=page_data(found, viewer),
        p=picture,
        sites=sites,
    )


class _Picture:
    """A snapshot in the order in which the page shows it."""

    def __init__(self, objects: dict[str, dict[str, Any]], meeting: Meeting) -> None:
        parts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.by_key = objects
        for key, value in objects.items():
            parts[key.split("/")[0]].append(value)
        self.agenda = _timed(
            sorted(parts["agenda_item"], key=lambda i: (i["position"], i["id"])), meeting
        )
        self.minutes = sum(item["minutes"] for item in self.agenda)
        self.ends_at = meeting.starts_at + timedelta(minutes=self.minutes)
        attendance = {a["person_id"]: a for a in parts["attendance"]}
        invited = [
            participant
            | {
                "person": self.get("person", participant["person_id"]),
                "attendance": attendance.get(participant["person_id"]),
            }
            for participant in sorted(parts["participant"], key=lambda p: (p["position"], p["id"]))
        ]
        self.invited = len(invited)
        self.chairs = [p["person"] for p in invited if p["role"] == Role.CHAIR]
        self.secretaries = [p["person"] for p in invited if p["role"] == Role.SECRETARY]
        by_unit: dict[int | None, list[dict[str, Any]]] = {}
        for participant in invited:
            by_unit.setdefault(participant["unit_id"], []).append(participant)
        self.people = [(self.get("unit", unit), members) for unit, members in by_unit.items()]
        present = [a for a in attendance.values() if a["status"] in ("on_site", "online")]
        self.present = len(present)
        entries = sorted(parts["entry"], key=lambda e: (e["item_id"], e["at"], e["id"]))
        self.entries = {
            item_id: list(lines) for item_id, lines in groupby(entries, lambda e: e["item_id"])
        }
        self.conclusions = {
            section: [c for c in parts["conclusion"] if c["section"] == section]
            for section in SECTIONS
        }
        self.directives = parts["directive"]
        self.indicators = sorted(parts["indicator"], key=lambda i: (i["position"], i["id"]))

    def get(self, kind: str, key: int | None) -> dict[str, Any] | None:
        """The object under `kind/key`, if there is one."""
        return self.by_key.get(f"{kind}/{key}")

    def unit(self, key: int | None) -> str:
        """A unit by its short name."""
        found = self.get("unit", key)
        return str(found["short_name"] or found["name"]) if found else ""

    def units(self, keys: list[int]) -> str:
        """Several units by their short names."""
        return ", ".join(filter(None, map(self.unit, keys)))

    def speaker(self, entry: dict[str, Any]) -> str:
        """Who has spoken."""
        person = self.get("person", entry["person_id"])
        return str(person["name"] if person else entry["speaker_name"] or "")


def _timed(items: list[dict[str, Any]], meeting: Meeting) -> list[dict[str, Any]]:
    """The agenda with the times of day that it is planned for."""
    start: datetime = meeting.starts_at
    found = []
    for item in items:
        end = start + timedelta(minutes=item["minutes"])
        found.append(item | {"start": start, "end": end})
        start = end
    return found


@bp.get("/meetings/<int:meeting_id>/documents")
@login_required
def documents(meeting_id: int) -> str:
    """The documents of a meeting, to download."""
    found, viewer = viewing(db.session(), current_actor(), meeting_id)
    return render_template(
        "minutes/documents.html",
        meeting=found,
        allowed=may_read_documents(found.state, viewer.role),
    )
