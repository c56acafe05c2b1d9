"""Turns the demo's content into the same commands that people give."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

import demo_data as data
from core.db import db, writing
from core.errors import Conflict
from core.times import now
from demo_data.dak_glong import MEETINGS, ORGANISATION
from demo_papers import printed
from meetings.changes import execute
from meetings.commands import CreateMeeting
from meetings.services import create_meeting
from papers.uploads import take_in
from people.actor import Actor
from people.commands import AddPerson, AddUnit, AddUser
from people.models import Person, Unit, User
from people.services import create_person, create_unit, create_user

PASSWORD = "giaoban-demo"  # noqa: S105  # published: the demo's accounts guard nothing


def load() -> None:
    """Load the organisation, its accounts and its two briefings.

    Every command carries a request id of its own, so that loading again, also after a load
    that was cut short, adds only what is missing and leaves what people have changed.
    """
    loader = _Loader()
    loader.organisation()
    for briefing in MEETINGS:
        loader.meeting(briefing)


@dataclass(frozen=True)
class _Of:
    """Stands in arguments for the id of what another step has made."""

    key: str


@dataclass(frozen=True)
class _Step:
    """A command, its moment, and who gives it.

    A step with a key has a request id of its own, so that those of the others stay what they
    were when the demo learns something new. A briefing that was loaded before, and closed, stays
    without those that it takes no longer. `made` is what others call what the step has made, where
    that is not its key.
    """

    at: datetime
    name: str
    args: dict[str, Any]
    key: str | None = None
    username: str = "thuky"
    made: str | None = None


class _Loader:
    def __init__(self) -> None:
        self.unit_ids: dict[str, int] = {}
        self.person_ids: dict[str, int] = {}
        self.sha256: dict[data.Paper, str] = {}

    def organisation(self) -> None:
        with writing() as session:
            parents_first = sorted(ORGANISATION.units, key=lambda unit: len(self._line(unit)))
            for unit in parents_first:
                self._unit(session, unit)
            for person in ORGANISATION.people:
                found = session.scalar(
                    select(Person).where(
                        Person.name == person.name,
                        Person.title == person.title,
                        Person.unit_id == self.unit_ids[person.unit_key],
                    )
                )
                self.person_ids[person.key] = (
                    found
                    or create_person(
                        session,
                        AddPerson(
                            name=person.name,
                            title=person.title,
                            unit_id=self.unit_ids[person.unit_key],
                        ),
                    )
                ).id
            for account in ORGANISATION.accounts:
                if session.scalar(select(User.id).where(User.username == account.username)):
                    continue
                create_user(
                    session,
                    AddUser(
                        username=account.username,
                        password=PASSWORD,
                        person_id=self.person_ids.get(account.person_key or ""),
                        is_admin=account.is_admin,
                        may_schedule=account.may_schedule,
                    ),
                )

    def _line(self, unit: data.Unit) -> list[str]:
        # A group comes after its members, whatever its depth.
        by_key = {u.key: u for u in ORGANISATION.units}
        line = [unit.key] * (100 if unit.kind == "group" else 1)
        while unit.parent is not None:
            unit = by_key[unit.parent]
            line.append(unit.key)
        return line

    def _unit(self, session: Any, unit: data.Unit) -> None:
        found = session.scalar(select(Unit).where(Unit.name == unit.name, Unit.kind == unit.kind))
        if found is None:
            found = create_unit(
                session,
                AddUnit(
                    name=unit.name,
                    short_name=unit.short_name,
                    kind=unit.kind,
                    parent_id=self.unit_ids[unit.parent] if unit.parent else None,
                    place=unit.place,
                    member_ids=[self.unit_ids[key] for key in unit.members],
                ),
            )
            found.position = unit.position
        self.unit_ids[unit.key] = found.id

    def _actor(self, username: str) -> Actor:
        user = db.session.scalar(select(User).where(User.username == username))
        assert user is not None  # noqa: S101  # organisation() has made it
        return Actor.of(user)

    def meeting(self, briefing: data.Meeting) -> None:
        secretary = self._actor("thuky")
        starts_at = briefing.starts_at or now().replace(minute=0, second=0, microsecond=0)
        ends_at = briefing.ends_at or starts_at + timedelta(minutes=briefing.duration_minutes)
        # The invitations went out in good time (decision 45/2018: three working days).
        before = (briefing.starts_at - timedelta(days=7)) if briefing.starts_at else now()
        people = {p.person_key: p for p in briefing.participants}
        roles = {
            role: [self.person_ids[k] for k, p in people.items() if p.role == role]
            for role in ("chair", "secretary")
        }
        made = create_meeting(
            secretary,
            CreateMeeting(
                code=briefing.code,
                title=briefing.title,
                starts_at=starts_at,
                ends_at=ends_at,
                location=briefing.location,
                description=briefing.description,
                organizer_unit_id=self.unit_ids[briefing.organizer_unit_key],
                chair_ids=roles["chair"],
                secretary_ids=roles["secretary"],
                series_name=briefing.series,
            ),
            f"demo-{briefing.code}",
            at=before,
        )
        meeting_id: int = made.result["id"]

        numbers = count(1)
        made_by: dict[str, int] = {}

        def give(step: _Step) -> Any:
            request_id = f"demo-{briefing.code}-{step.key or next(numbers)}"
            args = dict(step.args)
            for name, value in step.args.items():
                if isinstance(value, _Of):
                    if value.key not in made_by:
                        return None
                    args[name] = made_by[value.key]
            actor = self._actor(step.username)
            try:
                result = execute(actor, meeting_id, step.name, request_id, args, at=step.at).result
            except Conflict:
                if step.key is None:
                    raise
                return None
            if made := step.made or step.key:
                made_by[made] = result["id"]
            return result

        for participant in briefing.participants:
            if participant.role not in ("chair", "secretary"):
                args: dict[str, Any] = {
                    "person_id": self.person_ids[participant.person_key],
                    "role": participant.role,
                    "unit_id": self.unit_ids[participant.unit_key],
                }
                give(_Step(before, "participant.add", args))
        items: dict[str, int] = {}
        for item in briefing.agenda:
            presenter = item.presenter_unit_key
            args = {
                "title": item.title,
                "minutes": item.minutes,
                "presenter_unit_id": self.unit_ids[presenter] if presenter else None,
            }
            items[item.key] = give(_Step(before, "agenda.add", args))["id"]
        for number, indicator in enumerate(briefing.indicators, start=1):
            give(_Step(before, "indicator.add", asdict(indicator), f"indicator-{number}"))
        for number, paper in enumerate(briefing.papers, start=1):
            args = {
                "sha256": self._handed_in(secretary, paper),
                "title": paper.title,
                "item_id": items[paper.item_key],
            }
            give(_Step(before, "paper.add", args, f"paper-{number}"))
        steps = [
            *self._record(briefing, items),
            *self._room(briefing, items),
            *self._follow_up(briefing),
        ]
        for step in sorted(steps, key=lambda step: step.at):
            give(step)

    def _handed_in(self, actor: Actor, paper: data.Paper) -> str:
        """The hash of a paper that has been printed and uploaded; once for both briefings."""
        if paper not in self.sha256:
            file = FileStorage(io.BytesIO(printed(paper)), filename=paper.filename)
            self.sha256[paper] = take_in(actor, file)["sha256"]
        return self.sha256[paper]

    def _room(self, briefing: data.Meeting, items: dict[str, int]) -> Iterator[_Step]:
        """Who had the floor, and what was put to the vote."""
        for number, turn in enumerate(briefing.turns, start=1):
            key = f"speaker-{number}"
            args: dict[str, Any] = {
                "person_id": self.person_ids[turn.person_key],
                "item_id": items[turn.item_key],
            }
            named = {"speaker_id": _Of(key)}
            yield _Step(turn.asked_at, "speaker.request", args, key)
            yield _Step(turn.called_at, "speaker.call", named, f"{key}-call")
            yield _Step(turn.finished_at, "speaker.finish", named, f"{key}-finish")
        for number, vote in enumerate(briefing.votes, start=1):
            key = f"vote-{number}"
            args = {"question": vote.question, "item_id": items[vote.item_key]}
            named = {"vote_id": _Of(key)}
            yield _Step(vote.opened_at, "vote.open", args, key)
            for username in vote.usernames:
                chosen = named | {"choice": "for"}
                yield _Step(vote.opened_at, "vote.cast", chosen, f"{key}-{username}", username)
            hands = named | {"hands": {"for": vote.hands}}
            yield _Step(vote.closed_at, "vote.count", hands, f"{key}-hands")
            yield _Step(vote.closed_at, "vote.close", named, f"{key}-close")

    def _record(self, briefing: data.Meeting, items: dict[str, int]) -> Iterator[_Step]:
        """The commands of a held briefing; a stable sort keeps the order of those at the same
        moment."""
        for row in briefing.attendance:
            args: dict[str, Any] = {
                "person_id": self.person_ids[row.person_key],
                "status": row.status,
                "deputy_name": row.deputy_name,
                "reason": row.reason,
            }
            yield _Step(row.at, "attendance.mark", args)
        if briefing.opened_at:
            yield _Step(briefing.opened_at, "meeting.open", {})
        for item in briefing.agenda:
            if item.started_at:
                yield _Step(item.started_at, "agenda.go_to", {"item_id": items[item.key]})
        for entry in briefing.entries:
            args = {
                "item_id": items[entry.item_key],
                "kind": entry.kind,
                "text": entry.text,
                "person_id": self.person_ids[entry.person_key] if entry.person_key else None,
                "speaker_name": entry.speaker_name,
                "unit_id": self.unit_ids[entry.unit_key] if entry.unit_key else None,
            }
            yield _Step(entry.at, "discussion.add", args)
        for conclusion in briefing.conclusions:
            args = {
                "section": conclusion.section,
                "text": conclusion.text,
                "item_id": items[conclusion.item_key] if conclusion.item_key else None,
            }
            yield _Step(conclusion.at, "conclusion.add", args)
        for directive in briefing.directives:
            args = {
                "text": directive.text,
                "lead_unit_ids": [self.unit_ids[k] for k in directive.lead_unit_keys],
                "supporting_unit_ids": [self.unit_ids[k] for k in directive.supporting_unit_keys],
                "due": directive.due,
                "due_text": directive.due_text,
                "item_id": items[directive.item_key] if directive.item_key else None,
            }
            yield _Step(directive.at, "directive.add", args, made=directive.key)
        if briefing.closed_at:
            yield _Step(briefing.closed_at, "meeting.close", {})

    def _follow_up(self, briefing: data.Meeting) -> Iterator[_Step]:
        """What units answered, reported and asked for afterwards, and what was decided."""

        def about(each: data.Acknowledgement | data.Report | data.Extension) -> dict[str, Any]:
            unit_id = self.unit_ids[each.unit_key]
            return {"directive_id": _Of(each.directive_key), "unit_id": unit_id}

        for number, answer in enumerate(briefing.acknowledgements, start=1):
            args = about(answer) | {"reply": answer.reply, "note": answer.note}
            key = f"acknowledgement-{number}"
            yield _Step(answer.at, "directive.acknowledge", args, key, answer.username)
        for number, report in enumerate(briefing.reports, start=1):
            key = f"report-{number}"
            said = {"progress": report.progress, "text": report.text, "done": report.done}
            yield _Step(report.at, "directive.report", about(report) | said, key, report.username)
            if report.decided_at is None:
                continue
            args = {"report_id": _Of(key)}
            returned = report.remarks is not None
            if returned:
                args["remarks"] = report.remarks
            name = "report.return" if returned else "report.check"
            yield _Step(report.decided_at, name, args, f"{key}-decided", "chutoa")
        for number, extension in enumerate(briefing.extensions, start=1):
            key = f"extension-{number}"
            asked = {"due": extension.due, "reason": extension.reason}
            yield _Step(extension.at, "extension.ask", about(extension) | asked, key)
            args = {
                "extension_id": _Of(key),
                "decision": "granted",
                "reason": extension.decision_reason,
            }
            yield _Step(extension.decided_at, "extension.decide", args, f"{key}-decided", "chutoa")
