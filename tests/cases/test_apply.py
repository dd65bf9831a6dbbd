"""Every folder of a subject in `apply/` is a test: a mapping, events, and the exposition that they make.

    mapping.yaml     the mapping
    events.json      Telemetry API events
    expected.prom    the exposition, worked out by hand
    env.json         the environment; empty when the file is not there
    skipped.json     samples that are not taken, by metric and reason; none when the file is not there
    lint.txt         what `promtool check metrics` has to say, where names are unusual on purpose; else nothing

`${runtime:instance}` reads `the "one"`.

Each mapping is loaded once, and each check applies the events to a store of its own; each that fails is reported by its
name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from case_folders import case_folders, case_name
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from yaml_instance import schema_faults

import telemap

if TYPE_CHECKING:
    from servers.promtool import Promtool

FOLDERS = case_folders(Path(__file__).parent / "apply")
INSTANCE = 'the "one"'


@dataclass(frozen=True)
class Case:
    """A folder of `apply/`, and the plan of its mapping."""

    folder: Path
    plan: telemap.Plan

    @property
    def expected(self) -> str:
        return text_of(self.folder, "expected.prom")

    def apply(self) -> telemap.Store:
        store = telemap.Store(self.plan, env=json_of(self.folder, "env.json"), instance=INSTANCE)
        return telemap.apply(self.plan, json_of(self.folder, "events.json"), store)


def text_of(folder: Path, file: str, otherwise: str = "") -> str:
    path = folder / file
    return path.read_text(encoding="utf-8") if path.exists() else otherwise


def json_of(folder: Path, file: str) -> Any:
    return json.loads(text_of(folder, file, "{}"))


def events_make_the_expected_exposition(case: Case) -> None:
    assert telemap.render(case.apply()) == case.expected


def samples_are_skipped_for_the_expected_reasons(case: Case) -> None:
    skipped = {
        series.shape.name: {reason: count for reason, count in series.skipped.items() if count}
        for series in case.apply().families
    }
    assert {name: reasons for name, reasons in skipped.items() if reasons} == json_of(case.folder, "skipped.json")


def prometheus_client_writes_the_same_lines(case: Case) -> None:
    registry = CollectorRegistry()
    registry.register(case.apply())
    assert generate_latest(registry).decode() == case.expected


def prometheus_client_reads_the_same_numbers_back(case: Case) -> None:
    read = [sample for family in text_string_to_metric_families(case.expected) for sample in family.samples]
    collected = [sample for family in case.apply().collect() for sample in family.samples]
    assert read == collected


def the_mapping_passes_the_json_schema(case: Case) -> None:
    assert schema_faults((case.folder / "mapping.yaml").read_bytes()) == []


CHECKS = (
    events_make_the_expected_exposition,
    samples_are_skipped_for_the_expected_reasons,
    prometheus_client_writes_the_same_lines,
    prometheus_client_reads_the_same_numbers_back,
    the_mapping_passes_the_json_schema,
)

every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=case_name)


@every_folder
def test_the_events_are_applied(folder: Path, subtests: pytest.Subtests) -> None:
    case = Case(folder, telemap.compile(telemap.load(folder / "mapping.yaml")))
    for check in CHECKS:
        with subtests.test(check.__name__):
            check(case)


@every_folder
def test_promtool_finds_no_fault(folder: Path, promtool: Promtool) -> None:
    assert promtool.check_metrics(text_of(folder, "expected.prom")) == text_of(folder, "lint.txt")
