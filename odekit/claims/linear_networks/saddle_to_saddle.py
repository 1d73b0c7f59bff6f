"""Saddle to saddle: how long a deep linear network waits at each rank, by quadrature of a mode's flow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import brentq

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments import (
    LinearProblem,
    LinearRun,
    decoupled_start,
    draw_problem,
    gauss_legendre,
    trained,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.statistics import halved_limit
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.simulation import end_to_end
from odekit.systems import System, gradient_flow, reduce, system

__all__ = ["CLAIM"]

OUTPUTS, INPUTS, WIDTH = 6, 5, 7  # all different, so that no transposed matrix fits
STRENGTHS = (2.0, 1.4, 1.0)
SPREAD = 0.1
# Halved for the limits; two layers have none, for their wait grows with a logarithm.
SCALES = {2: (0.02,), 3: (0.08, 0.04, 0.02), 4: (0.28, 0.14, 0.07)}
UNEQUAL = (0.6, 1.4)  # factors of one mode in different layers, in units of the scale
SHARES = (0.1, 0.5, 0.9)  # of a mode's strength, whose times are predicted
HALF = SHARES.index(0.5)
MOMENTS = 150
NEAR = 0.02  # of the loss at the start: what is within it of a plateau counts as being there
LOW, HIGH = -16.0, 80.0  # of log x: beyond, the integrals are below e^-16 and e^-40
COARSE, FINE = 14, 20  # nodes a panel of at most 1; their difference bounds the error of the finer ones
RICHARDSON = 5 / 3  # how much of an error ``(4 x - y)/3`` may keep, the limit over halved scales
RTOL, LOOSER = 1e-11, 1e-10  # their difference tells the integrator's error
TOLERANCE = 1e-3  # below a tenth of what the control's falsehood costs


@dataclass(frozen=True, eq=False)
class _Mode:
    """One mode's start in all layers: the squares ``x, x + c_1, ...`` of its factors, the c conserved.

    Parameters
    ----------
    strength: s. factors: (layers,), the smallest first.
    """

    strength: float
    factors: FloatArray

    @property
    def gaps(self) -> FloatArray:
        """(layers - 1,), the c."""
        return np.asarray(self.factors[1:] ** 2 - self.factors[0] ** 2)

    def velocity(self, x: FloatArray) -> FloatArray:
        """x' by the derived flow."""
        return np.asarray(_velocity(len(self.factors))(0.0, [x], [self.strength, *self.gaps])[0])

    def drift(self, x: FloatArray) -> FloatArray:
        """What a target of strength 1 adds to x': the flow that the product leaves alone."""
        return np.asarray(_drift(len(self.factors))(0.0, [x], self.gaps)[0])

    def place(self, share: float) -> float:
        """log x at which the product of all factors is this share of the strength."""
        wanted = 2 * np.log(share * self.strength)

        def excess(z: float) -> float:
            return float(z + np.log(np.exp(z) + self.gaps).sum() - wanted)

        return float(brentq(excess, self.start, max(0.0, wanted) + 1.0, xtol=1e-15, rtol=4 * EPS))

    @property
    def start(self) -> float:
        """log x at the start."""
        return float(2 * np.log(self.factors[0]))

    def time(self, share: float, nodes: int = FINE) -> float:
        """Until the mode's product has this share of its strength."""
        return gauss_legendre(lambda x: x / self.velocity(x), self.start, self.place(share), nodes)

    @property
    def error(self) -> float:
        """Of the times, relative."""
        return abs(self.time(0.5, COARSE) / self.time(0.5) - 1)

    @property
    def escape(self) -> float:
        """The time to infinity of the flow that the product leaves alone, for a target of strength 1."""
        return gauss_legendre(lambda x: x / self.drift(x), self.start, HIGH, FINE)

    @property
    def speed(self) -> float:
        """Of the relative strength where it is a half."""
        x = np.exp(self.place(0.5))
        growth = (1 / x + (1 / (x + self.gaps)).sum()) / 2
        return float(self.velocity(np.array([x]))[0] * growth / 2)


