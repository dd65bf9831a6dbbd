"""Command lines in the documentation are valid, and help texts are short."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from pages import command_lines
from pages.command_help import options_of
from pages.command_lines import CommandLine

from telemap.cli import GROUP, build_parser

TOP = Path(__file__).parents[2]
PAGES = [*sorted(TOP.glob("*.md")), *sorted((TOP / "docs").rglob("*.md"))]
PARSER = build_parser([])
COMMANDS = sorted(entry.name for entry in entry_points(group=GROUP))

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
every_command = pytest.mark.parametrize("command", COMMANDS)


def fault(line: CommandLine, capsys: pytest.CaptureFixture[str]) -> str:
    """Return why the parser refuses a command line, or an empty string."""
    try:
        PARSER.parse_args(line.words)
    except SystemExit as end:
        said = capsys.readouterr().err
        return f"line {line.line}: telemap {' '.join(line.words)}: {said}" if end.code else ""
    return ""


@every_page
def test_commands_in_fences_are_accepted_by_telemap(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = command_lines.fenced(path.read_text(encoding="utf-8"))
    assert [said for line in lines if (said := fault(line, capsys))] == []


@every_page
def test_commands_and_options_named_in_text_exist(path: Path) -> None:
    for line in command_lines.inline(path.read_text(encoding="utf-8")):
        command, *rest = line.words
        if command in {"COMMAND", "help", "version"} or command.startswith("-"):
            continue
        assert command in COMMANDS, f"line {line.line}"
        options = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert options <= {*options_of(command), "--help"}, f"line {line.line}"


def test_command_lines_are_found_in_fences_and_text() -> None:
    readme = list(command_lines.fenced((TOP / "README.md").read_text(encoding="utf-8")))
    assert ("validate", "--strict", "shop.yaml") in {line.words for line in readme}
    commands = (TOP / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert {line.words[0] for line in command_lines.inline(commands)} >= set(COMMANDS)


PAGE = """Report `telemap sweep --dry-run`.

```console
$ TELEMAP_X=1 .venv/bin/telemap preview --mapping m.yaml \\
    --events 'a b.json' 2>&1 | head   # as it is
telemap: no such file: m.yaml
$ telemap validate m.yaml && telemap compile m.yaml >plan
```
"""


def test_command_lines_are_split_as_a_shell_would() -> None:
    assert list(command_lines.inline(PAGE)) == [CommandLine(1, ("sweep", "--dry-run"))]
    assert list(command_lines.fenced(PAGE)) == [
        CommandLine(4, ("preview", "--mapping", "m.yaml", "--events", "a b.json")),
        CommandLine(7, ("validate", "m.yaml")),
        CommandLine(7, ("compile", "m.yaml")),
    ]


@every_command
def test_help_fits_on_a_screen_or_has_short_groups(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        PARSER.parse_args([command, "--help"])
    lines = capsys.readouterr().out.splitlines()
    groups = "\n".join(lines).split("\n\n")
    assert len(lines) <= 29 or (len(groups) > 4 and len(lines) <= 46)
    assert max(len(group.splitlines()) for group in groups) <= 24
    assert max(map(len, lines)) <= 80


def test_the_list_of_commands_describes_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = PARSER.format_help()
    assert len(text.splitlines()) <= 32
    for command in COMMANDS:
        assert re.search(rf"^ +{command}\s+\w{{3}}", text, re.MULTILINE), command
