"""Put a plan together: generate its code, run it, keep what it needs."""

from __future__ import annotations

import builtins
from bisect import bisect_left
from typing import TYPE_CHECKING

from telemap.compiler.functions import NumberedSource, Vocabulary, write_function
from telemap.label_text import label_text
from telemap.model import Family, LiteralLabel, Mapping
from telemap.patterns import is_pattern, matches
from telemap.plan import FamilyShape, Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.plan import Handler


def compile(mapping: Mapping) -> Plan:  # noqa: A001 - the public verb, as in `re.compile`
    """Compile a mapping.

    The plan has one function for each event type that a source names, and one for each source with a pattern, for types
    that are named nowhere.
    """
    sources = [
        NumberedSource(source, family, number)
        for number, family in enumerate(mapping.families)
        for source in family.sources
    ]
    patterned = [numbered for numbered in sources if any(map(is_pattern, numbered.source.patterns))]
    exact = _exact_types(sources)
    words = Vocabulary()
    functions: list[str] = []
    for number, event_type in enumerate(exact):
        functions += write_function(f"type{number}", _fitting(sources, event_type), words)
    for number, numbered in enumerate(patterned):
        functions += write_function(f"pattern{number}", [numbered], words)
    names = [f"type{number}" for number in range(len(exact))] + [f"pattern{number}" for number in range(len(patterned))]
    code = _module(functions, names, words, len(mapping.families))
    return Plan(
        name=mapping.name,
        sha256=mapping.sha256,
        families=tuple(_shape(family) for family in mapping.families),
        code=code,
        bind=_run(code, mapping.name),
        constants=words.constants.values,
        literals=words.literals.values,
        paths=words.finders.values,
        exact=exact,
        patterned=tuple(numbered.source.patterns for numbered in patterned),
    )


def _exact_types(sources: list[NumberedSource]) -> tuple[str, ...]:
    """Give the event types that are named in full, in file order."""
    named = (pattern for numbered in sources for pattern in numbered.source.patterns if not is_pattern(pattern))
    return tuple(dict.fromkeys(named))


def _fitting(sources: list[NumberedSource], event_type: str) -> list[NumberedSource]:
    return [item for item in sources if any(matches(pattern, event_type) for pattern in item.source.patterns)]


def _module(functions: list[str], names: list[str], words: Vocabulary, families: int) -> str:
    """Write the module: one function that binds names, and in it the functions of events."""
    preamble = [
        *words.constants.unpack("constants"),
        *words.literals.unpack("literals"),
        *words.finders.unpack("finders"),
        *(f"key{number} = ({''.join(f'{name}, ' for name in key)})" for number, key in enumerate(words.keys.values)),
        *(
            f"cells{number}, admit{number}, missing{number}, reject{number}, reject_label{number}, = families[{number}]"
            for number in range(families)
        ),
    ]
    lines = [
        "def bind(constants, literals, finders, families):",
        *(f"    {line}" for line in [*preamble, *functions, f"return ({''.join(f'{name}, ' for name in names)})"]),
    ]
    return "\n".join(lines) + "\n"


def _run(code: str, name: str) -> Callable[..., tuple[Handler, ...]]:
    """Execute generated source; all that it knows of the world are two functions."""
    namespace = {"bisect_left": bisect_left, "label_text": label_text}
    # The source is ours: user text is bound by name and never stands in it.
    exec(builtins.compile(code, f"<plan of {name}>", "exec"), namespace)  # noqa: S102
    return namespace["bind"]  # type: ignore[return-value]


def _shape(family: Family) -> FamilyShape:
    return FamilyShape(
        name=family.name,
        type=family.type,
        help=family.help,
        label_names=family.label_names,
        buckets=family.buckets,
        series_limit=family.series_limit,
        overflow=family.overflow,
        instance_labels=frozenset(
            name
            for position, name in enumerate(family.label_names)
            if all(_is_instance(source.labels[position]) for source in family.sources)
        ),
    )


def _is_instance(label: object) -> bool:
    return isinstance(label, LiteralLabel) and label.is_instance
