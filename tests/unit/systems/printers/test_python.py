"""The printed function is a program that computes the system's own vector field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.derivation import derive
from odekit.networks import Network

CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("Zp", {}, None),
    ("Zp", {"task": "x-y"}, None),
    ("Zp", {"task": "2*x+2*y"}, "k"),
    ("Zp", {"activation": "z**4"}, None),
    ("Zn", {"activation": "z**2+z**3"}, "k,2k"),
    ("Zp", {"embedding": "unshared", "activation": "z**3"}, None),
    ("Z12", {}, None),
    ("Z3xZ5", {}, "(0,1),(1,2)"),
    ("Z2", {}, None),
]


def run(source: str) -> Any:
    scope: dict[str, Any] = {}
    exec(source, scope)
    return scope["vector_field"]


@pytest.mark.parametrize(("group", "options", "modes"), CASES)
def test_it_computes_the_equations(group: str, options: dict[str, Any], modes: Any) -> None:
    system = derive(Network(group, **options), modes)
    data = system.to_dict()
    names = [s.name for s in system.states]
    y = np.random.default_rng(0).uniform(0.5, 1.5, (len(names), 6))
    parameters = [11.0] * len(system.parameters)
    found = run(system.python())(0.0, y, *parameters)
    scope: dict[str, Any] = {"sin": np.sin, "cos": np.cos, **dict(zip(names, y, strict=True))}
    scope |= {s.name: 11.0 for s in system.parameters}
    for name, text in data["definitions"].items():
        scope[name] = eval(text, scope)
    for i, name in enumerate(names):
        expected = eval(data["equations"][name], scope)
        np.testing.assert_allclose(found[i], expected, rtol=1e-13, atol=1e-12)


def test_it_also_takes_one_state_at_a_time() -> None:
    field = run(derive(Network("Zp")).python())
    assert field(0.0, np.ones(4), 5.0).shape == (4,)


def test_its_docstring_lists_states_parameters_and_conditions() -> None:
    documentation = run(derive(Network("Zp")).python()).__doc__
    assert "States: y[0] = alpha, y[1] = phi, y[2] = beta, y[3] = psi." in documentation
    assert "Parameters: p." in documentation
    assert "Holds where p does not divide 2k." in documentation


def test_it_needs_nothing_but_numpy() -> None:
    imports = [line for line in derive(Network("Zp")).python().splitlines() if "import" in line]
    assert imports == ["import numpy"]
