"""The published simulation of the decoupled flow: forward Euler with step 1, near the exact solution."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.networks import Network
from odekit.solvers import exact_modes

pytestmark = pytest.mark.reference
CASES = pytest.mark.parametrize("case", ["case1", "case2"])
PUBLISHED_ERROR = 0.013


def published(reference: Path, case: str) -> dict[str, Any]:
    with np.load(reference / "Z23_decoupled_euler.npz", allow_pickle=False) as archive:
        names = ("alpha", "beta", "phi", "psi", "D", "step")
        arrays = {name: archive[f"{case}_{name}"] for name in names}
        return {**arrays, "settings": json.loads(str(archive[f"{case}_settings"]))}


@CASES
def test_plain_euler_steps_reproduce_it_to_rounding(case: str, reference: Path) -> None:
    found = published(reference, case)
    p = found["settings"]["p"]
    u = found["alpha"][0] * np.exp(1j * found["phi"][0])
    v = found["beta"][0] * np.exp(1j * found["psi"][0])
    orbit = []
    for _ in range(found["settings"]["num_steps"] + 1):
        orbit.append((u, v))
        u, v = u + 2 * v * u.conjugate() / p, v + u * u / p
    orbit_u, orbit_v = np.array(orbit)[found["step"]].T
    assert orbit_u == pytest.approx(found["alpha"] * np.exp(1j * found["phi"]), rel=1e-11)
    assert orbit_v == pytest.approx(found["beta"] * np.exp(1j * found["psi"]), rel=1e-11)


@CASES
def test_the_exact_solution_is_within_the_error_of_its_steps(case: str, reference: Path) -> None:
    found = published(reference, case)
    rate = Network("Z23").flow_rate() * 23
    start = (found[name][0] for name in ("alpha", "phi", "beta", "psi"))
    alpha, phi, beta, psi = exact_modes(*start, rate, found["step"].astype(float))
    errors = [np.abs(alpha / found["alpha"] - 1).max(), np.abs(beta / found["beta"] - 1).max()]
    assert 1e-3 < max(errors) < PUBLISHED_ERROR
    turned = np.angle(np.exp(1j * (2 * phi - psi - found["D"])))
    assert np.abs(turned).max() < PUBLISHED_ERROR
