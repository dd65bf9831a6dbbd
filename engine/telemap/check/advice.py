"""Warnings: what a mapping may say, and most likely does not mean.

They do not stop the mapping. Paths are held to `schema/telemetry-event.schema.json` in `event_shape`.
"""

from __future__ import annotations

import re
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

from telemap.check.event_shape import advise_path, advise_pattern
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.model import AllOf, Comparison, Concat, FirstOf, LiteralText, Operator
from telemap.path import Path
from telemap.path.parse import looks_like_path
from telemap.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.findings import Entries, Findings
    from telemap.check.includes import Included
    from telemap.check.labels import LabelNodes
    from telemap.check.sources import DraftSource
    from telemap.model import Condition, DropRule, Family, LabelRule, Operand, Source

_OTHER_UNITS = frozenset(
    [
        "ns",
        "us",
        "ms",
        "nanoseconds",
        "microseconds",
        "millis",
        "milliseconds",
        "minutes",
        "hours",
        "days",
        "kb",
        "mb",
        "gb",
        "kib",
        "mib",
        "gib",
        "kilobytes",
        "megabytes",
        "gigabytes",
        "bits",
        "percent",
        "percentage",
    ]
)
"""Last words of a name that say a unit which is no base unit of Prometheus."""

_ENDLESS = frozenset({"requestId", "spanId", "time", "timestamp", "start"})
"""Fields that are new with each event or each invocation."""

_ENDLESS_PARENTS = {"tracing": "value"}

_FROM_EVENT = ("$.", "$[")

_MIB_FIELDS = frozenset({"memorySizeMB", "maxMemoryUsedMB"})

_LOST_ROOT = re.compile(r"(?:record|time|type)(?:[.\[]|$)")
"""Literal text that is probably a path without its `$.`."""

_GROUPING = ("job", "instance")


def advise_family(
    findings: Findings,
    key: ScalarNode,
    family: Family,
    entries: Entries,
    drafts: list[DraftSource],
    labels: list[LabelNodes],
) -> None:
    """Warn of what is doubtful about one family."""
    _advise_name(findings, key, family)
    limited = "series_limit" in entries
    _advise_series(findings, key, family)
    for draft, nodes, source in zip(drafts, labels, family.sources, strict=True):
        _advise_patterns(findings, draft.patterns_node, source.patterns)
        for name, rule in zip(family.label_names, source.labels, strict=True):
            _advise_label(findings, nodes[name], name, rule, limited=limited)
        for node, path in _paths(draft, nodes):
            advise_path(findings, node, path, source.patterns, parsed=draft.parse is not None)
        _advise_unit(findings, draft, source)
        if _contradicts(source.when):
            findings.warning("never-runs", draft.node, "the tests of this source cannot hold together: it never runs")


def advise_drop_rule(findings: Findings, entries: Entries, patterns: tuple[str, ...]) -> None:
    """Warn of what is doubtful about one rule of `drop`."""
    _advise_patterns(findings, entries["from"][1], patterns)
    for scalar in _scalars(entries["when"][1]) if "when" in entries else ():
        if scalar.text.startswith(_FROM_EVENT):
            advise_path(findings, scalar, scalar.text, patterns, parsed=False)


def advise_mapping(
    findings: Findings, drop: tuple[DropRule, ...], families: dict[str, Family], included: Included
) -> None:
    """Warn of what is doubtful about the mapping as a whole."""
    for node, part in included.parts:
        left = any(families.get(name) is one for name, one in part.families.items())
        if part.families and not left and not part.drop:
            message = "no family of this include is left: all are replaced or removed"
            findings.warning("include-replaced", node, message, "leave it out")
    for name, family in families.items():
        rules = drop if included.families.get(name) is family else (*included.drop, *drop)
        whole = [pattern for rule in rules if rule.when is None for pattern in rule.patterns]
        for source in family.sources:
            if whole and all(any(matches(pattern, text) for pattern in whole) for text in source.patterns):
                findings.warning_at(
                    "never-runs", family.place, f"'drop' takes all events of a source of {family.name!r}: it never runs"
                )


def _advise_patterns(findings: Findings, node: Node, patterns: tuple[str, ...]) -> None:
    nodes = node.items if isinstance(node, ListNode) else (node,)
    for item, pattern in zip(nodes, patterns, strict=False):
        advise_pattern(findings, item, pattern)


def _advise_name(findings: Findings, key: ScalarNode, family: Family) -> None:
    last = family.name.removesuffix("_total").rpartition("_")[2]
    if last in _OTHER_UNITS and last != family.name:
        hint = "use seconds, bytes or ratio, and let 'unit' convert"
        findings.warning(
            "base-unit", key, f"{family.name!r} ends in {last!r}, which is no base unit of Prometheus", hint
        )


def _advise_series(findings: Findings, key: ScalarNode, family: Family) -> None:
    """Warn of a family whose bounded labels alone can make more series than its limit."""
    most = 0
    for source in family.sources:
        counts = [_values(rule) for rule in source.labels]
        if None not in counts:
            most = max(most, prod(count for count in counts if count is not None))
    if most > family.series_limit:
        limit = family.series_limit
        message = f"{family.name!r} can make {most} series, and its limit is {limit}"
        findings.warning("series-over-limit", key, message, "raise 'series_limit', or bound the labels more")


