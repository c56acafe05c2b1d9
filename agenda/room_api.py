"""HTTP API: speakers, votes, the big screen, codes for checking in, and where a meeting stands."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import segno
from flask import Response, url_for
from pydantic import Field

from agenda.commands import Choice, Fit, Hands, OpenVote, Position, Remark, RequestFloor
from agenda.commands import ShowOnScreen as Show
from agenda.fitting import propose
from agenda.room import summary
from core.api import Listing, Page, PathId, Public, blueprint, created, page_of_list
from core.db import reading
from core.errors import NotFound
from core.schema import Args, Moment, Query, Revision
from core.times import now, rfc3339
from meetings import feed
from meetings.api import Accepted, MeetingPath, accepted, run
from meetings.attendance import ROTATION, Code, new_code
from people.login import current_actor

api = blueprint("room", __name__)


class SpeakerOut(Public):
    """Somebody who asks for the floor, has it, or has had it."""

    id: int
    person_id: int
    item_id: int
    position: int
    state: str
    revision: int


class VoteOut(Public):
    """A vote; `counts` once it is closed."""

    id: int
    item_id: int | None
    question: str
    secret: bool
    state: str
    counts: dict[str, int] | None
    revision: int


class BallotOut(Public):
    """That somebody has voted; in a public vote also how."""

    id: int
    vote_id: int
    person_id: int
    choice: str | None


class Speakers(Listing):
    """A page of speakers."""

    items: list[SpeakerOut]


class Votes(Listing):
    """A page of votes."""

    items: list[VoteOut]


class Ballots(Listing):
    """A page of ballots."""

    items: list[BallotOut]


class ScreenOut(Public):
    """What the big screen shows."""

    what: str
    ref: int | None
    page: int | None


class LateEntryOut(Public):
    """A line of the record that was added after the close."""

    id: int
    item_id: int
    text: str
    late: bool


class ItemMinutesOut(Public):
    """An item's minutes."""

    item_id: int
    minutes: int


class Fitting(Public):
    """What to cut so that the meeting ends at a moment; `missing` minutes cannot be cut."""

    ends_at: str
    predicted_end: str
    cut: int
    missing: int
    items: list[ItemMinutesOut]


class Room(Public):
    """Where the meeting stands; people by their ids, in protocol order."""

    now: str
    predicted_end: str
    here: list[int]
    late: list[int]
    left_early: list[int]
    silent: list[int]
    not_voted: dict[str, list[int]]
    quorum: dict[str, Any] | None


class CodeOut(Public):
    """What a site's screen shows for some seconds."""

    unit_id: int
    token: str
    url: str
    expires_at: str
    rotate_seconds: int


class SpeakerPath(MeetingPath):
    """A speaker's id in the address."""

    speaker_id: PathId


class VotePath(MeetingPath):
    """A vote's id in the address."""

    vote_id: PathId


class MoveBody(Args):
    """A waiting speaker's new place, based on the revision that the author saw."""

    position: Position
    base_revision: Revision | None = None


class ChoiceBody(Args):
    """One's own choice."""

    choice: Choice


class HandsBody(Args):
    """Hands counted in the room."""

    hands: Hands


class Until(Query):
    """When the meeting is to end; when it was to end anyway, if nothing is named."""

    ends_at: Moment | None = None


class OfSite(Query):
    """The site; one's own when not named."""

    unit_id: PathId | None = None


class OfItem(Page):
    """Whose queue."""

    item_id: PathId | None = Field(default=None, description="Only of this agenda item.")


@api.get("/meetings/<int:meeting_id>/room", responses={200: Room})
def get_room(path: MeetingPath) -> dict[str, Any]:
    """Where the meeting stands: predicted end, who is here, late, silent, has not voted."""
    return summary(feed.snapshot(current_actor(), path.meeting_id).objects, now())


@api.get("/meetings/<int:meeting_id>/fitting", responses={200: Fitting})
def get_fitting(path: MeetingPath, query: Until) -> dict[str, Any]:
    """What to cut so that the meeting ends at a moment; `agenda.fit` takes it."""
    objects = feed.snapshot(current_actor(), path.meeting_id).objects
    planned = datetime.fromisoformat(objects[f"meeting/{path.meeting_id}"]["ends_at"])
    found = propose(objects, now(), query.ends_at or planned)
    return {
        "ends_at": rfc3339(found.ends_at),
        "predicted_end": rfc3339(found.predicted_end),
        "cut": found.cut,
        "missing": found.missing,
        "items": [{"item_id": k, "minutes": v} for k, v in found.minutes.items()],
    }


@api.post("/meetings/<int:meeting_id>/fitting", responses={200: Accepted})
def fit(path: MeetingPath, body: Fit) -> dict[str, Any]:
    """Give pending items other minutes, all at once (`agenda.fit`)."""
    return accepted(run(path.meeting_id, "agenda.fit", body.model_dump(exclude_unset=True)))


@api.get("/meetings/<int:meeting_id>/speakers", responses={200: Speakers})
def list_speakers(path: MeetingPath, query: OfItem) -> dict[str, Any]:
    """Who waits for the floor, has it or has had it, item by item; those who wait in order."""
    found = feed.listed(current_actor(), path.meeting_id, "speaker")
    if query.item_id is not None:
        found = [each for each in found if each["item_id"] == query.item_id]
    return page_of_list(sorted(found, key=lambda s: (s["item_id"], s["position"], s["id"])), query)


