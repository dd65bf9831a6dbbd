"""Every command on the pages is run, in order, and prints what the page shows."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from pages import walkthrough
from pages.shell import Shell
from pages.walkthrough import ADDRESS, Needs, Run, Step, Write, is_printed
from patience import PATIENT_COMMAND
from servers.available import available
from servers.process import find_program, free_port

DOCS = Path(__file__).parents[2] / "docs"
PAGES = walkthrough.pages(DOCS)
README = DOCS.parent / "README.md"  # its `sh` fences are for a checkout, or for AWS


@pytest.mark.integration
@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: page.stem)
def test_every_command_on_the_page_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    folder = tmp_path / "page"
    folder.mkdir()
    with Shell(folder) as shell:
        ports = {address: f"127.0.0.1:{free_port()}" for address in sorted(set(ADDRESS.findall(text)))}
        for step in walkthrough.steps(text):
            _take(step, folder, shell, ports)


def _take(step: Step, folder: Path, shell: Shell, ports: dict[str, str]) -> None:
    match step:
        case Needs(_, programs):
            for program in programs:
                available(partial(find_program, program))
        case Write(_, name, text):
            path = folder / name
            assert path.resolve().is_relative_to(folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_replaced(text, ports), encoding="utf-8")
        case Run(line, command, printed, may_fail):
            finished = shell.run(_patient(_replaced(command, ports)))
            output = _replaced(finished.output, {real: told for told, real in ports.items()})
            where = f"line {line}: {command}\nprinted, with exit code {finished.code}:\n{output}"
            assert is_printed(printed, output), where
            assert finished.code == 0 or may_fail, where


def _patient(command: str) -> str:
    """Return a command whose sandbox, if it has one, does not blame the extension for a busy machine."""
    return command.replace("telemap sandbox", " ".join(("telemap sandbox", *PATIENT_COMMAND)))


def _replaced(text: str, addresses: dict[str, str]) -> str:
    for old, new in addresses.items():
        text = text.replace(old, new)
    return text


def test_the_tutorial_is_tested() -> None:
    assert DOCS / "tutorial.md" in PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_on_the_page_is_in_a_tested_fence(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("\n$ ") == sum(isinstance(step, Run) for step in walkthrough.steps(text))
    assert "```sh\n" not in text


PAGE = """
<!-- needs: bash -->

```yaml title="a/mapping.yaml"
version: 1
```

```console
$ cat a/mapping.yaml \\
    a/mapping.yaml
version: 1
...
$ false
$ echo $?
1
```

```yaml
metrics: shown only
```
"""


def test_steps_are_files_commands_and_requirements() -> None:
    assert list(walkthrough.steps(PAGE)) == [
        Needs(2, ("bash",)),
        Write(4, "a/mapping.yaml", "version: 1\n"),
        Run(9, "cat a/mapping.yaml \\\n    a/mapping.yaml", "version: 1\n...\n", may_fail=False),
        Run(13, "false", "", may_fail=True),
        Run(14, "echo $?", "1\n", may_fail=False),
    ]


@pytest.mark.parametrize(
    ("expected", "got", "fits"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nb\nc\n", False),
        ("a\n", "", False),
        ("", "a\n", False),
        ("a\n", "a  \n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nd\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("took ... ms\n", "took 12 ms\n", True),
        ("took ... ms\n", "took 12\n3 ms\n", False),
        ("a.b\n", "axb\n", False),
    ],
)
def test_dots_match_omitted_output(expected: str, got: str, *, fits: bool) -> None:
    assert is_printed(expected, got) is fits


@pytest.mark.integration
def test_the_shell_keeps_state_and_returns_exit_codes(tmp_path: Path) -> None:
    with Shell(tmp_path) as shell:
        assert shell.run("word=kept; cat; (exit 3)") == ("", 3)
        assert shell.run('echo "$? $word"; echo gone wrong >&2') == ("3 kept\ngone wrong\n", 0)
