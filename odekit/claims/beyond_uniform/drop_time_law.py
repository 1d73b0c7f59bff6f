"""The drop-time law: over seeds, the first drop comes as the smallest of M independent blow-up times."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.modes import (
    FirstTimes,
    choose_group,
    draw,
    elliptic_rate,
    first_blow_ups,
    is_odd_cyclic,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.statistics import (
    LEVEL,
    Distribution,
    SmallestOf,
    distance_power,
    kolmogorov,
    kolmogorov_critical,
    least_distance,
    median_interval,
)
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import project
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.solvers import blow_up_time

__all__ = ["CLAIM"]

NETWORKS = 200
NEURONS, MOST = 32, 128  # of each network; the more, the sharper the law, and the less well it is known
LARGEST_ORDER = 31  # above, races of so many networks take minutes
SINGLES = 2**17  # single neurons that the law is taken from: 4,096 networks of 32
SCALE = 0.02  # a usual start; all times are inverse to it
RTOL, LOOSER = 1e-5, 1e-3  # the difference of both races bounds the error of the first
OFF = 1.1  # factor of the times that the test must see, either way
POWER = 0.99
QUANTILES = np.array([0.1, 0.5, 0.9])
PLACES = np.linspace(0.001, 0.999, 999)  # probabilities at which laws are told apart
CURVE = 81  # points of the distribution that is drawn


@dataclass(frozen=True, eq=False)
class _Networks:
    """Networks of M neurons, as they were simulated and as the law of one neuron has them.

    Parameters
    ----------
    law: of the first blow-up.
    times: (networks,) in which the first neuron blew up.
    remainder, integrator: the most of the law that lies between the bounds of a time, whose neuron was not
        followed to its end, and within the error of the integration.
    """

    law: SmallestOf
    times: FloatArray
    remainder: float
    integrator: float

    @property
    def budget(self) -> dict[str, float]:
        """Parts of the distance that a true law may have; the two of sampling are at level 1e-4 together."""
        return {
            "sampling of networks": kolmogorov_critical(len(self.times), LEVEL / 2),
            "sampling of single neurons": self.law.error(LEVEL / 2),
            "remainder to the blow-up": self.remainder,
            "integrator": self.integrator,
        }

    @property
    def reach(self) -> float:
        """What the distance reaches with a probability of 99 % if the law's times were off by 10 %."""
        return min(
            least_distance(self.law, other, self._places, len(self.times), POWER) for other in self._off
        )

    @property
    def power(self) -> float:
        """The probability, at least, that times off by 10 % are refuted."""
        allowed = sum(self.budget.values())
        return min(
            distance_power(self.law, other, self._places, len(self.times), allowed) for other in self._off
        )

    @property
    def _off(self) -> tuple[Distribution, Distribution]:
        """The alternatives: the law's times 10 % longer, and shorter."""
        return lambda t: self.law(t / OFF), lambda t: self.law(t * OFF)

    @property
    def _places(self) -> FloatArray:
        return self.law.quantile(PLACES)

    def acting_together(self, t: FloatArray) -> FloatArray:
        """The mean-field law, in which the first drop comes sqrt(M) times as early as that of one neuron."""
        return self.law.single(np.sqrt(self.law.count) * t)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Let the neurons of 200 networks race in weight space, and test their first times against the law.

    The law is that of an independent sample of single neurons by the closed form; Kolmogorov's test is at
    level 1e-4, which the two samples share. The claim stays open unless the test would see the law's times
    10 % longer or shorter with a power of 99 %.
    """
    group = choose_group(settings, 11)
    scale = settings.value("scale", SCALE)
    found = _networks(group, scale, settings, settings.generator(claim.id))
    gap, tolerance = kolmogorov(found.times, found.law), found.reach
    together = kolmogorov(found.times, found.acting_together)
    unit = group.order * scale
    return claim.verdict(
        gap=gap,
        budget=found.budget,
        tolerance=tolerance,
        control=Control(
            "the M neurons act together: the first drop comes $sqrt(M)$ times as early as that of one neuron",
            judge(together, sum(found.budget.values()), tolerance),
            "each blows up by itself, and the first drop is the first of M independent times",
        ),
        predicted=_by_quantile(unit * found.law.quantile(QUANTILES)),
        measured=_by_quantile(unit * np.quantile(found.times, QUANTILES)),
        interval=_scaled(median_interval(found.times), unit),
        evidence={
            "group": group.name,
            "networks": len(found.times),
            "neurons of each": found.law.count,
            "single neurons": len(found.law.singles),
            "level": LEVEL,
            "power against times off by 10 %": found.power,
            "distance from the mean-field law": together,
            "series": _series(found, unit),
        },
        text="The first drop is the blow-up of the first neuron. The gap is the largest distance of the two "
        f"distribution functions, tested at level {LEVEL:g}; the power against times 10 % longer or shorter "
        f"is {found.power:.4f} or more. Times are in units of $1/(p scale)$, the interval is that of their "
        "median.",
    )


def _networks(
    group: FiniteGroup, scale: float, settings: Settings, generator: np.random.Generator
) -> _Networks:
    more = 4 if settings.full else 1
    count = settings.value("neurons", NEURONS)
    law = SmallestOf(_single_times(group, more * SINGLES, scale, generator), count)
    network = Network(group, neurons=count)
    starts = [draw(network, "iid", scale, seed) for seed in generator.spawn(more * NETWORKS)]
    weights = {name: np.stack([start[name] for start in starts]) for name in starts[0]}
    fine, coarse = (first_blow_ups(group, weights, rtol) for rtol in (RTOL, LOOSER))
    relative = float(np.abs(coarse.late / fine.late - 1).max())
    remainder, widened = _between(law, fine), _between(law, fine.widened(relative))
    return _Networks(law, fine.late, remainder, widened - remainder)


def _single_times(
    group: FiniteGroup, neurons: int, scale: float, generator: np.random.Generator
) -> FloatArray:
    """Blow-up times of single neurons by the closed form, the smallest first, (neurons,)."""
    network = Network(group, neurons=neurons, loss="sum")
    modes = project(draw(network, "iid", scale, generator), group)
    times = blow_up_time(modes.alpha, modes.beta, 2 * modes.phi - modes.psi, elliptic_rate(network))
    return np.sort(times.min(axis=-1))


def _between(law: SmallestOf, times: FirstTimes) -> float:
    """The largest probability of a first time between bounds of one.

    Sorted times lie between the sorted bounds, so that no other times in these bounds have a distance from
    the law that differs by more.
    """
    return float((law(np.sort(times.late)) - law(np.sort(times.early))).max())


def _by_quantile(times: FloatArray) -> dict[str, float]:
    return {
        f"p * scale * time, {100 * q:.0f} % quantile": float(t) for q, t in zip(QUANTILES, times, strict=True)
    }


def _scaled(interval: tuple[float, float], unit: float) -> tuple[float, float]:
    low, high = interval
    return unit * low, unit * high


def _series(found: _Networks, unit: float) -> dict[str, object]:
    """Distributions of the first drop: measured, by the law, and by the mean-field law."""
    t = np.linspace(0.0, float(found.times.max()), CURVE)
    return {
        "x": {"label": "p * scale * time", "values": unit * t},
        "y": {"label": "share of networks"},
        "curves": {
            "simulated": np.searchsorted(np.sort(found.times), t, side="right") / len(found.times),
            "smallest of M blow-up times": found.law(t),
            "mean-field law": found.acting_together(t),
        },
        "scale": "linear",
        "caption": "Distribution, over random networks, of the time at which the first neuron blows up, in "
        "weight space, beside $1 - (1 - F)^M$ and a law in which the neurons act together.",
    }


CLAIM = Claim(
    id="drop-time-law",
    statement="Over random starts the first drop of a network of M neurons comes as the smallest of M "
    "independent blow-up times: $P(T > t) = (1 - F(t))^M$, $F$ the law of one neuron's blow-up.",
    source="in no paper: the decoupling at uniform softmax and the closed form of the blow-up times",
    paper="odekit",
    hypotheses="cyclic group of odd order from 5 to 31, quadratic activation, shared embedding, x+y, normal "
    "weights, uniform softmax",
    experiment=experiment,
    applies=lambda group: is_odd_cyclic(group) and group.order <= LARGEST_ORDER,
    takes={"neurons": neurons_from(2, MOST), "scale": scale_between(1e-3, 0.1)},
)
