"""Each way to show a system: in modes, in blocks, or of an energy that a user wrote."""

from __future__ import annotations

from typing import Any

from odekit.derivation.blocks.lifted_system import LiftedSystem
from odekit.derivation.certificates.certificate import Certificate
from odekit.derivation.printers.block_dictionary import lifted_dictionary
from odekit.derivation.printers.block_latex import lifted_latex
from odekit.derivation.printers.block_python import lifted_python
from odekit.derivation.printers.block_report import lifted_text
from odekit.derivation.printers.report import reduced_text
from odekit.systems.energies.answers import GradientSource
from odekit.systems.printers.dictionary import reduced_dictionary
from odekit.systems.printers.gradient_report import gradient_dictionary, gradient_text
from odekit.systems.printers.latex import reduced_latex
from odekit.systems.printers.python import reduced_python
from odekit.systems.system import ReducedSystem

__all__ = ["as_dict", "latex", "python", "text"]

System = ReducedSystem | LiftedSystem


def text(system: System, certificate: Certificate | None = None) -> str:
    """The system as a report that a person reads.

    Raises
    ------
    ReductionError: a system that carries no derivation.
    """
    if isinstance(system, LiftedSystem):
        return lifted_text(system, certificate)
    if isinstance(system.source, GradientSource):
        return gradient_text(system)
    return reduced_text(system, certificate)


def as_dict(system: System, certificate: Certificate | None = None) -> dict[str, Any]:
    """The system as plain data: what a program reads, and what becomes JSON.

    Raises
    ------
    ReductionError: a system that carries no derivation.
    """
    if isinstance(system, LiftedSystem):
        return lifted_dictionary(system, certificate)
    if isinstance(system.source, GradientSource):
        return gradient_dictionary(system)
    return reduced_dictionary(system, certificate)


def latex(system: System) -> str:
    """The system as LaTeX."""
    return lifted_latex(system) if isinstance(system, LiftedSystem) else reduced_latex(system)


def python(system: System) -> str:
    """The system as a Python program that needs NumPy only."""
    return lifted_python(system) if isinstance(system, LiftedSystem) else reduced_python(system)
