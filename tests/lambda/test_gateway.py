"""The fake gateway, compared with the real Pushgateway if installed."""

from __future__ import annotations

import gzip
import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from servers.available import available
from servers.exchange import call
from servers.pushgateway import Pushgateway

from telemap_lambda.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Iterator

A_HELP = r"# HELP a_total Counts \\ a,\nin two lines"
EVERYTHING = r"""# HELP a_total Counts \\ a,\nin two lines
# TYPE a_total counter
a_total{x="1",b="q\"u\\o\nt é"} 3
a_total{x="0"} 1e21
# TYPE bare counter
bare 7
# TYPE h histogram
h_bucket{le="0.50"} 1
h_bucket{le="10"} 1
h_bucket{le="+Inf"} 2
h_sum 3.5
h_count 2
h_bucket{z="1",le="1e3"} 1234567
# TYPE s summary
s{quantile="0.5"} 1
s_sum 2
s_count 4
# TYPE nan gauge
nan NaN
# TYPE inf gauge
inf -Inf
small 0.000001
large 1234567
larger 12345678901234567890
negative -1234567.5
# TYPE nothing counter

# a comment
spaced{a="",c="1",} 4
job_x{job="overwritten",instance="too"} 1
"""

PUSHES = [
    ("PUT", "/metrics/job/j1/instance/i1", EVERYTHING),
    ("PUT", "/metrics/job/j1/instance/i2", f'{A_HELP}\n# TYPE a_total counter\na_total{{x="9"}} 5\n'),
    ("PUT", "/metrics/job/j1/instance/i3", "# TYPE a_total gauge\na_total 5\n"),
    ("PUT", "/metrics/job/j1/instance/i4", "a_total 5\n"),
    ("PUT", "/metrics/job/j1/instance/i5", "garbage garbage\n"),
    ("PUT", "/metrics/job/j1/instance/i5", "no_line_feed 1"),
    ("PUT", "/metrics/job/j1/instance/i6", "timed 1 1234\n"),
    ("PUT", "/metrics/job/j1/instance/i7", "twice 1\ntwice 2\n"),
    ("PUT", "/metrics/job/j1/instance/i8", "first 1\n"),
    ("POST", "/metrics/job/j1/instance/i8", "second 2\n"),
    ("POST", "/metrics/job/j1/instance/i8", 'second{new="1"} 3\n'),
    ("PUT", "/metrics/job/j1/instance/i9", "gone 1\n"),
    ("PUT", "/metrics/job/j1/instance/i9", "stays 1\n"),
    ("PUT", "/metrics/job/j1/instance/i10", ""),
    ("PUT", "/metrics/job/j1/instance/i11", "deleted 1\n"),
    ("DELETE", "/metrics/job/j1/instance/i11", ""),
    ("DELETE", "/metrics/job/never", ""),
    ("PUT", "/metrics/job@base64/L2E/instance@base64/L2E=", "b64 1\n"),
    ("PUT", "/metrics/job/j2/instance@base64/=", "no_instance 1\n"),
    ("PUT", "/metrics/job/j3", "no_instance 1\n"),
    ("PUT", "/metrics/job/a%20b/z/1/y/2", "no_instance 1\n"),
    ("PUT", "/metrics/job/j1/instance", "odd 1\n"),
    ("PUT", "/metrics/job/a%2Fb/instance/x", "odd 1\n"),
    ("PUT", "/metrics/job/j1/a-b/x", "bad_label 1\n"),
    ("PUT", "/metrics/job/j1/__name__/x", "bad_label 1\n"),
    ("PUT", "/metrics/job/j1/instance@base64/!!", "bad_base64 1\n"),
    ("PUT", "/metrics/job/j1/instance/i12", "h_sum 1\n"),
    ("PUT", "/metrics/job/j1/instance/i13", "# TYPE x counter\n# TYPE x counter\nx 1\n"),
    ("PUT", "/metrics/job/j1/instance/i13", "# HELP x a\n# HELP x b\nx 1\n"),
    ("PUT", "/metrics/job/j1/instance/i13", "# TYPE x strange\nx 1\n"),
    ("PUT", "/metrics/job/j1/instance/i13", 'x{a="1",a="2"} 1\n'),
    *(
        ("PUT", f"/metrics/job/own/instance/{number}", f"# TYPE {name} {kind}\n{name}{suffix} 1\n")
        for number, (name, kind, suffix) in enumerate(
            [
                ("process_resident_memory_bytes", "summary", "_sum"),
                ("process_resident_memory_bytes", "counter", ""),
                ("process_start_time_seconds", "histogram", "_count"),
                ("process_new_total", "counter", ""),
                ("go_goroutines", "counter", ""),
                ("go_gc_duration_seconds", "histogram", "_sum"),
                ("go_gc_duration_seconds_sum", "counter", ""),
                ("go_unknown_total", "counter", ""),
                ("pushgateway_build_info", "counter", ""),
                ("pushgateway_http_requests_total", "counter", ""),
                ("pushgateway_http_requests_total", "gauge", ""),
                ("push_time_seconds", "summary", "_sum"),
                ("push_failure_time_seconds", "counter", ""),
            ]
        )
    ),
    ("GET", "/metrics/job/j1", ""),
    ("GET", "/nothing", ""),
    ("GET", "/-/ready", ""),
    ("GET", "/-/healthy", ""),
]


