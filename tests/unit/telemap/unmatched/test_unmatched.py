"""What a recording holds that a mapping does not read, and drafts that can be used as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import strategies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.cli.unmatched.text import as_yaml, text_lines
from telemap.unmatched import Unread, find_unmatched
from telemap.unmatched.documents import unmatched_document
from telemap.unmatched.line_forms import MAX_FORMS, LineForms
from telemap.unmatched.line_regex import line_regex
from telemap.unmatched.locations import Form, path_text
from telemap.unmatched.parse_fit import ParseFit
from telemap.unmatched.survey import MAX_PLACES, MAX_TYPES, Survey

EVENTS = Path(__file__).parents[3] / "events"
RECORDINGS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(EVENTS.glob("*.json"))}
NOTHING = "version: 1\nmetrics: {}\n"


def unmatched(mapping: str, events: list[Any]) -> Unread:
    return unmatched_of(telemap.loads(mapping), events)


def unmatched_of(mapping: telemap.Mapping, events: list[Any]) -> Unread:
    return find_unmatched(mapping, Survey(ParseFit(mapping)).add_all(events).close())


def family(**keys: str) -> str:
    """Return a mapping of one counter, its keys in YAML."""
    lines = [f"    {name.strip('_')}: {text}" for name, text in keys.items()]
    return "\n".join(("version: 1", "metrics:", "  parcels_total:", "    type: counter", "    help: h", *lines, ""))


def event(record: Any, event_type: str = "function") -> dict[str, Any]:
    return {"time": "2026-03-02T08:14:09.117Z", "type": event_type, "record": record}


def unread(mapping: str, events: list[Any]) -> set[str]:
    return {path.path for one in unmatched(mapping, events).types for path in one.paths}


def draft_of(value: Any, *more: Any, name: str = "x") -> str:
    """Return the draft that reads a field of JSON logs, or why there is none."""
    found = unmatched(NOTHING, [event({name: one}) for one in (value, *more)])
    [path] = found.types[0].paths
    return "\n".join(path.draft.lines) or path.draft.reason


def assert_usable(findings: Unread, events: list[Any]) -> None:
    """Check that all drafts together load without a warning, and that each makes a series of these events."""
    mapping = telemap.loads(as_yaml(findings))
    assert mapping.warnings == ()
    names = [draft.name for draft, _ in findings.drafts]
    assert [family.name for family in mapping.families] == names
    plan = telemap.compile(mapping)
    store = telemap.Store(plan)
    for start in range(0, len(events), 1000):
        telemap.apply(plan, events[start : start + 1000], store)
    rendered = telemap.render(store)
    assert [name for name in names if f"\n# TYPE {name} " not in f"\n{rendered}"] == []


@pytest.mark.parametrize("recording", RECORDINGS)
@pytest.mark.parametrize("mapping", [None, "telemap:platform", "telemap:logs"])
def test_drafts_of_every_recording_load_strictly_and_give_series(recording: str, mapping: str | None) -> None:
    events = RECORDINGS[recording]
    read = telemap.loads(NOTHING) if mapping is None else telemap.load(mapping)
    findings = unmatched_of(read, events)

    assert mapping is not None or any(True for _ in findings.drafts)
    assert_usable(findings, events)


def test_drafts_of_all_recordings_together_can_be_used() -> None:
    events = [one for recording in RECORDINGS.values() for one in recording]

    assert_usable(unmatched(NOTHING, events), events)


_NAMES = ("durationMs", "sizeBytes", "memorySizeMB", "status", "level", "ok", "requestId", "time", "le", "job", "count")
_ODD_NAMES = (
    "a b",
    "it's",
    'say "x"',
    "back\\slash",
    "\u2028",
    "\ud800",
    "é",
    "telemap_x",
    "order_total",
    "percent",
    "",
)
_names = st.sampled_from(_NAMES) | st.sampled_from(_ODD_NAMES) | st.text(max_size=6)
_values = st.one_of(
    strategies.json_values,
    st.sampled_from(("12ms", "0.5", "true", "info", "a=1 b=2", '{"a": 1}', "2026-01-01T00:00:00Z", "1e308", "-1")),
    st.sampled_from((0, 1e308, -1e308, 5e-324, 10**400, 200, 1.5)),
)
_records = st.one_of(_values, st.dictionaries(_names, _values | st.lists(st.dictionaries(_names, _values, max_size=2))))
_types = st.sampled_from(("platform.report", "function", "extension", "platform.new", "$.x", "other")) | _names
_events = st.lists(st.fixed_dictionaries({"type": _types, "record": _records}) | strategies.wild_events, max_size=12)


@given(_events)
def test_drafts_of_whatever_comes_can_be_used(events: list[Any]) -> None:
    assert_usable(unmatched(NOTHING, events), events)


@given(_events)
def test_what_is_found_is_written_in_each_form(events: list[Any]) -> None:
    findings = unmatched(NOTHING, events)

    assert list(text_lines(findings, has_samples=True))[-1]
    document = json.loads(json.dumps(unmatched_document(findings), allow_nan=False))
    assert document["events"] + findings.malformed == len(events)


def drafted(findings: Unread) -> set[tuple[str, Form, str]]:
    paths = ((one.event_type, path) for one in findings.types for path in one.paths)
    return {(event_type, path.form, path.path) for event_type, path in paths if path.draft.name}


@given(st.lists(strategies.events, max_size=12))
def test_drafts_read_what_they_were_drafted_for(events: list[Any]) -> None:
    first = unmatched(NOTHING, events)
    second = unmatched(as_yaml(first), events)

    assert drafted(first) & drafted(second) == set()
    assert [one.event_type for one in second.types if one.draft is not None and one.draft.name] == []


@pytest.mark.parametrize(
    "keys",
    [
        {"value": "$.record.a"},
        {"labels": "{x: $.record.a}"},
        {"labels": "{x: {first_of: [$.record.b, $.record.a]}}"},
        {"labels": "{x: {concat: [a, $.record.a]}}"},
        {"labels": "{x: {exists: $.record.a}}"},
        {"labels": "{x: {path: $.record.a, extract: '(.)'}}"},
        {"when": "[{path: $.record.a, gt: 1}]"},
        {"when": "[{path: $.record.c, equals: {path: $.record.a}}]"},
        {"when": "[{not: {any: [{all: [{path: $.record.a, exists: true}]}]}}]"},
        {"value": "$.record['a']"},
        {"each": "$.record.*", "value": "."},
        {"each": '"$.record..a"', "value": "."},
        {"parse": "json", "value": "$.record.a"},
    ],
    ids=str,
)
def test_whatever_names_a_path_reads_it(keys: dict[str, str]) -> None:
    mapping = family(from_="function", **keys)

    assert "$.record.a" not in unread(mapping, [event({"a": 1, "d": {"e": 2}})])
    assert "$.record.d.e" in unread(mapping, [event({"a": 1, "d": {"e": 2}})])


def test_a_test_for_any_member_reads_none() -> None:
    mapping = family(from_="function", when="[{path: $.record.*, exists: true}]", labels="{x: {exists: $.record.*}}")

    assert unread(mapping, [event({"a": 1})]) == {"$.record.a"}


def test_where_a_path_may_lead_anywhere_nothing_is_reported_to_be_unread() -> None:
    mapping = family(from_="function", each="\"$.record['a','b']\"", value=".")

    assert unread(mapping, [event({"a": 1, "d": {"e": 2}})]) == set()


def test_a_source_reads_events_of_its_types_alone() -> None:
    mapping = family(from_="platform.*", value="$.record.a")

    assert unread(mapping, [event({"a": 1}, "platform.report")]) == set()
    assert unread(mapping, [event({"a": 1})]) == {"$.record.a"}


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ({"each": '"$.record.spans[*]"', "value": ".ms"}, {"$.record.spans[*].name", "$.record.spans[*].at.x"}),
        ({"each": '"$.record.spans[*]"', "labels": "{n: .name, x: .at.x}"}, {"$.record.spans[*].ms"}),
        ({"value": "\"$.record.spans[?(@.name == 'a')].ms\""}, {"$.record.spans[*].at.x"}),
        ({"value": '"$.record.spans[0].ms"'}, {"$.record.spans[*].name", "$.record.spans[*].at.x"}),
        (
            {"each": '["$.record.spans[*]", .at]', "value": ".x", "labels": "{n: $parent.name}"},
            {"$.record.spans[*].ms"},
        ),
    ],
)
def test_items_are_read_by_each_and_by_filters(keys: dict[str, str], left: set[str]) -> None:
    spans = [{"name": "a", "ms": 2, "at": {"x": 1}}, {"name": "b", "ms": 3, "at": {"x": 2}}]

    assert unread(family(from_="platform.report", **keys), [event({"spans": spans}, "platform.report")]) == left


@pytest.mark.parametrize(
    ("parse", "record", "left"),
    [
        ("json", '{"a": 1, "b": 2}', {"$.record.b"}),
        ("json", {"a": 1, "b": 2}, {"$.record.b"}),
        ("json", {"level": "INFO", "message": '{"a": 1, "b": 2}'}, {"$.record.b", "$.record.level"}),
        ("{as: json, of: $.record.message}", {"message": '{"a": 1, "b": 2}'}, {"$.record.b"}),
        ("logfmt", "a=1 b=2", {"$.record.b"}),
        ("logfmt", {"message": "a=1 b=2"}, {"$.record.b"}),
        ("{regex: '(?P<a>x)'}", "say x", set()),
        ("{regex: '(?P<a>x)'}", {"message": "say x"}, set()),
        ("{regex: '(?P<a>x)', of: $.record.text}", {"text": "say x", "b": 1}, {"$.record.b"}),
        ("logfmt", '{"a": 1}', {"$.record.a"}),
    ],
)
def test_text_is_read_by_how_it_is_parsed(parse: str, record: Any, left: set[str]) -> None:
    assert unread(family(from_="function", parse=parse, labels="{x: $.record.a}"), [event(record)]) == left


def test_json_in_text_and_objects_are_one_place_to_a_source_that_parses_json() -> None:
    [found] = unmatched(NOTHING, [event({"ms": 1}), event('{"ms": 2}'), event('log {"ms": 3}')]).types
    [path] = found.paths

    assert (path.path, path.form.text, path.events, path.of_events) == ("$.record.ms", "json", 3, 3)


def test_an_event_type_that_no_source_takes_gets_a_counter() -> None:
    [found] = unmatched(family(from_="function"), [event({}, "platform.restoreStart")] * 3).types

    assert (found.events, found.draft and found.draft.lines[0]) == (3, "platform_restore_start_events_total:")


def test_a_type_that_telemap_does_not_know_is_found_without_a_warning() -> None:
    events = [event({}, "platform.brandNew")]
    [found] = unmatched(NOTHING, events).types

    assert found.draft is not None
    assert '  from: "platform.*"' in found.draft.lines
    assert_usable(unmatched(NOTHING, events), events)


def test_types_that_are_dropped_are_not_looked_at() -> None:
    mapping = "version: 1\ndrop: [{from: platform.*}]\nmetrics: {}\n"
    found = unmatched(mapping, [event({"a": 1}, "platform.start"), event({"a": 1})])

    assert [one.event_type for one in found.types] == ["function"]
    assert found.dropped == ("platform.start",)


def test_names_are_no_names_of_the_mapping_nor_of_its_samples() -> None:
    mapping = """
