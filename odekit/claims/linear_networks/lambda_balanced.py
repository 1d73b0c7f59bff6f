"""Lambda-balanced starts: two layers between rich and lazy; modes end at the rate sqrt(4 s^2 + l^2)."""

from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement, product

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments import (
    LinearRun,
    balanced_rate,
    balanced_solution,
    balanced_start,
    decoupled_start,
    draw_problem,
    layer_statistics,
    trained,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.solvers import solve
from odekit.systems import System, gradient_flow, reduce, variable

__all__ = ["CLAIM"]

OUTPUTS, INPUTS = 7, 6  # different, so that no transposed matrix fits
STRENGTHS = (3.0, 2.0, 1.2)
SPREAD = 0.1
BALANCES = (0.0, 1.0, -4.0, 12.0)  # from rich to lazy; below 0 the first layer is the larger one
START = 0.02  # of every mode's strength
LIVES = 12.0  # of the slowest mode, whose rest is then e^-12 of what it was
MOMENTS = 61
SIZE = 2  # of both layers where no mode is special
RTOL, LOOSER = 1e-11, 1e-10  # their difference, by a margin, tells the integrator's error
RATES = 1e-12  # to which two ways to a rate agree, sums of some twenty products
MARGIN = 10.0  # near a saddle both may stray to the same side, and their difference is less than either
# A wrong rate is off by order 1; rounding grows by 1/START, and stays below.
TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class _Case:
    """A network trained from one balance, next to the reduced equations and the closed form.

    Parameters
    ----------
    balance: l. run: the full matrices.
    predicted: by the reduced equations: (T, modes), strengths, where the start is diagonal on the modes; else
        (T, statistics), all of them.
    measured: the same, as trained.
    looser: as predicted, at a looser tolerance.
    """

    balance: float
    run: LinearRun
    predicted: FloatArray
    measured: FloatArray
    looser: FloatArray

    @property
    def statistics(self) -> FloatArray:
        """``Q Q^T``, ``Q = [W_1^T; W_2]``, (T, inputs + outputs, inputs + outputs)."""
        return layer_statistics(self.run.weights)

    @property
    def kernel(self) -> FloatArray:
        """(T, modes), ``|W_1 v|^2 + |W_2^T u|^2``: the tangent kernel of a mode with itself."""
        problem, square, inputs = self.run.problem, self.statistics, len(self.run.problem.right)
        inner, outer = square[:, :inputs, :inputs], square[:, inputs:, inputs:]
        return np.asarray(
            np.einsum("im,tij,jm->tm", problem.right, inner, problem.right)
            + np.einsum("im,tij,jm->tm", problem.left, outer, problem.left)
        )

    @property
    def moved(self) -> FloatArray:
        """(modes,), how much each mode's kernel grew, relative to its start."""
        return np.asarray(self.kernel[-1] / self.kernel[0] - 1)

    @property
    def gap(self) -> float:
        """Largest distance of the reduced equations, over the largest value."""
        return _distance(self.predicted, self.measured)

    def closed_gap(self, balance: float) -> float:
        """The same of the closed form for this balance."""
        target, start = self.run.problem.target, self.statistics[0]
        return _distance(balanced_solution(target, balance, start, self.run.t), self.statistics)

    @property
    def drift(self) -> float:
        """Largest change of the balance, over the largest statistic."""
        return self.run.imbalance / float(np.abs(self.statistics).max())

    @property
    def integrator_error(self) -> float:
        """Of the training."""
        return _distance(layer_statistics(self.run.looser), self.statistics)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train from starts of several balances: diagonal on the modes, and without any special direction."""
    generator = settings.generator(claim.id)
    strengths = np.array(STRENGTHS) * np.exp(generator.uniform(-SPREAD, SPREAD, len(STRENGTHS)))
    aligned = [_aligned(generator, strengths, balance) for balance in BALANCES]
    whole = [_unaligned(generator, balance) for balance in BALANCES]
    cases = [*aligned, *whole]
    budget = {
        "integrator of the matrices": MARGIN * max(case.integrator_error for case in cases),
        "solver of the reduced equations": MARGIN
        * max(_distance(case.looser, case.predicted) for case in cases),
        # Of sums over all entries, at each moment; a start of 1/START multiplies it in each of two layers.
        "rounding": EPS * OUTPUTS * INPUTS * MOMENTS / START**2,
    }
    kernels = [_distance(np.sqrt(case.balance**2 + 4 * case.predicted**2), case.kernel) for case in aligned]
    measured = {
        "strengths of modes": max(case.gap for case in aligned),
        "kernels of modes": max(kernels),
        "all statistics": max(case.gap for case in whole),
        "closed form of all statistics": max(case.closed_gap(case.balance) for case in cases),
        "drift of the balance": max(case.drift for case in cases),
    }
    moved = np.array([case.moved for case in aligned])
    rates = np.array([_rate_at_end(s, BALANCES[-1]) for s in strengths])
    certificates = [system.certify() for system in (_mode(), _sheet(), _statistics())]
    return claim.verdict(
        gap=max(measured.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=_control(aligned[-1], sum(budget.values())),
        predicted=dict.fromkeys(measured, 0.0),
        measured=measured,
        checks={
            "a mode's strength and kernel close": _mode().closed,
            "they keep $q^2 - 4 u^2$, which is $l^2$": _keeps_balance(),
            "all statistics of both layers close, whatever the start": _statistics().closed,
            "balanced layers stay balanced": _sheet().closed,
            "on them the flow of the statistics is the equation of the closed form": all(
                map(_has_balanced_rate, whole)
            ),
            "the reductions are certified": all(certificate.passed for certificate in certificates),
            "a mode ends at the rate $sqrt(4 s^2 + l^2)$": bool(
                np.allclose(rates, _rate(strengths, BALANCES[-1]), rtol=1e-12, atol=0.0)
            ),
            "kernels move less, the larger the balance": bool((np.diff(moved, axis=0) < 0).all()),
        },
        evidence={
            "singular values": strengths,
            "growth of each mode's kernel, by balance": dict(zip(map(str, BALANCES), moved, strict=True)),
            "certificates": [str(certificate) for certificate in certificates],
            "series": _series(aligned),
        },
        text="Where the start is diagonal on the modes, each follows $u' = q (s - u)$, $q^2 = l^2 + 4 u^2$: "
        "a sigmoid of rate $2 s$ at $l = 0$, an exponential of rate $|l|$ where $|l|$ is large, since the "
        "kernel $q$ then grows by $2 s^2/l^2$ of itself alone. From any balanced start $X = Q Q^T$, $Q = "
        "[W_1^T; W_2]$, solves $X' = F X + X F - X^2$, $F = [[-l/2, S^T], [S, l/2]]$. Without balance the "
        "statistics still close.",
    )


@cache
def _mode() -> System:
    """The derived flow of one mode's strength u = a b and kernel q = a^2 + b^2."""
    flow = gradient_flow("(s - a*b)**2/2", "a b", parameters="s")
    return reduce(flow, observables={"u": "a*b", "q": "a**2 + b**2"})


@cache
def _sheet() -> System:
    """The derived flow of z = a + b where b^2 - a^2 = l."""
    flow = gradient_flow("(s - a*b)**2/2", "a b", parameters="s l")
    return reduce(flow, {"a": "(z - l/z)/2", "b": "(z + l/z)/2"})


@cache
def _statistics() -> System:
    """The derived flow of ``W_1^T W_1``, ``W_2 W_2^T`` and ``W_2 W_1`` of two 2 x 2 layers."""
    places = range(1, SIZE + 1)
    terms = {(o, i): "+".join(f"V{o}{k}*W{k}{i}" for k in places) for o, i in product(places, repeat=2)}
    loss = "+".join(f"(S{o}{i} - ({term}))**2/2" for (o, i), term in terms.items())
    flow = gradient_flow(
        loss,
        [variable("W", SIZE, SIZE), variable("V", SIZE, SIZE)],
        parameters=" ".join(f"S{o}{i}" for o, i in terms),
    )
    pairs = [*combinations_with_replacement(places, 2)]
    return reduce(
        flow,
        observables={
            **{f"A{i}{j}": "+".join(f"W{k}{i}*W{k}{j}" for k in places) for i, j in pairs},
            **{f"B{i}{j}": "+".join(f"V{i}{k}*V{j}{k}" for k in places) for i, j in pairs},
            **{f"C{o}{i}": term for (o, i), term in terms.items()},
        },
    )


def _keeps_balance() -> bool:
    """Whether the one integral of a mode is q^2 - 4 u^2, up to a factor."""
    (u, q), (found, *more) = _mode().states, _mode().first_integrals()
    return not more and bool((found / (q**2 - 4 * u**2)).simplify().is_number)


def _has_balanced_rate(case: _Case) -> bool:
    """Whether the derived flow of all statistics is that of the closed form at the start."""
    target, flow = case.run.problem.target, _statistics()
    constants = [target[int(name[1]) - 1, int(name[2]) - 1] for name in map(str, flow.parameters)]
    found = flow.function()(0.0, case.measured[0], constants)
    expected = balanced_rate(target, case.balance, case.statistics[0])[_places()]
    return _distance(found, expected) <= RATES


def _rate(s: FloatArray, balance: float) -> FloatArray:
    return np.asarray(np.sqrt(4 * s**2 + balance**2))


def _rate_at_end(s: float, balance: float) -> float:
    """Of the derived flow on the balanced sheet, where a b = s."""
    end = float(np.sqrt(2 * s + _rate(np.array(s), balance)))
    constants = {constant: {"s": s, "l": balance}[constant.name] for constant in _sheet().parameters}
    return -float(_sheet().linearisation({"z": end}).subs(constants)[0])


def _aligned(generator: np.random.Generator, strengths: FloatArray, balance: float) -> _Case:
    """A start whose layers are diagonal on the modes."""
    problem = draw_problem(generator, OUTPUTS, INPUTS, strengths)
    u0 = START * np.exp(generator.uniform(-SPREAD, SPREAD, len(strengths)))
    kernel = np.sqrt(balance**2 + 4 * u0**2)
    larger = np.sqrt((kernel + abs(balance)) / 2)
    factors = np.array([u0 / larger, larger])[:: -1 if balance < 0 else 1]
    t = np.linspace(0.0, LIVES / float(_rate(strengths, balance).min()), MOMENTS)
    run = trained(problem, decoupled_start(problem, generator, factors, len(strengths)), t, RTOL, LOOSER)
    tight, loose = (
        solve(_mode(), {"u": u0, "q": kernel}, t, parameters={"s": strengths}, rtol=rtol)["u"]
        for rtol in (RTOL, LOOSER)
    )
    return _Case(balance, run, tight, np.diagonal(run.strengths, axis1=1, axis2=2), loose)


def _unaligned(generator: np.random.Generator, balance: float) -> _Case:
    """A start of random directions."""
    problem = draw_problem(generator, SIZE, SIZE, np.sort(generator.uniform(0.5, 2.0, SIZE))[::-1])
    t = np.linspace(0.0, LIVES / float(_rate(problem.strengths, balance).min()), MOMENTS)
    run = trained(problem, balanced_start(generator, SIZE, balance), t, RTOL, LOOSER)
    rows, columns = _places()
    measured = layer_statistics(run.weights)[:, rows, columns]
    constants = {f"S{o + 1}{i + 1}": problem.target[o, i] for o, i in product(range(SIZE), repeat=2)}
    tight, loose = (
        solve(_statistics(), measured[0], t, parameters=constants, rtol=rtol).y[:, :, 0]
        for rtol in (RTOL, LOOSER)
    )
    return _Case(balance, run, tight, measured, loose)


def _places() -> tuple[list[int], list[int]]:
    """Row and column of each reduced state in ``Q Q^T``."""
    names = [state.name for state in _statistics().states]
    rows = [int(name[1]) - 1 + SIZE * (name[0] in "BC") for name in names]
    return rows, [int(name[2]) - 1 + SIZE * (name[0] == "B") for name in names]


def _distance(one: FloatArray, other: FloatArray) -> float:
    return float(np.abs(one - other).max() / np.abs(other).max())


def _control(case: _Case, budget: float) -> Control:
    """The same run against the closed form of balanced layers."""
    return Control(
        "the closed form of balanced layers, $l = 0$, holds from any start",
        judge(case.closed_gap(0.0), budget, TOLERANCE),
        "$l$ is part of it: modes end at the rate $sqrt(4 s^2 + l^2)$, not $2 s$",
    )


def _series(cases: list[_Case]) -> dict[str, object]:
    return {
        "x": {"label": "time times the rate at the end", "values": np.linspace(0.0, LIVES, MOMENTS)},
        "y": {"label": "strength of the mode, relative"},
        "curves": {
            f"l = {case.balance:g}": case.measured[:, -1] / case.run.problem.strengths[-1] for case in cases
        },
        "caption": "Strength of the weakest mode of networks trained from starts of several balances $l$: "
        "from a sigmoid, which is rich, to an exponential, which is lazy. Time is in units of "
        "$1/sqrt(4 s^2 + l^2)$.",
    }


CLAIM = Claim(
    id="lambda-balanced",
    statement="From $W_2^T W_2 - W_1 W_1^T = l$, which is conserved, two linear layers are solved exactly: "
    "each mode ends at the rate $sqrt(4 s^2 + l^2)$, rich where $l = 0$ and lazy where it is large.",
    source="arXiv 2409.14623, abstract; the equations are derived here",
    paper="2409.14623",
    hypotheses="no group: two linear layers, whitened inputs, gradient flow; the modes' equations also need "
    "a start that is diagonal on the singular modes",
    experiment=experiment,
    applies=about_no_group,
)
