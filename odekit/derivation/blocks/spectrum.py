"""The spectrum at a critical point of one real irrep, with multiplicities as polynomials in n and m.

Every block is a multiple of one partial isometry of K-rank k, and the linearised flow on m by m matrices
over K splits by rows and columns inside and outside of it: one entry of each kind is computed, and counted.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.derivation.blocks.flow import LiftedFlow
from odekit.derivation.blocks.words import Words
from odekit.derivation.spheres import ROUNDING
from odekit.errors import ReductionError
from odekit.groups import KAPPA

__all__ = ["M", "N", "algebra_basis", "energy_at", "spectrum_by_symbols"]

# Rates that differ by rounding become equal, so that they are counted together.
DIGITS = 10
N, M = sp.symbols("n m", integer=True, positive=True)


def algebra_basis(kind: str) -> FloatArray:
    """Basis of R, C or H, (kappa, kappa, kappa): the unit first, then imaginary units that square to -1.

    >>> i = algebra_basis("H")[1]
    >>> bool((i @ i == -algebra_basis("H")[0]).all())
    True
    """
    if kind == "R":
        return np.ones((1, 1, 1))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    if kind == "C":
        return np.stack([np.eye(2), turn])
    flip, swap = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
    i, j = np.kron(turn, flip), np.kron(np.eye(2), turn)
    return np.stack([np.eye(4), i, np.kron(turn, swap), j])


def spectrum_by_symbols(flow: LiftedFlow, kind: str, rank: int = 1) -> dict[float, sp.Expr]:
    """Multiplicity of each eigenvalue (in units of E) as a polynomial in the order n and in m."""
    kappa = KAPPA[kind]
    inside, mixed, outside = (_entries(flow, kind, rank, which) for which in ("inside", "mixed", "outside"))
    other = _elsewhere(flow)
    total: dict[float, sp.Expr] = {}
    for counts, number in (
        (inside, sp.Integer(1)),
        (mixed, M - rank),
        (outside, (M - rank) ** 2),
        (other, N - kappa * M**2),
    ):
        for value, count in counts.items():
            total[value] = sp.expand(total.get(value, sp.S.Zero) + count * number)
    return {value: sp.factor(count) for value, count in _merged(total).items() if count != 0}


def _merged(counts: Mapping[float, sp.Expr]) -> dict[float, sp.Expr]:
    """Highest value first, with values that agree to rounding counted together."""
    merged: dict[float, sp.Expr] = {}
    for value, count in sorted(counts.items(), reverse=True):
        same = next((known for known in merged if abs(known - value) < ROUNDING), value)
        merged[same] = sp.expand(merged.get(same, sp.S.Zero) + count)
    return merged


def energy_at(flow: LiftedFlow, order: sp.Expr | int, size: int) -> sp.Expr:
    """The energy at a critical point of real rank ``size = r k``: a coefficient times singular values.

    The block of a letter of which the energy has degree d_i, on a sphere in whose letters it has degree D_i,
    has the singular value sqrt(d_i n / (D_i r k)).
    """
    (word, coefficient), *_ = flow.energy.items()
    values = _amplitudes(flow)
    factor = sp.Rational(coefficient.numerator, coefficient.denominator)
    unit = sp.sqrt(sp.sympify(order) / size) ** (len(word) - 2)
    return sp.Mul(factor, unit, *(values[letter.name] for letter in word))


def _degree(flow: LiftedFlow, name: str) -> int:
    word = next(iter(flow.energy))
    return sum(letter.name == name for letter in word)


def _sphere_degree(flow: LiftedFlow, name: str) -> int:
    sphere = next(sphere for sphere in flow.spheres if name in sphere)
    return sum(_degree(flow, other) for other in sphere)


def _amplitudes(flow: LiftedFlow) -> dict[str, sp.Expr]:
    """Singular value of each letter's block in units of sqrt(n / (r k))."""
    return {
        name: sp.sqrt(sp.Rational(_degree(flow, name), _sphere_degree(flow, name))) for name in flow.letters
    }


def _elsewhere(flow: LiftedFlow) -> Counter[float]:
    """Rates of one entry of every letter in all other irreps, where the gradient is of second order."""
    return Counter(float(-value) for value in flow.radial.values())


