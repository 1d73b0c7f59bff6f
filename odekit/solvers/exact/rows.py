"""The exact orbits row by row in NumPy, for every start, however degenerate."""

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.solvers.exact.orbit import phase_ahead, state_at
from odekit.solvers.exact.start import Start, phase_difference, start_from

__all__ = ["follow_rows", "lifetimes"]


def lifetimes(
    alpha: FloatArray, phi: FloatArray, beta: FloatArray, psi: FloatArray, rate: FloatArray
) -> FloatArray:
    """Blow-up times."""
    with np.errstate(all="ignore"):
        return start_from(alpha, beta, *phase_difference(phi, psi), rate).blow_up


def follow_rows(
    alpha: FloatArray,
    phi: FloatArray,
    beta: FloatArray,
    psi: FloatArray,
    rate: FloatArray,
    span: FloatArray,
    *,
    before: bool,
    phases: bool,
) -> tuple[FloatArray, ...]:
    """Blow-up time, alpha, beta and D at a time, and phi and psi where ``phases`` are wanted.

    Parameters
    ----------
    alpha, phi, beta, psi, rate: float64 arrays that broadcast.
    span: the time, or, with ``before``, the time that is left to blow-up.

    Returns
    -------
    Arrays of one shape, NaN where the orbit doesn't live.
    """
    with np.errstate(all="ignore"):
        sine, cosine = phase_difference(phi, psi)
        start = start_from(alpha, beta, sine, cosine, rate)
        point = start.point_before(span) if before else start.point_after(span)
        moved_alpha, moved_beta, D = state_at(start.orbit, point)
        turned = phase_ahead(start.orbit, point) - phase_ahead(start.orbit, start.point) if phases else D
        D0 = np.arctan2(sine, cosine)
        states = [start.rescaled(moved_alpha), start.rescaled(moved_beta), D]
        states += [phi + turned, psi + (2 * ((phi + turned) - phi) - (D - D0))] if phases else []
        is_alive = (span > 0) & np.isfinite(start.blow_up) if before else span < start.blow_up
        alive = np.where(is_alive, 1.0, np.nan)
        stays = np.zeros(alive.shape, dtype=bool) if before else _stays(start, span)
        turned = np.where(alpha == 0, _turned_alone(sine, cosine, 4 * rate * beta * span), 0.0)
        olds = (alpha, beta, D0 + 2 * turned, phi + turned, psi)
        moved = (np.where(stays, old, new * alive) for old, new in zip(olds, states, strict=False))
        return np.broadcast_to(start.blow_up, alive.shape), *moved


def _turned_alone(sine: FloatArray, cosine: FloatArray, decay: FloatArray) -> FloatArray:
    """How far phi turns where alpha = 0 while psi and beta rest: tan(D/2) falls by ``e^-decay``."""
    near = np.sqrt((1 + np.abs(cosine)) / 2)
    far = sine / (2 * near)
    half_sine = np.where(cosine >= 0, far, np.copysign(near, sine))
    half_cosine = np.where(cosine >= 0, near, np.abs(far))
    turned: FloatArray = (
        np.arctan2(half_sine * np.exp(-np.clip(decay, -600.0, 600.0)), half_cosine)
        - np.arctan2(sine, cosine) / 2
    )
    return np.where(decay == 0, 0.0, turned)


def _stays(start: Start, t: FloatArray) -> BoolArray:
    """Where magnitudes and psi at t are the start's: at the start itself, or at rest."""
    return np.asarray(start.is_valid & ((t == 0) | (start.is_at_rest & np.isfinite(t))))
