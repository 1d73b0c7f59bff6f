"""From the shell: one thin command a file, loaded when it is called.

Exit codes: 0 confirmed, 1 something refuted, 2 wrong usage or input, 3 inconclusive or nothing applicable.
"""

from odekit.cli.program import main

__all__ = ["main"]
