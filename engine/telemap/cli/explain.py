"""`telemap explain`: what a mapping does with each type of event, and by which code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telemap.cli import EXIT_PROBLEMS
from telemap.cli.files import load_or_show
from telemap.compiler import compile as compile_mapping
from telemap.model import EnvironmentReference, InstanceReference, LiteralText
from telemap.patterns import matches_any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from telemap.model import Mapping
    from telemap.plan import Plan

HELP = "Show which metrics each type of event feeds, or the code that a mapping is compiled to."

_NAME = re.compile(r"\b[kt]\d+\b")
"""What stands for a constant or a known text in generated code."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments the command takes."""
    parser.add_argument("mapping", metavar="MAPPING", help="a mapping, or telemap:NAME")
    parser.add_argument("--code", action="store_true", help="print the Python code that the mapping is compiled to")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    mapping = load_or_show(arguments.mapping)
    if mapping is None:
        return EXIT_PROBLEMS
    lines = _code(compile_mapping(mapping)) if arguments.code else _metrics(mapping)
    print("\n".join(lines))
    return 0


def _metrics(mapping: Mapping) -> Iterator[str]:
    """Give, for each event type or pattern that the mapping names, the metrics that its events feed."""
    written = dict.fromkeys(
        text for family in mapping.families for source in family.sources for text in source.patterns
    )
    for text in sorted(written):
        names = [
            family.name
            for family in mapping.families
            if any(text in source.patterns or matches_any(source.patterns, text) for source in family.sources)
        ]
        yield f"{text}: {', '.join(names)}"


def _code(plan: Plan) -> Iterator[str]:
    """Give the generated code, with comments that say what its names stand for."""
    needs = plan.needs
    known = {f"k{number}": _constant(value) for number, value in enumerate(needs.constants)}
    known |= {
        f"t{number}": repr(_text(text)) for number, text in enumerate(needs.literals) if isinstance(text, LiteralText)
    }
    yield f"# {plan.name}, sha256 {plan.sha256}".translate(_ONE_LINE)
    for number, shape in enumerate(plan.families):
        yield f"# families[{number}]: {shape.type.value} {shape.name}"
    for line in plan.code.splitlines():
        names = [] if line.endswith(("= constants", "= literals")) else dict.fromkeys(_NAME.findall(line))
        meanings = ", ".join(f"{name}: {known[name]}" for name in names if name in known)
        if not meanings:
            yield line
        else:
            yield f"{line}{',' if '#' in line else '  #'} {meanings}"


_ONE_LINE = {ord(character): "?" for character in "\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029"}
"""A file's name may hold anything; a comment ends with its line."""


def _constant(value: Any) -> str:
    """Write a constant as Python does; sets in an order that is the same each time."""
    return f"{{{', '.join(map(repr, sorted(value)))}}}" if isinstance(value, frozenset) else repr(value)


def _text(text: LiteralText) -> str:
    """Write a known text as the mapping has it."""
    return "".join(map(_part, text.parts))


def _part(part: str | EnvironmentReference | InstanceReference) -> str:
    match part:
        case EnvironmentReference(name):
            return f"${{env:{name}}}"
        case InstanceReference():
            return "${runtime:instance}"
    return part
