"""``odekit analyse``: an ODE of one's own from a file, in every format."""

from __future__ import annotations

import json

import numpy as np
import pytest

LOTKA = """
conditions = ["x, y > 0"]
parameters = ["r"]
[equations]
x = "x*(1 - y)"
y = "r*y*(x - 1)"
"""
WELL = """
energy = "(s - sum(A[1,j]*b[j] for j in 1..2))**2/2"
variables = {A = [1, 2], b = 2}
parameters = {s = 1}
"""


@pytest.fixture
def lotka(tmp_path):
    path = tmp_path / "lotka.toml"
    path.write_text(LOTKA)
    return path


def test_the_report_tells_equations_and_points_of_rest(invoke, lotka) -> None:
    result = invoke("analyse", lotka)
    assert result.exit_code == 0, result.output
    assert "x' = x*(1 - y)" in result.output
    assert "x = 1, y = 1" in result.output
    assert "x, y > 0" in result.output


def test_a_program_reads_json(invoke, lotka, tmp_path) -> None:
    printed = json.loads(invoke("analyse", lotka, "--json", "-").stdout)
    assert printed["states"] == ["x", "y"]
    assert printed["equations"] == {"x": "x*(1 - y)", "y": "r*y*(x - 1)"}
    assert invoke("analyse", lotka, "--json", tmp_path / "out.json").exit_code == 0
    assert json.loads((tmp_path / "out.json").read_text()) == printed


def test_the_program_runs(invoke, lotka) -> None:
    space: dict = {}
    exec(invoke("analyse", lotka, "--format", "python").stdout, space)
    np.testing.assert_allclose(space["vector_field"](0.0, np.array([2.0, 3.0]), 0.5), [-4.0, 1.5])


def test_latex(invoke, lotka) -> None:
    assert r"\dot{x} &= x \left(1 - y\right)" in invoke("analyse", lotka, "--format", "latex").stdout


@pytest.mark.slow
def test_an_energy_is_a_gradient_flow(invoke, tmp_path) -> None:
    path = tmp_path / "well.toml"
    path.write_text(WELL)
    result = invoke("analyse", path)
    assert result.exit_code == 0, result.output
    assert "Gradient descent" in result.output
    assert "A11' = b1*(-A11*b1 - A12*b2 + 1)" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[equations]\nx = '-y'", "unknown name"),
        ("energy = 'a**2'", "an energy needs variables"),
        ("energy = 'a**2'\nvariables = 'a'\nconditions = 'x'", "unknown key in bad.toml"),
        ("energy = 'a**2'\nvariables = {a = [1, 2, 3]}", "no such shape"),
    ],
)
def test_what_is_no_system_ends_in_one_sentence(invoke, tmp_path, content: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content)
    result = invoke("analyse", path)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