def _values(rule: LabelRule) -> int | None:
    """Count the values that a label can have; None when nothing bounds them."""
    known = rule.known_values
    if known is not None:
        return len(known)
    if isinstance(rule.origin, LiteralText):
        return 1
    return rule.max_values


def _advise_label(
    findings: Findings, nodes: tuple[ScalarNode, Node], name: str, rule: LabelRule, *, limited: bool
) -> None:
    key, node = nodes
    is_instance = isinstance(rule.origin, LiteralText) and rule.origin.is_instance
    if name in _GROUPING and not (name == "instance" and is_instance):
        findings.warning(
            "label-grouping", key, f"label {name!r} is in the grouping key of pushes too", "choose another name"
        )
    if isinstance(rule.origin, LiteralText) and isinstance(node, ScalarNode) and _LOST_ROOT.match(node.text):
        findings.warning("literal-path", node, f"{node.text!r} is literal text", f"a path is written '$.{node.text}'")
    if not (limited or rule.is_closed or rule.max_values):
        endless = next((path.text for path in _origin_paths(rule) if _is_endless(path.text)), None)
        if endless:
            findings.warning(
                "label-unbounded",
                node,
                f"label {name!r} is new with each event ({endless}): it makes series without end",
                "leave it out, or bound it with 'max_values' or a 'series_limit'",
            )


def _origin_paths(rule: LabelRule) -> list[Path]:
    """Give the paths whose text ends up in a label."""
    if isinstance(rule.origin, FirstOf):
        return list(rule.origin.paths)
    return [part for part in rule.origin.parts if isinstance(part, Path)] if isinstance(rule.origin, Concat) else []


def _is_endless(text: str) -> bool:
    *before, last = re.split(r"[.\[\]'\"]+", text.rstrip("]'\""))
    return last in _ENDLESS or (bool(before) and _ENDLESS_PARENTS.get(before[-1]) == last)


def _advise_unit(findings: Findings, draft: DraftSource, source: Source) -> None:
    """Warn of MB where AWS says MB and means MiB."""
    origin = source.value.origin
    if draft.unit is None or draft.unit[1] != "MB" or not isinstance(origin, FirstOf):
        return
    field = next((name for path in origin.paths if (name := path.text.rpartition(".")[2]) in _MIB_FIELDS), None)
    if field:
        findings.warning("unit-mib", draft.unit[0], f"{field} is in MiB, whatever its name says", "write 'unit: MiB'")


def _contradicts(condition: Condition | None) -> bool:
    """Tell whether tests that must all hold exclude each other."""
    if not isinstance(condition, AllOf):
        return False
    same = [test for test in condition.conditions if isinstance(test, Comparison)]
    for first, second in combinations(same, 2):
        if first.path == second.path and _exclude(first, second):
            return True
    return any(_contradicts(inner) for inner in condition.conditions)


def _exclude(first: Comparison, second: Comparison) -> bool:
    return _excludes(first, second) or _excludes(second, first)


def _excludes(first: Comparison, second: Comparison) -> bool:
    """Tell whether one test leaves nothing for the other."""
    ours, theirs = first.operands, second.operands
    constant = not any(isinstance(item, Path) for item in (*ours, *theirs))
    match first.operator, second.operator:
        case Operator.EXISTS, Operator.EXISTS:
            return ours != theirs
        case Operator.EXISTS, Operator.NOT_EQUALS | Operator.NOT_IN:
            return False
        case Operator.EXISTS, _:
            return ours == (False,)
        case Operator.EQUALS, Operator.EQUALS | Operator.IN:
            return constant and not any(_same(ours[0], item) for item in theirs)
        case Operator.EQUALS, Operator.NOT_EQUALS | Operator.NOT_IN:
            return constant and any(_same(ours[0], item) for item in theirs)
    return False


def _same(left: Operand, right: Operand) -> bool:
    """Tell whether two operands are equal as tests see it: true is never 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _paths(draft: DraftSource, labels: LabelNodes) -> Iterator[tuple[ScalarNode, str]]:
    """Give each path of a source: its node, and its text as it would be from the event on."""
    steps: list[str] = []
    for node in draft.each_nodes:
        for scalar in _scalars(node):
            steps.append(_from_event(scalar.text, steps))
            yield scalar, steps[-1]
    for node in (*draft.nodes, *(node for _, node in labels.values())):
        for scalar in _scalars(node):
            if looks_like_path(scalar.text) and (text := _from_event(scalar.text, steps)):
                yield scalar, text


def _from_event(text: str, steps: list[str]) -> str:
    """Write a path below `each` as it would be from the event on; empty where that cannot be."""
    if text.startswith(_FROM_EVENT):
        return text
    if text.startswith(".") and steps:
        return steps[-1] + (text if text != "." else "")
    if text.startswith(("$parent.", "$parent[")) and len(steps) > 1 and text != "$parent.$key":
        return steps[-2] + text.removeprefix("$parent")
    return ""


def _scalars(node: Node) -> Iterator[ScalarNode]:
    """Give the scalars that may be paths; what is told to be text, or compared with, is none."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, MapNode):
        for key, value in node.entries:
            if key.text in {"path", "first_of", "concat", "exists", "any", "all", "not"}:
                yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)
