"""Compare telemap with its peers, and check its targets.

Each group of rows runs in a fresh process, so that none inherits another's heap or imports. The exit code is 1 if a
target is missed by more than the noise.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from effort import FULL, QUICK, TINY
from machine import machine
from report import as_json, as_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from effort import Effort
    from result import Result

_PROCESSOR = "arm64" if platform.machine() == "aarch64" else platform.machine()
_LAYER = Path(__file__).parents[1] / "dist" / f"telemap-layer-{_PROCESSOR}.zip"
_RESULTS = Path(__file__).parent / "results"
_QUICK = ("applying", "rendering", "starting", "floor")
_ALL = ("applying", "families", "rendering", "pushing", "long_life", "starting", "floor", "memory", "loading",
        "layer", "small_functions")  # fmt: skip
_EFFORTS = {"full": FULL, "quick": QUICK, "tiny": TINY}


def main(words: Sequence[str]) -> int:
    """Run the benchmark, print and save the table, and return 1 if a target is missed."""
    arguments = _arguments(words)
    groups = arguments.only or (_QUICK if arguments.effort == "quick" else _ALL)
    effort = replace(_EFFORTS[arguments.effort], layer=None if arguments.installed else arguments.layer)
    about = machine() | {"layer": "as built" if effort.layer else "assembled from the installed packages"}
    about |= {"effort": arguments.effort}
    results = [result for group in groups for result in _measured(group, effort)]
    results.sort(key=_place)
    page = as_markdown(results, about)
    arguments.results.mkdir(parents=True, exist_ok=True)
    (arguments.results / f"{arguments.effort}.md").write_text(page, encoding="utf-8")
    (arguments.results / f"{arguments.effort}.json").write_text(as_json(results, about), encoding="utf-8")
    print(page)
    return any(one.verdict == "missed" for one in results)


def _place(result: Result) -> tuple[bool, int]:
    """Return the sort key of a result: rows by number, then those without a number."""
    number = result.row.partition(",")[0]
    return not number.isdigit(), int(number) if number.isdigit() else 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--effort", choices=_EFFORTS, default="full", help="how much to measure (default: %(default)s)")
    parser.add_argument("--only", choices=_ALL, action="append", help="measure this group of rows; may be repeated")
    parser.add_argument("--results", type=Path, default=_RESULTS, help="directory for the results")
    parser.add_argument("--layer", type=Path, default=_LAYER, help="the layer to measure")
    parser.add_argument("--installed", action="store_true", help="measure the installed package instead of a layer")
    return parser.parse_args(words)


def _measured(group: str, effort: Effort) -> list[Result]:
    """Measure a group of rows in a new process."""
    print(f"measuring {group}", file=sys.stderr)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        return executor.submit(measure, group, effort).result()


def measure(group: str, effort: Effort) -> list[Result]:
    """Measure a group of rows in this process."""
    return list(importlib.import_module(f"rows.{group}").measure(effort))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
