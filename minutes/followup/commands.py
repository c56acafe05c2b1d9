"""Arguments of what is done about directives that have been given."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agenda.commands import Progress
from core.schema import Args, Id, OptionalText, Text
from minutes.commands import Area, Due, Sha256, UnitIds


class ForDirective(Args):
    """A directive, and the unit that is spoken for: one's own where that is clear."""

    directive_id: Id
    unit_id: Id | None = None


class Acknowledge(ForDirective):
    """Whether the unit has understood what it is told to do."""

    reply: Literal["understood", "clarify"]
    note: OptionalText | None = None


class ReportOn(ForDirective):
    """How far the unit is, in percent; `files` are what proves it, uploaded before."""

    progress: Progress
    text: Text
    done: bool = False
    files: Annotated[list[Sha256], Field(max_length=10)] = []


class AskExtension(ForDirective):
    """Until when the unit needs, and why."""

    due: Due
    reason: Text


class DecideExtension(Args):
    """Whether a unit gets more time, and why; `due` where it is another day than the one asked
    for."""

    extension_id: Id
    decision: Literal["granted", "refused"]
    reason: Text
    due: Due | None = None


class CheckReport(Args):
    """A report of completion that is found to be right."""

    report_id: Id
    note: OptionalText | None = None


class ReturnReport(Args):
    """A report that is not good enough, and why."""

    report_id: Id
    remarks: Text


class PassOn(ForDirective):
    """The sub-units that are to do it, and what by when where that differs from the directive."""

    unit_ids: UnitIds
    text: Text | None = None
    due: Due | None = None


class TakeBack(Args):
    """A part of what was passed on."""

    directive_id: Id


class Classify(Args):
    """What a directive is about (lĩnh vực); nothing where it is about nothing in particular."""

    directive_id: Id
    field: Area | None


class AnswerCarried(Args):
    """What a unit says, in the meeting, about a directive of an earlier one, and how far it is
    in percent; `unit_id` as in `ForDirective`."""

    carried_id: Id
    text: Text
    progress: Progress | None = None
    unit_id: Id | None = None
