"""The names of units as a tree of words, built once for each state of the unit tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, product
from typing import Any, Final, NamedTuple

from minutes.understanding.tokens import Sentence, letters
from people.directory import heirs

# Written in one word for several, by offices everywhere. Names and texts are both spelled out.
ABBREVIATIONS: Final = {
    short: tuple(full.split())
    for short, full in {
        "bch": "ban chi huy",
        "bchqs": "ban chi huy quan su",
        "bdbp": "bo doi bien phong",
        "bhxh": "bao hiem xa hoi",
        "bql": "ban quan ly",
        "bqlda": "ban quan ly du an",
        "ccb": "cuu chien binh",
        "chqs": "chi huy quan su",
        "csxh": "chinh sach xa hoi",
        "gdnn": "giao duc nghe nghiep",
        "gdtx": "giao duc thuong xuyen",
        "gtvt": "giao thong van tai",
        "hdnd": "hoi dong nhan dan",
        "kbnn": "kho bac nha nuoc",
        "ldld": "lien doan lao dong",
        "lhpn": "lien hiep phu nu",
        "mttq": "mat tran to quoc",
        "mttqvn": "mat tran to quoc viet nam",
        "nhcsxh": "ngan hang chinh sach xa hoi",
        "nhnn": "ngan hang nha nuoc",
        "ptnt": "phat trien nong thon",
        "pvhcc": "phuc vu hanh chinh cong",
        "qlda": "quan ly du an",
        "qltt": "quan ly thi truong",
        "tand": "toa an nhan dan",
        "tp": "thanh pho",
        "ttpvhcc": "trung tam phuc vu hanh chinh cong",
        "ttyt": "trung tam y te",
        "tx": "thi xa",
        "ub": "uy ban",
        "ubkt": "uy ban kiem tra",
        "ubmttq": "uy ban mat tran to quoc",
        "ubmttqvn": "uy ban mat tran to quoc viet nam",
        "ubnd": "uy ban nhan dan",
        "vksnd": "vien kiem sat nhan dan",
        "vp": "van phong",
        "vpcp": "van phong chinh phu",
        "vpubnd": "van phong uy ban nhan dan",
    }.items()
}
COMMITTEE: Final = ABBREVIATIONS["ubnd"]
# What a people's committee governs; longer names first.
LEVELS: Final = tuple(
    tuple(level.split())
    for level in (
        "thanh pho",
        "thi tran",
        "thi xa",
        "dac khu",
        "tinh",
        "huyen",
        "quan",
        "phuong",
        "xa",
    )
)
_SHORT_LEVELS: Final = {"phuong": "p", "thi tran": "tt", "quan": "q", "huyen": "h", "xa": "x"}
# Kinds of units that are named together: "các Sở: Tài chính, Nội vụ".
TYPES: Final = tuple(
    tuple(kind.split())
    for kind in (
        "tong cong ty",
        "tap doan",
        "trung tam",
        "chi cuc",
        "phong",
        "hoi",
        "ban",
        "cuc",
        "so",
        "bo",
        "vu",
    )
)
_INITIALS_OF: Final = {("phong",), ("so",), ("bo",), ("ban",), ("cuc",), ("hoi",)}
# Marks after which a name goes on: plain ones like a space, and those that also join two names.
_DASHES: Final = set("-–—")
_PLAIN: Final = set("/\n'\"“”")
_JOINING: Final = {",", "&", "va"}
_DOTTED: Final = {"p", "tp", "tx", "tt", "q", "h", "x"}
# Names of more parts are not abbreviated: their forms double with each.
_MOST_PARTS: Final = 5
_NAME, _SHORT, _DERIVED = range(3)
_HERE: Final = ""


class UnitName(NamedTuple):
    """What is known of a unit when names are looked up."""

    id: int
    name: str
    short_name: str | None
    kind: str
    valid_from: date | None
    valid_to: date | None
    # The ids of those that have taken over from it.
    successor_ids: tuple[int, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it stands for several units."""
        return self.kind == "group"

    def exists_on(self, day: date) -> bool:
        """Whether it exists on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Key(NamedTuple):
    """A word of a name as it is looked up: "&" stands before it where "và", "&" or a comma does."""

    word: str
    joined: bool  # after "và", "&" or a comma
    cut: bool  # after a mark that no name goes over
    dashed: bool  # after a dash
    at: int  # its token


def keys_of(sentence: Sentence) -> list[Key]:
    """The words of a text with abbreviations spelled out."""
    keys: list[Key] = []
    joined = cut = dashed = False
    for at, token in enumerate(sentence.tokens):
        word = token.word
        if word in _JOINING:
            joined = True
        elif token.is_word:
            for part in ABBREVIATIONS.get(word, (word,)):
                keys.append(Key(part, joined, cut, dashed, at))
                joined = cut = dashed = False
        elif word in _DASHES:
            dashed = True
        elif not (word in _PLAIN or (word == "." and keys and keys[-1].word in _DOTTED)):
            cut = not (word == "." and at and sentence.tokens[at - 1].word in ("tp", "tx"))
    return keys


@dataclass(frozen=True)
class Match:
    """A name found: which units bear it, and how many keys it has."""

    units: tuple[UnitName, ...]
    length: int


class UnitIndex:
    """Finds the longest name of the unit tree that begins at a place of a text.

    Immutable once built. A name is found by its full form, its short one and what offices make of
    it: initials ("Phòng NN&PTNT"), `xã X` for `UBND xã X`, a level left out at the end.
    """

    def __init__(self, units: Iterable[UnitName]) -> None:
        self.units = tuple(units)
        self._root: dict[str, Any] = {}
        # How the words of names are written, to tell "sở" from "hồ sơ".
        self._spelled: dict[str, set[str]] = {}
        for unit in self.units:
            self._add(unit, unit.name, _NAME)
            if unit.short_name:
                self._add(unit, unit.short_name, _SHORT)
        for unit in self.units:
            for words in dict.fromkeys(_derived(unit)):
                self._put(unit, words, _DERIVED)

    def _add(self, unit: UnitName, name: str, rank: int) -> None:
        sentence = Sentence.of(name)
        for at, token in enumerate(sentence.tokens):
            if token.is_word:
                self._spelled.setdefault(token.word, set()).add(letters(sentence.raw(at)))
        if words := _words(sentence):
            self._put(unit, words, rank)

    def _put(self, unit: UnitName, words: tuple[str, ...], rank: int) -> None:
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        bearers = node.setdefault(_HERE, [])
        if (rank, unit) not in bearers:
            bearers.append((rank, unit))

    def match(
        self, keys: list[Key], start: int, day: date, after: tuple[str, ...] = ()
    ) -> Match | None:
        """The longest name from `keys[start]` on.

        Args:
            day: units that exist on it are preferred.
            after: words that are thought to stand before, as "so" in "các Sở: Tài chính".
        """
        root = self._root
        for word in after:
            root = root.get(word, {})
        nodes = [root]
        found: Match | None = None
        for at in range(start, len(keys)):
            key = keys[at]
            if at > start and key.cut:
                break
            further = []
            for node in nodes:
                if (at == start or not key.joined) and (step := node.get(key.word)):
                    further.append(step)
                if at > start and (step := node.get("&" + key.word)):
                    further.append(step)
            if not further:
                break
            nodes = further
            bearers = [bearer for node in nodes for bearer in node.get(_HERE, ())]
            # A word of several stands for all of them: no name ends inside of it.
            ends = at + 1 == len(keys) or keys[at + 1].at != key.at
            if bearers and ends and (units := _best(bearers, day)):
                found = Match(units, at - start + 1)
        return found

    def spells(self, key: Key, written: str) -> bool:
        """Whether a word is written as in some name, or without marks; so is one that no name
        writes out (Ủy ban for UB)."""
        spelled = letters(written)
        return spelled == letters(key.word) or spelled in self._spelled.get(key.word, {spelled})

    @cached_property
    def _by_word(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for at, unit in enumerate(self.units):
            for word in _words(Sentence.of(unit.name)):
                found.setdefault(word.lstrip("&"), set()).add(at)
        return found

    def heirs(self, units: Iterable[UnitName], day: date) -> list[UnitName]:
        """The units of that day that have taken over from these."""
        by_id = self._by_id
        successors = {key: unit.successor_ids for key, unit in by_id.items()}
        keys = heirs((unit.id for unit in units), successors, lambda key: by_id[key].exists_on(day))
        return [by_id[key] for key in keys]

    @cached_property
    def _by_id(self) -> dict[int, UnitName]:
        return {unit.id: unit for unit in self.units}

    def similar(self, name: str, day: date, limit: int = 3) -> list[UnitName]:
        """Units that a name may mean which none bears: those that share most of its words."""
        words = {word.lstrip("&") for word in _words(Sentence.of(name))}
        shared: dict[int, int] = {}
        for word in words:
            for at in self._by_word.get(word, ()):
                shared[at] = shared.get(at, 0) + 1
        good = [
            (count, -at) for at, count in shared.items() if 2 * count > len(words) and count > 1
        ]
        found = (self.units[-at] for _count, at in sorted(good, reverse=True))
        return [unit for unit in found if unit.exists_on(day)][:limit]


def _best(bearers: list[tuple[int, UnitName]], day: date) -> tuple[UnitName, ...]:
    """Those that a name means: units of that day before others, full names before short ones.
    What was derived must be clear."""
    ranked = sorted(bearers, key=lambda bearer: (not bearer[1].exists_on(day), bearer[0]))
    rank, first = ranked[0]
    same = [u for r, u in ranked if r == rank and u.exists_on(day) == first.exists_on(day)]
    units = tuple(dict.fromkeys(same))
    return units if rank != _DERIVED or len(units) == 1 else ()


def _words(sentence: Sentence) -> tuple[str, ...]:
    return tuple(
        ("&" if key.joined and at else "") + key.word for at, key in enumerate(keys_of(sentence))
    )


def _derived(unit: UnitName) -> Iterator[tuple[str, ...]]:
    for name in filter(None, (unit.name, unit.short_name)):
        sentence = Sentence.of(name)
        words = _words(sentence)
        yield from _place(words)
        yield from _initials(sentence, words)
        if not unit.is_group and words[: len(COMMITTEE)] != COMMITTEE:
            yield from _without_level(words)
        if words[-2:] == ("lien", "quan"):
            short = words[-3:-2] == ("co",)
            yield (*words[: -3 if short else -2], *(() if short else ("co",)), "lien", "quan")


def _place(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """`xã X` and `P. X` for the people's committee of X, "các xã" for all of them."""
    if words[: len(COMMITTEE)] != COMMITTEE:
        return
    rest = words[len(COMMITTEE) :]
    if rest and rest not in LEVELS:
        yield rest
    for level in LEVELS:
        short = _SHORT_LEVELS.get(" ".join(level))
        if short and rest[: len(level)] == level and len(rest) > len(level):
            yield (short, *rest[len(level) :])
            yield (*COMMITTEE, short, *rest[len(level) :])


