"""Unit tests of mappings: `NAME.test.yaml` beside `NAME.yaml`.

`reading` turns a file into a `model`. `running` applies a test's events to a new store of the `subject`, the mapping
under test. `comparing` checks the result against the expectations, with `evidence` of its origin. A `witness` observes
which sources take samples, and `coverage` finds those that no test covers. `updating` writes the actual results into
the test file.
"""
