"""Functions that generated code calls: parsing, long-form labels and values, regexes.

They are built when a store is created, so that the code that runs per event has no options left.
"""
