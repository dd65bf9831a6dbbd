"""Apply the events of a test to a store, and collect the result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telemap.apply import apply
from telemap.endless import ends
from telemap.errors import DecodeError, MappingError
from telemap.exposition import render
from telemap.label_text import INSTANCE
from telemap.mapping_tests.model import EventFile
from telemap.mapping_tests.series_text import SampleName, sample_name
from telemap.problem import Problem, Severity
from telemap.recording import ForeignError, NotJsonError, read_events
from telemap.store import Store
from telemap.store.samples import sample_names, sample_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.mapping_tests.model import MappingTest
    from telemap.plan import Plan
    from telemap.store.cells import Key
    from telemap.store.series import FamilySeries

INSTANCE_ID: Final = "test"
"""The value of `${runtime:instance}` in tests."""

AT_ONCE: Final = 100
"""Events whose regexes share a time limit: fewer than in production, so that results do not depend on the machine."""


_LONGEST_BEGINNING: Final = 1024

_RECORDING: Final = (
    "a recording is a JSON array of events, or one JSON object per line; its path is relative to the test file"
)


@dataclass(frozen=True, slots=True)
class Played:
    """The events of a test.

    Attributes:
        env: the variables for `${env:NAME}`.
        batches: the time of each batch in seconds since the start of the test, and its events.
    """

    env: dict[str, str]
    batches: tuple[tuple[float, tuple[Any, ...]], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A series of the store.

    Attributes:
        family: full name of its family.
        key: its key in the store.
        samples: its samples in the exposition.
    """

    family: str
    key: Key
    labels: dict[str, str]
    samples: dict[SampleName, float]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a test.

    Attributes:
        series: in the order of the exposition.
        skips: number of skipped samples, by family and reason.
        overflows: number of samples beyond a series limit, by family.
        events: number of events that no family read, by reason.
    """

    series: tuple[Series, ...]
    exposition: str
    skips: dict[str, dict[str, int]]
    overflows: dict[str, int]
    events: dict[str, int]


def read_batches(test: MappingTest) -> Played:
    """Return the events of a test, read from recordings where it names them.

    Raises:
        MappingError: a recording cannot be read; the problem is located at its name.
    """
    batches = ((batch.at, batch.events) for batch in test.batches)
    return Played(
        test.env,
        tuple((at, _recorded(events) if isinstance(events, EventFile) else events) for at, events in batches),
    )


def play(plan: Plan, played: Played, at_once: int = AT_ONCE) -> Store:
    """Apply a plan to all batches, each at its time, in a new store.

    Args:
        plan: the plan to apply.
        played: the events.
        at_once: number of events whose regexes share a time limit.
    """
    clock = [0.0]
    store = Store(plan, env=played.env, instance=INSTANCE_ID, now=lambda: clock[0])
    for at, events in played.batches:
        clock[0] = at
        for part in _parts(events, at_once):
            apply(plan, part, store)
    return store


def result_of(store: Store) -> Result:
    """Collect the result from a store."""
    exposition = render(store)
    families = sorted(store.families, key=lambda family: family.shape.name)
    return Result(
        series=tuple(series for family in families for series in _series(family)),
        exposition=exposition,
        skips={family.shape.name: dict(family.skipped) for family in families},
        overflows={family.shape.name: family.overflowed for family in families},
        events={
            "malformed": store.counts.dropped["malformed"],
            "dropped": store.counts.dropped["rule"],
            "unmatched": store.counts.unmatched,
        },
    )


def _series(family: FamilySeries) -> Iterator[Series]:
    shape = family.shape
    names = sample_names(shape)
    for key, cell in sorted(family.cells.items()):
        texts = (text.replace(INSTANCE, INSTANCE_ID) for text in key)
        labels = dict(zip(shape.label_names, texts, strict=True))
        samples = {
            sample_name(name, labels if bound is None else {**labels, "le": bound}): value
            for (name, bound), value in zip(names, sample_values(shape.type, cell), strict=True)
        }
        yield Series(shape.name, key, labels, samples)


def _parts(events: tuple[Any, ...], at_once: int) -> Iterable[tuple[Any, ...]]:
    """Split a batch; an empty one gives one part, so that time passes."""
    return (events[start : start + at_once] for start in range(0, max(1, len(events)), at_once))


def _recorded(file: EventFile) -> tuple[Any, ...]:
    path = Path(file.path)
    try:
        if path.exists() and not path.is_file():  # a pipe could block for ever
            raise _unreadable(file, "not a regular file")
        with path.open("rb") as stream:
            events = tuple(read_events(stream)) if ends(path) else ()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _unreadable(file, getattr(error, "strerror", None) or str(error)) from error
    except ForeignError as error:
        raise _unreadable(file, f"{error.cause} > FILE, and name that" if error.is_packed else error.cause) from error
    except NotJsonError as error:
        reason = str(error) if _begins_like_recording(path) else "the file is not a recording"
        raise _unreadable(file, reason) from error
    except DecodeError as error:
        raise _unreadable(file, str(error)) from error
    if not events:
        raise _unreadable(file, "the recording is empty", "to send no events, write 'events: []'")
    return events


def _begins_like_recording(path: Path) -> bool:
    """Return whether the text of a file may be shown: a test may name any file."""
    with path.open("rb") as stream:
        return stream.read(_LONGEST_BEGINNING).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{", b"\x1f\x8b"))


def _unreadable(file: EventFile, reason: str, hint: str = _RECORDING) -> MappingError:
    message = f"cannot read the events in {file.path}: {reason}"
    return MappingError([Problem("file-unreadable", Severity.ERROR, message, file.place.file, file.place, help=hint)])
