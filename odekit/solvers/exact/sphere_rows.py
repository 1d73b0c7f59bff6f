r"""The exact solution on three spheres of starts that are aligned, and of one pair alone.

With magnitudes that agree within each mode and D = 0, ``a' = kappa a^2 - E a`` is solved in tau, dt = N dtau:

    b = 1/(1/a(0) - kappa tau),   a = b/N,   N(tau) = sqrt(a_0^2 + sum w b^2),

w being a mode's weight on its sphere and ``a_0^2 = 1 - sum w a(0)^2``. With ``tau = tau_max (1 - e^-y)`` and
tau_max the first pole, t(y) is integrated by Gauss-Legendre panels and inverted by Newton's method.
One pair alone keeps its magnitudes, and ``tan(D/2) = tan(D(0)/2) exp(-3 kappa a t)``.
Source: arXiv 2606.02993, phase alignment and competition.
"""

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.solvers.exact.spheres import aligned_pair
from odekit.solvers.problem import Inputs
from odekit.systems import SphereForm, System

__all__ = ["is_solved_on_spheres", "solve_on_spheres"]

# What rounding may leave of equal magnitudes, D = 0 and unit length; a step of y below it ends the search.
_ROUNDING = 8 * float(np.finfo(np.float64).eps)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
# From y = 80 on dt/dy is constant to rounding and steps may be long; e^-700 is still a normal float.
_SETTLED = 80.0
_FARTHEST = 700.0
_MOST_STEPS = 400  # Far more than the 80 steps of length 1 and Newton's last ones: only bounds the loop.


def is_solved_on_spheres(system: System, y0: FloatArray) -> bool:
    """Whether the system has a sphere form, and every start is aligned, or all are of one pair alone.

    A start that isn't finite counts as either.
    """
    form = system.sphere_form
    if form is None:
        return False
    with np.errstate(all="ignore"):
        magnitudes, angles = _magnitudes(system, form, y0), _angles(system, form, y0)
        is_even = (np.ptp(magnitudes, axis=1) <= _ROUNDING * magnitudes[:, 0]).all(axis=0)
        length = _length(form, magnitudes[:, 0])
        is_even &= (length <= 1.0 + _ROUNDING) & (magnitudes[:, 0] > 0.0).all(axis=0)
        is_aligned = (np.abs(np.sin(angles)) <= _ROUNDING).all(axis=0) & (np.cos(angles) > 0.0).all(axis=0)
        is_alone = (length >= 1.0 - _ROUNDING) & (len(form.modes) == 1)
        is_lost = ~np.isfinite(y0).all(axis=0)
        return bool((is_even & is_aligned | is_lost).all() or (is_even & is_alone | is_lost).all())


def solve_on_spheres(system: System, inputs: Inputs) -> FloatArray:
    """States at the requested times, (time, state, batch)."""
    form, y0 = system.sphere_form, inputs.y0
    if form is None:
        raise InputError("the system has no sphere form")
    start = _magnitudes(system, form, y0)[:, 0]
    growth = np.array([[float(mode.growth)] for mode in form.modes])
    y = np.repeat(y0[None], len(inputs.times), axis=0)
    for moved, t in zip(y, inputs.times, strict=True):
        if _is_alone(form, start):
            _turn(system, form, moved, growth[0] * start[0], t)
        else:
            _scale(system, form, moved, _grown(form, start, growth, t) / start)
    return y


def _is_alone(form: SphereForm, start: FloatArray) -> bool:
    return len(form.modes) == 1 and not bool((_length(form, start) < 1.0 - _ROUNDING).any())


def _turn(system: System, form: SphereForm, y: FloatArray, speed: FloatArray, t: FloatArray) -> None:
    """Phases of one pair alone: each takes a third of what D loses."""
    (mode,) = form.modes
    if not mode.phases:
        return
    first, second, third = (system.states.index(phase) for phase in mode.phases)
    D = y[first] + y[second] - y[third]
    principal = np.arctan2(np.sin(D), np.cos(D))
    share = (aligned_pair(principal, t, 3.0 * speed) - principal) / 3.0
    y[first] += share
    y[second] += share
    y[third] -= share


def _scale(system: System, form: SphereForm, y: FloatArray, factors: FloatArray) -> None:
    for mode, factor in zip(form.modes, factors, strict=True):
        for magnitude in mode.magnitudes:
            y[system.states.index(magnitude)] *= factor


def _grown(form: SphereForm, start: FloatArray, growth: FloatArray, t: FloatArray) -> FloatArray:
    """Magnitudes of an aligned start at t, (mode, batch)."""
    lead = (growth * start).max(axis=0)
    ratio = growth * start / lead
    rest = np.maximum(1.0 - _length(form, start), 0.0)

    def magnitudes(y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """``b e^-y`` of every mode, and ``N e^-y``."""
        small = np.exp(-np.minimum(y, _FARTHEST))
        scaled = start * small / ((1.0 - ratio) + ratio * small)
        return scaled, np.sqrt(rest * small**2 + _length(form, scaled))

    y, reached = np.zeros_like(t), np.zeros_like(t)
    for _ in range(_MOST_STEPS):
        step = (t - reached) * lead / magnitudes(y)[1]
        step = np.where(y < _SETTLED, np.minimum(step, 1.0), step)
        panels = (magnitudes(y + step * (node + 1.0) / 2.0)[1] * weight for node, weight in _RULE)
        reached = reached + step * sum(panels) / (2.0 * lead)
        y = y + step
        if not (np.abs(step) > _ROUNDING * (1.0 + y)).any():
            break
    scaled, norm = magnitudes(y)
    return scaled / norm


_RULE = tuple(zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True))


def _length(form: SphereForm, magnitudes: FloatArray) -> FloatArray:
    """What the modes take of a sphere's squared length, (batch,)."""
    weights = np.array([[float(mode.weight)] for mode in form.modes])
    return np.asarray((weights * magnitudes**2).sum(axis=0))


def _magnitudes(system: System, form: SphereForm, y: FloatArray) -> FloatArray:
    """(mode, 3, batch), signed values without their signs."""
    rows = [[system.states.index(magnitude) for magnitude in mode.magnitudes] for mode in form.modes]
    values: FloatArray = y[np.array(rows)]
    is_signed = np.array([not mode.phases for mode in form.modes])
    return np.where(is_signed[:, None, None], np.abs(values), values)


def _angles(system: System, form: SphereForm, y: FloatArray) -> FloatArray:
    """D of every mode, (mode, batch); 0 or pi by the sign of the product of signed values."""
    angles = []
    for mode in form.modes:
        rows = y[[system.states.index(symbol) for symbol in (mode.phases or mode.magnitudes)]]
        signed = np.where(rows.prod(axis=0) > 0.0, 0.0, np.pi)
        angles.append(rows[0] + rows[1] - rows[2] if mode.phases else signed)
    return np.array(angles)
