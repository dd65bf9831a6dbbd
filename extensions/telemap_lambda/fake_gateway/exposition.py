"""Parse and render the Prometheus text format as a Pushgateway does.

prometheus_client parses the sample lines. The metric families are assembled here, because its parser renames counters
and accepts text that a Pushgateway refuses. The rules are those of Prometheus's Go code (`expfmt`) in Pushgateway 1.5.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.utils import floatToGoString

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client.samples import Sample

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
_OWN_LABEL = {"histogram": "le", "summary": "quantile"}
_TYPES = ("counter", "gauge", "histogram", "summary", "untyped")

Labels = tuple[tuple[str, str], ...]  # sorted by name
_Points = dict[tuple[str, str | None], float]  # by suffix and bound


class ExpositionError(ValueError):
    """A text that a Pushgateway refuses, with its message."""


class Point(NamedTuple):
    """One line of a series: the suffix of the name, the value of `le` or `quantile`, the number."""

    suffix: str
    bound: str | None
    value: float


@dataclass(frozen=True)
class Series:
    """One labelled series: a single point, or all points of a histogram or summary."""

    labels: Labels
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Family:
    """All series of a name. `timed`: a sample had a timestamp. `typed`: there was a TYPE line."""

    name: str
    type: str = "untyped"
    help: str | None = None
    series: tuple[Series, ...] = ()
    timed: bool = False
    typed: bool = True


@dataclass
class _Draft:
    name: str
    type: str | None = None
    help: str | None = None
    timed: bool = False
    series: list[tuple[Labels, _Points]] = field(default_factory=list)
    compound: dict[Labels, _Points] = field(default_factory=dict)

    def finished(self) -> Family:
        series = tuple(
            Series(labels, tuple(Point(*key, value) for key, value in points.items())) for labels, points in self.series
        )
        return Family(self.name, self.type or "untyped", self.help, series, self.timed, self.type is not None)


def parse(text: str) -> list[Family]:
    """Parse a pushed text.

    Raises:
        ExpositionError: The text is not in the text format 0.0.4; the message names the line.

    """
    drafts: dict[str, _Draft] = {}
    lines = text.split("\n")
    if lines[-1].strip():
        message = f"text format parsing error in line {len(lines)}: unexpected end of input stream"
        raise ExpositionError(message)
    for number, line in enumerate(lines, start=1):
        try:
            _read_line(line.strip(" \t\r"), drafts)
        except ValueError as error:
            message = f"text format parsing error in line {number}: {error}"
            raise ExpositionError(message) from error
    return [draft.finished() for draft in drafts.values() if draft.series]


def _read_line(line: str, drafts: dict[str, _Draft]) -> None:
    if line.startswith("#"):
        words = line[1:].split(None, 1)
        if len(words) == 2 and words[0] in ("HELP", "TYPE"):
            _read_comment(words[0], words[1], drafts)
    elif line:
        _read_sample(line, drafts)


def _read_comment(keyword: str, rest: str, drafts: dict[str, _Draft]) -> None:
    name, _, text = rest.partition(" ")
    if not _NAME.fullmatch(name):
        message = "invalid metric name in comment"
        raise ExpositionError(message)
    draft = _draft_for(name, drafts)
    if keyword == "HELP":
        if draft.help is not None:
            message = f'second HELP line for metric name "{name}"'
            raise ExpositionError(message)
        draft.help = re.sub(r"\\(\\|n)", lambda found: "\n" if found[1] == "n" else "\\", text.lstrip())
    elif draft.type is not None or draft.series:
        message = f'second TYPE line for metric name "{name}", or TYPE reported after samples'
        raise ExpositionError(message)
    elif text.strip() not in _TYPES:
        message = f'unknown metric type "{text.strip()}"'
        raise ExpositionError(message)
    else:
        draft.type = text.strip()


def _draft_for(name: str, drafts: dict[str, _Draft]) -> _Draft:
    """Return the family that a name belongs to: `x_sum` is part of the histogram `x`, if it exists."""
    if name not in drafts:
        for kind, suffixes in _PARTS.items():
            for suffix in suffixes:
                family = drafts.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
                if family is not None and family.type == kind:
                    return family
        drafts[name] = _Draft(name)
    return drafts[name]


def _read_sample(line: str, drafts: dict[str, _Draft]) -> None:
    sample = _sample(line)
    draft = _draft_for(sample.name, drafts)
    draft.timed = draft.timed or sample.timestamp is not None
    own_label = _OWN_LABEL.get(draft.type or "")
    labels = tuple(sorted((name, value) for name, value in sample.labels.items() if name != own_label))
    key = (sample.name.removeprefix(draft.name), _bound(sample.labels.get(own_label)) if own_label else None)
    if own_label is None:
        draft.series.append((labels, {key: float(sample.value)}))
        return
    if labels not in draft.compound:
        draft.compound[labels] = {}
        draft.series.append((labels, draft.compound[labels]))
    draft.compound[labels][key] = float(sample.value)


def _sample(line: str) -> Sample:
    (family,) = text_string_to_metric_families(line)
    (sample,) = family.samples
    if not _NAME.fullmatch(sample.name):
        message = f'invalid metric name "{sample.name}"'
        raise ExpositionError(message)
    for name in sample.labels:
        if not _LABEL_NAME.fullmatch(name):
            message = f'invalid label name "{name}"'
            raise ExpositionError(message)
    return sample


def _bound(text: str | None) -> str | None:
    return None if text is None else number(float(text))


def regrouped(family: Family, grouping: Mapping[str, str]) -> Family:
    """Add the labels of the grouping key to every series, and an empty `instance` if there is none.

    The Pushgateway does this to keep Prometheus from adding the gateway's address as `instance`.
    """
    return replace(
        family,
        series=tuple(
            Series(tuple(sorted({"instance": "", **dict(series.labels), **grouping}.items())), series.points)
            for series in family.series
        ),
    )


def render(families: Iterable[Family]) -> str:
    """Render families as text, sorted as by Prometheus's Go client."""
    lines: list[str] = []
    for family in sorted(families, key=lambda family: family.name):
        if family.help is not None:
            lines.append(f"# HELP {family.name} {_escaped(family.help)}")
        lines.append(f"# TYPE {family.name} {family.type}")
        for series in sorted(family.series, key=_place):
            lines.extend(_lines(family, series))
    return "".join(f"{line}\n" for line in lines)


