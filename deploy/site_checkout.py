"""An MkDocs hook for links from the documentation to files of the checkout that are not pages.

Pages are read in two places. On a code host, a link such as `../../mappings/examples/emf.yaml` leads to that file. The
site only contains `docs/`, so this hook adds a page for each linked file and folder, and rewrites the links.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

FOLDER = "checkout"
"""The folder of these pages on the site."""

_LINK = re.compile(r"(?<=\]\()(?!\w+:)(?P<target>[^)#\s]*\.\./[^)#\s]*)")
_LANGUAGES = {
    ".json": "json",
    ".md": "markdown",
    ".py": "python",
    ".tf": "hcl",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file and folder outside the documentation that a page links to."""
    docs = Path(config.docs_dir)
    linked = {
        outside
        for file in files.documentation_pages()
        for match in _LINK.finditer(file.content_string)
        if (outside := _outside(docs, file.src_uri, match["target"]))
    }
    for path in sorted({path for name in linked for path in _with_contents(docs.parent / name)}):
        name = path.relative_to(docs.parent).as_posix()
        files.append(File.generated(config, _page_of(path, name), content=_content(path, name)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs defines the signature
    """Rewrite links that leave the documentation to the pages of their targets."""
    docs = Path(config.docs_dir)

    def rewritten(match: re.Match[str]) -> str:
        name = _outside(docs, page.file.src_uri, match["target"])
        return _relative(page.file.src_uri, _page_of(docs.parent / name, name)) if name else match["target"]

    return _LINK.sub(rewritten, markdown)


def _outside(docs: Path, source: str, target: str) -> str:
    """Return a link's target relative to the checkout; empty unless it exists outside `docs/`."""
    name = posixpath.normpath(posixpath.join(docs.name, posixpath.dirname(source), target))
    is_outside = not name.startswith((f"{docs.name}/", "../"))
    return name if is_outside and (docs.parent / name).exists() else ""


def _with_contents(path: Path) -> Iterator[Path]:
    """Yield a path and, for a folder, its contents."""
    yield path
    if path.is_dir():
        for child in path.iterdir():
            if not child.name.startswith((".", "__")):
                yield from _with_contents(child)


def _page_of(path: Path, name: str) -> str:
    return f"{FOLDER}/{name}/index.md" if path.is_dir() else f"{FOLDER}/{name}.md"


def _relative(source: str, page: str) -> str:
    return posixpath.relpath(page, posixpath.dirname(source) or ".")


def _content(path: Path, name: str) -> str:
    """Return the page of a file or a folder, in Markdown."""
    if path.is_dir():
        here = _page_of(path, name)
        pages = [(child.name, _page_of(child, f"{name}/{child.name}")) for child in sorted(path.iterdir())]
        lines = [f"* [{text}]({_relative(here, page)})" for text, page in pages if not text.startswith((".", "__"))]
    else:
        fence = "`" * 5
        lines = [f"{fence}{_LANGUAGES.get(path.suffix, 'text')}", path.read_text(encoding="utf-8").rstrip("\n"), fence]
    return "\n".join([f"# {name}", "", *lines, ""])
