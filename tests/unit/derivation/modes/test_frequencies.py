"""Frequencies, generic and concrete, and what a user may ask for."""

from __future__ import annotations

from fractions import Fraction

import pytest

from odekit.derivation.modes.chosen_modes import chosen_characters, chosen_combinations
from odekit.derivation.modes.frequencies import CharacterFrequencies, SymbolicFrequencies
from odekit.derivation.modes.mode_set import build_modes
from odekit.groups import cyclic, dual_group, product

K = SymbolicFrequencies(("k",))
KL = SymbolicFrequencies(("k", "l"))


def vector(*values: float) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) for value in values)


def test_a_fraction_of_a_frequency_is_a_multiple_modulo_the_order() -> None:
    assert K.index((Fraction(1, 2),), 7, {"k": 3}) == 5
    assert 2 * 5 % 7 == 3
    assert K.index((Fraction(-3, 4),), 11, {"k": 2}) * 4 % 11 == -6 % 11


def test_a_fraction_does_not_exist_where_the_order_shares_a_factor_with_it() -> None:
    with pytest.raises(ValueError, match="not invertible"):
        K.index((Fraction(1, 2),), 8, {"k": 2})


def test_conditions_clear_denominators() -> None:
    condition = K.condition([(Fraction(3, 2),)])
    assert condition is not None
    assert condition.text("n") == "n does not divide 3k"


def test_several_multiples_of_one_frequency_condense_to_their_common_divisor() -> None:
    condition = K.condition([vector(4), vector(-6), vector(0)])
    assert condition is not None
    assert condition.text("n") == "n does not divide 2k"
    assert K.condition([vector(0)]) is None


def test_a_frequency_and_its_negative_have_one_representative() -> None:
    assert KL.canonical(vector(0, -2)) == vector(0, 2)
    assert KL.canonical(vector(1, -2)) == KL.canonical(vector(-1, 2)) == vector(1, -2)


def test_multiples_of_the_base_are_named_by_it_and_others_by_themselves() -> None:
    frequencies = CharacterFrequencies(dual_group(product(cyclic(2), cyclic(4))), base=1)
    labels = frequencies.dual.labels
    assert [frequencies.label(labels.index(f"(0,{i})")) for i in range(4)] == ["0", "k", "2k", "k"]
    assert frequencies.label(labels.index("(1,0)")) == "(1,0)"
    assert CharacterFrequencies(frequencies.dual).label(labels.index("(0,2)")) == "(0,2)"


def test_division_finds_every_quotient_or_none() -> None:
    frequencies = CharacterFrequencies(dual_group(cyclic(6)))
    assert frequencies.divide(4, 2) == [2, 5]
    assert frequencies.divide(1, 2) == []
    assert frequencies.scale(-2, 1) == 4


def test_a_pair_is_one_mode_and_a_real_character_has_one_letter() -> None:
    frequencies = CharacterFrequencies(dual_group(cyclic(4)))
    modes = build_modes(frequencies, [("theta", 0), ("theta", 1), ("theta", 3), ("theta", 2), ("xi", 1)])
    kinds = [(m.weights, m.frequency, m.is_mean, m.is_real, m.letter, m.conjugate) for m in modes.modes]
    assert kinds == [
        ("theta", 0, True, True, 0, 0),
        ("theta", 1, False, False, 1, 2),
        ("theta", 2, False, True, 3, 3),
        ("xi", 1, False, False, 4, 5),
    ]
    assert modes.letters == 6
    assert modes.conjugate_exponents((1, 2, 0, 3, 0, 5)) == (1, 0, 2, 3, 5, 0)


def test_combinations_use_only_the_symbols_that_they_need() -> None:
    frequencies, chosen = chosen_combinations("2l, k+l")
    assert frequencies.symbols == ("k", "l")
    assert chosen == [vector(0, 2), vector(1, 1)]
    assert chosen_combinations(["0"]) == (K, [vector(0)])


def test_labels_of_products_hold_commas() -> None:
    frequencies = CharacterFrequencies(dual_group(product(cyclic(3), cyclic(5))))
    assert chosen_characters(frequencies, "(0,1), (2,3),4", has_mean=False) == [1, 13, 4]


def test_all_characters_include_the_mean_where_it_is_wanted() -> None:
    frequencies = CharacterFrequencies(dual_group(cyclic(4)))
    assert chosen_characters(frequencies, "all", has_mean=True) == [0, 1, 2, 3]
    assert chosen_characters(frequencies, "all", has_mean=False) == [1, 2, 3]
