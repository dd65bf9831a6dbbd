"""Create the names that generated code reads, for one store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.model import Concat, EnvironmentReference, LiteralText
from telemap.plan import Bindings
from telemap.runtime.labels import SeenValues, known_label, make_label
from telemap.runtime.parsing import make_parser
from telemap.runtime.regexes import CUTS_UNTIL_OFF, CutOff, RegexBudget, Switch
from telemap.runtime.values import make_conversion, make_value
from telemap.store.counts import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap.model import KnownText, LabelRule
    from telemap.path.selectors import Nodes
    from telemap.plan import Handler, Needs, Plan
    from telemap.store.counts import Counts
    from telemap.store.series import FamilySeries


_MAX_UNSET = 20
"""Maximum number of unset variables that are named."""


def bind(
    plan: Plan,
    families: Sequence[FamilySeries],
    env: Mapping[str, str],
    budget: RegexBudget,
    clock: list[float],
    counts: Counts,
    warn: Callable[[str], None],
) -> tuple[Handler, ...]:
    """Bind a plan's functions to the cells of a store, and create its initial series.

    Args:
        plan: the plan.
        families: the series of its metrics.
        env: the variables for `${env:NAME}`.
        budget: the budget of regexes.
        clock: a list whose only item is the time of the batch, in seconds.
        counts: the counts, including events about which rules of `drop` are undecided.
        warn: called for unset variables, interrupted rules, and undecided events.
    """
    needs = plan.needs
    _warn_of_unset(plan, env, warn)
    finders: tuple[Callable[[Any], Any], ...] = ()
    every: tuple[Callable[[Any], Nodes], ...] = ()
    if needs.finders or needs.every:
        from telemap.path.finding import make_every_finder, make_finder  # noqa: PLC0415 - only where a path is not plain

        finders = tuple(make_finder(query, budget.bounded) for query in needs.finders)
        every = tuple(make_every_finder(query, budget.bounded) for query in needs.every)
    for series in families:
        for labels in series.shape.init:
            series.begin(tuple(known_label(text, env, budget) for text in labels))
    undecided = _undecided(counts, warn)
    bindings = Bindings(
        constants=needs.constants,
        literals=tuple(known_label(text, env, budget) for text in needs.literals),
        finders=finders,
        every=every,
        parsers=tuple(make_parser(parse, budget, warn) for parse in needs.parsers),
        labels=_labels(needs, env, budget),
        values=tuple(make_value(rule, budget) for rule in needs.values),
        conversions=tuple(map(make_conversion, needs.conversions)),
        regexes=tuple(budget.searcher(pattern) for pattern in needs.regexes),
        guarded=tuple(
            _guard(None if number is None else families[number], undecided, warn) for number in needs.guarded
        ),
        families=families,
        clock=clock,
        undecided=lambda: undecided("several"),
    )
    return plan.bind(bindings)


def _labels(
    needs: Needs, env: Mapping[str, str], budget: RegexBudget
) -> tuple[tuple[Callable[..., str | None], Callable[[str], None] | None], ...]:
    """Create the functions of long-form labels, each with the one that records accepted texts."""
    seen: dict[tuple[int, str], set[str]] = {}
    made: list[tuple[Callable[..., str | None], Callable[[str], None] | None]] = []
    for label in needs.labels:
        values = None
        if label.rule.max_values is not None:
            shared = seen.setdefault((label.family, label.name), set())
            default = (label.rule.default or LiteralText(())).resolve(env)
            values = SeenValues(label.rule.max_values, shared, default)
        function = make_label(label.rule, env, budget, values)
        made.append((function, None if values is None else values.take))
    return tuple(made)


def _guard(
    series: FamilySeries | None, undecided: Callable[[str], None], warn: Callable[[str], None]
) -> tuple[list[bool], Callable[[CutOff], None], Callable[[], None]]:
    """Create the switch of a rule, and the functions that count interruptions and events skipped because of them."""
    whose = f"a source of metric {series.shape.name!r}" if series else "a rule of 'drop'"
    switch = Switch(lambda: warn(f"{whose} is off: its regexes were too slow {CUTS_UNTIL_OFF} times"))

    def off() -> None:
        if series is None:
            undecided("cut_off")
        else:
            series.skipped["cut_off"] += 1

    def cut(reason: CutOff) -> None:
        off()
        switch.cut(reason)

    return switch.live, cut, off


def _undecided(counts: Counts, warn: Callable[[str], None]) -> Callable[[str], None]:
    """Create the function that counts an event about which a rule of `drop` is undecided, and reports it once."""

    def undecided(reason: str) -> None:
        counts.undecided[reason] += 1
        if counts.undecided[reason] == 1:
            warn(f"a rule of 'drop': {UNDECIDED[reason]}; events like this are not dropped")

    return undecided


def variables_of(plan: Plan) -> dict[EnvironmentReference, None]:
    """Return the references to variables, each once."""
    known = [*plan.needs.literals, *(text for shape in plan.families for labels in shape.init for text in labels)]
    known += [label.rule for label in plan.needs.labels]
    parts = (part for text in known for literal in _literals(text) for part in literal.parts)
    return dict.fromkeys(part for part in parts if isinstance(part, EnvironmentReference))


def _warn_of_unset(plan: Plan, env: Mapping[str, str], warn: Callable[[str], None]) -> None:
    """Report once which variables are unset."""
    unset = [part.name for part in variables_of(plan) if part.default is None and part.name not in env]
    for name in unset[:_MAX_UNSET]:
        warn(f"environment variable {name} is not set: labels that name it are empty")
    if len(unset) > _MAX_UNSET:
        warn(f"{len(unset) - _MAX_UNSET:,} more environment variables are not set")


def _literals(text: KnownText) -> list[LiteralText]:
    """Return the literal texts of a label, without a variable that its default replaces."""
    if isinstance(text, LiteralText):
        return [text]
    rule: LabelRule = text
    found = [mapped for _, mapped in rule.map or ()]
    found += [literal for literal in (rule.otherwise, rule.default) if literal is not None]
    if isinstance(rule.origin, Concat):
        found += [part for part in rule.origin.parts if isinstance(part, LiteralText)]
    elif isinstance(rule.origin, LiteralText) and not (rule.default and rule.origin.is_variable):
        found.append(rule.origin)
    return found
