"""Plans that were compiled before the start, and are read from a file.

`writing` makes the file of a mapping, `reading` takes it where it fits; `plain` turns a plan's values into tuples that
`marshal` takes, and back; `documents` knows which texts a plan was made from; `layout` has the file's name and head.

The file is code, as Python's own `.pyc` files are, and is trusted as they are: it lies beside the mapping and belongs
to the same user. Whatever is wrong with it, the mapping itself is there.
"""
