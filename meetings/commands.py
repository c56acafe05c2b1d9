"""Arguments of what is done to a meeting, its participants and their attendance."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from core.schema import Args, Id, Line, Moment, OptionalLine, OptionalText


def _web_address(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
        raise PydanticCustomError("url", "not a web address")
    return value


def _parsable(value: str) -> str:
    try:
        return _web_address(value)
    except ValueError:
        raise PydanticCustomError("url", "not a web address") from None


RoleName = Literal["chair", "secretary", "participant", "observer", "records_clerk"]
WebAddress = Annotated[OptionalLine, AfterValidator(_parsable)]
Ids = Annotated[list[Id], Field(max_length=1000)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,48}$")]


class CreateMeeting(Args):
    """A new meeting. The one who creates it becomes its secretary unless named as a chair. It
    belongs to a series that there is, or to one of that name."""

    title: Line
    starts_at: Moment
    ends_at: Moment
    code: Code | None = None
    description: OptionalText = ""
    location: OptionalLine = ""
    online_url: WebAddress = ""
    organizer_unit_id: Id | None = None
    state: Literal["draft", "scheduled"] = "scheduled"
    chair_ids: Ids = []
    secretary_ids: Ids = []
    series_id: Id | None = None
    series_name: OptionalLine = ""


def _quorum(value: str) -> str:
    part, _stroke, whole = value.partition("/")
    if whole and int(part) > int(whole):
        raise PydanticCustomError("quorum", "more than all")
    return value


# A number of people, or a share of those invited as chair or participant: `20`, `2/3`.
Quorum = Annotated[
    str,
    StringConstraints(pattern=r"^([1-9][0-9]{0,3}|[1-9][0-9]?/[1-9][0-9]?)$"),
    AfterValidator(_quorum),
]
Seconds = Annotated[int, Field(ge=10, le=7200)]


class Schedule(Args):
    """When, where and under which name a meeting is held, in part or in whole, and its rules: the
    quorum, how long one may speak and how long before the end a warning comes (seconds), how long
    after its close participants may remark (hours), and whether being on site is proved by the
    code on the site's screen."""

    title: Line | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    description: OptionalText | None = None
    location: OptionalLine | None = None
    online_url: WebAddress | None = None
    organizer_unit_id: Id | None = None
    quorum: Quorum | None = None
    speaking_seconds: Seconds | None = None
    warning_seconds: Seconds | None = None
    remark_hours: Annotated[int, Field(ge=0, le=720)] | None = None
    code_required: bool | None = None
    series_id: Id | None = None


class UpdateMeeting(Schedule):
    """What changes of a meeting's schedule; what is not named stays. `seen` is what its author
    saw: a field that somebody else has changed since is a conflict, not overwritten. `series_name`
    puts it into the series of that name, which is made where there is none."""

    seen: Schedule | None = None
    series_name: OptionalLine = ""


class Nothing(Args):
    """A command without arguments."""


class Reason(Args):
    """A command that may say why."""

    reason: OptionalText = ""


class AddParticipant(Args):
    """One person, in one role."""

    person_id: Id
    role: RoleName = "participant"
    unit_id: Id | None = None


class InviteUnits(Args):
    """The people of several units, and several people, at once."""

    unit_ids: Ids = []
    person_ids: Ids = []
    role: RoleName = "participant"


class UpdateParticipant(Args):
    """A participant's other role or unit."""

    participant_id: Id
    role: RoleName | None = None
    unit_id: Id | None = None


class RemoveParticipant(Args):
    """A participant who is no longer invited."""

    participant_id: Id


class CheckIn(Args):
    """Oneself, present; `code` is what the site's screen shows."""

    mode: Literal["on_site", "online"]
    code: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None


class MarkAttendance(Args):
    """Somebody's attendance, as the secretary sees it."""

    person_id: Id
    status: Literal["on_site", "online", "absent", "unknown"]
    reason: OptionalText | None = None
    deputy_name: OptionalLine | None = None
    arrived_at: Moment | None = None
    left_at: Moment | None = None


class CountPeople(Args):
    """How many people sit at a site."""

    unit_id: Id
    people: Annotated[int, Field(ge=0, le=10_000)]
