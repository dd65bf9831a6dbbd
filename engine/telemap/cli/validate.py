"""`telemap validate`: check mappings, and show every problem."""

from __future__ import annotations

import glob
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.files import STDIN, is_foreign, is_test, read_bytes, yaml_files
from telemap.cli.inputs import add_include_root, include_root_of
from telemap.cli.output import print_json, print_lines, tell
from telemap.compiler import compile as compile_mapping
from telemap.errors import MappingError
from telemap.load import load, loads
from telemap.problem import Severity
from telemap.problem.choosing import choose
from telemap.problem.formats import annotation, as_github, as_json
from telemap.resources import SHIPPED
from telemap.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from telemap.model import Mapping
    from telemap.problem import Problem

HELP = "Check mappings, and show every problem with its place."

_SHOWN_STDIN = "<stdin>"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a mapping, a directory, a pattern such as 'mappings/*.yaml', telemap:NAME, or - for standard input",
    )
    add_include_root(parser)
    parser.add_argument("--strict", action="store_true", help="let warnings count as errors do")
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how to show problems: for people, as a JSON array on standard output, or as GitHub annotations there",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check each mapping; give 1 when any has a problem that counts."""
    names = _expand(arguments.files)
    root = include_root_of(arguments)
    checked = {name: _check(name, root) for name in names}
    news = _each_once(checked)
    problems = [problem for found in news.values() for problem in found]
    if arguments.format == "text":
        _show_text(checked, news, strict=arguments.strict)
    elif arguments.format == "json":
        print_json(as_json(problems))
    else:
        print("".join(_annotations(news)), end="")
    counts = [problem for problem in problems if arguments.strict or problem.severity is Severity.ERROR]
    return EXIT_PROBLEMS if counts else 0


def _check(name: str, root: str | None) -> tuple[tuple[Problem, ...], int]:
    """Check one mapping up to a store that its plan is bound to; give its problems and how many families it has."""
    try:
        mapping = _load(name, root)
        Store(compile_mapping(mapping), env={})
    except MappingError as error:
        return error.problems, 0
    return mapping.warnings, len(mapping.families)


def _annotations(news: dict[str, list[Problem]]) -> Iterator[str]:
    """Return the annotations of each mapping, each as a line."""
    for name, problems in news.items():
        chosen, others = choose(problems)
        yield from (f"{as_github(problem)}\n" for problem in chosen)
        if others:
            yield f"{annotation('notice', name, 'telemap', [f'{others}, not shown'])}\n"


def _each_once(checked: dict[str, tuple[tuple[Problem, ...], int]]) -> dict[str, list[Problem]]:
    """Return the problems of each mapping that no mapping before it has: several may include the same file."""
    seen = set()
    real_path = cache(os.path.realpath)
    news: dict[str, list[Problem]] = {}
    for name, (problems, _) in checked.items():
        news[name] = []
        for problem in problems:
            span = problem.place.span if problem.place else None
            identity = (real_path(problem.file), span, problem.code, problem.message)
            if identity not in seen:
                seen.add(identity)
                news[name].append(problem)
    return news


def _show_text(
    checked: dict[str, tuple[tuple[Problem, ...], int]], news: dict[str, list[Problem]], *, strict: bool
) -> None:
    """Draw problems on standard error, and list valid mappings on standard output."""
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` needs none of it

    for name, (problems, metrics) in checked.items():
        show(news[name])
        errors, warnings = _numbers(problems)
        if not errors:
            warned = f", {_count(warnings, 'warning')}" if warnings else ""
            print_lines([f"{name}: ok, {_count(metrics, 'metric')}{warned}"])
    shown = [problem for found in news.values() for problem in found]
    wrong = sum(bool(_numbers(problems)[0]) for problems, _ in checked.values())
    doubtful = sum(_numbers(problems)[0] == 0 < _numbers(problems)[1] for problems, _ in checked.values())
    if wrong:
        tell(f"{_share(wrong, len(checked))} errors ({_all(shown)})")
    elif doubtful and strict:
        tell(f"{_share(doubtful, len(checked))} warnings ({_all(shown)}), and --strict treats them as errors")


def _numbers(problems: Iterable[Problem]) -> tuple[int, int]:
    """Count errors and warnings."""
    severities = [problem.severity for problem in problems]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


def _all(problems: Iterable[Problem]) -> str:
    """Return the numbers of errors and warnings in words, such as `22 errors, 2 warnings`."""
    counts = zip(_numbers(problems), ("error", "warning"), strict=True)
    return ", ".join(_count(number, word) for number, word in counts if number)


def _share(number: int, total: int) -> str:
    return f"{number} of {total} mappings {'has' if number == 1 else 'have'}"


def _load(name: str, root: str | None) -> Mapping:
    if name == _SHOWN_STDIN:
        return loads(read_bytes(STDIN), _SHOWN_STDIN, include_root=root)
    return load(name, include_root=root)


def _expand(names: list[str]) -> list[str]:
    """Turn directories and patterns into files; tests of mappings are no mappings, and are left out.

    Raises:
        UsageError: a name stands for no file.
    """
    expanded: list[str] = []
    tests: list[str] = []
    for name in names:
        path = Path(name)
        if name == STDIN:
            expanded.append(_SHOWN_STDIN)
        elif is_test(name) and path.is_file():
            tests.append(name)
        elif name.startswith(SHIPPED) or path.is_file():
            expanded.append(name)
        elif not name:
            raise UsageError("no such file: the name is empty")
        elif found := _mappings_in(name) if path.is_dir() else _mappings_like(name):
            expanded += found
        else:
            is_there = path.is_dir() or glob.glob(name, recursive=True)
            raise UsageError(f"no mapping, *.yaml or *.yml, in {name}" if is_there else f"no such file: {name}")
    if tests and not expanded:
        raise UsageError(f"{tests[0]} is a mapping test; run it with: telemap test {tests[0]}")
    return list(dict.fromkeys(expanded))


def _mappings_in(folder: str) -> list[str]:
    return sorted(name for name in yaml_files(folder) if not is_test(name))


def _mappings_like(pattern: str) -> list[str]:
    """Return the mappings of a pattern: a directory that it gives stands for those in it.

    Of a pattern that says nothing of how names end, other files than YAML's are left out: there may be a README. And
    `**` does not lead to other people's files.
    """
    names = sorted(glob.glob(pattern, recursive=True))
    found: list[str] = []
    for name in [name for name in names if not ("**" in pattern and is_foreign(name))]:
        if Path(name).is_dir():
            found += _mappings_in(name)
        elif not is_test(name) and (not pattern.endswith("*") or name.endswith((".yaml", ".yml"))):
            found.append(name)
    return found


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else f'{word}s'}"