@dataclass(frozen=True, eq=False)
class _Case:
    """One depth and scale: a run of the full matrices at the predicted times.

    Parameters
    ----------
    modes: of the start. run: the full matrices. times: (shares, modes).
    """

    modes: Sequence[_Mode]
    run: LinearRun
    times: FloatArray

    def at(self, times: FloatArray) -> FloatArray:
        """(shares, modes): relative strength of each mode at times of its own, between moments if need be."""
        own = np.diagonal(self.run.strengths, axis1=1, axis2=2) / self.run.problem.strengths
        return np.array([np.interp(t, self.run.t, u) for t, u in zip(times.T, own.T, strict=True)]).T

    @property
    def gap(self) -> float:
        """Largest distance of a mode's relative strength from the share predicted at its time."""
        return float(np.abs(self.at(self.times) - np.array(SHARES)[:, None]).max())

    @property
    def integrator_error(self) -> float:
        """Of relative strengths."""
        return self.run.integrator_error / float(self.run.problem.strengths.min())

    @property
    def errors(self) -> tuple[float, float]:
        """What quadrature costs the strengths, or the limit of leads, and how much that amplifies theirs."""
        depth, problem = len(self.modes[0].factors), self.run.problem
        units = (depth > 2) * RICHARDSON * problem.strengths ** (2 - 2 / depth)  # two layers have no limit
        both = [*zip(self.modes, map(float, units), strict=True)]
        lost = max(2 * one.error * one.time(0.5) * max(one.speed, unit) for one, unit in both)
        return lost, max(1.0, *(unit / mode.speed for mode, unit in both))

    @property
    def waits(self) -> FloatArray:
        """(modes,), until each mode is half learnt, as trained."""
        speeds = [mode.speed for mode in self.modes]
        return np.asarray(self.times[HALF] + (0.5 - self.at(self.times)[HALF]) / speeds)

    def lead(self, waits: FloatArray) -> FloatArray:
        """(modes,), how much before its escape each mode is half learnt, in units of its strength."""
        s, escape = np.array([(mode.strength, mode.escape) for mode in self.modes]).T
        return np.asarray(s ** (2 - 2 / len(self.modes[0].factors)) * (escape / s - waits))

    @property
    def loss(self) -> FloatArray:
        """(T,), over its value at rank 0."""
        left = end_to_end(self.run.weights) - self.run.problem.target
        return np.asarray((left**2).sum(axis=(1, 2)) / (self.run.problem.strengths**2).sum())

    @property
    def resting(self) -> float:
        """The share of the time until the last mode is half learnt that the loss spends at a plateau."""
        squares = self.run.problem.strengths[np.argsort(-self.times[HALF])] ** 2  # the last one first
        plateaus = np.concatenate([[0.0], np.cumsum(squares)]) / squares.sum()
        even = np.linspace(0.0, float(self.times[HALF].max()), 10 * MOMENTS)
        loss = np.interp(even, self.run.t, self.loss)
        return float((np.abs(loss[:, None] - plateaus).min(axis=1) < NEAR).mean())


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train from small unequal layers, diagonal on the modes, and compare times of modes and their limits."""
    generator = settings.generator(claim.id)
    strengths = np.array(STRENGTHS) * np.exp(generator.uniform(-SPREAD, SPREAD, len(STRENGTHS)))
    problem = draw_problem(generator, OUTPUTS, INPUTS, strengths)
    cases = {depth: _cases(problem, generator, depth) for depth in SCALES}
    every = [case for found in cases.values() for case in found]
    deep = {depth: found for depth, found in cases.items() if depth > 2}
    limits = {d: halved_limit([case.lead(case.waits) for case in found], 2)[0] for d, found in deep.items()}
    errors = [halved_limit([case.lead(case.times[HALF]) for case in found], 2)[1] for found in deep.values()]
    leads = {depth: _lead(depth) for depth in deep}
    resting = {depth: [case.resting for case in found] for depth, found in deep.items()}
    budget = {
        "integrator of the matrices": max(case.integrator_error * case.errors[1] for case in every),
        "quadrature": max(case.errors[0] for case in every) + float(np.exp(LOW)),
        "next order in the scale": max(errors),
        "rounding": EPS * OUTPUTS * INPUTS * WIDTH / SCALES[2][0] ** 2 * max(c.errors[1] for c in every),
    }
    gaps = {f"strengths at their times, depth {d}": max(c.gap for c in found) for d, found in cases.items()}
    return claim.verdict(
        gap=max(*gaps.values(), *(float(np.abs(limit - leads[d]).max()) for d, limit in limits.items())),
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(cases[3][-1], sum(budget.values())),
        predicted=dict.fromkeys(gaps, 0.0) | {f"lead of depth {d}": lead for d, lead in leads.items()},
        measured=gaps | {f"lead of depth {d}": float(np.median(limit)) for d, limit in limits.items()},
        checks={
            "a mode of every depth closes in one variable": all(_sheet(depth).closed for depth in SCALES),
            "the reductions are certified": all(_sheet(depth).certify().passed for depth in SCALES),
            "the smaller the start, the more of the time is spent at saddles": all(
                (np.diff(shares) > 0).all() for shares in resting.values()
            ),
        },
        evidence={
            "singular values": strengths,
            "scales": SCALES,
            **{f"share of the time at saddles, depth {depth}": found for depth, found in resting.items()},
            "series": _series(deep[3]),
        },
        text="A mode of L layers waits $R/s - K_L s^(-2 + 2/L)$, $R = int_0^oo dy / (2 sqrt((y + a_1^2) ... "
        "(y + a_L^2)))$ of its layers' factors at the start, of order $scale^(2 - L)$; at $L = 3$ that is "
        "Carlson's $R_F$. Two layers wait $log(1/scale)/s$. The saddle's rank is the number of modes learnt. "
        "From starts that are not diagonal the times differ; and a weaker mode that is learnt before a "
        "stronger one turns towards it exponentially fast: starts are drawn with stronger modes first.",
    )


@cache
def _sheet(depth: int) -> System:
    """The derived flow of x, the square of a mode's first factor, where ``x + c_i`` are the others'."""
    names, shifts = "abcd"[:depth], [f"c{i}" for i in range(1, depth)]
    flow = gradient_flow(f"(s - {'*'.join(names)})**2/2", " ".join(names), parameters=["s", *shifts])
    others = {name: f"sqrt(x + {shift})" for name, shift in zip(names[1:], shifts, strict=True)}
    return reduce(flow, {"a": "sqrt(x)", **others})


@cache
def _velocity(depth: int) -> Callable[..., FloatArray]:
    return _sheet(depth).function()


@cache
def _drift(depth: int) -> Callable[..., FloatArray]:
    """The slope of x' in the strength, in which it is linear."""
    ((x, rate),), (strength, *shifts) = _sheet(depth).rhs.items(), _sheet(depth).parameters
    return system({x: rate.diff(strength)}, parameters=shifts).function()


