"""The exact orbits against Taylor integration in 40 digits, other quadratures, and elementary solutions.

Tolerances: float64 rounding is 1.1e-16, and a relative error of T* moves the state at t by ``1/(1 - t/T*)``
times as much; 1e-13 leaves room for some hundred roundings at ``t/T* = .9``, and 1e-12 for the same at .99.
"""

from __future__ import annotations

import warnings
from functools import cache

import mpmath
import numpy as np
import pytest
from mpmath import mp
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp

from odekit.errors import InputError
from odekit.solvers.exact.blow_up_time import blow_up_time, exact_modes
from odekit.solvers.exact.phases import final_phases, time_to_phase_alignment

PI = np.pi
DIGITS = 40
ORDER = 34
RATE = 0.7
State = tuple[float, float, float, float]

# alpha, phi, beta, D
STARTS = {
    "generic, rising": (1.0, 0.4, 0.8, 0.9),
    "generic, falling": (0.7, -2.0, 1.1, 2.3),
    "negative D": (0.7, 2.0, 1.1, -2.3),
    "small alpha, parameter near 1": (1e-6, 1.0, 1.0, 2.9),
    "small beta": (1.0, 1.0, 1e-6, -2.0),
    "near D = pi, small alpha": (0.3, 0.0, 1.0, PI - 1e-9),
    "near D = pi, v passes close to 0": (2.0, 0.0, 1.0, PI - 1e-7),
    "near balance and D = pi": (1.0, 0.0, 0.5**0.5 * (1 + 1e-9), PI - 1e-8),
    "near D = 0": (1.0, 0.5, 3.0, 1e-9),
    "at the turning point": (1.0, 0.0, 1.3, PI / 2),
    "close to the turning point": (1.0, 0.0, 0.2, PI / 2 + 1e-9),
    "double root of the cubic": (2**0.5, 0.0, 2.0, PI / 2),
    "large and unequal": (3e5, 0.1, 2e-3, 1.0),
}


def taylor_step(u: mpmath.mpc, v: mpmath.mpc, rate: mpmath.mpf, most: mpmath.mpf) -> tuple[mpmath.mpc, ...]:
    """One Taylor step of ``u' = 2 r v conj(u), v' = r u^2``, as long as 40 digits allow, at most ``most``."""
    U, V = [u], [v]
    for k in range(ORDER):
        U.append(2 * rate * mpmath.fsum(V[i] * mpmath.conj(U[k - i]) for i in range(k + 1)) / (k + 1))
        V.append(rate * mpmath.fsum(U[i] * U[k - i] for i in range(k + 1)) / (k + 1))
    last = max(abs(U[-1]), abs(U[-2]), abs(V[-1]), abs(V[-2]))
    radius = (max(abs(u), abs(v)) / last) ** (mp.one / ORDER)
    step = min(most, radius * mp.mpf(10) ** (-mp.mpf(DIGITS) / ORDER))
    return mpmath.polyval(U[::-1], step), mpmath.polyval(V[::-1], step), step


def reference_modes(start: State, rate: float, times: list[float]) -> NDArray[np.object_]:
    """(time, 4) magnitudes and unwrapped phases in 40 digits, from ``(alpha, phi, beta, psi)``."""
    with mp.workdps(DIGITS):
        alpha, phi, beta, psi = map(mp.mpf, start)
        u, v, t, rows = alpha * mpmath.expj(phi), beta * mpmath.expj(psi), mp.zero, []
        for time in map(mp.mpf, times):
            while t < time:
                next_u, next_v, step = taylor_step(u, v, mp.mpf(rate), time - t)
                phi, psi = phi + mpmath.arg(next_u / u), psi + mpmath.arg(next_v / v)
                u, v, t = next_u, next_v, t + step
            rows.append((abs(u), phi, abs(v), psi))
        return np.array(rows, dtype=object)


def gaps(found: NDArray[np.float64], reference: NDArray[np.object_]) -> NDArray[np.float64]:
    """(time, 4) relative errors of the magnitudes, absolute ones of the phases."""
    with mp.workdps(DIGITS):
        scale = np.array([[row[0], 1, row[2], 1] for row in reference], dtype=object)
        exact = np.vectorize(mp.mpf, otypes=[object])(found)
        return np.abs((exact - reference) / scale).astype(np.float64)


