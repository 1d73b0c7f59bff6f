"""Sine and cosine without a branch, against multiple precision."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from odekit.solvers.kernels.numba_waves import WAVE_FUNCTIONS, WAVES

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


def test_every_function_is_listed() -> None:
    assert set(WAVE_FUNCTIONS) == set(WAVE) - {"np", "__builtins__"}
