"""Certificates: the reduced field is the transform of the weight-space gradient, without any selection rule.

The gradient is summed over all tuples of elements and transformed at every frequency. Less the reduced field,
it must be the zero polynomial over the cyclotomic field at the modes; elsewhere zero, or the declared leak.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd
from types import MappingProxyType
from typing import Any

from odekit.derivation.certificates.exact_transform import ExactTransform
from odekit.derivation.certificates.numeric_transform import MAX_TUPLES, NumericTransform
from odekit.derivation.certificates.system_transform import SystemTransform
from odekit.derivation.modes import Condition, FourierReduction, Frequencies
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, cyclic
from odekit.networks import Network
from odekit.numbers import integer
from odekit.systems import Certificate, System

__all__ = ["TOLERANCE", "assignments", "certify", "concrete_group", "no_frequency", "spot_check"]

# Exact sums grow fast with the order; beyond this they are taken in floating point.
EXACT_ORDER = 13
# Above the rounding of the sums; a missing term is of the size of the field.
TOLERANCE = 1e-12
# Smaller orders meet hardly any conditions; without one below the limit the error names what is missing.
DEFAULT_ORDER = 7
MAX_DEFAULT_ORDER = 60
# Some milliseconds, so that every derivation can afford it.
MAX_QUICK_TUPLES = 20_000


def certify(
    reduction: FourierReduction,
    order: int | None = None,
    system: System | None = None,
    spheres: tuple[tuple[str, ...], ...] = (),
    radial: Mapping[str, Fraction] = MappingProxyType({}),
) -> Certificate:
    """Compare a reduction, and the equations that were made of it, with brute-force sums at a concrete order.

    Parameters
    ----------
    reduction: what is put to the test.
    order: the concrete order, at least 2: by default the group's own, or where it is a symbol the first from
        7 on that meets the conditions.
    system: its equations in magnitudes and phases, which are compared at random points.
    spheres, radial: the weight groups of each sphere, and the coefficients of ``-E w`` that are claimed.

    Raises
    ------
    InputError: the order is not an integer above 1.
    ReductionError: the order is not the group's, no frequency of that order meets the conditions, or there
        are more than `MAX_TUPLES` tuples to sum over.
    """
    conditions, frequencies = reduction.conditions, reduction.rules.modes.frequencies
    group = concrete_group(reduction.network, frequencies, conditions, order)
    choices = tuple(assignments(frequencies, conditions, group.order))
    if not choices:
        raise no_frequency(conditions, group.order)
    exact = group.order <= EXACT_ORDER and ExactTransform(reduction, group, choices[0]).is_affordable
    if not exact and not NumericTransform(reduction, group, choices[0]).is_affordable:
        raise ReductionError(
            "too many tuples of inputs to sum over",
            expected=f"at most {MAX_TUPLES:,}",
            received=f"{group.order}**{reduction.network.task.summands}",
            hint="a smaller order",
        )
    transform = ExactTransform if exact else NumericTransform
    residuals = [transform(reduction, group, choice).residual() for choice in choices]
    passed = max(residuals) <= (0.0 if exact else TOLERANCE)
    if system is None:
        return Certificate(group.order, choices, exact, max(residuals), passed)
    printed = max(
        SystemTransform(reduction, group, choice, system, spheres, radial).residual() for choice in choices
    )
    return Certificate(
        group.order,
        choices,
        exact,
        max(residuals),
        passed and printed <= TOLERANCE,
        printed=printed if spheres or printed > TOLERANCE else None,
    )


def spot_check(
    reduction: FourierReduction,
    system: System,
    spheres: tuple[tuple[str, ...], ...] = (),
    radial: Mapping[str, Fraction] = MappingProxyType({}),
) -> float:
    """Largest relative difference of the equations from brute force at one random point, where that is quick.

    It is 0 where there are too many tuples, or no order near 7 meets the conditions.
    """
    conditions, frequencies = reduction.conditions, reduction.rules.modes.frequencies
    group = concrete_group(reduction.network, frequencies, conditions, None)
    choice = next(iter(assignments(frequencies, conditions, group.order)), None)
    if choice is None or group.order**reduction.network.task.summands > MAX_QUICK_TUPLES:
        return 0.0
    return SystemTransform(reduction, group, choice, system, spheres, radial).residual()


def no_frequency(conditions: Sequence[Condition], order: int) -> ReductionError:
    """What is raised where no frequency meets the conditions."""
    return ReductionError(
        f"no frequency of order {order} meets the conditions",
        expected="; ".join(c.text("n") for c in conditions),
        received=f"order {order}",
        hint="a larger order",
    )


def concrete_group(
    network: Network, frequencies: Frequencies[Any], conditions: Sequence[Condition], order: int | None
) -> FiniteGroup:
    """The group to sum over: the network's own, or the cyclic one of an order.

    Parameters
    ----------
    network: whose group it is.
    frequencies, conditions: of what is put to the test; they choose the order where none is given.
    order: at least 2, or None.

    Raises
    ------
    InputError: the order is not an integer above 1.
    ReductionError: the order is not the group's.
    """
    order = None if order is None else integer(order, "the order of a group to certify at", 2)
    own = network.group
    if not isinstance(own, FiniteGroup):
        return cyclic(order or _default_order(frequencies, conditions))
    if order not in (None, own.order):
        raise ReductionError(
            "a certificate at another order than the group's",
            expected=f"order {own.order}",
            received=str(order),
            hint="derive for the group Zp, whose order is a symbol",
        )
    return own


def _default_order(frequencies: Frequencies[Any], conditions: Sequence[Condition]) -> int:
    """The first order from 7 on at which some frequency meets the conditions."""
    orders = range(DEFAULT_ORDER, MAX_DEFAULT_ORDER)
    return next(
        (order for order in orders if any(True for _ in assignments(frequencies, conditions, order))),
        DEFAULT_ORDER,
    )


def assignments(
    frequencies: Frequencies[Any], conditions: Sequence[Condition], order: int
) -> Iterator[Mapping[str, int]]:
    """Concrete frequencies that meet the conditions.

    One for every divisor of the order that k can share with it, because an automorphism of the group carries
    it to the others; for several symbols the first that serves. At a concrete order there is nothing to
    choose.
    """
    symbols = frequencies.symbols
    if not symbols:
        yield {} if frequencies.base is None else {"k": frequencies.base}
        return
    seen: set[tuple[int, ...]] = set()
    for values in _candidates(len(symbols), order):
        choice = dict(zip(symbols, values, strict=True))
        kind = tuple(gcd(value, order) for value in values)
        if kind in seen or not all(condition.holds(order, choice) for condition in conditions):
            continue
        seen.add(kind)
        yield choice
        if len(symbols) > 1:
            return


def _candidates(count: int, order: int) -> Iterator[tuple[int, ...]]:
    if count == 0:
        yield ()
        return
    for rest in _candidates(count - 1, order):
        yield from ((*rest, value) for value in range(1, order // 2 + 1))
