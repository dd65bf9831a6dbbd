"""What the JSON Schema of a mapping finds, beside what telemap's own check finds: one family with fields changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from yaml_instance import schema_faults

import telemap
from telemap.problem.codes import CODES, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILY = {"type": "gauge", "help": "Load.", "from": "function", "value": "1"}

ELSEWHERE: dict[str, str | None] = {"from": None, "value": None}
"""What takes the source out of its family."""

STRUCTURAL: list[Mapping[str, str | None]] = [
    *({"type": text} for text in (None, "info", "[gauge]")),
    *({"help": text} for text in (None, "''", "null", "{}", r'"\x01"')),
    *({"from": text} for text in (None, "[]", "[function, '']", "[[function]]", "~", "{}")),
    *({"parse": text} for text in ("xml", "null", "[json]", "{}", "{as: regex}", "{of: $.record}", "{regex: ''}")),
    *({"parse": text} for text in ("{as: json, regex: a}", "{as: json, from: $.a}", "{as: json, of: record}")),
    *({"each": text} for text in ("record", "[]", "[$.a, a]", "{path: $.a}", "5", "null", "[$.a, .b, .c, .d, .e]")),
    *({"when": text} for text in ("[]", "{path: $.a, exists: true}", "[{}]", "[$.a]", "null", "[{exists: true}]")),
    *({"when": f"[{text}]"} for text in ("{path: $.a}", "{path: $.a, is: b}", "{path: a, equals: b}")),
    *({"when": f"[{text}]"} for text in ("{path: $.a, gt: 0, lt: 5}", "{path: $.a, any: []}", "{any: []}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("equals: null", "equals: []", "equals: {}", "equals: {a: b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("in: a", "in: []", "in: [null]", "in: {path: $.b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("not_in: a", "not_in: [[a]]", "not_equals: {path: b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("matches: ''", "matches: [a]", "matches: {path: $.b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("exists: 'true'", "exists: 1", "exists: {path: $.b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("gt: a", "ge: '5'", "lt: true", "le: [1]", "gt: null")),
    *({"when": f"[{text}]"} for text in ("{any: [{}]}", "{all: {path: $.a, exists: true}}", "{not: []}", "{not: {}}")),
    {"when": "[{any: [{path: $.a, exists: true}], all: [{path: $.a, exists: true}]}]"},
    {"when": "[{not: {path: $.a, exists: true}, path: $.b}]"},
    *({"value": text} for text in ("'1'", "record.v", "true", "[1]", "null", "{}", "{path: record.v}", "{path: 1}")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("default: '0'", "default: null", "otherwise: 0", "const: 1")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("map: null", "map: {a: b}", "map: [a]", "as: integer")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("as: number", "as: integer, ge: 5", "as: [number], ge: 5")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("as: number, matches: a", "as: number, ge: 5, lt: 6")),
    *({"when": f"[{text}]"} for text in ("{as: number, ge: 5}", "{as: number, not: {path: $.a, exists: true}}")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("times: 2", "times: []", "times: null", "times: [2]")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("times: v", "times: {path: $.a}", "times: [[$.a]]")),
    *({"labels": f"{{a: {{path: $.a, replace: {text}}}}}"} for text in ("a", "[]", "null", "{}", "{regex: a}")),
    *({"labels": f"{{a: {{path: $.a, replace: {text}}}}}"} for text in ("{with: a}", "[[{regex: a, with: b}]]")),
    *(
        {"labels": f"{{a: {{path: $.a, replace: {text}}}}}"}
        for text in ("{regex: '', with: a}", "{regex: a, with: [b]}")
    ),
    {"labels": "{a: {path: $.a, replace: {regex: a, with: b, of: c}}}"},
    *({"value": f"{{path: $.v, {text}}}"} for text in ("extract: ''", "lower: true", "first_of: [$.a]")),
    *({"value": text} for text in ("{first_of: []}", "{first_of: $.a}", "{first_of: [a]}", "{const: a}", "{as: bool}")),
    *({"unit": text} for text in ("sec", "1")),
    *({"scale": text} for text in ("'2'", "two")),
    {"scale": "2", "unit": "ms"},
    *({"op": text} for text in ("increase", "[set]", "null")),
    {"op": "set_to_event_time"},
    {"type": "summary", "op": "set"},
    {"labels": "[]"},
    {"labels": "null"},
    *({"labels": f"{{a: {text}}}"} for text in ("[b]", "{}", "{path: $.v, default: null}", "{path: $.v, defalt: b}")),
    *({"labels": f"{{a: {text}}}"} for text in (r'"\e"', "{allow: [a]}", "{env: 'A B'}", "{env: $A}", "{env: ''}")),
    *(
        {"labels": f"{{a: {text}}}"}
        for text in ("{concat: []}", "{concat: $.a}", "{concat: [[a]]}", "{concat: [null]}")
    ),
    *({"labels": f"{{a: {text}}}"} for text in ("{exists: true}", "{const: null}", "{path: $.a, const: b}")),
    *({"labels": f"{{a: {{path: $.a, {text}}}}}"} for text in ("lower: 'yes'", "lower: yes", "otherwise: b")),
    *({"labels": f"{{a: {{path: $.a, {text}}}}}"} for text in ("map: null", "map: {a: [b]}", "allow: []", "allow: a")),
    *({"labels": f"{{a: {{path: $.a, {text}}}}}"} for text in ("max_values: 0", "max_values: .inf", "as: number")),
    {"labels": "{a: {path: $.a, extract: ''}}"},
    {"buckets": "[1]"},
    *({"type": "histogram", "buckets": text} for text in ("[]", "[a]", "['1']", "1", "{}", "all")),
    *(
        {"type": "histogram", "buckets": f"{{{text}}}"}
        for text in (
            "linear: {start: 1, width: 1}",
            "linear: {start: 1, width: 0, count: 3}",
            "linear: {start: 1, factor: 2, count: 3}",
            "linear: {start: 1, width: 1, count: 2.5}",
            "linear: {start: 1, width: 1, count: 0}",
            "linear: {start: 1, width: 1, count: 501}",
            "linear: [1, 1, 3]",
            "exponential: {start: 0, factor: 2, count: 3}",
            "exponential: {start: 1, factor: 1, count: 3}",
            "linear: {start: 1, width: 1, count: 3}, exponential: {start: 1, factor: 2, count: 3}",
            "geometric: {start: 1, factor: 2, count: 3}",
        )
    ),
    *({"series_limit": text} for text in ("0", "1.5", "'5'", ".inf", "1e999", "null")),
    {"overflow": "keep"},
    {"init": "all"},
    *({"type": "summary", "init": text} for text in ("some", "[]", "{}", "[a]", "[{a: null}]", "[{a: [b]}]", "null")),
    *({"expire": text} for text in ("600", "0s", "10", "-10m", "10 m", "ten", "''", "null")),
    {"type": "summary", "expire": "10m"},
    {"sources": "[{from: function, value: 1}]"},
    *({**ELSEWHERE, "sources": text} for text in ("[]", "[{value: 1}]", "[{from: function, value: 1, help: H.}]")),
    *(
        {**ELSEWHERE, **more, "sources": "[{from: function, value: 1}]"}
        for more in ({"unit": "ms"}, {"op": "set"}, {"each": "$.a"}, {"when": "[{path: $.a, exists: true}]"})
    ),
    {**ELSEWHERE, "type": "summary", "sources": "[{from: function, value: 1, op: set}]"},
]

SEMANTIC: list[Mapping[str, str | None]] = [
    *({"value": text} for text in (None, ".inf", "$.a[", "'$..a'", ".a", "{path: $.v, default: .nan}")),
    *({"value": f"{{path: $.v, extract: '{text}'}}"} for text in ("a", "(a)(b)", "(", "*")),
    {"parse": "{regex: 'a(b)'}"},
    {"parse": "{regex: '('}"},
    *({"each": text} for text in (".a", "[$.a, $parent]", "$.a[")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("matches: '('", "gt: .inf", "equals: .nan", "in: [.inf]")),
    {"when": "[{path: '$..a', equals: b}]"},
    {"when": "[{path: $.a, as: number, equals: '5'}]"},
    {"parse": "logfmt", "value": "$.record.a"},
    {"parse": "{regex: '(?P<a>b)'}", "when": "[{path: $.record.a, gt: 5}]"},
    *(
        {"labels": f"{{a: {{path: $.a, replace: {{{text}}}}}}}"}
        for text in (r"regex: a, with: '\1'", "regex: (, with: b")
    ),
    {"unit": "ms"},
    *({"labels": f"{{{text}}}"} for text in ("le-: a", "a: '${x}'", "a: {env: AWS_SESSION_TOKEN}", "a: $key")),
    {"type": "histogram"},
    {"type": "histogram", "buckets": "[2, 1]"},
    {"type": "histogram", "buckets": "{exponential: {start: 1, factor: 1e300, count: 3}}"},
    {"type": "counter"},
    {"type": "summary", "labels": "{a: $.a}", "init": "all"},
    {"type": "summary", "labels": "{a: $.a}", "init": "[{b: c}]"},
    {"labels": "{a: on, d: null}"},
    {"type": "summary", "labels": "{a: {exists: $.a}}", "init": "all", "series_limit": "1"},
    {"overflow": "fold"},
    {**ELSEWHERE, "sources": "[{from: f, value: 1, labels: {a: b}}, {from: g, value: 1}]"},
    {**ELSEWHERE, "sources": "[{from: f, value: 1}, {from: g, op: inc}]"},
]

FINE: list[Mapping[str, str | None]] = [
    {},
    *({"help": text} for text in ("200", "true", "1.10", "on")),
    *({"from": text} for text in ("404", "[on, 1.10, '*']")),
    *({"parse": text} for text in ("json", "'logfmt'", "{as: json}", "{as: logfmt, of: $.a}", "{regex: '(?P<a>b)'}")),
    *({"each": text} for text in ("'$.a[*]'", "$.a", "['$.a[*]', '.b[*]', $parent.c, .d]", "$..a")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("equals: on", "equals: ''", "equals: {path: $.b}", "gt: 1e-6")),
    *(
        {"when": f"[{{path: $.a, {text}}}]"}
        for text in ("in: [a, 1, true, {path: $.b}]", "matches: 200", "matches: ^a$")
    ),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("exists: TRUE", "le: {path: $.b}", "not_in: ['']")),
    *(
        {"when": f"[{{path: $.a, {text}}}]"}
        for text in ("as: number, ge: 5", "as: bool, equals: true", "in: [1], as: bytes")
    ),
    {"when": "[{path: '$..a', as: number, exists: false}]"},
    *({"value": f"{{path: $.v, {text}}}"} for text in ("times: $.a", "times: [$.a, '$.b[0]'], as: duration")),
    *(
        {"labels": f"{{a: {{path: $.a, replace: {text}}}}}"}
        for text in ("{regex: a, with: ''}", "[{regex: a, with: 1}]")
    ),
    *({"parse": text} for text in ("emf", "{as: emf, of: $.record.log}")),
    {"when": "[{path: '$..a', exists: true}, {any: [{not: {all: [{path: $.a, lt: 0}]}}]}]"},
    *(
        {"value": text}
        for text in ("1e-6", "-5", ".5", "{path: $.v}", "{const: 1}", "{first_of: [$.a, $.b], as: bool}")
    ),
    {"value": "{path: $.v, extract: '(a)', map: {on: 1, 1.10: 2}, otherwise: 0, as: number, default: 1}"},
    {"scale": "1e-6"},
    {"op": "add"},
    {"op": "inc", "value": None},
    {"op": "set_to_event_time", "value": None},
    {"labels": "{a: on, b: 1.10, c: true, e: '', f: $.v, g: {path: $.v, default: 0}}"},
    {"labels": "{a: {concat: [$.a, ' ', 5, '${env:B}']}, b: {env: B}, c: {const: $.a}, d: {exists: $..a}, e: .inf}"},
    {"labels": "{a: {path: $.a, extract: '(b)', lower: true, map: {on: 1}, allow: [on, 200], max_values: 3}}"},
    {"labels": "{a: {path: $.a, map: {on: 1}, otherwise: ''}, b: {path: $.a, allow: [on], otherwise: off}}"},
    {"labels": "{}"},
    *({"series_limit": text} for text in ("1.0", "1e3")),
    {"overflow": "drop"},
    {"overflow": "fold", "op": "inc"},
    {"type": "histogram", "buckets": "[-1, 0, 1e6]"},
    {"type": "histogram", "buckets": "{linear: {start: -1, width: 0.5, count: 500}}"},
    {"type": "histogram", "buckets": "{exponential: {start: 0.1, factor: 1.5, count: 1}}"},
    {"type": "summary", "init": "all"},
    {"type": "summary", "labels": "{a: $.a, b: c}", "init": "[{a: on}, {a: '', b: '${env:B}'}]"},
    *({"expire": text} for text in ("10m", "1h30m", "0.5s", "250ms", "'1d'")),
]


@pytest.mark.parametrize("changes", STRUCTURAL, ids=str)
def test_both_find_a_structural_fault(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(_mapping(changes))
    assert Kind.STRUCTURAL in _kinds(_mapping(changes))


@pytest.mark.parametrize("changes", SEMANTIC, ids=str)
def test_only_telemap_finds_a_semantic_fault(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(_mapping(changes)) == []
    assert _kinds(_mapping(changes)) == {Kind.SEMANTIC}


@pytest.mark.parametrize("changes", FINE, ids=str)
def test_both_pass_what_is_fine(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(_mapping(changes)) == []
    telemap.loads(_mapping(changes))


def _mapping(changes: Mapping[str, str | None]) -> bytes:
    """Write a mapping of one family, with fields changed, or taken out by None."""
    fields = {**FAMILY, **changes}
    lines = [f"    {name}: {text}\n" for name, text in fields.items() if text is not None]
    return ("version: 1\nmetrics:\n  load:\n" + "".join(lines)).encode()


def _kinds(content: bytes) -> set[Kind]:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(content)
    return {CODES[problem.code] for problem in raised.value.problems}
