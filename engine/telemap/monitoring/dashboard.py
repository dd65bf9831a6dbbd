"""A Grafana dashboard for a mapping's own metrics, with a panel for each, ordered by name."""

from __future__ import annotations

import json
import re
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
_STATE = "35m"
"""How long to show a gauge after its last push."""


def dashboard_json(title: str, delivery: Delivery, metrics: Iterable[Metric]) -> str:
    """Return a dashboard as JSON; equal metrics yield equal dashboards.

    Args:
        title: the dashboard's title, from which its uid in Grafana is derived.
        delivery: how samples reach the database.
        metrics: the metrics, sorted by name.
    """
    found = list(metrics)
    opened = _open_labels(found)
    panels = [_panel(number, metric, delivery, opened) for number, metric in enumerate(found)]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    board = {
        "title": title,
        "uid": f"telemap-{slug}"[:40],
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
        "templating": {"list": _variables(found, opened)},
        "panels": panels,
    }
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


def _open_labels(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """Return each open label with the first metric that has it."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        for label in metric.open:
            found.setdefault(label, metric)
    return dict(sorted(found.items()))


def _variables(metrics: list[Metric], opened: dict[str, Metric]) -> list[dict[str, Any]]:
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
    names = "|".join(_series(metric) for metric in metrics)
    job = [_variable("job", "Function", f'{{__name__=~"{names}"}}', ".+")] if metrics else []
    others = [_variable(name, name, _series(metric), ".*") for name, metric in opened.items()]
    return [source, *job, *others]


def _variable(name: str, label: str, series: str, every: str) -> dict[str, Any]:
    """Return a variable for the values of a label, initially all of them."""
    query = f"label_values({series}, {name})"
    return {
        "name": _variable_name(name),
        "label": label,
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


def _variable_name(label: str) -> str:
    """Return the variable name for a label; `datasource` is taken."""
    return "datasource_label" if label == "datasource" else label


def _panel(number: int, metric: Metric, delivery: Delivery, opened: dict[str, Metric]) -> dict[str, Any]:
    matchers = [
        'job=~"$job"',
        *(f'{label}=~"${{{_variable_name(label)}}}"' for label in opened if label in metric.open),
    ]
    selector = "{" + ", ".join(matchers) + "}"
    legend = " ".join(f"{{{{{label}}}}}" for label in metric.closed) or metric.name
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": metric.name,
        "description": metric.help,
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
            for ref, (expression, words) in zip("ABC", _queries(metric, delivery, selector, legend), strict=False)
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


def _queries(metric: Metric, delivery: Delivery, selector: str, legend: str) -> list[tuple[str, str]]:
    """Return the queries of a panel with their legends."""
    by = metric.closed
    match metric.type:
        case MetricType.COUNTER:
            return [(count(delivery, by, metric.name + selector, _INTERVAL), legend)]
        case MetricType.GAUGE:
            combine = "sum" if metric.adds else "max"
            labels = f" by ({', '.join(by)})" if by else ""
            return [(f"{combine}{labels} (last_over_time({metric.name}{selector}[{_STATE}]))", legend)]
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
    """Return the name of a series that every process with the metric exposes."""
    return metric.counters[0] if metric.counters else metric.name