def modes_at(start: State, rate: float, times: list[float]) -> NDArray[np.float64]:
    return np.stack(exact_modes(*start, rate, np.array(times)), axis=-1)


def start_named(name: str) -> State:
    alpha, phi, beta, D = STARTS[name]
    return alpha, phi, beta, 2 * phi - D


def phase_gap(start: State) -> float:
    return 2 * start[1] - start[3]


@cache
def reference_of(name: str) -> tuple[list[float], NDArray[np.object_]]:
    start = start_named(name)
    life = float(blow_up_time(start[0], start[2], phase_gap(start), RATE))
    times = [0.3 * life, 0.9 * life, 0.99 * life]
    return times, reference_modes(start, RATE, times)


@pytest.mark.slow
@pytest.mark.parametrize("name", STARTS)
def test_modes_agree_with_taylor_integration_in_40_digits(name):
    times, reference = reference_of(name)
    worst = gaps(modes_at(start_named(name), RATE, times), reference).max(axis=1)
    assert worst[0] < 1e-13
    assert worst[1] < 1e-13
    assert worst[2] < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("name", ["generic, rising", "generic, falling", "small beta"])
def test_the_same_comparison_refuses_a_rate_off_by_one_per_cent(name):
    times, reference = reference_of(name)
    assert gaps(modes_at(start_named(name), 1.01 * RATE, times), reference).max() > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["generic, falling", "small alpha, parameter near 1", "double root of the cubic"]
)
def test_taylor_integration_reaches_the_final_phases_and_the_pole_at_the_blow_up_time(name):
    start = start_named(name)
    life = float(blow_up_time(start[0], start[2], phase_gap(start), RATE))
    left = 1e-4
    _, phi, beta, psi = reference_modes(start, RATE, [life * (1 - left)])[0]
    # 2 r beta (T* - t) = 1 + O((T* - t)^2) and the phases have O((T* - t)^3) left; T* rounds by 1e-16/left
    assert abs(float(2 * RATE * beta * life * left) - 1) < 100 * left**2
    final_phi, final_psi = final_phases(*start, RATE)
    assert abs(np.sin(float(phi) - final_phi)) < 100 * left**3
    assert abs(np.sin(float(psi) - final_psi)) < 100 * left**3


