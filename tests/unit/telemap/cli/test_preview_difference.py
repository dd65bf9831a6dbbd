from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import telemap
from telemap.cli import main
from telemap.preview.difference import difference
from telemap.preview.trial import Trial, begin

EVENTS_FOLDER = Path(__file__).parents[3] / "events"
EVENTS = [
    {"type": "function", "record": {"currency": currency, "n": n}} for n, currency in enumerate(["eur", "usd"] * 3)
]

OLD = """
version: 1
metrics:
  gone_total: {type: counter, help: Gone., from: function}
  orders_total:
    {type: counter, help: Orders., from: function, labels: {currency: $.record.currency}, series_limit: 1000}
  quiet_total: {type: counter, help: Quiet., from: extension}
  same: {type: gauge, help: Same., from: function, value: $.record.n}
  size: {type: summary, help: Size., from: function, value: $.record.n}
"""
NEW = """
version: 1
metrics:
  new:
    {type: histogram, help: New., from: function, value: $.record.n, buckets: [1, 10],
     labels: {currency: $.record.currency}, series_limit: 1000}
  orders_total:
    type: counter
    help: "Orders, by kind.\\nAll of them."
    from: function
    value: 2
    when: [{path: $.record.n, gt: 0}]
    labels: {currency: {path: $.record.currency, map: {usd: us"d}}, kind: {path: $.record.kind}}
    series_limit: 1000
  same: {type: gauge, help: Same., from: function, value: $.record.n}
  size: {type: histogram, help: Size., from: function, value: $.record.n, buckets: [2]}
"""
DIFFERENCE = r"""--- old.yaml
+++ new.yaml
@@ gone_total: only in old.yaml, 1 series @@
-# HELP gone_total Gone.
-# TYPE gone_total counter
-# labels: none
-gone_total 6.0
@@ new: only in new.yaml, 2 series @@
+# HELP new New.
+# TYPE new histogram
+# labels: currency
+# buckets: 1.0, 10.0
+new_count{currency="eur"} 3.0
+new_sum{currency="eur"} 6.0
+new_count{currency="usd"} 3.0
+new_sum{currency="usd"} 9.0
@@ orders_total: 1 series gone, 1 series new, 1 series changed @@
-# HELP orders_total Orders.
-# labels: currency
+# HELP orders_total Orders, by kind.\nAll of them.
+# labels: currency, kind
-orders_total{currency="eur"} 3.0
+orders_total{currency="eur"} 4.0
+orders_total{currency="us\"d"} 6.0
-orders_total{currency="usd"} 3.0
@@ quiet_total: only in old.yaml, no series @@
-# HELP quiet_total Quiet.
-# TYPE quiet_total counter
-# labels: none
@@ size: 1 series changed @@
-# TYPE size summary
+# TYPE size histogram
+# buckets: 2.0
+size_bucket{le="2.0"} 3.0
+size_bucket{le="+Inf"} 6.0
5 of 6 metrics differ after 6 events: 2 series gone, 3 new, 2 changed
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD)
    Path("new.yaml").write_text(NEW)
    Path("events.json").write_text(json.dumps(EVENTS))


def diff(*options: str) -> int:
    return main(["preview", "--mapping", "old.yaml", "--diff", "new.yaml", "--events", "events.json", *options])


def test_differences_are_shown_as_diff(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff() == 0
    assert capsys.readouterr() == (DIFFERENCE, "")


def test_exit_code_option_reports_differences(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("--exit-code") == 1
    assert capsys.readouterr().out == DIFFERENCE
    Path("new.yaml").write_text(OLD + "# another text\n")
    assert diff("--exit-code") == 0
    assert capsys.readouterr().out == "no differences: 5 metrics, 6 events\n"


def test_long_difference_is_truncated(capsys: pytest.CaptureFixture[str]) -> None:
    Path("old.yaml").write_text("version: 1\nmetrics: {a_total: {type: counter, help: A., from: function}}\n")
    Path("new.yaml").write_text(
        "version: 1\nmetrics: {a_total: {type: counter, help: A., from: function, labels: {n: $.record}}}\n"
    )
    Path("events.json").write_text(json.dumps([{"type": "function", "record": f"{n:03}"} for n in range(100)]))

    assert diff() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "@@ a_total: 1 series gone, 100 series new @@"
    assert lines[-3:] == [
        '+a_total{n="018"} 1.0',
        "  ... and 81 more series; --limit 0 shows all",
        "1 of 1 metric differs after 100 events: 1 series gone, 100 new, 0 changed",
    ]
    assert diff("--limit", "0") == 0
    assert capsys.readouterr().out.count("\n+a_total{") == 100
    assert diff("--limit", "2") == 0
    assert "... and 99 more series" in capsys.readouterr().out


def test_json_contains_the_whole_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["before"], told["after"], told["differs"], told["events"]) == ("old.yaml", "new.yaml", True, 6)
    families = {family["name"]: family for family in told["families"]}
    assert sorted(families) == ["gone_total", "new", "orders_total", "quiet_total", "size"]
    assert families["gone_total"]["after"] is None
    assert families["gone_total"]["series"] == [{"labels": {}, "before": {"value": 6.0}, "after": None}]
    assert families["new"]["series"][0]["after"] == {
        "buckets": {"1.0": 1.0, "10.0": 3.0, "+Inf": 3.0},
        "count": 3.0,
        "sum": 6.0,
    }
    assert families["orders_total"]["counts"] == {"gone": 1, "new": 1, "changed": 1, "same": 0}
    assert families["orders_total"]["after"]["label_names"] == ["currency", "kind"]
    assert families["size"]["series"] == [
        {
            "labels": {},
            "before": {"count": 6.0, "sum": 15.0},
            "after": {"buckets": {"2.0": 3.0, "+Inf": 6.0}, "count": 6.0, "sum": 15.0},
        }
    ]
    assert diff("--format", "json", "--limit", "1") == 0
    told = json.loads(capsys.readouterr().out)
    assert [len(family["series"]) for family in told["families"]] == [1, 1, 1, 0, 1]


def test_notes_on_one_mapping_have_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.yaml").write_text(OLD.replace("value: $.record.n}\n  size", "value: $.record.currency}\n  size"))
    Path("events.json").write_text(json.dumps([*EVENTS, None]))
    assert diff() == 0
    out, err = capsys.readouterr()
    assert "@@ same: 1 series gone @@\n-same 5.0\n" in out
    assert err.splitlines() == [
        "telemap: metric 'same': a value is not a number; samples like this are skipped and counted",
        "telemap: skipped 1 value that is not a telemetry event (an object whose 'type' is a string)",
        "telemap: new.yaml: metric 'same': samples skipped, 6 as not_a_number",
    ]


def test_a_note_says_how_to_read_an_array_of_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    Path("array.yaml").write_text(
        "version: 1\nmetrics:\n"
        "  took_seconds: {type: summary, help: Times., from: function, parse: json, value: $.record.took, unit: ms}\n"
    )
    Path("array.json").write_text(json.dumps([{"type": "function", "record": '{"took": [231.5]}'}]))
    assert main(["preview", "array.yaml", "array.json"]) == 0
    note = "telemap: metric 'took_seconds': for the numbers in an array, write each: \"$.record.took[*]\", and value: ."
    assert note in capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("faulty", ["old.yaml", "new.yaml"])
def test_problems_of_either_mapping_are_drawn(faulty: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(faulty).write_text("version: 1\nmetrics: []\n")
    assert diff() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{faulty}:2:10: error: ")


def shown(trial: Trial) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read a trial's exposition, as Prometheus does: a label without text is none."""
    return {
        (sample.name, frozenset((name, text) for name, text in sample.labels.items() if text)): sample.value
        for family in text_string_to_metric_families(telemap.render(trial.store))
        for sample in family.samples
    }


SHIPPED = ["telemap:default", "telemap:platform", "telemap:aws-sample", "telemap:emf", "telemap:logs"]


@pytest.mark.parametrize(("old", "new"), list(itertools.product(SHIPPED, SHIPPED)))
def test_difference_transforms_one_exposition_into_the_other(old: str, new: str) -> None:
    trials = [begin(telemap.load(name), {}) for name in (old, new)]
    for path in sorted(EVENTS_FOLDER.glob("*.json")):
        events: list[Any] = json.loads(path.read_text())
        for trial in trials:
            trial.apply(events)
    before, after = trials
    samples = shown(before)
    for family in difference(before, after):
        for series in family.series:
            for which, sign in ((series.before, -1), (series.after, 1)):
                for (name, bound), value in which.items():
                    key = name, frozenset([*series.labels, *([("le", bound)] if bound else [])])
                    if sign < 0:
                        assert samples.pop(key) == value
                    else:
                        samples[key] = value
    assert samples == shown(after)
    assert (old == new) == (not difference(before, after))
