"""Read a mapping as the JSON value that a JSON Schema validator, such as an editor's, sees."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from json_schema import Draft202012Validator

from telemap.document.loader import parse_document
from telemap.document.nodes import ListNode, MapNode, Node
from telemap.errors import MappingError

SCHEMA_FILE = Path(__file__).parents[2] / "schema" / "mapping.schema.json"
_VALIDATOR = Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUTH = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASES = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_INTEGER = 300
"""Digits of whole numbers that are no infinity to `float`, and to JavaScript."""

_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NOT_A_NUMBER = {".nan", ".NaN", ".NAN"}


def schema_faults(content: bytes) -> list[str]:
    """Return what the JSON Schema finds in a mapping.

    Raises:
        MappingError: the bytes are no YAML that a schema could be held to.
    """
    return [error.message for error in _VALIDATOR.iter_errors(yaml_instance(content))]


def yaml_instance(content: bytes) -> Any:
    """Return the JSON value of a YAML file, its plain scalars read by YAML 1.2's core schema (section 10.3)."""
    document = parse_document(content, "mapping.yaml")
    if document.problems:  # a duplicate key, a tag: no JSON value has them
        raise MappingError(document.problems)
    return _value(document.root)


def _value(node: Node) -> Any:
    if isinstance(node, MapNode):
        return {key.text: _value(value) for key, value in node.entries}
    if isinstance(node, ListNode):
        return [_value(item) for item in node.items]
    return _plain_scalar(node.text) if node.plain else node.text


def _plain_scalar(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _OTHER_BASES.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_INTEGER else float(text)
    if _FLOAT.fullmatch(text) or _INFINITY.fullmatch(text) or text in _NOT_A_NUMBER:
        return float(text.replace(".i", "i").replace(".I", "I").replace(".n", "n").replace(".N", "N"))
    return text
