"""Trace what each source of a mapping does with an event, for `telemap explain`.

There is no second interpreter of mappings: the real plan is observed, and to find where a source stopped, parts of it
are compiled alone and applied.
"""
