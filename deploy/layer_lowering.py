"""Lower the layer's own modules to what a start can afford: classes written out, without annotations.

Half of a start went into imports of the standard library, and most of those only served declarations: `dataclasses`
imports `inspect`, `ast` and `tokenize`, and writes the methods of each class anew at each start; `typing`, `enum` and
`re` are not much smaller. The sources use them, because they are the plainest way to say what a class is. Here, when
the layer is built, the same classes are written out:

* a `dataclass` becomes a class with slots and methods,
* a `NamedTuple` becomes a tuple with named items,
* an `Enum` gets a smaller base, and a `Protocol` or `Generic` none,
* annotations, and what only serves them, disappear,
* `re`, `json` and `signal` are imported with their first use, and module-level patterns compiled with theirs.

`layer_support` has the rest. Whatever is not known to be equal stops the build. A test compares all lowered classes with
the originals.
"""

from __future__ import annotations

import ast
import importlib

SUPPORT = "layer_support"

_TYPING = "typing"
_LAZY = {"base64", "json", "re", "select", "signal", "threading", "zlib"}
_SUNK = {"pathlib"}
_HOMES = {
    "bisect": "_bisect",
    "collections": "_collections",
    "datetime": "_datetime",
    "functools": "_functools",
    "importlib.util": "_frozen_importlib_external",
    "operator": "_operator",
    "types": SUPPORT,
}
"""Where modules of the standard library take objects from; only names that are the same object there are replaced."""

_SUPPORTED = {"dataclasses": {"field", "fields", "replace"}, "enum": {"Enum", "auto"}}
_FIELD_ARGUMENTS = {"default", "default_factory", "metadata", "repr"}


class LoweringError(Exception):
    """A module has a declaration that cannot be lowered; the message says where and which."""


def lower(source: str, file: str) -> ast.Module:
    """Parse a module, and lower it.

    Raises:
        LoweringError: it has a declaration whose lowered form is not known.
    """
    tree = ast.parse(source, file)
    lowered = _Lowering(file).lowered(tree)
    return ast.fix_missing_locations(lowered)


