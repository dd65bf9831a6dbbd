"""What generated code calls for parts of a source that are not written out: parsing, long labels and values, regexes.

Each function is built when a store is made, from a rule of the mapping; what runs per event has no option left in it.
"""
