"""Examples in the documentation run, and links work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

import telemap

TOP = Path(__file__).parents[2]
REFERENCE = TOP / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.integration
def test_the_readme_example_runs_in_a_fresh_interpreter(tmp_path: Path) -> None:
    [example] = code_blocks((TOP / "README.md").read_text(encoding="utf-8"), "python")
    finished = subprocess.run(
        [sys.executable, "-"], input=example, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert finished.stderr == ""
    assert "aws_lambda_duration_seconds_sum 0.04442\n" in finished.stdout
    assert "aws_lambda_duration_seconds_sum 0.08884\n" in finished.stdout, "the registered store has both batches"


PROGRAMS = [
    pytest.param(example, id=f"{path.stem}-{number}")
    for path in sorted((TOP / "docs").rglob("*.md"))
    for number, example in enumerate(code_blocks(path.read_text(encoding="utf-8"), "python"))
]


@pytest.mark.integration
@pytest.mark.parametrize("example", PROGRAMS)
def test_python_examples_on_pages_run(example: str, tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-"], input=example, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert finished.returncode == 0, finished.stderr


def test_the_mapping_in_the_readme_is_valid() -> None:
    [mapping] = code_blocks((TOP / "README.md").read_text(encoding="utf-8"), 'yaml title="shop.yaml"')
    assert "shop_orders_total" in {family.name for family in telemap.loads(mapping).families}


EXAMPLES = re.findall(
    r"<!-- example: (.*?) -->\n```yaml\n(.*?)```(?:\n\nOutput.*?\n\n```\n(.*?)```)?", page("mapping"), re.DOTALL
)


@pytest.mark.parametrize(("mapping", "expected"), [pytest.param(*rest, id=name) for name, *rest in EXAMPLES])
def test_examples_of_the_language_produce_the_output_on_the_page(mapping: str, expected: str) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    events = json.loads((TOP / "tests" / "events" / "cold_start_on_demand.json").read_text(encoding="utf-8"))
    rendered = telemap.render(telemap.apply(plan, events))
    assert rendered
    assert not expected or rendered == expected


def test_every_example_of_the_language_is_found() -> None:
    assert len(EXAMPLES) == page("mapping").count("<!-- example:")


SECTIONS = re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page("problems"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("code", "example", "is_cure"),
    [
        pytest.param(code, example, bool(number), id=f"{code}-{'cure' if number else 'fault'}")
        for code, text in SECTIONS
        for number, example in enumerate(code_blocks(text, "yaml"))
    ],
)
def test_examples_of_problems_have_the_problem_and_a_fix_that_works(code: str, example: str, *, is_cure: bool) -> None:
    text = example if re.match(r"(include|drop|metrics):", example) else f"metrics:\n{indent(example, '  ')}"
    try:
        problems = telemap.loads(f"version: 1\n{text}").warnings
    except telemap.MappingError as refused:
        problems = refused.problems
    found = {problem.code for problem in problems} - {"file-unreadable"}
    assert found == set() if is_cure else code in found


@pytest.mark.parametrize("path", sorted(TOP.glob("*.md")) + sorted((TOP / "docs").rglob("*.md")), ids=lambda p: p.name)
def test_links_between_pages_work(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
