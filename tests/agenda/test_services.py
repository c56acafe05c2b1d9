"""The course of a meeting: opening, the agenda and its clock, closing, the record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import Conflict, Invalid, NotFound
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


def test_an_item_is_skipped_and_taken_up_again(live: Briefing, thu_ky: Actor) -> None:
    first, second, third = live.parts.items
    assert live.do(thu_ky, "agenda.skip", item_id=second).result["state"] == "skipped"
    again = live.do(thu_ky, "agenda.advance", from_item=first).result
    assert again["current_item_id"] == third
    assert live.do(thu_ky, "agenda.restore", item_id=second).result["state"] == "pending"
    live.do(thu_ky, "agenda.go_to", item_id=second)
    assert item(live, thu_ky, 1)["state"] == "current"
    # One that is done is gone back to in the same way, and its clock goes on.
    live.do(thu_ky, "agenda.go_to", item_id=first)
    assert item(live, thu_ky, 0)["started_at"]
    for name, item_id in (("agenda.skip", third), ("agenda.restore", third)):
        with pytest.raises(Conflict) as refused:
            live.do(thu_ky, name, item_id=item_id)
        assert refused.value.current == item(live, thu_ky, 2)


def test_skipping_the_present_item_goes_on_to_the_next(live: Briefing, thu_ky: Actor) -> None:
    first, second, third = live.parts.items
    live.do(thu_ky, "agenda.skip", item_id=first)
    assert meeting(live, thu_ky)["current_item_id"] == second
    assert item(live, thu_ky, 0)["state"] == "skipped"
    assert item(live, thu_ky, 0)["started_at"] is None
    live.do(thu_ky, "agenda.go_to", item_id=third)
    live.do(thu_ky, "agenda.skip", item_id=third)
    assert meeting(live, thu_ky)["current_item_id"] is None


def test_the_plan_stays_in_sight_when_minutes_change_while_live(
    giao_ban: Briefing, thu_ky: Actor
) -> None:
    second = giao_ban.parts.items[1]
    giao_ban.do(thu_ky, "agenda.update", item_id=second, minutes=25)
    giao_ban.do(thu_ky, "meeting.open")
    assert "planned_minutes" not in item(giao_ban, thu_ky, 1)
    fitted = giao_ban.do(thu_ky, "agenda.fit", items=[{"item_id": second, "minutes": 15}]).result
    assert [(each["minutes"], each["planned_minutes"]) for each in fitted] == [(15, 25)]
    giao_ban.do(thu_ky, "agenda.update", item_id=second, minutes=20)
    assert item(giao_ban, thu_ky, 1)["planned_minutes"] == 25
    giao_ban.do(thu_ky, "agenda.update", item_id=second, minutes=25)
    assert "planned_minutes" not in item(giao_ban, thu_ky, 1)


def test_a_proposal_is_taken_whole_or_not_at_all(live: Briefing, thu_ky: Actor) -> None:
    first, second, third = live.parts.items
    before = live.revision
    both = [{"item_id": third, "minutes": 5}, {"item_id": first, "minutes": 5}]
    with pytest.raises(Conflict) as refused:
        live.do(thu_ky, "agenda.fit", items=both)
    assert refused.value.current == item(live, thu_ky, 0)
    assert item(live, thu_ky, 2)["minutes"] == 10
    twice = [{"item_id": second, "minutes": 5}, {"item_id": second, "minutes": 6}]
    with pytest.raises(Invalid):
        live.do(thu_ky, "agenda.fit", items=twice)
    with pytest.raises(NotFound):
        live.do(thu_ky, "agenda.fit", items=[{"item_id": 2**31 - 1, "minutes": 5}])
    for junk in ([], [{}], [{"item_id": second}], [{"item_id": second, "minutes": 1441}]):
        with pytest.raises(Invalid):
            live.do(thu_ky, "agenda.fit", items=junk)
    assert live.revision == before


def test_reopening_keeps_its_reason_in_the_log(in_state: Any, thu_ky: Actor) -> None:
    closed = in_state("closed")
    with pytest.raises(Invalid) as refused:
        closed.give(thu_ky, "meeting.reopen", {"reason": 5})
    assert refused.value.errors[0]["field"] == "reason"
    assert closed.do(thu_ky, "meeting.reopen", reason=" Thiếu ").result["state"] == "live"
    assert json.loads(closed.log()[-1].args) == {"reason": "Thiếu"}
    # Who gives none is not stopped: the page is what asks.
    closed.do(thu_ky, "meeting.close")
    assert closed.do(thu_ky, "meeting.reopen").result["state"] == "live"


def test_a_late_remark_is_marked_for_ever(in_state: Any, thu_ky: Actor, dai_bieu: Actor) -> None:
    closed = in_state("closed")
    first = closed.parts.items[0]
    said = closed.do(dai_bieu, "discussion.remark", item_id=first, text="Bổ sung số liệu").result
    assert (said["late"], said["kind"]) == (True, "opinion")
    assert (said["person_id"], said["unit_id"]) == (dai_bieu.person_id, dai_bieu.unit_id)
    closed.do(thu_ky, "meeting.reopen", reason="Xem lại góp ý")
    corrected = closed.do(
        thu_ky,
        "discussion.update",
        entry_id=said["id"],
        base_revision=said["revision"],
        text="Bổ sung số liệu thu",
    ).result
    assert corrected["late"] is True
    # What is said in the meeting is not late.
    assert "late" not in closed.do(thu_ky, "discussion.add", item_id=first, text="Rõ").result


@pytest.mark.parametrize(("hours", "allowed"), [(None, 24), (2, 2), (0, 0)])
def test_remarks_end_with_the_meetings_time(
    hours: int | None, allowed: int, live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    live.do(thu_ky, "meeting.update", remark_hours=hours)
    closed_at = datetime.fromisoformat(live.do(thu_ky, "meeting.close").result["closed_at"])

    def remark(moment: datetime) -> None:
        args = {"item_id": live.parts.items[0], "text": "Góp ý"}
        with live.app.app_context():
            execute(dai_bieu, live.id, "discussion.remark", None, args, at=moment)

    remark(closed_at + timedelta(hours=allowed))
    with pytest.raises(Conflict) as refused:
        remark(closed_at + timedelta(hours=allowed, seconds=1))
    assert f"{allowed} giờ" in str(refused.value.message)


def test_the_screen_shows_one_thing_at_a_time(
    live: Briefing, thu_ky: Actor, chu_toa: Actor, quan_sat: Actor, in_state: Any
) -> None:
    assert "screen/1" not in live.objects(quan_sat)
    live.do(thu_ky, "screen.show", what="vote", ref=live.parts.vote)
    live.do(chu_toa, "screen.show", what="paper", ref=7, page=3)
    shown = live.objects(quan_sat)["screen/1"]
    assert (shown["id"], shown["what"], shown["ref"], shown["page"]) == (1, "paper", 7, 3)
    live.do(thu_ky, "screen.show", what="agenda")
    shown = live.objects(quan_sat)["screen/1"]
    assert (shown["what"], shown["ref"], shown["page"]) == ("agenda", None, None)
    with pytest.raises(NotFound):
        live.do(thu_ky, "screen.show", what="vote", ref=in_state("closed").parts.vote)
    # Each meeting has its own.
    other = in_state("scheduled")
    other.do(thu_ky, "screen.show", what="check_in")
    assert other.objects(quan_sat)["screen/1"]["what"] == "check_in"
    assert live.objects(quan_sat)["screen/1"]["what"] == "agenda"
