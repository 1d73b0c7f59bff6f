"""The recurrence of a polynomial vector field, and what isn't one."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.solvers.codegen import formulas_of
from odekit.solvers.codegen.taylor import series_code
from odekit.solvers.codegen.taylor_series import Product

x, y, t, k = sp.symbols("x y t k")


def products(code: Any) -> list[Product]:
    return [entry for entry in code.series.values() if isinstance(entry, Product)]


def test_the_reduced_system_has_three_products_and_one_is_a_square(reduced: Any) -> None:
    found = products(series_code(formulas_of(reduced)))
    assert len(found) == 3
    assert sum(product.left == product.right for product in found) == 1


def test_a_product_that_occurs_twice_is_computed_once(system: Any) -> None:
    assert series_code(formulas_of(system((x, y), (x * y + x, k - 3 * x * y), (k,)))).products == 1


def test_the_cheaper_of_two_readings_is_taken(system: Any) -> None:
    assert series_code(formulas_of(system((x, y), ((x + y) ** 6, (x + y) ** 2)))).products == 3
    assert series_code(formulas_of(system((x, y), (x * (x + y) - x * y, 0 * x)))).products == 1


def test_a_linear_system_has_no_products(oscillator: Any) -> None:
    assert series_code(formulas_of(oscillator)).products == 0


@pytest.mark.parametrize(
    ("entry", "term"),
    [
        (x * y + 3 * sp.sin(x), r"sin\(x\)"),
        (y / x, "1/x"),
        (sp.sqrt(x) * k, r"sqrt\(x\)"),
        (x**k, r"x\*\*k"),
        (sp.cos(k * t) * x, r"cos\(k\*t\)"),
    ],
)
def test_a_term_that_is_not_polynomial_is_named(system: Any, entry: sp.Expr, term: str) -> None:
    with pytest.raises(InputError, match=rf"and {term} isn't polynomial.*Try: method=\"dop853\""):
        series_code(formulas_of(system((x, y), (entry, x), (k,))))


def test_functions_of_parameters_are_coefficients(system: Any) -> None:
    assert series_code(formulas_of(system((x,), (sp.sin(k) / k * x**2,), (k,)))).products == 1


def test_a_system_with_a_polynomial_form_is_told_so() -> None:
    from odekit.derivation import derive
    from odekit.networks import Network

    with pytest.raises(InputError, match=r'system\.form\("polynomial"\)'):
        series_code(formulas_of(derive(Network("Z5"))))
