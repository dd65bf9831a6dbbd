"""What a session answers that no command prints: places, what comes of what, drafts and files that can be used."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from commands import run_command

from telemap.playground import QuestionError, Session
from telemap.playground.state import REGEX_SECONDS
from telemap.version import VERSION

ORDERS = """\
version: 1
metrics:
  orders_total:
    type: counter
    help: Orders.
    from: function
    parse: json
    when:
      - path: $.record.event
        equals: order
    labels:
      currency: $.record.currency

  # A comment between two metrics belongs to none.

  starts_total: {type: counter, help: Starts., from: platform.start}
"""


def order(currency: str, event: str = "order") -> dict[str, Any]:
    return {"type": "function", "record": json.dumps({"event": event, "currency": currency})}


def lines_of(*events: Any) -> str:
    return "\n".join(json.dumps(event) for event in events)


class Page:
    """Asks a session as the page does."""

    def __init__(
        self, mapping: str = ORDERS, events: str = "", folder: str | None = None, name: str = "m.yaml"
    ) -> None:
        self.session = Session(folder)
        self.revision = 0
        self.name = name
        self.answer = self.evaluate(mapping, events)

    def evaluate(self, mapping: str, events: str | None = None, **more: Any) -> dict[str, Any]:
        self.revision += events is not None
        given = {"revision": self.revision} if events is None else {"revision": self.revision, "text": events}
        return self.ask("evaluate", mapping={"name": self.name, "text": mapping}, events=given, **more)

    def ask(self, question: str, **arguments: Any) -> dict[str, Any]:
        return self.session.ask(question, arguments)


def test_hello_tells_the_version() -> None:
    assert Session().ask("hello", {})["version"] == VERSION


@pytest.mark.parametrize(
    ("question", "arguments", "words"),
    [
        ("guess", {}, "unknown question 'guess'"),
        ("hello", [], "hello: needs an object"),
        ("hello", {"a": 1}, "hello: unknown argument 'a'"),
        ("evaluate", {}, "evaluate: 'mapping': needs an object"),
        ("evaluate", {"mapping": {"name": "m"}, "events": {"revision": 1}}, "'text' must be text"),
        (
            "evaluate",
            {"mapping": {"name": "m", "text": ""}, "events": {"revision": True}},
            "'revision' must be a whole number, at least 0",
        ),
        (
            "evaluate",
            {"mapping": {"name": "m", "text": ""}, "events": {"revision": 1, "text": ""}, "env": {"A": 1}},
            "'env' must be an object of texts",
        ),
        ("trace", {"first": 0, "last": 5}, "'first' must be a whole number, at least 1"),
        ("explain", {"number": 9}, "there is no event 9"),
        ("series", {"family": 9, "series": 0}, "there is no such series"),
        ("series", {"family": 0, "series": 9}, "there is no such series"),
        ("queries", {"delivery": "pigeon"}, "must be one of gateway, remote-write, victoria-metrics"),
    ],
)
def test_wrong_questions_are_refused_in_words(question: str, arguments: Any, words: str) -> None:
    page = Page(events=lines_of(order("EUR")))
    with pytest.raises(QuestionError) as refused:
        page.session.ask(question, arguments)
    assert words in str(refused.value)


def test_events_are_sent_once() -> None:
    page = Page(events=lines_of(order("EUR")))
    assert page.evaluate(ORDERS)["text"] == page.answer["text"]
    asked = {"mapping": {"name": "m.yaml", "text": ORDERS}, "events": {"revision": 7}}
    assert page.session.ask("evaluate", asked) == {"unknown_events": True}
    assert page.evaluate(ORDERS)["text"] == page.answer["text"]  # those that it has are still there


@pytest.mark.parametrize(
    "question", ["trace", "series", "explain", "cardinality", "unmatched", "difference", "as_test", "queries"]
)
def test_a_mapping_with_errors_has_no_other_answers(question: str) -> None:
    page = Page("version: 1\nmetrics: {a: {}}\n", lines_of(order("EUR")))
    assert not page.answer["valid"]
    assert page.answer["events"]["count"] == 1
    arguments = {"difference": {"before": ORDERS}}
    assert page.session.ask(question, arguments.get(question, {})) == {"unavailable": True}


def test_each_problem_names_its_section_of_the_documentation() -> None:
    [problem] = Page("version: 1\nmetrics: {a_total: {type: counter, help: A., form: a}}\n").answer["problems"]
    assert problem["url"] == f"reference/problems.html#{problem['code']}"
    reference = Path(__file__).parents[2] / "docs" / "reference" / "problems.md"
    assert f"\n### {problem['code']}\n" in reference.read_text(encoding="utf-8")


@pytest.mark.parametrize("between", ["\n", "\n\n  ", " "])
@pytest.mark.parametrize("is_array", [True, False])
@pytest.mark.parametrize("text", ["plain", "\N{GRINNING FACE} and \N{PILE OF POO}", "\u00e9 \u20ac"])
def test_ranges_of_events_count_as_editors_in_browsers_do(between: str, text: str, *, is_array: bool) -> None:
    events = [{"type": text, "record": number} for number in range(300)]
    written = [json.dumps(event, ensure_ascii=False) for event in events]
    recording = f"[{f',{between}'.join(written)}]" if is_array else between.join(written)
    answer = Page(events=recording).answer["events"]
    units = recording.encode("utf-16-le")
    assert [units[2 * begin : 2 * end].decode("utf-16-le") for begin, end in answer["ranges"]] == written


def test_bad_lines_are_skipped_and_the_first_has_a_place(tmp_path: Path) -> None:
    text = lines_of(order("EUR"), order("\N{GRINNING FACE}")) + '\n{"type": oops}\n' + lines_of(order("USD"))
    text += '\n{"type": "func'
    answer = Page(events=text).answer
    error = answer["events"]["error"]
    assert (answer["events"]["count"], answer["events"]["bad_lines"], error["line"]) == (3, 2, 3)
    units = text.encode("utf-16-le")
    assert units[2 * error["offset"] :].decode("utf-16-le").startswith("oops")
    assert error["message"].startswith("line 3: not JSON")
    currencies = [series["labels"]["currency"] for series in answer["families"][0]["series"]]
    assert currencies == ["EUR", "USD", "\N{GRINNING FACE}"]
    mapping, recording = tmp_path / "m.yaml", tmp_path / "events.jsonl"
    mapping.write_text(ORDERS, encoding="utf-8")
    recording.write_text(text, encoding="utf-8")
    assert answer["text"] == run_command("preview", str(mapping), str(recording), "--skip-bad-lines").stdout
    assert [one["line"] for one in answer["events"]["bad"]] == [3, 5]
    assert answer["events"]["bad"][0] == error


def test_events_with_commas_between_them_count_and_the_comma_is_told() -> None:
    answer = Page(events=",\n".join([lines_of(order("EUR"))] * 3)).answer["events"]
    assert answer["count"] == 3
    assert "Expecting a line end between events, not a comma" in answer["error"]["message"]


def test_a_session_that_is_gone_is_told_apart_from_a_mapping_with_errors() -> None:
    answer = Session().ask("trace", {"first": 1, "last": 1})
    assert answer == {"unavailable": True, "unknown_session": True}


def test_a_text_of_nothing_but_bad_lines_is_soon_given_up() -> None:
    begin = time.thread_time()
    answer = Page(events="{type: 'function'}\n" * 200_000).answer["events"]
    assert time.thread_time() - begin < 20
    assert (answer["count"], answer["error"]["line"]) == (0, 1)


def test_events_of_all_types_are_counted_and_others_listed() -> None:
    answer = Page(events=lines_of(3, order("EUR"), [], {"type": 4}, {"type": "b"}, order("EUR"))).answer["events"]
    assert answer["types"] == {"function": 2, "b": 1}
    assert answer["malformed"] == [1, 3]  # an array on a line holds events: an empty one none


def test_metrics_are_in_the_order_of_the_text_with_the_lines_of_their_blocks() -> None:
    places = [(one["name"], one["file"], one["line"], one["end_line"]) for one in Page().answer["families"]]
    assert places == [("orders_total", "m.yaml", 3, 12), ("starts_total", "m.yaml", 16, 16)]


def test_a_source_of_several_has_the_lines_of_its_own_block() -> None:
    mapping = """\
