"""The dual of an Abelian group: its characters under pointwise product."""

from odekit.groups.characters import character_labels, character_products
from odekit.groups.group import FiniteGroup

__all__ = ["dual_group"]


def dual_group(G: FiniteGroup) -> FiniteGroup:
    """Return the group of characters under pointwise product; its elements are the rows' numbers.

    Raises
    ------
    ReductionError: the group isn't Abelian.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> dual_group(cyclic(3)).table.tolist()
    [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    """
    return FiniteGroup(f"dual of {G.name}", character_products(G), character_labels(G), G.factors)
