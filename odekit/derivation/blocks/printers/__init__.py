"""How is a system in blocks shown? In words of matrices, as text, LaTeX, plain data and a program."""

from odekit.derivation.blocks.printers.dictionary import block_data
from odekit.derivation.blocks.printers.latex import block_latex
from odekit.derivation.blocks.printers.python import block_python
from odekit.derivation.blocks.printers.report import block_report

__all__ = ["block_data", "block_latex", "block_python", "block_report"]
