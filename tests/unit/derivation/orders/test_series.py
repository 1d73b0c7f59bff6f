"""Cumulants of the loss."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from odekit.derivation.orders.series import moment_coefficients
from odekit.errors import ReductionError


def test_the_series_leaves_the_next_power_of_the_logits() -> None:
    f = np.random.default_rng(0).normal(size=7)
    f -= f.mean()
    for order in (1, 2, 3):
        errors = []
        for size in (1e-2, 5e-3):
            moments = {r: float(np.mean((size * f) ** r)) for r in (2, 3)}
            series = sum(float(c) * moments[r] for r, c in moment_coefficients(order).items())
            errors.append(abs(np.log(np.mean(np.exp(size * f))) - series))
        assert np.log2(errors[0] / errors[1]) == pytest.approx(order + 1, abs=0.05)


def test_the_first_cumulant_is_the_mean_alone() -> None:
    assert moment_coefficients(1) == {}
    assert moment_coefficients(2) == {2: Fraction(1, 2)}


def test_products_of_moments_are_refused() -> None:
    with pytest.raises(ReductionError, match="products of moments"):
        moment_coefficients(4)
