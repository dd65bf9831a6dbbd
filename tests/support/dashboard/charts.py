"""Panels with a time axis: bars, lines and heatmaps."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from dashboard.frame import (
    LEGEND_LINE,
    TICK_SIZE,
    Box,
    Frame,
    colors,
    draw_grid,
    draw_legend,
    draw_times,
    legend,
    legend_lines,
)
from dashboard.svg import width_of
from dashboard.units import shown, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboard.asking import Line, Span
    from dashboard.board import Panel
    from dashboard.svg import Drawing

HEAD, TIMES, RIGHT = 30.0, 20.0, 12.0
PALE, DARK = (255, 236, 214), (196, 70, 0)
"""The colours of few and of many, in a heatmap."""


def draw_series(drawing: Drawing, panel: Panel, box: Box, found: Sequence[Line], span: Span) -> None:
    """Draw bars or lines, with axes and a legend."""
    custom: dict[str, Any] = panel.options["fieldConfig"]["defaults"]["custom"]
    stacked = custom["stacking"]["mode"] == "normal"
    ticks = steps(_highest(found, stacked=stacked), panel.unit)
    color = colors(panel, [line.name for line in found])
    broken = legend_lines([legend(panel, line, color[line.name]) for line in found], box.width - 20)
    frame = _frame(box, [shown(tick, panel.unit) for tick in ticks], len(broken), span, ticks[-1])
    draw_grid(drawing, frame, ticks, panel.unit)
    draw_times(drawing, frame)
    if custom["drawStyle"] == "bars":
        _draw_bars(drawing, frame, found, color)
    else:
        for line in found:
            _draw_line(drawing, frame, line, color[line.name], dashed=_is_dashed(panel, line.name))
    draw_legend(drawing, box.x + 10, box.y + box.height - 8 - LEGEND_LINE * (len(broken) - 1), broken)


def draw_heatmap(drawing: Drawing, panel: Panel, box: Box, found: Sequence[Line], span: Span) -> None:
    """Draw how many values fell into each bucket of a histogram."""
    bounds = sorted(found, key=lambda line: float(line.labels["le"]))
    cells = list(_cells(bounds))
    used = [number for number, row in enumerate(cells) if any(row.values())]
    rows = range(max(0, used[0] - 1), min(len(cells), used[-1] + 2))
    names = [shown(float(line.labels["le"]), panel.unit) if line.labels["le"] != "+Inf" else "∞" for line in bounds]
    frame = _frame(box, names, 0, span, len(rows))
    draw_times(drawing, frame)
    most = max(count for row in cells for count in row.values())
    width, height = frame.x(span.start + span.step) - frame.box.x, frame.box.height / len(rows)
    for place, number in enumerate(rows):
        for at, count in cells[number].items():
            if count and at > span.start:
                y = frame.y(place + 1)
                drawing.box(frame.x(at) - width + 0.5, y + 0.5, width - 1, height - 1, _shade((count / most) ** 0.5))
        if (rows[-1] - number) % -(-13 // int(frame.box.height / height) or 1) == 0:
            y = frame.y(place + 1) + 3.5
            drawing.text(frame.box.x - 6, y, names[number], size=TICK_SIZE, color="#6b727b", anchor="end")


def _frame(box: Box, names: Sequence[str], legend_height: int, span: Span, top: float) -> Frame:
    left = 16 + max(width_of(name, TICK_SIZE) for name in names)
    below = TIMES + (6 + LEGEND_LINE * legend_height if legend_height else 6)
    plot = Box(box.x + left, box.y + HEAD, box.width - left - RIGHT, box.height - HEAD - below)
    return Frame(plot, span, top)


def _highest(found: Sequence[Line], *, stacked: bool) -> float:
    if not stacked:
        return max((value for line in found for value in line.points.values()), default=1.0)
    sums: defaultdict[float, float] = defaultdict(float)
    for line in found:
        for at, value in line.points.items():
            sums[at] += value
    return max(sums.values(), default=1.0)


def _draw_bars(drawing: Drawing, frame: Frame, found: Sequence[Line], color: dict[str, str]) -> None:
    width = frame.x(frame.span.start + frame.span.step) - frame.box.x
    base: defaultdict[float, float] = defaultdict(float)
    for line in found:
        for at, value in line.points.items():
            if value and at > frame.span.start:  # a bar begins a step before its time
                upper, lower = frame.y(base[at] + value), frame.y(base[at])
                drawing.box(frame.x(at) - width + 1, upper, width - 2, lower - upper, color[line.name])
                base[at] += value


def _draw_line(drawing: Drawing, frame: Frame, line: Line, color: str, *, dashed: bool) -> None:
    piece: list[tuple[float, float]] = []
    before = None
    for at, value in line.points.items():
        if before is not None and at - before > 1.5 * frame.span.step:
            drawing.path(piece, color, dashed=dashed)
            piece = []
        piece.append((frame.x(at), frame.y(value)))
        before = at
    drawing.path(piece, color, dashed=dashed)


def _is_dashed(panel: Panel, name: str) -> bool:
    for override in panel.options["fieldConfig"]["overrides"]:
        ending = override["matcher"]["options"].strip("/$")
        if any(each["id"] == "custom.lineStyle" for each in override["properties"]) and name.endswith(ending):
            return True
    return False


def _cells(bounds: Sequence[Line]) -> Iterator[dict[float, float]]:
    """Return what is in each bucket alone; a histogram's have all that is below, too."""
    below: dict[float, float] = {}
    for line in bounds:
        yield {at: value - below.get(at, 0.0) for at, value in line.points.items()}
        below = line.points


def _shade(share: float) -> str:
    parts = (round(pale + (dark - pale) * share) for pale, dark in zip(PALE, DARK, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
