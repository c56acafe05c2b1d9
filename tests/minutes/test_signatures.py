"""What people are told of a file that was signed elsewhere."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest
from flask import Flask

from core.errors import Invalid, TooLarge
from minutes import signing
from minutes.render import RenderError, RenderTimeout
from minutes.signatures import LARGEST_FILE, REASONS, CheckingFailed, checked

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
