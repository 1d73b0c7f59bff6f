from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from odekit.errors import InputError, UnknownNameError
from odekit.groups import CyclicFamily, FiniteGroup, from_table
from odekit.networks import ACTIVATIONS, Network, parse_activation


@pytest.fixture
def symmetric_group() -> FiniteGroup:
    elements = list(itertools.permutations(range(3)))
    table = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    return from_table(table, name="S3")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"neurons": 0}, "neurons must be a whole number from 1"),
        ({"neurons": 2.5}, "neurons must be a whole number from 1"),
        ({"neurons": True}, "neurons must be a whole number from 1"),
        ({"logit_scale": 0.0}, "logit_scale must be positive and finite"),
        ({"logit_scale": float("nan")}, "logit_scale must be positive and finite"),
        ({"logit_scale": "1"}, "logit_scale must be positive and finite"),
        ({"rates": {"xi": -1.0}}, "the rate of xi must be positive"),
        ({"rates": [1.0, 2.0]}, "rates must be given by weight group"),
        ({"rates": {"phi": 1.0}}, "unknown weight group in rates 'phi'"),
        ({"activation": "reul"}, "unknown activation 'reul'.*Try: 'relu'"),
        ({"activation": '__import__("os")'}, "unknown function"),
        ({"activation": "z**13"}, "degree is too high.*degree 13"),
        ({"activation": None}, "the activation must be text"),
        ({"embedding": "sharde"}, "unknown embedding.*Try: 'shared'"),
        ({"constraint": "ball"}, "unknown constraint"),
        ({"loss": "median"}, "unknown loss"),
        ({"task": "x**2"}, "not one that odekit knows"),
        ({"task": 3}, "must be text|not one that odekit knows"),
    ],
)
def test_a_specification_out_of_range_says_what_is_wrong(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Network("Z5", **options)


def test_an_unknown_group_is_named() -> None:
    with pytest.raises(UnknownNameError, match="unknown group"):
        Network("no such group")


def test_a_group_that_is_neither_group_nor_name_is_refused() -> None:
    with pytest.raises(InputError, match=r"neither a group nor a name.*Received: int"):
        Network(5)  # type: ignore[arg-type]


def test_adding_elements_needs_an_abelian_group(symmetric_group: FiniteGroup) -> None:
    with pytest.raises(InputError, match="S3 is not Abelian"):
        Network(symmetric_group, task="x+y")
    assert Network(symmetric_group).labels().tolist() == symmetric_group.table.tolist()


def test_a_symbolic_order_has_no_labels() -> None:
    network = Network("Zp")
    assert isinstance(network.group, CyclicFamily)
    with pytest.raises(InputError, match="order of Zp is a symbol"):
        network.labels()


@pytest.mark.parametrize(
    ("task", "embedding", "names"),
    [
        ("x+y", "shared", ("theta",)),
        ("x+y", "unshared", ("theta1", "theta2")),
        ("x+y+z", "unshared", ("theta1", "theta2", "theta3")),
    ],
)
def test_embeddings_and_rates_go_by_the_same_names(task: str, embedding: str, names: tuple[str, ...]) -> None:
    network = Network("Z5", task=task, embedding=embedding, rates={"theta": 0.5})
    assert network.embeddings == names
    assert dict(network.rates) == {**dict.fromkeys(names, 0.5), "xi": 1.0}
    assert [network.embedding_of(i) for i in range(len(names))] == list(names)


def test_a_network_is_frozen() -> None:
    with pytest.raises(AttributeError, match="cannot assign"):
        Network("Z5").neurons = 3  # type: ignore[misc]


@pytest.mark.parametrize(("loss", "expected"), [("mean", 0.5 / 25), ("sum", 0.5)])
def test_the_flow_rate_is_the_logit_scale_over_the_number_of_tuples(loss: str, expected: float) -> None:
    assert Network("Z5", loss=loss, logit_scale=0.5).flow_rate() == expected


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_named_activation_is_its_formula(name: str) -> None:
    z = np.linspace(-2, 2, 9)
    by_name, by_formula = parse_activation(name), parse_activation(ACTIVATIONS[name])
    np.testing.assert_array_equal(by_name.evaluate({"z": z}), by_formula.evaluate({"z": z}))


def test_the_activation_polynomial_is_exact() -> None:
    assert Network("Z5", activation="z**2/3 + 0.1*z").activation_polynomial == {
        2: Fraction(1, 3),
        1: Fraction(1, 10),
    }
    assert Network("Z5", activation="relu").activation_polynomial is None


def test_a_joint_sphere_needs_two_embeddings() -> None:
    with pytest.raises(InputError, match=r'Try: constraint="sphere" with rates=\{"theta": \.5, "xi": 1\}'):
        Network("Z5", constraint="joint_sphere")
    assert Network("Z5", constraint="joint_sphere", embedding="unshared").constraint == "joint_sphere"


def test_an_activation_may_be_a_sympy_expression_in_any_one_symbol() -> None:
    x = sympy.Symbol("x", real=True)
    for activation, values in (
        (sympy.Max(0, x), [0.0, 2.0]),
        (sympy.Max(x, x / 10), [-0.1, 2.0]),
        (x * sympy.Heaviside(x), [0.0, 2.0]),
        (sympy.log(sympy.cosh(x)), [np.log(np.cosh(1)), np.log(np.cosh(2))]),
        (x**2 / 3 + sympy.Abs(x), [4 / 3, 10 / 3]),
        (x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2, [-0.15865525393145707, 1.9544997361036416]),
    ):
        found = Network("Z5", activation=activation).activation.evaluate({"z": np.array([-1.0, 2.0])})
        np.testing.assert_allclose(found, values, rtol=1e-14)


def test_a_sympy_expression_in_two_symbols_is_refused() -> None:
    x, y = sympy.symbols("x y")
    with pytest.raises(InputError, match=r"must be text.*a SymPy expression in one symbol"):
        Network("Z5", activation=x + y)


def test_a_middle_dot_in_an_activation_or_a_task_is_written_out() -> None:
    with pytest.raises(InputError, match=r"plain signs: 'z\*z'"):
        Network("Z7", activation="z\N{MIDDLE DOT}z")
    with pytest.raises(InputError, match=r"plain signs: 'x\*y'"):
        Network("Z7", task="x\N{MIDDLE DOT}y")