def served(url: str) -> str:
    """Return the served metrics, without the gateway's own, and with blank push times."""
    status, text = call(url, "GET", "/metrics")
    assert status == 200
    lines = [
        re.sub(r"^(push\w*_time_seconds\{.*\}) [1-9].*", r"\1 TIME", line)
        for line in text.splitlines()
        if not re.match(r"(# (HELP|TYPE) )?(go|process|promhttp|pushgateway)_", line)
    ]
    return "\n".join(lines)


def told(url: str) -> list[dict[str, object]]:
    text = call(url, "GET", "/api/v1/metrics").text
    text = re.sub(r'"time_stamp": ?"[^"]*"', '"time_stamp":"T"', text)
    text = re.sub(r'"1\.7\d+e\+09"|"1\.8\d+e\+09"', '"TIME"', text)
    groups: list[dict[str, object]] = json.loads(text)["data"]
    return sorted(groups, key=lambda group: json.dumps(group["labels"], sort_keys=True))


@pytest.fixture
def real(_integration: None) -> Iterator[str]:
    """The address of a real Pushgateway."""
    with available(Pushgateway) as pushgateway:
        yield pushgateway.url


@pytest.fixture
def gateway(_integration: None) -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


def test_it_behaves_like_the_real_pushgateway(real: str, gateway: FakeGateway) -> None:
    for method, path, body in PUSHES:
        expected = call(real, method, path, body).status
        assert call(gateway.url, method, path, body).status == expected, (method, path, body)
        assert not served(real).startswith("An error")
    assert served(gateway.url) == served(real)
    assert _by_labels(told(gateway.url)) == _by_labels(told(real))


def _by_labels(groups: list[dict[str, object]]) -> list[object]:
    """Sort series, because the real gateway's order varies."""
    ordered: list[object] = []
    for group in groups:
        for family in group.values():
            if isinstance(family, dict) and "metrics" in family:
                family["metrics"].sort(key=lambda series: json.dumps(series["labels"], sort_keys=True))
        ordered.append(group)
    return ordered


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/metrics/job/j1/instance/i", "timed 1 1234\n"),
        ("/metrics/job/j1/instance/i", 'twice{a="1"} 1\ntwice{a="1"} 2\n'),
        ("/metrics/job/j1/instance/i", "# TYPE x counter\n# TYPE x counter\nx 1\n"),
        ("/metrics/job/j1/instance/i", "ends 1"),
        ("/metrics/job/j1/instance", "odd 1\n"),
        ("/metrics/job/j1/a-b/x", "bad_label 1\n"),
    ],
)
def test_errors_are_the_real_ones(real: str, gateway: FakeGateway, path: str, body: str) -> None:
    expected = call(real, "PUT", path, body)
    assert expected.status == 400
    assert call(gateway.url, "PUT", path, body) == expected


def test_the_error_for_two_types_is_the_real_one(gateway: FakeGateway) -> None:
    call(gateway.url, "PUT", "/metrics/job/j1/instance/i1", '# TYPE a counter\na{x="1"} 1\n')
    answer = call(gateway.url, "PUT", "/metrics/job/j1/instance/i2", '# TYPE a gauge\na{x="2"} 1\n')
    assert answer == (
        400,
        (
            "pushed metrics are invalid or inconsistent with existing metrics: collected metric "
            '"a" { label:<name:"instance" value:"i2" > label:<name:"job" value:"j1" > '
            'label:<name:"x" value:"2" > gauge:<value:1 > } is not a COUNTER\n'
        ),
    )


def test_counter_names_and_float_values_are_kept(gateway: FakeGateway) -> None:
    call(gateway.url, "PUT", "/metrics/job/j/instance/i", "# TYPE done counter\ndone 0.1\n")
    assert '# TYPE done counter\ndone{instance="i",job="j"} 0.1\n' in gateway.text()


def test_a_failed_push_does_not_change_the_group(gateway: FakeGateway) -> None:
    call(gateway.url, "PUT", "/metrics/job/j", "# TYPE a counter\na 1\n")
    call(gateway.url, "PUT", "/metrics/job/other", "a 1\n")
    (kept, other) = gateway.groups
    assert kept.push_time > 0 == kept.failure_time
    assert other.failure_time > 0 == other.push_time
    assert not other.families


def test_gzip_is_accepted_and_recorded_as_sent(gateway: FakeGateway) -> None:
    body = gzip.compress(b"a 1\n")
    assert call(gateway.url, "PUT", "/metrics/job/j", body, {"Content-Encoding": "gzip"}).status == 200
    assert call(gateway.url, "PUT", "/metrics/job/j", "a 1\n", {"Content-Encoding": "gzip"}).status == 400
    first = gateway.requests[0]
    assert (first.method, first.path, first.status) == ("PUT", "/metrics/job/j", 200)
    assert (first.body, first.text) == (body, "a 1\n")
    assert first.at <= time.monotonic()
