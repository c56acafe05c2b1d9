"""What a document says, as it is composed, edited, compared and printed.

Number, date and the code for looking it up are not in it: issuing gives them (`Issue`).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

import nh3
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from core.schema import Args, Line, OptionalLine
from core.text import clean

# The tags of a body. `h2` is the title of a part, `h3` of a clause; tables carry the class that
# gives their columns their widths (minutes.layout).
TAGS: Final = {
    "p", "h2", "h3", "strong", "em", "br", "ul", "ol", "li",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
TABLES: Final = frozenset({"attendance", "carried", "directives", "indicators", "scorecard"})
LONGEST_BODY: Final = 900_000  # characters; a request holds a little more

# What is nested deeper than this no reader needs, and no parser of ours keeps.
DEEPEST: Final = 50

_TAG: Final = re.compile(r"<(/?)(\w+)[^>]*>")
_SPACE: Final = re.compile(r"\s+")
_AROUND_BLOCKS: Final = re.compile(
    r"\s*(</?(?:p|h2|h3|ul|ol|li|table|thead|tbody|tr|th|td|br)(?: [^>]*)?>)\s*"
)


def sanitised(html: str) -> str:
    """A body with nothing in it but `TAGS`: no addresses, no styles, no script (ammonia)."""
    spared = {"table": set(TABLES)}
    # Spaces around blocks mean nothing; one way to write a text makes two of them comparable.
    cleaned = nh3.clean(
        clean(html), tags=TAGS, attributes={}, allowed_classes=spared, link_rel=None
    )
    # Cleaned again, for what was written as `&#x202e;`.
    return _AROUND_BLOCKS.sub(r"\1", _SPACE.sub(" ", clean(cleaned))).strip()


def _sanitised(value: object) -> object:
    return sanitised(value) if isinstance(value, str) else value


def _shallow(html: str) -> str:
    depth = 0
    for tag in _TAG.finditer(html):
        depth += -1 if tag[1] else tag[2] != "br"
        if depth > DEEPEST:
            raise PydanticCustomError("too_deep", "nested too deep")
    return html


Body = Annotated[
    str,
    BeforeValidator(_sanitised),
    StringConstraints(max_length=LONGEST_BODY),
    AfterValidator(_shallow),
]
Urgency = Literal["", "urgent", "very_urgent", "express"]


class Signature(Args):
    """Who signs: the capacity in one or more lines (`TL. CHỦ TỊCH`, `CHÁNH VĂN PHÒNG`), and a
    name that may be left open."""

    capacity: Annotated[list[Line], Field(min_length=1, max_length=6)]
    name: OptionalLine = ""


class Appendix(Args):
    """A table on pages of its own behind the signature."""

    title: Line
    body: Body
    landscape: bool = False


class Content(Args):
    """All that people may change of a document until it is issued.

    Attributes:
        superior: cơ quan chủ quản, regular; none for a People's Committee.
        issuer: cơ quan ban hành, bold, in one or two lines. Both are written as names are
            (`Ủy ban nhân dân`, `huyện Đắk Glong`); the layout prints them in capitals, as it does
            capacities and the titles of appendices.
        place: địa danh; printed with the date where the kind carries one.
        abstract: trích yếu.
        body: HTML of a short list of tags; its last paragraph is the closing one (`./.`).
        signatures: one, or `THƯ KÝ` and `CHỦ TỌA` for minutes.
        recipients: the lines under `Nơi nhận:`.
        appendices: numbered in Roman where there are several.
        urgency: KHẨN, THƯỢNG KHẨN, HỎA TỐC.
    """

    superior: Annotated[list[Line], Field(max_length=3)] = []
    issuer: Annotated[list[Line], Field(min_length=1, max_length=3)]
    place: OptionalLine = ""
    abstract: Line
    body: Body
    signatures: Annotated[list[Signature], Field(min_length=1, max_length=2)]
    recipients: Annotated[list[Line], Field(max_length=50)] = []
    appendices: Annotated[list[Appendix], Field(max_length=20)] = []
    urgency: Urgency = ""

    def stored(self) -> str:
        """The content in the one form that is stored, hashed and compared."""
        return json.dumps(
            self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    @property
    def sha256(self) -> str:
        """What names this text and no other, in hexadecimal."""
        return hashlib.sha256(self.stored().encode()).hexdigest()

    @property
    def is_empty(self) -> bool:
        """Whether the body says nothing: tags alone, or a lone ending."""
        return not _TAG.sub("", self.body).strip(" ./")

    @classmethod
    def read(cls, stored: str) -> Content:
        """The content that `stored` gave."""
        return cls.model_validate_json(stored)


@dataclass(frozen=True)
class Issue:
    """What issuing adds to a content.

    Attributes:
        symbol: số, ký hiệu, as printed after `Số: `: `05/TB-UBND`.
        day: the day of issue in Vietnam.
        code: the short code to look it up by; empty where it cannot be looked up yet.
        address: where it is looked up.
        replaces: what it replaces, in words: `Thông báo số 05/TB-UBND ngày …`; or empty.
    """

    symbol: str
    day: date
    code: str = ""
    address: str = ""
    replaces: str = ""
