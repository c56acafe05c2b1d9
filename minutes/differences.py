"""What differs between two texts of a document, as HTML with `<ins>` and `<del>`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from html import escape
from typing import Final

import nh3

from minutes.blocks import ROWS, WORDS_AT_MOST, Block, aligned, joined, rows, split, words
from minutes.content import TABLES, TAGS, Content

FIELDS: Final = (
    "urgency", "superior", "issuer", "place", "abstract", "body", "signatures", "recipients",
    "appendices",
)  # fmt: skip
URGENCY: Final = {"": "", "urgent": "KHẨN", "very_urgent": "THƯỢNG KHẨN", "express": "HỎA TỐC"}
# Blocks that are shown on each side of a change; of a longer stretch, `…` is left.
AROUND: Final = 1
_GAP: Final = {"table": "<tr><td>…</td></tr>", "ul": "<li>…</li>", "ol": "<li>…</li>"}


def changes(old: Content, new: Content) -> list[dict[str, str]]:
    """What has changed, field by field: `{"field", "html"}`; nothing for fields that are equal.

    Args:
        old: the text before.
        new: the text after.
    """
    return [
        {"field": name, "html": _cleaned(_shown(split(before), split(after)))}
        for name in FIELDS
        if (before := as_html(old, name)) != (after := as_html(new, name))
    ]


def as_html(content: Content, name: str) -> str:
    """A field of a content as a body would show it."""
    if name == "body":
        return content.body
    if name == "appendices":
        return "".join(f"<h3>{escape(a.title)}</h3>{a.body}" for a in content.appendices)
    return "".join(f"<p>{escape(line)}</p>" for line in lines_of(content, name) if line)


def lines_of(content: Content, name: str) -> list[str]:
    """A field of a content, other than its bodies, in lines."""
    if name == "signatures":
        return [line for each in content.signatures for line in (*each.capacity, each.name)]
    if name == "urgency":
        return [URGENCY[content.urgency]]
    value = getattr(content, name)
    return [value] if isinstance(value, str) else list(value)


def _cleaned(html: str) -> str:
    # Nothing else can be in it; what a reader's page shows is made sure of twice.
    spared = {"table": set(TABLES)}
    return nh3.clean(
        html, tags=TAGS | {"ins", "del"}, attributes={}, allowed_classes=spared, link_rel=None
    )


def _shown(old: list[Block], new: list[Block], within: str = "") -> str:
    return "".join(_shortened(list(_marked_blocks(old, new)), within))


def _shortened(parts: list[tuple[bool, str]], within: str) -> Iterator[str]:
    """The changed parts and what stands around them."""
    changed = [i for i, (differs, _html) in enumerate(parts) if differs]
    near = {i + step for i in changed for step in range(-AROUND, AROUND + 1)}
    gap = False
    for i, (_differs, html) in enumerate(parts):
        if i in near:
            yield html
        elif not gap:
            yield _GAP.get(within, "<p>…</p>")
        gap = i not in near


def _marked_blocks(old: list[Block], new: list[Block]) -> Iterator[tuple[bool, str]]:
    alignment = aligned(old, new)
    added: list[int] = []
    for i in range(len(old) + 1):
        added += alignment.added.get(i, ())
        if i < len(old) and i not in alignment.kept:
            yield True, _all(old[i], "del")
            continue
        # What has come in the place of something stands after it.
        for j in added:
            yield True, _all(new[j], "ins")
        added = []
        if i < len(old):
            after = new[alignment.kept[i]]
            yield old[i].html != after.html, _within(old[i], after)


def _within(old: Block, new: Block) -> str:
    """A block with what has changed in it."""
    if old.html == new.html:
        return new.html
    if new.tag in ROWS:
        inner = _shown(rows(old), rows(new), new.tag)
        return joined(new, [row.html for row in split(inner)])
    if new.tag == "tr":
        before, after = split(old.inner), split(new.inner)
        if [cell.tag for cell in before] != [cell.tag for cell in after]:
            return _all(old, "del") + _all(new, "ins")
        cells = (_within(b, a) for b, a in zip(before, after, strict=True))
        return new.filled("".join(cells)).html
    return new.filled(marked(old.inner, new.inner)).html


def marked(old: str, new: str) -> str:
    """The words of a text with those that were taken out and put in.

    All tags are the new text's, so that they stay balanced; a change of nothing but tags is not
    marked.

    Args:
        old: HTML before, without blocks.
        new: HTML after.
    """
    before, after = words(old), words(new)
    if len(before) * len(after) > WORDS_AT_MOST:
        return _wrapped(_text(before), "del") + _wrapped(after, "ins")
    # A word is the same whatever space stands before it.
    keys = [word.strip() for word in before], [word.strip() for word in after]
    matcher = SequenceMatcher(None, *keys, autojunk=len(after) > 2_000)
    found = []
    for code, i1, i2, j1, j2 in matcher.get_opcodes():
        if code == "equal":
            found.extend(after[j1:j2])
        else:
            found.append(_wrapped(_text(before[i1:i2]), "del"))
            found.append(_wrapped(after[j1:j2], "ins"))
    return "".join(found)


def _text(pieces: Iterable[str]) -> list[str]:
    return [
        " " if piece == "<br>" else piece for piece in pieces if piece[:1] != "<" or piece == "<br>"
    ]


def _wrapped(pieces: Iterable[str], tag: str) -> str:
    """The pieces with each stretch of words in an element."""
    made, run = [], ""
    for piece in (*pieces, ""):
        if piece and piece[0] != "<":
            run += piece
            continue
        made.append(f"<{tag}>{run}</{tag}>" if run.strip() else run)
        made.append(piece)
        run = ""
    return "".join(made)


def _all(block: Block, tag: str) -> str:
    return _wrapped(words(block.html), tag)