version: 1
metrics:
  seen_total:
    type: counter
    help: Seen.
    sources:
      - from: function
        labels: {kind: line}

      - {from: platform.start,
         labels: {kind: start}}
    series_limit: 5

defaults: {series_limit_total: 10}
"""
    page = Page(mapping, lines_of(order("EUR")))
    sources = page.ask("trace", first=1, last=1)["sources"]
    assert [(one["source"], one["line"], one["end_line"]) for one in sources] == [(1, 7, 8), (2, 10, 11)]
    assert page.answer["families"][0]["end_line"] == 12


def test_variables_are_those_of_an_example_and_never_those_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "mine")
    monkeypatch.setenv("MY_STAGE", "mine")
    labels = '{region: "${env:AWS_REGION}", stage: "${env:MY_STAGE:-none}"}'
    mapping = f"version: 1\nmetrics: {{a_total: {{type: counter, help: A., from: a, labels: {labels}}}}}\n"
    page = Page(mapping, lines_of({"type": "a"}))
    assert page.answer["families"][0]["series"][0]["labels"] == {"region": "eu-central-1", "stage": "none"}
    answer = page.evaluate(mapping, env={"MY_STAGE": "test"})
    assert answer["families"][0]["series"][0]["labels"] == {"region": "eu-central-1", "stage": "test"}
    assert page.ask("explain", number=1)["sources"][0]["sentences"][0]["text"].startswith(
        'made a_total{region="eu-central-1",stage="test"}'
    )


def test_without_a_folder_only_shipped_mappings_are_included(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(ORDERS, encoding="utf-8")
    page = Page(f"version: 1\ninclude: [{json.dumps(str(other))}]\n")
    assert [one["code"] for one in page.answer["problems"]] == ["file-unreadable", "include-broken"]
    assert "only shipped mappings" in page.answer["problems"][0]["message"]
    included = page.evaluate("version: 1\ninclude: [telemap:default]\n")
    assert included["valid"]
    assert {one["file"] for one in included["families"]} == {"telemap:default"}


def test_files_in_the_folder_are_included_and_read_again(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(ORDERS, encoding="utf-8")
    mapping = "version: 1\ninclude: [other.yaml]\n"
    page = Page(mapping, folder=str(tmp_path), name=str(tmp_path / "m.yaml"))
    assert [one["name"] for one in page.answer["families"]] == ["orders_total", "starts_total"]
    other.write_text(ORDERS.replace("orders_total", "sales_total"), encoding="utf-8")
    assert [one["name"] for one in page.evaluate(mapping)["families"]] == ["sales_total", "starts_total"]
    outside = Page(mapping, folder=str(tmp_path / "within"), name=str(tmp_path / "m.yaml"))
    assert not outside.answer["valid"]
    assert "only files in this folder and below" in outside.answer["problems"][0]["help"]


def test_each_event_has_a_state_and_the_stages_where_sources_stopped() -> None:
    mapping = ORDERS + "drop: [{from: platform.fault}]\n"
    events = [order("EUR"), order("EUR", "visit"), {"type": "function", "record": "no JSON"}]
    events += [{"type": "platform.report"}, {"type": "platform.fault"}]
    page = Page(mapping, lines_of(*events, 5))
    traced = page.ask("trace", first=1, last=99)
    assert [(one["number"], one["state"], one["stops"], one["made"]) for one in traced["events"]] == [
        (1, "made", [], [[0, 0]]),
        (2, "stopped", [[0, "when"]], []),
        (3, "stopped", [[0, "parse"]], []),
        (4, "unread", [], []),
        (5, "dropped", [], []),
        (6, "malformed", [], []),
    ]
    assert [(one["read"], one["made"]) for one in traced["sources"]] == [(3, 1), (0, 0)]
    assert [page.ask("explain", number=number)["state"] for number in range(1, 7)] == [
        one["state"] for one in traced["events"]
    ]
    assert [one["number"] for one in page.ask("trace", first=2, last=3)["events"]] == [2, 3]
    assert page.ask("trace", first=50, last=60)["events"] == []


def test_at_most_500_events_are_traced_at_once() -> None:
    page = Page(events="\n".join([lines_of(order("EUR"))] * 700))
    assert [one["number"] for one in page.ask("trace", first=100, last=700)["events"]] == list(range(100, 600))


def test_the_line_of_a_test_is_found_in_text_that_is_in_no_file() -> None:
    page = Page(events=lines_of(order("EUR", "visit")))
    [source] = page.ask("explain", number=1)["sources"]
    assert source["stopped_at"] == "when"
    [sentence] = source["sentences"]
    assert sentence["line"] == 9
    assert sentence["text"].startswith("stopped at when, line 9: ")
    assert [(one["stage"], one["state"]) for one in source["stages"]] == [
        ("from", "passed"),
        ("parse", "passed"),
        ("each", "unused"),
        ("when", "stopped"),
        ("labels", "ahead"),
        ("value", "ahead"),
    ]


def test_rules_of_drop_are_explained_with_their_places() -> None:
    mapping = f"""{ORDERS}
