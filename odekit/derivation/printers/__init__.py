"""How a derived system is shown: to a reader, to LaTeX, to a program, and as a program.

What enters is a `ReducedSystem`, with a certificate if there is one; what leaves is text or a dictionary.
Nothing here derives anything.
"""

from odekit.derivation.printers.dictionary import as_dict
from odekit.derivation.printers.latex import latex
from odekit.derivation.printers.python import python
from odekit.derivation.printers.report import text

__all__ = ["as_dict", "latex", "python", "text"]
