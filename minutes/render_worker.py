"""The process that turns HTML into PDF, apart from the server.

Layout takes seconds of CPU and would freeze every live connection in the server's own process.
This one is started fresh, so it never sees gevent's patches, the server's environment or its
sockets. It speaks length-prefixed frames over stdin and stdout (see `minutes.frames`) and ends
when its input ends.
"""

import os
import sys
from io import BytesIO
from typing import BinaryIO

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from minutes.frames import DONE, FAILED, read_frame, write_frame
from minutes.layout import STYLESHEET_URL, stylesheet

WARM_UP = (
    f'<!doctype html><html lang="vi"><link rel="stylesheet" href="{STYLESHEET_URL}">'
    "<h2 class=part>Ậ Ễ Ữ Đ ₫</h2><p class=place-date>ậ ễ ữ đ</p>"
)


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


def to_pdf(html: str) -> bytes:
    """Return the HTML as a PDF; nothing that it names is fetched."""
    output = BytesIO()
    HTML(string=html, url_fetcher=OwnAssets()).write_pdf(output)
    return output.getvalue()


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each frame of HTML with a PDF or the name of what failed, until the input ends."""
    to_pdf(WARM_UP)
    write_frame(answers, DONE)
    while (frame := read_frame(requests)) is not None:
        try:
            answer = DONE + to_pdf(frame.decode())
        except Exception as error:  # Whatever a text provokes, the next document must print.
            answer = FAILED + type(error).__name__.encode()
        write_frame(answers, answer)


def main() -> None:
    """Keep the pipe for frames alone: whatever a library prints goes to stderr."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
