"""Sealing: what stands in the database and is legible to the running server alone.

A copy of the database, its write-ahead log, a backup or a replica shows that a sealed text has
changed, and neither its content nor what has changed in it. The key is derived from the
deployment's SECRET_KEY, which is in none of them.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class SealBroken(Exception):
    """It was sealed under another key, for another purpose, or altered since."""


def _key(purpose: str) -> Fernet:
    secret: str | bytes = current_app.config["SECRET_KEY"]
    derived = HKDF(SHA256(), 32, salt=None, info=f"seal:{purpose}".encode())
    content = secret if isinstance(secret, bytes) else secret.encode()
    return Fernet(urlsafe_b64encode(derived.derive(content)))


def seal(content: bytes, purpose: str) -> str:
    """Seal a content; the same one twice gives two texts of one length that have nothing else in
    common.

    Args:
        content: what is to be kept.
        purpose: what it is for, with the id of what it belongs to: it opens for that alone.
    """
    return _key(purpose).encrypt(content).decode()


def unseal(sealed: str, purpose: str) -> bytes:
    """What `seal` was given.

    Raises:
        SealBroken: it cannot be opened.
    """
    try:
        return _key(purpose).decrypt(sealed.encode())
    except InvalidToken:
        raise SealBroken(purpose) from None
