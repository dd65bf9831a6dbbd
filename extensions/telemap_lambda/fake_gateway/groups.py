"""The groups of the fake Pushgateway, and its consistency checks."""

from __future__ import annotations

import base64
import binascii
import re
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from telemap_lambda.fake_gateway.exposition import (
    ExpositionError,
    Family,
    Labels,
    Point,
    Series,
    number,
    regrouped,
    render,
)
from telemap_lambda.fake_gateway.own_metrics import TYPES as OWN_TYPES
from telemap_lambda.fake_gateway.own_metrics import check_own

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_BASE64 = "@base64"
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
_TIMES = {
    "push_failure_time_seconds": "Last Unix time when changing this group in the Pushgateway failed.",
    "push_time_seconds": "Last Unix time when changing this group in the Pushgateway succeeded.",
}


@dataclass
class Group:
    """The content of one grouping key; times are in Unix seconds, 0 for never."""

    grouping: Mapping[str, str]
    families: dict[str, Family] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    push_time: float = 0.0
    failure_time: float = 0.0

    def shown(self) -> dict[str, Family]:
        """Return the families, including the two push times."""
        times = {"push_time_seconds": self.push_time, "push_failure_time_seconds": self.failure_time}
        own = {
            name: Family(name, "gauge", _TIMES[name], (Series((), (Point("", None, value),)),))
            for name, value in times.items()
        }
        return {**self.families, **{name: regrouped(family, self.grouping) for name, family in own.items()}}


