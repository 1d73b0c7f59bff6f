"""Energy maxima: features that climb |Y^T sigma(X w)|^2 / 2 end at irreps, as with output weights."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

from odekit.arrays import EPS, FloatArray, IndexArray
from odekit.claims.experiments import (
    hessian_with_outputs,
    hessian_without_outputs,
    label_flow,
    layer_curvatures,
)
from odekit.claims.experiments.spheres import choose_groups, has_competitors
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import irrep_shares
from odekit.derivation import CriticalPoint, landscape, lift
from odekit.groups import FiniteGroup, cyclic
from odekit.networks import Network
from odekit.simulation import climb_label_energy, label_energy, label_gradient, label_hessian, label_responses
from odekit.solvers import solve
from odekit.systems import System, reduce

__all__ = ["CLAIM"]

QUICK, FULL = ("Z4", "S3", "Q8"), ("Z5", "D4", "A4", "F21")
LARGEST = 24  # order of a group, whose spectra are those of matrices of twice the size
NEURONS = 12
LIVES = 60.0  # of a direction that decays at the slowest rate, from any start but nearly at a saddle
RTOL, LOOSER = 1e-10, 1e-9  # their difference tells the integrator's error
RACERS, MOMENTS = 40, 41
SHOWN = 1.2  # time of a drawn climb, by which it has ended
SHARE = 0.9  # of the earliest blow-up of any weights of length 1, up to which the free flow is followed
CLEAR = 1.05  # ratio of the two blow-up times of a race that isn't called a draw
# Bound of a spectrum's change, in units of the energy E, per gradient at its place. A quartic's Hessian
# changes by 24 max E over a distance, where max E is at most r E and r at most 6; directions decay at 4 E or
# faster; and to turn the projections costs less than the same again.
STEEP = 100.0
TOLERANCE = 1e-4  # far below the eigenvalue 8 that the control leaves out
PAIR, SIGN = ("P", "Q"), ("p", "q")  # squares of both layers on Z4: at the pair, and at order 2


@dataclass(frozen=True, eq=False)
class _Ended:
    """Neurons of one group where they came to rest on the sphere.

    Parameters
    ----------
    group: what they learn. start, weights: (M, 2 n), of length 1, before and after.
    points: the derived maxima of the energy with output weights, by nontrivial real irrep.
    """

    group: FiniteGroup
    start: FloatArray
    weights: FloatArray
    points: tuple[CriticalPoint, ...]

    @property
    def energies(self) -> FloatArray:
        """(M,), of the neurons."""
        return label_energy(self.group.table, self.weights)

    @property
    def residual(self) -> float:
        """Largest gradient on the sphere, over the energy."""
        slope = label_gradient(self.group.table, self.weights)
        slope = slope - (slope * self.weights).sum(axis=1, keepdims=True) * self.weights
        return float((np.linalg.norm(slope, axis=1) / self.energies).max())

    @property
    def shares(self) -> FloatArray:
        """(2, M, irreps), of every real irrep in each layer."""
        return np.array([irrep_shares(part, self.group) for part in np.split(self.weights, 2, axis=1)])

    @property
    def won(self) -> IndexArray:
        """(M,), the place of the irrep that leads in the first layer."""
        return np.asarray(self.shares[0].argmax(axis=1))

    @property
    def outside(self) -> float:
        """Largest amplitude of a layer outside that irrep."""
        own = self.shares[:, np.arange(len(self.won)), self.won].min()
        return float(np.sqrt(max(0.0, 1 - own)))

    @property
    def expected(self) -> FloatArray:
        """(M,), e^2/8 of the maximum e of the energy with output weights on three spheres."""
        return np.array([self.points[place - 1].energy for place in self.won]) ** 2 / 8

    @property
    def energy_gap(self) -> float:
        """Largest relative distance of an energy from what is expected."""
        return float(np.abs(self.energies / self.expected - 1).max())

    @property
    def response_gap(self) -> float:
        """The same of the energy with output weights, at these weights and at output weights along q."""
        responses = label_responses(self.group.table, np.sqrt(2) * self.weights)
        along = responses / np.linalg.norm(responses, axis=1, keepdims=True)
        own = np.array([self.points[place - 1].energy for place in self.won])
        return float(np.abs((along * responses).sum(axis=1) / own - 1).max())

    @property
    def with_outputs(self) -> FloatArray:
        """(M, 3 n, 3 n), the Hessian with output weights on three spheres, in units of its energy."""
        return hessian_with_outputs(self.group.table, self.weights)

    @property
    def spectrum_gap(self) -> float:
        """Largest distance of an eigenvalue of that from the derived one."""
        derived = [_spectrum(self.points[place - 1]) for place in self.won]
        return float(np.abs(np.linalg.eigvalsh(self.with_outputs) - derived).max())

    def hessian_gap(self, factor: float, balance: float) -> float:
        """Largest entry of the difference between the Hessian on the sphere and what corresponds to it.

        In units of the energy: a multiple of the Schur complement, and along the balance of both layers, the
        weights with the second layer's signs changed, a value of its own.
        """
        eye, square = np.eye(self.weights.shape[1]), self.weights[:, :, None] * self.weights[:, None, :]
        off, along = eye - square, square * np.kron([[1, -1], [-1, 1]], np.ones((self.group.order,) * 2))
        hessians = label_hessian(self.group.table, self.weights) / self.energies[:, None, None]
        expected = factor * hessian_without_outputs(self.with_outputs) + balance * along
        return float(np.abs(off @ (hessians - 4 * eye) @ off - expected).max())


@dataclass(frozen=True, eq=False)
class _Race:
    """Two irreps of Z4 in the same neurons.

    Parameters
    ----------
    gap, error: of their squares by the reduced flow; of integrator and solver. Relative to the largest.
    agrees: whether the first to blow up wins on the sphere, in races that are clear.
    """

    gap: float
    error: float
    agrees: bool
    clear: int
    series: dict[str, object]


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Let random neurons climb, compare where they rest with the derived maxima, and race two irreps."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    ended = [_ended(group, neurons, generator) for group in choose_groups(settings, QUICK, FULL)]
    race, (factor, balance) = _race(generator), layer_curvatures()
    budget = {
        "residual of the climb": STEEP * max(end.residual for end in ended),
        "rounding of amplitudes": max(end.group.order for end in ended) * float(np.sqrt(EPS)),
        "integrator and solver of the race": race.error,
    }
    measured = {
        "amplitude outside one real irrep": max(end.outside for end in ended),
        "energies of maxima": max(end.energy_gap for end in ended),
        "energies with output weights": max(end.response_gap for end in ended),
        "spectra with output weights": max(end.spectrum_gap for end in ended),
        "Hessians without output weights": max(end.hessian_gap(factor, balance) for end in ended),
        "squares of irreps on Z4": race.gap,
    }
    return claim.verdict(
        gap=max(measured.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the balance of a neuron's two layers is neutral at a maximum",
            judge(max(end.hessian_gap(factor, 0.0) for end in ended), sum(budget.values()), TOLERANCE),
            f"it has the eigenvalue {balance:g} in units of the energy: both layers end with the same length",
        ),
        predicted=dict.fromkeys(measured, 0.0),
        measured=measured,
        checks={
            "on Z4 the irreps' squares close": _squares().closed,
            "the reduction is certified": _squares().certify().passed,
            "each irrep keeps the difference of its layers": len(_squares().first_integrals()) == 2,
            "the irrep that blows up first wins on the sphere": race.agrees,
        },
        evidence={
            "neurons won by each real irrep": {
                end.group.name: dict(Counter(end.group.real_irreps[place].name for place in end.won))
                for end in ended
            },
            "clear races": race.clear,
            "series": race.series,
        },
        text="The energy is odekit's with the output weights eliminated: $|q|^2/2$, where $|q|$ is the "
        "largest $<xi, q>$ for $|xi| = 1$. So both have their maxima at the same weights, one real irrep of "
        "K-rank one in both layers, xi along q; the energy is $e^2/8 = n/(2 r)$ on $|w| = 1$, r the real "
        f"dimension. In units of the energies the Hessian is {factor:g} times the Schur complement in xi of "
        f"the other one, that of $|q|$ on a sphere for each layer, with {balance:g} along their balance.",
    )


@cache
def _squares() -> System:
    """The derived flow of both layers' squares at each irrep of Z4, without a constraint."""
    observed = {}
    for layer, pair, sign in zip("ab", PAIR, SIGN, strict=True):
        even, odd = (f"({layer}{x} - {layer}{x + 2})**2" for x in (0, 1))
        observed[pair] = f"({even} + {odd})/2"
        observed[sign] = f"({layer}0 - {layer}1 + {layer}2 - {layer}3)**2/4"
    return reduce(label_flow(4), observables=observed)


