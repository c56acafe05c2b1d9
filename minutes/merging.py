"""Three texts into one: what people have made of a composed text, and what the record says now.

Each block of the text that was composed first is looked for in both. What only one side has
changed is taken; what both have changed otherwise stays in both versions, the record's behind a
paragraph that says so, until somebody chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from merge3 import Merge3

from minutes.blocks import ROWS, WORDS_AT_MOST, Block, aligned, joined, rows, split, words
from minutes.content import Appendix, Content
from minutes.differences import lines_of
from minutes.numbers import roman

# They stand in documents, so they are Vietnamese in every language of the pages.
RECORD_SAYS: Final = "[Nội dung cuộc họp hiện ghi:]"
RECORD_DROPS: Final = "[Nội dung cuộc họp không còn phần trên.]"
_LABELS: Final = {
    "superior": "cơ quan chủ quản",
    "issuer": "cơ quan ban hành",
    "place": "địa danh",
    "abstract": "trích yếu",
    "signatures": "người ký",
    "recipients": "nơi nhận",
    "urgency": "độ khẩn",
    "appendices": "phụ lục",
}


@dataclass
class Merged:
    """What came of merging: a content, and how many places in it hold two versions."""

    content: Content
    conflicts: int


def open_choices(content: Content) -> bool:
    """Whether a text still holds two versions of something."""
    bodies = (content.body, *(appendix.body for appendix in content.appendices))
    return any(mark in body for body in bodies for mark in (RECORD_SAYS, RECORD_DROPS))


def merge(base: Content, ours: Content, record: Content) -> Merged:
    """Take the record's changes into a text.

    Args:
        base: what was composed when the record was last taken in.
        ours: what people have made of it.
        record: what is composed now.

    Raises:
        ValueError: the two together are longer than a document may be.
    """
    merger = _Merger()
    values: dict[str, Any] = {
        name: merger.value(name, base, ours, record)
        for name in ("superior", "issuer", "place", "abstract", "urgency", "signatures")
    }
    values["recipients"] = merger.lines("recipients", base, ours, record)
    values["appendices"] = merger.appendices(base, ours, record)
    body = merger.body(base.body, ours.body, record.body)
    values["body"] = "".join(merger.notes) + body
    content = Content.model_validate(ours.model_copy(update=values).model_dump())
    return Merged(content, merger.conflicts)


@dataclass
class _Merger:
    conflicts: int = 0
    # What the record says about a field that has room for one version only.
    notes: list[str] = field(default_factory=list)

    def value(self, name: str, base: Content, ours: Content, record: Content) -> Any:
        """A field that is taken from one side or the other as a whole."""
        b, o, r = (getattr(content, name) for content in (base, ours, record))
        if o in (b, r):
            return r
        if r != b:
            self._note(name, lines_of(record, name))
        return o

    def _note(self, name: str, lines: Sequence[str]) -> None:
        self.conflicts += 1
        text = escape("; ".join(filter(None, lines)) or "—")
        self.notes.append(f"<p><strong>{RECORD_SAYS}</strong> {_LABELS[name]}: {text}</p>")

    def lines(self, name: str, base: Content, ours: Content, record: Content) -> list[str]:
        """A field of lines, each of which may come from either side."""
        b, o, r = (list(getattr(content, name)) for content in (base, ours, record))
        found = _three_way(b, o, r)
        if found is None:
            self._note(name, r)
            return o
        return found

    def appendices(self, base: Content, ours: Content, record: Content) -> list[Appendix]:
        """The appendices, by their places."""
        if ours.appendices == base.appendices:
            return record.appendices
        if record.appendices == base.appendices:
            return ours.appendices
        if not len(base.appendices) == len(ours.appendices) == len(record.appendices):
            kept = [a for a in record.appendices if a not in (*ours.appendices, *base.appendices)]
            self.conflicts += 1
            marked = [
                a.model_copy(update={"body": _mark(RECORD_SAYS).html + a.body}) for a in kept
            ] or []
            if not marked:
                self.notes.append(f"<p><strong>{RECORD_DROPS}</strong> {_LABELS['appendices']}</p>")
            return [*ours.appendices, *marked]
        return [
            o.model_copy(
                update={
                    "title": r.title if o.title == b.title else o.title,
                    "body": self.body(b.body, o.body, r.body),
                }
            )
            for b, o, r in zip(base.appendices, ours.appendices, record.appendices, strict=True)
        ]

    def body(self, base: str, ours: str, record: str) -> str:
        """A body."""
        return "".join(
            block.html for block in self._blocks(split(base), split(ours), split(record))
        )

    def _blocks(self, base: list[Block], ours: list[Block], record: list[Block]) -> list[Block]:
        by_us, by_record = aligned(base, ours), aligned(base, record)
        found: list[Block] = []
        for i in range(len(base) + 1):
            new = [ours[j] for j in by_us.added.get(i, ())]
            keys = {block.key for block in new}
            found += new
            found += [record[j] for j in by_record.added.get(i, ()) if record[j].key not in keys]
            if i < len(base):
                o, r = by_us.kept.get(i), by_record.kept.get(i)
                found += self._block(
                    base[i], None if o is None else ours[o], None if r is None else record[r]
                )
        if all(_renumbered(blocks) == blocks for blocks in (base, ours, record)):
            return _renumbered(found)
        return found

    def _block(self, base: Block, ours: Block | None, record: Block | None) -> list[Block]:
        if ours is None and record is None:
            return []
        if ours is None or record is None:
            return self._dropped(base, ours, record)
        if base.key in (ours.key, record.key) or ours.key == record.key:
            return [record if ours.key == base.key else ours]
        if base.tag in ROWS:
            within = self._blocks(rows(base), rows(ours), rows(record))
            return [Block(ours.tag, joined(ours, within))]
        merged = _row if base.tag == "tr" else _paragraph
        found = merged(base, ours, record)
        if found is not None:
            return [found]
        self.conflicts += 1
        return [ours, *_marked(RECORD_SAYS, record, base)]

    def _dropped(self, base: Block, ours: Block | None, record: Block | None) -> list[Block]:
        left = ours or record
        if left is None or left.key == base.key:
            return []
        self.conflicts += 1
        if ours is None:
            return _marked(RECORD_SAYS, left, base)
        if left.tag == "tr":
            return _marked(RECORD_DROPS, left, base)
        return [left, _mark(RECORD_DROPS)]


def _mark(words: str) -> Block:
    return Block("p", f"<p><strong>{words}</strong></p>")


def _marked(mark: str, block: Block, base: Block) -> list[Block]:
    """The block, and before it the words that say where it comes from."""
    if block.tag == "li":
        return [block.filled(f"<strong>{mark}</strong> {block.inner}")]
    if block.tag != "tr":
        return [_mark(mark), block]
    # A paragraph cannot stand between rows: it goes into the first cell that differs.
    cells, before = split(block.inner), split(base.inner)
    place = next(
        (
            i
            for i, cell in enumerate(cells)
            if i > 0 and (i >= len(before) or cell.html != before[i].html)
        ),
        len(cells) - 1,
    )
    cells[place] = cells[place].filled(f"<strong>{mark}</strong> {cells[place].inner}")
    return [block.filled("".join(cell.html for cell in cells))]


def _row(base: Block, ours: Block, record: Block) -> Block | None:
    """A row of three versions, cell by cell; None where a cell holds two."""
    b, o, r = (split(block.inner) for block in (base, ours, record))
    if not len(b) == len(o) == len(r):
        return None
    cells = []
    for i, each in enumerate(zip(b, o, r, strict=True)):
        if i == 0 and base.number and ours.number and record.number:
            cells.append(each[2].html)
            continue
        cell = _paragraph(*each)
        if cell is None:
            return None
        cells.append(cell.html)
    return ours.filled("".join(cells))


def _paragraph(base: Block, ours: Block, record: Block) -> Block | None:
    """A paragraph of three versions, word by word; None where the words clash."""
    if not base.opening == ours.opening == record.opening:
        return None
    texts = [block.numbered("") if block.number else block for block in (base, ours, record)]
    b, o, r = (words(block.inner) for block in texts)
    found = _three_way(b, o, r, key=str.strip)
    if found is None:
        return None
    inner = "".join(found)
    if not _balanced(found):
        return None
    return ours.filled(record.number + inner)


def _balanced(pieces: Sequence[str]) -> bool:
    opened: list[str] = []
    for piece in pieces:
        if piece.startswith("</"):
            if not opened or opened.pop() != piece[2:-1]:
                return False
        elif piece.startswith("<") and piece != "<br>":
            opened.append(piece[1:-1].split(" ")[0])
    return not opened


def _three_way(
    base: Sequence[str],
    ours: Sequence[str],
    record: Sequence[str],
    key: Callable[[str], str] = str,
) -> list[str] | None:
    """Both sides' changes to a sequence; None where they touch the same place."""
    if len(base) * max(len(ours), len(record)) > WORDS_AT_MOST:
        return None
    b, o, r = ([key(each) for each in side] for side in (base, ours, record))
    merged = Merge3(b, o, r)
    sides = {"unchanged": base, "same": ours, "a": ours, "b": record}
    found: list[str] = []
    for kind, *place in merged.merge_regions():
        if kind == "conflict":
            return None
        found += sides[kind][place[0] : place[1]]
    return found


def _renumbered(blocks: list[Block]) -> list[Block]:
    """The blocks with their numbers counted anew: parts through the text, clauses through
    their part, paragraphs and rows through what they stand in."""
    counts: dict[str, int] = {}
    found = []
    for block in blocks:
        if block.number:
            roman_style = not block.number.isdigit()
            number = 1 if block.number in ("1", "I") else counts.get(block.tag, 0) + 1
            counts[block.tag] = number
            block = block.numbered(roman(number) if roman_style else str(number))
        for tag in {"h2": ("h3", "p"), "h3": ("p",)}.get(block.tag, ()):
            counts.pop(tag, None)
        found.append(block)
    return found
