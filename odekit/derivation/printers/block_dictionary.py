"""A lifted system as plain data, with the keys of every other system."""

from __future__ import annotations

from typing import Any

from odekit.derivation.blocks.lifted_system import LiftedSystem
from odekit.derivation.certificates.certificate import Certificate
from odekit.derivation.printers.entries import (
    certificate_entry,
    landscape_entries,
    law_entries,
    network_entry,
)

__all__ = ["lifted_dictionary"]


def lifted_dictionary(system: LiftedSystem, certificate: Certificate | None = None) -> dict[str, Any]:
    """Everything that is known; states are the weight groups' blocks and equations are words.

    ``^*`` is the adjoint. ``rates`` are by real irrep, slowest first.
    """
    laws = [(str(law), law.cofactor) for law in system.conservation_laws]
    return {
        **network_entry(system.network),
        "closed": True,
        "leaks": {name: [] for name in system.flow.letters},
        "states": list(system.flow.letters),
        "equations": dict(system.equations),
        "definitions": {"E": system.energy_text},
        "templates": [],
        "conditions": ["at each nontrivial irrep"],
        "first_integrals": law_entries(laws),
        "fixed_points": [],
        "rates": {irrep: list(rates) for irrep, rates in system.rates().items()},
        "certificate": None if certificate is None else certificate_entry(certificate),
        "landscape": landscape_entries(system.landscape()) if system.flow.spheres else [],
    }
