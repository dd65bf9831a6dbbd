"""Write the rules of a checked mapping as YAML in flow style, with all defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from telemap.model import (
    AllOf,
    AnyOf,
    Comparison,
    Concat,
    Condition,
    Constant,
    EnvironmentReference,
    Exists,
    FirstOf,
    GaugeOperation,
    InstanceReference,
    LabelRule,
    LiteralText,
    Not,
    OperandKind,
    Operator,
    Parse,
    ValueRule,
)
from telemap.path import Path, Root
from telemap.path.parse import looks_like_path
from telemap.units import divisor_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.model import DropRule, KnownText, Operand, Source

_PLAIN: Final = re.compile(r"[A-Za-z_*][\w.*/ -]*(?<! )")
"""Text that needs no quotes, even in flow style."""

_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def number_text(number: float) -> str:
    """Return the shortest text of a number."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else str(number)


def quoted(text: str) -> str:
    """Return text, quoted if YAML or the mapping language would not read it as text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not looks_like_path(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def condition_text(condition: Condition) -> str:
    """Return a test as YAML."""
    match condition:
        case Comparison():
            convert = "" if condition.convert is None else f"as: {condition.convert.value}, "
            operator = f"{condition.operator.value}: {_operands(condition)}"
            return f"{{path: {_path(condition.path)}, {convert}{operator}}}"
        case Not(inner):
            return f"{{not: {condition_text(inner)}}}"
        case AnyOf(conditions):
            return f"{{any: {_list(map(condition_text, conditions))}}}"
        case AllOf(conditions):
            return f"{{all: {_list(map(condition_text, conditions))}}}"


def when_texts(condition: Condition | None) -> list[str]:
    """Return each test of `when` as YAML."""
    if condition is None:
        return []
    tests = condition.conditions if isinstance(condition, AllOf) else (condition,)
    return [condition_text(test) for test in tests]


def parse_text(parse: Parse) -> str:
    """Return `parse` as YAML."""
    of = "" if parse.path.text == "$.record" else f", of: {_path(parse.path)}"
    word = parse.parser.value
    if parse.parser.row.takes_pattern:
        return f"{{{word}: {quoted(parse.regex)}{of}}}"
    return f"{{as: {word}{of}}}" if of else word


def value_text(source: Source) -> str:
    """Return the value of a source as YAML, followed by its divisor or factor."""
    value = _value(source.value)
    if divisor := divisor_of(source.factor):
        return f"{value}, divided by {number_text(divisor)}"
    return value if source.factor == 1 else f"{value}, times {number_text(source.factor)}"


def label_rule_text(rule: LabelRule) -> str:
    """Return a label as YAML."""
    steps = [] if rule.extract is None else [f"extract: {quoted(rule.extract)}"]
    steps += ["lower: true"] if rule.lower else []
    if rule.replace:
        replacements = [f"{{regex: {quoted(regex)}, with: {quoted(text)}}}" for regex, text in rule.replace]
        steps.append(f"replace: {replacements[0] if len(replacements) == 1 else _list(replacements)}")
    if rule.map is not None:
        steps.append(f"map: {{{', '.join(f'{quoted(key)}: {known_text(text)}' for key, text in rule.map)}}}")
    steps += [] if rule.allow is None else [f"allow: {_list(map(quoted, rule.allow))}"]
    steps += [] if rule.otherwise is None else [f"otherwise: {known_text(rule.otherwise)}"]
    steps += [] if rule.max_values is None else [f"max_values: {rule.max_values}"]
    steps += [] if rule.default is None else [f"default: {known_text(rule.default)}"]
    origin = rule.origin
    match origin:
        case FirstOf():
            return _origin(origin, steps)
        case Concat(parts):
            first = f"concat: {_list(_path(part) if isinstance(part, Path) else known_text(part) for part in parts)}"
        case Exists(path):
            first = f"exists: {_path(path)}"
        case LiteralText():
            text = known_text(origin)
            if not steps and not _reads_as_path(origin):
                return text
            first = f"const: {text}"
    return f"{{{', '.join((first, *steps))}}}"


def _reads_as_path(text: LiteralText) -> bool:
    """Return whether a label with only this text would be read as a path, even in quotes."""
    return text.is_plain and looks_like_path("".join(map(_part, text.parts)))


def known_text(text: KnownText) -> str:
    """Return text that does not depend on events as YAML, with variables by name."""
    return quoted("".join(map(_part, text.parts))) if isinstance(text, LiteralText) else label_rule_text(text)


def drop_text(rule: DropRule) -> str:
    """Return a drop rule as YAML."""
    tests = "" if rule.when is None else f", when: {_list(when_texts(rule.when))}"
    return f"{{from: {patterns_text(rule.patterns)}{tests}}}"


def patterns_text(patterns: tuple[str, ...]) -> str:
    """Return `from` as YAML."""
    return quoted(patterns[0]) if len(patterns) == 1 else _list(map(quoted, patterns))


def each_text(source: Source) -> str:
    """Return `each` as YAML."""
    texts = [_path(path) for path in source.each]
    return texts[0] if len(texts) == 1 else _list(texts)


def each_item_text(source: Source, path: Path) -> str:
    """Return the `each` of a source that reads the items of the array at a path, as YAML."""
    steps = () if path.root is Root.EVENT else source.each
    texts = [f'"{text}"' for text in (*(step.text for step in steps), f"{path.text}[*]")]
    return texts[0] if len(texts) == 1 else _list(texts)


def operation_text(source: Source) -> str:
    """Return `op` as YAML; empty for the default."""
    return "" if source.operation is GaugeOperation.SET else source.operation.value


def _value(rule: ValueRule) -> str:
    steps = [] if rule.extract is None else [f"extract: {quoted(rule.extract)}"]
    if rule.map is not None:
        steps.append(f"map: {{{', '.join(f'{quoted(key)}: {number_text(number)}' for key, number in rule.map)}}}")
    steps += [] if rule.otherwise is None else [f"otherwise: {number_text(rule.otherwise)}"]
    steps += [] if rule.convert is None else [f"as: {rule.convert.value}"]
    steps += [] if rule.default is None else [f"default: {number_text(rule.default)}"]
    if rule.times:
        paths = [_path(path) for path in rule.times]
        steps.append(f"times: {paths[0] if len(paths) == 1 else _list(paths)}")
    if isinstance(rule.origin, Constant):
        number = number_text(rule.origin.number)
        return f"{{{', '.join((f'const: {number}', *steps))}}}" if steps else number
    return _origin(rule.origin, steps)


def _origin(origin: FirstOf, steps: list[str]) -> str:
    """Return paths as YAML, with the steps applied to what they find."""
    paths = [_path(path) for path in origin.paths]
    if len(paths) == 1 and not steps:
        return paths[0]
    first = f"path: {paths[0]}" if len(paths) == 1 else f"first_of: {_list(paths)}"
    return f"{{{', '.join((first, *steps))}}}"


def _operands(test: Comparison) -> str:
    texts = [_operand(operand, test.operator) for operand in test.operands]
    return _list(texts) if test.operator.row.operand is OperandKind.VALUES else texts[0]


def _operand(operand: Operand, operator: Operator) -> str:
    if isinstance(operand, Path):
        return f"{{path: {_path(operand)}}}"
    if isinstance(operand, bool):
        return str(operand).lower()
    if isinstance(operand, str):
        return f"'{operand}'" if operator.row.operand is OperandKind.REGEX and "'" not in operand else quoted(operand)
    return number_text(operand)


def _path(path: Path) -> str:
    return quoted_path(path.text)


def quoted_path(text: str) -> str:
    """Return a path, quoted if flow style requires it."""
    return text if re.fullmatch(r"[$.\w-]+", text) else "'" + text.replace("'", "''") + "'"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def _part(part: str | EnvironmentReference | InstanceReference) -> str:
    match part:
        case EnvironmentReference(name, default):
            return f"${{env:{name}}}" if default is None else f"${{env:{name}:-{default}}}"
        case InstanceReference():
            return "${runtime:instance}"
    return part
