"""Write out the classes that a `dataclass` or `NamedTuple` declares, as syntax trees; part of `layer_lowering`."""

from __future__ import annotations

import ast
from typing import NamedTuple, TypeVar

SUPPORT = "layer_support"
"""The module that lowered code takes what it has in common from."""

_FIELD_ARGUMENTS = {"compare", "default", "default_factory", "metadata", "repr"}

_Node = TypeVar("_Node", bound=ast.AST)


class LoweringError(Exception):
    """A module has a declaration that cannot be lowered.

    Attributes:
        line: the line of the declaration.
    """

    def __init__(self, node: ast.AST, what: str) -> None:
        self.line = getattr(node, "lineno", 0)
        super().__init__(f"cannot lower {what}")


def lower_tuple(node: ast.ClassDef) -> None:
    """Replace the declarations of a NamedTuple by `__new__` and access to the items."""
    declared, rest = _declarations(node)
    if len(node.bases) != 1 or node.decorator_list:
        raise LoweringError(node, "a NamedTuple with another base")
    names = [name for name, _, _ in declared]
    defaults = {name: value for name, _, value in declared if value is not None}
    arguments = ", ".join(f"{name}=_field_defaults[{name!r}]" if name in defaults else name for name in names)
    items = "".join(f"{name}, " for name in names)
    lines = [
        "class _:",
        "    __slots__ = ()",
        f"    _fields = __match_args__ = {tuple(names)!r}",
        "    _field_defaults = {}",
        f"    def __new__(_cls, {arguments}): return {SUPPORT}.new_tuple(_cls, ({items}))",
        *(f"    {name} = {SUPPORT}.getters[{number}]" for number, name in enumerate(names)),
    ]
    made = parsed(lines, node)
    table = made[2]
    assert isinstance(table, ast.Assign)
    table.value = located(ast.Dict([ast.Constant(name) for name in defaults], [*defaults.values()]), node)
    node.bases = [support("Row")]
    node.body = [*made, *rest]


def lower_dataclass(node: ast.ClassDef, decorator: ast.expr) -> None:
    """Replace the declarations of a dataclass by slots and methods."""
    options = {one.arg: ast.literal_eval(one.value) for one in getattr(decorator, "keywords", [])}
    if (
        not options.get("slots")
        or not set(options) <= {"slots", "frozen"}
        or node.bases
        or len(node.decorator_list) > 1
    ):
        raise LoweringError(node, "a dataclass without slots, with other options, a base or decorators")
    frozen = bool(options.get("frozen"))
    declared, rest = _declarations(node)
    given = {one.name for one in rest if isinstance(one, ast.FunctionDef)}
    if given & {"__init__", "__setattr__", "__delattr__"}:
        raise LoweringError(node, "a dataclass with such methods of its own")
    names = [name for name, _, _ in declared]
    fields = _fields(declared)
    lines = [
        "class _:",
        f"    __slots__ = __match_args__ = {tuple(names)!r}",
        f"    __dataclass_fields__ = {SUPPORT}.named()",
        f"    def __init__(self, {', '.join(fields.arguments)}):",
    ]
    for name in names:
        initial = (
            f"_factory_of_{name}() if {name} is {SUPPORT}.FACTORY else {name}" if name in fields.factories else name
        )
        lines.append(
            f"        {SUPPORT}.set_field(self, {name!r}, {initial})" if frozen else f"        self.{name} = {initial}"
        )
    mine, theirs = ("".join(f"{one}.{name}, " for name in fields.compared) for one in ("self", "other"))
    text = ", ".join(f"{name}={{self.{name}!r}}" for name in fields.shown)
    lines += [
        "        self.__post_init__()" if "__post_init__" in given else "        pass",
        f"    def __repr__(self): return f'{{self.__class__.__qualname__}}({text})'",
        "    def __eq__(self, other):",
        f"        return ({mine}) == ({theirs}) if other.__class__ is self.__class__ else NotImplemented",
    ]
    if frozen:
        lines += [
            f"    def __hash__(self): return hash(({mine}))",
            f"    __setattr__, __delattr__ = {SUPPORT}.refuse_setting, {SUPPORT}.refuse_deleting",
            f"    __getstate__, __setstate__ = {SUPPORT}.get_state, {SUPPORT}.set_state",
        ]
    else:
        lines.append("    __hash__ = None")
    made = parsed(lines, node)
    table, init = made[1], made[2]
    assert isinstance(table, ast.Assign)
    assert isinstance(table.value, ast.Call)
    assert isinstance(init, ast.FunctionDef)
    table.value.keywords = [ast.keyword(name, value) for name, value in fields.defaults]
    _Replacing({f"_factory_of_{name}": factory for name, factory in fields.factories.items()}).visit(init)
    node.decorator_list = []
    node.body = [*(one for one in made if getattr(one, "name", "") not in given), *rest]


