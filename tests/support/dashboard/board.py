"""The Grafana dashboard, and what its panels ask."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

DASHBOARD = Path(__file__).parents[3] / "deploy" / "grafana" / "telemap.json"
ALL = ".+"
"""What Grafana puts in place of `$job` when *All* is chosen (`allValue`)."""


class Place(NamedTuple):
    """Where a panel lies on the grid, which is 24 columns wide."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: Place) -> bool:
        """Whether two panels lie on each other."""
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        below = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not beside and not below


@dataclass(frozen=True)
class Target:
    """What a panel asks.

    Attributes:
        expression: with Grafana's variables.
        legend: names a series, with `{{label}}` in it.
        instant: whether it is asked for one moment; else for the dashboard's whole time.
    """

    expression: str
    legend: str
    instant: bool


@dataclass(frozen=True)
class Panel:
    """A panel.

    Attributes:
        number: its id.
        kind: Grafana's word: `row`, `stat`, `timeseries`, `heatmap`, `table`.
        options: all of its JSON.
    """

    number: int
    title: str
    kind: str
    place: Place
    targets: tuple[Target, ...]
    options: dict[str, Any]

    @property
    def unit(self) -> str:
        """Grafana's word for the unit of its values; of a heatmap's, those of its axis."""
        if self.kind == "heatmap":
            return str(self.options["options"]["yAxis"]["unit"])
        return str(self.options["fieldConfig"]["defaults"]["unit"])


def board() -> dict[str, Any]:
    """Read the dashboard."""
    read: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return read


def panels() -> list[Panel]:
    """Return the panels in the dashboard's order, rows among them."""
    return [_panel(one) for one in board()["panels"]]


def filled(expression: str, *, interval: float, span: float, job: str = ALL) -> str:
    """Put values in place of Grafana's variables, as Grafana does.

    Args:
        expression: what a panel asks.
        interval: seconds from one point to the next.
        span: seconds of the dashboard's whole time.
        job: the functions chosen, as a regular expression.
    """
    values = {
        "__interval": f"{round(interval * 1000)}ms",
        "__interval_ms": f"{round(interval * 1000)}",
        "__rate_interval": f"{round(interval * 4000)}ms",
        "__range": f"{round(span * 1000)}ms",
        "job": job,
    }
    return re.sub(r"\$(\w+)", lambda found: values[found[1]], expression)


def _panel(one: dict[str, Any]) -> Panel:
    grid = one["gridPos"]
    asked = tuple(Target(each["expr"], each["legendFormat"], each["instant"]) for each in one.get("targets", ()))
    return Panel(one["id"], one["title"], one["type"], Place(grid["x"], grid["y"], grid["w"], grid["h"]), asked, one)
