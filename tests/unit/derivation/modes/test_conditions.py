"""Conditions are sufficient at every order and frequency, and for the papers' systems also necessary."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from odekit.derivation import derive
from odekit.derivation.certificates.exact_transform import ExactTransform
from odekit.derivation.modes.conditions import Condition, combination_text, simplify_conditions
from odekit.groups import cyclic
from odekit.networks import Network


def sort_choices(options: dict[str, Any], modes: str | None, largest: int) -> tuple[list[Any], list[Any]]:
    """Orders and frequencies at which field and leaks agree, by whether the conditions hold."""
    reduction = derive(Network("Zn", **options), modes).answers.reduction
    symbols = reduction.rules.modes.frequencies.symbols
    agreeing, tried = {True: [], False: []}, {True: [], False: []}  # type: ignore[var-annotated]
    for order in range(2, largest + 1):
        for values in product(range(order), repeat=len(symbols)):
            choice = dict(zip(symbols, values, strict=True))
            holds = all(condition.holds(order, choice) for condition in reduction.conditions)
            tried[holds].append((order, values))
            if ExactTransform(reduction, cyclic(order), choice).residual() == 0:
                agreeing[holds].append((order, values))
    assert tried[True], "no order up to the largest one meets the conditions"
    return [place for place in tried[True] if place not in agreeing[True]], agreeing[False]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "modes", "largest"),
    [
        ({}, None, 13),
        ({"activation": "z**3"}, None, 12),
        ({"activation": "z**4"}, None, 12),
        ({"task": "x-y"}, None, 13),
        ({"embedding": "unshared"}, None, 9),
        ({"task": "2*x+3*y"}, None, 13),
        ({}, "k,l", 7),
        ({}, "k,2k", 11),
    ],
)
def test_conditions_hold_exactly_where_field_and_leaks_agree(
    options: dict[str, Any], modes: str | None, largest: int
) -> None:
    refuted, needless = sort_choices(options, modes, largest)
    assert refuted == []
    assert needless == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "modes", "largest"),
    [
        ({"activation": "z**3"}, "k,l", 8),
        ({"task": "x+y+z", "activation": "z**2+z**3"}, None, 7),
        ({"task": "x+y+2*z", "activation": "z**3"}, "k,2k", 8),
    ],
)
def test_conditions_suffice(options: dict[str, Any], modes: str | None, largest: int) -> None:
    refuted, _ = sort_choices(options, modes, largest)
    assert refuted == []


def test_a_condition_holds_unless_all_combinations_vanish_modulo_the_order() -> None:
    both = Condition(("k", "l"), ((1, -1), (2, 0)))
    assert not both.holds(4, {"k": 2, "l": 2})
    assert both.holds(4, {"k": 1, "l": 1})
    assert both.text("n") == "n does not divide all of k-l, 2k"


def test_a_condition_on_common_factors_reads_and_holds() -> None:
    coprime = Condition(("k",), coprime_to=6)
    assert coprime.holds(7, {"k": 1})
    assert not coprime.holds(9, {"k": 1})
    assert coprime.text("p") == "p has no common factor with 6"


def test_what_follows_from_another_condition_is_dropped() -> None:
    k = ("k",)
    found = simplify_conditions([Condition(k, ((2,),)), Condition(k, ((4,),)), Condition(k, ((3,),))])
    assert [condition.text("n") for condition in found] == ["n does not divide 3k", "n does not divide 4k"]


def test_a_condition_on_several_combinations_follows_from_one_on_a_part_of_them() -> None:
    strong = Condition(("k", "l"), ((1, -1),))
    weak = Condition(("k", "l"), ((0, 2), (1, -1)))
    assert simplify_conditions([strong, weak]) == (strong,)


def test_combinations_are_written_as_a_person_does() -> None:
    assert combination_text(("k", "l"), (-1, 3)) == "-k+3l"
    assert combination_text(("k", "l"), (0, 0)) == "0"
