"""The kinds of documents that a meeting leaves on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from meetings.roles import State

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
        word: tên loại within a sentence and in titles.
        letters: its abbreviation in the symbol (decree 30/2020, annex III); None: no number, and
            nobody signs it.
        dated: it carries place and date (model 1.9 carries none).
        filename: what a download begins with.
        states: the states of a meeting in which it is drafted and issued.
    """

    name: str
    type: str
    word: str
    letters: str | None
    dated: bool
    filename: str
    states: frozenset[State]


_BEFORE: Final = frozenset({State.SCHEDULED, State.LIVE, State.CLOSED})
_AFTER: Final = frozenset({State.LIVE, State.CLOSED})

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("invitation", "GIẤY MỜI", "Giấy mời", "GM", True, "giay-moi", _BEFORE),
        Kind("minutes", "BIÊN BẢN", "Biên bản", "BB", False, "bien-ban", _AFTER),
        Kind("conclusions", "THÔNG BÁO", "Thông báo", "TB", True, "thong-bao-ket-luan", _AFTER),
        Kind(
            "directives",
            "DANH MỤC NHIỆM VỤ",
            "Danh mục nhiệm vụ",
            None,
            False,
            "danh-muc-nhiem-vu",
            _AFTER,
        ),
    )
}
