"""Files with compiled plans.

`writing` writes the file for a mapping, and `reading` reads it if it is up to date. `plain` converts the values of a
plan to tuples for `marshal`, and back. `documents` checks that the mapping is unchanged. `layout` defines the name and
the header of the file.

The file is code, like a `.pyc` file, and trusted like one: it is next to the mapping and belongs to the same user. If
anything is wrong with it, the mapping is compiled instead.
"""
