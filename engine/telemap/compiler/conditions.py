"""Write the conditions of `when` as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from telemap.model import AllOf, AnyOf, Comparison, Condition, Not, Operand
from telemap.model.operators import EQUAL, OperandKind
from telemap.path import Path

if TYPE_CHECKING:
    from telemap.compiler.constant_pool import ConstantPool
    from telemap.compiler.path_code import ItemReads


def write_condition(condition: Condition, reads: ItemReads, pool: ConstantPool) -> str:
    """Write a condition as an expression; its paths are read before."""
    match condition:
        case AllOf(conditions):
            return _join(" and ", conditions, "True", reads, pool)
        case AnyOf(conditions):
            return _join(" or ", conditions, "False", reads, pool)
        case Not(inner):
            return f"(not {write_condition(inner, reads, pool)})"
        case Comparison():
            return _comparison(condition, reads, pool)


def write_doubt(condition: Condition, reads: ItemReads) -> str | None:
    """Write whether a path found several nodes instead of one; None if none can."""
    tests = (test for test in condition.comparisons() if not test.operator.row.any_number)
    paths = (path for test in tests for path in test.paths if path.can_be_several)
    nodes = dict.fromkeys(reads.node(path) for path in paths)
    return " or ".join(f"{node} is several" for node in nodes) or None


def has_regex(condition: Condition) -> bool:
    """Return whether a condition uses a regex, also in a path."""
    return any(
        test.operator.row.operand is OperandKind.REGEX or any(path.searches for path in test.paths)
        for test in condition.comparisons()
    )


def _join(word: str, conditions: tuple[Condition, ...], empty: str, reads: ItemReads, pool: ConstantPool) -> str:
    written = [write_condition(inner, reads, pool) for inner in conditions]
    if len(written) == 1:
        return written[0]
    return f"({word.join(written)})" if written else empty


def _comparison(test: Comparison, reads: ItemReads, pool: ConstantPool) -> str:
    """Write a comparison: the operator's template, guarded by a check of the node's type."""
    row = test.operator.row
    if test.convert is not None:
        return _converted(test, reads, pool)
    holds = not row.negated
    match row.operand:
        case OperandKind.VALUE | OperandKind.VALUES:
            written = _any_of(test, reads, pool)
        case OperandKind.NUMBER:
            written = _numbers(test, reads, pool)
        case OperandKind.REGEX:
            node = reads.node(test.path)
            search = pool.regexes.name(str(test.operands[0]))
            written = f"(type({node}) is str and {row.template.format(node=node, operand=search)})"
        case OperandKind.TRUTH:
            holds = holds is test.operands[0]
            found = {"exists": reads.exists(test.path)} if row.any_number else {"node": reads.node(test.path)}
            written = row.template.format(**found)
        case _:
            assert_never(row.operand)
    return written if holds else f"(not {written})"


def _converted(test: Comparison, reads: ItemReads, pool: ConstantPool) -> str:
    """Write a comparison of numbers that are converted first; what does not convert does not exist."""
    row = test.operator.row
    convert = pool.conversions.name(test.convert) if test.convert is not None else ""
    if row.operand is OperandKind.TRUTH:
        found = f"any({convert}(one) is not None for _, one in {reads.every(test.path)})"
        return found if test.operands[0] else f"(not {found})"
    node = reads.converted(test.path, convert)
    template = "{node} == {operand}" if row.template == EQUAL else row.template
    written = [_with_number(template, node, operand, test, reads, pool) for operand in test.operands]
    found = f"({node} is not None and ({' or '.join(written)}))" if written else "False"
    return f"(not {found})" if row.negated else found


def _with_number(
    template: str, node: str, operand: Operand, test: Comparison, reads: ItemReads, pool: ConstantPool
) -> str:
    """Write a comparison of a number with one operand."""
    if not isinstance(operand, Path):
        return template.format(node=node, operand=pool.constants.name(operand))
    if test.convert_operands is None:
        other = reads.node(operand)
        guard = f"are_numbers({node}, {other})"
    else:
        other = reads.converted(operand, pool.conversions.name(test.convert_operands))
        guard = f"{other} is not None"
    return f"({guard} and {template.format(node=node, operand=other)})"


def _numbers(test: Comparison, reads: ItemReads, pool: ConstantPool) -> str:
    operand, node = test.operands[0], reads.node(test.path)
    is_path = isinstance(operand, Path)
    other = reads.node(operand) if isinstance(operand, Path) else pool.constants.name(operand)
    guard = f"are_numbers({node}, {other})" if is_path else f"(type({node}) is int or type({node}) is float)"
    return f"({guard} and {test.operator.row.template.format(node=node, operand=other)})"


def _any_of(test: Comparison, reads: ItemReads, pool: ConstantPool) -> str:
    """Write a comparison with each operand; several texts are looked up in a set."""
    template, node, operands = test.operator.row.template, reads.node(test.path), test.operands
    others = [operand for operand in operands if template != EQUAL or not isinstance(operand, str)]
    written = [_one(template, node, operand, reads, pool) for operand in others]
    if len(operands) == 1 and not others:
        written.append(f"{node} == {pool.constants.name(operands[0])}")
    elif len(others) < len(operands):
        written.append(f"type({node}) is str and {node} in {pool.texts(operands)}")
    return f"({' or '.join(f'({one})' for one in written)})" if len(written) > 1 else f"({written[0]})"


def _one(template: str, node: str, operand: Operand, reads: ItemReads, pool: ConstantPool) -> str:
    """Write a comparison with one operand; comparing with a constant needs no function."""
    if isinstance(operand, Path):
        return template.format(node=node, operand=reads.node(operand))
    if template != EQUAL:
        return template.format(node=node, operand=pool.constants.name(operand))
    if isinstance(operand, bool):
        return f"{node} is {operand}"
    return f"{node} == {pool.constants.name(operand)} and type({node}) is not bool"
