"""The Grafana dashboard can be imported, and a real Prometheus answers all its queries."""

from __future__ import annotations

import itertools
import math
import re
import time
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from counting.page import METRIC, blocks, scrape_config
from dashboard.asking import Span
from dashboard.board import ALL, DASHBOARD, Panel, Target, board, filled, panels
from dashboard.draw import PICTURES
from dashboard.families import named_in, series_labels
from dashboard.feeding import CLASHING, Feed
from dashboard.picture import draw
from dashboard.units import shown, steps
from hypothesis import given
from hypothesis import strategies as st
from servers.available import available
from servers.prometheus import Prometheus
from servers.pushgateway import Pushgateway

if TYPE_CHECKING:
    from collections.abc import Iterator

PANELS = panels()
ASKING = [panel for panel in PANELS if panel.kind != "row"]
TARGETS = [
    pytest.param(panel, target, id=f"{panel.title}-{number}")
    for panel in ASKING
    for number, target in enumerate(panel.targets)
]
INTERVAL = 1
SIZES = {"aws_lambda_memory_size_bytes_sum", "aws_lambda_memory_size_bytes_count"}
"""Of their quotient no time is asked: it is a function's memory, as long as the function has it."""

COUNTERS = {name for name in series_labels() if name.endswith(("_total", "_sum", "_count", "_bucket"))} - SIZES


class Fed(NamedTuple):
    """A Prometheus that has scraped sandboxes.

    Attributes:
        first: Unix time before the first of them.
        last: a scrape after all of them.
        feed: what they were.
    """

    prometheus: Prometheus
    first: float
    last: float
    feed: Feed

    def taken(self) -> dict[tuple[str, str], int]:
        """Return what Lambda reported, except for the function whose pushes the gateway refuses."""
        return {key: count for key, count in self.feed.reported.items() if key[0] != CLASHING.name}

    def ask(self, expression: str, *, job: str = ALL) -> list[float]:
        """Return the values at the end of the run, where the dashboard's time is the whole run."""
        span = self.last - self.first
        text = filled(expression, interval=INTERVAL, span=span, job=job)
        return [sample.value for sample in self.prometheus.api.query(text, self.last)]

    def ask_all(self, expression: str, *, job: str = ALL) -> list[float]:
        """Return the values of the whole run that are numbers."""
        text = filled(expression, interval=INTERVAL, span=self.last - self.first, job=job)
        found = self.prometheus.api.query_range(text, self.first, self.last + INTERVAL, step=INTERVAL)
        return [sample.value for sample in found if not math.isnan(sample.value)]


@pytest.fixture(scope="module")
def fed(_integration: None) -> Iterator[Fed]:
    with available(Pushgateway) as gateway:
        target = gateway.url.removeprefix("http://")
        with available(lambda: Prometheus(scrape_config(target))) as prometheus, Feed(gateway.url, seed=1) as feed:
            first = prometheus.await_scrape(0)
            feed.play_everything()
            yield Fed(prometheus, first, prometheus.await_scrape(time.time()), feed)


@pytest.mark.parametrize(("panel", "target"), TARGETS)
def test_each_panel_shows_something(fed: Fed, panel: Panel, target: Target) -> None:
    ask = fed.ask if target.instant else fed.ask_all
    assert ask(target.expression), panel.title


def test_one_function_can_be_chosen(fed: Fed) -> None:
    [invocations] = [panel.targets[0].expression for panel in ASKING if panel.title == "Invocations"]
    wanted = sum(count for (function, _), count in fed.feed.reported.items() if function == "payments")

    assert fed.ask(invocations, job="payments") == [wanted]
    assert fed.ask(invocations, job="(payments|nobody)") == [wanted]
    assert fed.ask(invocations, job="nobody") == []


def test_invocations_match_lambdas_reports_and_bars_add_up(fed: Fed) -> None:
    [number] = [panel.targets[0].expression for panel in ASKING if panel.title == "Invocations"]
    [bars] = [panel.targets[0].expression for panel in ASKING if panel.title == "Invocations by status"]
    wanted = sum(fed.taken().values())

    assert fed.ask(number) == [wanted]
    assert sum(fed.ask_all(bars)) == wanted


def test_problems_are_visible(fed: Fed) -> None:
    def ask(title: str, number: int, label: str) -> set[str]:
        [panel] = [panel for panel in ASKING if panel.title == title]
        text = filled(panel.targets[number].expression, interval=fed.last - fed.first, span=0)
        return {sample.labels[label] for sample in fed.prometheus.api.query(text, fed.last) if sample.value}

    assert ask("Pushes", 0, "outcome") == {"success", "failure"}
    assert "not_a_number" in ask("Samples skipped", 0, "reason")
    assert ask("Samples skipped", 1, "metric") == {"shop_basket"}
    assert ask("Failures", 0, "error_type") >= {"none", "Runtime.OutOfMemory"}
    assert ask("Initialisations and restores", 0, "phase") == {"init", "invoke"}


