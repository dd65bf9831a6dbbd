"""The documentation site is complete and loads nothing from other hosts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit
from xml.etree import ElementTree as ET

import pytest
import yaml

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
PICTURES = sorted((DOCS / "pictures").glob("*"))


@pytest.fixture(scope="module")
def site(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=TOP,
        env={"NO_MKDOCS_2_WARNING": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


class Links(HTMLParser):
    """The resources, links and anchors of a page of the site."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.leads.append(told.get("href", ""))
        else:
            self.loads += [told[name] for name in ("src", "href", "srcset", "data") if name in told]
        self.places |= {told[name] for name in ("id", "name") if name in told}


@pytest.fixture(scope="module")
def linked(site: Path) -> dict[Path, Links]:
    return {path: Links(path) for path in sorted(site.rglob("*.html"))}


def is_elsewhere(link: str) -> bool:
    return bool(urlsplit(link).scheme or urlsplit(link).netloc)


def test_no_page_loads_anything_from_another_host(linked: dict[Path, Links]) -> None:
    assert [(path.name, link) for path, links in linked.items() for link in links.loads if is_elsewhere(link)] == []


def test_no_stylesheet_loads_anything_from_another_host(site: Path) -> None:
    sheets = sorted(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?!data:)(?:https?:)?//", text) == [], sheet.name


def test_every_internal_link_leads_to_an_existing_page_and_anchor(site: Path, linked: dict[Path, Links]) -> None:
    lost = []
    for path, links in linked.items():
        if path.name == "404.html":  # served for any address, so its links begin at the top of a host
            continue
        for link in [*links.leads, *links.loads]:
            target, place = urldefrag(unquote(link))
            there = (path.parent / target).resolve() if target else path
            if is_elsewhere(link):
                continue
            if not there.is_file() or (place and there in linked and place not in linked[there].places):
                lost.append((path.relative_to(site).as_posix(), link))
    assert lost == []


def test_linked_files_of_the_checkout_are_on_the_site(site: Path) -> None:
    shown = (site / "checkout" / "mappings" / "examples" / "emf.yaml.html").read_text(encoding="utf-8")
    assert "shop_" in shown
    listed = Links(site / "checkout" / "mappings" / "examples" / "index.html")
    assert "emf.yaml.html" in listed.leads


def in_nav(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    children = entry.values() if isinstance(entry, dict) else entry
    return [page for child in children for page in in_nav(child)]


def test_every_page_is_in_the_navigation_once() -> None:
    nav = yaml.safe_load((TOP / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert sorted(in_nav(nav)) == sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


@pytest.mark.parametrize("folder", ["how-to", "reference", "explanation"])
def test_every_page_can_be_reached_from_another_page(folder: str) -> None:
    linked = {
        (page.parent / target).resolve()
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text(encoding="utf-8"))
    }
    assert [page.name for page in sorted((DOCS / folder).glob("*.md")) if page.resolve() not in linked] == []


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (DOCS / "decisions" / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_every_picture_is_used_and_has_alternative_text(picture: Path) -> None:
    texts = [
        text
        for page in [TOP / "README.md", *DOCS.rglob("*.md")]
        for text, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
        if (page.parent / target).resolve() == picture
    ]
    assert texts
    assert all(len(text) > 20 for text in texts)


@pytest.mark.parametrize("picture", [path for path in PICTURES if path.suffix == ".svg"], ids=lambda path: path.name)
def test_drawings_are_small_and_load_nothing(picture: Path) -> None:
    assert picture.stat().st_size < 120_000
    tags = {element.tag.rpartition("}")[2] for element in ET.parse(picture).iter()}  # noqa: S314 - our own file
    assert "title" in tags
    assert tags.isdisjoint({"script", "image", "foreignObject", "style"})
    assert "http" not in picture.read_text(encoding="utf-8").replace("http://www.w3.org/", "")


def test_search_works_without_a_server(site: Path) -> None:
    """Browsers load neither JSON nor workers from a folder: the index is a script, and our own script is the worker."""
    page = (site / "how-to" / "deploy.html").read_text(encoding="utf-8")
    assert '<script src="../assets/iframe-worker.js">' in page
    assert (site / "assets" / "iframe-worker.js").is_file()
    script = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    places = {entry["location"] for entry in json.loads(script.removeprefix("var __index = "))["docs"]}
    assert "how-to/deploy.html" in places


def test_commands_are_copied_without_prompts_and_outputs(site: Path) -> None:
    """The copy button copies what is visible while `data-md-copying` is set; each line has an element of its own."""
    page = (site / "how-to" / "metrics-from-logs.html").read_text(encoding="utf-8")
    assert "assets/site.css" in page
    assert re.search(r'<span id="__span[^>]*><a [^>]*></a><span class="gp">\$ </span>telemap', page)
    assert re.search(r'<span id="__span[^>]*><a [^>]*></a><span class="go">lines.yaml: ok', page)
    sheet = (site / "assets" / "site.css").read_text(encoding="utf-8")
    assert re.search(r"\[data-md-copying\] \.gp,\s*\[data-md-copying\] span:has\(> \.go\) \{\s*display: none", sheet)
