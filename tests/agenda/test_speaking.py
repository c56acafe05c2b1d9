"""The floor: who asks, who waits, who speaks, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.times import now
from meetings.changes import execute
from people.actor import Actor
from tests.marks import both_engines
from tests.meetings.test_log import at_once
from tests.world import Briefing, World

pytestmark = both_engines


def speakers(briefing: Briefing, actor: Actor) -> dict[int, dict[str, Any]]:
    return {
        thing["id"]: thing
        for key, thing in briefing.objects(actor).items()
        if key.startswith("speaker/")
    }


def queue(briefing: Briefing, actor: Actor, item_id: int) -> list[int]:
    """Ids of those who wait on an item, in order; their positions are 1, 2, 3 …"""
    found = [
        each
        for each in speakers(briefing, actor).values()
        if each["item_id"] == item_id and each["state"] == "waiting"
    ]
    found.sort(key=lambda each: each["position"])
    assert [each["position"] for each in found] == list(range(1, len(found) + 1))
    return [each["id"] for each in found]


@pytest.fixture
def three(live: Briefing, thu_ky: Actor, dai_bieu_2: Actor, quan_sat: Actor) -> list[int]:
    """Three who wait on the first item."""
    second = live.do(dai_bieu_2, "speaker.request", note="Về vốn").result["id"]
    third = live.do(thu_ky, "speaker.request", person_id=quan_sat.person_id).result["id"]
    return [live.parts.speaker, second, third]


def test_who_asks_waits_in_order_and_only_once(
    live: Briefing, three: list[int], dai_bieu: Actor, thu_ky: Actor
) -> None:
    first, second, _third = live.parts.items
    assert queue(live, thu_ky, first) == three
    with pytest.raises(Conflict) as refused:
        live.do(dai_bieu, "speaker.request", item_id=first)
    assert refused.value.current["id"] == three[0]
    # On another item, and again once the first turn is over, they may.
    other = live.do(dai_bieu, "speaker.request", item_id=second).result
    assert (other["position"], other["item_id"]) == (1, second)
    live.do(thu_ky, "speaker.call", speaker_id=three[0])
    with pytest.raises(Conflict):
        live.do(dai_bieu, "speaker.request", item_id=first)
    live.do(dai_bieu, "speaker.finish", speaker_id=three[0])
    assert live.do(dai_bieu, "speaker.request", item_id=first).result["position"] == 3


def test_without_a_current_item_one_must_be_named(
    giao_ban: Briefing, dai_bieu: Actor, thu_ky: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        giao_ban.do(dai_bieu, "speaker.request")
    assert refused.value.errors[0]["field"] == "item_id"
    early = giao_ban.do(dai_bieu, "speaker.request", item_id=giao_ban.parts.items[2]).result
    assert early["state"] == "waiting"
    assert giao_ban.do(dai_bieu, "speaker.withdraw", speaker_id=early["id"]).result["position"] == 0
    with pytest.raises(Conflict):
        giao_ban.do(thu_ky, "speaker.call", speaker_id=early["id"])


def test_only_the_leaders_ask_for_others_and_touch_others_turns(
    live: Briefing, three: list[int], dai_bieu: Actor, dai_bieu_2: Actor, world: World
) -> None:
    with pytest.raises(Forbidden):
        live.do(dai_bieu, "speaker.request", person_id=dai_bieu_2.person_id)
    with pytest.raises(Forbidden):
        live.do(dai_bieu, "speaker.withdraw", speaker_id=three[1])
    with pytest.raises(Invalid) as refused:
        live.do(world.actors["thuky"], "speaker.request", person_id=world.person("khach"))
    assert refused.value.errors[0]["field"] == "person_id"
    live.do(world.actors["chutoa"], "speaker.call", speaker_id=three[1])
    with pytest.raises(Forbidden):
        live.do(dai_bieu, "speaker.finish", speaker_id=three[1])


def test_one_speaks_at_a_time_and_the_clock_is_the_servers(
    live: Briefing, three: list[int], thu_ky: Actor
) -> None:
    live.do(thu_ky, "meeting.update", speaking_seconds=300, warning_seconds=30)
    begin = now()

    def at(seconds: float, name: str, **args: Any) -> Any:
        with live.app.app_context():
            moment = begin + timedelta(seconds=seconds)
            return execute(thu_ky, live.id, name, None, args, at=moment).result

    called = at(0, "speaker.call", speaker_id=three[0])
    assert (called["state"], called["position"], called["limit_seconds"]) == ("speaking", 0, 300)
    assert called["called_at"]
    assert called["seconds"] is None
    at(90, "speaker.call", speaker_id=three[2])
    first = speakers(live, thu_ky)[three[0]]
    assert (first["state"], first["seconds"]) == ("done", 90)
    assert queue(live, thu_ky, live.parts.items[0]) == [three[1]]
    done = at(100.9, "speaker.finish", speaker_id=three[2])
    assert (done["state"], done["seconds"]) == ("done", 10)
    # What is over cannot be called, withdrawn, moved or finished again.
    for name, args in (
        ("speaker.call", {}),
        ("speaker.withdraw", {}),
        ("speaker.finish", {}),
        ("speaker.move", {"position": 1}),
    ):
        with pytest.raises(Conflict) as refused:
            live.do(thu_ky, name, speaker_id=three[2], **args)
        assert refused.value.current == speakers(live, thu_ky)[three[2]]


def test_a_turn_ends_with_the_item_and_with_the_meeting(
    live: Briefing, three: list[int], thu_ky: Actor
) -> None:
    live.do(thu_ky, "speaker.call", speaker_id=three[0])
    live.do(thu_ky, "agenda.advance", from_item=live.parts.items[0])
    assert speakers(live, thu_ky)[three[0]]["state"] == "done"
    # Who still waited there does so when the item comes back.
    assert queue(live, thu_ky, live.parts.items[0]) == three[1:]
    live.do(thu_ky, "speaker.call", speaker_id=three[1])
    live.do(thu_ky, "meeting.close")
    assert speakers(live, thu_ky)[three[1]]["finished_at"]


def test_moving_keeps_the_order_of_the_others(
    live: Briefing, three: list[int], thu_ky: Actor
) -> None:
    item = live.parts.items[0]
    one, two, three_ = three
    live.do(thu_ky, "speaker.move", speaker_id=three_, position=1)
    assert queue(live, thu_ky, item) == [three_, one, two]
    live.do(thu_ky, "speaker.move", speaker_id=three_, position=99)
    assert queue(live, thu_ky, item) == [one, two, three_]
    live.do(thu_ky, "speaker.withdraw", speaker_id=one)
    assert queue(live, thu_ky, item) == [two, three_]


def test_of_two_who_move_the_queue_at_once_one_is_told_to_look_again(
    live: Briefing, three: list[int], thu_ky: Actor, chu_toa: Actor
) -> None:
    seen = speakers(live, thu_ky)
    leaders = (thu_ky, chu_toa)

    def move(index: int) -> Any:
        return live.do(
            leaders[index],
            "speaker.move",
            speaker_id=three[2],
            position=index + 1,
            base_revision=seen[three[2]]["revision"],
        )

    answers = at_once(2, move)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 1
    assert refused[0].current == speakers(live, thu_ky)[three[2]]
    # Whom somebody else's move has shifted has another revision too.
    with pytest.raises(Conflict):
        live.do(
            chu_toa,
            "speaker.move",
            speaker_id=three[1],
            position=1,
            base_revision=seen[three[1]]["revision"],
        )


def test_of_two_who_call_at_once_one_is_told_who_speaks(
    live: Briefing, three: list[int], thu_ky: Actor, chu_toa: Actor
) -> None:
    leaders = (thu_ky, chu_toa)
    answers = at_once(
        2,
        lambda i: live.do(leaders[i], "speaker.call", speaker_id=three[i], from_speaker=None),
    )
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 1
    assert refused[0].current["state"] == "speaking"
    states = [each["state"] for each in speakers(live, thu_ky).values()]
    assert states.count("speaking") == 1


def test_a_reply_comes_before_those_who_wait(
    live: Briefing, three: list[int], thu_ky: Actor, chu_toa: Actor, dai_bieu: Actor
) -> None:
    with pytest.raises(Conflict):  # nothing has been said yet
        live.do(chu_toa, "speaker.request", reply_to=three[0])
    live.do(thu_ky, "speaker.call", speaker_id=three[0])
    reply = live.do(chu_toa, "speaker.request", reply_to=three[0]).result
    again = live.do(thu_ky, "speaker.request", reply_to=three[0]).result
    assert (reply["reply_to"], reply["position"]) == (three[0], 1)
    waiting = [reply["id"], again["id"], *three[1:]]
    assert queue(live, thu_ky, live.parts.items[0]) == waiting
    with pytest.raises(Invalid):
        live.do(dai_bieu, "speaker.request", reply_to=three[0], item_id=live.parts.items[1])
    with pytest.raises(NotFound):
        live.do(dai_bieu, "speaker.request", reply_to=2**31 - 1)


def test_an_item_is_not_removed_while_somebody_speaks_to_it(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor, dai_bieu_2: Actor
) -> None:
    item = live.parts.items[1]
    asked = live.do(dai_bieu, "speaker.request", item_id=item).result["id"]
    waits = live.do(dai_bieu_2, "speaker.request", item_id=item).result["id"]
    live.do(thu_ky, "speaker.call", speaker_id=asked)
    with pytest.raises(Conflict, match="conflict") as refused:
        live.do(thu_ky, "agenda.remove", item_id=item)
    assert "đang có người phát biểu" in str(refused.value.message).lower()
    live.do(thu_ky, "speaker.finish", speaker_id=asked)
    with pytest.raises(Conflict):  # it was spoken to
        live.do(thu_ky, "agenda.remove", item_id=item)
    assert speakers(live, thu_ky)[waits]["state"] == "waiting"


def test_who_waits_on_an_item_that_is_removed_waits_no_longer(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    item = live.parts.items[1]
    asked = live.do(dai_bieu, "speaker.request", item_id=item).result["id"]
    live.do(thu_ky, "agenda.remove", item_id=item)
    assert asked not in speakers(live, thu_ky)
    assert f"speaker/{asked}" in live.events(dai_bieu, live.revision - 1)[0]["deleted"]


def test_who_has_asked_stays_in_the_list_of_participants(live: Briefing, thu_ky: Actor) -> None:
    with pytest.raises(Conflict):
        live.do(thu_ky, "participant.remove", participant_id=live.parts.participants["daibieu"])
    assert live.parts.speaker in speakers(live, thu_ky)