def _place(series: Series) -> tuple[int, list[str]]:
    return len(series.labels), [value for _, value in series.labels]


def _lines(family: Family, series: Series) -> Iterable[str]:
    own_label = _OWN_LABEL.get(family.type)
    for point in points_served(family, series):
        shown = [*series.labels]
        if own_label is not None and point.bound is not None:
            shown.append((own_label, point.bound))
        labels = ",".join(f'{name}="{_quoted(value)}"' for name, value in shown)
        yield f"{family.name}{point.suffix}{{{labels}}} {number(point.value)}"


def points_served(family: Family, series: Series) -> list[Point]:
    """Return the points of a series as served, with sum, count and the bucket `+Inf` even if they were not pushed."""
    if family.type not in _PARTS:
        return list(series.points)
    values = {(point.suffix, point.bound): point.value for point in series.points}
    bounded = [point for point in series.points if point.bound is not None]
    if family.type == "histogram" and ("_bucket", "+Inf") not in values:
        bounded.append(Point("_bucket", "+Inf", 0.0))
    return [
        *bounded,
        *(Point(suffix, None, values.get((suffix, None), 0.0)) for suffix in ("_sum", "_count")),
    ]


def number(value: float) -> str:
    """Format a number as Go does (`1.234567e+06`); `floatToGoString` handles only positive ones."""
    if value == 0 or math.isnan(value):
        return "0" if value == 0 else "NaN"
    if value < 0:
        return "-Inf" if math.isinf(value) else f"-{number(-value)}"
    text: str = floatToGoString(value)  # type: ignore[no-untyped-call]  # it ships without types
    return text.removesuffix(".0")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
