"""Write how a rule finds the cell of a sample: by the nodes of its labels, or else by their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from telemap.model import Concat, Exists, FirstOf, LabelRule, LiteralText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.compiler.code import CodeBuilder
    from telemap.compiler.constant_pool import ConstantPool
    from telemap.compiler.path_code import ItemReads


_MAX_NESTED = 8
"""Maximum depth of nested expressions: Python's parser accepts 200."""


class _Label(NamedTuple):
    """The generated code of a rule's label.

    Attributes:
        held: expressions of the event's nodes for it.
        function: name of the function that returns its text; empty if the node is the text, or the text is known.
        more: further arguments of the function.
        known: name of the text, if it does not depend on the event.
        take: name of the function that records the text of an accepted sample, if any.
    """

    held: tuple[str, ...] = ()
    function: str = ""
    more: str = ""
    known: str = ""
    take: str = ""


def write_cell(
    rules: tuple[LabelRule, ...],
    names: tuple[str, ...],
    family: int,
    reads: ItemReads,
    pool: ConstantPool,
    code: CodeBuilder,
) -> str:
    """Write the code that reads a rule's labels; the code that follows runs if each has a text.

    Args:
        rules: the rule's labels.
        names: the names of the labels.
        family: number of the metric.
        reads: the reads of the rule.
        pool: names of constants.
        code: the rule's code.

    Returns:
        The statement that finds the cell of an accepted sample.
    """
    labels = [_label(rule, name, family, reads, pool) for name, rule in zip(names, rules, strict=True)]
    if all(label.known for label in labels):
        number = pool.cells.number(family, f"constant({_tuple(label.known for label in labels)})")
        return f"cell = only{number}[0] or open{number}()"
    held = list(dict.fromkeys(expression for label in labels for expression in label.held))
    key = pool.keys.name(_key_function(labels, held))
    open_positions = _tuple(str(position) for position, rule in enumerate(rules) if not rule.is_closed)
    takes = (f"({position}, {label.take})" for position, label in enumerate(labels) if label.take)
    number = pool.cells.number(family, f"by_labels({', '.join((open_positions, *takes))})", key)
    given = held[0] if len(held) == 1 else _tuple(held)
    if not given.isidentifier():
        code.add(f"held = {given}")
        given = "held"
    code.add(
        f"try: cell = known{number}.get({given})",
        "except TypeError: cell = None  # an object or an array",
        f"if cell is None and (key := {key}({', '.join(held)})) is None: reject_label{family}()",
    )
    code.open("else:")
    return f"if cell is None: cell = open{number}({given}, key)"


def _label(rule: LabelRule, name: str, family: int, reads: ItemReads, pool: ConstantPool) -> _Label:
    if rule.known_text is not None:
        return _Label(known=pool.literals.name_of(rule.known_text))
    held = tuple(_held(rule, reads))
    if rule.is_plain and isinstance(rule.origin, FirstOf):
        return _Label(held, "label_text", pool.literals.name(rule.default or LiteralText(())))
    if rule.is_plain and isinstance(rule.origin, Exists):
        return _Label(held)
    label = pool.label(rule, family, name)
    take = "" if rule.max_values is None else f"take{label.removeprefix('label')}"
    return _Label(held, label, take=take)


def _held(rule: LabelRule, reads: ItemReads) -> Iterable[str]:
    """Write the origin of a label."""
    match rule.origin:
        case FirstOf(paths):
            nodes = [reads.node(path) for path in paths]
            yield first_of(nodes)
        case Concat():
            yield from [reads.node(path) for path in rule.paths]
        case Exists(path):
            yield f'"true" if {reads.exists(path)} else "false"'


def _key_function(labels: list[_Label], held: list[str]) -> tuple[str, ...]:
    """Write the function that builds the key from nodes, without its name; it returns None if a label is invalid."""
    parameters = {expression: f"held{number}" for number, expression in enumerate(held)}
    lines: list[str] = []
    items: list[str] = []
    for position, label in enumerate(labels):
        given = [parameters[expression] for expression in label.held]
        if label.known:
            items.append(label.known)
        elif label.function:
            items.append(f"text{position}")
            more = [label.more] if label.more else []
            lines.append(f"text{position} = {label.function}({', '.join([*given, *more])})")
        else:
            items += given
    doubt = " or ".join(f"{line.split()[0]} is None" for line in lines)
    lines.append(f"return None if {doubt} else {_tuple(items)}" if doubt else f"return {_tuple(items)}")
    return (f"({', '.join(parameters.values())})", *lines)


def first_of(nodes: list[str]) -> str:
    """Write the expression for the first non-null node."""
    if len(nodes) > _MAX_NESTED:
        return f"first({', '.join(nodes)})"
    found = nodes[-1]
    for node in reversed(nodes[:-1]):
        found = f"({node} if {node} is not None else {found})"
    return found


def _tuple(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items).removesuffix(' ')})"
