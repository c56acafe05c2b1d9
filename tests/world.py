"""The small world that the tests play in: a district, its people, one briefing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.db import db, writing
from meetings import feed, services
from meetings.changes import Outcome, execute
from meetings.commands import CreateMeeting
from meetings.models import LogRow, Meeting, State
from papers.models import Upload
from people.actor import Actor
from people.commands import AddPerson, AddUnit, AddUser
from people.services import create_person, create_unit, create_user

PASSWORD = "mat-khau-thu-nghiem"
SECRET_KEY = "for tests only, guards nothing"

# key, name, short name, kind, key of the unit above
UNITS = (
    ("huyen", "UBND huyện Đắk Thử", "UBND huyện", "district", None),
    ("van_phong", "Văn phòng HĐND và UBND huyện", "VP HĐND-UBND", "office", "huyen"),
    ("tai_chinh", "Phòng Tài chính - Kế hoạch", "Phòng TC-KH", "office", "huyen"),
    ("xa_mot", "UBND xã Đắk R'Măng", "xã Đắk R'Măng", "commune", "huyen"),
    ("xa_hai", "UBND xã Quảng Hòa", "xã Quảng Hòa", "commune", "huyen"),
    ("thon", "Thôn 1, xã Đắk R'Măng", "Thôn 1", "village", "xa_mot"),
)
# username, name, title, unit, role in the briefing (None: not invited)
PEOPLE = (
    ("thuky", "Nguyễn Thị Thư", "Chuyên viên", "van_phong", "secretary"),
    ("chutoa", "Trần Văn Chủ", "Chủ tịch UBND huyện", "huyen", "chair"),
    ("daibieu", "K'Đại", "Chủ tịch UBND xã", "xa_mot", "participant"),
    ("daibieu2", "Phạm Thị Biểu", "Trưởng phòng", "tai_chinh", "participant"),
    ("quansat", "Lê Quan Sát", "Phó Trưởng phòng", "tai_chinh", "observer"),
    ("vanthu", "Hoàng Văn Thư", "Văn thư", "van_phong", "records_clerk"),
    ("khach", "Đỗ Khách", "Phó Chủ tịch UBND xã", "xa_hai", None),
)
ADMINISTRATOR = "quantri"
USERNAMES = (*(row[0] for row in PEOPLE), ADMINISTRATOR)
ROLES = {role: username for username, *_rest, role in PEOPLE if role} | {"participant": "daibieu"}
INVITED = tuple(username for username, *_rest, role in PEOPLE if role)
AGENDA = (
    ("Báo cáo tình hình kinh tế - xã hội", 20, "tai_chinh"),
    ("Thảo luận của các điểm cầu", 30, None),
    ("Kết luận của chủ trì", 10, "huyen"),
)
# Files that everybody has uploaded, by name; the bytes are not there.
UPLOADED = {"Báo cáo": "a" * 64, "Báo cáo (sửa)": "b" * 64}
STARTS_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Parts:
    """Ids of a briefing and of what it holds."""

    meeting_id: int
    items: list[int]
    # By username.
    participants: dict[str, int]
    # Before a briefing is opened it has none of these.
    entry: int = 0
    conclusion: int = 0
    directive: int = 0
    indicator: int = 0
    # K'Đại's, waiting on the first item; a public vote and a secret one, open as the meeting is.
    speaker: int = 0
    vote: int = 0
    secret_vote: int = 0
    paper: int = 0
    remark: int = 0
    # Drafted by the tests that need one (tests.paper).
    document: int = 0
    # Brought by the cases of tests.meetings.cases that need one.
    report: int = 0
    extension: int = 0
    part: int = 0
    carried: int = 0


@dataclass(frozen=True)
class World:
    """Who and what there is, by short keys."""

    actors: dict[str, Actor]
    units: dict[str, int]
    # One briefing in each state, with what belongs to it.
    meetings: dict[str, Parts]

    def person(self, username: str) -> int:
        found = self.actors[username].person_id
        assert found is not None
        return found


def build(app: Flask) -> World:
    """Fill an empty database."""
    units: dict[str, int] = {}
    actors: dict[str, Actor] = {}
    with app.app_context(), writing() as session:
        for key, name, short_name, kind, parent in UNITS:
            unit = AddUnit(
                name=name, short_name=short_name, kind=kind, parent_id=units.get(parent or "")
            )
            units[key] = create_unit(session, unit).id
        group = AddUnit(
            name="UBND các xã", kind="group", member_ids=[units["xa_mot"], units["xa_hai"]]
        )
        units["cac_xa"] = create_unit(session, group).id
        for username, name, title, unit_key, _role in PEOPLE:
            person = create_person(
                session, AddPerson(name=name, title=title, unit_id=units[unit_key])
            )
            user = create_user(
                session,
                AddUser(
                    username=username,
                    password=PASSWORD,
                    person_id=person.id,
                    may_schedule=username == "thuky",
                ),
            )
            actors[username] = Actor.of(user)
        administrator = create_user(
            session, AddUser(username=ADMINISTRATOR, password=PASSWORD, is_admin=True)
        )
        actors[ADMINISTRATOR] = Actor.of(administrator)
    with app.app_context(), writing() as session:
        session.add_all(
            Upload(
                user_id=actor.user_id,
                sha256=sha256,
                filename=f"{name}.pdf",
                size=1000,
                media_type="application/pdf",
                pages=3,
                at=STARTS_AT,
            )
            for actor in actors.values()
            for name, sha256 in UPLOADED.items()
        )
    meetings = {state: _briefing(app, actors, units, state) for state in State}
    return World(actors, units, meetings)


def _briefing(app: Flask, actors: dict[str, Actor], units: dict[str, int], state: State) -> Parts:
    secretary = actors["thuky"]
    briefing = schedule(
        app,
        actors,
        code="GB-THU" if state == State.SCHEDULED else f"GB-{state.upper()}",
        state="draft" if state == State.DRAFT else "scheduled",
    )
    items = [
        briefing.do(
            secretary,
            "agenda.add",
            title=title,
            minutes=minutes,
            presenter_unit_id=units[presenter] if presenter else None,
        ).result["id"]
        for title, minutes, presenter in AGENDA
    ]
    by_person = {actor.person_id: username for username, actor in actors.items()}
    participants = {
        by_person[thing["person_id"]]: thing["id"]
        for key, thing in briefing.objects(secretary).items()
        if key.startswith("participant/")
    }
    if state == State.ARCHIVED:
        briefing.do(secretary, "meeting.cancel", reason="Trùng lịch")
    if state not in (State.LIVE, State.CLOSED):
        return Parts(briefing.id, items, participants)
    briefing.do(secretary, "meeting.open")
    briefing.do(secretary, "agenda.advance", from_item=None)
    entry = briefing.do(
        secretary,
        "discussion.add",
        item_id=items[0],
        kind="report",
        text="Thu ngân sách đạt 45,76% dự toán.",
        person_id=actors["daibieu2"].person_id,
    )
    conclusion = briefing.do(secretary, "conclusion.add", text="Giữ vững tiến độ.")
    directive = briefing.do(
        secretary,
        "directive.add",
        text="Rà soát hộ nghèo.",
        lead_unit_ids=[units["xa_mot"]],
        supporting_unit_ids=[units["tai_chinh"]],
        due="2026-Q2",
    )
    indicator = briefing.do(
        secretary, "indicator.add", name="Thu ngân sách", measure="triệu đồng", plan="133.761"
    )
    delegate = actors["daibieu"]
    speaker = briefing.do(delegate, "speaker.request", item_id=items[0])
    vote = briefing.do(secretary, "vote.open", question="Thông qua báo cáo?", item_id=items[0])
    secret = briefing.do(secretary, "vote.open", question="Chọn xã điểm?", secret=True)
    paper, remarked = (
        briefing.do(delegate, "paper.add", sha256=UPLOADED["Báo cáo"], item_id=items[0])
        for _ in range(2)
    )
    remark = briefing.do(
        delegate, "remark.add", paper_id=remarked.result["id"], text="Số liệu cũ.", page=2
    )
    if state == State.CLOSED:
        briefing.do(secretary, "meeting.close")
    things = (entry, conclusion, directive, indicator, speaker, vote, secret, paper, remark)
    made = (thing.result["id"] for thing in things)
    return Parts(briefing.id, items, participants, *made)


def schedule(app: Flask, actors: dict[str, Actor], **values: Any) -> Briefing:
    """Schedule a briefing with the whole cast."""
    args = {
        "title": "Giao ban tháng 3",
        "starts_at": STARTS_AT,
        "ends_at": STARTS_AT + timedelta(hours=1),
        "chair_ids": [actors["chutoa"].person_id],
    } | values
    with app.app_context():
        made = services.create_meeting(actors["thuky"], CreateMeeting(**args))
    briefing = Briefing(app, made.result["id"])
    for username, *_rest, role in PEOPLE:
        if role and username not in ("thuky", "chutoa"):
            person_id = actors[username].person_id
            briefing.do(actors["thuky"], "participant.add", person_id=person_id, role=role)
    return briefing


NOTHING = Parts(0, [], {})


@dataclass(frozen=True)
class Briefing:
    """A meeting in the hands of a test: each call is a request of its own."""

    app: Flask
    id: int
    parts: Parts = NOTHING

    def do(
        self, actor: Actor, name: str, /, *, request_id: str | None = None, **args: Any
    ) -> Outcome:
        """Carry out a command."""
        return self.give(actor, name, args, request_id)

    def give(self, actor: Actor, name: str, args: Any, request_id: str | None = None) -> Outcome:
        """The same for arguments that cannot be keywords."""
        with self.app.app_context():
            return execute(actor, self.id, name, request_id, args)

    def snapshot(self, actor: Actor) -> dict[str, Any]:
        with self.app.app_context():
            whole = feed.snapshot(actor, self.id)
            return {"revision": whole.revision, "objects": whole.objects}

    def objects(self, actor: Actor) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.snapshot(actor)["objects"]
        return found

    def events(self, actor: Actor, after: int) -> list[dict[str, Any]]:
        with self.app.app_context():
            found: list[dict[str, Any]] = feed.events_after(actor, self.id, after)["events"]
            return found

    @property
    def revision(self) -> int:
        with self.app.app_context():
            return db.session.get_one(Meeting, self.id).revision

    def log(self) -> list[LogRow]:
        """The log's rows, oldest first."""
        with self.app.app_context():
            statement = select(LogRow).where(LogRow.meeting_id == self.id)
            rows = list(db.session.scalars(statement.order_by(LogRow.revision)))
            db.session.expunge_all()
            return rows


def applied(objects: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    """What a client holds after these events: all that docs/live.md lets it do."""
    held = dict(objects)
    for event in events:
        held.update(event["changed"])
        for key in event["deleted"]:
            held.pop(key, None)
    return held