drop:
  - from: function
    when: [{{path: $.record, matches: noise}}]
"""
    page = Page(mapping, lines_of(order("EUR"), {"type": "function", "record": "noise"}))
    [passing] = page.ask("explain", number=1)["drops"]
    assert (passing["verdict"], passing["file"], passing["line"]) == ("passes", "m.yaml", 19)
    [dropping] = page.ask("explain", number=2)["drops"]
    assert dropping["verdict"] == "drops"
    assert dropping["sentences"][1]["line"] == 20


def test_series_lead_to_the_events_and_rules_that_made_them() -> None:
    mapping = """
version: 1
metrics:
  seen_total:
    type: counter
    help: Seen.
    sources:
      - {from: function, labels: {kind: {path: $.record.kind, default: line}}}
      - {from: platform.start, labels: {kind: start}}
      - {from: platform.report, labels: {kind: line}}
"""
    events = [{"type": "function"}, {"type": "platform.start"}, {"type": "platform.report"}, {"type": "function"}]
    page = Page(mapping, lines_of(*events, {"type": "function", "record": {"kind": "start"}}))
    names = [one["labels"]["kind"] for one in page.answer["families"][0]["series"]]
    assert names == ["line", "start"]
    assert page.ask("series", family=0, series=0) == {"events": [1, 3, 4], "total": 3, "sources": [0, 2]}
    assert page.ask("series", family=0, series=1) == {"events": [2, 5], "total": 2, "sources": [0, 1]}


def test_a_series_that_exists_from_the_start_was_made_by_no_event() -> None:
    mapping = "version: 1\nmetrics: {a_total: {type: counter, help: A., from: a, init: all}}\n"
    page = Page(mapping, lines_of({"type": "b"}))
    assert page.ask("series", family=0, series=0) == {"events": [], "total": 0, "sources": []}


@pytest.mark.parametrize(("overflow", "state"), [("fold", "made"), ("drop", "stopped")])
def test_events_beyond_a_limit_lead_to_the_overflow_series_or_stop_there(overflow: str, state: str) -> None:
    more = f"series_limit: 2, overflow: {overflow}, labels: {{a: $.record.a}}"
    mapping = f"version: 1\nmetrics: {{a_total: {{type: counter, help: A., from: a, {more}}}}}\n"
    page = Page(mapping, lines_of(*({"type": "a", "record": {"a": f"{number}"}} for number in range(4))))
    traced = page.ask("trace", first=1, last=4)["events"]
    assert [one["state"] for one in traced] == ["made", "made", state, state]
    series = [one["labels"]["a"] for one in page.answer["families"][0]["series"]]
    if overflow == "fold":
        assert page.ask("series", family=0, series=series.index("__overflow__"))["events"] == [3, 4]
    else:
        assert traced[2]["stops"] == [[0, "limit"]]


def test_rules_of_a_metric_share_the_values_that_max_values_counts() -> None:
    label = "labels: {a: {path: $.record.a, max_values: 2}}"
    mapping = f"""
