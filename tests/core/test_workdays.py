"""Working days in Vietnam, with the holidays and the days that were moved."""

from __future__ import annotations

from datetime import date

import pytest

from core.workdays import after, is_working_day, working_days_before


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2023-10-12", True),
        ("2023-10-14", False),  # a Saturday
        ("2026-02-17", False),  # Tết
        ("2026-02-20", False),
        ("2026-04-26", False),  # the Hùng Kings' day, a Sunday …
        ("2026-04-27", False),  # … and the Monday instead
        ("2026-08-31", False),  # off, for …
        ("2026-08-22", True),  # … this Saturday
        ("2026-09-02", False),
    ],
)
def test_which_days_are_worked(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        ("2023-10-12", 5, "2023-10-19"),  # Thursday to Thursday
        ("2023-10-14", 1, "2023-10-16"),
        ("2026-02-13", 5, "2026-02-27"),  # over Tết
        ("2026-08-19", 3, "2026-08-22"),  # a worked Saturday counts
        ("2025-12-31", 1, "2026-01-02"),
    ],
)
def test_a_term_begins_with_the_day_after(day: str, count: int, last: str) -> None:
    assert after(date.fromisoformat(day), count) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        ("2023-10-12", 3, "2023-10-09"),
        ("2023-10-09", 3, "2023-10-04"),
        ("2026-03-02", 3, "2026-02-25"),
        ("2026-02-23", 3, "2026-02-11"),  # over Tết
    ],
)
def test_days_before_are_counted_back(day: str, count: int, last: str) -> None:
    assert working_days_before(date.fromisoformat(day), count) == date.fromisoformat(last)
