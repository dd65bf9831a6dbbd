"""Text that is known before any event, but for the environment and the process."""

from __future__ import annotations

from dataclasses import dataclass


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


def literal(text: str) -> LiteralText:
    """Return the literal text that has no references."""
    return LiteralText((text,) if text else ())
