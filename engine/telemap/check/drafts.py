"""What is half read: a family and its sources before they are known to be sound."""

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
"""Labels by name, as written: what they mean depends on the `each` of the source that they end up on."""

DEFAULT_SERIES_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Defaults:
    """What families have that do not say otherwise.

    Attributes:
        buckets: empty when none are given.
        series_limit_total: the process's bound; None when it is not given.
        expire: seconds; None for never.
        unread: keys that are there, or most likely meant, and say nothing that could be read.
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
    """What a source must know of its family: the full name, and the type when it is known."""

    name: str
    type: MetricType | None


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A source before the labels of its family are put under its own.

    Attributes:
        node: what problems with the whole source point at.
        patterns_node: the node of `from`.
        value: None when it could not be read.
        operation: None when it could not be read.
        labels: its own, as written; None when it most likely has some that could not be read.
        unit: the node of `unit` and what it says.
        is_scaled: whether `unit` or `scale` is there.
        has_parse: whether it parses text, readable or not.
        parse_path: the node of `of` of `parse`.
        each_nodes: the steps of `each` as written, readable or not.
        depth: how many steps of `each` there are; a number beyond all of them when that is not known.
        value_node: the node of `value`.
        nodes: what else may hold paths: `when`, `value`.
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


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A source as far as it could be read.

    Attributes:
        draft: the source without its labels.
        labels: its labels as written, inherited ones among them.
        rules: what they say; None for one that could not be read.
    """

    draft: DraftSource
    labels: LabelNodes
    rules: Mapping[str, LabelRule | None]


@dataclass(frozen=True, slots=True)
class FamilyDraft:
    """A family as far as it could be read.

    Attributes:
        limit: most series that it may have; None when that could not be read.
        has_own_limit: whether `series_limit` is written, readable or not.
        sources: of which something could be read.
        codes: of its problems.
    """

    key: ScalarNode
    head: FamilyHead
    limit: int | None
    has_own_limit: bool
    sources: tuple[SourceDraft, ...]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class DropDraft:
    """A rule of `drop` as far as it could be read.

    Attributes:
        node: all of it.
        patterns_node: the node of `from`.
        when_node: the node of `when`, if it is there.
        rule: None when it has an error.
    """

    node: Node
    patterns_node: Node
    patterns: tuple[str, ...]
    when_node: Node | None
    when: Condition | None
    rule: DropRule | None


@dataclass(frozen=True, slots=True)
class FileDraft:
    """What was read from one file.

    Attributes:
        all_families: of this file and of what it includes, but for those with an error.
    """

    drop: tuple[DropDraft, ...]
    families: tuple[FamilyDraft, ...]
    all_families: Mapping[str, Family]
    included: Included
