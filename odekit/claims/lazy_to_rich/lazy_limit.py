"""The lazy limit: a linear ODE, which training leaves at order 1 in eps and in 1 over the output's scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments import (
    FeatureProblem,
    draw_features,
    moments,
    output_in_moments,
    outputs_by_moments,
    sample_moments,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.simulation import quadratic_features
from odekit.solvers import solve
from odekit.systems import System, expectation, system, variable

__all__ = ["CLAIM"]

SETS = 2  # of data, each with a start of its own
NEURONS = 40
ALPHAS, EPS = 32.0 * 2.0 ** np.arange(4), 0.5  # at one eps
ALPHA, EPSES = 2.0, 8e-3 * 0.5 ** np.arange(4)  # at one alpha
END, MOMENTS = 3.0, 31  # in times of the lazy limit, 1/alpha^2
PLACES = 20  # inputs at which outputs are compared, beside those of the data
RTOL, LOOSER = 1e-12, 1e-11  # their difference tells the integrator's error
TOLERANCE = 0.1  # of an order, a tenth of what the frozen features cost


@dataclass(frozen=True, eq=False)
class _Departure:
    """How far outputs of the trained network are from the lazy limit's, as one number falls.

    Parameters
    ----------
    numbers: (S,), one over alpha, or eps.
    distances: (S,), root mean square over time and inputs, relative to the limit's outputs.
    errors: (S,), of integrators, likewise.
    """

    numbers: FloatArray
    distances: FloatArray
    errors: FloatArray

    @property
    def slopes(self) -> FloatArray:
        """Local orders, (S - 1,)."""
        return orders(self.numbers, self.distances)

    @property
    def noise(self) -> float:
        """Bound of the last slope's error by integrators."""
        return float(noise_of_orders(self.numbers, self.errors / self.distances)[-1])


@dataclass(frozen=True, eq=False)
class _Set:
    """One data set and start.

    Parameters
    ----------
    in_alpha, in_eps: departures from the lazy limit.
    from_features: departure in one over alpha from the limit of linear features, eps = 0.
    """

    in_alpha: _Departure
    in_eps: _Departure
    from_features: _Departure


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train at ever larger alpha, and at ever smaller eps, and measure the distance from the linear ODE."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    count = 4 * SETS if settings.full else SETS
    sets = [_measured(draw_features(generator, neurons), generator) for _ in range(count)]
    found = {
        "order in one over alpha": [each.in_alpha for each in sets],
        "order in eps": [each.in_eps for each in sets],
    }
    every = [departure for departures in found.values() for departure in departures]
    last = {name: [float(each.slopes[-1]) for each in departures] for name, departures in found.items()}
    budget = {
        "next order": max(next_order(each.slopes, 1) for each in every),
        "integrators": max(each.noise for each in every),
    }
    others = max(abs(float(each.from_features.slopes[-1]) - 1) for each in sets)
    return claim.verdict(
        gap=max(abs(slope - 1) for slopes in last.values() for slope in slopes),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the lazy limit learns by the inputs alone, $f = U x$, as at $eps = 0$",
            judge(others, sum(budget.values()), TOLERANCE),
            "by inputs and their products, $f = U x + (eps/2) x V x$",
        ),
        predicted=dict.fromkeys(found, 1.0),
        measured={name: float(np.median(slopes)) for name, slopes in last.items()},
        checks={"the derived limit is linear": all(_is_linear(rate) for rate in _limit().values())},
        evidence={
            "alphas": ALPHAS,
            "eps": EPSES,
            **{f"slopes, {name}": [each.slopes for each in parts] for name, parts in found.items()},
            "slopes from linear features": [each.from_features.slopes for each in sets],
            "series": _series(sets[0]),
        },
        text="With $U = alpha (u - u_0)$, $V = alpha (M - M_0)$ and time in units of $1/alpha^2$, where the "
        "output at the start is taken off. At $eps = 0$ the network is linear, and the limit exact.",
    )


@cache
def _limit() -> dict[str, Any]:
    """Rates of U and V on one sample, at any start, where one over alpha is 0.

    In the derived flow, ``u = u_0 + k U`` and ``M = M_0 + k V``, k one over alpha, in time ``alpha^2 t``, and
    the label is what is to be added to the output at the start.
    """
    flow, k = sample_moments(), variable("k").value
    known = {symbol.name: symbol for symbol in flow.parameters}
    first = {state: variable(f"{state.name}0").value for state in flow.states}
    at_first = output_in_moments().subs({**first, known["alpha"]: 1 / k}, simultaneous=True)
    at = {state: first[state] + k * variable(_moved(state.name)).value for state in flow.states}
    at |= {known["y"]: known["y"] + at_first, known["alpha"]: 1 / k}
    return {
        _moved(state.name): (k * flow.rhs[state]).subs(at, simultaneous=True).expand().as_poly(k).nth(0)
        for state in flow.states
    }


