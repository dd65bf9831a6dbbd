"""Rules and dashboards made from mappings that nobody here has seen: every real database takes what they ask."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dashboard.made import panel_queries, recorded, variable_series
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import PATIENCE_SECONDS
from servers.available import available
from servers.databases import DATABASES
from servers.process import local_session

import telemap
from telemap.monitoring.counting import Delivery
from telemap.monitoring.dashboard import dashboard_json
from telemap.monitoring.metrics import metrics_of
from telemap.monitoring.rules import rules_text
from telemap.push import Gateway
from telemap.remote_write import Feed, Protobuf
from telemap.store.own_metrics import OwnMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.databases import Database
    from servers.promtool import Promtool

EVENTS = Path(__file__).parents[1] / "events"
SHIPPED = ["telemap:default", "telemap:platform", "telemap:logs", "telemap:aws-sample"]
PRIVATE = "a-private-value"

KEYWORDS = (
    *("inf", "nan", "Inf", "NaN", "on", "ON", "by", "without", "bool", "and", "or", "unless", "ignoring", "atan2"),
    *("group_left", "group_right", "offset", "start", "end", "sum", "avg", "count", "quantile", "max_over_time"),
    *("with", "WITH", "if", "ifnot", "default", "limit", "keep_metric_names", "union", "time", "vector", "e", "x0"),
    *("true", "null", "yes", "no", "y", "x:", ":x", ":", "a:b:", "h", "h_bucket", "h_sum", "h_count"),
)
names = st.one_of(st.sampled_from(KEYWORDS), st.from_regex(r"\A[a-zA-Z_:][a-zA-Z0-9_:]{0,20}\Z"))
labels = st.one_of(
    st.sampled_from(
        (*(word for word in KEYWORDS if ":" not in word), "datasource", "datasource_label", "le_", "quantile")
    ),
    st.from_regex(r"\A[a-zA-Z][a-zA-Z0-9_]{0,12}\Z"),
)
_helps = st.one_of(
    st.sampled_from(
        ("say \"hi\" 'there'", "a\nb\n", "{{ $labels.job }}", "${datasource} $job [[job]] $", "päö 日本 \u2028 x", "\\")
    ),
    st.text(min_size=1, max_size=20),
)
_values = st.sampled_from(
    (
        "$.record.a",
        {"path": "$.record.a", "allow": ["x", "y"]},
        {"path": "$.record.a", "map": {"a": PRIVATE, "b": "c"}},
        {"const": PRIVATE},
        "${runtime:instance}",
        "${env:REGION}",
    )
)


@st.composite
def hostile_mappings(draw: st.DrawFn) -> str:
    """Draw the text of a mapping with names, labels and help that mean something in PromQL, YAML or Grafana."""
    metrics: dict[str, Any] = {}
    for name in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        kind = draw(st.sampled_from(("counter", "gauge", "summary", "histogram")))
        source: dict[str, Any] = {"from": "function"}
        if kind != "counter":
            source["value"] = "$.record.v"
        if kind == "gauge":
            source["op"] = draw(st.sampled_from(("set", "add", "max")))
        count = draw(st.sampled_from((0, 1, 2, 30)))
        metric = {
            "type": kind,
            "help": draw(_helps),
            **source,
            "labels": draw(st.dictionaries(labels, _values, min_size=count, max_size=count)),
        }
        if kind == "histogram":
            metric["buckets"] = draw(st.sampled_from(([1], [0.001, 5, 1e9], [-1, 0])))
        metrics[name + "_total" * (kind == "counter")] = metric
    prefix = draw(st.sampled_from(({}, {"defaults": {"prefix": "shop_"}})))
    return json.dumps({"version": 1, **prefix, "metrics": metrics}, ensure_ascii=False)


mappings_that_load = hostile_mappings().filter(lambda text: _loads(text) is not None)


def _loads(text: str) -> telemap.Mapping | None:
    try:
        return telemap.loads(text)
    except telemap.MappingError:
        return None


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, _integration: None) -> Iterator[Database]:
    with available(DATABASES[request.param]) as server:
        yield server


@pytest.fixture(params=Delivery, ids=lambda delivery: delivery.value)
def delivery(request: pytest.FixtureRequest) -> Delivery:
    found: Delivery = request.param
    return found


def require_parsed(database: Database, asked: list[str], selectors: list[str]) -> None:
    """Ask everything; a database refuses what it cannot parse."""
    with local_session() as session:
        for verb, name, texts in (("query", "query", asked), ("series", "match[]", selectors)):
            for text in texts:
                url = f"{database.api.url}/api/v1/{verb}"
                answer = session.post(url, data={name: text}, timeout=PATIENCE_SECONDS)
                assert answer.status_code == 200, f"{text}\n{answer.text}"


@settings(examples(0.15), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mapping=mappings_that_load)
def test_every_query_parses(database: Database, delivery: Delivery, mapping: str) -> None:
    metrics = metrics_of(telemap.loads(mapping))
    rules, board = rules_text("m", delivery, metrics), dashboard_json("m", delivery, metrics)
    asked = [query for queries in panel_queries(board).values() for query in queries]
    require_parsed(database, [*asked, *(expression for _, expression in recorded(rules))], variable_series(board))


@settings(examples(0.15), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mapping=mappings_that_load)
def test_promtool_accepts_the_rules(promtool: Promtool, tmp_path: Path, delivery: Delivery, mapping: str) -> None:
    metrics = metrics_of(telemap.loads(mapping))
    text = rules_text("a\nb: {}\u2028c", delivery, metrics)
    names = [name for name, _ in recorded(text)]
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    command: list[str | Path] = [promtool.program, "check", "rules", "--lint=all", "--lint-fatal", file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)

    assert done.returncode == 0, text + done.stdout + done.stderr
    assert len(set(names)) == len(names)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mapping=mappings_that_load)
def test_what_is_made_is_the_same_each_time_and_shows_no_value_of_a_label(delivery: Delivery, mapping: str) -> None:
    made = [
        (rules_text("m", delivery, metrics), dashboard_json("m", delivery, metrics))
        for metrics in (metrics_of(telemap.loads(mapping)) for _ in range(2))
    ]
    board = json.loads(made[0][1])
    variables = [one["name"] for one in board["templating"]["list"]]
    descriptions = "\n".join(panel["description"] for panel in board["panels"])

    assert made[0] == made[1]
    assert PRIVATE not in "".join(made[0])
    assert len(set(variables)) == len(variables)
    assert all(re.fullmatch(r"[a-zA-Z]\w*", name) for name in variables)
    assert re.search(r"\$\w|\$\{|\[\[", descriptions) is None, "Grafana would put a variable's value in place of it"


@pytest.mark.parametrize("mapping", SHIPPED)
def test_a_shipped_mapping_has_an_answer_in_each_panel_and_rule(
    database: Database, delivery: Delivery, mapping: str
) -> None:
    loaded = telemap.load(mapping)
    metrics = metrics_of(loaded)
    job = f"{mapping}-{delivery.value}"
    shown = play(database, loaded, job, scraped=delivery is Delivery.GATEWAY)
    board = dashboard_json("m", delivery, metrics).replace('"allValue": ".+"', f'"allValue": "{job}"')
    queries = panel_queries(board)
    answered = {
        title: all(database.api.query(query, time.time()) for query in asked)
        for title, asked in queries.items()
        if title in shown
    }

    assert answered
    assert [title for title, is_answered in answered.items() if not is_answered] == []
    require_parsed(
        database,
        [query for asked in queries.values() for query in asked]
        + [expression for _, expression in recorded(rules_text("m", delivery, metrics))],
        variable_series(board),
    )


def play(database: Database, mapping: telemap.Mapping, job: str, *, scraped: bool) -> set[str]:
    """Write what a process counted in all recordings, as steps or as scrapes; return the metrics that it has."""
    plan = telemap.compile(mapping)
    target = {"job": job, "instance": "i"}
    store = telemap.Store(plan, env={}, instance="i", own=OwnMetrics(plan, version="test"))
    feed = Feed(store, Protobuf(), target, steps=10)
    now = time.time() - 5
    with Gateway(database.write_url, {}, timeout=PATIENCE_SECONDS) as gateway:
        for recording in sorted(EVENTS.glob("*.json")):
            telemap.apply(plan, json.loads(recording.read_text(encoding="utf-8")), store)
        for request in feed.build(now):
            gateway.write(request.body)
        if scraped:
            form = Protobuf()
            pushed = form.labels("push_time_seconds", target)
            lines = [(pushed, 0.0, form.frames((), round(now * 1000)), now)]
            gateway.write(form.body([form.series(lines)]))
    database.flush()
    return {family.shape.name for family in store.all_families() if family.cells}
