"""What an uploaded file really is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from papers.checker import TYPES, Fault, check
from papers.uploads import FAULTS, ROOT
from tests.papers.samples import HARMFUL, SOUND, pdf


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(SOUND[name])
    extension = name.rpartition(".")[2].lower()
    found = check(str(path), extension)
    assert found == {"media_type": TYPES[extension], "pages": 3 if extension == "pdf" else None}


@pytest.mark.parametrize(
    ("fault", "name", "content"),
    [
        pytest.param(fault, name, content, id=f"{fault}-{number}-{name}")
        for fault, files in HARMFUL.items()
        for number, (name, content) in enumerate(files)
    ],
)
def test_what_may_do_harm_is_refused(fault: str, name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Fault, match=f"^{fault}$"):
        check(str(path), name.rpartition(".")[2] if "." in name else "")
    assert fault in FAULTS


def test_a_long_pdf_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(pdf(3))
    monkeypatch.setattr("papers.checker.PAGES", 2)
    with pytest.raises(Fault, match=r"^pages$"):
        check(str(path), "pdf")


def test_the_process_that_checks_can_write_nothing(tmp_path: Path) -> None:
    path, target = tmp_path / "file", tmp_path / "written"
    path.write_bytes(pdf())
    program = (
        "import papers.checker as c, sys\n"
        "def check(path, extension):\n"
        f"    with open({str(target)!r}, 'wb') as file: file.write(b'x' * 10)\n"
        "c.check = check\n"
        "c.main(*sys.argv[1:])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path), "pdf"], cwd=ROOT, capture_output=True
    )
    assert ended.returncode != 0
    assert target.read_bytes() == b""
