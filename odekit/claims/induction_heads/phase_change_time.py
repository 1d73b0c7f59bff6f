"""From small starts the phase change comes at an elliptic integral of the three overlaps at the start."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.special import elliprf

from odekit.arrays import FloatArray
from odekit.claims.experiments import (
    ProductProblem,
    draw_product,
    equal_vectors,
    half_time,
    product_system,
    rise_window,
    trained_product,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.solvers import CompiledSystem, compile
from odekit.systems import System, system, variable

__all__ = ["CLAIM"]

STARTS = 3
SCALES = 0.08 * 0.5 ** np.arange(4)  # of the start; halved, so that two tell of the next order
RTOL, LOOSER = 1e-11, 1e-9  # their difference tells the integrator's error
QUADRATURE = 1e-8  # to which the closed form has to agree with the quadrature of the first integrals
TOLERANCE = 1e-3  # of the ratio of times, a tenth of what their product alone is off by, or less


@dataclass(frozen=True, eq=False)
class _Start:
    """One start at every scale, in units of T*, the blow-up time of its leading flow.

    Parameters
    ----------
    blow_up: T* of the unscaled start; that of a scaled one is over the scale.
    measured: (S,), times at which half of the product was learnt, over T*. errors: of these.
    predicted: (S,), the same by the law.
    others: (S,), by the false law.
    """

    blow_up: float
    measured: FloatArray
    errors: FloatArray
    predicted: FloatArray
    others: FloatArray

    @property
    def next_order(self) -> float:
        """Bound of the law's remainder at the smallest scale: its change from the scale before.

        A remainder of order q > 1 in the scale changes by ``2^q - 1`` times itself.
        """
        remainders = self.measured - self.predicted
        return float(np.abs(remainders[-2] - remainders[-1]))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train all entries from one start at ever smaller scales, and time the rise."""
    generator = settings.generator(claim.id)
    problems = [draw_product(generator) for _ in range(4 * STARTS if settings.full else STARTS)]
    starts = [_measured(problem) for problem in problems]
    budget = {
        "next order in the start's size": max(start.next_order for start in starts),
        "integrator and interpolation": max(float(start.errors[-1]) for start in starts),
    }
    names = [f"half-time over T*, start {i + 1}" for i in range(len(starts))]
    return claim.verdict(
        gap=max(float(np.abs(start.measured - start.predicted)[-1]) for start in starts),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "only the product of the overlaps counts: $T^* = 1/(r (m_a m_b m_c)^(1/3))$",
            judge(
                max(float(np.abs(start.measured - start.others)[-1]) for start in starts),
                sum(budget.values()),
                TOLERANCE,
            ),
            "$R_F(m_a^2, m_b^2, m_c^2) / r$ where that product is positive",
        ),
        predicted={name: float(start.predicted[-1]) for name, start in zip(names, starts, strict=True)},
        measured={name: float(start.measured[-1]) for name, start in zip(names, starts, strict=True)},
        checks={
            "the reduction is certified": product_system().certify().passed,
            "the derivation finds two integrals of the leading flow": _has_integrals(),
            "the closed form is the quadrature of the first integrals": all(
                abs(_quadrature(problem) / start.blow_up - 1) < QUADRATURE
                for problem, start in zip(problems, starts, strict=True)
            ),
        },
        evidence={
            "scales of the start": SCALES,
            "half-times over T*, by start": [start.measured for start in starts],
            "the rise is half over before T* by, in its own unit of time": _lead(),
            "series": _series(starts),
        },
        text=f"The half-time is $T^* - {_lead():.4f} / (k (A B C)^(4/3))$ up to higher orders, so that its "
        "ratio to $T^*$ tends to 1 linearly in the start's size. Where the product of the overlaps is "
        "negative, the smallest has to change its sign first.",
    )


@cache
def _leading() -> System:
    """The reduced flow's part of lowest degree, where overlaps are small as s, and squared norms as s^2."""
    reduced, s = product_system(), variable("s").value
    sizes = {state: s ** (1 if state in _overlaps(reduced) else 2) * state for state in reduced.states}
    rates = {}
    for state in _overlaps(reduced):
        rate = reduced.rhs[state].subs(sizes, simultaneous=True).as_poly(s)
        rates[state.name] = rate.nth(min(power for (power,) in rate.monoms()))
    return system(rates, parameters=reduced.parameters)


def _overlaps(flow: System) -> list[Any]:
    return [state for state in flow.states if state.name.startswith("m")]


def _has_integrals() -> bool:
    """Whether the differences of two squared overlaps are conserved by the leading flow."""
    ma, mb, mc = _leading().states
    return {*_leading().first_integrals()} == {ma**2 - mb**2, ma**2 - mc**2}


