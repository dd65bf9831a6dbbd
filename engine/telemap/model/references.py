"""Text that depends only on the environment and the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telemap.label_text import INSTANCE, clean

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class EnvironmentReference:
    """`${env:NAME}` or `${env:NAME:-default}`; an unset variable without a default is ""."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class InstanceReference:
    """`${runtime:instance}`: the id of this process at the time of rendering."""


@dataclass(frozen=True, slots=True)
class LiteralText:
    """Joined literal text and references."""

    parts: tuple[str | EnvironmentReference | InstanceReference, ...]

    @property
    def is_plain(self) -> bool:
        """Return whether the text has no references."""
        return all(isinstance(part, str) for part in self.parts)

    @property
    def is_instance(self) -> bool:
        """Return whether the whole text is the instance id."""
        return self.parts == (InstanceReference(),)

    @property
    def is_variable(self) -> bool:
        """Return whether the whole text is a variable without a default."""
        part = self.parts[0] if len(self.parts) == 1 else None
        return isinstance(part, EnvironmentReference) and part.default is None

    def is_unset(self, env: Mapping[str, str]) -> bool:
        """Return whether the whole text is an unset variable, so that the label has no text."""
        part = self.parts[0] if self.is_variable else None
        return isinstance(part, EnvironmentReference) and part.name not in env

    def resolve(self, env: Mapping[str, str]) -> str:
        """Return the text with the values of variables; the instance id is replaced when series are read."""
        texts = [""]
        for part in self.parts:
            match part:
                case InstanceReference():
                    texts.append("")
                case EnvironmentReference(name, default):
                    texts[-1] += env.get(name, default or "")
                case str():
                    texts[-1] += part
        return INSTANCE.join(clean(text) for text in texts)


def literal(text: str) -> LiteralText:
    """Return the text, which must have no references."""
    return LiteralText((text,) if text else ())
