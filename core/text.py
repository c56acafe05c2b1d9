"""Vietnamese text: what is stored and what is compared (Unicode TCVN 6909:2001, NFC)."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
# What no text holds. Control characters (Cc), of which a line break and a tab are text, and lone
# surrogates (Cs), which no database takes. The bidirectional marks could make a document say one
# thing and show another. U+FFFE and U+FFFF are no characters, and the only ones left that no XML
# takes (documents are made of it).
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
    r"\ufffe\uffff]"
)


def clean(text: str) -> str:
    """Text as it is stored: NFC, no control or direction marks, one kind of line break.

    Tone style (hòa, hoà) and apostrophes stay as they were typed.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _NO_TEXT.sub("", text).strip()


def fold(text: str) -> str:
    """Text as it is searched: lower case, without marks, đ as d, one apostrophe, one space.

    `fold("Kế hoạch Đắk R’Măng") == "ke hoach dak r'mang"`.
    """
    text = unicodedata.normalize("NFD", text.lower().translate(_APOSTROPHES))
    text = "".join(c for c in text if unicodedata.category(c) != "Mn").replace("đ", "d")
    return re.sub(r"\s+", " ", text).strip()


def name_key(name: str) -> str:
    """Sort key of a person's name: given name (the last word), then the rest from the left.

    Good for Kinh names only; a person's own `sort_key` goes before it.
    """
    words = fold(name).split(" ")
    return " ".join([words[-1], *words[:-1]])