version: 1
metrics:
  a_total:
    type: counter
    help: A.
    sources: [{{from: a, {label}}}, {{from: b, {label}}}]
"""
    records = [("a", "1"), ("b", "2"), ("a", "3"), ("b", "1")]
    page = Page(mapping, lines_of(*({"type": kind, "record": {"a": text}} for kind, text in records)))
    series = [one["labels"]["a"] for one in page.answer["families"][0]["series"]]
    found = {text: page.ask("series", family=0, series=number)["events"] for number, text in enumerate(series)}
    assert found == {"1": [1, 4], "2": [2], "__overflow__": [3]}


def test_of_several_items_the_one_that_came_farthest_tells_where_a_rule_stopped() -> None:
    mapping = """
version: 1
metrics:
  a:
    type: summary
    help: A.
    from: a
    each: "$.record[*]"
    when: [{path: .k, exists: true}]
    value: .v
"""
    records: list[list[dict[str, int]]] = [[], [{}], [{}, {"k": 1}], [{}, {"k": 1, "v": 2}]]
    events = [{"type": "a", "record": record} for record in records]
    page = Page(mapping, lines_of(*events))
    traced = page.ask("trace", first=1, last=4)["events"]
    assert [one["stops"] for one in traced] == [[[0, "each"]], [[0, "when"]], [[0, "value"]], []]


def test_slow_regexes_are_cut_off_in_every_answer() -> None:
    tests = [f"when: [{{path: $.record, matches: '{regex}'}}]" for regex in ("(a+)+$", "(a|a)+$", "(a|aa)+$")]
    rules = "".join(
        f"  m{number}_total: {{type: counter, help: M., from: function, {test}}}\n" for number, test in enumerate(tests)
    )
    events = lines_of(*[{"type": "function", "record": "a" * 40 + "!"}] * 20)
    begin = time.thread_time()
    page = Page(f"version: 1\nmetrics:\n{rules}", events)
    traced = page.ask("trace", first=1, last=20)["events"]
    answer = page.ask("explain", number=1)
    assert time.thread_time() - begin < 30  # each of these regexes would take years
    assert {stage for one in traced for _, stage in one["stops"]} == {"regex"}
    assert {one["stopped_at"] for one in answer["sources"]} == {"regex"}


def test_all_rules_share_the_time_of_the_regexes_for_an_explanation() -> None:
    rule = "type: counter, help: M., from: function, when: [{path: $.record, matches: '(a+)+$'}]"
    rules = "".join(f"  m{number}_total: {{{rule}}}\n" for number in range(40))
    page = Page(f"version: 1\nmetrics:\n{rules}", lines_of({"type": "function", "record": "a" * 40 + "!"}))
    page.ask("explain", number=1)  # compiles what it needs
    begin = time.thread_time()
    answer = page.ask("explain", number=1)
    assert time.thread_time() - begin < 40 * REGEX_SECONDS / 4
    assert {one["stopped_at"] for one in answer["sources"]} == {"regex"}


def test_labels_that_nothing_bounds_and_limits_that_are_reached_are_advised_on() -> None:
    mapping = """
