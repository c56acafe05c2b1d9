"""A body taken apart for comparing: blocks, rows of tables and items of lists, words.

What comes in has been sanitised (`minutes.content.sanitised`), so its tags are balanced, and `<`
and `>` stand for nothing but tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

_PIECES: Final = re.compile(r"<[^>]+>|[^<]+")
_TAG: Final = re.compile(r"</?([a-z0-9]+)")
# A word with the space before it, so that what follows a word does not change it.
_WORDS: Final = re.compile(r"<[^>]+>|\s*[^<\s]+|\s+")
# Composing numbers parts and tasks in their text, and rows in their first cell.
_NUMBER: Final = re.compile(r"^(<(?:p|h2|h3)>)(\d{1,4}|[IVXLC]{1,8})(?=\. )")
_ROW_NUMBER: Final = re.compile(r"^(<tr><td>)(\d{1,4})(?=</td>)")

INLINE: Final = frozenset({"strong", "em", "br"})
ROWS: Final = {"table": "tr", "ul": "li", "ol": "li"}
# Beyond this, words or blocks are not compared with each other: it would take seconds.
WORDS_AT_MOST: Final = 4_000_000
BLOCKS_AT_MOST: Final = 10_000
# What two blocks must share of their words to be taken for one that was changed.
ALIKE: Final = 0.4


@dataclass(frozen=True)
class Block:
    """An element with all that is in it; `tag` is empty for text that stands in none."""

    tag: str
    html: str

    @cached_property
    def number(self) -> str:
        """The number that it begins with; empty where there is none."""
        found = (_ROW_NUMBER if self.tag == "tr" else _NUMBER).match(self.html)
        return found[2] if found else ""

    def numbered(self, number: str) -> Block:
        """The same under another number."""
        pattern = _ROW_NUMBER if self.tag == "tr" else _NUMBER
        return Block(self.tag, pattern.sub(rf"\g<1>{number}", self.html, count=1))

    @cached_property
    def key(self) -> str:
        """What two blocks that say the same have in common: all but the number, which moves
        with what stands before."""
        return self.numbered("").html if self.number else self.html

    @property
    def opening(self) -> str:
        """Its first tag."""
        return self.html[: self.html.index(">") + 1] if self.tag else ""

    @property
    def inner(self) -> str:
        """What stands between its first tag and its last."""
        return self.html[len(self.opening) : len(self.html) - len(self.closing)]

    @property
    def closing(self) -> str:
        """Its last tag."""
        return f"</{self.tag}>" if self.tag and self.tag != "br" else ""

    def filled(self, inner: str) -> Block:
        """The same element with something else in it."""
        return Block(self.tag, self.opening + inner + self.closing)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words, for guessing what has become of it."""
        return frozenset(re.sub(r"<[^>]+>", " ", self.key).split())

    def alike(self, other: Block) -> float:
        """How much of their words the two share, 0 to 1; 0 for elements of different kinds."""
        if self.opening != other.opening:
            return 0.0
        if self.tag in ROWS:
            return 1.0  # a table stays that table, whatever becomes of its rows
        both = len(self.words | other.words)
        return len(self.words & other.words) / both if both else 1.0


def split(html: str) -> list[Block]:
    """The elements of a body, or of an element's inside, in order."""
    return list(_elements(html))


def _elements(html: str) -> Iterator[Block]:
    depth, tag = 0, ""
    gathered: list[str] = []
    for piece in _PIECES.findall(html):
        found = _TAG.match(piece)
        name = found[1] if found else ""
        if depth == 0:
            loose = not name or name in INLINE
            if not loose and gathered:
                yield Block("", "".join(gathered))
                gathered = []
            if name and not loose:
                tag = name
        gathered.append(piece)
        if name and name != "br":
            depth += -1 if piece.startswith("</") else 1
        if depth == 0 and tag:
            yield Block(tag, "".join(gathered))
            gathered, tag = [], ""
    if gathered and "".join(gathered).strip():
        yield Block("", "".join(gathered))


def rows(block: Block) -> list[Block]:
    """The rows of a table, those of its head first, or the items of a list."""
    return [
        row
        for child in split(block.inner)
        for row in (split(child.inner) if child.tag in ("thead", "tbody") else [child])
    ]


def joined(block: Block, within: Sequence[Block | str]) -> str:
    """A table or list with these rows or items.

    Args:
        block: the table or list that gives the element.
        within: rows as blocks or as HTML; those before the first that has a `td` are its head.
    """
    texts = [row if isinstance(row, str) else row.html for row in within]
    if block.tag != "table":
        return block.filled("".join(texts)).html
    first = next((i for i, text in enumerate(texts) if "<td" in text), len(texts))
    head, body = "".join(texts[:first]), "".join(texts[first:])
    return block.filled(
        (f"<thead>{head}</thead>" if head else "") + (f"<tbody>{body}</tbody>" if body else "")
    ).html


def words(html: str) -> list[str]:
    """Tags and words, each word with the space before it."""
    return _WORDS.findall(html)


@dataclass(frozen=True)
class Alignment:
    """What has become of each block.

    Attributes:
        kept: for each block of the old text that is still there, its place in the new one.
        added: for each place in the old text (its length for the end), what stands before it
            in the new one and was not there.
    """

    kept: dict[int, int]
    added: dict[int, list[int]]


def aligned(old: Sequence[Block], new: Sequence[Block]) -> Alignment:
    """Find each block of a text in a later one, also where it was changed a little."""
    matcher = SequenceMatcher(None, [b.key for b in old], [b.key for b in new], autojunk=False)
    kept: dict[int, int] = {}
    for code, i1, i2, j1, j2 in matcher.get_opcodes():
        if code == "equal":
            kept.update(zip(range(i1, i2), range(j1, j2), strict=True))
        elif code == "replace":
            kept.update((i1 + i, j1 + j) for i, j in _pairs(old[i1:i2], new[j1:j2]))
    added: dict[int, list[int]] = {}
    backwards = {j: i for i, j in kept.items()}
    place = 0
    for j in range(len(new)):
        if j in backwards:
            place = backwards[j] + 1
        else:
            added.setdefault(place, []).append(j)
    return Alignment(kept, added)


def _pairs(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[int, int]]:
    """The pairs of blocks, in order, that share the most words."""
    if len(old) * len(new) > BLOCKS_AT_MOST:
        return []
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            likeness = old[i].alike(new[j])
            with_it = best[i + 1][j + 1] + likeness if likeness >= ALIKE else 0.0
            best[i][j] = max(with_it, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append((i, j))
            i, j = i + 1, j + 1
    return found
