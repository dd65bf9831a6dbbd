"""Read labels of the grouping key from the setting `TELEMAP_GROUPING`: `team=orders,stage=${env:STAGE:-dev}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap_lambda.settings.variables import Kind, SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAIR = re.compile(r"((?:\$\{[^}]*\}|[^,])+)(?:,|$)")
"""A `name=value` pair; a default in `${env:NAME:-default}` may contain commas."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_RESERVED = {"job": "TELEMAP_JOB sets it", "instance": "it is the process's id"}


def _read(text: str, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Read comma-separated `name=value` pairs; values may contain references, as in a mapping."""
    labels: dict[str, str] = {}
    for pair in _PAIR.findall(text):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise SettingError(f"{pair.strip()!r} has no '='")
        if name in _RESERVED:
            raise SettingError(f"{name!r} cannot be set here: {_RESERVED[name]}")
        if not _NAME.fullmatch(name) or name.startswith("__"):
            raise SettingError(f"{name!r} is not a valid label name")
        if name in labels:
            raise SettingError(f"{name!r} is defined twice")
        labels[name] = _value(value, environ)
    return tuple(labels.items())


def _value(text: str, environ: Mapping[str, str]) -> str:
    """Replace references in a value, following the rules for literal text in a mapping."""
    from telemap.check.references import read_literal  # noqa: PLC0415 - few functions use TELEMAP_GROUPING
    from telemap.document.nodes import Document, ScalarNode  # noqa: PLC0415 - as above
    from telemap.document.text import Lines  # noqa: PLC0415 - as above
    from telemap.model import InstanceReference  # noqa: PLC0415 - as above
    from telemap.problem.place import Span  # noqa: PLC0415 - as above
    from telemap.reading.node_reader import NodeReader  # noqa: PLC0415 - as above

    node = ScalarNode(Span(1, 1, 1, len(text) + 1), text, plain=False)
    reader = NodeReader(Document("TELEMAP_GROUPING", Lines(text), "", node))
    literal = read_literal(reader, node, text)
    if literal is None:
        raise SettingError(reader.problems[0].message)
    if InstanceReference() in literal.parts:
        raise SettingError("'${runtime:instance}' cannot be used here; the label 'instance' already contains it")
    return literal.resolve(environ)


GROUPING: Kind[tuple[tuple[str, str], ...]] = Kind(
    (), _read, "labels such as team=orders,stage=${env:STAGE}", instead="no label is added"
)
