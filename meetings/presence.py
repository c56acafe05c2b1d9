"""Presence: which sites (điểm cầu) follow a meeting, since when, and what they have missed.

A person is connected while at least one socket of theirs follows the meeting. Sockets come
and go in memory; what is written are edges alone (somebody's first socket, somebody's last),
together, at most once every `PULSE`, and one row per process every `TICK` that says it still
runs. A heartbeat writes nothing. Presence is no command: it is in no log and no revision.

The database is the meeting point of several processes: each writes its own spans, and whoever
has written an edge reads the whole and tells it. So an arrival shows after `PULSE` at most, a
departure after `BLIP + PULSE`, and the end of a killed process after `DEAD + TICK`.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from core.db import Base, reading, writing
from core.times import now, rfc3339
from meetings.access import Viewer, viewing
from meetings.models import (
    STAFF,
    Connection,
    LogRow,
    Meeting,
    Participant,
    Process,
    Role,
)
from people.actor import Actor
from people.models import Unit

PULSE = timedelta(seconds=2)
TICK = timedelta(seconds=20)
# Who is back sooner has not been away: a reload, a change of network, a restart of ours.
BLIP = timedelta(seconds=10)
# A process that has not been seen for so long is gone.
DEAD = timedelta(seconds=50)
# Who sits at a site. Observers and the records clerk follow from their desks.
ATTENDING = frozenset({Role.CHAIR, Role.SECRETARY, Role.PARTICIPANT})
# Units of a territory; offices, agencies and associations sit with the one above them.
TERRITORIAL = frozenset({"province", "district", "commune", "village"})

Tell = Callable[[int, dict[str, Any], str | None], None]


# --- What is written ----------------------------------------------------------------------------

# By the table and not by its objects, which insist that each row is still there.
_ROWS = Base.metadata.tables[Connection.__tablename__]
_END = (
    update(_ROWS)
    .where(_ROWS.c.process == bindparam("mine"), _ROWS.c.number == bindparam("one"))
    .values(until=bindparam("left_at"))
)


@dataclass(eq=False)
class _Span:
    """One person's connection, from the first socket to the last."""

    number: int
    meeting_id: int
    person_id: int
    unit_id: int | None
    since: datetime
    sids: set[str] = field(default_factory=set)
    left_at: datetime | None = None
    written: bool = False

    def over(self, at: datetime) -> bool:
        """Nobody has come back in time."""
        return self.left_at is not None and at - self.left_at >= BLIP


