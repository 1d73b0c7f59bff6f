"""Haar phases: at convergence phases are uniform on the circle, and frames uniform on their spheres."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import ComplexArray, FloatArray
from odekit.claims.experiments.spheres import PAPER_B, choose_groups, random_start, sphere_network
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import (
    LEVEL,
    Law,
    concentrated,
    kuiper,
    mean_test,
    null_coordinate,
    null_share,
    rayleigh,
    uniform_coordinate,
)
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import irrep_shares
from odekit.groups import FiniteGroup, RealIrrep, group_fourier
from odekit.simulation import Run, simulate

__all__ = ["CLAIM"]

Weights = Mapping[str, FloatArray]

QUICK, FULL = ("Z7", "Q8", "A4"), ("Z12", "S3", "D4", "F21", "S4")
NEURONS, MOST = 1500, 20_000  # the first enough for a power of 99 % against concentrated frames
SMALL_ORDER = 24  # above it half as many, to save time
CONVERGED = 1e-5  # leaves less than 1e-6 of a neuron outside of its irrep
RTOL = 1e-6  # frames scatter by far more
CONCENTRATION = 1.0  # the weakest preference of a direction that the tests must see
POWER = 0.99
CURVE = 81  # points of the distribution that is drawn


@dataclass(frozen=True)
class _Frames:
    """Converged neurons of all irreps of one type and dimension on one group.

    Parameters
    ----------
    name: group and kind.
    r: real dimension.
    count: N, neurons.
    coordinates: by weight group, (N,) ``sqrt(n/r) w[1]``, such as <p, q> for theta1.
    shares: by frame, (N,) ``|<p, e>|^2`` and their law; empty where m = 1.
    phases: by name, (N,) of theta1 and theta2, their sum and difference; empty but for pairs with m = 1.
    share_law: of the shares.
    """

    name: str
    r: int
    count: int
    coordinates: Mapping[str, FloatArray]
    shares: Mapping[str, FloatArray]
    phases: Mapping[str, FloatArray]
    share_law: Law

    @property
    def alternative(self) -> Law:
        """The law of a coordinate if frames were concentrated."""
        return concentrated(self.r, CONCENTRATION)

    @property
    def reach(self) -> float:
        """-log10 of the p-value that the alternative reaches with a probability of 99 %."""
        least = self.alternative.quantile(self.count, 1 - POWER)
        return _digits(mean_test(max(least, 0.0), null_coordinate(self.r), self.count))

    @property
    def against_alternative(self) -> float:
        """-log10 of the largest p-value of the alternative in the measured coordinates."""
        return min(_digits(mean_test(x, self.alternative)) for x in self.coordinates.values())

    def p_values(self) -> Iterator[tuple[str, float]]:
        """Every test, by name."""
        for name, x in self.coordinates.items():
            yield f"{self.name}: mean in {name}", mean_test(x, null_coordinate(self.r))
            if self.r > 1:
                yield f"{self.name}: mean square in {name}", mean_test(x**2, null_share(0.5, self.r))
        both = self.coordinates["theta1"] * self.coordinates["theta2"]
        yield f"{self.name}: theta1 and theta2 together", mean_test(both, Law(0.0, 1 / self.r**2, 1.0))
        for name, share in self.shares.items():
            yield f"{self.name}: mean of |<{name}, e>|^2", mean_test(share, self.share_law)
        for name, angles in self.phases.items():
            yield f"{self.name}: Rayleigh, {name}", rayleigh(angles)
            yield f"{self.name}: Kuiper, {name}", kuiper(angles)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train many random neurons and test where they end against the uniform law.

    A test is made where there are neurons enough for a power of 99 % against frames that are concentrated.
    """
    generator = settings.generator(claim.id)
    everything = [
        f for group in choose_groups(settings, QUICK, FULL) for f in _frames(group, settings, generator)
    ]
    tests = sum(len(list(f.p_values())) for f in everything)
    needed = _digits(LEVEL / max(tests, 1))
    tested = [f for f in everything if f.reach >= needed]
    p_values = dict(test for f in tested for test in f.p_values())
    gap = max(map(_digits, p_values.values()), default=math.nan)
    tolerance = min((f.reach for f in tested), default=math.inf)
    worst = min((f.against_alternative for f in tested), default=math.nan)
    return claim.verdict(
        gap=gap,
        budget={"sampling": needed},
        tolerance=tolerance,
        control=Control(
            f"frames are von Mises-Fisher distributed with concentration {CONCENTRATION:g}",
            judge(worst, needed, tolerance),
        ),
        predicted={"<p, q>": 0.0, "<p, q>^2 r": 1.0},
        measured=_moments(tested),
        evidence={
            "smallest p-value times the number of tests": 10**-gap * tests,
            "level": LEVEL,
            "tests": len(p_values),
            "p-values": p_values,
            "neurons": {f.name: f.count for f in everything},
            **_series(tested),
            "too few for the power": [f.name for f in everything if f.reach < needed],
            "-log10 of the p-value of concentrated frames": {f.name: f.against_alternative for f in tested},
            "mean of |<p, e>|^2, measured and predicted": {
                f.name: (float(f.shares["p"].mean()), f.share_law.mean) for f in tested if f.shares
            },
        },
        text=f"Every test at level {LEVEL:g} over all tests together, with power {POWER:g} against von Mises-"
        f"Fisher frames of concentration {CONCENTRATION:g}. At an order-2 character the phase is a sign; at "
        "convergence the phase of xi is the sum of the two others.",
    )


