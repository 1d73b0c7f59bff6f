"""Competition rate: losers' amplitudes decay at the winner's energy, from a competition solved exactly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from odekit.arrays import EPS, BoolArray, ComplexArray, FloatArray, IndexArray
from odekit.claims.experiments.modes import choose_group
from odekit.claims.experiments.spheres import (
    PAPER_B,
    Fits,
    aligned_start,
    coefficients,
    common_growth,
    exact_magnitudes,
    fit_rates,
    has_competitors,
    maximum_of,
    pooled,
    random_magnitudes,
    train,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.derivation import lift
from odekit.groups import FiniteGroup, mode_basis
from odekit.networks import Network
from odekit.simulation import Run

__all__ = ["CLAIM"]

NEURONS = 8
RTOL = 1e-12  # amplitudes are followed down to 1e-7
LOOSER = 10.0  # a run at a tolerance so much larger tells the integrator's error
TOLERANCE = 2e-2  # far below the factor 2 of the false statement
LAST = 1e-7  # below it, rounding and integrator show in the slopes
DECAY = 19.0  # e-foldings of the slowest amplitude, to well below LAST
SNAPSHOTS = 77  # four to each of these
POWERS = {"amplitude": 1, "squared amplitude": 2, "part of the energy": 3}
WINDOW = 1e-12  # the same for squares and triple products: still far above their rounding


@dataclass(frozen=True)
class _Found:
    """One network's trained losers.

    Parameters
    ----------
    fits: slopes over the derived rates, by quantity.
    rates: the derived rates by quantity, against each kind of winner.
    """

    fits: Mapping[str, Fits]
    rates: Mapping[str, Mapping[str, float]]


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train aligned neurons, half of them won by a pair and half by an order-2 character where there is one.

    The losers' amplitude, its square and their part of the energy are fitted against the derived spectrum at
    the winner, and all magnitudes are compared with the exact solution. Other networks have rates of their
    own.
    """
    group = choose_group(settings, 6)
    generator = settings.generator(claim.id)
    count = settings.value("neurons", NEURONS * (4 if settings.full else 1))
    network = Network(group, neurons=count, embedding="unshared", constraint="sphere", loss="sum")
    winners = _winners(group, count, generator)
    magnitudes = random_magnitudes(group, winners, generator)
    start, times = aligned_start(network, magnitudes, generator), _times(network, winners)
    run, looser = (train(network, start, times, rtol) for rtol in (RTOL, LOOSER * RTOL))
    main = _main(run, winners)
    exact = exact_magnitudes(group, magnitudes, common_growth(network), run.t)
    closed = _closed(group, run.t, exact, winners, network)
    off = float(np.abs(np.abs(coefficients(run)["theta1"]) - exact).max())
    others = {name: _other(other, winners, generator) for name, other in _others(group, count).items()}
    every = [closed, *(fits for found in (main, *others.values()) for fits in found.fits.values())]
    budget = {
        "slopes' intervals": max(fits.width for fits in every),
        "integrator": float(max(np.abs(run.weights[n] - looser.weights[n]).max() for n in run.weights)),
        "rounding": group.order**2 * EPS,
    }
    allowed = sum(budget.values())
    noise = budget["integrator"] + budget["rounding"] + SNAPSHOTS * RTOL
    amplitude = main.fits["amplitude"]
    return claim.verdict(
        gap=max(fits.gap for fits in every),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the losers' amplitude decays at $2 E$", judge(amplitude.against(2.0).gap, allowed, TOLERANCE)
        ),
        predicted=_named(main.rates["amplitude"]),
        measured={
            name: rate * _of(main, name, winners, group)
            for name, rate in _named(main.rates["amplitude"]).items()
        },
        checks={
            "every slope could be fitted": all(len(fits.ratios) == fits.count for fits in every),
            "all magnitudes are those of the exact solution": off <= noise,
            "the largest magnitude at the start wins": bool((_last_winner(run) == winners).all()),
        },
        evidence={
            "group": group.name,
            "fitted over derived rate": {name: fits.interval for name, fits in main.fits.items()},
            "closed form's late slope over derived rate": closed.interval,
            "largest difference from the exact magnitudes": off,
            "other networks: fitted over derived rate": {
                name: {part: fits.interval for part, fits in found.fits.items()}
                for name, found in others.items()
            },
            "series": _series(run, exact, winners),
            "other networks: derived rates": {name: found.rates for name, found in others.items()},
        },
        text="$E$ is the energy at the winner: $sqrt(2n)$ at a conjugate pair, $2 sqrt(n)$ at a character "
        "of order 2. Squared amplitudes decay at $2 E$, the losers' part of the energy at $3 E$. So it is "
        "unshared, or shared at half rate; shared at full rate $theta$ decays at $2 E$ and $xi$ at $E$; on "
        "the joint sphere $theta1$ and $theta2$ at $2 E$ and $xi$ at $E$, with $E = sqrt(2n)/2$ at a pair. "
        "The closed form needs $D = 0$ and equal magnitudes at the start; the rate doesn't.",
    )