@pytest.mark.slow
def test_blow_up_times_agree_with_carlson_functions_of_the_cubic_s_own_roots():
    generator = np.random.default_rng(20260216)
    count = 60
    alpha = 10 ** generator.uniform(-4, 4, count)
    beta = alpha * 10 ** generator.uniform(-5, 5, count)
    D = generator.uniform(-PI, PI, count)
    D[::4] = PI - 10 ** generator.uniform(-12, 0, count // 4)
    D[1::4] = PI / 2 + 10 ** generator.uniform(-15, -3, count // 4)
    beta[::5] = alpha[::5] / 2**0.5 * (1 + 10 ** generator.uniform(-15, -3, count // 5))
    found = blow_up_time(alpha, beta, D, RATE)
    with mp.workdps(80):
        expected = [carlson_time(*map(mp.mpf, row)) for row in zip(alpha, beta, D, strict=True)]
        errors = [float(abs(mp.mpf(a) / b - 1)) for a, b in zip(found, expected, strict=True)]
    assert max(errors) < 3e-15  # some ten roundings


def carlson_time(alpha: mpmath.mpf, beta: mpmath.mpf, D: mpmath.mpf) -> mpmath.mpf:
    """T* from the roots of ``4 s^3 + 4 c s^2 + c^2 s - K^2``, found by mpmath's own polynomial solver."""
    c, K, s = alpha**2 - 2 * beta**2, alpha**2 * beta * mpmath.sin(D), beta**2
    roots = mpmath.polyroots([4, 4 * c, c * c, -K * K], maxsteps=500, extraprec=400)
    largest = max(mpmath.re(root) for root in roots if abs(mpmath.im(root)) < abs(root) * mp.mpf(10) ** -60)
    pair_sum, pair_product = c + largest, c * c / 4 + c * largest + largest**2
    split = mpmath.sqrt(pair_sum**2 - 4 * pair_product)
    e2, e3 = (-pair_sum + split) / 2, (-pair_sum - split) / 2
    near = mpmath.re(mpmath.elliprf(s - largest, s - e2, s - e3))
    half = mpmath.re(mpmath.elliprf(0, largest - e2, largest - e3))
    return (near if mpmath.cos(D) >= 0 else 2 * half - near) / (2 * mp.mpf(RATE))


def polar_flow(sign_printed: bool):
    """The four-variable ODE; with ``sign_printed`` D' is the published -r (4 beta^2 - alpha^2/beta) sin D."""

    def slope(t, y):
        alpha, beta, D = y
        pull = 4 * beta**2 - alpha**2 / beta if sign_printed else 4 * beta + alpha**2 / beta
        cosine, sine = np.cos(D), np.sin(D)
        return [2 * RATE * alpha * beta * cosine, RATE * alpha**2 * cosine, -RATE * pull * sine]

    return slope


def polar_gap(sign_printed: bool) -> float:
    alpha, phi, beta, psi = start = start_named("generic, falling")
    time = 0.8 * float(blow_up_time(alpha, beta, phase_gap(start), RATE))
    end = solve_ivp(
        polar_flow(sign_printed), (0, time), [alpha, beta, phase_gap(start)], "DOP853", rtol=1e-12, atol=1e-13
    ).y[:, -1]
    alpha, phi, beta, psi = (float(value) for value in exact_modes(*start, RATE, time))
    return float(np.max(np.abs(np.array([alpha, beta, 2 * phi - psi]) - end)))


def test_the_polar_ode_agrees_and_its_misprinted_phase_equation_does_not():
    assert polar_gap(sign_printed=False) < 1e-9  # DOP853 at rtol 1e-12
    assert polar_gap(sign_printed=True) > 1e-2


@pytest.mark.parametrize("v", [1.0, -1.0, 0.2, -0.2, 3.0, -3.0, 0.0])
@pytest.mark.parametrize("time", [0.05, 0.1, 0.3])
def test_a_real_mode_follows_the_elementary_solution_of_either_sign(v, time):
    """``v' = r (2 v^2 + c)``: a tangent for c > 0, a hyperbolic cotangent or tangent for c < 0."""
    u = 1.0
    c = u * u - 2 * v * v
    if c > 0:
        root = np.sqrt(c / 2)
        expected = root * np.tan(2 * RATE * root * time + np.arctan(v / root))
    else:
        root = np.sqrt(-c / 2)
        expected = -root / np.tanh(2 * RATE * root * time + np.arctanh(-root / v))
    psi = 0.0 if v >= 0 else -PI
    alpha, phi, beta, moved_psi = exact_modes(u, 0.0, abs(v), psi, RATE, time)
    assert phi == 0.0
    assert float(beta * np.cos(moved_psi)) == pytest.approx(expected, rel=1e-13)
    assert float(alpha) == pytest.approx(np.sqrt(c + 2 * expected**2), rel=1e-13)


@pytest.mark.parametrize("c", [-1.0, 0.5])
def test_blow_up_of_a_real_mode_is_a_quadrature_of_its_flow(c):
    v = 1.2
    u = np.sqrt(c + 2 * v * v)
    expected = quad(lambda s: 1 / (RATE * (2 + c * s * s)), 0, 1 / v, epsabs=0, epsrel=1e-13)[0]
    assert float(blow_up_time(u, v, 0.0, RATE)) == pytest.approx(expected, rel=1e-13)


def test_an_order_two_character_is_the_same_flow_at_twice_the_rate():
    p, u, v = 3.0, 0.8, -0.3
    life = float(blow_up_time(u, abs(v), PI, 2 * p))
    flow = solve_ivp(
        lambda t, y: [4 * p * y[0] * y[1], 2 * p * y[0] ** 2],
        (0, 0.9 * life),
        [u, v],
        "DOP853",
        rtol=1e-12,
        atol=1e-13,
    )
    end = flow.y[:, -1]
    alpha, _, beta, psi = exact_modes(u, 0.0, abs(v), PI, 2 * p, 0.9 * life)
    np.testing.assert_allclose([alpha, beta * np.cos(psi)], end, rtol=1e-9)  # DOP853 at rtol 1e-12, times 10


def test_opposite_phases_never_blow_up_unless_alpha_leads():
    alpha = np.array([1.0, 1.0, 1e-3, 1.0, 2.0])
    beta = np.array([1.0, 0.5**0.5, 1.0, 50.0, 1.0])
    for D in (PI, -PI, 3 * PI):
        found = blow_up_time(alpha, beta, D, RATE)
        assert np.all(np.isposinf(found[:4]))
        assert np.isfinite(found[4])


def test_opposite_and_balanced_decays_like_one_over_t():
    times = np.array([0.5, 10.0, 1e6, 1e12])
    alpha, _, beta, psi = exact_modes(2**0.5, 0.0, 1.0, PI, RATE, times)
    np.testing.assert_allclose(beta, 1 / (1 + 2 * RATE * times), rtol=1e-14)
    np.testing.assert_allclose(alpha, 2**0.5 * beta, rtol=1e-14)
    assert np.all(psi == PI)


def test_opposite_with_beta_ahead_runs_into_alpha_zero():
    times = np.array([5.0, 100.0, 1e5])
    alpha, phi, beta, psi = exact_modes(1.0, 0.2, 1.0, 0.4 - PI, RATE, times)
    np.testing.assert_allclose(beta, np.sqrt(0.5), rtol=1e-3)
    assert alpha[0] > alpha[1] > alpha[2] == 0.0
    np.testing.assert_allclose(phi, 0.2, atol=1e-15)
    np.testing.assert_allclose(psi, 0.4 - PI, atol=1e-15)


def test_a_state_with_alpha_zero_keeps_its_magnitudes_and_psi():
    t = np.array([-3.0, 0.0, 7.0])
    for beta in (0.0, 2.0):
        assert np.isposinf(blow_up_time(0.0, beta, 1.0, RATE))
        alpha, phi, found, psi = exact_modes(0.0, 0.3, beta, 0.5, RATE, t)
        for value, expected in zip((alpha, found, psi), (0.0, beta, 0.5), strict=True):
            assert np.array_equal(value, np.full(3, expected))
        assert phi[1] == 0.3
        assert all(np.isnan(phase) for phase in final_phases(0.0, 0.3, beta, 0.5, RATE))
    assert np.array_equal(exact_modes(0.0, 0.3, 0.0, 0.5, RATE, t)[1], np.full(3, 0.3))


@pytest.mark.parametrize("D", [-3.0, -1.0, 0.0, 0.4, 2.0, 3.1])
def test_at_alpha_zero_the_phase_is_the_limit_of_small_alpha(D: float):
    t = np.linspace(0.0, 0.8, 5)
    limit = exact_modes(1e-150, (D + 0.5) / 2, 0.3, 0.5, 1.0, t)
    at_zero = exact_modes(0.0, (D + 0.5) / 2, 0.3, 0.5, 1.0, t)
    for value, expected in zip(at_zero[1:], limit[1:], strict=True):
        np.testing.assert_allclose(value, expected, atol=1e-14)


def test_at_alpha_zero_and_opposite_phases_nothing_moves():
    found = exact_modes(0.0, 0.0, 0.3, np.pi, 1.0, np.array([1.0, 1e3]))
    for value, expected in zip(found, (0.0, 0.0, 0.3, np.pi), strict=True):
        assert np.array_equal(value, np.full(2, expected))


def test_a_start_with_beta_zero_is_aligned_at_once():
    times = np.array([0.0, 0.4])
    _, _, beta, psi = exact_modes(1.0, 0.3, 0.0, 2.0, RATE, times)
    assert psi[0] == 2.0
    assert psi[1] == pytest.approx(0.6, abs=1e-15)
    np.testing.assert_allclose(beta, np.sqrt(0.5) * np.tan(np.sqrt(2) * RATE * times), rtol=1e-14)
    assert float(time_to_phase_alignment(1.0, 0.0, 2.0, RATE, 0.1)) == 0.0


def test_time_zero_returns_the_start_bit_for_bit():
    start = (0.1, 17.3, 0.3, -40.1)
    assert tuple(float(value) for value in exact_modes(*start, RATE, 0.0)) == start


def test_powers_of_two_scale_time_exactly_over_the_whole_range():
    plain = float(blow_up_time(0.7, 1.1, 2.3, RATE))
    for power in (-1000, -500, 500, 1000):
        scale = 2.0**power
        assert float(blow_up_time(0.7 * scale, 1.1 * scale, 2.3, RATE)) == plain / scale
        moved = exact_modes(0.7 * scale, 0.1, 1.1 * scale, 0.2 - 2.3, RATE, 0.6 * plain / scale)
        still = exact_modes(0.7, 0.1, 1.1, 0.2 - 2.3, RATE, 0.6 * plain)
        assert [float(moved[0]) / scale, float(moved[1])] == [float(still[0]), float(still[1])]


def test_extreme_ratios_of_magnitudes_follow_the_linear_regime():
    """Far below beta, alpha grows as ``e^{2 r beta t}``, and phi moves while psi stays."""
    alpha = 10.0 ** np.array([-30, -100, -200, -300])
    times = blow_up_time(alpha, 1.0, 2.0, RATE)
    np.testing.assert_allclose(np.diff(times), np.log(10) * np.array([70, 100, 100]) / (2 * RATE), rtol=1e-13)
    _, phi, _, psi = exact_modes(alpha, 0.0, 1.0, -2.0, RATE, 1.5)
    np.testing.assert_allclose(np.tan(phi + 1.0), np.tan(1.0) * np.exp(-4 * RATE * 1.5), rtol=1e-12)
    np.testing.assert_allclose(psi, -2.0, rtol=1e-14)


def test_phases_are_continuous_through_the_turning_point():
    start = start_named("near D = pi, v passes close to 0")
    life = float(blow_up_time(start[0], start[2], phase_gap(start), RATE))
    turn = float(time_to_phase_alignment(start[0], start[2], phase_gap(start), RATE, PI / 2))
    times = turn + np.linspace(-1e-7, 1e-7, 401) * life
    _, phi, _, psi = exact_modes(*start, RATE, times)
    assert np.max(np.abs(np.diff(psi))) < 0.02  # D turns by pi over some 1e-7 of the life
    assert np.max(np.abs(np.diff(phi))) < 1e-6


def test_phases_are_not_wrapped():
    base = exact_modes(1.0, 0.4, 0.8, -0.1, RATE, 0.3)
    moved = exact_modes(1.0, 0.4 + 6 * PI, 0.8, -0.1 - 8 * PI, RATE, 0.3)
    assert float(moved[1] - base[1]) == pytest.approx(6 * PI, abs=1e-13)
    assert float(moved[3] - base[3]) == pytest.approx(-8 * PI, abs=1e-13)


def test_final_phases_are_the_limit_of_the_modes_and_satisfy_the_alignment():
    generator = np.random.default_rng(3)
    alpha, beta = generator.uniform(0.1, 2, (2, 200))
    phi, psi = generator.uniform(-9, 9, (2, 200))
    life = blow_up_time(alpha, beta, 2 * phi - psi, RATE)
    _, near_phi, _, near_psi = exact_modes(alpha, phi, beta, psi, RATE, life * (1 - 1e-6))
    final_phi, final_psi = final_phases(alpha, phi, beta, psi, RATE)
    assert np.max(np.abs(np.exp(1j * near_phi) - np.exp(1j * final_phi))) < 1e-13
    assert np.max(np.abs(np.exp(1j * near_psi) - np.exp(1j * final_psi))) < 1e-13
    assert np.all((np.abs(final_phi) <= PI) & (np.abs(final_psi) <= PI))
    assert np.max(np.abs(np.exp(1j * near_phi) - np.exp(1.001j * final_phi))) > 1e-4


def test_phase_alignment_is_reached_at_its_time():
    generator = np.random.default_rng(4)
    alpha, beta = 10 ** generator.uniform(-2, 2, (2, 300))
    D, tolerance = generator.uniform(-PI, PI, 300), generator.uniform(0.05, 3, 300)
    found = time_to_phase_alignment(alpha, beta, D, RATE, tolerance)
    waits = np.abs(D) > tolerance
    assert np.all(found[~waits] == 0.0)
    assert np.all(found[waits] < blow_up_time(alpha, beta, D, RATE)[waits])
    _, phi, _, psi = exact_modes(alpha, 0.0, beta, -D, RATE, found)
    # the time's rounding counts D' T*, D' up to (4 beta + alpha^2/beta) r, of the order of 1e4 here
    np.testing.assert_allclose(np.abs(2 * phi - psi)[waits], tolerance[waits], rtol=1e-10)


def test_phase_alignment_at_the_edges():
    found = time_to_phase_alignment([1.0, 2.0, 0.0, 0.0], 1.0, [PI, PI, 2.0, 0.05], RATE, 0.1)
    assert np.isposinf(found[[0, 2]]).all()
    assert found[1] == pytest.approx(float(np.arctan(1.0)) / (2 * RATE), rel=1e-14)  # v = tan(2 r t - pi/4)
    assert found[3] == 0.0
    life = float(blow_up_time(1.0, 1.0, 2.0, RATE))
    assert float(time_to_phase_alignment(1.0, 1.0, 2.0, RATE, 1e-300)) == pytest.approx(life, rel=1e-15)


def test_bad_rows_are_nan_without_a_warning_and_leave_the_others_alone():
    alpha = np.array([1.0, np.nan, -1.0, np.inf, 1.0, 1.0, 1.0])
    beta = np.array([0.8, 1.0, 1.0, 1.0, -2.0, np.nan, np.inf])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        times = blow_up_time(alpha, beta, 0.9, RATE)
        modes = exact_modes(alpha, 0.1, beta, 0.2 - 0.9, RATE, 0.2)
        final = final_phases(alpha, 0.1, beta, 0.2 - 0.9, RATE)
        waits = time_to_phase_alignment(alpha, beta, 0.9, RATE, 0.1)
    alone = (blow_up_time(1.0, 0.8, 0.9, RATE), *exact_modes(1.0, 0.1, 0.8, 0.2 - 0.9, RATE, 0.2))
    for value, expected in zip((times, *modes), alone, strict=True):
        assert value[0] == expected
    for value in (times, *modes, *final, waits):
        assert np.isfinite(value[0])
        assert np.isnan(value[1:]).all()


def test_times_outside_the_life_of_an_orbit_are_nan():
    life = float(blow_up_time(1.0, 0.8, 0.9, RATE))
    past = float(blow_up_time(1.0, 0.8, PI - 0.9, RATE))
    times = np.array([-1.001 * past, -0.99 * past, 0.99 * life, life, 2 * life, np.nan])
    for value in exact_modes(1.0, 0.1, 0.8, 0.2 - 0.9, RATE, times):
        assert np.array_equal(np.isnan(value), [True, False, False, True, True, True])


def test_arguments_broadcast_time_by_batch():
    alpha, rate = np.array([1.0, 0.5, 2.0]), np.array([1.0, 2.0, 0.5])
    times = np.linspace(0, 0.2, 5)[:, None]
    found = exact_modes(alpha, 0.1, 0.7, 0.5, rate, times)
    for i in range(3):
        single = exact_modes(alpha[i], 0.1, 0.7, 0.5, rate[i], times[:, 0])
        for value, expected in zip(found, single, strict=True):
            assert value.shape == (5, 3)
            np.testing.assert_allclose(value[:, i], expected, rtol=1e-15)
    assert blow_up_time(alpha[:, None], np.ones(4), 0.1, 1.0).shape == (3, 4)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.inf, np.nan])
def test_a_rate_that_is_not_positive_is_refused(rate):
    with pytest.raises(InputError, match="rate is out of range"):
        blow_up_time(1.0, 1.0, 0.0, [1.0, rate])


@pytest.mark.parametrize("tolerance", [0.0, PI, -1.0, np.nan])
def test_a_tolerance_outside_zero_to_pi_is_refused(tolerance):
    with pytest.raises(InputError, match="tolerance is out of range"):
        time_to_phase_alignment(1.0, 1.0, 0.5, 1.0, tolerance)


def test_complex_or_textual_input_and_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="alpha isn't real"):
        blow_up_time(1j, 1.0, 0.0, 1.0)
    with pytest.raises(InputError, match="psi isn't real"):
        final_phases(1.0, 0.0, 1.0, "pi", 1.0)
    with pytest.raises(InputError, match="shapes that broadcast"):
        blow_up_time(np.ones(2), np.ones(3), 0.0, 1.0)
