"""Find the places that a mapping reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from telemap.events.path_steps import path_steps
from telemap.model import Parser
from telemap.path import Path, Root
from telemap.patterns import matches_any
from telemap.unmatched.locations import AS_IT_IS, JSON, JSON_IN_MESSAGE, MESSAGE, RECORD, Every, Form, path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.model import Mapping, Parse, Source
    from telemap.unmatched.locations import Place


_PARTS: Final = (["dimensions"], ["properties"])
"""What a document in the embedded metric format is parsed to, apart from its metrics."""


class _Step(NamedTuple):
    """A step of a path.

    Attributes:
        name: of the member; empty for every member, or for one selected by an index or a filter.
        deep: whether the name may be at any depth.
        open: whether the path may read anything below, because its rest is unknown.
    """

    name: str = ""
    deep: bool = False
    open: bool = False


_Steps = tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class ReadPaths:
    """The paths with which a mapping reads events of one type.

    Attributes:
        has_source: whether any source reads such events.
        has_metrics: whether a source reads the metrics of documents in the embedded metric format.
        steps: the steps of each path, by the form of the record that it reads.
    """

    has_source: bool
    has_metrics: bool
    steps: dict[Form, tuple[_Steps, ...]]

    def reads(self, form: Form, place: Place) -> bool:
        """Return whether a path leads to a place."""
        return any(_leads(steps, place) for steps in self.steps.get(form, ()))


def read_paths(mapping: Mapping, event_type: str) -> ReadPaths:
    """Return the paths with which a mapping reads events of a type."""
    sources = [
        source for family in mapping.families for source in family.sources if matches_any(source.patterns, event_type)
    ]
    steps: dict[Form, list[_Steps]] = {}
    for source in sources:
        for form, path in _paths_of(source):
            steps.setdefault(form, []).append(path)
    has_metrics = any(_reads_metrics(source) for source in sources)
    return ReadPaths(bool(sources), has_metrics, {form: tuple(dict.fromkeys(paths)) for form, paths in steps.items()})


def _reads_metrics(source: Source) -> bool:
    """Return whether a source reads the metrics of documents in the embedded metric format."""
    if source.parse is None or source.parse.parser is not Parser.EMF:
        return False
    paths = (*source.each, *source.paths)
    return any(path.root is Root.EVENT and (path.steps or ())[:2] == ("record", "metrics") for path in paths)


def is_dropped(mapping: Mapping, event_type: str) -> bool:
    """Return whether a drop rule drops all events of a type."""
    return any(rule.when is None and matches_any(rule.patterns, event_type) for rule in mapping.drop)


def _paths_of(source: Source) -> Iterator[tuple[Form, _Steps]]:
    """Yield the paths of a source, with the form of the record that they read."""
    bases: list[_Steps] = []
    found: list[_Steps] = []
    for path in source.each:
        leading = _of_path(path, bases)
        bases.append(leading[0])
        found += leading
    for path in source.paths:
        if not path.every:  # testing whether any member exists does not read the members
            found += _of_path(path, bases)
    if source.parse is None:
        yield from ((AS_IT_IS, steps) for steps in found)
        return
    yield from ((AS_IT_IS, steps) for steps in _of_parse(source.parse))
    form = _form(source.parse)
    if source.parse.parser is Parser.EMF:
        # Dimensions and properties are fields of the document itself.
        found = [(steps[0], *steps[2:]) for steps in found if [one.name for one in steps[1:2]] in _PARTS]
        form = Form(Parser.JSON, form.place)
    for steps in found:
        inside = bool(steps) and steps[0].name == RECORD[0]
        if not inside or form == JSON:  # a record that is already an object keeps its fields
            yield AS_IT_IS, steps
        if inside:
            yield from ((one, steps) for one in ((JSON, JSON_IN_MESSAGE) if form == JSON else (form,)))


def _form(parse: Parse) -> Form:
    """Return the form of a record that is parsed; it equals no form of a survey if that does not parse this text."""
    parser = Parser.JSON if parse.parser is Parser.LOG else parse.parser  # a survey finds the fields of both in JSON
    place = tuple(step if isinstance(step, str) else Every.ITEM for step in parse.path.steps or ("",))
    return Form(parser, place)


def _of_parse(parse: Parse) -> Iterator[_Steps]:
    """Yield the paths of the text to parse: of an object, its message."""
    yield from _of_path(parse.path, [])
    if parse.path.text == path_text(RECORD):
        yield tuple(_Step(str(name)) for name in MESSAGE)


def _of_path(path: Path, bases: list[_Steps]) -> list[_Steps]:
    """Return the steps of a path from the event, followed by those of the paths in its filters.

    Args:
        path: a path of a source.
        bases: the steps of each path of `each`, the outermost first.
    """
    base: _Steps = ()
    if path.root is not Root.EVENT:
        base = bases[-1 - path.up]
    if path.root is Root.KEY:
        return [(*base[:-1], _Step("\0key"))]  # a key is not at any place
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
    """Return whether a path leads to a place."""
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
    """Return whether a step matches a step of a place; any name matches the keys of an object with many."""
    return not step.name or step.name == taken or taken is Every.ENTRY
