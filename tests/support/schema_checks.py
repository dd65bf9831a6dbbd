"""Check files as `check-jsonschema` does, in this process: to start it takes a hundred times as long as to check."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Checked(NamedTuple):
    """What came of a check."""

    returncode: int
    output: str


def check_jsonschema(*words: str | Path) -> Checked:
    """Run check-jsonschema with options and files."""
    import json_schema  # noqa: F401, PLC0415 - or it is imported with what takes two seconds
    from check_jsonschema import main  # type: ignore[import-untyped] # noqa: PLC0415 - few tests need it
    from click.testing import CliRunner  # noqa: PLC0415 - as above

    done = CliRunner().invoke(main, [str(word) for word in words])
    return Checked(done.exit_code, done.output)


def schema_problems(path: Path, schema: str) -> str:
    """Return what is wrong with a file; empty if nothing is.

    Args:
        path: of the file.
        schema: the name of a schema that check-jsonschema brings, such as `vendor.github-workflows`.
    """
    checked = check_jsonschema("--builtin-schema", schema, path)
    return checked.output if checked.returncode else ""
