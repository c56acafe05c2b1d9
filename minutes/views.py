"""Pages that show every part of a meeting: the start page, a meeting's own page, its documents."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, make_response, render_template
from flask_login import login_required
from sqlalchemy import or_, select

from agenda.follow_up import KIND as FOLLOW_UP
from agenda.views import page_data
from core.db import db
from core.errors import Forbidden, NotFound
from core.i18n import moment
from core.times import now
from meetings import feed, presence
from meetings.access import Viewer, viewing, visible_meetings
from meetings.models import LEADERS, STAFF, LogRow, Meeting, Participant, Role, State
from meetings.views import today
from minutes import steps
from minutes.clocks import clocks
from minutes.content import Content
from minutes.documents import paper_html
from minutes.followup.carrying import carried_over
from minutes.followup.mine import awaited, names_for, work_of
from minutes.issuing import issue_of
from minutes.kinds import KINDS
from minutes.layout import STYLESHEET_URL, stylesheet
from minutes.models import Document, DocumentText
from minutes.registers import open_template
from minutes.words import due_words
from minutes.workflow import NO_DOCUMENT, newest_text
from people.actor import Actor
from people.login import current_actor

bp = Blueprint("minutes", __name__)
bp.add_app_template_filter(due_words)


@bp.app_template_filter("when")
def when(value: str) -> str:
    """Time and day of a time as public objects carry it (RFC 3339)."""
    return moment(datetime.fromisoformat(value))


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
    present = now()
    work = work_of(db.session(), actor, present)
    units, titles = names_for(db.session(), work.open + work.late)
    scheduled = [row for row in near if row[0].state == State.SCHEDULED]
    return render_template(
        "minutes/home.html",
        live=[row for row in near if row[0].state == State.LIVE],
        today=[row for row in scheduled if row[0].starts_at < end],
        following=next((row for row in scheduled if row[0].starts_at >= end), None),
        drafts=[row for row in near if row[0].state == State.DRAFT],
        ended=ended,
        papers=_papers_of(actor),
        work=work,
        awaited=awaited(db.session(), actor, present),
        units=units,
        titles=titles,
        my_unit_id=actor.unit_id,
        may_schedule=actor.may_schedule,
    )


# Whose turn a document is, by the state that it is in.
TURNS = {"draft": Role.SECRETARY, "submitted": Role.CHAIR, "approved": Role.RECORDS_CLERK}


def _papers_of(actor: Actor) -> list[Any]:
    """Documents that wait for me as `(document, meeting)`, the oldest first: to be changed as
    its remarks say, to be approved, to be issued."""
    mine = [(Participant.role == role) & (Document.state == state) for state, role in TURNS.items()]
    statement = (
        visible_meetings(actor)
        .with_only_columns(Document, Meeting)
        .join(Document, Document.meeting_id == Meeting.id)
        .where(
            or_(*mine),
            (Document.state != "draft") | Document.remarks.is_not(None),
            Meeting.state.in_((State.SCHEDULED, State.LIVE, State.CLOSED)),
        )
        .order_by(Document.revision, Document.id)
    )
    found = db.session.execute(statement).all()
    # Minutes that are approved early wait for the end of the meeting, not for the clerk.
    return [
        row
        for row in found
        if row[0].state != "approved" or row[0].kind == "invitation" or row[1].state == State.CLOSED
    ]


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
        documents=viewer.role in STAFF or _any_documents(found, objects),
        clocks=_clocks(found, objects) if viewer.role in STAFF else [],
        page_data=page_data(found, viewer),
        p=picture,
        sites=sites,
        carried=_carried(found, actor, picture),
    )


def _carried(meeting: Meeting, actor: Actor, picture: _Picture) -> list[dict[str, Any]] | None:
    """What the meeting asks about of those before it; None where its agenda does not."""
    if not any(item.get("kind") == FOLLOW_UP for item in picture.agenda):
        return None
    return carried_over(db.session(), actor, meeting.id, now())


def _any_documents(meeting: Meeting, objects: dict[str, dict[str, Any]]) -> bool:
    """Whether there are documents for those who are not of the staff."""
    return meeting.state == State.CLOSED or any(key.startswith("document/") for key in objects)


def _clocks(meeting: Meeting, objects: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The terms of decision 45/2018 as they stand, for those who answer for them."""
    documents = [value for key, value in objects.items() if key.startswith("document/")]
    return clocks(meeting, documents, now())


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
        # What units have passed on is theirs to follow.
        self.directives = [d for d in parts["directive"] if not d.get("parent_id")]
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
    """Every kind of document: where it stands, what is to be done next, and the downloads."""
    actor = current_actor()
    found, viewer = viewing(db.session(), actor, meeting_id)
    visible = feed.listed(actor, meeting_id, "document")
    return render_template(
        "minutes/documents.html",
        meeting=found,
        viewer=viewer,
        ways=steps.ways(visible, viewer.role, found.state),
        steps=steps.STEPS,
        staff=viewer.role in STAFF,
        page_data=_page_data(found, viewer),
    )


