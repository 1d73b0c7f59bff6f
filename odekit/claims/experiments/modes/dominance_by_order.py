"""Dominance times by order p: trained networks at small orders, the exact solution also at large ones."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import EPS, FloatArray, IndexArray
from odekit.claims.experiments.modes.networks import (
    at_start,
    blowing_up_together,
    draw,
    elliptic_rate,
    nearly_uniform,
)
from odekit.comparison import Modes, predict, project
from odekit.groups import cyclic
from odekit.networks import Network
from odekit.simulation import simulate
from odekit.solvers import exact_modes

__all__ = ["LEAD", "ByOrder", "by_order", "lead_times"]

# What counts as dominance is a convention; the larger lead shows how much the time depends on it.
LEAD = 3.0
LARGE_LEAD = 10.0
TRAINED = (5, 11, 23)  # orders at which training takes seconds
EXACT = (101, 401)  # orders at which it would take long
NEURONS = 64  # enough for a narrow interval of the median
NEURONS_TRAINED = 12  # fewer, since training costs more than the exact solution
RTOL = 1e-9  # the bounds of the comparison are proportional to it
# Remaining shares of the blow-up time; training ends early, since its errors grow like the inverse.
COMPARED = np.concatenate(([1.0], np.geomspace(0.9, 0.03, 12)))
REMAINING = np.concatenate(([1.0], np.geomspace(0.95, 1e-6, 100)))
CANDIDATES = 4  # the runner-up is among the first to blow up


@dataclass(frozen=True)
class Trained:
    """A trained network beside the exact solution: largest differences, and bounds of each.

    Parameters
    ----------
    lead, lead_bound: of the logarithm of the first over the second magnitude.
    blow_up, blow_up_bound: of the winner's blow-up time, relative.
    """

    lead: float
    lead_bound: float
    blow_up: float
    blow_up_bound: float

    @property
    def agrees(self) -> bool:
        """Whether both are within their bounds."""
        return self.lead <= self.lead_bound and self.blow_up <= self.blow_up_bound


@dataclass(frozen=True)
class ByOrder:
    """Neurons from equal magnitudes at one order p, times in units of 1/(p scale).

    Parameters
    ----------
    order: p.
    lead, lead_10: (M,) when the first magnitude is 3 and 10 times every other, by the exact solution.
    blow_up: (M,) the winner's blow-up time.
    trained: a trained network beside the exact solution, where one was trained.
    """

    order: int
    lead: FloatArray
    lead_10: FloatArray
    blow_up: FloatArray
    trained: Trained | None = None

    @property
    def leads_in_time(self) -> bool:
        """Whether every winner leads before its blow-up."""
        return bool((self.lead < self.blow_up).all())


def by_order(generator: np.random.Generator, full: bool) -> list[ByOrder]:
    """Dominance times at every order, the smallest first."""
    return [_one(order, generator, NEURONS * (4 if full else 1)) for order in (*TRAINED, *EXACT)]


def lead_times(alpha: FloatArray, t: FloatArray, lead: float) -> tuple[FloatArray, FloatArray]:
    """When each neuron's largest magnitude is first ``lead`` times every other, and how fast the ratio grows.

    Parameters
    ----------
    alpha: (T, M, n_modes) magnitudes, at least two modes.
    t: (T,) or (T, M), increasing.
    lead: a factor above 1.

    Returns
    -------
    times, slopes: (M,) by linear interpolation of the ratio's logarithm in t, and its slope there; NaN where
        it is not reached.
    """
    distance = _log_lead(alpha) - np.log(lead)
    grid = np.broadcast_to(t[:, None] if t.ndim == 1 else t, distance.shape)
    times, slopes = np.full((2, distance.shape[1]), np.nan)
    for neuron, values in enumerate(distance.T):
        if (values > 0).any():
            after = max(1, int(np.argmax(values > 0)))
            (before, end), (low, high) = grid[after - 1 : after + 1, neuron], values[after - 1 : after + 1]
            slopes[neuron] = (high - low) / (end - before)
            times[neuron] = before - low / slopes[neuron]
    return times, slopes


def _log_lead(alpha: FloatArray) -> FloatArray:
    """Logarithm of the largest over the second largest magnitude, over the last axis."""
    ordered = np.partition(alpha, (-2, -1), axis=-1)
    return np.asarray(np.log(ordered[..., -1] / ordered[..., -2]))


def _one(order: int, generator: np.random.Generator, neurons: int) -> ByOrder:
    network = nearly_uniform(cyclic(order), neurons)
    weights = draw(network, "equal_magnitude", 1.0, generator)
    start = at_start(network, weights)
    prediction = predict(start)
    nearest = np.argsort(prediction.times, axis=1, kind="stable")[:, :CANDIDATES]
    blow_up = prediction.blow_up_time
    alpha = _exact(project(start).at(0), network, nearest, blow_up * (1 - REMAINING[:, None]))
    unit = order * network.flow_rate()
    lead, lead_10 = (_exact_lead(alpha, factor) * blow_up * unit for factor in (LEAD, LARGE_LEAD))
    trained = _compare(order, generator) if order in TRAINED else None
    return ByOrder(order, lead, lead_10, blow_up * unit, trained)


def _exact_lead(alpha: FloatArray, factor: float) -> FloatArray:
    """Share of the blow-up time at which each neuron leads; that of the last sample where it does not yet."""
    times, _ = lead_times(alpha, -np.log(REMAINING), factor)
    return 1 - np.exp(-np.nan_to_num(times, nan=-np.log(REMAINING[-1])))


def _exact(start: Modes, network: Network, chosen: IndexArray, t: FloatArray) -> FloatArray:
    """Magnitudes of the chosen modes (M, k) at times (T, M) by the exact solution, (T, M, k)."""
    state = [
        np.take_along_axis(part, chosen, axis=1) for part in (start.alpha, start.phi, start.beta, start.psi)
    ]
    alpha, phi, beta, psi = state
    return exact_modes(alpha, phi, beta, psi, elliptic_rate(network), t[..., None])[0]


def _compare(order: int, generator: np.random.Generator) -> Trained:
    """Train a network at uniform softmax to shortly before its blow-up, beside the exact solution.

    A relative error e of a neuron's weights, of length w, changes the logarithm of a ratio of two amplitudes
    by at most ``e w (1/first + 1/second)``. It is the simulation's own, the largest estimate of the run, and
    ``n^2`` roundings of its gradient's sums and of the exact solution, amplified by ``1/(1 - t/T*)``.
    """
    network = nearly_uniform(cyclic(order), NEURONS_TRAINED)
    weights, end = blowing_up_together(network, draw(network, "equal_magnitude", 1.0, generator))
    run = simulate(network, weights=weights, times=end * (1 - COMPARED), rtol=RTOL)
    modes = project(run)
    every = np.broadcast_to(np.arange(modes.alpha.shape[2]), modes.alpha.shape[1:])
    exact = _exact(modes.at(0), network, every, np.broadcast_to(run.t[:, None], modes.alpha.shape[:2]))
    error = run.records["integrator_error"].max() + order**2 * EPS / COMPARED[:, None]
    size = np.sqrt((modes.alpha**2 + modes.beta**2).sum(axis=-1))
    bound = error * size * 2 / np.partition(modes.alpha, -2, axis=-1)[..., -2]
    difference = np.abs(_log_lead(modes.alpha) - _log_lead(exact))
    worst = np.unravel_index(int((difference / bound).argmax()), bound.shape)
    return Trained(float(difference[worst]), float(bound[worst]), *_blow_up(run.t / end, modes))


def _blow_up(t: FloatArray, modes: Modes) -> tuple[float, float]:
    """Largest distance from 1 of the times at which the winners blow up, and its bound.

    Near a blow-up 1/beta falls linearly in time with a cubic correction. Through two snapshots whose
    remaining times are in the ratio q, the line's zero is off by q^3 times less than through the two before:
    with q^3 > 2 by less than these zeros differ.
    """
    neurons = np.arange(modes.beta.shape[1])
    inverse = 1 / modes.beta[-3:, neurons, modes.at(-1).dominant]
    steps = (np.diff(t[-3:]) / -np.diff(inverse, axis=0).T).T
    zeros = t[-2:, None] + inverse[1:] * steps
    off, bound = np.abs(zeros[1] - 1), np.abs(zeros[1] - zeros[0])
    worst = int((off / bound).argmax())
    return float(off[worst]), float(bound[worst])
