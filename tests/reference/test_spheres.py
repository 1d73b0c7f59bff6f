"""Paper B's training runs on spheres against the lifted flow from their first snapshot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import Comparison, compare, predict
from odekit.errors import InputError
from odekit.simulation import Run, load_run

pytestmark = pytest.mark.reference

UNSHARED = ["S3_sphere_unshared", "A4_sphere_unshared", "F21_sphere_unshared"]
SHARED = ["Z12_sphere_shared", "Z3xZ5_sphere_shared"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "groups", "end", "largest"),
    [
        ("S3_sphere_unshared", {"theta1", "theta2", "xi"}, 250.0, 1.5e-3),
        ("F21_sphere_unshared", {"theta1", "theta2", "xi"}, 250.0, 1.5e-3),
        pytest.param("A4_sphere_unshared", {"theta1", "theta2", "xi"}, 250.0, 1.5e-3, marks=pytest.mark.long),
        ("Z3xZ5_sphere_shared", {"theta", "xi"}, 57.0, 1e-3),
        pytest.param("Z12_sphere_shared", {"theta", "xi"}, 57.0, 1e-3, marks=pytest.mark.long),
    ],
)
def test_the_run_follows_the_lifted_flow(
    name: str, groups: set[str], end: float, largest: float, compared: Callable[[str], Comparison]
) -> None:
    comparison = compared(name)
    assert comparison.outcome == "confirmed", comparison.reason
    assert set(comparison.errors) == groups
    early = comparison.run.t <= end
    assert early.sum() > 3
    for curve in comparison.errors.values():
        assert curve.median[early].max() <= largest
    assert comparison.winners is not None
    assert comparison.winners.agreement >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S3_sphere_unshared", "Z12_sphere_shared"])
@pytest.mark.parametrize("factor", [1.05, -1.0])
def test_a_faster_or_reversed_flow_is_refuted(name: str, factor: float, reference: Path) -> None:
    assert compare(reference / f"{name}.npz", scale_field=factor, order=1).outcome == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize("name", [*UNSHARED, *SHARED])
def test_winners_are_predicted_from_the_first_snapshot(
    name: str, reference: Path, compared: Callable[[str], Comparison]
) -> None:
    run = load_run(reference / f"{name}.npz")
    prediction = predict(run)
    observed = compared(name).winners
    assert observed is not None
    assert len(prediction.winner) == observed.count
    assert len(prediction.to_json()["neurons"]) == observed.count
    is_joint = run.network.constraint == "joint_sphere"
    assert np.isnan(prediction.times).all() == is_joint
    assert np.isfinite(prediction.blow_up_time).all() != is_joint


@pytest.mark.parametrize("read", [compare, predict])
def test_a_row_that_is_zero_is_refused_by_name(read: Callable[[Run], object], reference: Path) -> None:
    run = load_run(reference / "S3_sphere_unshared.npz")
    xi = np.array(run.weights["xi"])
    xi[:, 3] = 0.0
    broken = Run(run.t, {**run.weights, "xi": xi}, run.network, meta=run.meta)
    with pytest.raises(InputError, match=r"snapshot 0 .* row 3 of xi is zero"):
        read(broken)
