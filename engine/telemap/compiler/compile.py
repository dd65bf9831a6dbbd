"""Build a plan: generate its code and execute it."""

from __future__ import annotations

from telemap.compiler.constant_pool import ConstantPool
from telemap.compiler.functions import NumberedSource, write_drop, write_function
from telemap.compiler.groups import Groups, group_sources, singles
from telemap.model import Family, LabelRule, LiteralText, Mapping, add_up
from telemap.plan import FamilyShape, Plan
from telemap.runtime.execution import execute, to_code

_FAMILY_NAMES = ("reject", "reject_label", "reject_test", "unparsed")
"""The functions that generated code calls for skipped samples, in the order of `FamilySeries.bound`."""

_MAX_LINES = 40_000
"""Maximum number of lines of functions for groups; Python compiles them in half a second."""


def compile(mapping: Mapping) -> Plan:  # noqa: A001 - the public verb, as in `re.compile`
    """Compile a mapping.

    The plan has one function for each set of rules that run together for some event type, one for each rule that may
    have to run alone, and one for each rule of `drop`.
    """
    sources = _numbered(mapping)
    patterns = tuple(numbered.source.patterns for numbered in sources)
    pool = ConstantPool()
    functions: dict[str, list[str]] = {}
    groups = _write_groups(group_sources(patterns), sources, pool, functions)
    for one in groups.alone:
        functions[f"source{one}"] = write_function(f"source{one}", [sources[one]], pool)
    for number, rule in enumerate(mapping.drop):
        functions[f"drop{number}"] = write_drop(f"drop{number}", number, rule, pool)
    code = _module(functions, pool, len(mapping.families))
    return Plan(
        name=mapping.name,
        sha256=mapping.sha256,
        families=tuple(_shape(family) for family in mapping.families),
        series_limit_total=mapping.series_limit_total,
        code=code,
        bind=execute(to_code(code, mapping.name)),
        needs=pool.needs(),
        sources=patterns,
        groups=groups.together,
        alone=groups.alone,
        drops=tuple(rule.patterns for rule in mapping.drop),
        dropped_whole=tuple(pattern for rule in mapping.drop if rule.when is None for pattern in rule.patterns),
    )


def _write_groups(
    groups: Groups, sources: list[NumberedSource], pool: ConstantPool, functions: dict[str, list[str]]
) -> Groups:
    """Write the functions of groups up to a limit; return the groups with a function, and the remaining rules.

    A rule's code is repeated in each of its groups.
    """
    together: list[tuple[int, ...]] = []
    apart = set(groups.alone)
    lines = 0
    for group in groups.together:
        if lines > _MAX_LINES:
            apart.update(group)
            continue
        name = f"group{len(together)}"
        functions[name] = write_function(name, [sources[one] for one in group], pool)
        together.append(group)
        lines += len(functions[name])
    return Groups(tuple(together), singles(apart, together))


def _numbered(mapping: Mapping) -> list[NumberedSource]:
    sources = [(source, number) for number, family in enumerate(mapping.families) for source in family.sources]
    return [
        NumberedSource(source, mapping.families[family], number, family)
        for number, (source, family) in enumerate(sources)
    ]


def _module(functions: dict[str, list[str]], pool: ConstantPool, families: int) -> str:
    """Write the module: its bound names, and the functions for events.

    The functions are not nested, because Python compiles nested functions more slowly the more names surround them.
    """
    bound = [
        f"{', '.join(f'{name}{number}' for name in _FAMILY_NAMES)} = families[{number}].bound()"
        for number in range(families)
    ]
    written = [line for function in functions.values() for line in function]
    handlers = f"handlers = ({''.join(f'{name}, ' for name in functions)})"
    return "\n".join([*pool.unpack(), *bound, *pool.cells.unpack(), *written, handlers, ""])


def _shape(family: Family) -> FamilyShape:
    operations = [source.operation for source in family.sources]
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
        expire=family.expire,
        start=next((operation.row.start for operation in operations), 0.0),
        init=family.init,
        adds=add_up(family.type, operations),
    )


def _is_instance(rule: LabelRule) -> bool:
    return rule.is_plain and isinstance(rule.origin, LiteralText) and rule.origin.is_instance
