"""A scaling symmetry: powers of one factor that take orbits to orbits."""

from collections.abc import Iterator, Mapping
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
        return ", ".join(
            f"{name} -> c^{exponent} {name}" if exponent != 1 else f"{name} -> c {name}"
            for name, exponent in self._exponents()
        )

    def _repr_latex_(self) -> str:
        """What each symbol becomes, as a formula."""
        factor = sp.Symbol("c")
        maps = (
            rf"{sp.latex(symbol)} \to {sp.latex(factor**exponent)}\, {sp.latex(symbol)}"
            for symbol, exponent in self._exponents()
        )
        formula = r",\; ".join(maps)
        return rf"$\displaystyle {formula}$"

    def _exponents(self) -> Iterator[tuple[sp.Symbol, int]]:
        """Every symbol that changes, with its exponent."""
        yield from self.states.items()
        yield from self.parameters.items()
        if self.time:
            yield sp.Symbol("t"), self.time
