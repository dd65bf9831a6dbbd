"""Random mappings and events for property tests."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

EVENT_TYPES = ("platform.report", "platform.start", "function")
PATTERNS = (*EVENT_TYPES, "platform.*", "*")
PATHS = ("$.record", "$.record.a", "$.record.b", "$.record.list[0]", "$.record.list[-1]", "$.record.a.b", "$.type")

plain_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")), max_size=8)
"""Text that may stand in a mapping as it is."""

numbers = st.one_of(st.integers(-10, 10_000), st.floats(-1e9, 1e9).map(lambda number: round(number, 3)))

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(("a", "b", "list", "")), inner, max_size=3)
    ),
    max_leaves=8,
)
"""What `json.loads` can give: also NaN, infinities, lone surrogates, numbers of any length."""

wild_events = st.one_of(json_values, st.fixed_dictionaries({"type": json_values, "record": json_values}))

_fields = st.one_of(numbers, numbers, numbers, st.sampled_from(("x", "y", "z")), json_values)
_records = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {}, optional={"a": _fields, "b": _fields, "list": st.lists(_fields, max_size=3), "c": json_values}
    ),
)
events = st.fixed_dictionaries({"type": st.sampled_from(EVENT_TYPES), "record": _records})
"""Telemetry events, mostly of the shape that the mappings below read."""

batches = st.lists(events, max_size=20)

_labels = st.dictionaries(
    st.sampled_from(("a", "zone", "le_", "B")),
    st.one_of(
        st.sampled_from(PATHS),
        plain_text.filter(lambda text: not text.startswith((".", "$"))),
        st.fixed_dictionaries({"path": st.sampled_from(PATHS)}, optional={"default": plain_text}),
        st.just("${runtime:instance}"),
    ),
    max_size=3,
)
_values = st.one_of(
    st.integers(0, 100),
    st.sampled_from(PATHS),
    st.fixed_dictionaries({"path": st.sampled_from(PATHS)}, optional={"default": st.integers(0, 100)}),
)


@st.composite
def _families(draw: st.DrawFn) -> dict[str, Any]:
    family: dict[str, Any] = {
        "type": draw(st.sampled_from(("counter", "gauge", "summary", "histogram"))),
        "help": draw(plain_text.filter(bool)) + "\n" * draw(st.integers(0, 1)),
        "labels": draw(_labels),
        "series_limit": draw(st.sampled_from((1, 3, 1000))),
    }
    if family["type"] == "histogram":
        family["buckets"] = sorted(draw(st.sets(st.integers(-5, 2_000_000), min_size=1, max_size=4)))
    sources = draw(
        st.lists(
            st.fixed_dictionaries(
                {"from": st.one_of(st.sampled_from(PATTERNS), st.lists(st.sampled_from(PATTERNS), min_size=1))},
                optional={"scale": st.sampled_from((0.001, 1, 1000))},
            ),
            min_size=1,
            max_size=2,
        )
    )
    return {**family, "sources": [{**source, "value": draw(_values)} for source in sources]}


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """Draw the text of a mapping that can be used."""
    families = draw(st.lists(_families(), min_size=1, max_size=3))
    metrics = {
        f"metric_{number}{'_total' if family['type'] == 'counter' else ''}": family
        for number, family in enumerate(families)
    }
    return json.dumps({"version": 1, "metrics": metrics}, ensure_ascii=False)  # JSON is YAML
