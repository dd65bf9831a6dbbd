"""Read what a gateway serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Samples: TypeAlias = dict[tuple[str, frozenset[tuple[str, str]]], float]
GROUPING = ("job", "instance")


def samples(text: str, *, job: str | None = None, without: Collection[str] = GROUPING) -> Samples:
    """Return the samples of an exposition by name and labels.

    Args:
        text: the exposition.
        job: leave out what is not this job's.
        without: labels to leave out.
    """
    return {
        (sample.name, _labels(sample.labels, without)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if job is None or sample.labels.get("job") == job
    }


def _labels(labels: Mapping[str, str], without: Collection[str]) -> frozenset[tuple[str, str]]:
    """Return labels as a set; of bucket bounds only the number counts (`1.0` is `1`)."""
    return frozenset(
        (name, str(float(text)) if name == "le" else text) for name, text in labels.items() if name not in without
    )


def value(text: str, name: str, **labels: str) -> float:
    """Return the one sample of that name with those labels, the grouping key's aside; 0 when there is none."""
    return samples(text).get((name, frozenset(labels.items())), 0.0)
