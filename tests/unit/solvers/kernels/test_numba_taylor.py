"""The Taylor method as machine code: as numpy integrates, whoever the neighbours."""

from __future__ import annotations

import ast
import builtins
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.solvers import Status, compile, solve
from odekit.solvers.backends import compile_for
from odekit.solvers.codegen import formulas_of
from odekit.solvers.codegen.taylor import series_code
from odekit.solvers.kernels.numba_taylor import taylor_kernel_source

pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")

x, y, a, t = sp.symbols("x y a t")
OPTIONS: dict[str, Any] = {"method": "taylor", "rtol": 1e-10}


@pytest.fixture(scope="session")
def driven(system: Any, kernel_cache: None) -> Any:
    """Two states, driven in time, with a pole: some trajectories blow up."""
    return compile(system((x, y), (x**2 * a + t * y, (x - y) ** 3 + t**2), (a,)), "numba", "taylor")


def test_every_name_is_defined(reduced: Any) -> None:
    nodes = list(ast.walk(ast.parse(taylor_kernel_source(series_code(formulas_of(reduced))))))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert used - bound - set(dir(builtins)) == {"math", "np"}


@pytest.mark.long
def test_lanes_agree_with_arrays_in_states_steps_and_statuses(driven: Any) -> None:
    rng = np.random.default_rng(0)
    y0, rates = rng.uniform(-1, 1, (2, 300)), rng.uniform(0.5, 3, 300)
    y0[0, 11], y0[1, 12], rates[13] = np.nan, np.inf, np.nan
    times = [0.0, 0.2, 0.5, 0.9]
    lanes = solve(driven, y0, times, parameters={"a": rates}, **OPTIONS)
    arrays = solve(driven.system, y0, times, parameters={"a": rates}, backend="numpy", **OPTIONS)
    np.testing.assert_array_equal(lanes.status, arrays.status)
    assert lanes.status[11:14].tolist() == [Status.not_finite] * 3
    assert np.bincount(lanes.status)[Status.step_too_small] > 10
    done = lanes.status == Status.success
    assert done.sum() > 100
    assert np.abs(lanes.steps - arrays.steps)[done].max() <= 1
    # Last bits of coefficients decide last bits of steps; both are within some tolerances of the truth.
    np.testing.assert_allclose(lanes.y[:, :, done], arrays.y[:, :, done], rtol=1e-7, atol=1e-8)


@pytest.mark.slow
def test_lanes_agree_with_runge_kutta(driven: Any) -> None:
    y0 = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 100))
    series = solve(driven, y0, [0.4, 0.8], parameters={"a": 1.0}, **OPTIONS)
    stages = solve(
        driven.system, y0, [0.4, 0.8], parameters={"a": 1.0}, method="dop853", backend="numpy", rtol=1e-10
    )
    assert (series.method, series.backend) == ("taylor", "numba")
    np.testing.assert_allclose(series.y, stages.y, atol=1e-8)


@pytest.mark.slow
def test_neighbours_change_no_bit(driven: Any) -> None:
    y0 = np.random.default_rng(2).uniform(-0.5, 0.5, (2, 200))
    whole = solve(driven, y0, [0.3, 0.7], parameters={"a": 1.0}, **OPTIONS)
    part = solve(driven, y0[:, 150:], [0.3, 0.7], parameters={"a": 1.0}, **OPTIONS)
    np.testing.assert_array_equal(whole.y[:, :, 150:], part.y)


@pytest.mark.slow
def test_one_value_for_all_is_as_good_as_a_value_each(driven: Any) -> None:
    y0 = np.random.default_rng(3).uniform(-0.5, 0.5, (2, 150))
    shared = solve(driven, y0, [0.3, 0.7], parameters={"a": 1.0}, h0=0.1, **OPTIONS)
    each: dict[str, Any] = {"rtol": np.full(150, 1e-10), "h0": np.full(150, 0.1), "method": "taylor"}
    times = np.repeat([[0.3], [0.7]], 150, axis=1)
    spelled_out = solve(driven, y0, times, parameters={"a": np.ones(150)}, **each)
    np.testing.assert_array_equal(shared.y, spelled_out.y)
    np.testing.assert_array_equal(shared.steps, spelled_out.steps)


def test_the_kernel_s_power_of_two_is_close_enough_for_a_step(reduced: Any) -> None:
    scope: dict[str, Any] = {}
    exec(taylor_kernel_source(series_code(formulas_of(reduced))), scope)
    exponents = np.linspace(-130.0, 4.0, 997)
    found = np.array([scope["power_of_two"](exponent) for exponent in exponents])
    np.testing.assert_allclose(found, 2.0**exponents, rtol=2e-4)


@pytest.mark.slow
def test_the_step_cap_is_a_status(driven: Any) -> None:
    found = solve(driven, [0.1, 0.1], [[1e-9, 1.0]], parameters={"a": 1.0}, max_steps=2, **OPTIONS)
    assert found.status.tolist() == [Status.success, Status.max_steps]
    assert found.steps[1] == 2


def test_auto_takes_series_on_numba_for_short_polynomials_alone(
    system: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from odekit.solvers import backends

    asked: list[str] = []
    monkeypatch.setattr(backends, "compile", lambda system, backend, method: asked.append(method))
    long = system((x, y), (sum(a**k * (x + k * y) ** 4 for k in range(1, 9)), x * y), (a,))
    for entry in (system((x,), (x**2,)), system((x,), (sp.sin(x),)), long):
        compile_for(entry, "numba", batch=1, needs_steps=False, method="auto")
    assert asked[:2] == ["taylor", "dop853"]
