"""The Frobenius-Schur type of an irrep: R, C or H, the algebra of the matrices that commute with it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import FloatArray
from odekit.groups.classes import class_of_elements
from odekit.groups.table import GroupTable

__all__ = ["KAPPA", "TYPES", "frobenius_schur_indicators"]

# Dimension over the real numbers of R, C and H.
KAPPA = {"R": 1, "C": 2, "H": 4}

# The type of a real irrep by that dimension and by the indicator of its character, rounded.
TYPES = {(1, 1): "R", (2, 0): "C", (4, -2): "H"}


def frobenius_schur_indicators(G: GroupTable, characters: NDArray[Any]) -> FloatArray:
    """Return (1/n) sum_g chi(g^2) of characters: for complex irreps 1, 0 or -1, at types R, C and H.

    Parameters
    ----------
    G: the group.
    characters: ``(k, n_classes)``, on the classes of `conjugacy_classes`, such as `character_table` gives.

    Source: Serre, Linear Representations of Finite Groups, section 13.2, proposition 39.

    Examples
    --------
    >>> from odekit.groups import character_table, dicyclic
    >>> G = dicyclic(2)
    >>> frobenius_schur_indicators(G, character_table(G)).round().astype(int).tolist()
    [1, 1, 1, 1, -1]
    """
    values = np.asarray(characters)
    squares = np.bincount(class_of_elements(G)[G.table.diagonal()], minlength=values.shape[1])
    indicators: FloatArray = (values @ squares).real / G.order
    return indicators
