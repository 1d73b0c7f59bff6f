"""From the shell: one thin command a file, loaded when it is called.

What enters are arguments, what leaves are text, files and an exit code: 0 all confirmed, 1 something refuted,
2 wrong usage or input, 3 inconclusive or nothing applicable. A command reads its options, calls one function
of a room below and shows what it returns; it computes nothing of its own.
"""

from __future__ import annotations

from odekit.cli.program import main

__all__ = ["main"]