@bp.get("/meetings/<int:meeting_id>/documents/<int:document_id>")
@login_required
def document(meeting_id: int, document_id: int) -> str:
    """One document: as it will print, its way, and its texts."""
    found, viewer, document = _document(meeting_id, document_id)
    texts, history = [], []
    if viewer.role in STAFF:
        texts, history = _texts(document_id), _history(meeting_id, document_id)
    return render_template(
        "minutes/document.html",
        meeting=found,
        viewer=viewer,
        document=document,
        way=_way(document, viewer),
        steps=steps.STEPS,
        others=_others(document, viewer),
        texts=texts,
        history=history,
        page_data=_page_data(found, viewer),
    )


@bp.get("/meetings/<int:meeting_id>/documents/<int:document_id>/edit")
@login_required
def edit_document(meeting_id: int, document_id: int) -> str:
    """The editor, for the chair and the secretary. It opens in every state, since this
    browser may hold a text that was not saved in time."""
    found, viewer, document = _document(meeting_id, document_id)
    if viewer.role not in LEADERS:
        raise Forbidden()
    return render_template(
        "minutes/document_edit.html",
        meeting=found,
        document=document,
        document_type=KINDS[document["kind"]].type,
        page_data=_page_data(found, viewer) | {"document": document},
    )


@bp.get("/meetings/<int:meeting_id>/documents/<int:document_id>/preview")
@login_required
def document_preview(meeting_id: int, document_id: int) -> Response:
    """The newest text as it will print, for the frame of the document's page: it may run
    nothing and load nothing."""
    found, _viewer, document = _document(meeting_id, document_id)
    row = db.session.get_one(Document, document_id)
    content = Content.read(newest_text(db.session(), row).content)
    draft = document["state"] in ("draft", "submitted")
    template = open_template(db.session(), found, row.kind)
    page = paper_html(row.kind, content, issue_of(db.session(), row), draft, template=template)
    style = f"<style>{stylesheet()}{render_template('minutes/preview.css')}</style>"
    # The one address in it exists only inside the print worker.
    response = make_response(_STYLESHEET_LINK.sub(lambda _match: style, page))
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return response


_STYLESHEET_LINK = re.compile(rf"<link[^>]*{re.escape(STYLESHEET_URL)}[^>]*>")
PREVIEW_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'self'",
        "sandbox allow-same-origin",
    ]
)


def _page_data(meeting: Meeting, viewer: Viewer) -> dict[str, Any]:
    """What the scripts must know, with the revision of the meeting that the page shows."""
    return page_data(meeting, viewer) | {"revision": viewer.revision}


def _document(meeting_id: int, document_id: int) -> tuple[Meeting, Viewer, dict[str, Any]]:
    """A document that the viewer may see.

    Raises:
        NotFound: there is none.
    """
    actor = current_actor()
    found, viewer = viewing(db.session(), actor, meeting_id)
    visible = feed.listed(actor, meeting_id, "document")
    document = next((each for each in visible if each["id"] == document_id), None)
    if document is None:
        raise NotFound(NO_DOCUMENT)
    return found, viewer, document


def _way(document: dict[str, Any], viewer: Viewer) -> steps.Way:
    """The way of this very document. One that is replaced has nothing left to do; one whose
    replacement is being drafted is in force, so that signed copies of it are still taken."""
    newer = _others(document, viewer)["replaced_by"]
    made = steps.way(document["kind"], [document], viewer.role, viewer.state)
    if newer is None:
        return made
    if newer["state"] == "issued":
        return replace(made, next=None, also=())
    left = [name for name in (made.next, *made.also) if name and name != "correct"]
    return replace(made, next=left[0] if left else None, also=tuple(left[1:]))


def _others(document: dict[str, Any], viewer: Viewer) -> dict[str, dict[str, Any] | None]:
    """The document that it replaces, and the one that replaces it."""
    visible = feed.listed(viewer.actor, viewer.meeting_id, "document")
    return {
        "replaces": next((d for d in visible if d["id"] == document["replaces_id"]), None),
        "replaced_by": next((d for d in visible if d["replaces_id"] == document["id"]), None),
    }


def _texts(document_id: int) -> list[Any]:
    """The texts of a document without what they say, newest first."""
    statement = (
        select(
            DocumentText.number,
            DocumentText.based_on,
            DocumentText.author_name,
            DocumentText.at,
            DocumentText.takes_in,
        )
        .where(DocumentText.document_id == document_id)
        .order_by(DocumentText.number.desc())
    )
    return list(db.session.execute(statement).all())


# What is told of a document's way; each text has its own line.
TOLD = ("compose", "submit", "recall", "return", "approve", "issue", "correct")


def _history(meeting_id: int, document_id: int) -> list[dict[str, Any]]:
    """Who has brought a document on its way, when, and with which remarks, newest first."""
    rows = db.session.execute(
        select(LogRow.type, LogRow.at, LogRow.actor_name, LogRow.args, LogRow.result)
        .where(
            LogRow.meeting_id == meeting_id, LogRow.type.in_([f"document.{name}" for name in TOLD])
        )
        .order_by(LogRow.revision.desc())
    ).all()
    found = []
    for row in rows:
        result, args = json.loads(row.result), json.loads(row.args)
        if result["id"] == document_id:
            name = row.type.removeprefix("document.")
            told = {"name": name, "at": row.at, "who": row.actor_name}
            found.append(told | {"remarks": args.get("remarks"), "symbol": result["symbol"]})
    return found
