"""A long document in parts that are laid out side by side, one for each core, and joined.

A part must begin where a page begins anyway, or a page in the middle would stay half empty. What
stands before the main text is laid out, it is foretold where later pages begin
(`minutes.foretell`), and the parts are laid out at once in forked processes. Each holds the
beginning of the next part too, which shows whether that begins at the top of a page, and of which.
Where it does not, nothing is lost but time: the caller prints the document in one piece.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

import pikepdf
import pydyf
from lxml.html import tostring

from minutes import lines
from minutes.foretell import can_be_told, page_tops, stays
from minutes.frames import packed, read_frame, unpacked, write_frame
from minutes.layout import LAYOUT
from minutes.trees import copied, parsed

# Characters of a document that may take more than 20 pages.
LONG: Final = 40_000
# Pages of text for which it pays.
FEWEST_PAGES: Final = 12
MOST_PARTS: Final = 4
# What stands before and after the main text, a cell of an appendix, and a process of its own take
# about as much work as so many lines of it.
BEFORE: Final = 90
AFTER: Final = 60
CELL: Final = 3
FORKED: Final = 50
_MOST_BEGINS: Final = 16
# Above the text of a page, in px.
_MARGIN: Final = float(LAYOUT["margin_top_mm"]) * 96 / 25.4

Render = Callable[[Element], Any]
Write = Callable[..., bytes]
# Level, label, page of the part from 0, and where on it (in pt from its lower left corner).
Bookmark = tuple[int, str, int, float, float]
_Printed = tuple[bytes, list[Bookmark]]


# Where what can be foretold begins, by its block and what is written up to it.
_begins: Final[dict[tuple[int, str], tuple[int, float]]] = {}


class NotSplit(Exception):
    """The document has to be printed in one piece."""


@dataclass(frozen=True)
class _Part:
    """Blocks `begin` to `end` of the main text; the first page has the number `page`, from 0."""

    number: int
    begin: int
    end: int | None
    page: int
    # Of the part that follows.
    next_page: int | None


def print_in_parts(html: str, cores: int, render: Render, write: Write) -> bytes:
    """Print a long document in parts.

    Args:
        html: the document, as `minutes.documents.paper_html` gives it.
        cores: how many parts may be laid out at once.
        render: lays a document out (a `weasyprint.Document`).
        write: a document, and what is to be done to the PDF at last, to PDF.

    Raises:
        NotSplit: it is short, or it cannot be told where its pages begin.
    """
    if len(html) < LONG or cores < 2 or not _may_fork():
        raise NotSplit
    text = _Text(html)
    begin, end = text.run
    # A part begins with a block; what stands before the run is laid out twice.
    if end - begin < FEWEST_PAGES or text.letters(0, begin) > text.letters(begin, end):
        raise NotSplit
    first, *others = _parts(text, _begin(text, render), min(cores, MOST_PARTS))
    children: list[tuple[int, int]] = []
    try:
        for part in others:
            children.append(_forked(partial(_printed, text, part, render, write)))
        done = _printed(text, first, render, write)
        return joined(done, (_collected(pipe) for _child, pipe in children))
    finally:
        for child, pipe in children:
            os.close(pipe)
            os.kill(child, signal.SIGKILL)  # it has ended, or nobody waits for it any more
            os.waitpid(child, 0)


def _may_fork() -> bool:
    # What another thread of this process holds would be held in its copy for ever.
    return len(os.listdir("/proc/self/task")) == 1


class _Text:
    """The document taken apart: what stands before its main text, its blocks, what follows."""

    def __init__(self, html: str) -> None:
        self._tree = parsed(html)
        body, main = self._tree.find("body"), self._tree.find("body/main")
        if main is None or "wide" in body.get("class", "").split():
            raise NotSplit
        self._body, self._main = body, main
        place = body.index(main)
        self._before, self._after = body[:place], body[place + 1 :]
        self.blocks = list(main)
        self.run = self._longest_run()

    def _longest_run(self) -> tuple[int, int]:
        # What can be foretold: from the block after the last list before it to the next.
        best, begin, size = (0, 0, 0), 0, 0
        for number, block in enumerate([*self.blocks, None]):
            if block is not None and can_be_told(block):
                size += self.letters(number, number + 1)
            else:
                best, begin, size = max(best, (size, begin, number)), number + 1, 0
        return best[1], best[2]

    @property
    def cells(self) -> int:
        """How many cells the tables after the main text have."""
        return sum(1 for part in self._after for _cell in part.iter("td", "th"))

    def shown(self, number: int) -> int:
        """The block behind those with which it shows where a block stands: headings move with
        what follows them."""
        while number < len(self.blocks) - 1 and stays(self.blocks[number]):
            number += 1
        return number + 1

    def letters(self, begin: int, end: int) -> int:
        """The letters of the blocks from `begin` up to `end`."""
        return sum(len(text) for block in self.blocks[begin:end] for text in block.itertext())

    def written(self, begin: int, end: int) -> str:
        """What is written in the head, before the main text and in the blocks from `begin` up to
        `end`, and what the document is."""
        parts = [self._tree.find("head"), *self._before, *self.blocks[begin:end]]
        written = "".join(tostring(part, encoding="unicode") for part in parts)
        return f"{self._body.get('class', '')} {written}"

    def tree(self, begin: int, end: int | None, marked: Iterable[int], page: int) -> Element:
        """A document of the blocks from `begin` up to `end`.

        Args:
            begin: with 0 comes what stands before the main text.
            end: with None comes what follows the main text.
            marked: blocks that get an anchor `block-N`.
            page: how many pages come before.
        """
        main = Element(self._main.tag, dict(self._main.attrib))
        for number, block in enumerate(map(copied, self.blocks[begin:end]), start=begin):
            if number in marked:
                block.set("id", f"block-{number}")
            main.append(block)
        before = self._before if begin == 0 else []
        after = self._after if end is None else []
        style = ""
        if page:
            style = (
                f"@page :first {{ counter-reset: page {page + 1};"
                " @top-center { content: counter(page) } }"
                # As at the top of every page that is not the first.
                " main > :first-child { margin-top: 0 }"
            )
        return self._document([*map(copied, before), main, *map(copied, after)], style)

    def _document(self, parts: Iterable[Element], style: str = "") -> Element:
        head = copied(self._tree.find("head"))
        if style:
            SubElement(head, "style").text = style
        body = Element("body", dict(self._body.attrib))
        body.extend(parts)
        root = Element("html", dict(self._tree.attrib))
        root.extend([head, body])
        return root


def _begin(text: _Text, render: Render) -> tuple[int, float]:
    """The page where what can be foretold begins, from 0, and where on it: in pt below its upper
    margin."""
    begin, _end = text.run
    shown = text.shown(begin)
    # It is the same when something further down was changed.
    key = begin, text.written(0, shown)
    if key not in _begins:
        if len(_begins) >= _MOST_BEGINS:
            _begins.clear()
        _begins[key] = _place(render(text.tree(0, shown, (begin,), 0)), begin)
    return _begins[key]


def _place(document: Any, number: int) -> tuple[int, float]:
    """The page of a block, from 0, and where on it: in pt below its upper margin."""
    for page, laid_out in enumerate(document.pages):
        anchor = laid_out.anchors.get(f"block-{number}")
        if anchor is not None:
            return page, 0.75 * (anchor[1] - _MARGIN)
    raise NotSplit


def _top(document: Any, number: int) -> int | None:
    """The page, from 0, that a block begins; None where it stands further down."""
    page, y = _place(document, number)
    return page if page and abs(y) < 0.375 else None


def _parts(text: _Text, begin: tuple[int, float], number: int) -> list[_Part]:
    """The parts, with about as many lines each.

    Args:
        text: what is to be printed.
        begin: as `_begin` tells.
        number: how many parts at most.
    """
    start, end = text.run
    page, y = begin
    tops = page_tops(text.blocks[start:end], y)
    if len(tops) < FEWEST_PAGES:
        raise NotSplit
    after = AFTER + CELL * text.cells
    total = BEFORE + tops[-1].lines_before + after + FORKED * (number - 1)
    begins = [(0, 0)]
    for part in range(1, number):
        wanted = total * part / number - BEFORE - FORKED * (part - 1)
        at, top = min(
            ((page + place, top) for place, top in enumerate(tops) if place and top.line == 0),
            key=lambda found: abs(found[1].lines_before - wanted),
            default=(0, tops[0]),
        )
        if start + top.block > begins[-1][1]:
            begins.append((at, start + top.block))
    if len(begins) == 1:
        raise NotSplit
    return [
        _Part(order, first, following, at, next_page)
        for order, ((at, first), (next_page, following)) in enumerate(
            zip(begins, [*begins[1:], (None, None)], strict=True)
        )
    ]


def _printed(text: _Text, part: _Part, render: Render, write: Write) -> _Printed:
    if part.end is None:
        return _written(render(text.tree(part.begin, None, (), part.page)), part.number, write)
    document = render(text.tree(part.begin, text.shown(part.end), (part.end,), part.page))
    top = _top(document, part.end)
    if top is None or part.page + top != part.next_page:
        raise NotSplit
    return _written(document.copy(document.pages[:top]), part.number, write)


def _written(document: Any, part: int, write: Write) -> _Printed:
    bookmarks = [
        (level, label, number, 0.75 * x, 0.75 * (page.height - y))
        for number, page in enumerate(document.pages)
        for level, label, (x, y), _state in page.bookmarks
    ]
    # The whole gets its identifier and its compressed lists of objects when it is joined, and what
    # is attached from its first part.
    content = write(
        document,
        attach=not part,
        finisher=partial(_rename, part),
        uncompressed_pdf=True,
        pdf_identifier=False,
    )
    return content, bookmarks


def _rename(part: int, _document: Any, pdf: pydyf.PDF) -> None:
    """Give what must have one name in the whole document one with the part's number."""
    if not part:
        return
    ids = set()
    for thing in pdf.objects:
        if not isinstance(thing, dict):
            continue
        if thing.get("Type") == "/Annot":
            raise NotSplit  # links are counted through the document; our documents have none
        if "ID" in thing:
            ids.add(thing["ID"])  # shared with the cells that name it
        for name in ("BaseFont", "FontName"):
            # Two subsets of a font are two fonts.
            if name in thing:
                tag, plus, rest = bytes(thing[name]).lstrip(b"/").partition(b"+")
                if plus:
                    thing[name] = b"/%b+%b" % (_tag(tag, part), rest)
    for identifier in ids:
        identifier.string = f"{part}-{identifier.string}"


