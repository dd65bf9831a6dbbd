"""Print the code that a mapping is compiled to, with comments that explain its names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telemap.model import EnvironmentReference, InstanceReference, LiteralText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.plan import Plan

_NAME = re.compile(r"\b[kt]\d+\b")
"""The name of a constant or literal in generated code."""


def code_lines(plan: Plan) -> Iterator[str]:
    """Yield the generated code, with comments that explain its names."""
    needs = plan.needs
    known = {f"k{number}": _constant(value) for number, value in enumerate(needs.constants)}
    known |= {
        f"t{number}": repr(_text(text)) for number, text in enumerate(needs.literals) if isinstance(text, LiteralText)
    }
    yield f"# {plan.name}, sha256 {plan.sha256}"
    for number, shape in enumerate(plan.families):
        yield f"# families[{number}]: {shape.type.value} {shape.name}"
    for line in plan.code.splitlines():
        names = [] if line.endswith(("= constants", "= literals")) else dict.fromkeys(_NAME.findall(line))
        meanings = ", ".join(f"{name}: {known[name]}" for name in names if name in known)
        if not meanings:
            yield line
        else:
            yield f"{line}{',' if '#' in line else '  #'} {meanings}"


def _constant(value: Any) -> str:
    """Format a constant as Python source; sets are sorted, to be deterministic."""
    return f"{{{', '.join(map(repr, sorted(value)))}}}" if isinstance(value, frozenset) else repr(value)


def _text(text: LiteralText) -> str:
    """Format a literal as the mapping writes it."""
    return "".join(map(_part, text.parts))


def _part(part: str | EnvironmentReference | InstanceReference) -> str:
    match part:
        case EnvironmentReference(name):
            return f"${{env:{name}}}"
        case InstanceReference():
            return "${runtime:instance}"
    return part
