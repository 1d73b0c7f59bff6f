"""Is the run's clock that of its stated loss? A test for runs whose first step is too long for a budget."""

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows import Linearisation
from odekit.comparison.measures import Modes

__all__ = ["slowness"]

# What is neglected as a share of the speed: beyond it the reduced flow says nothing certain.
NEAR_UNIFORM = 0.05
# A smaller rise of the energy is the rounding of a difference.
ENERGY_ROUNDING = 1e-12
# The bound holds at every radius, relative to the length; the best of these is taken.
RADII = np.geomspace(1e-4, 1.0, 60)


def slowness(
    modes: Modes, duration: float, linearisation: Linearisation, neglected: FloatArray
) -> FloatArray:
    """How many times less each neuron's energy rose over a step than the flow of the stated loss raises it.

    The reduced flow raises a mode's energy by its squared speed per unit of time. Within a distance R of the
    start the speed stays above ``g = speed - D s (|z| + R)^(D-1) R``; a flow that leaves this ball has raised
    the energy by g R at least, one that stays in it by g^2 h in the time h.

    Parameters
    ----------
    modes: at least two snapshots, of which the first two are used, (T, M, n_modes).
    duration: h, the time between them in the run's t.
    linearisation: of the reduced flow.
    neglected: (2, M, n_modes) what the reduction neglects at each of them, as a speed.

    Returns
    -------
    factor: (M,) for each neuron's fastest mode, above 1 if it is too slow; 0 where nothing can be said, as
        the softmax isn't uniform at both ends.
    """
    flow = linearisation.flow
    first, second = modes.at(0).amplitudes, modes.at(1).amplitudes
    norms, speed = flow.norms(first), flow.norms(flow.velocity(first))
    before, after = flow.energy(first), flow.energy(second)
    with np.errstate(all="ignore"):
        radius = RADII[:, None, None] * norms
        slowest = np.maximum(speed - linearisation.steepness(norms + radius) * radius, 0.0)
        least = (slowest * np.minimum(slowest * duration, radius)).max(axis=0)
        resolution = ENERGY_ROUNDING * (np.abs(before) + norms * speed)
        factor = least / np.maximum(after - before, resolution)
        speeds = np.array([speed, flow.norms(flow.velocity(second))])
        factor = np.where((neglected < NEAR_UNIFORM * speeds).all(axis=0), factor, 0.0)
    fastest = speed.argmax(axis=-1)[:, None]
    return np.asarray(np.nan_to_num(np.take_along_axis(factor, fastest, axis=1)[:, 0]))