version: 1
metrics:
  a_total: {type: counter, help: A., from: a, labels: {id: $.record.id, kind: $.record.kind}, series_limit: 30}
  b_total: {type: counter, help: B., from: a, labels: {id: {path: $.record.id, max_values: 5}}}
"""
    events = [{"type": "a", "record": {"id": f"id-{number}", "kind": "x"}} for number in range(40)]
    advice = Page(mapping, lines_of(*events)).ask("cardinality")["advice"]
    assert [(one["family"], one["label"]) for one in advice] == [("a_total", "id"), ("a_total", None)]
    assert "40 values in 40 events" in advice[0]["text"]
    assert "10 samples beyond a limit" in advice[1]["text"]


def test_a_draft_can_be_inserted_below_the_metrics() -> None:
    page = Page(events=lines_of(order("EUR"), {"type": "platform.report", "record": {"metrics": {"durationMs": 5}}}))
    drafts = page.ask("unmatched")["drafts"]
    assert [one["type"] for one in drafts] == ["platform.report", "platform.report"]
    assert not any(one["exists"] for one in drafts)
    mapping = ORDERS.replace("metrics:\n", "metrics:\n" + "".join(one["block"] for one in drafts))
    answer = page.evaluate(mapping)
    assert answer["valid"]
    assert {one["name"] for one in drafts} <= {one["name"] for one in answer["families"] if one["series"]}
    assert page.ask("unmatched")["drafts"] == []


def test_a_draft_has_no_name_that_stands_in_the_mapping() -> None:
    mapping = "version: 1\ndefaults: {prefix: zoo_}\nmetrics:\n  a_total: {type: counter, help: A., from: a}\n"
    events = lines_of(*[{"type": "function", "record": {"lag": [1.5, [2.5, 3.5]]}}] * 3)
    page = Page(mapping, events)
    added: list[str] = []
    while drafts := page.ask("unmatched")["drafts"]:
        assert not drafts[0]["exists"]
        added.append(drafts[0]["name"])
        mapping += drafts[0]["block"]
        assert page.evaluate(mapping)["valid"], mapping
    assert len(added) == len(set(added)) > 1


def test_names_in_groups_are_taken_too() -> None:
    mapping = """
