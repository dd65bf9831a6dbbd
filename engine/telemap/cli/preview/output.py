"""Print the results of `telemap preview`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from telemap.cli.output import print_data, print_json, print_lines
from telemap.cli.preview.text import cardinality_lines, difference_lines, difference_summary
from telemap.exposition import render
from telemap.preview.cardinality import cardinality
from telemap.preview.documents import cardinality_document, difference_document, trial_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.cli.applying import Outcome
    from telemap.preview.difference import FamilyChange
    from telemap.preview.trial import Trial

_STYLES: Final = {
    r"^(?:---|\+\+\+) .*": "bold",
    r"^-(?!-- ).*": "red",
    r"^\+(?!\+\+ ).*": "green",
    r"^@@.*": "cyan",
}
"""Colours for the lines of a diff."""


def print_metrics(trial: Trial, outcome: Outcome, form: str) -> None:
    """Print the metrics as an exposition or as JSON."""
    if form == "json":
        _print_json(outcome, trial_document(trial))
    else:
        print_data(render(trial.store))


def print_difference(
    before: Trial, after: Trial, changes: Sequence[FamilyChange], limit: int, outcome: Outcome, form: str
) -> None:
    """Print the differences between two mappings."""
    if form == "json":
        _print_json(outcome, difference_document(before, after, changes, limit))
        return
    names = {family.shape.name for trial in (before, after) for family in trial.families}
    lines = difference_lines(before.mapping.name, after.mapping.name, changes, limit)
    print_lines([*lines, difference_summary(changes, len(names), outcome.events)], _STYLES)


def print_cardinality(trial: Trial, unlimited: Trial, outcome: Outcome, form: str) -> None:
    """Print the number of series of each metric and label."""
    families = cardinality(trial, unlimited)
    if form == "json":
        _print_json(outcome, cardinality_document(trial, families))
    else:
        print_lines(cardinality_lines(families, trial.mapping.series_limit_total, outcome.events))


def _print_json(outcome: Outcome, document: dict[str, Any]) -> None:
    """Print a document after the statistics of the recording."""
    statistics = {"events": outcome.events, "bad_lines": outcome.bad_lines, "is_complete": not outcome.exit_code}
    print_json(json.dumps({**statistics, **document}, indent=2, allow_nan=False))
