"""A Grafana dashboard for a mapping's own metrics, with a panel for each, ordered by name."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, assert_never

from telemap.model import MetricType
from telemap.monitoring.counting import Window, count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.monitoring.counting import Delivery
    from telemap.monitoring.metrics import Metric

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_INTERVAL = Window("$__interval", "", "$__interval")
_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3
_JOB = 'job=~"$job"'
_MAX_UID = 40
_REFERENCE = re.compile(r"\$(?=[\w{])|\[(?=\[)")
"""The beginning of a reference to a variable, which Grafana replaces in descriptions, too."""


def dashboard_json(title: str, delivery: Delivery, metrics: Iterable[Metric]) -> str:
    """Return a dashboard as JSON; equal metrics yield equal dashboards.

    Args:
        title: the dashboard's title, from which its uid in Grafana is derived.
        delivery: how samples reach the database.
        metrics: the metrics, sorted by name.
    """
    found = list(metrics)
    opened = _open_labels(found)
    variables = _variable_names(opened)
    panels = [_panel(number, metric, delivery, variables) for number, metric in enumerate(found)]
    board = {
        "title": title,
        "uid": _uid(title),
        "description": f"Made by `telemap dashboard` for {delivery.row.words}. Bars add up: every count is exact.",
        "tags": ["lambda", "telemap"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "links": [],
        "annotations": {"list": []},
        "templating": {"list": _variables(found, opened, variables)},
        "panels": panels,
    }
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


def _uid(title: str) -> str:
    """Return a uid that is the title's alone: with a digest, if the title does not fit."""
    uid = "telemap-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if len(uid) <= _MAX_UID and (title.isascii() and uid != "telemap-"):
        return uid
    digest = sha256(title.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{uid[: _MAX_UID - 9].rstrip('-')}-{digest}"


def _open_labels(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """Return each open label with the first metric that has it."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        for label in metric.open:
            found.setdefault(label, metric)
    return dict(sorted(found.items()))


def _variable_names(labels: Iterable[str]) -> dict[str, str]:
    """Return the name of the variable for each label, unlike those that every dashboard has."""
    names: dict[str, str] = {}
    for label in labels:
        name = label
        while name in {"datasource", "job", *names.values()} or (name != label and name in labels):
            name += "_label"
        names[label] = name
    return names


def _variables(metrics: list[Metric], opened: dict[str, Metric], names: dict[str, str]) -> list[dict[str, Any]]:
    source = {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "includeAll": False,
        "multi": False,
        "refresh": 1,
        "regex": "",
        "current": {},
        "options": [],
        "hide": 0,
    }
    series = "|".join(metric.counters[0] if metric.counters else metric.name for metric in metrics)
    job = [_variable("job", "job", "Function", f'{{__name__=~"{series}"}}', ".+")] if metrics else []
    others = [_variable(names[label], label, label, _series(metric), ".*") for label, metric in opened.items()]
    return [source, *job, *others]


def _variable(name: str, label: str, title: str, series: str, every: str) -> dict[str, Any]:
    """Return a variable for the values of a label, initially all of them."""
    query = f"label_values({series}, {label})"
    return {
        "name": name,
        "label": title,
        "type": "query",
        "datasource": _SOURCE,
        "definition": query,
        "query": {"query": query, "refId": name},
        "includeAll": True,
        "multi": True,
        "allValue": every,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "hide": 0,
        "options": [],
    }


def _panel(number: int, metric: Metric, delivery: Delivery, variables: dict[str, str]) -> dict[str, Any]:
    own = (f'{label}=~"${{{name}}}"' for label, name in variables.items() if label in metric.open)
    matchers = ", ".join([_JOB, *own])
    legend = " ".join(f"{{{{{label}}}}}" for label in metric.closed) or metric.name
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": metric.name,
        "description": _REFERENCE.sub(lambda found: f"&#{ord(found[0])};", metric.help),
        "datasource": _SOURCE,
        "gridPos": {
            "x": number % _COLUMNS * _WIDTH,
            "y": number // _COLUMNS * _HEIGHT,
            "w": _WIDTH,
            "h": _HEIGHT,
        },
        "interval": "1m",
        "targets": [
            _target(ref, expression, words)
            for ref, (expression, words) in zip("ABC", _queries(metric, delivery, matchers, legend), strict=False)
        ],
        "fieldConfig": {"defaults": _field(metric), "overrides": []},
        "options": {
            "legend": {
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": True,
                "calcs": ["sum"] if metric.type is MetricType.COUNTER else [],
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def _queries(metric: Metric, delivery: Delivery, matchers: str, legend: str) -> list[tuple[str, str]]:
    """Return the queries of a panel with their legends."""
    by, selector = metric.closed, f"{{{matchers}}}"
    match metric.type:
        case MetricType.COUNTER:
            return [(count(delivery, by, metric.name + selector, _INTERVAL), legend)]
        case MetricType.GAUGE:
            combine = "sum" if metric.adds else "max"
            labels = f" by ({', '.join(by)})" if by else ""
            state = delivery.row.state_of(metric.selector(matchers), f"{{{_JOB}}}")
            return [(f"{combine}{labels} (\n  {state}\n)", legend)]
        case MetricType.SUMMARY:
            sums, counts = (
                count(delivery, by, f"{metric.name}{part}{selector}", _INTERVAL) for part in ("_sum", "_count")
            )
            return [(f"{sums}\n/\n{counts}", f"mean {legend}" if by else "mean")]
        case MetricType.HISTOGRAM:
            buckets = count(delivery, [*by, "le"], f"{metric.name}_bucket{selector}", _INTERVAL)
            return [
                (f"histogram_quantile({quantile},\n{buckets}\n)", f"{word} {legend}" if by else word)
                for word, quantile in (("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99"))
            ]
        case _:
            assert_never(metric.type)


def _target(ref: str, expression: str, legend: str) -> dict[str, Any]:
    return {
        "refId": ref,
        "datasource": _SOURCE,
        "editorMode": "code",
        "expr": expression,
        "legendFormat": legend,
        "instant": False,
        "range": True,
        "format": "time_series",
    }


def _field(metric: Metric) -> dict[str, Any]:
    is_bars = metric.type is MetricType.COUNTER
    custom = {
        "drawStyle": "bars" if is_bars else "line",
        "lineWidth": 1,
        "fillOpacity": 80 if is_bars else 0,
        "showPoints": "never" if is_bars else "auto",
        "spanNulls": False,
        "stacking": {"mode": "normal" if is_bars else "none", "group": "A"},
        "axisPlacement": "auto",
        "axisLabel": "",
        "lineInterpolation": "linear",
        "barAlignment": -1,
    }
    return {"unit": metric.unit, "color": {"mode": "palette-classic"}, "custom": custom}


def _series(metric: Metric) -> str:
    """Return the selector of a series that every process with the metric exposes."""
    return metric.counters[0] if metric.counters else metric.selector()
