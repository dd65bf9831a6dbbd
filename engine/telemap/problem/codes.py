"""All problem codes, with their kinds.

The JSON Schema also finds *structural* problems (or cannot be applied because of them); only telemap finds *semantic*
ones. `docs/reference/problems.md` has a section for each, `tests/cases/invalid/` a case.
"""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """Whether the JSON Schema also finds a problem."""

    STRUCTURAL = "structural"
    SEMANTIC = "semantic"


WARNINGS = frozenset(
    {
        "base-unit",
        "buckets-unit",
        "event-type",
        "gateway-name",
        "include-replaced",
        "label-grouping",
        "label-unbounded",
        "literal-path",
        "never-runs",
        "path-unknown",
        "regex-slow",
        "series-over-limit",
        "text-compared",
        "unit-field",
        "unit-length",
        "unit-mib",
    }
)
"""Codes of warnings; all are semantic."""

CODES: dict[str, Kind] = {
    # the file
    "file-unreadable": Kind.STRUCTURAL,
    "file-too-large": Kind.STRUCTURAL,
    "not-utf-8": Kind.STRUCTURAL,
    "forbidden-character": Kind.STRUCTURAL,
    "empty-file": Kind.STRUCTURAL,
    # YAML
    "yaml-syntax": Kind.STRUCTURAL,
    "yaml-feature": Kind.STRUCTURAL,
    "duplicate-key": Kind.STRUCTURAL,
    "too-deep": Kind.STRUCTURAL,
    "too-many-nodes": Kind.STRUCTURAL,
    # the shape
    "unknown-key": Kind.STRUCTURAL,
    "missing-key": Kind.STRUCTURAL,
    "wrong-type": Kind.STRUCTURAL,
    "wrong-value": Kind.STRUCTURAL,
    "key-not-for-type": Kind.STRUCTURAL,
    "keys-exclude": Kind.STRUCTURAL,
    # other files
    "include-broken": Kind.SEMANTIC,
    "include-cycle": Kind.SEMANTIC,
    "nothing-to-remove": Kind.SEMANTIC,
    # names
    "metric-name": Kind.SEMANTIC,
    "counter-name": Kind.SEMANTIC,
    "reserved-name": Kind.SEMANTIC,
    "name-collision": Kind.SEMANTIC,
    "label-name": Kind.SEMANTIC,
    "label-mismatch": Kind.SEMANTIC,
    "too-many-labels": Kind.SEMANTIC,
    "too-complex": Kind.SEMANTIC,
    # values
    "path-syntax": Kind.SEMANTIC,
    "path-many": Kind.SEMANTIC,
    "path-scope": Kind.SEMANTIC,
    "missing-value": Kind.SEMANTIC,
    "number-range": Kind.SEMANTIC,
    "text-number": Kind.SEMANTIC,
    "unit-name": Kind.SEMANTIC,
    "buckets-order": Kind.SEMANTIC,
    "buckets-missing": Kind.SEMANTIC,
    "fold-gauge": Kind.SEMANTIC,
    "gauge-operations": Kind.SEMANTIC,
    "init-open": Kind.SEMANTIC,
    "init-label": Kind.SEMANTIC,
    "init-limit": Kind.SEMANTIC,
    "regex-syntax": Kind.SEMANTIC,
    "regex-groups": Kind.SEMANTIC,
    "reference-syntax": Kind.SEMANTIC,
    "secret-variable": Kind.SEMANTIC,
    **dict.fromkeys(sorted(WARNINGS), Kind.SEMANTIC),
}
