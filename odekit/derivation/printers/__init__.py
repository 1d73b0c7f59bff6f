"""How is a system shown that was derived from a network? What its report, LaTeX and plain data add."""

from odekit.derivation.printers.dictionary import network_data
from odekit.derivation.printers.entries import (
    certificate_entry,
    landscape_entries,
    law_entries,
    network_entry,
)
from odekit.derivation.printers.latex import network_latex
from odekit.derivation.printers.network import network_lines, time_lines
from odekit.derivation.printers.report import network_report
from odekit.derivation.printers.spheres import landscape_lines, sphere_sections

__all__ = [
    "certificate_entry",
    "landscape_entries",
    "landscape_lines",
    "law_entries",
    "network_data",
    "network_entry",
    "network_latex",
    "network_lines",
    "network_report",
    "sphere_sections",
    "time_lines",
]
