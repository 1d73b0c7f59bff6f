"""``odekit derive``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from odekit.derivation import derive
from odekit.groups import group
from odekit.networks import Network
from odekit.systems import System

Invoke = Callable[..., Result]


def test_the_default_is_the_four_variable_ode_of_z_p(invoke: Invoke) -> None:
    result = invoke("derive")
    assert result.exit_code == 0
    assert "alpha' = 2*alpha*beta*p*cos(D)" in result.stdout
    assert "D = 2*phi - psi" in result.stdout
    assert "order 7" in result.stdout
    assert result.stderr == ""


def test_an_activation_that_is_no_polynomial_is_certified_on_a_fine_lattice(invoke: Invoke) -> None:
    """Sums over a lattice miss the harmonics that fold back into it: fewer, the finer it is."""
    assert "order 101 (k = 1)" in invoke("derive", "--activation", "relu").stdout


@pytest.mark.parametrize("form", ["latex", "python"])
def test_other_formats_are_printed_alone(invoke: Invoke, form: str) -> None:
    result = invoke("derive", "--format", form)
    assert result.exit_code == 0
    assert {"latex": r"\begin{aligned}", "python": "def vector_field("}[form] in result.stdout


def test_python_that_is_printed_runs(invoke: Invoke) -> None:
    scope: dict[str, Any] = {}
    exec(invoke("derive", "--format", "python").stdout, scope)
    states = derive(Network("Zp")).states
    values = {"alpha": 0.1, "beta": 0.3, "phi": 0.2, "psi": 0.5}
    velocity = scope["vector_field"](0.0, np.array([[values[state.name]] for state in states]), 23)
    expected = 2 * 23 * 0.1 * 0.3 * np.cos(2 * 0.2 - 0.5)
    assert velocity[[s.name for s in states].index("alpha"), 0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("options", ["--format json", "--json -", "--format json --json -"])
def test_json_goes_to_standard_output_once(invoke: Invoke, options: str) -> None:
    system = json.loads(invoke("derive", *options.split()).stdout)
    assert system["group"] == "Zp"
    assert system["order"] == "p"
    assert system["closed"] is True
    assert set(system["states"]) == {"alpha", "beta", "phi", "psi", "D"}
    assert system["certificate"]["passed"] is True


def test_json_in_a_file_leaves_the_text_on_standard_output(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("derive", "--group", "Z12", "--json", tmp_path / "system.json")
    assert "alpha'" in result.stdout
    system = json.loads((tmp_path / "system.json").read_text())
    assert len(system["templates"]) > 1
    assert system["certificate"]["order"] == 12


@pytest.mark.slow
def test_options_reach_the_derivation(invoke: Invoke) -> None:
    options = ("--task", "x-y", "--activation", "z**4", "--embedding", "unshared", "--modes", "k,3k")
    system = json.loads(invoke("derive", *options, "--format", "json").stdout)
    assert (system["task"], system["activation"], system["embedding"]) == ("x-y", "z**4", "unshared")


def test_a_certificate_is_made_at_the_order_asked_for(invoke: Invoke) -> None:
    system = json.loads(invoke("derive", "--certify", "11", "--format", "json").stdout)
    assert system["certificate"]["order"] == 11


def test_an_order_without_a_generic_frequency_is_passed_over(invoke: Invoke) -> None:
    result = invoke("derive", "--task", "2*x+5*y", "--embedding", "unshared", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["certificate"]["order"] in (7, 11, 13)


def test_a_table_is_as_good_as_a_name(invoke: Invoke, tmp_path: Path) -> None:
    np.save(tmp_path / "five.npy", group("Z5").table)
    system = json.loads(invoke("derive", "--table", tmp_path / "five.npy", "--format", "json").stdout)
    assert (system["group"], system["order"]) == ("five", 5)


def test_a_certificate_that_disagrees_exits_with_1(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    certify = System.certify
    monkeypatch.setattr(
        System, "certify", lambda self, order=None: replace(certify(self, order), passed=False)
    )
    result = invoke("derive")
    assert result.exit_code == 1
    assert "alpha'" not in result.stdout
    assert "not shown" in result.stderr


def test_any_group_on_spheres_prints_equations_laws_and_landscape(invoke: Invoke) -> None:
    result = invoke("derive", "--group", "S4", "--embedding", "unshared", "--constraint", "sphere")
    assert result.exit_code == 0
    assert "theta1' = 2 xi theta2^* - E theta1" in result.stdout
    assert "P = Im tr(theta1 theta2 xi^*): P' = -3 E P" in result.stdout
    assert "3a     R     3  3  4*sqrt(2) = 5.656854  0 (6), -1 (57), -2 (6)" in result.stdout
    assert "exactly, by monomial matrices" in result.stdout


def test_a_group_from_a_table_has_blocks_too(invoke: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    np.savez(path, table=group("F21").table)
    options = ("--embedding", "unshared", "--constraint", "joint_sphere", "--format", "json")
    system = json.loads(invoke("derive", "--table", path, *options).stdout)
    assert system["equations"]["theta2"] == "2 theta1^* xi - 2 E theta2"
    assert [entry["irrep"] for entry in system["landscape"]] == ["1a", "3"]


def test_an_abelian_group_of_definite_order_is_certified_on_spheres(invoke: Invoke) -> None:
    result = invoke("derive", "--group", "Z5", "--constraint", "sphere")
    assert result.exit_code == 0
    assert "alpha' = -2*E*alpha" in result.stdout


def test_a_joint_sphere_with_one_embedding_names_the_way_out(invoke: Invoke) -> None:
    result = invoke("derive", "--group", "S4", "--constraint", "joint_sphere")
    assert result.exit_code == 2
    assert 'constraint="sphere" with rates={"theta": .5, "xi": 1}' in result.stderr


def test_a_degree_above_two_on_a_group_that_is_not_abelian_is_refused(invoke: Invoke) -> None:
    result = invoke("derive", "--group", "S3", "--activation", "z**4")
    assert result.exit_code == 2
    assert "Clebsch-Gordan" in result.stderr


def test_a_group_is_named_once(invoke: Invoke) -> None:
    result = invoke("derive", "--group", "S3", "--group", "D4")
    assert result.exit_code == 2
    assert "--group names 2 groups" in result.stderr


def test_a_group_above_the_order_limit_is_derived_by_force_alone(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odekit.groups.irreps.decomposition.LARGEST_ORDER_OF_IRREPS", 20)
    options = ("derive", "--group", "D11", "--embedding", "unshared")
    refused = invoke(*options)
    assert refused.exit_code == 2
    assert "order at most 20" in refused.stderr
    assert "--force" in refused.stderr
    assert invoke(*options, "--force").exit_code == 0


def test_a_large_group_is_certified_only_where_asked(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.cli.commands.derive.LARGEST_CERTIFIED", 5)
    assert "Certificate" not in invoke("derive", "--group", "Z7").stdout
    assert "Certificate" in invoke("derive", "--group", "Z7", "--certify", "7").stdout


def test_weight_decay_is_a_parameter_with_its_threshold(invoke: Invoke) -> None:
    result = invoke("derive", "--decay")
    assert result.exit_code == 0, result.stderr
    assert "alpha' = 2*alpha*beta*p*cos(D) - alpha*decay" in result.stdout
    assert "the threshold is alpha = sqrt(2)*decay/(2*p), beta = decay/(2*p)" in result.stdout
    assert "agrees with the weight-space gradient exactly" in result.stdout


def test_weight_decay_in_blocks_or_on_spheres_is_refused(invoke: Invoke) -> None:
    for options in (("--group", "S3"), ("--group", "Z7", "--constraint", "sphere")):
        result = invoke("derive", "--decay", *options)
        assert result.exit_code == 2
        assert "weight decay can't be added to this system" in result.stderr


CHAIN = """
parameters = ["k"]
[equations]
"x[i] for i in 1..3" = "k*sum(sin(x[j] - x[i]) for j in 1..3) + cos(x[i])**3 - exp(-x[i]**2)/(1 + x[i]**2)"
"""


@pytest.mark.parametrize("options", ["", "--format latex", "--format python", "--format json", "--json -"])
def test_a_file_is_told_as_analyse_tells_it(invoke: Invoke, tmp_path: Path, options: str) -> None:
    path = tmp_path / "lotka.toml"
    path.write_text('parameters = ["r"]\n[equations]\nx = "x*(1 - y)"\ny = "r*y*(x - 1)"')
    derived, analysed = (invoke(name, path, *options.split()) for name in ("derive", "analyse"))
    assert derived.exit_code == 0, derived.output
    assert derived.stdout == analysed.stdout
    assert derived.stdout.strip()


@pytest.mark.parametrize("columns", [None, "60"])
def test_equations_of_a_file_are_folded_to_eighty_columns(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str | None
) -> None:
    monkeypatch.delenv("COLUMNS")
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    path = tmp_path / "chain.toml"
    path.write_text(CHAIN)
    text = invoke("derive", path, "--limit", "0.2").stdout
    assert max(map(len, text.splitlines())) <= int(columns or 80)
    assert "x1' = " in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Z5",), "--group Z5"),
        (("{path}", "--group", "Z5"), "--group belongs to a network"),
        (("{path}", "--decay"), "--decay belongs to a network"),
        (("missing.toml",), "missing.toml"),
    ],
)
def test_a_file_stands_alone(
    invoke: Invoke, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    path = tmp_path / "chain.toml"
    path.write_text(CHAIN)
    result = invoke("derive", *(argument.format(path=path) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_order_above_one_couples_neurons(invoke: Invoke, tmp_path: Path) -> None:
    place = tmp_path / "system.json"
    result = invoke("derive", "--order", "2", "--certify", "11", "--json", str(place))
    assert result.exit_code == 0
    assert "v' = p*(-3*S1*conjugate(u)**2/8" in result.stdout
    assert "order 11 (k = 1)" in result.stdout
    data = json.loads(place.read_text())
    assert data["cumulants"] == 2
    assert data["certificate"]["modulus"] % 11 == 1
    assert data["leaks"] == {"theta": ["3k"], "xi": []}


def test_an_order_above_one_in_blocks_is_text_latex_and_json(invoke: Invoke) -> None:
    text = invoke("derive", "--group", "S3", "--order", "2")
    assert text.exit_code == 0
    assert "selection rules leave 64 components of R" in text.stdout
    assert "agrees with the weight-space gradient exactly, modulo 16777213, order 6" in text.stdout
    latex = invoke("derive", "--group", "S3", "--order", "3", "--format", "latex").stdout
    assert r"R_{ijc} &= -f_{ijc} - \frac{1}{2} C_{ikm} C_{jop} C_{cde}" in latex
    single = invoke("derive", "--group", "S3", "--order", "2", "--modes", "1a", "--format", "json")
    data = json.loads(single.stdout)
    assert data["states"] == ["theta_1are00", "xi_1are00"]
    assert data["certificate"]["exact"] is True


@pytest.mark.slow
def test_an_order_above_one_of_an_activation_that_is_no_polynomial(invoke: Invoke) -> None:
    text = invoke("derive", "--group", "Z11", "--activation", "relu", "--order", "2")
    assert text.exit_code == 0
    assert (
        "S4 is the logit scale times the sum of alpha*beta*exp(I*(psi - 2*phi)) over neurons" in text.stdout
    )
    assert "agrees with the weight-space gradient at random points, order 11" in text.stdout


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--constraint", "sphere"), "no order above 1 on spheres"),
        (("--activation", "sign(z)"), "the activation jumps"),
    ],
)
def test_an_order_that_is_not_derived_is_refused(
    invoke: Invoke, options: tuple[str, str], reason: str
) -> None:
    result = invoke("derive", "--order", "3", *options)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "--order 1" in result.stderr
