"""A session's answers are what the commands print, for every case, example and shipped mapping."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from case_folders import case_folders, case_name
from commands import run_command

from telemap.mapping_tests.reading import read_test_file
from telemap.mapping_tests.running import read_batches
from telemap.playground import Session
from telemap.playground.state import ENVIRONMENT

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
MAPPINGS = ROOT / "mappings"
BEFORE = (
    "version: 1\nmetrics:\n  events_seen_total: {type: counter, help: Events., from: '*', labels: {type: $.type}}\n"
)


class Example:
    """A mapping file and events.

    Args:
        mapping: the file.
        events: the events.
        env: variables for `${env:NAME}`.
    """

    def __init__(self, mapping: Path, events: list[Any], env: dict[str, str], folder: Path) -> None:
        self.mapping = mapping
        self.recording = folder / "events.json"
        self.text = json.dumps(events)
        self.recording.write_text(self.text, encoding="utf-8")
        self.session = Session(folder=str(ROOT))
        self.evaluation = self.session.ask(
            "evaluate",
            {
                "mapping": {"name": str(mapping), "text": mapping.read_text(encoding="utf-8")},
                "events": {"revision": 1, "text": self.text},
                "env": env,
            },
        )

    def ask(self, question: str, **arguments: Any) -> dict[str, Any]:
        return self.session.ask(question, arguments)

    def run(self, command: str, *options: str) -> str:
        return run_command(command, str(self.mapping), str(self.recording), *options).stdout

    def json_of(self, command: str, *options: str) -> Any:
        return json.loads(self.run(command, *options, "--format", "json"))


def check(example: Example) -> None:
    """Compare each answer with what the command prints."""
    answer = example.evaluation
    found = [{key: one[key] for key in one if key != "url"} for one in answer["problems"]]
    assert found == json.loads(run_command("validate", str(example.mapping), "--format", "json").stdout)
    assert answer["valid"]
    if not answer["events"]["count"]:
        return  # of which a command complains
    assert answer["text"] == example.run("preview")
    preview = example.json_of("preview")
    assert answer["dropped"] == preview["dropped"]
    assert answer["unmatched"] == preview["unmatched"]
    assert answer["events"]["count"] == preview["events"]
    places = ("file", "line", "end_line")
    families = [{key: one[key] for key in one if key not in places} for one in answer["families"]]
    assert sorted(families, key=lambda one: one["name"]) == preview["families"]
    check_reports(example)
    check_explanations(example)


def check_reports(example: Example) -> None:
    cardinality = example.ask("cardinality")
    del cardinality["advice"]
    expected = example.json_of("preview", "--cardinality")
    assert cardinality == {key: expected[key] for key in cardinality}
    unmatched = example.ask("unmatched")
    del unmatched["drafts"]
    if unmatched["events"]:
        assert unmatched == example.json_of("unmatched")
    before = example.recording.with_name("before.yaml")
    before.write_text(BEFORE, encoding="utf-8")
    done = run_command(
        "preview", str(before), str(example.recording), "--diff", str(example.mapping), "--format", "json"
    )
    assert example.ask("difference", before=BEFORE)["families"] == json.loads(done.stdout)["families"]


def check_explanations(example: Example) -> None:
    """Compare the sentences on each event with those of `explain`, and the counts with its summary."""
    said = example.run("explain", "--most", "5").partition("\nall ")[0]
    explained = example.json_of("explain", "--most", "1000")
    for number, block in enumerate(re.split(r"(?m)^event (?=\d+: )", said)[1:], 1):
        answer = example.ask("explain", number=number)
        sentences = [*answer["sentences"], *(one for source in answer["sources"] for one in source["sentences"])]
        sentences += [one for drop in answer["drops"] if drop["verdict"] != "passes" for one in drop["sentences"]]
        for sentence in sentences:
            assert " ".join(sentence["text"].split()) in " ".join(block.split())
    sources = explained["summary"]["sources"]
    traced = example.ask("trace", first=1, last=500)
    assert [(one["metric"], one["source"]) for one in traced["sources"]] == [
        (one["metric"], one["source"]) for one in sources
    ]
    assert [one["read"] for one in traced["sources"]] == [one["events"] for one in sources]
    if any(one["overflowed"] for one in example.evaluation["families"]):
        return  # `explain` takes each event for the first of its process
    assert [one["made"] for one in traced["sources"]] == [one["samples"] for one in sources]
    for event in traced["events"]:
        answer = example.ask("explain", number=event["number"])
        assert answer["state"] == event["state"]
        stops = [[one["index"], one["stopped_at"]] for one in answer["sources"] if not one["samples"]]
        assert event["stops"] == stops
    for event, one in zip(traced["events"], explained["events"], strict=False):
        assert (event["number"], event["type"]) == (one["number"], one["type"])
        assert (event["state"] == "dropped") == (one["dropped_by"] is not None)


def check_test(example: Example) -> None:
    """Check that `telemap test` passes the test, which has all events that a test can have."""
    answer = example.ask("as_test")
    assert answer["name"] == f"{example.mapping.stem}.test.yaml"
    file = example.recording.with_name(answer["name"])
    text = answer["text"].replace("version: 1\n", f"version: 1\nmapping: {example.mapping}\n", 1)
    file.write_text(text, encoding="utf-8")
    done = run_command("test", str(file))
    assert done.returncode == 0, done.stdout + done.stderr + text


def check_series(example: Example) -> None:
    """Check that events lead to series, and series to the same events."""
    traced = example.ask("trace", first=1, last=500)["events"]
    for family, one in enumerate(example.evaluation["families"]):
        for series in range(len(one["series"])):
            origin = example.ask("series", family=family, series=series)
            makers = [event["number"] for event in traced if [family, series] in event["made"]]
            assert origin["events"] == makers
            assert origin["total"] == len(makers)
            assert bool(origin["sources"]) == bool(makers)


@pytest.fixture
def _example_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the variables that a session has, for commands."""
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)


