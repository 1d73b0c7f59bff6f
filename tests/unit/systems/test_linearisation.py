"""The linearisation at values of a user: formulas are read, and nothing is run as a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import derive
from odekit.errors import InputError, UnknownNameError
from odekit.expressions import parse
from odekit.networks import Network
from odekit.solvers import Event, solve
from odekit.systems import ANY, System, gradient_flow, system

x = sp.Symbol("x", real=True)
FLOW = system({"x": "-k*x**2", "y": "x - y"}, parameters="k")


@pytest.mark.parametrize(
    ("at", "entry"),
    [
        ({"x": 2}, "-4*k"),
        ({"x": "1/3"}, "-2*k/3"),
        ({"x": 0.1, "k": 5}, "-1"),
        ({"x": "k + y"}, "-2*k*(k+y)"),
    ],
)
def test_values_are_numbers_and_formulas_in_the_names_of_the_system(at: dict[str, Any], entry: str) -> None:
    k, y = FLOW["k"], FLOW["y"]
    expected = {"-4*k": -4 * k, "-2*k/3": -2 * k / 3, "-1": -1, "-2*k*(k+y)": -2 * k * (k + y)}[entry]
    found = FLOW.linearisation(at)
    assert sp.simplify(found - sp.Matrix([[expected, 0], [1, -1]])) == sp.zeros(2)


@pytest.mark.parametrize("field", ["relu(x) - y", "abs(x) + y", "x*step(x - y) + y*step(y - x)"])
def test_there_is_no_linearisation_at_a_kink(field: str) -> None:
    flow = system({"x": field, "y": "-y"})
    with pytest.raises(InputError, match="no linearisation at its kink"):
        flow.linearisation({"x": 0, "y": 0})
    assert flow.linearisation({"x": 2, "y": 0})[0, 0] == 1


def test_a_slope_that_is_the_same_on_both_sides_is_one() -> None:
    assert system("x' = x*abs(x) - x").linearisation({"x": 0}) == sp.Matrix([[-1]])


def test_values_are_put_in_at_once_and_symbols_count_by_name() -> None:
    swapped = system({"x": "x**2", "y": "y**3"}).linearisation({"x": sp.Symbol("y"), "y": "x"})
    states = sp.symbols("x y", real=True)
    assert swapped == sp.diag(2 * states[1], 3 * states[0] ** 2)


@pytest.mark.parametrize(
    "value", ["nan", "1/", "1/0", "oo", float("nan"), float("inf"), sp.nan, None, "", "x y"]
)
def test_what_is_no_finite_formula_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        FLOW.linearisation({"x": value})


def test_names_that_the_system_lacks_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="'z'"):
        FLOW.linearisation({"z": 1})
    with pytest.raises(UnknownNameError, match="'q'"):
        FLOW.linearisation({"x": sp.Symbol("q")})


def test_text_of_a_user_is_nowhere_run_as_a_program(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = f"__import__('pathlib').Path('{mark}').touch() or 2"
    doors = [
        lambda: FLOW.linearisation({"x": text}),
        lambda: FLOW.linearisation({text: 1}),
        lambda: FLOW[text],
        lambda: FLOW.restrict([text]),
        lambda: system({"x": text}),
        lambda: system({text: "1"}),
        lambda: system({"x": "-x"}, parameters=text),
        lambda: system({"x": "-k*x"}, parameters={"k": text}),
        lambda: gradient_flow(text, "x"),
        lambda: gradient_flow("x**2", text),
        lambda: gradient_flow("x**2", "x", metric=[text]),
        lambda: gradient_flow("x**2", "x", metric={"x": text}),
        lambda: gradient_flow("x**2", "x", metric=np.array([[text]])),
        lambda: gradient_flow("x**2", "x", metric=[[text]]),
        lambda: gradient_flow("x**2 + y", "x y", constraint=text),
        lambda: gradient_flow("x**2 + y", "x y", constraint={"c": text}),
        lambda: gradient_flow("x**2/2", "x", solution={"x": text}),
        lambda: gradient_flow("x**2/2", "x", decay=text),
        lambda: System({x: text}, ANY),  # type: ignore[dict-item]
        lambda: System({x: -x}, ANY, definitions={sp.Symbol("d"): text}),  # type: ignore[dict-item]
        lambda: System({x: -x}, ANY, energy=text),  # type: ignore[arg-type]
        lambda: System({x: -x}, ANY, constraints={"c": text}),  # type: ignore[dict-item]
        lambda: solve(FLOW, [1, 1], 1.0, parameters={"k": text}),
        lambda: solve(FLOW, [1, 1], 1.0, parameters={"k": 1.0}, events=[Event(text)]),
        lambda: solve(FLOW, {"x": text, "y": 1}, 1.0, parameters={"k": 1.0}),
        lambda: derive(Network("Zp", activation=text)),
        lambda: derive(Network("Zp", task=text)),
        lambda: derive(Network("Zp"), text),
        lambda: Network("Zp", rates={"theta": text}),
        lambda: Network(text),
        lambda: parse(text, ("x",)),
    ]
    for door in doors:
        with pytest.raises((InputError, TypeError, ValueError)):
            door()
        assert not mark.exists()
    # The negative control: SymPy itself does run it.
    sp.sympify(text)
    assert mark.exists()
