"""Certificates pass what is right, exactly and at random points, and refuse what was tampered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import pytest

from odekit.derivation import derive
from odekit.derivation.certificates import certify
from odekit.derivation.modes.reduction import FourierReduction
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.systems import Certificate, combined
from odekit.systems.algebra import Poly, add

EXACT, NUMERIC = 7, 17


def reduction_of(network: Network, modes: str | None = None) -> FourierReduction:
    return derive(network, modes).answers.reduction


def tampered(
    original: FourierReduction,
    field: Callable[[tuple[Poly, ...]], tuple[Poly, ...]] = lambda field: field,
    leaks: Callable[[dict[str, dict[Any, Poly]]], Mapping[str, Mapping[Any, Poly]]] = lambda leaks: leaks,
) -> FourierReduction:
    class Tampered(FourierReduction):
        @cached_property
        def field(self) -> tuple[Poly, ...]:
            return field(original.field)

        @cached_property
        def leak_gradients(self) -> Mapping[str, Mapping[Any, Poly]]:
            return leaks({name: dict(found) for name, found in original.leak_gradients.items()})

    return Tampered(original.network, original.rules, original.order)


def scaled(mode: int, factor: Fraction) -> Callable[[tuple[Poly, ...]], tuple[Poly, ...]]:
    def change(field: tuple[Poly, ...]) -> tuple[Poly, ...]:
        return tuple(add([(factor if i == mode else 1, part)]) for i, part in enumerate(field))

    return change


@pytest.mark.parametrize("order", [EXACT, NUMERIC])
@pytest.mark.parametrize(
    ("mode", "factor"),
    [(0, Fraction(2)), (1, Fraction(-1)), (2, Fraction(1, 3)), (1, 1 + Fraction(1, 10**9)), (2, Fraction(0))],
)
def test_a_field_with_a_wrong_factor_or_sign_is_refused(order: int, mode: int, factor: Fraction) -> None:
    original = reduction_of(Network("Zp", activation="z**4"))
    assert certify(tampered(original), order).passed
    certificate = certify(tampered(original, field=scaled(mode, factor)), order)
    assert not certificate.passed
    assert certificate.exact == (order == EXACT)
    assert str(certificate).startswith("DISAGREES")


@pytest.mark.parametrize("order", [EXACT, NUMERIC])
def test_a_field_that_lacks_a_monomial_is_refused(order: int) -> None:
    original = reduction_of(Network("Zp", activation="z**4"))

    def shorten(field: tuple[Poly, ...]) -> tuple[Poly, ...]:
        return (field[0], dict(list(field[1].items())[1:]), *field[2:])

    assert not certify(tampered(original, field=shorten), order).passed


@pytest.mark.parametrize("order", [EXACT, NUMERIC])
@pytest.mark.parametrize("weights", ["theta", "xi"])
def test_a_missing_leak_is_refused(order: int, weights: str) -> None:
    original = reduction_of(Network("Zp", activation="z**4"))

    def forget(leaks: dict[str, dict[Any, Poly]]) -> dict[str, dict[Any, Poly]]:
        return {**leaks, weights: {}}

    assert not certify(tampered(original, leaks=forget), order).passed


@pytest.mark.parametrize("order", [EXACT, NUMERIC])
def test_an_invented_leak_is_refused(order: int) -> None:
    original = reduction_of(Network("Zp"))
    invented = {(Fraction(3),): original.energy, (Fraction(-3),): original.energy}

    def invent(leaks: dict[str, dict[Any, Poly]]) -> dict[str, dict[Any, Poly]]:
        return {**leaks, "theta": invented}

    assert not certify(tampered(original, leaks=invent), order).passed


@pytest.mark.parametrize("order", range(2, 14))
@pytest.mark.parametrize("activation", ["quadratic", "z**3", "z**4"])
def test_every_order_up_to_13_is_certified_exactly(order: int, activation: str) -> None:
    certificate = derive(Network(f"Z{order}", activation=activation)).certify()
    assert certificate.passed
    assert certificate.exact
    assert certificate.residual == 0
    assert certificate.order == order


@pytest.mark.parametrize("order", [14, 31, 60, 97])
@pytest.mark.parametrize("options", [{}, {"activation": "z**4"}, {"task": "x-y"}, {"task": "2*x+3*y"}])
def test_larger_orders_are_certified_at_random_points(order: int, options: dict[str, Any]) -> None:
    certificate = derive(Network("Zn", **options)).certify(order)
    assert certificate.passed
    assert not certificate.exact
    assert certificate.residual < 1e-14  # a few rounding errors, relative to the sum of absolute values


def test_three_summands_are_certified() -> None:
    assert derive(Network("Zp", task="x+y+z", activation="z**3")).certify(13).exact
    assert derive(Network("Zp", task="x+y+z", activation="z**3")).certify(31).passed


@pytest.mark.parametrize("activation", ["0", "5", "z", "1+z**2", "z**2/1000003 - z/999983"])
@pytest.mark.parametrize("group", ["Z6", "Z14"])
def test_constant_linear_and_unwieldy_activations_are_certified(activation: str, group: str) -> None:
    for task in ("x+y", "2*x+2*y"):
        assert derive(Network(group, activation=activation, task=task)).certify().passed


@pytest.mark.slow
def test_integers_that_would_not_fit_64_bits_are_compared_in_floating_point() -> None:
    certificate = derive(Network("Z5", activation="z**12/999999937 + z**2/3")).certify()
    assert certificate.passed
    assert not certificate.exact


def test_a_leak_at_half_of_a_frequency_is_found_at_odd_orders() -> None:
    system = derive(Network("Zn", task="2*x+2*y"), "k")
    assert system.leaks["xi"] == ("k/2",)
    assert all(system.certify(order).passed for order in (7, 11, 17, 23))


def test_every_divisor_that_meets_the_conditions_is_tried() -> None:
    certificate = derive(Network("Zp")).certify(12)
    assert certificate.frequencies == ({"k": 1}, {"k": 2}, {"k": 3}, {"k": 4})
    assert "order 12 (k = 1; k = 2; k = 3; k = 4)" in str(certificate)


def test_the_certificate_of_a_concrete_order_covers_every_kind_of_mode() -> None:
    assert derive(Network("Z12", activation="z**4")).certify().frequencies == (
        {"k": 1},
        {"k": 3},
        {"k": 4},
        {"k": 6},
    )


def test_the_default_order_meets_the_conditions() -> None:
    assert derive(Network("Zp")).certify().order == 7
    degree_8 = derive(Network("Zp", activation="z**8")).certify()
    assert degree_8.order > 7
    assert degree_8.passed


def test_one_refused_part_refuses_the_whole() -> None:
    good = Certificate(7, ({"k": 1},), True, 0.0, True)
    bad = Certificate(7, ({"k": 2},), False, 1e-3, False)
    assert combined([good, bad]) == Certificate(7, ({"k": 1}, {"k": 2}), False, 1e-3, False)


@pytest.mark.parametrize("order", [0, 1, -7, 7.0, True, "7"])
def test_what_is_no_order_is_refused(order: Any) -> None:
    with pytest.raises(InputError, match="order of a group to certify at must be a whole number from 2"):
        derive(Network("Zp")).certify(order)


def test_an_order_without_a_frequency_that_meets_the_conditions_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"no frequency of order 2 meets.*does not divide 2k"):
        derive(Network("Zp")).certify(2)


def test_another_order_than_the_group_s_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"another order.*order 12.*Received: 7"):
        derive(Network("Z12")).certify(7)


def test_too_many_tuples_are_refused() -> None:
    with pytest.raises(ReductionError, match=r"too many tuples.*at most 10,000,000.*251\*\*3"):
        derive(Network("Zp", task="x+y+z")).certify(251)
