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


def test_keys_of_tests_are_offered(server: LanguageServer, write: Edit) -> None:
    tests = write(TESTS, '      series:\n        shop_orders_total{currency="eur"}: 1', "      ")
    server.open(tests)
    assert {"series", "absent", "exposition", "skips"} <= set(server.complete(tests, 8, 7))
