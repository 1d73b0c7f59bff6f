"""Points of rest by damped Newton steps from many seeded starts, with eigenvalues and a proof."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import sympy as sp

from odekit.arrays import BoolArray, ComplexArray, FloatArray
from odekit.systems.known import FixedPoint
from odekit.systems.rest_points.interval_proof import proved_radius
from odekit.systems.rest_points.linearised import linearised
from odekit.systems.system import System

__all__ = ["numeric_rest_points"]

ArrayFunction = Callable[..., FloatArray]
STARTS = 64  # Fewer miss points that few starts lead to.
ITERATIONS = 60  # Near a point Newton's method doubles its digits: a start that takes longer wanders.
HALVINGS = 10  # A start that only a thousandth of a step improves is stuck.
CONVERGED = 1e-11  # Residual in units of the Jacobian, not far above rounding.
APART = 1e-6  # Closer points are one point that was met twice.
ZERO = 1e-8  # Eigenvalues and singular values below the root of the floats' spacing count as 0.
MAX_POINTS = 32  # A whole family of points would never end.
MAX_STATES = 12  # In more dimensions random starts leave too much out.
MAX_SYMBOLIC = 4  # Eigenvalues of larger matrices have no formula in general.
DIGITS = 15  # What a float holds.


def numeric_rest_points(system: System, integrals: Sequence[sp.Expr]) -> tuple[FixedPoint, ...]:
    """Points of rest at the level 0 of the first integrals, the most stable first.

    Where an eigenvalue is 0, only points with an exact value or a proof are kept: slow motion looks alike.

    Parameters
    ----------
    system: without parameters, of at most 12 states.
    integrals: what it conserves beside the constraint's functions.
    """
    if len(system.states) > MAX_STATES:
        return ()
    states, kept = system.states, [*system.constraints.values(), *integrals]
    residual = sp.Matrix([*system.vector_field, *kept])
    functions = sp.lambdify(states, residual, "numpy", cse=True)
    slopes = residual.jacobian(list(states)).replace(sp.DiracDelta, lambda *_: sp.S.Zero)
    jacobians = sp.lambdify(states, slopes, "numpy", cse=True)
    turns = np.array([_is_angle(state, system) for state in states])
    points = _distinct(_converged(functions, jacobians, len(states), turns), turns)
    with np.errstate(all="ignore"):
        found = [
            _point(point, system, integrals, jacobians) for point in points if _is_allowed(point, states)
        ]
    kept_points = [point for point in found if point.stability != "degenerate" or np.isfinite(point.radius)]
    return tuple(sorted(kept_points, key=_instability))


def _is_allowed(point: FloatArray, states: Sequence[sp.Symbol]) -> bool:
    """Whether states that were declared positive are."""
    return all(value > 0 for value, state in zip(point, states, strict=True) if state.is_positive)


def _instability(point: FixedPoint) -> float:
    return max((float(sp.re(value)) for value in point.eigenvalues), default=0.0)


def _is_angle(state: sp.Symbol, system: System) -> bool:
    """Whether a whole turn of the state changes nothing."""
    entries = [*system.vector_field, *system.constraints.values()]
    if not any(entry.has(sp.sin, sp.cos) for entry in entries):
        return False
    return all(sp.expand(entry.subs(state, state + 2 * sp.pi) - entry) == 0 for entry in entries)


def _converged(
    functions: ArrayFunction, jacobians: ArrayFunction, count: int, turns: BoolArray
) -> Iterator[FloatArray]:
    generator = np.random.default_rng(0)
    size = np.where(turns, np.pi, 1.5)
    for start in [np.zeros(count), *generator.uniform(-1, 1, (STARTS, count)) * size]:
        with np.errstate(all="ignore"):
            point = _newton(functions, jacobians, start)
        if point is not None:
            small = np.where(np.abs(point) < CONVERGED, 0.0, point)
            yield np.where(turns, np.pi - (np.pi - small) % (2 * np.pi), small)


def _newton(functions: ArrayFunction, jacobians: ArrayFunction, point: FloatArray) -> FloatArray | None:
    """Follow least-squares Newton steps, halved until the residual falls."""
    value = np.asarray(functions(*point), dtype=np.float64).ravel()
    for _ in range(ITERATIONS):
        size = float(np.linalg.norm(value))
        matrix = np.asarray(jacobians(*point), dtype=np.float64)
        if not (np.isfinite(size) and np.isfinite(matrix).all()):
            return None
        if size <= CONVERGED * (1.0 + float(np.abs(matrix).max(initial=0.0))):
            return point
        step = np.linalg.lstsq(matrix, value, rcond=1e-10)[0]
        for halving in range(HALVINGS):
            trial = point - 0.5**halving * step
            changed = np.asarray(functions(*trial), dtype=np.float64).ravel()
            if float(np.linalg.norm(changed)) < size:
                break
        else:
            return None
        point, value = trial, changed
    return None


def _distinct(points: Iterator[FloatArray], turns: BoolArray) -> list[FloatArray]:
    """Each point once, angles up to whole turns, and up to one common angle where all states are angles."""
    kept: list[FloatArray] = []
    for point in points:
        if len(kept) < MAX_POINTS and all(_distance(point, other, turns) > APART for other in kept):
            kept.append(point)
    return kept


def _distance(point: FloatArray, other: FloatArray, turns: BoolArray) -> float:
    gap = point - other
    if turns.all():
        gap = gap - gap[0]
    wrapped = np.where(turns, (gap + np.pi) % (2 * np.pi) - np.pi, gap)
    return float(np.abs(wrapped).max())


def _point(
    point: FloatArray, system: System, integrals: Sequence[sp.Expr], jacobians: ArrayFunction
) -> FixedPoint:
    values = {s: sp.Float(float(x), DIGITS) for s, x in zip(system.states, point, strict=True)}
    exact = _exact(values, system)
    if exact is not None and len(values) <= MAX_SYMBOLIC:
        return linearised(exact, system, integrals)
    matrix = np.asarray(jacobians(*point), dtype=np.float64)
    eigenvalues = _tangent_spectrum(matrix[: len(values)], matrix[len(values) :])
    kept = [*system.constraints.values(), *integrals]
    return FixedPoint(
        exact or values,
        _stability(eigenvalues.real),
        {},
        tuple(_number(value) for value in eigenvalues),
        0,
        0.0 if exact else proved_radius(system, kept, point),
    )


def _number(value: complex) -> sp.Expr:
    real, imaginary = (sp.Float(round(part, DIGITS - 2), DIGITS) for part in (value.real, value.imag))
    return real + sp.I * imaginary if imaginary else real


def _tangent_spectrum(linear: FloatArray, normals: FloatArray) -> ComplexArray:
    """Eigenvalues of the linearisation where constraint and first integrals stay; the least stable first."""
    basis = np.eye(len(linear))
    if len(normals):
        _, sizes, rows = np.linalg.svd(normals)
        basis = rows[int((sizes > ZERO).sum()) :].T
    values = np.linalg.eigvals(basis.T @ linear @ basis).astype(np.complex128)
    values = np.where(np.abs(values) < ZERO, 0, values)
    return np.asarray(values[np.argsort(-values.real)])


def _stability(real: FloatArray) -> str:
    if (real > 0).any() and (real < 0).any():
        return "saddle"
    if (real == 0).any() or not real.size:
        return "degenerate"
    return "attracts" if (real < 0).all() else "repels"


def _exact(values: dict[sp.Symbol, sp.Expr], system: System) -> dict[sp.Symbol, sp.Expr] | None:
    """Small fractions or fractions of pi with these digits, if the field vanishes there exactly."""
    guess = {}
    for state, value in values.items():
        near = [unit * sp.Rational(round(float(value / unit) * 12), 12) for unit in (sp.S.One, sp.pi)]
        close = [candidate for candidate in near if abs(float(candidate - value)) < APART * 1e-3]
        if not close:
            return None
        guess[state] = close[0]
    entries = (*system.vector_field, *system.constraints.values())
    return guess if all(sp.simplify(entry.subs(guess)) == 0 for entry in entries) else None
