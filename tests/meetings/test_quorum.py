"""How many people a quorum takes."""

from __future__ import annotations

import pytest

from meetings.attendance import needed_for


@pytest.mark.parametrize(
    ("rule", "members", "needed"),
    [("2/3", 3, 2), ("2/3", 4, 3), ("1/2", 5, 3), ("1/1", 4, 4), ("12", 3, 12), ("1/3", 0, 0)],
)
def test_a_share_is_rounded_up(rule: str, members: int, needed: int) -> None:
    assert needed_for(rule, members) == needed
