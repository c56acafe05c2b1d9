"""Who is connected, per site: from sockets that come and go to what the minutes can print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event, func, select

from core.db import db
from meetings import presence as presences
from meetings.access import viewing
from meetings.changes import execute
from meetings.models import Connection, Meeting
from meetings.presence import Presence, Site
from minutes.verify import faults
from people.actor import Actor
from tests.marks import both_engines
from tests.server import Server, Window
from tests.world import INVITED, Briefing, World, schedule

EIGHT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


@dataclass
class Clock:
    """A clock that a test winds: minutes after eight, and seconds."""

    at: datetime = EIGHT

    def __call__(self) -> datetime:
        return self.at

    def to(self, minutes: float, seconds: float = 0) -> datetime:
        self.at = EIGHT + timedelta(minutes=minutes, seconds=seconds)
        return self.at


@dataclass
class Stage:
    """A meeting whose windows open and close as a test says."""

    app: Flask
    world: World
    clock: Clock
    meeting: Briefing
    here: Presence
    told: list[tuple[int, dict[str, Any], str | None]] = field(default_factory=list)

    def arrives(self, sid: str, username: str, here: Presence | None = None) -> None:
        with self.app.app_context():
            _meeting, viewer = viewing(db.session(), self.world.actors[username], self.meeting.id)
            (here or self.here).arrived(sid, self.meeting.id, viewer)

    def pulse(self, here: Presence | None = None) -> list[tuple[int, dict[str, Any], str | None]]:
        """One pulse, and what it has told."""
        self.told = []
        with self.app.app_context():
            (here or self.here).pulse(lambda *what: self.told.append(what))
        return self.told

    def runs(
        self, until: float, here: Presence | None = None, every: timedelta = presences.TICK
    ) -> None:
        """Let the pulses go on to a minute, at least with every tick; `here` is the one that
        runs."""
        while self.clock.at + every <= EIGHT + timedelta(minutes=until):
            self.clock.at += every
            self.pulse(here)
        self.clock.to(until)

    def does(self, name: str, **args: Any) -> None:
        with self.app.app_context():
            secretary = self.world.actors["thuky"]
            execute(secretary, self.meeting.id, name, None, args, at=self.clock.at)

    def site(self, unit: str, here: Presence | None = None) -> Site:
        with self.app.app_context():
            meeting = db.session.get_one(Meeting, self.meeting.id)
            found = (here or self.here).sites(meeting)
            return next(site for site in found if site.unit_id == self.world.units[unit])

    def rows(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Connection)) or 0


@pytest.fixture
def stage(app: Flask, world: World) -> Stage:
    """At eight o'clock the meeting is not open yet and nobody is there."""
    clock = Clock()
    meeting = schedule(app, world.actors, code="GB-CAU")
    return Stage(app, world, clock, meeting, Presence(clock))


def times(site: Site) -> tuple[Any, ...]:
    """First joined, last left, minutes, dropouts: in minutes after eight."""

    def minute(moment: datetime | None) -> float | None:
        return moment and (moment - EIGHT).total_seconds() / 60

    gaps = [(minute(d.since), minute(d.until), d.minutes) for d in site.dropouts]
    return minute(site.first_joined), minute(site.last_left), site.minutes, gaps


def changes(asked: list[str]) -> list[str]:
    return [each for each in asked if not each.startswith("SELECT")]


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement.split(" SET")[0].split(" (")[0])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


# --- A course of events -------------------------------------------------------------------------


