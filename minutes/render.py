"""The server's side of the render workers: a pool of warm processes, and the prints they made."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core import metrics
from minutes.frames import DONE, packed, read_frame, write_frame
from minutes.prints import Prints, print_key

ROOT: Final = Path(__file__).resolve().parent.parent

# What fontconfig and Python need; the workers have no use for keys and database addresses.
_ENVIRONMENT: Final = (
    "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "XDG_CACHE_HOME", "XDG_DATA_HOME",
    "XDG_CONFIG_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH", "SYSTEMROOT",
)  # fmt: skip


class RenderError(Exception):
    """A document could not be made; the message is for the operator's log.

    Attributes:
        cause: the name of the worker's exception; empty where the worker is gone.
    """

    def __init__(self, message: str, cause: str = "") -> None:
        self.cause = cause
        super().__init__(message)


class RenderTimeout(RenderError):
    """A document was not ready by its deadline."""


class _Worker:
    """One process of `minutes.render_worker`, for one job at a time."""

    def __init__(self) -> None:
        self._ready = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "minutes.render_worker"],
            cwd=ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A group of its own: what it forks for a long document ends with it.
            process_group=0,
        )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The answer to a request; a worker that is not done in time is killed.

        Raises:
            RenderTimeout: it was not done in time.
            RenderError: it failed or died.
        """
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._kill()

        timer = threading.Timer(max(0.0, seconds), stop)
        timer.daemon = True
        timer.start()
        try:
            answer = self._exchange(request)
        finally:
            timer.cancel()
        if late.is_set():
            self.end()
        if answer is None:
            self.end()
            if late.is_set():
                raise RenderTimeout(f"not ready after {seconds:.3g} s")
            raise RenderError("the render worker died")
        if answer[:1] != DONE:
            cause = answer[1:].decode()
            raise RenderError(f"the render worker failed: {cause}", cause)
        return answer[1:]

    def _exchange(self, request: bytes) -> bytes | None:
        # None where the worker is gone.
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            return None
        try:
            if not self._ready:
                if read_frame(stdout) is None:
                    return None
                self._ready = True
            write_frame(stdin, request)
            return read_frame(stdout)
        except OSError:
            return None

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """End the process and what it has forked."""
        if self.alive:
            self._kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                # A request that was never read cannot be flushed any more; an answer that somebody
                # still waits for as the server ends cannot be closed under them.
                with contextlib.suppress(OSError, RuntimeError):
                    pipe.close()
        self.process.wait()


