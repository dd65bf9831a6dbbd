"""The documentation is held to the code: what is there is told, and what is told runs."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import indent

import pytest

import telemap
from telemap.check import keys
from telemap.cli import GROUP
from telemap.model import Operator
from telemap.problem.codes import CODES, WARNINGS
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.settings import NOT_YET

TOP = Path(__file__).parents[2]
REFERENCE = TOP / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_python_example_runs_in_a_fresh_interpreter_as_it_is_pasted(tmp_path: Path) -> None:
    [example] = code_blocks((TOP / "README.md").read_text(encoding="utf-8"), "python")
    finished = subprocess.run(
        [sys.executable, "-"], input=example, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert finished.stderr == ""
    assert "aws_lambda_duration_seconds_sum 0.04442\n" in finished.stdout
    assert "aws_lambda_duration_seconds_sum 0.08884\n" in finished.stdout, "the registered store has both batches"


def test_the_mapping_in_the_readme_is_valid() -> None:
    [mapping] = code_blocks((TOP / "README.md").read_text(encoding="utf-8"), "yaml")
    assert len(telemap.loads(mapping).families) == 2


EXAMPLES = re.findall(
    r"<!-- example: (.*?) -->\n```yaml\n(.*?)```(?:\n\ngives.*?\n\n```\n(.*?)```)?", page("mapping"), re.DOTALL
)


@pytest.mark.parametrize(("mapping", "expected"), [pytest.param(*rest, id=name) for name, *rest in EXAMPLES])
def test_examples_of_the_language_run_and_give_what_the_page_says(mapping: str, expected: str) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    events = json.loads((TOP / "tests" / "events" / "cold_start_on_demand.json").read_text(encoding="utf-8"))
    rendered = telemap.render(telemap.apply(plan, events))
    assert rendered
    assert not expected or rendered == expected


def test_every_example_of_the_language_is_found() -> None:
    assert len(EXAMPLES) == page("mapping").count("<!-- example:") == 8


SECTIONS = re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page("problems"), re.MULTILINE | re.DOTALL)


def test_every_problem_code_has_its_section_and_kind() -> None:
    told = {code: (re.findall(r"\*(\w+)\.\*", text)[0], "**Warning.**" in text) for code, text in SECTIONS}
    assert told == {code: (kind.value, code in WARNINGS) for code, kind in CODES.items()}
    assert [code for code, _ in SECTIONS] == list(told)


@pytest.mark.parametrize(
    ("code", "example", "is_cure"),
    [
        pytest.param(code, example, bool(number), id=f"{code}-{'cure' if number else 'fault'}")
        for code, text in SECTIONS
        for number, example in enumerate(code_blocks(text, "yaml"))
    ],
)
def test_examples_of_problems_show_the_fault_and_its_cure(code: str, example: str, *, is_cure: bool) -> None:
    text = example if re.match(r"(include|drop|metrics):", example) else f"metrics:\n{indent(example, '  ')}"
    try:
        problems = telemap.loads(f"version: 1\n{text}").warnings
    except telemap.MappingError as refused:
        problems = refused.problems
    found = {problem.code for problem in problems} - {"file-unreadable"}
    assert found == set() if is_cure else code in found


def test_every_key_of_the_language_is_told() -> None:
    text = page("mapping")
    here = keys.TOP | keys.DEFAULTS | keys.DROP | keys.FAMILY | keys.PARSE | keys.VALUE | keys.LABEL
    here |= keys.BUCKETS | keys.LINEAR | keys.EXPONENTIAL | {operator.value for operator in Operator}
    assert [key for key in sorted(here) if not re.search(rf"`{key}`|`[^`\n]*\b{key}\b[^`\n]*`", text)] == []


def test_every_setting_is_told_and_nothing_else() -> None:
    source = (TOP / "extensions" / "telemap_lambda" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"((?:TELEMAP_|AUTH_|DISPATCH_|MAPPING_)\w+|GATEWAY)"', source))
    text = page("settings")
    told = set(re.findall(r"^\| `([A-Z_]+)`", text, re.MULTILINE))
    later = text[text.index("known and not there yet") : text.index("boto3 takes")]
    assert told == read - set(NOT_YET)
    assert set(re.findall(r"`([A-Z_]+)`", later)) == set(NOT_YET)


def test_every_command_and_option_is_told() -> None:
    text = page("commands")
    for entry in entry_points(group=GROUP):
        section = text.split(f"## `telemap {entry.name}", 1)[1].split("\n## ", 1)[0]
        parser = argparse.ArgumentParser(add_help=False)
        entry.load().add_arguments(parser)
        options = [option for action in parser._actions for option in action.option_strings]
        assert [option for option in options if f"`{option}" not in section] == [], entry.name


def test_every_family_about_telemap_itself_is_told_with_its_labels() -> None:
    plan = telemap.compile(telemap.load("telemap:default"))
    told = dict(re.findall(r"^\| `(telemap_\w+)(?:\{([\w,]+)\})?` \|", page("self-metrics"), re.MULTILINE))
    shapes = [family.shape for family in OwnMetrics(plan, version="0").families]
    assert {name: set(filter(None, labels.split(","))) for name, labels in told.items()} == {
        shape.name: set(shape.label_names) for shape in shapes
    }


@pytest.mark.parametrize("path", sorted(TOP.glob("*.md")) + sorted((TOP / "docs").rglob("*.md")), ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