class _Lowering(ast.NodeTransformer):
    """Lowers one module."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._typing: set[str] = set()  # names imported from typing
        self._lazy: set[str] = set()  # names of modules that are imported later
        self._functions = 0

    def lowered(self, tree: ast.Module) -> ast.Module:
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == _TYPING:
                self._typing |= {one.name for one in node.names}
            elif isinstance(node, ast.Import):
                self._lazy |= {one.name for one in node.names if one.name in _LAZY and one.asname is None}
        self.visit(tree)
        _sink_imports(tree)
        _remove_unused_imports(tree)
        return tree

    def _fail(self, node: ast.AST, what: str) -> LoweringError:
        return LoweringError(f"{self._file}:{getattr(node, 'lineno', 0)}: cannot lower {what}")

    # Imports

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        late = [one for one in node.names if one.name in self._lazy and not self._functions]
        others = [one for one in node.names if one not in late]
        found: list[ast.stmt] = [_located(ast.Import(others), node)] if others else []
        return [*found, _located(ast.ImportFrom(SUPPORT, late, 0), node)] if late else found

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        if node.module == "__future__":
            return []
        if node.module in _SUPPORTED:
            names = [one for one in node.names if one.name != "dataclass"]
            if not {one.name for one in names} <= _SUPPORTED[node.module]:
                raise self._fail(node, f"these names of {node.module}")
            return [_located(ast.ImportFrom(SUPPORT, names, 0), node)] if names else []
        if node.module in _HOMES and not self._functions:
            homes = importlib.import_module(_HOMES[node.module])
            real = importlib.import_module(node.module)
            if all(getattr(homes, one.name, None) is getattr(real, one.name) for one in node.names):
                node.module = _HOMES[node.module]
        return node

    # Annotations

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == "TYPE_CHECKING" and isinstance(node.ctx, ast.Load):
            return _located(ast.Constant(False), node)
        return node

    def visit_If(self, node: ast.If) -> ast.stmt | list[ast.stmt]:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return [one for statement in node.orelse for one in _listed(self.visit(statement))]
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.returns = None
        self._functions += 1
        self.generic_visit(node)
        self._functions -= 1
        node.body = node.body or [ast.Pass()]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | list[ast.stmt]:
        if node.value is None:
            return []
        value = node.value
        if _is_named(node.annotation, "TypeAlias") and self._typing & _names(value):
            value = ast.Constant(None)
        return self.visit_Assign(_located(ast.Assign([node.target], value), node))

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        if _is_call(node.value, "TypeVar"):
            node.value = _located(ast.Constant(None), node)
        elif not self._functions and "re" in self._lazy and _is_compilation(node.value):
            thunk = ast.Lambda(_no_arguments(), node.value)
            node.value = _located(ast.Call(_support("LazyPattern"), [thunk], []), node)
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if _is_call(node, "cast"):
            return node.args[1]
        if isinstance(node.func, ast.Subscript) and isinstance(node.func.value, ast.Name):
            node.func = node.func.value  # a generic class
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and _is_call(node.value, "assert_never"):
            error = ast.Call(ast.Name("AssertionError", ast.Load()), node.value.args, [])
            return _located(ast.Raise(error, None), node)
        return node

    # Classes

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        node.bases = [_without_subscript(base) for base in node.bases]
        kinds = {base.id for base in node.bases if isinstance(base, ast.Name)}
        node.bases = [
            base for base in node.bases if not (isinstance(base, ast.Name) and base.id in {"Generic", "Protocol"})
        ]
        decorators = {name: one for one in node.decorator_list if (name := _decorator(one)) == "dataclass"}
        if decorators:
            self._lower_dataclass(node, decorators["dataclass"])
        elif "NamedTuple" in kinds:
            self._lower_tuple(node)
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def _lower_tuple(self, node: ast.ClassDef) -> None:
        declared, rest = _declarations(node)
        if len(node.bases) != 1 or node.decorator_list:
            raise self._fail(node, "a NamedTuple with another base")
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
        made = _parsed(lines, node)
        table = made[2]
        assert isinstance(table, ast.Assign)
        table.value = _located(ast.Dict([ast.Constant(name) for name in defaults], [*defaults.values()]), node)
        node.bases = [_support("Row")]
        node.body = [*made, *rest]

    def _lower_dataclass(self, node: ast.ClassDef, decorator: ast.expr) -> None:
        options = {one.arg: ast.literal_eval(one.value) for one in getattr(decorator, "keywords", [])}
        if (
            not options.get("slots")
            or not set(options) <= {"slots", "frozen"}
            or node.bases
            or len(node.decorator_list) > 1
        ):
            raise self._fail(node, "a dataclass without slots, with other options, a base or decorators")
        frozen = bool(options.get("frozen"))
        declared, rest = _declarations(node)
        given = {one.name for one in rest if isinstance(one, ast.FunctionDef)}
        if given & {"__init__", "__setattr__", "__delattr__"}:
            raise self._fail(node, "a dataclass with such methods of its own")
        names = [name for name, _, _ in declared]
        shown, factories, arguments, defaults = list(names), {}, [], []
        for name, _, value in declared:
            factory, options_of = None, {}
            if value is not None and _is_call(value, "field"):
                assert isinstance(value, ast.Call)
                options_of = {str(one.arg): one.value for one in value.keywords}
                if not set(options_of) <= _FIELD_ARGUMENTS:
                    raise self._fail(value, "a field with other arguments")
                if "repr" in options_of and not ast.literal_eval(options_of.pop("repr")):
                    shown.remove(name)
                factory = options_of.pop("default_factory", None)
                value.keywords = [one for one in value.keywords if one.arg in options_of]
            if factory is not None:
                factories[name] = factory
                arguments.append(f"{name}={SUPPORT}.FACTORY")
                defaults.append((name, _support("MISSING")))
            elif value is None or (_is_call(value, "field") and "default" not in options_of):
                arguments.append(name)
                defaults.append((name, value or _support("MISSING")))
            else:
                arguments.append(f"{name}=__dataclass_fields__[{name!r}].default")
                defaults.append((name, value))
        lines = [
            "class _:",
            f"    __slots__ = __match_args__ = {tuple(names)!r}",
            f"    __dataclass_fields__ = {SUPPORT}.named()",
            f"    def __init__(self, {', '.join(arguments)}):",
        ]
        for name in names:
            value = f"_factory_of_{name}() if {name} is {SUPPORT}.FACTORY else {name}" if name in factories else name
            lines.append(
                f"        {f'{SUPPORT}.set_field(self, {name!r}, {value})' if frozen else f'self.{name} = {value}'}"
            )
        mine, theirs = ("".join(f"{one}.{name}, " for name in names) for one in ("self", "other"))
        text = ", ".join(f"{name}={{self.{name}!r}}" for name in shown)
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
        made = _parsed(lines, node)
        table, init = made[1], made[2]
        assert isinstance(table, ast.Assign) and isinstance(table.value, ast.Call) and isinstance(init, ast.FunctionDef)
        table.value.keywords = [ast.keyword(name, value) for name, value in defaults]
        _Replacing({f"_factory_of_{name}": factory for name, factory in factories.items()}).visit(init)
        node.decorator_list = []
        node.body = [*(one for one in made if getattr(one, "name", "") not in given), *rest]


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
        if isinstance(statement, ast.AnnAssign) and "ClassVar" not in _names(statement.annotation):
            assert isinstance(statement.target, ast.Name)
            declared.append((statement.target.id, statement.annotation, statement.value))
        else:
            rest.append(statement)
    return declared, rest


def _sink_imports(tree: ast.Module) -> None:
    """Move imports that only functions use into these functions."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    bodies = [node for one in functions for statement in one.body for node in ast.walk(statement)]
    inside = {id(node) for node in bodies}
    for node in list(tree.body):
        if not (isinstance(node, ast.ImportFrom) and node.module in _SUNK):
            continue
        names = {one.asname or one.name for one in node.names}
        uses = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id in names]
        if all(id(one) in inside for one in uses):
            tree.body.remove(node)
            for function in functions:
                if names & {
                    one.id for statement in function.body for one in ast.walk(statement) if isinstance(one, ast.Name)
                }:
                    at = 1 if isinstance(function.body[0], ast.Expr) else 0
                    function.body.insert(at, _located(ast.ImportFrom(node.module, node.names, 0), function.body[0]))