def _moved(moment: str) -> str:
    """What the change of a moment is called: U1 of u1, V12 of M12."""
    return ("U" if moment.startswith("u") else "V") + moment[1:]


def _is_linear(rate: Any) -> bool:
    moved = [variable(_moved(state.name)).value for state in sample_moments().states]
    return bool(rate.as_poly(*moved).total_degree() == 1)


def _on_data(problem: FeatureProblem) -> System:
    """The lazy limit on a data set: the mean over its samples."""
    data = {"x": problem.inputs, "y": problem.labels}
    rates = {name: expectation(rate, data=data) for name, rate in _limit().items()}
    return system(rates, parameters=["eps", *(f"{name}0" for name in moments(problem.start))])


def _measured(problem: FeatureProblem, generator: np.random.Generator) -> _Set:
    places = np.concatenate([problem.inputs, generator.standard_normal((PLACES, problem.inputs.shape[1]))])
    limits = [_lazy(problem, places, np.array([EPS, 0.0, *EPSES]), rtol) for rtol in (RTOL, LOOSER)]
    in_alpha, in_eps = (
        [[_outputs(problem, places, alpha, eps, rtol) for alpha, eps in cases] for rtol in (RTOL, LOOSER)]
        for cases in ([(alpha, EPS) for alpha in ALPHAS], [(ALPHA, eps) for eps in EPSES])
    )
    one, none, every = slice(0, 1), slice(1, 2), slice(2, None)
    return _Set(
        _departure(1 / ALPHAS, in_alpha, [limit[one] for limit in limits]),
        _departure(EPSES, in_eps, [limit[every] for limit in limits]),
        _departure(1 / ALPHAS, in_alpha, [limit[none] for limit in limits]),
    )


def _departure(numbers: Any, runs: Sequence[Any], limits: Sequence[FloatArray]) -> _Departure:
    """Of runs from limits, each at the tight and the looser tolerance, (S, T, places) or (1, T, places)."""
    (tight, loose), (limit, other) = (np.asarray(run) for run in runs), limits
    size = _size(limit)
    return _Departure(
        numbers, _size(tight - limit) / size, (_size(tight - loose) + _size(limit - other)) / size
    )


def _size(outputs: FloatArray) -> FloatArray:
    """Root mean square over time and inputs: smooth in the numbers, unlike the largest."""
    return np.asarray(np.sqrt((outputs**2).mean(axis=(1, 2))))


def _lazy(problem: FeatureProblem, places: FloatArray, eps: FloatArray, rtol: float) -> FloatArray:
    """Outputs of the lazy limit over time, for each eps, (eps, T, places)."""
    flow, first = _on_data(problem), moments(problem.start)
    found = solve(
        flow,
        np.zeros((len(flow.states), len(eps))),
        np.linspace(0.0, END, MOMENTS),
        parameters={"eps": eps, **{f"{name}0": float(value) for name, value in first.items()}},
        rtol=rtol,
        atol=rtol,
    )
    # The output is linear in the moments, so that of their changes times alpha it is the change itself.
    changes = {name: found[_moved(name)].T for name in first}
    return outputs_by_moments(changes, places, 1.0, eps[:, None])


def _outputs(
    problem: FeatureProblem, places: FloatArray, alpha: float, eps: float, rtol: float
) -> FloatArray:
    """Outputs of the trained network over the same times, less those at the start, (T, places)."""
    t = np.linspace(0.0, END, MOMENTS) / alpha**2
    weights = problem.trained(t, rtol, alpha=alpha, eps=eps, centred=True)
    features = quadratic_features(weights, places, eps)
    return np.asarray(alpha * (features - features[0]))


def _series(found: _Set) -> dict[str, object]:
    return {
        "x": {"label": "one over alpha", "values": found.in_alpha.numbers},
        "y": {"label": "relative distance of outputs"},
        "curves": {
            "from the lazy limit": found.in_alpha.distances,
            "from linear features": found.from_features.distances,
        },
        "scale": "loglog",
        "caption": "How far the trained network's outputs are from the lazy limit's linear ODE, against one "
        "over the output's scale: of order 1 on logarithmic axes. From the limit of linear features they "
        "stay apart.",
    }


CLAIM = Claim(
    id="lazy-limit",
    statement="As the output's scale alpha grows, $U = alpha (u - u_0)$ and $V = alpha (M - M_0)$ follow a "
    "linear ODE in time $alpha^2 t$; outputs depart from it at order 1 in $1/alpha$, and in $eps$.",
    source="derived here for the network of arXiv 2310.06110, in whose abstract lazy training is a linear "
    "model",
    paper="2310.06110",
    hypotheses="no group: mean squared error, gradient flow of the first layer, the output at the start off",
    experiment=experiment,
    applies=about_no_group,
    takes={"neurons": neurons_from(3, 1024)},
)
