"""Deep linear networks: each singular mode learns by an ODE of its own, two layers along a sigmoid."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments import (
    LinearProblem,
    LinearRun,
    decoupled_start,
    draw_problem,
    random_start,
    rise_directions,
    trained,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.simulation import train_linear
from odekit.solvers import solve
from odekit.systems import System, gradient_flow, reduce

__all__ = ["CLAIM"]

OUTPUTS, INPUTS, WIDTH = 7, 6, 8  # all different, so that no transposed matrix fits
STRENGTHS = (3.0, 2.0, 1.2, 0.8)  # far enough apart for SPREAD to leave their order
SPREAD = 0.1
RTOL, LOOSER = 1e-11, 1e-10  # their difference tells the integrator's error
SMALL, SMALL_DEEP = (0.02, 0.1), (0.3, 0.6)  # three layers rise too late from smaller factors
END = 10.0  # by then the weakest mode is learnt
MOMENTS = 41
RANDOM_SCALES = (1e-1, 1e-2, 1e-3)  # falling, for the modes decouple as the start shrinks
RANDOM_WIDTH = 20
TOLERANCE = 1e-5  # a wrong rate is off by order 1; rounding grows by 1/u_0 and stays below
RANDOM_RTOL = 1e-8  # random starts depart from the prediction by far more


@dataclass(frozen=True, eq=False)
class _Comparison:
    """A run of the full matrices next to the reduced equations, in units of each mode's final strength.

    Parameters
    ----------
    run: the full matrices.
    predicted: (T, modes), strengths by the reduced equations.
    solver_error: of these.
    """

    run: LinearRun
    predicted: FloatArray
    solver_error: float

    @property
    def gap(self) -> float:
        """Largest difference of a strength, over time and modes."""
        own = np.diagonal(self.run.strengths, axis1=1, axis2=2)
        return float((np.abs(own - self.predicted) / self.run.problem.strengths).max())

    @property
    def integrator_error(self) -> float:
        """Of the run, over the weakest mode."""
        return self.run.integrator_error / float(self.run.problem.strengths.min())

    @property
    def coupling(self) -> float:
        """Largest part of the product between different modes."""
        between = self.run.strengths * (1 - np.eye(len(self.run.problem.strengths)))
        return float(np.abs(between).max() / self.run.problem.strengths.min())


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train all matrices from starts that are diagonal on the singular modes, and compare mode by mode."""
    generator = settings.generator(claim.id)
    strengths = np.array(STRENGTHS) * np.exp(generator.uniform(-SPREAD, SPREAD, len(STRENGTHS)))
    problem = draw_problem(generator, OUTPUTS, INPUTS, strengths)
    sigmoid, width = _sigmoid(), settings.value("neurons", WIDTH)
    free, deep = (_unbalanced(problem, generator, layers, width) for layers in (2, 3))
    level, times = _balanced(problem, generator, sigmoid, width)
    cases = {"two layers": free, "two balanced layers": level, "three layers": deep}
    late = _rise_gap(level, times)
    drift = max(case.run.imbalance / strengths.max() for case in cases.values())
    budget = {
        "integrator of the matrices": max(case.integrator_error for case in cases.values()),
        "solver of the reduced equations": max(case.solver_error for case in cases.values()),
        "rounding": OUTPUTS * INPUTS * width * EPS * float(strengths.max()) / SMALL[0] ** 2,
    }
    measured = {
        **{f"strengths, {name}": case.gap for name, case in cases.items()},
        "coupling of different modes": max(case.coupling for case in cases.values()),
        "drift of the balance": drift,
        "rise times of balanced layers": late,
    }
    departures = _random_starts(problem, generator)
    return claim.verdict(
        gap=max(measured.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(level, sum(budget.values())),
        predicted=dict.fromkeys(measured, 0.0),
        measured=measured,
        checks={
            "the derivation finds the balance of two layers": len(_layers(2).first_integrals()) == 1,
            "the derivation finds both balances of three layers": len(_layers(3).first_integrals()) == 2,
            "equal factors stay so, and their product has the sigmoid's flow": _is_of_equal_factors(sigmoid),
            "smaller random starts rise closer to the predicted times": departures[-1] < departures[0],
        },
        evidence={
            "singular values": strengths,
            "rise times": times,
            "rise times of random starts, largest relative difference by scale": dict(
                zip(map(str, RANDOM_SCALES), departures, strict=True)
            ),
            "series": {
                "x": {"label": "time", "values": level.run.t},
                "y": {"label": "strength of the mode"},
                "curves": {
                    f"s = {s:.2f}": curve
                    for s, curve in zip(
                        strengths, np.diagonal(level.run.strengths, axis1=1, axis2=2).T, strict=True
                    )
                },
                "caption": "Strength of each singular mode $s$ of the trained network over time: sigmoids, "
                "the strongest first.",
            },
        },
        text="Exact where the start is diagonal on the singular modes. From random starts the modes "
        "decouple as the start shrinks, if the singular values differ: each grows along its own hidden "
        "direction, less the directions of the stronger modes that were learnt before it.",
    )


@cache
def _layers(count: int) -> System:
    """The derived flow of one mode's factors: ``E = (s - a b ...)^2/2``."""
    names = "abc"[:count]
    return gradient_flow(f"(s - {'*'.join(names)})**2/2", " ".join(names), parameters="s")


def _sigmoid() -> System:
    """The derived flow of ``u = a b`` where ``a = b``, whose metric is ``du^2/(2 u)``, with its solution."""
    return gradient_flow(
        "(s - u)**2/2",
        "u",
        metric={"u": "1/(2*abs(u))"},
        parameters="s",
        solution={"u": "s*exp(2*s*t)/(exp(2*s*t) - 1 + s/u_0)"},
    )


def _is_of_equal_factors(sigmoid: System) -> bool:
    """Whether a flow of u is that of ``a b`` where ``a = b``, up to rounding."""
    reduced = reduce(_layers(2), {"a": "sqrt(u)", "b": "sqrt(u)"})
    u, s = np.linspace(0.1, 3.0, 30)[None], [1.3]
    found, expected = (system.function()(0.0, u, s) for system in (sigmoid, reduced))
    return reduced.closed and bool(np.allclose(found, expected, rtol=0.0, atol=1e-13))


def _unbalanced(
    problem: LinearProblem, generator: np.random.Generator, layers: int, width: int
) -> _Comparison:
    low, high = SMALL if layers == 2 else SMALL_DEEP
    factors = np.exp(generator.uniform(np.log(low), np.log(high), (layers, len(problem.strengths))))
    t = np.linspace(0.0, END, MOMENTS)
    start = decoupled_start(problem, generator, factors, width)
    run = trained(problem, start, t, RTOL, LOOSER)
    system, constants = _layers(layers), {"s": problem.strengths}
    tight, loose = (
        solve(system, factors, t, parameters=constants, rtol=rtol).y.prod(axis=1) for rtol in (RTOL, LOOSER)
    )
    return _Comparison(run, tight, float((np.abs(tight - loose) / problem.strengths).max()))


def _balanced(
    problem: LinearProblem, generator: np.random.Generator, sigmoid: System, width: int
) -> tuple[_Comparison, FloatArray]:
    """Equal layers, and the time at which each mode is half learnt, ``log((s - u_0)/u_0)/(2 s)``."""
    low, high = SMALL
    factors = np.tile(np.exp(generator.uniform(np.log(low), np.log(high), len(problem.strengths))), (2, 1))
    u0 = factors.prod(axis=0)
    times = _half_times(problem.strengths, u0)
    t = np.unique(np.concatenate([np.linspace(0.0, END, MOMENTS), times]))
    run = trained(problem, decoupled_start(problem, generator, factors, width), t, RTOL, LOOSER)
    predicted = solve(sigmoid, {"u": u0}, t, parameters={"s": problem.strengths})
    return _Comparison(run, predicted["u"], float(predicted.error_estimate.max())), times


def _half_times(s: FloatArray, u0: FloatArray) -> FloatArray:
    return np.asarray(np.log((s - u0) / u0) / (2 * s))


def _rise_gap(level: _Comparison, times: FloatArray) -> float:
    """Largest relative difference of a measured rise time: how far from half a mode is, over its speed."""
    s = level.run.problem.strengths
    rows = np.searchsorted(level.run.t, times)
    reached = level.run.strengths[rows, np.arange(len(s)), np.arange(len(s))]
    return float((np.abs(reached - s / 2) / (s**2 / 2) / times).max())


def _random_starts(problem: LinearProblem, generator: np.random.Generator) -> list[float]:
    """Largest relative difference of rise times from random starts, for each scale of one draw."""
    s = problem.strengths
    drawn = random_start(problem, generator, RANDOM_WIDTH, 1.0)
    departures = []
    for scale in RANDOM_SCALES:
        start = [scale * matrix for matrix in drawn]
        u0 = (rise_directions(problem, start) ** 2).sum(axis=1)
        times = _half_times(s, u0)
        t = np.linspace(0.0, 1.5 * float(times.max()), 400)
        weights = train_linear(start, problem.target, t, RANDOM_RTOL)
        own = np.diagonal(problem.modes(weights), axis1=1, axis2=2)
        measured = [
            np.interp(0.5, np.maximum.accumulate(u / one), t) for u, one in zip(own.T, s, strict=True)
        ]
        departures.append(float((np.abs(np.array(measured) - times) / times).max()))
    return departures


def _control(level: _Comparison, budget: float) -> Control:
    """The same run against a sigmoid of half the rate."""
    s, t = level.run.problem.strengths, level.run.t[:, None]
    u0 = level.predicted[0]
    slower = s * np.exp(s * t) / (np.exp(s * t) - 1 + s / u0)
    own = np.diagonal(level.run.strengths, axis1=1, axis2=2)
    return Control(
        "the strength of a mode rises as $s e^(s t) / (e^(s t) - 1 + s/u_0)$",
        judge(float((np.abs(own - slower) / s).max()), budget, TOLERANCE),
        "at the rate $2 s$: $s e^(2 s t) / (e^(2 s t) - 1 + s/u_0)$",
    )


CLAIM = Claim(
    id="deep-linear",
    statement="Each singular mode of a deep linear network learns by an ODE of its own: $a' = b (s - a b)$, "
    "$b' = a (s - a b)$ for two layers, whose strength $a b$ is a sigmoid of rate $2 s$ where $a = b$, and "
    "$a^2 - b^2$ is conserved.",
    source="arXiv 1312.6120, exact solutions of the learning dynamics",
    paper="1312.6120",
    hypotheses="no group: a linear network with whitened inputs, gradient flow, a start that is diagonal "
    "on the singular modes",
    experiment=experiment,
    applies=about_no_group,
    takes={"neurons": neurons_from(len(STRENGTHS), 256)},
)
