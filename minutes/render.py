"""The server's side of the render worker: one warm process, one document at a time."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from core import metrics
from minutes.frames import DONE, read_frame, write_frame

ROOT: Final = Path(__file__).resolve().parent.parent

# What fontconfig and Python need; the worker has no use for keys and database addresses.
_ENVIRONMENT: Final = (
    "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "XDG_CACHE_HOME", "XDG_DATA_HOME",
    "XDG_CONFIG_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH", "SYSTEMROOT",
)  # fmt: skip


class RenderError(Exception):
    """A document could not be printed; the message is for the operator's log."""


class RenderTimeout(RenderError):
    """A document was not ready by its deadline."""


class Renderer:
    """Prints documents in a process of its own, kept warm between them.

    Safe to share between threads or gevent's greenlets: whoever waits for the worker does not hold
    up the others, because pipes, locks and timers of the standard library are what gevent patches.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        atexit.register(self.close)

    def start(self) -> None:
        """Start the worker if there is none, without waiting until it is warm."""
        with self._lock:
            self._started()

    def pdf(self, html: str, deadline_seconds: float = 60, kind: str = "other") -> bytes:
        """Return the HTML as a PDF.

        Args:
            html: a whole document; the only address it can load is the documents' style sheet.
            deadline_seconds: time in seconds for waiting, starting the worker and rendering; a
                worker that is not done by then is killed, and the next document gets a new one.
            kind: what it is, for the metrics: `minutes`, `conclusions`.

        Raises:
            RenderTimeout: it was not ready in time.
            RenderError: the worker failed on it or died.
        """
        give_up_at = time.monotonic() + deadline_seconds
        with metrics.RENDERS_WAITING.track_inprogress():
            acquired = self._lock.acquire(timeout=deadline_seconds)
        if not acquired:
            raise RenderTimeout("other documents kept the render worker busy")
        try:
            process = self._started()
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(max(0.0, give_up_at - time.monotonic()), stop)
            timer.daemon = True
            timer.start()
            try:
                with metrics.rendering(kind):
                    answer = self._ask(process, html.encode("utf-8", "replace"))
            finally:
                timer.cancel()
                if late.is_set():
                    self._discard()
            if answer is None:
                self._discard()
                if late.is_set():
                    raise RenderTimeout(f"not ready after {deadline_seconds} s")
                raise RenderError("the render worker died")
            if answer[:1] != DONE:
                raise RenderError(f"the render worker failed: {answer[1:].decode()}")
            return answer[1:]
        finally:
            self._lock.release()

    def close(self) -> None:
        """Stop the worker; a later document starts another."""
        with self._lock:
            self._discard()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._discard()
        if self._process is None:
            self._ready = False
            self._process = subprocess.Popen(
                [sys.executable, "-m", "minutes.render_worker"],
                cwd=ROOT,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], request: bytes) -> bytes | None:
        """Return the answer to a request, or None where the worker is gone."""
        if process.stdin is None or process.stdout is None:
            return None
        try:
            if not self._ready:
                if read_frame(process.stdout) is None:
                    return None
                self._ready = True
            write_frame(process.stdin, request)
            return read_frame(process.stdout)
        except OSError:
            return None

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # A request that was never read cannot be flushed any more.
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()