@both_engines
def test_what_the_annex_prints_of_a_morning(stage: Stage) -> None:
    stage.arrives("xa", "daibieu")  # before the opening
    stage.arrives("vp", "daibieu2")
    stage.clock.to(10)
    stage.does("meeting.open")
    stage.clock.to(30)
    stage.here.left("xa")
    stage.runs(34)
    stage.arrives("xa again", "daibieu")
    stage.clock.to(60)
    stage.here.left("xa again")
    stage.runs(62.5)
    stage.arrives("xa once more", "daibieu")
    stage.clock.to(100)
    stage.here.left("vp")  # leaves for good
    stage.runs(120)
    stage.does("meeting.close")
    stage.runs(125)
    stage.here.left("xa once more")  # long after the close
    stage.runs(130)

    commune, hall = stage.site("xa_mot"), stage.site("huyen")
    # 2.5 minutes are printed as 3: halves are rounded up.
    assert times(commune) == (10, 120, 104, [(30, 34, 4), (60, 62.5, 3)])
    assert commune.minutes_lost == 7
    assert (commune.people, commune.since) == ([], EIGHT + timedelta(minutes=125))
    # Who leaves and does not come back has left, and not dropped out.
    assert times(hall) == (10, 100, 90, [])


def test_while_the_meeting_goes_on_nothing_is_final(stage: Stage) -> None:
    stage.does("meeting.open")
    stage.clock.to(5)
    stage.arrives("xa", "daibieu")
    stage.runs(20)
    person = stage.world.person("daibieu")
    assert stage.site("xa_mot").people == [person]
    assert times(stage.site("xa_mot")) == (5, None, 15, [])
    stage.here.left("xa")
    stage.runs(30)
    gone = stage.site("xa_mot")
    assert (gone.people, gone.since) == ([], EIGHT + timedelta(minutes=20))
    assert times(gone) == (5, 20, 15, [])


def test_what_happens_between_close_and_reopening_does_not_count(stage: Stage) -> None:
    stage.arrives("xa", "daibieu")
    stage.does("meeting.open")
    stage.runs(20)
    stage.does("meeting.close")
    stage.here.left("xa")
    stage.runs(40)
    stage.does("meeting.reopen", reason="Bổ sung ý kiến")
    stage.runs(45)
    stage.arrives("xa", "daibieu")
    stage.runs(60)
    assert times(stage.site("xa_mot")) == (0, None, 35, [])


def test_a_meeting_that_was_never_open_has_nothing_to_print(stage: Stage) -> None:
    stage.arrives("xa", "daibieu")
    stage.runs(10)
    assert times(stage.site("xa_mot")) == (None, None, 0, [])
    assert stage.site("xa_mot").since == EIGHT


# --- Windows, blips -----------------------------------------------------------------------------


def test_a_person_is_connected_until_the_last_window_is_gone(stage: Stage) -> None:
    stage.does("meeting.open")
    stage.arrives("phone", "daibieu")
    stage.arrives("desk", "daibieu")
    stage.arrives("desk", "daibieu")  # subscribes again: once
    stage.runs(10)
    stage.here.left("phone")
    stage.runs(20)
    assert times(stage.site("xa_mot")) == (0, None, 20, [])
    stage.here.left("desk")
    stage.runs(21)
    assert times(stage.site("xa_mot")) == (0, 20, 20, [])
    assert stage.rows() == 1


@pytest.mark.parametrize(("seconds", "dropouts"), [(1, 0), (9.9, 0), (10, 1), (45, 1)])
def test_who_is_back_within_ten_seconds_has_not_been_away(
    seconds: float, dropouts: int, stage: Stage
) -> None:
    stage.does("meeting.open")
    stage.arrives("xa", "daibieu")
    stage.pulse()
    stage.runs(5)
    stage.here.left("xa")
    stage.clock.to(5, 1)
    stage.pulse()
    stage.clock.to(5, seconds)
    stage.arrives("xa again", "daibieu")
    stage.runs(10)
    assert len(stage.site("xa_mot").dropouts) == dropouts
    assert stage.rows() == 1 + dropouts


def test_a_site_is_connected_while_one_of_its_people_is(stage: Stage) -> None:
    """The offices of the district sit in its hall."""
    stage.does("meeting.open")
    stage.arrives("chair", "chutoa")
    stage.runs(10)
    stage.arrives("office", "daibieu2")
    stage.runs(11)
    stage.here.left("chair")
    stage.runs(30)
    hall = stage.site("huyen")
    assert times(hall) == (0, None, 30, [])
    assert hall.people == [stage.world.person("daibieu2")]


