"""What a mapping means, as JSON (documented in docs/reference/commands.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.cli.explain.events_json import place_object
from telemap.tracing.to_yaml import (
    drop_text,
    known_text,
    label_rule_text,
    parse_text,
    value_text,
    when_texts,
)

if TYPE_CHECKING:
    from telemap.model import Family, Source
    from telemap.tracing.overview import Resolved, ResolvedFamily, ResolvedLabel


def mapping_object(resolved: Resolved) -> dict[str, Any]:
    """Return a resolved mapping as JSON."""
    mapping = resolved.mapping
    return {
        "mapping": mapping.name,
        "sha256": mapping.sha256,
        "series_limit_total": mapping.series_limit_total,
        "most_series": resolved.most_series,
        "most_lines": resolved.most_lines,
        "event_types": list(resolved.event_types),
        "event_categories": list(resolved.event_categories),
        "drop": [{"from": list(rule.patterns), "text": drop_text(rule)} for rule in mapping.drop],
        "events": {text: list(names) for text, names in resolved.readers.items()},
        "metrics": list(map(_family_object, resolved.families)),
    }


def _family_object(resolved: ResolvedFamily) -> dict[str, Any]:
    family = resolved.family
    return {
        "name": family.name,
        "type": family.type.value,
        "help": family.help,
        "place": place_object(family.place),
        "labels": list(map(_label_object, resolved.labels)),
        "buckets": list(family.buckets) or None,
        "most_series": resolved.most_series,
        "most_lines": resolved.most_lines,
        "bounded_by": "labels" if resolved.by_labels else "series_limit",
        "series_limit": family.series_limit,
        "overflow": family.overflow.value,
        "expire_seconds": family.expire,
        "init": [
            {name: known_text(text) for name, text in zip(family.label_names, labels, strict=True)}
            for labels in family.init
        ],
        "sources": [_source_object(family, source) for source in family.sources],
    }


def _label_object(label: ResolvedLabel) -> dict[str, Any]:
    return {
        "name": label.name,
        "closed": label.is_closed,
        "values": list(label.values),
        "others": label.others,
    }


def _source_object(family: Family, source: Source) -> dict[str, Any]:
    return {
        "place": place_object(source.place),
        "group": None if source.group is None else place_object(source.group),
        "from": list(source.patterns),
        "parse": None if source.parse is None else parse_text(source.parse),
        "each": [path.text for path in source.each],
        "when": when_texts(source.when),
        "value": value_text(source),
        "factor": source.factor,
        "op": source.operation.value if family.type.value == "gauge" else None,
        "labels": {name: label_rule_text(rule) for name, rule in zip(family.label_names, source.labels, strict=True)},
    }
