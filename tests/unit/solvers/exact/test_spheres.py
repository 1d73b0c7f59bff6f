"""Closed forms on spheres, against multiple precision and against integration."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from odekit.solvers import aligned_competition, aligned_pair, free_blow_up_time


def integrated(x: complex, y: complex, z: complex, order: int) -> float:
    """Time at which |x| has grown by 1e5, and what then remains: 1/(s |x|)."""
    s = 2 * np.sqrt(order)

    def rhs(t: float, w: np.ndarray) -> list[complex]:
        return [s * w[2] * np.conj(w[1]), s * w[2] * np.conj(w[0]), s * w[0] * w[1]]

    def large(t: float, w: np.ndarray) -> float:
        return float(np.abs(w[0]) - 1e5)

    large.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(
        rhs, (0, 1e3), np.array([x, y, z], complex), method="DOP853", rtol=1e-12, atol=1e-14, events=large
    )
    return float(run.t[-1] + 1 / (s * abs(run.y[0, -1])))


@pytest.mark.parametrize("seed", range(12))
def test_blow_up_times_are_those_of_the_integrated_flow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, z = rng.standard_normal(3) + 1j * rng.standard_normal(3) * (seed % 4 > 0)
    if seed % 5 == 0:
        x *= 1e-3
    assert free_blow_up_time(x, y, z, 7) == pytest.approx(integrated(x, y, z, 7), rel=1e-9)


def quadrature(x: complex, y: complex, z: complex, order: int) -> float:
    """The integral of du/u' in forty digits, to the turning point and back where u first falls."""
    with mpmath.workdps(40):
        x, y, z = mpmath.mpc(x), mpmath.mpc(y), mpmath.mpc(z)
        u, q1 = abs(x) ** 2, abs(x) ** 2 - abs(y) ** 2
        q2, w = abs(x) ** 2 - abs(z) ** 2, x * y * mpmath.conj(z)
        roots = mpmath.polyroots([1, -q1 - q2, q1 * q2, -(mpmath.im(w) ** 2)], maxsteps=500, extraprec=200)
        e = sorted(roots, key=lambda root: (abs(mpmath.im(root)) < 1e-25, mpmath.re(root)))
        largest = mpmath.re(e[-1])
        others = e[:-1]
        carlson = mpmath.elliprf(u - largest, *(u - other for other in others))
        whole = mpmath.elliprf(0, *(largest - other for other in others))
        span = carlson if mpmath.re(w) >= 0 else 2 * whole - carlson
        return float(mpmath.re(span) / (2 * mpmath.sqrt(order)))


@pytest.mark.parametrize("seed", range(20))
def test_blow_up_times_are_exact_to_rounding(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    x, y, z = rng.standard_normal(3) + 1j * rng.standard_normal(3)
    z *= 10.0 ** rng.integers(-3, 4)
    assert free_blow_up_time(x, y, z, 21) == pytest.approx(quadrature(x, y, z, 21), rel=2e-14)


def test_three_equal_aligned_amplitudes_blow_up_like_a_square() -> None:
    """x' = s x^2: tau* = 1/(s x)."""
    assert free_blow_up_time(0.25, 0.25, 0.25, 9) == pytest.approx(1 / (6 * 0.25), rel=1e-14)


def test_scaling_the_weights_scales_time_inversely_over_the_whole_range() -> None:
    x, y, z = 0.3 + 0.2j, -0.5j, -0.7 + 0.1j
    base = free_blow_up_time(x, y, z, 5)
    for scale in (1e-100, 1e-7, 1e9, 1e120):
        assert free_blow_up_time(scale * x, scale * y, scale * z, 5) * scale == pytest.approx(base, rel=1e-13)


@pytest.mark.parametrize(
    "start", [(0, 0, 0), (0, 0, 1), (1, 0, 0), (-1, 1, 1), (-2, 1, 1), (1j, 1j, 3), (1, -1, 5)]
)
def test_rests_and_orbits_into_a_saddle_never_blow_up(start: tuple[complex, ...]) -> None:
    assert free_blow_up_time(*start, 5) == np.inf


def test_one_zero_blows_up_all_the_same() -> None:
    assert free_blow_up_time(0, 1, 1, 5) == pytest.approx(integrated(0, 1, 1, 5), rel=1e-9)


def test_rows_do_not_disturb_one_another() -> None:
    rng = np.random.default_rng(3)
    x, y, z = rng.standard_normal((3, 50)) + 1j * rng.standard_normal((3, 50))
    x[7], y[9], z[11] = np.nan, 0, np.inf
    together = free_blow_up_time(x, y, z, 15)
    assert np.isnan(together[[7, 11]]).all()
    alone = [float(free_blow_up_time(*row, 15)) for row in zip(x, y, z, strict=True)]
    # The same operations, but for the order in which a vector unit takes them.
    assert together == pytest.approx(np.array(alone), rel=1e-14, nan_ok=True)


def test_a_wrong_branch_would_be_seen() -> None:
    """Negative control: turning all phases of one coefficient by pi takes longer."""
    x, y, z = 0.4 + 0.1j, 0.5, 0.6 + 0.3j
    assert free_blow_up_time(-x, y, z, 7) > 1.1 * free_blow_up_time(x, y, z, 7)


def test_an_aligned_pair_solves_its_equation() -> None:
    D, rate, t = np.array([-3.0, -1.0, 0.0, 0.5, 2.9]), 3.7, 0.4
    h = 1e-5
    slope = (aligned_pair(D, t + h, rate) - aligned_pair(D, t - h, rate)) / (2 * h)
    # Central difference: h^2 times a third derivative of order rate^3.
    assert slope == pytest.approx(-rate * np.sin(aligned_pair(D, t, rate)), abs=1e-7)
    assert aligned_pair(np.pi, 1.0, rate) == np.pi


def test_the_competition_solves_the_replicator_equation() -> None:
    rng, order = np.random.default_rng(1), 7
    start = rng.uniform(0.1, 0.5, 6)
    start /= np.sqrt((start**2).sum() + 0.04)
    trivial = np.sqrt(1 - (start**2).sum())
    s, tau, h = 2 * np.sqrt(order), 0.3, 1e-5
    (a, norm), (later, _), (earlier, _) = (
        aligned_competition(start, trivial, tau + shift, order) for shift in (0, h, -h)
    )
    energy = s * (a**3).sum()
    slope = (later - earlier) / (2 * h) / norm
    assert slope == pytest.approx(s * a**2 - energy * a, abs=1e-7)
    assert (a**2).sum() + (trivial / norm) ** 2 == pytest.approx(1)