def _spectrum(point: CriticalPoint) -> FloatArray:
    """The derived spectrum, ascending, where each sphere's normal counts as one 0."""
    values = [value for one in point.spectrum for value in [one.value] * one.multiplicity]
    return np.sort([*values, 0.0, 0.0, 0.0])


def _ended(group: FiniteGroup, neurons: int, generator: np.random.Generator) -> _Ended:
    start = _unit(generator.standard_normal((neurons, 2 * group.order)))
    slowest = 2 * group.order / max(irrep.r for irrep in group.real_irreps)  # 4 times the least maximum
    end = climb_label_energy(group.table, start, np.array([0.0, 2 * LIVES / slowest]), LOOSER)[-1]
    network = Network(group, neurons=1, embedding="unshared", constraint="sphere")
    return _Ended(group, start, _unit(end), landscape(lift(network), group))


def _unit(weights: FloatArray) -> FloatArray:
    return np.asarray(weights / np.linalg.norm(weights, axis=1, keepdims=True))


def _race(generator: np.random.Generator) -> _Race:
    """Follow weights on Z4 without a constraint, by the reduced flow, and on the sphere to the end."""
    group = cyclic(4)
    ended = _ended(group, RACERS, generator)
    highest = max(point.energy for point in ended.points) ** 2 / 8
    t = np.linspace(0.0, SHARE / (8 * highest), MOMENTS)  # (|w|^2)' = 8 E, at most 8 highest |w|^4
    tight, loose = (
        _squared(group, climb_label_energy(group.table, ended.start, t, rtol, sphere=False))
        for rtol in (RTOL, LOOSER)
    )
    order = [(*PAIR, *SIGN).index(state.name) for state in _squares().states]
    reduced, looser = (solve(_squares(), tight[0][order], t, rtol=rtol).y for rtol in (RTOL, LOOSER))
    scale = np.abs(tight).max()
    rates = dict(zip(order, _squares().function()(0.0, np.ones(4)), strict=True))
    times = [_blow_up(tight[0][place], tight[0][place + 1], rates[place]) for place in (0, 2)]
    clear = np.abs(np.log(times[0] / times[1])) > np.log(CLEAR)
    pair = next(place for place, irrep in enumerate(group.real_irreps) if irrep.r == 2)
    return _Race(
        gap=float(np.abs(tight[:, order] - reduced).max() / scale),
        error=float((np.abs(tight - loose).max() + np.abs(reduced - looser).max()) / scale),
        agrees=bool(((times[0] < times[1]) == (ended.won == pair))[clear].all()),
        clear=int(clear.sum()),
        series=_series(ended),
    )


