"""Links from the documentation to files of the checkout lead to pages on the site."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

HOOK = Path(__file__).parents[2] / "deploy" / "site_checkout.py"

CONFIG = f"""
site_name: scratch
theme: {{name: mkdocs, highlightjs: false}}
plugins: []
hooks: [{HOOK}]
not_in_nav: /checkout/
validation: {{links: {{unrecognized_links: warn}}}}
"""


def build(top: Path, page: str) -> subprocess.CompletedProcess[str]:
    (top / "docs" / "how-to").mkdir(parents=True)
    (top / "docs" / "how-to" / "page.md").write_text(page)
    (top / "docs" / "index.md").write_text("[page](how-to/page.md)")
    (top / "mkdocs.yml").write_text(CONFIG)
    (top / "folder" / "deeper").mkdir(parents=True)
    (top / "folder" / ".hidden").write_text("")
    (top / "folder" / "read.me.md").write_text("```yaml\na: 1\n```\n[not a link of the site](nowhere.md)\n")
    (top / "folder" / "deeper" / "one.yaml").write_text("a: <b>\n")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(top / "site")]
    return subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)


def test_a_file_becomes_a_page_with_its_content(tmp_path: Path) -> None:
    assert build(tmp_path, "[one](../../folder/deeper/one.yaml)").returncode == 0
    page = (tmp_path / "site" / "how-to" / "page" / "index.html").read_text()
    assert 'href="../../checkout/folder/deeper/one.yaml/"' in page
    shown = (tmp_path / "site" / "checkout" / "folder" / "deeper" / "one.yaml" / "index.html").read_text()
    assert "a: &lt;b&gt;" in shown


def test_a_folder_becomes_a_list_of_pages_without_hidden_files(tmp_path: Path) -> None:
    built = build(tmp_path, "[all](../../folder/)")
    assert built.returncode == 0, built.stderr
    listed = (tmp_path / "site" / "checkout" / "folder" / "index.html").read_text()
    assert 'href="deeper/"' in listed
    assert ".hidden" not in listed
    assert "not a link of the site" in (tmp_path / "site/checkout/folder/read.me.md/index.html").read_text()


def test_a_link_that_leads_nowhere_still_fails_the_build(tmp_path: Path) -> None:
    built = build(tmp_path, "[one](../../folder/two.yaml)")
    assert built.returncode != 0
    assert "two.yaml" in built.stderr


def test_a_link_that_leaves_the_checkout_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    top = tmp_path / "checkout"
    top.mkdir()
    assert build(top, "[secret](../../../secret)").returncode != 0
    assert not list((top / "site").rglob("*secret*"))
