"""Report text where only a number works: `regex` and `logfmt` make text, also of digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from telemap.document.nodes import ListNode, MapNode, Node
from telemap.model import AllOf, AnyOf, Comparison, Condition, FirstOf, Not, OperandKind
from telemap.model.operators import EQUAL
from telemap.path import Path, Root

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import Parse, ValueRule

_EACH: Final = ("*",)
"""A step to every member."""

_Steps: TypeAlias = "tuple[object, ...] | None"
"""The steps of a path from the event; None if they are unknown."""

_CODE: Final = "text-number"
_DOUBT: Final = "text-compared"


class ParsedText:
    """The texts that the parser of a rule makes.

    Args:
        parse: how the rule parses its record.
        each: the steps of `each`.
    """

    def __init__(self, parse: Parse | None, each: tuple[Path, ...]) -> None:
        self.maker = parse.parser.value if parse is not None and parse.parser.row.makes_text else ""
        self._items: list[_Steps] = []
        for path in each if self.maker else ():
            steps = self._steps(path)
            self._items.append(None if steps is None else (*steps, *(_EACH if path.every else ())))

    def has(self, path: Path) -> bool:
        """Return whether a path can only lead to such a text: it is a field of the record."""
        steps = self._steps(path) if self.maker else None
        return steps is not None and len(steps) == 2 and steps[0] == "record" and not isinstance(steps[1], int)

    def _steps(self, path: Path) -> _Steps:
        base: _Steps = ()
        if path.root is Root.ITEM:
            base = self._items[-1 - path.up] if path.up < len(self._items) else None
        elif path.root is not Root.EVENT:
            return None
        return None if base is None or path.steps is None else (*base, *path.steps)


def check_value_text(reader: MappingReader, node: Node, what: str, value: ValueRule, texts: ParsedText) -> None:
    """Report a value or factors that can only be text.

    Args:
        reader: collects the problems.
        node: the value as written.
        what: its name in messages.
        value: the value as read.
        texts: what the rule's parser makes.
    """
    if reader.has_error_within(node.span):
        return
    convert = value.convert
    factor = next((path for path in value.times if texts.has(path)), None)
    if factor is not None and (convert is None or not convert.row.keeps_numbers):
        message = f"{what}: the factor {factor.text!r} is text, because {texts.maker!r} makes text"
        reader.error(_CODE, node, message, "add 'as: number', which converts factors, too")
        return
    if not isinstance(value.origin, FirstOf) or convert is not None or value.map is not None:
        return
    if all(texts.has(path) for path in value.origin.paths):
        message = f"{what} is text, because {texts.maker!r} makes text, also of digits"
        whole = f"write '{{path: {value.origin.paths[0].text}, as: number}}'"
        cure = "add 'as: number'" if isinstance(node, MapNode) else whole
        cure += ", or 'as: duration' for text such as 1.5s"
        _report_value(reader, node, value, message, cure)


def _report_value(reader: MappingReader, node: Node, value: ValueRule, message: str, cure: str) -> None:
    if value.default is None:
        reader.error(_CODE, node, message, cure)
    else:
        reader.warning(_DOUBT, node, f"{message}: only the default can be a sample", cure)


def check_test_texts(reader: MappingReader, node: Node, when: Condition, texts: ParsedText) -> None:
    """Report tests that compare text with numbers.

    It is an error if the rule then never makes a sample, and a warning if it still can.

    Args:
        reader: collects the problems.
        node: `when` as written.
        when: `when` as read.
        texts: what the rule's parser makes.
    """
    if texts.maker and not reader.has_error_within(node.span):
        _check(reader, node, when, texts, certain=True)


def _check(reader: MappingReader, node: Node, condition: Condition, texts: ParsedText, *, certain: bool) -> None:
    """Check a condition.

    Args:
        reader: collects the problems.
        node: the condition, or the list of conditions, as written.
        condition: the same as read.
        texts: what the rule's parser makes.
        certain: whether the rule makes no sample unless the condition holds.
    """
    match condition:
        case Comparison():
            if _is_vain(condition, texts):
                _report(reader, node, condition, texts, certain=certain and not condition.operator.row.negated)
        case Not(inner):
            for one in _within(node):
                _check(reader, one, inner, texts, certain=False)
        case AllOf(conditions) | AnyOf(conditions):
            nodes = _within(node)
            needed = certain and (isinstance(condition, AllOf) or _never_holds(condition, texts))
            if len(nodes) == len(conditions):  # otherwise some have other errors
                for one, inner in zip(nodes, conditions, strict=True):
                    _check(reader, one, inner, texts, certain=needed)


def _within(node: Node) -> tuple[Node, ...]:
    """Return the conditions in a list, or under `any`, `all` or `not`, as written."""
    if isinstance(node, MapNode):
        return _within(node.entries[0][1]) if isinstance(node.entries[0][1], ListNode) else (node.entries[0][1],)
    return node.items if isinstance(node, ListNode) else ()


def _never_holds(condition: Condition, texts: ParsedText) -> bool:
    match condition:
        case Comparison():
            return _is_vain(condition, texts) and not condition.operator.row.negated
        case AllOf(conditions):
            return any(_never_holds(one, texts) for one in conditions)
        case AnyOf(conditions):
            return all(_never_holds(one, texts) for one in conditions)
        case Not():
            return False


def _is_vain(test: Comparison, texts: ParsedText) -> bool:
    """Return whether a comparison can never be true: text is neither ordered nor equal to a number."""
    if test.convert is not None:
        return False
    if test.operator.row.operand is OperandKind.NUMBER:
        return any(texts.has(path) for path in test.paths)
    is_equality = test.operator.row.template == EQUAL
    return (
        is_equality
        and texts.has(test.path)
        and bool(test.operands)
        and all(isinstance(operand, int | float) for operand in test.operands)
    )


def _report(reader: MappingReader, node: Node, test: Comparison, texts: ParsedText, *, certain: bool) -> None:
    text = next((path.text for path in test.paths if texts.has(path)), test.path.text)
    word = test.operator.value
    message = f"{text!r} is text, because {texts.maker!r} makes text, and {word!r} compares with a number"
    is_truth = any(isinstance(operand, bool) for operand in test.operands)
    cure = (
        "add 'as: bool', or write 'true' or 'false' in quotes"
        if is_truth
        else f"add 'as: number': '{{path: {test.path.text}, as: number, {word}: ...}}'"
    )
    if certain:
        reader.error(_CODE, node, f"{message}: the rule never runs", cure)
    else:
        always = "always" if test.operator.row.negated else "never"
        reader.warning(_DOUBT, node, f"{message}: that is {always} true", cure)
