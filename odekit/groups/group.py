"""FiniteGroup: a group table with its irreps; and the family of cyclic groups of symbolic order."""

from dataclasses import dataclass
from math import isqrt

from odekit.groups.irreps import Irrep, RealIrrep, find_irreps, find_real_irreps
from odekit.groups.table import GroupTable

__all__ = ["CyclicFamily", "FiniteGroup"]


class FiniteGroup(GroupTable):
    """A finite group given by its multiplication table, its axioms checked, with its irreps.

    Parameters, errors and equality are those of `GroupTable`.

    Examples
    --------
    >>> G = FiniteGroup("Z2", [[0, 1], [1, 0]])
    >>> G.order, [irrep.name for irrep in G.irreps]
    (2, ['0', '1'])
    """

    @property
    def irreps(self) -> tuple[Irrep, ...]:
        """The unitary irreps, the trivial one first; found on first use, see `find_irreps`."""
        return find_irreps(self)

    @property
    def real_irreps(self) -> tuple[RealIrrep, ...]:
        """The real irreps, the trivial one first; found on first use, see `find_real_irreps`."""
        return find_real_irreps(self)


@dataclass(frozen=True)
class CyclicFamily:
    """The cyclic groups of an order that stays a symbol.

    Parameters
    ----------
    name: what the family is called: ``"Zp"``, whose order is an odd prime, or ``"Zn"``, any order.
    symbol: the letter that stands for the order.
    """

    name: str
    symbol: str

    @property
    def is_abelian(self) -> bool:
        """Whether every group of the family is Abelian."""
        return True

    @property
    def is_cyclic(self) -> bool:
        """Whether every group of the family is cyclic."""
        return True

    def has_order(self, order: int) -> bool:
        """Whether the family has a group of that order.

        >>> [order for order in range(12) if CyclicFamily("Zp", "p").has_order(order)]
        [3, 5, 7, 11]
        """
        if self.name != "Zp":
            return order >= 2
        return order > 2 and all(order % divisor for divisor in range(2, isqrt(order) + 1))
