"""Finished prints, kept on disk under the hash of all that they were made from.

Several processes share the folder. Nothing in it is needed: whoever misses a print makes it anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from minutes.layout import TEMPLATES, stylesheet

# What is kept at most; the prints that nobody has asked for longest go first.
MOST_FILES: Final = 2000
MOST_BYTES: Final = 512 * 1024 * 1024

_DIGEST: Final = hashlib.sha256().digest_size
_LIBRARIES: Final = ("weasyprint", "pydyf", "pikepdf", "fonttools")


def print_key(job: str, *parts: bytes) -> str:
    """What names the print of a document and no other, in hexadecimal.

    Args:
        job: the worker's, `pdf` for an order.
        parts: what the worker makes the document from.
    """
    digest = hashlib.sha256(_made_by())
    for part in (job.encode(), *parts):
        # With its length, so that no two documents can be read as one.
        digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


@cache
def _made_by() -> bytes:
    # The style sheet, the templates, the libraries, and our own code that composes and prints.
    ours = [*Path(__file__).resolve().parent.rglob("*.py"), *TEMPLATES.rglob("*.html")]
    parts = [stylesheet(), *(f"{name} {version(name)}" for name in _LIBRARIES)]
    parts += [path.read_text() for path in sorted(ours)]
    return hashlib.sha256("\0".join(parts).encode()).digest()


class Prints:
    """Prints by their key (`print_key`)."""

    def __init__(
        self, folder: Path, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES
    ) -> None:
        """Keep them in a folder, which is made when it is needed.

        Args:
            folder: shared by the processes of a deployment.
            most_files: how many are kept.
            most_bytes: how many bytes they take together.
        """
        self._folder = folder
        self._most_files, self._most_bytes = most_files, most_bytes

    def get(self, key: str) -> bytes | None:
        """The print of that key, or None where it is not kept or not whole."""
        path = self._folder / key
        try:
            kept = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        digest, content = kept[:_DIGEST], kept[_DIGEST:]
        # Whatever a crash or a full disk has left: a broken file is none.
        return content if hashlib.sha256(content).digest() == digest else None

    def __contains__(self, key: str) -> bool:
        """Whether it is kept; `get` may still find it broken."""
        return (self._folder / key).exists()

    def put(self, key: str, content: bytes) -> None:
        """Keep a print; a disk that does not take it is no fault, it is then made again."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(content).digest() + content)
                os.replace(name, self._folder / key)
            except BaseException:
                os.unlink(name)
                raise
            self._prune()

    def _prune(self) -> None:
        found = []
        for entry in os.scandir(self._folder):
            with contextlib.suppress(OSError):  # another process prunes too
                found.append((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path))
        room, places = self._most_bytes, self._most_files
        for _asked_at, size, path in sorted(found, reverse=True):
            room, places = room - size, places - 1
            if room < 0 or places < 0:
                with contextlib.suppress(OSError):
                    os.unlink(path)
