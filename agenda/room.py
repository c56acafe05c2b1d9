"""What follows from a meeting's objects at a moment: when it ends, who is late, who has not spoken
and who has not voted. Pure functions over public objects, for pages, documents and API alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agenda.fitting import Objects, agenda_of, predicted_end, used_seconds
from core.times import rfc3339

# Who checks in while the meeting is being opened is not late.
LATE_AFTER = timedelta(minutes=5)
PRESENT = ("on_site", "online")


def _of(objects: Objects, kind: str) -> list[dict[str, Any]]:
    return [dict(thing) for key, thing in objects.items() if key.startswith(f"{kind}/")]


def _meeting(objects: Objects) -> dict[str, Any]:
    return _of(objects, "meeting")[0]


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _in_order(objects: Objects) -> list[dict[str, Any]]:
    """The attendances in protocol order, each with its `role`."""
    people = sorted(_of(objects, "participant"), key=lambda p: (p["position"], p["id"]))
    by_person = {each["person_id"]: each for each in _of(objects, "attendance")}
    return [
        by_person[p["person_id"]] | {"role": p["role"]}
        for p in people
        if p["person_id"] in by_person
    ]


def here(attendance: dict[str, Any]) -> bool:
    """Somebody, or a deputy for them, is here now.

    Args:
        attendance: the public object.
    """
    came = attendance["status"] in PRESENT or attendance["deputy_name"] is not None
    return came and attendance.get("left_at") is None


def late(objects: Objects) -> list[int]:
    """Who came more than `LATE_AFTER` after the opening, in protocol order.

    Args:
        objects: a snapshot's.
    """
    opened_at = _moment(_meeting(objects).get("opened_at"))
    if opened_at is None:
        return []
    return [
        each["person_id"]
        for each in _in_order(objects)
        if (came := _moment(each.get("arrived_at"))) and came > opened_at + LATE_AFTER
    ]


def left_early(objects: Objects) -> list[int]:
    """Who has left before the close, in protocol order.

    Args:
        objects: a snapshot's.
    """
    closed_at = _moment(_meeting(objects).get("closed_at"))
    return [
        each["person_id"]
        for each in _in_order(objects)
        if (left := _moment(each.get("left_at"))) and (closed_at is None or left < closed_at)
    ]


def silent(objects: Objects) -> list[int]:
    """Participants who are here and have not had the floor, nor a line in the record, in protocol
    order.

    Args:
        objects: a snapshot's.
    """
    spoken = {
        speaker["person_id"]
        for speaker in _of(objects, "speaker")
        if speaker["state"] in ("speaking", "done")
    } | {entry["person_id"] for entry in _of(objects, "entry")}
    return [
        each["person_id"]
        for each in _in_order(objects)
        if each["role"] == "participant" and here(each) and each["person_id"] not in spoken
    ]


def not_voted(vote: dict[str, Any], ballots: list[dict[str, Any]]) -> list[int]:
    """Who might have voted and has not, in protocol order.

    Args:
        vote: the public object.
        ballots: the public objects of all votes.
    """
    voted = {ballot["person_id"] for ballot in ballots if ballot["vote_id"] == vote["id"]}
    return [person_id for person_id in vote["voter_ids"] if person_id not in voted]


def summary(objects: Objects, at: datetime) -> dict[str, Any]:
    """Where the meeting stands.

    Args:
        objects: a snapshot's.
        at: the present moment.
    """
    ballots = _of(objects, "ballot")
    quorum = next(iter(_of(objects, "quorum")), None)
    return {
        "now": rfc3339(at),
        "predicted_end": rfc3339(predicted_end(objects, at)),
        "items": [
            {
                "item_id": item["id"],
                "planned_minutes": item.get("planned_minutes", item["minutes"]),
                "minutes": item["minutes"],
                "used_seconds": int(used_seconds(item, at)),
            }
            for item in agenda_of(objects)
        ],
        "here": [each["person_id"] for each in _in_order(objects) if here(each)],
        "late": late(objects),
        "left_early": left_early(objects),
        "silent": silent(objects),
        "not_voted": {str(vote["id"]): not_voted(vote, ballots) for vote in _of(objects, "vote")},
        "quorum": quorum,
    }
