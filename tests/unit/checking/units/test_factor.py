"""Lines that are all off by one factor of time are told so, with the declaration that explains it."""

from __future__ import annotations

from typing import Any

import pytest

from odekit import Network, check

RIGHT = {
    "alpha": "2*n*alpha*beta*cos(D)",
    "beta": "n*alpha**2*cos(D)",
    "D": "-n*(4*beta + alpha**2/beta)*sin(D)",
}
TIME = {"T": {"formula": "1/(sqrt(2)*n*alpha0)", "at": {"D": "0", "alpha": "sqrt(2)*beta"}}}


def scaled(factor: str, **more: str) -> dict[str, str]:
    return {**{state: f"{factor}*{formula}" for state, formula in RIGHT.items()}, **more}


@pytest.mark.parametrize(
    ("network", "factor", "declaration"),
    [
        ({"group": "Zn"}, "1/n**2", 'time = "network" in [conventions] (loss mean, logit scale 1)'),
        ({"group": "Z12"}, "1/144", 'time = "network" in [conventions] (loss mean, logit scale 1)'),
        ({"group": "Zn"}, "0.25", 'loss = "sum" and logit_scale = 0.25 in [network]'),
        ({"group": "Zn"}, "3/n**2", 'loss = "mean" and logit_scale = 3 in [network]'),
        ({"group": "Zn"}, "n", 'free_units = ["time"] in [conventions]'),
        ({"group": "Zn", "loss": "mean"}, "1", 'loss = "sum" in [network]'),
        (
            {"group": "Zn", "loss": "sum", "logit_scale": 0.5},
            "0.5/n**2",
            'loss = "mean" and logit_scale = 0.5',
        ),
        ({"group": "Zn", "loss": "mean"}, "2/n**2", 'loss = "mean" and logit_scale = 2 in [network]'),
    ],
)
def test_the_declaration_that_explains_a_factor_is_named(
    network: dict[str, Any], factor: str, declaration: str
) -> None:
    findings = check({"network": network, "equations": scaled(factor)})
    assert not any(finding.agrees for finding in findings)
    for finding in findings:
        assert f"off, like 2 more, by the factor of time {finding.constant}" in finding.notes[-1]
        assert declaration in finding.notes[-1]


def test_a_time_is_off_by_the_inverse_factor() -> None:
    findings = check(
        {"network": {"group": "Zn", "loss": "mean"}, "equations": scaled("1"), "closed_forms": TIME}
    )
    assert [finding.constant for finding in findings] == ["n**2", "n**2", "n**2", "n**(-2)"]
    assert all('which loss = "sum" in [network] explains' in finding.notes[-1] for finding in findings)


def test_what_does_not_depend_on_time_has_no_note() -> None:
    findings = check(
        {"equations": scaled("1/n**2"), "first_integrals": {"c": "alpha**2 - 2*beta**2"}}, Network("Zn")
    )
    assert findings[-1].agrees
    assert findings[-1].notes == ()


@pytest.mark.parametrize(
    "equations",
    [
        scaled("1", beta="2*n*alpha**2*cos(D)"),
        {"beta": "2*n*alpha**2*cos(D)"},
        scaled("1", alpha="3*n*alpha*beta*cos(D)", beta="2*n*alpha**2*cos(D)"),
        scaled("1", D="-n*(4*beta - alpha**2/beta)*sin(D)"),
    ],
)
def test_a_wrong_line_among_right_ones_is_not_explained(equations: dict[str, str]) -> None:
    findings = check(equations, Network("Zn"))
    assert not all(finding.agrees for finding in findings)
    assert not any("factor of time" in note for finding in findings for note in finding.notes)


def test_a_line_alone_is_explained_by_the_networks_own_loss_only() -> None:
    (finding,) = check({"beta": "alpha**2*cos(D)/n"}, Network("Zn"))
    assert finding.notes[-1].startswith("off by the factor of time n**(-2)")


def test_a_finding_says_in_which_time_its_line_is() -> None:
    (summed,) = check({"beta": RIGHT["beta"]}, Network("Zn", logit_scale=0.5))
    told = "t = 0.5/n**2 * time of the network's own flow (loss mean, logit scale 0.5)"
    assert summed.time == f"t is the flow time of the summed loss at logit scale 1: {told}"
    (own,) = check({"network": {"group": "Zn", "loss": "mean"}, "equations": {"beta": "alpha**2*cos(D)/n"}})
    assert own.agrees
    assert own.time == "t is the time of the network's own flow (loss mean, logit scale 1)"


def test_a_solution_in_the_time_of_the_networks_own_loss_is_told_so() -> None:
    line = {"formula": "1/(1/beta0 - 2*t/n)", "at": {"D": "0", "alpha": "sqrt(2)*beta"}}
    (finding,) = check({"closed_forms": {"beta": line}}, Network("Zn"))
    assert not finding.agrees
    assert 'which time = "network" in [conventions] (loss mean, logit scale 1) explains' in finding.notes[-1]