def _entries(flow: LiftedFlow, kind: str, rank: int, which: str) -> Counter[float]:
    """Eigenvalues on the entries inside, across or outside of the isometry, at one row outside."""
    size = rank + 1
    places = {
        "inside": [(i, j) for i in range(rank) for j in range(rank)],
        "mixed": [(i, rank) for i in range(rank)] + [(rank, i) for i in range(rank)],
        "outside": [(rank, rank)],
    }[which]
    basis = _directions(flow, kind, size, places)
    if which == "inside":
        basis = _tangent(flow, kind, rank, basis)
    if not basis:
        return Counter()
    matrix = np.array([_flatten(_linearised(flow, kind, rank, direction)) for direction in basis])
    gram = np.array([_flatten(direction) for direction in basis])
    restricted = np.linalg.lstsq(gram @ gram.T, gram @ matrix.T, rcond=None)[0]
    values = np.linalg.eigvals(restricted)
    return Counter(_rounded(value) for value in values)


def _rounded(value: complex) -> float:
    if abs(value.imag) > 1e-6:
        raise ReductionError("the linearisation has a complex rate", received=str(value))
    nearest = round(2 * value.real) / 2
    return float(nearest) if abs(value.real - nearest) < ROUNDING else round(float(value.real), DIGITS)


Point = dict[str, FloatArray]


def _directions(flow: LiftedFlow, kind: str, size: int, places: list[tuple[int, int]]) -> list[Point]:
    """Unit directions: each letter, each place, each basis element of K."""
    algebra = algebra_basis(kind)
    kappa = len(algebra)
    zero = {name: np.zeros((size * kappa, size * kappa)) for name in flow.letters}
    directions = []
    for name in flow.letters:
        for i, j in places:
            for element in algebra:
                point = {key: value.copy() for key, value in zero.items()}
                point[name][i * kappa : (i + 1) * kappa, j * kappa : (j + 1) * kappa] = element
                directions.append(point)
    return directions


def _tangent(flow: LiftedFlow, kind: str, rank: int, basis: list[Point]) -> list[Point]:
    """The directions orthogonal to the radial direction of every sphere, in the metric of the rates."""
    point = _isometry(flow, kind, rank)
    flat = np.array([_flatten(direction) for direction in basis])
    radial = []
    for sphere in flow.spheres:
        own = {name: point[name] if name in sphere else np.zeros_like(point[name]) for name in flow.letters}
        radial.append(flat @ _flatten(own))
    _, _, rows = np.linalg.svd(np.array(radial))
    kernel = rows[len(flow.spheres) :]
    return [_combined(basis, row) for row in kernel]


def _combined(basis: list[Point], weights: FloatArray) -> Point:
    return {
        name: np.asarray(sum(w * direction[name] for w, direction in zip(weights, basis, strict=True)))
        for name in basis[0]
    }


def _isometry(flow: LiftedFlow, kind: str, rank: int) -> Point:
    """The critical point in units of sqrt(n / (r k)): multiples of a projection on the first rows."""
    kappa = KAPPA[kind]
    projection = np.diag([1.0] * (rank * kappa) + [0.0] * kappa)
    return {name: float(value) * projection for name, value in _amplitudes(flow).items()}


def _linearised(flow: LiftedFlow, kind: str, rank: int, direction: Point) -> Point:
    """Derivative of the constrained field along a tangent direction, in units of E."""
    point = _isometry(flow, kind, rank)
    energy = float(energy_at(flow, 1, 1))
    result = {}
    for name, words in flow.free_field.items():
        ahead = {key: point[key] + direction[key] for key in point}
        behind = {key: point[key] - direction[key] for key in point}
        change = (_evaluate(words, ahead) - _evaluate(words, behind)) / 2
        result[name] = change / energy - float(flow.radial[name]) * direction[name]
    return result


def _evaluate(words: Words, point: Mapping[str, FloatArray]) -> FloatArray:
    total = np.zeros_like(next(iter(point.values())))
    for word, coefficient in words.items():
        factors = [point[letter.name].T if letter.is_adjoint else point[letter.name] for letter in word]
        total = total + float(coefficient) * np.linalg.multi_dot(factors)
    return total


def _flatten(point: Mapping[str, FloatArray]) -> FloatArray:
    return np.concatenate([value.ravel() for value in point.values()])
