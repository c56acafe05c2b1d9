"""Deadlines: the moment after which a directive is late."""

from __future__ import annotations

import pytest

from core.times import rfc3339
from minutes.due import last_moment


@pytest.mark.parametrize(
    ("due", "moment"),
    [
        (None, None),
        ("ongoing", None),
        ("2023-10-31", "2023-10-31T23:59:59+07:00"),
        ("2024-02-29", "2024-02-29T23:59:59+07:00"),
        ("2023-10-20T17:00", "2023-10-20T17:00:00+07:00"),
        ("2023-10-20T17:00:30", "2023-10-20T17:00:30+07:00"),
        ("2023-10-20T10:00Z", "2023-10-20T17:00:00+07:00"),
        ("2023-10-20T17:00+07:00", "2023-10-20T17:00:00+07:00"),
        ("2023-11", "2023-11-30T23:59:59+07:00"),
        ("2024-02", "2024-02-29T23:59:59+07:00"),
        ("2023-Q1", "2023-03-31T23:59:59+07:00"),
        ("2023-Q4", "2023-12-31T23:59:59+07:00"),
    ],
)
def test_last_moment(due: str | None, moment: str | None) -> None:
    assert rfc3339(last_moment(due)) == moment


@pytest.mark.parametrize(
    "due",
    [
        "", "x", "2023", "2023-13", "2023-00", "2023-02-30", "2023-Q5", "2023-q4", "2023-10-32",
        "2023-10-20T24:00", "2023-10-20T17", "0000-01", "9999-12", "1900-Q1", "2023-11\n",
        "２０２３-11", "2023-10-20T17:00+99:99", "ongoing ",
    ],
)  # fmt: skip
def test_what_is_no_deadline_is_refused(due: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever sentence
        last_moment(due)