def _squared(group: FiniteGroup, weights: FloatArray) -> FloatArray:
    """(T, 4, M): squares of both layers at the pair, then at order 2."""
    layers = np.split(weights, 2, axis=-1)
    parts = [irrep_shares(layer, group) * (layer**2).sum(axis=-1, keepdims=True) for layer in layers]
    places = sorted((1, 2), key=lambda place: -group.real_irreps[place].r)
    return np.stack([part[..., place] for place in places for part in parts], axis=1)


def _blow_up(first: FloatArray, second: FloatArray, rate: float) -> FloatArray:
    """Of ``P' = Q' = rate P Q``, which keeps P - Q."""
    return np.asarray(np.log(first / second) / (rate * (first - second)))


def _series(ended: _Ended) -> dict[str, object]:
    """Of the neuron whose race is the closest."""
    start = _squared(ended.group, ended.start[None])[0]
    closest = np.abs(np.log(start[0] * start[1] / (2 * start[2] * start[3]))).argmin()
    t = np.linspace(0.0, SHOWN, MOMENTS)
    squares = _squared(ended.group, climb_label_energy(ended.group.table, ended.start[[closest]], t, LOOSER))
    names = ("pair, first layer", "pair, second layer", "order 2, first layer", "order 2, second layer")
    return {
        "x": {"label": "time", "values": t},
        "y": {"label": "square at an irrep"},
        "curves": {name: squares[:, place, 0] for place, name in enumerate(names)},
        "caption": "Squares of a neuron's two layers at both irreps of Z4, climbing on the sphere: one irrep "
        "wins all, and both layers end with half of the square.",
    }


def _is_small(group: FiniteGroup) -> bool:
    return has_competitors(group) and group.order <= LARGEST


CLAIM = Claim(
    id="energy-maxima",
    statement="A neuron that climbs $E = |Y^T sigma(X w)|^2/2$ in a group task, $sigma(z) = z^2$, ends at a "
    "single real irrep; these maxima are those of the energy with output weights, and $E = n/(2 r)$.",
    source="arXiv 2509.21519, abstract: features are maxima of an energy; the maxima are derived here",
    paper="2509.21519",
    hypotheses="finite group with at least two nontrivial real irreps and of order 24 at most, all pairs, "
    "unshared embedding, weights on one sphere, random start",
    experiment=experiment,
    applies=_is_small,
    takes={"neurons": neurons_from(1)},
)