def _series(run: Run, exact: FloatArray, winners: IndexArray) -> dict[str, object]:
    """The losers' amplitude in the first neuron: trained, exact, and if it fell twice as fast."""
    group = run.network.finite_group
    t = run.t * _energies(run.network, winners)[0]
    amplitude, solution = (
        _amplitude(values, group, winners)[:, 0] for values in (coefficients(run)["theta1"], exact)
    )
    late = len(t) // 4
    return {
        "x": {"label": "E t", "values": t},
        "y": {"label": "amplitude of the losing irreps"},
        "curves": {
            "trained network": amplitude,
            "exact solution": solution,
            "decay at 2 E, the control": np.where(
                t >= t[late], solution[late] * np.exp(-2 * (t - t[late])), np.nan
            ),
        },
        "scale": "semilogy",
        "caption": "What is left of the losing irreps in a trained neuron, time in units of $1/E$: it falls "
        "along the exact solution, in the end with slope $-1$.",
    }


def _winners(group: FiniteGroup, count: int, generator: np.random.Generator) -> IndexArray:
    """Positions in the mode basis, alternating between pairs and order 2 where both exist."""
    is_real = mode_basis(group).is_real
    kinds = [np.flatnonzero(mask) for mask in (~is_real, is_real) if mask.any()]
    return np.array([generator.choice(kinds[i % len(kinds)]) for i in range(count)])


def _others(group: FiniteGroup, count: int) -> dict[str, Network]:
    """Networks with rates of their own."""
    return {
        "shared, full rate": Network(group, neurons=count, constraint="sphere", loss="sum"),
        "joint sphere": Network(
            group, neurons=count, embedding="unshared", constraint="joint_sphere", loss="sum"
        ),
    }


def _energies(network: Network, winners: IndexArray) -> FloatArray:
    """The derived energy at each neuron's winner, (M,)."""
    characters = mode_basis(network.finite_group).characters[winners]
    irreps = [next(s for s in network.finite_group.real_irreps if c in s.members) for c in characters]
    known = {sigma.name: maximum_of(network, sigma).energy for sigma in irreps}
    return np.array([known[sigma.name] for sigma in irreps])


def _times(network: Network, winners: IndexArray) -> FloatArray:
    """Long enough for every amplitude to fall below 1e-7."""
    slowest = float(_energies(network, winners).min()) * min(map(float, lift(network).radial.values()))
    return np.linspace(0.0, DECAY / slowest, SNAPSHOTS)


def _amplitude(values: FloatArray | ComplexArray, group: FiniteGroup, winners: IndexArray) -> FloatArray:
    """Amplitude (T, M) outside of each neuron's winner, of coefficients (T, M, n)."""
    return np.asarray(np.sqrt((np.abs(values) ** 2 * _outside(group, winners)).sum(axis=-1)))


def _outside(group: FiniteGroup, winners: IndexArray) -> BoolArray:
    """Characters other than each neuron's winner and its conjugate, (M, n)."""
    outside = np.ones((len(winners), group.order), dtype=bool)
    for neuron, character in enumerate(mode_basis(group).characters[winners]):
        sigma = next(s for s in group.real_irreps if character in s.members)
        outside[neuron, list(sigma.members)] = False
    return outside


