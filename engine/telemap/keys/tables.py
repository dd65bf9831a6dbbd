"""The keys of the language, grouped by object: one row each, with its description."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.model import BucketGenerator, Connective, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self


class Holds(Enum):
    """Whether the value of a key is a path, literal text, or something else."""

    PATH = auto()
    PATHS = auto()
    PATH_OR_PATHS = auto()
    PATHS_AND_TEXTS = auto()
    TEXT = auto()
    TEXTS = auto()
    TEXT_BY_TEXT = auto()
    OTHER = auto()


class Key(NamedTuple):
    """A key.

    Attributes:
        word: the key itself.
        words: the description, in Markdown.
        holds: the kind of its value.
    """

    word: str
    words: str
    holds: Holds = Holds.OTHER


class ValueOriginKey(Enum):
    """The origins of a value: exactly one of these keys."""

    PATH = Key("path", "a path", Holds.PATH)
    FIRST_OF = Key("first_of", "a list of paths; the first that finds a node that is not null wins", Holds.PATHS)
    CONST = Key("const", "a number")

    row: Key

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the key."""
        member = object.__new__(cls)
        member.row = Key(*row)
        member._value_ = member.row.word
        return member


class LabelOriginKey(Enum):
    """The origins of a label: exactly one of these keys."""

    PATH = Key("path", "a path", Holds.PATH)
    FIRST_OF = Key("first_of", "a list of paths; the first that finds a node that is not null wins", Holds.PATHS)
    CONCAT = Key(
        "concat", "a list of literals and paths, joined; missing if one of them is missing", Holds.PATHS_AND_TEXTS
    )
    ENV = Key("env", "the name of an environment variable")
    CONST = Key("const", "literal text, even if it looks like a path")
    EXISTS = Key("exists", "a path: `true` or `false`, never missing", Holds.PATH)

    row: Key

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the key."""
        member = object.__new__(cls)
        member.row = Key(*row)
        member._value_ = member.row.word
        return member


TOP_KEYS = (
    Key("version", "required: `1`"),
    Key("include", "mappings to build on"),
    Key("defaults", "defaults for the metrics of this file"),
    Key("drop", "events that no metric sees"),
    Key("new_fields", "paths of fields that AWS sends, and that this version of telemap does not know: no warning"),
    Key("metrics", "metrics by name; optional if there are groups, or an included mapping defines some"),
    Key("groups", "lists of metrics whose rules have something in common, see [below](#groups)"),
)
DEFAULTS_KEYS = (
    Key("prefix", "text in front of each metric's name"),
    Key("labels", "labels of every rule"),
    Key("buckets", "buckets of histograms that define none"),
    Key("series_limit", "maximum number of series per metric; 1000 by default"),
    Key(
        "series_limit_total",
        "maximum number of series per process; 10,000 by default. If several files set it, the including file wins,"
        " then the file included first",
    ),
    Key("overflow", "`fold` or `drop`. For gauges that cannot fold, `fold` means `drop`"),
    Key("expire", "expiry of gauges"),
)
DROP_KEYS = (
    Key("from", "required: an event type, a pattern or a list of these, as in a rule"),
    Key("when", "a list of conditions, all of which must hold"),
)
SOURCE_KEYS = (
    Key(
        "from",
        "required: an event type, a pattern, or a list of these. In a pattern, `*` matches any characters, including"
        ' dots; nothing else is special. `"*"` alone needs quotes',
    ),
    Key("parse", "how to turn text into fields, see [below](#parse)"),
    Key("each", "a path: the rule runs once for each node that it finds, see [below](#each)"),
    Key("when", "a list of [conditions](#conditions), all of which must hold"),
    Key(
        "value",
        "a number, a path or the [long form](#values). Optional for a counter, which then counts events, and for"
        " operations of gauges that can do without, see [below](#op)",
    ),
    Key("unit", "the unit of the value, which is converted to a base unit, see [below](#unit)"),
    Key(
        "scale",
        "a factor, where no unit fits. If it is one over a whole number (`0.001`, `0.1`, `0.25`), telemap divides by"
        " that number, so the result is exact",
    ),
    Key("op", "gauges: what a sample does, see [below](#op)"),
    Key("labels", "labels of this rule"),
)
GROUP_KEYS = (
    Key("metrics", "required: metrics by name, as at the top level"),
    Key("from", "event types for rules that have no `from`"),
    Key("parse", "for rules that have no `parse`"),
    Key("each", "for rules that have no `each`"),
    Key("when", "conditions for each rule, before its own; all of them must hold"),
    Key("labels", "labels of every rule. A label of a metric or rule wins over them, and they win over `defaults`"),
)
FAMILY_KEYS = (
    Key("type", "required: what kind of metric it is, see [below](#type)"),
    Key("help", "required: a sentence that describes what the metric counts or measures"),
    Key("labels", "labels of every rule of the metric"),
    Key("buckets", "bounds of the buckets, see [below](#buckets)"),
    Key(
        "series_limit",
        "maximum number of series of this metric per process; 1000 by default. All metrics of a process together may"
        " have 10,000",
    ),
    Key("overflow", "what happens to samples beyond the limit, see [below](#series-limits)"),
    Key("init", "series that exist at 0 from the start, see [below](#init)"),
    Key("expire", "remove a series that has had no sample for this long, such as `10m` or `1h30m`"),
    Key(
        "sources",
        "a list of rules instead of the keys of one rule. Of these, the metric may then have only `labels`",
    ),
)
"""Keys of a metric, in addition to those of its only rule."""

PARSE_KEYS = (
    Key("as", "how to read the text, by name"),
    Key("regex", "how to read the text, by a regex with named groups"),
    Key("of", "the path of the text, `$.record` by default", Holds.PATH),
)
VALUE_STEP_KEYS = (
    Key("extract", "a regex with one group; the value becomes the text of the group. Without a match, it is missing"),
    Key("map", "label text to number, such as `{closed: 0, open: 1}`"),
    Key("otherwise", "the number for any other text than those of `map`; without it, such a value is invalid"),
    Key("as", "how to read the value, see [below](#as)"),
    Key("default", "a number for a missing or null value"),
    Key("times", "a path of a factor, or a list; each needs a number, or there is no sample", Holds.PATH_OR_PATHS),
)
LABEL_STEP_KEYS = (
    Key("extract", "a regex with one group. Without a match, the label is missing"),
    Key("lower", "`true`: convert to lower case"),
    Key(
        "replace",
        "`{regex: R, with: T}` or a list of these, in order: every match is replaced. `T` may contain groups, as `\\1`"
        " or `\\g<name>`",
    ),
    Key("map", "text to text. Any other text stays, or becomes `otherwise`", Holds.TEXT_BY_TEXT),
    Key("allow", "a closed list. Any other text becomes `otherwise`, which is `other` by default", Holds.TEXTS),
    Key("otherwise", "what any other text becomes. With both `map` and `allow`, it belongs to `allow`", Holds.TEXT),
    Key(
        "max_values",
        "after this many different texts, all others become `__overflow__`. Only samples that were taken use it up, and"
        ' `""` does not',
    ),
    Key("default", "text for a missing label. It is final: no other step changes it", Holds.TEXT),
)


def _words(*tables: Iterable[Key]) -> frozenset[str]:
    return frozenset(key.word for table in tables for key in table)


TOP = _words(TOP_KEYS)
DEFAULTS = _words(DEFAULTS_KEYS)
DROP = _words(DROP_KEYS)
GROUP = _words(GROUP_KEYS)
SOURCE = _words(SOURCE_KEYS)
SOURCE_ONLY = SOURCE - {"labels"}
"""Keys of a rule, which exclude `sources`; `labels` do not."""

METRIC = _words(FAMILY_KEYS)
FAMILY = SOURCE | METRIC
PARSE = _words(PARSE_KEYS)
VALUE_ORIGIN = frozenset(key.value for key in ValueOriginKey)
VALUE = VALUE_ORIGIN | _words(VALUE_STEP_KEYS)
REPLACE = frozenset({"regex", "with"})
LABEL_ORIGIN = frozenset(key.value for key in LabelOriginKey)
LABEL = LABEL_ORIGIN | _words(LABEL_STEP_KEYS)


def holding(*kinds: Holds) -> frozenset[str]:
    """Return the keys of labels and values whose value is of one of these kinds."""
    rows = (*(key.row for key in (*ValueOriginKey, *LabelOriginKey)), *VALUE_STEP_KEYS, *LABEL_STEP_KEYS)
    return frozenset(row.word for row in rows if row.holds in kinds)


TEST = frozenset({"path", "as"} | {one.value for one in (*Operator, *Connective)})
TESTS_ELSEWHERE = {word: one.value for one in (*Operator, *Connective) for word in one.row.elsewhere}
"""Names of operators and connectives in other tools, with those of telemap."""

FAMILY_ELSEWHERE = {
    **dict.fromkeys(("description", "desc"), "help"),
    **dict.fromkeys(("tags", "attributes"), "labels"),
    **dict.fromkeys(("event", "events"), "from"),
    **dict.fromkeys(("filter", "where", "if", "conditions"), "when"),
}
"""Names of keys of metrics in other tools, with those of telemap."""

PARSE_ELSEWHERE = {
    **dict.fromkeys(("pattern", "regexp", "expression", "re", "grok"), "regex"),
    **dict.fromkeys(("format", "type", "parser"), "as"),
    **dict.fromkeys(("path", "field", "source", "from"), "of"),
}
"""Names of keys of `parse` in other tools, with those of telemap."""

_STEPS_ELSEWHERE = {
    **dict.fromkeys(("field", "key", "source", "jsonpath", "value_from"), "path"),
    **dict.fromkeys(("regex", "regexp", "pattern", "match"), "extract"),
    **dict.fromkeys(("mapping", "values", "translate"), "map"),
    **dict.fromkeys(("fallback", "missing", "if_missing"), "default"),
}
VALUE_ELSEWHERE = {**_STEPS_ELSEWHERE, **dict.fromkeys(("type", "convert", "cast", "format"), "as")}
LABEL_ELSEWHERE = {
    **_STEPS_ELSEWHERE,
    **dict.fromkeys(("allowed", "allow_list", "allowlist", "only", "enum"), "allow"),
    **dict.fromkeys(("limit", "max", "max_cardinality"), "max_values"),
}
"""Names of keys of values and labels in other tools, with those of telemap."""

GROUP_ELSEWHERE = {
    "rules": "metrics",  # as in a rule file of Prometheus
    **{word: key for word, key in FAMILY_ELSEWHERE.items() if key in GROUP},
}
"""Names of keys of groups in other tools, with those of telemap."""

BUCKETS = frozenset(generator.value for generator in BucketGenerator)
