"""Measurements of what populations compute: exact designs, random frames, trained networks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments.spheres.networks import random_start, sphere_network
from odekit.claims.experiments.spheres.population_vote import (
    centred_logits,
    design_of_frames,
    drawn_maxima,
    indicator,
    indicator_proportions,
    population_logits,
)
from odekit.claims.experiments.spheres.rates import explicit_maxima
from odekit.claims.statistics import LEVEL
from odekit.comparison import dominant_irreps
from odekit.groups import FiniteGroup, conjugacy_classes
from odekit.simulation import Run, accuracy, simulate

__all__ = [
    "EPS",
    "WIDTHS",
    "Exact",
    "Sampled",
    "Trained",
    "exact_population",
    "largest_shared_accuracy",
    "sampled_population",
    "shared_embedding",
    "trained_population",
]

WIDTHS = (64, 256, 1024)  # far enough apart for a slope of -1/2 to stand out of the scatter
REPLICATES, REPLICATES_OF_LARGE = 32, 10  # fewer on large groups, whose n^3 logits take long
TRAINED_WIDTHS, TRAINED_WIDTHS_OF_LARGE = (4, 32, 256, 1024), (4, 32, 512)  # from too few neurons to enough
SMALL_ORDER, LARGE_ORDER = 12, 30  # above the first fewer replicates, above the second narrower networks
SHARED_NEURONS = 256  # so many that the symmetry limits the accuracy, not the width
DRAWS = 4  # of random frames, for their root mean square error
ACCURATE = 0.95  # counts as knowing the group; guessing is right once in n times
ERROR_RATIO = 5.0  # leeway for a single network, beside the mean over four draws
# At these, errors of training are far below the scatter of random frames.
CONVERGED = 1e-4
RTOL = 1e-6
SLOPE_TOLERANCE = 0.25  # half the distance of -1/2 from the slopes 0 and -1


@dataclass(frozen=True)
class Exact:
    """Populations with exactly uniform frames on one group.

    Parameters
    ----------
    error: largest difference from the formula over the largest logit, at random proportions.
    as_indicator: distance from an indicator at proportions m r^{3/2}.
    otherwise: the same at other proportions.
    other: what those are.
    rounding: bound of the first two.
    """

    error: float
    as_indicator: float
    otherwise: float
    other: str
    rounding: float


@dataclass(frozen=True)
class Sampled:
    """Random frames: how the error falls with the width.

    Parameters
    ----------
    slope, half_width: of log error against log width, and its interval's half-width.
    errors: root mean square relative errors by width.
    """

    slope: float
    half_width: float
    errors: dict[str, float]

    @property
    def is_square_root(self) -> bool:
        """Whether the interval is narrow and holds -1/2."""
        return abs(self.slope + 0.5) <= self.half_width <= SLOPE_TOLERANCE


@dataclass(frozen=True)
class Trained:
    """Networks trained from random starts.

    Parameters
    ----------
    accuracy: by width.
    error: relative error of the formula, at the winners' own shares, in the widest.
    typical: the same of explicit maxima with random frames, root mean square.
    """

    accuracy: Mapping[str, float]
    error: float
    typical: float

    @property
    def is_accurate(self) -> bool:
        """Whether the widest network knows the group, and no less than the narrowest."""
        values = list(self.accuracy.values())
        return values[-1] >= max(ACCURATE, values[0])

    @property
    def follows_the_formula(self) -> bool:
        """Whether the logits miss the formula by no more than those of random frames."""
        return self.error <= ERROR_RATIO * self.typical


def largest_shared_accuracy(group: FiniteGroup) -> float:
    """(classes/n + 1)/2: the share of pairs that logits symmetric in g1 and g2 can answer rightly.

    Of (g1, g2) and (g2, g1) at most one is right unless they commute, and n times the number of classes do.

    >>> from odekit.groups import symmetric
    >>> largest_shared_accuracy(symmetric(3))
    0.75
    """
    return (len(conjugacy_classes(group)) / group.order + 1) / 2


def exact_population(group: FiniteGroup, generator: np.random.Generator) -> Exact:
    """Logits of exact designs, one population per irrep, at several proportions."""
    irreps = group.real_irreps[1:]
    designs = [explicit_maxima(sigma, design_of_frames(sigma.r, generator)) for sigma in irreps]
    random = generator.dirichlet(np.ones(len(irreps)))
    right = indicator_proportions(irreps)
    wrong, name = _other_proportions(right)
    expected = population_logits(group, random)
    largest = max(2 * sigma.r**3 for sigma in irreps)
    mixtures = np.zeros((3, *expected.shape))
    for place, design in enumerate(designs):
        # One irrep's n^3 logits at a time: those of all irreps of a large group don't fit the memory.
        part = centred_logits(group, design)
        for mixture, proportions in zip(mixtures, (random, right, wrong), strict=True):
            mixture += proportions[place] * part
    return Exact(
        error=float(np.abs(mixtures[0] - expected).max() / np.abs(expected).max()),
        as_indicator=indicator(mixtures[1], group),
        otherwise=indicator(mixtures[2], group),
        other=name,
        rounding=_rounding(group, largest),
    )


def _other_proportions(right: FloatArray) -> tuple[FloatArray, str]:
    """Equal proportions, or where those are right, the first irrep's doubled."""
    if np.ptp(right) > EPS:
        return np.full(len(right), 1 / len(right)), "equal proportions"
    doubled = right.copy()
    doubled[0] *= 2
    return doubled / doubled.sum(), "proportions equal but for one that is doubled"


