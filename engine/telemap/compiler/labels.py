"""Write the reading of labels, and the key of the series that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from telemap.label_text import FAST_LENGTH
from telemap.model import Concat, Exists, FirstOf, LabelRule, LiteralText
from telemap.path import Path
from telemap.plan import BoundLabel

if TYPE_CHECKING:
    from telemap.compiler.block import Block
    from telemap.compiler.names import Vocabulary
    from telemap.compiler.reads import ItemReads


class WrittenLabels(NamedTuple):
    """What the rest of a source must know of its labels.

    Attributes:
        key: the expression of the series' key.
        open_positions: positions in the key of labels that are not known before the events.
        doubtful: locals that are None when a label is invalid.
        takes: statements that note the texts of a sample that was taken.
    """

    key: str
    open_positions: tuple[int, ...]
    doubtful: tuple[str, ...]
    takes: tuple[str, ...]


def write_labels(
    rules: tuple[LabelRule, ...],
    names: tuple[str, ...],
    family: int,
    reads: ItemReads,
    words: Vocabulary,
    block: Block,
) -> WrittenLabels:
    """Write the reading of a source's labels into its block."""
    items: list[str] = []
    doubtful: list[str] = []
    takes: list[str] = []
    for position, (name, rule) in enumerate(zip(names, rules, strict=True)):
        known = rule.known_text
        if known is not None:
            items.append(words.literals.name(known))
            continue
        local = f"a{position}"
        items.append(local)
        if isinstance(rule.origin, FirstOf) and rule.is_plain:
            block.add(f"{local} = {_plain(rule, rule.origin, reads, words)}")
            doubtful.append(local)
        elif isinstance(rule.origin, Exists) and rule.is_plain:
            block.add(f'{local} = "true" if {reads.exists(rule.origin.path)} else "false"')
        else:
            label = words.labels.name(BoundLabel(rule, family, name))
            block.add(f"{local} = {label}({_arguments(rule, reads)})")
            doubtful.append(local)
            if rule.max_values is not None:
                takes.append(f"take{label.removeprefix('label')}({local})")
    positions = tuple(position for position, rule in enumerate(rules) if not rule.is_closed)
    key = f"({', '.join(items)},)" if items else "()"
    if all(rule.known_text is not None for rule in rules):
        key = words.keys.name(tuple(items))
    return WrittenLabels(key, positions, tuple(doubtful), tuple(takes))


def _plain(rule: LabelRule, origin: FirstOf, reads: ItemReads, words: Vocabulary) -> str:
    """Write a label of which the text is taken as it is; most text needs no work."""
    node = _first_of(origin, reads)
    default = words.literals.name(rule.default or LiteralText(()))
    if not node.isidentifier():
        return f"label_text({node}, {default})"
    return (
        f"{node} if type({node}) is str and len({node}) <= {FAST_LENGTH} and {node}.isprintable()"
        f" else label_text({node}, {default})"
    )


def _arguments(rule: LabelRule, reads: ItemReads) -> str:
    """Write what the function of a long label is given."""
    match rule.origin:
        case FirstOf():
            return _first_of(rule.origin, reads)
        case Concat(parts):
            return ", ".join(reads.node(part) for part in parts if isinstance(part, Path))
        case Exists(path):
            return reads.exists(path)
    return ""  # a literal, which the function knows already


def _first_of(origin: FirstOf, reads: ItemReads) -> str:
    """Write the first node that is not null."""
    nodes = [reads.node(path) for path in origin.paths]
    found = nodes[-1]
    for node in reversed(nodes[:-1]):
        found = f"({node} if {node} is not None else {found})"
    return found
