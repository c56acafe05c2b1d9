"""The kinds of documents that a meeting leaves on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from meetings.models import State

KindName = Literal["invitation", "minutes", "conclusions", "directives"]
# Those that are drafted, approved and issued under a number. The table of directives is an
# appendix that can be printed on its own at any time.
NumberedKind = Literal["invitation", "minutes", "conclusions"]


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        name: in addresses and in the database.
        type: tên loại, as it is printed.
        letters: its abbreviation in the symbol (decree 30/2020, annex III); None: no number.
        filename: what a download begins with.
        states: the states of a meeting in which it is drafted and issued.
    """

    name: str
    type: str
    letters: str | None
    filename: str
    states: frozenset[State]


_AFTER: Final = frozenset({State.LIVE, State.CLOSED})

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "invitation",
            "GIẤY MỜI",
            "GM",
            "giay-moi",
            frozenset({State.SCHEDULED, State.LIVE, State.CLOSED}),
        ),
        Kind("minutes", "BIÊN BẢN", "BB", "bien-ban", _AFTER),
        Kind("conclusions", "THÔNG BÁO", "TB", "thong-bao-ket-luan", _AFTER),
        Kind("directives", "DANH MỤC NHIỆM VỤ", None, "danh-muc-nhiem-vu", _AFTER),
    )
}
