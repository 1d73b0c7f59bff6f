"""Laws of the solvers: scaling, order of trajectories, first integrals, composition in time, two backends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import odekit
from odekit.solvers import CompiledSystem, Status, compile, solve

x, X, Y, r = sp.symbols("x X Y r")


FLOW = odekit.system({"x": "4*r*x*X", "X": "r*(x + 4*Y**2)", "Y": "-4*r*X*Y"}, "r")
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
@settings(max_examples=10)
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
@settings(max_examples=10)
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
@settings(max_examples=10)
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
@settings(max_examples=10)
def test_conjugation_is_a_symmetry_of_every_bit(values: list[tuple[float, float, float]]) -> None:
    y0, mirror = start(values), np.array([1.0, 1.0, -1.0])[:, None]
    plain = solve(COMPILED, y0, 0.1, parameters={"r": 1.0})
    np.testing.assert_array_equal(
        plain.y * mirror, solve(COMPILED, y0 * mirror, 0.1, parameters={"r": 1.0}).y
    )


CUBICS = [(i, j) for i, j in product(range(4), repeat=2) if i + j <= 3]
COEFFICIENTS = sp.symbols(f"c:{2 * len(CUBICS)}")
POLYNOMIAL = odekit.system(
    {
        state: sum(c * x**i * X**j for c, (i, j) in zip(half, CUBICS, strict=True))
        for state, half in ((x, COEFFICIENTS[: len(CUBICS)]), (X, COEFFICIENTS[len(CUBICS) :]))
    },
    COEFFICIENTS,
)
ON_NUMPY = compile(POLYNOMIAL)


@pytest.fixture(scope="module")
def on_numba(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompiledSystem]:
    """Every cubic vector field in the plane, its coefficients being parameters: compiled once."""
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODEKIT_CACHE_DIR", str(tmp_path_factory.mktemp("kernels")))
        yield compile(POLYNOMIAL, "numba")


coefficients = st.one_of(st.just(0.0), st.floats(-1.0, 1.0))
fields = st.lists(coefficients, min_size=2 * len(CUBICS), max_size=2 * len(CUBICS))
points = st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
cases = st.lists(st.tuples(fields, points, st.floats(0.0, 0.1)), min_size=1, max_size=5)


@given(cases, st.sampled_from([1e-5, 1e-9, 1e-12]))
@settings(max_examples=10)
@pytest.mark.slow
def test_two_backends_agree_on_every_cubic_vector_field(
    on_numba: CompiledSystem, values: list[Any], rtol: float
) -> None:
    p, y0, end = (np.array(column).T for column in zip(*values, strict=True))
    options: dict[str, Any] = {
        "parameters": {c.name: row for c, row in zip(COEFFICIENTS, p, strict=True)},
        "rtol": rtol,
        "atol": rtol,
    }
    times = np.linspace(0, 1, 4)[:, None] * end
    lanes, arrays = (solve(system, y0, times, **options) for system in (on_numba, ON_NUMPY))
    np.testing.assert_array_equal(lanes.status, arrays.status)
    # States stay below 1 and derivatives of the field below 10: a few steps, errors amplified by e at most.
    np.testing.assert_allclose(lanes.y, arrays.y, rtol=0.0, atol=20 * rtol)


@given(cases)
@settings(max_examples=10)
@pytest.mark.slow
def test_a_backend_with_another_field_does_not_agree(on_numba: CompiledSystem, values: list[Any]) -> None:
    p, y0, _ = (np.array(column).T for column in zip(*values, strict=True))
    given = {c.name: row for c, row in zip(COEFFICIENTS, p, strict=True)}
    shifted = given | {"c0": given["c0"] + 0.1}
    lanes = solve(on_numba, y0, 0.1, parameters=shifted, rtol=1e-9, atol=1e-9)
    arrays = solve(ON_NUMPY, y0, 0.1, parameters=given, rtol=1e-9, atol=1e-9)
    assert (np.abs(lanes["x"] - arrays["x"]) > 1e-3).all()
