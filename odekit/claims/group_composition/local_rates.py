"""Local rates: near a maximum losers fade at e, frames align at 2 e and phases at 3 e, on any group."""

from collections.abc import Iterator, Mapping

import numpy as np

from odekit.arrays import ComplexArray, FloatArray
from odekit.claims.experiments.spheres import (
    PAPER_B,
    Fits,
    choose_groups,
    explicit_maxima,
    fit_rates,
    maximum_of,
    pooled,
    sphere_network,
    train,
    unit_frames,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import irrep_shares
from odekit.derivation import critical_point, lift
from odekit.groups import FiniteGroup, RealIrrep, group_fourier
from odekit.networks import Network

__all__ = ["CLAIM", "rates_by_kind"]

GROUPS = ("S3", "A4", "F21", "Q8")  # irreps of the types R, C and H, with frames and without
NEURONS = 3
PERTURBATION = 0.05  # so small that the linearised rates hold before LAST is reached
LEAST = 0.1 * PERTURBATION  # of each deviation: what is of second order in the perturbation stays below it
RTOL = 1e-12  # deviations are followed down to 1e-7
TOLERANCE = 1e-2  # a tenth of what the false rate is off
LAST = 1e-7  # below it, rounding and integrator show in the slopes
DECAY = 16.0  # e-foldings of the slowest deviation, from PERTURBATION to below LAST
SNAPSHOTS = 65  # four to each of these
WRONG_RATE = 1.1  # ten tolerances off, and still a nearby statement
LOSERS, MINOR, FRAMES, PHASE = "losing irreps", "minor singular values", "frames", "phase"


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Perturb explicit maxima of every real irrep at random, train, and fit what is left of the perturbation.

    The rates that are predicted are eigenvalues of the derived spectrum, in units of the energy e there.
    """
    groups = choose_groups(settings, GROUPS)
    generator = settings.generator(claim.id)
    measured = {
        (group.name, name, kind): (fits, curve)
        for group in groups
        for name, kind, fits, curve in _measure(
            group, _chosen(group, settings.full), settings.value("neurons", NEURONS), generator
        )
    }
    found = {key: fits for key, (fits, _) in measured.items()}
    kinds = {kind: pooled(f for (*_, k), f in found.items() if k == kind) for *_, kind in found}
    budget = {
        "slopes' intervals": max(fits.width for fits in kinds.values()),
        "integrator": 2 * SNAPSHOTS * RTOL / LAST,
    }
    allowed = sum(budget.values())
    wrong = min(fits.against(WRONG_RATE).gap for fits in kinds.values())
    units = _units(groups)
    return claim.verdict(
        gap=max(fits.gap for fits in kinds.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control("every rate is 10 % larger", judge(wrong, allowed, TOLERANCE)),
        predicted={f"{kind}, in units of e": units[kind] for kind in kinds},
        measured={f"{kind}, in units of e": units[kind] * fits.typical for kind, fits in kinds.items()},
        checks={
            "every slope could be fitted": all(len(fits.ratios) == fits.count for fits in kinds.values()),
            "every interval leaves out a rate that is 10 % larger": all(
                fits.interval[1] < WRONG_RATE for fits in kinds.values()
            ),
        },
        evidence={
            "groups": [group.name for group in groups],
            "rates in units of e, intervals": {
                ", ".join(key): [units[key[-1]] * end for end in fits.interval] for key, fits in found.items()
            },
            "energies e": {
                f"{group.name}, {sigma.name}": maximum_of(_network(group), sigma).energy
                for group in groups
                for sigma in group.real_irreps[1:]
            },
            "series": _series({key[-1]: curve for key, (_, curve) in measured.items()}),
        },
        text="In units of the energy $e = 2 sqrt(n/r)$ at the maximum. Frames exist where $m$ is at least 2, "
        "phases at types C and H; at type H the phase is a unit quaternion.",
    )


def _series(curves: Mapping[str, tuple[FloatArray, FloatArray]]) -> dict[str, object]:
    """A deviation of each kind, at the times of the shortest run, in units of 1/e."""
    t = min((times for times, _ in curves.values()), key=lambda times: float(times[-1]))
    return {
        "x": {"label": "e t", "values": t},
        "y": {"label": "deviation from the maximum"},
        "curves": {kind: np.exp(np.interp(t, *_logarithm(*curve))) for kind, curve in curves.items()},
        "scale": "semilogy",
        "caption": "How a neuron that was pushed off a maximum comes back, in each way there is, time in "
        "units of $1/e$: slopes $-1$, $-2$ and $-3$.",
    }


def _logarithm(t: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    return t, np.log(np.maximum(values, np.finfo(np.float64).tiny))


def rates_by_kind(network: Network, type: str) -> dict[str, float]:
    """The derived rate of each kind of deviation from a maximum, in units of its energy.

    A kind is where its directions live. With no other irrep and m = 1 only the phase can deviate; a larger
    order adds losing irreps; at m = 2 there are minor singular values, one block of kappa entries for each
    weight group, which no isometry touches, so that they move like losers; what is left are frames.

    Parameters
    ----------
    type: ``"R"``, ``"C"`` or ``"H"``.
    """
    flow, kappa = lift(network), {"R": 1, "C": 2, "H": 4}[type]

    def falling(order: int, m: int) -> dict[float, int]:
        spectrum = critical_point(flow, order, "", type, m).spectrum
        return {e.value: e.multiplicity for e in spectrum if e.value < 0}

    phase, with_losers, with_frames = falling(kappa, 1), falling(kappa + 1, 1), falling(4 * kappa, 2)
    losers = next(v for v, count in with_losers.items() if count > phase.get(v, 0))
    frames = next(v for v in with_frames if v not in phase and v != losers)
    rates = {LOSERS: -losers, MINOR: -losers, FRAMES: -frames}
    return {**rates, PHASE: -min(phase)} if phase else rates


def _network(group: FiniteGroup, neurons: int = 1) -> Network:
    return sphere_network(group, neurons)


def _chosen(group: FiniteGroup, full: bool) -> list[RealIrrep]:
    """One nontrivial real irrep of each type and dimension; all of them in the full set."""
    irreps = group.real_irreps[1:]
    return list(irreps if full else {(sigma.type, sigma.m): sigma for sigma in irreps}.values())


def _units(groups: list[FiniteGroup]) -> dict[str, float]:
    """The predicted rates in units of e, of all kinds that occur."""
    units: dict[str, float] = {}
    for group in groups:
        for sigma in group.real_irreps[1:]:
            units |= rates_by_kind(_network(group), sigma.type)
    return units


def _measure(
    group: FiniteGroup, chosen: list[RealIrrep], neurons: int, generator: np.random.Generator
) -> Iterator[tuple[str, str, Fits, tuple[FloatArray, FloatArray]]]:
    """The real irrep, the kind of deviation, its fits, and one neuron's over time in units of 1/e.

    All come from one run of neurons near all these maxima.
    """
    network = _network(group, neurons * len(chosen))
    starts = [_start(group, sigma, neurons, generator) for sigma in chosen]
    start = {name: np.concatenate([weights[name] for weights in starts]) for name in starts[0]}
    energies = [maximum_of(network, sigma).energy for sigma in chosen]
    run = train(network, start, np.linspace(0.0, DECAY / min(energies), SNAPSHOTS), RTOL)
    for index, (sigma, energy) in enumerate(zip(chosen, energies, strict=True)):
        units = rates_by_kind(network, sigma.type)
        own = slice(index * neurons, (index + 1) * neurons)
        trained = {name: w[:, own] for name, w in run.weights.items()}
        for kind, values in _deviations(trained, group, sigma).items():
            curve = energy * run.t, values[:, 0]
            yield sigma.name, kind, fit_rates(run.t, values, energy * units[kind], LAST), curve


def _start(
    group: FiniteGroup, sigma: RealIrrep, neurons: int, generator: np.random.Generator
) -> dict[str, FloatArray]:
    """Neurons near maxima, perturbed until each of them deviates in every way there is.

    One that by chance hardly deviates in some way only shows there what others leave at second order.
    """
    maxima = explicit_maxima(sigma, unit_frames(generator, neurons, sigma.r))
    start = {name: _perturbed(w, generator) for name, w in maxima.items()}
    while (still := np.min([*_deviations(start, group, sigma).values()], axis=0) < LEAST).any():
        for name, w in maxima.items():
            start[name][still] = _perturbed(w[still], generator)
    return start


def _perturbed(weights: FloatArray, generator: np.random.Generator) -> FloatArray:
    noise = generator.standard_normal(weights.shape)
    moved = weights + PERTURBATION * noise / np.linalg.norm(noise, axis=-1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=-1, keepdims=True))


def _deviations(
    weights: Mapping[str, FloatArray], group: FiniteGroup, sigma: RealIrrep
) -> dict[str, FloatArray]:
    """How far each neuron is from a maximum at sigma in every way there is, each (T, M).

    The amplitude of other irreps; the second singular value over the first; the sine of the angle between
    the first right singular space of theta1 and the first left one of theta2; and, of xi^* theta1 theta2 on
    its first singular space, the length of the skew part over the whole. Each vanishes at a maximum.
    """
    place = [other.name for other in group.real_irreps].index(sigma.name)
    shares = np.delete(irrep_shares(weights["theta1"], group), place, axis=-1)
    deviations = {LOSERS: np.sqrt(shares.sum(axis=-1))}
    a, b, c = (group_fourier(weights[n], group)[sigma.members[0]] for n in ("theta1", "theta2", "xi"))
    width = 2 if sigma.type == "H" else 1
    if sigma.m > 1:
        _, values, right = np.linalg.svd(a)
        left, *_ = np.linalg.svd(b)
        deviations[MINOR] = values[..., width] / values[..., 0]
        deviations[FRAMES] = _sine(_adjoint(right)[..., :width], left[..., :width])
    if sigma.kappa > 1:
        deviations[PHASE] = _skewness(_adjoint(c) @ a @ b, width)
    return deviations


def _sine(first: ComplexArray, second: ComplexArray) -> FloatArray:
    """Sine of the largest angle between two spaces given by orthonormal columns."""
    left_over = first - second @ (_adjoint(second) @ first)
    return np.asarray(np.linalg.norm(left_over, ord=2, axis=(-2, -1)))


def _skewness(product: ComplexArray, width: int) -> FloatArray:
    """Length of the skew part over the whole, on the product's first singular space."""
    _, _, right = np.linalg.svd(product)
    frame = _adjoint(right)[..., :width]
    inner = _adjoint(frame) @ product @ frame
    skew = (inner - _adjoint(inner)) / 2
    return np.asarray(np.linalg.norm(skew, axis=(-2, -1)) / np.linalg.norm(inner, axis=(-2, -1)))


def _adjoint(matrices: ComplexArray) -> ComplexArray:
    return np.asarray(matrices.conj().swapaxes(-2, -1))


def _applies(group: FiniteGroup) -> bool:
    return len(group.real_irreps) > 1


CLAIM = Claim(
    id="local-rates",
    statement="Near a maximum the losing irreps and minor singular values fade at rate $e$, the frames of "
    "the winner align at $2 e$, its phases at $3 e$.",
    source="arXiv 2606.02993, local rates at the maxima",
    paper=PAPER_B,
    hypotheses="any group of order at least 2, unshared embedding, each weight vector on its sphere at equal "
    "rates, quadratic activation, uniform softmax",
    experiment=experiment,
    applies=_applies,
    takes={"neurons": neurons_from(1)},
)