def _tag(tag: bytes, part: int) -> bytes:
    number = int.from_bytes(hashlib.sha256(b"%b %d" % (tag, part)).digest()[:8], "big")
    return bytes(65 + number // 26**place % 26 for place in range(6))


def _forked(work: Callable[[], _Printed]) -> tuple[int, int]:
    """Print a part in a process of its own: its id, and where it writes what it has printed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(reading)
        with open(writing, "wb") as pipe:
            known = lines.known()
            content, bookmarks = work()
            told = [bookmarks, lines.shaped(known)]
            write_frame(pipe, packed(content, json.dumps(told).encode()))
    except Exception as error:
        print(f"a part failed: {type(error).__name__}", file=sys.stderr, flush=True)
    finally:
        # Without what else the parent does at its end. Nothing written is: not split.
        os._exit(0)


def _collected(pipe: int) -> _Printed:
    with open(pipe, "rb", closefd=False) as stream:
        frame = read_frame(stream)
    if frame is None:
        raise NotSplit
    content, told = unpacked(frame)
    bookmarks, words = json.loads(told)
    lines.hear(words)
    return content, [tuple(bookmark) for bookmark in bookmarks]


def joined(begin: _Printed, others: Iterable[_Printed]) -> bytes:
    """One tagged PDF/A of parts that were written for it: one structure tree, one parent tree,
    one tree of outlines, the metadata and attachments of the first.

    Args:
        begin: the first part.
        others: what follows, each asked for when those before it are joined.
    """
    with ExitStack() as opened:
        first = opened.enter_context(pikepdf.open(BytesIO(begin[0])))
        len(first.objects)  # has all of them read, while the others are still being printed
        tree = first.Root.StructTreeRoot
        (root,) = tree.K
        marks = list(begin[1])
        for content, bookmarks in others:
            other = opened.enter_context(pikepdf.open(BytesIO(content)))
            before = len(first.pages)
            first.pages.extend(other.pages)
            # The pages are known by now, so the tree finds the copies of them.
            added = first.copy_foreign(other.Root.StructTreeRoot)
            numbers = added.ParentTree.Nums
            for place in range(0, len(numbers), 2):
                numbers[place] = before + place // 2
                first.pages[before + place // 2].StructParents = before + place // 2
            tree.ParentTree.Nums.extend(numbers)
            (added_root,) = added.K
            for element in added_root.K:
                element.P = root
            root.K.extend(added_root.K)
            marks += [(level, label, before + page, x, y) for level, label, page, x, y in bookmarks]
        _outline(first, marks)
        output = BytesIO()
        first.save(
            output,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
        return output.getvalue()


def _outline(pdf: pikepdf.Pdf, bookmarks: list[Bookmark]) -> None:
    with pdf.open_outline() as outline:
        outline.root.clear()
        above: list[tuple[int, list[pikepdf.OutlineItem]]] = [(0, outline.root)]
        for level, label, page, left, top in bookmarks:
            item = pikepdf.OutlineItem(label, page, "XYZ", left=left, top=top, zoom=0)
            while above[-1][0] >= level:
                above.pop()
            above[-1][1].append(item)
            above.append((level, item.children))