@pytest.mark.usefixtures("_example_environment")
@pytest.mark.parametrize("folder", case_folders(CASES / "apply"), ids=case_name)
def test_a_case(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    file = folder / "env.json"
    env = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name, text in env.items():
        monkeypatch.setenv(name, text)
    example = Example(folder / "mapping.yaml", events, env, tmp_path)
    check(example)
    check_series(example)
    check_test(example)


@pytest.mark.parametrize("folder", case_folders(CASES / "invalid"), ids=case_name)
def test_a_case_with_problems(folder: Path) -> None:
    mapping = folder / "mapping.yaml"
    if not mapping.exists():
        pytest.skip("the mapping is generated")
    content = mapping.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        pytest.skip("no text, which is all that an editor has")
    asked = {"mapping": {"name": str(mapping), "text": text}, "events": {"revision": 1, "text": ""}}
    answer = Session(folder=str(ROOT)).ask("evaluate", asked)
    found = [{key: one[key] for key in one if key != "url"} for one in answer["problems"]]
    expected = json.loads(run_command("validate", str(mapping), "--format", "json", "--include-root", str(ROOT)).stdout)
    assert found == expected
    assert answer["valid"] == all(one["severity"] == "warning" for one in expected)
    assert (answer["families"] is None) == (not answer["valid"])


MAPPINGS_WITH_TESTS = [
    test.with_name(test.name.replace(".test.yaml", ".yaml")) for test in sorted(MAPPINGS.rglob("*.test.yaml"))
]


@pytest.mark.usefixtures("_example_environment")
@pytest.mark.parametrize("mapping", MAPPINGS_WITH_TESTS, ids=lambda path: path.stem)
def test_a_shipped_mapping_and_an_example(mapping: Path, tmp_path: Path) -> None:
    file = read_test_file(str(mapping.with_name(f"{mapping.stem}.test.yaml")))
    events = [event for test in file.tests for _, batch in read_batches(test).batches for event in batch]
    example = Example(mapping, events, {}, tmp_path)
    check(example)
    check_series(example)
    check_test(example)
