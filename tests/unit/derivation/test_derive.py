"""derive agrees with the gradient summed in plain loops: equations, closed and leaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.derivation import derive
from odekit.errors import InputError, OdekitError, ReductionError
from odekit.groups import cyclic, from_table
from odekit.networks import Network

TOLERANCE = 1e-12  # rounding of some thousand summands, relative to the largest velocity


def agrees(data: dict[str, Any], oracle: Any) -> None:
    worst, leaks = oracle.difference(data)
    assert worst < TOLERANCE
    assert leaks == oracle.declared_leaks(data)
    assert data["closed"] == (not any(leaks.values()))


SYMBOLIC: list[tuple[dict[str, Any], str | None, list[tuple[int, ...]]]] = [
    ({}, None, [(5, 1), (7, 3), (8, 1), (12, 5), (12, 4), (13, 6)]),
    ({"activation": "z**4"}, None, [(7, 2), (11, 1), (12, 1), (12, 2)]),
    ({"activation": "z**3"}, None, [(7, 2), (12, 1), (12, 3)]),
    ({"activation": "z**6"}, None, [(13, 2), (14, 3)]),
    ({"activation": "z**2 + z**3"}, None, [(7, 2), (8, 1)]),
    ({"activation": "1 + z - z**2/3 + z**4/7"}, None, [(7, 1), (10, 3)]),
    ({"task": "x-y"}, None, [(7, 2), (8, 3), (12, 1)]),
    ({"task": "x-y", "activation": "z**4"}, None, [(11, 2)]),
    ({"task": "2*x+3*y"}, None, [(17, 1), (19, 4), (22, 1)]),
    ({"task": "2*x+3*y", "embedding": "unshared"}, None, [(7, 1), (11, 3)]),
    ({"task": "2*x+2*y"}, None, [(7, 1), (9, 2)]),
    ({"task": "2*x+2*y"}, "k", [(7, 1), (11, 3), (15, 2)]),
    ({"task": "3*x-y"}, None, [(13, 1)]),
    ({"task": "x+y+z", "activation": "z**3"}, None, [(7, 2), (8, 1)]),
    ({"task": "x+y+z", "activation": "z**4"}, None, [(7, 1), (10, 1)]),
    ({"task": "x+y-z", "activation": "z**3"}, None, [(7, 2)]),
    ({"embedding": "unshared"}, None, [(7, 2), (8, 1)]),
    ({"embedding": "unshared", "activation": "z**3"}, None, [(7, 2), (8, 1)]),
    ({"embedding": "unshared", "task": "x+y+z", "activation": "z**3"}, None, [(5, 2)]),
    ({"rates": {"theta": 0.5}}, None, [(7, 2)]),
    ({"rates": {"theta": 0.3, "xi": 2.0}, "activation": "z**4"}, None, [(7, 2)]),
    ({}, "k,2k", [(7, 1), (11, 3)]),
    ({"activation": "z**2+z**3"}, "k,2k", [(7, 1), (11, 3)]),
    ({"activation": "z**2+z**3"}, "0,k,2k", [(7, 1)]),
    ({}, "k,l", [(7, 1, 2), (8, 1, 2), (11, 3, 5)]),
    ({"activation": "z**3"}, "k,l,k+l", [(13, 1, 3)]),
]


@pytest.mark.parametrize(("options", "modes", "places"), SYMBOLIC)
@pytest.mark.parametrize("family", ["Zp", "Zn"])
def test_a_symbolic_order_agrees_with_brute_force(
    family: str, options: dict[str, Any], modes: str | None, places: list[tuple[int, ...]], brute_force: Any
) -> None:
    network = Network(family, **options)
    system = derive(network, modes)
    data = system.to_dict()
    for order, *values in places:
        choice = {symbol: (value,) for symbol, value in zip("klm", values, strict=False)}
        numbers = dict(zip("klm", values, strict=False))
        assert all(c.holds(order, numbers) for c in system.answers.reduction.conditions)
        agrees(data, brute_force(network, (order,), choice, seed=order))


CONCRETE: list[tuple[str, tuple[int, ...], dict[str, Any]]] = [
    ("Z2", (2,), {}),
    ("Z3", (3,), {}),
    ("Z4", (4,), {"activation": "z**3"}),
    ("Z12", (12,), {}),
    ("Z12", (12,), {"activation": "z**4"}),
    ("Z12", (12,), {"task": "x-y"}),
    ("Z12", (12,), {"task": "2*x+2*y", "activation": "1+z**2"}),
    ("Z9", (9,), {"activation": "z**3"}),
    ("Z6", (6,), {"embedding": "unshared", "activation": "z**3"}),
    ("Z10", (10,), {"task": "2*x+3*y"}),
    ("Z6", (6,), {"task": "x+y+z", "activation": "z**3"}),
    ("Z3xZ5", (3, 5), {}),
    ("Z2xZ4", (2, 4), {"activation": "z**4"}),
    ("Z2xZ4", (2, 4), {"task": "2*x+y"}),
    ("Z3xZ3", (3, 3), {"activation": "z**3 - z**2"}),
    ("Z2xZ2xZ3", (2, 2, 3), {}),
    ("Z3xZ5", (3, 5), {"task": "x+2*y"}),
    ("Z3xZ5", (3, 5), {"task": "2*x-y", "activation": "z**4", "embedding": "unshared"}),
    ("Z5xZ5", (5, 5), {"task": "2*x+3*y"}),
    ("Z2xZ7", (2, 7), {"task": "3*x-2*y", "activation": "z**3 + z"}),
    ("Z3xZ3", (3, 3), {"task": "x+2*y-z", "activation": "z**3"}),
    ("Z10", (10,), {"task": "2*x+2*y"}),
    ("Z9", (9,), {"task": "3*x+3*y"}),
    ("Z12", (12,), {"task": "3*x-3*y", "activation": "z**2 + z**3"}),
    ("Z2xZ6", (2, 6), {"task": "2*x+2*y"}),
    ("Z4xZ4", (4, 4), {"task": "2*x+2*y", "embedding": "unshared"}),
]


@pytest.mark.parametrize(("name", "factors", "options"), CONCRETE)
def test_every_kind_of_mode_at_a_concrete_order_agrees_with_brute_force(
    name: str, factors: tuple[int, ...], options: dict[str, Any], brute_force: Any
) -> None:
    network = Network(name, **options)
    system = derive(network)
    data = system.to_dict()
    labels = [label for template in data["templates"] for label in template["characters"]]
    reader = brute_force(network, factors, {})
    frequencies = {reader.frequency(label) for label in labels}
    nontrivial = {min(f, reader.conjugate(f)) for f in reader.elements if any(f)}
    assert len(labels) == len(frequencies)
    assert {min(f, reader.conjugate(f)) for f in frequencies} == nontrivial
    assert {key: data["templates"][0][key] for key in ("equations", "leaks", "closed")} == {
        key: data[key] for key in ("equations", "leaks", "closed")
    }
    for template in data["templates"]:
        for label in template["characters"]:
            agrees(template, brute_force(network, factors, {"k": reader.frequency(label)}, seed=1))


@pytest.mark.parametrize(
    ("name", "factors", "options", "modes"),
    [
        ("Z5", (5,), {}, "all"),
        ("Z6", (6,), {}, "all"),
        ("Z5", (5,), {"activation": "z**3"}, "all"),
        ("Z12", (12,), {}, "1,6"),
        ("Z12", (12,), {}, [2, 4]),
        ("Z12", (12,), {"activation": "z**4"}, "0,3"),
        ("Z3xZ5", (3, 5), {}, "(0,1),(1,2)"),
    ],
)
def test_chosen_modes_at_a_concrete_order_agree_with_brute_force(
    name: str, factors: tuple[int, ...], options: dict[str, Any], modes: Any, brute_force: Any
) -> None:
    network = Network(name, **options)
    data = derive(network, modes).to_dict()
    only_one = {"k": (3,)} if modes == "0,3" else {}
    agrees(data, brute_force(network, factors, only_one))
    assert data["templates"] == []


@pytest.mark.parametrize(
    ("name", "task", "kinds"),
    [
        ("Z3xZ5", "x+2*y", [("(1,1)", "(1,2)", "(1,3)", "(1,4)"), ("(0,1)", "(0,2)"), ("(1,0)",)]),
        ("Z5xZ5", "x+2*y", [None]),
        ("Z3xZ7", "2*x+3*y", [None, ("(1,0)",)]),
        ("Z10", "2*x+2*y", [("1", "3"), ("2", "4"), ("5",)]),
    ],
)
def test_equivalent_characters_are_one_kind(name: str, task: str, kinds: list[Any]) -> None:
    found = [template.characters for template in derive(Network(name, task=task)).templates]
    assert len(found) == len(kinds)
    assert all(kind in (None, names) for kind, names in zip(kinds, found, strict=True))


def test_the_energy_of_a_product_group_is_that_of_the_multiples_that_it_names() -> None:
    system = derive(Network("Z3xZ5", task="x+2*y")).templates[0].system
    assert str(system.definitions[system["D"]]) == "phi_2k + phi_k - psi_k"
    theta = np.zeros((3, 5))
    place = np.stack(np.indices((3, 5)), axis=-1) @ [1 / 3, 1 / 5]
    theta = 0.8 * np.cos(2 * np.pi * place + 0.4) + 0.6 * np.cos(4 * np.pi * place + 1.1)
    xi = 0.9 * np.cos(2 * np.pi * place + 0.3)
    energy = sum(
        xi[(a + 2 * c) % 3, (b + 2 * d) % 5] * (theta[a, b] + theta[c, d]) ** 2
        for a, b, c, d in np.ndindex(3, 5, 3, 5)
    )
    values = {"alpha_k": 0.8, "phi_k": 0.4, "alpha_2k": 0.6, "phi_2k": 1.1, "beta_k": 0.9, "psi_k": 0.3}
    stated = system.energy.subs(dict(system.definitions)).subs({system[k]: v for k, v in values.items()})
    assert float(stated) == pytest.approx(energy, rel=1e-12)


def test_a_table_whose_elements_are_renumbered_has_the_equations_of_its_group() -> None:
    number = np.random.default_rng(5).permutation(12)
    table = np.empty((12, 12), dtype=np.int64)
    table[np.ix_(number, number)] = number[cyclic(12).table]
    custom = derive(Network(from_table(table), activation="z**4")).to_dict()
    named = derive(Network("Z12", activation="z**4")).to_dict()
    count = [len(template["characters"]) for template in named["templates"]]
    assert [len(template["characters"]) for template in custom["templates"]] == count
    assert custom["equations"] == named["equations"]
    assert custom["leaks"] == named["leaks"]
    assert derive(Network(from_table(table), activation="z**4")).certify().passed


def test_the_oracle_notices_a_wrong_factor(brute_force: Any) -> None:
    network = Network("Zp")
    data = derive(network).to_dict()
    data["equations"]["beta"] = "alpha**2*p*cos(D)*1.001"
    worst, _ = brute_force(network, (7,), {"k": (2,)}).difference(data)
    assert worst > 1e-5


@pytest.mark.parametrize(
    ("options", "modes", "order", "choice", "condition"),
    [
        ({}, None, 8, {"k": (4,)}, "n does not divide 2k"),
        ({"activation": "z**4"}, None, 12, {"k": (4,)}, "n does not divide 3k"),
        ({"activation": "z**4"}, None, 12, {"k": (3,)}, "n does not divide 4k"),
        ({"activation": "z**3"}, None, 9, {"k": (3,)}, "n does not divide 3k"),
        ({"task": "2*x+3*y"}, None, 13, {"k": (1,)}, "n does not divide 13k"),
        ({"task": "2*x+2*y"}, "k", 9, {"k": (3,)}, "n does not divide 3k"),
        ({}, "k,l", 9, {"k": (1,), "l": (8,)}, "n does not divide k+l"),
    ],
)
def test_where_a_condition_fails_equations_or_leaks_differ(
    options: dict[str, Any],
    modes: str | None,
    order: int,
    choice: dict[str, tuple[int, ...]],
    condition: str,
    brute_force: Any,
) -> None:
    network = Network("Zn", **options)
    system = derive(network, modes)
    assert condition in system.conditions
    data = system.to_dict()
    oracle = brute_force(network, (order,), choice)
    worst, leaks = oracle.difference(data)
    assert worst > 1e-6 or leaks != oracle.declared_leaks(data)


def test_a_task_with_a_common_factor_needs_an_order_that_is_coprime_to_it() -> None:
    system = derive(Network("Zn", task="2*x+2*y"), "k")
    assert "n has no common factor with 2" in system.conditions
    assert system.leaks["xi"] == ("k/2",)


def test_rates_multiply_the_velocities_of_their_weights() -> None:
    plain = derive(Network("Zp")).equations
    slowed = derive(Network("Zp", rates={"theta": 0.5})).equations
    ratios = {str(s): slowed[s] / velocity for s, velocity in plain.items() if str(s) != "D"}
    assert {name: float(ratio) for name, ratio in ratios.items()} == {
        "alpha": 0.5,
        "phi": 0.5,
        "beta": 1.0,
        "psi": 1.0,
    }


def test_the_mean_is_a_state_where_the_energy_depends_on_it() -> None:
    assert "theta0" in derive(Network("Zp", activation="z**3")).to_dict()["states"]
    assert "theta0" not in derive(Network("Zp")).to_dict()["states"]
    assert "theta0" not in derive(Network("Zp", task="x+y+z", activation="z**3")).to_dict()["states"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"activation": "relu", "embedding": "unshared"},
            "'relu' has no finite reduction.*a shared embedding",
        ),
        ({"activation": "abs", "task": "x+y+z"}, "'abs' has no finite reduction.*task x \\+ y"),
        ({"activation": "relu", "constraint": "sphere"}, "'relu' has no finite reduction"),
    ],
)
def test_a_network_without_a_reduction_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ReductionError, match=message):
        derive(Network("Zp", **options))


def test_a_group_that_is_not_abelian_is_derived_in_blocks() -> None:
    system = derive(Network(from_table(_dihedral_table()), embedding="unshared"))
    assert system.blocks is not None
    assert system.certify().passed


def _dihedral_table() -> Any:
    """Multiplication table of a triangle's symmetries: 3 s + r is the rotation r after s flips."""
    table = np.empty((6, 6), dtype=np.int64)
    for a in range(6):
        for b in range(6):
            (s, r), (t, q) = divmod(a, 3), divmod(b, 3)
            table[a, b] = 3 * ((s + t) % 2) + ((r + (q if s == 0 else -q)) % 3)
    return table


def test_a_name_instead_of_a_network_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"no network. Expected: odekit.Network\('Zp'\). Received: str 'Z23'"
    ):
        derive("Z23")  # type: ignore[call-overload]


def test_the_trivial_group_is_refused() -> None:
    with pytest.raises(ReductionError, match="trivial group has no modes"):
        derive(Network("Z1"))


@pytest.mark.parametrize(
    ("group", "modes", "message"),
    [
        ("Zp", "2", "can't be read.*k, l, m"),
        ("Zp", "k*l", "can't be read"),
        ("Zp", "k/2", "can't be read"),
        ("Zp", "", "no modes given"),
        ("Zp", "k,,l", "no modes given"),
        ("Zp", [], "no modes given"),
        ("Z5", "5", "can't be read.*0 to 4"),
        ("Z5", "k", "can't be read"),
        ("Z5", "-1", "can't be read"),
        ("Z128", "all", "too many modes.*at most 64"),
    ],
)
def test_modes_that_can_not_be_read_are_refused(group: str, modes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        derive(Network(group), modes)


def test_a_word_that_is_no_frequency_is_refused() -> None:
    with pytest.raises(OdekitError, match="all"):
        derive(Network("Zp"), "all")
