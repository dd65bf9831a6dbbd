"""An MkDocs hook that puts the static playground into the site, and links to it from each example.

`make docs` builds the playground and names its folder in PLAYGROUND. Without Node.js there is none; then the site has
no such links, and its page about the playground says how to get one.
"""

from __future__ import annotations

import os
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playground_examples import examples_of_recipes, examples_of_reference

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

VARIABLE: Final = "PLAYGROUND"
FOLDER: Final = "playground"
"""The folder of the playground on the site."""

_EXAMPLES: Final = {"reference/mapping.md": examples_of_reference, "how-to/recipes.md": examples_of_recipes}

_MARK: Final = "<!-- playground of this site -->"
_HERE: Final = (
    '<a href="{address}">Open the playground of this site</a>: the engine runs in your browser, and nothing is sent '
    "anywhere. If you read the site from a folder, serve it first: <code>python3 -m http.server --directory "
    "build/site</code>."
)
_NOWHERE: Final = (
    "This copy of the documentation has no playground, because it was built without Node.js. Install Node.js 20 or "
    "later, and run <code>make docs</code>; or run <code>telemap playground</code>, which needs none."
)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs defines the signature
    """Add a link below each example, and say where the playground is."""
    name = page.file.src_uri
    address = f"{'../' * name.count('/')}{FOLDER}/index.html"
    has_playground = bool(os.environ.get(VARIABLE))
    if name in _EXAMPLES and has_playground:
        markdown = _linked(markdown, name, address)
    return markdown.replace(_MARK, f"<p>{_HERE.format(address=address) if has_playground else _NOWHERE}</p>")


def on_post_build(*, config: MkDocsConfig) -> None:
    """Copy the playground into the site."""
    if built := os.environ.get(VARIABLE):
        target = Path(config.site_dir) / FOLDER
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(built, target)


def _linked(markdown: str, name: str, address: str) -> str:
    """Return a page with a link below the mapping of each example.

    The links are written as HTML, because mkdocs would look for their target before it is there.
    """
    parts = []
    at = 0
    for example in _EXAMPLES[name](markdown):
        link = escape(f"{address}{example.fragment()}")
        parts += [
            markdown[at : example.end],
            f'\n\n<p class="playground"><a href="{link}">Open in the playground</a></p>\n',
        ]
        at = example.end
    return "".join([*parts, markdown[at:]])
