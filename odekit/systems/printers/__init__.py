"""How is a system shown? As a report, as LaTeX, as MathML, as plain data, and as programs."""

from odekit.systems.printers.javascript import JAVASCRIPT_FUNCTIONS, javascript_function, javascript_program
from odekit.systems.printers.latex import latex_block, latex_comments
from odekit.systems.printers.mathml import mathml, mathml_equation, mathml_name, mathml_system
from odekit.systems.printers.python import program
from odekit.systems.printers.report import plain_data, report, search_entries
from odekit.systems.printers.sections import join_sections

__all__ = [
    "JAVASCRIPT_FUNCTIONS",
    "javascript_function",
    "javascript_program",
    "join_sections",
    "latex_block",
    "latex_comments",
    "mathml",
    "mathml_equation",
    "mathml_name",
    "mathml_system",
    "plain_data",
    "program",
    "report",
    "search_entries",
]
