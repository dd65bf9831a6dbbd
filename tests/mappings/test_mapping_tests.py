"""The tests that shipped mappings have beside them: they pass, and they would not if a source were left out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from schema_checks import check_jsonschema

from telemap import load
from telemap.cli import main
from telemap.mapping_tests.comparing import run_test
from telemap.mapping_tests.reading import read_test_file
from telemap.mapping_tests.subject import Subject
from telemap.resources import mapping_path, resource, shipped_mappings

if TYPE_CHECKING:
    from pathlib import Path

    from telemap.model import Source

MAPPINGS = [mapping_path(name) for name in shipped_mappings()]
TESTS = [path.with_suffix(".test.yaml") for path in MAPPINGS]
SCHEMA = resource("schema", "mapping-test.schema.json")


def test_every_shipped_mapping_has_tests_and_every_test_file_a_mapping() -> None:
    assert sorted(resource("mappings", "").rglob("*.test.yaml")) == sorted(TESTS)


def test_they_pass_and_cover_every_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--coverage", str(resource("mappings", ""))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"coverage: (\d+) of \1 rules, 100%", lines[-1])
    assert not [line for line in lines if "no test produced" in line]


def test_they_run_by_the_names_of_the_mappings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", *shipped_mappings()]) == 0
    assert f" in {len(TESTS)} files: " in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(("mapping", "tests"), list(zip(MAPPINGS, TESTS, strict=True)), ids=lambda path: path.stem)
def test_without_any_one_source_a_test_fails(mapping: Path, tests: Path) -> None:
    whole = load(str(mapping))
    read = read_test_file(str(tests)).tests
    unnoticed = []
    for number, family in enumerate(whole.families):
        for source in family.sources:
            if source_file(source) != mapping:
                continue  # it is tested beside the mapping that has it
            others = tuple(one for one in family.sources if one is not source)
            left = replace(family, sources=others or (replace(source, patterns=("nothing",)),))
            families = (*whole.families[:number], left, *whole.families[number + 1 :])
            subject = Subject(replace(whole, families=families))
            if not any(run_test(subject, test).failures for test in read):
                unnoticed.append(f"{source.place} ({family.name})")
    assert unnoticed == []


def source_file(source: Source) -> Path:
    return mapping_path(source.place.file).resolve()


def test_the_schema_passes_on_each_and_each_names_it() -> None:
    checked = check_jsonschema("--schemafile", SCHEMA, *TESTS)
    assert checked.returncode == 0, checked.output
    for path in TESTS:
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
        assert named, path
        assert (path.parent / named[1]).resolve() == SCHEMA
