"""The dictionary has the agreed keys, is JSON, and its expressions are Python."""

from __future__ import annotations

import json

import pytest

from odekit.derivation import derive
from odekit.networks import Network

KEYS = [
    "group",
    "order",
    "task",
    "activation",
    "embedding",
    "constraint",
    "closed",
    "leaks",
    "states",
    "equations",
    "definitions",
    "templates",
    "conditions",
    "first_integrals",
    "fixed_points",
    "rates",
    "searches",
    "certificate",
    "landscape",
]


def test_the_keys_are_the_agreed_ones() -> None:
    assert sorted(derive(Network("Zp")).to_dict()) == sorted(KEYS)


def test_the_quadratic_network() -> None:
    system = derive(Network("Zp"))
    data = system.to_dict(system.certify(13))
    assert json.loads(json.dumps(data)) == data
    assert data["group"] == "Zp"
    assert data["order"] == "p"
    assert data["closed"] is True
    assert data["leaks"] == {"theta": [], "xi": []}
    assert sorted(data["states"]) == ["D", "alpha", "beta", "phi", "psi"]
    assert set(data["equations"]) == set(data["states"])
    assert data["definitions"] == {"D": "2*phi - psi"}
    assert data["conditions"] == ["p does not divide 2k"]
    assert data["first_integrals"] == ["alpha**2 - 2*beta**2", "alpha**2*beta*sin(D)"]
    assert data["rates"] == {"D = 0": "p*(alpha**2 + 4*beta**2)/beta"}
    assert [(f["values"], f["stability"]) for f in data["fixed_points"]] == [
        ({"D": "0"}, "attracts"),
        ({"D": "pi"}, "repels"),
    ]
    assert data["certificate"] == {
        "order": 13,
        "frequencies": [{"k": 1}],
        "exact": True,
        "residual": 0.0,
        "passed": True,
    }
    assert data["templates"] == []
    assert data["landscape"] == []


def test_a_concrete_order_is_a_number_and_has_a_template_for_each_kind_of_mode() -> None:
    data = derive(Network("Z12")).to_dict()
    assert data["order"] == 12
    assert data["certificate"] is None
    assert [template["characters"] for template in data["templates"]] == [["1", "2", "3", "4", "5"], ["6"]]
    assert sorted(data["templates"][1]) == [
        "characters",
        "closed",
        "definitions",
        "equations",
        "leaks",
        "states",
    ]
    assert data["templates"][1]["equations"] == {"u": "48*u*v", "v": "24*u**2"}
    assert json.loads(json.dumps(data)) == data


def test_the_order_is_written_n_for_any_order() -> None:
    data = derive(Network("Zn")).to_dict()
    assert data["order"] == "n"
    assert data["equations"]["alpha"] == "2*alpha*beta*n*cos(D)"


@pytest.mark.slow
def test_a_part_of_a_derived_system_is_told_with_its_network() -> None:
    data = derive(Network("Zp")).restrict(("alpha", "beta", "D")).to_dict()
    assert (data["group"], data["states"]) == ("Zp", ["alpha", "beta", "D"])
