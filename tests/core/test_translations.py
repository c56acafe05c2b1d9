"""English is whole: every text has one, and no page shows Vietnamese of its own to its readers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import get_babel
from sqlalchemy import String, select

import config
from core.db import Base, db, writing
from tests.minutes.issued import document
from tests.world import World

ENGLISH = config.ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE
)
PLACEHOLDERS = re.compile(r"%\(\w+\)\w|\{\w+\}|%(?!\()")
HINT = "run `make translations` and fill in translations/en/LC_MESSAGES/messages.po"

Key = tuple[str | None, str]


def texts(catalog: Catalog) -> dict[Key, str]:
    return {(each.context, each.id): each.string for each in catalog if each.id}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> set[Key]:
    """The texts of the code and the templates, collected as `make translations` does."""
    file = tmp_path_factory.mktemp("texts") / "messages.pot"
    settings = str(config.ROOT / "pyproject.toml")
    CommandLineInterface().run(
        ["pybabel", "-q", "extract", "-F", settings, "-o", str(file), str(config.ROOT)]
    )
    with file.open("rb") as found:
        return set(texts(read_po(found)))


# --- The catalogue ------------------------------------------------------------------------------


def test_every_text_has_its_english(wanted: set[Key], english: Catalog) -> None:
    there = {key for key, text in texts(english).items() if text}
    assert not wanted - there, HINT


def test_no_english_is_left_of_texts_that_are_gone(wanted: set[Key], english: Catalog) -> None:
    assert not set(texts(english)) - wanted, HINT
    assert not english.obsolete, HINT


def test_no_english_is_a_guess(english: Catalog) -> None:
    assert not [each.id for each in english if each.id and each.fuzzy]


def test_english_fills_in_the_same_values(english: Catalog) -> None:
    different = [
        (key[1], text)
        for key, text in texts(english).items()
        if sorted(PLACEHOLDERS.findall(key[1])) != sorted(PLACEHOLDERS.findall(text))
    ]
    assert not different


def test_texts_hold_no_markup(english: Catalog) -> None:
    """Templates take a translated text for safe, so `<name>` in it would vanish from the page."""
    assert not [pair for pair in texts(english).items() if re.search("[<>&]", pair[0][1] + pair[1])]


def test_english_has_no_vietnamese_letters(english: Catalog) -> None:
    assert not [text for text in texts(english).values() if VIETNAMESE.search(text)]


# --- Pages --------------------------------------------------------------------------------------


@pytest.fixture
def reading(
    app: Flask, english: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[FlaskClient, str], str]:
    """`reading(client, address)`: the page's markup as an English reader gets it.

    The catalogue is compiled for the test, so that no older compiled one can answer.
    """
    compiled = tmp_path / "en" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    with compiled.open("wb") as file:
        write_mo(file, english)
    monkeypatch.setattr(get_babel(app), "translation_directories", [str(tmp_path)])

    def read(client: FlaskClient, address: str) -> str:
        return client.get(f"{address}{'&' if '?' in address else '?'}lang=en").text

    return read


def content(app: Flask) -> list[str]:
    """Whatever people have typed: names, titles, texts. Longest first."""
    found: set[str] = set()
    with app.app_context():
        for table in Base.metadata.tables.values():
            columns = [each for each in table.columns if isinstance(each.type, String)]
            for row in db.session.execute(select(*columns)) if columns else ():
                found.update(value for value in row if value and VIETNAMESE.search(value))
    return sorted(found, key=len, reverse=True)


def own_words(markup: str, typed: list[str]) -> str:
    """What the page says by itself, attributes included; but for the data block, and for parts
    that name their own language, as the way to the other language does."""
    page = re.sub(r"<script.*?</script>", "", markup, flags=re.DOTALL)
    page = unescape(re.sub(r'<(?!html)(\w+) [^>]*lang="\w+"[^>]*>.*?</\1>', "", page))
    for each in typed:
        page = page.replace(each, "")
    return page


def page_data(markup: str) -> dict[str, Any]:
    block = re.search(r'id="page-data">(.*?)</script>', markup, re.DOTALL)
    data: dict[str, Any] = json.loads(block[1]) if block else {}
    return data


def vietnamese_lines(page: str) -> list[str]:
    return [line.strip() for line in page.splitlines() if VIETNAMESE.search(line)]


PAGES = (
    ("thuky", "/"),
    ("thuky", "/meetings"),
    ("thuky", "/meetings?q=nothing-like-it"),
    ("thuky", "/meetings/new"),
    ("thuky", "/meetings/{draft}"),
    ("thuky", "/meetings/{scheduled}"),
    ("thuky", "/meetings/{scheduled}/edit"),
    ("thuky", "/meetings/{live}"),
    ("thuky", "/meetings/{live}/console"),
    ("thuky", "/meetings/{live}/documents"),
    ("thuky", "/meetings/{closed}"),
    ("thuky", "/meetings/{closed}/documents"),
    ("thuky", "/meetings/{archived}"),
    ("daibieu", "/"),
    ("daibieu", "/meetings/{live}/live"),
    ("daibieu", "/people"),
    ("khach", "/"),
    ("khach", "/meetings"),
    ("khach", "/meetings/{live}"),
    ("khach", "/meetings/new"),
    ("quantri", "/"),
    ("quantri", "/people"),
    ("quantri", "/people/new"),
    ("quantri", "/people/1"),
    ("quantri", "/accounts/1"),
    ("quantri", "/units"),
    ("quantri", "/units/new"),
    ("quantri", "/units/1"),
    ("quantri", "/api/docs"),
)


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_an_english_page_has_no_vietnamese_of_its_own(
    username: str,
    address: str,
    app: Flask,
    world: World,
    client_for: Callable[[str], FlaskClient],
    reading: Callable[[FlaskClient, str], str],
) -> None:
    ids = {state: parts.meeting_id for state, parts in world.meetings.items()}
    markup = reading(client_for(username), address.format(**ids))
    assert '<html lang="en">' in markup
    assert not vietnamese_lines(own_words(markup, content(app)))
    strings = page_data(markup).get("strings", {})
    strings.pop("other_lang_name", None)  # leads back to Vietnamese
    assert not [text for text in strings.values() if VIETNAMESE.search(text)]


def test_the_sign_in_page_in_english(
    client: FlaskClient, reading: Callable[[FlaskClient, str], str]
) -> None:
    markup = reading(client, "/login")
    assert "Sign in" in markup
    assert not vietnamese_lines(own_words(markup, []))


def test_the_public_page_of_a_document_in_english(
    app: Flask,
    client: FlaskClient,
    world: World,
    reading: Callable[[FlaskClient, str], str],
) -> None:
    with app.app_context(), writing() as session:
        meeting, unit = world.meetings["closed"].meeting_id, world.units["huyen"]
        old = document(session, meeting, unit, 5, "AAAAA-AAAAA", signer="Trần Văn Chủ")
        document(session, meeting, unit, 6, "BBBBB-BBBBB", replaces_id=old.id)
    for address in ("/verify", "/verify/AAAAA-AAAAA", "/verify/BBBBB-BBBBB", "/verify/CCCCC"):
        markup = reading(client, address)
        assert not vietnamese_lines(own_words(markup, content(app)))
        shown = page_data(markup)
        assert not VIETNAMESE.search(str([shown.get("strings"), shown.get("results")]))


def test_the_language_stays_chosen(
    client: FlaskClient, reading: Callable[[FlaskClient, str], str]
) -> None:
    reading(client, "/login")
    answer = client.post("/login", data={"username": "nobody", "password": "wrong"})
    assert "The username or the password is wrong." in answer.text


def test_a_word_of_two_senses_has_two_translations(
    world: World,
    client_for: Callable[[str], FlaskClient],
    reading: Callable[[FlaskClient, str], str],
) -> None:
    markup = reading(client_for("thuky"), f"/meetings/{world.meetings['closed'].meeting_id}")
    assert "<dt>Chair</dt>" in markup
    assert "<th>Lead</th>" in markup
