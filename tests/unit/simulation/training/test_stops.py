"""A stop is heeded inside of a step, and what can't be measured soon is left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.errors import StoppedEarly
from odekit.networks import Network
from odekit.simulation import LossGradient, load_run, simulate, stop_training
from odekit.simulation.training import record

NETWORK = Network("Z7", neurons=5)


def stop_after(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Ask for a stop at the beginning of a later gradient, as a signal may come."""
    calls, original = iter(range(10**9)), LossGradient._add_up

    def called(self: LossGradient, *given: Any) -> Any:
        if next(calls) == count:
            stop_training("a test")
        return original(self, *given)

    monkeypatch.setattr(LossGradient, "_add_up", called)


@pytest.mark.parametrize("options", [{"t_end": 50.0}, {"method": "sgd", "learning_rate": 0.1, "steps": 30}])
@pytest.mark.parametrize("count", [0, 7])
def test_a_stop_ends_the_gradient_under_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: dict[str, Any], count: int
) -> None:
    whole = simulate(NETWORK, seed=2, scale=0.1, **options)
    kept = tmp_path / "kept"
    stop_after(monkeypatch, count)
    with pytest.raises(StoppedEarly, match="stopped by a test") as stopped:
        simulate(NETWORK, seed=2, scale=0.1, checkpoint=kept, **options)
    run = stopped.value.run
    assert run is not None
    assert run.t[0] == 0
    assert np.isfinite(run.records["loss"]).all()
    monkeypatch.undo()
    resumed = simulate(NETWORK, seed=2, scale=0.1, checkpoint=kept, resume=True, **options)
    np.testing.assert_array_equal(resumed.weights["xi"], whole.weights["xi"])


def test_what_takes_too_long_to_measure_is_left_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(record, "SHORTLY", -1.0)
    stop_after(monkeypatch, 9)
    with pytest.raises(StoppedEarly) as stopped:
        simulate(NETWORK, seed=2, scale=0.1, t_end=50.0)
    run = stopped.value.run
    assert run is not None
    assert np.isnan(run.records["loss"]).all()
    assert "incomplete" in load_run(run.save(tmp_path / "run.npz")).meta


def test_a_stop_before_any_training_stops_the_next_one_and_no_other(tmp_path: Path) -> None:
    stop_training("SIGTERM")
    settings = {"method": "sgd", "steps": 3, "learning_rate": 1e-3}
    with pytest.raises(StoppedEarly, match="stopped by SIGTERM") as stopped:
        simulate(Network("Z5", neurons=2), checkpoint=tmp_path / "kept", **settings)
    assert stopped.value.run is None
    assert not list(tmp_path.iterdir())
    assert simulate(Network("Z5", neurons=2), **settings).steps[-1] == 3
