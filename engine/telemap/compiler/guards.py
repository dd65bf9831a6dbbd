"""Report which sources regexes can make slow, and write what cuts them off.

The regex of `parse` looks after itself: several sources share what it makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.model import OperandKind

if TYPE_CHECKING:
    from telemap.compiler.code import Block
    from telemap.model import Condition, Source


def is_guarded(source: Source) -> bool:
    """Return whether regexes of a source can use up their time."""
    return (
        (source.when is not None and has_regex(source.when))
        or source.value.extract is not None
        or any(rule.extract is not None for rule in source.labels)
        or any(path.searches for path in (*source.each, *source.paths))
    )


def has_regex(condition: Condition) -> bool:
    """Return whether a test searches with a regex, of its own or in a path."""
    return any(
        test.operator.row.operand is OperandKind.REGEX or any(path.searches for path in test.paths)
        for test in condition.comparisons()
    )


def write_guard(number: int, block: Block) -> None:
    """Write the statements around what can be cut off; all that follows in the block is inside them."""
    block.add(f"if not live{number}[0]: off{number}()")
    block.open("else:")
    block.open("try:")
    block.otherwise(f"except CutOff as reason: cut{number}(reason)")