def _cases(problem: LinearProblem, generator: np.random.Generator, depth: int) -> list[_Case]:
    """The same directions and ratios of factors at every scale, where stronger modes are learnt first."""
    drawn = generator.uniform(*UNEQUAL, (depth, len(problem.strengths)))
    ratios = drawn[:, np.argsort([_Mode(1.0, np.sort(one)).escape for one in drawn.T])]
    state = generator.bit_generator.state
    found = []
    for scale in SCALES[depth]:
        generator.bit_generator.state = state
        factors = scale * ratios
        modes = [_Mode(float(s), np.sort(one)) for s, one in zip(problem.strengths, factors.T, strict=True)]
        times = np.array([[mode.time(share) for mode in modes] for share in SHARES])
        t = np.unique(np.concatenate([np.linspace(0.0, 1.1 * times.max(), MOMENTS), times.ravel()]))
        run = trained(problem, decoupled_start(problem, generator, factors, WIDTH), t, RTOL, LOOSER)
        found.append(_Case(modes, run, times))
    return found


def _lead(depth: int) -> float:
    """The lead of a mode of strength 1 from layers that are equal and as small as can be."""
    mode = _Mode(1.0, np.full(depth, np.exp(LOW / 2)))
    half = mode.place(0.5)
    both = gauss_legendre(lambda x: x / mode.drift(x) - x / mode.velocity(x), LOW, half, FINE)
    return both + gauss_legendre(lambda x: x / mode.drift(x), half, HIGH, FINE)


def _control(case: _Case, budget: float) -> Control:
    """The same run against modes whose layers all are the geometric mean."""
    even = [_Mode(m.strength, np.full(len(m.factors), np.exp(np.log(m.factors).mean()))) for m in case.modes]
    times = np.array([[mode.time(share) for mode in even] for share in SHARES])
    gap = float(np.abs(case.at(times) - np.array(SHARES)[:, None]).max())
    return Control(
        "the wait of a mode depends on the product of its layers' factors alone",
        judge(gap, budget, TOLERANCE),
        "it is the integral over all factors' squares, which $R_F(a^2, b^2, c^2)$ is for three layers",
    )


def _series(cases: list[_Case]) -> dict[str, object]:
    even = np.linspace(0.0, 1.1, 6 * MOMENTS)
    return {
        "x": {"label": "time over that of the last mode", "values": even},
        "y": {"label": "loss over that at rank 0"},
        "curves": {
            f"scale {scale:g}": np.interp(even * case.times[HALF].max(), case.run.t, case.loss)
            for scale, case in zip(SCALES[3], cases, strict=True)
        },
        "caption": "Loss of three layers trained from starts of several scales: the smaller the start, the "
        "longer the loss rests at the saddles of rank 0, 1 and 2, and the steeper it falls between.",
    }


CLAIM = Claim(
    id="saddle-to-saddle",
    statement="From small starts a deep linear network rests near saddles of rank 0, 1, 2, ..., and leaves "
    "each after $R/s$ of the next mode, less a constant: $R$ is of order $scale^(2 - L)$ for L > 2 layers.",
    source="arXiv 2106.15933, abstract, for the saddles; the times are derived here",
    paper="2106.15933",
    hypotheses="no group: a linear network with whitened inputs, gradient flow, different singular values, a "
    "small start that is diagonal on the singular modes, of which stronger ones are learnt first",
    experiment=experiment,
    applies=about_no_group,
)
