"""What the server does by itself at its times (docs/decisions/0016)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.gevent import GeventScheduler
from flask import Flask

from core.times import VIETNAM


class Jobs:
    """The jobs of this process. Each runs by itself, never twice at once; one that fails is logged
    and comes again at its next time."""

    def __init__(self, app: Flask) -> None:
        """None is there yet."""
        self._app = app
        self.stopping = False
        self._scheduler = GeventScheduler(
            timezone=VIETNAM,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # It tells of each run; what a job has done is the job's to tell.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)

    def every(self, period: timedelta, do: Callable[[], object]) -> None:
        """Do this again and again, inside an application context.

        Args:
            period: from one beginning to the next; the times of several processes drift apart.
            do: asks `stopping` where it takes long.
        """

        def run() -> None:
            with self._app.app_context():
                do()

        seconds = period.total_seconds()
        self._scheduler.add_job(run, "interval", seconds=seconds, jitter=seconds / 10)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing further; what is under way ends by itself (core.stopping waits for it)."""
        self.stopping = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
