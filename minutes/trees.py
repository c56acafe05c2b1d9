"""The HTML of a document as a tree that WeasyPrint takes.

Its own parser, in Python, took a twentieth of a long print. Our documents were written by lxml,
from what nh3 had sanitised, so lxml reads them as they were meant; the tree is of the kind that
WeasyPrint knows.
"""

from __future__ import annotations

from typing import Any, Final
from xml.etree.ElementTree import Element

from lxml.html import HTMLParser, document_fromstring

_PARSER: Final = HTMLParser(remove_comments=True, remove_pis=True)


def parsed(html: str) -> Any:
    """The root element of a whole document, of lxml."""
    return document_fromstring(html, parser=_PARSER)


def copied(element: Any) -> Element:
    """An element of lxml, with all that is in it and the text after it, as one of the library's own
    trees."""
    copy = Element(element.tag, dict(element.attrib))
    copy.text, copy.tail = element.text, element.tail
    copy.extend(map(copied, element))
    return copy
