"""ReLU's rates: 2Cp and 10Cp at the start, and a growth rate of their own once harmonics have filled in."""

from functools import lru_cache

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments.modes import (
    PAPER_A,
    choose_group,
    descend,
    faithful_place,
    is_wide_odd_cyclic,
    limit_rates,
    settle,
    spread_start,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import Modes, project
from odekit.derivation import growth_shape, initial_rates
from odekit.derivation.harmonics import derive_harmonic
from odekit.groups import FiniteGroup, wrap_phase
from odekit.networks import Network

__all__ = ["CLAIM"]

GROWTH, ALIGNMENT, LATER = (
    "growth at the start / 2Cn",
    "alignment at the start / 2Cn",
    "growth in the end / 2Cn",
)
PHASES = 128  # to average over: a single neuron's rates deviate by about 1/n
FIRST_STEP = 1e-4  # of 1/(2Cn): what a step changes is of its order, and counted in the budget
NEURONS = 4
TOLERANCE = 2e-2  # far below the 11 % by which the final rate exceeds 2Cn
# For the figure: twelve units of 1/(2Cn), by which harmonics have filled in.
SERIES_STEP, SERIES_STEPS, SERIES_POINTS = 0.02, 600, 31
SERIES_ANGLE = 0.5
HARMONICS = (1, 3, 5, 7, 11, 15, 21)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Measure growth and alignment of neurons on evenly spread phases, at the start and after settling."""
    group = choose_group(settings, 23)
    generator = settings.generator(claim.id)
    predicted, exact = _predicted(group), _at_order(group)
    angles = np.array([0.0, *generator.uniform(0.5, 2.5, size=2) * generator.choice((-1, 1), 2)])
    growth, alignment, spread = _initial(group, generator.random(), angles)
    final, interval = _final(group, settings.value("neurons", NEURONS), generator)
    measured = {GROWTH: growth, ALIGNMENT: alignment, LATER: final}
    gaps = {name: abs(measured[name] / predicted[name] - 1) for name in measured}
    budget = {
        "finite order": abs(exact[GROWTH] - 1.0),
        "spread of phases and step": spread,
        "steps on the kinks": (interval[1] - interval[0]) / 2 / final,
    }
    start, end = budget["finite order"] + budget["spread of phases and step"], budget["steps on the kinks"]
    allowed = sum(budget.values())
    return claim.verdict(
        gap=max(gaps.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "neurons grow at $2 C n$ for good",
            judge(abs(final - 1.0), allowed, TOLERANCE),
            f"harmonics fill in, and the rate settles at {predicted[LATER]:.4f} times $2 C n$",
        ),
        predicted=predicted,
        measured=measured,
        interval=interval,
        checks={
            "the initial rates are those of one harmonic": max(gaps[GROWTH], gaps[ALIGNMENT]) <= start,
            "the growth in the end is the nonlinear eigenvalue": gaps[LATER] <= end,
            "the eigenvalue converges in the number of harmonics": _converges(group.order),
        },
        evidence={
            "group": group.name,
            "C": limit_rates()["growth"] / 2,
            "rates derived at this order": exact,
            "eigenvalue / 2Cn by number of harmonics": _by_harmonics(group.order),
            "eigenvalue / 2Cn by order": {
                str(n): _eigenvalue(n) for n in ((23, 101, 401) if settings.full else (23, 101))
            },
            "series": _series(group),
        },
        text="The rates $2 C n$ of growth and $10 C n$ of alignment, $C = 4/(3 pi^2)$, are right at first "
        "order from a start at one frequency with $alpha = beta$, averaged over phases on the lattice: a "
        "single neuron's $D'$ deviates by about $1/n$. Over a time of about $1/(2 C n)$ harmonics fill in; "
        "the flow settles on a fixed shape that grows at a nonlinear eigenvalue, and $D$ follows no "
        "exponential at $10 C n$ to the end.",
    )


def _predicted(group: FiniteGroup) -> dict[str, float]:
    """Derived rates over 2Cn: one harmonic in the limit of a large order, and the nonlinear eigenvalue."""
    limit = limit_rates()
    return {GROWTH: 1.0, ALIGNMENT: limit["alignment"] / limit["growth"], LATER: _eigenvalue(group.order)}


@lru_cache(maxsize=16)
def _at_order(group: FiniteGroup) -> dict[str, float]:
    """The rates of one harmonic averaged over phases at this order, over 2Cn."""
    rates = initial_rates(derive_harmonic(Network(group, activation="relu")))
    unit = limit_rates()["growth"] * group.order
    return {GROWTH: float(rates["growth"]) / unit, ALIGNMENT: float(rates["alignment"]) / unit}


def _eigenvalue(order: int, harmonics: int | None = None) -> float:
    """ReLU is z/2 + |z|/2: half the rate of |z|, over 2Cn."""
    return growth_shape(order, harmonics).rate / 2 / (limit_rates()["growth"] * order)


def _by_harmonics(order: int) -> dict[str, float]:
    return {
        str(count): _eigenvalue(order, count) for count in (*HARMONICS, order // 2) if count <= order // 2
    }


def _converges(order: int) -> bool:
    """Whether the eigenvalue rises with the number of harmonics, by ever less."""
    values = np.array([_eigenvalue(order, count) for count in (1, 3, 5, 7, 11) if count <= order // 2])
    rises = np.diff(values)
    return bool((rises > 0).all() and (np.diff(rises) < 0).all())


def _initial(group: FiniteGroup, offset: float, angles: FloatArray) -> tuple[float, float, float]:
    """Growth at D = 0 and alignment at the other angles, over 2Cn, and the doubt of their means."""
    modes = project(descend(group, spread_start(group, PHASES, offset, angles), FIRST_STEP, 2, 3))
    shape = (3, len(angles), PHASES)
    alpha, D = _own(modes, modes.alpha).reshape(shape), _difference(modes).reshape(shape)
    growth = _at_zero(np.diff(np.log(alpha[:, 0]), axis=0) / FIRST_STEP)
    turning = -np.diff(D[:, 1:], axis=0) / FIRST_STEP
    alignment = _at_zero(turning) / np.sin(angles[1:, None])
    doubts = [_halves(values) / float(values.mean()) for values in (growth[None], alignment)]
    return float(growth.mean()), float(alignment.mean()), max(doubts) + FIRST_STEP


def _at_zero(slopes: FloatArray) -> FloatArray:
    """Slopes at time 0, from those of two steps."""
    return np.asarray(1.5 * slopes[0] - 0.5 * slopes[1])


def _halves(values: FloatArray) -> float:
    """Distance of the means over every other phase, which covers the error of the mean over all."""
    return float(np.abs(values[..., ::2].mean(axis=-1) - values[..., 1::2].mean(axis=-1)).max())


def _own(modes: Modes, values: FloatArray) -> FloatArray:
    return np.asarray(values[..., faithful_place(modes.group)])


def _difference(modes: Modes) -> FloatArray:
    return wrap_phase(2 * _own(modes, modes.phi) - _own(modes, modes.psi))


def _final(
    group: FiniteGroup, neurons: int, generator: np.random.Generator
) -> tuple[float, tuple[float, float]]:
    """Growth in the end over 2Cn, extrapolated to a vanishing step, and its interval."""
    start = spread_start(group, neurons, float(generator.random()), np.zeros(1))
    found = settle(group, start, 1)
    coarse, middle, fine = found.rates
    limits = 2 * fine - middle, 2 * middle - coarse
    value = float(limits[0].mean())
    doubt = float(np.abs(limits[0] - limits[1]).max() + np.ptp(limits[0])) + 10 * EPS
    return value, (value - doubt, value + doubt)


@lru_cache(maxsize=16)
def _series(group: FiniteGroup) -> dict[str, object]:
    """Local growth rate and |D| over time, averaged over phases."""
    weights = spread_start(group, 16, 0.5, np.array([SERIES_ANGLE]))
    run = descend(group, weights, SERIES_STEP, SERIES_STEPS, SERIES_POINTS)
    modes = project(run)
    sizes = np.log(_own(modes, modes.alpha)).mean(axis=1)
    t = np.linspace(0.0, SERIES_STEP * SERIES_STEPS, SERIES_POINTS)
    return {
        "x": {"label": "time in units of 1/(2Cn)", "values": (t[1:] + t[:-1]) / 2},
        "y": {"label": "growth rate over 2Cn; |D| (rad)"},
        "curves": {
            "growth rate": np.diff(sizes) / np.diff(t),
            "|D|": np.abs(_difference(modes)).mean(axis=1)[1:] + EPS,
        },
        "scale": "semilogy",
        "caption": "Growth rate of the leading amplitude in units of $2 C n$, which starts at 1 and settles "
        "higher as harmonics fill in; and the phase difference $|D|$, which stops falling fast.",
    }


CLAIM = Claim(
    id="relu-rates",
    statement="With ReLU a neuron at one frequency starts to grow at $2 C p$ and to align at $10 C p$, $C "
    "= 4/(3 pi^2)$, and in the end grows at the largest nonlinear eigenvalue of all harmonics, about 1.11 "
    "times $2 C p$.",
    source="arXiv 2602.16849, ReLU dynamics, whose rates hold at first order",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 15, ReLU, shared embedding, x+y, alpha = beta, "
    "small scale",
    experiment=experiment,
    applies=is_wide_odd_cyclic,
    takes={"neurons": neurons_from(4)},
)