@pytest.mark.parametrize("username", ["quansat", "vanthu"])
def test_who_only_looks_on_connects_no_site(username: str, stage: Stage) -> None:
    stage.arrives("x", username)
    stage.pulse()
    assert stage.site("huyen").people == []
    assert stage.rows() == 0


def test_who_is_excluded_is_no_longer_connected(stage: Stage, thu_ky: Actor) -> None:
    stage.does("meeting.open")
    stage.arrives("console", "thuky")
    stage.arrives("office", "daibieu2")
    stage.pulse()
    participant = next(
        thing["id"]
        for key, thing in stage.meeting.objects(thu_ky).items()
        if key.startswith("participant/") and thing["person_id"] == stage.world.person("daibieu2")
    )
    stage.meeting.do(thu_ky, "participant.remove", participant_id=participant)
    stage.here.cut(stage.meeting.id, stage.world.person("daibieu2"))
    [(_meeting, body, _sid)] = stage.pulse()
    hall = body["units"][str(stage.world.units["huyen"])]
    assert hall["people"] == [stage.world.person("thuky")]
    stage.runs(1)
    with stage.app.app_context():
        ended = db.session.scalars(select(Connection).where(Connection.until.is_not(None))).all()
        assert [row.person_id for row in ended] == [stage.world.person("daibieu2")]


# --- Several processes --------------------------------------------------------------------------


@both_engines
def test_each_process_sees_what_the_others_have_written(stage: Stage) -> None:
    other = Presence(stage.clock)
    stage.does("meeting.open")
    stage.arrives("console", "thuky")
    stage.arrives("xa", "daibieu", other)
    stage.pulse(other)
    [(_meeting, body, sid)] = stage.pulse()
    assert (body["sites_connected"], body["sites_total"], sid) == (2, 2, None)
    # A window here, a window there: one connection.
    stage.clock.to(10)
    stage.pulse(other)
    stage.arrives("xa too", "daibieu")
    stage.clock.to(20)
    other.left("xa")
    stage.runs(21, other)
    stage.runs(30)
    assert times(stage.site("xa_mot")) == (0, None, 30, [])
    # Back at the other process within ten seconds of leaving this one.
    stage.here.left("xa too")
    stage.clock.to(30, 8)
    stage.arrives("xa three", "daibieu", other)
    stage.pulse(other)
    stage.runs(31)
    stage.pulse(other)
    assert times(stage.site("xa_mot")) == (0, None, 31, [])


def test_the_connections_of_a_killed_process_end_where_it_was_last_seen(stage: Stage) -> None:
    killed = Presence(stage.clock)
    stage.does("meeting.open")
    stage.arrives("console", "thuky")
    stage.arrives("xa", "daibieu", killed)
    stage.runs(10, killed)
    stage.pulse()
    assert stage.site("xa_mot").people
    last_seen = EIGHT + timedelta(minutes=10)
    stage.runs(12)
    gone = stage.site("xa_mot")
    assert gone.people == []
    assert timedelta() <= last_seen - gone.since < presences.TICK
    # The console was told, though nobody came or went here.
    heard: list[int] = []
    again = Presence(stage.clock)
    stage.clock.to(10, 10)
    stage.arrives("console 2", "thuky", again)
    while stage.clock.at < EIGHT + timedelta(minutes=12):
        heard += [body["sites_connected"] for _m, body, _sid in stage.pulse(again)]
        stage.clock.at += presences.PULSE
    assert heard == [2, 1]


