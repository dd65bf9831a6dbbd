"""Write the tests of `when` as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.model import AllOf, AnyOf, Comparison, Condition, Not, Operand, Operator
from telemap.path import Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.compiler.constant_pool import Vocabulary
    from telemap.compiler.path_code import ItemReads

_ORDERS = {Operator.GT: ">", Operator.GE: ">=", Operator.LT: "<", Operator.LE: "<="}


def write_condition(condition: Condition, reads: ItemReads, words: Vocabulary) -> str:
    """Write a test as an expression; paths are read before it."""
    match condition:
        case AllOf(conditions):
            return _join(" and ", conditions, "True", reads, words)
        case AnyOf(conditions):
            return _join(" or ", conditions, "False", reads, words)
        case Not(inner):
            return f"(not {write_condition(inner, reads, words)})"
        case Comparison():
            return _comparison(condition, reads, words)


def doubtful_paths(condition: Condition) -> Iterator[Path]:
    """Give the paths of a test that can find several nodes where one is wanted; `exists` takes any number."""
    match condition:
        case Comparison(path, operator, operands):
            if operator is not Operator.EXISTS:
                read = (path, *(operand for operand in operands if isinstance(operand, Path)))
                yield from (path for path in read if path.can_be_several)
        case Not(inner):
            yield from doubtful_paths(inner)
        case AllOf(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from doubtful_paths(inner)


def write_doubt(condition: Condition, reads: ItemReads) -> str | None:
    """Write whether any path of a test found several nodes; None when none can."""
    nodes = dict.fromkeys(reads.node(path) for path in doubtful_paths(condition))
    return " or ".join(f"{node} is several" for node in nodes) or None


def _join(word: str, conditions: tuple[Condition, ...], empty: str, reads: ItemReads, words: Vocabulary) -> str:
    written = [write_condition(inner, reads, words) for inner in conditions]
    if len(written) == 1:
        return written[0]
    return f"({word.join(written)})" if written else empty


def _comparison(test: Comparison, reads: ItemReads, words: Vocabulary) -> str:
    if test.operator is Operator.EXISTS:
        exists = reads.exists(test.path)
        return exists if test.operands[0] else f"(not {exists})"
    node = reads.node(test.path)
    match test.operator:
        case Operator.EQUALS | Operator.IN:
            return _any_equal(node, test.operands, reads, words)
        case Operator.NOT_EQUALS | Operator.NOT_IN:
            return f"(not {_any_equal(node, test.operands, reads, words)})"
        case Operator.MATCHES:
            search = words.regexes.name(str(test.operands[0]))
            return f"(type({node}) is str and {search}({node}) is not None)"
    operand = test.operands[0]
    order = _ORDERS[test.operator]
    if isinstance(operand, Path):
        other = reads.node(operand)
        return f"(are_numbers({node}, {other}) and {node} {order} {other})"
    return f"((type({node}) is int or type({node}) is float) and {node} {order} {words.constants.name(operand)})"


def _any_equal(node: str, operands: tuple[Operand, ...], reads: ItemReads, words: Vocabulary) -> str:
    """Write a comparison with each operand; many texts are looked up in one set."""
    written = [_equal(node, operand, reads, words) for operand in operands if not isinstance(operand, str)]
    if len(operands) == 1 and isinstance(operands[0], str):
        written.append(f"{node} == {words.constants.name(operands[0])}")
    elif len(written) < len(operands):
        written.append(f"type({node}) is str and {node} in {words.texts(operands)}")
    return f"({' or '.join(f'({one})' for one in written)})" if len(written) > 1 else f"({written[0]})"


def _equal(node: str, operand: Operand, reads: ItemReads, words: Vocabulary) -> str:
    if isinstance(operand, Path):
        return f"equal({node}, {reads.node(operand)})"
    if isinstance(operand, bool):
        return f"{node} is {operand}"
    return f"{node} == {words.constants.name(operand)} and type({node}) is not bool"
