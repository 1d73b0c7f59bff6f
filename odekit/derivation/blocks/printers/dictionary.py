"""A lifted system as plain data, with the keys of every other system."""

from typing import Any

from odekit.derivation.blocks.lifted import Lifted
from odekit.derivation.printers import certificate_entry, landscape_entries, law_entries, network_entry
from odekit.systems import Certificate, System
from odekit.systems.printers import search_entries

__all__ = ["block_data"]


def block_data(system: System, lifted: Lifted, certificate: Certificate | None) -> dict[str, Any]:
    """Everything that is known; states are the weight groups' blocks and equations are words.

    ``^*`` is the adjoint. ``rates`` are by real irrep, slowest first.
    """
    laws = [(str(law), law.cofactor) for law in lifted.conservation_laws]
    return {
        **network_entry(lifted.network),
        "closed": True,
        "leaks": {name: [] for name in lifted.flow.letters},
        "states": list(lifted.flow.letters),
        "equations": dict(lifted.equations),
        "definitions": {"E": lifted.energy_text},
        "templates": [],
        "conditions": ["at each nontrivial irrep"],
        "first_integrals": law_entries(laws),
        "fixed_points": [],
        "rates": {irrep: list(rates) for irrep, rates in lifted.rates().items()},
        "searches": search_entries(system),
        "certificate": None if certificate is None else certificate_entry(certificate),
        "landscape": landscape_entries(lifted.landscape()) if lifted.flow.spheres else [],
    }
