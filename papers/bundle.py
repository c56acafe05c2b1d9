"""All papers of a meeting as one ZIP, sent while it is being made."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from agenda.models import AgendaItem
from core import files
from papers.models import Paper

log = logging.getLogger(__name__)

# What Windows refuses in a name, or what would be a folder.
_NO_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
FOLDER_LETTERS = 60


@dataclass(frozen=True)
class Entry:
    """A file of the ZIP."""

    name: str
    path: Path
    moment: tuple[int, int, int, int, int, int]


def entries(items: list[AgendaItem], papers: list[Paper]) -> Iterator[Entry]:
    """The newest version of each paper, in a folder for each item.

    Args:
        items: the agenda in its order.
        papers: those that the reader may see.
    """
    taken: set[str] = set()
    folders = {item.id: _plain(f"{n:02} {item.title}") for n, item in enumerate(items, start=1)}
    general = _plain(f"00 {_('Tài liệu chung')}")
    for paper in papers:
        version = paper.versions[-1]
        try:
            path = files.path_of(version.sha256)
        except FileNotFoundError:  # the others are worth having all the same
            log.error("the file %s of a paper is not there", version.sha256)
            continue
        folder = folders.get(paper.item_id or 0, general)
        stem, dot, extension = version.filename.rpartition(".")
        stem = _plain(stem or extension)
        name, number = f"{folder}/{stem}{dot}{extension}", 1
        while name.lower() in taken:
            number += 1
            name = f"{folder}/{stem} ({number}){dot}{extension}"
        taken.add(name.lower())
        at = version.uploaded_at
        moment = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        yield Entry(name, path, moment)


def _plain(name: str) -> str:
    return _NO_NAME.sub(" ", name)[:FOLDER_LETTERS].strip(" .") or "_"


class _Pipe(io.RawIOBase):
    """Takes what the ZIP's writer writes and gives it away at once."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self._written.append(bytes(data))  # type: ignore[call-overload]
        return len(self._written[-1])

    def given(self) -> bytes:
        """What was written since, once."""
        data = b"".join(self._written)
        self._written.clear()
        return data


def streamed(found: list[Entry]) -> Iterator[bytes]:
    """The ZIP, piece by piece: neither in memory nor on disk as a whole. The files are packed
    already (PDF, DOCX, JPEG), so they are only stored."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for entry in found:
            about = zipfile.ZipInfo(entry.name, entry.moment)
            about.external_attr = 0o644 << 16
            with entry.path.open("rb") as source, archive.open(about, "w") as target:
                while chunk := source.read(files.CHUNK_BYTES):
                    target.write(chunk)
                    yield pipe.given()
            yield pipe.given()
    yield pipe.given()