def test_who_finds_another_process_when_one_is_killed_has_lost_nothing(stage: Stage) -> None:
    killed = Presence(stage.clock)
    stage.does("meeting.open")
    stage.arrives("xa", "daibieu", killed)
    stage.runs(10, killed)
    # It went on for up to a tick after it was last seen, and they took some seconds.
    stage.clock.to(10, 28)
    stage.arrives("xa again", "daibieu")
    stage.runs(20)
    assert times(stage.site("xa_mot")) == (0, None, 20, [])


# --- What is written and told -------------------------------------------------------------------


def test_fifty_sockets_at_rest_write_one_row_per_tick(stage: Stage) -> None:
    for number in range(50):
        stage.arrives(f"s{number}", ("thuky", "chutoa", "daibieu", "daibieu2")[number % 4])
    with statements(stage.app) as written:
        stage.pulse()
    # Four people: one transaction, whatever the number of sockets.
    assert changes(written) == [
        "UPDATE process",
        "INSERT INTO process",
        "INSERT INTO connection",
    ]
    with statements(stage.app) as asked:
        stage.runs(0.3, every=presences.PULSE)
    assert asked == []
    with statements(stage.app) as written:
        stage.runs(2, every=presences.PULSE)
    assert changes(written) == ["UPDATE process"] * 6
    assert stage.rows() == 4
    for number in range(50):
        stage.here.left(f"s{number}")
    stage.runs(3)
    with statements(stage.app) as written:
        stage.runs(5)
    assert written == []


def test_the_staff_is_told_when_something_changes_and_never_else(stage: Stage) -> None:
    stage.does("meeting.open")
    stage.arrives("console", "thuky")
    [(meeting_id, body, sid)] = stage.pulse()
    assert (meeting_id, body["sites_connected"], sid) == (stage.meeting.id, 1, None)
    stage.runs(2)
    assert stage.pulse() == []
    # Whoever opens a second console hears alone.
    stage.arrives("console 2", "thuky")
    [(_, again, sid)] = stage.pulse()
    assert (again["units"].keys(), sid) == (body["units"].keys(), "console 2")
    stage.arrives("xa", "daibieu")
    [(_, body, sid)] = stage.pulse()
    assert (body["sites_connected"], sid) == (2, None)
    # A reload is nothing to tell.
    stage.here.left("xa")
    assert stage.pulse() == []
    stage.arrives("xa", "daibieu")
    stage.runs(4)
    assert stage.pulse() == []


def test_what_could_not_be_told_is_told_with_the_next_pulse(stage: Stage) -> None:
    stage.arrives("console", "thuky")

    def broken(*_what: Any) -> None:
        raise ConnectionError("Redis is away")

    with stage.app.app_context(), pytest.raises(ConnectionError):
        stage.here.pulse(broken)
    assert len(stage.pulse()) == 1


def test_a_connection_that_somebody_has_removed_holds_up_nobody(stage: Stage) -> None:
    stage.arrives("xa", "daibieu")
    stage.arrives("console", "thuky")
    stage.pulse()
    with stage.app.app_context(), db.session.begin():
        db.session.execute(delete(Connection).where(Connection.number == 1))
    stage.here.left("xa")
    stage.here.left("console")
    stage.runs(1)
    with stage.app.app_context():
        (left,) = db.session.scalars(select(Connection))
        assert left.until == EIGHT


def test_presence_is_no_part_of_the_log(stage: Stage, thu_ky: Actor) -> None:
    before = stage.meeting.revision
    stage.arrives("xa", "daibieu")
    stage.runs(1)
    assert stage.meeting.revision == before
    assert not [key for key in stage.meeting.objects(thu_ky) if "connection" in key]
    with stage.app.app_context():
        assert list(faults(db.session())) == []


# --- The API ------------------------------------------------------------------------------------


