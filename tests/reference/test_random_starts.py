"""Random starts trained by others: who wins is known before training, and the ODE follows the orbits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import Comparison, Modes, ReducedFlow, compare, predict, project
from odekit.simulation import Run, load_run, logits

pytestmark = pytest.mark.reference

RANDOM = "Z23_quadratic_random_sgd"
EQUAL = "Z15_quadratic_equal_magnitude_sgd"
SHARES = {RANDOM: 0.93, "Z23_quadratic_random_sgd_small": 0.90, "Z15_quadratic_random_sgd_small": 0.88}
CLEAR = 0.985


def smallest_difference(modes: Modes) -> np.ndarray:
    """The mode of each neuron whose phase difference is nearest to 0 at the first snapshot."""
    first = modes.at(0)
    return np.abs(np.angle(np.exp(1j * (2 * first.phi - first.psi)))).argmin(axis=-1)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SHARES))
def test_the_smallest_blow_up_time_names_the_final_frequency(
    name: str, reference: Path, compared: Callable[[str], Comparison]
) -> None:
    run = compared(name).run
    last = project(run).at(-1)
    mean, *modes = np.abs(np.fft.rfft(run.weights["theta"][-1])).T
    spectrum = np.array(modes).T
    assert np.array_equal(last.dominant, spectrum.argmax(axis=1))
    clear = (spectrum**2).max(axis=1) > 0.5 * ((spectrum**2).sum(axis=1) + mean**2 / 2)
    right = predict(reference / f"{name}.npz").winner == spectrum.argmax(axis=1)
    winners = compared(name).winners
    assert right.mean() == winners.agreement >= SHARES[name]
    assert right[clear].mean() == winners.clear_agreement >= CLEAR


def test_the_smallest_phase_difference_does_not(reference: Path) -> None:
    modes = project(load_run(reference / f"{RANDOM}.npz"))
    agreement = float((smallest_difference(modes) == modes.at(-1).dominant).mean())
    assert agreement == pytest.approx(0.205, abs=0.0005)


def test_at_equal_magnitudes_the_two_rules_are_one(reference: Path) -> None:
    run = load_run(reference / f"{EQUAL}.npz")
    assert np.array_equal(smallest_difference(project(run)), predict(run).winner)


@pytest.mark.parametrize("name", [*(pytest.param(name, marks=pytest.mark.slow) for name in SHARES), EQUAL])
def test_the_ode_is_confirmed_up_to_its_horizon(name: str, compared: Callable[[str], Comparison]) -> None:
    comparison = compared(name)
    assert comparison.outcome == "confirmed", comparison.reason


@pytest.mark.long
@pytest.mark.parametrize("name", list(SHARES))
def test_a_higher_order_follows_the_run_further_and_refutes_a_field_one_percent_off(
    name: str, reference: Path, compared: Callable[[str], Comparison]
) -> None:
    comparison = compare(reference / f"{name}.npz")
    assert comparison.outcome == "confirmed", comparison.reason
    assert comparison.order > 1
    assert comparison.horizon > compared(name).horizon
    before = comparison.run.t < comparison.horizon
    within = comparison.gap[before] <= comparison.budget.total[before]
    assert within.all(axis=0).mean() >= 0.95
    assert _largest_logit(comparison.run, int(before.sum()) - 1) > 1
    for factor in (0.99, 1.01):
        wrong = compare(comparison.run, scale_field=factor, order=comparison.order)
        assert wrong.outcome == "refuted", factor


@pytest.mark.parametrize("name", list(SHARES))
def test_the_loss_leaves_the_plateau_at_the_smallest_blow_up_time(name: str, reference: Path) -> None:
    run = load_run(reference / f"{name}.npz")
    steps, loss = run.records["loss_step"], run.records["train_loss"]
    drop = np.log(run.network.finite_group.order) - loss
    passed = int(np.argmax(drop > 0.1))
    step = np.interp(0.1, drop[passed - 1 : passed + 1], steps[passed - 1 : passed + 1])
    time = np.interp(step, run.steps, run.t)
    assert 0.95 <= time / predict(run).times.min() <= 1.02


@pytest.mark.slow
@pytest.mark.parametrize("name", [*list(SHARES)[1:], EQUAL])
def test_dense_snapshots_in_double_precision_follow_the_ode(
    name: str, reference: Path, compared: Callable[[str], Comparison]
) -> None:
    run, comparison = load_run(reference / f"{name}.npz"), compared(name)
    group, times = run.network.finite_group, run.records["dense_t"]
    start = project({"theta": run.records["theta0"][:32], "xi": run.records["xi0"][:32]}, group)
    before = times < comparison.horizon
    step = run.meta["learning_rate"]
    predicted = ReducedFlow(run.network).evolve(start.amplitudes, times[before], step=step)
    measured = project({key: run.records[f"dense_{key}"] for key in ("theta", "xi")}, group)
    gap, size = (
        np.sqrt(sum((np.abs(part) ** 2).sum(axis=-1) for part in parts))
        for parts in (
            [predicted[key] - measured.amplitudes[key][before] for key in predicted],
            [measured.amplitudes[key][before] for key in predicted],
        )
    )
    later = np.searchsorted(run.t, times[before]).clip(max=len(run) - 1)
    assert before.sum() >= 15
    assert (np.median(gap / size, axis=1) <= np.median(comparison.budget.total, axis=1)[later]).all()
    assert np.median(gap / size, axis=1)[: before.sum() // 2].max() < 2e-4


def _largest_logit(run: Run, index: int) -> float:
    """Less the mean over the answers, at a snapshot."""
    found = logits(run.network, *run.snapshot(index))
    return float(np.abs(found - found.mean(axis=-1, keepdims=True)).max())
