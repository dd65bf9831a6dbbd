"""What a start does with a mapping grows as fast as the mapping, and no faster."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

import telemap
from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_GROWTH = 2.3
"""How much more is done for twice as much; with what grows quadratically, it soon approaches 4."""


COUNTER = "a@_total: {type: counter, help: A., from: function}"
GROUPED = "a@_total: {type: counter, help: A.}"
EXTRACT = "x@: {path: $.record.x, extract: 'a@=(.*)'}"


def metrics(count: int, rest: str, kind: str = "counter", name: str = "a@_total", first: int = 0) -> str:
    line = f"  {name}: {{type: {kind}, help: A., {rest}}}\n"
    return "".join(line.replace("@", str(number)) for number in range(first, first + count))


def counters(count: int, rest: str, first: int = 0) -> str:
    return "version: 1\nmetrics:\n" + metrics(count, rest, first=first)


def one(rest: str, kind: str = "counter", name: str = "a_total") -> str:
    return f"version: 1\nmetrics:\n  {name}: {{type: {kind}, help: A., {rest}}}\n"


def listed(text: str, count: int) -> str:
    return ", ".join(text.replace("@", str(number)) for number in range(count))


def rules(rule: str, count: int) -> str:
    return one(f"sources: [{listed('{' + rule + '}', count)}]")


def label(entries: str, rest: str = "series_limit: 100000") -> str:
    return one(f"from: function, labels: {{x: {{{entries}}}}}, {rest}")


def when(tests: str) -> str:
    return one(f"from: function, when: [{tests}]")


def group(shared: str, count: int, rest: str = "") -> str:
    metrics = listed(GROUPED.replace("}", rest + "}"), count)
    return f"version: 1\ngroups: [{{from: function, {shared}metrics: {{{metrics}}}}}]\n"


def groups(count: int) -> str:
    return f"version: 1\ngroups: [{listed('{from: function, metrics: {' + GROUPED + '}}', count)}]\n"


AXES: dict[str, tuple[Callable[[int], str], int]] = {
    "metrics with an event type each": (lambda n: counters(n, "from: type@"), 40),
    "metrics with one event type": (lambda n: counters(n, "from: function"), 40),
    "metrics with types in common": (lambda n: counters(n, "from: [function, type@, more@]"), 30),
    "metrics on one line": (lambda n: f"version: 1\nmetrics: {{{listed(COUNTER, n)}}}\n", 40),
    "metrics with a prefix": (lambda n: "defaults: {prefix: p_}\n" + counters(n, "from: function"), 40),
    "metrics with defaults": (
        lambda n: "defaults: {labels: {x: $.type, y: $.record.y}}\n" + counters(n, "from: function"),
        30,
    ),
    "groups": (groups, 30),
    "metrics of a group": (lambda n: group("parse: json, each: '$.record.x[*]', ", n), 30),
    "metrics of a group with conditions": (
        lambda n: group("when: [{path: $.record.x, equals: a}], ", n, ", when: [{path: $.record.y, equals: b}]"),
        25,
    ),
    "metrics of a group with labels": (lambda n: group("labels: {x: $.type, y: $.record.y}, ", n), 30),
    "conditions of a group": (lambda n: group(f"when: [{listed('{path: $.record.x@, equals: a}', n)}], ", 2), 30),
    "types of one metric": (lambda n: one(f"from: [{listed('type@', n)}]"), 150),
    "rules of one metric": (lambda n: rules("from: type@", n), 40),
    "rules of one type": (lambda n: rules("from: function, when: [{path: $.record.a, equals: v@}]", n), 25),
    "rules with each": (lambda n: rules("from: function, each: '$.record.x@[*]'", n), 25),
    "drop rules": (lambda n: f"drop: [{listed('{from: type@}', n)}]\n" + one("from: function"), 50),
    "patterns": (lambda n: one(f"from: [{listed('t@.*', n)}]"), 20),
    "labels": (lambda n: one(f"from: function, labels: {{{listed('x@: $.record.x@', n)}}}"), 50),
    "labels that are constants": (lambda n: one(f"from: function, labels: {{{listed('x@: c@', n)}}}"), 50),
    "values of allow": (lambda n: label(f"path: $.record.x, allow: [{listed('v@', n)}]"), 200),
    "init of values of allow": (
        lambda n: label(f"path: $.record.x, allow: [{listed('v@', n)}]", f"init: [{listed('{x: v@}', n)}]"),
        75,
    ),
    "init of each set of values": (lambda n: label(f"path: $.record.x, allow: [{listed('v@', n)}]", "init: all"), 75),
    "init of one set of each metric": (
        lambda n: counters(n, "from: function, labels: {x: {path: $.record.x, allow: [a, b]}}, init: [{x: a}]"),
        30,
    ),
    "tests of when": (lambda n: when(listed("{path: $.record.x@, equals: v@}", n)), 50),
    "tests of one path": (lambda n: when(listed("{path: $.record.x, not_equals: v@}", n)), 50),
    "tests of all": (lambda n: when(f"{{all: [{listed('{path: $.record.x@, equals: v@}', n)}]}}"), 50),
    "tests of any": (lambda n: when(f"{{any: [{listed('{path: $.record.x, equals: v@}', n)}]}}"), 50),
    "values of in": (lambda n: when(f"{{path: $.record.x, in: [{listed('v@', n)}]}}"), 200),
    "values of not_in": (lambda n: when(f"{{path: $.record.x, not_in: [{listed('v@', n)}]}}"), 200),
    "entries of map": (lambda n: label(f"path: $.record.x, map: {{{listed('k@: v@', n)}}}"), 150),
    "replacements": (lambda n: label(f"path: $.record.x, replace: [{listed('{regex: a@b, with: c@}', n)}]"), 50),
    "tests that convert": (lambda n: when(listed("{path: $.record.x@, as: number, ge: @}", n)), 30),
    "tests of text": (
        lambda n: one(
            f"from: function, parse: logfmt, when: [{{not: {{any: [{listed('{path: $.record.x@, ge: @}', n)}]}}}}]"
        ),
        30,
    ),
    "values that are products": (
        lambda n: rules("from: function, value: {path: $.record.x@, times: $.record.y@}", n),
        25,
    ),
    "paths of first_of": (lambda n: label(f"first_of: [{listed('$.record.x@', n)}]"), 50),
    "parts of concat": (lambda n: label(f"concat: [{listed('$.record.x@', n)}]"), 50),
    "steps of a path": (lambda n: label(f"path: $.record{'.a' * n}"), 30),
    "buckets": (lambda n: one(f"from: function, value: $.x, buckets: [{listed('@', n)}]", "histogram", "a_x"), 100),
    "regexes": (lambda n: one(f"from: function, labels: {{{listed(EXTRACT, n)}}}"), 20),
    "characters of a regex": (lambda n: label(f"path: $.record.x, extract: '{'ab?' * n}(c)'"), 30),
    "regexes that are parsed with": (lambda n: rules("from: function, parse: {regex: 'a@=(?P<a>x+)'}", n), 20),
    "line feeds": (lambda n: one("from: function") + "\n" * n, 5000),
    "comments": (lambda n: one("from: function") + "# c\n" * n, 2000),
    "characters of a help": (lambda n: one("from: function").replace("A.", "A" * n), 5000),
    "init of sets that are twice": (
        lambda n: label(f"path: $.record.x, allow: [{listed('v@', n)}]", f"init: [{listed('{x: v1}', n)}]"),
        50,
    ),
    "values of allow that are twice": (lambda n: label(f"path: $.record.x, allow: [{listed('a', n)}]"), 50),
    "tests that contradict one another": (lambda n: when(listed("{path: $.record.x, equals: v@}", n)), 30),
}

FAULTY: dict[str, tuple[Callable[[int], str], int]] = {
    "metrics with four faults": (lambda n: counters(n, "from: [], labels: {x: 1, '$': []}, unit: ms, init: 7"), 30),
    "metrics with unknown keys": (lambda n: counters(n, "from: function, hlep: x, labells: {}, typ: x"), 30),
    "metrics of a wrong type": (lambda n: counters(n, "from: function").replace("counter", "cuonter"), 30),
    "metrics that are defined twice": (lambda n: counters(n, "from: function") + metrics(n, "from: function"), 25),
    "metrics with colliding names": (
        lambda n: (
            "version: 1\nmetrics:\n"
            + metrics(n, "from: function, value: $.record.x", "summary", "a@_x")
            + metrics(n, "from: function, value: $.record.x", "gauge", "a@_x_sum")
        ),
        20,
    ),
    "metrics of a group with a fault": (lambda n: group("when: [{path: $.record.x, is: a}], each: 7, ", n), 30),
    "metrics that are in two groups": (
        lambda n: groups(n).replace("]\n", f", {listed('{from: function, metrics: {' + GROUPED + '}}', n)}]\n"),
        20,
    ),
    "conditions of a group times its metrics": (
        lambda n: group(f"when: [{listed('{path: $, not_equals: a@}', n)}], ", n),
        60,
    ),
    "event types of a group times its metrics": (
        lambda n: group("", n).replace("from: function", f"from: [{listed('t@', n)}]"),
        150,
    ),
    "faults on one line": (lambda n: f"version: 1\nmetrics: {{{listed('a@: {typ: x}', n)}}}\n", 30),
    "labels that are twice": (lambda n: one(f"from: function, labels: {{{listed('x: $.record.x@', n)}}}"), 50),
    "a quote and line feeds": (lambda n: one("from: function") + '"' + "\n" * n, 3000),
    "init of values that there are not": (
        lambda n: label(f"path: $.record.x, allow: [{listed('v@', n)}]", f"init: [{listed('{x: w@}', n)}]"),
        50,
    ),
    "buckets that fall": (
        lambda n: one(f"from: function, value: $.x, buckets: [{listed('-@', n)}]", "histogram", "a_x"),
        75,
    ),
}


def work_of(action: Callable[[], object]) -> int:
    """Count what an action does: calls of functions, C's as well, and lines, each as often as a loop comes to it."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    def trace(_frame: object, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.setprofile(profile)
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
        sys.setprofile(None)
    return count


