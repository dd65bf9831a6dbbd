"""`make simulate`: play many lives, or one with its story.

make simulate SEEDS=10000    play seeds 0 to 9999 on all processors
make simulate SEED=123       tell the life of a seed; if it fails, shortened to what still fails
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING

from simulation.play import play
from simulation.script import script_of
from simulation.shrink import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.script import Script

_CHUNK = 500
"""Lives of a process, which leaves its garbage, some 60 MB, to the system: to collect it takes a tenth of the time."""

_MAX_SHOWN = 20


def main() -> int:
    """Play what the arguments say; return how many lives failed, as an exit code."""
    parser = argparse.ArgumentParser(description="Play lives of a sandbox in simulated time.")
    parser.add_argument("--seeds", type=int, default=10_000, help="how many lives")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="tell the life of this seed")
    options = parser.parse_args()
    return _many(options.first, options.seeds) if options.seed is None else _one(options.seed)


def failures(first: int, number: int) -> list[tuple[int, list[str]]]:
    """Play lives, and return those that fail, with what is wrong."""
    found = []
    for seed in range(first, first + number):
        wrong = play(script_of(seed)).wrong
        if wrong:
            found.append((seed, wrong))
    return found


def _many(first: int, number: int) -> int:
    os.environ.clear()  # its variables may hold secrets, which telemap looks for in whatever it says
    play(script_of(first))  # what all lives share is made once
    gc.disable()
    began = time.monotonic()
    count = 0
    chunks = [(at, min(_CHUNK, first + number - at)) for at in range(first, first + number, _CHUNK)]
    processors = os.cpu_count() or 1
    for at in range(0, len(chunks), processors):
        with ProcessPoolExecutor(processors, get_context("fork")) as pool:
            for found in pool.map(_chunk, chunks[at : at + processors]):
                for seed, wrong in islice(found, max(0, _MAX_SHOWN - count)):
                    print(f"seed {seed}: {wrong[0]}", flush=True)
                count += len(found)
    seconds = time.monotonic() - began
    print(f"{number} lives in {seconds:.0f} s, {number / seconds:.0f} a second: {count or 'none'} failed")
    if count:
        print("to see one: make simulate SEED=NUMBER")
    return min(count, 1)


def _chunk(chunk: tuple[int, int]) -> list[tuple[int, list[str]]]:
    return failures(*chunk)


def _one(seed: int) -> int:
    os.environ.clear()
    script = script_of(seed)
    outcome = play(script)
    if outcome.wrong:
        script = shorten(script)
        outcome = play(script)
    print("\n".join((*_described(script), "", *outcome.story, "")))
    for wrong in outcome.wrong:
        print(f"broken: {wrong}")
    return 1 if outcome.wrong else 0


def _described(script: Script) -> Iterator[str]:
    """Return what a script says, a line each; as Python, so that it can become a test."""
    yield f"setup = {script.setup}"
    for name in ("steps", "posts", "exchanges"):
        yield f"{name} = ("
        yield from (f"    {one}," for one in getattr(script, name))
        yield ")"


if __name__ == "__main__":
    sys.exit(main())
