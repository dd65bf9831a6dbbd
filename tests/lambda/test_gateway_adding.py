"""The fake gateway in adding mode, compared with the observed behaviour of prom-aggregation-gateway 0.9."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from servers.exchange import call

from telemap_lambda.fake_gateway import Behaviour, FakeGateway

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB = "/metrics/job/j"
FIRST = """# HELP c_total Counts.
# TYPE c_total counter
c_total{x="1"} 2
c_total{x="2"} 5
# TYPE g gauge
g 3
# TYPE h histogram
h_bucket{le="0.5"} 1
h_bucket{le="+Inf"} 2
h_sum 1.5
h_count 2
# TYPE s summary
s{quantile="0.5"} 7
s_sum 10
s_count 4
"""
SECOND = """# TYPE c_total counter
c_total{x="1"} 40
c_total{x="3"} 1
# TYPE g gauge
g -1
# TYPE h histogram
h_bucket{le="0.25"} 1
h_bucket{le="0.5"} 2
h_bucket{le="+Inf"} 3
h_sum 0.5
h_count 3
# TYPE s summary
s_sum 1
s_count 1
"""
SUMS = """# HELP c_total Counts.
# TYPE c_total counter
c_total{job="j",x="1"} 42
c_total{job="j",x="2"} 5
c_total{job="j",x="3"} 1
# TYPE g gauge
g{job="j"} 2
# TYPE h histogram
h_bucket{job="j",le="0.25"} 1
h_bucket{job="j",le="0.5"} 3
h_bucket{job="j",le="+Inf"} 5
h_sum{job="j"} 2
h_count{job="j"} 5
# TYPE s summary
s_sum{job="j"} 11
s_count{job="j"} 5
"""
COUNTER = "# TYPE c_total counter\nc_total 1\n"


@pytest.fixture
def adding(_integration: None) -> Iterator[FakeGateway]:
    with FakeGateway(adding=True) as running:
        yield running


@pytest.mark.parametrize("methods", [("POST", "POST"), ("PUT", "PUT"), ("POST", "PUT")])
def test_every_method_adds(adding: FakeGateway, methods: tuple[str, str]) -> None:
    for method, text in zip(methods, (FIRST, SECOND), strict=True):
        assert call(adding.url, method, JOB, text) == (202, "")

    assert adding.text() == SUMS
    assert call(adding.url, "GET", "/metrics") == (200, SUMS)
    assert adding.groups == ()
    assert [family.name for family in adding.sums] == ["c_total", "g", "h", "s"]


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("/metrics", ""),
        ("/metrics/", ""),
        ("/metrics/job/j/region/r%20%C3%A9", 'job="j",region="r é"'),
        ("/metrics/region/r", 'region="r"'),
    ],
)
def test_labels_in_the_path_are_added_to_every_series(adding: FakeGateway, path: str, labels: str) -> None:
    assert call(adding.url, "POST", path, COUNTER).status == 202
    assert adding.text() == f"# TYPE c_total counter\nc_total{{{labels}}} 1\n"


@pytest.mark.parametrize("path", ["/metrics/job/a%2Fb", "/metrics/job@base64/YQ", "/metrics/job"])
def test_paths_valid_only_for_a_pushgateway_are_refused(adding: FakeGateway, path: str) -> None:
    assert call(adding.url, "POST", path, COUNTER).status == 400
    assert adding.text() == ""


@pytest.mark.parametrize(
    "text",
    [
        "c_total 1\n",
        COUNTER.rstrip(),
        '# TYPE c_total counter\nc_total{job="other"} 1\n',
        "# TYPE c_total counter\nc_total 1\nc_total 2\n",
        '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\n',
        '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_count 1\n',
        "garbage garbage\n",
    ],
    ids=["no TYPE", "no line feed", "a label of the path", "twice", "no count", "no sum", "no exposition"],
)
def test_invalid_texts_are_refused(adding: FakeGateway, text: str) -> None:
    assert call(adding.url, "POST", JOB, text).status == 400
    assert adding.text() == ""


def test_families_before_an_error_are_added(adding: FakeGateway) -> None:
    call(adding.url, "POST", JOB, "# TYPE b gauge\nb 1\n")
    answer = call(adding.url, "POST", JOB, f"{COUNTER}# TYPE b counter\nb 1\n# TYPE d counter\nd 1\n")
    assert answer == (400, "cannot merge metric 'b': type GAUGE != COUNTER\n")
    assert adding.text() == '# TYPE b gauge\nb{job="j"} 1\n# TYPE c_total counter\nc_total{job="j"} 1\n'


def test_gzip_is_refused(adding: FakeGateway) -> None:
    body = gzip.compress(COUNTER.encode())
    assert call(adding.url, "POST", JOB, body, {"Content-Encoding": "gzip"}).status == 400
    assert adding.text() == ""


@pytest.mark.parametrize(("method", "path"), [("DELETE", JOB), ("GET", "/api/v1/metrics"), ("GET", JOB)])
def test_there_are_no_groups(adding: FakeGateway, method: str, path: str) -> None:
    call(adding.url, "POST", JOB, COUNTER)
    assert call(adding.url, method, path).status == 404
    assert adding.text() != ""


def test_a_lying_adding_gateway_answers_202(adding: FakeGateway) -> None:
    adding.behaviour = Behaviour.LYING
    assert call(adding.url, "POST", JOB, COUNTER).status == 202
    assert adding.text() == ""
