"""What the checker warns of, and what it does not; whole drawings are in `cases/invalid`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import telemap
from telemap.problem import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from telemap import Problem


def problems(text: str) -> tuple[Problem, ...]:
    try:
        return telemap.loads(text).warnings
    except telemap.MappingError as refused:
        return refused.problems


def warned(text: str) -> list[str]:
    """Return the codes of the warnings of a mapping that has no errors."""
    found = problems(text)
    assert all(problem.severity is Severity.WARNING for problem in found), found
    return [problem.code for problem in found]


def family(rest: str, name: str = "m", type_: str = "gauge") -> str:
    return f"version: 1\nmetrics:\n  {name}: {{type: {type_}, help: H., {rest}}}\n"


def with_tests(when: str, rest: str = "from: function") -> str:
    return family(f"{rest}, value: 1, when: [{when}]")


V = "path: $.record.v"


@pytest.mark.parametrize(
    "when",
    [
        f"{{{V}, gt: 5}}, {{{V}, lt: 3}}",
        f"{{{V}, gt: 5}}, {{{V}, le: 5}}",
        f"{{{V}, ge: 5}}, {{{V}, lt: 5}}",
        f"{{{V}, ge: 5}}, {{{V}, le: 5}}, {{{V}, not_equals: 5}}",
        f"{{{V}, equals: 3}}, {{{V}, gt: 3}}",
        f"{{{V}, equals: text}}, {{{V}, gt: 3}}",
        f"{{{V}, equals: true}}, {{{V}, equals: 1}}",
        f'{{{V}, equals: "1"}}, {{{V}, equals: 1}}',
        f"{{{V}, in: [a, b]}}, {{{V}, in: [c, d]}}",
        f"{{{V}, in: [a, b]}}, {{{V}, equals: c}}",
        f"{{{V}, in: [a, b]}}, {{{V}, not_in: [a, b, c]}}",
        f"{{{V}, matches: a}}, {{{V}, exists: false}}",
        f"{{{V}, gt: 1}}, {{{V}, exists: false}}",
        f"{{{V}, gt: 1}}, {{{V}, matches: '1'}}",
        f"{{{V}, equals: a}}, {{not: {{{V}, equals: a}}}}",
        f"{{{V}, gt: 5}}, {{not: {{{V}, gt: 4}}}}",
        f"{{not: {{{V}, exists: true}}}}, {{{V}, equals: a}}",
        f"{{{V}, equals: a}}, {{any: [{{{V}, equals: b}}, {{{V}, exists: false}}]}}",
        f"{{any: [{{all: [{{{V}, gt: 5}}, {{{V}, lt: 3}}]}}]}}",
        f"{{not: {{any: [{{{V}, exists: true}}, {{{V}, exists: false}}]}}}}",
        f"{{{V}, exists: true}}, {{\"path\": \"$['record']['v']\", exists: false}}",
        f"{{{V}, equals: a}}, {{path: $.record.v.below, exists: true}}",
        "{path: $.record, exists: false}, {path: $.record.v, equals: a}",
        "{path: $.type, equals: platform.start}",
        "{path: $.type, exists: false}",
        "{path: $.type, gt: 1}",
    ],
)
def test_tests_that_exclude_each_other_are_reported(when: str) -> None:
    assert warned(with_tests(when)) == ["never-runs"]


@pytest.mark.parametrize(
    "when",
    [
        f"{{{V}, gt: 3}}, {{{V}, lt: 5}}",
        f"{{{V}, ge: 5}}, {{{V}, le: 5}}",
        f"{{{V}, not_equals: a}}, {{{V}, exists: false}}",
        f"{{{V}, not_equals: a}}, {{{V}, not_in: [b, c]}}",
        f"{{not: {{{V}, gt: 5}}}}, {{not: {{{V}, le: 5}}}}",
        f"{{not: {{{V}, matches: a}}}}, {{{V}, equals: a}}",
        f"{{{V}, in: [a, b]}}, {{{V}, in: [b, c]}}",
        f'{{{V}, in: ["1", 1]}}, {{{V}, gt: 0}}',
        f"{{{V}, equals: {{path: $.record.w}}}}, {{{V}, equals: a}}",
        f"{{{V}, equals: {{path: $.record.w}}}}, {{{V}, not_equals: {{path: $.record.x}}}}",
        f"{{{V}, equals: a}}, {{any: [{{{V}, equals: b}}, {{{V}, equals: a}}]}}",
        f"{{{V}, equals: a}}, {{path: $.record.w, equals: b}}",
        f"{{{V}, exists: false}}, {{not: {{path: $.record.v.below, equals: b}}}}",
        "{path: $.type, equals: function}",
    ],
)
def test_tests_that_can_hold_together_are_not(when: str) -> None:
    assert warned(with_tests(when)) == []


def test_an_event_type_that_a_pattern_fits_may_be_tested() -> None:
    assert warned(with_tests("{path: $.type, equals: platform.start}", "from: 'platform.*'")) == []
    assert warned(with_tests("{path: $.type, equals: function}", "from: 'platform.*'")) == ["never-runs"]


def test_tests_with_very_many_ways_to_hold_are_left_alone() -> None:
    way = f"{{any: [{', '.join(f'{{path: $.record.v{number}, equals: a}}' for number in range(10))}]}}"
    assert warned(with_tests(", ".join([way] * 10 + [f"{{{V}, equals: a}}, {{{V}, equals: b}}"]))) == []


@pytest.mark.parametrize(
    ("drop", "codes"),
    [
        ("{from: function, when: [{path: $.record.level, equals: DEBUG}]}", ["never-runs"]),
        ("{from: function, when: [{path: $.record.level, in: [TRACE, DEBUG]}]}", ["never-runs"]),
        ("{from: function, when: [{path: $.record.level, equals: TRACE}]}", []),
        ("{from: function, when: [{path: $.record.level, matches: DEBUG}]}", []),
        ("{from: extension, when: [{path: $.record.level, equals: DEBUG}]}", []),
    ],
)
def test_a_rule_that_drops_all_that_a_source_takes_is_reported(drop: str, codes: list[str]) -> None:
    text = with_tests("{path: $.record.level, equals: DEBUG}")
    assert warned(text.replace("metrics:", f"drop: [{drop}]\nmetrics:")) == codes


def test_a_rule_of_another_include_drops_too(tmp_path: Path) -> None:
    (tmp_path / "drops.yaml").write_text("version: 1\ndrop: [{from: function}]\nmetrics: {}\n")
    (tmp_path / "base.yaml").write_text(family("from: function, value: 1"))
    (tmp_path / "all.yaml").write_text("version: 1\ninclude: [drops.yaml, base.yaml]\n")
    assert [problem.code for problem in telemap.load(tmp_path / "all.yaml").warnings] == ["never-runs"]


def test_a_rule_that_never_drops_is_reported() -> None:
    rule = f"{{from: function, when: [{{{V}, equals: a}}, {{{V}, equals: b}}]}}"
    assert warned(f"version: 1\ndrop: [{rule}]\nmetrics: {{}}\n") == ["never-runs"]


def series(limit: int, sources: str) -> list[str]:
    return warned(
        f"version: 1\nmetrics:\n  m_total: {{type: counter, help: H., series_limit: {limit}, sources: [{sources}]}}\n"
    )


OPEN = "path: $.record.x, max_values: 3"
PRESENT = "{path: $.record.x, exists: true}"
FAILED = "{path: $.record.status, in: [error, timeout]}"
STATUS = "{path: $.record.status, allow: [success, error, timeout]}"


@pytest.mark.parametrize(
    ("most", "sources"),
    [
        (5, f"{{from: function, labels: {{a: {{{OPEN}}}}}}}"),  # three, __overflow__ and ""
        (5, f"{{from: function, labels: {{a: {{{OPEN}}}}}, when: [{{path: $.record.x, exists: true}}]}}"),
        (4, f"{{from: function, labels: {{a: {{{OPEN}}}}}, when: [{{path: $.record.x, in: [1, 2, 3, 4, 5]}}]}}"),
        (6, f"{{from: function, labels: {{a: {{{OPEN}, default: none}}}}}}"),  # "" is there, and not missing
        (4, f"{{from: function, labels: {{a: {{concat: [x, $.record.x], max_values: 3}}}}, when: [{PRESENT}]}}"),
        (4, "{from: platform.start, labels: {a: {path: $.record.requestId, max_values: 3}}}"),
        (10, ", ".join(f"{{from: function, labels: {{a: {{{OPEN}}}, b: {b}}}}}" for b in "xy")),
        (5, ", ".join(f"{{from: {type_}, labels: {{a: {{{OPEN}}}}}}}" for type_ in ("function", "extension"))),
        (4, "{from: function, labels: {a: {path: $.record.x, allow: [x, y]}}}"),  # other, and ""
        (5, f"{{from: platform.report, labels: {{a: {STATUS}}}}}"),  # a report may have no status
        (
            2,
            f"{{from: platform.report, labels: {{a: {STATUS}}}, when: [{FAILED}]}}",
        ),
        (4, "{from: function, labels: {a: {exists: $.record.x}, b: {exists: $.record.y}}}"),
    ],
)
def test_the_series_of_all_sources_are_counted(most: int, sources: str) -> None:
    assert series(most, sources) == []
    assert series(most - 1, sources) == ["series-over-limit"]


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("{concat: [record.status, ':', $.record.errorType]}", ["literal-path"]),
        ("{path: $.record.status, allow: [record.status]}", ["literal-path"]),
        ("{path: $.record.status, map: {success: $.record.errorType}}", ["literal-path"]),
        ("{path: $.record.status, default: $.record.errorType}", ["literal-path"]),
        ("{path: $.record.status, allow: [a], otherwise: metrics.durationMs}", ["literal-path"]),
        ("metrics.durationMs", ["literal-path"]),
        ("record.status", ["literal-path"]),
        ("$record.status", ["literal-path"]),
        ("'@.status'", ["literal-path"]),
        ("type", ["literal-path"]),
        ("durationMs", []),
        ("example.com", []),
        ("{const: record.status}", []),
        ("{concat: [type, ':', $.record.status]}", []),
        ("{path: $.record.status, allow: [time, type]}", []),
    ],
)
def test_text_that_looks_like_a_path_is_reported(label: str, codes: list[str]) -> None:
    assert warned(family(f"from: platform.report, value: 1, labels: {{a: {label}}}")) == codes


def test_a_label_that_has_the_name_of_a_field_as_its_value_is_reported() -> None:
    assert warned(family("from: platform.report, value: 1, labels: {status: status}")) == ["literal-path"]
    assert warned(family("from: function, value: 1, labels: {status: status}")) == []


def regex(pattern: str) -> list[str]:
    return warned(family(f"from: function, value: {{path: $.record, extract: '{pattern}', as: number}}"))


@pytest.mark.parametrize(
    "pattern",
    [
        "((?:a+)+)b",
        "((?:a|a)*)b",
        "((?:aa|aa)*)b",
        "((?:a|ab|b)*)c",
        "((?:a*)*)b",
        "((?:a*b*)*)c",
        "((?:[a-z]+ ?)*);",
        r"((?:\w+\s*)+);",
        "((?:a{1,50}){1,50})b",
        "((?:a{1,3})+)b",
        "((?:.|x)*)y",
        r"((?:\d|[0-9]x?)+)y",
        "(?>(?:a+)+b)(c)",
        "(?=(?:a+)+b)(a)",
        r"([\s\S]*),[\s\S]*,[\s\S]*;",
        "((?s:.)*),(?s:.)*,(?s:.)*;",
        "(?s)(.*),.*,.*;",
        r"([^\n]*),[^\n]*,[^\n]*;",
        "((?:.*,){5})",
        r"(\d+\d+)x",
        r"(\s*\s*)x",
        "(?:a?){20}(a{20})",
        "(?:a*){12}(b)",
        "((?:a|ab|b){12})c",
    ],
)
def test_a_regex_that_can_be_slow_is_reported(pattern: str) -> None:
    assert regex(pattern) == ["regex-slow"]


@pytest.mark.parametrize(
    "pattern",
    [
        "((?>a+)+)b",
        "((?:a++)+)b",
        "((?:a|[ab])*)c",  # Python makes one set of characters of it
        "((?:[a-z]+,)*)x",
        r'"((?:[^"\\]|\\.)*)"',
        "((?:ab|ac)*)d",
        r"((?:\d{1,3}\.){3}\d{1,3})",
        r"((?:\d{4}-)+)",
        "(.*) and .*",
        "(?:.* a|.* b|.* c)(d)",
        "([^,]*),([^,]*),".replace("(", "(?:", 1) + "x",
        r"\s*(\S+)\s*=",
        r"(\w+\d+)",
        "(?:(?:(a)))*",
        "((?:[0-9a-f]{2}){16})",
        "(?:a?){3}(b)",
        r"((?:\d{1,3},){20})",
    ],
)
def test_a_regex_that_is_sound_is_not(pattern: str) -> None:
    assert regex(pattern) == []


@pytest.mark.parametrize(
    "path", ['$.record.a[?(@.b =~ "(a+)+c")].d', "$.record.a.`sub(/(a+)+c/, x)`", '$.record.a[?(@.b =~ "(a|ab|b)*c")]']
)
def test_a_slow_regex_in_a_path_is_reported(path: str) -> None:
    label = f"{{a: {{path: '{path}', max_values: 9}}}}"
    assert warned(family(f"from: function, value: 1, labels: {label}")) == ["regex-slow"]
    assert warned(with_tests(f"{{path: '{path}', equals: b}}")) == ["regex-slow"]
    rule = f"{{from: function, when: [{{path: '{path}', equals: b}}]}}"
    assert warned(f"version: 1\ndrop: [{rule}]\nmetrics: {{}}\n") == ["regex-slow"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("$.record.spans[?(@.nmae == 'x')].durationMs", "name"),
        ("$.record.spans[?(nmae == 'x')].durationMs", "name"),
        ("$.record.spans[?(@.name == 'a & b' & @.strat == 'y')].durationMs", "start"),
        ("$.record.spans[?(@['nmae'] == 'x')].durationMs", "name"),
        ("$.record.spans[?(@.name == 'x')].duratonMs", "durationMs"),
        ("$.record.spans[-1].duratonMs", "durationMs"),
        ("$['record']['metircs'].durationMs", "metrics"),
        ("$.record['metrics']['duratonMs']", "durationMs"),
    ],
)
def test_a_path_that_no_event_has_is_reported_with_the_name_that_was_meant(path: str, name: str) -> None:
    [problem] = problems(family(f'from: platform.report, value: "{path}"'))
    assert (problem.code, problem.help) == ("path-unknown", f"did you mean {name!r}?")


@pytest.mark.parametrize(
    ("test", "codes"),
    [
        ("{path: $.record..duratonMs, exists: true}", ["path-unknown"]),
        ("{path: $.record..durationMs, exists: true}", []),
        ("{path: '$.record.spans[*].duratonMs', exists: true}", ["path-unknown"]),
        ("{path: '$.record.spans[0:2].durationMs', exists: true}", []),
        ("{path: $.record.status, equals: {path: $.record.stauts}}", ["path-unknown"]),
        ("{path: $.record.status, in: [a, {path: $.record.stauts}]}", ["path-unknown"]),
        ("{not: {path: $.record.metrics.durationMs, gt: {path: $.record.metrics.bildDurationMs}}}", ["path-unknown"]),
        ("{path: $.record.status, equals: {path: $.record.errorType}}", []),
    ],
)
def test_the_paths_of_tests_are_looked_at(test: str, codes: list[str]) -> None:
    assert warned(with_tests(test, "from: platform.report")) == codes
    rule = f"{{from: platform.report, when: [{test}]}}"
    assert warned(f"version: 1\ndrop: [{rule}]\nmetrics: {{}}\n") == codes


@pytest.mark.parametrize(
    ("rest", "codes"),
    [
        ('each: "$.record.spans[*]", value: .durationMs', []),
        ('each: "$.record.spans[*]", value: .duratonMs', ["path-unknown"]),
        ('each: "$.record.spans[*]", value: ".[\'duratonMs\']"', ["path-unknown"]),
        ('each: "$.record.sapns[*]", value: .duratonMs', ["path-unknown"]),
        ('each: ["$.record", ".spans[*]"], value: .durationMs, labels: {s: $parent.stauts}', ["path-unknown"]),
    ],
)
def test_paths_below_each_are_looked_at(rest: str, codes: list[str]) -> None:
    assert warned(family(f"from: platform.report, {rest}")) == codes


def test_a_family_with_an_error_has_its_warnings_too() -> None:
    text = """
