"""The schemas in an editor: the real YAML language server, set up as docs/how-to/editors.md says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from servers.available import available
from servers.process import PROJECT
from tooling.language_server import LanguageServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Edit = Callable[..., Path]

PAGE = (PROJECT / "docs" / "how-to" / "editors.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
MAPPING, TESTS = "mappings/shop.yaml", "mappings/shop.test.yaml"
SETTINGS: dict[str, Any] = json.loads(EXAMPLES[".vscode/settings.json"])
NO_SETTINGS: dict[str, Any] = {}


def without_modeline(text: str) -> str:
    """Leave an empty line in its place, so that all others keep their numbers."""
    return re.sub(r"^# yaml-language-server.*", "", text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the schemas, as the page's commands put them there."""
    folder = tmp_path_factory.mktemp("project")
    [commands] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    path = f"{folder / 'bin'}:/usr/bin:/bin"
    (folder / "bin").mkdir()
    (folder / "bin" / "telemap").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m telemap "$@"\n')
    (folder / "bin" / "telemap").chmod(0o755)
    subprocess.run(["sh", "-euc", commands], cwd=folder, env={"PATH": path}, check=True)
    (folder / "mappings").mkdir()
    return folder


@pytest.fixture(scope="module", params=[NO_SETTINGS, SETTINGS], ids=["modeline", "settings"])
def editor(_integration: None, project: Path, request: pytest.FixtureRequest) -> Iterator[tuple[LanguageServer, bool]]:
    """Return the language server, and tell whether files need modelines."""
    with available(lambda: LanguageServer(project, request.param)) as server:
        yield server, not request.param


@pytest.fixture
def server(editor: tuple[LanguageServer, bool]) -> LanguageServer:
    """Return the language server."""
    return editor[0]


@pytest.fixture
def write(project: Path, editor: tuple[LanguageServer, bool]) -> Edit:
    """Return a function that writes an example of the page with one thing replaced to a new file; its path."""

    def edited(name: str, old: str = "", new: str = "") -> Path:
        text = EXAMPLES[name]
        assert old in text
        path = project / name.replace("shop", f"shop-{uuid.uuid4()}")
        path.write_text(text.replace(old, new, 1) if editor[1] else without_modeline(text.replace(old, new, 1)))
        return path

    return edited


@pytest.mark.parametrize("name", [MAPPING, TESTS])
def test_what_is_right_is_not_marked(server: LanguageServer, write: Edit, name: str) -> None:
    assert server.open(write(name)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "said"),
    [
        pytest.param(MAPPING, "help:", "hlep:", "6:5", "hlep", id="an unknown key"),
        pytest.param(MAPPING, "counter", "countr", "5:11", '"counter"', id="a wrong value"),
        pytest.param(MAPPING, "version: 1", "version: 2", "2:10", "1", id="a wrong version"),
        pytest.param(MAPPING, "from: function", "", "4:3", "from", id="a missing key"),
        pytest.param(TESTS, "expect:", "expects:", "7:5", "expects", id="an unknown key of a test"),
        pytest.param(TESTS, "}: 1", "}: one", "9:44", "number", id="a wrong value in a test"),
    ],
)
def test_what_is_wrong_is_marked_where_it_is(
    server: LanguageServer, write: Edit, name: str, old: str, new: str, place: str, said: str
) -> None:
    shown = server.open(write(name, old, new))
    assert [line for line in shown if line.startswith(f"{place}: ") and said in line], shown


RULE = "    from: function\n    labels: {currency: $.record.currency}\n"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param("value: record.x", "7:12: A number is wanted here, or a path", id="a value"),
        pytest.param("value: {path: record.x}", "7:19: A path begins with '$.'", id="a path"),
        pytest.param("each: record.x", "7:11: A path begins with '$.'", id="each"),
        pytest.param("parse: regex", "7:12: The formats are json,", id="a format"),
        pytest.param("parse: {of: $.record.x}", "7:5: One of 'as' or 'regex' is missing.", id="no format"),
        pytest.param("parse: {as: json, regex: x}", "7:23: Only one of 'as' or 'regex'.", id="two formats"),
        pytest.param("expire: 10 minutes", "7:13: A duration is numbers with units", id="a duration"),
        pytest.param("init: al", "7:11: Either 'all', or a list of label sets.", id="init"),
        pytest.param("labels: {a: {env: A-B}}", "7:23: The name of an environment variable", id="a variable"),
        pytest.param("labels: {a: {default: x}}", "7:14: One of 'path', 'first_of',", id="no origin of a label"),
        pytest.param("value: {default: 0}", "7:5: One of 'path', 'first_of' or 'const' is missing.", id="no origin"),
        pytest.param("when: [{path: $.x}]", "7:12: An operator is missing: 'equals',", id="no operator"),
        pytest.param("when: [{path: $.x, gt: 1, lt: 3}]", "7:12: A condition has one operator", id="two operators"),
        pytest.param("when: [$.x == 1]", '7:12: Incorrect type. Expected "condition".', id="no condition"),
        pytest.param('labels: {a: "\\x01"}', "7:17: Text may contain tabs", id="a control character"),
    ],
)
def test_what_is_wrong_is_told_in_words(server: LanguageServer, write: Edit, rule: str, said: str) -> None:
    shown = server.open(write(MAPPING, RULE, f"    {rule}\n    from: function\n"))
    assert [line for line in shown if line.startswith(said)], shown
    assert not [line for line in shown if "pattern" in line or "schemas" in line], shown


