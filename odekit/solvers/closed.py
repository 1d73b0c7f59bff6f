"""The exact solution of a system that odekit knows: by the elliptic formulas, or those on spheres."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import FloatArray
from odekit.solvers.codegen import Formulas, compile_expressions
from odekit.solvers.exact import exact_modes, exact_orbit, is_solved_on_spheres, solve_on_spheres
from odekit.solvers.problem import Inputs, Status
from odekit.systems import EllipticForm, System

__all__ = ["has_closed_form", "solve_closed_form"]

Modes = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True)
class _Coordinates:
    """How states become (alpha, phi, beta, psi), and back; states stand on the first axis.

    Where ``has_phases`` is False only ``2 phi - psi`` counts.
    """

    to_modes: Callable[[FloatArray], Modes]
    from_modes: Callable[[FloatArray, FloatArray, FloatArray, FloatArray], tuple[FloatArray, ...]]
    has_phases: bool = True


def has_closed_form(system: System, y0: FloatArray) -> bool:
    """Whether there are formulas from these starts: an elliptic form, or those on spheres.

    There is no elliptic form where x, the square of alpha, starts below 0.
    """
    form = system.closed_form
    if form is not None:
        x = y0[system.states.index(form.states[0])]
        if form.coordinates != "invariants" or not bool((x < 0.0).any()):
            return True
    return is_solved_on_spheres(system, y0)


def solve_closed_form(system: System, inputs: Inputs) -> tuple[FloatArray, NDArray[np.int8]]:
    """States at the requested times, and what became of each trajectory.

    Returns
    -------
    y: (time, state, batch) float64, NaN from the blow-up on.
    status: (batch,) int8, values of `Status`.
    """
    form = system.closed_form
    y = solve_on_spheres(system, inputs) if form is None else _elliptic(system, form, inputs)
    is_known = np.isfinite(y[-1]).all(axis=0)
    is_valid = np.isfinite(inputs.y0).all(axis=0) & np.isfinite(inputs.p).all(axis=0)
    status = np.where(is_known, Status.success, np.where(is_valid, Status.step_too_small, Status.not_finite))
    return y, status.astype(np.int8)


def _elliptic(system: System, form: EllipticForm, inputs: Inputs) -> FloatArray:
    """Follows the orbit at rate 1 to the time ``|rate| t``; a negative rate or beta turns v by pi."""
    coordinates = _COORDINATES[form.coordinates]
    rate, scale = _constants(system, form, inputs.p)
    rows = [system.states.index(state) for state in form.states]
    alpha, phi, beta, psi = coordinates.to_modes(inputs.y0[rows])
    turn = np.where((scale < 0.0) ^ (rate < 0.0) ^ (beta < 0.0), np.pi, 0.0)
    signs = np.where(alpha < 0.0, -1.0, 1.0), np.where(beta < 0.0, -1.0, 1.0) * np.abs(scale)
    span = np.abs(rate) * inputs.times
    follow = exact_modes if coordinates.has_phases else _without_phases
    alpha, phi, beta, psi = follow(alpha / signs[0], phi, beta / signs[1], psi - turn, np.ones(1), span)
    found = coordinates.from_modes(alpha * signs[0], phi, beta * signs[1], psi + turn)
    return np.stack([found[rows.index(row)] for row in range(len(rows))], axis=1)


def _constants(system: System, form: EllipticForm, p: FloatArray) -> tuple[FloatArray, FloatArray]:
    evaluate, _ = compile_expressions(Formulas((form.rate, form.readout_scale), (), system.parameters))
    values = np.empty((2, p.shape[1]))
    evaluate(np.zeros(p.shape[1]), values, p, values)
    return values[0], values[1]


def _without_phases(
    alpha: FloatArray, phi: FloatArray, beta: FloatArray, psi: FloatArray, rate: FloatArray, t: FloatArray
) -> Modes:
    """As `exact_modes`, with phi at rest and all that D moves in psi; D never crosses a multiple of pi."""
    start = 2.0 * phi - psi
    _, alpha, beta, D = exact_orbit(alpha, beta, start, rate, t)
    turns = start - np.arctan2(np.sin(start), np.cos(start))
    return alpha, np.broadcast_to(phi, D.shape), beta, 2.0 * phi - (D + turns)


def _from_misalignment(y: FloatArray) -> Modes:
    alpha, beta, D = y
    return alpha, np.zeros_like(D), beta, -D


def _to_misalignment(
    alpha: FloatArray, phi: FloatArray, beta: FloatArray, psi: FloatArray
) -> tuple[FloatArray, ...]:
    return alpha, beta, 2.0 * phi - psi


def _polar(y: FloatArray) -> Modes:
    alpha, phi, beta, psi = y
    return alpha, phi, beta, psi


def _from_cartesian(y: FloatArray) -> Modes:
    u_re, u_im, v_re, v_im = y
    return np.hypot(u_re, u_im), np.arctan2(u_im, u_re), np.hypot(v_re, v_im), np.arctan2(v_im, v_re)


def _to_cartesian(
    alpha: FloatArray, phi: FloatArray, beta: FloatArray, psi: FloatArray
) -> tuple[FloatArray, ...]:
    return alpha * np.cos(phi), alpha * np.sin(phi), beta * np.cos(psi), beta * np.sin(psi)


def _from_signed(y: FloatArray) -> Modes:
    phi, psi = np.where(y < 0.0, np.pi, 0.0)
    return np.abs(y[0]), phi, np.abs(y[1]), psi


def _to_signed(
    alpha: FloatArray, phi: FloatArray, beta: FloatArray, psi: FloatArray
) -> tuple[FloatArray, ...]:
    return alpha * np.round(np.cos(phi)), beta * np.round(np.cos(psi))


def _from_invariants(y: FloatArray) -> Modes:
    x, X, Y = y
    return np.sqrt(x), np.zeros_like(x), np.hypot(X, Y), -np.arctan2(Y, X)


def _to_invariants(
    alpha: FloatArray, phi: FloatArray, beta: FloatArray, psi: FloatArray
) -> tuple[FloatArray, ...]:
    D = 2.0 * phi - psi
    return alpha**2, beta * np.cos(D), beta * np.sin(D)


_COORDINATES: Mapping[str, _Coordinates] = {
    "polar": _Coordinates(_polar, lambda *modes: modes),
    "cartesian": _Coordinates(_from_cartesian, _to_cartesian),
    "signed": _Coordinates(_from_signed, _to_signed),
    "invariants": _Coordinates(_from_invariants, _to_invariants, has_phases=False),
    "misalignment": _Coordinates(_from_misalignment, _to_misalignment, has_phases=False),
}
