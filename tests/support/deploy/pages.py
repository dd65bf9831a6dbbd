"""What stands in the pages about deployment."""

from __future__ import annotations

import re
import shlex
from textwrap import dedent
from typing import TYPE_CHECKING

from layers.building import PROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGES = ("deploy", "secure-the-gateway", "upgrade")
_ASSIGNED = re.compile(r"^\w+=\$\((.*)\)$")


def text(page: str) -> str:
    """Return a how-to page."""
    return (PROJECT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of code of a language, those inside lists too."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", text(page), re.MULTILINE | re.DOTALL)
    return [dedent(block) for _, block in found]


def checked(page: str, name: str) -> str:
    """Return the block that is marked with a name."""
    [block] = re.findall(rf"<!-- checked: {name} -->\n```\w*\n(.*?)```", text(page), re.DOTALL)
    return str(block)


def command_lines(page: str) -> list[str]:
    """Return the command lines of a page, those whose output goes into a variable without the variable."""
    lines = [line.strip() for block in blocks(page, "sh") for line in block.replace("\\\n", " ").splitlines()]
    return [_ASSIGNED.sub(r"\1", line) for line in lines if line]


def commands(program: str, pages: Sequence[str] = PAGES) -> list[list[str]]:
    """Return all command lines of a program, as words, without it."""
    lines = [line.partition(" | ")[0].partition("   #")[0] for page in pages for line in command_lines(page)]
    return [words[1:] for line in lines if (words := shlex.split(line)) and words[0] == program]
