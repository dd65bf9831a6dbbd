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
    def is_instance(self) -> bool:
        """Tell whether the whole text is the instance id."""
        return self.parts == (InstanceReference(),)


def literal(text: str) -> LiteralText:
    """Give the literal text that has no references."""
    return LiteralText((text,) if text else ())