@api.post("/meetings/<int:meeting_id>/speakers", responses={201: SpeakerOut})
def request_floor(path: MeetingPath, body: RequestFloor) -> Response:
    """Ask for the floor (`speaker.request`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "speaker.request", args).result)


@api.patch("/meetings/<int:meeting_id>/speakers/<int:speaker_id>", responses={200: SpeakerOut})
def move_speaker(path: SpeakerPath, body: MoveBody) -> Any:
    """Let somebody wait at another place (`speaker.move`)."""
    args = body.model_dump(exclude_unset=True) | {"speaker_id": path.speaker_id}
    return run(path.meeting_id, "speaker.move", args).result


@api.delete("/meetings/<int:meeting_id>/speakers/<int:speaker_id>", responses={200: SpeakerOut})
def withdraw_speaker(path: SpeakerPath) -> Any:
    """Take back a request (`speaker.withdraw`)."""
    return run(path.meeting_id, "speaker.withdraw", {"speaker_id": path.speaker_id}).result


@api.get("/meetings/<int:meeting_id>/votes", responses={200: Votes})
def list_votes(path: MeetingPath, query: Page) -> dict[str, Any]:
    """The votes in the order in which they were opened."""
    return page_of_list(feed.listed(current_actor(), path.meeting_id, "vote"), query)


@api.post("/meetings/<int:meeting_id>/votes", responses={201: VoteOut})
def open_vote(path: MeetingPath, body: OpenVote) -> Response:
    """Put a question to the vote (`vote.open`)."""
    return created(run(path.meeting_id, "vote.open", body.model_dump(exclude_unset=True)).result)


@api.get("/meetings/<int:meeting_id>/votes/<int:vote_id>/ballots", responses={200: Ballots})
def list_ballots(path: VotePath, query: Page) -> dict[str, Any]:
    """Who has voted; in a public vote also how."""
    objects = feed.snapshot(current_actor(), path.meeting_id).objects
    if f"vote/{path.vote_id}" not in objects:
        raise NotFound()
    found = [
        thing
        for key, thing in objects.items()
        if key.startswith("ballot/") and thing["vote_id"] == path.vote_id
    ]
    return page_of_list(found, query)


@api.post("/meetings/<int:meeting_id>/votes/<int:vote_id>/ballots", responses={201: BallotOut})
def cast(path: VotePath, body: ChoiceBody) -> Response:
    """Vote (`vote.cast`)."""
    args = {"vote_id": path.vote_id, "choice": body.choice}
    return created(run(path.meeting_id, "vote.cast", args).result)


@api.patch("/meetings/<int:meeting_id>/votes/<int:vote_id>", responses={200: VoteOut})
def count_hands(path: VotePath, body: HandsBody) -> Any:
    """Enter the hands counted in the room (`vote.count`)."""
    return run(path.meeting_id, "vote.count", {"vote_id": path.vote_id, "hands": body.hands}).result


@api.post("/meetings/<int:meeting_id>/votes/<int:vote_id>/close", responses={200: VoteOut})
def close_vote(path: VotePath) -> Any:
    """End a vote (`vote.close`)."""
    return run(path.meeting_id, "vote.close", {"vote_id": path.vote_id}).result


@api.delete("/meetings/<int:meeting_id>/votes/<int:vote_id>", responses={200: Accepted})
def remove_vote(path: VotePath) -> dict[str, Any]:
    """Take back a question that is still open (`vote.remove`)."""
    return accepted(run(path.meeting_id, "vote.remove", {"vote_id": path.vote_id}))


@api.put("/meetings/<int:meeting_id>/screen", responses={200: ScreenOut})
def show(path: MeetingPath, body: Show) -> Any:
    """Show something on the big screen (`screen.show`)."""
    return run(path.meeting_id, "screen.show", body.model_dump(exclude_unset=True)).result


@api.post("/meetings/<int:meeting_id>/discussion/remarks", responses={201: LateEntryOut})
def remark(path: MeetingPath, body: Remark) -> Response:
    """Add a remark after the close (`discussion.remark`)."""
    args = body.model_dump(exclude_unset=True)
    return created(run(path.meeting_id, "discussion.remark", args).result)


def _code(meeting_id: int, unit_id: int | None) -> tuple[Code, str]:
    with reading() as session:
        code = new_code(session, current_actor(), meeting_id, unit_id)
    # Behind `#` it is sent to no server, and stands in no server's log.
    page: str = url_for("agenda.live", meeting_id=meeting_id, _external=True)
    return code, f"{page}#check-in={code.token}"


@api.get("/meetings/<int:meeting_id>/check-in-code", responses={200: CodeOut})
def get_code(path: MeetingPath, query: OfSite) -> dict[str, Any]:
    """Another code for a site's screen (`attendance.check_in` takes the token once)."""
    code, url = _code(path.meeting_id, query.unit_id)
    return {
        "unit_id": code.unit_id,
        "token": code.token,
        "url": url,
        "expires_at": rfc3339(code.expires_at),
        "rotate_seconds": int(ROTATION.total_seconds()),
    }


@api.get("/meetings/<int:meeting_id>/check-in-code.svg", responses={200: None})
def get_code_as_picture(path: MeetingPath, query: OfSite) -> Response:
    """The same as a QR code to be shown."""
    _found, url = _code(path.meeting_id, query.unit_id)
    picture = io.BytesIO()
    segno.make_qr(url, error="m").save(
        picture, kind="svg", border=4, light="#fff", xmldecl=False, omitsize=True
    )
    response = Response(picture.getvalue(), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response
