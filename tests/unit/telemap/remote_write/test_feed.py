"""What is sent of a store: series, steps, the end of series, and what a database then knows."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from remote_write.database import STALE, Database, OutOfOrderError
from strategies import batches, mappings

import telemap
from telemap.remote_write import Feed, Protobuf, TimedText, WriteRequest
from telemap.remote_write import request as request_module
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.fake_database.decoding import Series, decode

if TYPE_CHECKING:
    import pytest

NOW = 1_767_225_600.0
AT = 1_767_225_600_000
TARGET = {"job": "orders", "instance": "i-1", "team": ""}
MAPPING = """
version: 1
metrics:
  orders_total: {type: counter, help: Orders., from: function, value: $.record.v, labels: {shop: $.record.shop}}
  took_seconds: {type: summary, help: Took., from: function, value: $.record.v}
  size_bytes: {type: histogram, help: Size., from: function, value: $.record.v, buckets: [1, 10]}
  stock: {type: gauge, help: Stock., from: function, value: $.record.v, expire: 10m}
  refunds_total: {type: counter, help: Refunds., from: extension, init: all}
"""
PLAN = telemap.compile(telemap.loads(MAPPING))


class Writing:
    """A store, what is sent of it, and a clock that the test turns."""

    def __init__(self, *, steps: int = 3, own: bool = False) -> None:
        self.now = 1000.0
        metrics = OwnMetrics(PLAN, version="test") if own else None
        self.store = telemap.Store(PLAN, own=metrics, instance="i-1", now=lambda: self.now)
        self.feed = Feed(self.store, Protobuf(), TARGET, steps=steps)

    def sell(self, value: float, shop: str = "a") -> None:
        telemap.apply(PLAN, [{"type": "function", "record": {"shop": shop, "v": value}}], self.store)

    def build(self, **options: Any) -> WriteRequest:
        [request] = self.feed.build(NOW + self.now - 1000.0, **options)
        return request

    def push(self) -> list[Series]:
        request = self.build()
        self.feed.settle(request)
        return decode(request.body)


def points(found: list[Series]) -> dict[str, list[tuple[int, float]]]:
    """Return the samples of series by name and bound, with times in milliseconds since the start."""
    return {
        " ".join(filter(None, [one.name, dict(one.labels).get("le")])): [
            (sample.at - AT, sample.value) for sample in one.samples
        ]
        for one in found
    }


def test_a_new_counter_is_sent_with_zeros_before_it() -> None:
    writing = Writing()
    writing.sell(5)

    assert points(writing.push()) == {
        "orders_total": [(-2001, 0), (-1001, 0), (-1, 0), (0, 5)],
        "refunds_total": [(0, 0)],
        "size_bytes_bucket 1.0": [(0, 0)],
        "size_bytes_bucket 10.0": [(-2001, 0), (-1001, 0), (-1, 0), (0, 1)],
        "size_bytes_bucket +Inf": [(-2001, 0), (-1001, 0), (-1, 0), (0, 1)],
        "size_bytes_count": [(-2001, 0), (-1001, 0), (-1, 0), (0, 1)],
        "size_bytes_sum": [(-2001, 0), (-1001, 0), (-1, 0), (0, 5)],
        "stock": [(0, 5)],
        "took_seconds_count": [(-2001, 0), (-1001, 0), (-1, 0), (0, 1)],
        "took_seconds_sum": [(-2001, 0), (-1001, 0), (-1, 0), (0, 5)],
    }


def test_only_what_changed_is_sent_and_gauges_each_time() -> None:
    writing = Writing()
    writing.sell(5)
    writing.push()
    writing.now += 10
    assert points(writing.push()) == {"stock": [(10_000, 5)]}
    writing.now += 10
    writing.sell(0.5)

    found = points(writing.push())
    assert found["orders_total"] == [(19_999, 5), (20_000, 5.5)]
    assert found["size_bytes_bucket 1.0"] == [(19_999, 0), (20_000, 1)]
    assert "refunds_total" not in found


def test_a_series_that_was_quiet_for_a_minute_gets_all_earlier_values_again() -> None:
    writing = Writing()
    writing.sell(5)
    writing.push()
    writing.now += 60
    writing.sell(5)

    assert len(points(writing.push())["orders_total"]) == 4


def test_a_series_of_init_is_one_sample_0_and_then_a_step() -> None:
    writing = Writing()
    assert points(writing.push()) == {"refunds_total": [(0, 0)]}
    writing.now += 100
    telemap.apply(PLAN, [{"type": "extension"}], writing.store)

    assert points(writing.push()) == {"refunds_total": [(97_999, 0), (98_999, 0), (99_999, 0), (100_000, 1)]}


def test_samples_are_later_than_all_before_them_even_if_the_clock_steps_back() -> None:
    writing = Writing()
    writing.sell(5)
    writing.push()
    writing.now -= 100
    writing.sell(5)
    assert points(writing.push())["orders_total"] == [(1, 5), (2, 10)]
    writing.sell(5)

    assert points(writing.push())["orders_total"] == [(3, 10), (4, 15)]


def test_what_is_not_settled_is_built_anew() -> None:
    writing = Writing()
    writing.sell(5)
    writing.build()
    writing.now += 10
    writing.sell(5)

    assert points(writing.push())["orders_total"] == [(7_999, 0), (8_999, 0), (9_999, 0), (10_000, 10)]


def test_a_gauge_that_expires_ends_once() -> None:
    writing = Writing()
    writing.sell(5)
    writing.push()
    writing.now += 601
    [end] = writing.push()
    assert [(sample.bits, sample.at) for sample in end.samples] == [(STALE, AT + 601_000)]
    assert math.isnan(end.samples[0].value)
    assert writing.feed.build(NOW + 602) == []
    writing.now += 2
    writing.sell(7)

    assert points(writing.push())["stock"] == [(603_000, 7)]


def test_at_the_end_every_series_that_was_sent_ends() -> None:
    writing = Writing()
    writing.sell(5)
    sent = {series.labels for series in writing.push()}
    writing.sell(1, shop="never sent")
    [request] = writing.feed.build_end()
    ends = decode(request.body)

    assert {series.labels for series in ends} == sent
    assert {(sample.bits, sample.at) for series in ends for sample in series.samples} == {(STALE, AT + 1)}


def test_labels_are_sorted_each_once_and_never_empty() -> None:
    writing = Writing()
    writing.sell(5, shop="")
    for series in writing.push():
        names = [name for name, _ in series.labels]
        assert names == sorted(set(names))
        assert all(value for _, value in series.labels)
        assert {"__name__", "job", "instance"} <= set(names)
        assert not {"team", "shop"} & set(names)


def test_labels_of_the_process_win_and_the_instance_is_named() -> None:
    plan = telemap.compile(
        telemap.loads("""
