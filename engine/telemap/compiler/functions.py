"""Write the function for events of one type, which runs one rule after the other.

A rule's code follows the order of the language: parse, each, when, labels, value, and then the cell of its series.
Missing and invalid values are counted, and never keep the next rule from running.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from telemap.compiler.code import CodeBuilder
from telemap.compiler.conditions import has_regex, write_condition, write_doubt
from telemap.compiler.labels import first_of, write_cell
from telemap.compiler.path_code import EventReads, ItemReads
from telemap.model import Add, Constant, Family, FirstOf, MetricType, Replace, Source
from telemap.units import divisor_of, scaled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.compiler.constant_pool import ConstantPool
    from telemap.model import DropRule, ValueRule


@dataclass(frozen=True, slots=True)
class NumberedSource:
    """A rule and its metric, with their numbers in the plan."""

    source: Source
    family: Family
    number: int
    family_number: int


def write_function(name: str, sources: Iterable[NumberedSource], pool: ConstantPool) -> list[str]:
    """Return the lines of a function of one event."""
    body = CodeBuilder()
    event = EventReads(pool, body)
    for numbered in sources:
        code = CodeBuilder()
        _Writer(numbered, pool, code, event).write()
        body.take(code)
    return _function(name, body)


def write_drop(name: str, number: int, rule: DropRule, pool: ConstantPool) -> list[str]:
    """Write the function that returns whether a rule drops an event."""
    body = CodeBuilder()
    reads = ItemReads(pool, body, EventReads(pool, body), None)
    if rule.when is None:
        body.add("return True")
        return _function(name, body)
    if has_regex(rule.when):
        _write_guard(pool.guard(-1 - number, None), body)
    if doubt := write_doubt(rule.when, reads):
        body.add(f"if {doubt}: return undecided()")
    condition = write_condition(rule.when, reads, pool)
    body.add(f"return {condition}")
    body.close()
    return _function(name, body)


def _is_guarded(source: Source) -> bool:
    """Return whether regexes of a rule can exceed their budget.

    The regex of `parse` has its own guard, because several rules share its result.
    """
    return (
        (source.when is not None and has_regex(source.when))
        or source.value.extract is not None
        or any(rule.has_regex for rule in source.labels)
        or any(path.searches for path in (*source.each, *source.paths))
    )


def _write_guard(number: int, code: CodeBuilder) -> None:
    """Open the statements around code that can be interrupted."""
    code.add(f"if not live{number}[0]: off{number}()")
    code.open("else:")
    code.open("try:")
    code.otherwise(f"except CutOff as reason: cut{number}(reason)")


def _function(name: str, body: CodeBuilder) -> list[str]:
    return [f"def {name}(event):", *(f"    {line}" for line in body.lines or ["pass"])]


class _Writer:
    """Write one rule as separate code; its reads from the event go to the top of the function."""

    def __init__(self, numbered: NumberedSource, pool: ConstantPool, code: CodeBuilder, event: EventReads) -> None:
        self._source = numbered.source
        self._family = numbered.family
        self._number = numbered.family_number
        self._source_number = numbered.number
        self._pool = pool
        self._block = code
        self._event = event
        self._reads = ItemReads(pool, code, event, numbered.source.parse)

    def write(self) -> None:
        """Write the whole rule."""
        if _is_guarded(self._source):
            _write_guard(self._pool.guard(self._source_number, self._number), self._block)
        self._parse()
        self._each()
        self._when()
        self._sample()
        self._block.close()

    def _parse(self) -> None:
        if self._source.parse is not None:
            record = self._event.record(self._source.parse)
            self._block.add(f"if type({record}) is not dict: unparsed{self._number}({record})")
            self._block.open("else:")

    def _each(self) -> None:
        for depth, path in enumerate(self._source.each, 1):
            nodes = self._reads.every(path)
            self._reads.depth = depth
            self._block.open(f"for name{depth}, item{depth} in {nodes}:")

    def _when(self) -> None:
        if self._source.when is None:
            return
        if doubt := write_doubt(self._source.when, self._reads):
            self._block.add(f"if {doubt}: reject_test{self._number}()")
            self._block.open("else:")
        condition = write_condition(self._source.when, self._reads, self._pool)
        self._block.open(f"if {condition}:")

    def _sample(self) -> None:
        """Write labels, value and cell."""
        cell = write_cell(
            self._source.labels, self._family.label_names, self._number, self._reads, self._pool, self._block
        )
        value = self._value()
        if value is not None:
            self._test(value)
        self._block.add(cell, *self._update(value))

    def _value(self) -> str | None:
        """Write the code that reads the value; return its variable, or None if it is constant."""
        rule = self._source.value
        if isinstance(rule.origin, FirstOf):
            found = first_of([self._reads.node(path) for path in rule.origin.paths])
        elif rule.is_plain and not rule.times:
            return None
        else:
            found = self._pool.constants.name(rule.origin.number)
        if not rule.is_plain:
            found = f"{self._pool.values.name_of(rule)}({found})"
        if rule.default is None and not rule.times and found.isidentifier():
            return found
        self._block.add(f"v = {found}")
        if rule.default is not None:
            self._block.add(f"if v is None: v = {self._pool.constants.name(rule.default)}")
        if rule.times:
            self._block.add(f"v = product(v, {', '.join(map(self._factor, rule.factors))})")
        return "v"

    def _factor(self, rule: ValueRule) -> str:
        """Return the expression for a factor of the value."""
        [path] = rule.paths
        node = self._reads.node(path)
        return node if rule.is_plain else f"{self._pool.values.name_of(rule)}({node})"

    def _test(self, value: str) -> None:
        """Write the check of a value; the code that follows runs if it is valid."""
        factor = self._pool.constants.name(self._source.factor)
        low, high = (self._pool.constants.name(bound) for bound in _range(self._family.type, self._source.factor))
        self._block.open(f"if (type({value}) is float or type({value}) is int) and {low} <= {value} <= {high}:")
        self._block.otherwise(f"else: reject{self._number}({value}, {factor})")

    def _amount(self, value: str | None) -> str:
        """Return the expression for the scaled amount of a sample."""
        factor = self._source.factor
        origin = self._source.value.origin
        if value is None and isinstance(origin, Constant):
            return self._pool.constants.name(scaled(origin.number, factor))
        if divisor := divisor_of(factor):
            return f"{value} / {self._pool.constants.name(divisor)}"
        return f"{value} * {self._pool.constants.name(factor)}"

    def _update(self, value: str | None) -> list[str]:
        """Write the change of the cell."""
        amount = self._amount(value)
        match self._family.type:
            case MetricType.COUNTER:
                return self._add(value, "cell[0]", "+", amount)
            case MetricType.SUMMARY:
                return self._add(value, "cell[1]", "+", amount, "cell[0] += 1.0")
            case MetricType.HISTOGRAM:
                bounds = self._pool.constants.name(self._family.buckets)
                count = f"cell[bisect_left({bounds}, x) + 1] += 1.0"
                return [f"x = {amount}", *self._add(value, "cell[0]", "+", "x", count)]
            case MetricType.GAUGE:
                return self._change(value, amount)
            case _:
                assert_never(self._family.type)

    def _change(self, value: str | None, amount: str) -> list[str]:
        """Write the change of a gauge's cell."""
        touched = ["cell[1] = clock[0]"] if self._family.expire is not None else []
        match self._source.operation.row.change:
            case Add(sign):
                return self._add(value, "cell[0]", sign, amount, *touched)
            case Replace(statements):
                return [*(statement.format(amount) for statement in statements), *touched]

    def _add(self, value: str | None, total: str, sign: str, amount: str, *more: str) -> list[str]:
        """Write an addition that is rejected if the sum would not be finite.

        Args:
            value: the variable with the value; None if it is constant.
            total: the expression of the sum.
            sign: `+` or `-`.
            amount: the expression of the amount.
            more: further statements for an accepted sample.
        """
        origin, factor = self._source.value.origin, self._source.factor
        if value is None and isinstance(origin, Constant):
            if abs(scaled(origin.number, factor)) <= _NEVER_TOO_LARGE:
                return [f"{total} {sign}= {amount}", *more]
            value = self._pool.constants.name(origin.number)
        least, most, scale = map(self._pool.constants.name, (-sys.float_info.max, sys.float_info.max, factor))
        return [
            f"total = {total} {sign} {amount}",
            f"if {least} <= total <= {most}: {'; '.join((f'{total} = total', *more))}",
            f"else: reject{self._number}({value}, {scale})",
        ]


_NEVER_TOO_LARGE = 2.0**960
"""A constant that can be added 2**60 times before a sum is infinite."""


def _range(metric_type: MetricType, factor: float) -> tuple[float, float]:
    """Return the smallest and the largest number that is finite after scaling; for a counter, also not negative."""
    most = sys.float_info.max / max(1.0, abs(factor))
    if not metric_type.row.counts:
        return -most, most
    return (0.0, most) if math.copysign(1.0, factor) > 0 else (-most, 0.0)
