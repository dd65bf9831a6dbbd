"""Unit tests of mappings: `NAME.test.yaml` beside `NAME.yaml`.

`reading` turns a file into a `model`; `running` plays a test's events to a fresh store of the `subject`, the mapping
under test; `comparing` holds what came out to what was expected, with `evidence` of where it came from. A `witness`
sees which sources take samples; `coverage` tells which ones no test made run. `report`, `formats` and `junit` say it
all; `updating` writes what came out into the test file.
"""
