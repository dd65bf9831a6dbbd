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

`layer_support` has the rest. Whatever is not known to be equal stops the build. A test compares all lowered classes
with the originals.
"""

from __future__ import annotations

import ast
import importlib

from layer_classes import (
    SUPPORT,
    LoweringError,
    is_call,
    is_named,
    located,
    lower_dataclass,
    lower_tuple,
    names_in,
    support,
)

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


def lower(source: str, file: str) -> ast.Module:
    """Parse a module, and lower it.

    Raises:
        LoweringError: it has a declaration whose lowered form is not known.
    """
    tree = ast.parse(source, file)
    try:
        return ast.fix_missing_locations(_Lowering().lowered(tree))
    except LoweringError as error:
        error.args = (f"{file}:{error.line}: {error}",)
        raise


class _Lowering(ast.NodeTransformer):
    """Lowers one module."""

    def __init__(self) -> None:
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

    # Imports

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        late = [one for one in node.names if one.name in self._lazy and not self._functions]
        others = [one for one in node.names if one not in late]
        found: list[ast.stmt] = [located(ast.Import(others), node)] if others else []
        return [*found, located(ast.ImportFrom(SUPPORT, late, 0), node)] if late else found

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        if node.module == "__future__":
            return []
        if node.module in _SUPPORTED:
            names = [one for one in node.names if one.name != "dataclass"]
            if not {one.name for one in names} <= _SUPPORTED[node.module]:
                raise LoweringError(node, f"these names of {node.module}")
            return [located(ast.ImportFrom(SUPPORT, names, 0), node)] if names else []
        if node.module in _HOMES and not self._functions:
            homes = importlib.import_module(_HOMES[node.module])
            real = importlib.import_module(node.module)
            if all(getattr(homes, one.name, None) is getattr(real, one.name) for one in node.names):
                node.module = _HOMES[node.module]
        return node

    # Annotations

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == "TYPE_CHECKING" and isinstance(node.ctx, ast.Load):
            return located(ast.Constant(value=False), node)
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
        if is_named(node.annotation, "TypeAlias") and self._typing & names_in(value):
            value = ast.Constant(None)
        return self.visit_Assign(located(ast.Assign([node.target], value), node))

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        if is_call(node.value, "TypeVar"):
            node.value = located(ast.Constant(None), node)
        elif not self._functions and "re" in self._lazy and _is_compilation(node.value):
            thunk = ast.Lambda(_no_arguments(), node.value)
            node.value = located(ast.Call(support("LazyPattern"), [thunk], []), node)
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if is_call(node, "cast"):
            return node.args[1]
        if isinstance(node.func, ast.Subscript) and isinstance(node.func.value, ast.Name):
            node.func = node.func.value  # a generic class
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and is_call(node.value, "assert_never"):
            error = ast.Call(ast.Name("AssertionError", ast.Load()), node.value.args, [])
            return located(ast.Raise(error, None), node)
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
            lower_dataclass(node, decorators["dataclass"])
        elif "NamedTuple" in kinds:
            lower_tuple(node)
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


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
                    function.body.insert(at, located(ast.ImportFrom(node.module, node.names, 0), function.body[0]))


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


def _listed(visited: ast.AST | list[ast.stmt] | None) -> list[ast.stmt]:
    return visited if isinstance(visited, list) else [] if visited is None else [visited]  # type: ignore[list-item]


def _no_arguments() -> ast.arguments:
    return ast.arguments([], [], None, [], [], None, [])


def _is_compilation(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "compile"
        and is_named(node.func.value, "re")
    )


def _without_subscript(base: ast.expr) -> ast.expr:
    return base.value if isinstance(base, ast.Subscript) else base


def _decorator(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.id if isinstance(called, ast.Name) else ""
