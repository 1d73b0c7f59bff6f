"""Parts of a system's plain data that all kinds of system have."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy as sp

from odekit.derivation.spheres import CriticalPoint
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems import Certificate

__all__ = ["certificate_entry", "landscape_entries", "law_entries", "network_entry"]


def network_entry(network: Network) -> dict[str, Any]:
    """The network; the order is text where it is a symbol."""
    group = network.group
    return {
        "group": group.name,
        "order": group.symbol if isinstance(group, CyclicFamily) else group.order,
        "task": network.task.text,
        "activation": network.activation_name,
        "embedding": network.embedding,
        "constraint": network.constraint,
    }


def certificate_entry(certificate: Certificate) -> dict[str, Any]:
    """What was compared, and what came of it; tolerance and modulus where there are such."""
    entry = {
        "order": certificate.order,
        "frequencies": [dict(choice) for choice in certificate.frequencies],
        "exact": certificate.exact,
        "residual": certificate.residual,
        "passed": certificate.passed,
    }
    further = {"tolerance": certificate.tolerance, "modulus": certificate.modulus}
    return {**entry, **{name: value for name, value in further.items() if value is not None}}


def landscape_entries(points: Iterable[CriticalPoint]) -> list[dict[str, Any]]:
    """Maxima, with values in units of the energy; numbers, or text where the order is a symbol."""
    return [
        {
            "irrep": point.irrep,
            "type": point.type,
            "m": point.m,
            "r": point.r,
            "energy": _number(point.exact_energy),
            "spectrum": [{"value": e.value, "multiplicity": _number(e.count)} for e in point.spectrum],
        }
        for point in points
    ]


def law_entries(laws: Iterable[tuple[str, Fraction]]) -> list[str]:
    """First integrals as they are, and those up to scale with the multiple of E at which they decay."""
    return [law if not cofactor else f"({law})' = -{cofactor} E ({law})" for law, cofactor in laws]


def _number(expression: sp.Expr) -> int | float | str:
    if expression.free_symbols:
        return str(expression)
    return int(expression) if expression.is_Integer else float(expression)
