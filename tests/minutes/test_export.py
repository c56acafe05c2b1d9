"""`flask export`: every document in every format, as the secretary sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests import paper
from tests.world import Briefing, World


@pytest.fixture(autouse=True)
def press(app: Flask, monkeypatch: pytest.MonkeyPatch) -> paper.Press:
    made = paper.Press()
    monkeypatch.setitem(app.extensions, "renderer", made)
    return made


def exported(app: Flask, meeting_id: int, kind: str, format: str, file: Path) -> tuple[int, str]:
    args = ["export", str(meeting_id), kind, format, str(file)]
    result = app.test_cli_runner().invoke(args=args)
    return result.exit_code, result.output


@pytest.mark.parametrize("kind", ["invitation", "minutes", "conclusions", "directives"])
@pytest.mark.parametrize(("format", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("json", b"{")])
def test_every_document_is_written(
    kind: str, format: str, begins: bytes, live: Briefing, tmp_path: Path
) -> None:
    file = tmp_path / f"a.{format}"
    assert exported(live.app, live.id, kind, format, file) == (0, "")
    assert file.read_bytes().startswith(begins)


def test_a_draft_is_exported_as_it_stands_and_what_is_issued_as_it_was(
    giao_ban: Briefing, world: World, tmp_path: Path
) -> None:
    made, file = paper.drafted(giao_ban, world), tmp_path / "a.pdf"
    paper.give(made, world, "thuky", "document.save", content=paper.content(abstract="Họp gấp"))
    assert exported(made.app, made.id, "invitation", "pdf", file)[0] == 0
    assert "Họp gấp" in file.read_text()
    assert "DỰ THẢO" in file.read_text()
    paper.give(made, world, "thuky", "document.discard")
    made = paper.issued(giao_ban, world)
    assert exported(made.app, made.id, "invitation", "pdf", file)[0] == 0
    assert "Số: 01/GM-UBND" in file.read_text()


def test_what_there_is_not_is_refused(live: Briefing, tmp_path: Path) -> None:
    file = tmp_path / "a"
    assert exported(live.app, 9999, "minutes", "pdf", file)[0] == 1
    assert exported(live.app, live.id, "news", "pdf", file)[0] == 2
    assert exported(live.app, live.id, "minutes", "odt", file)[0] == 2
    assert not file.exists()