class Presence:
    """The sockets of this process, and what of them is still to be written and told.

    Args:
        clock: tells the present moment in UTC.
    """

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self.process = secrets.token_hex(8)
        self._clock = clock
        self._spans: dict[tuple[int, int], _Span] = {}
        self._over: set[_Span] = set()
        # The meetings that a socket follows, as whom; the sockets of staff by meeting, those
        # among them that wait for their first view, and meetings whose view has changed.
        self._sids: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._staff: defaultdict[int, set[str]] = defaultdict(set)
        self._new: defaultdict[int, set[str]] = defaultdict(set)
        self._changed: set[int] = set()
        self._told: dict[int, Any] = {}
        self._ticked = datetime.min.replace(tzinfo=UTC)
        self._numbers = count(1)
        self._writer = threading.Lock()

    def arrived(self, sid: str, meeting_id: int, viewer: Viewer) -> None:
        """A socket follows a meeting from now on; the same one again counts once."""
        person_id = viewer.actor.person_id
        if person_id is None:
            return
        self._sids[sid][meeting_id] = person_id
        if viewer.role in STAFF:
            self._staff[meeting_id].add(sid)
            self._new[meeting_id].add(sid)
        if viewer.role not in ATTENDING:
            return
        at = self._clock()
        key = (meeting_id, person_id)
        span = self._spans.get(key)
        if span is None or span.over(at):
            if span is not None:
                self._over.add(span)
            number = next(self._numbers)
            span = self._spans[key] = _Span(number, meeting_id, person_id, viewer.unit_id, at)
            self._changed.add(meeting_id)
        span.left_at = None
        span.sids.add(sid)

    def left(self, sid: str) -> None:
        """A socket is gone, from every meeting that it followed."""
        for meeting_id, person_id in self._sids.pop(sid, {}).items():
            self._leave(sid, meeting_id, person_id)

    def cut(self, meeting_id: int, person_id: int) -> None:
        """A person's view of a meeting has ended (excluded, or another role)."""
        for sid, followed in list(self._sids.items()):
            if followed.get(meeting_id) == person_id:
                del followed[meeting_id]
                self._leave(sid, meeting_id, person_id)
        # Who is no longer invited is not shown, however short the time.
        self._changed.add(meeting_id)

    def _leave(self, sid: str, meeting_id: int, person_id: int) -> None:
        self._staff[meeting_id].discard(sid)
        self._new[meeting_id].discard(sid)
        span = self._spans.get((meeting_id, person_id))
        if span is not None and sid in span.sids:
            span.sids.discard(sid)
            if not span.sids:
                span.left_at = self._clock()

    def _sweep(self) -> None:
        at = self._clock()
        for key, span in list(self._spans.items()):
            if span.over(at):
                del self._spans[key]
                self._over.add(span)
                self._changed.add(span.meeting_id)

    def write(self, *, alive: bool = False) -> None:
        """Write the edges that are not written yet, in one transaction; nothing without any.

        Args:
            alive: also say that this process still runs, where anyone is connected to it.
        """
        with self._writer:
            self._sweep()
            over = set(self._over)
            begun = [s for s in (*self._spans.values(), *over) if not s.written]
            if not over and not begun and not (alive and self._spans):
                return
            with writing() as session:
                seen = update(Process).where(Process.name == self.process)
                found = session.execute(seen.values(seen_at=self._clock()).returning(Process.name))
                if found.first() is None:
                    session.execute(
                        insert(Process).values(name=self.process, seen_at=self._clock())
                    )
                if begun:
                    session.execute(insert(Connection), [self._row(span) for span in begun])
                if over:
                    ends = [
                        {"mine": self.process, "one": span.number, "left_at": span.left_at}
                        for span in over
                    ]
                    session.execute(_END, ends)
            for span in begun:
                span.written = True
            self._over -= over

    def _row(self, span: _Span) -> dict[str, Any]:
        return {
            "process": self.process,
            "number": span.number,
            "meeting_id": span.meeting_id,
            "person_id": span.person_id,
            "unit_id": span.unit_id,
            "since": span.since,
        }

    def pulse(self, tell: Tell) -> None:
        """Write what has changed and tell it; to be called every `PULSE`.

        Args:
            tell: sends a meeting's view to one socket, or to all who hear of presence where
                none is named.
        """
        at = self._clock()
        ticks = at - self._ticked >= TICK
        if ticks:
            self._ticked = at
        self.write(alive=ticks)
        heard = {meeting_id for meeting_id, sids in self._staff.items() if sids}
        new = {meeting_id for meeting_id, sids in self._new.items() if sids}
        self._told = {key: value for key, value in self._told.items() if key in heard}
        # With a tick all that are listened to: other processes may have come to an end.
        for meeting_id in self._changed | new | (heard if ticks else set()):
            self._changed.discard(meeting_id)
            waiting = self._new.pop(meeting_id, set())
            try:
                self._tell(tell, meeting_id, waiting)
            except BaseException:
                # The database or Redis is away: again with the next pulse.
                self._changed.add(meeting_id)
                self._new[meeting_id] |= waiting
                raise

    def _tell(self, tell: Tell, meeting_id: int, waiting: set[str]) -> None:
        with reading() as session:
            meeting = session.get_one(Meeting, meeting_id)
            body = sites_of(session, meeting, self._clock()).public(full=True)
        shown = {key: site["people"] for key, site in body["units"].items()}
        if self._told.get(meeting_id) != shown:
            tell(meeting_id, body, None)
            self._told[meeting_id] = shown
        else:
            for sid in waiting:
                tell(meeting_id, body, sid)

    def seen_by(self, actor: Actor, meeting_id: int) -> dict[str, Any]:
        """The presence of a meeting as this viewer may see it: everyone invited sees who is
        connected now, the staff (chair, secretary, records clerk) also dropouts and times.

        Raises:
            NotFound: there is no such meeting for this viewer.
        """
        self.write()
        with reading() as session:
            meeting, viewer = viewing(session, actor, meeting_id)
            found = sites_of(session, meeting, self._clock())
            return found.public(full=viewer.role in STAFF)

    def sites(self, meeting: Meeting) -> list[Site]:
        """The sites of a meeting and their connections up to this moment, in protocol order:
        for the pages and the annex of the minutes. See `Site` and `sites_of`."""
        meeting_id = meeting.id
        self.write()
        with reading() as session:
            found = sites_of(session, session.get_one(Meeting, meeting_id), self._clock())
            return found.sites


