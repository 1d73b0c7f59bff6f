"""JavaScript is printed of numbered names, or refused; its values are put to the test in a browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import sympy as sp

import odekit
from odekit.errors import ReductionError
from odekit.systems import ANY, System
from odekit.systems.printers import javascript_function

X = sp.Symbol("x", real=True)


def test_the_module_lists_states_and_parameters_in_their_order() -> None:
    text = odekit.derive(odekit.Network("Zp")).javascript()
    assert text.startswith('export const states = ["alpha", "phi", "beta", "psi"];\n')
    assert 'export const parameters = ["p"];' in text
    assert "export function vectorField(t, y, p, out = [])" in text


def test_common_parts_are_computed_once() -> None:
    text = odekit.system({"x": "sin(x*y)", "y": "2*sin(x*y)"}).javascript()
    assert text.count("Math.sin") == 1


def test_no_name_gets_into_the_code() -> None:
    bad = sp.Symbol("*/ alert(1) </script>", real=True)
    text = System({bad: -bad}, ANY).javascript()
    assert "</script>" not in text
    assert text.count("alert") == 1
    assert 'states = ["*/ alert(1) \\u003c/script>"]' in text


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (sp.gamma(X), "gamma"),
        (sp.LambertW(X), "LambertW"),
        (sp.I * X, "ImaginaryUnit"),
        (sp.Integral(sp.exp(-(X**2)) / (1 + X), (X, 0, X)), "Integral"),
        (sp.Function("f")(X), "f"),
        (sp.zoo * X, "ComplexInfinity"),
    ],
)
def test_what_javascript_lacks_is_refused(formula: sp.Expr, told: str) -> None:
    with pytest.raises(ReductionError, match=f"no function for.*Expected: .*Received: {told}.*Try: "):
        javascript_function("f", (formula,), odekit.system({"x": "x"}))


def test_the_module_runs_where_node_is(tmp_path: Path) -> None:
    if (node := shutil.which("node")) is None:
        pytest.skip("no node is installed")
    (tmp_path / "flow.mjs").write_text(odekit.system({"x": "-k*x**2"}, "k").javascript())
    (tmp_path / "main.mjs").write_text(
        'import { parameters, states, vectorField } from "./flow.mjs";\n'
        "console.log(states.join(), parameters.join(), vectorField(0, [3], [2]).join());\n"
    )
    told = subprocess.run([node, tmp_path / "main.mjs"], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["x", "k", "-18"]
