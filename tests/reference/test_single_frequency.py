"""The published single-frequency run on Z_23 against the reduced ODE, and against an independent program."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import Comparison, Modes, ReducedFlow, compare, project
from odekit.comparison.measures import error_curves
from odekit.simulation import Run, load_run

pytestmark = pytest.mark.reference
RUN = "Z23_quadratic_singlefreq_sgd"


@pytest.mark.slow
def test_errors_of_alpha_are_those_of_the_independent_program(
    reference: Path, compared: Callable[[str], Comparison]
) -> None:
    with (reference / f"{RUN}_ode_error.csv").open() as file:
        rows = {int(row["step"]): row for row in csv.DictReader(file)}
    """It integrates the flow itself, without what descent in steps adds."""
    run = compared(RUN).run
    modes = project(run)
    flow = ReducedFlow(run.network).evolve(modes.at(0).amplitudes, run.t - run.t[0])
    means = {name: np.broadcast_to(mean[0], mean.shape) for name, mean in modes.means.items()}
    steps, alpha = run.steps.tolist(), error_curves(modes, Modes(modes.group, flow, means))["alpha"]
    checked = [i for i, step in enumerate(steps) if 200 <= step <= 6000]
    assert len(checked) == 30
    for i in checked:
        row = rows[steps[i]]
        assert alpha.median[i] == pytest.approx(float(row["alpha_rel_median"]), rel=1e-3)
        assert alpha.max[i] == pytest.approx(float(row["alpha_rel_max"]), rel=1e-3)


@pytest.mark.slow
def test_the_run_is_confirmed_up_to_a_horizon_before_its_first_blow_up(
    compared: Callable[[str], Comparison],
) -> None:
    comparison = compared(RUN)
    assert comparison.outcome == "confirmed", comparison.reason
    assert 5000 <= comparison.horizon_step <= 7171
    assert comparison.winners.agreement == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("run", "factor"), [(RUN, 1.01), (RUN, -1.0), ("Z23_quadratic_random_sgd", 0.99)])
def test_an_ode_one_percent_off_or_of_the_wrong_sign_is_refuted(
    run: str, factor: float, compared: Callable[[str], Comparison]
) -> None:
    sparse = every_fifth(compared(run).run)
    assert compare(sparse, order=1).outcome == "confirmed"
    assert compare(sparse, scale_field=factor, order=1).outcome == "refuted"


def every_fifth(run: Run) -> Run:
    weights = {name: w[:36:5] for name, w in run.weights.items()}
    return Run(run.t[:36:5], weights, run.network, run.steps[:36:5], run.meta)


@pytest.mark.slow
def test_the_budget_is_not_much_wider_than_the_gap(compared: Callable[[str], Comparison]) -> None:
    comparison = compared(RUN)
    before = comparison.run.t < comparison.horizon
    budget = comparison.budget.reduction + comparison.budget.learning_rate + comparison.budget.integrator
    ratio = np.median(budget[before][1:] / comparison.gap[before][1:], axis=1)
    assert (ratio < 3).all()  # roundings, which their bound lets point the same way, are left out
    assert ratio[-1] < 1.5


@pytest.mark.slow
def test_the_run_is_never_refuted_where_its_file_does_not_tell_the_learning_rate(reference: Path) -> None:
    run = load_run(reference / f"{RUN}.npz")
    bare = Run(run.t, run.weights, run.network)
    comparison = compare(bare)
    assert comparison.outcome == "confirmed", comparison.reason
    assert comparison.horizon <= compare(run, order=1).horizon
