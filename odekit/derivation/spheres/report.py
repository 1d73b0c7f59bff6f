"""What unit spheres add to a system: the energy E, laws that hold up to scale, maxima, exact solutions."""

from dataclasses import dataclass
from fractions import Fraction

from odekit.derivation.spheres.critical_point import CriticalPoint

__all__ = ["SphereReport"]


@dataclass(frozen=True)
class SphereReport:
    """What holds on the spheres.

    Parameters
    ----------
    energy: what the symbol E stands for, in words.
    trivial: equations of the trivial irrep, as text.
    laws: quantities P with ``P' = -cofactor * E * P``, as text with their cofactors.
    maxima: one for each nontrivial real irrep, or kind of irrep at a symbolic order.
    time_change: how the irreps become independent of one another; empty where they don't.
    coupling: why they don't.
    solutions: exact solutions, one line each.
    """

    energy: tuple[str, ...]
    trivial: tuple[str, ...]
    laws: tuple[tuple[str, Fraction], ...]
    maxima: tuple[CriticalPoint, ...]
    time_change: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()
    coupling: str = "their radial coefficients differ"

    @property
    def ratios(self) -> tuple[str, ...]:
        """First integrals: each scalar law over the first one, to powers that make the cofactors equal."""
        if not self.laws or not self.laws[0][1]:
            return ()
        (first, unit), *others = self.laws
        return tuple(_ratio(law, cofactor, first, unit) for law, cofactor in others)


def _ratio(law: str, cofactor: Fraction, first: str, unit: Fraction) -> str:
    quotient = unit / cofactor
    return f"{_power(law, quotient.numerator)}/{_power(first, quotient.denominator)}"


def _power(law: str, exponent: int) -> str:
    return f"({law})" if exponent == 1 else f"({law})**{exponent}"
