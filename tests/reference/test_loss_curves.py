"""Loss curves of descents trained by others, predicted from their first snapshots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import predict
from odekit.simulation import Run, load_run

pytestmark = pytest.mark.reference

RUNS = [
    "Z15_quadratic_equal_magnitude_sgd",
    pytest.param("Z15_quadratic_random_sgd_small", marks=pytest.mark.slow),
    pytest.param("Z23_quadratic_random_sgd", marks=pytest.mark.long),
    pytest.param("Z23_quadratic_random_sgd_small", marks=pytest.mark.long),
]
FALL = 1.0  # nats
NEAR = 0.02  # of ln p
FIT = 0.002  # of ln p, what is found


def deviation(run: Run, wrong: Run | None = None) -> float:
    """Largest distance of the predicted loss to the recorded one up to the fall, over ln p."""
    guess = np.log(run.network.finite_group.order)
    times = np.interp(run.records["loss_step"], run.steps, run.t)
    losses = run.records["train_loss"].astype(float)
    last = int(np.argmax(guess - losses > FALL))
    assert last > 0
    curve = predict(wrong or run, until=float(times[last]))
    assert curve.t[-1] == times[last]
    return float(np.abs(curve.loss_at(times[: last + 1]) - losses[: last + 1]).max() / guess)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_the_loss_is_known_from_step_0_until_it_has_fallen_by_one(reference: Path, name: str) -> None:
    assert deviation(load_run(reference / f"{name}.npz")) < FIT < NEAR


@pytest.mark.slow
def test_another_learning_rate_or_a_clock_one_percent_off_is_seen(reference: Path) -> None:
    run = load_run(reference / "Z15_quadratic_equal_magnitude_sgd.npz")
    flow = replace(run, meta={**run.meta, "optimiser": "gradient flow"})
    assert deviation(run, flow) > FIT
    slower = replace(run, network=run.network.replaced(rates={"theta": 0.99, "xi": 0.99}))
    assert deviation(run, slower) > NEAR
