"""Lines that we put together ourselves: nobody can tell them from WeasyPrint's own."""

from __future__ import annotations

import io
import random
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from weasyprint import draw

from minutes import lines, render_worker, shortcuts
from minutes.documents import compose, paper_html
from minutes.kinds import KINDS

# WeasyPrint leaves its colour profile to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROOT = Path(__file__).resolve().parent.parent.parent
SYLLABLES = """
Tăng cường giải ngân vốn đầu tư công; AVATAR Tỷ “Toàn dân” (Nghị quyết số 08-NQ/HU), H'Mai K'Brông
32.787,8 ha đạt 99,6% 30/11/2023 — VP. HĐND-UBND: office fluffy e-mail Yên Vạn To Ty P.A. "x" ₫ … /
""".split()  # noqa: SIM905
# What is not plain: a mark of its own, a glyph of another font, spaces and signs that join or part.
ODD = (
    unicodedata.normalize("NFD", "Nghị quyết"),
    "😀",
    "ba\u00a0tháng",
    "lên\u00adxuống",
    "a\u200bb",
    "שלום",
    "x" * 120,
    "1234567890" * 12,
)


@contextmanager
def quickly() -> Iterator[None]:
    assert shortcuts.install()
    try:
        yield
    finally:
        shortcuts.remove()


def printed(html: str) -> bytes:
    return render_worker._write(None, render_worker._render(html))


def drawn(content: bytes) -> tuple[list[bytes], list[str], dict[str, Any]]:
    """How each page is drawn, what it says, and the widths of the letters."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = [page.Contents.read_bytes() for page in pdf.pages]
        fonts = {
            name: list(font.DescendantFonts[0].W.as_list()) if "/DescendantFonts" in font else None
            for page in pdf.pages
            for name, font in page.Resources.Font.items()
        }
        widths = {name: str(value) for name, value in fonts.items()}
    with pypdfium2.PdfDocument(content) as read:
        said = [page.get_textpage().get_text_bounded() for page in read]
    return pages, said, widths


def both(html: str) -> tuple[Any, Any]:
    own = drawn(printed(html))
    with quickly():
        ours = drawn(printed(html))
    return own, ours


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_document_is_drawn_the_same(long_briefing: Any, kind: str) -> None:
    own, ours = both(paper_html(kind, compose(kind, long_briefing)))
    assert own[0]
    assert ours == own


def paragraph(say: random.Random) -> str:
    words = say.choices(SYLLABLES, k=say.randint(1, 60))
    if say.random() < 0.2:
        words.insert(say.randrange(len(words) + 1), say.choice(ODD))
    for tag in ("strong", "em"):
        if say.random() < 0.15:
            at = say.randrange(len(words))
            words[at] = f"<{tag}>{words[at]}</{tag}>"
    if say.random() < 0.2:
        words.insert(say.randrange(len(words) + 1), "<br>")
    align = say.choice(("left", "right", "center", "justify"))
    style = (
        f"width: {say.choice((12, 40, 77, 160))}mm; text-align: {align}; "
        f"font-size: {say.choice((10, 11, 12.5, 14))}pt; text-indent: {say.choice((0, 12.7))}mm; "
        f"font-weight: {say.choice((400, 700))}; font-style: {say.choice(('normal', 'italic'))}; "
        f"line-height: {say.choice(('normal', '1.25'))}"
    )
    text = " ".join(words)
    if say.random() < 0.5:
        # As in a cell: the break or the mark follows the letter at once.
        text = re.sub(" (<(?:br|em|strong)>) ?", r"\1", text)
    return f'<p style="{style}">{text}</p>'


@pytest.mark.parametrize("seed", range(4))
def test_lines_end_where_they_did_whatever_is_said(seed: int) -> None:
    say = random.Random(seed)
    body = "".join(paragraph(say) for _ in range(120))
    own, ours = both(f'<!doctype html><html lang="vi">{render_worker.LINK}<main>{body}</main>')
    assert len(own[0]) > 4
    assert ours == own


STYLES = (
    "p::first-letter { font-size: 200% }",
    "p::first-line { font-weight: bold }",
    "p::before { content: 'x'; float: left; width: 4cm; height: 2cm }",
    "p { text-decoration: underline }",
    "p { letter-spacing: 1pt }",
    "p { word-spacing: 3pt }",
    "p { white-space: pre-wrap }",
    "p { direction: rtl }",
    "p { hyphens: auto }",
    "p { visibility: hidden }",
    "p { font-variant: small-caps }",
    "p { font-kerning: none }",
    "p { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; width: 5cm }",
    "p { text-align-last: right }",
    "p { columns: 2 }",
    "@page :left { @bottom-left { content: 'chẵn ' counter(page) } }",
    "@page :nth(3) { margin-left: 60mm; counter-increment: page 5 }",
)


@pytest.mark.parametrize("style", STYLES)
def test_other_styles_of_letters_lines_and_pages_are_drawn_the_same(style: str) -> None:
    text = f"<p>{' '.join(SYLLABLES * 5)}</p>" * 20
    own, ours = both(
        f'<!doctype html><html lang="vi">{render_worker.LINK}<style>{style}</style>'
        f"<main>{text}</main>"
    )
    assert len(own[0]) > 1 or "ellipsis" in style
    assert ours == own


def test_nearly_all_lines_of_minutes_are_put_together(
    thirty_pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = []
    own = lines._next_linebox
    monkeypatch.setattr(lines, "_next_linebox", lambda *args: left.append(args) or own(*args))
    with quickly():
        content = printed(paper_html("minutes", compose("minutes", thirty_pages)))
    count = sum(page.count(b"Td") + page.count(b"Tm") for page in drawn(content)[0])
    assert count > 800
    # Some of these words may be broken; at the end of a line that is left to the library.
    assert len(left) < count / 5


def test_what_was_not_written_for_a_version_leaves_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = draw.draw_text
    with quickly():
        assert draw.draw_text is not own
    assert draw.draw_text is own
    monkeypatch.setattr(shortcuts, "KNOWN", ("70.1", "0.13.0"))
    assert not shortcuts.install()
    assert draw.draw_text is own


def test_the_versions_that_we_ship_are_known() -> None:
    pinned = (ROOT / "requirements.txt").read_text().split()
    assert f"weasyprint=={shortcuts.KNOWN[0]}" in pinned
    assert f"pydyf=={shortcuts.KNOWN[1]}" in pinned