# The presence of this process.
here = Presence()


# --- What is read -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dropout:
    """A time without connection while the meeting was live; the site came back after it."""

    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        """Its length in minutes, one at least."""
        return _minutes(self.until - self.since)


@dataclass
class Site:
    """One site (điểm cầu) of a meeting.

    `people` are connected now. `since` is when the present state began: connected, or lost
    (None where the site has never been connected). The rest counts the time while the
    meeting was live: `first_joined`, `last_left` (None while it is connected and the meeting
    goes on), `minutes` connected, and the dropouts. Who leaves and does not come back has
    left, and not dropped out.
    """

    unit_id: int
    people: list[int] = field(default_factory=list)
    since: datetime | None = None
    first_joined: datetime | None = None
    last_left: datetime | None = None
    minutes: int = 0
    dropouts: list[Dropout] = field(default_factory=list)

    @property
    def minutes_lost(self) -> int:
        """The sum of the dropouts as they are printed."""
        return sum(dropout.minutes for dropout in self.dropouts)

    def public(self, *, full: bool) -> dict[str, Any]:
        """The site; `full` with times and dropouts."""
        if not full:
            return {"people": self.people}
        return {
            "people": self.people,
            "since": rfc3339(self.since),
            "first_joined": rfc3339(self.first_joined),
            "last_left": rfc3339(self.last_left),
            "minutes": self.minutes,
            "minutes_lost": self.minutes_lost,
            "dropouts": [
                {"from": rfc3339(d.since), "to": rfc3339(d.until), "minutes": d.minutes}
                for d in self.dropouts
            ],
        }


@dataclass(frozen=True)
class Sites:
    """The sites of a meeting at one moment, in protocol order."""

    meeting_id: int
    at: datetime
    sites: list[Site]

    def public(self, *, full: bool) -> dict[str, Any]:
        """What clients get."""
        return {
            "meeting_id": self.meeting_id,
            "at": rfc3339(self.at),
            "sites_connected": sum(bool(site.people) for site in self.sites),
            "sites_total": len(self.sites),
            "units": {str(site.unit_id): site.public(full=full) for site in self.sites},
        }


@dataclass
class _Stretch:
    """A time of being connected; `grace` is how long a gap after it goes unnoticed."""

    since: datetime
    until: datetime
    grace: timedelta = BLIP
    open: bool = False


def sites_of(session: Session, meeting: Meeting, at: datetime) -> Sites:
    """The sites of a meeting and their connections, as the database has them.

    A site is what an office calls điểm cầu: a place from which a unit takes part. Each unit
    of a territory (xã, huyện, tỉnh; thôn, where a commune meets) is one; offices, agencies
    and associations sit at the site of the territory above them, so that the organising
    body and its offices are one site, the main one (điểm cầu trung tâm). Who belongs to no
    such unit sits there too. A site counts where its chair, secretary or a participant is
    invited; it is connected while one of them follows the meeting. Several people, windows
    and processes of one site overlap; gaps shorter than `BLIP` are none.

    Args:
        session: one that reads.
        at: the present moment.
    """
    territory = Territory(session, meeting)
    site_of, site_of_person = territory.site_of, territory.site_of_person()
    sites = {site_id: Site(site_id) for site_id in site_of_person.values() if site_id is not None}
    stretches: defaultdict[int | None, list[_Stretch]] = defaultdict(list)
    for person_id, unit_id, since, until, seen_at in session.execute(
        select(
            Connection.person_id,
            Connection.unit_id,
            Connection.since,
            Connection.until,
            Process.seen_at,
        )
        .join(Process, Process.name == Connection.process)
        .where(Connection.meeting_id == meeting.id)
        .order_by(Connection.since)
    ):
        still = until is None and at - seen_at < DEAD
        if until is not None:
            stretch = _Stretch(since, until)
        elif still and person_id in site_of_person:
            stretch = _Stretch(since, max(at, since), open=True)
        else:
            # Its process was killed some time after it was last seen; who came back to
            # another one within that time may well have lost nothing.
            stretch = _Stretch(since, max(seen_at, since), BLIP + TICK)
        site_id = site_of_person[person_id] if person_id in site_of_person else site_of(unit_id)
        stretches[site_id].append(stretch)
        site = sites.get(site_id) if site_id is not None else None
        if site and stretch.open and person_id not in site.people:
            site.people.append(person_id)
    windows = _live(session, meeting.id, at)
    for site in sites.values():
        site.people.sort()
        _count(site, _merged(stretches[site.unit_id]), windows)
    return Sites(meeting.id, at, list(sites.values()))


