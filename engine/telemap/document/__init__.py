"""Read the text of a mapping into nodes with places.

`loader` reads and bounds; `builder` makes `nodes` from YAML events; `text` knows lines and columns; `advice` words
syntax errors.
"""
