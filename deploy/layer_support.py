"""What lowered modules of the layer use in place of `dataclasses`, `enum`, `typing` and `re`; see `layer_lowering`.

This file is compiled into the layer as the module `layer_support`. It imports only what is built into Python.
"""

from _collections import _tuplegetter
from _thread import allocate_lock

new_tuple = tuple.__new__
set_field = object.__setattr__
getters = tuple(_tuplegetter(number, None) for number in range(32))
"""Access to the items of a tuple by name."""


class Factory:
    """The default of a field that each object gets its own of."""

    __slots__ = ()


FACTORY = Factory()
MISSING = Factory()

CodeType = type((lambda: None).__code__)


class Field:
    """A field of a class; the attributes are those of `dataclasses.Field`."""

    __slots__ = ("default", "metadata", "name")

    def __init__(self, default, metadata):
        self.name = ""
        self.default = default
        self.metadata = metadata


def field(*, default=MISSING, metadata=None):
    """Declare a field, with a default or metadata."""
    return Field(default, metadata or {})


def named(**defaults):
    """Return fields by name, from their defaults or declarations."""
    for name, default in defaults.items():
        declared = default if type(default) is Field else Field(default, {})
        declared.name = name
        defaults[name] = declared
    return defaults


def fields(kind):
    """Return the fields of a class or an object."""
    return tuple(kind.__dataclass_fields__.values())


def replace(original, /, **changes):
    """Return a copy of an object with other values in some fields."""
    for name in original.__dataclass_fields__:
        if name not in changes:
            changes[name] = getattr(original, name)
    return type(original)(**changes)


def refuse_setting(self, name, value):
    """Refuse to change an immutable object."""
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def refuse_deleting(self, name):
    """Refuse to change an immutable object."""
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def get_state(self):
    """Return the state of an immutable object, for `copy` and `pickle`."""
    return [getattr(self, name) for name in self.__dataclass_fields__]


def set_state(self, state):
    """Set the state of an immutable object, for `copy` and `pickle`."""
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        set_field(self, name, value)


class Row(tuple):
    """A tuple with named items, like a `typing.NamedTuple`."""

    __slots__ = ()
    _fields = ()
    _field_defaults = {}

    @classmethod
    def _make(cls, items):
        return cls(*items)

    def _replace(self, /, **changes):
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            raise ValueError(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _asdict(self):
        return dict(zip(self._fields, self, strict=True))

    def __getnewargs__(self):
        return tuple(self)

    def __repr__(self):
        items = ", ".join(f"{name}={item!r}" for name, item in zip(self._fields, self, strict=True))
        return f"{self.__class__.__name__}({items})"


class auto:
    """A member whose value is its number."""

    __slots__ = ()


class EnumType(type):
    """The type of enumerations."""

    def __new__(meta, name, bases, namespace):
        if not bases:
            return type.__new__(meta, name, bases, namespace)
        values = {
            key: value
            for key, value in namespace.items()
            if not key.startswith("_") and not hasattr(type(value), "__get__")
        }
        body = {key: value for key, value in namespace.items() if key not in values}
        make = body.pop("__new__", None)
        kind = type.__new__(meta, name, bases, body)
        kind._member_map_ = members = {}
        kind._value2member_map_ = by_value = {}
        for number, (key, value) in enumerate(values.items(), 1):
            if type(value) is auto:
                value = number
            member = (
                object.__new__(kind) if make is None else make(kind, *(value if isinstance(value, tuple) else (value,)))
            )
            if "_value_" not in member.__dict__:
                member._value_ = value
            member._name_ = key
            member = by_value.setdefault(member._value_, member)
            members[key] = member
            type.__setattr__(kind, key, member)
        return kind

    def __call__(cls, value):
        try:
            return cls._value2member_map_[value]
        except (KeyError, TypeError):
            if type(value) is cls:
                return value
        raise ValueError(f"{value!r} is not a valid {cls.__qualname__}") from None

    def __iter__(cls):
        return (member for key, member in cls._member_map_.items() if member._name_ == key)

    def __len__(cls):
        return len(cls._value2member_map_)

    def __bool__(cls):
        return True

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __contains__(cls, member):
        return type(member) is cls

    @property
    def __members__(cls):
        return dict(cls._member_map_)


class Enum(metaclass=EnumType):
    """A closed list of members; the part of `enum.Enum` in use."""

    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    def __hash__(self):
        return hash(self._name_)

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"

    def __reduce_ex__(self, _):
        return self.__class__, (self._value_,)

    def __copy__(self):
        return self

    def __deepcopy__(self, _):
        return self


class _LazyModule:
    """A module that is imported with its first use."""

    def __init__(self, name):
        self.__dict__["__name__"] = name

    def __getattr__(self, attribute):
        found = self.__dict__[attribute] = getattr(__import__(self.__name__), attribute)
        return found


base64, json, re, select, signal, threading, zlib = map(
    _LazyModule, ("base64", "json", "re", "select", "signal", "threading", "zlib")
)
threading.__dict__["Lock"] = allocate_lock


class LazyPattern:
    """A regular expression that is compiled with its first use."""

    def __init__(self, compile):
        self.__dict__["_compile"] = compile

    def __getattr__(self, attribute):
        compiled = self._compile()
        found = self.__dict__[attribute] = getattr(compiled, attribute)
        return found