class Territory:
    """Which unit sits at which site of a meeting (`sites_of` says what a site is).

    Args:
        session: one that reads.
        meeting: the meeting.
    """

    def __init__(self, session: Session, meeting: Meeting) -> None:
        self._session, self._meeting_id = session, meeting.id
        self._units: dict[int, tuple[int | None, str]] = {
            unit_id: (parent_id, kind)
            for unit_id, parent_id, kind in session.execute(
                select(Unit.id, Unit.parent_id, Unit.kind)
            )
        }
        self._main = self._at_or_above(meeting.organizer_unit_id)

    def _at_or_above(self, unit_id: int | None) -> int | None:
        while unit_id is not None:
            parent_id, kind = self._units[unit_id]
            if kind in TERRITORIAL:
                return unit_id
            unit_id = parent_id
        return None

    def site_of(self, unit_id: int | None) -> int | None:
        """The site of a unit, by the id of the unit that the site is named after."""
        return self._at_or_above(unit_id) or self._main

    def site_of_person(self) -> dict[int, int | None]:
        """The site of everybody who attends, in protocol order."""
        invited = self._session.execute(
            select(Participant.person_id, Participant.unit_id)
            .where(Participant.meeting_id == self._meeting_id, Participant.role.in_(ATTENDING))
            .order_by(Participant.position, Participant.id)
        )
        return {person_id: self.site_of(unit_id) for person_id, unit_id in invited}

    def sites(self) -> list[int]:
        """The sites of the meeting, in protocol order."""
        found = dict.fromkeys(self.site_of_person().values())
        return [unit_id for unit_id in found if unit_id is not None]


def _live(session: Session, meeting_id: int, at: datetime) -> list[tuple[datetime, datetime, bool]]:
    """The times for which the meeting was live, from its log: beginning, end, not yet over."""
    steps = session.execute(
        select(LogRow.type, LogRow.at)
        .where(
            LogRow.meeting_id == meeting_id,
            LogRow.type.in_(("meeting.open", "meeting.close", "meeting.reopen")),
        )
        .order_by(LogRow.revision)
    )
    found: list[tuple[datetime, datetime, bool]] = []
    for name, moment in steps:
        if name == "meeting.close":
            found[-1] = (found[-1][0], moment, False)
        else:
            found.append((moment, max(at, moment), True))
    return found


def _merged(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """The stretches (in order of their beginnings) without overlaps and blips."""
    found: list[_Stretch] = []
    for each in stretches:
        last = found[-1] if found else None
        if last is None or each.since - last.until >= last.grace:
            found.append(each)
        elif each.until >= last.until:
            last.until, last.grace, last.open = each.until, each.grace, each.open or last.open
    return found


def _count(
    site: Site, stretches: list[_Stretch], windows: list[tuple[datetime, datetime, bool]]
) -> None:
    if stretches:
        site.since = stretches[-1].since if site.people else stretches[-1].until
    connected = timedelta()
    for begin, end, goes_on in windows:
        pieces = [
            (max(each.since, begin), min(each.until, end), each.open)
            for each in stretches
            if each.since < end and each.until > begin
        ]
        for (_, left, _), (back, _, _) in pairwise(pieces):
            site.dropouts.append(Dropout(left, back))
        for since, until, still in pieces:
            site.first_joined = site.first_joined or since
            site.last_left = None if still and goes_on else until
            connected += until - since
    if site.first_joined:
        site.minutes = _minutes(connected)


def _minutes(length: timedelta) -> int:
    return max(1, int(length / timedelta(minutes=1) + 0.5))