def _initials(sentence: Sentence, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Phòng NN&PTNT, Phòng NNPTNT and P. NN-PTNT for Phòng Nông nghiệp và Phát triển nông thôn."""
    if words[:1] not in _INITIALS_OF or len(words) < 3:
        return
    if words[0] == "phong":
        yield ("p", *words[1:])
    tail = next((level for level in LEVELS if words[-len(level) :] == level), ())
    parts: list[list[str]] = [[]]
    for key, word in list(zip(keys_of(sentence), words, strict=True))[1 : len(words) - len(tail)]:
        if parts[-1] and (key.joined or key.dashed):
            parts.append([])
        parts[-1].append(word)
    if len(parts) > _MOST_PARTS or sum(map(len, parts)) < 2:
        return
    for spelled in dict.fromkeys((*_joined(parts), *_mixed(parts))):
        for head in ("phong", "p") if words[0] == "phong" else words[:1]:
            yield (head, *spelled, *tail)
            if tail:
                yield (head, *spelled)


def _letters(part: list[str]) -> str:
    """Its initials, after "&" if it is joined to the part before."""
    mark = "&" if part[0][0] == "&" else ""
    return mark + "".join(word.lstrip("&")[0] for word in part)


def _spelled_out(words: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        full = ABBREVIATIONS.get(word.lstrip("&"), (word.lstrip("&"),))
        found += [("&" if word[0] == "&" else "") + full[0], *full[1:]]
    return tuple(found)


def _joined(parts: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """LĐ-TB&XH, LĐTB&XH, LĐTBXH …: the initials, with and without what stands between them."""
    for joins in product((True, False), repeat=len(parts) - 1):
        made = [_letters(parts[0])]
        for join, part in zip(joins, parts[1:], strict=True):
            if join:
                made[-1] += _letters(part).lstrip("&")
            else:
                made.append(_letters(part))
        yield _spelled_out(made)


def _mixed(parts: list[list[str]]) -> Iterator[tuple[str, ...]]:
    """Nông nghiệp và MT: some parts in full."""
    for full in product((True, False), repeat=len(parts)):
        words = (
            part if whole else [_letters(part)] for whole, part in zip(full, parts, strict=True)
        )
        yield _spelled_out(chain.from_iterable(words))


def _without_level(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Kho bạc Nhà nước for Kho bạc Nhà nước huyện."""
    for level in LEVELS:
        if words[-len(level) :] == level and len(words) - len(level) >= 3:
            yield words[: -len(level)]
