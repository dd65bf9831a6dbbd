"""Unit tests of mappings: `NAME.test.yaml` beside `NAME.yaml`.

`finding` finds test files; `reading` turns one into a `model`; `running` plays a test's events to a fresh store;
`comparing` holds what came out to what was expected, with `evidence` of where it came from; `coverage` tells what no
test made run. `report`, `formats` and `junit` say it all; `updating` writes what came out into the test file.
"""