@cache
def _compiled() -> CompiledSystem:
    return compile(_leading())


def _speed(overlap: float, start: FloatArray) -> float:
    """The rate of the first overlap by itself, in units of ``k A B C``: its integrals tell the others."""
    at = np.array([overlap, *np.sqrt(overlap**2 + start[1:] ** 2 - start[0] ** 2)])[:, None]
    rates = np.empty_like(at)
    _compiled().rhs(0.0, at, np.ones((len(_leading().parameters), 1)), rates)
    return float(rates[0, 0])


@cache
def _lead() -> float:
    """How long before T* half is learnt, by the flow of three equal aligned vectors.

    ``int_h^oo dm/v_0 - int_0^h (1/v - 1/v_0) dm``, v the rate of their overlap, v_0 its leading part and h
    where the product is half.
    """
    m = variable("m").value
    speed, leading = (equal_vectors(flow, m)["ma"] for flow in (product_system(), _leading()))
    excess = (1 / speed - 1 / leading).cancel()
    half = 0.5 ** (1 / 3)
    after = quad(lambda value: float(1 / leading.subs(m, value)), half, np.inf)[0]
    return float(after - quad(lambda value: float(excess.subs(m, value)), 0, half)[0])


def _rate(problem: ProductProblem) -> float:
    """r = k A B C, of the leading flow."""
    return float(problem.constants["k"] * np.prod(problem.lengths))


def _blow_up(problem: ProductProblem) -> float:
    """T*, the time at which the leading flow blows up."""
    overlaps = problem.overlaps(problem.start)
    squares = overlaps**2
    ahead = elliprf(*squares)
    if overlaps.prod() < 0:
        return float(2 * elliprf(*(squares - squares.min())) - ahead) / _rate(problem)
    return float(ahead) / _rate(problem)


def _quadrature(problem: ProductProblem) -> float:
    """The same by quadrature over the smallest overlap, which alone may change its sign."""
    overlaps = problem.overlaps(problem.start)
    start = np.sort(np.abs(overlaps))
    # In units of the largest overlap, with the rest of the way folded onto (0, 1).
    unit, first = start[-1], np.sign(overlaps.prod()) * start[0]
    pieces = (
        quad(lambda m: unit / _speed(unit * m, start), first / unit, 1, epsabs=0, epsrel=QUADRATURE / 10),
        quad(lambda x: unit / x**2 / _speed(unit / x, start), 0, 1, epsabs=0, epsrel=QUADRATURE / 10),
    )
    return float(sum(piece[0] for piece in pieces)) / _rate(problem)


def _measured(problem: ProductProblem) -> _Start:
    """One start at every scale."""
    time = _blow_up(problem)
    runs = [
        trained_product(scaled, rise_window(scaled, time / scale), RTOL, LOOSER)
        for scale in SCALES
        for scaled in [problem.scaled(scale)]
    ]
    found, errors = (np.array(each) * SCALES / time for each in zip(*map(half_time, runs), strict=True))
    lead = _lead() * problem.unit * SCALES / time
    equal = 1 / (_rate(problem) * np.cbrt(np.abs(problem.overlaps(problem.start).prod())))
    return _Start(time, found, errors, np.asarray(1 - lead), np.asarray(equal / time - lead))


def _series(starts: list[_Start]) -> dict[str, object]:
    return {
        "x": {"label": "size of the start", "values": SCALES},
        "y": {"label": "half-time over T*"},
        "curves": {
            **{f"training, start {i + 1}": start.measured for i, start in enumerate(starts)},
            **{f"law, start {i + 1}": start.predicted for i, start in enumerate(starts)},
        },
        "caption": "The time at which half of the product is learnt, in units of the blow-up time of the "
        "leading flow, for starts of several sizes: it tends to 1, linearly.",
    }


CLAIM = Claim(
    id="phase-change-time",
    statement="From small starts the product of three vectors rises at $T^* = R_F(m_a^2, m_b^2, m_c^2) / r$, "
    "$r = k A B C$, by the vectors' overlaps with their targets at the start if their product is positive, "
    "and else at $(2 R_F(m_a^2 - q, m_b^2 - q, m_c^2 - q) - R_F(m_a^2, m_b^2, m_c^2)) / r$, q being the "
    "smallest square; sooner than that by a time that doesn't depend on the start.",
    source="derived here from the loss of the toy model of arXiv 2404.07129 (its published code; abstract)",
    paper="2404.07129",
    hypotheses="no group: gradient flow of three vectors from small starts of any direction",
    experiment=experiment,
    applies=about_no_group,
)
