"""Each example of the playground is valid and makes samples; the site links to it from where it is written."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import site_playground
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from playground_examples import (
    RECIPES,
    REFERENCE,
    Example,
    answers,
    examples_of_recipes,
    examples_of_reference,
    listed_examples,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    "reference/mapping.md": (REFERENCE, examples_of_reference, r"<!-- example"),
    "how-to/recipes.md": (RECIPES, examples_of_recipes, r"^Reference: "),
}
LINKED = [
    pytest.param(example, id=f"{name}-{example.name}")
    for name, (path, examples, _) in PAGES.items()
    for example in examples(path.read_text(encoding="utf-8"))
]
LISTED = [pytest.param(one, id=one.name) for examples in listed_examples().values() for one in examples]


def unpacked(fragment: str) -> Any:
    version, _, packed = fragment.removeprefix("#").partition(".")
    assert version == "1"
    data = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return json.loads(zlib.decompress(data))


def built_page(name: str, text: str) -> str:
    config = MkDocsConfig()
    file = File(name, src_dir="docs", dest_dir="site", use_directory_urls=False)
    return site_playground.on_page_markdown(text, page=Page(None, file, config), config=config, files=Files([]))


@pytest.mark.parametrize("name", PAGES)
def test_every_example_of_a_page_is_found(name: str) -> None:
    path, examples, mark = PAGES[name]
    text = path.read_text(encoding="utf-8")
    assert len(list(examples(text))) == len(re.findall(mark, text, re.MULTILINE)) > 5


@pytest.mark.parametrize("example", [*LINKED, *LISTED])
def test_an_example_is_valid_and_makes_samples(example: Example) -> None:
    told = answers(example)
    assert [one for one in told["evaluate"]["problems"] if one["severity"] == "error"] == []
    assert told["evaluate"]["events"]["error"] is None
    assert any(event["state"] == "made" for event in told["trace"]["events"])


def test_listed_examples_have_names_of_their_own() -> None:
    names = [one.name for examples in listed_examples().values() for one in examples]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,80}", name) for name in names)


def test_what_is_listed_is_written(tmp_path: Path) -> None:
    write(tmp_path)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert {f"{one['name']}.json" for one in index} | {"index.json"} == {path.name for path in tmp_path.iterdir()}
    shop = json.loads((tmp_path / "shop.json").read_text(encoding="utf-8"))
    assert shop["answers"]["evaluate"]["valid"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_links_to_each_of_its_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(site_playground.VARIABLE, "build/playground")
    path, examples, _ = PAGES[name]
    text = path.read_text(encoding="utf-8")
    built = built_page(name, text)
    links = re.findall(r'```\n\n<p class="playground"><a href="\.\./playground/index\.html(#[^"]+)">', built)
    assert [unpacked(unescape(link)) for link in links] == [
        {"mapping": one.mapping, "events": one.events, "name": one.file} for one in examples(text)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_without_a_playground_no_page_links_to_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(site_playground.VARIABLE, raising=False)
    text = PAGES[name][0].read_text(encoding="utf-8")
    assert built_page(name, text) == text


def test_a_page_says_where_the_playground_is_or_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "before\n\n<!-- playground of this site -->\n\nafter"
    monkeypatch.setenv(site_playground.VARIABLE, "build/playground")
    assert 'href="../playground/index.html"' in built_page("how-to/playground.md", text)
    monkeypatch.delenv(site_playground.VARIABLE)
    assert "built without Node.js" in built_page("how-to/playground.md", text)


def test_the_site_gets_the_playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built, site = tmp_path / "built", tmp_path / "site"
    built.mkdir()
    (built / "index.html").write_text("new")
    (site / "playground").mkdir(parents=True)
    (site / "playground" / "old.js").touch()
    monkeypatch.setenv(site_playground.VARIABLE, str(built))
    config = MkDocsConfig()
    config.site_dir = str(site)
    site_playground.on_post_build(config=config)
    assert [path.name for path in (site / "playground").iterdir()] == ["index.html"]
