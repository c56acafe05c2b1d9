"""Arguments of what is done with papers and remarks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.schema import Args, Id, Line, OptionalText, Revision, Text
from meetings.commands import Ids

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
VisibleTo = Literal["everyone", "units", "staff"]
PageNumber = Annotated[int, Field(ge=1, le=100_000)]


class AddPaper(Args):
    """A paper, from a file that its author has uploaded before; without a title it is called
    as the file is. Left open, the staff's papers are for everyone, those of others for the
    staff."""

    sha256: Sha256
    title: Line | None = None
    item_id: Id | None = None
    visible_to: VisibleTo | None = None
    unit_ids: Ids = []


class PaperBody(Args):
    """What changes of a paper; what is not named stays. Another `sha256` is a new version."""

    base_revision: Revision | None = None
    title: Line | None = None
    item_id: Id | None = None
    visible_to: VisibleTo | None = None
    unit_ids: Ids | None = None
    sha256: Sha256 | None = None


class UpdatePaper(PaperBody):
    """What changes of which paper."""

    paper_id: Id


class RemovePaper(Args):
    """A paper that is taken back."""

    paper_id: Id
    base_revision: Revision | None = None


class AddRemark(Args):
    """A remark on a paper, or on a page of it."""

    paper_id: Id
    text: Text
    page: PageNumber | None = None


class RemoveRemark(Args):
    """A remark that is taken back."""

    remark_id: Id


class NoteBody(Args):
    """A private note; `base_revision` is the revision of the text that its author saw, 0 where
    there was none."""

    text: OptionalText
    base_revision: Revision
