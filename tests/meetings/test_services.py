"""Inviting people, their roles, and their attendance."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Conflict, NotFound
from people.actor import Actor
from tests.marks import both_engines
from tests.world import Briefing, World

pytestmark = both_engines


def attendance(briefing: Briefing, actor: Actor, person_id: int) -> dict[str, Any]:
    return next(
        thing
        for key, thing in briefing.objects(actor).items()
        if key.startswith("attendance/") and thing["person_id"] == person_id
    )


def test_a_group_stands_for_its_members(giao_ban: Briefing, thu_ky: Actor, world: World) -> None:
    added = giao_ban.do(thu_ky, "participant.invite", unit_ids=[world.units["cac_xa"]]).result
    assert [each["person_id"] for each in added] == [world.person("khach")]
    again = giao_ban.do(thu_ky, "participant.invite", unit_ids=[world.units["cac_xa"]])
    assert again.result == []


def test_a_person_that_there_is_not_leaves_nobody_half_invited(
    giao_ban: Briefing, thu_ky: Actor, khach: Actor
) -> None:
    with pytest.raises(Exception, match="invalid"):
        giao_ban.do(thu_ky, "participant.invite", person_ids=[khach.person_id, 9999])
    with pytest.raises(NotFound):
        giao_ban.objects(khach)


def test_a_meeting_keeps_a_secretary(giao_ban: Briefing, thu_ky: Actor, chu_toa: Actor) -> None:
    own = giao_ban.parts.participants["thuky"]
    for name, args in (
        ("participant.remove", {}),
        ("participant.update", {"role": "participant"}),
    ):
        with pytest.raises(Conflict):
            giao_ban.do(chu_toa, name, participant_id=own, **args)
    clerk = giao_ban.parts.participants["vanthu"]
    giao_ban.do(thu_ky, "participant.update", participant_id=clerk, role="secretary")
    giao_ban.do(thu_ky, "participant.remove", participant_id=own)
    with pytest.raises(NotFound):
        giao_ban.objects(thu_ky)


def test_a_new_role_counts_at_once(giao_ban: Briefing, thu_ky: Actor, dai_bieu: Actor) -> None:
    own = giao_ban.parts.participants["daibieu"]
    giao_ban.do(thu_ky, "participant.update", participant_id=own, role="chair")
    assert giao_ban.do(dai_bieu, "meeting.open").result["state"] == "live"
    assert dai_bieu.person_id in giao_ban.do(dai_bieu, "meeting.close").result["chair_ids"]


def test_checking_in_and_being_marked(live: Briefing, thu_ky: Actor, dai_bieu: Actor) -> None:
    person_id = dai_bieu.person_id
    marked = live.do(
        thu_ky, "attendance.mark", person_id=person_id, status="absent", reason="Công tác"
    ).result
    assert (marked["status"], marked["reason"]) == ("absent", "Công tác")
    kept = live.do(thu_ky, "attendance.mark", person_id=person_id, status="absent").result
    assert kept["reason"] == "Công tác"
    came = live.do(dai_bieu, "attendance.check_in", mode="online").result
    assert (came["status"], came["reason"]) == ("online", None)
    assert attendance(live, thu_ky, person_id) == came
    own = live.parts.participants["daibieu"]
    with pytest.raises(Conflict):
        live.do(thu_ky, "participant.remove", participant_id=own)
    unknown = live.do(thu_ky, "attendance.mark", person_id=person_id, status="unknown").result
    assert unknown["at"] is None


def test_a_draft_is_seen_by_its_leaders_alone(
    in_state: Any, world: World, thu_ky: Actor, dai_bieu: Actor
) -> None:
    draft = in_state("draft")
    assert draft.objects(thu_ky)
    assert draft.objects(world.actors["chutoa"])
    with pytest.raises(NotFound):
        draft.objects(dai_bieu)
    draft.do(thu_ky, "meeting.schedule")
    assert draft.objects(dai_bieu)


def test_a_cancelled_meeting_stays_readable(in_state: Any, dai_bieu: Actor) -> None:
    cancelled = in_state("archived")
    meeting = cancelled.objects(dai_bieu)[f"meeting/{cancelled.id}"]
    assert (meeting["state"], meeting["cancel_reason"]) == ("archived", "Trùng lịch")
    assert meeting["cancelled_at"]
