"""Two backends and two methods agree on random polynomial systems, each within what its tolerance promises.

A step's error is at most ``atol + rtol |y|`` in the root mean square over the states. All states below stay
within 1, so that with atol = rtol a step adds at most ``2 rtol sqrt(states)`` to any state. What a
flow makes of that is bounded for each kind of system: the tolerance is the sum over both solutions' steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import odekit
from odekit.solvers import Solution, Status, solve

RTOL = np.array([1e-6, 1e-8, 1e-10, 1e-12])
BATCH = len(RTOL)
TERMS = 4
GROWTH = 3 * TERMS
SHORT, LONG = 0.1, 0.5
BLOWN_UP = (Status.step_too_small, Status.not_finite)


@dataclass(frozen=True, eq=False)
class Random:
    """A polynomial system of degree at most 3 with starts and parameters, and how much its flow amplifies."""

    states: tuple[sp.Symbol, ...]
    parameters: tuple[sp.Symbol, ...]
    vector_field: tuple[sp.Expr, ...]
    y0: np.ndarray
    p: np.ndarray
    end: float
    amplification: float

    def solve(self, **options: Any) -> Solution:
        given = {symbol.name: row for symbol, row in zip(self.parameters, self.p, strict=True)}
        times = np.array([0.3, 0.55, 1.0]) * self.end
        velocities = dict(zip(self.states, self.vector_field, strict=True))
        return solve(
            odekit.system(velocities, self.parameters),
            self.y0,
            times,
            parameters=given,
            **{"method": "dop853"} | options,
        )


def monomial(rng: np.random.Generator, states: tuple[sp.Symbol, ...]) -> sp.Expr:
    return sp.prod(rng.choice(np.array(states), size=rng.integers(0, 4)).tolist())


def coefficient(rng: np.random.Generator, parameters: tuple[sp.Symbol, ...]) -> sp.Expr:
    """A rational between -1 and 1, every third time multiplied by a parameter."""
    number = sp.Rational(int(rng.integers(1, 16)) * int(rng.choice([-1, 1])), 16)
    return number * parameters[rng.integers(len(parameters))] if rng.random() < 1 / 3 else number


def expanding(seed: int, count: int | None = None) -> Random:
    """Starts within 1/2; as |y'| <= 4 within 1, they stay within 1 up to t = 1/8.

    The sum of a row's derivatives is at most 12 there, so that errors grow at most like exp(12 t).
    """
    rng = np.random.default_rng(seed)
    count = count or int(rng.integers(1, 5))
    states, parameters = sp.symbols(f"x:{count}"), sp.symbols("a b")
    rows = tuple(
        sum(coefficient(rng, parameters) * monomial(rng, states) for _ in range(TERMS)) for _ in states
    )
    y0, p = rng.uniform(0.25, 0.5, (count, BATCH)), rng.uniform(0.5, 1.0, (2, BATCH))
    return Random(states, parameters, rows, y0, p, SHORT, float(np.exp(GROWTH * SHORT)))


def contracting(seed: int, count: int | None = None) -> Random:
    """The same with -16 y added: no state leaves the box, and no error in the maximum norm grows."""
    free = expanding(seed, count)
    damped = tuple(
        entry - (GROWTH + 4) * state for entry, state in zip(free.vector_field, free.states, strict=True)
    )
    return replace(free, vector_field=damped, end=LONG, amplification=1.0)


def exploding(seed: int, count: int | None = None) -> Random:
    """Positive coefficients, and x0**2 in x0': from 1/4 on, x0 is infinite at t = 4 or before."""
    free = expanding(seed, count)
    positive = [sum(map(abs_coefficient, sp.Add.make_args(sp.expand(f)))) for f in free.vector_field]
    positive[0] += free.states[0] ** 2
    return replace(free, vector_field=tuple(positive), end=4.0)


def abs_coefficient(term: sp.Expr) -> sp.Expr:
    number, rest = term.as_coeff_Mul()
    return abs(number) * rest


def assert_agree(left: Solution, right: Solution, amplification: float) -> None:
    assert left.is_successful
    assert right.is_successful
    assert (distance(left, right) <= bound(left, right, RTOL, amplification)).all()


def distance(left: Solution, right: Solution) -> np.ndarray:
    return np.asarray(np.abs(left.y - right.y).max(axis=(0, 1)))


def bound(left: Solution, right: Solution, rtol: Any, amplification: float) -> np.ndarray:
    """Largest distance that the tolerances allow; forty digits count as exact."""
    steps = sum(solution.steps for solution in (left, right) if solution.backend != "mpmath")
    rounding = 100 * np.finfo(np.float64).eps
    return np.asarray(amplification * (steps * 2 * rtol * np.sqrt(len(left.states)) + rounding))