class Renderer:
    """Prints documents in processes of their own, kept warm between them: one for each core, the
    first from the start, another as soon as one is busy.

    Safe to share between threads or gevent's greenlets: whoever waits for a worker does not hold
    up the others, because pipes, locks and timers of the standard library are what gevent patches.
    """

    def __init__(self, folder: Path | None = None, workers: int | None = None) -> None:
        """Start nothing yet.

        Args:
            folder: where finished prints are kept; None: nowhere.
            workers: how many at most; one for each core that we may use when not given.
        """
        self._prints = Prints(folder) if folder else None
        self._most = workers or len(os.sched_getaffinity(0))
        self._news = threading.Condition()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        # The prints that are being made, by their keys.
        self._under_way: set[str] = set()
        atexit.register(self.close)

    def start(self) -> None:
        """Start the first worker if there is none, without waiting until it is warm."""
        with self._news:
            if not self._idle and not self._busy:
                self._idle.append(_Worker())

    def pdf(
        self, html: str, deadline_seconds: float = 60, attachment: bytes | None = None
    ) -> bytes:
        """Return HTML as a PDF/A-3a; the same again comes from where prints are kept.

        Args:
            html: a whole document; the only address it can load is the documents' style sheet.
            deadline_seconds: time in seconds for waiting, starting the worker and rendering; a
                worker that is not done by then is killed, and the next document gets a new one.
            attachment: the record as JSON, to be attached.

        Raises:
            RenderTimeout: it was not ready in time.
            RenderError: the worker failed on it or died.
        """
        parts = [html.encode("utf-8", "replace")]
        if attachment is not None:
            parts.append(attachment)
        return self._printed("print", parts, deadline_seconds, "other", ahead=False)

    def paper(
        self, order: bytes, kind: str, deadline_seconds: float = 60, ahead: bool = False
    ) -> bytes:
        """Return what is ordered as a PDF/A-3a; the same again comes from where prints are kept.

        Args:
            order: `minutes.orders.Order.packed`.
            kind: what it is, for the metrics: `minutes`, `conclusions`.
            deadline_seconds: as for `pdf`.
            ahead: nobody waits for it yet: it is not begun where that would take the last worker.

        Raises:
            RenderTimeout: it was not ready in time.
            RenderError: the worker failed on it or died.
        """
        return self._printed("pdf", [order], deadline_seconds, kind, ahead)

    def _printed(
        self, job: str, parts: list[bytes], deadline_seconds: float, kind: str, ahead: bool
    ) -> bytes:
        give_up_at = time.monotonic() + deadline_seconds
        key = print_key(job, *parts)
        with self._once(key, give_up_at):
            if (kept := self.kept(key, kind)) is not None:
                return kept
            content = self._work(job, parts, give_up_at, kind, ahead)
            if self._prints is not None:
                self._prints.put(key, content)
            return content

    def kept(self, key: str, kind: str = "other") -> bytes | None:
        """The finished print under a key (`minutes.prints.print_key`), or None."""
        found = self._prints.get(key) if self._prints is not None else None
        if found is not None:
            metrics.PRINTS_KEPT.labels(kind).inc()
        return found

    def has(self, key: str) -> bool:
        """Whether there is a finished print under a key, without reading it."""
        return self._prints is not None and key in self._prints

    def spare(self) -> bool:
        """Whether a worker may print ahead: one more that is busy would leave one for people,
        where there are several."""
        return len(self._busy) + min(2, self._most) <= self._most

    def call(self, job: str, *parts: bytes, deadline_seconds: float = 60) -> bytes:
        """Run one of `minutes.render_worker.JOBS` in a worker.

        Args:
            job: its name: `docx`, `sign`.
            parts: its arguments.
            deadline_seconds: as for `pdf`.

        Raises:
            RenderTimeout: it was not done in time.
            RenderError: it failed, or the worker died.
        """
        return self._work(job, list(parts), time.monotonic() + deadline_seconds, job, ahead=False)

    def close(self) -> None:
        """Stop the workers; a later document starts others."""
        with self._news:
            workers, self._idle = [*self._idle, *self._busy], []
        for worker in workers:
            worker.end()

    @contextmanager
    def _once(self, key: str, give_up_at: float) -> Iterator[None]:
        # Ten downloads of one document at once are one print, for which nine wait. Where prints
        # are not kept, each makes its own.
        with self._news:
            free = self._news.wait_for(
                lambda: self._prints is None or key not in self._under_way,
                max(0.0, give_up_at - time.monotonic()),
            )
            if not free:
                raise RenderTimeout("the same document is being printed, and is not ready")
            self._under_way.add(key)
        try:
            yield
        finally:
            with self._news:
                self._under_way.discard(key)
                self._news.notify_all()

    def _work(
        self, job: str, parts: list[bytes], give_up_at: float, kind: str, ahead: bool
    ) -> bytes:
        with self._worker(give_up_at, ahead) as worker, metrics.rendering(kind):
            return worker.ask(packed(job.encode(), *parts), give_up_at - time.monotonic())

    @contextmanager
    def _worker(self, give_up_at: float, ahead: bool) -> Iterator[_Worker]:
        with self._news:
            if ahead:
                # It holds its document's name, so it must not wait: somebody may come for it.
                free = self.spare()
            else:
                with metrics.RENDERS_WAITING.track_inprogress():
                    free = self._news.wait_for(
                        lambda: len(self._busy) < self._most,
                        max(0.0, give_up_at - time.monotonic()),
                    )
            if not free:
                raise RenderTimeout("other documents kept the render workers busy")
            worker = self._taken()
        try:
            yield worker
        finally:
            with self._news:
                self._busy.discard(worker)
                if worker.alive:
                    self._idle.append(worker)
                self._news.notify_all()

    def _taken(self) -> _Worker:
        dead = [worker for worker in self._idle if not worker.alive]
        for worker in dead:
            self._idle.remove(worker)
            worker.end()
        # The one that was busy last is the warmest.
        worker = self._idle.pop() if self._idle else _Worker()
        self._busy.add(worker)
        if not self._idle and len(self._busy) < self._most:
            # For whoever comes next, warm by then.
            self._idle.append(_Worker())
        return worker
