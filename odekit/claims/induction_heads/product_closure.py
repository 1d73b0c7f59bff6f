"""Three vectors that learn a product: their flow closes in three overlaps and three squared norms."""

from functools import cache

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments import (
    ProductProblem,
    ProductRun,
    draw_product,
    product_distance,
    product_flow,
    product_observables,
    product_system,
    trained_product,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.systems import System, reduce

__all__ = ["CLAIM"]

STARTS = 3
OTHERS = (4, 3, 2)  # lengths at which the reduction is found again
SCALE = 0.5  # of the start: a plateau, and then the rise
END, MOMENTS = 40.0, 81  # in units of the rise itself: beyond that of most starts
RTOL, LOOSER = 1e-11, 1e-10  # their difference tells the integrator's error
TOLERANCE = 1e-5  # without the norms the overlaps are off by order .1; the plateau amplifies rounding


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train all entries of the vectors, and compare overlaps and squared norms with the reduced flow."""
    generator = settings.generator(claim.id)
    problems = [draw_product(generator).scaled(SCALE) for _ in range(3 * STARTS if settings.full else STARTS)]
    runs = [trained_product(problem, _times(problem), RTOL, LOOSER) for problem in problems]
    predicted = [run.solved(product_system(), RTOL) for run in runs]
    loose = [run.solved(product_system(), LOOSER) for run in runs]
    budget = {
        "integrator of the vectors": max(run.integrator_error for run in runs),
        "solver of the reduced flow": max(
            product_distance(run.problem, *pair) for run, *pair in zip(runs, predicted, loose, strict=True)
        ),
        # In double precision, amplified by the plateau as the start's own error is.
        "rounding": max(_rounding(run) for run in runs),
    }
    measured = {
        "overlaps and squared norms": max(
            run.distance(found) for run, found in zip(runs, predicted, strict=True)
        ),
        "drift of the balance": max(run.imbalance for run in runs),
    }
    alone = max(run.distance(run.solved(_overlaps_alone(), RTOL)) for run in runs)
    return claim.verdict(
        gap=max(measured.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the three overlaps close alone, each vector's norm being its overlap",
            judge(alone, sum(budget.values()), TOLERANCE),
            "with the squared norms, which the parts off the targets belong to",
        ),
        predicted=dict.fromkeys(measured, 0.0),
        measured=measured,
        checks={
            "overlaps and squared norms close": product_system().closed,
            "the reductions are certified": all(
                system.certify().passed for system in (product_system(), _overlaps_alone())
            ),
            "they do where the vectors have other lengths, by the same equations": _at_other_lengths().rhs
            == product_system().rhs,
            "the overlaps alone leak": set(_overlaps_alone().leaks) == {"ma", "mb", "mc"},
            "the derivation finds two differences of squared norms": _has_balances(),
        },
        evidence={
            "certificate": str(product_system().certify()),
            "leaks of the overlaps alone": {
                name: list(leak) for name, leak in _overlaps_alone().leaks.items()
            },
            "series": _series(runs[0], predicted[0]),
        },
        text="Exact, by identities of polynomials, for vectors of any lengths and at any start; the parts of "
        "a vector off its target only shrink.",
    )


@cache
def _overlaps_alone() -> System:
    """The reduction by overlaps, without squared norms."""
    wanted = {name: meaning for name, meaning in product_observables().items() if name.startswith("m")}
    return reduce(product_flow(), observables=wanted)


@cache
def _at_other_lengths() -> System:
    """The reduction where the vectors have other lengths, each its own."""
    return reduce(product_flow(sizes=OTHERS), observables=product_observables(sizes=OTHERS))


def _has_balances() -> bool:
    na, nb, nc = (product_system()[f"n{letter}"] for letter in "abc")
    return {*product_system().first_integrals()} == {na - nb, na - nc}


def _times(problem: ProductProblem) -> FloatArray:
    """From the start to well after the rise."""
    return np.linspace(0.0, END * problem.unit, MOMENTS)


def _rounding(run: ProductRun) -> float:
    """Of as many sums as the product has entries, amplified by the plateau as the start's error is."""
    entries = np.prod([len(target) for target in run.problem.targets])
    return float(entries * EPS / np.abs(run.problem.learnt(run.problem.start)))


def _series(run: ProductRun, predicted: dict[str, FloatArray]) -> dict[str, object]:
    lengths = dict(zip("abc", run.problem.lengths, strict=True))
    return {
        "x": {"label": "time in units of the rise", "values": run.t / run.problem.unit},
        "y": {"label": "part along the target"},
        "curves": {
            **{f"{name}, training": run.observed[f"m{name}"] / lengths[name] for name in "abc"},
            **{f"{name}, reduced flow": predicted[f"m{name}"] / lengths[name] for name in "abc"},
        },
        "caption": "Each vector's part along its target, in units of the target's length: of all entries "
        "trained, and by the reduced flow in three overlaps and three squared norms.",
    }


CLAIM = Claim(
    id="product-closure",
    statement="Three vectors on the mean loss $(a^* b^* c^* - a b c)^2 / 2$ move by an ODE of six variables, "
    "the overlaps with their targets and the squared norms, $m_a' = k (A B C m_b m_c - n_b n_c m_a)$ and "
    "$n_a' = 2 k (A B C m_a m_b m_c - n_a n_b n_c)$, and $n_a - n_b$ is conserved.",
    source="derived here from the loss of the toy model of arXiv 2404.07129 (its published code; abstract)",
    paper="2404.07129",
    hypotheses="no group: gradient flow of three vectors of any lengths, any targets and any start",
    experiment=experiment,
    applies=about_no_group,
)
