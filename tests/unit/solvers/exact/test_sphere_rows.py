"""Exact solutions on three spheres against the integrator, and at which starts they are taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.derivation import derive
from odekit.errors import InputError
from odekit.networks import Network
from odekit.solvers import Status, solve

TIMES = [0.0, 0.05, 0.3, 1.0, 4.0]


def system_on(group: str) -> Any:
    return derive(Network(group, constraint="sphere", embedding="unshared"), "all")


def aligned_starts(system: Any, count: int = 20) -> dict[str, Any]:
    """Magnitudes that agree within each mode and fill a random part of the spheres, D = 0, random phases."""
    generator = np.random.default_rng(0)
    modes = system.sphere_form.modes
    magnitudes = generator.uniform(0.1, 1.0, (len(modes), count))
    length = sum(float(mode.weight) * row**2 for mode, row in zip(modes, magnitudes, strict=True))
    magnitudes *= np.sqrt(generator.uniform(0.2, 1.0, count) / length)
    start: dict[str, Any] = {}
    for mode, row in zip(modes, magnitudes, strict=True):
        signs = (1.0, 1.0, 1.0) if mode.phases else (-1.0, 1.0, -1.0)
        start |= {s.name: sign * row for s, sign in zip(mode.magnitudes, signs, strict=True)}
        if mode.phases:
            first, second = generator.uniform(-1.5, 1.5, (2, count))
            values = (first, second, first + second)
            start |= {s.name: value for s, value in zip(mode.phases, values, strict=True)}
    return start


def alone(system: Any, D: Any) -> dict[str, Any]:
    (mode,) = system.sphere_form.modes
    size = 1 / float(mode.weight) ** 0.5
    phases = {s.name: value for s, value in zip(mode.phases, (0.4, 0.1, 0.5 - np.asarray(D)), strict=True)}
    return {**{s.name: size for s in mode.magnitudes}, **phases}


@pytest.mark.parametrize("group", ["Z3", "Z4", "Z5", "Z2xZ2"])
def test_aligned_starts_are_taken_exactly(group: str) -> None:
    system = system_on(group)
    exact = solve(system, aligned_starts(system), TIMES)
    steps = solve(system, aligned_starts(system), TIMES, method="dop853", rtol=1e-12)
    assert exact.method == "exact"
    assert exact.is_successful
    np.testing.assert_allclose(exact.y, steps.y, rtol=1e-9, atol=1e-10)  # rtol 1e-12 in some hundred steps


def test_one_pair_alone_is_taken_exactly() -> None:
    system = system_on("Z3")
    start = alone(system, np.array([0.0, 0.3, -2.0, 3.0, 7.0]))
    exact = solve(system, start, [0.0, 0.1, 1.0])
    steps = solve(system, start, [0.0, 0.1, 1.0], method="dop853", rtol=1e-12)
    assert exact.method == "exact"
    np.testing.assert_allclose(exact.y, steps.y, rtol=1e-9, atol=1e-9)


def test_a_long_time_leaves_the_winner_alone() -> None:
    system = system_on("Z5")
    end = solve(system, aligned_starts(system), 1e6)
    lengths = [float(mode.weight) * end[mode.magnitudes[0].name][0] ** 2 for mode in system.sphere_form.modes]
    np.testing.assert_allclose(np.max(lengths, axis=0), 1.0, rtol=1e-14)


@pytest.mark.parametrize("change", [1e-6, -1e-6])
def test_starts_off_alignment_or_balance_are_integrated(change: float) -> None:
    system = system_on("Z5")
    for name in (system.sphere_form.modes[0].magnitudes[0].name, system.sphere_form.modes[0].phases[0].name):
        start = aligned_starts(system)
        start[name] = start[name] + change * np.eye(1, 20)[0]
        assert solve(system, start, 0.1).method != "exact"
        with pytest.raises(InputError, match="no closed form from these starts"):
            solve(system, start, 0.1, method="exact")


def test_some_modes_of_many_have_no_sphere_form() -> None:
    assert derive(Network("Z5", constraint="sphere", embedding="unshared"), "1").sphere_form is None
    assert derive(Network("Z5"), "all").sphere_form is None


def test_other_rates_have_none() -> None:
    network = Network("Z3", constraint="sphere", embedding="unshared", rates={"theta1": 2.0})
    assert derive(network, "all").sphere_form is None


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("row", range(6))
def test_a_start_that_is_not_finite_leaves_the_others_exact(row: int, bad: float) -> None:
    system = system_on("Z3")
    for start in (aligned_starts(system, 3), alone(system, np.array([0.3, -2.0, 1.0]))):
        y0 = np.array([np.broadcast_to(start[s.name], 3) for s in system.states])
        good = solve(system, y0, TIMES)
        y0[row, 1] = bad
        solution = solve(system, y0, TIMES)
        assert (solution.method, solution.status.tolist()) == ("exact", [0, Status.not_finite, 0])
        np.testing.assert_array_equal(solution.y[..., [0, 2]], good.y[..., [0, 2]])
