"""Partly read metrics and rules, which may have errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from telemap.document.nodes import Node, ScalarNode
from telemap.model import Overflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.check.includes import Included
    from telemap.model import Condition, DropRule, Family, GaugeOperation, LabelRule, MetricType, Parse, ValueRule
    from telemap.path import Path

LabelNodes: TypeAlias = dict[str, tuple[ScalarNode, Node]]
"""Labels by name, as written: their paths depend on the `each` of the rule that inherits them."""

DEFAULT_SERIES_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Defaults:
    """The defaults of metrics.

    Attributes:
        buckets: empty if not set.
        series_limit_total: the limit of the process; None if not set.
        expire: seconds; None for never.
        unread: keys that are present or probably misspelt, but could not be read.
    """

    prefix: str = ""
    labels: LabelNodes = field(default_factory=dict)
    buckets: tuple[float, ...] = ()
    series_limit: int = DEFAULT_SERIES_LIMIT
    series_limit_total: int | None = None
    overflow: Overflow = Overflow.FOLD
    expire: float | None = None
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FamilyHead:
    """What a rule needs of its metric: the full name, and the type if it is known."""

    name: str
    type: MetricType | None


@dataclass(frozen=True, slots=True)
class Selection:
    """`from`, `parse` and `each` of a rule or a group, as far as they could be read.

    Attributes:
        patterns_node: the node of `from`.
        has_patterns: whether it has `from`, valid or not.
        has_parse: whether it has `parse`, valid or not.
        parse_path: the node of `of` of `parse`.
        each_nodes: the steps of `each` as written, valid or not.
        depth: the number of steps of `each`; more than the maximum if it is unknown.
        steps: the number of steps of the paths of `each`.
    """

    patterns: tuple[str, ...] = ()
    patterns_node: Node | None = None
    has_patterns: bool = False
    parse: Parse | None = None
    has_parse: bool = False
    parse_path: ScalarNode | None = None
    each: tuple[Path, ...] = ()
    each_nodes: tuple[Node, ...] = ()
    depth: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What the rules of a group have in common.

    Attributes:
        what: its name in messages.
        selection: its `from`, `parse` and `each`.
        when_node: the node of `when`, if present; its paths depend on the `each` of the rule.
        labels: as written; None if some probably could not be read.
    """

    node: Node
    what: str
    selection: Selection
    when_node: Node | None
    labels: LabelNodes | None


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A rule before it inherits the labels of its metric.

    Attributes:
        node: the location of problems with the whole rule.
        patterns_node: the node of `from`.
        value: None if it could not be read.
        operation: None if it could not be read.
        labels: its own, as written; None if some probably could not be read.
        unit: the node of `unit`, and the unit.
        is_scaled: whether `unit` or `scale` is present.
        has_parse: whether it has `parse`, valid or not.
        parse_path: the node of `of` of `parse`.
        each_nodes: the steps of `each` as written, valid or not.
        depth: the number of steps of `each`; more than the maximum if it is unknown.
        value_node: the node of `value`.
        nodes: others that may contain paths: `when`, also that of the group, and `value`.
        group_node: the group that it belongs to.
    """

    node: Node
    patterns: tuple[str, ...]
    parse: Parse | None
    each: tuple[Path, ...]
    when: Condition | None
    value: ValueRule | None
    factor: float
    operation: GaugeOperation | None
    patterns_node: Node | None
    operation_node: Node
    labels: LabelNodes | None
    unit: tuple[Node, str] | None
    is_scaled: bool
    has_parse: bool
    parse_path: ScalarNode | None
    each_nodes: tuple[Node, ...]
    depth: int
    value_node: Node | None
    nodes: tuple[Node, ...]
    group_node: Node | None = None


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A rule as far as it could be read.

    Attributes:
        draft: the rule without its labels.
        labels: its labels as written, including inherited ones.
        rules: the labels as read; None for invalid ones.
    """

    draft: DraftSource
    labels: LabelNodes
    rules: Mapping[str, LabelRule | None]


@dataclass(frozen=True, slots=True)
class FamilyDraft:
    """A metric as far as it could be read.

    Attributes:
        limit: the maximum number of series; None if it could not be read.
        has_own_limit: whether `series_limit` is present, valid or not.
        buckets: the bounds of a histogram.
        buckets_node: its own `buckets`, if present.
        sources: the rules that could be read at least in part.
        codes: the codes of its problems.
    """

    key: ScalarNode
    head: FamilyHead
    limit: int | None
    has_own_limit: bool
    buckets: tuple[float, ...]
    buckets_node: Node | None
    sources: tuple[SourceDraft, ...]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class DropDraft:
    """A rule of `drop` as far as it could be read.

    Attributes:
        node: the whole rule.
        patterns_node: the node of `from`.
        when_node: the node of `when`, if present.
        rule: None if it has an error.
    """

    node: Node
    patterns_node: Node
    patterns: tuple[str, ...]
    when_node: Node | None
    when: Condition | None
    rule: DropRule | None


@dataclass(frozen=True, slots=True)
class FileDraft:
    """The contents of one file.

    Attributes:
        all_families: the valid metrics of this file and of those that it includes.
    """

    drop: tuple[DropDraft, ...]
    families: tuple[FamilyDraft, ...]
    all_families: Mapping[str, Family]
    included: Included
