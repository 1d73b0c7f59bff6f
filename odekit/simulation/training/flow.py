"""Gradient flow of the full loss, dw/dt = -rate P_w grad L, with an estimate of its own error."""

from collections.abc import Callable

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation.training.integration import has_kink, integrate
from odekit.simulation.training.velocity import Velocity
from odekit.simulation.weights import norms

__all__ = ["LOOSER", "PASSING", "error_bound", "gradient_flow", "moving_scale", "operations", "time_scale"]

# So much looser that the difference of both runs is about the error of the looser one.
LOOSER = 10.0
# Two runs may agree by luck: the difference counts three times, from its largest value so far, and some
# tolerances of a step, which the interpolant of a single long one may lose, are added.
AGREEMENT, TOLERANCES = 3.0, 20.0
# From this tolerance on a method of low order passes the kinks of an activation; below it nothing does.
PASSING = 1e-5
# The full loss and that of uniform softmax move small weights alike; so much apart, the latter is rounding.
ROUNDING = 1e3
# Operations of an activation at each value, about: of a polynomial or of one with kinks, and of any other.
POLYNOMIAL, TRANSCENDENTAL = 10.0, 1000.0


def gradient_flow(
    network: Network,
    start: FloatArray,
    times: FloatArray,
    rtol: float = 1e-8,
    estimate_error: bool = True,
    advance: Callable[[float], None] = lambda done: None,
) -> tuple[FloatArray, FloatArray | None]:
    """Integrate the flow, and once more at a tolerance ten times looser.

    Parameters
    ----------
    network: with its constraint and its rates.
    start: (e + 1, n, M) float64, the stack at ``times[0]``, on its spheres.
    times: (T,) float64, increasing.
    rtol: relative tolerance of a step; absolute below the start's root mean square.
    estimate_error: whether to integrate again.
    advance: called with the share done, in [0, 1].

    Returns
    -------
    snapshots: (T, e + 1, n, M) float64.
    integrator_error: (T,) float64, bound of the relative error of every neuron, see `error_bound`; None if
        not asked for.

    Raises
    ------
    InputError: the gradient is not finite, or the step size fell to rounding, before the last time.
    InputError: it took more than 100,000 gradients, as it does at a tight tolerance where a kinked activation
        (relu, abs) pins the flow to its kinks; a loose one, and descent, pass them.
    """
    velocity = Velocity(network)
    is_kinked = rtol >= PASSING and has_kink(network.activation)

    def follow(tolerance: float, advance: Callable[[float], None]) -> FloatArray:
        snapshots = integrate(velocity, start, times, tolerance, advance, is_kinked)
        velocity.retract(snapshots)
        return snapshots

    if not estimate_error:
        return follow(rtol, advance), None
    snapshots = follow(rtol, lambda done: advance(done / 2))
    looser = follow(LOOSER * rtol, lambda done: advance((1 + done) / 2))
    return snapshots, error_bound(snapshots, looser, rtol)


def time_scale(network: Network, start: FloatArray) -> float:
    """Least over neurons of |w| / |dw/dt| at the start and at uniform softmax, in the flow's time.

    Without a constraint an aligned quadratic neuron of equal magnitudes blows up at .985 of its own.

    Raises
    ------
    InputError: no neuron moves.
    """
    speed = network.flow_rate() * norms(Velocity(network, "uniform")(start))
    return _moving(_least_time(start, speed))


def operations(network: Network) -> float:
    """Operations of one gradient of the full loss, about."""
    is_cheap = network.activation.polynomial(("z",)) is not None or has_kink(network.activation)
    own = POLYNOMIAL if is_cheap else TRANSCENDENTAL
    order = network.finite_group.order
    return float(order) ** network.task.summands * network.neurons * (6 * order + own)


def moving_scale(velocity: Velocity, start: FloatArray) -> float:
    """The time scale of the start; of the full loss where it is far less, and the other but rounding.

    Raises
    ------
    InputError: no neuron moves.
    """
    network = velocity.network
    speed = network.flow_rate() * norms(Velocity(network, "uniform")(start))
    span, full = _least_time(start, speed), _least_time(start, norms(velocity(start)))
    return _moving(span if span < ROUNDING * full else full)


def _least_time(start: FloatArray, speed: FloatArray) -> float:
    """Least over the neurons that move of |w| over its speed, infinite where none does."""
    size, moving = norms(start), speed > 0
    return float((size[moving] / speed[moving]).min(initial=np.inf))


def _moving(scale: float) -> float:
    if scale == np.inf:
        raise InputError("no neuron moves from this start", hint="other weights, or t_end")
    return scale


def error_bound(snapshots: FloatArray, looser: FloatArray, rtol: float) -> FloatArray:
    """Bound of the relative error of ``snapshots`` by those at a looser tolerance, (T,), 0 at the start.

    Three times the largest over neurons of |w - w_looser| / |w| up to each time, and twenty times ``rtol``.

    Parameters
    ----------
    snapshots, looser: stacks (T, e + 1, n, M).
    """
    largest = np.maximum.accumulate(_largest_difference(snapshots, looser))
    bound = AGREEMENT * largest + TOLERANCES * rtol
    bound[0] = 0.0
    return np.asarray(bound)


def _largest_difference(snapshots: FloatArray, looser: FloatArray) -> FloatArray:
    gap = np.sqrt(((snapshots - looser) ** 2).sum(axis=(1, 2)))
    size = np.sqrt((snapshots**2).sum(axis=(1, 2)))
    relative: FloatArray = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    return np.asarray(relative.max(axis=1))
