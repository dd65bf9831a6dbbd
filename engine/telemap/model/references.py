"""Text that is known before any event, but for the environment and the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telemap.label_text import INSTANCE, clean

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class EnvironmentReference:
    """`${env:NAME}` or `${env:NAME:-default}`; without default an unset variable is ""."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class InstanceReference:
    """`${runtime:instance}`: the id of this process, read when series are rendered."""


@dataclass(frozen=True, slots=True)
class LiteralText:
    """Literal text and references, joined."""

    parts: tuple[str | EnvironmentReference | InstanceReference, ...]

    @property
    def is_plain(self) -> bool:
        """Return whether nothing of the text waits for the environment or the process."""
        return all(isinstance(part, str) for part in self.parts)

    @property
    def is_instance(self) -> bool:
        """Return whether the whole text is the instance id."""
        return self.parts == (InstanceReference(),)

    @property
    def is_variable(self) -> bool:
        """Return whether the whole text is a variable that has no default."""
        part = self.parts[0] if len(self.parts) == 1 else None
        return isinstance(part, EnvironmentReference) and part.default is None

    def is_unset(self, env: Mapping[str, str]) -> bool:
        """Return whether the text is a variable alone that is not set, so that a label has no text at all."""
        part = self.parts[0] if self.is_variable else None
        return isinstance(part, EnvironmentReference) and part.name not in env

    def resolve(self, env: Mapping[str, str]) -> str:
        """Return the text with its variables; the instance id stays open until series are read."""
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
    """Return the literal text that has no references."""
    return LiteralText((text,) if text else ())