@pytest.fixture
def connected(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The commune came, dropped out for four minutes and is back."""
    monkeypatch.setattr(presences, "here", stage.here)
    stage.does("meeting.open")
    stage.arrives("xa", "daibieu")
    stage.runs(10)
    stage.here.left("xa")
    stage.runs(14)
    stage.arrives("xa", "daibieu")
    stage.runs(20)
    return stage


@both_engines
def test_everyone_invited_sees_who_is_connected_the_staff_also_dropouts(
    connected: Stage, client_for: Callable[[str], FlaskClient]
) -> None:
    path = f"/api/v1/meetings/{connected.meeting.id}/presence"
    commune = str(connected.world.units["xa_mot"])
    for username in INVITED:
        answer = client_for(username).get(path)
        assert answer.status_code == 200
        assert (answer.json["sites_connected"], answer.json["sites_total"]) == (1, 2)
        site = answer.json["units"][commune]
        assert site["people"] == [connected.world.person("daibieu")]
        if username in ("thuky", "chutoa", "vanthu"):
            assert site["first_joined"] == "2026-03-02T08:00:00+07:00"
            assert site["last_left"] is None
            assert (site["minutes"], site["minutes_lost"]) == (16, 4)
            assert site["dropouts"] == [
                {
                    "from": "2026-03-02T08:10:00+07:00",
                    "to": "2026-03-02T08:14:00+07:00",
                    "minutes": 4,
                }
            ]
        else:
            assert site.keys() == {"people"}


@pytest.mark.parametrize(("username", "status"), [("khach", 404), ("quantri", 404), (None, 401)])
def test_who_is_not_invited_learns_nothing(
    username: str | None,
    status: int,
    connected: Stage,
    client_for: Callable[[str], FlaskClient],
    client: FlaskClient,
) -> None:
    asker = client_for(username) if username else client
    path = f"/api/v1/meetings/{connected.meeting.id}/presence"
    assert asker.get(path).status_code == status


def test_a_draft_is_the_leaders_own(
    in_state: Callable[[str], Briefing], client_for: Callable[[str], FlaskClient]
) -> None:
    path = f"/api/v1/meetings/{in_state('draft').id}/presence"
    assert client_for("thuky").get(path).status_code == 200
    assert client_for("daibieu").get(path).status_code == 404


@pytest.mark.parametrize("meeting_id", ["0", "999999", "x", "99999999999999999999"])
def test_no_such_meeting_has_no_presence(
    meeting_id: str, client_for: Callable[[str], FlaskClient]
) -> None:
    answer = client_for("thuky").get(f"/api/v1/meetings/{meeting_id}/presence")
    assert answer.status_code in (404, 422)


# --- Real sockets -------------------------------------------------------------------------------


def test_consoles_hear_who_comes_and_who_is_excluded(
    server: Server, socket_for: Callable[..., Window]
) -> None:
    meeting_id = server.meeting_id("GB-DEMO")
    accounts = server.request("GET", "/api/v1/users", username="quantri").json["items"]
    person = next(a["person_id"] for a in accounts if a["username"] == "daibieu")
    console, commune = socket_for("thuky"), socket_for("daibieu")
    console.subscribe(meeting_id)
    [first] = console.wait_for("presence")
    assert (first["meeting_id"], first["sites_connected"]) == (meeting_id, 1)

    commune.subscribe(meeting_id)
    came = console.wait_for("presence", 2)[-1]
    assert (came["sites_connected"], came["sites_total"]) == (2, first["sites_total"])
    path = f"/api/v1/meetings/{meeting_id}"
    asked = server.request("GET", f"{path}/presence", username="thuky").json
    assert asked["units"] == came["units"]
    # Who sits at a site does not hear of the others.
    assert commune.heard("presence") == []

    listed = server.request("GET", f"{path}/participants?per_page=100", username="thuky").json
    own = next(p["id"] for p in listed["items"] if p["person_id"] == person)
    answer = server.command("thuky", meeting_id, "participant.remove", participant_id=own)
    assert answer.status == 200, answer.body
    gone = console.wait_for("presence", 3)[-1]
    assert gone["sites_connected"] == 1
    assert person not in [each for site in gone["units"].values() for each in site["people"]]
