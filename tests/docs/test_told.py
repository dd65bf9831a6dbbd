"""Every key, setting, command, option, problem and metric is documented."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from pages.command_help import choices_of, options_of

import telemap
from telemap.cli import GROUP
from telemap.keys import tables as keys
from telemap.mapping_tests import keys as test_keys
from telemap.model import BucketGenerator, Operator
from telemap.problem.codes import CODES, WARNINGS
from telemap.store.own_metrics import OwnMetrics
from telemap.store.series import SKIP_REASONS
from telemap_lambda.settings.model import SETTINGS

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
PAGES = [TOP / "README.md", *sorted(DOCS.rglob("*.md"))]
VARIABLE = re.compile(r"\bTELEMAP_[A-Z_]*[A-Z]\b")


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def untold(words: frozenset[str] | set[str], text: str) -> list[str]:
    """Return the words that no code span of a page contains."""
    return [word for word in sorted(words) if not re.search(rf"`{word}`|`[^`\n]*\b{word}\b[^`\n]*`", text)]


def test_every_problem_code_has_a_section_with_its_kind() -> None:
    sections = re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page("reference/problems"), re.MULTILINE | re.DOTALL)
    told = {code: (re.findall(r"\*(\w+)\.\*", text)[0], "**Warning.**" in text) for code, text in sections}
    assert told == {code: (kind.value, code in WARNINGS) for code, kind in CODES.items()}
    assert [code for code, _ in sections] == list(told)


def test_every_key_of_the_language_is_documented() -> None:
    here = keys.TOP | keys.DEFAULTS | keys.DROP | keys.FAMILY | keys.PARSE | keys.VALUE | keys.LABEL
    here |= (
        keys.BUCKETS
        | {key for generator in BucketGenerator for key in generator.keys}
        | {operator.value for operator in Operator}
    )
    assert untold(here, page("reference/mapping")) == []


def test_every_key_of_mapping_tests_is_documented() -> None:
    here = test_keys.TOP | test_keys.TEST | test_keys.BATCH | test_keys.EVENT | test_keys.EXPECT
    here |= test_keys.VALUE | test_keys.FILE | set(test_keys.EVENTS)
    assert untold(here, page("reference/mapping-tests")) == []


def test_every_skip_reason_is_documented() -> None:
    assert untold(set(SKIP_REASONS), page("reference/self-metrics")) == []


def test_exactly_the_existing_settings_are_documented() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)`", page("reference/settings"), re.MULTILINE)) == {
        setting.name for setting in SETTINGS
    }


def test_pages_name_all_variables_and_no_others() -> None:
    named = {name for path in PAGES for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    of_the_sweeper = {"TELEMAP_SWEEP_JOB", "TELEMAP_SWEEP_OLDER_THAN"}
    assert named == {one.name for one in SETTINGS if one.name.startswith("TELEMAP_")} | of_the_sweeper


@pytest.mark.parametrize("entry", sorted(entry_points(group=GROUP)), ids=lambda entry: entry.name)
def test_every_command_and_option_is_documented(entry: EntryPoint) -> None:
    sections = re.split(r"^## ", page("reference/commands"), flags=re.MULTILINE)
    [section] = [text for text in sections if re.match(rf"`telemap {entry.name}\b", text)]
    assert [option for option in options_of(entry.name) if f"`{option}" not in section] == []
    assert [choice for choice in choices_of(entry.name) if not re.search(rf"`[^`]*\b{choice}\b[^`]*`", section)] == []


def test_every_metric_about_telemap_is_documented_with_its_labels() -> None:
    plan = telemap.compile(telemap.load("telemap:default"))
    lines = re.findall(r"^\| `(telemap_\w+)(?:\{([\w,]+)\})?` \|", page("reference/self-metrics"), re.MULTILINE)
    shapes = [family.shape for family in OwnMetrics(plan, version="0").families]
    assert {name: set(filter(None, labels.split(","))) for name, labels in lines} == {
        shape.name: set(shape.label_names) for shape in shapes
    }


def test_metrics_about_telemap_named_on_pages_exist() -> None:
    plan = telemap.compile(telemap.load("telemap:default"))
    names = {family.shape.name for family in OwnMetrics(plan, version="0").families}
    known = names | {f"{name}{end}" for name in names for end in ("_sum", "_count")} | {"telemap_lambda"}
    for path in PAGES:
        named = re.findall(r"`[^`\n]*?\b(telemap_\w+)(?![\w.(])", path.read_text(encoding="utf-8"))
        assert set(named) - known == set(), path.name


def test_the_migration_page_maps_every_old_name_to_an_existing_one() -> None:
    text = page("how-to/migrate-from-aws-sample")
    rows = dict(re.findall(r"^\| `(\w+)` \| `(\w+)[^|]*\|", text.split("| old | new |", 1)[1], re.MULTILINE))
    assert set(rows) == {family.name for family in telemap.load("telemap:aws-sample").families}
    assert set(rows.values()) <= {family.name for family in telemap.load("telemap:platform").families}
