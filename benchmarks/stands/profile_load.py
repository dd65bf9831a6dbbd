"""Load and compile a mapping under a profiler; print the seconds spent in each package's own code as JSON.

Another mapping is first loaded without the profiler, so that the imports are not measured.
"""

import cProfile
import json
import pstats
import sys

sys.path.insert(0, sys.argv[1])

import telemap

_PARTS = (
    "yaml",
    "telemap/document",
    "telemap/check",
    "telemap/model",
    "telemap/path",
    "telemap/compiler",
    "jsonpath_ng",
)

telemap.compile(telemap.load(sys.argv[2]))
with cProfile.Profile() as profile:
    telemap.compile(telemap.load(sys.argv[3]))

seconds = dict.fromkeys((*_PARTS, "other"), 0.0)
for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
    # Attribute built-in functions to their callers.
    for name, part in (
        ((name, caller[2]) for (name, _, _), caller in callers.items()) if file == "~" else ((file, own),)
    ):
        seconds[next((one for one in _PARTS if f"/{one}/" in name), "other")] += part
print(json.dumps(seconds))
