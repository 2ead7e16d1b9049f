"""The command line: one thin module a command; degrees, kilometres and minutes exist here and in files
only.
"""

from synaspis.cli.program import main

__all__ = ["main"]