def _rounding(group: FiniteGroup, neurons: int) -> float:
    """Bound of the rounding in a mean logit relative to the largest one.

    A neuron's logit is xi (theta1 + theta2)^2, at most 4 (r/n)^{3/2}, from sums of r^2 terms; the mean of M
    of them is wrong by M + r^2 roundings at most, while the largest mean logit is 2 (r/n)^{3/2} / r^2. Random
    proportions can make it smaller by the largest share, at least one over the number of irreps.
    """
    r = max(sigma.r for sigma in group.real_irreps)
    return 2 * r**2 * (neurons + r**2 + 8) * EPS * len(group.real_irreps)


def sampled_population(group: FiniteGroup, generator: np.random.Generator) -> Sampled:
    """Errors of independent populations with Haar frames at growing widths, and their slope."""
    proportions = indicator_proportions(group.real_irreps[1:])
    expected = population_logits(group, proportions)
    size = np.linalg.norm(expected)

    def error(width: int) -> float:
        weights = drawn_maxima(group, proportions, width, generator)
        return float(np.linalg.norm(centred_logits(group, weights) - expected) / size)

    count = REPLICATES if group.order <= SMALL_ORDER else REPLICATES_OF_LARGE
    errors = np.array([[error(width) for width in WIDTHS] for _ in range(count)])
    slopes = np.log(errors[:, -1] / errors[:, 0]) / np.log(WIDTHS[-1] / WIDTHS[0])
    quantile = float(student.ppf(1 - LEVEL / 2, len(slopes) - 1))
    half_width = quantile * float(slopes.std(ddof=1)) / np.sqrt(len(slopes))
    means = np.sqrt((errors**2).mean(axis=0))
    return Sampled(
        float(slopes.mean()),
        half_width,
        {str(width): float(value) for width, value in zip(WIDTHS, means, strict=True)},
    )


def trained_population(group: FiniteGroup, generator: np.random.Generator) -> Trained:
    """Accuracy of networks trained from random starts, whose neurons are the first ones of the widest."""
    widths = TRAINED_WIDTHS if group.order <= LARGE_ORDER else TRAINED_WIDTHS_OF_LARGE
    run = _train(group, widths[-1], "unshared", generator)
    weights = {name: w[-1] for name, w in run.weights.items()}
    rows = {}
    for width in widths:
        theta = (weights["theta1"][:width], weights["theta2"][:width])
        rows[str(width)] = accuracy(sphere_network(group, width), theta, weights["xi"][:width])
    counts = np.bincount(dominant_irreps(weights, group), minlength=len(group.real_irreps))[1:]
    shares = counts / counts.sum()
    expected = population_logits(group, shares)
    drawn = [drawn_maxima(group, shares, widths[-1], generator) for _ in range(DRAWS)]
    errors = [float(np.linalg.norm(centred_logits(group, w) - expected)) for w in (weights, *drawn)]
    typical = float(np.sqrt(np.mean(np.square(errors[1:]))))
    size = float(np.linalg.norm(expected))
    return Trained(rows, errors[0] / size, typical / size)


def shared_embedding(group: FiniteGroup, generator: np.random.Generator) -> tuple[float, float]:
    """Accuracy of a trained network with a shared embedding, and its bound."""
    run = _train(group, SHARED_NEURONS, "shared", generator)
    theta, xi = run.snapshot(-1)
    return accuracy(run.network, theta, xi), largest_shared_accuracy(group)


def _train(group: FiniteGroup, neurons: int, embedding: str, generator: np.random.Generator) -> Run:
    network = sphere_network(group, neurons, embedding)
    return simulate(
        network,
        weights=random_start(network, generator),
        softmax="uniform",
        until=CONVERGED,
        snapshots=2,
        rtol=RTOL,
        estimate_error=False,
    )
