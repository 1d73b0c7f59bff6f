"""Functions on a group by real irrep: a basis of each, in which weights are coordinates.

A coordinate is an entry of a block ``fhat(rho) = sum_g f(g) rho(g)``, its real or its imaginary part. Where a
group has monomial irreps these are the matrices, and products of few entries sum to simple numbers; else they
are those of the group's own irreps. Modulo a prime, all complex entries are coordinates: these span the same
functions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import ComplexArray, FloatArray
from odekit.derivation.blocks import MonomialIrrep, block_stacks, monomial_irreps
from odekit.derivation.orders.brute_force import Values, roots_of_unity
from odekit.groups import FiniteGroup

__all__ = ["Basis", "modular_bases", "real_bases"]

# Of inner products of waves of length 1: far above rounding, far below those of waves that overlap.
_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Basis:
    """A basis of the functions that live on one real irrep.

    Parameters
    ----------
    names: of the coordinates, such as ``"re_01"``.
    analysis: (row, n), coordinates are ``analysis @ f``.
    synthesis: (row, n), and ``f = coordinates @ synthesis``.
    """

    names: tuple[str, ...]
    analysis: Values
    synthesis: Values


def real_bases(group: FiniteGroup) -> Mapping[str, Basis]:
    """By name of each real irrep, the trivial one first: orthogonal real functions on the group.

    >>> from odekit.groups import group
    >>> {name: basis.names for name, basis in real_bases(group("S3")).items()}
    {'1': ('re_00',), '1a': ('re_00',), '2': ('re_00', 'im_00', 're_01', 'im_01')}
    """
    exact = monomial_irreps(group)
    found = {}
    for stack in block_stacks(group):
        for place, name in enumerate(stack.names):
            matrices = None if exact is None else _matrices(exact[stack.members[place][0]])
            basis = None if matrices is None else _of_entries(matrices, stack.one(place).rows)
            if basis is None:
                one = stack.one(place)
                names = tuple(each.partition("_")[2] for each in one.state_names(""))
                basis = Basis(names, one.transform, one.metric * one.transform)
            found[name] = basis
    return {irrep.name: found[irrep.name] for irrep in group.real_irreps}


def _matrices(irrep: MonomialIrrep) -> ComplexArray:
    """The matrices of a monomial irrep: (n, d, d)."""
    order, dimension = irrep.place.shape
    matrices = np.zeros((order, dimension, dimension), dtype=np.complex128)
    columns = np.broadcast_to(np.arange(dimension), irrep.place.shape)
    rows = np.arange(order)[:, None]
    matrices[rows, irrep.place, columns] = np.exp(2j * np.pi / irrep.root * irrep.exponent)
    return matrices


def _of_entries(matrices: ComplexArray, count: int) -> Basis | None:
    """The parts of the entries that are orthogonal to those before, if they are so many; else None.

    An entry whose conjugate is another one, up to a sign, adds nothing that this one has not.
    """
    names: list[str] = []
    waves: list[FloatArray] = []
    for name, wave in _parts(matrices):
        length = np.linalg.norm(wave)
        known = np.array(waves).reshape(len(waves), len(wave))
        lengths = np.linalg.norm(known, axis=1)
        overlaps = np.abs(known @ wave) / (lengths * length) if length > _CLOSE else np.ones(1)
        if overlaps.max(initial=0.0) < _CLOSE:
            names.append(name)
            waves.append(wave)
        elif length > _CLOSE and overlaps.max() < 1 - _CLOSE:
            return None
    if len(waves) != count:
        return None
    analysis = np.array(waves)
    return Basis(tuple(names), analysis, analysis / (analysis**2).sum(axis=1, keepdims=True))


def _parts(matrices: ComplexArray) -> Iterator[tuple[str, FloatArray]]:
    dimension = matrices.shape[1]
    for i in range(dimension):
        for j in range(dimension):
            yield f"re_{i}{j}", matrices[:, i, j].real.copy()
            yield f"im_{i}{j}", matrices[:, i, j].imag.copy()


def modular_bases(group: FiniteGroup, prime: int) -> Mapping[str, Basis] | None:
    """By name of each real irrep, the entries of its irreps modulo a prime; None where there are none.

    Parameters
    ----------
    prime: one modulo which the roots of unity of the group's exponent exist.
    """
    exact = monomial_irreps(group)
    if exact is None:
        return None
    roots = roots_of_unity(group.exponent, prime)
    found = {}
    for irrep in group.real_irreps:
        parts = [_residues(exact[member], roots, prime) for member in irrep.members]
        names = tuple(name for part in parts for name in part.names)
        analysis = np.concatenate([part.analysis for part in parts])
        synthesis = np.concatenate([part.synthesis for part in parts])
        found[irrep.name] = Basis(names, analysis, synthesis)
    return found


def _residues(irrep: MonomialIrrep, roots: Values, prime: int) -> Basis:
    """The entries of one irrep, and those of its adjoints, times d/n."""
    order, dimension = irrep.place.shape
    analysis = np.zeros((dimension, dimension, order), dtype=np.int64)
    synthesis = np.zeros_like(analysis)
    columns = np.broadcast_to(np.arange(dimension), irrep.place.shape)
    elements = np.broadcast_to(np.arange(order)[:, None], irrep.place.shape)
    analysis[irrep.place, columns, elements] = roots[irrep.exponent]
    share = dimension * pow(order, -1, prime) % prime
    synthesis[irrep.place, columns, elements] = roots[-irrep.exponent % irrep.root] * share % prime
    names = tuple(f"{i}{j}" for i in range(dimension) for j in range(dimension))
    return Basis(names, analysis.reshape(-1, order), synthesis.reshape(-1, order))
