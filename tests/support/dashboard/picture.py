"""The dashboard as a picture: its panels, where they lie on the grid, with what a Prometheus answers."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from dashboard.asking import lines
from dashboard.board import ALL
from dashboard.charts import draw_heatmap, draw_series
from dashboard.frame import COLORS, FAINT, INK, Box
from dashboard.svg import Drawing, width_of
from dashboard.units import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboard.asking import Line, Span
    from dashboard.board import Panel
    from servers.prometheus import QueryApi

WIDTH, MARGIN, GAP = 1000.0, 8.0, 6.0
COLUMN = (WIDTH - 2 * MARGIN + GAP) / 24
UNIT = 27.0
"""The height of the grid's rows, in pixels."""

GROUND, PAPER, BORDER = "#f4f5f5", "#ffffff", "#dcdee1"


def sections(panels: Sequence[Panel]) -> Iterator[list[Panel]]:
    """Cut a dashboard at its rows; each begins a section."""
    section: list[Panel] = []
    for panel in panels:
        if panel.kind == "row" and section:
            yield section
            section = []
        section.append(panel)
    yield section


def draw(panels: Sequence[Panel], api: QueryApi, span: Span, title: str, *, job: str = ALL) -> str:
    """Draw panels as SVG.

    Args:
        panels: which; they keep their places, less the height of what is above them.
        api: answers what they ask.
        span: the time they show.
        title: for who cannot see it.
        job: the functions chosen, as a regular expression.
    """
    drawing = Drawing()
    above = min(panel.place.y for panel in panels)
    below = max(panel.place.y + panel.place.height for panel in panels)
    height = 2 * MARGIN - GAP + (below - above) * UNIT
    drawing.box(0, 0, WIDTH, height, GROUND)
    for panel in panels:
        _draw_panel(drawing, panel, _box(panel, above), lines(api, panel, span, job=job), span)
    return drawing.finished(WIDTH, height, title)


def _box(panel: Panel, above: int) -> Box:
    place = panel.place
    x, y = MARGIN + place.x * COLUMN, MARGIN + (place.y - above) * UNIT
    return Box(x, y, place.width * COLUMN - GAP, place.height * UNIT - GAP)


def _draw_panel(drawing: Drawing, panel: Panel, box: Box, found: Sequence[Line], span: Span) -> None:
    if panel.kind == "row":
        y = box.y + box.height - 6
        drawing.path([(box.x + 3, y - 7), (box.x + 7, y - 3), (box.x + 11, y - 7)], INK)
        drawing.text(box.x + 18, y, panel.title, size=12.5, color=INK, bold=True)
        return
    drawing.box(*box, PAPER, border=BORDER, round_by=2)
    drawing.text(box.x + 10, box.y + 18, panel.title, size=12, color=INK, bold=True)
    if panel.kind == "stat":
        _draw_number(drawing, panel, box, found)
    elif panel.kind == "table":
        _draw_table(drawing, panel, box, found)
    elif not found:
        no_value = panel.options["fieldConfig"]["defaults"].get("noValue", "none")
        drawing.text(box.x + box.width / 2, box.y + box.height / 2, no_value, size=14, color=FAINT, anchor="middle")
    elif panel.kind == "heatmap":
        draw_heatmap(drawing, panel, box, found, span)
    else:
        draw_series(drawing, panel, box, found, span)


def _draw_number(drawing: Drawing, panel: Panel, box: Box, found: Sequence[Line]) -> None:
    defaults: dict[str, Any] = panel.options["fieldConfig"]["defaults"]
    color, text = INK, defaults["noValue"]
    if found:
        [value] = found[0].points.values()
        text = shown(value, panel.unit)
        reached = [step for step in defaults["thresholds"]["steps"] if step["value"] is None or value >= step["value"]]
        color = COLORS[reached[-1]["color"]]
    size = min(34.0, box.height - 40)
    y = box.y + 24 + (box.height - 24) / 2 + size * 0.3
    drawing.text(box.x + box.width / 2, y, text, size=size, color=color, anchor="middle", bold=True)


def _draw_table(drawing: Drawing, panel: Panel, box: Box, found: Sequence[Line]) -> None:
    [organized] = [each["options"] for each in panel.options["transformations"] if each["id"] == "organize"]
    columns = sorted(organized["indexByName"], key=organized["indexByName"].__getitem__)
    heads = [organized["renameByName"].get(column, column) for column in columns]
    rows = [[_cell(line, column) for column in columns] for line in sorted(found, key=_count, reverse=True)]
    fitting = int((box.height - 40) // 16)
    table = [heads, *rows[:fitting]]
    widths = [max(width_of(row[number], 10.5, bold=True) for row in table) for number in range(len(columns))]
    room = (box.width - 20 - sum(widths)) / max(1, len(columns) - 1)
    starts = list(itertools.accumulate(widths, lambda at, width: at + width + max(8.0, room), initial=box.x + 10))
    for number, row in enumerate(table):
        for x, word in zip(starts, row, strict=False):
            y = box.y + 36 + 16 * number
            drawing.text(x, y, word, size=10.5, color=INK if number else FAINT, bold=number == 0)


def _cell(line: Line, column: str) -> str:
    if column == "Value":
        return shown(_count(line), "short")
    word = line.labels.get(column, "")
    return word if len(word) <= 24 else f"…{word[-23:]}"


def _count(line: Line) -> float:
    return next(iter(line.points.values()))
