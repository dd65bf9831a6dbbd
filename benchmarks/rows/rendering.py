"""Row 5: rendering series, compared with prometheus_client's `generate_latest` on the same lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from measuring import in_turn, repeated
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Summary,
    disable_created_metrics,
    generate_latest,
)
from result import Result, Target, compared

import telemap
from telemap.exposition import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from effort import Effort

_BUCKETS = (0.01, 0.1, 1, 10)
_LABELS = ("route", "status")
_KINDS = {"counter": Counter, "gauge": Gauge, "summary": Summary, "histogram": Histogram}
_NAMES = {"counter": "orders_total", "gauge": "depth", "summary": "size_bytes", "histogram": "request_seconds"}
_SHARES = {"counter": 0.4, "gauge": 0.2, "summary": 0.2, "histogram": 0.2}
_TAKES = {"counter": "inc", "gauge": "set", "summary": "observe", "histogram": "observe"}


def measure(effort: Effort) -> Iterator[Result]:
    """Measure each number of series: every value changes between two renderings."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    for number in effort.series:
        ours, other = Series(number), _Other(number)
        if sorted(ours.render().splitlines()) != sorted(other.render().splitlines()):
            raise RuntimeError("the two do not render the same lines")
        yield _again(effort, number, ours, other)
        yield _first(effort, number, ours, other)


def _again(effort: Effort, number: int, ours: Series, other: _Other) -> Result:
    def changed(one: Series | _Other) -> Callable[[], float]:
        timed = repeated(one.render, 0.0)

        def run() -> float:
            one.change()
            return timed()

        return run

    rounds = effort.rounds if number <= 1000 else max(effort.rounds // 3, 2)
    times = in_turn([changed(ours), changed(other)], rounds)
    return compared("5", f"rendering {number:,} series, generate_latest against it", times, Target(least=6))


def _first(effort: Effort, number: int, ours: Series, other: _Other) -> Result:
    times = in_turn([repeated(ours.render_first, 0.0), repeated(other.render, 0.0)], max(effort.rounds // 3, 2))
    return compared("5, first", f"the first rendering of {number:,} series, against generate_latest", times, None)


def _label_sets(number: int) -> Iterator[tuple[str, str, str]]:
    """Return the given number of label sets, each with a type of metric and two labels."""
    for kind, share in _SHARES.items():
        for at in range(round(number * share)):
            yield kind, f"/route/{at // 3}", ("success", "failure", "timeout")[at % 3]


class Series:
    """Series of all types, and events that change each of them.

    Args:
        number: of series.

    Attributes:
        store: holds them.
    """

    def __init__(self, number: int) -> None:
        self._plan = telemap.compile(telemap.loads(_mapping()))
        self.store = telemap.Store(self._plan, env={})
        self._events = [_event(at, *labels) for at, labels in enumerate(_label_sets(number))]
        self._renderer = Renderer(self.store)
        self.change()

    def change(self) -> None:
        """Change each series."""
        telemap.apply(self._plan, self._events, self.store)

    def render(self) -> str:
        """Render them, as those who do so again and again."""
        return self._renderer.render()

    def render_first(self) -> str:
        """Render them anew."""
        return telemap.render(self.store)


class _Other:
    def __init__(self, number: int) -> None:
        self._registry = CollectorRegistry()
        families: dict[str, Any] = {}
        for kind, make in _KINDS.items():
            options = {"buckets": _BUCKETS} if kind == "histogram" else {}
            families[kind] = make(_NAMES[kind], "Help.", _LABELS, registry=self._registry, **options)
        self._takes = [
            (getattr(families[kind].labels(*labels), _TAKES[kind]), _value(at))
            for at, (kind, *labels) in enumerate(_label_sets(number))
        ]
        self.change()

    def change(self) -> None:
        for take, value in self._takes:
            take(value)

    def render(self) -> str:
        return generate_latest(self._registry).decode()


def _value(at: int) -> float:
    """Return whole numbers and fractions."""
    return float(at % 97 + 1) if at % 2 else (at % 89 + 1) * 0.0371


def _event(at: int, kind: str, route: str, status: str) -> dict[str, Any]:
    return {"time": "", "type": f"bench.{kind}", "record": {"route": route, "status": status, "value": _value(at)}}


def _mapping() -> str:
    lines = ["version: 1", "defaults: {series_limit: 20000, series_limit_total: 20000}", "metrics:"]
    for kind, name in _NAMES.items():
        lines += [
            f"  {name}:",
            f"    type: {kind}",
            "    help: Help.",
            f"    from: bench.{kind}",
            "    value: $.record.value",
            "    labels: {route: $.record.route, status: $.record.status}",
            *([f"    buckets: {list(_BUCKETS)}"] if kind == "histogram" else []),
        ]
    return "\n".join(lines) + "\n"
