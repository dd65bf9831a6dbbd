"""Read the text of a mapping into nodes with locations.

`loader` reads files and limits their size; `builder` builds `nodes` from YAML events; `text` finds lines and columns;
`advice` explains syntax errors.
"""