def _remove_unused_imports(tree: ast.Module) -> None:
    """Remove imported names of `typing` that nothing uses any more, and import what lowered code uses."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    body: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in {_TYPING, SUPPORT, "collections.abc"}:
            node.names = [one for one in node.names if (one.asname or one.name) in used]
            if not node.names:
                continue
        body.append(node)
    if SUPPORT in used:
        at = 1 if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else 0
        body.insert(at, ast.Import([ast.alias(SUPPORT)]))
    tree.body = body


def _parsed(lines: list[str], node: ast.AST) -> list[ast.stmt]:
    """Return the body of a class given as text, located at a node."""
    (made,) = ast.parse("\n".join(lines)).body
    assert isinstance(made, ast.ClassDef)
    for one in ast.walk(made):
        if hasattr(one, "lineno"):
            _located(one, node)
    return made.body


def _located(new: ast.AST, at: ast.AST):  # type: ignore[no-untyped-def]
    return ast.copy_location(new, at)


def _listed(visited: ast.AST | list[ast.stmt] | None) -> list[ast.stmt]:
    return visited if isinstance(visited, list) else [] if visited is None else [visited]  # type: ignore[list-item]


def _support(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(SUPPORT, ast.Load()), name, ast.Load())


def _no_arguments() -> ast.arguments:
    return ast.arguments([], [], None, [], [], None, [])


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _is_named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and _is_named(node.func, name)


def _is_compilation(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "compile"
        and _is_named(node.func.value, "re")
    )


def _without_subscript(base: ast.expr) -> ast.expr:
    return base.value if isinstance(base, ast.Subscript) else base


def _decorator(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.id if isinstance(called, ast.Name) else ""