def start(load: Callable[[], Any]) -> None:
    """Do what a start does with a mapping: load and check it, compile it, bind it; draw its problems if it has any."""
    try:
        mapping = load()
        Store(telemap.compile(mapping), env={})
    except telemap.MappingError as error:
        str(error)


def is_valid(text: str) -> bool:
    try:
        telemap.loads(text)
    except telemap.MappingError:
        return False
    return True


def growth(once: Callable[[], object], twice: Callable[[], object]) -> float:
    once()  # fills caches, and imports
    return work_of(twice) / work_of(once)


@pytest.mark.parametrize("axis", AXES)
def test_a_start_takes_as_long_as_its_mapping_is(axis: str) -> None:
    text, size = AXES[axis]
    small, large = text(size), text(2 * size)
    assert telemap.loads(large).families
    assert growth(lambda: start(lambda: telemap.loads(small)), lambda: start(lambda: telemap.loads(large))) < MAX_GROWTH


@pytest.mark.parametrize("axis", FAULTY)
def test_a_faulty_mapping_is_refused_in_as_much_time_as_it_is_long(axis: str) -> None:
    text, size = FAULTY[axis]
    small, large = text(size), text(2 * size)
    assert not is_valid(large)
    assert growth(lambda: start(lambda: telemap.loads(small)), lambda: start(lambda: telemap.loads(large))) < MAX_GROWTH


@pytest.mark.parametrize("collide", [False, True])
def test_includes_take_as_long_as_they_are(*, collide: bool, tmp_path: Path) -> None:
    def write(count: int) -> Path:
        for number in range(count):
            first = 0 if collide else 10 * number
            (tmp_path / f"part{number}.yaml").write_text(counters(10, "from: function", first))
        path = tmp_path / f"all{count}.yaml"
        path.write_text(f"version: 1\ninclude: [{listed('part@.yaml', count)}]\n")
        return path

    small, large = write(15), write(30)
    assert growth(lambda: start(lambda: telemap.load(small)), lambda: start(lambda: telemap.load(large))) < MAX_GROWTH