def test_an_unknown_key_of_parse_is_the_only_thing_that_is_marked(server: LanguageServer, write: Edit) -> None:
    shown = server.open(write(MAPPING, RULE, "    parse: {pattern: x}\n    from: function\n"))
    assert shown == ["7:13: Property pattern is not allowed."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('shop_orders_total{currency="eur"}: 1', "shop orders: 1", "9:9: A series is a name, or a name with labels"),
        ("events:\n      - {", "batches:\n      - {at: soon, ", "6:14: A duration is numbers with units"),
    ],
)
def test_what_is_wrong_in_a_test_is_told_in_words(
    server: LanguageServer, write: Edit, old: str, new: str, said: str
) -> None:
    shown = server.open(write(TESTS, old, new))
    assert [line for line in shown if line.startswith(said)], shown


def test_keys_explain_themselves(server: LanguageServer, write: Edit) -> None:
    mapping = write(MAPPING)
    server.open(mapping)
    assert "adds up" in server.hover(mapping, 5, 6)
    assert "possibly empty" not in server.hover(mapping, 6, 6)
    assert "An event type of Lambda's Telemetry API" in server.hover(mapping, 7, 6)
    assert "The nearest definition wins" in server.hover(mapping, 8, 6)


def test_keys_are_offered(server: LanguageServer, write: Edit) -> None:
    mapping = write(MAPPING, "    labels: {currency: $.record.currency}", "    ")
    server.open(mapping)
    assert {"labels", "when", "value", "unit"} <= set(server.complete(mapping, 8, 5))


def test_values_are_offered(server: LanguageServer, write: Edit) -> None:
    mapping = write(MAPPING, "counter", "")
    server.open(mapping)
    assert server.complete(mapping, 5, 11) == ["counter", "gauge", "summary", "histogram"]


def test_event_types_are_offered(server: LanguageServer, write: Edit) -> None:
    mapping = write(MAPPING, "from: function", "from: ")
    server.open(mapping)
    assert {"platform.report", "function"} <= set(server.complete(mapping, 7, 11))


@pytest.mark.parametrize(
    ("rule", "offered"),
    [
        pytest.param("from: |", {"several event types", "platform.*", "function"}, id="from"),
        pytest.param("parse: |", {"json", "logfmt", "a regular expression", "a part of the record"}, id="parse"),
        pytest.param("labels: {}\n    value: |", {"$.record.metrics.durationMs", "text that is a number"}, id="value"),
        pytest.param("labels:\n      a: |", {"$.record.status", "a field, only some values", "null"}, id="a label"),
        pytest.param("buckets: |", {"bounds at equal distances"}, id="buckets"),
        pytest.param("init: |", {"all", "some label sets"}, id="init"),
        pytest.param("when: |", {"a field equals a value", "text matches a regular expression"}, id="conditions"),
        pytest.param(
            "when:\n      - |", {"path", "a field equals a value", "a condition does not hold"}, id="a condition"
        ),
        pytest.param("when:\n      - path: $.x\n        |", {"equals", "matches", "le", "as"}, id="an operator"),
        pytest.param("when:\n      - path: $.x\n        le: |", {"the value of a field"}, id="an operand"),
        pytest.param("when: [{path: $.x, |}]", {"a field equals a value", "a field exists"}, id="in a flow map"),
        pytest.param("when: [{path: $.x, e|}]", {"equals", "exists", "matches"}, id="an operator in a flow map"),
        pytest.param("sources:\n      - |", {"from", "a rule"}, id="a rule"),
    ],
)
def test_snippets_are_offered(server: LanguageServer, write: Edit, rule: str, offered: set[str]) -> None:
    """A bar stands for the cursor."""
    before, _, after = rule.partition("|")
    mapping = write(MAPPING, RULE, f"    {before}{after}\n")
    server.open(mapping)
    lines = f"    {before}".split("\n")
    found = server.complete(mapping, 6 + len(lines), len(lines[-1]) + 1)
    assert offered <= set(found), found
    assert "[object Object]" not in found


@pytest.mark.parametrize("rule", ["from: ", "labels:\n      a: ", "help: "])
def test_true_and_false_are_not_offered_for_text(server: LanguageServer, write: Edit, rule: str) -> None:
    mapping = write(MAPPING, RULE, f"    {rule}\n")
    server.open(mapping)
    lines = f"    {rule}".split("\n")
    found = server.complete(mapping, 6 + len(lines), len(lines[-1]) + 1)
    assert found
    assert not {"true", "false"} & set(found)


def test_a_whole_metric_is_offered(server: LanguageServer, write: Edit) -> None:
    metric = EXAMPLES[MAPPING].partition("  shop_orders_total")[2]
    mapping = write(MAPPING, f"  shop_orders_total{metric}", "  shop_orders_total:\n    \n")
    server.open(mapping)
    assert {"a counter", "a gauge", "a summary", "a histogram"} <= set(server.complete(mapping, 5, 5))
    mapping = write(MAPPING, f"  shop_orders_total{metric}", "  \n")
    server.open(mapping)
    assert {"a counter, with its name", "a histogram, with its name"} <= set(server.complete(mapping, 4, 3))


def test_groups_are_offered(server: LanguageServer, write: Edit) -> None:
    metrics = EXAMPLES[MAPPING].partition("metrics:")[2]
    mapping = write(MAPPING, f"metrics:{metrics}", "groups:\n  - \n")
    server.open(mapping)
    assert {"from", "metrics from log lines in JSON"} <= set(server.complete(mapping, 4, 5))


def test_keys_of_tests_are_offered(server: LanguageServer, write: Edit) -> None:
    tests = write(TESTS, '      series:\n        shop_orders_total{currency="eur"}: 1', "      ")
    server.open(tests)
    assert {"series", "absent", "exposition", "skips"} <= set(server.complete(tests, 8, 7))
