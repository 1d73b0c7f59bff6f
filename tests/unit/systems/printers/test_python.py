"""The printed function is a program that computes the system's own vector field."""

from __future__ import annotations

import keyword
from typing import Any

import numpy as np
import pytest

from odekit import gradient_flow, solve, system
from odekit.derivation import derive
from odekit.errors import InputError, ReductionError
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


@pytest.mark.parametrize(
    ("states", "parameter"),
    [
        (("x", "y"), "t0"),
        (("y", "y_"), "out"),
        (("numpy", "out"), "vector_field"),
        (("lambda", "class"), "y"),
        (("np", "self"), "functools"),
        (("None", "is"), "as"),
        (("print", "match"), "sum"),
    ],
)
def test_a_program_runs_whatever_its_names_are(states: tuple[str, str], parameter: str) -> None:
    first, second = states
    flow = system(
        {first: f"relu({first}) + {parameter}*{second}**2", second: f"-{first}*t"}, parameters=parameter
    )
    found = run(flow.python())(3.0, np.array([[2.0, -1.0], [3.0, 0.5]]), 5.0)
    np.testing.assert_array_equal(found, [[2.0 + 45.0, 1.25], [-6.0, 3.0]])
    np.testing.assert_array_equal(flow.function()(3.0, [2.0, 3.0], {parameter: 5.0}), [47.0, -6.0])


def test_a_name_that_the_program_needs_is_told_in_its_docstring() -> None:
    source = gradient_flow("y*x**2/2", "x", parameters="y").python()
    assert "def vector_field(t, y, y_):" in source
    assert "Parameters: y (here y_)." in source
    assert run(source)(0.0, np.array([1.0]), 1.0).tolist() == [-1.0]


def test_a_program_needs_numpy_only_or_is_refused() -> None:
    assert gradient_flow("relu(x)**2", "x").python().startswith("import functools\nimport numpy\n")
    with pytest.raises(ReductionError, match="no program in NumPy alone"):
        system({"x": "erf(x)"}).python()


@pytest.mark.parametrize("word", [*keyword.kwlist, *keyword.softkwlist, "E", "I", "S", "print"])
def test_every_word_of_python_is_a_name(word: str) -> None:
    flow = gradient_flow(f"{word}**2/2", word)
    assert str(flow) == f"{word}' = -{word}"
    assert solve(flow, [1.0], 0.5).y[-1, 0, 0] == pytest.approx(np.exp(-0.5), rel=1e-7)
    assert run(flow.python())(0.0, np.array([2.0])).tolist() == [-2.0]


@pytest.mark.parametrize(
    ("name", "meaning"), [("t", "the time t"), ("pi", "the number pi"), ("sin", "function")]
)
def test_a_name_with_a_meaning_is_refused_with_that_meaning(name: str, meaning: str) -> None:
    with pytest.raises(InputError, match=rf"can't be the name.*{meaning}.*Try: another name"):
        gradient_flow(f"{name}**2", name)
