"""Rodas5P as text of a kernel: run as plain Python here, and as machine code against NumPy's lanes."""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import odekit
from odekit.errors import InputError
from odekit.solvers import Status, compile, solve
from odekit.solvers.codegen import formulas_of, linear_code
from odekit.solvers.kernels import rosenbrock_kernel_source
from odekit.solvers.problem.inputs import prepare
from odekit.solvers.stepping.batch import integrate
from odekit.solvers.stepping.lanes import Task
from odekit.solvers.stepping.record import Record

LANES = 3


@pytest.fixture(scope="module")
def driven() -> Any:
    """Stiff at large k, driven in time, with a jump at t = 1 and an exponential."""
    return odekit.system({"x": "-k*(x - cos(t)) + y/9", "y": "exp(-x) - y + step(t - 1)"}, parameters="k")


def plain_kernel(system: Any, lanes: int = LANES) -> dict[str, Any]:
    """What the text of a system's kernel defines, as Python runs it, for a few lanes."""
    text = rosenbrock_kernel_source(linear_code(formulas_of(system)))
    sizes, lines = "LANES, STATES, PARAMETERS, GOING = ", []
    for line in text.splitlines():
        name, _, value = line.partition(" = ")
        is_place = value.isdigit() and name.isidentifier() and name != "ROWS"
        lines.append(f"{name} = {int(value) // 64 * lanes}" if is_place else line)
    scope: dict[str, Any] = {}
    exec("\n".join(lines).replace(f"{sizes}64", f"{sizes}{lanes}"), scope)
    return scope


def task(system: Any, y0: Any, times: Any, **parameters: Any) -> Task:
    inputs = prepare(system, y0, times, parameters, 1e-7, 1e-10)
    compiled = compile(system, method="rodas5p")
    batch = inputs.y0.shape[1]
    return Task(compiled.rhs, inputs, np.full(batch, np.nan), linearisation=compiled.linearisation)


def run_plainly(given: Task, system: Any) -> Record:
    record = Record.blank(given)
    kernel, inputs = plain_kernel(system), given.inputs
    arrays = (inputs.y0, inputs.p, inputs.times, inputs.rtol, inputs.atol, given.h0, given.max_step)
    results = (record.y, record.status, record.t_reached, record.steps, record.error)
    scratch = (np.empty(kernel["ROWS"] * LANES), *(np.empty(LANES, np.int64) for _ in range(3)))
    with np.errstate(all="ignore"):
        kernel["run"](0, given.batch, float(given.max_steps), *arrays, given.breakpoints, *results, *scratch)
    return record


def test_the_text_does_what_the_batch_in_numpy_does(driven: Any) -> None:
    k = np.array([1.0, 1e3, 1e6, 10.0])
    given = task(driven, np.array([[1.0, 0.0, 2.0, -1.0], [0.0, 1.0, 0.5, 3.0]]), [0.3, 2.0], k=k)
    given = replace(given, breakpoints=np.array([[1.0]]))
    found, wanted = run_plainly(given, driven), integrate(given)
    np.testing.assert_array_equal(found.status, Status.success)
    np.testing.assert_array_equal(found.steps, wanted.steps)
    np.testing.assert_allclose(found.y, wanted.y, rtol=1e-8)
    np.testing.assert_allclose(found.error, wanted.error, rtol=1e-3)


def test_rows_change_places_where_a_pivot_is_small() -> None:
    """``I/(h gamma) - J`` has a corner near 0 at the steps that this oscillator takes."""
    kernel = plain_kernel(odekit.system({"x": "v", "v": "-x", "z": "x - z"}), 1)
    rng, w = np.random.default_rng(0), np.zeros(kernel["ROWS"])
    for _ in range(20):
        jacobian, b = rng.normal(size=(3, 3)), rng.normal(size=3)
        jacobian[0, 0] = 4.0 * (1.0 - 1e-13)
        w[kernel["J"] : kernel["J"] + 9] = jacobian.ravel()
        w[kernel["H"]], w[kernel["GOAL"]] = 1.0 / (4.0 * kernel["GAMMA"]), 9.0
        w[kernel["B"] : kernel["B"] + 3] = b
        kernel["factorise"](w, 3)
        kernel["resolve"](w, kernel["U"], 3)
        exact = np.linalg.solve(4.0 * np.eye(3) - jacobian, b)
        np.testing.assert_allclose(w[kernel["U"] : kernel["U"] + 3], exact, rtol=1e-9)


def test_every_name_is_defined(driven: Any) -> None:
    tree = ast.parse(rosenbrock_kernel_source(linear_code(formulas_of(driven))))
    nodes = list(ast.walk(tree))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert used - bound - set(dir(builtins)) == {"math", "np"}


def test_a_blow_up_and_a_nan_are_their_own_lanes(driven: Any) -> None:
    growth = odekit.system({"x": "x**2"})
    found = run_plainly(task(growth, np.array([[0.1, 1.0, np.nan, -1.0]]), [5.0]), growth)
    names = [Status(int(code)).name for code in found.status]
    assert names == ["success", "step_too_small", "not_finite", "success"]
    np.testing.assert_allclose(found.y[0, 0, [0, 3]], [0.2, -1 / 6], rtol=1e-6)


@pytest.fixture(scope="module")
def fast(driven: Any, kernel_cache: None) -> Any:
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    return compile(driven, "numba", "rodas5p")


@pytest.mark.long
def test_lanes_are_those_of_numpy_whoever_stands_beside(fast: Any, driven: Any) -> None:
    rng = np.random.default_rng(2)
    y0, k = rng.uniform(-1, 1, (2, 700)), 10 ** rng.uniform(0, 6, 700)
    options: dict[str, Any] = {"t": [0.3, 1.0, 3.0], "rtol": 1e-8}
    found = solve(fast, y0, parameters={"k": k}, **options)
    wanted = solve(driven, y0, parameters={"k": k}, method="rodas5p", **options)
    assert (found.method, found.backend, found.is_successful) == ("rodas5p", "numba", True)
    np.testing.assert_allclose(found.y, wanted.y, rtol=1e-7, atol=1e-9)
    assert np.mean(found.steps == wanted.steps) > 0.9
    alone = solve(fast, y0[:, 650:], parameters={"k": k[650:]}, **options)
    np.testing.assert_array_equal(alone.y, found.y[..., 650:])


@pytest.mark.long
def test_backward_and_from_another_time(fast: Any, driven: Any) -> None:
    there = solve(fast, [0.5, 0.2], 0.2, t0=0.9, parameters={"k": 2.0}, rtol=1e-10)
    back = solve(driven, there.y[-1], 0.9, t0=0.2, parameters={"k": 2.0}, rtol=1e-10)
    np.testing.assert_allclose(back.y[-1, :, 0], [0.5, 0.2], rtol=1e-7)


@pytest.mark.slow
def test_events_are_numpys(fast: Any) -> None:
    with pytest.raises(InputError, match="finds no events"):
        solve(fast, [0.5, 0.2], 1.0, parameters={"k": 2.0}, events=["x"])
