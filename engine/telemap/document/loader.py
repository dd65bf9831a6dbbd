"""Read any file into nodes with locations.

Mappings are untrusted, so the loader limits size, depth, aliases and nodes. It builds nodes from `yaml.parse` events
with its own stack, because libyaml's `compose` recurses, and kills the process at 100,000 levels.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from telemap.digest import sha256_of
from telemap.document.advice import advice
from telemap.document.builder import MAPPING_FILE, FileKind, NodeBuilder, Refused
from telemap.document.nodes import Document
from telemap.document.text import SourceText, find_forbidden
from telemap.endless import ends
from telemap.errors import MappingError
from telemap.problem import Problem, Severity
from telemap.problem.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from telemap.problem.place import Span

MAX_BYTES = 1024 * 1024
"""Maximum size of a mapping file; a larger one is not read."""

YAML_LOADER = getattr(yaml, "CLoader", yaml.Loader)
"""libyaml's parser, if PyYAML was built with it: ten times faster, with the same events."""


_KEY = re.compile(
    r"""(?:^|[{,])[ \t]*["']?(?:version|include|defaults|drop|metrics|groups|type|help|from)["']?[ \t]*:""",
    re.MULTILINE,
)
"""A key of a mapping: a file without any is something else."""

_ESCAPED_SURROGATE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]|\\U(?!000|0010)")
"""An escape of a surrogate, or beyond Unicode."""


def read_document(path: Path, name: str, kind: FileKind = MAPPING_FILE) -> Document:
    """Read a file into a document.

    Args:
        path: the file.
        name: its name in problems.
        kind: the kind of file.

    Raises:
        MappingError: the file cannot be read, or is not a document of plain YAML.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe could block forever
            _refuse(name, "file-unreadable", "cannot read the file: not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1) if ends(path) else b""
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        _refuse(name, "file-unreadable", f"cannot read the file: {reason}")
    return parse_document(content, name, kind)


def parse_document(content: bytes, name: str, kind: FileKind = MAPPING_FILE) -> Document:
    """Parse the bytes of a file into a document.

    Raises:
        MappingError: it cannot be read. Errors after which reading continues, such as duplicate keys, are among the
            document's problems.
    """
    if len(content) > MAX_BYTES:
        hint = "split it into several files, and include them" if kind is MAPPING_FILE else None
        _refuse(name, "file-too-large", f"{kind.name} may have at most {MAX_BYTES:,} bytes", hint)
    try:
        return _parse(content, name, kind)
    except MappingError as error:
        if kind is MAPPING_FILE and not _has_key(content):
            raise MappingError([_without_excerpt(problem) for problem in error.problems]) from error
        raise


def _has_key(content: bytes) -> bool:
    """Return whether a text that cannot be read has a key of a mapping."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.removeprefix(codecs.BOM_UTF8).decode("utf-16" if is_wide else "utf-8", errors="replace")
    return _KEY.search(text) is not None


def _without_excerpt(problem: Problem) -> Problem:
    """Return a problem of a file that is no mapping without the line that it is about, which may be a secret."""
    if problem.place is None:
        return problem
    help_ = f"this does not look like a mapping: {MAPPING_FILE.beginning}"
    return replace(problem, place=replace(problem.place, line_text=""), help=help_)


def _parse(content: bytes, name: str, kind: FileKind) -> Document:
    """Parse the bytes of a file, whatever it is."""
    source = SourceText(name, _decode(content, name))
    if forbidden := find_forbidden(source.text):
        code = ord(source.text[forbidden.start()])
        _refuse_at(
            source,
            source.span(*forbidden.span()),
            "forbidden-character",
            f"character U+{code:04X} is not allowed",
        )
    builder = NodeBuilder(source, kind)
    try:
        for event in yaml.parse(source.text, Loader=_parser_of(source.text)):
            builder.add(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.index if mark else len(source.text)
        start, end, message, help_ = advice(source, at, error)
        _refuse_at(source, source.span(start, end), "yaml-syntax", message, help_)
    except (
        ValueError,
        OverflowError,
    ):  # from PyYAML's own parser: an escape beyond Unicode, a version with many digits
        at = builder.end
        _refuse_at(source, source.span(at, at + 1), "yaml-syntax", "this number is too large for YAML")
    except Refused as refused:
        raise MappingError([*builder.problems, refused.problem]) from None
    if builder.root is None:
        _refuse(name, "empty-file", f"the file contains no {kind.content}", kind.beginning)
    return Document(source.name, source.lines, sha256_of(content), builder.root, tuple(builder.problems), builder.nodes)


def _parser_of(text: str) -> Any:
    """Choose the parser.

    Only PyYAML's own parser rejects a tab between words, and only libyaml an escaped surrogate, with a worse message. A
    valid mapping must load without libyaml, too.
    """
    return yaml.Loader if "\t" in text or _ESCAPED_SURROGATE.search(text) else YAML_LOADER


def _decode(content: bytes, name: str) -> str:
    """Decode UTF-8, with or without a byte order mark."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        help_ = "save the file as UTF-8"
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            source = SourceText(name, content.decode("utf-16", errors="replace"))
            _refuse_at(source, source.span(0, 1), "not-utf-8", "the file is UTF-16", help_)
        # Only the first invalid byte becomes exactly one character.
        before = len(error.object[: error.start].decode())
        source = SourceText(name, error.object.decode(errors="replace"))
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        _refuse_at(source, source.span(before, before + 1), "not-utf-8", message, help_)


def _refuse(name: str, code: str, message: str, help_: str | None = None) -> NoReturn:
    raise MappingError([Problem(code, Severity.ERROR, message, name, help=help_)])


def _refuse_at(source: SourceText, span: Span, code: str, message: str, help_: str | None = None) -> NoReturn:
    place = Place(source.name, span, source.line(span.line))
    raise MappingError([Problem(code, Severity.ERROR, message, source.name, place, help_)])
