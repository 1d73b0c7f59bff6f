"""Laws of the two-mode flow that hold for every start: its exact solution must keep them.

Starts keep away from the blow-up (``t <= .9 T*``) by construction. The tolerance is rounding (1e-16) times
the amplification of a composed flow, ``1/(1 - .9)^2``, the size of the phases, and some ten roundings each.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from odekit.solvers import blow_up_time, exact_modes, final_phases, time_to_phase_alignment

TOLERANCE = 1e-11
angles = st.floats(-7, 7)
magnitudes = st.floats(-3, 3).map(lambda power: 10.0**power)
fractions = st.floats(0.01, 0.9)
starts = st.tuples(magnitudes, angles, magnitudes, angles)
rates = st.floats(0.1, 50)
laws = settings(max_examples=80, deadline=None)
Start = tuple[float, float, float, float]


def life_of(start: Start, rate: float) -> float:
    alpha, phi, beta, psi = start
    life = float(blow_up_time(alpha, beta, 2 * phi - psi, rate))
    return life if np.isfinite(life) else 10 / (rate * beta)


def waves(modes: tuple[NDArray[np.float64], ...]) -> NDArray[np.complex128]:
    """(2,) u and v of a state."""
    alpha, phi, beta, psi = (float(value) for value in modes)
    return np.array([alpha * np.exp(1j * phi), beta * np.exp(1j * psi)])


def distance(first: NDArray[np.complex128], second: NDArray[np.complex128]) -> float:
    """Largest difference relative to the state's size."""
    return float(np.max(np.abs(first - second)) / np.max(np.abs(second)))


def stretch_between(start: Start, later: tuple[NDArray[np.float64], ...]) -> float:
    """How far rounding may grow: the largest magnitude later over the smallest of both states."""
    ends = [float(value) for value in later[::2]]
    return max(1.0, max(ends) / min(start[0], start[2], *ends))


@pytest.mark.slow
@laws
@given(starts, rates, fractions)
def test_magnitude_excess_and_momentum_are_conserved(start, rate, fraction):
    u, v = waves(exact_modes(*start, rate, fraction * life_of(start, rate)))
    before_u, before_v = waves(start)
    size = abs(u) ** 2 + 2 * abs(v) ** 2
    excess = [abs(a) ** 2 - 2 * abs(b) ** 2 for a, b in ((u, v), (before_u, before_v))]
    momentum = [(a * a * np.conj(b)).imag for a, b in ((u, v), (before_u, before_v))]
    assert abs(np.diff(excess)[0]) < TOLERANCE * size
    assert abs(np.diff(momentum)[0]) < TOLERANCE * size**1.5


@pytest.mark.slow
@laws
@given(starts, rates, fractions, fractions)
def test_flowing_twice_is_flowing_once(start, rate, fraction, share):
    time = fraction * life_of(start, rate)
    middle = exact_modes(*start, rate, share * time)
    twice = waves(exact_modes(*middle, rate, (1 - share) * time))
    once = waves(exact_modes(*start, rate, time))
    # a start near D = pi forgets it: the flow stretches the middle state's rounding by at most this
    stretch = max(1.0, np.max(np.abs(once)) / np.min([start[0], *map(float, middle[::2])]))
    assert distance(twice, once) < TOLERANCE * stretch / (1 - fraction)


@laws
@given(starts, rates, fractions)
def test_flowing_there_and_back_again_returns(start, rate, fraction):
    time = fraction * life_of(start, rate)
    there = exact_modes(*start, rate, time)
    back = waves(exact_modes(*there, rate, -time))
    stretch = stretch_between(start, there)
    assert distance(back, waves(start)) < 10 * TOLERANCE * stretch**2


@laws
@given(starts, rates, fractions, st.floats(-6, 6))
def test_scaling_a_state_scales_time_inversely(start, rate, fraction, power):
    scale, time = 10.0**power, fraction * life_of(start, rate)
    alpha, phi, beta, psi = start
    scaled = waves(exact_modes(scale * alpha, phi, scale * beta, psi, rate, time / scale)) / scale
    assert distance(scaled, waves(exact_modes(*start, rate, time))) < TOLERANCE


@laws
@given(starts, rates, fractions, angles)
def test_turning_u_by_an_angle_and_v_by_twice_it_turns_the_orbit(start, rate, fraction, angle):
    time = fraction * life_of(start, rate)
    alpha, phi, beta, psi = start
    turned = waves(exact_modes(alpha, phi + angle, beta, psi + 2 * angle, rate, time))
    plain = waves(exact_modes(*start, rate, time)) * np.exp([1j * angle, 2j * angle])
    stretch = max(1.0, np.max(np.abs(plain)) / min(alpha, beta))  # the turn rounds D
    assert distance(turned, plain) < TOLERANCE * stretch


@laws
@given(starts, rates, fractions)
def test_conjugate_starts_have_conjugate_orbits(start, rate, fraction):
    alpha, phi, beta, psi = start
    time = fraction * life_of(start, rate)
    mirrored = exact_modes(alpha, -phi, beta, -psi, rate, time)
    plain = exact_modes(*start, rate, time)
    assert float(mirrored[0]) == float(plain[0])
    assert float(mirrored[1]) == -float(plain[1])
    assert float(mirrored[3]) == -float(plain[3])


@laws
@given(starts, rates, fractions)
def test_final_phases_and_blow_up_time_are_the_same_from_anywhere_on_the_orbit(start, rate, fraction):
    life = float(blow_up_time(start[0], start[2], 2 * start[1] - start[3], rate))
    assume(np.isfinite(life))
    later = exact_modes(*start, rate, fraction * life)
    left = float(blow_up_time(later[0], later[2], 2 * later[1] - later[3], rate))
    stretch = stretch_between(start, later)
    assert abs(left + fraction * life - life) < TOLERANCE * stretch * life
    final, again = np.array(final_phases(*start, rate)), np.array(final_phases(*later, rate))
    assert np.max(np.abs(np.exp(1j * final) - np.exp(1j * again))) < TOLERANCE * stretch


@laws
@given(magnitudes, magnitudes, st.floats(0.01, 3.1), st.floats(0.01, 3.1), rates)
def test_blow_up_comes_later_the_larger_the_phase_difference(alpha, beta, D, other, rate):
    first, second = sorted((D, other))
    times = blow_up_time(alpha, beta, [first, second], rate)
    assert times[0] <= times[1] * (1 + 1e-14)


@laws
@given(magnitudes, magnitudes, st.floats(0.2, 3.1), rates)
def test_a_tighter_alignment_takes_longer_but_ends_before_blow_up(alpha, beta, D, rate):
    waits = time_to_phase_alignment(alpha, beta, D, rate, [0.19, 0.1, 0.01])
    assert np.all(np.diff(waits) > 0)
    assert waits[-1] < blow_up_time(alpha, beta, D, rate)