def fixed(examples: int) -> settings:
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None)


seeds = st.integers(0, 2**32 - 1)
kinds = pytest.mark.parametrize("kind", [expanding, contracting])


@pytest.fixture(autouse=True, scope="module")
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODEKIT_CACHE_DIR", str(tmp_path_factory.mktemp("kernels")))
        yield


@pytest.mark.slow
@kinds
@given(seed=seeds)
@fixed(4)
def test_numpy_agrees_with_forty_digits(kind: Any, seed: int) -> None:
    system = kind(seed)
    alone = replace(system, y0=system.y0[:, :1], p=system.p[:, :1])
    arrays = alone.solve(backend="numpy", rtol=RTOL, atol=RTOL)
    assert_agree(alone.solve(backend="mpmath", method="auto"), arrays, system.amplification)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "method", "system"),
    [
        pytest.param("numba", "dop853", contracting(1, 3), marks=pytest.mark.long),
        pytest.param("numba", "taylor", contracting(2, 2), marks=pytest.mark.long),
        ("jax", "dop853", contracting(3, 3)),
        ("jax", "dop853", expanding(4, 1)),
    ],
)
def test_compiled_backends_agree_with_numpy(backend: str, method: str, system: Random) -> None:
    pytest.importorskip(backend, reason=f"{backend} isn't installed")
    arrays = system.solve(backend="numpy", rtol=RTOL, atol=RTOL)
    compiled = system.solve(backend=backend, method=method, rtol=RTOL, atol=RTOL)
    assert (compiled.backend, compiled.method) == (backend, method)
    assert_agree(arrays, compiled, system.amplification)


@pytest.mark.long
@pytest.mark.parametrize("backend", [pytest.param("numba", marks=pytest.mark.slow), "jax"])
def test_blow_ups_come_at_the_same_time_on_every_backend(backend: str) -> None:
    pytest.importorskip(backend, reason=f"{backend} isn't installed")
    system = exploding(5, 2)
    arrays, compiled = (system.solve(backend=name, rtol=1e-9) for name in ("numpy", backend))
    for solution in (arrays, compiled):
        assert np.isin(solution.status, BLOWN_UP).all()
    np.testing.assert_array_equal(np.isnan(arrays.y), np.isnan(compiled.y))
    # A step's relative error of 1e-9 moves the blow-up by about that part of the time left.
    np.testing.assert_allclose(arrays.t_reached, compiled.t_reached, rtol=100 * 1e-9)


@pytest.mark.slow
@given(seed=seeds)
@fixed(8)
def test_blow_ups_come_at_the_same_time_by_both_methods(seed: int) -> None:
    system = exploding(seed)
    steps, series = (
        system.solve(method=method, rtol=1e-9, backend="numpy") for method in ("dop853", "taylor")
    )
    for solution in (steps, series):
        assert np.isin(solution.status, BLOWN_UP).all()
        assert (solution.t_reached < system.end).all()
    np.testing.assert_allclose(steps.t_reached, series.t_reached, rtol=100 * 1e-9)


@pytest.mark.slow
@kinds
@given(seed=seeds)
@fixed(25)
def test_the_taylor_method_agrees_with_dop853(kind: Any, seed: int) -> None:
    system = kind(seed)
    options = {"rtol": RTOL, "atol": RTOL, "backend": "numpy"}
    steps, series = (system.solve(method=method, **options) for method in ("dop853", "taylor"))
    assert (steps.method, series.method) == ("dop853", "taylor")
    assert_agree(steps, series, system.amplification)


@given(seed=seeds, place=st.integers(0, TERMS - 1))
@fixed(8)
def test_a_coefficient_that_is_off_by_a_thousandth_is_noticed(seed: int, place: int) -> None:
    # Within t = 0.02 the states stay above 0.17, so that 1e-3 of any term adds up to 4e-8 or more.
    system = replace(expanding(seed), end=0.02, amplification=float(np.exp(GROWTH * 0.02)))
    first, *others = system.vector_field
    terms = sp.Add.make_args(sp.expand(first))
    _, term = terms[place % len(terms)].as_coeff_Mul()
    false = replace(system, vector_field=(first + term / 1000, *others))
    options = {"rtol": 1e-10, "atol": 1e-10, "backend": "numpy"}
    left, right = system.solve(**options), false.solve(**options)
    assert (distance(left, right) > 5 * bound(left, right, 1e-10, system.amplification)).all()
