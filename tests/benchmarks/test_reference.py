"""The 40-digit reference of the benchmarks agrees with two other ways to the same states."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from odekit.solvers import solve


@pytest.fixture(scope="module")
def problems() -> ModuleType:
    import problem

    return problem


@pytest.mark.slow
@pytest.mark.parametrize("form", ["POLYNOMIAL", "TRIGONOMETRIC"])
def test_it_agrees_with_extrapolation_in_multiple_precision(problems: ModuleType, form: str) -> None:
    import flows

    flow = getattr(flows, form)
    few = problems.make_problem(flow, 3, 3, seed=1)
    system = flows.symbolic_system(flow, problems.RATE)
    solved = solve(system, few.y0, few.end[None], method="dop853", backend="mpmath")
    # Both are rounded once, from far more digits.
    np.testing.assert_array_max_ulp(solved.y[-1], few.reference, maxulp=1)
    assert few.error(solved.y[-1]) < 1e-15


def test_an_aligned_balanced_mode_grows_as_its_formula_says() -> None:
    import reference

    y0 = np.array([[0.02**2], [0.02 / 2**0.5], [0.0]])
    end = np.array([10.0])
    x = reference.polynomial_reference(y0, end, 1)[0, 0]
    # alpha = alpha0/(1 - sqrt(2) alpha0 t); the start is balanced to one rounding.
    assert x == pytest.approx((0.02 / (1.0 - 2**0.5 * 0.02 * 10.0)) ** 2, rel=1e-15)


def test_states_that_are_off_have_an_error_of_that_size(problems: ModuleType) -> None:
    import flows

    few = problems.make_problem(flows.POLYNOMIAL, 2, 2, seed=1)
    assert few.error(few.reference * (1.0 + 1e-7)) == pytest.approx(1e-7, rel=1e-6)
    assert few.error(np.full_like(few.reference, np.nan)) == float("inf")
