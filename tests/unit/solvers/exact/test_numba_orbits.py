"""The kernel of exact orbits against the way that serves every start, and against 40-digit Taylor series.

The same formulas in another order of operations differ by some roundings; the state at t amplifies a relative
error of T* by ``1/(1 - t/T*)``.
"""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.solvers.exact import lanes
from odekit.solvers.exact import numba_orbits as module
from odekit.solvers.exact.blow_up_time import blow_up_time, exact_modes, exact_orbit
from odekit.solvers.exact.numba_orbits import exact_kernel, follow_lanes
from odekit.solvers.exact.rows import follow_rows

FloatArray = NDArray[np.float64]
PI = np.pi
DEGENERATE = np.array(
    [
        (0.0, 0.1, 1.0, 0.2),  # at rest
        (0.0, 0.1, 0.0, 0.2),
        (1.0, 0.1, 0.0, 0.7),  # v = 0
        (1.0, 0.0, 1.0, PI),  # runs into alpha = 0
        (2.0, 0.0, 1.0, PI),  # v passes through 0
        (2**0.5, 0.0, 1.0, PI),  # balanced: decays like 1/t
        (2**0.5, 0.0, 1.0, 0.0),  # balanced and aligned
        (1.0, 0.0, 1.0, 0.0),  # aligned
        (2.0, 0.0, 0.5, 0.0),
        (1.0, 0.0, 1.0, PI / 2),  # at the turning point
        (2**0.5, 0.0, 2.0, PI / 2),  # double root of the cubic
        (1e-200, 0.3, 1e-200, 0.1),
        (1e200, 0.3, 1e190, 0.1),
        (1e-9, 0.0, 1.0, 3.0),
        (-1.0, 0.0, 1.0, 0.3),  # invalid
        (np.nan, 0.0, 1.0, 0.3),
        (1.0, np.inf, 1.0, 0.3),
    ]
)


def columns(count: int, seed: int, share: float) -> list[FloatArray]:
    """Random starts over ten decades of alpha/beta, and times at a share of their lives."""
    generator = np.random.default_rng(seed)
    alpha, beta = (10 ** generator.uniform(-5, 5, count) for _ in range(2))
    phi, psi = generator.uniform(-4, 4, (2, count))
    rate = 10 ** generator.uniform(-2, 2, count)
    life = follow_rows(alpha, phi, beta, psi, rate, np.zeros(count), before=False, phases=False)[0]
    return [alpha, phi, beta, psi, rate, share * life]


def largest_gap(found: tuple[FloatArray, ...], expected: tuple[FloatArray, ...]) -> float:
    """Relative for the blow-up time and magnitudes, absolute for angles; NaN and infinities must agree."""
    gaps = []
    for index, (value, wanted) in enumerate(zip(found, expected, strict=True)):
        finite = np.isfinite(wanted)
        np.testing.assert_array_equal(value[~finite], wanted[~finite])
        scale = np.where(index < 3, np.abs(wanted[finite]), 1.0)
        gaps.append(
            np.max(np.abs(value[finite] - wanted[finite]) / np.where(scale == 0, 1.0, scale), initial=0)
        )
    return float(max(gaps))


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("share", [0.2, 0.9])
def test_plain_python_lanes_agree_with_the_rows(before: bool, share: float) -> None:
    given = columns(300, 1, share)
    found = follow_lanes(lanes.run, given, before=before, phases=True, threads=1)
    assert largest_gap(found, follow_rows(*given, before=before, phases=True)) < 1e-13


def test_the_comparison_refuses_times_off_by_one_in_a_million() -> None:
    given = columns(300, 1, 0.5)
    found = follow_lanes(lanes.run, [*given[:5], given[5] * (1 + 1e-6)], before=False, phases=True, threads=1)
    assert largest_gap(found, follow_rows(*given, before=False, phases=True)) > 1e-7


@pytest.mark.slow
@pytest.mark.parametrize("before", [False, True])
def test_degenerate_starts_are_left_to_the_rows(before: bool) -> None:
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    kernel = exact_kernel(module.SMALLEST_BATCH)
    alpha, phi, beta, D = (np.repeat(column, 4) for column in DEGENERATE.T)
    span = np.tile([0.0, 0.1, 3.0, np.inf], len(DEGENERATE))
    given = [alpha, phi, beta, 2 * phi - D, np.ones(span.size), span]
    found = follow_lanes(kernel, given, before=before, phases=True)
    assert largest_gap(found, follow_rows(*given, before=before, phases=True)) < 1e-13


def test_machine_code_agrees_with_the_rows_and_does_not_depend_on_threads() -> None:
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    kernel = exact_kernel(module.SMALLEST_BATCH)
    given = columns(20_000, 2, 0.7)
    one, two = (follow_lanes(kernel, given, before=False, phases=True, threads=threads) for threads in (1, 2))
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first, second)
    assert largest_gap(one, follow_rows(*given, before=False, phases=True)) < 1e-13


def test_large_batches_take_it_through_the_public_functions() -> None:
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    count = module.SMALLEST_BATCH
    alpha, phi, beta, psi, rate, t = columns(count, 3, 0.5)
    few = slice(0, 500)
    D = 2 * phi - psi
    life, *state = exact_orbit(alpha, beta, D, rate, t)
    modes = exact_modes(alpha, phi, beta, psi, rate, t)
    np.testing.assert_array_equal(blow_up_time(alpha, beta, D, rate), life)
    assert (
        largest_gap(
            tuple(value[few] for value in (life, *state)),
            exact_orbit(alpha[few], beta[few], D[few], rate[few], t[few]),
        )
        < 1e-13
    )
    for large, small in zip(
        modes, exact_modes(*(v[few] for v in (alpha, phi, beta, psi, rate, t))), strict=True
    ):
        np.testing.assert_allclose(large[few], small, rtol=1e-13, atol=1e-13)


def test_small_batches_and_machines_without_numba_stay_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exact_kernel(module.SMALLEST_BATCH - 1) is None
    monkeypatch.setattr(module, "is_installed", lambda: False)
    assert exact_kernel(10**9) is None


def test_the_lanes_list_every_function_that_run_calls() -> None:
    source = inspect.getsource(lanes)
    defined = set(re.findall(r"^def (\w+)", source, re.MULTILINE)) - {"run"}
    assert defined == {*lanes.UNFUSED, *lanes.INLINED, *lanes.CALLED}
