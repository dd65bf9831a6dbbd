"""What all panels with a time axis have: where values lie, the grid, the times and the legend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from dashboard.svg import width_of
from dashboard.units import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.asking import Line, Span
    from dashboard.board import Panel
    from dashboard.svg import Drawing

GRID = "#e9eaec"
FAINT = "#6b727b"
INK = "#24292e"
LEGEND_SIZE, TICK_SIZE = 10.0, 10.0
LEGEND_LINE = 15.0
COLORS = {
    "green": "#56a64b", "red": "#e02f44", "orange": "#ff780a", "purple": "#8f3bb8", "text": INK,
}  # fmt: skip
CLASSIC = ("#3274d9", "#f2b200", "#37872d", "#fa6400", "#19a3b8", "#c4162a", "#a352cc", "#7a5c3e")


class Box(NamedTuple):
    """A part of the picture."""

    x: float
    y: float
    width: float
    height: float


class Entry(NamedTuple):
    """A word of a legend, with its colour, and the series' sum or mean where the panel says so."""

    words: str
    color: str
    number: str


@dataclass(frozen=True)
class Frame:
    """Where a panel's values lie.

    Attributes:
        box: of the plot alone, without axes.
        top: the value at its upper edge; 0 is at its lower one.
    """

    box: Box
    span: Span
    top: float

    def x(self, at: float) -> float:
        """Return where a Unix time is."""
        return self.box.x + (at - self.span.start) / self.span.seconds * self.box.width

    def y(self, value: float) -> float:
        """Return where a value is."""
        return self.box.y + self.box.height * (1 - value / self.top)


def colors(panel: Panel, names: Sequence[str]) -> dict[str, str]:
    """Return each series its colour: the one that the panel says, or the next."""
    fixed: dict[str, str] = {}
    for override in panel.options["fieldConfig"]["overrides"]:
        for setting in override["properties"]:
            if setting["id"] == "color":
                fixed[override["matcher"]["options"]] = COLORS[setting["value"]["fixedColor"]]
    free = iter(CLASSIC * 3)
    return {name: fixed.get(name) or next(free) for name in names}


def legend(panel: Panel, line: Line, color: str) -> Entry:
    """Return what the legend says of a series."""
    calculated: list[Any] = panel.options["options"]["legend"]["calcs"]
    number = ""
    if "sum" in calculated:
        number = shown(line.total, panel.unit)
    if "mean" in calculated:
        number = shown(line.total / len(line.points), panel.unit)
    return Entry(line.name, color, number)


def legend_lines(entries: Sequence[Entry], width: float) -> list[list[Entry]]:
    """Break a legend into lines that are no wider than so many pixels."""
    broken: list[list[Entry]] = []
    left = 0.0
    for entry in entries:
        needed = _legend_width(entry)
        if not broken or needed > left:
            broken.append([])
            left = width
        broken[-1].append(entry)
        left -= needed
    return broken


def draw_legend(drawing: Drawing, x: float, y: float, broken: Sequence[Sequence[Entry]]) -> None:
    """Draw a legend whose first line stands at `y`."""
    for number, line in enumerate(broken):
        at = x
        for entry in line:
            base = y + number * LEGEND_LINE
            drawing.box(at, base - 5, 10, 4, entry.color, round_by=1)
            drawing.text(at + 14, base, entry.words, size=LEGEND_SIZE, color=INK, then=entry.number)
            at += _legend_width(entry)


def draw_grid(drawing: Drawing, frame: Frame, ticks: Sequence[float], unit: str) -> None:
    """Draw the value axis."""
    for tick in ticks:
        y = frame.y(tick)
        drawing.path([(frame.box.x, y), (frame.box.x + frame.box.width, y)], GRID, width=1)
        drawing.text(frame.box.x - 6, y + 3.5, shown(tick, unit), size=TICK_SIZE, color=FAINT, anchor="end")


def draw_times(drawing: Drawing, frame: Frame) -> None:
    """Draw the time axis, in UTC."""
    words = width_of("00:00:00", TICK_SIZE)
    fitting = max(1, int(frame.box.width / (words * 1.1)))
    step = next(each for each in (5, 10, 15, 20, 30, 60, 120, 300, 900, 3600) if frame.span.seconds / each <= fitting)
    for at in range(-(-frame.span.start // step) * step, frame.span.end + 1, step):
        x = frame.x(at)
        drawing.path([(x, frame.box.y), (x, frame.box.y + frame.box.height)], GRID, width=1)
        if frame.box.x + words / 2 - 20 <= x <= frame.box.x + frame.box.width - words / 2 + 8:
            text = datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")
            y = frame.box.y + frame.box.height + 14
            drawing.text(x, y, text, size=TICK_SIZE, color=FAINT, anchor="middle")


def _legend_width(entry: Entry) -> float:
    number = width_of(entry.number, LEGEND_SIZE, bold=True) + 5 if entry.number else 0
    return 14 + width_of(entry.words, LEGEND_SIZE) + number + 14
