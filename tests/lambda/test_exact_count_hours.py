"""The queries and rules of `docs/how-to/query.md`, over hours of sandboxes scraped every 15 s.

`promtool test rules` plays the hours, in Prometheus's own engine.
"""

from __future__ import annotations

import itertools
import json
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from counting.hours import SECONDS, Hours
from counting.page import METRIC, blocks, count_blocks
from counting.tally import Kind, by_function
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from servers.promtool import Promtool

SCRAPE = 15
SWEPT_AFTER = 20 * 60
"""So soon that sandboxes that lie idle for half an hour lose their group, and bring it back."""

Check = dict[str, Any]


@pytest.fixture(scope="module")
def hours() -> Hours:
    """Return hours that begin at Unix time 0, as in promtool."""
    return Hours(end=SECONDS)


@pytest.fixture
def check(promtool: Promtool, tmp_path: Path) -> Callable[..., None]:
    """Return a function that loads series by selector, and checks the results of expressions."""

    def run(series: Mapping[str, Sequence[int | None]], checks: list[Check], scrape: int = SCRAPE) -> None:
        (tmp_path / "rules.yaml").write_text(blocks("yaml")["rules"])
        told = [{"series": selector, "values": values_text(values)} for selector, values in series.items()]
        played = {"interval": f"{scrape}s", "input_series": told, "promql_expr_test": checks}
        test = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [played]}
        (tmp_path / "test.yaml").write_text(json.dumps(test))  # JSON is YAML
        done = subprocess.run(
            [str(promtool.program), "test", "rules", "test.yaml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]

    return run


def sandboxes(hours: Hours) -> dict[str, list[int | None]]:
    """Return the series of sandboxes that push to a Pushgateway."""
    return {
        f'{METRIC}{{job="{job}",instance="{instance}",status="{status}"}}': values
        for (job, instance, status), values in hours.series(SCRAPE, SWEPT_AFTER).items()
    }


def values_text(values: Sequence[int | None]) -> str:
    """Format values for promtool; a series that ends gets a stale marker first, as in a scrape."""
    words: list[str] = []
    for value, run in itertools.groupby(values):
        length = len(list(run))
        if value is not None:
            words.append(f"{value}+0x{length - 1}")
        else:
            words += ["stale"] if words else ["_"]
            words += [f"_x{length - 1}"] if length > 1 else []
    return " ".join(words)


def expecting(expression: str, at: float, counts: Counter[Kind] | Counter[str]) -> Check:
    """Return the expected results of an expression at a time, without zeros."""
    samples = [{"labels": labels_text(key), "value": count} for key, count in counts.items()]
    return {"expr": f"({expression}) > 0", "eval_time": f"{round(at)}s", "exp_samples": samples}


def labels_text(key: Kind | str) -> str:
    return f'{{job="{key}"}}' if isinstance(key, str) else f'{{job="{key.function}",status="{key.status}"}}'


def failures(counts: Counter[Kind]) -> Counter[str]:
    return by_function(Counter({kind: count for kind, count in counts.items() if kind.status != "success"}))


def test_each_window_of_five_minutes_has_its_invocations(hours: Hours, check: Callable[..., None]) -> None:
    query = blocks("promql")["invocations"]

    check(sandboxes(hours), [expecting(query, at, hours.counted(at - 300, at)) for at in hours.ends(300)])


def test_each_window_of_five_minutes_has_its_errors(hours: Hours, check: Callable[..., None]) -> None:
    query = blocks("promql")["errors"]

    check(sandboxes(hours), [expecting(query, at, failures(hours.counted(at - 300, at))) for at in hours.ends(300)])


def test_the_recorded_windows_add_up(hours: Hours, check: Callable[..., None]) -> None:
    recorded = "sum by (job, status) (sum_over_time(job_status:aws_lambda_invocations:increase1m[4h]))"

    check(sandboxes(hours), [expecting(recorded, SECONDS, hours.counted(0, SECONDS - 30))])


def test_the_recorded_error_ratio_is_that_of_the_hour(hours: Hours, check: Callable[..., None]) -> None:
    counted = hours.counted(0, 3600 - 30)
    runs, failed = by_function(counted), failures(counted)
    shares = [f'job:aws_lambda_errors:ratio_1h{{job="{job}"}} * {runs[job]}' for job in runs]

    check(
        sandboxes(hours),
        [
            expecting(f"round({share}, 0.001)", 3600, Counter({job: failed[job]}))
            for share, job in zip(shares, runs, strict=True)
        ],
    )


def test_a_function_without_errors_has_an_error_ratio_of_0(check: Callable[..., None]) -> None:
    series = {f'{METRIC}{{job="orders",instance="a",status="success"}}': [None, *itertools.repeat(3, 40)]}
    expected = [{"labels": 'job:aws_lambda_errors:ratio_1h{job="orders"}', "value": 0}]

    check(series, [{"expr": "job:aws_lambda_errors:ratio_1h", "eval_time": "5m", "exp_samples": expected}])


def test_steps_count_across_a_restart_of_an_adding_gateway(check: Callable[..., None]) -> None:
    counted = [None, *itertools.repeat(4, 5), *range(4, 24), None, None, 1, 1, *range(1, 12), *itertools.repeat(11, 20)]
    series = {f'{METRIC}{{job="orders",status="success"}}': counted}
    query = blocks("promql")["delta"]

    def said(at: int) -> int:
        first, last = at // SCRAPE - 20, at // SCRAPE
        steps = zip(known(counted)[first:last], known(counted)[first + 1 : last + 1], strict=True)
        return sum(after - before if after >= before else after for before, after in steps)

    check(series, [expecting(query, at, Counter({Kind("orders", "success"): said(at)})) for at in (300, 600, 750)])


def test_steps_count_what_was_scraped_before_a_failed_scrape(check: Callable[..., None]) -> None:
    counted = [None, *itertools.chain.from_iterable((number, number + 1, None) for number in range(1, 62, 3))]
    series = {f'{METRIC}{{job="orders",status="success"}}': counted}

    check(series, [expecting(blocks("promql")["delta"], 300, Counter({Kind("orders", "success"): 59}))], SCRAPE // 3)


def known(values: Sequence[int | None]) -> list[int]:
    """Fill gaps with the preceding value, or 0 if there is none."""
    found: list[int] = []
    for value in values:
        found.append(value if value is not None else found[-1] if found else 0)
    return found


def test_each_query_of_the_page_has_a_name_and_a_test() -> None:
    tested = {"invocations", "errors", "seconds", "mean", "p95", "grafana-range", "delta"}
    tested |= {"written", "written-errors", "written-mean", "written-p95"}  # in test_exact_count_remote_write

    assert set(blocks("promql")) == tested
    assert count_blocks("promql") == len(tested)
    assert set(blocks("yaml")) == {"scrape-config", "rules", "written-rules"}  # the last in test_steps
    assert count_blocks("yaml") == 3
