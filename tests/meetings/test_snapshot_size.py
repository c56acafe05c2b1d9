"""How large the snapshot of a full day's briefing is on the wire."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import db
from core.fanout import compressed_frame
from demo_data.dak_glong import ENDED_BRIEFING, ORGANISATION
from people.actor import Actor
from people.models import Person
from tests.world import Briefing

# Communes are often on a mobile network at 1 Mbit/s, where this takes half a second.
MOST_BYTES = 60 * 1024
# Twelve thousand words: some thirty printed pages.
ITEMS, LINES, PEOPLE = 40, 600, 300


def words() -> list[str]:
    """The vocabulary of the demo's record, each word as often as it occurs there."""
    whole = " ".join(entry.text for entry in ENDED_BRIEFING.entries)
    return re.findall(r"\S+", whole)


@pytest.mark.scale
def test_a_full_days_snapshot_is_small_on_the_wire(
    live: Briefing, thu_ky: Actor, client_for: Callable[[str], FlaskClient]
) -> None:
    # Words drawn at random repeat themselves less than people do, so this errs upwards.
    chance, vocabulary = random.Random(2023), words()

    def said(number: int) -> str:
        return " ".join(chance.choices(vocabulary, k=number))

    with live.app.app_context():
        names = [person.name.split() for person in ORGANISATION.people]
        people = [
            Person(
                name=" ".join(chance.choice(names)[:2] + chance.choice(names)[-1:]),
                title=chance.choice(ORGANISATION.people).title,
                unit_id=thu_ky.unit_id,
            )
            for _ in range(PEOPLE)
        ]
        db.session.add_all(people)
        db.session.commit()
        ids = [person.id for person in people]
    live.give(thu_ky, "participant.invite", {"person_ids": ids})
    items = [
        live.do(thu_ky, "agenda.add", title=said(12), minutes=10).result["id"] for _ in range(ITEMS)
    ]
    for number in range(LINES):
        entry: dict[str, Any] = {"item_id": items[number % ITEMS], "kind": "opinion"}
        entry |= {"text": said(chance.randint(8, 32)), "person_id": chance.choice(ids)}
        live.give(thu_ky, "discussion.add", entry)

    answer = client_for("daibieu").get(
        f"/api/v1/meetings/{live.id}/snapshot", headers={"Accept-Encoding": "gzip"}
    )
    objects = json.loads(gzip.decompress(answer.data))["objects"]
    assert sum(key.startswith("entry/") for key in objects) >= LINES
    assert sum(key.startswith("person/") for key in objects) >= PEOPLE
    over_http = len(answer.data)
    over_websocket = len(compressed_frame(gzip.decompress(answer.data).decode()))
    assert over_http < MOST_BYTES
    assert over_websocket < MOST_BYTES
