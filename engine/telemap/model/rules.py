"""How a label or a value is made: where it comes from, and what is then done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from telemap.model.references import LiteralText, literal
from telemap.path import Path

if TYPE_CHECKING:
    from telemap.model.conversions import Conversion

OTHER = "other"
"""The text for values that are not in `allow`, without `otherwise`."""


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first non-null node of several paths, of which there is usually one."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Concat:
    """Joined literals and paths; missing if any part is."""

    parts: tuple[LiteralText | Path, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """`true` if a path finds a non-null node, otherwise `false`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant number."""

    number: float


KnownText: TypeAlias = "LiteralText | LabelRule"
"""Text that does not depend on the event: a literal, or a label with a literal origin and its steps."""

LabelOrigin: TypeAlias = LiteralText | FirstOf | Concat | Exists
ValueOrigin: TypeAlias = Constant | FirstOf


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A label: its origin, then the steps in the order of the attributes.

    Attributes:
        extract: a regex with one group.
        replace: regexes, each with the text that replaces its matches; applied after `lower`.
        map: label text to label text.
        allow: the texts that are kept; None for all.
        otherwise: the text for values that are not in `map` or `allow`; None keeps them.
        max_values: number of distinct texts, after which others become `__overflow__`.
        default: the text for missing values, to which no step applies.
    """

    origin: LabelOrigin
    extract: str | None = None
    lower: bool = False
    map: tuple[tuple[str, LiteralText], ...] | None = None
    allow: tuple[str, ...] | None = None
    otherwise: LiteralText | None = None
    max_values: int | None = None
    default: LiteralText | None = None
    replace: tuple[tuple[str, str], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Return whether there is no step except `default`."""
        steps = (self.extract, self.map, self.allow, self.max_values)
        return not self.lower and not self.replace and all(step is None for step in steps)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths of the origin."""
        match self.origin:
            case FirstOf(paths):
                return paths
            case Concat(parts):
                return tuple(part for part in parts if isinstance(part, Path))
            case Exists(path):
                return (path,)
            case LiteralText():
                return ()

    @property
    def has_regex(self) -> bool:
        """Return whether it searches text with a regex."""
        return self.extract is not None or bool(self.replace)

    @property
    def can_be_missing(self) -> bool:
        """Return whether an event or the environment can leave a label without text."""
        bare = isinstance(self.origin, Exists) or (isinstance(self.origin, LiteralText) and not self.origin.is_variable)
        return not bare or self.extract is not None

    @property
    def is_closed(self) -> bool:
        """Return whether all values are known when the mapping is loaded."""
        return isinstance(self.origin, LiteralText | Exists) or self.known_values is not None

    @property
    def known_text(self) -> KnownText | None:
        """Return the text of a label that does not depend on the event; otherwise None."""
        if not isinstance(self.origin, LiteralText) or self.has_regex or self.max_values is not None:
            return None
        needs_default = self.default is not None and self.can_be_missing
        return self.origin if self.is_plain and not needs_default else self

    @property
    def known_values(self) -> tuple[KnownText, ...] | None:
        """Return the values of a closed label, with `otherwise`, without `default` and ""; None if it is not closed."""
        if self.allow is not None:
            other = literal(OTHER) if self.otherwise is None else self.otherwise
            return _unique(*map(literal, self.allow), other)
        if self.map is not None and self.otherwise is not None:
            return _unique(*(text for _, text in self.map), self.otherwise)
        texts = ("true", "false") if isinstance(self.origin, Exists) else _plain_text(self.origin)
        if texts is not None and not self.has_regex:
            table = dict(self.map or ())
            lowered = (text.lower() if self.lower else text for text in texts)
            return _unique(*(table.get(text, literal(text)) for text in lowered))
        known = self.known_text
        return None if known is None else (known,)


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A value: its origin, then the steps in the order of the attributes.

    Attributes:
        extract: a regex with one group.
        map: label text to numbers.
        otherwise: the number for texts that are not in `map`; None makes them invalid.
        convert: `as`.
        default: the number for missing values.
        times: paths of factors, converted with `as` if that leaves numbers unchanged.
    """

    origin: ValueOrigin
    extract: str | None = None
    map: tuple[tuple[str, float], ...] | None = None
    otherwise: float | None = None
    convert: Conversion | None = None
    default: float | None = None
    times: tuple[Path, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Return whether there is no step except `default` and `times`."""
        return self.extract is None and self.map is None and self.convert is None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths of the origin and of the factors."""
        match self.origin:
            case FirstOf(paths):
                return (*paths, *self.times)
            case Constant():
                return self.times

    @property
    def factors(self) -> tuple[ValueRule, ...]:
        """Return the factors as values of their own."""
        convert = self.convert if self.convert is not None and self.convert.row.keeps_numbers else None
        return tuple(ValueRule(FirstOf((path,)), convert=convert) for path in self.times)


def _unique(*texts: LiteralText) -> tuple[LiteralText, ...]:
    return tuple(dict.fromkeys(texts))


def _plain_text(origin: LabelOrigin) -> tuple[str, ...] | None:
    """Return the text of a literal without references; otherwise None."""
    if isinstance(origin, LiteralText) and origin.is_plain:
        return ("".join(part for part in origin.parts if isinstance(part, str)),)
    return None
