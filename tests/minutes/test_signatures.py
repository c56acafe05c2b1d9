"""What people are told of a file that was signed elsewhere."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

import config
from core.errors import Invalid, TooLarge
from minutes import signing
from minutes.render import RenderError, RenderTimeout
from minutes.signatures import LARGEST_FILE, REASONS, CheckingFailed, checked
from tests.minutes.keys import identity

GOOD = {"ok": True, "reason": "", "signer": "Trần Văn Chủ", "trusted": True, "proof": "bytes"}


class Worker:
    """Answers as the worker does, and remembers what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[Any] = []

    def call(self, job: str, *parts: bytes, deadline_seconds: float = 60) -> bytes:
        self.asked.append((job, *parts))
        if isinstance(self.answer, Exception):
            raise self.answer
        return json.dumps(self.answer).encode()


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask) -> Any:
    with app.app_context():
        yield


def test_a_good_file_tells_who_has_signed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SIGNING_ROOTS", b"roots")
    worker = Worker(GOOD)
    found = checked(worker, b"signed", b"issued")
    assert (found.signer, found.trusted, found.proof) == ("Trần Văn Chủ", True, "bytes")
    assert worker.asked == [("check", b"signed", b"issued", b"roots")]


@pytest.mark.parametrize("reason", [*REASONS, "something new"])
def test_a_bad_file_is_refused_with_a_sentence_at_its_field(reason: str) -> None:
    with pytest.raises(Invalid) as error:
        checked(Worker(GOOD | {"ok": False, "reason": reason}), b"", b"")
    (fault,) = error.value.errors
    assert fault["field"] == "file"
    assert fault["message"] == str(error.value.message)
    assert fault["message"].endswith(".")


def test_every_reason_of_the_check_has_its_words() -> None:
    given = set(re.findall(r'(?:Refused\(|_refusal\()"(\w+)"', inspect.getsource(signing)))
    assert given == set(REASONS)


@pytest.mark.parametrize("error", [RenderError("died"), RenderTimeout("late")], ids=str)
def test_a_worker_that_fails_leaves_it_open(error: Exception) -> None:
    with pytest.raises(CheckingFailed):
        checked(Worker(error), b"", b"")


def test_too_much_is_not_even_looked_at() -> None:
    worker = Worker(GOOD)
    with pytest.raises(TooLarge):
        checked(worker, b"x" * (LARGEST_FILE + 1), b"")
    assert worker.asked == []


# Trusted certificates ----------------------------------------------------------------------------


def load(folder: Path) -> config.Settings:
    return config.load({"SIGNING_ROOTS": str(folder)}, instance=folder.parent)


def test_roots_are_read_in_both_forms(tmp_path: Path) -> None:
    folder = tmp_path / "roots"
    folder.mkdir()
    (folder / "one.pem").write_bytes(identity().root)
    other = x509.load_pem_x509_certificate(identity("Khác", "Khác").root)
    (folder / "two.cer").write_bytes(other.public_bytes(Encoding.DER))
    (folder / "README").write_text("not a certificate, and not asked")
    roots = load(folder).signing_roots
    assert roots == identity().root + identity("Khác", "Khác").root


@pytest.mark.parametrize(
    "content", [None, b"", b"-----BEGIN CERTIFICATE-----", b"\x30\x82"], ids=str
)
def test_roots_that_cannot_be_read_stop_the_start(content: Any, tmp_path: Path) -> None:
    folder = tmp_path / "roots"
    folder.mkdir()
    if content is not None:
        (folder / "one.crt").write_bytes(content)
    with pytest.raises(config.ConfigurationError, match="SIGNING_ROOTS"):
        load(folder)


def test_roots_are_in_a_folder(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match="not a folder"):
        load(tmp_path / "nowhere")
