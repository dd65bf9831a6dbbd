"""Names for the constants of generated code, which never contains user text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from telemap.plan import BoundLabel, Needs

if TYPE_CHECKING:
    from collections.abc import Hashable

    from telemap.model import Conversion, KnownText, LabelRule, Operand, Parse, ValueRule

T = TypeVar("T", bound="Hashable")


class Names(Generic[T]):
    """Assigns names to values, always the same one to the same value.

    Args:
        prefix: the start of the names.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers: dict[tuple[type, T], int] = {}
        self._of_objects: dict[int, tuple[T, str]] = {}

    def name(self, value: T) -> str:
        """Return the name of a value."""
        number = self._numbers.setdefault((type(value), value), len(self._numbers))
        return f"{self._prefix}{number}"

    def name_of(self, rule: T) -> str:
        """Return the name of a rule, comparing a shared rule with the others only once."""
        _, name = self._of_objects.get(id(rule)) or (rule, self.name(rule))
        self._of_objects[id(rule)] = (rule, name)
        return name

    @property
    def values(self) -> tuple[T, ...]:
        """Return all values, in the order of their names."""
        return tuple(value for _, value in self._numbers)

    def unpack(self, given: str) -> list[str]:
        """Write the statement that binds the names to the items of a tuple called `given`."""
        names = [f"{self._prefix}{number}" for number in range(len(self._numbers))]
        return [f"{', '.join(names)}, = {given}"] if names else []


class Cells:
    """Numbers for the ways to look up cells of metrics."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, str, str], int] = {}

    def number(self, family: int, how: str, key: str = "") -> int:
        """Return the number of a lookup.

        Args:
            family: number of the metric.
            how: the call of `KnownCells` that creates the lookup.
            key: name of the function that builds the key, if it depends on the event.
        """
        return self._numbers.setdefault((family, how, key), len(self._numbers))

    def unpack(self) -> list[str]:
        """Write the statements that bind them."""
        return [
            f"{'known' if key else 'only'}{number}, open{number} = families[{family}].known.{how}"
            for (family, how, key), number in self._numbers.items()
        ]


class ConstantPool:
    """All constants of one plan, by name."""

    def __init__(self) -> None:
        self.constants: Names[object] = Names("k")
        self.literals: Names[KnownText] = Names("t")
        self.finders: Names[str] = Names("find")
        self.every: Names[str] = Names("every")
        self.parsers: Names[Parse] = Names("parse")
        self.labels: Names[BoundLabel] = Names("label")
        self.values: Names[ValueRule] = Names("value")
        self.conversions: Names[Conversion] = Names("convert")
        self.regexes: Names[str] = Names("search")
        self.keys: Names[tuple[str, ...]] = Names("key")
        self.cells = Cells()
        self._guards: dict[int, tuple[int, int | None]] = {}
        self._labels: dict[tuple[int, int, str], tuple[LabelRule, str]] = {}
        self._texts: dict[int, tuple[tuple[Operand, ...], str]] = {}

    def label(self, rule: LabelRule, family: int, name: str) -> str:
        """Return the name of a long-form label."""
        key = (id(rule), family, name)
        if key not in self._labels:
            self._labels[key] = (rule, self.labels.name(BoundLabel(rule, family, name)))
        return self._labels[key][1]

    def texts(self, operands: tuple[Operand, ...]) -> str:
        """Return the name of the set of the operands that are texts."""
        if id(operands) not in self._texts:
            texts = frozenset(operand for operand in operands if isinstance(operand, str))
            self._texts[id(operands)] = (operands, self.constants.name(texts))
        return self._texts[id(operands)][1]

    def guard(self, whose: int, family: int | None) -> int:
        """Return the number of a guard; all functions that run a rule share its guard.

        Args:
            whose: number of the rule that regexes can interrupt; negative for rules of `drop`.
            family: number of its metric; None for rules of `drop`.
        """
        return self._guards.setdefault(whose, (len(self._guards), family))[0]

    def unpack(self) -> list[str]:
        """Write the statements that bind all names except those of metrics."""
        given = ("constants", "literals", "finders", "every", "parsers", "values", "conversions", "regexes")
        lines = [line for name in given for line in getattr(self, name).unpack(name)]
        labels = range(len(self.labels.values))
        lines += [f"label{number}, take{number} = labels[{number}]" for number in labels]
        lines += [f"live{number}, cut{number}, off{number} = guarded[{number}]" for number in range(len(self._guards))]
        for number, (parameters, *body) in enumerate(self.keys.values):
            lines += [f"def key{number}{parameters}:", *(f"    {line}" for line in body)]
        return lines

    def needs(self) -> Needs:
        """Return the values of the names."""
        return Needs(
            constants=self.constants.values,
            literals=self.literals.values,
            finders=self.finders.values,
            every=self.every.values,
            parsers=self.parsers.values,
            labels=self.labels.values,
            values=self.values.values,
            conversions=self.conversions.values,
            regexes=self.regexes.values,
            guarded=tuple(family for _, family in self._guards.values()),
        )
