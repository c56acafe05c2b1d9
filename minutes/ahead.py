"""Printing ahead: when a meeting has gone on and is then quiet, its documents are printed before
anybody asks, so that the first download finds them.

One process of a deployment does it, whichever holds the lock beside the kept files. It reads the
log like everybody else and takes no part in commands; nothing depends on it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import func, select

from core.db import reading
from core.realtime import give_way
from meetings.access import only_visible
from meetings.feed import directory_of, objects_of
from meetings.models import STAFF, LogRow, Meeting, Role
from minutes.papers import Objects, Sheet, papers
from minutes.publishing import PRINTED, paper_of
from minutes.render import Renderer, RenderError, RenderTimeout

log = logging.getLogger(__name__)

# In seconds: how long a meeting must be quiet, and how often we look.
QUIET = 2.0
LOOK = 0.25
# A row of the log may become visible after one with a higher number (PostgreSQL's sequences).
OVERLAP = 100

# The roles that get one and the same paper of a kind, and that paper.
_Job = tuple[str, list[Role], Sheet]


class Ahead:
    """Watches the log of all meetings and prints what they show."""

    def __init__(self, app: Flask, renderer: Renderer, lock: Path) -> None:
        """Do nothing yet.

        Args:
            app: whose database is watched.
            renderer: prints.
            lock: a file that the processes of the deployment share; made when it is missing.
        """
        self._app, self._renderer, self._lock = app, renderer, lock
        self._handle = -1
        self._last = -1
        self._heads: dict[int, int] = {}
        # Meetings that have gone on, with the time of the last look that noticed it.
        self._changed: dict[int, float] = {}

    def start(self) -> None:
        """Watch in a greenlet, until the process ends."""
        gevent.spawn(self._run)

    def _run(self) -> None:
        while True:
            # Looked at before the process takes its first request: what comes after it is new.
            try:
                if self._leads():
                    self.look(time.monotonic())
            except Exception:  # it must outlive a database that is away for a while
                log.exception("printing ahead failed")
                gevent.sleep(QUIET)
            gevent.sleep(LOOK)

    def _leads(self) -> bool:
        # The system lets go of the lock when the process that holds it ends, however it ends.
        if self._handle < 0:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._lock, os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                return False
            self._handle = handle
        return True

    def look(self, at: float) -> None:
        """Notice what has changed, and print for the meetings that have been quiet since.

        Args:
            at: the time, on a clock that only goes forward, in seconds.
        """
        with self._app.app_context():
            for meeting_id in self._went_on():
                self._changed[meeting_id] = at
        for meeting_id in [m for m, changed in self._changed.items() if at - changed >= QUIET]:
            # Asked before the meeting is read: whoever follows one live would wait for that.
            if not self._renderer.spare():
                break
            if self._print(meeting_id):
                self._changed.pop(meeting_id, None)

    def _went_on(self) -> list[int]:
        with reading() as session:
            begun = self._last >= 0
            if not begun:
                # What was there before us: whoever asks has it printed.
                self._last = session.scalar(select(func.max(LogRow.id))) or 0
            rows = session.execute(
                select(LogRow.meeting_id, func.max(LogRow.id))
                .where(LogRow.id > self._last - OVERLAP)
                .group_by(LogRow.meeting_id)
            ).all()
        found = [meeting for meeting, head in rows if self._heads.get(meeting) != head]
        self._heads = {meeting: head for meeting, head in rows}  # noqa: C416 (rows, not pairs)
        self._last = max([self._last, *self._heads.values()])
        return found if begun else []

    def _print(self, meeting_id: int) -> bool:
        # False where there was no worker to spare: then the next look tries again.
        with self._app.app_context():
            kept, log_hash, objects, jobs = papers(), *self._jobs(meeting_id)
        # No context is open from here on: the process does not wait for us when it ends.
        for kind, roles, sheet in jobs:
            if not self._renderer.has(sheet.key):
                try:
                    self._renderer.paper(sheet.order, kind, ahead=True)
                except RenderTimeout:
                    return False
                except RenderError as error:
                    log.warning("printing %s ahead failed: %s", kind, error)
                    continue
            for role in roles:
                kept.remember(meeting_id, role, kind, log_hash, objects, sheet)
        return True

    def _jobs(self, meeting_id: int) -> tuple[str, Objects, list[_Job]]:
        with reading() as session:
            meeting = session.get(Meeting, meeting_id)
            if meeting is None:
                return "", {}, []
            log_hash = session.scalars(
                select(LogRow.hash).where(
                    LogRow.meeting_id == meeting_id, LogRow.revision == meeting.revision
                )
            ).one()
            objects = objects_of(session, meeting, give_way) | directory_of(session, meeting)
            jobs = []
            for roles, seen in _views(meeting.state, objects):
                for kind in PRINTED:
                    give_way()
                    paper = paper_of(session, meeting_id, roles[0], meeting.state, kind, seen)
                    # What is issued is kept as it was issued.
                    if paper is not None and paper.sha256 is None:
                        jobs.append((kind, roles, paper.sheet()))
        return log_hash, objects, jobs


def _views(
    state: str, objects: dict[str, dict[str, Any]]
) -> Iterator[tuple[list[Role], dict[str, dict[str, Any]]]]:
    """What the roles may see, each view with the roles whose documents are the same. No document
    says what only some units may see (minutes.issuing.recorded)."""
    for staff in (True, False):
        views: list[tuple[dict[str, dict[str, Any]], list[Role]]] = []
        for role in Role:
            if (role in STAFF) is staff:
                seen = only_visible(role, state, objects)
                for view, roles in views:
                    if view == seen:
                        roles.append(role)
                        break
                else:
                    views.append((seen, [role]))
        for view, roles in views:
            yield roles, view
