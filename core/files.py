"""Files kept under their own hash: what is stored never changes, and the same content is stored
once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from flask import current_app

_SHA256 = re.compile(r"[0-9a-f]{64}")


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


def remove(sha256: str) -> None:
    """Keep a content no longer; nothing happens where it is not kept."""
    _path(sha256).unlink(missing_ok=True)


def _path(sha256: str) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise FileNotFoundError(sha256)
    folder: Path = current_app.config["FILES_DIR"]
    return folder / sha256[:2] / sha256
