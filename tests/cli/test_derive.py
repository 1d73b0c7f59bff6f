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

from odekit.derivation import ReducedSystem, derive
from odekit.groups import group
from odekit.networks import Network

Invoke = Callable[..., Result]


def test_the_default_is_the_four_variable_ode_of_z_p(invoke: Invoke) -> None:
    result = invoke("derive")
    assert result.exit_code == 0
    assert "alpha' = 2*alpha*beta*p*cos(D)" in result.stdout
    assert "D = 2*phi - psi" in result.stdout
    assert "order 7" in result.stdout
    assert result.stderr == ""


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
    certify = ReducedSystem.certify
    monkeypatch.setattr(
        ReducedSystem, "certify", lambda self, order=None: replace(certify(self, order), passed=False)
    )
    assert invoke("derive").exit_code == 1
