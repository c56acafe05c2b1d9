"""What is stored and what is compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import clean, fold, name_key

anything = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Kế hoạch \n", "Kế hoạch"),
        (unicodedata.normalize("NFD", "Đắk R’Măng"), "Đắk R’Măng"),
        ("hòa, hoà", "hòa, hoà"),
        ("một\r\nhai\rba\tbốn", "một\nhai\nba\tbốn"),
        ("a\x00b\x07c\x7fd\x85e", "abcde"),
        ("a\ud800b", "ab"),
        ("a\ufffeb\uffffc", "abc"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\ufeff45,76%", "\ufeff45,76%"),
        ("", ""),
    ],
)
def test_clean(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@given(anything)
def test_a_clean_text_can_be_stored_and_is_clean_already(typed: str) -> None:
    stored = clean(typed)
    stored.encode()
    assert "\x00" not in stored
    assert clean(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Kế hoạch Đắk R’Măng", "ke hoach dak r'mang"),
        ("ĐƯỜNG  đê\n", "duong de"),
        ("K`Brông Kʼ", "k'brong k'"),
        (unicodedata.normalize("NFD", "Quảng Hòa"), "quang hoa"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_people_are_sorted_by_given_name() -> None:
    names = ["Trần Văn Chủ", "Phạm Thị Biểu", "K'Đại", "Nguyễn Văn Anh", "Lê Văn Anh"]
    assert sorted(names, key=name_key) == [
        "Lê Văn Anh",
        "Nguyễn Văn Anh",
        "Phạm Thị Biểu",
        "Trần Văn Chủ",
        "K'Đại",
    ]
