"""Parse log records of any logger: their fields, and their level in one of six words."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any, Final

from telemap.runtime.log_levels import is_of_the_runtime, level_of_object
from telemap.runtime.log_lines import read_line
from telemap.runtime.log_odd_lines import level_of_inspected

_DECODER: Final = JSONDecoder()


def parse_log(value: Any) -> dict[str, Any] | None:
    """Parse a line or an object.

    Returns:
        The fields of the object or of the JSON that is the line's message; of other lines, `message`. `level` is one of
        `trace`, `debug`, `info`, `warn`, `error` and `fatal`, and missing if the record has none. None if the record is
        neither text nor an object.
    """
    if type(value) is str:
        fields, level = _of_text(value)
    elif type(value) is dict:
        fields, level = _of_object(value)
    else:
        return None
    if level is not None:
        return {**fields, "level": level}
    if "level" in fields:
        return {key: field for key, field in fields.items() if key != "level"}
    return fields


def _of_text(text: str) -> tuple[dict[str, Any], str | None]:
    line = read_line(text)
    if line.json_at < 0:
        return {"message": text}, line.level
    fields = _json_at(line.text, line.json_at)
    if fields is None:
        return {"message": text}, level_of_inspected(line.text[line.json_at :]) or line.level
    inner, level = _of_object(fields)
    return inner, level or line.level


def _of_object(record: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return the fields and the level of an object; what its message says counts if a runtime wrote the rest."""
    level = level_of_object(record)
    message = record.get("message")
    if type(message) is dict:
        inner = level_of_object(message) if level is None or is_of_the_runtime(record) else None
        return record, inner or level
    if type(message) is not str:
        return record, level
    if message.lstrip()[:1] == "{" and (fields := _json_at(message, message.index("{"))) is not None:
        return {**record, **fields}, level_of_object(fields) or level
    if level is None or is_of_the_runtime(record):
        level = read_line(message).level or level
    return record, level


def _json_at(text: str, start: int) -> dict[str, Any] | None:
    """Return the object that begins at a brace; None if the text from there does not begin with one."""
    try:
        found, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return found if type(found) is dict else None
