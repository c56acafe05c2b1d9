"""The plots of a scorecard in numbers of SVG, drawn by its template: no script, no colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from minutes.followup.scorecard import Counts, MeetingLine

# In the order of a bar, from what is well to what is not.
STATUSES: Final = ("done_on_time", "done_late", "in_time", "no_deadline", "overdue")
# Meetings of a trend; more than these nobody tells apart.
MEETINGS: Final = 26
WIDTH, HEIGHT = 960, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 28


@dataclass(frozen=True)
class Piece:
    """A part of a bar, in percent of its width."""

    status: str
    count: int
    start: float
    width: float


def bar(counts: Counts) -> list[Piece]:
    """The parts of a unit's bar; those of which there are none are left out."""
    pieces, start = [], 0.0
    for status in STATUSES:
        number = getattr(counts, status)
        if number:
            width = 100 * number / counts.total
            pieces.append(Piece(status, number, round(start, 3), round(width, 3)))
            start += width
    return pieces


@dataclass(frozen=True)
class Column:
    """A briefing in the trend: its bar, and its point where it has a percentage.

    Attributes:
        line: which briefing.
        x: the middle of its bar.
        left: where its bar begins.
        pieces: of its bar, from below: status, upper edge, height.
        y: of its point; None where nothing could have been done yet.
        labelled: its day is written below.
    """

    line: MeetingLine
    x: float
    left: float
    pieces: list[tuple[str, float, float]]
    y: float | None
    labelled: bool


@dataclass(frozen=True)
class Trend:
    """The newest briefings: bars of how many directives stand how, each as tall as the whole, and
    over them the line of the percentage."""

    columns: list[Column]
    bar_width: float

    @property
    def path(self) -> str:
        """The line through the points."""
        points = [f"{c.x:.1f} {c.y:.1f}" for c in self.columns if c.y is not None]
        return "M" + " L".join(points) if points else ""

    width, height, left, right = WIDTH, HEIGHT, LEFT, WIDTH - RIGHT

    @property
    def grid(self) -> list[tuple[int, float]]:
        """The lines across, each with its percentage."""
        return [(percent, _y(percent)) for percent in (0, 25, 50, 75, 100)]


def trend(meetings: Sequence[MeetingLine]) -> Trend:
    """The trend over the newest of these briefings, in order of time."""
    shown = meetings[-MEETINGS:]
    step = (WIDTH - LEFT - RIGHT) / max(1, len(shown))
    width = min(28.0, step * 0.6)
    every = -(-len(shown) // 9)
    columns = []
    for number, line in enumerate(shown):
        x = LEFT + step * (number + 0.5)
        pieces = [
            (each.status, _y(each.start + each.width), _y(each.start) - _y(each.start + each.width))
            for each in bar(line.counts)
        ]
        percent = line.counts.percent
        labelled = (len(shown) - 1 - number) % every == 0
        y = None if percent is None else _y(percent)
        columns.append(Column(line, x, x - width / 2, pieces, y, labelled))
    return Trend(columns, width)


def _y(percent: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * percent / 100, 2)
