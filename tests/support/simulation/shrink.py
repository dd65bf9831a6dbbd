"""Shorten a script that breaks a promise to the fewest steps that still break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from simulation.play import play
from simulation.script import Exchange, Invoke, Post, Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from simulation.script import Script, Step

T = TypeVar("T")


def promise(wrong: str) -> str:
    """Return the name of the promise that a line says is broken."""
    return wrong.partition(":")[0]


def shorten(script: Script) -> Script:
    """Leave out of a script, and make ordinary, what is not needed to break the same promise."""
    broken = {promise(wrong) for wrong in play(script).wrong}

    def fails(candidate: Script) -> bool:
        return any(promise(wrong) in broken for wrong in play(candidate).wrong)

    before = None
    while script != before:
        before = script
        for candidates in (_with_fewer_steps, _with_ordinary_posts, _with_ordinary_exchanges, _with_ordinary_values):
            script = _first_failing(script, candidates, fails)
    return script


def _first_failing(
    script: Script, candidates: Callable[[Script], Iterator[Script]], fails: Callable[[Script], bool]
) -> Script:
    """Take the first candidate that fails, and go on from there, until none does."""
    while True:
        for candidate in candidates(script):
            if candidate != script and fails(candidate):
                script = candidate
                break
        else:
            return script


def _without_chunks(items: Sequence[T], ordinary: T | None) -> Iterator[tuple[T, ...]]:
    """Return the items without, or with an ordinary one for each of, half of them, a quarter of them, and so on."""
    size = len(items)
    while size := size // 2 if size > 1 else 0:
        for at in range(0, len(items), size):
            chunk = items[at : at + size]
            instead = [] if ordinary is None else [ordinary] * len(chunk)
            yield _stripped((*items[:at], *instead, *items[at + size :]), ordinary)


def _stripped(items: tuple[T, ...], ordinary: T | None) -> tuple[T, ...]:
    """Leave out ordinary items at the end: what is not in a script is ordinary."""
    while ordinary is not None and items and items[-1] == ordinary:
        items = items[:-1]
    return items


def _with_fewer_steps(script: Script) -> Iterator[Script]:
    last = script.steps[-1]
    for steps in _without_chunks(script.steps[:-1], None):
        yield script._replace(steps=(*steps, last))
    if len(script.steps) == 2:
        yield script._replace(steps=(last,))


def _with_ordinary_posts(script: Script) -> Iterator[Script]:
    yield script._replace(posts=())
    for posts in _without_chunks(script.posts, Post()):
        yield script._replace(posts=posts)


def _with_ordinary_exchanges(script: Script) -> Iterator[Script]:
    yield script._replace(exchanges=())
    for exchanges in _without_chunks(script.exchanges, Exchange()):
        yield script._replace(exchanges=exchanges)


def _with_ordinary_values(script: Script) -> Iterator[Script]:
    ordinary = Setup()._replace(delivery=script.setup.delivery)
    for field in Setup._fields:
        yield script._replace(setup=script.setup._replace(**{field: getattr(ordinary, field)}))
    for at, step in enumerate(script.steps):
        for simpler in _simpler(step):
            yield script._replace(steps=(*script.steps[:at], simpler, *script.steps[at + 1 :]))


def _simpler(step: Step) -> Iterator[Step]:
    if isinstance(step, Invoke):
        yield from (step._replace(**{field: getattr(Invoke(), field)}) for field in Invoke._fields)
