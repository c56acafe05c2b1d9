"""The process that makes documents, apart from the server.

Composing and layout take seconds of CPU and would freeze every live connection in the server's
own process. This one is started fresh, so it never sees gevent's patches, the server's environment
or its sockets. It speaks length-prefixed frames over stdin and stdout (see `minutes.frames`) and
ends when its input ends.
"""

import gc
import importlib
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from io import BytesIO
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element

import pydyf
from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

from minutes import lines, orders, shortcuts
from minutes.frames import DONE, FAILED, read_frame, unpacked, write_frame
from minutes.layout import STYLESHEET_URL, stylesheet
from minutes.parts import NotSplit, print_in_parts

LINK: Final = f'<link rel="stylesheet" href="{STYLESHEET_URL}">'
WARM_UP = (
    f'<!doctype html><html lang="vi">{LINK}'
    "<h2 class=part>Ậ Ễ Ữ Đ ₫</h2><p class=place-date>ậ ễ ữ đ</p>"
    "<main><table class=directives><tr><th>Đ</th></tr><tr><td>đ</td></tr></table></main>"
)

# Files for archives that everybody can read for ever (ISO 19005-3, conformance level A: tagged).
VARIANT: Final = "pdf/a-3a"
# Below the server: its readers do not wait for a document.
NICENESS: Final = 10
CORES: Final = len(os.sched_getaffinity(0))


class OwnAssets(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types.
    """Loads the documents' style sheet and refuses every other address, whoever asks."""

    def __init__(self) -> None:
        """Allow no protocol and no redirect, should anything reach the parent class."""
        super().__init__(allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return the style sheet.

        Raises:
            ValueError: the address is any other; WeasyPrint then leaves the thing out.
        """
        if url != STYLESHEET_URL:
            raise ValueError("address refused: documents load nothing but their own style sheet")
        return URLFetcherResponse(url, stylesheet(), {"Content-Type": "text/css"})


def to_pdf(html: bytes, record: bytes | None = None) -> bytes:
    """Return the HTML as a tagged PDF/A-3a; nothing that it names is fetched.

    Args:
        html: a whole document in UTF-8; its `lang` and `title` become those of the file, its
            headings the outlines.
        record: the record as JSON, attached as the data that the document was made from.
    """
    text = html.decode()
    write = partial(_write, record)
    try:
        return print_in_parts(text, CORES, _render, write)
    except NotSplit:
        pass
    except Exception as error:  # What is only quicker must not keep a document from being printed.
        print(f"printing in parts failed: {type(error).__name__}", file=sys.stderr, flush=True)
    return write(_render(text))


class _Tree(HTML):  # type: ignore[misc]  # WeasyPrint carries no types.
    """A document that was parsed before."""

    def __init__(self, root: Element) -> None:
        self.base_url, self.media_type, self.url_fetcher = None, "print", OwnAssets()
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def _render(document: str | Element) -> Document:
    # The style sheet is read once: it is the same for all, and a tenth of a short document's time.
    sheets = []
    if isinstance(document, str):
        given = document.replace(LINK, "", 1)
        if given != document:
            sheets = [_sheet()]
        source = HTML(string=given, url_fetcher=OwnAssets())
    else:
        for head in document.iterfind("head"):
            for link in head.findall("link"):
                if link.get("href") == STYLESHEET_URL:
                    head.remove(link)
                    sheets = [_sheet()]
        source = _Tree(document)
    return source.render(pdf_variant=VARIANT, font_config=lines.FONTS, stylesheets=sheets)


@cache
def _sheet() -> CSS:
    return CSS(string=stylesheet(), font_config=lines.FONTS, url_fetcher=OwnAssets())


def _write(
    record: bytes | None,
    document: Document,
    finisher: Callable[[Document, pydyf.PDF], None] | None = None,
    attach: bool = True,
    **options: bool,
) -> bytes:
    now = datetime.now(UTC)
    attachments = [
        Attachment(
            string=part,
            name=orders.RECORD_NAME,
            relationship="Data",
            created=now,
            modified=now,
            url_fetcher=OwnAssets(),
        )
        for part in (record,)
        if part is not None and attach
    ]
    output = BytesIO()
    document.write_pdf(
        output,
        pdf_variant=VARIANT,
        attachments=attachments,
        finisher=partial(_finish, finisher),
        **options,
    )
    return output.getvalue()


def _finish(
    then: Callable[[Document, pydyf.PDF], None] | None, document: Document, pdf: pydyf.PDF
) -> None:
    # WeasyPrint names each attachment twice.
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    if then is not None:
        then(document, pdf)
    shortcuts.compress(pdf)


def _elsewhere(name: str) -> Callable[..., bytes]:
    # What signing and spreadsheets need is loaded when somebody wants one.
    module, _colon, function = name.partition(":")

    def run(*parts: bytes) -> bytes:
        done: bytes = getattr(importlib.import_module(module), function)(*parts)
        return done

    return run


JOBS: Final[dict[str, Callable[..., bytes]]] = {
    "print": to_pdf,
    "pdf": lambda order: to_pdf(*orders.page(order)),
    "docx": orders.docx,
    "json": orders.record,
    "attached": orders.attached,
    "sign": _elsewhere("minutes.signing:sign"),
    "check": _elsewhere("minutes.signing:check"),
    "xlsx": _elsewhere("minutes.followup.sheets:xlsx"),
}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each job with what it gives or the name of what failed, until the input ends."""
    if not shortcuts.install():
        print("unknown version of WeasyPrint: prints take twice as long", file=sys.stderr)
    to_pdf(WARM_UP.encode())
    # What is loaded now stays, and a document's boxes live until it is written: looking through
    # all of them again and again for garbage took a quarter of the time.
    gc.collect()
    gc.freeze()
    gc.disable()
    write_frame(answers, DONE)
    while (frame := read_frame(requests)) is not None:
        job, *parts = unpacked(frame)
        try:
            answer = DONE + JOBS[job.decode()](*parts)
        except Exception as error:  # Whatever a text provokes, the next document must print.
            answer = FAILED + type(error).__name__.encode()
        write_frame(answers, answer)
        lines.learn()
        del frame, parts, answer
        gc.collect()


def main() -> None:
    """Keep the pipe for frames alone: whatever a library prints goes to stderr."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
