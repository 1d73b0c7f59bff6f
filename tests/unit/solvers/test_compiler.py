"""Compiled right-hand sides against exact substitution."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.errors import InputError
from odekit.solvers import compile

BATCH = 5


def values(system: Any, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shape = (len(system.states), BATCH), (len(system.parameters), BATCH)
    return rng.uniform(0.5, 1.5, shape[0]), rng.uniform(0.5, 1.5, shape[1])


def by_substitution(system: Any, y: np.ndarray, p: np.ndarray) -> np.ndarray:
    out = np.empty_like(y)
    for lane in range(y.shape[1]):
        table = dict(zip(system.states, y[:, lane], strict=True))
        table |= dict(zip(system.parameters, p[:, lane], strict=True))
        field = [entry.subs(system.definitions).subs(system.definitions) for entry in system.vector_field]
        out[:, lane] = [float(entry.subs(table)) for entry in field]
    return out


def on_numpy(system: Any, y: np.ndarray, p: np.ndarray) -> np.ndarray:
    out = np.full_like(y, np.nan)
    compile(system).rhs(np.zeros(y.shape[1]), y, p, out)
    return out


@pytest.fixture(
    params=["plain", "powers", "special names", "nested definitions", "functions", "corners", "constants"]
)
def any_system(request: pytest.FixtureRequest, system: Any) -> Any:
    a, b, k = sp.symbols("a b k")
    lam, E, inner = sp.symbols("lambda E S")
    return {
        "plain": system((a, b), (k * a * b, -k * a), (k,)),
        "powers": system((a, b), (a**3 + a**-2, (a + b) ** 5 + sp.sqrt(b)), ()),
        "special names": system((lam, E), (E * lam, sp.Symbol("gamma") - E), (sp.Symbol("gamma"),)),
        "nested definitions": system((a, b), (sp.sin(inner), a * E), (), {inner: 2 * E, E: a - b}),
        "functions": system((a, b), (sp.exp(-a) * sp.cos(b), sp.atan2(a, b) + sp.pi), ()),
        "corners": system((a, b), (sp.Max(a, b, 1) - sp.Min(a, b), sp.Piecewise((a, a > b), (b, True))), ()),
        "constants": system((a, b), (sp.Integer(0), sp.Rational(1, 3)), ()),
    }[request.param]


def test_numpy_code_agrees_with_exact_substitution(any_system: Any) -> None:
    y, p = values(any_system)
    # A handful of operations, each to one unit in the last place.
    np.testing.assert_allclose(on_numpy(any_system, y, p), by_substitution(any_system, y, p), rtol=1e-14)


def test_mpmath_code_agrees_with_exact_substitution_to_forty_digits(any_system: Any) -> None:
    y, p = values(any_system)
    compiled = compile(any_system, "mpmath")
    with mpmath.workdps(45):
        out = [mpmath.mpf(0)] * len(y)
        compiled.rhs(0, [mpmath.mpf(v) for v in y[:, 0]], [mpmath.mpf(v) for v in p[:, 0]], out)
        table = {s: sp.Rational(v) for s, v in zip(any_system.states, y[:, 0], strict=True)}
        table |= {s: sp.Rational(v) for s, v in zip(any_system.parameters, p[:, 0], strict=True)}
        for entry, value in zip(any_system.vector_field, out, strict=True):
            exact = sp.sympify(entry).subs(any_system.definitions).subs(any_system.definitions).subs(table)
            assert abs(value - mpmath.mpf(str(exact.evalf(50)))) < mpmath.mpf(10) ** -40


def test_a_flipped_sign_is_noticed(system: Any) -> None:
    a, b = sp.symbols("a b")
    y, p = values(right := system((a, b), (a * b, -a)))
    wrong = system((a, b), (a * b, a))
    assert not np.allclose(on_numpy(wrong, y, p), by_substitution(right, y, p), rtol=1e-3)


def test_time_may_appear(system: Any) -> None:
    a, t = sp.symbols("a t")
    out = np.empty((1, 2))
    compile(system((a,), (t * a,))).rhs(np.array([2.0, 3.0]), np.array([[1.0, 10.0]]), np.empty((0, 2)), out)
    np.testing.assert_array_equal(out, [[2.0, 30.0]])


def test_a_state_called_t_is_a_state(system: Any) -> None:
    t = sp.Symbol("t")
    out = np.empty((1, 1))
    compile(system((t,), (2 * t,))).rhs(np.array([100.0]), np.array([[1.0]]), np.empty((0, 1)), out)
    assert out[0, 0] == 2.0


def test_symbols_match_by_name_whatever_their_assumptions() -> None:
    plain, positive = sp.Symbol("a"), sp.Symbol("a", positive=True)
    squared = odekit.system({positive: plain**2})
    np.testing.assert_array_equal(on_numpy(squared, np.array([[3.0]]), np.empty((0, 1))), [[9.0]])


def test_common_subexpressions_are_computed_once(system: Any) -> None:
    a, b = sp.symbols("a b")
    wave = sp.sin(a * b)
    assert compile(system((a, b), (wave, 2 * wave))).source.count("sin") == 1


def test_the_source_lists_the_order_of_states_and_parameters(logistic: Any) -> None:
    compiled = compile(logistic)
    assert (compiled.states, compiled.parameters) == (("x",), ("r",))
    assert "States x; parameters r." in compiled.source
    assert repr(compiled) == "CompiledSystem(numpy: x; r)"


def test_an_undeclared_symbol_is_named(system: Any) -> None:
    a, b, c = sp.symbols("a b c")
    with pytest.raises(InputError, match=r"nothing declares\..*Received: b, c\. Try: add them to parameters"):
        compile(system((a,), (a * b + c,)))


def test_a_repeated_name_is_refused(system: Any) -> None:
    a = sp.Symbol("a")
    with pytest.raises(InputError, match="a name stands for two things"):
        compile(system((a,), (a,), (a,)))


def test_a_function_without_code_is_refused(system: Any) -> None:
    a = sp.Symbol("a")
    with pytest.raises(InputError, match=r"a function without code, one of f"):
        compile(system((a,), (sp.Function("f")(a),)))


def test_a_function_of_single_numbers_alone_is_refused_for_arrays(system: Any) -> None:
    a = sp.Symbol("a")
    with pytest.raises(InputError, match=r"a function without code, one of polylog"):
        compile(system((a,), (sp.polylog(2, a),)))


@pytest.mark.parametrize("backend", ["auto", "fortran"])
def test_other_backends_are_refused_with_a_list(logistic: Any, backend: str) -> None:
    with pytest.raises(InputError, match=f"{backend}.*isn't available.*numpy, numba, mpmath, jax"):
        compile(logistic, backend)
