"""Describe how all classes of the packages behave, as JSON: `python describe.py {plain,lowered} DEPLOY PACKAGES`.

With `lowered`, modules are imported as the layer has them.
"""

import copy
import dataclasses
import importlib
import inspect
import json
import pickle
import pkgutil
import re
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

_PACKAGES = ("telemap", "telemap_lambda")
_VALID = {"code": "file-unreadable"}
"""Values of fields that are checked."""


class _Lowering(MetaPathFinder):
    """Finds the modules of the packages in their lowered form."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del target
        if name.partition(".")[0] not in _PACKAGES:
            return None
        spec = PathFinder.find_spec(name, path)  # type: ignore[arg-type]
        if spec is not None and spec.origin:
            spec.loader = _Loader(name, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        from layer_lowering import lower

        path = self.get_filename(fullname)
        return compile(lower(Path(path).read_text(encoding="utf-8"), path), path, "exec", dont_inherit=True)


def _modules() -> list[ModuleType]:
    found = []
    for name in _PACKAGES:
        package = importlib.import_module(name)
        names = [info.name for info in pkgutil.walk_packages(package.__path__, f"{name}.")]
        found += [importlib.import_module(one) for one in names if not one.endswith(".__main__")]
        found.append(package)
    return found


def _described(kind: type) -> dict[str, object] | None:
    if hasattr(kind, "__dataclass_fields__"):
        return {"is": "dataclass", **_record(kind, list(kind.__dataclass_fields__))}
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return {"is": "tuple", **_record(kind, list(kind._fields))}
    if hasattr(kind, "__members__"):
        return {"is": "enum", **_enumeration(kind)}
    return None


def _record(kind: type, names: list[str]) -> dict[str, object]:
    """Make objects of a class, and try what the language and the library do with them."""
    values = [_VALID.get(name, f"value {number}") for number, name in enumerate(names)]
    made, same = kind(*values), kind(**dict(zip(names, values, strict=True)))
    other = kind(*values[:-1], "another") if names else object()
    about: dict[str, object] = {
        "names": names,
        "match": list(kind.__match_args__),
        "parameters": [
            (one.name, str(one.kind), _default(one.default)) for one in inspect.signature(kind).parameters.values()
        ],
        "repr": repr(made),
        "equal": [made == same, made == other, made != other, made == object()],
        "copies": [
            _tried(lambda: copy.copy(made) == made),
            _tried(lambda: copy.deepcopy(made) == made),
            _tried(lambda: pickle.loads(pickle.dumps(made)) == made),
        ],
        "hash": _tried(lambda: hash(made) == hash(same)),
        "set": _tried(lambda: names and setattr(same, names[0], "changed")),
        "deleted": _tried(lambda: names and delattr(kind(*values), names[0])),
        "takes_more": _tried(lambda: setattr(made, "not_a_field", 1)) == "None",
        "missing": _tried(lambda: kind() and None),
        "methods": sorted(
            name for name, one in vars(kind).items() if inspect.isfunction(one) and not name.startswith("_")
        ),
    }
    if issubclass(kind, tuple):
        about["tuple"] = [
            tuple(made) == tuple(values),
            made._asdict(),
            repr(made._replace(**dict.fromkeys(names[-1:], "other"))),
        ]
        about["defaults"] = {name: _default(value) for name, value in kind._field_defaults.items()}
        about["refused"] = _tried(lambda: made._replace(not_a_field=1))
        about["made"] = repr(kind._make(values))
    else:
        replace = getattr(sys.modules.get("layer_support"), "replace", dataclasses.replace)
        about["replaced"] = repr(replace(made, **dict.fromkeys(names[-1:], "other")))
        about["metadata"] = {name: sorted(one.metadata) for name, one in kind.__dataclass_fields__.items()}
        about["factories"] = _tried(lambda: kind() == kind())
    return about


def _enumeration(kind: type) -> dict[str, object]:
    members = list(kind)
    return {
        "members": [(one.name, _default(one.value), str(one), _default(one)) for one in members],
        "found": [kind(one.value) is one and kind[one.name] is one and kind(one) is one for one in members],
        "names": list(kind.__members__),
        "contains": [one in kind for one in members],
        "copies": [copy.deepcopy(one) is one and pickle.loads(pickle.dumps(one)) is one for one in members],
        "more": [
            sorted((name, _default(value)) for name, value in vars(one).items() if name[0] != "_") for one in members
        ],
        "hashes": len(dict.fromkeys(members, 0)),
        "unknown": _tried(lambda: kind("no such value")),
        "length": [len(kind), bool(kind)],
    }


def _default(value: object) -> str:
    text = repr(value)
    return "factory" if "factory" in text.lower() else re.sub(r" at 0x[0-9a-f]+", "", text)


def _tried(action) -> str:
    try:
        return repr(action())
    except Exception as error:
        return (
            f"{type(error).__name__}: {error}"
            if isinstance(error, dataclasses.FrozenInstanceError | ValueError)
            else type(error).__name__
        )


def main(form: str, deploy: str, packages: str) -> None:
    sys.path[:0] = [deploy, packages]
    if form == "lowered":
        import layer_lowering  # noqa: F401 - before the finder

        sys.meta_path.insert(0, _Lowering())
    found = {}
    for module in _modules():
        for name, kind in vars(module).items():
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and kind.__name__ == name:
                described = _described(kind)
                if described is not None:
                    found[f"{module.__name__}.{name}"] = described
    print(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
