"""Lifted systems in words, LaTeX, Python and plain data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from odekit.derivation import derive, network_of
from odekit.groups import group_fourier
from odekit.networks import Network
from odekit.solvers import compile
from odekit.systems import System


def system_of(name: str = "S4", **options: Any) -> System:
    return derive(Network(name, **{"embedding": "unshared", "constraint": "sphere", **options}))


@pytest.mark.parametrize(
    "line",
    [
        "group S4, task x*y, activation quadratic, unshared embedding, constraint sphere",
        "type R, d = 3: 3a, 3b",
        "theta1' = 2 xi theta2^* - E theta1",
        "E = (1/24) sum_(rho != 1) d_rho Re tr(2 xi^* theta1 theta2)",
        "trivial irrep: xi' = -E xi",
        "P = theta1 theta1^* - xi xi^*: P' = -2 E P",
        "P = Im tr(theta1 theta2 xi^*): P' = -3 E P",
        "in tau, independently at each irrep: the one that blows up first in tau wins",
        "irrep  type  m  r  energy                spectrum in units of E",
        "2      R     2  2  4*sqrt(3) = 6.928203  0 (3), -1 (63), -2 (3)",
        "rank 3 over K",
    ],
)
def test_the_report_has_equations_laws_and_landscape(line: str) -> None:
    system = system_of()
    assert line in [row.strip() for row in system.report(system.certify()).splitlines()]


def test_without_spheres_there_are_first_integrals_instead() -> None:
    report = system_of(constraint="none").report()
    assert "First integrals, at each irrep" in report
    assert "Landscape" not in report
    assert "Spheres" not in report


def test_a_shared_embedding_says_what_accuracy_it_can_reach() -> None:
    report = system_of("S3", embedding="shared").report()
    assert "its accuracy is at most (conjugacy classes/n + 1)/2 = 3/4 = 0.75" in report
    assert "do not decouple" in report


def test_latex_has_hats_and_daggers() -> None:
    lines = system_of(constraint="joint_sphere").latex()
    assert r"\dot{\hat\theta}_{1} &= 2 \hat\xi \hat\theta_{2}^\dagger - 2 E \hat\theta_{1} \\" in lines
    assert r"\dot{\hat\xi} &= 2 \hat\theta_{1} \hat\theta_{2} - E \hat\xi" in lines


@pytest.mark.parametrize("name", ["F21", "Q8xS3"])
@pytest.mark.parametrize(
    "options", [{}, {"constraint": "none"}, {"embedding": "shared", "rates": {"theta": 0.5}}]
)
def test_the_python_function_moves_blocks_as_the_compiled_one_does(name: str, options: Any) -> None:
    system = system_of(name, **options)
    group, scope = network_of(system).finite_group, {"numpy": np}
    exec(system.python().replace("import numpy\n", ""), scope)
    rng = np.random.default_rng(0)
    weights = {letter: rng.standard_normal((1, group.order)) for letter in system.blocks.letters}
    y = system.blocks.to_states(weights)
    out = np.empty_like(y)
    compile(system).rhs(np.zeros(1), y, np.empty((0, 1)), out)
    blocks = {letter: list(group_fourier(values[0], group)) for letter, values in weights.items()}
    moved = scope["vector_field"](blocks)  # type: ignore[operator]
    for letter, values in system.blocks.to_weights(out).items():
        expected = group_fourier(values[0], group)
        for block, wanted in zip(moved[letter], expected, strict=True):
            assert block == pytest.approx(wanted, abs=1e-11)


def test_the_dictionary_has_the_keys_of_every_system() -> None:
    system = system_of("F21", constraint="joint_sphere")
    found = system.to_dict(system.certify())
    assert set(found) == set(derive(Network("Zp")).to_dict())
    assert found["states"] == ["theta1", "theta2", "xi"]
    assert found["equations"]["xi"] == "2 theta1 theta2 - E xi"
    assert found["first_integrals"][0].endswith("= -4 E (theta1^* theta1 - theta2 theta2^*)")
    assert found["certificate"]["exact"]
    landscape = {entry["irrep"]: entry for entry in found["landscape"]}
    assert set(landscape) == {"1a", "3"}
    assert landscape["3"]["energy"] == pytest.approx(np.sqrt(7 / 2))
    assert sum(e["multiplicity"] for e in landscape["3"]["spectrum"]) == 3 * 21 - 2
    assert json.loads(json.dumps(found)) == found


def test_systems_in_phases_have_the_landscape_too() -> None:
    found = derive(Network("Zp", embedding="unshared", constraint="sphere")).to_dict()
    assert found["rates"] == {"D = 0": "3*sqrt(2)*sqrt(p)"}
    assert found["landscape"][0]["energy"] == "sqrt(2)*sqrt(p)"
    assert found["landscape"][0]["spectrum"][1] == {"value": -1.0, "multiplicity": "3*p - 6"}
    assert "alpha1**2*alpha2**2*beta**2*sin(D)**2/(alpha1**2 - alpha2**2)**3" in found["first_integrals"]
    assert derive(Network("Zp")).to_dict()["landscape"] == []


def test_the_report_of_a_concrete_abelian_group_lists_every_irrep() -> None:
    report = derive(Network("Z12", embedding="unshared", constraint="sphere")).report()
    assert "6      R     1  1  4*sqrt(3) = 6.928203  -1 (33)" in report
    assert "energy of these modes = 288*u1*u2*v" in report
    assert "E is a parameter of these equations because the other modes move it, too" in report
