"""Labels of the grouping key, from the setting `TELEMAP_GROUPING`: `team=orders,stage=${env:STAGE:-dev}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.check.references import read_literal
from telemap.document.nodes import Document, ScalarNode
from telemap.model import InstanceReference
from telemap.problem.place import Span
from telemap.reading.node_reader import Findings
from telemap.runtime.known_text import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAIR = re.compile(r"((?:\$\{[^}]*\}|[^,])+)(?:,|$)")
"""What stands between commas; a default in `${env:NAME:-default}` may have commas of its own."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_RESERVED = {"job": "TELEMAP_JOB sets it", "instance": "it is the id of the process"}


class GroupingError(ValueError):
    """The text is no list of labels; the message says what is wrong with it."""


def read_grouping(text: str, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Read labels.

    Args:
        text: `name=value` pairs with commas between them; values may have references as in a mapping.
        environ: what `${env:NAME}` reads.

    Raises:
        GroupingError: it is none.
    """
    labels: dict[str, str] = {}
    for pair in _PAIR.findall(text):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals:
            raise GroupingError(f"{pair.strip()!r} has no '='")
        if name in _RESERVED:
            raise GroupingError(f"{name!r} cannot be set here, {_RESERVED[name]}")
        if not _NAME.fullmatch(name) or name.startswith("__"):
            raise GroupingError(f"{name!r} cannot be a label's name")
        if name in labels:
            raise GroupingError(f"{name!r} is there twice")
        labels[name] = _value(value, environ)
    return tuple(labels.items())


def _value(text: str, environ: Mapping[str, str]) -> str:
    """Put the environment into a value, by the rules of a mapping's literal text."""
    span = Span(1, 1, 1, len(text) + 1)
    node = ScalarNode(span, text, plain=False)
    findings = Findings(Document("TELEMAP_GROUPING", (text,), "", node))
    literal = read_literal(findings, node, text)
    if literal is None:
        raise GroupingError(findings.problems[0].message)
    if InstanceReference() in literal.parts:
        raise GroupingError("'${runtime:instance}' cannot stand here, it is the label 'instance' anyway")
    return resolve(literal, environ)
