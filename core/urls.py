"""Addresses: a number in one names a row, so it is no larger than a row's id can be."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map


class _IdConverter(IntegerConverter):
    # Neither more digits than Python reads at once, nor more than a column takes: all that fits
    # but for the last millions before 2**31. What the converter itself refuses after the
    # pattern has matched would be answered with 405 where the address takes several methods.
    regex = r"(?:[01]?\d{1,9}|20\d{8}|21[0-3]\d{7})"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


def init_app(app: Flask) -> None:
    """Let `<int:…>` take ids only; any other number is an address that does not exist."""
    app.url_map.converters["int"] = _IdConverter