version: 1
defaults: {prefix: zoo_}
groups:
  - from: other
    metrics:
      function_lag: {type: gauge, help: Lag., value: $.record.other}
"""
    [draft] = Page(mapping, lines_of({"type": "function", "record": {"lag": 1.5}})).ask("unmatched")["drafts"][1:]
    assert draft["name"] == "function_lag_2"


def test_examples_of_values_are_json_that_browsers_read() -> None:
    page = Page(events='{"type": "platform.start", "record": {"a": NaN, "b": 1e999, "c": -1e999, "d": 1.5}}')
    [found] = page.ask("unmatched")["types"]
    assert [one["example"] for one in found["paths"]] == ["NaN", "+Inf", "-Inf", 1.5]


def test_a_difference_is_from_the_pinned_mapping_to_this_one() -> None:
    page = Page(events=lines_of(order("EUR"), order("USD")))
    before = ORDERS.replace("equals: order", "equals: visit")
    [family] = page.ask("difference", before=before)["families"]
    assert (family["name"], family["counts"]["new"]) == ("orders_total", 2)
    assert page.ask("difference", before=ORDERS)["families"] == []
    assert page.ask("difference", before="version: 2") == {"unavailable": True}


def test_examples_of_paths_are_in_letters_of_every_language() -> None:
    page = Page(events=lines_of({"type": "function", "record": {"animal": "\u0641\u064a\u0644\u202e"}}))
    [path] = page.ask("paths")["types"]["function"]
    assert path["example"] == '"\u0641\u064a\u0644\\u202e"'


def test_paths_are_listed_by_type_with_values_and_the_parse_that_they_need() -> None:
    events = [order("EUR"), order("USD"), {"type": "platform.report", "record": {"metrics": {"durationMs": 5}}}]
    events.append({"type": "platform.report", "record": {"spans": [{"name": "a"}]}})
    types = Page("not: valid", lines_of(*events)).ask("paths")["types"]
    assert list(types) == ["function", "platform.report"]
    assert types["function"][0] == {
        "path": "$.record.currency",
        "form": "json",
        "example": '"EUR"',
        "kind": "text",
        "events": 2,
    }
    assert [(one["path"], one["kind"]) for one in types["platform.report"]] == [
        ("$.record.metrics.durationMs", "number"),
        ("$.record.spans", "array"),
        ("$.record.spans[*].name", "text"),
    ]


QUERIES = Path(__file__).parents[2] / "docs" / "how-to" / "query.md"


@pytest.mark.parametrize(
    ("delivery", "query", "metric", "title"),
    [
        ("remote-write", "written", "aws_lambda_invocations_total", "the last 5 minutes, by job and status"),
        ("gateway", "invocations", "aws_lambda_invocations_total", "the last 5 minutes, by job and status"),
        ("remote-write", "written-mean", "aws_lambda_duration_seconds", "mean of the last 5 minutes, by job"),
        ("gateway", "mean", "aws_lambda_duration_seconds", "mean of the last 5 minutes, by job"),
    ],
)
def test_queries_are_those_of_the_documentation(delivery: str, query: str, metric: str, title: str) -> None:
    families = Page("version: 1\ninclude: [telemap:default]\n").ask("queries", delivery=delivery)["families"]
    [found] = [
        one for family in families if family["name"] == metric for one in family["queries"] if one["title"] == title
    ]
    text = QUERIES.read_text(encoding="utf-8").partition(f"<!-- query: {query} -->\n```promql\n")[2]
    assert found["expr"] == text.partition("\n```")[0]


def test_a_test_has_the_variables_that_the_mapping_reads() -> None:
    mapping = ORDERS.replace("currency: $.record.currency", 'region: "${env:AWS_REGION}"')
    text = Page(mapping, lines_of(order("EUR"))).ask("as_test")["text"]
    assert '    env:\n      AWS_REGION: "eu-central-1"\n' in text


def test_a_test_leaves_out_what_it_cannot_have() -> None:
    events = lines_of(order("EUR"), 5, {"type": "function", "record": "\ud800"}, order("EUR"))
    answer = Page(events=events + '\n{"type": "function", "record": 1e999}', name="a/shop.yml").ask("as_test")
    assert answer["name"] == "shop.test.yaml"
    assert answer["text"].count('- {"type"') == 2
    assert answer["left_out"] == 3
    assert answer["text"].startswith("# 3 events could not be written here.\n")
    assert "'orders_total{currency=\"EUR\"}': 2\n" in answer["text"]


def test_a_test_has_characters_of_every_plane() -> None:
    answer = Page(events=lines_of(order("\N{LION FACE}"))).ask("as_test")
    assert "'orders_total{currency=\"\N{LION FACE}\"}': 1\n" in answer["text"]
    assert answer["left_out"] == 0


def test_a_test_of_many_events_of_which_none_makes_a_sample_has_one_of_each_outcome() -> None:
    events = [*[order("EUR", "visit")] * 200, {"type": "function", "record": "no JSON"}]
    answer = Page(events=lines_of(*events)).ask("as_test")
    assert answer["text"].count('- {"type"') == 2
    assert answer["text"].endswith('    expect:\n      exposition: ""\n')


def test_a_test_of_many_events_has_those_that_show_each_metric() -> None:
    events = [*[order("EUR")] * 200, {"type": "platform.start"}]
    answer = Page(events=lines_of(*events)).ask("as_test")
    text = answer["text"]
    assert text.count('- {"type"') == answer["events"] == 2
    assert text.startswith("# Of 201 events: the first that made each metric, and the first of each other outcome.\n")
    assert "'starts_total': 1\n" in text
