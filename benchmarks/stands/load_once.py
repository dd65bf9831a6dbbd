"""Load and compile mappings in a fresh process; print the CPU seconds of the last one.

The other mappings are loaded first, so that the last one needs no more imports.
"""

import sys
import time

sys.path.insert(0, sys.argv[1])

import telemap

for name in sys.argv[2:]:
    began = time.process_time()
    telemap.compile(telemap.load(name))
    seconds = time.process_time() - began

print(seconds)
