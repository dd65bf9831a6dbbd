"""A plain engine for mappings: it passes every event to every metric, and finds each value with jsonpath-ng.

It supports the part of the language that `inputs/twelve.yaml` uses, and updates prometheus_client metrics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from jsonpath_ng.ext.parser import parse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_KINDS = {"counter": Counter, "gauge": Gauge, "histogram": Histogram, "summary": Summary}
_FACTORS = {"ms": (1, 1000), "MiB": (1048576, 1)}
"""The factor and the divisor of each unit."""


class PlainEngine:
    """The metrics of a mapping.

    Args:
        mapping: the file.

    Attributes:
        registry: the registry of the metrics.
    """

    def __init__(self, mapping: Path) -> None:
        self.registry = CollectorRegistry()
        document = yaml.safe_load(mapping.read_text(encoding="utf-8"))
        prefix = document["defaults"]["prefix"]
        self._families = [_Family(prefix + key, family, self.registry) for key, family in document["metrics"].items()]

    def apply(self, events: Iterable[Any]) -> None:
        """Apply a batch."""
        for event in events:
            for family in self._families:
                try:
                    family.take(event)
                except (KeyError, TypeError, ValueError):
                    continue


class _Label:
    def __init__(self, rule: Any) -> None:
        rule = rule if isinstance(rule, dict) else {"path": rule}
        self._exists = "exists" in rule
        self._path = _path(rule.get("exists") or rule["path"])
        self._allowed = rule.get("allow")
        self._default = rule.get("default", "")
        self._lower = rule.get("lower", False)

    def text(self, node: Any) -> str:
        found = self._path.find(node)
        if self._exists:
            return "true" if found else "false"
        text = str(found[0].value) if found else self._default
        text = text.lower() if self._lower else text
        return text if self._allowed is None or text in self._allowed else "other"


class _Family:
    def __init__(self, name: str, rules: Any, registry: CollectorRegistry) -> None:
        self._from = rules["from"]
        self._each = _path(rules["each"]) if "each" in rules else None
        self._when = [(_path(test["path"]), test.get("in", [test.get("equals")])) for test in rules.get("when", ())]
        value = rules.get("value")
        self._value = _path(value["path"] if isinstance(value, dict) else value) if value else None
        self._default = value.get("default") if isinstance(value, dict) else None
        self._factor, self._divisor = _FACTORS.get(rules.get("unit"), (1, 1))
        self._labels = {label: _Label(rule) for label, rule in rules.get("labels", {}).items()}
        options = {"buckets": rules["buckets"]} if "buckets" in rules else {}
        kind = _KINDS[rules["type"]]
        self._metric: Any = kind(name, rules["help"], list(self._labels), registry=registry, **options)
        self._take = {"counter": "inc", "gauge": "set"}.get(rules["type"], "observe")

    def take(self, event: Any) -> None:
        if event["type"] != self._from:
            return
        for path, wanted in self._when:
            found = path.find(event)
            if not found or found[0].value not in wanted:
                return
        nodes = [event] if self._each is None else [match.value for match in self._each.find(event)]
        for node in nodes:
            self._sample(node)

    def _sample(self, node: Any) -> None:
        value: Any = 1
        if self._value is not None:
            found = self._value.find(node)
            value = found[0].value if found else self._default
            if value is None:
                return
        labels = {name: label.text(node) for name, label in self._labels.items()}
        metric = self._metric.labels(**labels) if labels else self._metric
        getattr(metric, self._take)(value * self._factor / self._divisor)


def _path(text: str) -> Any:
    return parse(f"${text}" if text.startswith(".") else text)
