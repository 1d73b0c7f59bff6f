"""A width or dimension may be a symbol: the interpolated rates are those at sizes that were never tried."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError, ReductionError
from odekit.solvers import solve
from odekit.systems import System, gradient_flow, reduce, system


def pairs(n: int) -> System:
    """A mean of n products, with a pull on one factor: its rates hold n, and 1/n."""
    missing = f"(s - ({' + '.join(f'a{i}*b{i}' for i in range(1, n + 1))})/{n})/{n}"
    first = {f"a{i}": f"{missing}*b{i} - k" for i in range(1, n + 1)}
    return system(first | {f"b{i}": f"{missing}*a{i}" for i in range(1, n + 1)}, parameters="s k")


def statistics(n: int) -> dict[str, str]:
    def total(term: str) -> str:
        return " + ".join(term.replace("?", str(i)) for i in range(1, n + 1))

    return {"z": f"({total('a?*b?')})/{n}", "u": total("a?**2 + b?**2"), "p": total("a?"), "q": total("b?")}


@pytest.mark.slow
def test_rates_hold_the_width_as_a_parameter() -> None:
    reduced = reduce(pairs, observables=statistics, sizes={"n": 2})
    assert [symbol.name for symbol in reduced.parameters] == ["s", "k", "n"]
    z, u, p, q, s, k, n = (reduced[name] for name in ("z", "u", "p", "q", "s", "k", "n"))
    # By hand: a_i' = (s - z) b_i/n - k, b_i' = (s - z) a_i/n.
    expected = {
        z: (s - z) * u / n**2 - k * q / n,
        u: 4 * (s - z) * z - 2 * k * p,
        p: (s - z) * q / n - n * k,
        q: (s - z) * p / n,
    }
    for state, rate in expected.items():
        assert sp.expand(reduced.velocities[state] - rate) == 0
    assert "n = 2, 3, 4, 5" in str(reduced.certify())
    assert "certified at 6, 7, 8" in str(reduced.certify())
    assert reduced.certify().search.status == "partial"


@pytest.mark.slow
def test_the_full_flow_at_a_width_that_was_not_tried_is_followed() -> None:
    reduced, width = reduce(pairs, observables=statistics, sizes={"n": 2}), 12
    start = np.random.default_rng(0).normal(size=2 * width)

    def observe(w: np.ndarray) -> np.ndarray:
        a, b = w[:width], w[width:]
        return np.array([a @ b / width, a @ a + b @ b, a.sum(), b.sum()])

    full = solve(pairs(width), start, 3.0, parameters={"s": 2.0, "k": 0.1}, rtol=1e-11).y[-1, :, 0]
    parameters = {"s": 2.0, "k": 0.1, "n": float(width)}
    ours = solve(reduced, observe(start), 3.0, parameters=parameters, rtol=1e-11).y[-1, :, 0]
    np.testing.assert_allclose(ours, observe(full), rtol=1e-8)


def test_sizes_that_cannot_be_interpolated_are_refused() -> None:
    def falling(n: int) -> System:
        return gradient_flow(f"a**2/{2**n}", "a")

    with pytest.raises(ReductionError, match=r"no polynomial of n.*1/4"):
        reduce(falling, observables=lambda n: {"u": "a**2"}, sizes={"n": 1})

    def late(n: int) -> System:
        """The same at the sizes of interpolation, another one at the last that is certified."""
        return gradient_flow("a**2" if n < 7 else "2*a**2", "a")

    with pytest.raises(ReductionError, match="no polynomial of n"):
        reduce(late, observables=lambda n: {"u": "a**2"}, sizes={"n": 1})


def test_observables_that_leak_at_a_size_are_refused() -> None:
    with pytest.raises(ReductionError, match=r"don't close at size 2.*leaks"):
        reduce(pairs, observables=lambda n: {"p": statistics(n)["p"]}, sizes={"n": 2})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sizes": {"n": 0}}, "is no size"),
        ({"sizes": "n"}, "not given by name"),
        ({"sizes": {"z": 2}}, "stands for two things"),
        ({"sizes": {"n": 2}, "closure": True}, "observables alone"),
        ({"sizes": {"n": 2}, "observables": {"u": "a1"}}, "no function"),
    ],
)
def test_what_is_no_size_is_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        reduce(pairs, **{"observables": statistics, **options})
