"""Make what generated code reads by name, for one store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.label_text import INSTANCE, clean
from telemap.model import Concat, EnvironmentReference, InstanceReference, LiteralText
from telemap.runtime.labels import SeenValues, make_label
from telemap.runtime.parsing import make_parser
from telemap.runtime.regexes import CUTS_UNTIL_OFF, CutOff, RegexBudget, Switch
from telemap.runtime.values import make_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap.plan import Handler, Needs, Plan
    from telemap.store.series import FamilySeries


def bind(
    plan: Plan,
    families: Sequence[FamilySeries],
    env: Mapping[str, str],
    budget: RegexBudget,
    clock: list[float],
    warn: Callable[[str], None],
) -> tuple[Handler, ...]:
    """Tie a plan's functions to the cells of a store, and make its first series.

    Args:
        plan: whose functions.
        families: where their samples go.
        env: what `${env:NAME}` reads.
        budget: the time of regexes.
        clock: a list whose only item is the time of the batch, in seconds.
        warn: told of variables that are not set, and of sources that are cut off.
    """
    needs = plan.needs
    _warn_of_unset(plan, env, warn)
    finders: tuple[object, ...] = ()
    every: tuple[object, ...] = ()
    if needs.finders or needs.every:
        from telemap.path.jsonpath import every_finder, finder  # noqa: PLC0415 - only where a path is not plain

        finders = tuple(finder(query, budget.bounded) for query in needs.finders)
        every = tuple(every_finder(query, budget.bounded) for query in needs.every)
    for series in families:
        for labels in series.shape.init:
            series.begin(tuple(_resolve(text, env) for text in labels))
    return plan.bind(
        needs.constants,
        tuple(_resolve(text, env) for text in needs.literals),
        finders,
        every,
        tuple(make_parser(parse, budget, warn) for parse in needs.parsers),
        _labels(needs, env, budget),
        tuple(make_value(rule, budget) for rule in needs.values),
        tuple(budget.searcher(pattern) for pattern in needs.regexes),
        tuple(_guard(families[number] if number >= 0 else None, warn) for number in needs.guarded),
        [series.bound() for series in families],
        clock,
    )


def _labels(needs: Needs, env: Mapping[str, str], budget: RegexBudget) -> tuple[object, ...]:
    """Make the functions of long labels, each with the one that notes a text that was taken."""
    seen: dict[tuple[int, str], set[str]] = {}
    made: list[tuple[object, object]] = []
    for label in needs.labels:
        values = None
        if label.rule.max_values is not None:
            shared = seen.setdefault((label.family, label.name), set())
            default = _resolve(label.rule.default or LiteralText(()), env)
            values = SeenValues(label.rule.max_values, shared, default)
        function = make_label(label.rule, lambda text: _resolve(text, env), budget, values)
        made.append((function, values and values.take))
    return tuple(made)


def _guard(
    series: FamilySeries | None, warn: Callable[[str], None]
) -> tuple[list[bool], Callable[[CutOff], None], Callable[[], None]]:
    """Make what keeps a source alive, what counts that its regexes were cut off, and that it did not run for that."""
    whose = f"a source of metric {series.shape.name!r}" if series else "a rule of 'drop'"
    switch = Switch(lambda: warn(f"{whose} is off: its regexes were too slow {CUTS_UNTIL_OFF} times"))

    def off() -> None:
        if series is not None:
            series.skipped["cut_off"] += 1

    def cut(reason: CutOff) -> None:
        off()
        switch.cut(reason)

    return switch.live, cut, off


def _warn_of_unset(plan: Plan, env: Mapping[str, str], warn: Callable[[str], None]) -> None:
    """Say once which variables are named and not set."""
    texts = [*plan.needs.literals, *(text for shape in plan.families for labels in shape.init for text in labels)]
    for label in plan.needs.labels:
        parts = label.rule.origin.parts if isinstance(label.rule.origin, Concat) else ()
        texts += [text for text in (*parts, label.rule.default) if isinstance(text, LiteralText)]
    for part in dict.fromkeys(part for text in texts for part in text.parts):
        if isinstance(part, EnvironmentReference) and part.default is None and part.name not in env:
            warn(f"environment variable {part.name} is not set: labels that name it are empty")


def _resolve(label: LiteralText, env: Mapping[str, str]) -> str:
    """Give a text that is known before any event; the instance id stays open until series are read."""
    texts = [""]
    for part in label.parts:
        match part:
            case InstanceReference():
                texts.append("")
            case EnvironmentReference(name, default):
                texts[-1] += env.get(name, default or "")
            case str():
                texts[-1] += part
    return INSTANCE.join(clean(text) for text in texts)
