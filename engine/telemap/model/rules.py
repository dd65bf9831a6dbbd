"""How a label or a value is made: where it comes from, and what is then done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from telemap.model.references import LiteralText, literal
from telemap.path import Path

if TYPE_CHECKING:
    from telemap.model.conversions import Conversion

OTHER = "other"
"""What a text becomes that `allow` does not have, where no `otherwise` says."""


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of several paths that finds something not null; most often there is one."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Concat:
    """Literals and paths joined; missing when a part is."""

    parts: tuple[LiteralText | Path, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """`true` when a path finds anything that is not null, else `false`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is the same for each event."""

    number: float


KnownText: TypeAlias = "LiteralText | LabelRule"
"""Text that needs no event: literal, or a label's rule whose origin is literal, steps and all."""

LabelOrigin: TypeAlias = LiteralText | FirstOf | Concat | Exists
ValueOrigin: TypeAlias = Constant | FirstOf


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A label: its origin, then each step in the order of the attributes.

    Attributes:
        extract: a regex with one group.
        map: label text to label text.
        allow: the texts that stay; None when all do.
        otherwise: what a text becomes that `map` or `allow` does not have; None when it stays.
        max_values: after so many different texts, `__overflow__`.
        default: what stands in for a missing text, and is not changed any more.
    """

    origin: LabelOrigin
    extract: str | None = None
    lower: bool = False
    map: tuple[tuple[str, LiteralText], ...] | None = None
    allow: tuple[str, ...] | None = None
    otherwise: LiteralText | None = None
    max_values: int | None = None
    default: LiteralText | None = None

    @property
    def is_plain(self) -> bool:
        """Return whether nothing is done to what the origin gives, but for `default`."""
        steps = (self.extract, self.map, self.allow, self.max_values)
        return not self.lower and all(step is None for step in steps)

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
    def can_be_missing(self) -> bool:
        """Return whether an event, or the environment, can leave a label without a text."""
        bare = isinstance(self.origin, Exists) or (isinstance(self.origin, LiteralText) and not self.origin.is_variable)
        return not bare or self.extract is not None

    @property
    def is_closed(self) -> bool:
        """Return whether the values are known when the mapping is loaded."""
        return isinstance(self.origin, LiteralText | Exists) or self.known_values is not None

    @property
    def known_text(self) -> KnownText | None:
        """Return the text of a label that needs no event; None when it needs one."""
        if not isinstance(self.origin, LiteralText) or self.extract is not None or self.max_values is not None:
            return None
        needs_default = self.default is not None and self.can_be_missing
        return self.origin if self.is_plain and not needs_default else self

    @property
    def known_values(self) -> tuple[KnownText, ...] | None:
        """List the values of a closed label, `otherwise` included, `default` and "" not; None when that cannot be."""
        if self.allow is not None:
            other = literal(OTHER) if self.otherwise is None else self.otherwise
            return _unique(*map(literal, self.allow), other)
        if self.map is not None and self.otherwise is not None:
            return _unique(*(text for _, text in self.map), self.otherwise)
        texts = ("true", "false") if isinstance(self.origin, Exists) else _plain_text(self.origin)
        if texts is not None and self.extract is None:
            table = dict(self.map or ())
            lowered = (text.lower() if self.lower else text for text in texts)
            return _unique(*(table.get(text, literal(text)) for text in lowered))
        known = self.known_text
        return None if known is None else (known,)


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A value: its origin, then each step in the order of the attributes.

    Attributes:
        extract: a regex with one group.
        map: label text to number.
        otherwise: the number of a text that `map` does not have; None makes such a value invalid.
        convert: `as`.
        default: what stands in for a missing value.
    """

    origin: ValueOrigin
    extract: str | None = None
    map: tuple[tuple[str, float], ...] | None = None
    otherwise: float | None = None
    convert: Conversion | None = None
    default: float | None = None

    @property
    def is_plain(self) -> bool:
        """Return whether nothing is done to what the origin gives, but for `default`."""
        return self.extract is None and self.map is None and self.convert is None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the paths of the origin."""
        match self.origin:
            case FirstOf(paths):
                return paths
            case Constant():
                return ()


def _unique(*texts: LiteralText) -> tuple[LiteralText, ...]:
    return tuple(dict.fromkeys(texts))


def _plain_text(origin: LabelOrigin) -> tuple[str, ...] | None:
    """Return a literal's text when nothing of it waits for the environment."""
    if isinstance(origin, LiteralText) and origin.is_plain:
        return ("".join(part for part in origin.parts if isinstance(part, str)),)
    return None
