"""The description of the live protocol names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from meetings.changes import COMMANDS

LIVE = Path(__file__).parents[2] / "docs" / "live.md"


def test_every_command_with_its_arguments_is_described():
    rows = [row for row in LIVE.read_text().splitlines() if row.startswith("| `")]
    described = {}
    for row in rows:
        names, arguments = row.split("|")[1:3]
        for name in re.findall(r"`([a-z]+\.[a-z_]+)`", names):
            described[name] = arguments
    assert described.keys() == COMMANDS.keys()
    for name, command in COMMANDS.items():
        if name == "directive.update":
            continue  # "the same as above"
        for argument in command.args.model_fields:
            assert argument in described[name], (name, argument)
