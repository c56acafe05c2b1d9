"""A content as a whole page of HTML for the renderer: one set of components for every kind.

What people have edited is brought into the decree's form here: the body ends with `./.`, the
closing paragraph stays with the signatures, what announces a table stays with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lxml import html
from lxml.html import HtmlElement
from markupsafe import Markup

from minutes.composing.issuer import symbol_template
from minutes.composing.phrases import joined
from minutes.content import Content, Issue
from minutes.kinds import KINDS, Kind
from minutes.layout import OPEN_DATE, OPEN_NUMBER, STYLESHEET_URL, URGENCY, environment
from minutes.lookup import qr_svg
from minutes.numbers import long_date, roman

# What ends the body of every document (decree 30/2020, annex I).
END: Final = "./."
_ENDING: Final = re.compile(r"[\s.;,:/]*$")
# A "word" of this many letters is given places to break, near enough to fit into the narrowest
# column: trying each of its letters for the end of a line takes the renderer quadratic time.
_ENDLESS: Final = re.compile(r"\S{100,}")
_FEW: Final = re.compile(r"\S{5}(?=\S)")
# In a title a number stays with what it counts and with what it is the number of: `3 tháng`,
# `năm 2023`.
_NUMBERED: Final = re.compile(
    r"\b(\d{1,3}(?=\s\w)|(?:ngày|tuần|tháng|quý|năm|số)(?=\s[\dIVX]))\s", re.IGNORECASE
)
_MAY_BREAK: Final = "\u200b"  # zero width space
# A closing paragraph longer than this, in characters, may be broken before the signatures.
_SHORT: Final = 1500


@dataclass(frozen=True)
class Body:
    """A body as it is printed: all blocks but the last, and the last, which the signatures
    follow on the same page."""

    blocks: Markup
    closing: Markup
    breakable: bool


def paper_html(
    kind: str,
    content: Content,
    issue: Issue | None = None,
    draft: bool = False,
    *,
    template: str = "",
) -> str:
    """A document as HTML for the renderer.

    The blocks of the body are the children of `main`; what follows it stays together.

    Args:
        kind: one of `minutes.kinds.KINDS`.
        content: what it says.
        issue: number, day and code once it is issued, or is being printed to be issued.
        draft: it carries the mark `DỰ THẢO`.
        template: for a symbol whose number is still open, the register's; else the kind's.
    """
    what = KINDS[kind]
    numbered = what.letters is not None
    symbol = issue.symbol if issue else ""
    if numbered and not symbol:
        symbol = _open_symbol(template or symbol_template(kind, " ".join(content.issuer)))
    day = long_date(issue.day) if issue else OPEN_DATE
    replaces = f"{what.word} này thay thế {issue.replaces}." if issue and issue.replaces else ""
    return (
        environment()
        .get_template("paper.html")
        .render(
            kind=what,
            content=content,
            abstract=_NUMBERED.sub("\\1\N{NO-BREAK SPACE}", content.abstract),
            symbol=symbol,
            place_date=joined([content.place, day]) if what.dated else "",
            marks=_marks(content, draft),
            body=body_of(what, content.body),
            appendices=[
                (appendix, _printed(_blocks(appendix.body))) for appendix in content.appendices
            ],
            reference=f"(Kèm theo {what.word} số {symbol} {day} của {' '.join(content.issuer)})",
            replaces=replaces,
            lookup=issue if issue and issue.code else None,
            qr=Markup(qr_svg(issue.address)) if issue and issue.address else "",  # noqa: S704
            stylesheet_url=STYLESHEET_URL,
            roman=roman,
        )
    )


def _open_symbol(template: str) -> str:
    """The symbol with an open place for its number."""
    head, _, tail = template.partition("{number")
    return head + OPEN_NUMBER + tail.partition("}")[2]


def _marks(content: Content, draft: bool) -> list[tuple[str, str]]:
    """The boxed marks as `(class, words)`."""
    marks: list[tuple[str, str]] = []
    if content.urgency:
        marks.append((content.urgency, URGENCY[content.urgency].words))
    if draft:
        marks.append(("draft", "DỰ THẢO"))
    return marks


# The body ----------------------------------------------------------------------------------------


def body_of(kind: Kind, body: str) -> Body:
    """A body in the decree's form, its last block apart.

    Args:
        kind: one without a number has no closing paragraph and does not end with `./.`.
        body: sanitised HTML (`minutes.content.sanitised`).
    """
    blocks = _blocks(body)
    if kind.letters is None:
        return Body(_printed(blocks), Markup(""), True)
    closing = _ended(blocks)
    length = len(closing.text_content())
    return Body(_printed(blocks), _printed([closing]), length > _SHORT)


def _blocks(body: str) -> list[HtmlElement]:
    """The blocks of a body, those without content left out, text between them a paragraph."""
    root = html.fragment_fromstring(body, create_parent="main")
    blocks: list[HtmlElement] = []
    loose: HtmlElement | None = None

    def paragraph() -> HtmlElement:
        nonlocal loose
        if loose is None:
            loose = html.Element("p")
            blocks.append(loose)
        return loose

    def text(words: str | None) -> None:
        if words and (words.strip() or loose is not None):
            words = words if loose is not None else words.lstrip()
            into = paragraph()
            if len(into):
                into[-1].tail = (into[-1].tail or "") + words
            else:
                into.text = (into.text or "") + words

    text(root.text)
    for child in list(root):
        tail, child.tail = child.tail, None
        if child.tag in ("strong", "em", "br"):
            paragraph().append(child)
        else:
            loose = None
            blocks.append(child)
        text(tail)
    kept = [block for block in blocks if block.tag == "table" or block.text_content().strip()]
    _keep_with_next(kept)
    for block in kept:
        _break_endless_words(block)
    return kept


def _printed(blocks: list[HtmlElement]) -> Markup:
    written = "".join(html.tostring(block, encoding="unicode") for block in blocks)
    return Markup(written)  # noqa: S704  # sanitised on entering Content; lxml escapes what it writes


def _keep_with_next(blocks: list[HtmlElement]) -> None:
    """A paragraph that announces what follows stays with it."""
    for block, following in pairwise(blocks):
        announces = (block.text_content().rstrip().endswith(":")) or following.tag == "table"
        if block.tag == "p" and announces:
            block.set("class", "label")


def _break_endless_words(block: HtmlElement) -> None:
    for element in block.iter():
        for name in ("text", "tail"):
            words = getattr(element, name)
            if words:
                setattr(element, name, _ENDLESS.sub(_with_breaks, words))


def _with_breaks(word: re.Match[str]) -> str:
    return _FEW.sub(lambda few: few[0] + _MAY_BREAK, word[0])


def _ended(blocks: list[HtmlElement]) -> HtmlElement:
    """Take the last block out of the others and end it, and it alone, with `./.`."""
    for block in blocks:
        for element in block.iter("p", "li"):
            _end(element, ".", only=END)
    # What ends with a table, or holds nothing, has its end on a line of its own.
    if not blocks or blocks[-1].tag in ("table", "h2", "h3"):
        blocks.append(html.Element("p"))
    last = blocks.pop()
    inner = [element for element in last.iter("p", "li") if element.text_content().strip()]
    _end(inner[-1] if inner else last, END)
    last.attrib.pop("class", None)
    return last


def _end(element: HtmlElement, end: str, only: str = "") -> None:
    """Let the text of an element end with `end`, whatever it has ended with.

    Args:
        only: do so only where it has ended with this.
    """
    if only and not element.text_content().rstrip().endswith(only):
        return
    for holder, name in reversed(_in_reading_order(element)):
        words = _ENDING.sub("", getattr(holder, name) or "")
        setattr(holder, name, words or None)
        if words:
            setattr(holder, name, words + end)
            return
    element.text = end


def _in_reading_order(element: HtmlElement) -> list[tuple[HtmlElement, str]]:
    """Where the pieces of an element's text are held."""
    pieces = [(element, "text")]
    for child in element:
        pieces.extend(_in_reading_order(child))
        pieces.append((child, "tail"))
    return pieces
