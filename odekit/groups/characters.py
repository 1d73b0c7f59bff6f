"""The characters of an Abelian group, exactly, from its multiplication table.

The group is built up as a chain of subgroups 1 < H_1 < H_2 < ... < G, each by one more element g. With m the
least number for which g^m = h lies in H_(i-1), a character of H_(i-1) extends to H_i in exactly m ways, by
the m-th roots of its value at h. Values exp(2 pi i x / e) are integers x modulo the group's exponent e.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from odekit.arrays import ComplexArray, IndexArray
from odekit.errors import ReductionError
from odekit.groups.table import GroupTable, require_finite

__all__ = [
    "character_exponents",
    "character_labels",
    "character_products",
    "characters",
    "conjugate_characters",
    "require_abelian",
    "roots_of_unity",
]

T = TypeVar("T", bound=GroupTable)

# Few, because one table of characters takes 256 MiB at the largest order.
_GROUPS_KEPT = 4


@dataclass(frozen=True)
class _Step:
    """One extension in the chain: g^order = power is the first power of g in the previous subgroup."""

    generator: int
    order: int
    power: int


@dataclass(frozen=True, eq=False)
class _Characters:
    """The steps of the chain, and ``exponents[r, g]`` modulo ``modulus``."""

    steps: tuple[_Step, ...]
    exponents: IndexArray
    modulus: int


def character_exponents(G: GroupTable) -> tuple[IndexArray, int]:
    """Return the exponents of all characters, exact integers modulo the group's exponent e.

    The r-th character is chi_r(g) = exp(2 pi i exponents[r, g] / e). Row 0 is trivial. For ``cyclic(n)``,
    row k is exp(2 pi i k j / n); for ``product(cyclic(a), cyclic(b))``, row k1 b + k2 is
    exp(2 pi i (k1 j1 / a + k2 j2 / b)), and so on for more factors.

    Parameters
    ----------
    G: an Abelian group.

    Returns
    -------
    exponents: ``(n, n)`` integers in [0, e), character by element, read-only.
    e: the exponent of the group.

    Raises
    ------
    ReductionError: the group isn't Abelian.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> character_exponents(cyclic(3))[0].tolist()
    [[0, 0, 0], [0, 1, 2], [0, 2, 1]]
    """
    found = _find_characters(require_abelian(G))
    return found.exponents, found.modulus


@lru_cache(maxsize=_GROUPS_KEPT)
def characters(G: GroupTable) -> ComplexArray:
    """Return the character table, ``(n, n)`` complex: row r is the r-th character, read-only.

    The values at multiples of a quarter turn are exact, and conjugate characters are exactly conjugate.
    The order of the rows is that of `character_exponents`.

    Raises
    ------
    ReductionError: the group isn't Abelian.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> characters(cyclic(2)).real.tolist()
    [[1.0, 1.0], [1.0, -1.0]]
    """
    exponents, modulus = character_exponents(G)
    values = roots_of_unity(modulus)[exponents]
    values.setflags(write=False)
    return values


def conjugate_characters(G: GroupTable) -> IndexArray:
    """Return, for each character, the row of its complex conjugate: ``(n,)`` integers.

    Raises
    ------
    ReductionError: the group isn't Abelian.
    """
    require_abelian(G)
    if G.factors:
        return G.inverse  # rows are numbered like elements here, so no character need be built
    found = _find_characters(G)
    return _rows_of(found, [-found.exponents[:, step.generator] for step in found.steps])


def character_products(G: GroupTable) -> IndexArray:
    """Return the row of the pointwise product of each two characters, ``(n, n)`` integers.

    Raises
    ------
    ReductionError: the group isn't Abelian.
    """
    found = _find_characters(require_abelian(G))
    columns = [found.exponents[:, step.generator] for step in found.steps]
    table = _rows_of(found, [column[:, None] + column for column in columns])
    return np.broadcast_to(table, (G.order, G.order))


def character_labels(G: GroupTable) -> tuple[str, ...]:
    """Return the characters' names: ``"k"``, or ``"(k1,k2)"`` for a product of cyclic groups.

    The characters of a group that was given by its table are named by their rows.
    """
    return G.labels if G.factors else tuple(str(row) for row in range(G.order))


def require_abelian(G: T) -> T:
    """Return the group if it is finite and Abelian.

    Raises
    ------
    InputError: this isn't a `FiniteGroup`, for example a family of symbolic order.
    ReductionError: the group isn't Abelian.
    """
    require_finite(G, "characters")
    if not G.is_abelian:
        g, h = np.argwhere(G.table != G.table.T)[0]
        raise ReductionError(
            f"characters need an Abelian group, and {G.name} isn't one",
            expected="g h = h g for all elements",
            received=f"g h = {G.table[g, h]} but h g = {G.table[h, g]} for g = {g}, h = {h}",
        )
    return G


@lru_cache(maxsize=_GROUPS_KEPT)
def _find_characters(G: GroupTable) -> _Characters:
    """Extend the trivial character along the chain, the newest root of unity varying slowest."""
    elements = np.array([G.identity], dtype=np.intp)
    exponents = np.zeros((1, 1), dtype=np.intp)
    steps: list[_Step] = []
    while elements.size < G.order:
        step = _next_step(G, elements)
        exponents = _extend(exponents, int(np.flatnonzero(elements == step.power)[0]), step.order, G.exponent)
        elements = _enlarge(G, elements, step)
        steps.append(step)
    by_element = exponents[:, np.argsort(elements)]
    by_element.setflags(write=False)
    return _Characters(tuple(steps), by_element, G.exponent)


def _next_step(G: GroupTable, elements: IndexArray) -> _Step:
    """Take the first element outside the subgroup and find its first power inside."""
    inside = np.zeros(G.order, dtype=bool)
    inside[elements] = True
    generator = int(np.argmin(inside))
    power, order = generator, 1
    while not inside[power]:
        power, order = int(G.table[power, generator]), order + 1
    return _Step(generator, order, power)


def _enlarge(G: GroupTable, elements: IndexArray, step: _Step) -> IndexArray:
    """List the cosets H, g H, g^2 H, ... one after another."""
    cosets = [elements]
    for _ in range(step.order - 1):
        cosets.append(G.table[step.generator, cosets[-1]])
    return np.concatenate(cosets)


def _extend(exponents: IndexArray, position: int, order: int, modulus: int) -> IndexArray:
    """Return the exponents on the larger subgroup, from those on the smaller and the place of g^order."""
    roots = exponents[:, position] // order + modulus // order * np.arange(order)[:, None]
    turns = roots[:, :, None, None] * np.arange(order)[:, None]
    extended = (turns + exponents[:, None, :]) % modulus
    size = exponents.shape[0] * order
    return extended.reshape(size, size)


def _rows_of(found: _Characters, values: list[IndexArray]) -> IndexArray:
    """Return the rows of the characters with these exponents at the generators of the chain.

    At a generator of order m over the previous subgroup the exponent is x/m + t e/m with x < e, and t is
    the digit of the row that this step contributes.
    """
    rows, size = np.zeros(1, dtype=np.intp), 1
    for step, value in zip(found.steps, values, strict=True):
        rows = rows + size * (value % found.modulus // (found.modulus // step.order))
        size *= step.order
    return rows


def roots_of_unity(e: int) -> ComplexArray:
    """Return exp(2 pi i x / e) for x = 0..e-1, exact at quarter turns and symmetric under conjugation."""
    steps = np.arange(e // 2 + 1)
    upper = np.exp(2j * np.pi * steps / e)
    quarters = 4 * steps % e == 0
    upper[quarters] = np.array([1, 1j, -1])[4 * steps[quarters] // e]
    return np.concatenate([upper, upper[1 : (e + 1) // 2][::-1].conj()])
