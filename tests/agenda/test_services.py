"""The course of a meeting: opening, the agenda and its clock, closing, the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import Conflict, Invalid
from meetings.changes import execute
from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def meeting(briefing: Briefing, actor: Actor) -> dict[str, Any]:
    return briefing.objects(actor)[f"meeting/{briefing.id}"]


def item(briefing: Briefing, actor: Actor, number: int) -> dict[str, Any]:
    return briefing.objects(actor)[f"agenda_item/{briefing.parts.items[number]}"]


def test_from_opening_to_closing(giao_ban: Briefing, thu_ky: Actor) -> None:
    items = giao_ban.parts.items
    giao_ban.do(thu_ky, "meeting.open")
    assert meeting(giao_ban, thu_ky)["current_item_id"] is None
    for seen, after in zip([None, *items], [*items, None], strict=True):
        result = giao_ban.do(thu_ky, "agenda.advance", from_item=seen).result
        assert result["current_item_id"] == after
    assert [item(giao_ban, thu_ky, n)["state"] for n in range(3)] == ["done"] * 3
    # After the last one there is nothing to advance to.
    with pytest.raises(Conflict):
        giao_ban.do(thu_ky, "agenda.advance", from_item=None)
    closed = giao_ban.do(thu_ky, "meeting.close").result
    assert closed["state"] == "closed"
    assert closed["closed_at"]


def test_closing_ends_the_running_item_and_reopening_starts_none(
    live: Briefing, thu_ky: Actor
) -> None:
    live.do(thu_ky, "meeting.close")
    assert item(live, thu_ky, 0)["state"] == "done"
    assert item(live, thu_ky, 0)["started_at"] is None
    assert meeting(live, thu_ky)["current_item_id"] is None
    again = live.do(thu_ky, "meeting.reopen", reason="Thiếu một ý").result
    assert (again["state"], again["closed_at"]) == ("live", None)
    assert '"reason":"Thiếu một ý"' in live.log()[-1].args


def test_the_clock_sums_the_turns_of_an_item(giao_ban: Briefing, thu_ky: Actor) -> None:
    def at(minutes: float, name: str, **args: Any) -> None:
        with giao_ban.app.app_context():
            moment = BEGIN + timedelta(minutes=minutes)
            execute(thu_ky, giao_ban.id, name, None, args, at=moment)

    first, second, _third = giao_ban.parts.items
    at(0, "meeting.open")
    at(1, "agenda.advance", from_item=None)
    assert item(giao_ban, thu_ky, 0)["started_at"] == "2026-03-02T08:01:00+07:00"
    at(4, "agenda.advance", from_item=first)
    at(10, "agenda.go_to", item_id=first)
    at(10.5, "agenda.go_to", item_id=first)
    at(12, "agenda.go_to", item_id=second, from_item=first)
    assert item(giao_ban, thu_ky, 0)["used_seconds"] == 3 * 60 + 2 * 60
    assert item(giao_ban, thu_ky, 1)["used_seconds"] == 6 * 60
    assert item(giao_ban, thu_ky, 1)["state"] == "current"


def test_positions_stay_1_2_3(giao_ban: Briefing, thu_ky: Actor) -> None:
    def titles() -> list[str]:
        found = [
            thing
            for key, thing in giao_ban.objects(thu_ky).items()
            if key.startswith("agenda_item/")
        ]
        found.sort(key=lambda thing: thing["position"])
        assert [thing["position"] for thing in found] == list(range(1, len(found) + 1))
        return [str(thing["title"])[:8] for thing in found]

    one, two, three = giao_ban.parts.items
    giao_ban.do(thu_ky, "agenda.move", item_id=three, position=1)
    assert titles() == ["Kết luận", "Báo cáo ", "Thảo luậ"]
    giao_ban.do(thu_ky, "agenda.add", title="Mới", position=2)
    assert titles() == ["Kết luận", "Mới", "Báo cáo ", "Thảo luậ"]
    giao_ban.do(thu_ky, "agenda.remove", item_id=one)
    assert titles() == ["Kết luận", "Mới", "Thảo luậ"]
    giao_ban.do(thu_ky, "agenda.update", item_id=two, position=1)
    assert titles() == ["Thảo luậ", "Kết luận", "Mới"]


def test_an_item_that_runs_or_was_spoken_to_stays(live: Briefing, thu_ky: Actor) -> None:
    _first, second, third = live.parts.items
    live.do(thu_ky, "agenda.go_to", item_id=third)
    for number in (0, 2):
        with pytest.raises(Conflict) as refused:
            live.do(thu_ky, "agenda.remove", item_id=live.parts.items[number])
        assert refused.value.current == item(live, thu_ky, number)
    live.do(thu_ky, "conclusion.add", text="Thuộc mục hai", item_id=second)
    with pytest.raises(Conflict):
        live.do(thu_ky, "agenda.remove", item_id=second)


def test_who_spoke_is_a_participant_or_a_name(live: Briefing, thu_ky: Actor, world: World) -> None:
    said = {"item_id": live.parts.items[0], "text": "Ý kiến"}
    with pytest.raises(Invalid):
        live.do(
            thu_ky,
            "discussion.add",
            **said,
            person_id=world.person("daibieu"),
            speaker_name="Ai đó",
        )
    with pytest.raises(Invalid) as refused:
        live.do(thu_ky, "discussion.add", **said, person_id=world.person("khach"))
    assert refused.value.errors[0]["field"] == "person_id"
    line = live.do(thu_ky, "discussion.add", **said, speaker_name="Ai đó").result
    assert (line["person_id"], line["unit_id"]) == (None, None)
    line = live.do(thu_ky, "discussion.add", **said, person_id=world.person("daibieu")).result
    assert line["unit_id"] == world.units["xa_mot"]


def test_who_has_spoken_stays_a_participant(live: Briefing, thu_ky: Actor) -> None:
    with pytest.raises(Conflict):
        live.do(thu_ky, "participant.remove", participant_id=live.parts.participants["daibieu2"])
    assert f"participant/{live.parts.participants['daibieu2']}" in live.objects(thu_ky)
