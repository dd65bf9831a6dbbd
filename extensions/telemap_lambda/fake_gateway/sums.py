"""The metrics of a fake gateway that adds up pushes.

It imitates the observed behaviour of prom-aggregation-gateway 0.9: regardless of the method, values are added to those
with the same name and labels, including the labels in the path. There are no groups, and an error in the middle of a
push does not undo what was added before it.
"""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from telemap_lambda.fake_gateway.exposition import ExpositionError, Family, Labels, Point, Series, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_COMPOUND = ("histogram", "summary")


class SumStore:
    """Sums by family and labels; thread-safe."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}
        self._lock = threading.Lock()

    @property
    def families(self) -> tuple[Family, ...]:
        """The families, ordered by name."""
        with self._lock:
            return tuple(self._families[name] for name in sorted(self._families))

    def add(self, path_labels: Mapping[str, str], families: Iterable[Family]) -> None:
        """Add families in order, up to the first that is invalid.

        Args:
            path_labels: Labels to add to every series.
            families: The pushed families.

        Raises:
            ExpositionError: A family is invalid; those before it have been added.

        """
        for family in families:
            given = _labelled(family, path_labels)
            with self._lock:
                known = self._families.get(family.name)
                self._families[family.name] = given if known is None else _sum(known, given)

    def text(self) -> str:
        """Render all families as one exposition."""
        return render(self.families)


def labels_of(path: str) -> dict[str, str]:
    """Parse the labels in a percent-decoded path such as `/job/x/region/y`.

    Raises:
        ExpositionError: The parts are not pairs (a slash in a value), or a name is invalid (`job@base64`).

    """
    parts = path.strip("/").split("/") if path.strip("/") else []
    if len(parts) % 2:
        message = "labels must be defined in pairs"
        raise ExpositionError(message)
    for name in parts[::2]:
        if not _LABEL_NAME.fullmatch(name):
            message = f'"{name}" is not a valid label name'
            raise ExpositionError(message)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _labelled(family: Family, path_labels: Mapping[str, str]) -> Family:
    """Add the path's labels to every series.

    Raises:
        ExpositionError: The family lacks something that the gateway requires.

    """
    if not family.typed:
        message = f'metric "{family.name}" has no TYPE'
        raise ExpositionError(message)
    series = tuple(_labelled_series(family, series, path_labels) for series in family.series)
    seen: set[Labels] = set()
    for one in series:
        if one.labels in seen:
            message = f"duplicate labels: {family.name}{dict(one.labels)}"
            raise ExpositionError(message)
        seen.add(one.labels)
    return replace(family, series=series, timed=False)


def _labelled_series(family: Family, series: Series, path_labels: Mapping[str, str]) -> Series:
    if repeated := sorted(path_labels.keys() & dict(series.labels).keys()):
        message = f"duplicate label {repeated[0]}"
        raise ExpositionError(message)
    suffixes = {point.suffix for point in series.points}
    if family.type in _COMPOUND and not {"_sum", "_count"} <= suffixes:
        message = f'{family.type} "{family.name}" has no sum or no count'
        raise ExpositionError(message)
    return Series(tuple(sorted({**dict(series.labels), **path_labels}.items())), series.points)


def _sum(known: Family, given: Family) -> Family:
    if known.type != given.type:
        kinds = f"{known.type.upper()} != {given.type.upper()}"
        message = f"cannot merge metric '{known.name}': type {kinds}"
        raise ExpositionError(message)
    merged = {series.labels: series for series in known.series}
    for series in given.series:
        before = merged.get(series.labels)
        merged[series.labels] = series if before is None else _sum_series(known.type, before, series)
    return replace(known, series=tuple(merged.values()))


def _sum_series(kind: str, known: Series, given: Series) -> Series:
    """Add point by point; a bound that only one side has keeps its count, and quantiles of summaries are dropped."""
    values: dict[tuple[str, str | None], float] = {}
    for point in (*known.points, *given.points):
        key = (point.suffix, point.bound)
        if kind != "summary" or point.bound is None:
            values[key] = values.get(key, 0.0) + point.value
    ordered = sorted(values.items(), key=lambda item: _place(item[0]))
    return Series(known.labels, tuple(Point(*key, value) for key, value in ordered))


def _place(key: tuple[str, str | None]) -> tuple[float, str]:
    """Sort buckets first, by their bounds."""
    suffix, bound = key
    return (float("inf") if bound is None else float(bound), suffix)
