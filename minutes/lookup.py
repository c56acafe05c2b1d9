"""The short code by which anyone finds an issued document, its address, and both as a picture."""

from __future__ import annotations

import secrets
from typing import Final

import segno
from flask import current_app

# Crockford's base32: no I, L, O and U, which are misread or make words. Ten of them are 2^50
# codes, so that guessing finds none.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 10
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_code() -> str:
    """A code that nobody can foresee, in the form in which it is stored, printed and addressed:
    `7K3QF-2M9XD`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _each in range(LENGTH)))


def read_code(typed: str) -> str | None:
    """The code that somebody has typed: in any case, with or without spaces and hyphens, and with
    the letters that look like a digit; None where it cannot be one."""
    code = "".join(typed.upper().split()).translate(_MISREAD)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return _grouped(code)


def _grouped(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def address(code: str) -> str:
    """The public page of the document with this code, as browsers elsewhere reach it."""
    return f"{current_app.config['PUBLIC_URL']}/verify/{code}"


def qr_svg(text: str) -> str:
    """A text as a QR code (ISO/IEC 18004): inline SVG of no size of its own, black on nothing, with
    the quiet zone of four modules that scanners need, readable when a seventh of it is lost."""
    code = segno.make_qr(text, error="m")
    return str(code.svg_inline(border=4, omitsize=True, dark="#000"))
