"""Marks that several tests share."""

from __future__ import annotations

import pytest

both_engines = pytest.mark.parametrize(
    "engine",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)
