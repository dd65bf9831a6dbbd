"""Warn of labels that can have any number of values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.event_types import LOG_TYPES
from telemap.events.path_steps import path_steps
from telemap.model import AllOf, Comparison, Operator, Parser
from telemap.path import Root

if TYPE_CHECKING:
    from telemap.check.drafts import DraftSource
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import Node, ScalarNode
    from telemap.model import Condition, LabelRule
    from telemap.path import Path

_ENDLESS = frozenset(
    [
        *("time", "timestamp", "datetime", "ts", "start", "starttime", "endtime", "eventtime"),
        *("spanid", "parentspanid", "parentid", "correlationid", "messageid", "invocationid", "executionid"),
        *("uuid", "guid", "xamzcfid"),
    ]
)
"""Fields that differ for each event or invocation, in lower case and without separators."""

_ENDLESS_ENDINGS = ("requestid", "traceid")
"""`awsRequestId`, `x-amzn-trace-id` and the like."""

_ENDLESS_PARENTS = {"tracing": "value"}

_JOINTS = re.compile(r"[^a-z0-9]")


_BOUNDING = (Operator.EQUALS, Operator.IN)
"""Operators that leave only the texts that they compare with."""


def advise_unbounded(
    reader: MappingReader, key: ScalarNode, node: Node, rule: LabelRule, draft: DraftSource, types: tuple[str, ...]
) -> None:
    """Warn of a label without a limit that differs for each event, or that is taken from log text.

    Args:
        reader: collects the warnings.
        key: the label's name.
        node: the label as written.
        rule: the label as read.
        draft: the rule that it belongs to.
        types: the Telemetry API's event types that the rule reads.
    """
    if (
        rule.is_closed
        or rule.max_values
        or (rule.extract is not None and reader.totals.regex(rule.extract).has_few_texts)
    ):
        return
    endless = next((path.text for path in rule.paths if _is_endless(path)), None)
    if endless:
        reader.warning(
            "label-unbounded",
            node,
            f"label {key.text!r} differs for each event ({endless}), so the number of series is unbounded",
            "remove it, or limit it with 'max_values' or 'series_limit'",
        )
    elif types and LOG_TYPES.issuperset(types) and (path := _from_log(reader, rule, draft)):
        reader.warning(
            "label-unbounded",
            node,
            f"label {key.text!r} is taken from log text ({path.text}), which can have any number of values",
            "add 'max_values: 20' or 'allow' to the label, or 'series_limit' to the metric",
        )


def _from_log(reader: MappingReader, rule: LabelRule, draft: DraftSource) -> Path | None:
    """Return the path of a label that finds text of a log record which nothing bounds."""
    few = frozenset[str]()
    if draft.parse is not None and draft.parse.parser is Parser.REGEX:
        few = reader.totals.regex(draft.parse.regex).names_with_few_texts
    for path in rule.paths:
        is_few = path.root is Root.EVENT and path.steps is not None and path.steps[1:] in {(name,) for name in few}
        if _is_in_record(path) and not is_few and not _is_bounded(path, draft.when):
            return path
    return None


def _is_in_record(path: Path) -> bool:
    """Return whether a path leads into the record, or may; items of `each` are nearly always of the record."""
    return path.root is not Root.EVENT or path.steps is None or path.steps[:1] == ("record",)


def _is_bounded(path: Path, when: Condition | None) -> bool:
    """Return whether conditions that must hold leave only some texts at a path."""
    conditions = when.conditions if isinstance(when, AllOf) else () if when is None else (when,)
    return any(
        isinstance(test, Comparison)
        and test.operator in _BOUNDING
        and (test.path.root, test.path.up, test.path.query) == (path.root, path.up, path.query)
        for test in conditions
    )


def _is_endless(path: Path) -> bool:
    names = [step.name for step in path_steps(path.query) if step.name]
    if not names:
        return False
    last = _JOINTS.sub("", names[-1].lower())
    is_value = len(names) > 1 and _ENDLESS_PARENTS.get(names[-2]) == names[-1]
    return is_value or last in _ENDLESS or last.endswith(_ENDLESS_ENDINGS)
