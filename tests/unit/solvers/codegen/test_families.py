"""Formulas of few shapes as arrays, against the same formulas one by one."""

from __future__ import annotations

from inspect import unwrap
from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.solvers import solve
from odekit.solvers.codegen import compile_expressions, derivatives, formulas_of, linearisation_of
from odekit.solvers.codegen.families import compile_field, families_of

SIZE = 260
CHAINS = {
    "lattice": "x[i]' = k*(x[i-1] - 2*x[i] + x[i+1]) - sin(x[i]) for i in 2..n-1",
    "numbers": "x[i]' = i**2*x[i] - x[i-1]**2/i + 3*i for i in 2..n-1",
    "driven": "x[i]' = x[i]*cos(t*i) - x[i+1]*x[i-1] for i in 2..n-1",
    "powers": "x[i]' = x[i]**3 - x[i-1]**-2 + exp(-k*x[i+1])/2 for i in 2..n-1",
}


def chain(name: str, size: int = SIZE) -> Any:
    ends = "x[1]' = -k*x[1]; x[n]' = step(x[1] - k) - x[n]"
    return odekit.system(f"{ends}; {CHAINS[name]}", {"k": None, "n": size})


def point(size: int = SIZE, lanes: int = 3) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    return rng.uniform(0, 2, lanes), rng.uniform(0.5, 1.5, (size, lanes)), rng.uniform(0.5, 1.5, (1, lanes))


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_values_are_those_of_the_formulas_one_by_one(name: str) -> None:
    formulas, (t, y, p) = formulas_of(chain(name)), point()
    assert len(families_of(formulas)) < 20
    found, wanted = np.empty_like(y), np.empty_like(y)
    compile_field(formulas)[0](t, y, p, found)
    compile_expressions(formulas)[0](t, y, p, wanted)
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-13)
    alone = np.empty(SIZE)
    compile_field(formulas)[0](t[1], y[:, 1], p[:, 1], alone)
    np.testing.assert_array_equal(alone, found[:, 1])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numbers", "driven"])
def test_derivatives_are_those_of_the_formulas_one_by_one(name: str, monkeypatch: Any) -> None:
    formulas, (t, y, p) = formulas_of(chain(name)), point()
    known = linearisation_of(formulas)
    monkeypatch.setattr(derivatives, "families_of", lambda formulas: ())
    plain = unwrap(linearisation_of)(formulas)
    assert known.holds_time == plain.holds_time
    parts = []
    for each in (known, plain):
        values = np.full((each.height, 3), np.nan)
        each.evaluate(t, y, p, values)
        dense = np.zeros((SIZE, SIZE, 3))
        dense[each.rows, each.columns] = values[SIZE : SIZE + len(each.rows)]
        parts.append((values[:SIZE], dense, values[SIZE + len(each.rows) :]))
    for found, wanted in zip(*parts, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-13)


def largest(name: str) -> Any:
    return max(families_of(formulas_of(chain(name))), key=lambda family: len(family.rows))


def test_a_number_that_all_members_share_is_written_and_others_are_a_column() -> None:
    assert largest("lattice").numbers == ()
    own = largest("numbers")
    assert len(own.numbers) == 3
    # The states are x1, x260, x2, x3, ...
    members = own.rows
    found = {tuple(row) for row in own.values.tolist()}
    assert found == {tuple(members**2.0), tuple(-1.0 / members), tuple(3.0 * members)}


def test_a_state_is_not_mistaken_for_an_exponent() -> None:
    names = [f"x{i}" for i in range(300)]
    x, y = sp.symbols("x0 x1", real=True)
    velocities = {name: x**2 if i % 2 else x**y for i, name in enumerate(names)}
    found = families_of(formulas_of(odekit.system(velocities)))
    assert sorted(str(family.template) for family in found) == ["state 0**2", "state 0**state 1"]


def test_few_formulas_many_states_and_many_shapes_are_left_alone() -> None:
    few = odekit.system("x[i]' = -x[i] for i in 1..100", {"n": 100})
    mean = odekit.system("x[i]' = x[i]*sum(x[j] for j in 1..40) for i in 1..300")
    assert families_of(formulas_of(few)) == ()
    assert families_of(formulas_of(mean)) == ()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dop853", "rodas5p"])
def test_a_large_system_alone_is_what_it_is_among_others(method: str) -> None:
    lattice, rng = chain("lattice"), np.random.default_rng(1)
    y0 = rng.uniform(-1, 1, (SIZE, 5))
    together = solve(lattice, y0, 0.3, parameters={"k": 2.0}, method=method)
    for lane in (0, 3):
        alone = solve(lattice, y0[:, lane], 0.3, parameters={"k": 2.0}, method=method)
        np.testing.assert_array_equal(alone.y[..., 0], together.y[..., lane])
        assert alone.steps[0] == together.steps[lane]
