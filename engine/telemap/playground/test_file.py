"""Answer `as_test`: a test that states what the mapping makes of the events."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from telemap.count_text import count_text
from telemap.document.loader import parse_document
from telemap.document.quoting import escaped
from telemap.errors import MappingError
from telemap.mapping_tests.reading import TEST_FILE, read_tests
from telemap.store.binding import variables_of
from telemap.unmatched.beginning import test_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.playground.arguments import Arguments
    from telemap.playground.work import Work

_MOST_EVENTS: Final = 100
"""Events up to which a test has them all; of more, it has the first of each metric and of each outcome."""

_MOST_EXAMPLES: Final = 20

_TITLE: Final = "these events are counted"
_KEYS: Final = ("time", "type", "record")


def as_test(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return a test file that `telemap test` passes, next to the mapping."""
    arguments.end()
    path = PurePosixPath(work.mapping.name)
    stem = path.stem if path.suffix in {".yaml", ".yml"} else path.name
    return {"name": f"{stem or 'mapping'}.test.yaml", **_test(work)}


def _test(work: Work) -> dict[str, Any]:
    """Return a test with all events, or with some of many; how many it has; and how many of those it cannot have."""
    given = work.given.events
    numbers = range(len(given)) if len(given) <= _MOST_EVENTS else work.marks.examples(_MOST_EXAMPLES)
    events = [plain for number in numbers if (plain := _plain(given[number])) is not None]
    text = _text_of(work, events)
    while events and _read_back(text) != events:  # too many nodes, or too many bytes
        events = events[: len(events) // 2]
        text = _text_of(work, events)
    left_out = len(numbers) - len(events)
    notes = f"# {count_text(left_out, 'event')} could not be written here.\n" if left_out else ""
    if len(numbers) < len(given):
        notes += f"# Of {len(given)} events: the first that made each metric, and the first of each other outcome.\n"
    return {"text": notes + text, "events": len(events), "left_out": left_out}


def _text_of(work: Work, events: Sequence[Any]) -> str:
    names = {reference.name for reference in variables_of(work.plan)}
    env = {name: text for name, text in sorted(work.env.items()) if name in names}
    return test_text(work.plan, events, _TITLE, env)


def _plain(event: Any) -> dict[str, Any] | None:
    """Return what a test can have of an event; None if it cannot have the event."""
    if type(event) is not dict:
        return None
    plain = {key: event[key] for key in _KEYS if key in event}
    written = escaped(json.dumps(plain, ensure_ascii=False))
    alone = f'version: 1\ntests: {{t: {{events: [{written}], expect: {{exposition: ""}}}}}}'
    return plain if _read_back(alone) == [plain] else None


def _read_back(text: str) -> list[Any] | None:
    """Return the events of a test file; None if it is not valid."""
    try:
        [test] = read_tests(parse_document(text.encode(errors="surrogatepass"), "", TEST_FILE)).tests
    except MappingError:
        return None
    [batch] = test.batches
    return list(batch.events) if isinstance(batch.events, tuple) else None