def test_shares_match_lambdas_reports(fed: Fed) -> None:
    [share] = [panel.targets[0].expression for panel in ASKING if panel.title == "Failed"]
    failed = sum(count for (_, status), count in fed.taken().items() if status != "success")

    assert fed.ask(share) == pytest.approx([failed / sum(fed.taken().values())])
    assert fed.ask(share, job="payments") == [0], "a function without failures"


def test_it_is_drawn_from_prometheus_answers(fed: Fed) -> None:
    span = Span(int(fed.first), int(fed.last) + 1, 1)
    drawn = ET.fromstring(draw(PANELS, fed.prometheus.api, span, "All of it"))  # noqa: S314 - our own
    words = ["".join(each.itertext()) for each in drawn.iter() if each.tag.endswith("text")]

    assert {panel.title for panel in PANELS} <= set(words)
    assert str(sum(fed.taken().values())) in words
    assert "out of memory2" in words, "a legend has the sum"


def test_the_pictures_show_this_dashboard() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PICTURES.glob("dashboard*.svg"))

    assert [panel.title for panel in PANELS if f">{panel.title}</text>" not in text] == [], "run `make picture`"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "short", "0"),
        (7, "short", "7"),
        (1659, "short", "1.66 K"),
        (1659, "locale", "1,659"),
        (0.0451, "percentunit", "4.51%"),
        (0, "s", "0 s"),
        (0.0025, "s", "2.5 ms"),
        (90, "s", "1.5 min"),
        (134217728, "bytes", "128 MiB"),
    ],
)
def test_numbers_are_shown_with_their_units(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text


@given(top=st.floats(1e-4, 1e9), unit=st.sampled_from(["short", "s", "bytes", "percentunit"]))
def test_an_axis_has_few_steps_and_reaches_the_top(top: float, unit: str) -> None:
    found = steps(top, unit)

    assert found[0] == 0
    assert found[-1] >= top * 0.999
    assert 2 <= len(found) <= 6


def test_panels_have_unique_ids_and_do_not_overlap() -> None:
    assert len({panel.number for panel in PANELS}) == len(PANELS)
    assert len({panel.title for panel in PANELS}) == len(PANELS)
    assert [
        (one.title, two.title) for one, two in itertools.combinations(PANELS, 2) if one.place.overlaps(two.place)
    ] == []
    assert all(panel.place.x >= 0 and panel.place.x + panel.place.width <= 24 for panel in PANELS)


def test_each_panel_has_a_description_unit_and_data_source() -> None:
    for panel in ASKING:
        assert panel.options["description"].endswith("."), panel.title
        assert panel.unit in {"short", "locale", "s", "bytes", "percentunit"}, panel.title
        sources = [panel.options["datasource"], *(target["datasource"] for target in panel.options["targets"])]
        assert {source["uid"] for source in sources} == {"${datasource}"}, panel.title
        named = [target["refId"] for target in panel.options["targets"]]
        assert len(set(named)) == len(named), panel.title


def test_it_can_be_imported_anywhere() -> None:
    read = board()
    variables = {one["name"]: one for one in read["templating"]["list"]}

    assert (read["uid"], read["schemaVersion"]) == ("telemap-lambda", 39)
    assert "id" not in read, "Grafana gives it one"
    assert variables["datasource"]["type"] == "datasource"
    assert variables["job"]["allValue"] == ALL
    assert variables["job"]["datasource"]["uid"] == "${datasource}"
    assert re.findall(r"https?://[^\s\"]+", DASHBOARD.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("panel", "target"), TARGETS)
def test_each_queried_metric_has_the_queried_labels(panel: Panel, target: Target) -> None:
    known = series_labels()
    named = named_in(target.expression)
    grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", target.expression)
    asked = {
        label.strip() for labels in [*grouped, *re.findall(r"\{\{(\w+)", target.legend)] for label in labels.split(",")
    }

    assert named, panel.title
    assert named <= known.keys()
    assert asked <= frozenset[str]().union(*(known[name] for name in named))


@pytest.mark.parametrize(("panel", "target"), TARGETS)
def test_counters_are_queried_in_the_exact_form(panel: Panel, target: Target) -> None:
    window = "$__range" if target.instant else "$__interval"
    text = target.expression
    for name in COUNTERS & named_in(text):
        for series in set(re.findall(rf"{name}{{.*?}}", text)):
            form = exact(series, window)
            assert form in tight(text), panel.title
            assert tight(text).count(tight(series)) == 3 * tight(text).count(form), "and nowhere else"


def exact(series: str, window: str) -> str:
    """Return query.md's query for dashboards, without its `by` clause."""
    text = blocks("promql")["grafana-range"].replace(METRIC, series).replace("$__range", window)
    return tight(text).removeprefix("sumby(job)(").removesuffix(")")


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)
