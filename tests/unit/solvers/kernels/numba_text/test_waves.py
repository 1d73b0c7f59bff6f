"""Sine, cosine and exponential without a branch, against multiple precision."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from odekit.solvers.kernels.numba_text.waves import (
    EXPONENTIAL,
    EXPONENTIAL_FUNCTIONS,
    WAVE_FUNCTIONS,
    WAVES,
    functions_in,
)

WAVE: dict[str, Any] = {"np": np}
exec(WAVES, WAVE)

RNG = np.random.default_rng(0)
ANGLES = {
    "small": RNG.uniform(-1, 1, 200) * 10.0 ** RNG.uniform(-300, 0, 200),
    "some turns": RNG.uniform(-20, 20, 500),
    "many turns": RNG.uniform(-1, 1, 500) * 10.0 ** RNG.uniform(1, 8, 500),
    "quarters": np.arange(-300, 300) * (np.pi / 2),
    "many quarters": np.round(RNG.uniform(-6e7, 6e7, 300)) * (np.pi / 2),
}


def units(found: float, exact: Any) -> float:
    """Error in units of the last place."""
    return float(abs(mpmath.mpf(found) - exact) / mpmath.mpf(float(np.spacing(abs(float(exact))))))


@pytest.mark.parametrize("kind", ANGLES)
@pytest.mark.parametrize(("name", "exact"), [("sine", mpmath.sin), ("cosine", mpmath.cos)])
def test_the_error_is_below_two_units_in_the_last_place(kind: str, name: str, exact: Any) -> None:
    with mpmath.workprec(400):
        errors = [units(WAVE[name](x), exact(mpmath.mpf(x))) for x in ANGLES[kind].tolist()]
    assert max(errors) < 2.0


@pytest.mark.parametrize("x", [np.inf, -np.inf, np.nan, 1.01e8, -1e300])
def test_beyond_the_range_there_is_no_value(x: float) -> None:
    assert np.isnan(WAVE["sine"](x))
    assert np.isnan(WAVE["cosine"](x))


def test_corners_are_exact() -> None:
    assert (WAVE["sine"](0.0), WAVE["cosine"](0.0)) == (0.0, 1.0)


def test_a_wrong_quarter_is_noticed() -> None:
    with mpmath.workprec(400):
        assert units(WAVE["sine"](2.0), mpmath.cos(mpmath.mpf(2.0))) > 1e3


EXPONENT: dict[str, Any] = {"np": np}
exec(EXPONENTIAL, EXPONENT)

POWERS = {
    "small": RNG.uniform(-1, 1, 200) * 10.0 ** RNG.uniform(-300, 0, 200),
    "moderate": RNG.uniform(-30, 30, 500),
    "whole range": RNG.uniform(-708, 709.7, 500),
    "half ways": (np.arange(-40, 40) + 0.5) * np.log(2),
}


@pytest.mark.parametrize("kind", POWERS)
def test_exponentials_err_by_less_than_two_units_in_the_last_place(kind: str) -> None:
    with mpmath.workprec(200):
        errors = [units(float(EXPONENT["exponential"](x)), mpmath.exp(mpmath.mpf(x))) for x in POWERS[kind]]
    assert max(errors) < 2.0


def test_exponentials_overflow_vanish_and_know_no_value() -> None:
    with np.errstate(all="ignore"):
        found = [float(EXPONENT["exponential"](x)) for x in (0.0, 710.0, np.inf, -746.0, -np.inf, np.nan)]
    np.testing.assert_array_equal(found, [1.0, np.inf, np.inf, 0.0, 0.0, np.nan])
    assert float(EXPONENT["exponential"](-740.0)) == pytest.approx(float(np.exp(-740.0)), abs=1e-323)


def test_only_what_is_called_is_written() -> None:
    assert functions_in(["y0*y0"]) == ((), "")
    assert functions_in(["cosine(y0)"]) == (WAVE_FUNCTIONS, WAVES)
    assert functions_in(["1.0", "exponential(y0)"]) == (EXPONENTIAL_FUNCTIONS, EXPONENTIAL)


def test_every_function_is_listed() -> None:
    assert set(EXPONENTIAL_FUNCTIONS) == set(EXPONENT) - {"np", "__builtins__"}
    assert set(WAVE_FUNCTIONS) == set(WAVE) - {"np", "__builtins__"}
