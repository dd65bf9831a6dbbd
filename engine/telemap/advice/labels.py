"""Warn of labels that are also in the grouping key, unbounded, or text instead of a path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.keys import Holds
from telemap.check.paths import below_item
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.events.event_shape import has_field
from telemap.events.path_steps import path_steps
from telemap.model import LiteralText
from telemap.path.parse import looks_like_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.drafts import DraftSource
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import LabelRule
    from telemap.path import Path

_GROUPING = ("job", "instance")

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

_ROOTS = re.compile(r"(?:record|time|type)(?:[.\[]|$)")
"""Text that is probably a path without its `$.`."""

_LOST_ROOT = re.compile(r"record[.\[][\w'\"]|[$@](?:\.|[A-Za-z_]\w*(?:\.\w|\[))|\$\[")
"""Text that is very probably a path, in any place."""

_BELOW_ITEM = re.compile(r"\._\w")
"""Text that looks like a name below `each`: only a letter may follow the `.` of a path."""

_SHELL = re.compile(r"\$[A-Z_][A-Z0-9_]*")
"""An environment variable in shell syntax."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^]]+\])+")


_PATHS_AND_TEXTS, _TEXT, _TEXTS, _TEXT_BY_TEXT = map(
    keys.holding, (Holds.PATHS_AND_TEXTS, Holds.TEXT, Holds.TEXTS, Holds.TEXT_BY_TEXT)
)


def advise_grouping(reader: MappingReader, key: ScalarNode, rule: LabelRule | None) -> None:
    """Warn of a label that is also in the grouping key of pushes."""
    is_instance = rule is not None and isinstance(rule.origin, LiteralText) and rule.origin.is_instance
    if key.text in _GROUPING and not (key.text == "instance" and is_instance):
        message = f"label {key.text!r} is also in the grouping key of pushes"
        reader.warning("label-grouping", key, message, "choose another name")


def advise_endless(reader: MappingReader, key: ScalarNode, node: Node, rule: LabelRule) -> None:
    """Warn of a label that differs for each event, and is unbounded."""
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


def advise_literals(
    reader: MappingReader, key: ScalarNode, node: Node, draft: DraftSource, types: tuple[str, ...]
) -> None:
    """Warn of label text that looks like a path without `$.`; `const` marks literal text.

    Args:
        reader: collects the warnings.
        key: the label's name.
        node: the label as written.
        draft: the rule.
        types: the Telemetry API's event types that the rule reads.
    """
    types = () if draft.has_parse else types
    if isinstance(node, ScalarNode):
        text = node.text
        is_field = text == key.text and has_field(f"$.record.{text}", types)
        _advise_shell(reader, node)
        if path := _meant_path(text, types, in_each=draft.depth > 0) or (f"$.{text}" if _ROOTS.match(text) else None):
            _warn(reader, node, path)
        elif is_field:
            _warn(reader, node, f"$.record.{text}")
    elif isinstance(node, MapNode):
        for scalar in _literals(node):
            _advise_shell(reader, scalar)
            if path := _meant_path(scalar.text, types, in_each=draft.depth > 0):
                _warn(reader, scalar, path)
        for scalar in _never_paths(node):
            if scalar.text.startswith(("$.", "$[")) and scalar.span not in reader.broken:
                hint = "a path is only read under 'path', 'first_of' or 'concat'"
                reader.warning("literal-path", scalar, f"{scalar.text!r} is literal text here", hint)


def _advise_shell(reader: MappingReader, node: ScalarNode) -> None:
    """Warn of an environment variable in shell syntax."""
    if _SHELL.fullmatch(node.text) and node.span not in reader.broken:
        hint = f"for an environment variable, write '${{env:{node.text[1:]}}}'"
        reader.warning("literal-path", node, f"{node.text!r} is literal text", hint)


def _warn(reader: MappingReader, node: ScalarNode, path: str) -> None:
    if node.span not in reader.broken:
        reader.warning("literal-path", node, f"{node.text!r} is literal text", f"for a path, write {path!r}")


def _meant_path(text: str, types: tuple[str, ...], *, in_each: bool) -> str | None:
    """Return the path that the text probably stands for."""
    if looks_like_path(text) or "${" in text:
        return None
    if _BELOW_ITEM.match(text):
        return below_item(text) if in_each else f"$.record{text}"
    if _LOST_ROOT.match(text):
        bare = text.lstrip("$@").removeprefix(".")
        return f"$.{bare}" if bare.startswith("record") else f"$.record.{bare}"
    if _DOTTED.fullmatch(text) and has_field(f"$.record.{text}", types):
        return f"$.record.{text}"
    return None


def _literals(node: MapNode) -> Iterator[ScalarNode]:
    """Return the texts of a long form that could be meant as paths."""
    for key, value in node.entries:
        if key.text in _PATHS_AND_TEXTS and isinstance(value, ListNode):
            yield from (item for item in value.items if isinstance(item, ScalarNode))
    yield from _never_paths(node)


def _never_paths(node: MapNode) -> Iterator[ScalarNode]:
    """Return the texts of a long form that are always literal."""
    for key, value in node.entries:
        inner: tuple[Node, ...] = ()
        if key.text in _TEXT:
            inner = (value,)
        elif key.text in _TEXTS and isinstance(value, ListNode):
            inner = value.items
        elif key.text in _TEXT_BY_TEXT and isinstance(value, MapNode):
            inner = tuple(one for entry in value.entries for one in entry)
        yield from (one for one in inner if isinstance(one, ScalarNode))


def _is_endless(path: Path) -> bool:
    names = [step.name for step in path_steps(path.query) if step.name]
    if not names:
        return False
    last = _JOINTS.sub("", names[-1].lower())
    is_value = len(names) > 1 and _ENDLESS_PARENTS.get(names[-2]) == names[-1]
    return is_value or last in _ENDLESS or last.endswith(_ENDLESS_ENDINGS)
