"""What Prometheus answers to a panel: named lines over time."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.board import filled
from patience import PATIENCE_SECONDS
from servers.process import ServerError, local_session

if TYPE_CHECKING:
    from dashboard.board import Panel, Target
    from servers.prometheus import QueryApi


@dataclass(frozen=True)
class Span:
    """The time that a dashboard shows, in Unix time, and the seconds from one point to the next."""

    start: int
    end: int
    step: int

    @property
    def seconds(self) -> int:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Line:
    """A series as a panel shows it: its name in the legend, its labels, and its values by Unix time."""

    name: str
    labels: dict[str, str]
    points: dict[float, float]

    @property
    def total(self) -> float:
        """The sum of its values."""
        return sum(self.points.values())


def lines(api: QueryApi, panel: Panel, span: Span, *, job: str) -> list[Line]:
    """Ask all that a panel asks of functions, by a regular expression; without what is never a number."""
    found = [_line(target, series) for target in panel.targets for series in _ask(api, target, span, job)]
    return [line for line in found if line.points]


def _ask(api: QueryApi, target: Target, span: Span, job: str) -> list[dict[str, Any]]:
    expression = filled(target.expression, interval=span.step, span=span.seconds, job=job)
    if target.instant:
        return api.evaluate(expression, span.end)
    asked: dict[str, str | int] = {"query": expression, "start": span.start, "end": span.end, "step": span.step}
    with local_session() as session:
        answer = session.get(f"{api.url}/api/v1/query_range", params=asked, timeout=PATIENCE_SECONDS)
    if answer.status_code != 200:
        message = f"{expression}\nis refused: {answer.text}"
        raise ServerError(message)
    found: list[dict[str, Any]] = answer.json()["data"]["result"]
    return sorted(found, key=lambda series: sorted(series["metric"].items()))


def _line(target: Target, series: dict[str, Any]) -> Line:
    labels: dict[str, str] = series["metric"]
    name = re.sub(r"\{\{(\w+)\}\}", lambda label: labels.get(label[1], ""), target.legend)
    values = series.get("values") or [series["value"]]
    points = {float(at): float(value) for at, value in values}
    return Line(name, labels, {at: value for at, value in points.items() if not math.isnan(value)})
