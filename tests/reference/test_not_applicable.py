"""Runs that the reduced ODE doesn't speak of are named as such, with the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from odekit.comparison import Comparison

pytestmark = pytest.mark.reference


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Z23_relu_random_adamw", "AdamW"),
        ("Z23_relu_singlefreq_sgd", "relu"),
        ("Z23_relu_singlefreq_sgd_dense", "relu"),
    ],
)
def test_it_is_not_applicable_with_the_reason(
    name: str, reason: str, compared: Callable[[str], Comparison]
) -> None:
    comparison = compared(name)
    assert comparison.outcome == "not_applicable"
    assert reason in comparison.reason
    assert comparison.reason
