"""Where units stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from minutes.understanding.index import (
    COMMITTEE,
    LEVELS,
    TYPES,
    Match,
    UnitIndex,
    UnitName,
    keys_of,
)
from minutes.understanding.tokens import Sentence
from minutes.understanding.words import STOPS, Phrases, starts_with_verb

# Words before what looks like the first word of a name, and is another word.
_OTHER_WORDS: Final = {
    *(("co", "so"), ("ho", "so"), ("tru", "so"), ("con", "so"), ("chi", "so"), ("tong", "so")),
    *(("can", "bo"), ("toan", "bo"), ("noi", "bo"), ("dong", "bo"), ("tien", "bo"), ("cong", "bo")),
    *(("quoc", "phong"), ("du", "phong"), ("dia", "ban"), ("van", "ban"), ("co", "ban")),
    *(
        ("bien", "phong"),
        ("xa", "hoi"),
        ("co", "hoi"),
        ("thi", "xa"),
        ("tac", "xa"),
        ("lien", "xa"),
    ),
    *(("lien", "huyen"), ("an", "so"), ("uy", "ban")),
}
# How long a name that nobody knows may be, in words.
_LONGEST_UNKNOWN: Final = 12
_KINDS: Final = Phrases(
    [
        *(" ".join(kind) for kind in (*TYPES, *LEVELS, COMMITTEE)),
        *("ubnd", "van phong", "thanh tra", "cong an", "uy ban", "dang uy", "cong ty", "truong"),
        *("benh vien", "kho bac", "ngan hang", "hat", "doi", "tram", "vien", "toa an", "dien luc"),
        "doan",
    ]
)


@dataclass
class Mention:
    """A name in the text: tokens `first` up to, not including, `after`.

    `units` is empty where nobody bears the name. A group whose members are listed after it is not
    `meant`. `marker` is the role that brackets after it name: "(phối hợp)".
    """

    first: int
    after: int
    units: tuple[UnitName, ...]
    meant: bool = True
    marker: str = ""

    @property
    def is_known(self) -> bool:
        """Whether a unit bears the name."""
        return bool(self.units)


@dataclass
class Mentions:
    """All names of a sentence in their order, and the tokens that only announce a list of names
    ("các Sở:")."""

    found: list[Mention] = field(default_factory=list)
    announcing: set[int] = field(default_factory=set)


def find(sentence: Sentence, index: UnitIndex, day: date) -> Mentions:
    """The names in a sentence.

    Args:
        day: when it was said; units of that day are preferred.
    """
    return _Scan(sentence, index, day).run()


class _Scan:
    """One pass from left to right."""

    def __init__(self, sentence: Sentence, index: UnitIndex, day: date) -> None:
        self.sentence, self.index, self.day = sentence, index, day
        self.keys = keys_of(sentence)
        self.result = Mentions()
        # What the names of a list begin with although it is not written before each of them.
        self.left_out: tuple[tuple[str, ...], ...] = ()
        self.group: Mention | None = None

    def run(self) -> Mentions:
        at = 0
        while at < len(self.keys):
            at = self._step(at)
        return self.result

    def _step(self, at: int) -> int:
        key = self.keys[at]
        if at and self.keys[at - 1].at == key.at:
            return at + 1
        if self.left_out and not self._goes_on(at):
            self.left_out, self.group = (), None
        match = self._match(at)
        if match:
            self._keep(at, match, listed=False)
            return at + match.length
        for words in self.left_out:
            if self._may_be_listed(at) and (
                match := self.index.match(self.keys, at, self.day, after=words)
            ):
                self._keep(at, match, listed=True)
                return at + match.length
        announced = self._announced(at)
        if announced:
            return announced
        self.left_out, self.group = (), None
        return at + 1

    def _match(self, at: int) -> Match | None:
        key = self.keys[at]
        token = self.sentence.tokens[key.at]
        adjacent = at > 0 and not key.cut and not key.joined
        if adjacent and (self.keys[at - 1].word, key.word) in _OTHER_WORDS:
            return None
        if key.word == token.word and not self.index.spells(key, self.sentence.raw(key.at)):
            return None
        return self.index.match(self.keys, at, self.day)

    def _goes_on(self, at: int) -> bool:
        """Whether a list may go on with this word: only marks stand before it."""
        between = range(self.keys[at - 1].at + 1, self.keys[at].at)
        return all(self.sentence.tokens[i].word in (",", ";", "va", "&", ":", "(") for i in between)

    def _may_be_listed(self, at: int) -> bool:
        first = self.keys[at].at
        return self.sentence.is_capital(first) or self.sentence.is_lower

    def _keep(self, at: int, match: Match, *, listed: bool) -> None:
        first, last = self.keys[at].at, self.keys[at + match.length - 1].at
        mention = Mention(first, last + 1, match.units)
        opened = first and self.sentence.tokens[first - 1].word in (":", "(")
        if self.group and (listed or opened) and not match.units[0].is_group:
            self.group.meant = False
        if not self.group or match.units[0].is_group:
            self.group = mention if match.units[0].is_group else None
        words = tuple(key.word for key in self.keys[at : at + match.length])
        if not listed:
            self.left_out = tuple(_kinds_in(words, all_of_them=match.units[0].is_group))
        self.result.found.append(mention)

    def _announced(self, at: int) -> int | None:
        """ "các Sở:", "UBND các huyện": where the list begins, or None if none does."""
        if self.keys[at].word not in ("cac", COMMITTEE[0]):
            return None
        words = [key.word for key in self.keys[at : at + 24]]
        start = len(COMMITTEE) if tuple(words[: len(COMMITTEE)]) == COMMITTEE else 0
        if words[start : start + 1] != ["cac"]:
            return None
        end = start + 1
        kinds: list[tuple[str, ...]] = []
        while kind := next(
            (k for k in (*LEVELS, *TYPES, ("nganh",)) if tuple(words[end : end + len(k)]) == k),
            None,
        ):
            kinds += [kind, (*COMMITTEE, *kind)] if kind in LEVELS else [kind]
            end += len(kind)
        if not kinds or at + end >= len(self.keys):
            return None
        self.left_out = tuple(kinds)
        following = at + end
        if not self._may_be_listed(following) or not any(
            self.index.match(self.keys, following, self.day, after=kind) for kind in kinds
        ):
            self.left_out = ()
            return None
        first, last = self.keys[at].at, self.keys[following].at
        self.result.announcing.update(range(first, last))
        return following


def _kinds_in(words: tuple[str, ...], *, all_of_them: bool) -> Iterator[tuple[str, ...]]:
    """What the next name of a list may leave out: "UBND xã" after "UBND xã A"."""
    start = len(COMMITTEE) if words[: len(COMMITTEE)] == COMMITTEE else 0
    if all_of_them:
        rest = " ".join(words)
        for level in LEVELS:
            if f" {' '.join(level)}" in f" {rest}".replace("&", ""):
                yield (*COMMITTEE, *level)
        for kind in TYPES:
            if f" {' '.join(kind)} " in f" {rest} ":
                yield kind
        return
    for level in LEVELS:
        if words[start : start + len(level)] == level:
            yield (*COMMITTEE, *level)
            return
    for kind in TYPES:
        if words[: len(kind)] == kind:
            yield kind
            return


def unknown(sentence: Sentence, at: int, taken: set[int]) -> int | None:
    """Whether a name that nobody bears begins at a token ("Phòng Đối ngoại", "các hội đặc thù").

    Returns:
        The token after it, or None.
    """
    if at >= len(sentence.tokens):
        return None
    several = sentence.tokens[at].word == "cac"
    skip = 1 if several else _KINDS.at(sentence.tokens, at)
    if not skip:
        return None
    committee = sentence.tokens[at].word in ("ubnd", "uy")
    if not (several or committee or sentence.is_capital(at + skip)):
        return None
    words = [token.word for token in sentence.tokens[at : at + _LONGEST_UNKNOWN + 1]]
    end = skip
    while end < len(words) and at + end not in taken:
        token = sentence.tokens[at + end]
        if not token.is_word and token.word not in ("-", "–", "&"):
            break
        proper = sentence.is_capital(at + end) and not sentence.is_upper
        if not proper and (token.word in STOPS or starts_with_verb(words, end, 2)):
            break
        end += 1
    return at + end if skip < end <= _LONGEST_UNKNOWN else None