class _Fields(NamedTuple):
    """The fields of a dataclass.

    Attributes:
        shown: the names that the representation has.
        compared: the names that equality and hash look at.
        arguments: the parameters of `__init__`, as text.
        factories: functions that make defaults, by name.
        defaults: the default or declaration of each field.
    """

    shown: list[str]
    compared: list[str]
    arguments: list[str]
    factories: dict[str, ast.expr]
    defaults: list[tuple[str, ast.expr]]


def _fields(declared: list[tuple[str, ast.expr, ast.expr | None]]) -> _Fields:
    shown, compared = [name for name, _, _ in declared], [name for name, _, _ in declared]
    arguments: list[str] = []
    factories: dict[str, ast.expr] = {}
    defaults: list[tuple[str, ast.expr]] = []
    for name, _, value in declared:
        factory, options_of = None, {}
        if value is not None and is_call(value, "field"):
            assert isinstance(value, ast.Call)
            options_of = {str(one.arg): one.value for one in value.keywords}
            if not set(options_of) <= _FIELD_ARGUMENTS:
                raise LoweringError(value, "a field with other arguments")
            if "repr" in options_of and not ast.literal_eval(options_of.pop("repr")):
                shown.remove(name)
            if "compare" in options_of and not ast.literal_eval(options_of.pop("compare")):
                compared.remove(name)
            factory = options_of.pop("default_factory", None)
            value.keywords = [one for one in value.keywords if one.arg in options_of]
        if factory is not None:
            factories[name] = factory
            arguments.append(f"{name}={SUPPORT}.FACTORY")
            defaults.append((name, support("MISSING")))
        elif value is None or (is_call(value, "field") and "default" not in options_of):
            arguments.append(name)
            defaults.append((name, value or support("MISSING")))
        else:
            arguments.append(f"{name}=__dataclass_fields__[{name!r}].default")
            defaults.append((name, value))
    return _Fields(shown, compared, arguments, factories, defaults)


class _Replacing(ast.NodeTransformer):
    """Replaces names by expressions."""

    def __init__(self, by: dict[str, ast.expr]) -> None:
        self._by = by

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._by.get(node.id, node)


def _declarations(node: ast.ClassDef) -> tuple[list[tuple[str, ast.expr, ast.expr | None]], list[ast.stmt]]:
    """Return the declared fields of a class: name, annotation, default; and the other statements."""
    declared, rest = [], []
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and "ClassVar" not in names_in(statement.annotation):
            assert isinstance(statement.target, ast.Name)
            declared.append((statement.target.id, statement.annotation, statement.value))
        else:
            rest.append(statement)
    return declared, rest


def parsed(lines: list[str], node: ast.AST) -> list[ast.stmt]:
    """Return the body of a class given as text, located at a node."""
    (made,) = ast.parse("\n".join(lines)).body
    assert isinstance(made, ast.ClassDef)
    for one in ast.walk(made):
        if hasattr(one, "lineno"):
            located(one, node)
    return made.body


def located(new: _Node, at: ast.AST) -> _Node:
    """Set the place of a new node to that of another one."""
    return ast.copy_location(new, at)


def support(name: str) -> ast.Attribute:
    """Return a name of `layer_support`."""
    return ast.Attribute(ast.Name(SUPPORT, ast.Load()), name, ast.Load())


def names_in(node: ast.AST) -> set[str]:
    """Return the names that a tree has."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def is_named(node: ast.AST, name: str) -> bool:
    """Return whether a node is a name."""
    return isinstance(node, ast.Name) and node.id == name


def is_call(node: ast.AST, name: str) -> bool:
    """Return whether a node calls a function by its name."""
    return isinstance(node, ast.Call) and is_named(node.func, name)
