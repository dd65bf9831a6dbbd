"""Every item that a source runs for makes a sample, or is counted as skipped, or did not pass the tests."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from examples import examples
from hypothesis import given
from strategies import batches, mappings

import telemap
from telemap.patterns import matches_any

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE_KEYS = ("from", "parse", "each", "when", "value", "scale", "op", "labels")


def alone(mapping: str) -> Iterator[dict[str, Any]]:
    """Return each source of a mapping as a mapping with one summary, whose count is the number of samples."""
    for family in json.loads(mapping)["metrics"].values():
        for source in family["sources"]:
            kept = {key: source[key] for key in SOURCE_KEYS if key in source and key != "op"}
            yield {
                "version": 1,
                "metrics": {"samples": {"type": "summary", "help": "Samples.", "value": 1, **kept}},
            }


def outcomes(mapping: dict[str, Any], events: list[Any]) -> tuple[int, dict[str, int]]:
    """Apply a mapping with one summary; give the samples that it took, and the others by reason."""
    plan = telemap.compile(telemap.loads(json.dumps(mapping, ensure_ascii=False)))
    [series] = telemap.apply(plan, copy.deepcopy(events), telemap.Store(plan, env={}, instance="i")).families
    return int(sum(cell[0] for cell in series.cells.values())), series.skipped


@examples(0.3)
@given(mappings(), batches)
def test_every_event_that_a_source_fits_is_a_sample_or_is_counted(mapping: str, events: list[Any]) -> None:
    for source in alone(mapping):
        family = source["metrics"]["samples"]
        if "each" in family or "when" in family:
            continue  # how often these run is the other test's
        patterns = [family["from"]] if isinstance(family["from"], str) else family["from"]
        taken, skipped = outcomes(source, events)
        assert taken + sum(skipped.values()) == sum(matches_any(patterns, event["type"]) for event in events)


@examples(0.3)
@given(mappings(), batches)
def test_a_test_and_its_opposite_hold_for_all_items_but_the_invalid_ones(mapping: str, events: list[Any]) -> None:
    for source in alone(mapping):
        family = source["metrics"]["samples"]
        tests = family.pop("when", None)
        if tests is None:
            continue
        family["value"] = 1
        family["labels"] = {}
        everything, unparsed = outcomes(source, events)
        (taken, invalid), (others, invalid_too) = (
            outcomes({**source, "metrics": {"samples": {**family, "when": when}}}, events)
            for when in (tests, [{"not": {"all": tests}}])
        )
        assert invalid == invalid_too
        assert taken + others + invalid["test"] == everything
        assert invalid["parse"] == unparsed["parse"]


@examples(0.3)
@given(mappings(), batches)
def test_a_source_makes_the_same_samples_beside_others_and_in_any_batches(mapping: str, events: list[Any]) -> None:
    """Sources share what they read; what they make of it is each one's own."""
    sources = list(alone(mapping))
    together = {
        f"samples{number}": {**source["metrics"]["samples"], "from": "*"} for number, source in enumerate(sources)
    }
    plan = telemap.compile(telemap.loads(json.dumps({"version": 1, "metrics": together}, ensure_ascii=False)))
    store = telemap.Store(plan, env={}, instance="i")
    for event in copy.deepcopy(events):
        telemap.apply(plan, [event], store)
    for family, series in zip(together.values(), store.families, strict=True):
        mapping_alone = {"version": 1, "metrics": {"samples": family}}
        assert outcomes(mapping_alone, events) == (int(sum(cell[0] for cell in series.cells.values())), series.skipped)
