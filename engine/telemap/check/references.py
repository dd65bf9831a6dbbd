"""Read `${env:NAME}` and `${runtime:instance}` in label values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.model import EnvironmentReference, InstanceReference, LiteralText

if TYPE_CHECKING:
    from telemap.document.nodes import Node, ScalarNode
    from telemap.reading.node_reader import NodeReader

_REFERENCE = re.compile(
    r"\$\{(?:env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?|(?P<instance>runtime:instance))\}"
)

_FORMS = "use '${env:NAME}', '${env:NAME:-default}' or '${runtime:instance}'"

_BEGINNINGS = ("${env:", "${runtime:")
"""The start of a reference, in text where `$` alone is literal."""

_SHELL = re.compile(r"\$\{([A-Za-z_]\w*(?::-[^}]*)?)\}", re.ASCII)
"""An environment variable in shell syntax."""

_SECRETS = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    }
)
"""Environment variables of a Lambda function with its credentials or access to them."""


def read_literal(reader: NodeReader, node: Node, text: str) -> LiteralText | None:
    """Read a label value that is not a path: literal text, perhaps with references."""
    parts: list[str | EnvironmentReference | InstanceReference] = []
    position = 0
    for match in _REFERENCE.finditer(text):
        parts += [text[position : match.start()], _reference(match)]
        position = match.end()
    parts.append(text[position:])
    literal = LiteralText(tuple(part for part in parts if part != ""))
    return literal if _sound(reader, node, literal) else None


def refuse_reference(reader: NodeReader, node: ScalarNode, what: str, help_: str) -> None:
    """Report a reference in text that is compared literally.

    Args:
        reader: collects the problems.
        node: the text.
        what: its name in messages.
        help_: how to fix it.
    """
    if any(beginning in node.text for beginning in _BEGINNINGS):
        reader.error(
            "reference-syntax", node, f"{what} cannot be {node.text!r}: references are not allowed here", help_
        )


def refuse_label_reference(reader: NodeReader, node: ScalarNode, what: str, help_: str) -> None:
    """Report a reference in text that a label is compared with; warn of one in the syntax of a shell.

    Args:
        reader: collects the problems.
        node: the text.
        what: its name in messages.
        help_: how to fix it.
    """
    refuse_reference(reader, node, what, help_)
    if _SHELL.fullmatch(node.text):
        reader.warning("literal-path", node, f"{node.text!r} is literal text in {what}", help_)


def _reference(match: re.Match[str]) -> EnvironmentReference | InstanceReference:
    if match["instance"]:
        return InstanceReference()
    default = match["default"]
    return EnvironmentReference(match["name"], None if default is None else default.removeprefix(":-"))


def _hint_for(written: str) -> str:
    """Return how to write what an invalid reference probably stands for."""
    from telemap.foreign.paths import path_in_text  # noqa: PLC0415 - only when something is wrong

    match = _SHELL.match(written)
    variable = f"for an environment variable, write '${{env:{match[1]}}}'" if match else _FORMS
    found = path_in_text(written, in_each=False)
    if found is None or found[1] is None or (match and match[1].partition(":")[0].isupper()):
        return variable
    return f"for a path, write {found[1]!r}; {variable}"


def _sound(reader: NodeReader, node: Node, literal: LiteralText) -> bool:
    """Report invalid references, and variables that must stay secret."""
    for part in literal.parts:
        if isinstance(part, str) and "${" in part:
            written = part[part.index("${") :]
            hint = _hint_for(written)
            reader.error("reference-syntax", node, f"invalid reference {written!r}", hint)
            return False
        if isinstance(part, EnvironmentReference) and "${" in (part.default or ""):
            message = f"the default of ${{env:{part.name}}} cannot be a reference"
            hint = f"write {{env: {part.name}, default: ...}}: a label's default may be a reference"
            reader.error("reference-syntax", node, message, hint)
            return False
        if isinstance(part, EnvironmentReference) and part.name in _SECRETS:
            reader.error(
                "secret-variable",
                node,
                f"{part.name} is a credential and would be published with the metrics",
                "use another variable",
            )
            return False
    return True
