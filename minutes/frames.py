"""What the server and a render worker say to each other: length-prefixed frames over pipes.

Apart from `minutes.render`, so that the worker loads nothing of the server.
"""

from __future__ import annotations

import struct
from typing import IO, Final

# The first byte of each answer.
DONE: Final = b"+"
FAILED: Final = b"-"

_LENGTH: Final = struct.Struct(">Q")


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    """Write one frame: eight bytes of length, then the payload.

    Raises:
        OSError: the other side is gone.
    """
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Return the next frame's payload, or None where the stream ends."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def packed(*parts: bytes) -> bytes:
    """Several parts as the payload of one frame."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def unpacked(payload: bytes) -> list[bytes]:
    """The parts that `packed` was given."""
    parts, place = [], 0
    while place < len(payload):
        (length,) = _LENGTH.unpack_from(payload, place)
        place += _LENGTH.size
        parts.append(payload[place : place + length])
        place += length
    return parts
