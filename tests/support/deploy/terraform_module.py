"""A folder of Terraform configuration, as its parser reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOT_REFERENCES = re.compile(r'#.*|^\s*(?:description|error_message)\s*=\s*"(?:[^"\\]|\\.)*"', re.MULTILINE)
_REFERENCE = re.compile(r"(?<![\w.])(var|local|module|data\.\w+|aws_\w+)\.(\w+)(?:(?:\[[^]]*\])?\.(\w+))?")


class Reference(NamedTuple):
    """What an expression refers to: a variable, a local value, a module's output, a resource."""

    kind: str
    name: str
    attribute: str


def parse(path: Path) -> dict[str, Any]:
    """Return the blocks of a file, by their kind."""
    import hcl2  # noqa: PLC0415 - it makes its grammar when it is imported

    blocks: dict[str, Any] = hcl2.loads(path.read_text(encoding="utf-8"))
    return blocks


class Configuration:
    """All `*.tf` of one folder.

    Attributes:
        variables: what is said of each variable, by its name.
        outputs: what is said of each output.
        locals: the names of local values.
        modules: the arguments of each module that is called.
        resources: `aws_type.name` and `data.aws_type.name` of all that there is.
        references: all that expressions refer to.
    """

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("*.tf"))
        texts = [path.read_text(encoding="utf-8") for path in files]
        parsed = [parse(path) for path in files]
        self.variables = dict(_named(parsed, "variable"))
        self.outputs = dict(_named(parsed, "output"))
        self.modules = dict(_named(parsed, "module"))
        self.locals = {name for one in parsed for block in one.get("locals", []) for name in _plain(block)}
        self.resources = {
            f"{prefix}{kind.strip(_QUOTE)}.{name}"
            for one in parsed
            for key, prefix in (("resource", ""), ("data", "data."))
            for block in one.get(key, [])
            for kind, instances in block.items()
            for name in _plain(instances)
        }
        self.references = {
            Reference(match[1], match[2], match[3] or "")
            for text in texts
            for match in _REFERENCE.finditer(_NOT_REFERENCES.sub("", text))
        }

    def unresolved(self) -> list[str]:
        """Return the references that lead nowhere in this folder."""
        known = {
            "var": set(self.variables),
            "local": self.locals,
            "module": set(self.modules),
        }
        return sorted(
            f"{kind}.{name}"
            for kind, name, _ in self.references
            if (name not in known[kind] if kind in known else f"{kind}.{name}" not in self.resources)
        )

    def unused(self) -> list[str]:
        """Return the variables and local values that nobody refers to."""
        used = {f"{kind}.{name}" for kind, name, _ in self.references}
        declared = [*(f"var.{name}" for name in self.variables), *(f"local.{name}" for name in self.locals)]
        return sorted(set(declared) - used)


_QUOTE = '"'


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    """Return what a block holds, without what the parser adds."""
    return {name.strip(_QUOTE): value for name, value in block.items() if not name.startswith("__")}


def _named(parsed: list[dict[str, Any]], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in parsed:
        for block in one.get(kind, []):
            for name, body in _plain(block).items():
                yield name, _plain(body)
