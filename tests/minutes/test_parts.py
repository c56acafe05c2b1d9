"""Long documents in parts: nobody can tell them from those printed in one piece."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest

from minutes import lines, parts, render_worker, shortcuts
from minutes.documents import compose, paper_html
from minutes.foretell import Top, page_tops
from minutes.parts import NotSplit, Write, print_in_parts

# WeasyPrint leaves its colour profile to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
MARKUP = "<p>Câu <strong>in đậm</strong>, <em>in nghiêng</em> và<br>xuống dòng.</p>"


def write(*args: Any, **options: Any) -> bytes:
    return render_worker._write(b'{"a": 1}', *args, **options)


@pytest.fixture(scope="module")
def html(thirty_pages: dict[str, dict[str, Any]], long_briefing: dict[str, dict[str, Any]]) -> str:
    """Minutes of some 30 pages with an appendix."""
    content = compose("minutes", thirty_pages)
    body = content.body.replace("</p><p>", f"</p>{MARKUP}<p>", 40)
    appendices = compose("minutes", long_briefing).appendices
    assert appendices
    return paper_html(
        "minutes", content.model_copy(update={"body": body, "appendices": appendices})
    )


@pytest.fixture(scope="module")
def whole(html: str) -> bytes:
    return write(render_worker._render(html))


@pytest.fixture(scope="module")
def split(html: str) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        # Threads of whoever runs the tests hold nothing that printing needs.
        patch.setattr(parts, "_may_fork", lambda: True)
        return print_in_parts(html, 3, render_worker._render, write)


@pytest.fixture
def opened(whole: bytes, split: bytes) -> Iterator[tuple[pikepdf.Pdf, pikepdf.Pdf]]:
    with pikepdf.open(io.BytesIO(whole)) as one, pikepdf.open(io.BytesIO(split)) as other:
        yield one, other


def pictures(content: bytes) -> list[bytes]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [bytes(page.render(scale=0.7, grayscale=True).buffer) for page in pdf]


def test_every_page_looks_the_same(whole: bytes, split: bytes) -> None:
    one, other = pictures(whole), pictures(split)
    assert len(one) > 20
    assert len(one) == len(other)
    assert [n for n, (a, b) in enumerate(zip(one, other, strict=True), start=1) if a != b] == []


def test_it_really_was_split(opened: tuple[pikepdf.Pdf, pikepdf.Pdf]) -> None:
    # Each of three parts has brought a font of its own, under a name of its own.
    one, other = (
        {
            name
            for page in pdf.pages
            for font in page.Resources.Font.values()
            if (name := str(font.BaseFont)).endswith("+Liberation-Serif")
        }
        for pdf in opened
    )
    assert (len(one), len(other)) == (1, 3)


def outlines(pdf: pikepdf.Pdf) -> list[tuple[int, str, int, float]]:
    found = []

    def walk(items: Any, level: int) -> None:
        for item in items:
            page, _kind, _left, top, _zoom = item.destination
            found.append((level, item.title, pikepdf.Page(page).index, round(float(top), 2)))
            walk(item.children, level + 1)

    with pdf.open_outline() as outline:
        walk(outline.root, 0)
    return found


def tags(pdf: pikepdf.Pdf) -> list[tuple[int, str, list[str]]]:
    """The structure tree: depth, kind, and the pieces of pages that belong to each element."""
    places = {page.objgen: number for number, page in enumerate(pdf.pages)}
    found = []

    def walk(element: Any, depth: int) -> None:
        pieces = []
        for kid in element.get("/K", []):
            if isinstance(kid, int):
                pieces.append(f"{places[element.Pg.objgen]}:{kid}")
            else:
                assert kid.P.objgen == element.objgen
        found.append((depth, str(element.S), pieces))
        for kid in element.get("/K", []):
            if not isinstance(kid, int):
                walk(kid, depth + 1)

    (root,) = pdf.Root.StructTreeRoot.K
    walk(root, 0)
    return found


def test_it_is_one_tagged_document(opened: tuple[pikepdf.Pdf, pikepdf.Pdf]) -> None:
    one, other = opened
    assert tags(other) == tags(one)
    assert outlines(other) == outlines(one)
    for pdf in opened:
        assert [page.StructParents for page in pdf.pages] == list(range(len(pdf.pages)))
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        assert numbers[::2] == list(range(len(pdf.pages)))
        # The parent tree leads from each piece of a page to the element that holds it.
        for page, elements in zip(pdf.pages, numbers[1::2], strict=True):
            for piece, element in enumerate(elements):
                assert piece in list(element.K)
                assert element.Pg.objgen == page.objgen
    headers = [
        identifier
        for element in other.objects
        if isinstance(element, pikepdf.Dictionary)
        and (identifier := element.get("/ID")) is not None
    ]
    assert len({str(identifier) for identifier in headers}) == len(headers)


def test_its_metadata_and_what_is_attached_are_there_once(
    opened: tuple[pikepdf.Pdf, pikepdf.Pdf],
) -> None:
    for pdf in opened:
        kind = pdf.open_metadata()
        assert (kind["pdfaid:part"], kind["pdfaid:conformance"]) == ("3", "A")
        assert pdf.docinfo["/Title"] == kind["dc:title"]
        assert pdf.Root.Lang == "vi"
        (attached,) = pdf.Root.AF
        assert attached.EF.F.read_bytes() == b'{"a": 1}'
        assert len(pdf.trailer.ID) == 2


def test_what_other_processes_have_shaped_is_known_to_the_next_document(
    html: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_may_fork", lambda: True)
    lines.FONTS.plain_faces = {}
    assert shortcuts.install()
    try:
        print_in_parts(html, 2, render_worker._render, write)
        before = sum(lines.known().values())
        lines.learn()
        known = lines.known()
        assert sum(known.values()) > before
        render_worker._render(html)
        assert not [words for name, words in lines.shaped(known).items() if name in known and words]
    finally:
        shortcuts.remove()


def test_every_page_begins_where_it_was_foretold(html: str) -> None:
    text = parts._Text(re.sub("<section.*</section>", "", html, flags=re.DOTALL))
    start, end = text.run
    page, y = parts._begin(text, render_worker._render)
    tops = page_tops(text.blocks[start:end], y)
    assert {"table", "p", "h2", "h3"} == {block.tag for block in text.blocks[start:end]}
    document = render_worker._render(text.tree(0, None, range(start, end), 0))
    found = {parts._top(document, number): number for number in range(start, end)}
    assert len(document.pages) - 2 < page + len(tops) <= len(document.pages)
    for number, top in enumerate(tops[1:], start=page + 1):
        assert found.get(number) == (None if top.line else start + top.block)


def test_what_is_kept_of_one_document_is_not_taken_for_another(
    html: str, split: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_may_fork", lambda: True)
    before = html.replace("<main>", f"{12 * '<p>Một dòng nữa.</p>'}<main>", 1)
    within = html.replace(MARKUP, f"<p>{'Một câu nữa. ' * 40}</p>", 1)
    for other in (before, within):
        assert other != html
        printed = print_in_parts(other, 3, render_worker._render, write)
        assert pictures(printed) == pictures(write(render_worker._render(other)))


def test_what_was_foretold_wrongly_is_not_split(html: str, monkeypatch: Any) -> None:
    def wrongly(blocks: list[Any], y: float) -> list[Top]:
        tops = page_tops(blocks, y)
        return [Top(top.block + 1, 0, top.lines_before) for top in tops]

    monkeypatch.setattr(parts, "page_tops", wrongly)
    with pytest.raises(NotSplit):
        print_in_parts(html, 2, render_worker._render, write)


def test_what_fails_in_another_process_is_not_split(html: str) -> None:
    def written(document: Any, **options: Any) -> bytes:
        if options["finisher"].args[0] == 1:
            raise ValueError("no")
        return write(document, **options)

    failing: Write = written
    with pytest.raises(NotSplit):
        print_in_parts(html, 2, render_worker._render, failing)


def test_where_joining_fails_the_document_is_printed_in_one_piece(
    html: str, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_parts: Any) -> bytes:
        raise KeyError("no")

    monkeypatch.setattr(render_worker, "CORES", 2)
    monkeypatch.setattr(parts, "joined", fail)
    assert pictures(render_worker.to_pdf(html.encode())) == pictures(whole)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>ngắn</p>",
        f"<p>{'một đoạn rất dài ' * 5000}</p>",
        "<p>a</p>" * 3 + f"<table class=directives>{'<tr><td>ô</td></tr>' * 3000}</table>",
    ],
)
def test_what_cannot_be_split_is_said_to_be_so(body: str) -> None:
    html = f"<!doctype html><html lang=vi><head><title>a</title></head><main>{body}</main></html>"
    for text in (html, html.replace("main>", "div>")):
        with pytest.raises(NotSplit):
            print_in_parts(text, 2, lambda _html: pytest.fail("laid out"), write)
