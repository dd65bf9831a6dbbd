"""Read the conditions of `when`."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from telemap.check.paths import read_path
from telemap.check.references import refuse_reference
from telemap.check.regexes import read_regex
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.keys import tables as keys
from telemap.model import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Connective,
    Conversion,
    Not,
    Operand,
    OperandKind,
    Operator,
)
from telemap.path.parse import Wanted, looks_like_path
from telemap.reading.entries import listed
from telemap.reading.scalars import contrast, integer_of, is_number, is_truth

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.reading.entries import Entries

_OPERATORS = frozenset(operator.value for operator in Operator)
_TAKING_LISTS = listed([repr(one.value) for one in Operator if one.row.operand is OperandKind.VALUES])
_PATH_ONLY = frozenset({"path"})
_AS_WRITTEN = "write the text itself; references are only allowed in label values"


def read_when(reader: MappingReader, node: Node, what: str, *, depth: int) -> AllOf:
    """Read `when`: a list of conditions that must all hold."""
    if meant := _meant(node, depth):
        message = f"'when' of {what} must be a list, {contrast(node)}"
        reader.error("wrong-type", node, message, f"write [{meant}]")
        return AllOf(())
    items = reader.items(node, f"'when' of {what}") or ()
    conditions = [_read_condition(reader, item, f"a condition of {what}", depth) for item in items]
    return AllOf(tuple(condition for condition in conditions if condition is not None))


def _read_condition(reader: MappingReader, node: Node, what: str, depth: int) -> Condition | None:
    """Read one condition: a comparison, or `any`, `all`, `not`."""
    if meant := _meant(node, depth):
        reader.error("wrong-type", node, f"{what} must be a map, {contrast(node)}", f"write {meant}")
        return None
    entries = reader.entries(node, what, keys.TEST, keys.TESTS_ELSEWHERE)
    if entries is None or (entries.foreign and not entries.keys() - {"path", "as"}):
        return None  # the unknown key is probably a misspelt operator
    for connective in Connective:
        if connective.value in entries:
            _alone(reader, entries, connective.value, what)
            return _read_connected(reader, entries[connective.value][1], what, connective, depth)
    return _read_comparison(reader, node, what, entries, depth)


def _meant(node: Node, depth: int) -> str | None:
    """Return the conditions that an expression of another tool stands for."""
    if not isinstance(node, ScalarNode):
        return None
    from telemap.foreign.conditions import meant_conditions  # noqa: PLC0415 - only when something is wrong

    meant = meant_conditions(node.text, in_each=depth > 0)
    return None if meant is None else ", ".join(meant)


def _read_connected(
    reader: MappingReader, node: Node, what: str, connective: Connective, depth: int
) -> Condition | None:
    """Read the conditions of `any`, `all` or `not`."""
    nodes = (reader.items(node, f"{connective.value!r} of {what}") or ()) if connective.row.takes_list else (node,)
    read = [_read_condition(reader, item, what, depth) for item in nodes]
    tests = tuple(condition for condition in read if condition is not None)
    match connective:
        case Connective.ANY:
            return AnyOf(tests)
        case Connective.ALL:
            return AllOf(tests)
        case Connective.NOT:
            return Not(tests[0]) if tests else None
        case _:
            assert_never(connective)


def _alone(reader: MappingReader, entries: Entries, name: str, what: str) -> None:
    for other in entries:
        if other != name:
            reader.exclude(entries, name, other, f"{what} has both {name!r} and {other!r}")


def _read_comparison(reader: MappingReader, node: Node, what: str, entries: Entries, depth: int) -> Condition | None:
    """Read `{path: P, OP: X}`."""
    names = [name for name in entries if name in _OPERATORS]
    if entries.lacks("path"):
        hint = "name what to test, such as 'path: $.record.status'"
        reader.error("missing-key", node, f"{what} needs 'path'", hint)
    if not names:
        hint = f"one of: {', '.join(choice.value for choice in Operator)}"
        reader.error("missing-key", node, f"{what} needs an operator", hint)
        return None
    for name in names[1:]:
        reader.exclude(entries, names[0], name, f"{what} has both {names[0]!r} and {name!r}", "write two conditions")
    operator = Operator(names[0])
    convert = reader.word(entries["as"][1], f"'as' of {what}", Conversion) if "as" in entries else None
    wanted = Wanted.ANY if operator.row.any_number else Wanted.ONE
    path = (
        read_path(reader, entries["path"][1], f"'path' of {what}", depth=depth, wanted=wanted)
        if "path" in entries
        else None
    )
    operands = _read_operands(reader, entries[names[0]][1], f"{names[0]!r} of {what}", operator, depth)
    if operands is not None and convert is not None:
        operands = _read_converted(reader, entries, names[0], what, convert, operands)
    return None if path is None or operands is None else Comparison(path, operator, operands, convert)


def _read_converted(
    reader: MappingReader, entries: Entries, name: str, what: str, convert: Conversion, operands: tuple[Operand, ...]
) -> tuple[Operand, ...] | None:
    """Report operands that no number can equal; `as: bool` makes true and false numbers, too."""
    kind = Operator(name).row.operand
    if kind is OperandKind.REGEX:
        message = f"{what} has both 'as', which makes a number, and {name!r}, which needs text"
        reader.exclude(entries, "as", name, message, "remove 'as'")
        return None
    if kind is OperandKind.TRUTH:
        return operands
    if convert is Conversion.BOOL:
        operands = tuple(float(operand) if isinstance(operand, bool) else operand for operand in operands)
    other = next((operand for operand in operands if isinstance(operand, str | bool)), None)
    if other is not None:
        shown = repr(other) if isinstance(other, str) else str(other).lower()
        message = f"{name!r} of {what} compares with {shown}, but 'as: {convert.value}' makes a number"
        reader.error("text-number", entries[name][1], message, "write a number without quotes, or remove 'as'")
        return None
    return operands


def _read_operands(
    reader: MappingReader, node: Node, what: str, operator: Operator, depth: int
) -> tuple[Operand, ...] | None:
    """Read the operand of an operator."""
    operand: Operand | None
    match operator.row.operand:
        case OperandKind.VALUE:
            operand = _read_operand(reader, node, what, depth)
        case OperandKind.VALUES:
            items = reader.items(node, what)
            read = [_read_operand(reader, item, f"an item of {what}", depth) for item in items or ()]
            return None if items is None else tuple(operand for operand in read if operand is not None)
        case OperandKind.NUMBER:
            is_path = isinstance(node, MapNode)
            operand = _read_operand(reader, node, what, depth) if is_path else _read_number(reader, node, what)
        case OperandKind.REGEX:
            if isinstance(node, ScalarNode):
                refuse_reference(reader, node, what, _AS_WRITTEN)
            compiled = read_regex(reader, node, what)
            operand = None if compiled is None else compiled.pattern
        case OperandKind.TRUTH:
            operand = reader.truth(node, what)
        case _:
            assert_never(operator.row.operand)
    return None if operand is None else (operand,)


def _read_operand(reader: MappingReader, node: Node, what: str, depth: int) -> Operand | None:
    """Read text, a number, a boolean, or `{path: Q}`; quoted scalars are always text."""
    if isinstance(node, MapNode):
        entries = reader.entries(node, what, _PATH_ONLY)
        if entries is None or "path" not in entries:
            if entries is not None and not entries.foreign:
                reader.error(
                    "missing-key",
                    node,
                    f"{what} needs 'path'",
                    "to compare with the value at a path, write '{path: ...}'",
                )
            return None
        return read_path(reader, entries["path"][1], f"'path' of {what}", depth=depth)
    if is_number(node):
        return _read_number(reader, node, what)
    if is_truth(node):
        return reader.truth(node, what)
    if isinstance(node, ListNode):
        reader.error(
            "wrong-type", node, f"{what} cannot be a list", f"to compare with several values, use {_TAKING_LISTS}"
        )
    elif node.is_null:
        reader.error(
            "wrong-type", node, f"{what} cannot be null", "to match what is missing or null, use 'exists: false'"
        )
    else:
        refuse_reference(reader, node, what, _AS_WRITTEN)
        if looks_like_path(node.text):
            hint = "to compare with the value at a path, write '{path: ...}'"
            reader.warning("literal-path", node, f"{node.text!r} is compared as literal text", hint)
        return reader.text(node, what, empty=True)
    return None


def _read_number(reader: MappingReader, node: Node, what: str) -> float | None:
    """Read a number to compare with; integers stay integers, because a float would round ids of 16 or more digits."""
    number = reader.number(node, what)
    whole = None if number is None else integer_of(node)
    return number if whole is None else whole
