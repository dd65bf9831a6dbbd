"""Each word of the language has one row, and what a row says is done: it is read, starts, runs, and is explained."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from word_tables.files import FILES, PAGES
from word_tables.marks import names_in
from word_tables.places import missing_places, missing_places_of_code, words
from word_tables.uses import EVENT, TEXT, USES, mapping_that_uses
from yaml_instance import schema_faults

import telemap
from telemap.cli.explain.events_text import event_lines
from telemap.cli.explain.mapping_text import mapping_lines
from telemap.model import Amount, GaugeOperation, Mix, OperandKind
from telemap.problem.codes import CODES
from telemap.tracing.overview import resolve
from telemap.tracing.to_yaml import label_rule_text, value_text, when_texts
from telemap.tracing.tracer import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import Enum

ENGINE = Path(__file__).parents[4] / "engine" / "telemap"
MEMBERS = [pytest.param(member, id=f"{table.__name__}-{member.value}") for table in USES for member in table]
TABLES = {table.__name__ for table in USES} | {OperandKind.__name__, Amount.__name__}


@pytest.mark.parametrize("word", words())
def test_every_word_is_in_every_place(word: str) -> None:
    missing = missing_places(word)
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("code", CODES)
def test_every_problem_code_is_in_every_place(code: str) -> None:
    missing = missing_places_of_code(code)
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_files_that_are_written_from_the_tables_are_fresh(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert FILES[file](text) == text, "run: make tables"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_have_each_of_their_tables_once(page: Path) -> None:
    assert sorted(names_in(page.read_text(encoding="utf-8"))) == sorted(PAGES[page]())


@pytest.mark.parametrize("member", MEMBERS)
def test_each_word_is_read_without_a_warning_and_passes_the_schema(member: Enum) -> None:
    text = mapping_that_uses(member)
    assert [problem.text() for problem in telemap.loads(text).warnings] == []
    assert schema_faults(text.encode()) == []


@pytest.mark.parametrize("member", MEMBERS)
def test_what_uses_a_word_starts_takes_events_and_is_explained(member: Enum) -> None:
    mapping = telemap.loads(mapping_that_uses(member))
    telemap.render(telemap.apply(telemap.compile(mapping), [EVENT, {**EVENT, "record": TEXT}]))
    told = [*mapping_lines(resolve(mapping, mapping.families))]
    told += event_lines(1, EVENT, Tracer(mapping).trace(EVENT), everything=True)
    assert told


@pytest.mark.parametrize("member", MEMBERS)
def test_what_uses_a_word_is_written_as_it_is_read(member: Enum) -> None:
    text = mapping_that_uses(member)
    [family] = telemap.loads(text).families
    [source] = family.sources
    document = yaml.safe_load(text)
    [written] = document["metrics"].values()
    if source.when is not None:
        written["when"] = [yaml.safe_load(one) for one in when_texts(source.when)]
    if source.labels:
        written["labels"] = {"l": yaml.safe_load(label_rule_text(source.labels[0]))}
    if "value" in written and source.factor == 1:
        written["value"] = yaml.safe_load(value_text(source))
    [again] = telemap.loads(yaml.safe_dump(document)).families
    assert again.sources[0].when == source.when
    assert again.sources[0].labels == source.labels
    assert again.sources[0].value == source.value


@pytest.mark.parametrize("mix", Mix)
def test_operations_that_one_gauge_may_mix_begin_alike_and_all_add_up_or_none_does(mix: Mix) -> None:
    rows = [operation.row for operation in GaugeOperation if operation.row.mix is mix]
    assert {row.start for row in rows} == {rows[0].start}
    assert {type(row.change) for row in rows} == {type(rows[0].change)}


def matches_over_words(file: Path) -> Iterator[ast.Match]:
    """Return the `match` statements of a file that tell members of tables apart."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Match):
            members = (
                inner.value.id
                for case in node.cases
                for inner in ast.walk(case.pattern)
                if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name)
            )
            if TABLES & set(members):
                yield node


def test_what_tells_words_apart_is_total_so_that_mypy_names_it_when_one_is_added() -> None:
    for file in ENGINE.rglob("*.py"):
        for match in matches_over_words(file):
            last = match.cases[-1].body[0]
            assert ast.unparse(last).startswith("assert_never("), f"{file}:{match.lineno}"


def test_no_dictionary_is_keyed_by_words() -> None:
    for file in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                members = [key.value for key in node.keys if isinstance(key, ast.Attribute)]
                owners = {member.id for member in members if isinstance(member, ast.Name)}
                assert not owners & TABLES, f"{file}:{node.lineno}"
