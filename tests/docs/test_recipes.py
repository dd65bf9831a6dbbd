"""Every recipe has a mapping, a test of it, a row in the page's table, and links to and from the reference.

`test_walkthroughs.py` validates the mappings and runs their tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "how-to" / "recipes.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference" / "mapping.md").read_text(encoding="utf-8")
RECIPES = [
    pytest.param(title, text, id=title)
    for title, text in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    if title != "Check them"
]


def anchor(title: str) -> str:
    return re.sub(r"[^\w-]", "", title.lower().replace(" ", "-"))


def test_recipes_are_found() -> None:
    assert len(RECIPES) == PAGE.count('.test.yaml"')


@pytest.mark.parametrize(("title", "text"), RECIPES)
def test_a_recipe_is_a_mapping_and_its_test(title: str, text: str) -> None:
    mapping, test = re.findall(r'```yaml title="(\S+)\.yaml"', text)
    assert test == f"{mapping}.test", title
    assert "only: true" in text


@pytest.mark.parametrize(("title", "text"), RECIPES)
def test_a_recipe_is_linked_to_and_from_the_reference(title: str, text: str) -> None:
    assert f"| [{title}](#{anchor(title)}) |" in PAGE
    assert f"](../how-to/recipes.md#{anchor(title)})" in REFERENCE
    assert re.search(r"^Reference: \[[^]]+\]\(\.\./reference/mapping\.md#", text, re.MULTILINE)
