"""What several processes share: a PostgreSQL database with the small world in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import filled, own_database
from tests.world import World, build


@dataclass(frozen=True)
class Shared:
    """The database that the processes of a test share."""

    url: str
    world: World


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """For all tests of one file: each works in a meeting of its own, or adds to it."""
    with own_database() as url:
        yield Shared(url, filled(url, tmp_path_factory.mktemp("shared"), build))
