"""How people ask for directives: one description for each of the register and the scorecard, for
their pages, their API and their files."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from core.api import Page
from core.schema import Query
from core.text import clean
from core.times import VIETNAM
from minutes.followup.register import Wanted
from minutes.followup.scorecard import Asked
from minutes.followup.status import StatusName


def _a_day(value: str) -> str:
    try:
        if value and not 1990 <= date.fromisoformat(value).year <= 2200:
            raise ValueError(value)
    except ValueError:
        raise PydanticCustomError("day", "not a day") from None
    return value


# A day, or nothing: what a form sends of a field that is left empty.
_Day = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"), AfterValidator(_a_day)]
_Key = Annotated[
    Annotated[int, Field(ge=1, le=2**31 - 1)] | None,
    BeforeValidator(lambda value: None if value == "" else value),
]


class DirectiveFilter(Page):
    """Which directives of the register."""

    unit: _Key = Field(default=None, description="Leads or supports.")
    below: bool = Field(default=False, description="Or one below it, or a member of the group.")
    led: bool = Field(default=False, description="Of meetings that one chairs or keeps.")
    meeting: _Key = Field(default=None, description="Of this meeting.")
    field: str = Field(default="", max_length=100, description="What it is about (lĩnh vực).")
    state: str = Field(
        default="",
        max_length=20,
        description="Only in this state, or `extension_asked`, or `clarify_asked`.",
    )
    status: Literal["", StatusName] = Field(default="", description="How it stands by its dates.")
    given_from: _Day = Field(default="", description="Given on this day or later.")
    given_to: _Day = Field(default="", description="Given on this day or earlier.")
    due_from: _Day = Field(default="", description="Due on this day or later.")
    due_before: _Day = Field(default="", description="Due before this day.")

    def wanted(self) -> Wanted:
        """The same for `register`."""
        return Wanted(
            unit_id=self.unit,
            below=self.below,
            meeting_id=self.meeting,
            field=" ".join(clean(self.field).split()),
            state=clean(self.state),
            status=self.status,
            given_from=_start(self.given_from),
            given_before=_start(self.given_to, days=1),
            due_from=_start(self.due_from),
            due_before=_start(self.due_before),
            words=clean(self.q),
            led=self.led,
        )

    def asked(self) -> dict[str, Any]:
        """What was asked for, less the page: what an address must carry."""
        return self.model_dump(exclude_defaults=True, exclude={"page", "per_page"})


UnitKind = Literal[
    "", "province", "district", "commune", "office", "agency", "association", "village"
]


class ScorecardFilter(Query):
    """Which directives of a scorecard."""

    given_from: _Day = Field(default="", description="Given on this day or later.")
    given_to: _Day = Field(default="", description="Given on this day or earlier.")
    meeting: _Key = Field(default=None, description="Of this meeting.")
    kind: UnitKind = Field(default="", description="Led by units of this kind.")

    def asked(self) -> Asked:
        """The same for `scorecard`."""
        return Asked(
            given_from=date.fromisoformat(self.given_from) if self.given_from else None,
            given_to=date.fromisoformat(self.given_to) if self.given_to else None,
            meeting_id=self.meeting,
            unit_kind=self.kind,
        )


def _start(day: str, days: int = 0) -> datetime | None:
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day), time(), VIETNAM) + timedelta(days=days)
