"""What a mapping does with events, source by source: for `explain`, and for the tests of mappings.

Nothing here reads a mapping's rules a second time: a source is watched by compiling it alone and applying that.
"""
