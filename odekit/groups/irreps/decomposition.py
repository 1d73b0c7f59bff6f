"""The unitary irreps of any finite group, from its multiplication table alone, in a settled order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from odekit.arrays import ComplexArray, IndexArray
from odekit.errors import InputError, OdekitError
from odekit.groups.characters import character_labels, characters, conjugate_characters
from odekit.groups.classes import conjugacy_classes
from odekit.groups.irreps.invariant_subspaces import find_invariant_subspaces
from odekit.groups.irreps.unitary_matrices import homomorphism_error, unitary_matrices
from odekit.groups.table import GroupTable, require_finite

__all__ = ["LARGEST_ORDER_OF_IRREPS", "Irrep", "find_irreps"]

LARGEST_ORDER_OF_IRREPS = 1000
"""The largest order of a non-Abelian group whose irreps are found without being forced."""

# Two eigenvalues of a random matrix rarely meet by chance; several draws in a row fail for another reason.
_DRAWS = 5
# Above what rounding leaves of polished matrices; those of a wrong subspace miss by something like 1.
_TOLERANCE = 1e-10
# A rough guess, for the words of a refusal only.
_SECONDS_PER_ORDER_CUBED = 1e-8
_TYPE_ORDER = "RCH"

_found: WeakKeyDictionary[GroupTable, dict[int, tuple[Irrep, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Irrep:
    """An irreducible unitary representation, rho(g) rho(h) = rho(g h).

    Attributes
    ----------
    name: ``"1"`` is trivial; ``"2"`` is the only one of dimension 2, ``"3a"`` the first of several of
        dimension 3, ``"3a*"`` its conjugate. An Abelian group's are named like its characters.
    matrices: ``(n, d, d)`` complex128, read-only; of type R, the imaginary parts are zero.
    type: ``"R"``, ``"C"`` or ``"H"``, by the Frobenius-Schur indicator 1, 0 or -1.
    conjugate: position in `FiniteGroup.irreps` of the irrep whose matrices are exactly the conjugate ones;
        of types R and H, the irrep's own position.
    """

    name: str
    matrices: ComplexArray = field(repr=False)
    type: str
    conjugate: int

    @property
    def dimension(self) -> int:
        """The dimension d."""
        return int(self.matrices.shape[1])

    @cached_property
    def character(self) -> ComplexArray:
        """``(n,)`` complex128: the trace of rho(g), for every element g."""
        traces: ComplexArray = np.trace(self.matrices, axis1=1, axis2=2)
        traces.setflags(write=False)
        return traces


def find_irreps(G: GroupTable, *, seed: int = 0, force: bool = False) -> tuple[Irrep, ...]:
    """Return the unitary irreps of a group: the trivial one first, then by dimension.

    Within a dimension those of type R come before C and H, and each is followed by its conjugate if that
    is another one; then the values of the characters decide. The irreps of an Abelian group are in the order
    of `characters`. The order and the names don't depend on the seed; the bases of the matrices do.

    Parameters
    ----------
    G: any finite group.
    seed: of the random numbers; ``G.irreps`` takes 0.
    force: whether to find them above the order `LARGEST_ORDER_OF_IRREPS` (1000), too. Once they are found,
        ``G.irreps`` gives them.

    Raises
    ------
    InputError: the order is above the limit, the group isn't Abelian and `force` isn't given.
    InputError: the order is a symbol.

    Source: the regular representation contains every irrep, with Schur's lemma (Serre, Linear
    Representations of Finite Groups, sections 2.2 and 2.4); types by section 13.2 there.

    Examples
    --------
    >>> from odekit.groups import dicyclic, frobenius
    >>> [(irrep.name, irrep.type) for irrep in find_irreps(frobenius(7, 3))]
    [('1', 'R'), ('1a', 'C'), ('1a*', 'C'), ('3', 'C'), ('3*', 'C')]
    >>> [(irrep.name, irrep.type) for irrep in find_irreps(dicyclic(2))]
    [('1', 'R'), ('1a', 'R'), ('1b', 'R'), ('1c', 'R'), ('2', 'H')]
    """
    by_seed = _found.setdefault(require_finite(G, "irreps"), {})
    if seed not in by_seed:
        by_seed[seed] = _exact_irreps(G) if G.is_abelian else _numeric_irreps(G, seed, force)
    return by_seed[seed]


def _exact_irreps(G: GroupTable) -> tuple[Irrep, ...]:
    conjugates, values = conjugate_characters(G), characters(G)
    return tuple(
        Irrep(name, values[row][:, None, None], "R" if conjugate == row else "C", int(conjugate))
        for row, (name, conjugate) in enumerate(zip(character_labels(G), conjugates, strict=True))
    )


def _numeric_irreps(G: GroupTable, seed: int, force: bool) -> tuple[Irrep, ...]:
    if G.order > LARGEST_ORDER_OF_IRREPS and not force:
        _refuse(G.order)
    for draw in range(_DRAWS):
        rng = np.random.default_rng([seed, draw])
        found = [
            Irrep("", unitary_matrices(G, subspace, rng), subspace.type, 0)
            for subspace in find_invariant_subspaces(G, rng)
        ]
        if found and max(homomorphism_error(G, irrep.matrices) for irrep in found) < _TOLERANCE:
            return _arranged(found, _representatives(G))
    raise OdekitError(f"the irreps of {G.name} couldn't be told apart", hint="another seed")


def _refuse(order: int) -> None:
    seconds, mebibytes = _SECONDS_PER_ORDER_CUBED * order**3, 6 * order**2 * 8 / 2**20
    raise InputError(
        "the irreps of a group of this order take long to find",
        expected=f"order at most {LARGEST_ORDER_OF_IRREPS}",
        received=f"order {order}: some {seconds:.0f} s or more, and {mebibytes:.0f} MiB",
        hint="find_irreps(G, force=True), after which G.irreps has them",
    )


def _representatives(G: GroupTable) -> IndexArray:
    return np.array([members[0] for members in conjugacy_classes(G)])


def _arranged(found: list[Irrep], representatives: IndexArray) -> tuple[Irrep, ...]:
    """Sort and name the irreps, and put the conjugate after each irrep of type C."""
    found = [_upper_of_pair(irrep, representatives) for irrep in found]
    found.sort(key=lambda irrep: _place(irrep, representatives))
    arranged: list[Irrep] = []
    for name, irrep in zip(_names([irrep.dimension for irrep in found]), found, strict=True):
        here, is_pair = len(arranged), irrep.type == "C"
        arranged.append(replace(irrep, name=name, conjugate=here + is_pair))
        if is_pair:
            arranged.append(Irrep(f"{name}*", _conjugate(irrep.matrices), "C", here))
    return tuple(arranged)


def _upper_of_pair(irrep: Irrep, representatives: IndexArray) -> Irrep:
    """Of a pair, take the irrep whose character has the first of its imaginary parts above zero."""
    heights = irrep.character[representatives].imag
    if irrep.type == "C" and heights[np.argmax(np.abs(heights) > _TOLERANCE)] < 0:
        return replace(irrep, matrices=_conjugate(irrep.matrices))
    return irrep


def _place(irrep: Irrep, representatives: IndexArray) -> tuple[object, ...]:
    values = np.round(irrep.character[representatives], 6)
    is_nontrivial = bool(np.abs(values - 1).any())
    return (
        irrep.dimension,
        is_nontrivial,
        _TYPE_ORDER.index(irrep.type),
        (-values.real).tolist(),
        (-values.imag).tolist(),
    )


def _names(dimensions: list[int]) -> list[str]:
    """Name irreps by dimension, with a letter where there are several; the first one is trivial."""
    counts, used = Counter(dimensions[1:]), Counter[int]()
    names = ["1"]
    for d in dimensions[1:]:
        is_alone = d > 1 and counts[d] == 1
        names.append(f"{d}" if is_alone else f"{d}{_letters(used[d])}")
        used[d] += 1
    return names


def _letters(number: int) -> str:
    """Count a, b, ..., z, aa, ab, ..."""
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("a") + last)


def _conjugate(matrices: ComplexArray) -> ComplexArray:
    conjugated = matrices.conj()
    conjugated.setflags(write=False)
    return conjugated
