"""The accuracy that a shared embedding can reach, counted and by formula."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from math import gcd

import pytest

from odekit.errors import InputError
from odekit.networks import Network
from odekit.networks.symmetry import accuracy_bound, accuracy_bound_text


def counted(order: int, coefficients: tuple[int, ...]) -> Fraction:
    """The best label of every multiset of inputs."""
    labels: defaultdict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for inputs in product(range(order), repeat=len(coefficients)):
        answer = sum(c * x for c, x in zip(coefficients, inputs, strict=True)) % order
        labels[tuple(sorted(inputs))][answer] += 1
    return Fraction(sum(max(c.values()) for c in labels.values()), order ** len(coefficients))


@pytest.mark.parametrize("order", range(2, 12))
@pytest.mark.parametrize("task", ["x-y", "2*x+3*y", "3*x-y", "x+y", "4*x+y", "x+y-z", "x+2*y+3*z"])
def test_the_bound_is_the_count_of_the_best_labels(order: int, task: str) -> None:
    network = Network(f"Z{order}", task=task)
    assert accuracy_bound(network) == counted(order, network.task.coefficients)


@pytest.mark.parametrize("order", range(2, 12))
def test_subtraction_has_the_stated_bounds(order: int) -> None:
    excess = 1 if order % 2 else 2
    assert accuracy_bound(Network(f"Z{order}", task="x-y")) == Fraction(order + excess, 2 * order)


@pytest.mark.parametrize("order", range(2, 12))
@pytest.mark.parametrize(("a", "b"), [(1, -1), (2, 3), (3, -1), (7, 1)])
def test_two_summands_have_the_bound_of_the_greatest_common_divisor(order: int, a: int, b: int) -> None:
    bound = accuracy_bound(Network(f"Z{order}", task=f"{a}*x + {b}*y"))
    assert bound == Fraction(order + gcd(a - b, order), 2 * order)


def test_products_of_groups_are_counted_too() -> None:
    assert accuracy_bound(Network("Z2xZ3", task="x-y")) == Fraction(6 + 2, 12)


def test_an_unshared_embedding_loses_nothing() -> None:
    network = Network("Z5", task="x-y", embedding="unshared")
    assert accuracy_bound(network) == 1
    assert accuracy_bound_text(network) is None


def test_a_symmetric_task_loses_nothing() -> None:
    assert accuracy_bound(Network("Z5")) == 1
    assert accuracy_bound_text(Network("Z5")) is None
    assert accuracy_bound_text(Network("Z2", task="x-y")) is None


@pytest.mark.parametrize(
    ("group", "task", "text"),
    [
        ("Zn", "x-y", "its accuracy is at most (n+1)/(2n) for odd n, (n+2)/(2n) for even n"),
        ("Zp", "2*x+3*y", "its accuracy is at most (p+1)/(2p)"),
        ("Zn", "3*x-y", "its accuracy is at most (n+gcd(4,n))/(2n)"),
        ("Zn", "x+y-z", "its accuracy stays below 1"),
        ("Z7", "x-y", "its accuracy is at most 4/7 = 0.5714"),
    ],
)
def test_the_bound_in_words(group: str, task: str, text: str) -> None:
    assert accuracy_bound_text(Network(group, task=task)) == text


def test_a_symbolic_order_has_no_count() -> None:
    with pytest.raises(InputError, match="the order of Zp is a symbol"):
        accuracy_bound(Network("Zp", task="x-y"))
