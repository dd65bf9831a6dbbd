"""What a mapping does with an event, source by source, for `telemap explain`.

Nothing here reads a mapping's rules a second time: the real plan is watched, and where a source stopped is found by
compiling it alone, cut down, and applying that.
"""
