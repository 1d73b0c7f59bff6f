"""Clamping: with one vector held at its target the others grow exponentially, and with two at once."""

from dataclasses import dataclass
from functools import cache
from math import log
from typing import Any

import numpy as np
from scipy.integrate import quad

from odekit.arrays import FloatArray
from odekit.claims.experiments import (
    ProductProblem,
    ProductRun,
    draw_product,
    equal_vectors,
    half_time,
    product_distance,
    product_system,
    rise_window,
    trained_product,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.systems import variable

__all__ = ["CLAIM"]

STARTS = 2
FREE = {"no vector": "abc", "c": "ab", "b and c": "a"}  # those that move, by what is clamped
SCALE = 0.2  # of the start whose curves are compared
ENDS = {"abc": 120.0, "ab": 20.0, "a": 10.0}  # of the curves, in units of the rise: well after it
SMALL = 1e-3 * 0.5 ** np.arange(2)  # of the starts whose times are; their law is off by the square
MOMENTS = 101
_PLACES = np.concatenate([[0.0], np.geomspace(0.1, max(ENDS.values()), MOMENTS - 1)])
_SHARED = variable("g").value  # the overlap of two equal vectors
RTOL, LOOSER = 1e-11, 1e-10  # their difference tells the integrator's error
TOLERANCE = 1e-4  # a growth rate that is off by 1 % moves the times by ten units of this and more


@dataclass(frozen=True, eq=False)
class _Curves:
    """One training, next to the reduced flow of the vectors that move.

    Parameters
    ----------
    run: of the training.
    gap, solver_error: distance of its observables from the reduced flow's, and error of these.
    """

    run: ProductRun
    gap: float
    solver_error: float


@dataclass(frozen=True, eq=False)
class _Rise:
    """When half is learnt where c is clamped, from the small starts, in units of the others' growth time.

    Parameters
    ----------
    measured, predicted: (2,). error: of the measured times.
    """

    measured: FloatArray
    predicted: FloatArray
    error: float

    @property
    def gap(self) -> float:
        """Of the smallest start."""
        return float(np.abs(self.measured - self.predicted)[-1])

    @property
    def next_order(self) -> float:
        """Bound of the law's remainder, which falls with the start: its change from the start before."""
        return float(np.abs(np.diff(self.measured - self.predicted))[-1])

    @property
    def delay(self) -> float:
        """Of the rise from the smaller start, which is half of the other."""
        return float(np.diff(self.measured)[-1])

    @property
    def as_blow_up(self) -> float:
        """Distance from a time that is inverse to the start's size, as it is where nothing is clamped."""
        return float(np.abs(self.measured[-1] - self.measured[0] * SMALL[0] / SMALL[-1]))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train the vectors with none, one and two held at their targets, and time the rise with one held."""
    generator = settings.generator(claim.id)
    problems = [draw_product(generator) for _ in range(4 * STARTS if settings.full else STARTS)]
    curves = {
        name: [_curves(problem.scaled(SCALE), free) for problem in problems] for name, free in FREE.items()
    }
    rises = [_rise(problem) for problem in problems]
    every = [each for found in curves.values() for each in found]
    budget = {
        "integrator of the vectors": max(each.run.integrator_error for each in every),
        "solver of the reduced flows": max(each.solver_error for each in every),
        "next order in the start's size": max(rise.next_order for rise in rises),
        "timing": max(rise.error for rise in rises),
    }
    measured = {
        **{f"curves, {name} clamped": max(each.gap for each in found) for name, found in curves.items()},
        "rise with c clamped, in growth times": max(rise.gap for rise in rises),
    }
    return claim.verdict(
        gap=max(measured.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "with one vector clamped the rise still comes at a time inverse to the start's size",
            judge(max(rise.as_blow_up for rise in rises), sum(budget.values()), TOLERANCE),
            "at a time that is its logarithm over the growth rate $k A B C^2$",
        ),
        predicted=dict.fromkeys(measured, 0.0),
        measured=measured,
        checks={
            "each reduced flow closes": all(product_system(free).closed for free in FREE.values()),
            "each is certified": all(product_system(free).certify().passed for free in FREE.values()),
            "the flow of small starts has degree 2, with one vector clamped 1, with two 0": [
                _degree(free) for free in FREE.values()
            ]
            == [2, 1, 0],
            "with two clamped the whole flow of the overlap is linear": _is_linear(),
            "equal aligned vectors stay so where c is clamped": _stays_aligned(),
        },
        evidence={
            "starts of the timed rises": SMALL,
            "times of the rise with c clamped, in growth times": [rise.measured for rise in rises],
            "delay by halving the start, in growth times": [rise.delay for rise in rises],
            "series": _series({name: found[0].run for name, found in curves.items()}),
        },
        text="With no vector clamped the rise comes at a time inverse to the start's size, with one at "
        "$log(A B / g^2 - 1) / (2 k A B C^2)$, $g = (m_a + m_b)/2$, and with two there is no plateau: the "
        "vector's distance from its target falls as $e^(-k B^2 C^2 t)$.",
    )


def _curves(problem: ProductProblem, free: str) -> _Curves:
    clamped = [place for place, letter in enumerate("abc") if letter not in free]
    t = problem.unit * _PLACES[ENDS[free] >= _PLACES]
    run = trained_product(problem, t, RTOL, LOOSER, clamped)
    tight, loose = (run.solved(product_system(free), rtol) for rtol in (RTOL, LOOSER))
    return _Curves(run, run.distance(tight), product_distance(problem, tight, loose))


def _rise(problem: ProductProblem) -> _Rise:
    """Train with c clamped from the small starts."""
    A, B, C = problem.lengths
    growth = problem.constants["k"] * A * B * C**2
    overlaps = problem.overlaps(problem.start)
    # In units of what each is once learnt, the growing part of a and b is half of their sum.
    parts = np.abs(overlaps[0] + overlaps[1]) / 2 / np.sqrt(A * B) * SMALL
    predicted = np.array([_growing_time(float(part)) for part in parts])
    runs = [
        trained_product(scaled, rise_window(scaled, time / growth), RTOL, LOOSER, clamped=(2,))
        for scale, time in zip(SMALL, predicted, strict=True)
        for scaled in [problem.scaled(scale)]
    ]
    found, errors = (np.array(each) * growth for each in zip(*map(half_time, runs), strict=True))
    return _Rise(found, predicted, float(errors.max()))


def _growing_time(part: float) -> float:
    """The time from a small part to half of the product, by quadrature of the flow of equal vectors."""
    rate = np.array(_aligned()["ma"].as_poly(_SHARED).all_coeffs(), dtype=np.float64)

    def slowness(log_part: float) -> float:
        return float(np.exp(log_part) / np.polyval(rate, np.exp(log_part)))

    return float(quad(slowness, log(part), log(0.5) / 2, epsabs=1e-12)[0])


@cache
def _aligned() -> dict[str, Any]:
    """Rates of overlap and squared norm of two equal vectors, c clamped."""
    return equal_vectors(product_system(FREE["c"]), _SHARED)


def _stays_aligned() -> bool:
    return bool((_aligned()["na"] - 2 * _SHARED * _aligned()["ma"]).expand() == 0)


def _degree(free: str) -> int:
    """Of the overlaps' rates at small starts, where overlaps are small as s, and squared norms as s^2."""
    flow, s = product_system(free), variable("s").value
    sizes = {state: s ** (1 if state.name.startswith("m") else 2) * state for state in flow.states}
    rate = flow.rhs[flow["ma"]].subs(sizes, simultaneous=True).as_poly(s)
    return int(min(power for (power,) in rate.monoms()))


def _is_linear() -> bool:
    flow = product_system(FREE["b and c"])
    rate = flow.rhs[flow["ma"]]
    return bool(rate.as_poly(*flow.states).total_degree() == 1)


def _series(runs: dict[str, ProductRun]) -> dict[str, object]:
    learnt = {name: run.problem.learnt(run.vectors) for name, run in runs.items()}
    return {
        "x": {"label": "time in units of the rise", "values": _PLACES[1:]},
        "y": {"label": "part of the product that is learnt"},
        "curves": {
            f"{name} clamped": np.append(part, np.full(len(_PLACES) - len(part), np.nan))[1:]
            for name, part in learnt.items()
        },
        "scale": "semilogx",
        "caption": "How much of the product is learnt from one small start, with no, one and two of the "
        "three vectors held at their targets. The plateau of three comes from a blow-up, that of two from an "
        "exponential, and one has none.",
    }


CLAIM = Claim(
    id="clamped-subcircuits",
    statement="Of three vectors that learn a product from small starts, clamping one at its target lets the "
    "others grow exponentially, $m_a' = k A B C^2 m_b$, instead of blowing up, $m_a' = k A B C m_b m_c$; "
    "clamping two makes the last one's flow linear, $m_a' = k B^2 C^2 (A - m_a)$.",
    source="arXiv 2404.07129, the toy model's clamping (its published code; abstract); flows derived here",
    paper="2404.07129",
    hypotheses="no group: gradient flow of the vectors that are not clamped, from small starts",
    experiment=experiment,
    applies=about_no_group,
)