class GroupStore:
    """All groups; thread-safe."""

    def __init__(self) -> None:
        self._groups: dict[Labels, Group] = {}
        self._lock = threading.Lock()

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups, ordered by grouping key."""
        with self._lock:
            return tuple(self._groups[key] for key in sorted(self._groups))

    def push(self, grouping: Mapping[str, str], families: Iterable[Family], *, whole: bool, now: float) -> None:
        """Accept or refuse a push as a whole.

        Args:
            grouping: The grouping key.
            families: The pushed families.
            whole: Whether to replace the whole group (PUT) or only families of the same name (POST).
            now: Unix time in seconds.

        Raises:
            ExpositionError: The push is inconsistent with itself or with other groups.

        """
        given = {family.name: regrouped(family, grouping) for family in families if family.name not in _TIMES}
        key = tuple(sorted(grouping.items()))
        with self._lock:
            before = self._groups.get(key, Group(grouping))
            others = [group for known, group in self._groups.items() if known != key]
            kept = {} if whole else before.families
            after = replace(before, families={**kept, **given}, push_time=now)
            after.changed = {name: now if name in given else before.changed[name] for name in after.families}
            try:
                _check(given.values(), after, others)
            except ExpositionError:
                self._groups[key] = replace(before, failure_time=now)
                raise
            self._groups[key] = after

    def delete(self, grouping: Mapping[str, str]) -> None:
        """Remove a group, if it exists."""
        with self._lock:
            self._groups.pop(tuple(sorted(grouping.items())), None)

    def text(self) -> str:
        """Render all groups as one exposition; each family gets the help text of the first group that has one."""
        merged: dict[str, Family] = {}
        for group in self.groups:
            for name, family in group.shown().items():
                known = merged.get(name, replace(family, series=()))
                help_text = family.help if known.help is None else known.help
                merged[name] = replace(known, help=help_text, series=known.series + family.series)
        return render(merged.values())


def grouping_of(path: str) -> dict[str, str]:
    """Parse the grouping key in a percent-decoded path such as `/job/x/instance@base64/L2E`.

    Raises:
        ExpositionError: The path is not a grouping key.

    """
    parts = path.removeprefix("/").split("/")
    if len(parts) % 2:
        message = f'odd number of components in label string "/{"/".join(parts[2:])}"'
        raise ExpositionError(message)
    grouping = {"job": _label(parts[0], parts[1])[1]}
    if not grouping["job"]:
        message = "job name is required"
        raise ExpositionError(message)
    for name, value in zip(parts[2::2], parts[3::2], strict=True):
        label, decoded = _label(name, value)
        if label != "job":
            grouping[label] = decoded
    return grouping


def _label(name: str, value: str) -> tuple[str, str]:
    label = name.removesuffix(_BASE64)
    if not _LABEL_NAME.fullmatch(label) or label.startswith("__"):
        message = f'improper label name "{label}"'
        raise ExpositionError(message)
    if label == name:
        return label, value
    bare = value.rstrip("=")
    try:
        decoded = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
        return label, decoded.decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        message = f'invalid base64 encoding for label {label}="{value}": {error}'
        raise ExpositionError(message) from error


def _check(given: Iterable[Family], after: Group, others: Iterable[Group]) -> None:
    """Refuse what a Pushgateway refuses: timestamps, different types for one name, duplicate series."""
    given = tuple(given)
    if any(family.timed for family in given):
        message = "pushed metrics must not have timestamps"
        raise ExpositionError(message)
    for family in given:
        check_own(family)
    shown = [group.shown() for group in others]
    for family in after.shown().values():
        elsewhere = [families[family.name] for families in shown if family.name in families]
        for series in family.series:
            if any(other.type != family.type for other in elsewhere):
                known = elsewhere[0].type.upper()
                message = f"collected metric {_described(family, series)} is not a {known}"
                raise ExpositionError(message)
        taken = {series.labels for other in elsewhere for series in other.series}
        for series in family.series:
            if series.labels in taken:
                described = _described(family, series)
                message = f"collected metric {described} was collected before with the same name and label values"
                raise ExpositionError(message)
            taken.add(series.labels)
    pushed = {name: family.type for families in (after.families, *shown) for name, family in families.items()}
    _check_suffixes({**OWN_TYPES, **pushed})


def _check_suffixes(types: Mapping[str, str]) -> None:
    for name, kind in types.items():
        for suffix in _SUFFIXES.get(kind, ()):
            if name + suffix in types:
                collision = f'collides with previously collected {kind} named "{name}"'
                message = f'collected metric named "{name}{suffix}" {collision}'
                raise ExpositionError(message)


def _described(family: Family, series: Series) -> str:
    labels = "".join(f'label:<name:"{name}" value:"{value}" > ' for name, value in series.labels)
    value = "" if family.type in _SUFFIXES else f"value:{number(series.points[0].value)} "
    return f'"{family.name}" {{ {labels}{family.type}:<{value}> }}'


def as_json(groups: Iterable[Group]) -> list[dict[str, object]]:
    """Return groups as in `GET /api/v1/metrics` of a Pushgateway, where numbers are strings."""
    return [
        {
            "labels": dict(group.grouping),
            "last_push_successful": group.push_time > group.failure_time,
            **{
                name: _family_json(family, group.changed.get(name, max(group.push_time, group.failure_time)))
                for name, family in group.shown().items()
            },
        }
        for group in groups
    ]


def _family_json(family: Family, changed: float) -> dict[str, object]:
    help_text = {} if family.help is None else {"help": family.help}
    return {
        "time_stamp": datetime.fromtimestamp(changed, UTC).isoformat().replace("+00:00", "Z"),
        "type": family.type.upper(),
        **help_text,
        "metrics": [_series_json(family, series) for series in family.series],
    }


def _series_json(family: Family, series: Series) -> dict[str, object]:
    labels = dict(series.labels)
    if family.type not in _SUFFIXES:
        return {"labels": labels, "value": number(series.points[0].value)}
    values = {(point.suffix, point.bound): point.value for point in series.points}
    counted = family.type == "histogram"
    bounds = {
        bound: str(int(value)) if counted else number(value)
        for (_, bound), value in values.items()
        if bound is not None
    }
    return {
        "labels": labels,
        "buckets" if counted else "quantiles": bounds,
        "count": str(int(values.get(("_count", None), 0))),
        "sum": number(values.get(("_sum", None), 0.0)),
    }
