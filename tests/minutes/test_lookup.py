"""The short code: made, typed, addressed and printed as a picture."""

from __future__ import annotations

import io
import re
from itertools import product

import pypdfium2
import pytest
import segno
from flask import Flask

from minutes.lookup import ALPHABET, address, new_code, qr_svg, read_code
from minutes.render import Renderer

CODE = "7K3QF-2M9X0"
ADDRESS = f"https://giaoban.example.gov.vn/verify/{CODE}"


def test_codes_are_ten_letters_that_nobody_misreads() -> None:
    codes = {new_code() for _each in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(f"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", code) for code in codes)
    # All letters come up.
    assert set("".join(codes)) == set(ALPHABET) | {"-"}
    assert all(read_code(code) == code for code in codes)


@pytest.mark.parametrize(
    "typed",
    [CODE, CODE.lower(), "7K3QF2M9X0", " 7k3qf 2m9xo ", "7K3QF-2M9XO", "7-K-3-Q-F-2-M-9-X-0"],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == CODE


def test_letters_that_look_like_a_digit_are_read_as_it() -> None:
    assert read_code("oOiIl-L0110") == "00111-10110"


@pytest.mark.parametrize(
    "typed",
    ["", "-", "7K3QF", "7K3QF-2M9X", "7K3QF-2M9X00", "7K3QF-2M9XU", "7K3QF-2M9X!", "ậ" * 10,
     "7K3QF-2M9X０", "7K3QF/2M9X0", "x" * 10_000, "7K3QF-2M9X\x00", "' OR 1=1 --"],
)  # fmt: skip
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_the_address_is_the_public_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://giaoban.example.gov.vn")
    with app.app_context():
        assert address(CODE) == ADDRESS


def test_the_picture_names_nothing_to_load() -> None:
    svg = qr_svg(ADDRESS)
    assert svg.startswith("<svg ")
    assert "href" not in svg
    assert "http" not in svg
    assert "width" not in svg  # its size is the page's


def test_the_printed_picture_is_the_code(renderer: Renderer) -> None:
    """Read back module by module, with the quiet zone around it."""
    modules = [list(row) for row in segno.make_qr(ADDRESS, error="m").matrix_iter(border=4)]
    size, scale = len(modules), 4
    html = (
        f"<style>@page {{ size: {size}pt; margin: 0 }} body {{ margin: 0 }}"
        "svg { display: block; width: 100% }</style>"
    )
    content = renderer.pdf(html + qr_svg(ADDRESS))
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        picture = pdf[0].render(scale=scale, grayscale=True).to_pil()
    assert picture.size == (size * scale, size * scale)
    for y, x in product(range(size), repeat=2):
        dark = picture.getpixel((x * scale + scale // 2, y * scale + scale // 2)) < 128
        assert dark == bool(modules[y][x]), (x, y)
