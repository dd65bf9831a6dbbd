"""Write how a source finds the cell of a sample: by what the event holds for its labels, else by their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from telemap.model import Concat, Exists, FirstOf, LabelRule, LiteralText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.compiler.code import CodeBuilder
    from telemap.compiler.constant_pool import ConstantPool
    from telemap.compiler.path_code import ItemReads


_MAX_NESTED = 8
"""Most expressions within one another: Python's parser takes 200."""


class _Label(NamedTuple):
    """A label of a source, as it is written.

    Attributes:
        held: expressions of what the event holds for it.
        function: name of what makes its text of that; empty when the text is what is held, or is known.
        more: what the function is given beside.
        known: name of the text, when that needs no event.
        take: name of what notes the text of a sample that was taken, if anything does.
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
    """Write the reading of a source's labels into its code; what follows there runs when each has a text.

    Args:
        rules: the source's labels.
        names: their names.
        family: number of the family.
        reads: what the source reads.
        pool: names of what is bound.
        code: the source's code.

    Returns:
        The statement that finds the cell, for a sample that is taken.
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
    """Write what a label is made from."""
    match rule.origin:
        case FirstOf(paths):
            nodes = [reads.node(path) for path in paths]
            yield first_of(nodes)
        case Concat():
            yield from [reads.node(path) for path in rule.paths]
        case Exists(path):
            yield f'"true" if {reads.exists(path)} else "false"'


def _key_function(labels: list[_Label], held: list[str]) -> tuple[str, ...]:
    """Write the function that makes the key of what the event holds, without its name; None when a label is invalid."""
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
    """Write the first node that is not null."""
    if len(nodes) > _MAX_NESTED:
        return f"first({', '.join(nodes)})"
    found = nodes[-1]
    for node in reversed(nodes[:-1]):
        found = f"({node} if {node} is not None else {found})"
    return found


def _tuple(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items).removesuffix(' ')})"
