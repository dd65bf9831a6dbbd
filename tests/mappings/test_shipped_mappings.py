"""Every shipped mapping over every recording, held against numbers worked out by hand.

`expected/MAPPING/RECORDING.prom` is what telemap rendered once, and is believed only because `by_hand` comes to the
same numbers from the events, without telemap.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mappings.by_hand import Samples, logs, platform
from prometheus_client.parser import text_string_to_metric_families
from yaml_instance import schema_faults

import telemap
from telemap.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.promtool import Promtool

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "mappings"
RECORDINGS = sorted((HERE.parent / "events").glob("*.json"))
OF_OLD_NAMES = "metric names should be written in 'snake_case' not 'camelCase'"
MAPPINGS = ("aws-sample", "default", "emf", "logs", "platform")

every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS)


def read(recording: Path) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(recording.read_text(encoding="utf-8"))
    return events


@functools.cache
def plan_of(mapping: str) -> telemap.Plan:
    return telemap.compile(telemap.load(f"telemap:{mapping}"))


def expected(mapping: str, recording: Path) -> str:
    return (HERE / "expected" / mapping / f"{recording.stem}.prom").read_text(encoding="utf-8")


def samples(exposition: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def test_every_mapping_in_the_folder_is_tested_here() -> None:
    assert tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml") if not path.stem.endswith(".test"))) == MAPPINGS


@every_mapping
def test_shipped_mappings_have_no_problems(mapping: str) -> None:
    assert main(["validate", "--strict", f"telemap:{mapping}"]) == 0


@every_mapping
@every_recording
def test_recordings_make_the_expected_exposition(mapping: str, recording: Path) -> None:
    plan = plan_of(mapping)
    store = telemap.Store(plan, env={"AWS_LAMBDA_FUNCTION_NAME": "orders-api"}, instance="i-1")
    telemap.apply(plan, read(recording), store)
    assert telemap.render(store) == expected(mapping, recording)


@every_mapping
@every_recording
def test_promtool_finds_no_fault(mapping: str, recording: Path, promtool: Promtool) -> None:
    said = promtool.check_metrics(expected(mapping, recording)).splitlines()
    assert [line for line in said if OF_OLD_NAMES not in line or mapping != "aws-sample"] == []


@pytest.mark.parametrize(("mapping", "work_out"), [("platform", platform), ("logs", logs)])
@every_recording
def test_the_expected_numbers_are_those_of_the_events(
    mapping: str, work_out: Callable[[list[dict[str, Any]]], Samples], recording: Path
) -> None:
    of_default = samples(expected("default", recording))
    made = {key: value for key, value in samples(expected(mapping, recording)).items() if key not in of_default}
    assert made == pytest.approx(work_out(read(recording)), rel=1e-9)


@every_recording
def test_platform_has_all_of_the_default_mapping(recording: Path) -> None:
    assert samples(expected("default", recording)).items() <= samples(expected("platform", recording)).items()


@every_recording
def test_each_invocation_that_the_platform_calls_failed_is_in_failures_once(recording: Path) -> None:
    made = samples(expected("platform", recording))
    failures = sum(
        value
        for (name, labels), value in made.items()
        if name.endswith("failures_total") and ("phase", "invoke") in labels
    )
    reported = sum(
        value
        for (name, labels), value in made.items()
        if name == "aws_lambda_invocations_total" and ("status", "success") not in labels
    )
    assert failures == reported


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_mappings_pass_the_json_schema(path: Path) -> None:
    assert path.stem.endswith(".test") or schema_faults(path.read_bytes()) == []


def test_one_name_has_one_type_in_all_shipped_mappings() -> None:
    types: dict[str, set[str]] = {}
    for path in sorted(SHIPPED.rglob("*.yaml")):
        if not path.stem.endswith(".test"):
            for family in telemap.load(path).families:
                types.setdefault(family.name, set()).add(family.type.value)
    assert {name: both for name, both in types.items() if len(both) > 1} == {}


def test_platform_and_logs_go_together() -> None:
    mapping = telemap.loads("version: 1\ninclude: [telemap:platform, telemap:logs]\n")
    events = [event for recording in RECORDINGS for event in read(recording)]
    exposition = telemap.render(telemap.apply(telemap.compile(mapping), events))
    for alone in ("platform", "logs"):
        assert samples(telemap.render(telemap.apply(plan_of(alone), events))).items() <= samples(exposition).items()


@pytest.mark.parametrize("mapping", ["platform", "logs"])
def test_nothing_is_invalid_in_any_recording(mapping: str) -> None:
    plan = plan_of(mapping)
    for recording in RECORDINGS:
        for family in telemap.apply(plan, read(recording)).families:
            skipped = {reason for reason, count in family.skipped.items() if count}
            assert skipped <= {"missing", "parse"}, (recording.stem, family.shape.name)
