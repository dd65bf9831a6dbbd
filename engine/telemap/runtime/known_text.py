"""Text that is known before any event, with the environment put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.label_text import INSTANCE, clean
from telemap.model import EnvironmentReference, InstanceReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.model import LiteralText


def resolve(text: LiteralText, env: Mapping[str, str]) -> str:
    """Return literal text with its variables; the instance id stays open until series are read."""
    texts = [""]
    for part in text.parts:
        match part:
            case InstanceReference():
                texts.append("")
            case EnvironmentReference(name, default):
                texts[-1] += env.get(name, default or "")
            case str():
                texts[-1] += part
    return INSTANCE.join(clean(text) for text in texts)


def is_unset(text: LiteralText, env: Mapping[str, str]) -> bool:
    """Return whether a text is a variable alone that is not set, so that a label has no text at all."""
    part = text.parts[0] if text.is_variable else None
    return isinstance(part, EnvironmentReference) and part.name not in env
