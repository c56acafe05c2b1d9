"""Words put together the way that Vietnamese documents do it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from core.text import clean

NONE: Final = "—"
# The place for a name that the record does not know and that is written in by hand.
OPEN_NAME: Final = "…………………………"
LONGEST_LINE: Final = 500  # characters: what a line of a document may hold (core.schema.Line)
# Points run in the order of the Vietnamese alphabet (decree 30/2020: a, b, c, d, đ, e, g).
_LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
# From here on several units of one kind are named together: `UBND các xã: A, B, C`.
_TOGETHER: Final = 3
_KINDS: Final = ("phòng", "sở", "xã", "phường", "thị trấn", "đặc khu", "huyện")
_KIND_OF_UNIT: Final = re.compile(
    rf"(?:ủy ban nhân dân |uỷ ban nhân dân |ubnd )?({'|'.join(_KINDS)}) (.+)", re.IGNORECASE
)
_VERBS: Final = (
    "yêu cầu|giao|đề nghị|thống nhất|đồng ý|nhất trí|lưu ý|nhắc|đánh giá|ghi nhận|biểu dương|"
    "hoan nghênh|phê bình|nhấn mạnh|chỉ đạo|mong|cho rằng"
)
# A speaker's "I" before what the document says in its own voice goes; elsewhere it is a name.
_FIRST_PERSON: Final = re.compile(
    rf"\b(?:chúng )?tôi (?:xin |cũng |rất )?(?=(?:{_VERBS})\b)(\w)|\b(?:chúng )?tôi\b",
    re.IGNORECASE,
)


def line(text: Any) -> str:
    """Any value as one line, NFC and without control characters; a missing one is empty."""
    return " ".join(clean(str(text or "")).split())


def paragraphs(text: Any) -> list[str]:
    """The lines of a text that hold something."""
    return [found for part in str(text or "").splitlines() if (found := line(part))]


def clipped(text: str) -> str:
    """A line that is no longer than a line of a document may be; a cut shows as `…`."""
    if len(text) <= LONGEST_LINE:
        return text
    return text[: LONGEST_LINE - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def joined(parts: Iterable[str], between: str = ", ") -> str:
    """The parts that hold something."""
    return between.join(part for part in parts if part)


def listed(parts: Sequence[str]) -> str:
    """`A`, `A và B`, `A, B và C`; a name with its own `và` or comma asks for semicolons."""
    if any(" và " in part or "," in part for part in parts):
        return "; ".join(parts)
    return " và ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def sentence(text: str) -> str:
    """The text with a full stop unless it ends a sentence already."""
    return text if text.endswith((".", "!", "?", "…", ":")) else text.rstrip(";,") + "."


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def point(number: int, of: int) -> str:
    """What stands before the point with this number: `a) `, `đ) `; `- ` where there are more
    points than letters."""
    return f"{_LETTERS[number - 1]}) " if of <= len(_LETTERS) else "- "


def third_person(text: str, speaker: str) -> str:
    """What a chair has said, as a notice says it: it never speaks as `tôi`.

    Args:
        text: a conclusion or a directive.
        speaker: who is meant, `Chủ tịch UBND huyện`; empty where nobody is known.
    """

    def replaced(found: re.Match[str]) -> str:
        word = found[1] or speaker or "chủ tọa"
        return capital(word) if found[0][0].isupper() else word

    return _FIRST_PERSON.sub(replaced, text)


def abbreviated(text: str) -> str:
    """The text with `UBND` and `HĐND` for the long names."""
    text = re.sub("ủy ban nhân dân|uỷ ban nhân dân", "UBND", text, flags=re.IGNORECASE)
    return re.sub("hội đồng nhân dân", "HĐND", text, flags=re.IGNORECASE)


def plain(text: Any) -> str:
    """A text for comparing names: one case, one apostrophe, one way to abbreviate."""
    found = unicodedata.normalize("NFC", line(text)).replace("’", "'").replace("&", " và ")
    return line(abbreviated(found).replace("-", " ")).casefold()


def gathered(named: Iterable[tuple[str, str]]) -> list[str]:
    """Units, or offices that people hold in them, with three and more of one kind together.

    Args:
        named: the words and the name of the unit that they end with: `("Chủ tịch UBND xã Đắk
            Ha", "UBND xã Đắk Ha")`.

    Returns:
        `Chủ tịch UBND các xã: Đắk Ha, Đắk Som, Quảng Sơn`, each where its first one stood.
    """
    split = [(words, *_split(words, unit)) for words, unit in dict.fromkeys(named)]
    together: defaultdict[str, list[str]] = defaultdict(list)
    for _, stem, name in split:
        together[plain(stem)].append(name)
    lines: dict[str, None] = {}
    for words, stem, _ in split:
        names = together[plain(stem)]
        if len(names) < _TOGETHER:
            lines[words] = None
            continue
        head, _, kind = stem.rpartition(" ")
        several = f"{joined([head, 'các'], ' ')} {kind.lower()}"
        lines[f"{several if kind.casefold() in _KINDS else stem}: {', '.join(names)}"] = None
    return list(lines)


def _split(words: str, unit: str) -> tuple[str, str]:
    """What is common to the units of one kind, and what is each one's own: `Chủ tịch UBND xã`
    and `Đắk Ha`, `Giám đốc` and `Kho bạc Nhà nước`; all is common where nothing can be told
    apart."""
    kind = _KIND_OF_UNIT.fullmatch(unit)
    own = kind[2] if kind and plain(words).endswith(plain(f"{kind[1]} {kind[2]}")) else unit
    stem = words[: -len(own)].rstrip() if own and words.endswith(own) else ""
    # `Chánh` of `Chánh Thanh tra` is no office by itself.
    if stem and (own != unit or " " in stem):
        return stem, own
    return words, ""
