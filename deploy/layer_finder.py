"""Find and load the modules of a layer's bundle; compiled into the bundle, and run by `telemap_lambda/__main__.py`.

One file instead of hundreds: an import looks a name up in a table, and reads the module's code at its place. Python's
own way asks each folder on the path for each module.
"""

import sys
from _frozen_importlib import ModuleSpec
from marshal import loads
from posix import pread


class Finder:
    """Finds the modules of a bundle; it is both finder and loader.

    Args:
        file: the descriptor of the bundle, which stays open.
        folder: the folder of the bundle, to which the paths of modules are relative.
        modules: for each module, its place and size in the bundle, its path, and whether it is a package.
    """

    def __init__(self, file, folder, modules):
        self._file = file
        self._folder = folder
        self._modules = modules

    def find_spec(self, name, path=None, target=None):
        """Return the spec of a module, or None if the bundle does not have it."""
        found = self._modules.get(name)
        if found is None:
            return None
        origin = self._folder + found[2]
        spec = ModuleSpec(name, self, origin=origin, is_package=found[3])
        spec.has_location = True
        spec.cached = origin  # otherwise Python derives a path of bytecode that is not there
        if found[3]:
            spec.submodule_search_locations.append(origin.rpartition("/")[0])
        return spec

    def create_module(self, spec):
        """Return None: Python creates the module."""

    def exec_module(self, module):
        """Run a module's code."""
        exec(self.get_code(module.__spec__.name), module.__dict__)  # noqa: S102 - it is the layer's own

    def get_code(self, name):
        """Return a module's code."""
        at, size, _, _ = self._modules[name]
        return loads(pread(self._file, size, at))  # noqa: S302 - as above


sys.meta_path.insert(0, Finder(file, folder, modules))  # noqa: F821 - the variables are set by who runs this
