"""Write the function that takes an event of one type: each source in turn, on its own.

A source's code reads: labels, then value, then the cell of its series. What is not there is counted as missing, what is
there and unfit is rejected; neither keeps the next source from running.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemap.compiler.names import Names
from telemap.label_text import FAST_LENGTH
from telemap.model import ConstantValue, Family, Label, LiteralLabel, MetricType, PathValue, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.path import Path, Step


@dataclass(frozen=True, slots=True)
class NumberedSource:
    """A source, its family, and the family's number in the plan."""

    source: Source
    family: Family
    number: int


@dataclass(slots=True)
class Vocabulary:
    """All that the functions of one plan read by name."""

    constants: Names[object] = field(default_factory=lambda: Names("k"))
    literals: Names[LiteralLabel] = field(default_factory=lambda: Names("t"))
    finders: Names[str] = field(default_factory=lambda: Names("find"))
    keys: Names[tuple[str, ...]] = field(default_factory=lambda: Names("key"))


def write_function(name: str, sources: Iterable[NumberedSource], words: Vocabulary) -> list[str]:
    """Write a function of one event, as lines."""
    reads = _Reads(words)
    body: list[str] = []
    for numbered in sources:
        body += _source(numbered, reads, words)
    return [f"def {name}(event):", *_indent(body or ["pass"])]


class _Reads:
    """The reads of one function: a prefix that several paths share is read once."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._locals: dict[tuple[Step, ...] | str, str] = {(): "event"}

    def read(self, path: Path, lines: list[str]) -> str:
        """Give the name of the local that holds what a path finds; add the reading to `lines` when it is new."""
        if path.steps is not None:
            return self._steps(path.steps, lines)
        if path.text not in self._locals:
            name = self._new(path.text)
            lines.append(f"{name} = {self._words.finders.name(path.text)}(event)")
        return self._locals[path.text]

    def _steps(self, steps: tuple[Step, ...], lines: list[str]) -> str:
        if steps not in self._locals:
            parent = self._steps(steps[:-1], lines)
            lines.append(f"{self._new(steps)} = {self._step(parent, steps)}")
        return self._locals[steps]

    def _step(self, parent: str, steps: tuple[Step, ...]) -> str:
        step = steps[-1]
        constant = self._words.constants.name(step)
        if isinstance(step, int):
            enough = f"len({parent}) > {step}" if step >= 0 else f"len({parent}) >= {-step}"
            return f"{parent}[{constant}] if type({parent}) is list and {enough} else None"
        if parent == "event":
            return f"event.get({constant})"
        return f"{parent}.get({constant}) if type({parent}) is dict else None"

    def _new(self, key: tuple[Step, ...] | str) -> str:
        return self._locals.setdefault(key, f"p{len(self._locals)}")


def _source(numbered: NumberedSource, reads: _Reads, words: Vocabulary) -> list[str]:
    """Write one source."""
    lines: list[str] = []
    key, open_positions, doubtful = _labels(numbered.source.labels, reads, words, lines)
    cell = [
        f"cell = cells{numbered.number}.get({key})",
        f"if cell is None: cell = admit{numbered.number}({key}, {words.constants.name(open_positions)})",
    ]
    if not doubtful:
        lines += _sample(numbered, reads, words, cell, lines)
        return lines
    value = _sample(numbered, reads, words, cell, lines)
    lines.append(f"if {' or '.join(f'{name} is None' for name in doubtful)}: reject_label{numbered.number}()")
    return [*lines, "else:", *_indent(value)]


def _labels(
    labels: tuple[Label, ...], reads: _Reads, words: Vocabulary, lines: list[str]
) -> tuple[str, tuple[int, ...], list[str]]:
    """Write the reading of labels.

    Returns:
        The expression of the series' key, the positions of open labels in it, and the locals that may be None.
    """
    if all(isinstance(label, LiteralLabel) for label in labels):
        return words.keys.name(tuple(words.literals.name(label) for label in labels)), (), []  # type: ignore[arg-type]
    items, positions, doubtful = [], [], []
    for position, label in enumerate(labels):
        if isinstance(label, LiteralLabel):
            items.append(words.literals.name(label))
            continue
        found, local = reads.read(label.path, lines), f"a{position}"
        default = words.literals.name(label.default or LiteralLabel(()))
        lines.append(
            f"{local} = {found} if type({found}) is str and len({found}) <= {FAST_LENGTH} and {found}.isprintable()"
            f" else label_text({found}, {default})"
        )
        items.append(local)
        positions.append(position)
        doubtful.append(local)
    return f"({', '.join(items)},)", tuple(positions), doubtful


def _sample(
    numbered: NumberedSource, reads: _Reads, words: Vocabulary, cell: list[str], before: list[str]
) -> list[str]:
    """Write the reading of the value and the step of the cell; reads go to `before`, where later sources see them."""
    source, family = numbered.source, numbered.family
    if isinstance(source.value, ConstantValue):
        return [*cell, *_update(family, words.constants.name(source.value.number * source.factor), words)]
    return _path_sample(numbered, source.value, reads.read(source.value.path, before), words, cell)


def _path_sample(
    numbered: NumberedSource, value: PathValue, found: str, words: Vocabulary, cell: list[str]
) -> list[str]:
    """Write the test of a value that was read, and what follows from it."""
    low, high = (words.constants.name(bound) for bound in _range(numbered.family.type, numbered.source.factor))
    fits = f"(type(v) is float or type(v) is int) and {low} <= v <= {high}"
    factor = words.constants.name(numbered.source.factor)
    take = _indent([*cell, *_update(numbered.family, f"v * {factor}", words)])
    reject = f"else: reject{numbered.number}(v, {factor})"
    if value.default is None:
        missing = f"if v is None: missing{numbered.number}()"
        return [f"v = {found}", missing, f"elif {fits}:", *take, reject]
    default = words.constants.name(value.default)
    return [f"v = {default} if {found} is None else {found}", f"if {fits}:", *take, reject]


def _range(metric_type: MetricType, factor: float) -> tuple[float, float]:
    """Give the least and the greatest number that stays finite, and for a counter not negative, when it is scaled."""
    most = sys.float_info.max / max(1.0, abs(factor))
    if metric_type is not MetricType.COUNTER:
        return -most, most
    return (0.0, most) if math.copysign(1.0, factor) > 0 else (-most, 0.0)


def _update(family: Family, value: str, words: Vocabulary) -> list[str]:
    """Write what a sample does to its cell."""
    match family.type:
        case MetricType.COUNTER:
            return [f"cell[0] += {value}"]
        case MetricType.GAUGE:
            return [f"cell[0] = {value}"]
        case MetricType.SUMMARY:
            return ["cell[0] += 1.0", f"cell[1] += {value}"]
    return [
        f"v = {value}",
        "cell[0] += v",
        f"cell[bisect_left({words.constants.name(family.buckets)}, v) + 1] += 1.0",
    ]


def _indent(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
