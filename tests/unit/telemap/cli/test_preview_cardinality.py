from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import telemap
from telemap.cli import main
from telemap.preview.cardinality import MAX_SERIES, cardinality, without_limits
from telemap.preview.trial import Trial, begin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.preview.cardinality import FamilyCardinality

EVENTS_FOLDER = Path(__file__).parents[3] / "events"
MAPPING = """
version: 1
metrics:
  requests_total:
    type: counter
    help: Requests.
    from: function
    series_limit: 10
    labels: {user: $.record.user, status: $.record.status, region: eu, path: {path: $.record.path, max_values: 2}}
  seconds:
    {type: histogram, help: Seconds., from: function, value: 1, buckets: [1, 2], labels: {status: $.record.status},
     series_limit: 1000}
  quiet_total: {type: counter, help: Quiet., from: extension}
"""
EVENTS = [
    {"type": "function", "record": {"user": f"u{n:02}", "status": 200 if n % 4 else 500, "path": f"/{n % 3}"}}
    for n in range(24)
]
TOLD = """\
24 events: 13 of at most 10,000 series, 21 lines

metric          type       series  limit  used  lines  without limits
requests_total  counter        11     10  100%     11              24
seconds         histogram       2  1,000   <1%     10
quiet_total     counter         0  1,000    0%      0

requests_total: 14 samples beyond a limit
  label                values  series without it  most series have
  user                     24                  6  "u00" (1), "u01" (1), "u02" (1)
  path (max_values 2)       3                 24  "/0" (8), "/1" (8), "/2" (8)
  status                    2                 24  "200" (18), "500" (6)
  all series have region="eu"

seconds
  label   values  series without it  most series have
  status       2                  1  "200" (1), "500" (1)
"""


def count(mapping: str, events: Iterable[Any], env: dict[str, str] | None = None) -> list[FamilyCardinality]:
    loaded = telemap.loads(mapping)
    trials = [begin(loaded, env or {}), begin(without_limits(loaded), env or {})]
    batch = list(events)
    for trial in trials:
        trial.apply(batch)
    return list(cardinality(*trials))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mapping.yaml").write_text(MAPPING)
    Path("events.json").write_text(json.dumps(EVENTS))


def test_label_with_most_series_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--mapping", "mapping.yaml", "--events", "events.json", "--cardinality"]) == 0
    out, err = capsys.readouterr()
    assert out == TOLD
    assert err == "telemap: metric 'requests_total': 14 samples beyond series_limit, 10\n"


def test_json_contains_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["preview", "--mapping", "mapping.yaml", "--events", "events.json", "--cardinality", "--format", "json"]
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["series"], told["series_limit_total"]) == (24, 13, 10_000)
    requests = told["families"][0]
    labels = requests.pop("labels")
    assert requests == {
        "name": "requests_total",
        "type": "counter",
        "series": 11,
        "series_limit": 10,
        "lines": 11,
        "overflowed": 14,
        "unlimited": {"series": 24, "is_exact": True},
    }
    assert labels[0] == {
        "name": "user",
        "values": 24,
        "max_values": None,
        "series_without": 6,
        "examples": [{"value": f"u0{n}", "series": 1} for n in range(3)],
    }
    assert [(label["name"], label["max_values"]) for label in labels[1:]] == [
        ("path", 2),
        ("status", None),
        ("region", None),
    ]


def test_unlimited_series_are_counted_up_to_a_bound() -> None:
    mapping = (
        "version: 1\nmetrics: {a_total: {type: counter, help: A., from: function, labels: {id: $.record, k: k}}}\n"
    )
    [family] = count(mapping, ({"type": "function", "record": str(n)} for n in range(MAX_SERIES + 500)))
    assert (family.series, family.unlimited, family.is_exact) == (1001, MAX_SERIES, False)
    assert family.labels[0].name == "id"
    assert family.labels[0].values == MAX_SERIES


def test_labels_are_sorted_by_series_they_add_not_by_values() -> None:
    """What each user has is a plan of his own: without `plan` there are as many series."""
    mapping = (
        "version: 1\nmetrics: {a_total: {type: counter, help: A., from: function,"
        " labels: {user: $.record.user, plan: $.record.plan, day: $.record.day}}}\n"
    )
    records = [{"user": f"u{n}", "plan": f"p{n}", "day": day} for n in range(20) for day in range(7)]
    [family] = count(mapping, ({"type": "function", "record": record} for record in records))
    assert [(label.name, label.values, label.series_without) for label in family.labels] == [
        ("day", 7, 20),
        ("plan", 20, 140),
        ("user", 20, 140),
    ]


@pytest.mark.parametrize(
    "name", ["telemap:default", "telemap:platform", "telemap:aws-sample", "telemap:emf", "telemap:logs"]
)
def test_without_limits_all_series_exist_and_none_overflow(name: str) -> None:
    mapping = telemap.load(name)
    trials = [begin(mapping, {}), begin(without_limits(mapping), {})]
    events = [event for path in sorted(EVENTS_FOLDER.glob("*.json")) for event in json.loads(path.read_text())]
    for trial in trials:
        trial.apply(events)
    limited, unlimited = (lines(trial) for trial in trials)
    assert {line for line in limited if "__overflow__" not in line} <= unlimited
    assert not [line for line in unlimited if "__overflow__" in line]
    exposition = telemap.render(trials[0].store).splitlines()
    told = sum(family.lines for family in cardinality(*trials))
    assert told == sum(not line.startswith("#") for line in exposition)


def lines(trial: Trial) -> set[str]:
    """Return the names and labels of all samples."""
    text = telemap.render(trial.store).splitlines()
    return {line.rpartition(" ")[0] for line in text if not line.startswith("#")}