version: 1
metrics:
  function_items: {type: summary, help: h, from: extension, value: $.record.x}
  function_latency_seconds_sum: {type: gauge, help: h, from: extension, value: $.record.x}
"""
    found = unmatched(mapping, [event({"items": 2, "latency_ms": 3})])

    names = [draft.name for draft, _ in found.drafts]
    assert names == ["function_events_total", "function_items_2", "function_latency_2_seconds"]
    included = mapping + as_yaml(found).split("metrics:\n")[1]
    assert len(telemap.loads(included).families) == 5


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("durationMs", [12.5], "unit: ms"),
        ("durationMs", [12.5], "type: histogram"),
        ("durationMs", [12.5, 900], "buckets: {exponential: {start: 0.0025, factor: 2, count: 12}}"),
        ("elapsed", ["1m30s"], "as: duration"),
        ("latency_ms", ["12.5"], "as: number"),
        ("sizeBytes", [10], "function_size_bytes:"),
        ("memorySizeMB", [512], "unit: MiB"),
        ("sizeMB", [512], "unit: MB"),
        ("cpuPercent", [50], "function_cpu_ratio:"),
        ("items", [3], "type: summary"),
        ("ok", [True, False], 'allow: ["true", "false"]'),
        ("status", [200, 404], "max_values: 20"),
        ("status", ["200"], "max_values: 20"),
        ("currency", ["EUR", "USD", "EUR"], "max_values: 20"),
        ("instance", ["a"], "instance_text:"),
        ("requestId", ["abc"], "an id"),
        ("trace", ["Root=1-69a546d1-d5f4"], "an id"),
        ("where", ["0f6f2b1c-0d7e-4d3b-9a52-4a7b8f3f0a11"], "an id"),
        ("orderId", [17], "an id"),
        ("timestamp", [1767225600], "a point in time"),
        ("when", ["2026-03-02T08:14:09Z"], "a point in time"),
        ("deadline", [1767225600000], "a point in time"),
        ("note", ["x" * 200], "free text"),
        ("city", [f"city {number}" for number in range(30)], "too many different texts"),
        ("mixed", [1, "a"], "several types"),
        ("huge", [10**400], "several types"),
        ("bytes_sent", [512], "unit: B"),
        ("weird key", [1], "type: summary"),
        ("weird key", ["a1"], "an id"),
        ("account", [4711], "an id"),
    ],
)
def test_a_draft_is_guessed_from_name_and_values(name: str, values: list[Any], expected: str) -> None:
    assert expected in draft_of(*values, name=name)


def test_items_are_reported_apart_by_their_name() -> None:
    spans = [{"name": "init", "durationMs": 1.5}, {"name": "work", "durationMs": 2.5}]
    [found] = unmatched(NOTHING, [event({"spans": spans}, "platform.report")]).types
    lines = found.paths[0].draft.lines

    assert lines[-4:] == ("  labels:", "    name:", "      path: .name", "      max_values: 20")


def test_a_label_of_some_events_alone_counts_these_alone() -> None:
    events = [event({"a": 1, "color": "red"}), event({"a": 1})]
    mapping = as_yaml(unmatched(NOTHING, events))

    rendered = telemap.render(telemap.apply(telemap.compile(telemap.loads(mapping)), events))
    assert 'function_color_total{color="red"} 1.0' in rendered
    assert 'color=""' not in rendered


@pytest.mark.parametrize(
    "records",
    [
        [{"currency": "EUR"}, '{"sum": 1}', '{"currency": "EUR"}'],
        [{"sum": 1}, '{"currency": "EUR"}'],
        [{"message": {"sum": 1}}, {"message": '{"currency": "EUR"}'}],
        ["currency=EUR n=1", "GET https://shop.example/?a=b"],
        ["currency=EUR n=1", '{"url": "/?a=b"}'],
        [{"spans": [{"currency": "EUR"}, {"sum": 2}]}],
        [{"spans": [{"currency": "EUR"}, {"sum": 2}]}, '{"spans": [{"currency": "EUR"}]}'],
    ],
    ids=str,
)
def test_no_label_is_empty_because_an_event_of_another_form_lacks_it(records: list[Any]) -> None:
    events = [event(record) for record in records]
    mapping = as_yaml(unmatched(NOTHING, events))

    rendered = telemap.render(telemap.apply(telemap.compile(telemap.loads(mapping)), events))
    assert 'currency="EUR"' in rendered
    assert 'currency=""' not in rendered


def test_a_share_is_of_the_events_that_the_source_would_take() -> None:
    [found] = unmatched(NOTHING, [event({"sum": 1}), event('{"currency": "EUR"}'), event("plain")]).types
    shares = {path.path: (path.events, path.of_events) for path in found.paths if path.form.text}

    assert shares == {"$.record.currency": (1, 2)}


@pytest.mark.parametrize("records", [[[1, 2], {"a": 3}], [{"list": [1]}, {"list": {"a": 3}}]])
def test_items_of_an_array_that_is_an_object_elsewhere_get_no_draft(records: list[Any]) -> None:
    [found] = unmatched(NOTHING, [event(record) for record in records]).types
    [items] = [path for path in found.paths if path.path.endswith("[*]")]

    assert items.draft.reason.startswith("an array in some events and an object in others")


def test_units_are_those_that_embedded_metrics_name() -> None:
    metrics = [{"Name": name, "Unit": unit} for name, unit in (("Took", "Milliseconds"), ("Sold", "Count"))]
    document = {"_aws": {"CloudWatchMetrics": [{"Metrics": [*metrics, 17]}, 17]}, "Took": 12.5, "Sold": 3}
    for events in ([event(document)], [event(json.dumps(document))], [event({**document, "Took": [1, 2]})]):
        findings = unmatched(NOTHING, events)
        drafts = {draft.name: draft.lines for draft, _ in findings.drafts}

        assert "  unit: ms" in drafts["function_took_seconds"]
        assert "  type: summary" in drafts["function_sold"]
        assert_usable(findings, events)


@given(strategies.json_values)
def test_whatever_stands_where_embedded_metrics_do_is_taken(value: Any) -> None:
    for document in ({"_aws": value}, {"_aws": {"CloudWatchMetrics": value}}, {"_aws": {"CloudWatchMetrics": [value]}}):
        unmatched(NOTHING, [event({**document, "a": 1})])


def test_keys_that_are_values_are_one_place() -> None:
    events = [event({"byUser": {f"u{number}": number, f"v{number}": 1}}) for number in range(200)]
    found = unmatched(NOTHING, events)

    [path] = found.types[0].paths
    assert (path.path, path.events, path.of_events) == ("$.record.byUser.*", 200, 200)
    assert_usable(found, events)


def test_a_survey_is_bounded() -> None:
    names = [f"k{number}" for number in range(59)]
    hostile = [event({name: {"x": 1} for name in names}, f"t{number}") for number in range(300)]
    deep: Any = 1
    for _ in range(400):
        deep = {"a": [deep]}
    survey = Survey(ParseFit(telemap.loads(NOTHING))).add_all([*hostile, event(deep), event({"n" * 5000: 1})])
    places = [place for one in survey.types.values() for form in one.roots for place, _ in one.places(form)]

    assert len(places) <= MAX_PLACES
    assert max(len(path_text(place)) for place in places) < 2000
    assert len(survey.types) == MAX_TYPES
    assert survey.overlooked > 200


def test_what_is_no_event_is_counted() -> None:
    assert unmatched(NOTHING, [1, None, [], {"type": 3}, {"record": 1}]).malformed == 5


def access_log(number: int) -> str:
    time = f"02/Mar/2026:08:14:{number:02} +0000"
    return f'10.0.0.{number} - - [{time}] "GET /cart/{number} HTTP/1.1" 200 {number} 0.{number}\n'


def report(number: int) -> str:
    return f"REPORT RequestId: {number:032x}\tDuration: {number}.5 ms\tMax Memory Used: {40 + number} MB\n"


READS_REPORTS = family(
    from_="function", parse="{regex: 'Duration: (?P<ms>[0-9.]+) ms'}", value="{path: $.record.ms, as: number}"
)


def test_lines_that_fit_no_parse_are_listed_with_a_regex_that_reads_them() -> None:
    events = [event(access_log(number)) for number in range(1, 8)] + [event(report(number)) for number in range(3)]
    [one] = unmatched(READS_REPORTS, events).types
    assert (one.lines, one.events) == (7, 10)
    [form] = one.forms
    assert (form.count, form.example) == (7, access_log(1).strip())
    drafted = telemap.loads("version: 1\nmetrics:\n" + "\n".join(f"  {line}" for line in form.draft.lines))
    assert telemap.render(telemap.apply(telemap.compile(drafted), events)).endswith("_lines_total 7.0\n")
    assert {path.path for path in one.paths} >= {"$.record.ip", "$.record.path", "$.record.status"}


def test_all_lines_are_read_by_their_drafts() -> None:
    events = [event(line(number)) for number in range(150) for line in (access_log, report)]
    findings = unmatched(NOTHING, events)
    assert_usable(findings, events)
    assert not [one for one in unmatched(as_yaml(findings), events).types if one.lines]


@pytest.mark.parametrize("record", [str, lambda text: {"level": "INFO", "message": text}])
def test_lines_of_both_log_formats_are_listed(record: Any) -> None:
    events = [event(record(access_log(number))) for number in range(1, 4)]
    [one] = unmatched(READS_REPORTS, events).types
    assert one.lines == 3
    assert len(one.forms) == 1


def test_lines_that_a_rule_tests_as_they_are_count_as_read() -> None:
    mapping = family(from_="function", when="[{path: $.record, matches: 'ERROR'}]")
    assert unmatched(mapping, [event("a line"), event("another line")]).types == ()


def test_dropped_lines_are_not_listed() -> None:
    mapping = "drop: [{from: function, when: [{path: $.record, matches: '^GET'}]}]\n" + READS_REPORTS
    [one] = unmatched(mapping, [event("GET /1"), event("POST /1"), event("POST /2")]).types
    assert (one.lines, [form.example for form in one.forms]) == (2, ["POST /1"])


def test_a_line_that_comes_once_has_no_draft() -> None:
    [one] = unmatched(READS_REPORTS, [event("once upon a time")]).types
    [form] = one.forms
    assert (form.draft.name, form.draft.reason) == ("", "a single line")


def test_forms_of_lines_are_bounded() -> None:
    events = [event(" ".join(f"{word}{'x' * (at + 1)}" for word in "abcdefgh"[: 1 + at % 8])) for at in range(500)]
    survey = Survey(ParseFit(telemap.loads(READS_REPORTS))).add_all(events)
    lines = survey.types["function"].lines
    assert len(lines.forms) == MAX_FORMS
    assert lines.other > 0


@given(st.lists(st.text(max_size=60), min_size=1, max_size=12))
@examples(0.5)
def test_a_regex_matches_the_lines_that_it_is_written_from(texts: list[str]) -> None:
    lines = LineForms()
    read = [form for text in (*texts, *texts) for form, _ in lines.add(text)]
    read += [form for form, _ in lines.close()]
    assert len(read) + lines.other == sum(form.count for form in lines.forms if form.count > 1) + lines.other


@pytest.mark.parametrize(
    ("texts", "fields"),
    [
        (["took 35ms for user=alice", "took 7ms for user=bob"], {"took_ms": "35", "user": "alice"}),
        (["Processed 5 orders in 1.5 s", "Processed 7 orders in 2 s"], {"processed": "5", "in_s": "1.5"}),
        (["2026-03-02T08:14:09Z WARN slow", "2026-03-02T08:14:10Z INFO slow"], {"level": "WARN"}),
        (["hits=5%, misses=0%", "hits=7%, misses=0%"], {"hits": "5", "misses": "0"}),
        (['id "a1" status: 200', 'id "b2" status: 200'], {"id": "a1", "status": "200"}),
        (["ready", "ready"], {"text": "ready"}),
        (["at 08:14:09 in [eu-1] (x)", "at 08:14:10 in [eu-2] (x)"], {"in": "eu-1"}),
    ],
)
def test_fields_of_a_line_are_named_by_what_stands_before_them(texts: list[str], fields: dict[str, str]) -> None:
    found = re.search(line_regex([text.split() for text in texts]), texts[0])
    assert found is not None
    assert found.groupdict() == fields


EMF = {
    "_aws": {
        "CloudWatchMetrics": [
            {
                "Namespace": "Shop",
                "Dimensions": [["service"]],
                "Metrics": [{"Name": "Time", "Unit": "Milliseconds"}, {"Name": "Size"}],
            }
        ]
    },
    "service": "cart",
    "order": "o-1",
    "Time": [1, 2],
    "Size": 3,
}


@pytest.mark.parametrize(
    "record", [EMF, json.dumps(EMF), {"level": "INFO", "message": json.dumps(EMF)}], ids=["object", "text", "message"]
)
@pytest.mark.parametrize(
    ("labels", "left"),
    [
        ("{metric: .name}", {"$.record.order", "$.record.service"}),
        ("{service: $.record.dimensions.service}", {"$.record.order"}),
        ("{order: $.record.properties.order, service: $.record.dimensions.service}", set()),
    ],
)
def test_metrics_that_parse_emf_reads_are_read(record: Any, labels: str, left: set[str]) -> None:
    mapping = family(from_="function", parse="emf", each='"$.record.metrics[*]"', value=".value", labels=labels)

    assert unread(mapping, [event(record)]) - {"$.record.level"} == left


def test_metrics_that_no_source_reads_are_left_although_a_source_parses_them() -> None:
    mapping = family(from_="function", parse="emf", labels="{service: $.record.dimensions.service}")

    assert unread(mapping, [event(EMF)]) >= {"$.record.Time[*]", "$.record.Size"}


@pytest.mark.parametrize(
    ("name", "value", "drafted"),
    [
        ("took", "PT1M30S", True),
        ("took", "00:00:26.481", True),
        ("took", "2 min", True),
        ("time", "12ms", True),
        ("time", "08:14:09", False),
    ],
)
def test_durations_in_any_form_are_drafted_but_not_times_of_day(name: str, value: str, *, drafted: bool) -> None:
    [found] = unmatched(NOTHING, [event({name: value})] * 3).types
    [path] = found.paths
    assert ("      as: duration" in [f"  {line}" for line in path.draft.lines]) is drafted
