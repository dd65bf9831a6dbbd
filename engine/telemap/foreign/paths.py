"""Find the path that is meant by text in the syntax of another tool."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z_][\w-]*"
_REST = rf"""(?:\[(?:'[^'\]]+'|"[^"\]]+"|-?\d+|\*)\]|\.{_NAME}|\.\*)*"""
_PLAIN = re.compile(
    rf"""(?P<root>\$\.?|@\.?|\.)?(?P<rest>{_NAME}{_REST}|\[(?:'[^'\]]+'|"[^"\]]+")\]{_REST})""", re.ASCII
)
"""A path with any usual root, or none."""

_LOGSTASH = re.compile(r"(?:\[@?[A-Za-z_][\w.-]*\])+", re.ASCII)
"""A field reference of Logstash, such as `[record][status]`."""

_TEMPLATE = re.compile(
    r"""
      \{\{-?[ ]*(?P<double>[^{}]+?)[ ]*-?\}\}  # Go, Vector, Jinja, Handlebars
    | %\{(?P<percent>[^{}]+)\}                 # Logstash, Ruby
    | \#\{(?P<hash>[^{}]+)\}                   # Ruby
    | \$\{(?P<dollar>[^{}:]+)\}                # shell, JavaScript
    """,
    re.VERBOSE,
)

_BRACES = re.compile(r"\{[ ]*(?P<inner>[^{} ]+)[ ]*\}")
"""A path in braces, as in Kubernetes and in json_exporter."""

_GROUP = re.compile(r"[$\\](?P<number>[1-9])(?!\d)|\$\{(?P<braced>[1-9])\}")
"""A group of a regex, as in mappings of statsd_exporter."""

_OF_GROUPS = re.compile(r"(?:[\w./:-]*(?:[$\\][1-9](?!\d)|\$\{[1-9]\}))+[\w./:-]*", re.ASCII)
"""A name put together from groups; a sentence with `$5` is none."""

_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})

_EVENT_FIELDS = ("record", "time", "type")

_LONGEST = 300


def meant_path(text: str, *, in_each: bool) -> str | None:
    """Return the path that a text stands for that should be a path; None if it is none in any known syntax.

    Args:
        text: not a path of telemap.
        in_each: whether names may be fields of the item of `each`.
    """
    text = text.strip()
    if len(text) > _LONGEST or text.lower() in _WORDS:
        return None
    template = _TEMPLATE.fullmatch(text) or _BRACES.fullmatch(text)
    if template is not None:
        text = _inner(template)
    if _LOGSTASH.fullmatch(text):
        names = re.findall(r"\[([^]]+)\]", text)
        return _rooted("".join(map(_step, names)).removeprefix("."), in_each=in_each)
    match = _PLAIN.fullmatch(text)
    return None if match is None else _rooted(match["rest"], in_each=in_each and match["root"] not in {"$", "$."})


def path_in_text(text: str, *, in_each: bool) -> tuple[str, str | None] | None:
    """Find a path in another syntax in the text of a label.

    Args:
        text: literal text.
        in_each: whether names may be fields of the item of `each`.

    Returns:
        The part of the text, and the path that it stands for, which is None if that is unclear; None if there is
        nothing of this kind.
    """
    if len(text) > _LONGEST:
        return None
    if match := _BRACES.fullmatch(text):
        path = meant_path(text, in_each=in_each)
        return (text, path) if path is not None else None
    if (match := _TEMPLATE.search(text)) and (path := meant_path(match[0], in_each=in_each)):
        return match[0], path
    if _LOGSTASH.fullmatch(text) and text.count("[") > 1:
        return text, meant_path(text, in_each=in_each)
    match = _GROUP.search(text) if _OF_GROUPS.fullmatch(text) else None
    return None if match is None else (match[0], None)


def group_number(text: str) -> int:
    """Return the number of a regex's group; 0 if the text is no reference to one."""
    match = _GROUP.fullmatch(text)
    return int(match["number"] or match["braced"]) if match else 0


def _inner(match: re.Match[str]) -> str:
    return next(part for part in match.groups() if part is not None).strip()


def _step(name: str) -> str:
    return f".{name}" if re.fullmatch(_NAME, name, re.ASCII) else f"['{name}']"


def _rooted(rest: str, *, in_each: bool) -> str:
    """Return a path from the event, or from the item of `each`."""
    if re.match(rf"(?:{'|'.join(_EVENT_FIELDS)})(?![\w-])", rest):
        return f"$.{rest}"
    below = rest if rest.startswith("[") else f".{rest}"
    if not in_each:
        return f"$.record{below}"
    return f".{below}" if below.startswith("[") else below