def _digits(p: float) -> float:
    return -math.log10(max(p, 1e-300))


def _series(tested: Sequence[_Frames]) -> dict[str, object]:
    """Distribution of a coordinate of the frames of each kind, less that of a uniform frame."""
    places = np.linspace(-1.0, 1.0, CURVE)
    curves = {
        f.name: np.searchsorted(np.sort(f.coordinates["theta1"]), places) / f.count
        - uniform_coordinate(f.r, places)
        for f in tested
        if f.r > 1
    }
    if not curves:
        return {}
    drawn = {
        "x": {"label": "<p, q>", "values": places},
        "y": {"label": "excess share of neurons below"},
        "curves": curves,
        "caption": "Distribution of the product of two final frames, on each kind of irrep, less that of "
        "uniform frames. By chance $N$ neurons are off by about $1/sqrt(4 N)$.",
    }
    return {"series": drawn}


def _moments(tested: Sequence[_Frames]) -> dict[str, float]:
    """Means over all neurons tested."""
    if not tested:
        return {}
    products = np.concatenate([x for f in tested for x in f.coordinates.values()])
    squares = np.concatenate([f.r * x**2 for f in tested for x in f.coordinates.values()])
    return {"<p, q>": float(products.mean()), "<p, q>^2 r": float(squares.mean())}


def _frames(group: FiniteGroup, settings: Settings, generator: np.random.Generator) -> Iterator[_Frames]:
    """Train, and gather the neurons that each kind of real irrep won."""
    fewer = NEURONS if group.order <= SMALL_ORDER else NEURONS // 2
    network = sphere_network(group, settings.value("neurons", fewer))
    run = simulate(
        network,
        weights=random_start(network, generator),
        softmax="uniform",
        until=CONVERGED,
        snapshots=2,
        rtol=RTOL,
        estimate_error=False,
    )
    last = _converged(run)
    winners = irrep_shares(last["theta1"], group).argmax(axis=-1)
    kinds: dict[tuple[str, int], list[int]] = {}
    for place, sigma in enumerate(group.real_irreps):
        if (winners == place).any():
            kinds.setdefault((sigma.type, sigma.m), []).append(place)
    for places in kinds.values():
        yield _gathered(
            group, [(group.real_irreps[i], {n: w[winners == i] for n, w in last.items()}) for i in places]
        )


def _converged(run: Run) -> dict[str, FloatArray]:
    """The last weights of neurons with all but 1e-6 of theta1 in one real irrep."""
    shares = irrep_shares(run.weights["theta1"][-1], run.network.finite_group)
    done = shares.max(axis=-1) > 1 - 1e-6
    return {name: w[-1][done] for name, w in run.weights.items()}


def _gathered(group: FiniteGroup, parts: Sequence[tuple[RealIrrep, Weights]]) -> _Frames:
    sigma = parts[0][0]
    size = np.sqrt(group.order / sigma.r)
    every = {n: np.concatenate([w[n][:, group.identity] for _, w in parts]) for n in parts[0][1]}
    return _Frames(
        name=f"{group.name}, type {sigma.type}, m = {sigma.m}",
        r=sigma.r,
        count=sum(len(w["xi"]) for _, w in parts),
        coordinates={name: size * values for name, values in every.items()},
        shares=_joined([_shares(group, s, w) for s, w in parts]) if sigma.m > 1 else {},
        phases=_joined([_phases(group, s, w) for s, w in parts]) if (sigma.type, sigma.m) == ("C", 1) else {},
        share_law=null_share(sigma.kappa / 2, sigma.m),
    )


def _joined(parts: Sequence[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _shares(group: FiniteGroup, sigma: RealIrrep, weights: Weights) -> dict[str, FloatArray]:
    """``|<p, e>|^2`` over K by frame, e the first vector of the basis: from first rows and columns.

    A block is a multiple of ``p q^*``, over K, which as a complex matrix has rank 2 at type H.
    """
    width = 2 if sigma.type == "H" else 1
    first, second = (group_fourier(weights[n], group)[sigma.members[0]] for n in ("theta1", "theta2"))

    def part(entries: ComplexArray, block: ComplexArray) -> FloatArray:
        whole = (np.abs(block) ** 2).sum(axis=(-2, -1))
        return np.asarray(width * (np.abs(entries) ** 2).sum(axis=-1) / whole)

    return {
        "p": part(first[..., 0, :], first),
        "q": part(first[..., :, 0], first),
        "w": part(second[..., :, 0], second),
    }


def _phases(group: FiniteGroup, sigma: RealIrrep, weights: Weights) -> dict[str, FloatArray]:
    """Phases of the coefficients of theta1 and theta2, their sum and their difference."""
    first, second = (
        np.angle(group_fourier(weights[n], group)[sigma.members[0]][..., 0, 0]) for n in ("theta1", "theta2")
    )
    return {
        "phase of theta1": first,
        "phase of theta2": second,
        "their sum": first + second,
        "their difference": first - second,
    }


def _applies(group: FiniteGroup) -> bool:
    return len(group.real_irreps) > 1


CLAIM = Claim(
    id="haar-phases",
    statement="From random starts the final phases are uniform on the circle, and the final frames $p$, "
    "$q$, $w$ uniform on their spheres and independent.",
    source="arXiv 2606.02993, diversification within an irrep",
    paper=PAPER_B,
    hypotheses="any group of order at least 2, uniform starts on three spheres, unshared embedding, "
    "quadratic activation, uniform softmax",
    experiment=experiment,
    applies=_applies,
    takes={"neurons": neurons_from(100, MOST)},
)
