"""Character tables, exact in integers.

rho(g) has the eigenvalue exp(2 pi i k / e), e being the group's exponent, as often as the integer
(1/e) sum_j chi(g^j) exp(-2 pi i j k / e) says: rounding it gives the character exactly.
"""

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.errors import OdekitError
from odekit.groups.characters import roots_of_unity
from odekit.groups.classes import conjugacy_classes
from odekit.groups.irreps.decomposition import Irrep, find_irreps
from odekit.groups.table import GroupTable

__all__ = ["character_table", "eigenvalue_multiplicities"]

# Far above rounding, and far below the distance between integers.
_LARGEST_ROUNDING = 1e-6
# Far above the rounding of sums of roots of unity: a part this near to an integer is that integer.
_NEARLY_WHOLE = 1e-9


def character_table(G: GroupTable) -> ComplexArray:
    """Return the characters, irrep by conjugacy class, accurate to rounding; integers are exact.

    Row i is ``G.irreps[i]``, column c the class ``conjugacy_classes(G)[c]``; row 0 and column 0 are those of
    the trivial irrep and of the identity.

    Returns
    -------
    table: ``(n_classes, n_classes)`` complex128.

    Raises
    ------
    InputError: see `find_irreps`.

    Examples
    --------
    >>> from odekit.groups import symmetric
    >>> character_table(symmetric(3)).real.tolist()
    [[1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [2.0, 0.0, -1.0]]
    """
    return np.stack([_values(multiplicities) for multiplicities in eigenvalue_multiplicities(G)])


def eigenvalue_multiplicities(G: GroupTable) -> tuple[IndexArray, ...]:
    """Return how often exp(2 pi i k / e) is an eigenvalue of rho(g), exact integers.

    Returns
    -------
    multiplicities: for each irrep, ``(n_classes, e)`` integers, e being the group's exponent; in row c, the
        sum is the dimension of the irrep and the character is the sum of multiplicity times
        exp(2 pi i k / e).

    Raises
    ------
    InputError: see `find_irreps`.
    """
    powers = _powers_of_representatives(G)
    return tuple(_multiplicities(irrep, powers) for irrep in find_irreps(G))


def _powers_of_representatives(G: GroupTable) -> IndexArray:
    """Return g^j, j = 0..e-1, for an element g of each class."""
    representatives = np.array([members[0] for members in conjugacy_classes(G)])
    powers = np.full((representatives.size, G.exponent), G.identity, dtype=np.intp)
    for j in range(1, G.exponent):
        powers[:, j] = G.table[powers[:, j - 1], representatives]
    return powers


def _multiplicities(irrep: Irrep, powers: IndexArray) -> IndexArray:
    exact = np.fft.fft(irrep.character[powers], axis=1, norm="forward")
    rounded: FloatArray = np.rint(exact.real)
    if np.abs(exact - rounded).max() > _LARGEST_ROUNDING:
        raise OdekitError(f"the character of irrep {irrep.name} isn't a sum of roots of unity")
    return rounded.astype(np.intp)


def _values(multiplicities: IndexArray) -> ComplexArray:
    values = multiplicities @ roots_of_unity(multiplicities.shape[1])
    return _whole_if_near(values.real) + 1j * _whole_if_near(values.imag)


def _whole_if_near(parts: FloatArray) -> FloatArray:
    whole = np.rint(parts) + 0.0
    return np.where(np.abs(parts - whole) < _NEARLY_WHOLE, whole, parts)
