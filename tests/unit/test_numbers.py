"""Numbers are taken wherever they are numbers, and refused with what was expected."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.groups import cyclic
from odekit.networks import Network
from odekit.numbers import integer, positive, real
from odekit.simulation import simulate

WHOLE = [7, np.int8(7), np.uint64(7), np.array(7), sp.Integer(7)]
REAL = [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5), Fraction(1, 2), sp.Rational(1, 2)]
NONE = [None, "7", True, np.True_, 7j, [7], np.array([7]), float("nan")]


@pytest.mark.parametrize("value", WHOLE, ids=repr)
def test_a_whole_number_of_any_library_is_an_int(value: Any) -> None:
    found = integer(value, "it", 7, 7)
    assert (found, type(found)) == (7, int)


@pytest.mark.parametrize("value", [*WHOLE, *REAL], ids=repr)
def test_a_real_number_of_any_library_is_a_float(value: Any) -> None:
    found = real(value, "it", 0.5, 7)
    assert (found, type(found)) == (float(value), float)
    assert positive(value, "it") == found


@pytest.mark.parametrize("value", [*NONE, 6.5, 7.0], ids=repr)
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(
        InputError, match=r"the order must be a whole number from 2\. Expected: .* Received: "
    ):
        integer(value, "the order", 2)


@pytest.mark.parametrize("value", [*NONE, float("inf")], ids=repr)
def test_what_is_no_real_number_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="the share must be a finite number from 0 to 1"):
        real(value, "the share", 0, 1)
    with pytest.raises(InputError, match="the scale must be positive and finite"):
        positive(value, "the scale")


@pytest.mark.parametrize(
    ("low", "high", "told"), [(None, 3, " up to 3"), (1, 3, " from 1 to 3"), (None, None, "")]
)
def test_a_range_is_told_as_it_is(low: int | None, high: int | None, told: str) -> None:
    with pytest.raises(InputError, match=rf"it must be a whole number{told}\. "):
        integer("x", "it", low, high)


def test_the_ends_of_a_range_belong_to_it_and_zero_is_not_positive() -> None:
    assert (integer(2, "it", 2, 2), real(0, "it", 0), positive(1, "it", 1)) == (2, 0.0, 1.0)
    for value in (0, -1, 1.5):
        with pytest.raises(InputError, match="positive and finite, at most 1"):
            positive(value, "it", 1)


def test_networks_groups_and_trainings_take_numbers_of_numpy() -> None:
    network = Network(
        cyclic(np.int16(5)), neurons=np.uint8(3), logit_scale=np.float32(0.5), rates={"xi": np.int64(2)}
    )
    same = Network("Z5", neurons=3, logit_scale=0.5, rates={"xi": 2.0})
    options = {
        "seed": np.int64(1),
        "scale": np.float32(0.125),
        "method": "sgd",
        "learning_rate": np.float64(0.25),
    }
    run = simulate(network, steps=np.int32(4), snapshots=np.int8(3), **options)
    plain = simulate(same, seed=1, scale=0.125, method="sgd", learning_rate=0.25, steps=4, snapshots=3)
    np.testing.assert_array_equal(run.weights["theta"], plain.weights["theta"])
    assert run.meta == plain.meta
