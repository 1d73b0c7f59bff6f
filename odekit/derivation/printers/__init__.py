"""How a derived system is shown: to a reader, to LaTeX, to a program, and as a program.

What enters is a `ReducedSystem` or a `LiftedSystem`, with a certificate if there is one; what leaves is
text or a dictionary. Nothing here derives anything.
"""

from odekit.derivation.printers.dispatch import as_dict, latex, python, text

__all__ = ["as_dict", "latex", "python", "text"]
