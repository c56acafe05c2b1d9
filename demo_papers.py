"""Prints the papers of the demo, so that the repository holds no files that programs have made."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup
from weasyprint import CSS, HTML

from demo_data import Paper

_STYLE: Final = """
@page { size: A4 %s; margin: 20mm; @bottom-center { content: counter(page); } }
body { font-family: "Liberation Serif", serif; font-size: %s; line-height: 1.4; }
h1 { font-size: 1.2em; text-align: center; }
p { margin: 0 0 0.6em; text-align: justify; }
table { width: 100%%; break-before: page; border-collapse: collapse; font-size: 0.7em; }
th, td { padding: 0.3em 0.4em; border: 1px solid #000; text-align: left; vertical-align: top; }
"""
_PAGE: Final = Markup('<html lang="vi"><title>{}</title><h1>{}</h1>{}{}</html>')


def printed(paper: Paper) -> bytes:
    """A paper as PDF: the same bytes for the same paper."""
    style = _STYLE % (("landscape", "26pt") if paper.landscape else ("portrait", "14pt"))
    paragraphs = Markup("").join(Markup("<p>{}</p>").format(text) for text in paper.paragraphs)
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<{0}>{1}</{0}>").format("td" if number else "th", cell) for cell in row
            )
        )
        for number, row in enumerate(paper.table)
    )
    table = Markup("<table>{}</table>").format(rows) if rows else ""
    page = HTML(string=_PAGE.format(paper.title, paper.title, paragraphs, table))
    made: bytes = page.write_pdf(stylesheets=[CSS(string=style)])
    return made
