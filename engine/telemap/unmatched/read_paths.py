"""What a mapping reads: the places that its paths lead to, for each of its sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from telemap.events.path_steps import path_steps
from telemap.path import Path, Root
from telemap.patterns import matches_any
from telemap.unmatched.locations import AS_IT_IS, JSON, MESSAGE, RECORD, Every, Form, path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.model import Mapping, Parse, Source
    from telemap.unmatched.locations import Place


class _Step(NamedTuple):
    """A step of what is read.

    Attributes:
        name: of the member; empty for every member, or for one by its index or a filter.
        deep: whether the name may be anywhere below.
        open: whether all that is below may be read: it cannot be told from the path.
    """

    name: str = ""
    deep: bool = False
    open: bool = False


_Steps = tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a mapping reads of the events of one type.

    Attributes:
        has_source: whether a source takes such events at all.
        steps: of each path, by what it is read from.
    """

    has_source: bool
    steps: dict[Form, tuple[_Steps, ...]]

    def reads(self, form: Form, place: Place) -> bool:
        """Return whether a path leads to a place."""
        return any(_leads(steps, place) for steps in self.steps.get(form, ()))


def reads_of(mapping: Mapping, event_type: str) -> Reads:
    """Return what a mapping reads of events of a type."""
    sources = [
        source for family in mapping.families for source in family.sources if matches_any(source.patterns, event_type)
    ]
    steps: dict[Form, list[_Steps]] = {}
    for source in sources:
        for form, path in _paths_of(source):
            steps.setdefault(form, []).append(path)
    return Reads(bool(sources), {form: tuple(dict.fromkeys(paths)) for form, paths in steps.items()})


def is_dropped(mapping: Mapping, event_type: str) -> bool:
    """Return whether no family sees events of a type, because a rule of `drop` takes them all."""
    return any(rule.when is None and matches_any(rule.patterns, event_type) for rule in mapping.drop)


def _paths_of(source: Source) -> Iterator[tuple[Form, _Steps]]:
    """Return all that a source reads, and from what."""
    bases: list[_Steps] = []
    found: list[_Steps] = []
    for path in source.each:
        leading = _of_path(path, bases)
        bases.append(leading[0])
        found += leading
    for path in source.paths:
        if not path.every:  # whether there is any member tells nothing of the members
            found += _of_path(path, bases)
    if source.parse is None:
        yield from ((AS_IT_IS, steps) for steps in found)
        return
    yield from ((AS_IT_IS, steps) for steps in _of_parse(source.parse))
    form = _form(source.parse)
    for steps in found:
        inside = bool(steps) and steps[0].name == RECORD[0]
        if not inside or form == JSON:  # a record that is an object already stays as it is
            yield AS_IT_IS, steps
        if inside:
            yield form, steps


def _form(parse: Parse) -> Form:
    """Return what is parsed; where it is not one of the places that a survey parses, it is none of its forms."""
    place = tuple(step if isinstance(step, str) else Every.ITEM for step in parse.path.steps or ("",))
    return Form(parse.parser, place)


def _of_parse(parse: Parse) -> Iterator[_Steps]:
    """Return what is read to be parsed; of an object most parsers read the message."""
    yield from _of_path(parse.path, [])
    if parse.parser.row.reads_line and parse.path.text == path_text(RECORD):
        yield tuple(_Step(str(name)) for name in MESSAGE)


def _of_path(path: Path, bases: list[_Steps]) -> list[_Steps]:
    """Return the steps of a path from the event on, and those of what its filters test.

    Args:
        path: a path of a source.
        bases: the steps of the `each` around it, from the outermost on.
    """
    base: _Steps = ()
    if path.root in {Root.ITEM, Root.KEY}:
        base = bases[-1]
    elif path.root in {Root.PARENT, Root.PARENT_KEY}:
        base = bases[-2]
    if path.root in {Root.KEY, Root.PARENT_KEY}:
        return [(*base[:-1], _Step("\0key"))]  # a key is at no place of its own
    if path.steps is not None:
        names = tuple(_Step(step if isinstance(step, str) else "") for step in path.steps)
        return [(*base, *names, _Step()) if path.every else (*base, *names)]
    return _of_query(path.query, 1, base)


def _of_query(query: str, position: int, base: _Steps) -> list[_Steps]:
    steps = base
    tested: list[_Steps] = []
    for step in path_steps(query, position):
        steps = (*steps, _Step(step.name, step.deep))
        for text in step.tested:
            tested += _of_query(text, 0, steps)
        position = step.end
    if position < len(query):
        steps = (*steps, _Step(open=True))
    return [steps, *tested]


def _leads(steps: Iterable[_Step], place: Place) -> bool:
    """Return whether steps lead to a place."""
    ends = {0}
    for step in steps:
        if step.open:
            return bool(ends)
        reached = set()
        for end in ends:
            last = len(place) if step.deep else min(end + 1, len(place))
            reached |= {at + 1 for at in range(end, last) if _fits(step, place[at])}
        ends = reached
    return len(place) in ends


def _fits(step: _Step, taken: str | Every) -> bool:
    """Return whether a step is one that a place has: a key by its name may be one of an object's many."""
    return not step.name or step.name == taken or taken is Every.ENTRY
