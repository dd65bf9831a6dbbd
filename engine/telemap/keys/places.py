"""Find where a key of the language belongs that stands in the wrong object."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from telemap.document.nodes import ScalarNode
from telemap.document.quoting import scalar
from telemap.keys import tables as keys
from telemap.model import BucketGenerator
from telemap.path.parse import looks_like_path
from telemap.reading.entries import Misplaced, listed
from telemap.reading.scalars import is_number, is_truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.document.nodes import Node


class _Object(NamedTuple):
    """An object of the language.

    Attributes:
        keys: those that only it has, or that it is first to look for.
        name: what it is.
        where: how to write a key of it.
    """

    keys: frozenset[str]
    name: str
    where: str


_TOP = _Object(keys.TOP, "the file", "at the top level")
_DEFAULTS = _Object(keys.DEFAULTS, "'defaults'", "under 'defaults'")
_DROP = _Object(keys.DROP, "a rule of 'drop'", "in a rule of 'drop'")
_GROUP = _Object(keys.GROUP, "a group", "in the group, beside 'metrics'")
_METRIC = _Object(keys.METRIC, "a metric", "in the metric, beside 'type'")
_RULE = _Object(keys.SOURCE, "a rule of a metric", "in the rule, beside {beside!r}")
_PARSE = _Object(keys.PARSE, "'parse'", "under 'parse'")
_CONDITION = _Object(keys.TEST, "a condition", "in a condition under 'when'")
_VALUE = _Object(keys.VALUE, "'value'", "under 'value'")
_LABEL = _Object(keys.LABEL, "a label", "under the name of a label")
_REPLACE = _Object(keys.REPLACE, "'replace'", "under 'replace' of a label")
_BUCKETS = _Object(keys.BUCKETS, "'buckets'", "under 'buckets'")
_GENERATORS = tuple(
    _Object(frozenset(one.keys), f"{one.value!r} of 'buckets'", f"under {one.value!r}") for one in BucketGenerator
)

_OBJECTS = (
    *(_TOP, _DEFAULTS, _DROP, _GROUP, _METRIC, _RULE),
    *(_PARSE, _CONDITION, _VALUE, _LABEL, _REPLACE, _BUCKETS, *_GENERATORS),
)

_IN_RULE = (_RULE, _METRIC, _GROUP, _TOP)

_AROUND: dict[frozenset[str], tuple[_Object, ...]] = {
    keys.DEFAULTS: (_TOP,),
    keys.DROP: (_TOP,),
    keys.GROUP: (_TOP,),
    keys.FAMILY: (_GROUP, _TOP),
    keys.SOURCE: (_METRIC, _GROUP, _TOP),
    keys.PARSE: _IN_RULE,
    keys.TEST: _IN_RULE,
    keys.VALUE: _IN_RULE,
    keys.LABEL: _IN_RULE,
    keys.REPLACE: (_LABEL, *_IN_RULE),
    keys.BUCKETS: (_METRIC, _GROUP, _TOP),
}
"""The objects around each object, the innermost first."""

_BESIDE = {keys.VALUE: "value", keys.LABEL: "labels", keys.TEST: "when", keys.PARSE: "parse"}
"""The key of a rule under which an object stands."""

_OPERATOR_AS_KEY = "write the operator as the key, such as 'equals: success'"

_KNOWN_MISTAKES: dict[frozenset[str], dict[str, str]] = {
    keys.TEST: dict.fromkeys(("op", "operator", "value", "operand"), _OPERATOR_AS_KEY),
    keys.GROUP: {"name": "remove it: a group has no name"},
}


def place_of_key(known: frozenset[str], key: ScalarNode, value: Node) -> Misplaced | None:
    """Return the help for a key that an object does not have; None if there is nothing to say.

    Args:
        known: the keys of the object.
        key: the unknown key.
        value: its value.
    """
    if mistake := _KNOWN_MISTAKES.get(known, {}).get(key.text):
        return Misplaced(mistake)
    around = next((one for one in _AROUND.get(known, ()) if key.text in one.keys), None)
    if around is not None:
        return Misplaced(f"{key.text!r} is a key of {around.name}: write it {_where(around, known)}")
    others = list(_others(known, key.text))
    if len(others) == 1 and known not in {keys.DROP, keys.DEFAULTS}:
        return Misplaced(f"{key.text!r} is a key of {others[0].name}: write it {_where(others[0], known)}")
    if others:
        return Misplaced(f"{key.text!r} is a key of {listed([one.name for one in others], 'or')}")
    meant = _meant_condition(key, value) if known == keys.TEST else None
    return None if meant is None else Misplaced(meant, is_key=False)


def _where(place: _Object, known: frozenset[str]) -> str:
    return place.where.format(beside=_BESIDE.get(known, "from"))


def _others(known: frozenset[str], word: str) -> Iterator[_Object]:
    return (one for one in _OBJECTS if word in one.keys and not one.keys <= known)


def _meant_condition(key: ScalarNode, value: Node) -> str | None:
    """Return the condition that is meant by `level: error`."""
    if not isinstance(value, ScalarNode) or value.is_null or len(key.text) + len(value.text) > 200:
        return None
    path = key.text if looks_like_path(key.text) else f"$.record.{key.text}"
    if not looks_like_path(key.text) and not key.text.replace(".", "").replace("_", "").isalnum():
        return None
    word = value.text if is_number(value) or is_truth(value) else scalar(value.text)
    return f"write {{path: {scalar(path)}, equals: {word}}}"
