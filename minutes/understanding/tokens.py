"""A sentence cut into words and marks, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from core.text import fold


class _Bases(dict[int, str]):
    """Character by character what `core.text.fold` does, but always one for one, so that a place
    in the folded text is the same place in the text."""

    def __missing__(self, code: int) -> str:
        base = fold(chr(code))
        self[code] = base if len(base) == 1 else chr(code)
        return self[code]


_BASES: Final = _Bases({ord(c): c for c in " \n\t"})
_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*|\n|[^\w\s]|_")


def fold_in_place(text: str) -> str:
    """The text lower case and without marks, as long as it was.

    `fold_in_place("Đắk R’Măng") == "dak r'mang"`.
    """
    return text.translate(_BASES)


def letters(word: str) -> str:
    """What is the same for two spellings of a word that differ in case or in where the tone stands
    (hòa, hoà), and in nothing else."""
    return "".join(sorted(unicodedata.normalize("NFD", word.lower())))


class Token(NamedTuple):
    """A word, or a single mark; `word` is folded."""

    word: str
    start: int
    end: int
    is_word: bool


@dataclass(frozen=True)
class Sentence:
    """The text (NFC), the same folded, and its tokens."""

    text: str
    folded: str
    tokens: list[Token]

    @classmethod
    def of(cls, text: str) -> Sentence:
        """Cut a text that `core.text.clean` has gone over."""
        folded = fold_in_place(text)
        found = _TOKEN.finditer(folded)
        tokens = [Token(m[0], m.start(), m.end(), m[0][0].isalnum()) for m in found]
        return cls(text, folded, tokens)

    @cached_property
    def is_upper(self) -> bool:
        """Whether all of it is in capitals."""
        return self.text.isupper()

    @cached_property
    def is_lower(self) -> bool:
        """Whether nothing of it is in capitals."""
        return self.text.islower()

    def raw(self, at: int) -> str:
        """A token as it was written."""
        token = self.tokens[at]
        return self.text[token.start : token.end]

    def is_capital(self, at: int) -> bool:
        """Whether there is such a token and it begins with a capital letter."""
        return at < len(self.tokens) and self.text[self.tokens[at].start].isupper()