version: 1
metrics:
  up:
    {type: gauge, help: Up., from: x, value: 1, labels: {instance: "${runtime:instance}", id: "a-${runtime:instance}"}}
""")
    )
    store = telemap.Store(plan, instance="i-1")
    telemap.apply(plan, [{"type": "x"}], store)
    feed = Feed(store, Protobuf(), TARGET, steps=1)
    [first] = feed.build(NOW)
    feed.settle(first)
    feed.restart("i-2")
    telemap.apply(plan, [{"type": "x"}], store)
    [second] = feed.build(NOW + 1)
    found = [dict(series.labels) for request in (first, second) for series in decode(request.body)]

    assert [(labels["instance"], labels["id"]) for labels in found] == [("i-1", "a-i-1"), ("i-2", "a-i-2")]


def test_a_new_instance_begins_with_what_was_not_settled() -> None:
    writing = Writing(own=True)
    writing.sell(5)
    writing.push()
    writing.sell(2)
    writing.feed.restart("i-2")
    found = {one.name: one for one in writing.push()}

    assert dict(found["orders_total"].labels)["instance"] == "i-2"
    assert [sample.value for sample in found["orders_total"].samples] == [0, 0, 0, 2]
    assert [sample.value for sample in found["telemap_events_total"].samples] == [0, 0, 0, 1]


def test_of_a_refused_request_only_telemaps_own_families_are_sent_again() -> None:
    writing = Writing(own=True)
    writing.sell(5)
    writing.feed.settle(writing.build(), refused=True)
    writing.now += 1
    own = points(decode(writing.build(own_only=True).body))
    assert own["telemap_events_total"] == [(999, 0), (1000, 1)]
    assert not [name for name in own if not name.startswith("telemap_")]
    writing.sell(1)

    assert points(writing.push())["orders_total"] == [(1001, 5), (1002, 6)]


def test_telemaps_own_families_have_their_step_also_right_after_a_refusal() -> None:
    writing = Writing(own=True)
    writing.sell(5)
    writing.feed.settle(writing.build(), refused=True)

    assert points(decode(writing.build(own_only=True).body))["telemap_events_total"] == [(1, 0), (2, 1)]


def test_what_is_too_large_for_one_request_goes_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_module, "MAX_BYTES", 2000)
    monkeypatch.setattr(request_module, "MAX_LINES", 1)
    writing = Writing()
    for number in range(100):
        writing.sell(number + 1, shop=f"shop-{number}")
    requests = writing.feed.build(NOW)
    assert all(len(request.body) <= 2000 for request in requests)
    assert len({request.at for request in requests}) == 1
    writing.feed.settle(requests[0])
    found = {series.labels for series in decode(requests[0].body)}
    rest = {series.labels for request in writing.feed.build(NOW + 1) for series in decode(request.body)}

    assert found
    assert not {labels for labels in found & rest if ("__name__", "stock") not in labels}
    assert len({*found, *rest}) == 100 + 1 + 1 + 2 + 5


def test_golden_bytes() -> None:
    plan = telemap.compile(telemap.loads("version: 1\nmetrics: {a_total: {type: counter, help: A., from: x}}\n"))
    store = telemap.Store(plan)
    telemap.apply(plan, [{"type": "x"}], store)
    [request] = Feed(store, Protobuf(), {"job": "j"}, steps=1).build(1.0)

    assert request.body.hex(" ") == (
        "3d f0 3c"  # snappy: 61 bytes, a literal with its length - 1 in one byte
        " 0a 3b"  # time series
        " 0a 13 0a 08 5f 5f 6e 61 6d 65 5f 5f 12 07 61 5f 74 6f 74 61 6c"  # __name__="a_total"
        " 0a 08 0a 03 6a 6f 62 12 01 6a"  # job="j"
        " 12 0c 09 00 00 00 00 00 00 00 00 10 e7 07"  # 0 at 999
        " 12 0c 09 00 00 00 00 00 00 f0 3f 10 e8 07"  # 1 at 1000
    )


def test_text_has_the_same_steps() -> None:
    store = telemap.Store(PLAN)
    telemap.apply(PLAN, [{"type": "function", "record": {"shop": 'a"b', "v": 5}}], store)
    [request] = Feed(store, TimedText(), {}, steps=2).build(NOW)
    lines = request.body.decode().splitlines()

    assert lines[:3] == [
        'orders_total{shop="a\\"b"} 0.0 1767225598999',
        'orders_total{shop="a\\"b"} 0.0 1767225599999',
        'orders_total{shop="a\\"b"} 5.0 1767225600000',
    ]
    assert 'size_bytes_bucket{le="+Inf"} 1.0 1767225600000' in lines
    assert lines[-1] == "took_seconds_sum 5.0 1767225600000"


Samples = dict[tuple[tuple[str, str], ...], float]


def exposed(store: telemap.Store) -> Samples:
    """Return what the text exposition says, with the labels of a database."""
    return {
        tuple(sorted({"__name__": sample.name, **sample.labels, "job": "orders"}.items())): sample.value
        for family in text_string_to_metric_families(telemap.render(store))
        for sample in family.samples
    }


def without_empty(samples: Samples) -> Samples:
    return {tuple(pair for pair in labels if pair[1]): value for labels, value in samples.items()}


@examples(2)
@given(mappings(), st.lists(batches, max_size=4), st.integers(1, 12))
def test_a_database_has_what_the_exposition_shows(mapping: str, posts: list[list[Any]], steps: int) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    store = telemap.Store(plan, env={}, instance="i-1", own=OwnMetrics(plan, version="test"))
    feed = Feed(store, Protobuf(), {"job": "orders"}, steps=steps)
    database = Database()
    for number, post in enumerate([[], *posts]):
        telemap.apply(plan, post, store)
        for request in feed.build(NOW + number):
            database.write(request.body)
            feed.settle(request)
        assert database.live() == without_empty(exposed(store))


EXCHANGES = st.lists(
    st.tuples(st.sampled_from(["answered", "lost before", "lost after"]), st.integers(0, 3)), max_size=20
)


@given(EXCHANGES, st.integers(1, 10))
def test_the_same_bytes_until_they_are_settled_count_everything_once(
    exchanges: list[tuple[str, int]], steps: int
) -> None:
    writing = Writing(steps=steps)
    database = Database()
    pending: WriteRequest | None = None
    sold = 0
    for fate, sales in [*exchanges, ("answered", 0), ("answered", 0)]:
        writing.now += 1
        sold += sales
        for _ in range(sales):
            writing.sell(1)
        for request in [pending] if pending else writing.feed.build(NOW + writing.now):
            is_repeated, pending = request is pending, request
            if fate != "lost before":
                with contextlib.suppress(*([OutOfOrderError] if is_repeated else [])):
                    database.write(request.body)
            if fate == "answered":
                writing.feed.settle(request)
                pending = None

    assert database.counted("orders_total", shop="a") == sold
    assert database.counted("took_seconds_count") == sold
