"""Files kept under their own hash: what is stored never changes, and the same content is stored
once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from core.realtime import socketio

_SHA256 = re.compile(r"[0-9a-f]{64}")
# Read and written at once; between two of them others have their turn.
CHUNK_BYTES = 1024 * 1024


def store(content: bytes) -> str:
    """Keep a content.

    Args:
        content: of any kind.

    Returns:
        Its SHA-256 in hexadecimal, the name to read it by.

    Raises:
        OSError: the disk does not take it.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, also where the power fails: written beside it, then renamed.
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    return sha256


def hash_of(source: BinaryIO) -> tuple[str, int]:
    """The SHA-256 in hexadecimal, and the size in bytes, of what is left of a stream."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        socketio.sleep(0)
    return digest.hexdigest(), size


def keep(source: Path, sha256: str) -> None:
    """Keep a file that lies in the folder of `incoming`, under its hash; it is moved.

    Raises:
        OSError: the disk does not take it.
    """
    path = _path(sha256)
    if path.exists():
        source.unlink()
        # Uploaded again just now: not an orphan of long ago.
        os.utime(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(source, path)


def incoming() -> Path:
    """A new name for a file that is being received, on the disk where files are kept."""
    folder: Path = current_app.config["FILES_DIR"]
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=_INCOMING)
    os.close(handle)
    return Path(name)


_INCOMING = "incoming-"


def left_behind(older_than_seconds: float) -> Iterator[Path]:
    """Files of `incoming` whose receiving was cut short, by the end of the process say."""
    folder: Path = current_app.config["FILES_DIR"]
    before = time.time() - older_than_seconds
    for path in folder.glob(f"{_INCOMING}*"):
        if path.stat().st_mtime < before:
            yield path


def remove(sha256: str) -> int:
    """Delete what is kept under a hash; the bytes that are free now.

    The caller knows that nothing names it any more.
    """
    path = _path(sha256)
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    return size


def path_of(sha256: str) -> Path:
    """Where the content of that hash is kept, to be sent as it is.

    Raises:
        FileNotFoundError: it is not kept here.
    """
    path = _path(sha256)
    if not path.is_file():
        raise FileNotFoundError(sha256)
    return path


def read(sha256: str) -> bytes:
    """The content of that hash.

    Raises:
        FileNotFoundError: it is not kept here.
        ValueError: what is kept under that name is something else.
    """
    content = _path(sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"the file {sha256} has been altered")
    return content


def _path(sha256: str) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise FileNotFoundError(sha256)
    folder: Path = current_app.config["FILES_DIR"]
    return folder / sha256[:2] / sha256
