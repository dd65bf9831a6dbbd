"""`telemap validate`: report every problem in mappings."""

from __future__ import annotations

import glob
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.delivery_option import add_delivery, goes_to_gateway
from telemap.cli.files import STDIN, is_recording, is_test, is_third_party, read_bytes, yaml_files
from telemap.cli.inputs import add_include_root, include_root_of
from telemap.cli.output import print_json, print_lines, print_to_stderr
from telemap.cli.values import file_name
from telemap.compiler import compile as compile_mapping
from telemap.count_text import count_text
from telemap.document.included import require_within
from telemap.errors import MappingError
from telemap.load import load, loads
from telemap.problem import Severity
from telemap.problem.choosing import choose
from telemap.problem.formats import annotation, as_github, as_json
from telemap.resources import SHIPPED, mapping_path
from telemap.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from telemap.model import Mapping
    from telemap.problem import Problem

HELP = "Check mappings, and report every problem with its location."

_STDIN_NAME = "<stdin>"
"""The name of standard input in problems."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=file_name,
        help="a mapping, a directory, a pattern such as 'mappings/*.yaml', telemap:NAME, or - for standard input",
    )
    add_include_root(parser)
    add_delivery(parser)
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="for people (the default), a JSON array, or GitHub Actions annotations",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check each mapping, and return 1 if any has an error, or with --strict a warning."""
    names = _expand(arguments.files)
    root = include_root_of(arguments)
    to_gateway = goes_to_gateway(arguments)
    checked = {name: _check(name, root, to_gateway=to_gateway) for name in names}
    unique = _unique(checked)
    problems = [problem for found in unique.values() for problem in found]
    if arguments.format == "text":
        _show_text(checked, unique, strict=arguments.strict)
    elif arguments.format == "json":
        print_json(as_json(problems))
    else:
        print("".join(_annotations(unique)), end="")
    has_failed = any(arguments.strict or problem.severity is Severity.ERROR for problem in problems)
    return EXIT_PROBLEMS if has_failed else 0


def _check(name: str, root: str | None, *, to_gateway: bool) -> tuple[tuple[Problem, ...], int]:
    """Check a mapping, including its compiled plan; return its problems and its number of metrics."""
    try:
        mapping = _load(name, root, to_gateway=to_gateway)
        Store(compile_mapping(mapping), env={})
    except MappingError as error:
        if name != _STDIN_NAME and is_recording(mapping_path(name)):
            hint = "this looks like a recording: 'telemap preview MAPPING EVENTS' applies a mapping to it"
            return (replace(error.problems[0], place=None, help=hint),), 0
        return error.problems, 0
    return mapping.warnings, len(mapping.families)


def _annotations(unique: dict[str, list[Problem]]) -> Iterator[str]:
    """Yield the annotations of each mapping, one per line."""
    for name, problems in unique.items():
        chosen, others = choose(problems)
        yield from (f"{as_github(problem)}\n" for problem in chosen)
        if others:
            yield f"{annotation('notice', name, 'telemap', [f'{others} not shown'])}\n"


def _unique(checked: dict[str, tuple[tuple[Problem, ...], int]]) -> dict[str, list[Problem]]:
    """Return the problems of each mapping without those of mappings before it, which may include the same file."""
    seen = set()
    real_path = cache(os.path.realpath)
    unique: dict[str, list[Problem]] = {}
    for name, (problems, _) in checked.items():
        unique[name] = []
        for problem in problems:
            span = problem.place.span if problem.place else None
            identity = (real_path(problem.file), span, problem.code, problem.message)
            if identity not in seen:
                seen.add(identity)
                unique[name].append(problem)
    return unique


def _show_text(
    checked: dict[str, tuple[tuple[Problem, ...], int]], unique: dict[str, list[Problem]], *, strict: bool
) -> None:
    """Draw problems on standard error, and list valid mappings on standard output."""
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` does not need it

    for name, (problems, metrics) in checked.items():
        show(unique[name])
        errors, warnings = _severities(problems)
        if not errors:
            suffix = f", {count_text(warnings, 'warning')}" if warnings else ""
            print_lines([f"{name}: ok, {count_text(metrics, 'metric')}{suffix}"])
    severities = [_severities(problems) for problems, _ in checked.values()]
    with_errors = sum(errors > 0 for errors, _ in severities)
    with_warnings = sum(errors == 0 < warnings for errors, warnings in severities)
    totals = _totals([problem for found in unique.values() for problem in found])
    if with_errors:
        print_to_stderr(f"{_share(with_errors, len(checked))} errors ({totals})")
    elif with_warnings and strict:
        print_to_stderr(
            f"{_share(with_warnings, len(checked))} warnings ({totals}), and --strict treats them as errors"
        )


def _severities(problems: Iterable[Problem]) -> tuple[int, int]:
    """Return the number of errors and of warnings."""
    severities = [problem.severity for problem in problems]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


def _totals(problems: Iterable[Problem]) -> str:
    """Return the number of errors and warnings as text, such as `22 errors, 2 warnings`."""
    counts = zip(_severities(problems), ("error", "warning"), strict=True)
    return ", ".join(count_text(number, word) for number, word in counts if number)


def _share(number: int, total: int) -> str:
    return f"{number} of {total} mappings {'has' if number == 1 else 'have'}"


def _load(name: str, root: str | None, *, to_gateway: bool) -> Mapping:
    if name == _STDIN_NAME:
        return loads(read_bytes(STDIN), _STDIN_NAME, include_root=root, to_gateway=to_gateway)
    if root is not None and not name.startswith(SHIPPED):
        require_within(Path(name), name, Path(root))
    return load(name, include_root=root, to_gateway=to_gateway)


def _expand(names: list[str]) -> list[str]:
    """Expand directories and patterns to files, without mapping tests.

    Raises:
        UsageError: a name matches no file.
    """
    expanded: list[str] = []
    tests: list[str] = []
    for name in names:
        path = Path(name)
        if name == STDIN:
            expanded.append(_STDIN_NAME)
        elif is_test(name) and path.is_file():
            tests.append(name)
        elif name.startswith(SHIPPED) or path.is_file():
            expanded.append(name)
        elif found := _mappings_in(name) if path.is_dir() else _mappings_like(name):
            expanded += found
        else:
            exists = path.is_dir() or glob.glob(name, recursive=True)
            raise UsageError(f"no mappings (*.yaml, *.yml) in {name}" if exists else f"no such file: {name}")
    if tests and not expanded:
        raise UsageError(f"{tests[0]} is a mapping test; run it with: telemap test {tests[0]}")
    return list(dict.fromkeys(expanded))


def _mappings_in(folder: str) -> list[str]:
    return sorted(name for name in yaml_files(folder) if not is_test(name))


def _mappings_like(pattern: str) -> list[str]:
    """Return the mappings that a pattern matches; a directory stands for those below it.

    A pattern that ends in `*` matches YAML files only, since there may be a README, too. `**` does not match
    third-party files.
    """
    names = sorted(glob.glob(pattern, recursive=True))
    found: list[str] = []
    for name in [name for name in names if not ("**" in pattern and is_third_party(name))]:
        if Path(name).is_dir():
            found += _mappings_in(name)
        elif not is_test(name) and (not pattern.endswith("*") or name.endswith((".yaml", ".yml"))):
            found.append(name)
    return found
