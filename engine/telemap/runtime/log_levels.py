"""Levels of log records: words and numbers that loggers write, and where they stand in objects.

The words and numbers are those of the loggers' own documentation: Python's logging, pino, bunyan, winston, Log4j,
Logback, java.util.logging, Serilog, NLog, Microsoft.Extensions.Logging, zap, zerolog, logrus, slog, tracing, Ruby's
Logger, Monolog, syslog (RFC 5424), GELF, Google Cloud Logging, OpenTelemetry's log data model, ECS.
"""

from __future__ import annotations

import re
from typing import Any, Final

ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")
"""A colour."""

_WORDS: Final = {
    "trace": "trc trce trac finest finer verbose vrb silly all",
    "debug": "dbg dbug debu fine config http debugging",
    "info": "inf information informational notice note success log",
    "warn": "warning wrn warnung",
    "error": "err erro eror severe fail failure",
    "fatal": "ftl fata critical crit crt emergency emerg alert panic pani pnc dpanic",
}

LEVELS: Final = tuple(_WORDS)

LEVEL_OF_WORD: Final = {word: level for level, words in _WORDS.items() for word in (level, *words.split())}
"""Levels by what loggers write for them, in lower case."""

_LETTERS: Final = {
    "t": "trace",
    "v": "trace",
    "d": "debug",
    "i": "info",
    "n": "info",
    "w": "warn",
    "e": "error",
    "c": "fatal",
    "f": "fatal",
}

SYSLOG: Final = ("fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug")
"""Levels by the severities of syslog and GELF, 0 to 7."""

_MONOLOG: Final = {
    100: "debug",
    200: "info",
    250: "info",
    300: "warn",
    400: "error",
    **dict.fromkeys((500, 550, 600), "fatal"),
}
_GOOGLE: Final = {
    100: "debug",
    200: "info",
    300: "info",
    400: "warn",
    500: "error",
    **dict.fromkeys((600, 700, 800), "fatal"),
}
_PYTHON: Final = {10: "debug", 20: "info", 25: "info", 30: "warn", 40: "error", 50: "fatal"}

_LEVEL_KEYS: Final = (
    *("level", "level_name", "levelname", "log.level", "severityText", "severity_text", "SeverityText", "severity"),
    *(
        "log_level",
        "logLevel",
        "loglevel",
        "LogLevel",
        "levelName",
        "Level",
        "LEVEL",
        "lvl",
        "@l",
        "@level",
        "Severity",
    ),
    *("_level_name", "levelText", "level_text"),
)
"""Keys of a record's level, the most telling first where a logger writes several."""

_PLAIN: Final = re.compile(r"[^A-Za-z]")
_SPELT_OTHERWISE: Final = frozenset(
    ("level", "loglevel", "severity", "logseverity", "lvl", "levelname", "severitytext")
)
"""Keys of levels without signs, in lower case."""

_OTEL_KEYS: Final = ("severityNumber", "severity_number", "SeverityNumber", "Severity")

_OF_THE_RUNTIME: Final = frozenset(
    ("timestamp", "level", "message", "requestId", "AWSRequestId", "tenantId", "traceId", "xrayTraceId")
)
"""Keys of a record that a runtime made of a line in Lambda's JSON log format; Python's logger adds its name."""


def level_of_word(word: str) -> str | None:
    """Return the level that a word means, such as `WARNING`, `Err`, `INFO+2` or `info `; None if it means none."""
    if level := LEVEL_OF_WORD.get(word) or LEVEL_OF_WORD.get(word.strip().lower()):
        return level
    if "\x1b" in word:  # winston's colours in JSON
        return LEVEL_OF_WORD.get(ANSI.sub("", word).strip().lower())
    for sign in "+-":  # slog writes levels between its own as a distance
        name, found, number = word.partition(sign)
        if found and number.isdecimal():
            return LEVEL_OF_WORD.get(name.lower())
    return None


def level_of_letter(letter: str) -> str | None:
    """Return the level that a single letter means, as in glog and Ruby's loggers."""
    return _LETTERS.get(letter.lower())


def level_of_object(record: dict[str, Any]) -> str | None:
    """Return the level that the logger of an object wrote at its root; None if there is none.

    Objects inside are data, except those in which ECS, loguru and log4js keep the level.
    """
    for key in _LEVEL_KEYS:
        value = record.get(key)
        if value is not None and (level := _level_of_value(key, value, record)):
            return level
    for key in _OTEL_KEYS:
        number = record.get(key)
        if type(number) is int and 1 <= number <= 24:
            return LEVELS[(number - 1) // 4]
    level = _PYTHON.get(_number(record.get("levelno")))
    return level or _level_of_nested(record) or _level_of_other_key(record)


def _level_of_other_key(record: dict[str, Any]) -> str | None:
    """Return the level below a key of a level in another spelling, or below journald's."""
    for key, value in record.items():
        if type(value) is str and _PLAIN.sub("", key).lower() in _SPELT_OTHERWISE and (level := level_of_word(value)):
            return level
    priority = str(record.get("PRIORITY")) if "MESSAGE" in record else ""
    return SYSLOG[int(priority)] if len(priority) == 1 and priority in "01234567" else None


def is_of_the_runtime(record: dict[str, Any]) -> bool:
    """Return whether a runtime made this record of a line in Lambda's JSON log format.

    Its level is then that of the stream or the method that printed the line. That of the line itself says more.
    """
    return (
        ("requestId" in record or "AWSRequestId" in record) and "message" in record and record.keys() <= _OF_THE_RUNTIME
    )


def _level_of_nested(record: dict[str, Any]) -> str | None:
    match record:
        case {"log": {"level": str(word)}}:  # ECS
            return level_of_word(word)
        case {"record": {"level": {"name": str(word)}}, "text": _}:  # loguru, serialized
            return level_of_word(word)
        case {"@t": _, "@mt": _} | {"@t": _, "@m": _} if (
            "@l" not in record
        ):  # Serilog's compact form leaves out Information
            return "info"
        case {"@fields": {"level": str(word)}, "@message": _}:  # winston's logstash format
            return level_of_word(word)
        case {"L": str(word), "M": _}:  # zap's development keys
            return level_of_word(word)
    return None


def _level_of_value(key: str, value: Any, record: dict[str, Any]) -> str | None:
    if type(value) is str:
        is_number = len(value) <= 3 and value.isdecimal()
        return _level_of_number(key, int(value), record) if is_number else level_of_word(value)
    if type(value) is int:
        return _level_of_number(key, value, record)
    if type(value) is dict and key == "level":
        word = value.get("name") or value.get("levelStr")
        return level_of_word(word) if type(word) is str else None
    return None


def _level_of_number(key: str, number: int, record: dict[str, Any]) -> str | None:
    """Return the level of a number by the scale of the logger that wrote such a record."""
    if key in {"severity", "Severity"}:
        return _GOOGLE.get(number)
    if "short_message" in record:  # GELF
        return SYSLOG[number] if 0 <= number < len(SYSLOG) else None
    if "channel" in record or "level_name" in record:
        return _MONOLOG.get(number)
    if 10 <= number < 70 and (number % 10 == 0 or "time" in record):  # pino, bunyan; pino has levels of one's own
        return LEVELS[number // 10 - 1]
    return None


def _number(value: Any) -> Any:
    return value if type(value) is int else None
