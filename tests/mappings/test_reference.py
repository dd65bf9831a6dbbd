"""The examples of `docs/reference/mapping.md` that name a recording give what the page says.

They are written `<!-- example on RECORDING: NAME -->`, a mapping, `Output:` and the exposition; the recording is in
`tests/events` or in `tests/mappings/events`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from word_tables.places import EXAMPLES as ALL_EXAMPLES
from word_tables.places import known_words, used_words
from yaml_instance import schema_faults

import telemap
from telemap.resources import SHIPPED

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"<!-- example on (\w+): (.*?) -->\n```yaml\n(.*?)```\n\nOutput:\n\n```\n(.*?)```", PAGE, re.DOTALL
)

every_example = pytest.mark.parametrize(
    ("recording", "mapping", "expected"), [pytest.param(one, *rest, id=name) for one, name, *rest in EXAMPLES]
)


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) == PAGE.count("<!-- example on ") > 10
    assert len({name for _, name, *_ in EXAMPLES}) == len(EXAMPLES)


@every_example
def test_examples_give_what_the_page_says(recording: str, mapping: str, expected: str) -> None:
    folders = (TOP / "tests" / "events", TOP / "tests" / "mappings" / "events")
    [path] = [folder / f"{recording}.json" for folder in folders if (folder / f"{recording}.json").exists()]
    loaded = telemap.loads(mapping)
    assert [problem.message for problem in loaded.warnings if problem.code != "label-unbounded"] == []
    store = telemap.apply(telemap.compile(loaded), json.loads(path.read_text(encoding="utf-8")))
    assert telemap.render(store) == expected


@every_example
def test_examples_pass_the_json_schema(recording: str, mapping: str, expected: str) -> None:
    assert schema_faults(mapping.encode()) == [], (recording, expected)


HOW_TO = [
    pytest.param(page, mapping, id=f"{page.stem}-{number}")
    for page in sorted((TOP / "docs" / "how-to").glob("*.md"))
    for number, mapping in enumerate(
        re.findall(r"```yaml\n(version: .*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize(("page", "mapping"), HOW_TO)
def test_mappings_of_how_to_pages_have_no_problems_and_make_metrics(page: Path, mapping: str) -> None:
    events = [
        event
        for name in ("emf_logs", "handled_error")
        for event in json.loads((TOP / "tests" / "events" / f"{name}.json").read_text(encoding="utf-8"))
    ]
    lines = re.findall(r"```json\n(.*)\n```", page.read_text(encoding="utf-8"))
    events += [{"type": "function", "record": line} for line in lines]
    loaded = telemap.loads(mapping)
    assert loaded.warnings == ()
    rendered = telemap.render(telemap.apply(telemap.compile(loaded), events))
    own = [family.name for family in loaded.families if not family.place.file.startswith(SHIPPED)]
    assert [name for name in own if f"# HELP {name} " not in rendered] == []


@pytest.mark.parametrize("name", ["default", "platform", "logs"])
def test_every_family_of_shipped_mappings_is_reported_with_its_type_and_labels(name: str) -> None:
    page = (TOP / "docs" / "reference" / "shipped-mappings.md").read_text(encoding="utf-8")
    section = page.split(f"## telemap:{name}\n", 1)[1].split("\n## ", 1)[0]
    told = {
        family: (kind, frozenset(filter(None, labels.split(","))))
        for family, labels, kind in re.findall(r"^\| `(\w+)(?:\{([\w,]+)\})?` \| (\w+) \|", section, re.MULTILINE)
    }
    inherited = {family.name for family in telemap.load("telemap:default").families} if name == "platform" else set()
    assert told == {
        family.name: (family.type.value, frozenset(family.label_names))
        for family in telemap.load(f"telemap:{name}").families
        if family.name not in inherited
    }


FORMS = {
    "the event": r"[ {]\$(?=[,}\n])",
    "a name": r" \$\.record\.\w+",
    "a name in quotes": r"\$\.record\['[^']+'\]",
    "an index": r"\[0\]",
    "an index from the end": r"\[-1\]",
    "a filter": r"\[\?\(@",
    "every item": r"\[\*\]",
    "every member": r"\.\*",
    "the item": r": \.[,}\n]",
    "a field of the item": r": \.\w+",
    "the key of the item": r": \$key\b",
    "the step before": r": \$parent[,}\n]",
    "a field of the step before": r"\$parent\.\w+",
    "the key of the step before": r"\$parent\.\$key",
    "a variable": r"\$\{env:\w+\}",
    "a variable with a default": r"\$\{env:\w+:-[^}]+\}",
    "the instance": r"\$\{runtime:instance\}",
    "init of every combination": r"init: all",
    "init of some": r"init: \[",
    "a shipped mapping": r"include: \[telemap:",
    "a removed family": r"^  \w+: null$",
    "a label taken away": r"[{ ]\w+: null[,}]",
    "a pattern": r"from: [\w.]+\*",
    "a list of event types": r"from: \[",
    "another path to compare with": r"\{path: \$\.record\.[\w.]+, \w+: \{path: ",
}


def test_every_key_and_every_word_of_the_language_is_in_an_example_that_is_run() -> None:
    assert sorted(known_words() - used_words(ALL_EXAMPLES)) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_paths_and_texts_is_in_an_example_that_is_run(form: str) -> None:
    assert any(re.search(FORMS[form], mapping, re.MULTILINE) for mapping in ALL_EXAMPLES)
