"""The keys of the language, by the node that they stand in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a node may have.

    Attributes:
        here: what this version of telemap understands.
        not_yet: what the language has, and this version does not.
    """

    here: frozenset[str]
    not_yet: frozenset[str] = frozenset()


def _keys(here: str, not_yet: str = "") -> Keys:
    return Keys(frozenset(here.split()), frozenset(not_yet.split()))


SOURCE_KEYS = frozenset({"from", "value", "unit", "scale"})
"""What makes a source; `labels` may stand on a family that has `sources`, these may not."""

TOP = _keys("version defaults metrics", "include drop")
DEFAULTS = _keys("prefix labels", "buckets series_limit series_limit_total overflow expire")
SOURCE = _keys("from value unit scale labels", "parse each when op")
FAMILY = Keys(
    SOURCE.here | {"type", "help", "buckets", "series_limit", "overflow", "sources"},
    SOURCE.not_yet | {"init", "expire"},
)
VALUE = _keys("path default", "first_of const extract map otherwise as")
LABEL = _keys("path default", "first_of concat env const exists extract lower map otherwise allow max_values")
BUCKETS = _keys("", "linear exponential")
