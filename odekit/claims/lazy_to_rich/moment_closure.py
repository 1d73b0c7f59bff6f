"""Neurons with quadratic features: mean and second moment of their weights close on every data set."""

from collections.abc import Mapping
from functools import cache

import numpy as np

from odekit.arrays import EPS as ROUNDING
from odekit.arrays import FloatArray
from odekit.claims.experiments import (
    QUADRATIC,
    FeatureProblem,
    draw_features,
    moment_observables,
    moments,
    sample_flow,
    sample_moments,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.solvers import solve
from odekit.systems import System, expectation, reduce, system, variable

__all__ = ["CLAIM"]

SETS = 2  # of data, each with a start of its own
NEURONS = 40
ALPHA, EPS = 2.0, 0.5  # neither lazy nor linear
END, MOMENTS = 6.0, 61  # by then the directions that data tell of first are learnt
RTOL, LOOSER = 1e-11, 1e-10  # their difference tells the integrator's error
TOLERANCE = 1e-6  # with a frozen covariance the moments are off by order .1; rounding stays far below


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train all weights, and compare their moments with the reduced flow on the same data."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    problems = [draw_features(generator, neurons) for _ in range(4 * SETS if settings.full else SETS)]
    t = np.linspace(0.0, END, MOMENTS)
    runs = [
        [moments(problem.trained(t, rtol, alpha=ALPHA, eps=EPS)) for rtol in (RTOL, LOOSER)]
        for problem in problems
    ]
    flows = [_on_data(sample_moments(), problem) for problem in problems]
    predicted = [
        [_solved(flow, run, t, rtol) for rtol in (RTOL, LOOSER)]
        for flow, (run, _) in zip(flows, runs, strict=True)
    ]
    frozen = [
        _distance(run, _solved(_with_frozen_covariance(flow), run, t, RTOL))
        for flow, (run, _) in zip(flows, runs, strict=True)
    ]
    budget = {
        "integrator of the weights": max(_distance(*run) for run in runs),
        "solver of the reduced flow": max(_distance(*found) for found in predicted),
        # Of sums over neurons and samples, at the rate alpha^2 over the time that is followed.
        "rounding": ROUNDING * neurons * len(problems[0].labels) * END * ALPHA**2,
    }
    gap = max(_distance(run, found) for (run, _), (found, _) in zip(runs, predicted, strict=True))
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the weights' covariance stays as it starts, so that the mean weight tells all",
            judge(max(frozen), sum(budget.values()), TOLERANCE),
            "it moves as $C' = eps (R C + C R)$",
        ),
        predicted={"moments": 0.0},
        measured={"moments": gap},
        checks={
            "the moments close on every sample": sample_moments().closed,
            "the reductions are certified": sample_moments().certify().passed and _cubic().certify().passed,
            "with cubic features they leak": set(_cubic().leaks) == {"u1", "M11"},
        },
        evidence={
            "certificate": str(sample_moments().certify()),
            "distance with a frozen covariance": frozen,
            "leaks with cubic features": dict(_cubic().leaks),
            "series": _series(t, runs[0][0], predicted[0][0]),
        },
        text="Exact for any number of neurons, any start and any data, since the loss is a mean over "
        "samples, and on each of them the moments close.",
    )


def _on_data(flow: System, problem: FeatureProblem) -> System:
    """The flow on a data set: the mean of those on its samples."""
    data = {"x": problem.inputs, "y": problem.labels}
    rates = {state: expectation(rate, data=data) for state, rate in flow.velocities.items()}
    return system(rates, parameters="alpha eps")


def _with_frozen_covariance(flow: System) -> System:
    """The flow of the mean weight u with ``M = u u^T + C``, C constant."""
    means = {state.name[1:]: state for state in flow.states if state.name.startswith("u")}
    seconds = {
        state: means[state.name[1]] * means[state.name[2]] + variable(f"C{state.name[1:]}").value
        for state in flow.states
        if state.name.startswith("M")
    }
    rates = {state: flow.rhs[state].subs(seconds) for state in means.values()}
    return system(rates, parameters=["alpha", "eps", *(f"C{state.name[1:]}" for state in seconds)])


@cache
def _cubic() -> System:
    """The reduction where features have a cubic part, on an input of one number."""
    flow = sample_flow(dimension=1, feature=f"{QUADRATIC} + h**3")
    return reduce(flow, observables=moment_observables(dimension=1))


def _solved(flow: System, run: Mapping[str, FloatArray], t: FloatArray, rtol: float) -> dict[str, FloatArray]:
    """The reduced flow from where a run starts, each state (T,)."""
    first = {name: values[0] for name, values in run.items()}
    covariances = {
        f"C{name[1:]}": value - first[f"u{name[1]}"] * first[f"u{name[2]}"]
        for name, value in first.items()
        if name.startswith("M")
    }
    constants = {"alpha": ALPHA, "eps": EPS, **covariances}
    found = solve(
        flow,
        {state.name: first[state.name][None] for state in flow.states},
        t,
        parameters={symbol.name: constants[symbol.name] for symbol in flow.parameters},
        rtol=rtol,
    )
    return {state.name: found[state.name][:, 0] for state in flow.states}


def _distance(run: Mapping[str, FloatArray], found: Mapping[str, FloatArray]) -> float:
    """Largest difference of a moment among those found, in units of the largest at the start."""
    unit = max(values[0] for values in run.values())
    return float(max(np.abs(run[name] - values).max() for name, values in found.items()) / unit)


def _series(
    t: FloatArray, run: Mapping[str, FloatArray], found: Mapping[str, FloatArray]
) -> dict[str, object]:
    shown = {"u1": "mean weight, first entry", "M12": "second moment, mixed entry"}
    return {
        "x": {"label": "time", "values": t},
        "y": {"label": "moment of the weights"},
        "curves": {
            **{f"{told}, training": run[name] for name, told in shown.items()},
            **{f"{told}, reduced flow": found[name] for name, told in shown.items()},
        },
        "caption": "Moments of the weights over time: of all neurons trained, and by the reduced flow in "
        "the moments alone.",
    }


CLAIM = Claim(
    id="moment-closure",
    statement="With features $h + eps h^2/2$ and outputs scaled by alpha, mean weight u and second moment M "
    "close on every data set: $u' = q + eps R u$, $M' = q u^T + u q^T + eps (R M + M R)$, where "
    "$q$ and $R$ are the means of $alpha D x$ and $alpha D x x^T$ over the data, D the residual.",
    source="derived here for the network of arXiv 2310.06110 (abstract; features as in code based on it)",
    paper="2310.06110",
    hypotheses="no group: mean squared error, gradient flow of the first layer at N times the gradient, N "
    "the number of neurons",
    experiment=experiment,
    applies=about_no_group,
    takes={"neurons": neurons_from(3, 1024)},
)
