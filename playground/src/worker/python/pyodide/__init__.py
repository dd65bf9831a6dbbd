"""In place of Pyodide's package of this name, which is for programs that use JavaScript.

Pyodide imports three of its modules when it starts. These have what it asks of them, and import neither the event loop
nor sockets, which takes a third of the start, and is of no use here.
"""
