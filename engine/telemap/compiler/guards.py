"""Report which sources regexes can make slow, and write what cuts them off.

The regex of `parse` looks after itself: several sources share what it makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.model import Comparison, Concat, Condition, Exists, FirstOf, LabelRule, Not, Operator, Source
from telemap.path import Path

if TYPE_CHECKING:
    from telemap.compiler.code import Block


def is_guarded(source: Source) -> bool:
    """Return whether regexes of a source can use up their time."""
    value = source.value
    return (
        is_slow(source.when)
        or any(path.searches for path in source.each)
        or any(map(_is_slow_label, source.labels))
        or value.extract is not None
        or (isinstance(value.origin, FirstOf) and any(path.searches for path in value.origin.paths))
    )


def is_slow(condition: Condition | None) -> bool:
    """Return whether a test searches with a regex."""
    match condition:
        case None:
            return False
        case Comparison(path, operator, operands):
            paths = (path, *(operand for operand in operands if isinstance(operand, Path)))
            return operator is Operator.MATCHES or any(path.searches for path in paths)
        case Not(inner):
            return is_slow(inner)
    return any(map(is_slow, condition.conditions))


def _is_slow_label(rule: LabelRule) -> bool:
    paths: tuple[Path, ...] = ()
    match rule.origin:
        case FirstOf():
            paths = rule.origin.paths
        case Concat(parts):
            paths = tuple(part for part in parts if isinstance(part, Path))
        case Exists(path):
            paths = (path,)
    return rule.extract is not None or any(path.searches for path in paths)


def write_guard(number: int, block: Block) -> None:
    """Write the statements around what can be cut off; all that follows in the block is inside them."""
    block.add(f"if not live{number}[0]: off{number}()")
    block.open("else:")
    block.open("try:")
    block.otherwise(f"except CutOff as reason: cut{number}(reason)")
