"""Runge-Kutta-Chebyshev steps: their order, their stability, and the radius that decides on their stages."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.simulation.training.integration.chebyshev import Chebyshev, chebyshev_step, spectral_radius


def slope(y: np.ndarray) -> np.ndarray:
    """y' = -y^2, whose solution from 1 is 1/(1 + t)."""
    return -(y**2)


@pytest.mark.parametrize("stages", [2, 3, 5, 12, 60])
def test_a_step_is_of_order_two(stages: int) -> None:
    steps = np.array([0.04, 0.02, 0.01])
    start = np.ones(1)
    errors = [abs(chebyshev_step(slope, start, slope(start), h, stages)[0] - 1 / (1 + h)) for h in steps]
    # The error of one step of order two falls as the third power of its length.
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(3, abs=0.15)


@pytest.mark.parametrize("stages", [2, 5, 20, 100])
def test_a_step_is_stable_as_far_as_its_stages_say_and_not_beyond(stages: int) -> None:
    limit = 0.653 * (stages**2 - 1)
    decays = np.linspace(0.01, limit, 4000)
    grown = chebyshev_step(lambda y: -decays * y, np.ones(4000), -decays, 1.0, stages)
    assert (np.abs(grown) <= 1).all()
    beyond = np.array([1.3 * limit])
    assert abs(chebyshev_step(lambda y: -beyond * y, np.ones(1), -beyond, 1.0, stages)[0]) > 1


def test_the_radius_is_the_largest_eigenvalue() -> None:
    generator = np.random.default_rng(3)
    turn = np.linalg.qr(generator.standard_normal((40, 40)))[0]
    matrix = -(turn * np.geomspace(1.0, 5e4, 40)) @ turn.T
    start = generator.standard_normal(40)
    radius, _, turns = spectral_radius(lambda y: matrix @ y, start, matrix @ start, matrix @ start)
    # The power method stops at changes of 2 %, which the margin of a step's stages covers.
    assert radius == pytest.approx(5e4, rel=0.1)
    assert turns < 60


def test_a_stiff_system_is_followed_at_its_tolerance_by_few_slopes() -> None:
    decays, calls = np.array([1.0, 1e5]), 0

    def stiff(y: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        return -decays * y

    way = Chebyshev(stiff, 0.0, np.array([1.0, 1.0]), 3.0, 1e-7, 1e-6, 1e-8)
    worst = 0.0
    while way.status == "running":
        before = way.t
        way.step()
        middle = (before + way.t) / 2
        worst = max(worst, abs(way.at(np.array([middle]))[0, 0] - np.exp(-middle)))
    assert way.status == "finished"
    assert way.y[0] == pytest.approx(np.exp(-3.0), rel=1e-4)
    assert worst < 1e-4
    # A method that is stable to h rho = 6 with 12 slopes a step would take 600,000.
    assert calls < 20_000
