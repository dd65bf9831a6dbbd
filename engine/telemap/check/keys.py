"""The keys of the language, by the node that they stand in."""

from __future__ import annotations

from telemap.model import Connective, Operator


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOP = _keys("version include defaults drop metrics")
DEFAULTS = _keys("prefix labels buckets series_limit series_limit_total overflow expire")
DROP = _keys("from when")
SOURCE_ONLY = _keys("from parse each when value unit scale op")
"""What makes a source; `labels` may stand on a family that has `sources`, these may not."""
SOURCE = SOURCE_ONLY | {"labels"}
FAMILY = SOURCE | _keys("type help buckets series_limit overflow init expire sources")
PARSE = _keys("as of regex")
ORIGIN = _keys("path first_of")
"""Where labels and values both may come from."""
VALUE_STEPS = _keys("extract map otherwise as default")
VALUE_ORIGIN = ORIGIN | {"const"}
VALUE = VALUE_ORIGIN | VALUE_STEPS
LABEL_ORIGIN = ORIGIN | _keys("concat env const exists")
LABEL = LABEL_ORIGIN | _keys("extract lower map otherwise allow max_values default")
TEST = frozenset({"path"} | {one.value for one in (*Operator, *Connective)})
TESTS_ELSEWHERE = {word: one.value for one in (*Operator, *Connective) for word in one.row.elsewhere}
"""What other tools call operators and connectives, with what they are called here."""
FAMILY_ELSEWHERE = {
    **dict.fromkeys(("description", "desc"), "help"),
    **dict.fromkeys(("tags", "attributes"), "labels"),
    **dict.fromkeys(("event", "events"), "from"),
    **dict.fromkeys(("filter", "where", "if", "conditions"), "when"),
}
"""What other tools call keys of families, with what they are called here."""
BUCKETS = _keys("linear exponential")
LINEAR = _keys("start width count")
EXPONENTIAL = _keys("start factor count")