version: 1
metrics:
  wait_ms:
    type: sumary
    help: Waits.
    from: [platform.reprot, platform.report]
    value: $.record.metrics.duratonMs
    labels:
      request: $.record.requestId
      job: a
      status: {path: $.record.status, alow: [a]}
"""
    assert [problem.code for problem in problems(text)] == [
        "base-unit",
        "wrong-value",
        "event-type",
        "path-unknown",
        "label-unbounded",
        "label-grouping",
        "unknown-key",
    ]


@pytest.mark.parametrize(
    "rest",
    [
        "from: function, value: 1, when: [{path: $.record.v, equals: a}, {any: []}]",
        'from: function, each: "$.recrd[", value: .v',
        "from: function, value: $.recrd[, labels: {a: {path: [$.recrd]}}",
        "from: [], value: 1, when: [{path: $.type, equals: a}]",
    ],
)
def test_no_warning_follows_from_an_error(rest: str) -> None:
    assert all(problem.severity is Severity.ERROR for problem in problems(family(rest)))


@pytest.mark.parametrize(
    "rest",
    [
        "value: \"$.record.metrics['memorySizeMB']\"",
        "each: $.record.metrics, value: .memorySizeMB",
        "value: {first_of: [$.record.metrics.restoreDurationMs, $.record.metrics.maxMemoryUsedMB]}",
    ],
)
def test_megabytes_that_are_mebibytes_are_reported(rest: str) -> None:
    assert warned(family(f"from: platform.report, unit: MB, {rest}", "m_bytes")) == ["unit-mib"]


@pytest.mark.parametrize(
    ("name", "type_", "codes"),
    [
        *((f"wait_{unit}", "summary", ["base-unit"]) for unit in ("ms", "msec", "minute", "hours", "sec", "second")),
        *((f"wait_{unit}", "summary", ["base-unit"]) for unit in ("millisecond", "microseconds", "weeks", "day", "Ms")),
        *((f"sent_{unit}_total", "counter", ["base-unit"]) for unit in ("byte", "kilobytes", "MB", "kib", "mebibytes")),
        ("wait_min", "gauge", []),
        ("wait_min", "summary", ["base-unit"]),
        ("queue_length", "summary", []),
        ("milliseconds", "summary", []),
        ("wait_seconds", "summary", []),
        ("items_per_minute", "gauge", []),
        ("requests_per_second", "summary", []),
    ],
)
def test_a_name_that_ends_in_another_unit_is_reported(name: str, type_: str, codes: list[str]) -> None:
    assert warned(family("from: function, value: $.record.v", name, type_)) == codes


@pytest.mark.parametrize(
    ("name", "rest", "codes"),
    [
        ("duration", "value: $.record.metrics.durationMs", ["base-unit"]),
        ("memory", "value: $.record.metrics.memorySizeMB", ["base-unit"]),
        ("durationMs", "value: $.record.metrics.durationMs", []),
        ("duration_seconds", "value: $.record.metrics.durationMs, scale: 0.001", []),
        ("duration_hours_scaled", "value: $.record.metrics.durationMs, scale: 0.001", []),
    ],
)
def test_a_measure_whose_field_has_a_unit_says_it(name: str, rest: str, codes: list[str]) -> None:
    assert warned(family(f"from: platform.report, {rest}", name, "summary")) == codes


@pytest.mark.parametrize(
    ("name", "rest", "codes"),
    [
        ("m_seconds", "value: $.record.durationMs", ["unit-field"]),
        ("m_seconds", "value: $.record.duration_ms", ["unit-field"]),
        ("m_seconds", "value: {path: $.record.durationMs, as: number}", ["unit-field"]),
        ("m_seconds", "value: $.record.durationMs, unit: s", ["unit-field"]),
        ("m_seconds", "value: $.record.elapsedSeconds, unit: ms", ["unit-field"]),
        ("m_bytes", "value: $.record.sizeMB", ["unit-field"]),
        ("m_bytes", "value: $.record.sizeBytes, unit: KiB", ["unit-field"]),
        ("m_seconds", "value: $.record.durationMs, unit: ms", []),
        ("m_seconds", "value: $.record.durationMs, scale: 0.001", []),
        ("m_seconds", "value: $.record.durationMs, scale: 1", []),
        ("m_seconds", "value: $.record.elapsedSeconds", []),
        ("m_seconds", "value: $.record.elapsedSeconds, unit: s", []),
        ("m_seconds", "value: {path: $.record.durationMs, as: duration}", []),
        ("m_seconds", "value: {path: $.record.durationMs, map: {a: 1}}", []),
        ("m_seconds", "value: {path: $.record.durationMs, extract: '([0-9])', as: number}", []),
        ("m_seconds", "value: $.record.items", []),
        ("m_seconds", "value: $.record.ms", []),
        ("m_bytes", "value: $.record.sizeMB, unit: MiB", []),
        ("m_bytes", "value: $.record.sizeMB, unit: MB", []),
        ("m_ratio", "value: $.record.durationMs", []),
        ("m", "value: $.record.durationMs", []),
    ],
)
def test_a_unit_that_is_not_the_one_of_the_field_is_reported(name: str, rest: str, codes: list[str]) -> None:
    assert warned(family(f"from: function, {rest}", name)) == codes


@pytest.mark.parametrize(
    "rest",
    [
        "parse: jsn, from: platform.report, value: $.record.a",
        "prase: json, from: platform.report, value: $.record.a",
        "from: function, value: {path: $.record.durationMs, exract: '([0-9])'}",
        "parse: {regex: '(?P<a>'}, from: function, value: $.record.b",
    ],
)
def test_nothing_is_reported_of_what_could_not_be_read(rest: str) -> None:
    assert [problem.severity for problem in problems(family(rest, "m_seconds"))] == [Severity.ERROR]


def test_only_the_broken_rule_of_an_include_is_reported(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("version: 1\ndrop: [{from: function, wen: []}]\nmetrics: {}\n")
    (tmp_path / "mapping.yaml").write_text(
        family("from: function, value: 1").replace("metrics", "include: [base.yaml]\nmetrics")
    )
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load(tmp_path / "mapping.yaml")
    assert [problem.code for problem in raised.value.problems] == ["unknown-key"]


@pytest.mark.parametrize(
    "path",
    [
        *("$.record.requestId", "$.record.aws_request_id", "$.record.awsRequestId", "$.record['x-amzn-RequestId']"),
        *("$.record.traceId", "$.record.trace_id", "$.record.xray_trace_id", "$.record.headers['x-amzn-trace-id']"),
        *(
            "$.time",
            "$.record.timestamp",
            "$.record._aws.Timestamp",
            "$.record['@timestamp']",
            "$.record.tracing.value",
        ),
        *("$.record.span_id", "$.record.correlationId"),
    ],
)
def test_a_label_without_end_is_reported_unless_something_bounds_it(path: str) -> None:
    def label(rest: str) -> list[str]:
        return warned(family(f'from: function, value: 1, labels: {{a: {{path: "{path}"{rest}}}}}'))

    assert label("") == ["label-unbounded"]
    assert label(", extract: '([0-9a-f]+)'") == ["label-unbounded"]
    assert label(", map: {a: b}") == ["label-unbounded"]
    assert label(", extract: '^(1|5)-'") == []
    assert label(", extract: '^([0-9a-f])'") == []
    assert label(r", extract: 'T([01]\d|2[0-3])'") == []
    assert label(r", extract: '(\d)'") == []
    assert label(r", extract: '(\d\d)'") == []
    assert label(r", extract: '(\d+)'") == ["label-unbounded"]
    assert label(r", extract: '(\w)'") == ["label-unbounded"]
    assert label(", map: {a: b}, otherwise: c") == []
    assert label(", allow: [a]") == []
    assert label(", max_values: 3") == []


@pytest.mark.parametrize("path", ["$.record.runtime", "$.record.uptime", "$.record.userId", "$.record.status"])
def test_other_labels_of_the_platform_are_not(path: str) -> None:
    assert "label-unbounded" not in warned(family(f"from: platform.report, value: 1, labels: {{a: {path}}}"))
