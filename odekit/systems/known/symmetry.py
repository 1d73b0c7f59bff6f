"""A scaling symmetry: powers of one factor that take orbits to orbits."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

__all__ = ["ScalingSymmetry"]


@dataclass(frozen=True)
class ScalingSymmetry:
    """Multiply by powers of one positive factor, and orbits stay orbits.

    Parameters
    ----------
    states, parameters: the exponent of each; zeros are left out.
    time: the exponent of time.
    """

    states: Mapping[sp.Symbol, int]
    parameters: Mapping[sp.Symbol, int]
    time: int

    def __str__(self) -> str:
        parts = [*self.states.items(), *self.parameters.items(), *([("t", self.time)] if self.time else [])]
        return ", ".join(
            f"{name} -> c^{exponent} {name}" if exponent != 1 else f"{name} -> c {name}"
            for name, exponent in parts
        )