def _main(run: Run, winners: IndexArray) -> _Found:
    """Amplitude, square and part of the energy of the losers, at equal rates on three spheres."""
    network = run.network
    group, energies = network.finite_group, _energies(network, winners)
    hats = coefficients(run)
    amplitude = _amplitude(hats["theta1"], group, winners)
    parts = (hats["theta1"] * hats["theta2"] * hats["xi"].conj()).real * _outside(group, winners)
    trivial = list(group.real_irreps[0].members)
    parts[..., trivial] = 0.0
    quantities = {
        "amplitude": (amplitude, LAST),
        "squared amplitude": (amplitude**2, WINDOW),
        "part of the energy": (parts.sum(axis=-1), WINDOW),
    }
    decay = float(lift(network).radial["theta1"])
    fits = {
        name: _fit_all(run.t, values, POWERS[name] * decay * energies, floor)
        for name, (values, floor) in quantities.items()
    }
    rates = {name: _by_winner(group, winners, POWERS[name] * decay * energies) for name in quantities}
    return _Found(fits, rates)


def _closed(
    group: FiniteGroup, t: FloatArray, exact: FloatArray, winners: IndexArray, network: Network
) -> Fits:
    """The losers' amplitude in the exact solution, fitted like that of trained weights."""
    decay = float(lift(network).radial["theta1"])
    return _fit_all(t, _amplitude(exact, group, winners), decay * _energies(network, winners), LAST)


def _other(network: Network, winners: IndexArray, generator: np.random.Generator) -> _Found:
    """Amplitudes of the losers of another network, in each weight group."""
    magnitudes = random_magnitudes(network.finite_group, winners, generator)
    start = aligned_start(network, magnitudes, generator)
    run = train(network, start, _times(network, winners), RTOL)
    group, energies = network.finite_group, _energies(network, winners)
    radial = {name: float(value) for name, value in lift(network).radial.items()}
    hats = coefficients(run)
    fits = {
        name: _fit_all(run.t, _amplitude(hats[name], group, winners), radial[name] * energies, LAST)
        for name in hats
    }
    return _Found(fits, {name: _by_winner(group, winners, radial[name] * energies) for name in hats})


def _fit_all(t: FloatArray, values: FloatArray, predicted: FloatArray, floor: float) -> Fits:
    """Fits of values (T, M), each over its own predicted rate (M,)."""
    return pooled(fit_rates(t, values[:, [i]], float(rate), floor) for i, rate in enumerate(predicted))


def _by_winner(group: FiniteGroup, winners: IndexArray, values: FloatArray) -> dict[str, float]:
    """One value for each kind of winner."""
    return {_kind(group, place): float(value) for place, value in zip(winners, values, strict=True)}


def _kind(group: FiniteGroup, place: int) -> str:
    return "order 2" if mode_basis(group).is_real[place] else "pair"


def _named(rates: Mapping[str, float]) -> dict[str, float]:
    return {f"against a winner of kind {kind}": rate for kind, rate in rates.items()}


def _of(found: _Found, name: str, winners: IndexArray, group: FiniteGroup) -> float:
    """Median ratio of the amplitude against one kind of winner."""
    kinds = np.array([_kind(group, place) for place in winners])
    ratios = found.fits["amplitude"].ratios
    chosen = ratios[[name.endswith(kind) for kind in kinds]] if len(ratios) == len(kinds) else ratios
    return float(np.median(chosen))


def _last_winner(run: Run) -> IndexArray:
    """Position in the mode basis of the largest coefficient at the end."""
    basis = mode_basis(run.network.finite_group)
    last = np.abs(coefficients(run)["theta1"][-1])
    return np.asarray(last[:, basis.characters].argmax(axis=-1))


def _applies(group: FiniteGroup) -> bool:
    return group.is_abelian and has_competitors(group)


CLAIM = Claim(
    id="competition-rate",
    statement="The losing irreps' amplitudes decay exponentially at the winner's energy $E$: $sqrt(2n)$ "
    "against a conjugate pair, $2 sqrt(n)$ against a character of order 2.",
    source="arXiv 2606.02993, rate of competition",
    paper=PAPER_B,
    hypotheses="Abelian group with at least two nontrivial real irreps, quadratic activation, spheres, "
    "uniform softmax; the closed form needs D = 0 and equal magnitudes of theta1, theta2 and xi",
    experiment=experiment,
    applies=_applies,
    takes={"neurons": neurons_from(2)},
)
