"""What a gateway holds of each sandbox, read apart from any query that is under test."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from counting.tally import TICKS_A_SECOND, Bucket, Kind, Tally, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from servers.prometheus import Sample

INFO = "telemap_mapping_info"
RUNS = "aws_lambda_invocation_duration_seconds_count"
SECONDS = "aws_lambda_invocation_duration_seconds_sum"
BUCKETS = "aws_lambda_invocation_duration_seconds_bucket"


def pushed_by_mapping(samples: Iterable[Sample]) -> dict[str, Tally]:
    """Add up what the processes of each mapping have pushed, by the mapping's path.

    A database may show one part of a push before another: while the mapping's is missing, the push does not count.

    Args:
        samples: with their metric's name as the label `__name__`.
    """
    found = list(samples)
    paths = {labels["instance"]: labels["source"] for labels, _ in found if labels["__name__"] == INFO}
    known = [sample for sample in found if sample.labels.get("instance") in paths]
    return _pushed(known, lambda labels: paths[labels["instance"]])


def pushed_by_function(samples: Iterable[Sample]) -> dict[str, Tally]:
    """Add up what the processes of each function have pushed, by the function's name; `samples` as above."""
    return _pushed(list(samples), lambda labels: labels["job"])


def _pushed(samples: list[Sample], owner: Callable[[Mapping[str, str]], str]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for labels, value in samples:
        if labels["__name__"] not in {RUNS, SECONDS, BUCKETS}:
            continue
        kind = Kind(labels["job"], labels["status"])
        if labels["__name__"] == RUNS:
            more = Tally(runs=Counter({kind: whole(value, 1)}))
        elif labels["__name__"] == SECONDS:
            more = Tally(ticks=Counter({kind: whole(value, TICKS_A_SECOND)}))
        else:
            more = Tally(buckets=Counter({Bucket(kind, float(labels["le"])): whole(value, 1)}))
        found[owner(labels)] = found.get(owner(labels), Tally()) + more
    return found
