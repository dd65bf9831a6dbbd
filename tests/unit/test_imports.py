"""Imports go one way: from what runs late to what runs early, and from the extension to the engine."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "engine" / "telemap"

ROAD = (
    "count_text digest duration_texts durations endless environment numbers patterns replacements version whole_file",
    "event_types float_text label_text resources terminal_text units",
    "embedded_metrics",
    "document errors problem regex",  # text becomes nodes, or problems with a place in them
    "reading",  # nodes become values
    "path",
    "model",
    "events",  # what paths find in telemetry
    "foreign",  # what other tools write in their place
    "keys",  # what may stand where
    "check",  # nodes become a mapping
    "advice",  # what is doubtful about it
    "load",
    "plan",
    "runtime",  # what plans call
    "compiler",  # a mapping becomes a plan
    "plan_files",  # a plan becomes a file, and a plan again
    "store",  # a plan's cells
    "json_decoder decode decode_steps json_extent apply recording",  # events fill the store
    "exposition",  # the store becomes text
    "push remote_write",
    "cloudwatch",  # logs become events
    "tracing preview unmatched mapping_tests monitoring",  # mappings are tried, explained and tested
    "playground",  # and that beside an editor
    "cli __main__",
)
"""The engine's modules and packages, stage by stage: each imports from its own stage and from earlier ones."""

STAGES = {name: number for number, stage in enumerate(ROAD) for name in stage.split()}


@functools.cache
def imported(file: Path) -> set[str]:
    """Return all modules that a file imports: at its top, in functions, and for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def stage_name(file: Path) -> str:
    return file.relative_to(ENGINE).parts[0].removesuffix(".py")


def test_the_engine_imports_along_the_road() -> None:
    public = ENGINE / "__init__.py"  # the public names, from everywhere
    with_a_stage = [file for file in ENGINE.rglob("*.py") if file != public]
    assert with_a_stage
    against_the_road = {
        f"{file.relative_to(ENGINE)} imports {name}"
        for file in with_a_stage
        for name in imported(file)
        if name.startswith("telemap.") and STAGES[name.split(".")[1]] > STAGES[stage_name(file)]
    }
    assert against_the_road == set()


def test_every_module_of_the_engine_has_its_stage() -> None:
    assert {stage_name(file) for file in ENGINE.rglob("*.py")} == {*STAGES, "__init__"}


def module_name(source: Path, file: Path) -> str:
    return ".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__")


def test_no_modules_import_one_another_in_a_circle() -> None:
    sources = (ROOT / "engine", ROOT / "extensions")
    modules = {module_name(source, file): file for source in sources for file in source.rglob("*.py")}
    left = {}
    for name, file in modules.items():
        owners = {one if one in modules else one.rpartition(".")[0] for one in imported(file)}
        left[name] = owners - {name}
    while leaves := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in leaves}
    assert left == {}


def test_the_engine_knows_nothing_of_aws() -> None:
    foreign = ("telemap_lambda", "boto3", "botocore")
    for file in ENGINE.rglob("*.py"):
        assert not [name for name in imported(file) if name.startswith(foreign)], file


@pytest.mark.integration
def test_a_start_imports_no_library_that_it_does_not_need() -> None:
    program = """
import sys
import telemap
plan = telemap.compile(telemap.load("telemap:default"))
telemap.render(telemap.apply(plan, [{"type": "platform.report", "record": {"metrics": {"durationMs": 1}}}]))
heavy = {"boto3", "botocore", "requests", "urllib3", "jsonpath_ng", "prometheus_client", "rich", "telemap_lambda"}
print(*sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""
    assert subprocess.check_output([sys.executable, "-c", program], text=True).split() == []


@pytest.mark.parametrize("folder", ["engine", "extensions"])
def test_no_module_is_longer_than_300_lines(folder: str) -> None:
    lengths = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / folder).rglob("*.py")}
    assert {file: length for file, length in lengths.items() if length > 300} == {}
