"""Report benchmark results, as Markdown or JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from result import RATIO, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from measuring import Spread
    from result import Result

_HEAD = "| row | what | telemap | other | value | quartiles | target | verdict |"


def as_markdown(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """Return a page with the machine, the table and the number of targets met."""
    facts = "\n".join(f"* {name}: {what}" for name, what in machine.items())
    rows = "\n".join(map(_row, results))
    return f"# Benchmark\n\n{facts}\n\n{_HEAD}\n{'| --- ' * 8}|\n{rows}\n\n{summary(results)}\n"


def as_json(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """Return a JSON object, without rounding."""
    entries = [{**dataclasses.asdict(one), "verdict": one.verdict} for one in results]
    for one in entries:
        for name in ("value", "ours", "other"):
            if one[name] is not None:
                one[name] = dict(zip(("median", "low", "high"), one[name], strict=True))
    return json.dumps({"machine": dict(machine), "results": entries}, indent=2, ensure_ascii=False) + "\n"


def summary(results: Sequence[Result]) -> str:
    """Return a line with the number of targets met."""
    judged = [one for one in results if one.target]
    counts = {word: sum(1 for one in judged if one.verdict == word) for word in ("met", "within noise", "missed")}
    return f"{len(judged)} targets: " + ", ".join(f"{count} {word}" for word, count in counts.items())


def _row(result: Result) -> str:
    value, low, high = (_number(one, result.unit) for one in result.value)
    unit = "" if result.unit in {RATIO, "s"} else f" {result.unit}"
    cells = (
        result.row,
        result.what,
        _measured(result.ours, result.measured_in),
        _measured(result.other, result.measured_in),
        value + unit,
        f"{low} to {high}" if result.rounds > 1 else "",
        _target(result),
        result.verdict if result.target else "",
    )
    return f"| {' | '.join(cells)} |"


def _target(result: Result) -> str:
    if result.target is None:
        return ""
    bound = result.target.most if result.target.most is not None else result.target.least
    sign = "≤" if result.target.most is not None else "≥"
    return f"{sign} {shown(bound or 0.0, 's') if result.unit == 's' else f'{bound:g}'}"


def _number(value: float, unit: str) -> str:
    if unit == "s":
        return shown(value, "s")
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _measured(measured: Spread | None, unit: str) -> str:
    return shown(measured.median, unit) if measured else ""
