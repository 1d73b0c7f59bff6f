"""Laws of the solvers: scaling, order of trajectories, first integrals, composition in time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from odekit.solvers import Status, compile, solve

x, X, Y, r = sp.symbols("x X Y r")


FLOW = SimpleNamespace(
    states=(x, X, Y),
    parameters=(r,),
    vector_field=(4 * r * x * X, r * (x + 4 * Y**2), -4 * r * X * Y),
    definitions={},
)
COMPILED = compile(FLOW)

sizes = st.floats(0.1, 2.0)
angles = st.integers(-3100, 3100).map(lambda thousandths: thousandths / 1000)
modes = st.lists(st.tuples(sizes, sizes, angles), min_size=1, max_size=6)


def start(values: list[tuple[float, float, float]]) -> np.ndarray:
    alpha, beta, D = np.array(values).T
    return np.array([alpha**2, beta * np.cos(D), beta * np.sin(D)])


@given(modes, st.sampled_from([1e-6, 1e-9]))
@settings(max_examples=30)
def test_first_integrals_rest_within_the_tolerance(
    values: list[tuple[float, float, float]], rtol: float
) -> None:
    y0 = start(values)
    solution = solve(COMPILED, y0, 0.1, parameters={"r": 1.0}, rtol=rtol)
    (x0, X0, Y0), (x1, X1, Y1) = y0, solution.y[0]
    # Up to a hundred steps of local errors, relative to the terms that cancel.
    assert (np.abs(x1 * Y1 - x0 * Y0) <= 1e2 * rtol * (x1 * np.hypot(X1, Y1) + 1e-3)).all()
    size = x1 + 2 * (X1**2 + Y1**2)
    change = (x1 - 2 * (X1**2 + Y1**2)) - (x0 - 2 * (X0**2 + Y0**2))
    assert (np.abs(change) <= 1e2 * rtol * size).all()


@given(modes, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_of_trajectories_changes_no_bit(
    values: list[tuple[float, float, float]], random: Any
) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    y0 = start(values)
    whole = solve(COMPILED, y0, [0.05, 0.1], parameters={"r": 1.0})
    mixed = solve(COMPILED, y0[:, order], [0.05, 0.1], parameters={"r": 1.0})
    np.testing.assert_array_equal(whole.y[:, :, order], mixed.y)


@given(modes, st.integers(-6, 6))
@settings(max_examples=20)
def test_scaling_by_a_power_of_two_scales_every_bit(
    values: list[tuple[float, float, float]], power: int
) -> None:
    # x -> s^2 x, (X, Y) -> s (X, Y), t -> t / s with atol = 0 maps every step onto a step.
    s, y0 = 2.0**power, start(values)
    scale = np.array([s**2, s, s])[:, None]
    plain = solve(COMPILED, y0, 0.1, parameters={"r": 1.0}, atol=0.0, h0=0.01)
    scaled = solve(COMPILED, y0 * scale, 0.1 / s, parameters={"r": 1.0}, atol=0.0, h0=0.01 / s)
    np.testing.assert_array_equal(plain.y * scale, scaled.y)


@given(modes, st.floats(0.01, 0.09))
@settings(max_examples=20)
def test_two_legs_are_one_way(values: list[tuple[float, float, float]], middle: float) -> None:
    y0, rtol = start(values), 1e-10
    whole = solve(COMPILED, y0, 0.1, parameters={"r": 1.0}, rtol=rtol)
    first = solve(COMPILED, y0, middle, parameters={"r": 1.0}, rtol=rtol)
    second = solve(COMPILED, first.y[-1], 0.1 - middle, parameters={"r": 1.0}, rtol=rtol)
    assert (whole.status == Status.success).all()
    size = np.abs(whole.y[-1]).max(axis=0)
    # Errors of some twenty steps each, amplified where a blow-up is near.
    assert (np.abs(whole.y[-1] - second.y[-1]) <= 1e4 * rtol * size).all()


@given(modes)
@settings(max_examples=20)
def test_conjugation_is_a_symmetry_of_every_bit(values: list[tuple[float, float, float]]) -> None:
    y0, mirror = start(values), np.array([1.0, 1.0, -1.0])[:, None]
    plain = solve(COMPILED, y0, 0.1, parameters={"r": 1.0})
    np.testing.assert_array_equal(
        plain.y * mirror, solve(COMPILED, y0 * mirror, 0.1, parameters={"r": 1.0}).y
    )
