"""phase-change-time: the rise of a product of three vectors from small starts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import elliprf

from odekit.claims import Verdict
from odekit.claims.experiments import rank_one_product
from odekit.claims.experiments.rank_one_product import draw_product, half_time
from odekit.claims.induction_heads import phase_change_time
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("phase-change-time", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("phase-change-time", seed))


@pytest.mark.slow
def test_the_ratio_of_half_time_and_blow_up_time_tends_to_one(verdict: Verify) -> None:
    for ratios in verdict("phase-change-time").evidence["half-times over T*, by start"]:
        assert abs(ratios[-1] - 1) < 0.6 * abs(ratios[-2] - 1) < 0.4 * abs(ratios[-3] - 1)
        assert abs(ratios[-1] - 1) < 0.01


@pytest.mark.parametrize("sign", [1, -1])
def test_the_leading_flow_blows_up_at_the_elliptic_integral(sign: int) -> None:
    problem = draw_product(np.random.default_rng(3))
    if sign * problem.overlaps(problem.start).prod() < 0:
        problem = type(problem)(problem.targets, [-problem.start[0], *problem.start[1:]])
    # By steps: m_a' = r m_b m_c and so on until an overlap is large, then 1/m for the rest of the way.
    m, rate = problem.overlaps(problem.start), phase_change_time._rate(problem)
    m, t = m.copy(), 0.0
    while np.abs(m).max() < 1e6:
        step = 1e-3 / np.abs(m).max()
        slopes = [m[[1, 2, 0]] * m[[2, 0, 1]]]
        for share in (0.5, 0.5, 1.0):
            at = m + share * step * slopes[-1]
            slopes.append(at[[1, 2, 0]] * at[[2, 0, 1]])
        m = m + step * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3]) / 6
        t += step
    # Fourth order at a thousandth of the flow's own time, over as many steps.
    end = t + 1 / np.abs(m).max()
    assert abs(rate * phase_change_time._blow_up(problem) / end - 1) < 1e-8
    squares = problem.overlaps(problem.start) ** 2
    through = 2 * elliprf(*(squares - squares.min())) - elliprf(*squares)
    right, other = (elliprf(*squares), through)[::sign]
    assert abs(right / end - 1) < 1e-8
    assert abs(other / end - 1) > 0.1


def test_the_rise_is_half_over_before_the_blow_up_by_the_integral_of_equal_vectors() -> None:
    half = 0.5 ** (1 / 3)
    expected = 1 / half - quad(lambda m: m / (1 - m**3), 0, half)[0]
    assert abs(phase_change_time._lead() - expected) < 1e-10


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_law_that_is_off_by_a_hundredth_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    monkeypatch.setattr(phase_change_time, "STARTS", 1)
    blow_up, quadrature = phase_change_time._blow_up, phase_change_time._quadrature
    monkeypatch.setattr(phase_change_time, "_blow_up", lambda problem: factor * blow_up(problem))
    monkeypatch.setattr(phase_change_time, "_quadrature", lambda problem: factor * quadrature(problem))
    assert anew("phase-change-time").outcome == "refuted"


def test_a_training_from_a_vector_that_is_a_thousandth_longer_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phase_change_time, "STARTS", 1)
    train = rank_one_product.train_product

    def grown(vectors: list[np.ndarray], *rest: object) -> list[np.ndarray]:
        return train([1.001 * vectors[0], *vectors[1:]], *rest)

    monkeypatch.setattr(rank_one_product, "train_product", grown)
    assert anew("phase-change-time").outcome == "refuted"


def test_a_rise_outside_its_window_is_timed_at_the_windows_end() -> None:
    problem = draw_product(np.random.default_rng(0)).scaled(0.01)
    run = rank_one_product.trained_product(problem, np.linspace(0, problem.unit, 21), 1e-6, 1e-5)
    assert half_time(run)[0] == run.t[-1]


def test_it_is_about_no_group() -> None:
    assert not phase_change_time.CLAIM.applies(group("Z23"))
